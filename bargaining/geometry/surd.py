"""Numbers p + q√d with rational p, q and d: what a quadratic equation with rational data gives.

Signs, and so comparisons, are decided exactly, also between numbers with different roots; other
arithmetic is within one root.  ``float("inf")`` and its negative compare as they should.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Union

Real = Union["Surd", float]
"""A surd, or plus or minus infinity."""
BITS = 80


@dataclass(frozen=True, eq=False)
class Surd:
    """The number ``p + q√d``; ``d`` is a whole number that is no square, or 0 with ``q`` = 0.

    Examples
    --------
    >>> golden = Surd.of(Fraction(1, 2), Fraction(1, 2), 5)
    >>> golden * golden - golden == Surd.of(1), golden < Surd.of(Fraction(13, 8))
    (True, True)
    """

    p: Fraction
    q: Fraction
    d: int

    @classmethod
    def of(cls, p: Fraction | int, q: Fraction | int = 0, d: Fraction | int = 0) -> Surd:
        """Return p + q√d in its simplest form."""
        p, q, d = Fraction(p), Fraction(q), Fraction(d)
        if q == 0 or d == 0:
            return cls(p, Fraction(0), 0)
        whole = d.numerator * d.denominator
        q /= d.denominator
        root = math.isqrt(whole)
        if root * root == whole:
            return cls(p + q * root, Fraction(0), 0)
        for square in (4, 9, 25, 49):
            while whole % square == 0:
                whole //= square
                q *= math.isqrt(square)
        return cls(p, q, whole)

    @property
    def rational(self) -> Fraction | None:
        """The number as a fraction, if it is one."""
        return self.p if not self.q else None

    def sign(self) -> int:
        """Return -1, 0 or 1."""
        p, q = _sign(self.p), _sign(self.q)
        if p * q >= 0:
            return p or q
        return p * _sign(self.p * self.p - self.q * self.q * self.d)

    def bracket(self, width: Fraction) -> tuple[Fraction, Fraction]:
        """Rational bounds at most ``width`` apart; equal where the number is rational."""
        if not self.q:
            return self.p, self.p
        bits = max(0, math.ceil(abs(self.q) / width).bit_length())
        scale = 1 << bits
        low = math.isqrt(self.d * scale * scale)
        ends = self.p + self.q * Fraction(low, scale), self.p + self.q * Fraction(low + 1, scale)
        return min(ends), max(ends)

    def __float__(self) -> float:
        if not self.q:
            return float(self.p)
        width = abs(self.q)
        for _ in range(60):
            low, high = self.bracket(width / (1 << BITS))
            if low * high > 0 and (high - low) * (1 << 60) <= abs(low):
                return float(low)
            width /= 1 << BITS
        return float(self.p)  # pragma: no cover - an irrational number is not so close to 0

    def __str__(self) -> str:
        if not self.q:
            return str(self.p)
        factor = abs(self.q)
        over = "" if factor.denominator == 1 else f"/{factor.denominator}"
        times = "" if factor.numerator == 1 else f"{factor.numerator}*"
        root = f"{times}sqrt({self.d}){over}"
        if not self.p:
            return root if self.q > 0 else f"-{root}"
        return f"{self.p} {'+' if self.q > 0 else '-'} {root}"

    def _root(self, other: Surd) -> int:
        if self.q and other.q and self.d != other.d:
            msg = "arithmetic with two different roots"
            raise ArithmeticError(msg)
        return self.d or other.d

    def __add__(self, other: Surd) -> Surd:
        return Surd.of(self.p + other.p, self.q + other.q, self._root(other))

    def __sub__(self, other: Surd) -> Surd:
        return self + -other

    def __neg__(self) -> Surd:
        return Surd(-self.p, -self.q, self.d)

    def __mul__(self, other: Surd) -> Surd:
        d = self._root(other)
        return Surd.of(
            self.p * other.p + self.q * other.q * d, self.p * other.q + self.q * other.p, d
        )

    def __truediv__(self, other: Surd) -> Surd:
        norm = other.p * other.p - other.q * other.q * other.d
        inverse = Surd(other.p / norm, -other.q / norm, other.d)
        return self * inverse

    def _compare(self, other: Real) -> int:
        """Sign of self - other."""
        if not isinstance(other, Surd):
            return -1 if other > 0 else 1
        x = self.p - other.p
        if not (self.q and other.q) or self.d == other.d:
            return Surd.of(x, self.q - other.q, self.d or other.d).sign()
        a, b = self.q * self.q * self.d, other.q * other.q * other.d
        first, second = _sign(self.q), _sign(other.q)
        roots = first if first != second else first * _sign(a - b)  # of q√d - q'√d'
        if roots * _sign(x) >= 0:
            return roots or _sign(x)
        larger = Surd.of(a + b - x * x, -2 * self.q * other.q, self.d * other.d).sign()
        return roots * larger

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Surd) and self._compare(other) == 0

    def __hash__(self) -> int:
        return hash((self.p, self.q, self.d))

    def __lt__(self, other: Real) -> bool:
        return self._compare(other) < 0

    def __le__(self, other: Real) -> bool:
        return self._compare(other) <= 0

    def __gt__(self, other: Real) -> bool:
        return self._compare(other) > 0

    def __ge__(self, other: Real) -> bool:
        return self._compare(other) >= 0


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def roots(a: Fraction, b: Fraction, c: Fraction) -> tuple[Surd, ...]:
    """Real solutions of a x² + b x + c = 0; none where every x is one.

    >>> [str(x) for x in roots(Fraction(1), Fraction(-3), Fraction(1))]
    ['3/2 - sqrt(5)/2', '3/2 + sqrt(5)/2']
    """
    if a == 0:
        return (Surd.of(-c / b),) if b else ()
    inside = b * b - 4 * a * c
    if inside < 0:
        return ()
    middle, half = -b / (2 * a), 1 / (2 * abs(a))
    pair = Surd.of(middle, -half, inside), Surd.of(middle, half, inside)
    return pair if inside else pair[:1]


ZERO, ONE = Surd.of(0), Surd.of(1)
