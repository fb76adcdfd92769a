"""What a sweep's directory says of itself, and whether it still says what it said at first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bargaining.errors import StorageError
from bargaining.sweeps.spans import Layout

if TYPE_CHECKING:
    from bargaining.sweeps.job import Job

FORMAT = "bargaining-sweep/1"
MANIFEST = "manifest.json"
MAX_MANIFEST = 256 * 2**20
REMEDY = (
    "does not fit the parts: it was changed since; restore it, or start anew in another directory"
)
WORDS = ("title", "question", "source", "claims", "expected")
"""Parts of a game file that no answer depends on."""
_KEYED = ("version", "design", "measures", "kinds", "solution", "deals", "require")
_COMPARED = {
    "version": "version",
    "game": "game",
    "document": "game",
    "design": "design",
    "measures": "measures",
    "solution": "solution",
    "deals": "deals",
    "require": "requirements",
    "rows_per_part": "rows per part",
}


def key_of(stated: Mapping[str, Any]) -> str:
    """Hash of game, design, measures and version, wherever the game was read from.

    Parameters
    ----------
    stated : mapping
        A manifest, or as much of one as answers depend on.
    """
    parts = {name: stated[name] for name in _KEYED}
    return _hash({**parts, "game": game_key(stated["document"])})


def game_key(document: Mapping[str, Any]) -> str:
    """Hash of what answers depend on in a game's file."""
    return _hash({key: value for key, value in document.items() if key not in WORDS})


def _hash(stated: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()


def manifest_of(job: Job, layout: Layout) -> dict[str, Any]:
    """Return what a sweep's directory says of itself: no times, no hosts, no paths."""
    stated = job.to_dict()
    return {
        "format": FORMAT,
        **stated,
        "rows": layout.rows,
        "rows_per_part": layout.rows_per_part,
        "parts": layout.parts,
        "columns": _columns(stated),
        "key": job.key,
        "document": job.document,
    }


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a directory's manifest.

    Raises
    ------
    StorageError
        If there is none, it is no sweep's, or it was changed by another hand.
    """
    place = path / MANIFEST
    try:
        with place.open("rb") as file:
            text = file.read(MAX_MANIFEST + 1)
        found = json.loads(text[: MAX_MANIFEST + 1])
    except FileNotFoundError:
        msg = f"{path}: expected a directory that a sweep has written, found no {MANIFEST} in it"
        raise StorageError(msg) from None
    except OSError as error:
        msg = f"{place}: {(error.strerror or str(error)).lower()}"
        raise StorageError(msg) from None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT or not _shaped(found):
        msg = f"{place}: expected the manifest of a sweep ({FORMAT}), found something else"
        raise StorageError(msg)
    if not _unchanged(found):
        msg = f"{place} {REMEDY}"
        raise StorageError(msg)
    return found


def _unchanged(found: Mapping[str, Any]) -> bool:
    """Whether what a manifest says still comes to its key, columns and rows."""
    try:
        rows = found["design"]["points"] * found["design"]["draws"]
        stated = found["key"], found["game"]["sha256"], found["columns"], found["rows"]
        follows = key_of(found), game_key(found["document"]), _columns(found), rows
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
        return False
    return bool(stated == follows)


def _columns(stated: Mapping[str, Any]) -> list[str]:
    """Return a table's columns, as they follow from what was asked."""
    plan = stated["design"]
    drawn = ["draw"] if plan["draws"] > 1 else []
    axes = [axis["path"] for axis in plan["axes"]]
    return ["row", *drawn, *axes, *stated["measures"], "status", "message"]


def _shaped(found: Mapping[str, Any]) -> bool:
    """Whether a manifest has what reading needs."""
    numbers = [found.get(name) for name in ("rows", "rows_per_part", "parts")]
    if not all(type(value) is int and value > 0 for value in numbers):
        return False
    listed = all(isinstance(found.get(name), list) for name in ("columns", "kinds", "measures"))
    whole = isinstance(found.get("key"), str) and isinstance(found.get("design"), dict)
    layout = Layout(found["rows"], found["rows_per_part"])
    return listed and whole and layout.parts == found["parts"]


def differences(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return what tells two sweeps apart, in words."""
    if all(held.get(name) == wanted[name] for name in ("key", "rows_per_part")):
        return []  # a game's name or title may have changed, which no answer depends on
    found: dict[str, str] = {}
    for name, title in _COMPARED.items():
        there, here = held.get(name), wanted.get(name)
        if there == here:
            continue
        if name in ("version", "solution", "deals", "rows_per_part"):
            found[title] = f"its {title} is {there}, not {here}"
        elif name == "game" and isinstance(there, dict):
            what = f"its game is {there.get('name')}, not {here['name']}" if here else ""
            same = there.get("name") == (here or {}).get("name")
            found[title] = "its game has other numbers" if same else what
        elif name == "design" and isinstance(there, dict):
            inner = [key for key in (here or {}) if there.get(key) != (here or {})[key]]
            found[title] = f"its design differs in {', '.join(inner)}"
        else:
            found.setdefault(title, f"its {title} differ{'s' if title == 'game' else ''}")
    return list(found.values()) or ["its key differs"]
