"""Reading a draft deal: TOML or JSON tables by issue, or a CSV of shares.

Accepted are a table ``issue = "outcome"`` or ``issue = { outcome = share }`` (also under a key
``deal``, as ``settle --format json`` prints it), and CSV with the columns issue, outcome and
share (also as ``settle --format csv`` prints it: what, issue, name, value).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bargaining.errors import GameFileError
from bargaining.files.toml import parse, read_text

NAMES = {"outcome": ("outcome", "name", "option"), "share": ("exact", "share", "value")}


def read_draft_file(path: Path) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """Read a draft by names, and how issues go together in it.

    Parameters
    ----------
    path : Path
        Ending in ``.toml``, ``.json`` or ``.csv``.

    Raises
    ------
    GameFileError
        With every problem found.
    """
    text, name = read_text(path), str(path)
    if path.suffix.lower() == ".csv":
        return _table(text, name)
    document = parse(text, name, "json" if path.suffix.lower() == ".json" else "toml")
    exact = document.get("exact")
    inner = document.get("deal", document)
    if isinstance(exact, dict) and "deal" in exact:
        inner = exact["deal"]
    if not isinstance(inner, dict):
        raise GameFileError(name, ["deal: expected a table of issues"])
    together = document.get("together", [])
    if not isinstance(together, list):
        raise GameFileError(name, ["together: expected a list"])
    return {k: v for k, v in inner.items() if k != "together"}, together


def _table(text: str, name: str) -> tuple[dict[str, dict[str, str]], list[Mapping[str, Any]]]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    try:
        header = [(column or "").strip().lower() for column in rows.fieldnames or ()]
        rows.fieldnames = header
        outcome = next((c for c in NAMES["outcome"] if c in header), None)
        if "issue" not in header or outcome is None:
            found = ", ".join(header) or "none"
            message = f"line 1: expected the columns issue, outcome and share, found {found}"
            raise GameFileError(name, [message])
        deal: dict[str, dict[str, str]] = {}
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            if row.get("what") == "together":
                share = next((row[c] for c in NAMES["share"] if c in header and row[c]), "1")
                package = {"share": share.strip(), "outcomes": _names(row[outcome])}
                groups.setdefault(row["issue"] or "", []).append(package)
            if "what" in header and row["what"] != "share":
                continue
            issue, label = (row["issue"] or "").strip(), (row[outcome] or "").strip()
            share = next((row[c] for c in NAMES["share"] if c in header and row[c]), "1").strip()
            if not issue and not label:
                continue
            again = label in deal.setdefault(issue, {})
            deal[issue][label] = f"{label} again in line {rows.line_num}" if again else share
    except csv.Error as error:
        raise GameFileError(name, [f"not valid CSV: {error}"]) from None
    together: list[Mapping[str, Any]] = [
        {"issues": k.split("+"), "packages": v} for k, v in groups.items()
    ]
    return deal, together


def _names(text: str | None) -> list[str]:
    """Read the outcomes of several issues, a list in JSON."""
    try:
        names = json.loads(text or "")
    except ValueError:
        names = []
    return [str(name) for name in names] if isinstance(names, list) else []
