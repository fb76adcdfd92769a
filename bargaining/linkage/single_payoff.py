"""Which single payoff matters most: the one whose move alone changes the verdict soonest.

Raising a player's payoff of one outcome raises one gain; raising his payoff of the status quo
lowers all his gains of the issue.  Either way what packages can do grows, or shrinks, along the
line, so linked bargaining works above one point of it and delinked bargaining above a later one;
the verdict is true between the two.  Both are ends of intervals of exchange rates put into one
outcome's value, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from bargaining.geometry.least_maximum import Domain, Rows, least_maximum
from bargaining.geometry.surd import Surd
from bargaining.model.agenda import parse_agenda
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.planar_package import axes

MAX_OUTCOMES = 50_000
Extended = Fraction | float
"""A fraction, or plus or minus infinity."""
Interval = tuple[Fraction, Fraction]
Vector = tuple[Fraction, Fraction]
EVERYTHING = (Fraction(0), Fraction(1))
NOTHING = (Fraction(2), Fraction(-1))


@dataclass(frozen=True)
class Sensitive:
    """One payoff, and how far it must move by itself to change the verdict.

    Attributes
    ----------
    issue, outcome, player : str
    payoff, turns_at : number
        What it is, and beyond which value the verdict is another.
    radius : number
        The move as a share of the player's range in the issue.
    """

    issue: str
    outcome: str
    player: str
    payoff: Number
    turns_at: Number
    radius: Number

    def to_dict(self) -> dict[str, object]:
        """Return plain data; numbers stay exact where they are."""
        return dict(self.__dict__)


def most_sensitive(game: LinkageGame, *, breaks: bool) -> Sensitive | None:
    """Find the payoff of an additive game of two players that matters most.

    Parameters
    ----------
    game : LinkageGame
    breaks : bool
        The verdict as it stands.

    Returns
    -------
    Sensitive or None
        None if no single payoff can change the verdict.  Of equal ones the first; the status
        quo's payoffs come last within their issue.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> found = most_sensitive(game, breaks=True)
    >>> found.issue, found.outcome, found.player, found.turns_at, found.radius
    ('0', '1', '2', Fraction(12, 5), Fraction(3, 5))
    """
    lines = _Lines(game)
    best: Sensitive | None = None
    for line in lines:
        distance = _distance(line, breaks)
        if distance is None or (best is not None and abs(distance) / line.range >= best.radius):
            continue
        move = -distance if line.status_quo else distance
        issue = game.issues[line.issue]
        payoff = issue.exact_payoffs[line.outcome, line.player]
        best = Sensitive(
            line.issue,
            issue.outcomes[line.outcome],
            game.players[line.player],
            payoff,
            payoff + move,
            abs(distance) / line.range,
        )
    return best


def _distance(line: _Line, breaks: bool) -> Fraction | None:
    """How far gains must rise (or fall, if negative) for the verdict to change."""
    linked, delinked = line.linked, line.delinked
    if breaks:
        ways = [x for x in (linked, delinked) if isinstance(x, Fraction)]
        return min(ways, key=abs, default=None)
    if not linked < delinked:
        return None
    end = linked if linked >= 0 else delinked
    return end if isinstance(end, Fraction) else None


@dataclass(frozen=True)
class _Line:
    """Raising one payoff, or all gains of a player in an issue: where linked, delinked starts."""

    issue: str
    outcome: int
    player: int
    status_quo: bool
    range: Fraction
    linked: Extended
    delinked: Extended


@dataclass(frozen=True, eq=False)
class _Bounds:
    """Lower and upper ends that single rows, or issues, put on a package's rates."""

    each: dict[object, Interval] = field(default_factory=dict)

    def without(self, item: object) -> Interval:
        """Rates that all others leave."""
        lows, highs = self._ordered
        low = next((end for end, key in lows if key != item), Fraction(0))
        high = next((end for end, key in highs if key != item), Fraction(1))
        return low, high

    @property
    def whole(self) -> Interval:
        return self.without(None)

    def __post_init__(self) -> None:
        lows = sorted(((low, k) for k, (low, _) in self.each.items()), key=lambda x: -x[0])[:2]
        highs = sorted(((high, k) for k, (_, high) in self.each.items()), key=lambda x: x[0])[:2]
        object.__setattr__(self, "_ordered", (lows, highs))

    _ordered: tuple[list[tuple[Fraction, object]], list[tuple[Fraction, object]]] = field(
        init=False, default=([], [])
    )


