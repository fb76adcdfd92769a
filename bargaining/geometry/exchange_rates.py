"""Exchange rates: the weights on the players at which an issue offers no trade.

With weights λ on the players, h_k(λ) = max over outcomes of λ·gain is what issue k is worth.
Λ_k = {λ in the simplex : h_k(λ) = 0} are the exchange rates at which nobody would trade on
issue k.  A package admits a deal strictly better for everyone if and only if no λ belongs to
the Λ_k of all its issues: a common λ proves the deadlock, a deal proves the opposite
(separation of a convex set from the orthant).  For two players Λ_k is an interval of t in
λ = (t, 1 - t), so two issues unlock each other exactly when their intervals are disjoint.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotDefinedError
from bargaining.geometry.marginals import package_terms
from bargaining.geometry.most_for_both import most_for_both
from bargaining.geometry.rational import maximise
from bargaining.model.agenda import positions
from bargaining.model.game import LinkageGame, require_game

MAX_VERTEX_CANDIDATES = 20_000
Interval = tuple[Fraction, Fraction]
Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class ExchangeRates:
    """The exchange rates Λ_k of one issue (or of a package seen as one).

    Attributes
    ----------
    players : tuple of str
        The players with a stake in the game; weights of others play no part.
    rows : tuple of tuple of Fraction
        Half-spaces: Λ = {λ in the simplex : λ·row <= 0 for every row}.

    everyone : tuple of str
        All players of the game.
    """

    players: tuple[str, ...]
    rows: tuple[Vector, ...]
    everyone: tuple[str, ...]

    @cached_property
    def interval(self) -> Interval | None:
        """In a game of two players the interval of t in (t, 1 - t); None when Λ is empty.

        >>> both = ("us", "mexico")
        >>> ExchangeRates(both, ((Fraction(-4), Fraction(6)),), both).interval
        (Fraction(3, 5), Fraction(1, 1))
        """
        if len(self.everyone) != 2:
            msg = "exchange rates are an interval only in games of two players"
            raise NotDefinedError(msg)
        if len(self.players) == 2:
            return interval(self.rows)
        if not self.players:
            return Fraction(0), Fraction(1)
        end = Fraction(int(self.players[0] == self.everyone[0]))
        return None if any(row[0] > 0 for row in self.rows) else (end, end)

    @cached_property
    def vertices(self) -> tuple[Vector, ...] | None:
        """Corner points of Λ, exactly; None when there are too many candidates to try."""
        return _vertices(self.rows, len(self.players))

    @property
    def empty(self) -> bool:
        """Whether no exchange rate blocks the issue: it is mutual by itself."""
        return not self.contains_any()

    def contains(self, weights: Sequence[Fraction]) -> bool:
        """Whether λ blocks every trade on this issue."""
        return all(dot(weights, row) <= 0 for row in self.rows)

    def contains_any(self) -> bool:
        """Whether Λ has a point."""
        if len(self.everyone) == 2:
            return self.interval is not None
        return not (self.players and gainers(self.rows, len(self.players)).everyone)


@dataclass(frozen=True)
class Gainers:
    """Who can gain by some mixture of vectors, nobody losing, with the proof of both sides.

    Attributes
    ----------
    who : frozenset of int
        Players who gain in the mixture (positions in the vectors).
    everyone : bool
    mixture : mapping of row to weight
        Non-negative weights adding up to at most 1 under which ``who`` gain and nobody loses.
    weights : tuple of Fraction or None
        λ >= 0 with λ·row <= 0 for every row, positive exactly on the players who cannot gain;
        None when everyone can.
    """

    who: frozenset[int]
    everyone: bool
    mixture: dict[int, Fraction]
    weights: Vector | None


def gainers(rows: Sequence[Vector], players: int) -> Gainers:
    """Find the largest set of players who can gain together by mixing vectors.

    Solves the zero-sum game in which one side picks a row and the other a player: its value is
    positive if and only if everyone can gain, and its optimal weights prove it when not.
    Players whom those weights bind cannot gain; the rest is tried again without them.
    """
    if players == 2:
        return _gainers_of_two(rows)
    candidates = set(range(players))
    blocking = [Fraction(0)] * players
    while candidates:
        solution = maximise(*_programme(rows, players, candidates))
        if solution.value > 0:
            mixture = {j: y for j, y in enumerate(solution.primal[1:]) if y}
            break
        weights = solution.dual[:players]
        blocking = [b + w for b, w in zip(blocking, weights, strict=True)]
        candidates -= {i for i in candidates if weights[i] > 0}
    else:
        mixture = {}
    total = sum(blocking)
    scaled = tuple(b / total for b in blocking) if total else None
    return Gainers(frozenset(candidates), len(candidates) == players, mixture, scaled)


def _gainers_of_two(rows: Sequence[Vector]) -> Gainers:
    """Answer for two players without a linear programme: by the interval of exchange rates."""
    between = interval(rows)
    if between is None:
        return Gainers(frozenset((0, 1)), True, most_for_both(rows), None)
    at = sum(between, Fraction(0)) / 2
    if 0 < at < 1:
        return Gainers(frozenset(), False, {}, (at, 1 - at))
    free = 1 if at else 0  # the rates leave out the player whom somebody can help for nothing
    best = max(range(len(rows)), key=lambda j: (not rows[j][1 - free], rows[j][free]))
    return Gainers(frozenset((free,)), False, {best: Fraction(1)}, (at, 1 - at))


def _programme(
    rows: Sequence[Vector], players: int, candidates: set[int]
) -> tuple[list[int], list[dict[int, Fraction | int]], list[int]]:
    """Maximise the least gain of the candidates, nobody losing, weights adding up to 1."""
    least: dict[int, Fraction | int] = dict.fromkeys(candidates, 1)
    columns = [least]
    for row in rows:
        column: dict[int, Fraction | int] = {i: -x for i, x in enumerate(row) if x}
        column[players] = 1
        columns.append(column)
    return [1, *([0] * len(rows))], columns, [*([0] * players), 1]


def interval(rows: Iterable[Sequence[Fraction]]) -> Interval | None:
    """Λ for two players: the t in [0, 1] with t x + (1 - t) y <= 0 for every row (x, y)."""
    low, high = Fraction(0), Fraction(1)
    for x, y in rows:
        if x > 0 and y > 0:
            return None
        if y > 0:
            low = max(low, Fraction(y) / (y - x))
        elif x > 0:
            high = min(high, Fraction(-y) / (x - y))
    return (low, high) if low <= high else None


def dot(weights: Sequence[Fraction], row: Sequence[Fraction]) -> Fraction:
    """Weighted sum."""
    return sum((w * x for w, x in zip(weights, row, strict=True)), start=Fraction(0))


def _vertices(rows: Sequence[Vector], players: int) -> tuple[Vector, ...] | None:
    """Enumerate corner points: players - 1 tight rows or zero weights, solved exactly."""
    if players < 2:
        alone = (Fraction(1),) * players
        return () if any(dot(alone, row) > 0 for row in rows) else (alone,)
    units = [tuple(Fraction(-int(i == j)) for j in range(players)) for i in range(players)]
    faces = [*dict.fromkeys(row for row in rows if any(row)), *units]
    if math.comb(len(faces), players - 1) > MAX_VERTEX_CANDIDATES:
        return None
    found: dict[Vector, None] = {}
    for tight in itertools.combinations(faces, players - 1):
        point = _on_simplex(tight, players)
        if point is not None and min(point) >= 0 and all(dot(point, row) <= 0 for row in rows):
            found[point] = None
    return tuple(sorted(found))


def _on_simplex(tight: Sequence[Vector], players: int) -> Vector | None:
    """Solve λ·row = 0 for the tight rows and sum λ = 1; None if that is no single point."""
    from flint import fmpq, fmpq_mat

    rows = [*tight, (Fraction(1),) * players]
    entries = [fmpq(x.numerator, x.denominator) for row in rows for x in row]
    target = fmpq_mat(players, 1, [0] * (players - 1) + [1])
    try:
        point = fmpq_mat(players, players, entries).solve(target)
    except ZeroDivisionError:
        return None
    return tuple(Fraction(int(q.p), int(q.q)) for q in point.entries())


def exchange_rates(game: LinkageGame) -> dict[str, ExchangeRates]:
    """Exchange rates of every issue, exactly.

    The rates are about the players who have a stake in the game.  A spillover counts with
    the other issue at its status quo.

    Parameters
    ----------
    game : LinkageGame

    Returns
    -------
    dict of str to ExchangeRates

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> {k: rates.interval for k, rates in exchange_rates(game).items()}["1"]
    (Fraction(0, 1), Fraction(3, 8))
    """
    require_game(game)
    if game.reserved:
        msg = "exchange rates: not defined: no status quo per issue, only reservation totals"
        raise NotDefinedError(msg)
    columns = game.interested
    names = tuple(game.players[i] for i in columns)
    return {
        game.issue_names[k]: ExchangeRates(names, issue_rows(game, k, columns), game.players)
        for k in range(len(game.issues))
    }


def issue_rows(game: LinkageGame, issue: int, columns: Sequence[int]) -> tuple[Vector, ...]:
    """Gains of one issue's outcomes, others at the status quo, without the zero rows."""
    terms = package_terms(game, (issue,))
    scale = [game.flat.denominators[i] for i in columns]
    if terms.components:
        table = terms.components[0].tables[issue,]
    else:
        table = game.flat.values[game.flat.rows(issue)]
    if game.flat.kind == "float":
        rows = (tuple(Fraction(float(row[i])) for i in columns) for row in table)
    else:
        rows = (
            tuple(Fraction(int(row[i]), d) for i, d in zip(columns, scale, strict=True))
            for row in table
        )
    return tuple(dict.fromkeys(row for row in rows if any(row)))


