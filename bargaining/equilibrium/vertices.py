"""The vertices of a best-response polytope, in whole numbers, by double description.

The polytope {z >= 0, Mz <= c} with M > 0 is built up one inequality at a time (Motzkin, Raiffa,
Thompson, Thrall 1953; Fukuda, Prodon 1996).  An inequality keeps the vertices on its side and
replaces those beyond it by one new vertex on every edge that it cuts.  Two vertices share an
edge iff the inequalities tight at both leave one degree of freedom: for a vertex with no more
tight inequalities than coordinates counting them is enough, otherwise no third vertex may be
tight at all of them.  Nothing is rounded: a vertex is a vector of whole numbers without common
factor, in 64 bits while all products fit and in Python's integers beyond.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 4_000_000
"""Entries of the tables compared at a time."""
_SAFE = 1 << 62


@dataclass(frozen=True, eq=False)
class Vertices:
    """The vertices other than 0 of {z >= 0, Mz <= c}.

    Attributes
    ----------
    points : ndarray of whole numbers, shape (vertices, 1 + dimension)
        ``points[v, 1:] / points[v, 0]`` are the coordinates.
    tight : ndarray of bool, shape (vertices, dimension + inequalities)
        Which coordinates are 0, then which inequalities hold with equality.
    """

    points: NDArray[Any]
    tight: NDArray[np.bool_]

    @property
    def dimension(self) -> int:
        """Number of coordinates."""
        return len(self.points[0]) - 1 if len(self.points) else 0

    @cached_property
    def spare(self) -> NDArray[np.bool_]:
        """Which vertices have more tight inequalities than coordinates."""
        labels: NDArray[np.intp] = self.tight.sum(axis=1)
        return labels > self.dimension


def most_vertices(dimension: int, inequalities: int) -> int:
    """Return the largest number of vertices of a polytope (upper bound theorem, McMullen 1970).

    >>> most_vertices(3, 6), most_vertices(12, 24)
    (8, 24752)
    """
    low, high = (dimension + 1) // 2, dimension // 2
    return math.comb(inequalities - low, inequalities - dimension) + math.comb(
        inequalities - high - 1, inequalities - dimension
    )


def vertices(rows: Sequence[Sequence[int]], limits: Sequence[int], *, most: int) -> Vertices | None:
    """List the vertices of {z >= 0, rows @ z <= limits} but 0.

    Parameters
    ----------
    rows : whole numbers above 0, shape (inequalities, dimension)
    limits : whole numbers above 0, shape (inequalities,)
    most : int
        Give up beyond this many vertices at any stage.

    Returns
    -------
    Vertices, or None where there are more than ``most``

    Examples
    --------
    >>> found = vertices([[2, 1], [1, 2]], [1, 1], most=10)
    >>> sorted(found.points.tolist())
    [[2, 0, 1], [2, 1, 0], [3, 1, 1]]
    """
    size, count = len(rows[0]), len(rows)
    points = _corners(rows[0], limits[0])
    tight = np.zeros((size + 1, size + count), dtype=bool)
    tight[:, :size] = points[:, 1:] == 0
    tight[1:, size] = True
    for j in range(1, count):
        points = _roomy(points, rows[j], limits[j])
        slack = points[:, 0] * limits[j] - points[:, 1:] @ np.array(rows[j], dtype=points.dtype)
        tight[:, size + j] = slack == 0
        inside, beyond = np.flatnonzero(slack > 0), np.flatnonzero(slack < 0)
        if not len(beyond):
            continue
        kept = np.flatnonzero(slack >= 0)
        one, other = _edges(tight, inside, beyond, size, most=most - len(kept))
        if len(kept) + len(one) > most:
            return None
        fresh = slack[one, None] * points[other] - slack[other, None] * points[one]
        fresh //= np.gcd.reduce(fresh, axis=1)[:, None]
        labels = tight[one] & tight[other]
        labels[:, size + j] = True
        points = np.concatenate([points[kept], fresh])
        tight = np.concatenate([tight[kept], labels])
    used = tight[:, size:].any(axis=1)
    return Vertices(points[used], tight[used])


def _corners(row: Sequence[int], limit: int) -> NDArray[Any]:
    """Return 0 and the corners of the simplex that the first inequality leaves."""
    points = np.zeros((len(row) + 1, len(row) + 1), dtype=object)
    points[0, 0] = 1
    for i, entry in enumerate(row, start=1):
        shared = math.gcd(entry, limit)
        points[i, 0], points[i, i] = entry // shared, limit // shared
    return points


def _roomy(points: NDArray[Any], row: Sequence[int], limit: int) -> NDArray[Any]:
    """Return the points in 64 bits if no product of the coming step can overflow them."""
    largest = int(points.max())
    slack = largest * max(limit, sum(row))
    return points.astype(np.int64 if 2 * slack * largest < _SAFE else object, copy=False)


def _edges(
    tight: NDArray[np.bool_],
    inside: NDArray[np.intp],
    beyond: NDArray[np.intp],
    size: int,
    *,
    most: int,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """List the pairs of a vertex inside and one beyond that share an edge.

    Stops as soon as there are more than ``most``.
    """
    table = tight.astype(np.float32)  # counts below 2**24 are exact in these
    simple = tight.sum(axis=1) == size
    theirs = np.ascontiguousarray(table[beyond].T)
    step = max(BLOCK // len(beyond), 1)
    ones, others, found = [], [], 0
    for start in range(0, len(inside), step):
        mine = inside[start : start + step]
        row, column = np.nonzero(table[mine] @ theirs >= size - 1)
        one, other = mine[row], beyond[column]
        doubtful = ~(simple[one] | simple[other])
        keep = ~doubtful
        keep[doubtful] = _alone(table, one[doubtful], other[doubtful])
        ones.append(one[keep])
        others.append(other[keep])
        found += len(ones[-1])
        if found > most:
            break
    return np.concatenate(ones), np.concatenate(others)


def _alone(
    table: NDArray[np.float32], one: NDArray[np.intp], other: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Whether no third vertex is tight wherever both of a pair are."""
    result = np.zeros(len(one), dtype=bool)
    step = max(BLOCK // len(table), 1)
    columns = np.ascontiguousarray(table.T)
    for start in range(0, len(one), step):
        part = slice(start, start + step)
        both = table[one[part]] * table[other[part]]
        holders = (both @ columns) == both.sum(axis=1)[:, None]
        result[part] = holders.sum(axis=1) == 2
    return result
