"""Keystones: which issue holds an agenda together, and what each issue contributes.

The keystone cost of an issue to a player is his linked gain minus his gain once that issue is off
the table and left at its status quo; it can be negative, when he would rather do without it.
The Shapley value of an issue averages what it adds over all orders in which the issues could be
put on the table: the worth of a set of issues to a player is his gain in the linked settlement
of that set, the other issues staying where they are (Shapley 1953).  Up to twelve issues it is
computed from all sets; beyond, by drawing orders, each together with its reverse, and the
standard errors are given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.errors import InputError, VerificationError
from bargaining.model.game import LinkageGame, require_game
from bargaining.results import Number, Status, checked, in_figures, with_exact
from bargaining.settlement.package import Deals
from bargaining.settlement.settle import settle

MAX_EXACT = 12
MAX_ISSUES = 200
MAX_SETTLEMENTS = 20_000
"""Settlements made for one answer that is drawn."""
TOLERANCE = 1e-6
"""Numerical settlements are compared to within this share of the largest payoff."""

Gains = tuple[Number, ...]
Progress = Callable[[int, int], None]
"""Called with settlements made so far and to be made at most."""


class Worths:
    """Linked gains of sets of issues, each set settled once; others stay at the status quo."""

    def __init__(
        self, game: LinkageGame, solution: str, deals: Deals, require: Sequence[str] = ()
    ) -> None:
        require_game(game)
        self.game, self.solution, self.deals, self.require = game, solution, deals, require
        self._known: dict[frozenset[int], Gains] = {frozenset(): (Fraction(0),) * len(game.players)}

    def __len__(self) -> int:
        return len(self._known) - 1

    def of(self, issues: frozenset[int]) -> Gains:
        """Return the gains of all players when these issues share the table."""
        if issues not in self._known:
            names = self.game.issue_names
            absent = [names[k] for k in range(len(names)) if k not in issues]
            settled = settle(
                self.game.without(*absent),
                solution=self.solution,
                deals=self.deals,
                require=self.require,
            )
            self._known[issues] = tuple(settled.gains.values())
        return self._known[issues]


def keystones(worths: Worths) -> dict[str, dict[str, Number]]:
    """Return, per issue and player, what the issue's absence costs.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]], [[0, 0], [1, 1]]])
    >>> keystones(Worths(game, "egalitarian", "shares"))["2"]
    {'1': Fraction(1, 1), '2': Fraction(1, 1)}
    """
    game = worths.game
    everything = frozenset(range(len(game.issues)))
    whole = worths.of(everything)
    return {
        name: {
            player: full - left
            for player, full, left in zip(
                game.players, whole, worths.of(everything - {k}), strict=True
            )
        }
        for k, name in enumerate(game.issue_names)
    }


@dataclass(frozen=True, eq=False)
class IssueValues:
    """What each issue contributes to the linked settlement.

    Attributes
    ----------
    solution, deals : str
    status : Status
        ``solved`` when exact over all sets, ``limit_reached`` when drawn.
    values : mapping of str to mapping of str to number
        Shapley value by issue and player; over the issues they add up to the linked gains.
    errors : mapping of str to mapping of str to float
        Standard errors, where the value was drawn; empty otherwise.
    gains : mapping of str to number
        The linked gains.
    orders : int
        How many orders were drawn; 0 when all sets were used.
    method : str
    """

    solution: str
    deals: Deals
    status: Status
    values: Mapping[str, Mapping[str, Number]]
    errors: Mapping[str, Mapping[str, float]]
    gains: Mapping[str, Number]
    orders: int
    method: str
    game: LinkageGame = field(repr=False)
    require: tuple[str, ...] = field(default=(), repr=False)

    @checked
    def verify(self) -> bool:
        """Check efficiency, and up to eight issues every value by enumerating all orders."""
        for player, gain in self.gains.items():
            total = sum((shares[player] for shares in self.values.values()), start=Fraction(0))
            self._same(total, gain, f"the issues' values for {player} do not add up to his gain")
        worths = Worths(self.game, self.solution, self.deals, self.require)
        whole = worths.of(frozenset(range(len(self.game.issues))))
        for gain, again in zip(self.gains.values(), whole, strict=True):
            self._same(gain, again, "the stated gains are not those of the linked settlement")
        if self.orders or len(self.game.issues) > 8:
            return True
        for name, shares in _by_potential(worths).items():
            for player, value in shares.items():
                self._same(self.values[name][player], value, f"the value of {name} to {player}")
        return True

    def _same(self, left: Number, right: Number, what: str) -> None:
        slack = 0.0
        if isinstance(left, float) or isinstance(right, float):
            slack = TOLERANCE * max(self.game.reach) * len(self.game.issues)
        if not -slack <= left - right <= slack:
            msg = f"{what}: {in_figures(left)} against {in_figures(right)}"
            raise VerificationError(msg)

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return plain data; with ``exact=True`` fractions also as strings."""
        data = {
            "solution": self.solution,
            "deals": self.deals,
            "status": self.status,
            "values": self.values,
            "errors": self.errors,
            "gains": self.gains,
            "orders": self.orders,
            "method": self.method,
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        lines = [f"What each issue contributes ({self.solution})"]
        for name, shares in self.values.items():
            listed = ", ".join(f"{p} {in_figures(v)}" for p, v in shares.items())
            lines.append(f"  {name}: {listed}")
        return "\n".join(lines)


def issue_values(
    game: LinkageGame,
    *,
    solution: str = "nash",
    deals: Deals = "shares",
    require: Sequence[str] = (),
    orders: int = 200,
    seed: int | np.random.Generator = 0,
    progress: Progress | None = None,
) -> IssueValues:
    """Compute the Shapley value of the issues.

    Parameters
    ----------
    game : LinkageGame
    solution, deals, require
        As for :func:`bargaining.settle`.
    orders : int
        With more than twelve issues, how many orders are drawn (rounded up to an even number;
        bounded so that at most 20,000 settlements are made).
    seed : int or numpy.random.Generator
    progress : callable, optional
        Called with settlements made and to be made.

    Returns
    -------
    IssueValues

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> issue_values(game).values["0"]
    {'1': Fraction(3, 4), '2': Fraction(9, 8)}
    """
    worths = Worths(game, solution, deals, tuple(require))
    count = len(game.issues)
    if count > MAX_ISSUES:
        msg = f"issue values: expected at most {MAX_ISSUES} issues, found {count:,}"
        raise InputError(msg)
    if orders < 2:
        msg = f"orders: expected at least 2, found {orders}"
        raise InputError(msg)
    whole = worths.of(frozenset(range(count)))
    gains = dict(zip(game.players, whole, strict=True))
    if count <= MAX_EXACT:
        values = _exact(worths, progress)
        errors: dict[str, dict[str, float]] = {}
        drawn, method, status = 0, "all sets of issues", Status.SOLVED
    else:
        drawn = max(2, min(orders + orders % 2, MAX_SETTLEMENTS // count // 2 * 2))
        values, errors = _drawn(worths, drawn, np.random.default_rng(seed), progress)
        method, status = "orders drawn in pairs with their reverse", Status.LIMIT_REACHED
    return IssueValues(
        solution, deals, status, values, errors, gains, drawn, method, game, tuple(require)
    )


def _exact(worths: Worths, progress: Progress | None) -> dict[str, dict[str, Number]]:
    """Weigh what an issue adds to every set of the others."""
    game = worths.game
    count = len(game.issues)
    total = [[Fraction(0)] * len(game.players) for _ in range(count)]
    weight = [
        Fraction(math.factorial(size) * math.factorial(count - size - 1), math.factorial(count))
        for size in range(count)
    ]
    for mask in range(1, 1 << count):
        inside = frozenset(k for k in range(count) if mask >> k & 1)
        worth = worths.of(inside)
        if progress is not None:
            progress(len(worths), (1 << count) - 1)
        for k in range(count):
            factor = weight[len(inside) - 1] if k in inside else -weight[len(inside)]
            row: list[Any] = total[k]
            for i, gain in enumerate(worth):
                row[i] += factor * gain if isinstance(gain, Fraction) else float(factor) * gain
    return _named(game, total)


def _drawn(
    worths: Worths, orders: int, draw: np.random.Generator, progress: Progress | None
) -> tuple[dict[str, dict[str, Number]], dict[str, dict[str, float]]]:
    """Average what an issue adds over orders drawn, each with its reverse."""
    game = worths.game
    count, players = len(game.issues), len(game.players)
    total: list[list[Any]] = [[Fraction(0)] * players for _ in range(count)]
    pairs = np.zeros((orders // 2, count, players))
    for number in range(orders // 2):
        order = draw.permutation(count).tolist()
        for sequence in (order, order[::-1]):
            before, table = worths.of(frozenset()), frozenset[int]()
            for k in sequence:
                table |= {k}
                after = worths.of(table)
                for i in range(players):
                    added = after[i] - before[i]
                    total[k][i] += added / orders
                    pairs[number, k, i] += float(added) / 2
                before = after
            if progress is not None:
                progress(len(worths), orders * count)
    errors = np.zeros((count, players))
    if len(pairs) > 1:
        errors = pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))
    listed = {
        name: dict(zip(game.players, errors[k].tolist(), strict=True))
        for k, name in enumerate(game.issue_names)
    }
    return _named(game, total), listed


def _by_potential(worths: Worths) -> dict[str, dict[str, Number]]:
    """Compute the same values by another way: differences of the potential (Hart, Mas-Colell)."""
    game = worths.game
    count, players = len(game.issues), len(game.players)
    potential: dict[int, list[Any]] = {0: [Fraction(0)] * players}
    for mask in range(1, 1 << count):
        inside = [k for k in range(count) if mask >> k & 1]
        worth = worths.of(frozenset(inside))
        smaller = [potential[mask ^ 1 << k] for k in inside]
        potential[mask] = [
            (worth[i] + sum(part[i] for part in smaller)) / len(inside) for i in range(players)
        ]
    whole = (1 << count) - 1
    table = [
        [a - b for a, b in zip(potential[whole], potential[whole ^ 1 << k], strict=True)]
        for k in range(count)
    ]
    return _named(game, table)


def _named(game: LinkageGame, table: Sequence[Sequence[Number]]) -> dict[str, dict[str, Number]]:
    return {
        name: dict(zip(game.players, table[k], strict=True))
        for k, name in enumerate(game.issue_names)
    }
