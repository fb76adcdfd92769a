"""Complementary pivoting with the lexicographic ratio test, in floats or in whole numbers.

The system w = M v + h + g t is kept as a condensed tableau: one row per basic variable, one column
per variable at zero, and the values.  A last row, z + t = 1, ends the path.  Each pivot lets one
variable enter and the row leave whose ratio is least; ties are broken by comparing the rows of the
inverse of the basis (Dantzig, Orden and Wolfe 1955), which are the columns of the variables that
were basic at first.  So no basis comes back, and the number of pivots is bounded besides.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

REFRESH = 60
"""After this many pivots the floating-point tableau is computed anew."""
PIVOT = 1e-9
"""The least coefficient pivoted on, payoffs being of size 1."""
TIE = 1e-10
"""Ratios this close are compared further."""


class Tableau(ABC):
    """A condensed tableau: basic = values - table @ (variables at zero).

    Variables are numbered: w from 0, v from ``size``, then t and z.
    """

    def __init__(self, matrix: NDArray[Any], start: NDArray[Any], step: NDArray[Any]) -> None:
        self.size = len(start)
        self.rise, self.rest = 2 * self.size, 2 * self.size + 1
        kind = matrix.dtype
        self.table = np.zeros((self.size + 1, self.size + 1), dtype=kind)
        self.table[:-1, :-1], self.table[:-1, -1], self.table[-1, -1] = -matrix, -step, 1
        self.values = np.append(start, np.ones(1, dtype=kind))
        self.basic: list[int] = [*range(self.size), self.rest]
        self.others: list[int] = [*range(self.size, 2 * self.size), self.rise]
        self.first = tuple(self.basic)
        self.row = {v: i for i, v in enumerate(self.basic)}
        self.column = {v: j for j, v in enumerate(self.others)}

    @abstractmethod
    def leaving(self, j: int) -> int | None:
        """Return the row that leaves when column j enters; None on a ray."""

    @abstractmethod
    def pivot(self, i: int, j: int) -> None:
        """Exchange a basic variable and one at zero in the numbers."""

    def exchange(self, i: int, j: int) -> int:
        """Pivot, and return the variable that left."""
        self.pivot(i, j)
        entering, left = self.others[j], self.basic[i]
        self.basic[i], self.others[j] = entering, left
        del self.row[left], self.column[entering]
        self.row[entering], self.column[left] = i, j
        return left

    def inverse(self, v: int, rows: NDArray[np.intp]) -> NDArray[Any]:
        """Return some rows' entries in one column of the inverse of the basis."""
        if v in self.column:
            entries: NDArray[Any] = self.table[rows, self.column[v]]
            return entries
        entries = np.zeros(len(rows), dtype=self.table.dtype)
        entries[rows == self.row[v]] = self.unit()
        return entries

    def unit(self) -> Any:
        """Return what a one is in the table's scale."""
        return 1


def follow(tableau: Tableau, max_pivots: int) -> list[int] | None:
    """Follow the path of complementary bases from t = 0 to t = 1.

    Returns
    -------
    list of int or None
        The basic variables but t at the end; None if the path got lost or is too long.
    """
    size, entering = tableau.size, tableau.rise
    for _ in range(max_pivots):
        row = tableau.leaving(tableau.column[entering])
        if row is None:
            return None
        left = tableau.exchange(row, tableau.column[entering])
        if left == tableau.rest:
            return [v for v in tableau.basic if v != tableau.rise]
        if left == tableau.rise:
            return None
        entering = left + size if left < size else left - size
    return None


class FloatTableau(Tableau):
    """The tableau in floating point, computed anew every so often."""

    def __init__(self, matrix: NDArray[Any], start: NDArray[Any], step: NDArray[Any]) -> None:
        super().__init__(matrix, start, step)
        self._full = np.zeros((self.size + 1, 2 * self.size + 2))
        self._full[:, self.basic] = np.eye(self.size + 1)
        self._full[:, self.others] = self.table
        self._start = self.values.copy()
        self._pivots = 0

    def leaving(self, j: int) -> int | None:
        """Return the row of least ratio, ties broken lexicographically."""
        column = self.table[:, j]
        rows = np.flatnonzero(column > PIVOT)
        if not len(rows):
            return None
        ratios = self.values[rows] / column[rows]
        rows = rows[ratios <= ratios.min() + TIE]
        for v in self.first:
            if len(rows) == 1:
                break
            ratios = self.inverse(v, rows) / column[rows]
            rows = rows[ratios <= ratios.min() + TIE]
        return int(rows[0])

    def pivot(self, i: int, j: int) -> None:
        """Exchange, and compute the tableau anew when it is due."""
        column = self.table[:, j].copy()
        row = self.table[i] / column[i]
        row[j] = 1 / column[i]
        value = self.values[i] / column[i]
        self.table -= np.outer(column, row)
        self.table[:, j] = -column / column[i]
        self.table[i] = row
        self.values -= column * value
        self.values[i] = value
        np.maximum(self.values, 0.0, out=self.values)
        self._pivots += 1

    def exchange(self, i: int, j: int) -> int:
        """Pivot, and return the variable that left."""
        left = super().exchange(i, j)
        if self._pivots % REFRESH == 0:
            right = np.column_stack([self._full[:, self.others], self._start])
            try:
                solved = np.linalg.solve(self._full[:, self.basic], right)
            except np.linalg.LinAlgError:
                return left
            self.table, self.values = solved[:, :-1].copy(), np.maximum(solved[:, -1], 0.0)
        return left


class ExactTableau(Tableau):
    """The tableau in whole numbers over one common denominator (Edmonds; Bareiss 1968)."""

    def __init__(self, matrix: NDArray[Any], start: NDArray[Any], step: NDArray[Any]) -> None:
        super().__init__(matrix, start, step)
        self._common = 1

    def unit(self) -> Any:
        """Return the common denominator."""
        return self._common

    def leaving(self, j: int) -> int | None:
        """Return the row of least ratio, ties broken lexicographically; exact."""
        column = self.table[:, j]
        rows = np.flatnonzero(column > 0)
        if not len(rows):
            return None
        rows = self._least(rows, self.values[rows], column)
        for v in self.first:
            if len(rows) == 1:
                break
            rows = self._least(rows, self.inverse(v, rows), column)
        return int(rows[0])

    def _least(
        self, rows: NDArray[np.intp], entries: NDArray[Any], column: NDArray[Any]
    ) -> NDArray[np.intp]:
        best = 0
        for i in range(1, len(rows)):
            if entries[i] * column[rows[best]] < entries[best] * column[rows[i]]:
                best = i
        same = entries * column[rows[best]] == entries[best] * column[rows]
        least: NDArray[np.intp] = rows[np.asarray(same, dtype=bool)]
        return least

    def pivot(self, i: int, j: int) -> None:
        """Exchange without fractions: every division is exact."""
        column, row, value = self.table[:, j].copy(), self.table[i].copy(), self.values[i]
        pivot, before = column[i], self._common
        self.table = (self.table * pivot - np.outer(column, row)) // before
        self.values = (self.values * pivot - column * value) // before
        self.table[:, j] = -column
        self.table[i] = row
        self.table[i, j] = before
        self.values[i] = value
        self._common = pivot
