"""What coalitions reach without side payments: their deals, one linear programme each.

V(S) is the set of gains that the members of S can give themselves by deals open to them, or less;
issues that may not share a table are settled apart, and no member loses in any package
(:mod:`.linked_packages`).
It is not one number.  Two questions are asked of it.  Its *worth* here is the largest total among
deals that leave no member below the status quo (0 where none is better).  And S *blocks* gains x if
some deal of its own gives every member more: the margin is the largest t with x + t in V(S), and
weights λ on the members with h(λ) <= λ·x prove that there is none with t > 0.  Members without any
stake in the game go along with the others.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np

from bargaining.errors import NotSupportedError, SolverError
from bargaining.geometry.linear_program import Optimum, Programme, optimum
from bargaining.geometry.marginals import package_terms
from bargaining.geometry.support import support
from bargaining.linkage.coalitions.linked_packages import (
    Package,
    check_apart,
    homes,
    largest_loss,
    most_apart,
    packages_open,
)
from bargaining.linkage.coalitions.reach import Reach, Replies, check_coalitional, reach
from bargaining.model.deal import Deal, broken, gains, status_quo
from bargaining.model.game import LinkageGame, require_game
from bargaining.results import Number
from bargaining.settlement.layout import Layout

MAX_PLAYERS = 10
"""Players up to whom every coalition is looked at."""
SMALL = 1e-9
"""Differences up to this share of the payoff range are rounding, where floats are used."""

Gains = tuple[Number, ...]


@dataclass(frozen=True, eq=False)
class Margin:
    """By how much a coalition can improve on some gains.

    Attributes
    ----------
    members : tuple of str
    low, high : number
        What the deal shows, and what the weights prove; the same where exact.
    gains : tuple of number
        What the deal gives everybody in the whole game, in the players' order.
    weights : tuple of Fraction, one per player of the game
        Non-negative, 0 outside the coalition, adding up to 1.
    deal : Deal
        In the coalition's own game (see :class:`Reach`).
    """

    members: tuple[str, ...]
    low: Number
    high: Number
    gains: Gains
    weights: tuple[Fraction, ...]
    deal: Deal = field(repr=False)


class CoalitionDeals:
    """The deals of one coalition.

    Parameters
    ----------
    game : LinkageGame
    members : sequence of str
    outsiders : {"status_quo", "best_reply"}
    """

    def __init__(
        self, game: LinkageGame, members: Sequence[str], outsiders: Replies = "status_quo"
    ) -> None:
        self.reach: Reach = reach(game, members, outsiders=outsiders)
        self.game, self.members = game, self.reach.members
        self.stake = tuple(
            i for i, p in enumerate(game.players) if p in members and i in game.interested
        )
        self.start = self.reach.start
        package = self.reach.open_issues
        self.layout: Layout | None = None
        self._columns: list[tuple[Fraction, ...]] = []
        self._rows: list[tuple[dict[int, Fraction], Fraction]] = []
        self.apart: tuple[Package, ...] = ()
        self._homes: list[int] = []
        if package:
            terms = package_terms(self.reach.inner, package)
            self.layout = Layout(self.reach.inner, terms.singles, terms.components)
            self._columns, self._rows = self.layout.exact_columns(), self.layout.exact_rows()
            tables = packages_open(game, package)
            if len(tables) > 1 and len(self.stake) > 1:
                self.apart, self._homes = tables, homes(self.layout, tables)

    def most(self, weights: Sequence[Fraction]) -> Fraction:
        """Return h(λ): the most that the deals are worth at weights on the players.

        Exact where one package is open, or where the programme is small; a proven bound otherwise.
        """
        inside = self.reach.open_issues
        if self.apart:
            best = most_apart(self.reach.inner, self.apart, weights, self._loss_prices(weights))
        else:
            best = Fraction(support(self.reach.inner, inside, weights)) if inside else Fraction(0)
        return best + sum(
            (w * Fraction(s) for w, s in zip(weights, self.start, strict=True)), start=Fraction(0)
        )

    def margin(self, point: Sequence[Number]) -> Margin:
        """Return by how much the coalition can improve on some gains of all players.

        Raises
        ------
        SolverError
            If the solver finds no optimum.
        """
        aim = [Fraction(g) for g in point]
        shift = max(aim[i] - Fraction(self.start[i]) for i in self.stake)
        shift = max(shift, Fraction(0)) + 1
        programme = self.programme()
        first = self.stake[0]
        unit = tuple(Fraction(int(i == first)) for i in range(len(aim)))
        rise = programme.add_columns(1, shift - aim[first] + self.most(unit))
        programme.costs[rise] = 1
        for i in self.stake:
            row = programme.add_rows(1, shift - aim[i] + Fraction(self.start[i]))
            self.put(programme, row, {i: Fraction(-1)})
            programme.put(row, rise, 1)
        found = solved(programme)
        deal = self.deal(found)
        reached = gains(self.game, self.reach.carried_out(deal))
        low = min(reached[i] - aim[i] for i in self.stake)
        weights = self._weights(found.prices[-len(self.stake) :])
        high = self.most(weights) - sum(
            (w * x for w, x in zip(weights, aim, strict=True)), start=Fraction(0)
        )
        return Margin(self.members, low, high, reached, weights, deal)

    def best_total(self) -> tuple[Number, Gains, Deal]:
        """Return the largest total of the members, none below the status quo, and its deal."""
        programme = self.programme()
        inside = [i for i, p in enumerate(self.game.players) if p in self.members]
        for j, column in enumerate(self._columns):
            programme.costs[j] = sum((column[i] for i in inside), start=Fraction(0))
        for i in self.stake:
            row = programme.add_rows(1, Fraction(self.start[i]))
            self.put(programme, row, {i: Fraction(-1)})
        try:
            deal = self.deal(solved(programme))
        except SolverError:
            if all(s >= 0 for s in self.start):
                raise
            deal = Deal(status_quo(self.reach.inner))
        reached = gains(self.game, self.reach.carried_out(deal))
        total = sum((reached[i] for i in inside), start=Fraction(0))
        if total < 0 or any(reached[i] < 0 for i in self.stake):
            total = Fraction(0)
        return total, reached, deal

    def ends(self, weights: Sequence[Fraction]) -> tuple[Margin, ...]:
        """Return, for two members, the deals at both ends of the edge at some weights.

        The end that is best for the second comes first; one deal where they are the same, or
        where floats were used.
        """
        value, found = self.most(weights), []
        for i in reversed(self.stake):
            programme = self.programme()
            for j, column in enumerate(self._columns):
                programme.costs[j] = column[i]
            start = sum(
                (w * Fraction(s) for w, s in zip(weights, self.start, strict=True)),
                start=Fraction(0),
            )
            row = programme.add_rows(1, start - value)
            self.put(programme, row, {k: -weights[k] for k in self.stake})
            if not programme.small:
                return ()
            deal = self.deal(solved(programme))
            reached = gains(self.game, self.reach.carried_out(deal))
            found.append(Margin(self.members, 0, 0, reached, tuple(weights), deal))
        return tuple(found)

    def programme(self) -> Programme:
        """Return the lotteries over the deals open to the coalition, without an aim."""
        programme = Programme()
        programme.add_columns(len(self._columns), 1)
        for coefficients, right in self._rows:
            row = programme.add_rows(1, right)
            for j, value in coefficients.items():
                programme.put(row, j, value)
        if self.apart:
            first = programme.add_rows(len(self.apart) * len(self.stake))
            for j, (column, home) in enumerate(zip(self._columns, self._homes, strict=True)):
                for place, i in enumerate(self.stake, start=first + home * len(self.stake)):
                    programme.put(place, j, -column[i])
        return programme

    def breaks(self, deal: Deal) -> bool:
        """Whether a deal breaks a constraint, or a member loses in one of the packages."""
        inner = self.reach.inner
        if broken(inner, deal) is not None:
            return True
        loss = largest_loss(inner, self.apart, self.stake, deal)
        return loss > (0 if isinstance(loss, Fraction) else rounding(self.game))

    def _loss_prices(self, weights: Sequence[Fraction]) -> list[list[Fraction]]:
        """Return per package and player what it is worth at some weights that he may not lose."""
        programme = self.programme()
        for j, column in enumerate(self._columns):
            programme.costs[j] = sum(
                (w * column[i] for i, w in enumerate(weights) if w), Fraction(0)
            )
        found = iter(solved(programme).prices[len(self._rows) :])
        prices = [[Fraction(0)] * len(weights) for _ in self.apart]
        for row in prices:
            for i in self.stake:
                row[i] = max(Fraction(next(found)), Fraction(0))
        return prices

    def put(self, programme: Programme, row: int, weights: Mapping[int, Fraction]) -> None:
        """Add a weighted sum of gains to a row."""
        for j, column in enumerate(self._columns):
            value = sum((w * column[i] for i, w in weights.items()), start=Fraction(0))
            programme.put(row, j, value)

    def deal(self, found: Optimum) -> Deal:
        """Return the deal of a solution, in the coalition's own game."""
        if self.layout is None:
            return Deal(status_quo(self.reach.inner))
        shares: Any = np.array(
            found.primal[: len(self._columns)], dtype=object if found.exact else np.float64
        )
        if not found.exact:
            shares = np.clip(shares, 0.0, 1.0)
        return self.layout.deal(self.layout.complete(shares))

    def _weights(self, prices: Sequence[Number]) -> tuple[Fraction, ...]:
        """Return prices of the members' rows as weights on the players that add up to 1."""
        fair = [max(Fraction(y), Fraction(0)) for y in prices]
        total = sum(fair, start=Fraction(0))
        if not total:
            fair, total = [Fraction(1)] * len(fair), Fraction(len(fair))
        weights = [Fraction(0)] * len(self.game.players)
        for i, y in zip(self.stake, fair, strict=True):
            weights[i] = y / total
        return tuple(weights)


