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
"""Arrays of floats of many digits up to this many cells are read one by one."""
PLACES = 9
"""Decimal places up to which a whole array of floats is read at once."""

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
        How ``values`` are held; ``"float"`` are binary values of many digits, not integers.
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


def from_array(payoffs: NDArray[Any]) -> FlatGains:
    """Stack payoffs of shape (issues, outcomes, players), measured from outcome 0.

    Floats are read as they are written: 0.1 is one tenth.

    >>> found = from_array(np.array([[[0.0, 0.5], [0.1, 0.2]]]))
    >>> found.gain(1, 0), found.gain(1, 1)
    (Fraction(1, 10), Fraction(-3, 10))
    """
    issues, outcomes, players = payoffs.shape
    if payoffs.dtype.kind == "f":
        written = [_decimals(payoffs[..., i]) for i in range(players)]
        known = [column for column in written if column is not None]
        if len(known) < players:
            return _of_many_digits(payoffs)
        payoffs = np.stack([whole for whole, _ in known], axis=2)
        denominators = tuple(scale for _, scale in known)
    else:
        denominators = (1,) * players
    flat = _from_first(payoffs).reshape(issues * outcomes, players)
    offsets = np.arange(0, issues * outcomes + 1, outcomes, dtype=np.int64)
    if _fits(flat):
        return FlatGains(flat.astype(np.int64), offsets, denominators, "small")
    return FlatGains(flat.astype(object), offsets, denominators, "big")


def _from_first(payoffs: NDArray[Any]) -> NDArray[Any]:
    """Subtract what outcome 0 brings; Python's integers where a difference leaves 64 bits."""
    if not bool(np.any(payoffs[:, 0] != 0)):
        return payoffs
    if payoffs.dtype.kind == "i" and (payoffs.max() >= 2**62 or payoffs.min() <= -(2**62)):
        payoffs = payoffs.astype(object)
    gains: NDArray[Any] = payoffs - payoffs[:, :1]
    return gains


def _decimals(column: NDArray[np.floating]) -> tuple[NDArray[np.int64], int] | None:
    """Return whole numbers and the power of ten they are divided by, if few places do."""
    for places in range(PLACES + 1):
        scale = 10**places
        whole = np.rint(column.astype(np.float64) * scale)
        if np.abs(whole).max() > SMALL:
            return None
        if np.array_equal((whole / scale).astype(column.dtype), column):
            return whole.astype(np.int64), scale
    return None


def _of_many_digits(payoffs: NDArray[np.floating]) -> FlatGains:
    """Stack floats of which some take many digits to write."""
    issues, outcomes, players = payoffs.shape
    if payoffs.size > EXACT_CELLS:
        offsets = np.arange(0, issues * outcomes + 1, outcomes, dtype=np.int64)
        binary = _from_first(np.ascontiguousarray(payoffs, dtype=np.float64))
        flat = binary.reshape(issues * outcomes, players)
        return FlatGains(flat, offsets, (1,) * players, "float")
    exact = np.array([Fraction(str(x)) for x in payoffs.flat], dtype=object)
    return from_fractions(list(_from_first(exact.reshape(payoffs.shape))))


def _smallest(
    values: NDArray[Any], offsets: NDArray[np.int64], denominators: tuple[int, ...]
) -> FlatGains:
    if all(-SMALL <= item <= SMALL for item in values.flat):
        return FlatGains(values.astype(np.int64), offsets, denominators, "small")
    return FlatGains(values, offsets, denominators, "big")


def _fits(values: NDArray[Any]) -> bool:
    return values.size == 0 or (values.max() <= SMALL and values.min() >= -SMALL)
