"""Numbers as a class reads them: short decimals, simple fractions, percentages."""

from __future__ import annotations

from fractions import Fraction

from bargaining.files.numerals import decimal
from bargaining.results import Number

TINY, SMALL, LARGE = 1e-9, 1e-2, 1e9


def points(value: Number, *, sign: bool = True) -> str:
    """Write a score as a student reads it: a short decimal or a fraction, gains with a plus.

    >>> points(Fraction(5, 2)), points(Fraction(-1, 3)), points(0.28171817), points(Fraction(0))
    ('+2.5', '-1/3', '+0.28', '0')
    """
    text = decimal(value) if isinstance(value, Fraction) else rounded(value)
    if len(text) > 12:
        text = f"{float(value):.6g}"
    return f"+{text}" if sign and value > 0 and text != "0" else text


def rounded(value: Number) -> str:
    """Write a mean or a numerical answer: two decimals, more only where it is small.

    >>> rounded(17 / 3), rounded(2.0), rounded(-0.0012), rounded(1e-12)
    ('5.67', '2', '-0.0012', '0')
    """
    size = abs(float(value))
    if size < TINY:
        return "0"
    if not SMALL <= size < LARGE:
        return f"{float(value):.2g}" if size < SMALL else f"{float(value):.6g}"
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def share(value: Number) -> str:
    """Write a share as a percentage.

    >>> share(Fraction(1, 2)), share(Fraction(1, 3))
    ('50%', '33.3%')
    """
    return f"{round(100 * float(value), 1):g}%"