class _Lines:
    """All single payoffs of a game, with what their moves do."""

    def __init__(self, game: LinkageGame) -> None:
        self.game, self.columns = game, axes(game)
        self.gains: list[list[tuple[int, Vector]]] = []
        self.alone: list[_Bounds] = []
        for k, issue in enumerate(game.issues.values()):
            origin = int(game.origin[k])
            base = issue.exact_payoffs[origin]
            rows = [
                (a, (row[self.columns[0]] - base[self.columns[0]],
                     row[self.columns[1]] - base[self.columns[1]]))
                for a, row in enumerate(issue.exact_payoffs) if a != origin
            ]  # fmt: skip
            self.gains.append(rows)
            self.alone.append(_Bounds({(k, a): _interval(g) for a, g in rows}))
        self.packages = [list(p) for p in parse_agenda(game, "linked").packages]

    def __iter__(self) -> Iterator[_Line]:
        alone = [bounds.whole for bounds in self.alone]
        able_alone = [[_empty(x, c) for x in alone] for c in (0, 1)]
        by_issue = [_Bounds({k: alone[k] for k in p}) for p in self.packages]
        able = [[_empty(bounds.whole, c) for bounds in by_issue] for c in (0, 1)]
        counts = [[sum(column) for column in table] for table in (able, able_alone)]
        for number, package in enumerate(self.packages):
            rows = _Bounds({key: x for k in package for key, x in self._ends(k).items()})
            settled = [counts[0][c] > able[c][number] for c in (0, 1)]
            for k in package:
                here = [counts[1][c] > able_alone[c][k] for c in (0, 1)]
                rest = by_issue[number].without(k)
                yield from self._issue(k, rows, rest, settled, here)

    def _ends(self, issue: int) -> dict[object, Interval]:
        """Return the rows of an issue that matter for its package: two on either side will do."""
        lows, highs = self.alone[issue]._ordered
        kept = {key for _, key in (*lows, *highs)}
        return {key: self.alone[issue].each[key] for key in kept}

    def _issue(
        self,
        k: int,
        rows: _Bounds,
        rest: Interval,
        settled: Sequence[bool],
        settled_alone: Sequence[bool],
    ) -> Iterator[_Line]:
        name = self.game.issue_names[k]
        payoffs = self.game.issues[name].exact_payoffs
        origin = int(self.game.origin[k])
        for side, player in enumerate(self.columns):
            reach = payoffs[:, player].max() - payoffs[:, player].min()
            if not reach:
                continue
            for a, gain in self.gains[k]:
                linked = _threshold(gain, side, rows.without((k, a)), settled)
                delinked = _threshold(gain, side, self.alone[k].without((k, a)), settled_alone)
                yield _Line(name, a, player, False, reach, linked, delinked)
            every = [g for _, g in self.gains[k]]
            linked = _all_thresholds(every, side, rest, settled)
            delinked = _all_thresholds(every, side, EVERYTHING, settled_alone)
            yield _Line(name, origin, player, True, reach, linked, delinked)


def _interval(gain: Vector) -> Interval:
    """Rates t at which an outcome is worth nothing or less."""
    x, y = gain
    if x > 0 and y > 0:
        return NOTHING
    if y > 0:
        return y / (y - x), Fraction(1)
    return (Fraction(0), -y / (x - y)) if x > 0 else EVERYTHING


def _empty(rates: Interval, player: int) -> bool:
    """Whether a player can gain: no rate at which he counts is left."""
    low, high = rates
    return low > high or (high == 0 if player == 0 else low == 1)


def _threshold(gain: Vector, side: int, rest: Interval, settled: Sequence[bool]) -> Extended:
    """By how much one gain must rise for both players to gain, or may fall."""
    return max(
        -math.inf if settled[c] or _empty(rest, c) else _needed(gain, side, rest, c) for c in (0, 1)
    )


def _needed(gain: Vector, side: int, rates: Interval, player: int) -> Extended:
    """By how much a gain must rise to be worth something at all rates that count."""
    mine, other = gain[side], gain[1 - side]
    needed: list[Extended] = []
    for end in rates:
        weight = end if side == 0 else 1 - end
        if weight:
            needed.append(-mine - (1 - weight) / weight * other)
            continue
        if end != player:  # the end itself counts: only the other's gain does there
            needed.append(-math.inf if other > 0 else math.inf)
        if rates[0] < rates[1]:
            needed.append(-mine if not other else -math.inf if other > 0 else math.inf)
    return max(needed)


def _all_thresholds(
    gains: Sequence[Vector], side: int, rest: Interval, settled: Sequence[bool]
) -> Extended:
    """Return the same where all gains of the player in the issue rise together."""
    unit = (Fraction(1), Fraction(0)) if side == 0 else (Fraction(0), Fraction(1))
    rows = Rows.of([(*gain, *unit) for gain in gains])
    found: list[Extended] = []
    for c in (0, 1):
        if settled[c] or _empty(rest, c):
            found.append(-math.inf)
            continue
        domain = Domain(rest[0], rest[1], with_zero=c == 1, with_one=c == 0)
        value = least_maximum(rows, domain)
        if isinstance(value, Surd):
            assert value.rational is not None
            found.append(-value.rational)
        else:
            found.append(-value)
    return max(found)
