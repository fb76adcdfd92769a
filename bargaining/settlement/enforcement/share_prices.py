"""Prices that prove that no deal in shares does better: on gains, conditions, caps and floors.

At prices every block of outcomes is worth a number per outcome, less what the weighted swaps gain
there; where no block is worth anything, no deal meets what the prices are on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from bargaining.settlement.enforcement.blocks import Block
from bargaining.settlement.enforcement.home_rules import HomeRule

Row = tuple[int, int]
"""A package and a player."""


@dataclass(frozen=True, eq=False)
class Prices:
    """What proves that no deal does better: weights on gains, conditions and swaps.

    Attributes
    ----------
    gains : mapping of int to Fraction
        Per target player, on his total gain.
    conditions : mapping of (package, player) to Fraction
        On d (G - R) - (1 - d) T.
    floors : mapping of (package, player) to Fraction
        On what a player gains above the least he must (:func:`least_gain`).
    swaps : tuple of tuple of tuple of Fraction, shape (blocks, swaps, alternatives)
        Adding up, per swap, to at most (1 - d) times the condition's weight.
    rules : mapping of (kind, player) to Fraction
        On what caps and floors leave.
    """

    gains: Mapping[int, Fraction]
    conditions: Mapping[Row, Fraction]
    floors: Mapping[Row, Fraction] = field(default_factory=dict)
    swaps: tuple[tuple[tuple[Fraction, ...], ...], ...] = ()
    rules: Mapping[tuple[str, int], Fraction] = field(default_factory=dict)

    def condition(self, package: int, player: int) -> Fraction:
        """Return the weight of one condition."""
        return self.conditions.get((package, player), Fraction(0))


def functional(
    b: int, block: Block, d: Fraction, prices: Prices, rules: Sequence[HomeRule]
) -> list[Fraction]:
    """Return what the prices say each outcome of a block, the b-th, is worth."""
    weights = [
        prices.gains.get(i, Fraction(0))
        + d * prices.condition(block.package, i)
        + prices.floors.get((block.package, i), Fraction(0))
        for i in range(len(block.gains))
    ]
    used = [i for i, w in enumerate(weights) if w]
    asked = [(prices.rules[rule.name], rule) for rule in rules if rule.name in prices.rules]
    return [
        sum((weights[i] * block.gains[i][c] for i in used), Fraction(0))
        + sum((price * rule.values[b][c] for price, rule in asked), Fraction(0))
        for c in range(len(block.cells))
    ]


def discounted(
    block: Block, worth: Sequence[Fraction], proof: Sequence[Sequence[Fraction]]
) -> list[Fraction]:
    """Take off what the weighted swaps gain at each outcome."""
    left = list(worth)
    for swap, weights in zip(block.swaps, proof, strict=True):
        for weight, row in zip(weights, swap.changes, strict=True):
            if weight:
                for cell, change in zip(swap.cells, row, strict=True):
                    left[cell] -= weight * change
    return left
