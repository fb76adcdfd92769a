"""The best lie about several copies at once: a transportation problem.

A player whose copies have histogram h may report any types with histogram r.  A joint lie is a
matrix of whole numbers: how many copies of true type t are reported as s, with row sums h and
column sums r.  His best one is an optimal transport of h to r, with whole numbers at no cost
(Birkhoff-von Neumann).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.settlement.mechanism.histograms import Histogram

MAX_IMPROVEMENTS = 10_000
MAX_ASSIGNED = 64
"""With more copies than this they are not assigned one by one in floating point first."""
Matching = NDArray[np.intp]
"""Copies of each true type (rows) reported as each type (columns)."""


@lru_cache(maxsize=4096)
def spelled(histogram: Histogram) -> NDArray[np.intp]:
    """Write a histogram out as types in order, one per copy.

    >>> spelled((2, 0, 1)).tolist()
    [0, 0, 2]
    """
    return np.repeat(np.arange(len(histogram)), histogram)


def near_truth(true: Histogram, told: Histogram) -> Matching:
    """Match true types with themselves as far as possible, the rest in order.

    >>> near_truth((2, 0, 1), (1, 1, 1)).tolist()
    [[1, 1, 0], [0, 0, 0], [0, 0, 1]]
    """
    common = np.minimum(true, told)
    left = spelled(tuple((np.array(true) - common).tolist()))
    right = spelled(tuple((np.array(told) - common).tolist()))
    return np.diag(common) + _counted(left, right, len(true))


def in_order(
    true: Histogram, told: Histogram, rank: Sequence[int], rank_told: Sequence[int]
) -> Matching:
    """Match the copies in ascending order of rank: best where values are products of ranks.

    >>> in_order((1, 1), (1, 1), [1, 0], [0, 1]).tolist()
    [[0, 1], [1, 0]]
    """
    left = np.repeat(rank, np.array(true)[rank])
    right = np.repeat(rank_told, np.array(told)[rank_told])
    return _counted(left, right, len(true))


def best_float(values: NDArray[np.float64], true: Histogram, told: Histogram) -> Matching:
    """Return a best matching for values of shape (types, types), in floating point."""
    from scipy.optimize import linear_sum_assignment

    left, right = spelled(true), spelled(told)
    rows, columns = linear_sum_assignment(values[left[:, None], right], maximize=True)
    return _counted(left[rows], right[columns], len(true))


def best_exact(values: NDArray[Any], true: Histogram, told: Histogram) -> Matching:
    """Return a best matching for values of Fraction.

    Starts from the floating-point one, with many copies from one near the truth, and improves
    along cycles, as far as each goes, until none helps.

    >>> half = Fraction(1, 2)
    >>> best_exact(np.array([[half, 0], [1, half]], dtype=object), (1, 1), (1, 1)).tolist()
    [[1, 0], [0, 1]]
    """
    few = sum(told) <= MAX_ASSIGNED
    matching = best_float(values.astype(np.float64), true, told) if few else near_truth(true, told)
    unit = math.lcm(*(Fraction(v).denominator for v in values.flat))
    whole = [[int(v * unit) for v in row] for row in values]
    for _ in range(MAX_IMPROVEMENTS):
        cycle = _cycle(whole, matching, told)
        if not cycle:
            return matching
        most = min(matching[row, column] for row, column, change in cycle if change < 0)
        for row, column, change in cycle:
            matching[row, column] += change * most
    msg = f"no best lie was found within {MAX_IMPROVEMENTS:,} improvements"
    raise SolverError(msg)


def worth(values: NDArray[Any], matching: Matching) -> Any:
    """Return the sum of values over a matching's copies."""
    rows, columns = np.nonzero(matching)
    return sum(values[rows, columns] * matching[rows, columns], start=0 * values.flat[0])


def _counted(left: NDArray[np.intp], right: NDArray[np.intp], types: int) -> Matching:
    found = np.zeros((types, types), dtype=np.intp)
    np.add.at(found, (left, right), 1)
    return found


def _cycle(
    values: list[list[int]], matching: Matching, told: Histogram
) -> list[tuple[int, int, int]]:
    """Return changes along a cycle of positive value, empty if there is none (Bellman-Ford)."""
    types = len(values)
    edges = [
        (t, types + s, values[t][s]) for t in range(types) for s in range(types) if told[s]
    ] + [(types + int(s), int(t), -values[t][s]) for t, s in np.argwhere(matching > 0)]
    length, before = [0] * (2 * types), [-1] * (2 * types)
    last = -1
    for _ in range(2 * types):
        last = -1
        for start, end, value in edges:
            if length[start] + value > length[end]:
                length[end], before[end], last = length[start] + value, start, end
        if last < 0:
            return []
    for _ in range(2 * types):
        last = before[last]
    cycle, node = [], last
    while True:
        start = before[node]
        cycle.append((start, node - types, 1) if node >= types else (node, start - types, -1))
        node = start
        if node == last:
            return cycle
