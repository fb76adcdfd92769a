"""The most issues that share an exchange rate, for two players (K log K).

For two players an issue offers no trade at the rates of an interval, and a set of issues is
deadlocked if and only if its intervals share a point.  So the largest deadlocked set is read off
the sorted interval ends.  The proof that no larger one exists is a division of all issues into
that many groups within which every two intervals are disjoint: of each group at most one issue
can stay (interval graphs are perfect; the groups are filled in order of the lower ends).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class CommonRate:
    """The largest set of intervals with a common point.

    Attributes
    ----------
    rate : Fraction
    members : tuple of int
        Intervals that hold it.
    groups : tuple of tuple of int
        As many groups as members, of intervals every two of which are disjoint; empty intervals
        are in none.
    """

    rate: Fraction
    members: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]


def common_rate(intervals: Sequence[Interval | None]) -> CommonRate:
    """Find a point that lies in most intervals, and prove that none lies in more.

    Examples
    --------
    >>> third = Fraction(1, 3)
    >>> found = common_rate([(Fraction(0), third), (2 * third, Fraction(1)), (third, third), None])
    >>> found.rate, found.members, found.groups
    (Fraction(1, 3), (0, 2), ((0, 1), (2,)))
    """
    ends = sorted((low, high, k) for k, pair in enumerate(intervals) if pair
                  for low, high in (pair,))  # fmt: skip
    groups: list[list[int]] = []
    free: list[tuple[Fraction, int]] = []
    best, rate = 0, Fraction(1, 2)
    active: list[Fraction] = []
    for low, high, k in ends:
        if free and free[0][0] < low:
            _, group = heapq.heappop(free)
            groups[group].append(k)
        else:
            group = len(groups)
            groups.append([k])
        heapq.heappush(free, (high, group))
        while active and active[0] < low:
            heapq.heappop(active)
        heapq.heappush(active, high)
        if len(active) > best:
            best, rate = len(active), low
    members = tuple(
        k for k, pair in enumerate(intervals) if pair is not None and pair[0] <= rate <= pair[1]
    )
    return CommonRate(rate, members, tuple(map(tuple, groups)))
