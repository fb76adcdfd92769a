"""What tests of reports share: cells of a page, sentences of a section, and hostile names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import bargaining as bg
from bargaining.linkage.facts import Manner
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.report.pages.blocks import Fold, Grid, Paragraph, Points
from bargaining.report.pages.saying import Saying
from bargaining.report.pages.study import Study
from bargaining.report.pages.words import words

EN = words("en")
TWELVE = (
    'format = "bargaining-game/1"\nplayers = ["us", "mexico"]\n'
    '[issues.guns]\noptions = ["as now", "stop"]\npayoffs = { us = [0, -4], mexico = [0, 6] }\n'
    'status_quo = "as now"\n'
    '[issues.fentanyl]\noptions = ["as now", "stop"]\npayoffs = { us = [0, 5], mexico = [0, -3] }\n'
    'status_quo = "as now"\n'
)
SCRIPT = "<script>alert(1)</script>"
QUOTES = "\"'><img src=x onerror=alert(2)>"
HEBREW = "שלום <b>{{ 7*7 }} \u202egnp.exe"
LONG = "longword" * 37 + "tail"


@dataclass(frozen=True)
class Figure:
    """A cell that holds a measure."""

    measure: str
    exact: str
    value: float | None


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Figure] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.tags.append((tag, known))
        if "data-measure" in known:
            value = known.get("data-value")
            self.found.append(
                Figure(
                    known["data-measure"] or "",
                    known["data-exact"] or "",
                    None if value is None else float(value),
                )
            )

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> _Cells:
    """Parse a page."""
    cells = _Cells()
    cells.feed(page)
    return cells


def hostile() -> LinkageGame:
    """Return a game whose every name is markup, quotes, right-to-left or very long."""
    players = (SCRIPT, QUOTES)
    first = Issue.normal_form(
        HEBREW,
        players,
        {SCRIPT: ["</td></table>", LONG]},
        {SCRIPT: [0, -4], QUOTES: [0, 6]},
        status_quo={SCRIPT: "</td></table>"},
        title="{% raw %}" + SCRIPT,
    )
    second = Issue.normal_form(
        LONG,
        players,
        {QUOTES: ["javascript:alert(3)", "</script><!--"]},
        {SCRIPT: [0, 5], QUOTES: [0, -3]},
        status_quo={QUOTES: "javascript:alert(3)"},
    )
    text = {"text": SCRIPT, "numbers": QUOTES, "references": [HEBREW, LONG]}
    document = {"question": SCRIPT + LONG, "source": text}
    return LinkageGame(players, [first, second], title=QUOTES + LONG, document=document)


def study_of(game: LinkageGame | str, manner: Manner | None = None, language: str = "en") -> Study:
    found = bg.load(game) if isinstance(game, str) else game
    return Study(found, Saying(words(language)), manner or Manner(), "game.toml")


def said(blocks: list[object]) -> str:
    """All sentences and cells of a section, without markup."""
    parts: list[str] = []
    for block in blocks:
        match block:
            case Paragraph(text=text):
                parts.append(str(text))
            case Points(items=items):
                parts += map(str, items)
            case Grid():
                parts += [str(block.caption), *map(str, block.head)]
                parts += [str(cell.text) for row in block.rows for cell in row]
            case Fold():
                parts += [str(block.summary), said(list(block.blocks))]
    return re.sub(r"<[^>]*>", "", " ".join(parts))


def file(tmp_path: Path, text: str) -> LinkageGame:
    path = tmp_path / "game.toml"
    path.write_text(TWELVE + text)
    return bg.load(path)
