"""The lowest factor at which some deal lasts, between two proved ends: the answer's form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from bargaining.model.deal import Deal
from bargaining.settlement.enforcement.share_prices import Prices

WIDTH = Fraction(1, 10**12)
"""No bracket is wider."""

Binding = tuple[tuple[tuple[Fraction, Fraction], ...], ...]


@dataclass(frozen=True, eq=False)
class Refusal:
    """Proof that no deal of some packages lasts and lets the targets gain.

    Attributes
    ----------
    packages : tuple of tuple of int
    targets : tuple of int
        Players who should all gain.
    factor : Fraction
        No deal below this factor; none at it either if a gain has a price.  At 1: at none.
    prices : Prices
    """

    packages: tuple[tuple[int, ...], ...]
    targets: tuple[int, ...]
    factor: Fraction
    prices: Prices = field(repr=False)


@dataclass(frozen=True, eq=False)
class Lowest:
    """The lowest factor, between two proved ends.

    Attributes
    ----------
    low, high : Fraction or None
        No deal below ``low``; ``deals`` hold at ``high``.  None if no factor below 1 works.
    deals : tuple of Deal
        One per package that takes part, together better for everyone.
    refusals : tuple of Refusal
        What proves ``low``, or that there is none.
    binding : tuple of tuple of (Fraction, Fraction), shape (columns, rows)
        The outcomes and conditions that decide it, as (G - R + T, T).
    shares : mapping of int to mapping of int to Fraction
        The deal by block.
    """

    low: Fraction | None
    high: Fraction | None
    deals: tuple[Deal, ...]
    refusals: tuple[Refusal, ...]
    binding: Binding = ()
    shares: Mapping[int, Mapping[int, Fraction]] = field(default_factory=dict)

    @property
    def found(self) -> bool:
        """Whether some factor works."""
        return self.high is not None


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction with the smallest denominator from low to high (Stern and Brocot).

    >>> simplest(Fraction(314, 100), Fraction(315, 100))
    Fraction(22, 7)
    """
    whole = low.numerator // low.denominator
    if whole == low:
        return low
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / simplest(1 / (high - whole), 1 / (low - whole))
