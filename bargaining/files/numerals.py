"""Numbers as other programs write them, read exactly; exact numbers as this one writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from bargaining.errors import InputError
from bargaining.model.expressions import number
from bargaining.model.spelling import show

MAX_DIGITS = 3_000
LARGEST_INTEGER = 2**63 - 1
"""Beyond it a whole number is written as a text, since many readers of TOML and JSON stop there."""
SPREADSHEET_DIGITS = 15
"""Decimals with more digits would be rounded by a spreadsheet; fractions are written instead."""

_NUMERAL = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,6})?)(?:/(\d+))?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,100}", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+")


def numeral(text: str) -> Fraction:
    """Read a whole number, decimal (with exponent) or fraction exactly.

    Raises
    ------
    InputError
        With what was expected and what was found.

    Examples
    --------
    >>> numeral("-1.5e1"), numeral("1/3"), numeral(".25")
    (Fraction(-15, 1), Fraction(1, 3), Fraction(1, 4))
    """
    stripped = text.strip()
    if _WHOLE.fullmatch(stripped):  # the common case in large files
        return Fraction(int(stripped))
    found = _NUMERAL.fullmatch(stripped) if len(stripped) <= MAX_DIGITS else None
    if found is None:
        hint = ""
        if _COMMA.fullmatch(stripped):
            hint = " (decimals are written with a point, such as 0.5)"
        msg = f"expected a number such as 3, -0.25 or 1/3, found {show(stripped)}{hint}"
        raise InputError(msg)
    value = number(Decimal(found[1]))
    if found[2] is None:
        return value
    if int(found[2]) == 0:
        msg = f"expected a divisor other than zero, found {show(stripped)}"
        raise InputError(msg)
    return number(value / int(found[2]))


def plain(value: Fraction) -> int | str:
    """Return a number as a game file states it: a whole number, or a fraction as text.

    >>> plain(Fraction(3)), plain(Fraction(-9, 4))
    (3, '-9/4')
    """
    if value.denominator == 1 and abs(value.numerator) <= LARGEST_INTEGER:
        return int(value)
    return str(value)


def decimal(value: Fraction) -> str:
    """Return a decimal where a short one is exact, otherwise a fraction.

    >>> decimal(Fraction(1, 4)), decimal(Fraction(1, 3)), decimal(Fraction(20))
    ('0.25', '1/3', '20')
    """
    rest, places = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        places = max(places, power)
    if rest > 1 or places == 0:
        return str(value)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    if len(digits) > SPREADSHEET_DIGITS:
        return str(value)
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
