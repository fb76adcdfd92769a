"""What the tests of lessons share: the lessons, and the data that stand in their pages."""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from bargaining.files.document import document_of
from bargaining.linkage.facts import facts_of
from bargaining.loading import loads

WRITTEN = (
    ("3/4", "3/4"), ("0.75", "3/4"), ("0,75", "3/4"), (".75", "3/4"), (",75", "3/4"),
    ("75%", "3/4"), (" 3 / 4 ", "3/4"), ("75 %", "3/4"), ("¾", "3/4"), ("3\u20444", "3/4"),
    ("+3/4", "3/4"), ("7.5/10", "3/4"), ("-1/4", "-1/4"), ("\u22121/4", "-1/4"),
    ("\u20131/4", "-1/4"),
    ("\u20141/4", "-1/4"), ("- 1/4", "-1/4"), ("\u2212 0.25", "-1/4"), ("-25%", "-1/4"),
    ("-.25", "-1/4"), ("-¼", "-1/4"), ("3½", "7/2"), ("3 ½", "7/2"), ("4⅔", "14/3"),
    ("4 2/3", "14/3"), ("-4 2/3", "-14/3"), ("4\u00a02/3", "14/3"), ("33 1/3 %", "1/3"),
    ("2.", "2"), ("0", "0"), ("-0", "0"), ("1" + "0" * 30, "1" + "0" * 30),
)  # fmt: skip
"""What students write, and the number it is; notebook and page accept the same."""

REFUSED = (
    "1/-4", "1/0", "0/0", "1/0.0", "4 2/0", "three", "1e3", "inf", "nan", "NaN", "0x10", "1_000",
    "--1", "-", "%", ".", "1/", "/4", "1 2", "1 2/3/4", "½½", "0.5½", "1.2.3", "1,2,3", "1/2/3",
    "٣", "1" * 41, "1;alert(1)", "5%%", "(1/2)",
)  # fmt: skip
"""What is no number to either."""

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("lesson_*.py"))


@cache
def lesson_of(notebook: Path) -> Any:
    """Run a notebook and take its lesson."""
    _, defined = runpy.run_path(str(notebook))["app"].run()
    return defined["lesson"]


@cache
def embedded(notebook: Path) -> dict[str, Any]:
    """Read the data that stand in a lesson's page."""
    text = notebook.with_suffix(".html").read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert found, notebook.name
    return json.loads(found[1])


def game_with(game: Any, values: Mapping[str, str]) -> Any:
    """Build a game again from its text with other numbers at some places."""
    document = json.loads(json.dumps(document_of(game), default=str))
    for path, value in values.items():
        steps = [s for s in re.split(r"[.\[\]]", path) if s]
        places = [["discount", p] for p in game.players] if steps == ["discount"] else [steps]
        for *before, last in places:
            at = document
            for step in before:
                at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
            at[int(last) if isinstance(at, list) else last] = value
    return loads(json.dumps(document), format="json")


def measured(game: Any, measure: str) -> Any:
    """Read a measure of a game: one field after the other, or an expression."""
    from bargaining.sweeps.measures import parse_measure

    return parse_measure(measure).read(facts_of(game))


def same(shown: str, value: Any, says: Mapping[str, str]) -> bool:
    """Whether what a page shows is the library's number."""
    if str(value) in says:
        return shown == says[str(value)]
    if value is None:
        return shown == "–"
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)):
        return shown == str(value)
    return all(
        abs(float(Fraction(part)) - float(value)) <= close * max(1.0, abs(float(value)))
        for part, close in zip(shown.split(" ≈ "), (1e-5, 5.1e-3), strict=False)
    )
