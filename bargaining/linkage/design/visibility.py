"""Breaking a deadlock by discretion: the least cut in what players at home see.

Visibility is multiplied by a factor c, for one player or for all who answer to an audience.  With
shares mutual gain exists if and only if it does for gains linearised at the status quo,
gain - κβ c·visibility, so it exists for every factor below a threshold c* and for none from c* on
(exchange rates that block at c* block at every larger c).  The least cut is 1 - c*, an infimum.
To keep a deadlock, visibility is raised to c*, which is enough.

The threshold is bracketed by bisection, each end decided exactly, and then taken to be the
simplest fraction r inside if that can be proved: the package is blocked at r, and some deal in
which nobody loses at r shows to everyone whose visibility is cut, so that any smaller factor
leaves all of them better off.  Otherwise (thresholds can be irrational when several players'
visibility is cut) the bracket is the answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

from bargaining.errors import InputError, NotDefinedError, VerificationError
from bargaining.geometry.rational import Column, maximise
from bargaining.linkage.design.answer import Figures, Goal
from bargaining.linkage.design.cuts import Cuts, applies, cheapest_cuts
from bargaining.linkage.design.rows import Row, known, mixed, moving, package_groups
from bargaining.linkage.design.table import Table
from bargaining.model.agenda import parse_agenda
from bargaining.model.game import LinkageGame
from bargaining.results import Status
from bargaining.settlement.enforcement.lowest import simplest
from bargaining.settlement.linearised import HomeTest

WIDTH = Fraction(1, 2**40)
"""No bracket is wider, as a share of its upper end where that is above 1."""
DOUBLINGS = 20
"""How often visibility is doubled in search of a factor that keeps a deadlock."""
Deal = tuple[tuple[Row, Fraction], ...]


def scaled(game: LinkageGame, players: Sequence[int], factor: Fraction) -> LinkageGame:
    """Return the game with the visibility of some players multiplied by a factor."""
    names = {game.players[i] for i in players}
    issues = {}
    for name, issue in game.issues.items():
        seen = {
            p: tuple(factor * v for v in values) if p in names else values
            for p, values in issue.visibility.items()
        }
        issues[name] = replace(issue, visibility=seen)
    return replace(game, issues=issues, document={})


@dataclass(frozen=True, eq=False)
class Factor:
    """The threshold for some players' visibility.

    Attributes
    ----------
    players : tuple of int
    low, high : Fraction or None
        Mutual gain exists at every factor below ``low`` (and at it, unless it equals ``high``);
        none exists from ``high`` on.  ``high`` None: mutual gain exists at every factor looked
        at.  ``low`` None: at none above 0.
    deal : weighted outcomes
        Where both ends agree: nobody loses there, and all these players show something.
    at_zero : bool
        Whether mutual gain exists when nothing is visible.
    """

    players: tuple[int, ...]
    low: Fraction | None
    high: Fraction | None
    deal: Deal = ()
    at_zero: bool = True

    @property
    def exact(self) -> bool:
        """Whether the two ends agree."""
        return self.low is not None and self.low == self.high


class Audience:
    """Asks whether mutual gain exists at a factor."""

    def __init__(self, game: LinkageGame, players: tuple[int, ...]) -> None:
        self.game, self.players = game, players
        self.attains: Callable[[Fraction], bool] = cache(self._attains)

    def _attains(self, factor: Fraction) -> bool:
        return Table(scaled(self.game, self.players, factor)).linked()

    def deal(self, factor: Fraction) -> Deal:
        """Find a deal without losers that shows as much as possible to all these players."""
        there = scaled(self.game, self.players, factor)
        home, bare = HomeTest(there), HomeTest(scaled(self.game, self.players, Fraction(0)))
        best: Deal = ()
        for package in parse_agenda(there, "linked").packages:
            players = home.players(package)
            rows = moving(package_groups(home.linear(home.closed), package))
            free = _by_choice(package_groups(bare.linear(bare.closed), package))
            count, cut = len(players), len(self.players)
            columns: list[Column] = [dict.fromkeys(range(count, count + cut), 1)]
            for row in rows:
                column: dict[int, Fraction | int] = {
                    n: -row.gains[i] for n, i in enumerate(players) if row.gains[i]
                }
                before = free[row.key]
                for n, i in enumerate(self.players):
                    if before[i] != row.gains[i]:
                        column[count + n] = row.gains[i] - before[i]
                columns.append({**column, count + cut: 1})
            limits = [*([0] * (count + cut)), 1]
            solved = maximise([1, *([0] * len(rows))], columns, limits)
            if solved.value > 0:
                weighted = zip(rows, solved.primal[1:], strict=True)
                best = tuple((row, y) for row, y in weighted if y)
        return best

    def shows(self, factor: Fraction, deal: Deal) -> bool:
        """Recompute that nobody loses by a deal, and that it shows to all these players."""
        there = scaled(self.game, self.players, factor)
        home, bare = HomeTest(there), HomeTest(scaled(self.game, self.players, Fraction(0)))
        for package in parse_agenda(there, "linked").packages:
            listed = itertools.chain(*package_groups(home.linear(home.closed), package))
            if not deal or not known(deal, listed):
                continue
            net = mixed(deal)
            free = _by_choice(package_groups(bare.linear(bare.closed), package))
            unseen = mixed([(Row(row.chosen, free[row.key]), y) for row, y in deal])
            seen = [unseen[i] - net[i] for i in self.players]
            if min(seen) > 0 and all(net[i] >= 0 for i in home.players(package)):
                return True
        return False


def _by_choice(groups: Sequence[Sequence[Row]]) -> dict[tuple[tuple[int, int], ...], Any]:
    return {row.key: row.gains for group in groups for row in group}


def threshold(game: LinkageGame, players: tuple[int, ...], goal: Goal) -> Factor:
    """Bracket the factor from which on there is no mutual gain."""
    audience = Audience(game, players)
    zero, one = Fraction(0), Fraction(1)
    if goal == "break":
        if not audience.attains(zero):
            return Factor(players, None, zero, at_zero=False)
        low, high = zero, one
    else:
        low, high = one, Fraction(2)
        for _ in range(DOUBLINGS):
            if not audience.attains(high):
                break
            low, high = high, 2 * high
        else:
            return Factor(players, low, None)
    while high - low > WIDTH * max(high, one):
        middle = (low + high) / 2
        low, high = (middle, high) if audience.attains(middle) else (low, middle)
    for r in dict.fromkeys((simplest(low, high), high)):
        if low < r and not audience.attains(r):
            deal = audience.deal(r)
            if audience.shows(r, deal):
                return Factor(players, r, r, deal)
    return Factor(players, low, high)


@dataclass(frozen=True, eq=False)
class Visibility:
    """Thresholds for all players with an audience together, and for each of them.

    Attributes
    ----------
    game : LinkageGame
    goal : {"break", "keep"}
    factors : tuple of Factor
    cuts : tuple of (issue, cut), or None
        The cheapest cuts by issue (:mod:`.cuts`), where that is answered.
    """

    game: LinkageGame
    goal: Goal
    factors: tuple[Factor, ...]
    cuts: Cuts | None = None

    @property
    def figures(self) -> Figures:
        """What the proof says."""
        first = self.factors[0]
        details: dict[str, Any] = {"factors": tuple(self._words(f) for f in self.factors)}
        if self.cuts is not None:
            details["by_issue"] = tuple(
                {"issue": self.game.issue_names[k], "cut": cut} for k, cut in self.cuts
            )
        names = tuple(self.game.players[i] for i in first.players)
        sign = 1 if self.goal == "keep" else -1
        if first.high is None or not first.at_zero:
            return Figures(Status.INFEASIBLE, None, details=details)
        low = first.low or Fraction(0)
        cost = sign * (first.high - 1)
        bracket = None
        if not first.exact:
            ends = (sign * (low - 1), sign * (first.high - 1))
            bracket = (min(ends), max(ends))
            cost = max(ends)
        verb = "cut" if self.goal == "break" else "raise"
        change = {"change": verb, "players": names, "factor": first.high if first.exact else low}
        if self.goal == "keep":
            change["factor"] = first.high
        return Figures(
            Status.SOLVED, cost if first.exact else float(cost), bracket,
            first.exact and self.goal == "break", False, (change,), details,
        )  # fmt: skip

    def _words(self, found: Factor) -> dict[str, Any]:
        return {
            "players": tuple(self.game.players[i] for i in found.players),
            "factor": found.high if found.exact else None,
            "bracket": None if found.exact else (found.low, found.high),
        }

    def changed(self, game: LinkageGame) -> LinkageGame | None:
        """Scale visibility by the threshold, to break a deadlock by a little less."""
        first = self.factors[0]
        if first.high is None or not first.at_zero:
            return None
        if self.goal == "keep":
            return scaled(game, first.players, first.high)
        low = first.low or Fraction(0)
        return scaled(game, first.players, low * Fraction(999, 1000) if first.exact else low)

    def check(self, game: LinkageGame) -> None:
        """Decide both ends again, exactly."""
        if tuple(f.players for f in self.factors) != groups(game, [self.factors[0].players]):
            msg = "visibility: the players looked at are not those of the game"
            raise VerificationError(msg)
        if self.cuts != cuts_of(game, self.goal, self.factors[0]):
            msg = "visibility: other cuts by issue are cheaper, or these do not do"
            raise VerificationError(msg)
        for found in self.factors:
            _check_factor(Audience(game, found.players), found, self.goal)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, numbers exact."""
        return {"kind": "both_ends"}


