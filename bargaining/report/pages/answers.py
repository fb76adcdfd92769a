"""Numbers as students write them; a lesson's page reads the same forms (templates/lesson.js)."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal

LONGEST = 40
CLOSE = 5
"""An answer off by up to so many times what is allowed is close."""
SLACK = 1e-9
"""What rounding may add to the distance."""

_MINUS = str.maketrans(dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014", "-") | {"\u2044": "/"})
_PARTS = {
    "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5",
    "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8",
}  # fmt: skip
_SPACE = "[ \t\u00a0\u2009\u202f]"
_NUMBER = r"[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+"
_WRITTEN = re.compile(
    rf"([+-]?){_SPACE}*(?:([0-9]+){_SPACE}+([0-9]+)/([0-9]+)"
    rf"|({_NUMBER})(?:{_SPACE}*/{_SPACE}*({_NUMBER}))?){_SPACE}*(%?)"
)

Judgement = Literal["right", "near", "wrong", "no_number"]


def read_answer(text: str) -> Fraction | None:
    """Return the number that a text writes, exactly; None where it writes none.

    Fractions, decimals with point or comma, percentages, mixed numbers and any kind of minus.

    >>> read_answer("−1/4"), read_answer("4⅔"), read_answer("-,25"), read_answer("150 %")
    (Fraction(-1, 4), Fraction(14, 3), Fraction(-1, 4), Fraction(3, 2))
    >>> read_answer("1/-4") is None
    True
    """
    if len(text) > LONGEST:
        return None
    plain = "".join(f" {_PARTS[c]}" if c in _PARTS else c for c in text.translate(_MINUS))
    found = _WRITTEN.fullmatch(re.sub(f"^{_SPACE}+|{_SPACE}+$", "", plain))
    if found is None:
        return None
    sign, whole, over, under, value, divisor, percent = found.groups()
    below = _exact(under or divisor or "1")
    if not below:
        return None
    number = int(whole) + int(over) / below if whole else _exact(value) / below
    return (-1 if sign == "-" else 1) * number / (100 if percent else 1)


def judge_number(text: str, answer: str, within: float) -> Judgement:
    """Compare what a student wrote with the answer, given how far off is still right."""
    value = read_answer(text)
    if value is None:
        return "no_number"
    off = abs(float(value) - float(Fraction(answer)))
    if off <= within + SLACK:
        return "right"
    return "near" if off <= CLOSE * within + SLACK else "wrong"


def _exact(written: str) -> Fraction:
    whole, _, part = written.replace(",", ".").partition(".")
    return Fraction(int(f"{whole}{part}"), 10 ** len(part))
