"""The worths of all coalitions as one array of whole numbers, indexed by mask.

Bit i of an index stands for player i.  With up to sixteen players every question about a coalition
game is answered from the whole array; what adds up over members is laid out beside it by doubling.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.linkage.coalitions.worths import Worths

MAX_DENSE = 16
"""Players up to whom all coalitions are laid out."""
MAX_PAIRS = 13
"""Players up to whom all pairs of disjoint coalitions are compared (3^n of them)."""
_SAFE = 1 << 60


@dataclass(frozen=True, eq=False)
class Dense:
    """Worths of all coalitions: ``values / unit``.

    Attributes
    ----------
    count : int
        Number of players.
    values : ndarray of int64 or of Python integers, shape (2^count,)
    unit : int
    """

    count: int
    values: NDArray[Any]
    unit: int

    @classmethod
    def of(cls, worths: Worths) -> Dense:
        """Lay out the worths of all coalitions.

        >>> from bargaining.linkage.coalitions.worths import worths
        >>> Dense.of(worths({("a", "b"): "1/2", "a": "1/3"})).values.tolist()
        [0, 2, 0, 3]
        """
        count = len(worths.players)
        exact = [worths.of(mask) for mask in range(1 << count)]
        unit = math.lcm(*(value.denominator for value in exact))
        whole = [value.numerator * (unit // value.denominator) for value in exact]
        return cls(count, fitted(whole), unit)

    def worth(self, mask: int) -> Fraction:
        """Return v(S)."""
        return Fraction(int(self.values[mask]), self.unit)

    @property
    def total(self) -> Fraction:
        """What the grand coalition is worth."""
        return self.worth(len(self.values) - 1)

    def added(self, player: int) -> NDArray[Any]:
        """Return what a player adds to every coalition without him (unsorted)."""
        split = self.values.reshape(-1, 2, 1 << player)
        return np.asarray(split[:, 1] - split[:, 0]).ravel()

    def least_added(self) -> list[Fraction]:
        """Return per player the least that he adds to any coalition."""
        return [Fraction(int(self.added(i).min()), self.unit) for i in range(self.count)]

    def excesses(self, shares: Sequence[Fraction]) -> tuple[NDArray[Any], int]:
        """Return v(S) - x(S) for every coalition, in whole numbers, and their unit."""
        unit = math.lcm(self.unit, *(share.denominator for share in shares))
        factor = unit // self.unit
        given = subset_sums([int(share * unit) for share in shares])
        values = self.values
        if factor > 1:
            largest = int(abs(values).max()) * factor
            values = (values if largest < _SAFE else values.astype(object)) * factor
        return values - given, unit

    @property
    def monotone(self) -> bool:
        """Whether nobody ever lowers a coalition's worth."""
        return all(int(self.added(i).min()) >= 0 for i in range(self.count))

    @property
    def convex(self) -> bool:
        """Whether players add the more the larger the coalition that they join."""
        for i in range(self.count):
            gain = self.added(i)
            for j in range(self.count - 1):
                split = gain.reshape(-1, 2, 1 << j)
                if bool((split[:, 1] < split[:, 0]).any()):
                    return False
        return True

    @property
    def superadditive(self) -> bool | None:
        """Whether coalitions lose nothing by merging; None for more than thirteen players."""
        if self.convex:
            return True
        if self.count > MAX_PAIRS:
            return None
        first = second = np.zeros(1, dtype=np.intp)
        for i in range(self.count):
            bit = 1 << i
            first, second = (
                np.concatenate([first, first | bit, first]),
                np.concatenate([second, second, second | bit]),
            )
        v = self.values
        return bool((v[first | second] >= v[first] + v[second]).all())


def subset_sums(numbers: Sequence[int]) -> NDArray[Any]:
    """Add numbers up over every subset, indexed by mask.

    >>> subset_sums([1, 10, 100]).tolist()
    [0, 1, 10, 11, 100, 101, 110, 111]
    """
    kind: Any = np.int64 if sum(map(abs, numbers)) < _SAFE else object
    sums = np.zeros(1, dtype=kind)
    for number in numbers:
        sums = np.concatenate([sums, sums + number])
    return sums


def fitted(numbers: Sequence[int]) -> NDArray[Any]:
    """Return whole numbers as int64 where sums of some fit, otherwise as Python integers."""
    small = max(map(abs, numbers), default=0) < _SAFE >> 5
    return np.array(numbers, dtype=np.int64 if small else object)
