"""Reading a draft deal: TOML or JSON tables by issue, or a CSV of shares.

Accepted are a table ``issue = "outcome"`` or ``issue = { outcome = share }`` (also under a key
``deal``, as ``settle --format json`` prints it), and CSV with the columns issue, outcome and
share (also as ``settle --format csv`` prints it: what, issue, name, value).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bargaining.errors import GameFileError
from bargaining.files.toml import parse, read_text

NAMES = {"outcome": ("outcome", "name", "option"), "share": ("exact", "share", "value")}


def read_draft_file(path: Path) -> Mapping[str, Any]:
    """Read a draft by names.

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
    return inner


def _table(text: str, name: str) -> dict[str, dict[str, str]]:
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
        for row in rows:
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
    return deal
