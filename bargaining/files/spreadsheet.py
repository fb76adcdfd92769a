"""Text in cells that a spreadsheet would take for a formula, defused and read back."""

from __future__ import annotations

import re

FORMULA_SIGNS = ("=", "+", "-", "@")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?(/\d+)?")


def defused(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    Numbers stay as they are.  Text that already reads like defused text gets one more
    apostrophe, so that :func:`restored` always gives back the original.

    >>> defused("=1+1"), defused("-2"), defused("'=x"), restored(defused("'=x"))
    ("'=1+1", '-2', "''=x", "'=x")
    """
    risky = text.lstrip("'").startswith(FORMULA_SIGNS) and not _NUMBER.fullmatch(text)
    return "'" + text if risky else text


def restored(text: str) -> str:
    """Take off the apostrophe that :func:`defused` has put on.

    >>> restored("'=1+1"), restored("-2"), restored("'quoted'")
    ('=1+1', '-2', "'quoted'")
    """
    added = text.startswith("'") and text.lstrip("'").startswith(FORMULA_SIGNS)
    return text[1:] if added else text
