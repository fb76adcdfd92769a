"""One equilibrium of a large bimatrix game by complementary pivoting.

Lemke and Howson (1964): start from the artificial pair of strategies 0, which has every label,
drop one label and follow the path of pairs that have all the others; its other end has every
label and is an equilibrium.  Ties of degenerate games are broken by the lexicographic rule, so
that no path runs in a circle; a path can still be exponentially long (Savani, von Stengel
2006), so paths from many labels are followed a little each, then some longer, within a stated
amount of work.

The pivots are done in floating point and what they end in is a pair of *supports*, no more: the
strategies are computed from them, and every best-reply condition checked, exactly by the caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WORK = 1_000_000_000
"""Entries of the tableaux that may be computed in all."""
OVERHEAD = 40_000
"""What a pivot costs whatever the size, in entries."""
FIRST_CAP = 100
"""Pivots on the first path of each label; later rounds have four times as many."""
PATHS = 40
"""Labels dropped in a round."""
_ZERO = 1e-9
_TIE = 1e-11

Floats = NDArray[np.float64]
Supports = tuple[list[int], list[int]]


@dataclass
class _Tableau:
    """The system basic + table @ other = right, with all variables at least 0.

    The nonbasic variables stand at the columns, the right side is the last column.
    """

    table: Floats
    basic: NDArray[np.intp]
    other: NDArray[np.intp]
    slacks: NDArray[np.intp]
    scratch: Floats

    def exchange(self, entering: int) -> int | None:
        """Let a variable enter the basis; return the one that leaves, None if none can."""
        column = int(np.flatnonzero(self.other == entering)[0])
        row = self._leaving(column)
        if row is None:
            return None
        pivot = self.table[row, column]
        line, down = self.table[row] / pivot, self.table[:, column].copy()
        down[row] = 0.0
        np.multiply.outer(down, line, out=self.scratch)
        self.table -= self.scratch
        self.table[:, column] = -down / pivot
        self.table[row] = line
        self.table[row, column] = 1.0 / pivot
        leaving = int(self.basic[row])
        self.basic[row], self.other[column] = entering, leaving
        return leaving

    def _leaving(self, column: int) -> int | None:
        """Return the row of the lexicographically least ratio."""
        down = self.table[:, column]
        rows = np.flatnonzero(down > _ZERO)
        if not len(rows):
            return None
        ratios = self.table[rows, -1] / down[rows]
        rows = rows[ratios <= ratios.min() + _TIE]
        for slack in self.slacks:
            if len(rows) == 1:
                break
            where = np.flatnonzero(self.other == slack)
            entries = self.table[rows, where[0]] if len(where) else self.basic[rows] == slack
            ratios = entries / down[rows]
            rows = rows[ratios <= ratios.min() + _TIE]
        return int(rows[0])


def supports(first: Floats, second: Floats, *, work: int = WORK) -> Iterator[Supports]:
    """Yield the supports in which Lemke-Howson paths end.

    Parameters
    ----------
    first, second : ndarray, shape (rows, columns)
        Payoffs of the row and of the column player.
    work : int
        Entries of tableaux that may be computed.

    Yields
    ------
    (list of int, list of int)
        Equally many actions of each side that have a positive weight in the last basis.

    Examples
    --------
    >>> pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    >>> next(supports(pennies, -pennies))
    ([0, 1], [0, 1])
    """
    mine, theirs = _raised(first), _raised(second)
    labels = np.random.default_rng(0).permutation(sum(first.shape)).tolist()
    left = work // (first.size + OVERHEAD)
    cap = FIRST_CAP
    while labels and left > 0:
        unfinished = []
        for label in labels[:PATHS]:
            if left <= 0:
                return
            found, pivots = _path(mine, theirs, label, min(cap, left))
            left -= pivots
            if found is not None:
                yield found
            elif pivots == cap:
                unfinished.append(label)
        labels, cap = unfinished, 4 * cap


def _raised(table: Floats) -> Floats:
    """Bring payoffs into [1/4, 5/4], which changes no best reply."""
    spread = float(np.ptp(table))
    raised: Floats = (table - table.min()) / (spread or 1.0) + 0.25
    return raised


def _path(first: Floats, second: Floats, label: int, cap: int) -> tuple[Supports | None, int]:
    """Follow the path on which one label may be missing; also return the pivots made."""
    rows, columns = first.shape
    own, reply = np.arange(rows), np.arange(rows, rows + columns)
    sides = (
        _Tableau(_with_ones(second.T), reply.copy(), own.copy(), reply, _scratch(second.T)),
        _Tableau(_with_ones(first), own.copy(), reply.copy(), own, _scratch(first)),
    )
    entering, turn = label, 0 if label < rows else 1
    for pivots in range(1, cap + 1):
        leaving = sides[turn].exchange(entering)
        if leaving is None:
            return None, pivots - 1
        if leaving == label:
            mine = sorted(int(i) for i in sides[0].basic if i < rows)
            theirs = sorted(int(j) - rows for j in sides[1].basic if j >= rows)
            return (mine, theirs), pivots
        entering, turn = leaving, 1 - turn
    return None, cap


def _with_ones(table: Floats) -> Floats:
    return np.hstack([table, np.ones((len(table), 1))])


def _scratch(table: Floats) -> Floats:
    return np.empty((len(table), len(table[0]) + 1))
