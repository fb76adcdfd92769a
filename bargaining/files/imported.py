"""What a reader of another program's file hands on: a game file's document, and warnings.

Every foreign reader turns text into the document that a TOML game file would hold, so that all
formats go through one validation and become one model.  What had to be mended on the way is
said in warnings, never done silently.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from bargaining.files.numerals import plain
from bargaining.files.problems import SEPARATORS
from bargaining.files.schema import FORMAT
from bargaining.model.spelling import printable, show

MAX_WARNINGS = 100
_REPLACED = dict(zip(SEPARATORS, ("&", ";"), strict=True))


@dataclass(frozen=True)
class Imported:
    """A foreign file as a game file's document.

    Attributes
    ----------
    document : mapping of str to object
    warnings : tuple of str
        What was mended or left out, each a sentence with its place.
    """

    document: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


@dataclass
class Warnings:
    """Sentences collected while a file is read; beyond a bound they are only counted."""

    sentences: list[str] = field(default_factory=list)
    more: int = 0

    def add(self, place: str, sentence: str) -> None:
        """Note what was mended, and where."""
        if len(self.sentences) < MAX_WARNINGS:
            self.sentences.append(printable(f"{place}: {sentence}"))
        else:
            self.more += 1

    def all(self) -> tuple[str, ...]:
        """Return the sentences; the last one counts those left out."""
        rest = [f"… and {self.more:,} more warnings"] if self.more else []
        return (*self.sentences, *rest)


def legal_names(
    raw: Iterable[str], kind: str, place: str, warnings: Warnings, *, separators: bool = True
) -> list[str]:
    """Return names that a game file allows: not empty, different, without "+" and ",".

    Parameters
    ----------
    raw : iterable of str
        Names as the foreign file has them.
    kind : str
        What is named: "player", "issue", "option", "action".
    place : str
    warnings : Warnings
        Each name that had to be changed is noted here.
    separators : bool
        Whether "+" and "," are replaced, as in names of players and issues.

    Examples
    --------
    >>> notes = Warnings()
    >>> legal_names(["a+b", "", "x ", "x"], "issue", "domain.xml", notes)
    ['a&b', 'issue 2', 'x', 'x (2)']
    >>> notes.sentences[1]
    'domain.xml: issue 2 has no name; it is called "issue 2" here'
    """
    names: list[str] = []
    used: set[str] = set()
    suffix: dict[str, int] = {}
    for position, given in enumerate(raw, start=1):
        name = "".join(" " if unicodedata.category(c) == "Cc" else c for c in given).strip()
        if separators:
            name = "".join(_REPLACED.get(c, c) for c in name)
        base = name or f"{kind} {position}"
        name, number = base, suffix.get(base, 1)
        while name in used:
            number += 1
            name = f"{base} ({number})"
        suffix[base] = number
        used.add(name)
        names.append(name)
        if not given.strip():
            warnings.add(place, f"{kind} {position} has no name; it is called {show(name)} here")
        elif name != given:
            warnings.add(place, f"{kind} {show(given)} is called {show(name)} here")
    return names


def key_of(text: str) -> str:
    """Return a spelling without case and white space, to match names that mean the same."""
    return "".join(text.split()).casefold()


@dataclass(frozen=True)
class OptionTable:
    """An issue decided by joint choice, as score sheets and utility profiles state it.

    Attributes
    ----------
    options : sequence of str
    payoffs : mapping of str to sequence of Fraction
        Per player, one number per option.
    status_quo : str, optional
    """

    options: Sequence[str]
    payoffs: Mapping[str, Sequence[Fraction]]
    status_quo: str | None = None


def option_document(
    title: str,
    players: Sequence[str],
    issues: Mapping[str, OptionTable],
    reservation: Mapping[str, Fraction] | None,
    source: str,
) -> dict[str, Any]:
    """Return the document of a game in which every issue is a list of joint options."""
    document: dict[str, Any] = {"format": FORMAT, "title": title, "players": list(players)}
    if reservation is not None:
        document["reservation"] = {p: plain(reservation.get(p, Fraction(0))) for p in players}
    document["issues"] = {}
    for name, table in issues.items():
        entry: dict[str, Any] = {
            "options": list(table.options),
            "payoffs": {p: [plain(v) for v in table.payoffs[p]] for p in players},
        }
        if table.status_quo is not None:
            entry["status_quo"] = table.status_quo
        document["issues"][name] = entry
    if source:
        document["source"] = {"text": source}
    return document