@dataclass(frozen=True, eq=False)
class RateBounds:
    """Interval ends of very many additive issues, two players, without Python loops.

    Attributes
    ----------
    low, high : ndarray of float, shape (issues,)
        Ends to within :attr:`tolerance`; ``low`` is 2 where one outcome helps both players.
    issues : ndarray of int, shape (issues,)
        Which issues these are.
    """

    game: LinkageGame
    columns: tuple[int, int]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    issues: NDArray[np.intp]

    tolerance = 1e-12

    def exact(self, place: int) -> Interval:
        """Return ends of one issue exactly, low > high when Λ is empty."""
        low, high = Fraction(0), Fraction(1)
        for x, y in issue_rows(self.game, int(self.issues[place]), self.columns):
            if x > 0 and y > 0:
                return Fraction(2), Fraction(0)
            if y > 0:
                low = max(low, y / (y - x))
            elif x > 0:
                high = min(high, -y / (x - y))
        return low, high

    def mutual(self) -> NDArray[np.bool_]:
        """Which issues have empty Λ, near ties decided exactly."""
        result = self.low > self.high + self.tolerance
        near = np.abs(self.low - self.high) <= self.tolerance
        for k in np.flatnonzero(near):
            low, high = self.exact(int(k))
            result[k] = low > high
        return np.asarray(result)

    def one_sided(self) -> NDArray[np.bool_]:
        """Which issues somebody can gain from at no cost to the other, but not both."""
        top = (self.low >= 1 - self.tolerance) & (self.high >= 1 - self.tolerance)
        bottom = (self.low <= self.tolerance) & (self.high <= self.tolerance)
        result = np.zeros(len(self.low), dtype=bool)
        for k in np.flatnonzero(top | bottom):
            low, high = self.exact(int(k))
            result[k] = low == high and low in (0, 1)
        return result

    def gainers(self, package: Sequence[int]) -> tuple[bool, bool]:
        """Which of the two players can gain from a package of additive issues, exactly."""
        part = self.only(positions(package))
        if part.clash():
            return True, True
        low, high = part.highest_low(), part.lowest_high()
        return (high == 0, low == 1) if low == high else (False, False)

    def only(self, chosen: NDArray[np.intp]) -> RateBounds:
        """Bounds of some of the issues."""
        low, high = self.low[chosen], self.high[chosen]
        return RateBounds(self.game, self.columns, low, high, self.issues[chosen])

    def clash(self) -> bool:
        """Whether no exchange rate belongs to all these issues, exactly."""
        if not len(self.low):
            return False
        gap = self.low.max() - self.high.min()
        if abs(gap) > self.tolerance:
            return bool(gap > 0)
        return self.highest_low() > self.lowest_high()

    def highest_low(self) -> Fraction:
        """Return the largest lower end, exactly."""
        return max(self._near_ties(self.low.max() - self.low, 0))

    def lowest_high(self) -> Fraction:
        """Return the smallest upper end, exactly."""
        return min(self._near_ties(self.high - self.high.min(), 1))

    def _near_ties(self, distance: NDArray[np.float64], end: int) -> set[Fraction]:
        """Exact ends of the issues that floats cannot tell apart, equal issues once."""
        flat = self.game.flat
        found: dict[object, Fraction] = {}
        for place in np.flatnonzero(distance <= self.tolerance).tolist():
            rows = flat.rows(int(self.issues[place]))
            block = flat.values[rows.start : rows.stop]
            key = str(block.tolist()) if flat.kind == "big" else block.tobytes()
            if key not in found:
                found[key] = self.exact(place)[end]
        return set(found.values())


def rate_bounds(game: LinkageGame, columns: tuple[int, int]) -> RateBounds:
    """Compute all intervals' ends in one pass over the flat array (additive games)."""
    flat = game.flat
    x, y = (flat.column(column) for column in columns)
    span = y - x
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where((y > 0) & (x <= 0), y / span, 0.0)
        high = np.where((x > 0) & (y <= 0), y / span, 1.0)
    low[(x > 0) & (y > 0)] = 2.0
    starts: Any = flat.offsets[:-1]
    return RateBounds(
        game,
        columns,
        np.maximum.reduceat(low, starts),
        np.minimum.reduceat(high, starts),
        np.arange(len(starts)),
    )
