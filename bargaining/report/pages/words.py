"""Everything that pages and pictures say, in every language they speak.

All strings stand in one file, ``catalogue.toml``: per key one text per language, with named
places such as ``{player}`` that are the same in every language.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from bargaining.errors import InputError
from bargaining.model.spelling import printable, show

Language = Literal["en", "es"]
BEFORE_I = re.compile(r"[ií]|h[ií](?![eaé])", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """The catalogue in one language.

    Examples
    --------
    >>> Words("es")("list.and", first="armas", last="fentanilo")
    'armas y fentanilo'
    """

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """Return a text, its named places filled in."""
        filled = {name: value if isinstance(value, (int, float)) else printable(str(value))
                  for name, value in values.items()}  # fmt: skip
        return catalogue()[key][self.language].format_map(filled)

    def listed(self, items: Sequence[str]) -> str:
        """Return names as a list in a sentence.

        >>> Words("en").listed(["us", "mexico", "canada"])
        'us, mexico and canada'
        """
        if len(items) < 2:
            return "".join(items)
        return self(and_before(items[-1]), first=", ".join(items[:-1]), last=items[-1])


def and_before(name: str) -> str:
    """Return the key of "and" before a name; in Spanish "y" turns into "e" before the sound i.

    >>> Words("es")(and_before("island"), first="north", last="island")
    'north e island'
    """
    return "list.and_before_i" if BEFORE_I.match(name) else "list.and"


def words(language: str) -> Words:
    """Return the catalogue in a language.

    Raises
    ------
    InputError
        If the pages do not speak it.
    """
    if language not in get_args(Language):
        known = ", ".join(get_args(Language))
        msg = f"language: expected one of {known}, found {show(str(language))}"
        raise InputError(msg)
    return Words(language)  # type: ignore[arg-type]


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return every text by key and language."""
    text = files("bargaining.report.pages").joinpath("catalogue.toml").read_text(encoding="utf-8")
    found: dict[str, Mapping[str, str]] = {}
    for group, entries in tomllib.loads(text).items():
        for key, entry in entries.items():
            found[f"{group}.{key}"] = entry
    return found