def _check_factor(audience: Audience, found: Factor, goal: Goal) -> None:
    attains = audience.attains
    if not found.at_zero:
        right = not attains(Fraction(0)) and goal == "break"
    elif found.high is None:
        right = goal == "keep" and found.low == 2**DOUBLINGS and attains(Fraction(found.low))
    elif found.exact:
        inside = Fraction(0) if goal == "break" else Fraction(1)
        right = (
            attains(inside) and not attains(found.high) and audience.shows(found.high, found.deal)
        )
    else:
        low = found.low or Fraction(0)
        narrow = found.high - low <= WIDTH * max(found.high, Fraction(1))
        right = narrow and attains(low) and not attains(found.high)
    if not right:
        msg = "visibility: an end of the bracket is not where the game has it"
        raise VerificationError(msg)


def audiences(game: LinkageGame) -> tuple[int, ...]:
    """Return the players to whom visibility costs something, or who are capped."""
    rules = game.ratification
    return tuple(sorted({*rules.premiums, *rules.caps}))


def groups(game: LinkageGame, first: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    """Return the groups looked at: the one asked about, then every player alone."""
    return tuple(dict.fromkeys([*first, *((i,) for i in audiences(game))]))


def cuts_of(game: LinkageGame, goal: Goal, first: Factor) -> Cuts | None:
    """Return the cheapest cuts by issue, where that is answered."""
    if goal != "break" or not first.at_zero or not applies(game, first.players):
        return None
    return cheapest_cuts(game, first.players[0])


def visibility(game: LinkageGame, *, goal: Goal = "break", player: str | None = None) -> Visibility:
    """Find the factors; see the module."""
    able = audiences(game)
    if not able:
        msg = (
            f"{game.name or 'the game'}: design by visibility: not defined: expected visibility in "
            "some issue and [premium] or [caps] for the player, found none"
        )
        raise NotDefinedError(msg)
    first = able
    if player is not None:
        known = [game.players[i] for i in able]
        if player not in known:
            msg = f'player: expected one who answers at home ({", ".join(known)}), found "{player}"'
            raise InputError(msg)
        first = (game.players.index(player),)
    found = tuple(threshold(game, players, goal) for players in groups(game, [first]))
    return Visibility(game, goal, found, cuts_of(game, goal, found[0]))
