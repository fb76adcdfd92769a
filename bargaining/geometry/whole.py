"""Whole numbers of any size in NumPy arrays, so that sums and comparisons stay exact.

A number is written to the base 2^62: its digits (limbs) stand along the last axis, the most
significant first and signed.  One limb is an ordinary 64-bit integer, and costs no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

BITS = 62
_MASK = (1 << BITS) - 1

Limbs = NDArray[np.int64]


def limbs_needed(largest: int) -> int:
    """Return how many limbs hold every whole number up to ``largest`` in absolute value.

    >>> limbs_needed(2**60), limbs_needed(2**70)
    (1, 2)
    """
    return 1 + (int(largest).bit_length() // BITS if largest >= 2**61 else 0)


def encode(numbers: NDArray[Any], limbs: int) -> Limbs:
    """Write whole numbers in limbs, shape (…, limbs).

    >>> encode(np.array([5, -(2**70)], dtype=object), 2).tolist()
    [[0, 5], [-256, 0]]
    """
    if limbs == 1:
        return numbers.astype(np.int64)[..., None]
    whole = numbers.astype(object)
    digits = [whole >> (BITS * (limbs - 1))]
    digits += [(whole >> (BITS * j)) & _MASK for j in reversed(range(limbs - 1))]
    return np.stack([d.astype(np.int64) for d in digits], axis=-1)


def decode(digits: Sequence[int]) -> int:
    """Read one number.

    >>> decode([-256, 0]) == -(2**70)
    True
    """
    value = 0
    for digit in digits:
        value = (value << BITS) + int(digit)
    return value


def add(left: Limbs, right: Limbs) -> Limbs:
    """Add elementwise, with the usual broadcasting."""
    total = left + right
    for j in reversed(range(1, total.shape[-1])):
        total[..., j - 1] += total[..., j] >> BITS
        total[..., j] &= _MASK
    return total


def ranks(numbers: Limbs) -> NDArray[np.int64]:
    """Replace each column's numbers by integers in the same order, equal where they are equal.

    Parameters
    ----------
    numbers : ndarray, shape (rows, columns, limbs)

    Returns
    -------
    ndarray of int64, shape (rows, columns)
    """
    if numbers.shape[-1] == 1:
        return numbers[..., 0]
    result = np.empty(numbers.shape[:2], dtype=np.int64)
    for column in range(numbers.shape[1]):
        digits = numbers[:, column]
        order = np.lexsort(digits.T[::-1])
        steps = np.any(digits[order[1:]] != digits[order[:-1]], axis=1)
        result[order, column] = np.concatenate([[0], np.cumsum(steps)])
    return result


def approximately(numbers: Limbs) -> NDArray[np.float64]:
    """Round to floating point, each within a share of 2^-50 of the largest absolute value."""
    total = numbers[..., 0].astype(np.float64)
    for j in range(1, numbers.shape[-1]):
        total = total * 2.0**BITS + numbers[..., j]
    return total
