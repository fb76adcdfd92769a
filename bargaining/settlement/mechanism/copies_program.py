"""The linear programme of a mechanism for several copies, in its reduced form.

The players' expected gains z per cell are linear in the shares x of the rule, z = A x; objective,
incentives and rationality speak of z and of the payments m alone,

    maximise  c·z + t·m   with   G z + T m <= 0,   B m = 0,

where each cell's shares are lotteries.  Rows of incentives belong to joint lies, and are added
when they are needed.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.settlement.mechanism.cells import Cells
from bargaining.settlement.mechanism.matching import Matching, in_order, near_truth
from bargaining.settlement.mechanism.views_of_copies import view_of_copies

Row = tuple[dict[int, Any], dict[int, Any]]
"""Coefficients on z, and on m."""


@dataclass(frozen=True, eq=False)
class Lie:
    """A joint lie about all copies.

    Attributes
    ----------
    player, true, told : int
        Who; positions of the true and of the reported histogram.
    matching : ndarray of int, shape (types, types)
    """

    player: int
    true: int
    told: int
    matching: Matching

    @property
    def key(self) -> tuple[int, int, int, bytes]:
        """What tells lies apart."""
        return self.player, self.true, self.told, self.matching.tobytes()


@dataclass(eq=False)
class CopiesProgram:
    """A programme under construction.

    Attributes
    ----------
    cells : Cells
    transfers : bool
        Whether there are payments, which cancel in expectation.
    rational : bool
        Whether nobody may lose in expectation, given his histogram.
    objective : str
        ``"total"``, ``"max-min"`` or a player's name.
    efficiency : Fraction
        What arrives of each unit paid.
    lies : list of Lie
        The rows of incentives; the others come first.
    """

    cells: Cells
    transfers: bool
    rational: bool
    objective: str
    efficiency: Fraction
    lies: list[Lie] = field(default_factory=list)
    fixed: list[tuple[str, int, int, Row]] = field(default_factory=list)
    """Kind, player, histogram and coefficients of all other rows."""

    def __post_init__(self) -> None:
        self._known = {lie.key for lie in self.lies}
        self.views = tuple(view_of_copies(self.cells, i) for i in range(len(self.cells.sides)))
        sizes = [count * v.rank for count, v in zip(self.cells.shape, self.views, strict=True)]
        self.starts = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
        counts = [len(side.histograms) for side in self.cells.sides]
        self.histogram_starts = np.concatenate([[0], np.cumsum(counts)]).astype(int)
        self._rows()

    @property
    def gain_count(self) -> int:
        """How many expected gains z there are."""
        return int(self.starts[-1])

    @property
    def payment_count(self) -> int:
        """How many variables m there are: receipts, payments if some is lost, the least gain."""
        per_player = int(self.histogram_starts[-1])
        return self.transfers * per_player * (1 + self.lossy) + self.levelled

    @property
    def levelled(self) -> bool:
        """Whether the least gain is a variable: with max-min, if anybody has a stake."""
        return self.objective == "max-min" and len(self.cells.setting.stake) > 0

    @property
    def lossy(self) -> bool:
        """Whether part of what is paid does not arrive."""
        return self.efficiency != 1

    def gain(self, player: int, cell: int, true: int, factor: Any) -> dict[int, Any]:
        """Return a player's expected gain in a cell at a true type, per copy, times a factor."""
        start = int(self.starts[player]) + cell * self.views[player].rank
        row = self.views[player].basis[true]
        return {start + k: factor * b for k, b in enumerate(row) if b}

    def receipt(self, player: int, histogram: int, factor: Any) -> dict[int, Any]:
        """Return what a player receives net, per copy, times a factor.

        Who has no stake neither pays nor receives.
        """
        if not self.transfers or player not in self.cells.setting.stake:
            return {}
        place = int(self.histogram_starts[player]) + histogram
        if not self.lossy:
            return {place: factor}
        return {place: factor, place + int(self.histogram_starts[-1]): -factor}

    def utility(self, lie: Lie, factor: Any = 1) -> Row:
        """Return what a lie brings per copy, times a factor."""
        side = self.cells.sides[lie.player]
        z: dict[int, Any] = {}
        for t, s in np.argwhere(lie.matching).tolist():
            share = Fraction(int(lie.matching[t, s]), side.copies) * factor
            _add(z, self.gain(lie.player, int(side.place[lie.told, s]), t, share))
        return z, self.receipt(lie.player, lie.told, factor)

    def truth(self, player: int, histogram: int) -> Lie:
        """Return the report that is no lie."""
        counts = self.cells.sides[player].counts[histogram]
        return Lie(player, histogram, histogram, np.diag(counts))

    def incentive(self, lie: Lie) -> Row:
        """Return the row of a lie: what it brings, less what the truth brings, is at most 0."""
        z, m = self.utility(lie)
        honest_z, honest_m = self.utility(self.truth(lie.player, lie.true), -1)
        return _add(z, honest_z), _add(m, honest_m)

    def add(self, lies: list[Lie]) -> int:
        """Add rows of lies that are not there yet; return how many were new."""
        new = [lie for lie in lies if lie.key not in self._known]
        self._known.update(lie.key for lie in new)
        self.lies += new
        return len(new)

    def first_lies(self) -> list[Lie]:
        """Return a lie per pair of histograms: the best one, where types are ranked."""
        found = []
        for i, (side, seen) in enumerate(zip(self.cells.sides, self.views, strict=True)):
            if not seen.rank or side.types == 1:
                continue
            ranked = seen.rank == 1
            rank = seen.sorted_types.tolist() if ranked else []
            for a, true in enumerate(side.histograms):
                for b, told in enumerate(side.histograms):
                    if a != b:
                        matching = (
                            in_order(true, told, rank, rank) if ranked else near_truth(true, told)
                        )
                        found.append(Lie(i, a, b, matching))
                found += self._swaps(i, a, rank)
        return found

    def _swaps(self, player: int, histogram: int, rank: list[int]) -> list[Lie]:
        """Return the exchanges of two reports within the true histogram."""
        counts = self.cells.sides[player].counts[histogram]
        present = [t for t in rank or range(len(counts)) if counts[t]]
        pairs = (
            itertools.pairwise(present)
            if rank
            else ((s, t) for s in present for t in present if s < t)
        )
        found = []
        for s, t in pairs:
            matching = np.diag(counts)
            matching[[s, t], [s, t]] -= 1
            matching[[s, t], [t, s]] += 1
            found.append(Lie(player, histogram, histogram, matching))
        return found

    def expected(self, player: int) -> Row:
        """Return a player's expected gain per copy."""
        side = self.cells.sides[player]
        z: dict[int, Any] = {}
        for cell, ((_, t), weight) in enumerate(zip(side.cells.tolist(), side.weight, strict=True)):
            _add(z, self.gain(player, cell, t, weight))
        m: dict[int, Any] = {}
        for h, chance in enumerate(side.chance):
            _add(m, self.receipt(player, h, chance))
        return z, m

    def _rows(self) -> None:
        cells = self.cells
        if self.rational:
            for i in cells.setting.stake:
                for h in range(len(cells.sides[i].histograms)):
                    row = self.utility(self.truth(i, h), -1)
                    self.fixed.append(("rationality", i, h, row))
        if self.levelled:
            for i in cells.setting.stake:
                z, m = self.expected(i)
                row = ({k: -v for k, v in z.items()}, {k: -v for k, v in m.items()})
                row[1][self.payment_count - 1] = Fraction(1)
                self.fixed.append(("least", i, 0, row))
        if self.transfers and self.lossy:
            count = int(self.histogram_starts[-1])
            budget: dict[int, Any] = {}
            for place, chance in self._paying.items():
                budget[place], budget[count + place] = chance, -self.efficiency * chance
            self.fixed.append(("budget", 0, 0, ({}, budget)))
            for place in sorted(budget):
                self.fixed.append(("sign", 0, place, ({}, {place: Fraction(-1)})))

    @cached_property
    def budget(self) -> dict[int, Fraction]:
        """Coefficients of the equation that payments cancel, if nothing is lost."""
        if not self.transfers or self.lossy:
            return {}
        return self._paying

    @property
    def _paying(self) -> dict[int, Fraction]:
        """The probability of each histogram of the players who may pay, by place."""
        return {
            int(self.histogram_starts[i]) + h: chance
            for i in self.cells.setting.stake
            for h, chance in enumerate(self.cells.sides[i].chance)
        }

    @cached_property
    def aim(self) -> Row:
        """Coefficients of the objective."""
        if self.levelled:
            return {}, {self.payment_count - 1: Fraction(1)}
        players = self.cells.setting.game.players
        z: dict[int, Any] = {}
        m: dict[int, Any] = {}
        for i, name in enumerate(players):
            if self.objective in ("total", name):
                more_z, more_m = self.expected(i)
                _add(z, more_z)
                _add(m, more_m)
        return z, m

    def rows_at(self, places: Sequence[int]) -> list[Row]:
        """Return some rows: the fixed ones come first, then one per lie."""
        count = len(self.fixed)
        return [
            self.fixed[n][3] if n < count else self.incentive(self.lies[n - count]) for n in places
        ]

    def receipts(self, payments: NDArray[Any], player: int) -> NDArray[Any]:
        """Return what a player receives net per copy, by histogram."""
        own = slice(*self.histogram_starts[player : player + 2].tolist())
        count = int(self.histogram_starts[-1])
        if not self.transfers:
            zeros = np.zeros(own.stop - own.start, dtype=payments.dtype)
            return zeros + Fraction(0) if payments.dtype == object else zeros
        received = payments[own]
        return received - payments[count:][own] if self.lossy else received.copy()

    def matrix(self) -> tuple[Any, Any]:
        """Return the rows in floating point: sparse matrices on z and on m."""
        from scipy import sparse

        entries: tuple[list[Any], list[Any]] = ([], [])
        for n, (*_, row) in enumerate(self.fixed):
            for part, coefficients in zip(entries, row, strict=True):
                part += [(n, k, float(v)) for k, v in coefficients.items()]
        tables = []
        for part, width in zip(entries, (self.gain_count, self.payment_count), strict=True):
            plain = np.array(part, dtype=np.float64).reshape(-1, 3)
            index = plain[:, :2].astype(np.intp).T
            shape = (len(self.fixed), width)
            tables.append([sparse.csr_array((plain[:, 2], tuple(index)), shape=shape)])
        for i in range(len(self.cells.sides)):
            own = [lie for lie in self.lies if lie.player == i]
            if own:
                for table, more in zip(tables, self._written(i, own), strict=True):
                    table.append(more)
        order = np.argsort([lie.player for lie in self.lies], kind="stable")
        back = np.empty(len(order), dtype=np.intp)
        back[order] = np.arange(len(order))
        back = np.concatenate([np.arange(len(self.fixed)), len(self.fixed) + back])
        stacked = [sparse.vstack(table, format="csr") for table in tables]
        return stacked[0][back], stacked[1][back]

    def _written(self, player: int, lies: list[Lie]) -> tuple[Any, Any]:
        """Write out the rows of one player's lies."""
        from scipy import sparse

        side, seen = self.cells.sides[player], self.views[player]
        basis = seen.basis.astype(np.float64) / side.copies
        true = np.array([lie.true for lie in lies])
        told = np.array([lie.told for lie in lies])
        brings = np.einsum("lts,tr->lsr", np.array([lie.matching for lie in lies]), basis)
        honest = -side.counts[true][:, :, None] * basis
        columns, values = [], []
        for report, value in ((told, brings), (true, honest)):
            place = side.place[report][:, :, None] * seen.rank + np.arange(seen.rank)
            columns.append(np.where(place < 0, 0, place) + int(self.starts[player]))
            values.append(np.where((side.place[report] >= 0)[:, :, None], value, 0.0))
        count = len(lies)
        numbers = np.arange(count)
        column = np.concatenate([c.reshape(count, -1) for c in columns], axis=1)
        value = np.concatenate([v.reshape(count, -1) for v in values], axis=1)
        row = np.repeat(numbers, column.shape[1])
        z = sparse.csr_array((value.ravel(), (row, column.ravel())), shape=(count, self.gain_count))
        z.eliminate_zeros()
        m = sparse.csr_array((count, self.payment_count))
        if self.transfers and player in self.cells.setting.stake:
            for shift, sign in ((0, 1.0), (int(self.histogram_starts[-1]), -1.0))[: 1 + self.lossy]:
                start = shift + int(self.histogram_starts[player])
                for report, factor in ((told, sign), (true, -sign)):
                    m = m + sparse.csr_array(
                        (np.full(count, factor), (numbers, start + report)), shape=m.shape
                    )
        return z, m


def _add(total: dict[int, Any], more: dict[int, Any]) -> dict[int, Any]:
    """Add coefficients in place."""
    for key, value in more.items():
        total[key] = total.get(key, 0) + value
    return total
