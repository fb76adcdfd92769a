"""Numbers with a proved bound on their rounding error, many at a time.

Every operation finds its own rounding error without a rounding error (the sum of two floats and
its error by Knuth's two-sum; the product and its error by Dekker's two-product) and adds what the
operands brought along.  So a sign is only stated where it is certain, and sums and products that
are exact in floats, such as those of small whole numbers, stay exact.  The same code runs on
arrays of fractions, where nothing is rounded.

A number that does not exist (a quotient by zero) has an infinite error, and no sign.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

UNKNOWN = 2
"""The sign of a number that its error hides."""
Array = NDArray[Any]

_SPLIT = 134_217_729.0
_UP = 1.0 + 2.0**-48
"""More than enough for the few roundings by which an error bound is itself added up."""
_SMALL, _DUST = 1e-200, 1e-290
"""Products below the first may lose digits that no float holds; less than the second."""


@dataclass(frozen=True, eq=False)
class Bounded:
    """Numbers within a known distance of the true ones.

    Attributes
    ----------
    value : ndarray of float64, or of Fraction
        Fractions are exact.
    error : ndarray of float64, of the same shape
        At least the distance of ``value`` from the true number; infinite or not a number where
        there is none.

    Examples
    --------
    >>> tenth = nearest(np.array([Fraction(1, 10), Fraction(3)], dtype=object))
    >>> (tenth - tenth * 2 + tenth).sign().tolist()
    [2, 0]
    """

    value: Array
    error: NDArray[np.float64]

    __array_ufunc__ = None

    @property
    def exact(self) -> bool:
        """Whether these are fractions."""
        return self.value.dtype.kind == "O"

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return self.value.shape

    def floats(self) -> NDArray[np.float64]:
        """Return the numbers as floats."""
        return self.value.astype(np.float64)

    def sign(self) -> NDArray[np.int8]:
        """Return -1, 0 or 1, or UNKNOWN where the error hides the sign."""
        up = np.asarray(self.value > self.error, dtype=bool)
        down = np.asarray(-self.value > self.error, dtype=bool)
        found = up.astype(np.int8) - down.astype(np.int8)
        clear = up | down | ((self.value == 0) & (self.error == 0)).astype(bool)
        if not clear.all():
            found = np.where(clear, found, np.int8(UNKNOWN))
        return np.asarray(found, dtype=np.int8)

    def __neg__(self) -> Bounded:
        return Bounded(_array(-self.value), self.error)

    def __abs__(self) -> Bounded:
        return Bounded(_array(np.abs(self.value)), self.error)

    def __add__(self, other: Any) -> Bounded:
        b = self._other(other)
        if self.exact:
            return _fractions(self.value + b.value, self.error + b.error)
        with np.errstate(all="ignore"):
            total = self.value + b.value
            part = total - self.value
            lost = (self.value - (total - part)) + (b.value - part)
            return Bounded(total, (self.error + b.error + np.abs(lost)) * _UP)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Bounded:
        return self + -self._other(other)

    def __rsub__(self, other: Any) -> Bounded:
        return self._other(other) + -self

    def __mul__(self, other: Any) -> Bounded:
        b = self._other(other)
        if self.exact:
            return _fractions(self.value * b.value, self.error + b.error)
        with np.errstate(all="ignore"):
            product, lost, dust = _product(self.value, b.value)
            carried = np.abs(self.value) * b.error + (np.abs(b.value) + b.error) * self.error
            faint = (carried < _DUST) & ((self.error > 0) | (b.error > 0))
            if np.any(faint):
                faint &= (self.value != 0) | (self.error > 0)
                faint &= (b.value != 0) | (b.error > 0)
                carried = carried + np.where(faint, _DUST, 0.0)
            return Bounded(product, (np.abs(lost) + carried + dust) * _UP)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Bounded:
        b = self._other(other)
        if self.exact:
            none = np.asarray(b.value == 0, dtype=bool)
            quotient = self.value / np.where(none, _scalar(Fraction(1)), b.value)
            return _fractions(quotient, self.error + b.error + np.where(none, np.inf, 0.0))
        with np.errstate(all="ignore"):
            quotient = self.value / b.value
            product, lost, dust = _product(quotient, b.value)
            rest = np.abs((self.value - product) - lost) + dust
            rest = rest + self.error + np.abs(quotient) * b.error
            least = np.abs(b.value) - b.error * _UP
            faint = (rest > 0) | ((b.error > 0) & (quotient != 0))
            error = np.where(least > 0, rest / least * _UP + np.where(faint, _DUST, 0.0), np.inf)
            return Bounded(quotient, error)

    def __rtruediv__(self, other: Any) -> Bounded:
        return self._other(other) / self

    def __getitem__(self, key: Any) -> Bounded:
        return Bounded(_array(self.value[key]), np.asarray(self.error[key]))

    def reshape(self, *shape: int) -> Bounded:
        """Return the numbers in another shape."""
        return Bounded(self.value.reshape(*shape), self.error.reshape(*shape))

    def sum(self, axis: int) -> Bounded:
        """Add up along an axis, in order."""
        return self._fold(axis, lambda a, b: a + b)

    def max(self, axis: int) -> Bounded:
        """Return the largest along an axis."""
        return self._fold(axis, maximum)

    def min(self, axis: int) -> Bounded:
        """Return the smallest along an axis."""
        return self._fold(axis, minimum)

    def _fold(self, axis: int, step: Callable[[Bounded, Bounded], Bounded]) -> Bounded:
        count = self.shape[axis]
        turned = Bounded(np.moveaxis(self.value, axis, 0), np.moveaxis(self.error, axis, 0))
        total = turned[0]
        for i in range(1, count):
            total = step(total, turned[i])
        return total

    def _other(self, other: Any) -> Bounded:
        if isinstance(other, Bounded):
            return other
        number = Fraction(other)
        if self.exact:
            return Bounded(_scalar(number), np.zeros(()))
        return nearest(_scalar(number))


def known(values: Any) -> Bounded:
    """Return floats, or fractions, that are exactly what is meant.

    >>> known([1.0, 2.0]).error.tolist()
    [0.0, 0.0]
    """
    array = np.asarray(values)
    if array.dtype.kind != "O":
        array = array.astype(np.float64)
    return Bounded(array, np.zeros(array.shape))


def nearest(fractions: Array) -> Bounded:
    """Return the floats nearest to fractions, with their distance, 0 where there is none."""
    flat = [Fraction(f) for f in fractions.ravel()]
    values = [float(f) for f in flat]
    errors = [
        0.0 if Fraction(v) == f else float(abs(Fraction(v) - f)) * _UP + 5e-324
        for v, f in zip(values, flat, strict=True)
    ]
    shape = fractions.shape
    return Bounded(np.array(values).reshape(shape), np.array(errors).reshape(shape))


def maximum(a: Bounded, b: Bounded) -> Bounded:
    """Return the larger of two, number by number.

    >>> maximum(known([1.0, 5.0]), known([2.0, 3.0])).value.tolist()
    [2.0, 5.0]
    """
    if a.exact:
        return _fractions(np.maximum(a.value, b.value), a.error + b.error)
    with np.errstate(all="ignore"):
        ahead, doubt = a.value - b.value, (a.error + b.error) * 2.0
        error = np.where(ahead > doubt, a.error, np.maximum(a.error, b.error))
        return Bounded(np.maximum(a.value, b.value), np.where(-ahead > doubt, b.error, error))


def minimum(a: Bounded, b: Bounded) -> Bounded:
    """Return the smaller of two, number by number."""
    return -maximum(-a, -b)


def where(mask: NDArray[np.bool_], a: Bounded, b: Bounded) -> Bounded:
    """Choose number by number.

    >>> where(np.array([True, False]), known([1.0, 2.0]), known([3.0, 4.0])).value.tolist()
    [1.0, 4.0]
    """
    return Bounded(np.where(mask, a.value, b.value), np.where(mask, a.error, b.error))


def stack(numbers: Sequence[Bounded], axis: int = 0) -> Bounded:
    """Put arrays of the same shape side by side."""
    return Bounded(
        np.stack([n.value for n in numbers], axis), np.stack([n.error for n in numbers], axis)
    )


def _product(a: Array, b: Array) -> tuple[Array, Array, Any]:
    """Return the rounded product, what the rounding lost, and how wrong that may be."""
    product = a * b
    high_a, low_a = _halves(a)
    high_b, low_b = _halves(b)
    lost = ((high_a * high_b - product) + high_a * low_b + low_a * high_b) + low_a * low_b
    small = np.abs(product) <= _SMALL
    if not np.any(small):
        return product, lost, 0.0
    return product, lost, np.where(small & (a != 0) & (b != 0), _DUST, 0.0)


def _halves(a: Array) -> tuple[Array, Array]:
    wide = _SPLIT * a
    high = wide - (wide - a)
    return high, a - high


def _scalar(value: Any) -> Array:
    found = np.empty((), dtype=object)
    found[()] = value
    return found


def _array(value: Any) -> Array:
    """Return an array; operations on single fractions give none."""
    return np.asarray(value) if isinstance(value, (np.ndarray, np.generic)) else _scalar(value)


def _fractions(value: Any, error: Any) -> Bounded:
    whole = _array(value)
    return Bounded(whole, np.broadcast_to(np.asarray(error, dtype=np.float64), whole.shape))
