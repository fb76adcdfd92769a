"""All gains of a game in one array, as whole numbers wherever the data allow.

Multiplying a player's payoffs by a positive number changes no comparison, so the exact
fractions of a game become integers over one common denominator per player.  Products of two
such integers fit 64 bits in all but exotic games; otherwise Python's own integers are used,
and only arrays too large for those stay binary floats (whose decisions are then certified).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

SMALL = 2**29
"""Differences of integers up to this size have products whose differences fit 64 bits."""
EXACT_CELLS = 200_000
"""Arrays of inexact floats up to this many cells are taken as exact binary fractions."""

Kind = Literal["small", "big", "float"]


@dataclass(frozen=True, eq=False)
class FlatGains:
    """Gains of all issues, stacked.

    Attributes
    ----------
    values : ndarray, shape (rows, players)
        Whole numbers (int64, or Python integers) or float64.  Row ``offsets[k] + a`` is
        outcome ``a`` of issue ``k``; a player's gain is ``values / denominators[player]``.
    offsets : ndarray of int64, shape (issues + 1,)
        Where each issue starts.
    denominators : tuple of int, one per player
    kind : {"small", "big", "float"}
        How ``values`` are held; ``"float"`` are exact binary values but not integers.
    """

    values: NDArray[Any]
    offsets: NDArray[np.int64]
    denominators: tuple[int, ...]
    kind: Kind

    @property
    def exact(self) -> bool:
        """Whether the values are whole numbers."""
        return self.kind != "float"

    def gain(self, row: int, player: int) -> Fraction:
        """One gain as a fraction (for floats: its binary value)."""
        value = self.values[row, player]
        if self.kind == "float":
            return Fraction(float(value))
        return Fraction(int(value), self.denominators[player])

    def column(self, player: int) -> NDArray[np.float64]:
        """One player's gains as floats, shape (rows,)."""
        return np.asarray(self.values[:, player] / self.denominators[player], dtype=np.float64)

    def rows(self, issue: int) -> range:
        """Rows of one issue."""
        return range(int(self.offsets[issue]), int(self.offsets[issue + 1]))


def column_sum(values: NDArray[Any]) -> int | float:
    """Add a column up: exactly for whole numbers, in extended precision for floats."""
    if values.dtype.kind == "f":
        return float(values.sum(dtype=np.longdouble))
    return int(values.sum())


def from_fractions(blocks: Sequence[NDArray[Any]], extra: Sequence[NDArray[Any]] = ()) -> FlatGains:
    """Stack exact gains of shape (outcomes, players), one block per issue.

    ``extra`` holds arrays (…, players) of further gains that must share the denominators.
    """
    players = blocks[0].shape[1]
    denominators = [1] * players
    for block in (*blocks, *extra):
        for player in range(players):
            found = {item.denominator for item in block[..., player].flat}
            denominators[player] = math.lcm(denominators[player], *found)
    rows = sum(len(block) for block in blocks)
    values = np.empty((rows, players), dtype=object)
    for player, denominator in enumerate(denominators):
        values[:, player] = [
            item.numerator * (denominator // item.denominator)
            for block in blocks
            for item in block[:, player]
        ]
    offsets = np.zeros(len(blocks) + 1, dtype=np.int64)
    np.cumsum([len(block) for block in blocks], out=offsets[1:])
    return _smallest(values, offsets, tuple(denominators))


def from_array(gains: NDArray[Any]) -> FlatGains:
    """Stack gains of shape (issues, outcomes, players) measured from outcome 0."""
    issues, outcomes, players = gains.shape
    offsets = np.arange(0, issues * outcomes + 1, outcomes, dtype=np.int64)
    flat = gains.reshape(issues * outcomes, players)
    ones = (1,) * players
    if flat.dtype.kind in "iu":
        if _fits(flat):
            return FlatGains(flat.astype(np.int64), offsets, ones, "small")
        return FlatGains(flat.astype(object), offsets, ones, "big")
    if _fits(flat) and bool(np.all(flat == np.rint(flat))):
        return FlatGains(flat.astype(np.int64), offsets, ones, "small")
    if flat.size > EXACT_CELLS:
        return FlatGains(np.ascontiguousarray(flat, dtype=np.float64), offsets, ones, "float")
    exact = np.array([Fraction(float(x)) for x in flat.flat], dtype=object).reshape(gains.shape)
    return from_fractions(list(exact))


def _smallest(
    values: NDArray[Any], offsets: NDArray[np.int64], denominators: tuple[int, ...]
) -> FlatGains:
    if all(-SMALL <= item <= SMALL for item in values.flat):
        return FlatGains(values.astype(np.int64), offsets, denominators, "small")
    return FlatGains(values, offsets, denominators, "big")


def _fits(values: NDArray[Any]) -> bool:
    return values.size == 0 or (values.max() <= SMALL and values.min() >= -SMALL)
