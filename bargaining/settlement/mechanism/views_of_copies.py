"""How a player sees a rule for several copies: few numbers per cell of his.

His expected gain at a copy of true type t that he reports within some histogram is linear in the
deals of that cell.  Types whose gains are combinations of those of other types need no numbers of
their own: a binary choice with private values needs one number per cell, the chance of a yes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.settlement.mechanism.cells import Cells


@dataclass(frozen=True, eq=False)
class CopiesView:
    """One player's view.

    Attributes
    ----------
    player : int
    basis : ndarray of Fraction, shape (types, rank)
        The gains of each type as a combination of those of the base types.
    table : ndarray of Fraction, shape (types or 1 per player, options, rank)
        Gains of the base types, with length 1 on his own axis.
    """

    player: int
    basis: NDArray[Any]
    table: NDArray[Any]

    @property
    def rank(self) -> int:
        """How many numbers per cell."""
        return int(self.basis.shape[1])

    @cached_property
    def sorted_types(self) -> NDArray[np.intp]:
        """Types in ascending order of their gains; only where the rank is 1."""
        return np.argsort(self.basis[:, 0].astype(np.float64), kind="stable")


def view_of_copies(cells: Cells, player: int) -> CopiesView:
    """Find base types by elimination in rationals, the largest rows first."""
    gains = np.moveaxis(cells.gains(player), player, 0)
    types = cells.setting.shape[player]
    rows = gains.reshape(len(gains), -1)
    left = rows.copy()
    chosen: list[int] = []
    while left.size and np.any(left != 0):
        sizes = abs(left).astype(np.float64)
        pick = int(sizes.max(axis=1).argmax())
        pivot = int(sizes[pick].argmax())
        chosen.append(pick)
        left = left - np.outer(left[:, pivot] / Fraction(left[pick, pivot]), left[pick])
    basis = _coordinates(rows, chosen)
    basis = np.broadcast_to(basis, (types, len(chosen)))
    table = np.expand_dims(np.moveaxis(gains[chosen], 0, -1), player)
    return CopiesView(player, basis, table)


def _coordinates(rows: NDArray[Any], chosen: list[int]) -> NDArray[Any]:
    """Write every row as a combination of the chosen ones, exactly."""
    count = len(chosen)
    work = np.concatenate([rows[chosen].T, rows.T], axis=1)
    work = np.vectorize(Fraction, otypes=[object])(work) if work.size else work
    for top in range(count):
        pivot = next(i for i in range(top, len(work)) if work[i, top])
        work[[top, pivot]] = work[[pivot, top]]
        work[top] = work[top] / work[top, top]
        for i in range(len(work)):
            if i != top and work[i, top]:
                work[i] = work[i] - work[i, top] * work[top]
    return work[:count, count:].T
