"""Loading games: the one way in, from a file, a text, standard input or the library."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeGuard

from bargaining.equilibrium.bimatrix import of_issue
from bargaining.errors import GameFileError, InputError, NotSupportedError
from bargaining.files import library
from bargaining.files.build import build
from bargaining.files.toml import decode, parse, read_text
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.spelling import printable
from bargaining.model.transfers import with_transfers


class Readable(Protocol):
    """A file object."""

    def read(self) -> str | bytes:
        """Return all of it."""


Source = str | os.PathLike[str] | Readable


def load(source: Source, *, parameters: Mapping[str, Any] | None = None) -> LinkageGame:
    """Read a game from a file, standard input or the bundled library.

    Parameters
    ----------
    source : str, path or file object
        A path ending in ``.toml`` or ``.json``, the name of a bundled game
        (``"us_mexico/six_issue_table"``), ``"-"`` for standard input, or an open file (TOML,
        or JSON if it starts with ``{``).
    parameters : mapping of str to number or formula, optional
        Values that replace those of the file's ``[parameters]``.

    Returns
    -------
    LinkageGame

    Raises
    ------
    GameFileError
        With every problem of the file.
    InputError
        If there is neither a file nor a bundled game of that name.

    Examples
    --------
    >>> game = load("us_mexico/guns_for_fentanyl", parameters={"a": "1/2"})
    >>> list(game.issues), game.parameters["a"]
    (['guns', 'fentanyl'], Fraction(1, 2))
    """
    if _readable(source):
        name = str(getattr(source, "name", "the given file"))
        return _from_text(_contents(source.read(), name), name, None, parameters)
    if not isinstance(source, (str, os.PathLike)):
        msg = f"load: expected a path, a bundled name or a file object, found {source!r}"
        raise InputError(msg)
    given = os.fspath(source)
    if not given.strip():
        msg = "load: expected a path or a bundled name, found an empty text"
        raise InputError(msg)
    if given == "-":
        data = sys.stdin.buffer.read() if hasattr(sys.stdin, "buffer") else sys.stdin.read()
        return _from_text(_contents(data, "standard input"), "standard input", None, parameters)
    if any(not c.isprintable() for c in given) or len(given) > 4_000:
        msg = "load: expected a path or a bundled name, found neither"
        raise InputError(msg)
    path = Path(given)
    name = printable(given)
    try:
        there = path.exists()
    except OSError:
        there = False
    if not there:
        path = library.find(given)
        name = f"{path.parent.name}/{path.stem}"
    style = path.suffix.lower()
    if path.is_file() and style not in (".toml", ".json", ""):
        msg = (
            f"{name}: expected a game file (.toml or .json), found the suffix {style}; "
            "other formats are not part of this version"
        )
        raise NotSupportedError(msg)
    text = read_text(path)
    return _from_text(text, name, {".json": "json", ".toml": "toml"}.get(style), parameters)


def loads(
    text: str,
    *,
    format: str = "toml",
    parameters: Mapping[str, Any] | None = None,
) -> LinkageGame:
    """Read a game from text.

    Parameters
    ----------
    text : str
    format : {"toml", "json"}
    parameters : mapping of str to number or formula, optional

    Returns
    -------
    LinkageGame

    Examples
    --------
    >>> loads('''
    ... format = "bargaining-game/1"
    ... players = ["us", "mexico"]
    ... [issues.guns]
    ... actions.us = ["no checks", "egress checks"]
    ... payoffs = {us = [0, -4], mexico = [0, 6]}
    ... ''').issues["guns"].status_quo
    'no checks'
    """
    if not isinstance(text, str):
        msg = f"loads: expected a text, found {type(text).__name__}"
        raise InputError(msg)
    if format not in ("toml", "json"):
        msg = f'format: expected "toml" or "json", found "{format}"'
        raise InputError(msg)
    return _from_text(text, "the given text", format, parameters)


def _readable(source: object) -> TypeGuard[Readable]:
    return hasattr(source, "read")


def _contents(data: str | bytes, name: str) -> str:
    return decode(data, name) if isinstance(data, bytes) else data


def _from_text(
    text: str, name: str, style: str | None, parameters: Mapping[str, Any] | None
) -> LinkageGame:
    style = style or ("json" if text.lstrip().startswith("{") else "toml")
    game = build(parse(text, name, style), name, parameters=parameters)
    return with_transfers(_with_status_quo(game, name))


def _with_status_quo(game: LinkageGame, source: str) -> LinkageGame:
    """Fill in the status quo of issues whose Nash equilibrium is unique and pure."""
    if game.reserved:
        return game
    problems: list[str] = []
    issues: dict[str, Issue] = {}
    for name, issue in game.issues.items():
        issues[name] = issue
        if issue.status_quo_index is not None or issue.is_options:
            continue
        found = of_issue(issue)
        if len(found.equilibria) == 1 and found.pure and found.complete:
            outcome = found.pure[0].outcome
            issues[name] = replace(issue, status_quo_index=issue.outcomes.index(outcome or ""))
            continue
        listed = ", ".join(f'"{e.outcome}"' for e in found.pure) or "no pure one"
        mixed = len(found.equilibria) - len(found.pure)
        also = f" and {mixed} mixed" if mixed else ""
        problems.append(
            f"issues.{printable(name)}.status_quo: expected a status quo, since the Nash "
            f"equilibrium is not known to be unique and pure (found {listed}{also}); "
            "name the outcome from which gains are measured"
        )
    if problems:
        raise GameFileError(source, problems)
    return replace(game, issues=issues)
