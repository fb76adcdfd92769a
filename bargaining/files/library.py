"""The bundled games, found from a checkout, an editable install and a wheel alike."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bargaining.errors import BargainingError, InputError
from bargaining.model.spelling import suggestion


@cache
def root() -> Path:
    """Return the folder of the bundled games."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_games", package.parent / "games"):
        if folder.is_dir():
            return folder
    msg = "the bundled games are missing from this installation; install it again"
    raise BargainingError(msg)


@cache
def bundled() -> dict[str, Path]:
    """Return the bundled games by name (``folder/game``), in alphabetical order."""
    return {f"{path.parent.name}/{path.stem}": path for path in sorted(root().glob("*/*.toml"))}


def find(name: str) -> Path:
    """Return the file of a bundled game.

    Raises
    ------
    InputError
        With the nearest name, if there is no such game.
    """
    games = bundled()
    wanted = name.removesuffix(".toml")
    if wanted in games:
        return games[wanted]
    short = [full for full in games if full.partition("/")[2] == wanted.rpartition("/")[2]]
    hint = f'; did you mean "{short[0]}"?' if short else suggestion(wanted, games)
    msg = f'"{name}": no such file, and no bundled game of that name{hint}'
    raise InputError(msg)
