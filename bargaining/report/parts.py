"""What every text answer is made of: plain text, headings, tables that say what they leave out.

Everything that comes from a game file is printed as plain text: no markup in a label is
interpreted, and control characters are shown, not sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bargaining.model.issue import Issue
from bargaining.model.spelling import printable
from bargaining.results import Number, in_figures
from bargaining.settlement.settlement import Settlement

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


def deal_table(settlement: Settlement) -> Table:
    """Shares by issue, in the issue's own words."""
    table = new_table(header=False)
    table.add_column()
    table.add_column()
    names = list(settlement.deal)[:MAX_ROWS]
    for name in names:
        issue = settlement.game.issues[name]
        marginal = settlement.lotteries.marginal(settlement.game.position(name))
        shares = {issue.outcomes[a]: share for a, share in marginal.items() if share}
        table.add_row(plain(name), plain(_lottery(shares, _as_now(issue))))
    more_rows(table, len(settlement.deal) - len(names), "issues")
    return table


def _as_now(issue: Issue) -> str | None:
    """Return the status quo's name, if the issue has one."""
    return None if issue.status_quo_index is None else issue.status_quo


def _lottery(shares: Mapping[str, Number], status_quo: str | None) -> str:
    if len(shares) == 1:
        only = next(iter(shares))
        return f"{only} (as now)" if only == status_quo else f"{only}, in full"
    ordered = sorted(shares.items(), key=lambda item: (item[0] == status_quo, -item[1]))
    parts = []
    for name, share in ordered:
        figures = in_figures(share)
        percent = f"{100 * float(share):.0f} %"
        both = percent if not isinstance(share, Fraction) else f"{figures} ({percent})"
        parts.append(f"{name} {both}")
    return "; ".join(parts)


def show(renderable: RenderableType, console: Console) -> None:
    """Print without trailing blanks, so that output is stable and copies cleanly."""
    with console.capture() as capture:
        console.print(renderable)
    text = "\n".join(line.rstrip() for line in capture.get().split("\n"))
    console.file.write(text)
    console.file.flush()
