"""What a package offers at given exchange rates: its best outcomes, by floats, proved exactly.

Exchange rates λ block a package when nothing in it is worth having.  Floating point sees at once
which outcomes are worth clearly more or less than nothing; only those that it cannot tell apart
are computed in whole numbers, so thousands of issues cost one pass over an array.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.geometry.marginals import Component, package_terms
from bargaining.model.game import LinkageGame

Vector = tuple[Fraction, ...]
UNSURE = 1e-13
"""Sums of floats smaller than this share of their terms may have either sign."""
TINY = 1e-290


@dataclass(frozen=True, eq=False)
class Row:
    """A joint outcome of some issues of a package, the others at the point of reference.

    Attributes
    ----------
    gains : tuple of Fraction
        One per player considered, in units near 1.
    chosen : mapping of int to int
        Outcomes by issue.
    """

    gains: Vector
    chosen: Mapping[int, int]


class PackageRows:
    """Outcomes of a package as gains of the players considered, in each player's own unit.

    Parameters
    ----------
    game : LinkageGame
    package : sequence of int
    players : sequence of int
        Positions of the players considered.

    Attributes
    ----------
    units : tuple of Fraction
        A power of two near the largest gain or loss of each player.
    values : ndarray, shape (rows, players)
        Gains of every outcome of the issues that only add up, as floats, in units.
    """

    def __init__(self, game: LinkageGame, package: Sequence[int], players: Sequence[int]) -> None:
        self.game, self.players = game, tuple(players)
        self._columns = list(self.players)
        terms = package_terms(game, package)
        self.components: tuple[Component, ...] = terms.components
        self.singles = np.asarray(terms.singles, dtype=np.intp)
        flat = game.flat
        counts = np.diff(flat.offsets)[self.singles]
        ends = np.cumsum(counts)
        self.starts = ends - counts
        self._owner = np.repeat(self.singles, counts)
        inside = int(ends[-1]) if len(ends) else 0
        self._places = np.arange(inside) + np.repeat(
            flat.offsets[self.singles] - self.starts, counts
        )
        self.units = tuple(_power_of_two(game.reach[i]) for i in self.players)
        columns = [
            flat.column(i)[self._places] / float(unit)
            for i, unit in zip(self.players, self.units, strict=True)
        ]
        self.values = np.array(columns).T.reshape(inside, len(self.players))
        self._constant: Vector = tuple(
            game.offset[i] / unit for i, unit in zip(self.players, self.units, strict=True)
        )

    def __len__(self) -> int:
        return len(self.values)

    def row(self, place: int) -> Row:
        """One outcome of one issue, exactly."""
        index = int(self._places[place])
        issue = int(self._owner[place])
        gains = tuple(
            self.game.flat.gain(index, i) / unit
            for i, unit in zip(self.players, self.units, strict=True)
        )
        return Row(gains, {issue: index - int(self.game.flat.offsets[issue])})

    def every_row(self) -> Iterator[Row]:
        """Yield all different outcomes of the issues that only add up, zero rows left out."""
        seen = set()
        for place in range(len(self)):
            row = self.row(place)
            key = (int(self._owner[place]), row.gains)
            if any(row.gains) and key not in seen:
                seen.add(key)
                yield row

    def worth(self, rates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each outcome is worth at exchange rates, as floats."""
        return np.asarray(self.values @ rates)

    def improving(self, rates: Vector, limit: int) -> list[Row]:
        """Outcomes of single issues or components worth more than nothing, decided exactly."""
        weights = np.array([float(r) for r in rates])
        worth = self.worth(weights)
        doubt = UNSURE * (np.abs(self.values) @ weights) + TINY
        clear = np.flatnonzero(worth > doubt)
        order = clear[np.argsort(-worth[clear], kind="stable")]
        found = self._first_of_issues(order, limit)
        if not found:
            near = np.flatnonzero(np.abs(worth) <= doubt)
            exact = self._exact(near, rates)
            found = [p for p, w in zip(near.tolist(), exact, strict=True) if w > 0][:limit]
        rows = [self.row(place) for place in found]
        return rows + [row for worth, row in self._components(rates) if worth > 0]

    def _first_of_issues(self, order: NDArray[np.intp], limit: int) -> list[int]:
        """Keep the best outcome of each issue, in the order given."""
        _, first = np.unique(self._owner[order], return_index=True)
        return [int(p) for p in order[np.sort(first)][:limit]]

    def vertex(self, rates: Vector) -> Row:
        """Return the best deal at exchange rates, exactly."""
        weights = np.array([float(r) for r in rates])
        chosen: dict[int, int] = {}
        gains = list(self._constant)
        if len(self.starts):
            places = self._best_places(rates, self.worth(weights), weights)
            gains = [g + s for g, s in zip(gains, self._sums(places), strict=True)]
            picked = self._places[places] - self.game.flat.offsets[self.singles]
            chosen = dict(zip(self.singles.tolist(), picked.tolist(), strict=True))
        for _, row in self._components(rates):
            gains = [g + c for g, c in zip(gains, row.gains, strict=True)]
            chosen.update(row.chosen)
        return Row(tuple(gains), chosen)

    def _best_places(
        self, rates: Vector, worth: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> NDArray[np.intp]:
        """Return the best outcome of each issue, near ties decided exactly."""
        counts = np.diff(np.append(self.starts, len(worth)))
        best = np.repeat(np.maximum.reduceat(worth, self.starts), counts)
        doubt = UNSURE * (np.abs(self.values) @ weights) + TINY
        most = np.repeat(np.maximum.reduceat(doubt, self.starts), counts)
        near = np.flatnonzero(worth >= best - 2 * most)
        home = np.searchsorted(self.starts, near, side="right") - 1
        _, first, ties = np.unique(home, return_index=True, return_counts=True)
        places = near[first]
        tied = np.flatnonzero(np.repeat(ties > 1, ties))
        best_worth: dict[int, Fraction] = {}
        exact = self._exact(near[tied], rates)
        for place, issue, value in zip(
            near[tied].tolist(), home[tied].tolist(), exact, strict=True
        ):
            if issue not in best_worth or value > best_worth[issue]:
                best_worth[issue] = value
                places[issue] = place
        return places

    def _exact(self, places: NDArray[np.intp], rates: Vector) -> list[Fraction]:
        """Compute what outcomes are worth, exactly."""
        flat = self.game.flat
        rows = self._places[places]
        block = flat.values[rows][:, self._columns]
        if flat.kind == "float":
            prices = [r / unit for r, unit in zip(rates, self.units, strict=True)]
            different, which = np.unique(block, axis=0, return_inverse=True)
            sums = [
                sum((p * Fraction(v) for p, v in zip(prices, row, strict=True)), Fraction(0))
                for row in different.tolist()
            ]
            return [sums[j] for j in which.ravel().tolist()]
        whole, scale = self._whole(rates)
        worth = block.astype(object) @ np.array(whole, dtype=object)
        return [Fraction(int(w), scale) for w in worth]

    def _sums(self, places: NDArray[np.intp]) -> list[Fraction]:
        """Add up gains of outcomes, exactly, in units."""
        flat = self.game.flat
        block = flat.values[self._places[places]][:, self._columns]
        if flat.kind == "float":
            totals = [_exact_sum(column) for column in block.T]
        else:
            totals = [
                Fraction(int(column.sum()), flat.denominators[i])
                for column, i in zip(block.T, self.players, strict=True)
            ]
        return [t / unit for t, unit in zip(totals, self.units, strict=True)]

    def _whole(self, rates: Vector) -> tuple[list[int], int]:
        """Exchange rates on the whole-number scale of the game, and their common factor."""
        prices = [
            rate / (unit * self.game.flat.denominators[i])
            for rate, unit, i in zip(rates, self.units, self.players, strict=True)
        ]
        scale = math.lcm(*(price.denominator for price in prices))
        return [int(price * scale) for price in prices], scale

    def _components(self, rates: Vector) -> Iterator[tuple[Fraction, Row]]:
        """Best joint outcome of each component, with what it is worth."""
        if not self.components:
            return
        whole, scale = self._whole(rates)
        vector = [0] * len(self.game.players)
        for i, weight in zip(self.players, whole, strict=True):
            vector[i] = weight
        for component in self.components:
            value, chosen = component.best(vector)
            gained: Any = component.gains(chosen)
            row = tuple(
                Fraction(gained[i], self.game.flat.denominators[i]) / unit
                for i, unit in zip(self.players, self.units, strict=True)
            )
            yield Fraction(value, scale), Row(row, chosen)


def _exact_sum(values: NDArray[np.float64]) -> Fraction:
    """Add floats up without rounding: whole mantissas, in two halves, by exponent."""
    mantissa, exponent = np.frexp(values)
    whole = np.ldexp(mantissa, 53).astype(np.int64)
    steps, group = np.unique(exponent, return_inverse=True)
    high, low = np.zeros(len(steps), dtype=np.int64), np.zeros(len(steps), dtype=np.int64)
    np.add.at(high, group, whole >> 27)
    np.add.at(low, group, whole & (2**27 - 1))
    parts = zip(steps.tolist(), high.tolist(), low.tolist(), strict=True)
    return sum((((h << 27) + w) * Fraction(2) ** (step - 53) for step, h, w in parts), Fraction(0))


def _power_of_two(size: float) -> Fraction:
    return Fraction(2) ** (math.frexp(size)[1] if size else 0)
