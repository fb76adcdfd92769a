"""How messages quote what they found, and the nearest right spelling."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any


def nearest(word: object, known: Iterable[str]) -> str | None:
    """Return the nearest right spelling, if any is near.

    >>> nearest("mexcio", ["us", "mexico"])
    'mexico'
    """
    options = [str(item) for item in known]
    lowered = {option.lower(): option for option in options}
    near = difflib.get_close_matches(str(word).lower()[:200], lowered, n=1, cutoff=0.6)
    return lowered[near[0]] if near else None


def suggestion(word: object, known: Iterable[str]) -> str:
    """Return ``'; did you mean "…"?'`` or an empty text.

    >>> suggestion("mexcio", ["us", "mexico"])
    '; did you mean "mexico"?'
    """
    near = nearest(word, known)
    return "" if near is None else f'; did you mean "{near}"?'


def show(value: Any) -> str:
    """Return a value as it is quoted in a message: short, one line, printable."""
    if isinstance(value, str):
        text = value if len(value) <= 60 else value[:57] + "…"
        return f'"{printable(text)}"'
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return printable(str(value))[:60]


def printable(text: str) -> str:
    """Text without control characters, so that a file cannot write to the terminal."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
