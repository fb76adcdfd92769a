"""Which of many vectors no other one dominates, group by group.

Rows are put in descending lexicographic order, so that no row is dominated by a later one.
Two columns: a running maximum.  Three: blocks against the staircase of what came before.
More: blocks against all undominated rows so far.  Equal rows count as one point.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bargaining.geometry.whole import Limbs, approximately, ranks

BLOCK = 512
ROUNDING = 2.0**-48
"""Floating-point values closer than this share of the largest are compared exactly."""

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Undominated:
    """The distinct undominated vectors.

    Attributes
    ----------
    first : ndarray of int, shape (points,)
        One row for each point, by group, then ascending in the first column, then the next.
    members : ndarray of int
        All rows that equal a point, one point after the other.
    starts : ndarray of int, shape (points + 1,)
        Where each point's rows begin in ``members``.
    """

    first: Index
    members: Index
    starts: Index


def undominated(rows: Limbs, groups: NDArray[np.int64] | None = None) -> Undominated:
    """Find the undominated rows of each group.

    Parameters
    ----------
    rows : ndarray, shape (rows, columns, limbs)
    groups : ndarray of int, shape (rows,), optional
        Rows of different groups are not compared.

    Examples
    --------
    >>> found = undominated(np.array([[[1], [2]], [[2], [1]], [[1], [1]], [[2], [1]]]))
    >>> found.first.tolist(), found.members.tolist()
    ([0, 1], [0, 1, 3])
    """
    index = np.arange(len(rows), dtype=np.intp)
    if rows.shape[-1] > 1 and rows.shape[1] == 2 and groups is None:
        index = index[_not_clearly_dominated(rows)]
    table = ranks(rows[index])
    keys = [-table[:, c] for c in reversed(range(table.shape[1]))]
    if groups is not None:
        keys.append(-groups[index])
    order = np.lexsort(keys)
    table = table[order]
    group = np.zeros(len(order), dtype=np.int64) if groups is None else groups[index][order]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = np.any(table[1:] != table[:-1], axis=1) | (group[1:] != group[:-1])
    starts = np.flatnonzero(fresh)
    table, group = table[starts], group[starts]
    ends = np.append(starts[1:], len(order))
    if table.shape[1] == 1:
        kept = np.concatenate([group[:1] == group[:1], group[1:] != group[:-1]])
    elif table.shape[1] == 2:
        kept = _plane(table[:, 1], group)
    else:
        kept = np.zeros(len(table), dtype=bool)
        borders = np.flatnonzero(np.concatenate([group[:1] == group[:1], group[1:] != group[:-1]]))
        for start, end in itertools.pairwise([*borders.tolist(), len(group)]):
            kept[start:end] = _space(table[start:end])
    starts, ends = starts[kept][::-1], ends[kept][::-1]
    counts = ends - starts
    offsets = np.concatenate([[0], np.cumsum(counts)])
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    members = index[order[np.repeat(starts, counts) + within]]
    return Undominated(index[order[starts]], members, offsets)


def _not_clearly_dominated(rows: Limbs) -> Index:
    """Drop what floating point already shows to be dominated; ties all stay."""
    x, y = approximately(rows).T
    slack_x, slack_y = (ROUNDING * (np.abs(v).max() if len(v) else 0.0) for v in (x, y))
    order = np.argsort(-x, kind="stable")
    falling, highest = x[order], np.maximum.accumulate(y[order])
    ahead = np.searchsorted(-falling, -(falling + 2 * slack_x), side="left")
    best = np.where(ahead > 0, highest[ahead - 1], -np.inf)
    return np.sort(order[y[order] >= best - 2 * slack_y])


def _plane(second: NDArray[np.int64], group: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Distinct rows in descending order: kept if the second column exceeds all before it."""
    kept = np.ones(len(second), dtype=bool)
    if len(second) < 2:
        return kept
    if group[0] != group[-1]:  # one running maximum over all groups: later groups stand higher
        number = np.concatenate([[0], np.cumsum(group[1:] != group[:-1])])
        low = int(second.min())
        height = int(second.max()) - low + 1
        if height * (int(number[-1]) + 1) >= 2**62:
            second = np.unique(second, return_inverse=True)[1].astype(np.int64)
            low, height = 0, len(second)
        second = second - low + number * height
    kept[1:] = second[1:] > np.maximum.accumulate(second)[:-1]
    return kept


def _space(table: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Distinct rows in descending order, three columns or more."""
    kept = np.zeros(len(table), dtype=bool)
    stairs = np.zeros((0, 2), dtype=np.int64)
    front = np.zeros((0, table.shape[1]), dtype=np.int64)
    for start in range(0, len(table), BLOCK):
        block = table[start : start + BLOCK]
        alive = np.arange(len(block))
        if table.shape[1] == 3:
            alive = alive[~_under(stairs, block[:, 1:])]
        else:
            for chunk in range(0, len(front), BLOCK):
                if not len(alive):
                    break
                above = _above(front[chunk : chunk + BLOCK], block[alive])
                alive = alive[~above.any(axis=0)]
        some = block[alive]
        alive = alive[~np.triu(_above(some, some), 1).any(axis=0)]
        kept[start + alive] = True
        if table.shape[1] == 3:
            stairs = _climb(np.concatenate([stairs, block[alive][:, 1:]]))
        else:
            front = np.concatenate([front, block[alive]])
    return kept


def _above(high: NDArray[np.int64], low: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each row is at least another in all columns but the first."""
    above = high[:, 1, None] >= low[:, 1]
    for column in range(2, high.shape[1]):
        above &= high[:, column, None] >= low[:, column]
    return np.asarray(above)


def _under(stairs: NDArray[np.int64], points: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a step of the staircase is at least as high in both coordinates."""
    place = np.searchsorted(stairs[:, 0], points[:, 0], side="left")
    inside = place < len(stairs)
    under = np.zeros(len(points), dtype=bool)
    under[inside] = stairs[place[inside], 1] >= points[inside, 1]
    return under


def _climb(points: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort points by the first coordinate and keep those that nothing to the right exceeds."""
    points = points[np.lexsort((points[:, 1], points[:, 0]))]
    highest = np.maximum.accumulate(points[::-1, 1])[::-1]
    stands = np.ones(len(points), dtype=bool)
    stands[:-1] = points[:-1, 1] > highest[1:]
    return points[stands]
