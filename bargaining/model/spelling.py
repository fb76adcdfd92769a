"""The nearest right spelling, for error messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggestion(word: object, known: Iterable[str]) -> str:
    """Return ``'; did you mean "…"?'`` or an empty text.

    >>> suggestion("mexcio", ["us", "mexico"])
    '; did you mean "mexico"?'
    """
    options = [str(item) for item in known]
    lowered = {option.lower(): option for option in options}
    near = difflib.get_close_matches(str(word).lower()[:200], lowered, n=1, cutoff=0.6)
    return f'; did you mean "{lowered[near[0]]}"?' if near else ""
