"""Loading games: the one way in, from files, a text, standard input or the library."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Protocol, TypeGuard, get_args

from bargaining.equilibrium.best_replies import pure_equilibria
from bargaining.equilibrium.bimatrix import of_issue
from bargaining.equilibrium.unique import only_equilibrium
from bargaining.errors import (
    BargainingError,
    GameFileError,
    InputError,
    NotDefinedError,
    NotSupportedError,
)
from bargaining.files import library
from bargaining.files.build import build
from bargaining.files.document import same_game
from bargaining.files.imported import Imported
from bargaining.files.toml import decode, parse, read_text
from bargaining.model.expressions import number
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.spelling import printable
from bargaining.model.transfers import with_transfers

Format = Literal["toml", "json", "nfg", "csv"]
MAX_LISTED_OUTCOMES = 64
"""Up to this many outcomes, a message about a missing status quo counts mixed equilibria."""


class Readable(Protocol):
    """A file object."""

    def read(self) -> str | bytes:
        """Return all of it."""


FilePath = str | os.PathLike[str]
Source = FilePath | Readable | Sequence[FilePath]


def load(
    source: Source, *, parameters: Mapping[str, Any] | None = None, ask: bool = True
) -> LinkageGame:
    """Read a game from a file, several files, standard input or the bundled library.

    Parameters
    ----------
    source : str, path, file object, or sequence of paths
        One of

        * a path ending in ``.toml`` or ``.json`` (a game file), ``.nfg`` (a Gambit strategic
          game, which becomes one issue named ``game``) or ``.csv`` (a score table: header
          ``issue,option,PLAYER,…``);
        * the paths of a Genius scenario, ``(domain.xml, profile1.xml, profile2.xml, …)``, or of
          a GeniusWeb one, ``(profile1.json, profile2.json, …)``, perhaps with a domain first;
          the games have ``[reservation]`` totals instead of a status quo per issue;
        * the name of a bundled game (``"us_mexico/six_issue_table"``);
        * ``"-"`` for standard input, or an open file: TOML, or JSON if it starts with ``{``.
    parameters : mapping of str to number or formula, optional
        Values that replace those of the file's ``[parameters]``.
    ask : bool
        Whether a game file must name the status quo of an issue whose Nash equilibrium is not
        unique and pure; if not, such an issue has none, and what needs one asks for it.

    Returns
    -------
    LinkageGame
        ``game.warnings`` says what had to be mended or left out in another program's file.
        An issue for which the file names no status quo starts from its Nash equilibrium if that
        is unique and pure.  If it is not, a game file is refused; a game read from ``.nfg`` has
        none, and what needs one asks for it.

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
        return _from_text(_contents(source.read(), name), name, None, parameters, ask=ask)
    if isinstance(source, (list, tuple)):
        return _from_files([_path(item) for item in source], parameters)
    given = os.fspath(_path(source))
    if given == "-":
        if sys.stdin is None:  # closed by the caller
            msg = "standard input: expected a game, found it closed"
            raise InputError(msg)
        data = sys.stdin.buffer.read() if hasattr(sys.stdin, "buffer") else sys.stdin.read()
        return _from_text(
            _contents(data, "standard input"), "standard input", None, parameters, ask=ask
        )
    path = Path(given)
    name = printable(given)
    if not _there(path):
        path = library.find(given)
        name = f"{path.parent.name}/{path.stem}"
    suffix = path.suffix.lower()
    if suffix == ".xml" and path.is_file():
        raise InputError(_several(name, "Genius", "DOMAIN.xml PROFILE1.xml PROFILE2.xml"))
    if path.is_file() and suffix.removeprefix(".") not in ("", *get_args(Format)):
        msg = (
            f"{name}: expected a game file (.toml, .json), a strategic game (.nfg) or a score "
            f"table (.csv), found the suffix {suffix}"
        )
        raise NotSupportedError(msg)
    return _from_text(read_text(path), name, suffix.removeprefix(".") or None, parameters, ask=ask)


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
    format : {"toml", "json", "nfg", "csv"}
        A game file, a Gambit strategic game or a score table; see :func:`load`.
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
    >>> dilemma = 'NFG 1 R "" { "a" "b" } { 2 2 }  3 3 4 0 0 4 1 1'
    >>> loads(dilemma, format="nfg").issues["game"].status_quo
    '2 / 2'
    """
    if not isinstance(text, str):
        msg = f"loads: expected a text, found {type(text).__name__}"
        raise InputError(msg)
    if format not in get_args(Format):
        known = ", ".join(f'"{name}"' for name in get_args(Format))
        msg = f'format: expected one of {known}, found "{format}"'
        raise InputError(msg)
    return _from_text(text, "the given text", format, parameters)


def reload(game: LinkageGame, parameters: Mapping[str, Any]) -> LinkageGame:
    """Read a game's document once more, with other values of some parameters.

    Parameters that were replaced when the game was read stay replaced, and formulas over the
    parameters that change follow them; so does a status quo that the file leaves open.

    Parameters
    ----------
    game : LinkageGame
        As it was read: with nothing taken off the table.
    parameters : mapping of str to number or formula

    Raises
    ------
    NotDefinedError
        If the game was not read from a game file, or is no longer what the file says.

    Examples
    --------
    >>> game = load("us_mexico/guns_for_fentanyl", parameters={"a": "1/2"})
    >>> sorted(reload(game, {"b": "3/4"}).parameters.items())
    [('a', Fraction(1, 2)), ('b', Fraction(3, 4)), ('w', Fraction(0, 1))]
    """
    given: dict[str, Any] = {}
    values: dict[str, Fraction] = {}
    stated = game.document.get("parameters") or {}
    try:
        for name, value in stated.items():
            values[name] = game.parameters[name]
            if number(value, values) != values[name]:
                given[name] = values[name]
        same = bool(game.document) and same_game(_again(game, given), game)
    except (BargainingError, KeyError):
        same = False
    if not same:
        msg = (
            f"{game.name or 'the game'}: parameters can be changed in a game as it was read from a "
            "game file, with nothing changed or taken off the table since"
        )
        raise NotDefinedError(msg)
    return _again(game, {**given, **parameters})


def from_document(
    document: Mapping[str, Any],
    name: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    ask: bool = False,
) -> LinkageGame:
    """Build a game from a document as :func:`bargaining.files.document.document_of` gives it.

    With ``ask``, a document that leaves a status quo open must have one equilibrium to take.

    Raises
    ------
    GameFileError
        With every problem found.
    """
    return _game(Imported(dict(document)), name, parameters, ask=ask)


def _again(game: LinkageGame, parameters: Mapping[str, Any]) -> LinkageGame:
    return from_document(game.document, game.name, parameters)


def _readable(source: object) -> TypeGuard[Readable]:
    return hasattr(source, "read")


def _path(source: object) -> str | os.PathLike[str]:
    """Return a usable path, or say what is wrong with it."""
    if not isinstance(source, (str, os.PathLike)):
        msg = f"load: expected a path, a bundled name or a file object, found {source!r}"
        raise InputError(msg)
    given = os.fspath(source)
    if not isinstance(given, str) or not given.strip():
        msg = "load: expected a path or a bundled name, found an empty text"
        raise InputError(msg)
    if any(not c.isprintable() for c in given) or len(given) > 4_000:
        msg = "load: expected a path or a bundled name, found neither"
        raise InputError(msg)
    return given


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _contents(data: str | bytes, name: str) -> str:
    return decode(data, name) if isinstance(data, bytes) else data


def _from_files(
    given: Sequence[str | os.PathLike[str]], parameters: Mapping[str, Any] | None
) -> LinkageGame:
    """Read a scenario of several files."""
    paths = [Path(item) for item in given]
    suffixes = {path.suffix.lower() for path in paths}
    if suffixes == {".xml"}:
        from bargaining.files.genius import read_genius

        imported = read_genius(paths)
    elif suffixes == {".json"}:
        from bargaining.files.geniusweb import read_geniusweb

        imported = read_geniusweb(paths)
    else:
        found = ", ".join(sorted(suffix or "no suffix" for suffix in suffixes)) or "none"
        msg = (
            "load: expected several .xml files (Genius: a domain and its profiles) or several "
            f".json files (GeniusWeb profiles), found {found}"
        )
        raise InputError(msg)
    return _game(imported, printable(" ".join(map(str, paths))), parameters)


def _from_text(
    text: str,
    name: str,
    style: str | None,
    parameters: Mapping[str, Any] | None,
    *,
    ask: bool = True,
) -> LinkageGame:
    style = style or ("json" if text.lstrip().startswith("{") else "toml")
    if style == "nfg":
        from bargaining.files.nfg import read_nfg

        return _game(read_nfg(text, name), name, parameters, ask=False)
    if style == "csv":
        from bargaining.files.scores import read_scores

        return _game(read_scores(text, name), name, parameters)
    document = parse(text, name, style)
    if style == "json" and ("LinearAdditiveUtilitySpace" in document or "issuesValues" in document):
        raise InputError(_several(name, "GeniusWeb", "PROFILE1.json PROFILE2.json"))
    return _game(Imported(document), name, parameters, ask=ask)


def _several(name: str, program: str, files: str) -> str:
    """Say how a scenario of several files is read."""
    listed = ", ".join(f'"{file}"' for file in files.split())
    return (
        f"{name}: expected all files of the {program} scenario together: in Python "
        f"load(({listed})), on the command line first: bargaining convert {files} GAME.toml"
    )


def _game(
    imported: Imported, name: str, parameters: Mapping[str, Any] | None, *, ask: bool = True
) -> LinkageGame:
    game = build(imported.document, name, parameters=parameters)
    game = with_transfers(_with_status_quo(game, name, ask=ask))
    return replace(game, warnings=imported.warnings)


def _with_status_quo(game: LinkageGame, source: str, *, ask: bool) -> LinkageGame:
    """Fill in the status quo of issues whose Nash equilibrium is unique and pure.

    Where it is not, and ``ask`` is set, the file is refused with the list of equilibria.
    """
    if game.reserved:
        return game
    problems: list[str] = []
    issues: dict[str, Issue] = {}
    for name, issue in game.issues.items():
        issues[name] = issue
        if issue.status_quo_index is not None or issue.is_options:
            continue
        only = only_equilibrium(issue)
        if only is not None:
            issues[name] = replace(issue, status_quo_index=only)
            continue
        if not ask:
            continue
        pure = pure_equilibria(issue)
        found = of_issue(issue) if issue.size <= MAX_LISTED_OUTCOMES else None
        listed = ", ".join(f'"{issue.outcomes[i]}"' for i in pure[:20]) or "no pure one"
        mixed = 0 if found is None else len(found.equilibria) - len(pure)
        also = f" and {mixed} mixed" if mixed else ""
        problems.append(
            f"issues.{printable(name)}.status_quo: expected a status quo, since the Nash "
            f"equilibrium is not known to be unique and pure (found {listed}{also}); "
            "name the outcome from which gains are measured"
        )
    if problems:
        raise GameFileError(source, problems)
    origin = {name: issue.status_quo_index or 0 for name, issue in issues.items()}
    for constraint in game.constraints:
        if not constraint.allows(origin):
            msg = f"{constraint.place}: expected the status quo to be allowed, but it breaks this"
            raise GameFileError(source, [msg])
    return replace(game, issues=issues)
