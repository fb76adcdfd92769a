"""Sentences of the catalogue in HTML: what is filled in is escaped and isolated.

A name from a game file may be written from right to left, or be 300 characters long; ``<bdi>``
keeps it from turning the sentence around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup, escape

from bargaining.files.numerals import decimal
from bargaining.model.spelling import printable
from bargaining.report.pages.words import Words, catalogue
from bargaining.results import Number

TINY, SMALL, LARGE = 1e-9, 1e-2, 1e9
ISOLATED = Markup("<bdi>{}</bdi>")


@dataclass(frozen=True)
class Saying:
    """A language's sentences as HTML.

    Examples
    --------
    >>> from bargaining.report.pages.words import words
    >>> print(Saying(words("en"))("list.and", first="<b>", last="us"))
    <bdi>&lt;b&gt;</bdi> and <bdi>us</bdi>
    """

    speak: Words

    def __call__(self, key: str, **values: object) -> Markup:
        """Return a text with its places filled in; Markup is taken as it is."""
        filled = {name: isolated(value) for name, value in values.items()}
        text: Markup = escape(catalogue()[key][self.speak.language])
        return text.format_map(filled)

    def listed(self, names: Sequence[str]) -> Markup:
        """Return names as a list in a sentence, each isolated."""
        parts = [isolated(name) for name in names]
        if len(parts) < 2:
            return Markup("").join(parts)
        return self("list.and", first=Markup(", ").join(parts[:-1]), last=parts[-1])


def isolated(value: object) -> Markup:
    """Return a name or number as HTML."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, (int, float)):
        return Markup(str(value))
    return ISOLATED.format(printable(str(value)))


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
