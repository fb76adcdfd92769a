"""What every text answer is made of: plain text, headings, tables that say what they leave out.

Everything that comes from a game file is printed as plain text: no markup in a label is
interpreted, and control characters are shown, not sent.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bargaining.model.spelling import printable

MAX_ROWS = 40


def title_lines(title: str, question: object) -> list[RenderableType]:
    """Return the title of a game and its question."""
    lines: list[RenderableType] = [plain(title, "bold")]
    if question:
        lines.append(plain(str(question), "italic"))
    return [*lines, plain("")]


def new_table(*, header: bool = True) -> Table:
    """Return a table without lines."""
    return Table(
        box=None, show_header=header, show_edge=False, header_style="dim", padding=(0, 2, 0, 0)
    )


def more_rows(table: Table, hidden: int, what: str) -> None:
    """Say how many rows are left out, if any."""
    if hidden > 0:
        table.add_row(f"… and {hidden:,} more {what}", *[""] * (len(table.columns) - 1))


def plain(text: str, style: str = "") -> Text:
    """Return text as it is, without markup."""
    return Text(printable(text), style=style)


def plain_lines(lines: Sequence[str]) -> Text:
    """Return several lines of plain text."""
    return Text("\n").join(plain(line) for line in lines)


def heading_line(text: str) -> Text:
    """Return a heading."""
    return plain(text, "bold")


def indented(renderable: RenderableType) -> Padding:
    """Indent by two columns."""
    return Padding(renderable, (0, 0, 0, 2))
