"""Closed forms of a threshold: the root of the binding conditions, where it can be written down.

As many outcomes as conditions decide the lowest factor d: the matrix d (G - R + T) - T over them is
singular there, so that d is a root of a polynomial with whole coefficients.  Its irreducible
factor with that root is linear (a fraction), quadratic, or of the form a d^n = c (favours given
round a circle: a root), or else there is nothing simple to write.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

MAX_SIZE = 8
MAX_BITS = 200
"""Coefficients longer than this are not written down."""


def closed_form(
    binding: Sequence[Sequence[tuple[Fraction, Fraction]]], low: Fraction, high: Fraction
) -> str | None:
    """Write the root of the binding conditions within a bracket.

    Parameters
    ----------
    binding : sequence of sequence of (Fraction, Fraction), shape (columns, rows)
        G - R + T and T of each outcome, for each condition.
    low, high : Fraction
        The root between them is meant.

    Examples
    --------
    >>> pair = [[(Fraction(0), Fraction(4)), (Fraction(6), Fraction(0))],
    ...     [(Fraction(5), Fraction(0)), (Fraction(0), Fraction(3))]]
    >>> closed_form(pair, Fraction(63, 100), Fraction(64, 100))
    'sqrt(2/5)'
    """
    size = len(binding)
    if not 1 <= size <= MAX_SIZE or any(len(column) != size for column in binding):
        return None
    return root_text(_determinant(binding), low, high)


def root_text(polynomial: Any, low: Fraction, high: Fraction) -> str | None:
    """Write the root of a polynomial (flint's, rational) between two numbers, if it is simple."""
    from flint import fmpz_poly

    if polynomial.degree() < 1:
        return None
    whole = fmpz_poly([int((c * polynomial.denom()).p) for c in polynomial.coeffs()])
    if max(abs(int(c)).bit_length() for c in whole.coeffs()) > MAX_BITS:
        return None
    for factor, _ in whole.factor()[1]:
        coefficients = [int(c) for c in factor.coeffs()]
        ends = [_value(coefficients, x) for x in (low, high)]
        if ends[0] * ends[1] <= 0:
            return _root(coefficients, low, high)
    return None


def _determinant(binding: Sequence[Sequence[tuple[Fraction, Fraction]]]) -> Any:
    """Return det(d (G - R + T) - T) as a polynomial in d, by its values at whole numbers."""
    from flint import fmpq, fmpq_mat, fmpq_poly

    size = len(binding)
    values = []
    for d in range(size + 1):
        entries = [d * grown - tempted for column in binding for grown, tempted in column]
        matrix = fmpq_mat(size, size, [fmpq(e.numerator, e.denominator) for e in entries])
        values.append(matrix.det())
    total = fmpq_poly([0])
    for d, value in enumerate(values):
        term = fmpq_poly([value])
        for other in range(size + 1):
            if other != d:
                term *= fmpq_poly([fmpq(-other, d - other), fmpq(1, d - other)])
        total += term
    return total


def _value(coefficients: Sequence[int], x: Fraction) -> Fraction:
    return sum((c * x**k for k, c in enumerate(coefficients)), Fraction(0))


def _root(coefficients: Sequence[int], low: Fraction, high: Fraction) -> str | None:
    degree = len(coefficients) - 1
    if degree == 1:
        return str(Fraction(-coefficients[0], coefficients[1]))
    ratio = Fraction(-coefficients[0], coefficients[-1])
    if not any(coefficients[1:-1]):
        return f"sqrt({ratio})" if degree == 2 else f"({ratio})**(1/{degree})"
    if degree == 2:
        return _quadratic(coefficients, (low + high) / 2)
    return None


def _quadratic(coefficients: Sequence[int], near: Fraction) -> str:
    """Write (m sqrt(k) - b) / 2a with m sqrt(k) the root of the discriminant, in lowest terms."""
    from flint import fmpz

    c, b, a = coefficients
    square, inside = 1, 1
    for prime, power in fmpz(b * b - 4 * a * c).factor():
        square *= int(prime) ** (int(power) // 2)
        inside *= int(prime) ** (int(power) % 2)
    if (2 * a * float(near) + b) < 0:
        a, b = -a, -b  # the root with the minus sign, every sign turned
    shared = math.gcd(square, b, 2 * a)
    square, b, a2 = square // shared, b // shared, 2 * a // shared
    if a2 < 0:
        square, b, a2 = -square, -b, -a2
    root = f"sqrt({inside})" if abs(square) == 1 else f"{abs(square)}*sqrt({inside})"
    root = f"-{root}" if square < 0 else root
    sign = "-" if b > 0 else "+"
    return f"({root} {sign} {abs(b)})/{a2}" if a2 != 1 else f"{root} {sign} {abs(b)}"