def solved(programme: Programme) -> Optimum:
    """Solve a programme, or raise SolverError."""
    found = optimum(programme)
    if found is None:
        msg = "coalitions without side payments: a linear programme was not solved; rescale payoffs"
        raise SolverError(msg)
    return found


def all_deals(
    game: LinkageGame, outsiders: Replies = "status_quo"
) -> dict[tuple[str, ...], CoalitionDeals]:
    """Return the deals of every coalition with a stake, small coalitions first.

    Raises
    ------
    NotSupportedError
        If there are too many players, or packages of the linked agenda depend on each other.
    """
    if len(game.players) > MAX_PLAYERS:
        msg = (
            f"coalitions without side payments: expected at most {MAX_PLAYERS} players, since "
            f"every coalition is looked at, found {len(game.players)}"
        )
        raise NotSupportedError(msg)
    check_apart(game)
    found = {}
    for size in range(1, len(game.players) + 1):
        for members in itertools.combinations(game.players, size):
            if any(game.players.index(p) in game.interested for p in members):
                found[members] = CoalitionDeals(game, members, outsiders)
    return found


def worth_without_transfers(
    game: LinkageGame, *, outsiders: Replies = "status_quo"
) -> Mapping[frozenset[str], Fraction]:
    """Return per coalition the largest total of a deal that leaves no member below the status quo.

    Parameters
    ----------
    game : LinkageGame
    outsiders : {"status_quo", "best_reply"}
        What they do meanwhile.

    Returns
    -------
    mapping of frozenset of str to Fraction
        All coalitions; 0 where no deal is better than the status quo.

    Raises
    ------
    NotSupportedError
        If the game is too large to be solved in rationals, or has data that is not used here.

    Examples
    --------
    >>> import bargaining as bg
    >>> found = worth_without_transfers(bg.load("us_mexico/guns_for_fentanyl"))
    >>> found[frozenset({"us", "mexico"})], found[frozenset({"us"})]
    (Fraction(4, 1), Fraction(0, 1))
    """
    require_game(game)
    check_coalitional(game, "coalitions without side payments", outsiders)
    worth: dict[frozenset[str], Fraction] = {}
    deals = all_deals(game, outsiders)
    for size in range(1, len(game.players) + 1):
        for members in itertools.combinations(game.players, size):
            total: Number = Fraction(0)
            if members in deals:
                total = deals[members].best_total()[0]
            if not isinstance(total, Fraction):
                msg = (
                    "coalitions without side payments: the game is too large to be solved in "
                    "rationals; take issues or outcomes out"
                )
                raise NotSupportedError(msg)
            worth[frozenset(members)] = total
    return MappingProxyType(worth)


def rounding(game: LinkageGame) -> float:
    """Return the size of differences that are rounding where floats are used."""
    return SMALL * max(max(game.reach), 1e-300)
