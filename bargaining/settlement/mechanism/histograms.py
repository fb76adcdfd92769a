"""How often each type occurs among several independent copies.

Copies of a game are alike, so what a player knows about K of them is how many are of each type:
his histogram.  Together with his type at one copy it is all that a symmetric rule needs to know of
him there (exchangeability): a *cell* of his.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Histogram = tuple[int, ...]
"""How many copies are of each type."""


def count_histograms(copies: int, types: int) -> int:
    """Return how many histograms there are.

    >>> count_histograms(8, 4)
    165
    """
    return math.comb(copies + types - 1, types - 1)


def histograms(copies: int, types: int) -> list[Histogram]:
    """Return all histograms, in decreasing order.

    >>> histograms(2, 2)
    [(2, 0), (1, 1), (0, 2)]
    """
    if types == 1:
        return [(copies,)]
    return [
        (first, *rest)
        for first in range(copies, -1, -1)
        for rest in histograms(copies - first, types - 1)
    ]


def multinomial(histogram: Histogram, probability: Sequence[Fraction]) -> Fraction:
    """Return the probability of a histogram.

    >>> multinomial((1, 1), [Fraction(1, 4), Fraction(3, 4)])
    Fraction(3, 8)
    """
    ways = math.factorial(sum(histogram))
    chance = Fraction(1)
    for number, p in zip(histogram, probability, strict=True):
        ways //= math.factorial(number)
        chance *= p**number
    return ways * chance


@dataclass(frozen=True, eq=False)
class Side:
    """What one player may know of his copies.

    Attributes
    ----------
    copies : int
    probability : tuple of Fraction
        Of each type at one copy.
    """

    copies: int
    probability: tuple[Fraction, ...]

    @property
    def types(self) -> int:
        """How many types he has at a copy."""
        return len(self.probability)

    @cached_property
    def histograms(self) -> list[Histogram]:
        """All his histograms."""
        return histograms(self.copies, self.types)

    @cached_property
    def counts(self) -> NDArray[np.intp]:
        """The histograms, shape (histograms, types)."""
        return np.array(self.histograms, dtype=np.intp).reshape(-1, self.types)

    @cached_property
    def chance(self) -> list[Fraction]:
        """The probability of each histogram."""
        return [multinomial(h, self.probability) for h in self.histograms]

    @cached_property
    def cells(self) -> NDArray[np.intp]:
        """Rows of (histogram, type of which it has at least one)."""
        return np.argwhere(self.counts > 0)

    @cached_property
    def place(self) -> NDArray[np.intp]:
        """Position of each cell, shape (histograms, types); -1 where there is none."""
        found = np.full(self.counts.shape, -1, dtype=np.intp)
        found[tuple(self.cells.T)] = np.arange(len(self.cells))
        return found

    @cached_property
    def weight(self) -> list[Fraction]:
        """The probability that a copy is in each cell."""
        return [
            self.chance[h] * Fraction(int(self.counts[h, t]), self.copies)
            for h, t in self.cells.tolist()
        ]
