"""Who can gain from deals that last at the players' own discount factors, along the rows.

At his factor d an outcome is worth u = d (G + T) - T to a player's condition.  Deals that meet
both conditions add up to deals that do, so that everybody who can gain at all can gain at once.
A player gains if his condition has room, or holds with some temptation to be made up for; in the
plane one outcome, or two that point to opposite sides, decide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bargaining.sweeps.batch.bounded import UNKNOWN, Bounded
from bargaining.sweeps.batch.temptations import HIDDEN, Columns, Doubt

Signs = NDArray[np.int8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Able:
    """Who can gain from a package.

    Attributes
    ----------
    gains : tuple of two ndarrays of bool, shape (rows,)
    doubt : ndarray of int8
    """

    gains: tuple[Mask, Mask]
    doubt: Doubt


def who_can_gain(columns: Columns, factors: tuple[Bounded, Bounded]) -> Able:
    """Return who can gain from a package's deals that last.

    Parameters
    ----------
    columns : Columns
    factors : tuple of two Bounded, shape (rows,)
        Above 0 and below 1.

    Examples
    --------
    Guns for fentanyl lasts at 16/25 > sqrt(2/5), but not at 3/5.

    >>> from bargaining.sweeps.batch.bounded import known
    >>> two = lambda x: known([x, x])
    >>> gains = ((two(-4.0), two(5.0)), (two(6.0), two(-3.0)))
    >>> tempted = ((two(4.0), two(0.0)), (two(0.0), two(3.0)))
    >>> columns = Columns(gains, tempted, np.zeros(2, dtype=np.int8))
    >>> both = (known([0.64, 0.6]), known([0.64, 0.6]))
    >>> [mask.tolist() for mask in who_can_gain(columns, both).gains]
    [[True, False], [True, False]]
    """
    gains, tempted = columns.gains, columns.tempted
    count, rows = len(gains[0]), len(columns.doubt)
    hidden = np.zeros(rows, dtype=bool)
    able = [np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)]
    if not count:
        return Able((able[0], able[1]), columns.doubt)
    worth = [
        [factors[i] * (gains[i][c] + tempted[i][c]) - tempted[i][c] for c in range(count)]
        for i in (0, 1)
    ]
    signs = [[w.sign() for w in mine] for mine in worth]
    for c in range(count):
        first, second = signs[0][c], signs[1][c]
        hidden |= (first == UNKNOWN) | (second == UNKNOWN)
        kept = (first >= 0) & (second >= 0)
        if kept.any():
            for i in (0, 1):
                gaining = gains[i][c].sign()
                hidden |= kept & (gaining == UNKNOWN)
                able[i] |= kept & (gaining == 1)
    _along_axes(columns, signs, able, hidden)
    for a in range(count):
        for b in range(count):
            apart = (signs[0][a] == 1) & (signs[1][b] == 1)
            if a == b or not apart.any():
                continue
            easy = apart & ((signs[1][a] >= 0) | (signs[0][b] >= 0))
            cross = (worth[0][a] * worth[1][b] - worth[1][a] * worth[0][b]).sign()
            hidden |= apart & ~easy & (cross == UNKNOWN)
            strict = easy | (apart & (cross == 1))
            level = apart & ~strict & (cross == 0)
            for i in (0, 1):
                able[i] |= strict
                if level.any():
                    able[i] |= level & _tempts(tempted[i][a], level, hidden)
                    able[i] |= level & _tempts(tempted[i][b], level, hidden)
    unsure = hidden & ~(able[0] & able[1])
    doubt = np.where(unsure, np.maximum(columns.doubt, HIDDEN), columns.doubt).astype(np.int8)
    return Able((able[0], able[1]), doubt)


def _along_axes(columns: Columns, signs: list[list[Signs]], able: list[Mask], hidden: Mask) -> None:
    """Add pairs that leave one player's condition as it is and cancel the other's."""
    for i in (0, 1):
        level = [(s == 0) for s in signs[1 - i]]
        helps = np.zeros_like(hidden)
        for c, own in enumerate(signs[i]):
            helps |= level[c] & (own == 1)
        if not helps.any():
            continue
        for c, own in enumerate(signs[i]):
            here = helps & level[c] & (own == -1)
            if here.any():
                able[1 - i] |= here & _tempts(columns.tempted[1 - i][c], here, hidden)


def _tempts(tempted: Bounded, here: Mask, hidden: Mask) -> Mask:
    sign = tempted.sign()
    hidden |= here & (sign == UNKNOWN)
    return np.asarray(sign == 1)
