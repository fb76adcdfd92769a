"""A draft deal judged, as text for a terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType

from bargaining.linkage.evaluate import Evaluation
from bargaining.report.parts import (
    deal_table,
    heading_line,
    indented,
    new_table,
    plain,
    title_lines,
)
from bargaining.results import Status, in_figures, signed

MAX_ASKS = 6


def evaluation_text(answer: Evaluation) -> RenderableType:
    """Return what the draft brings, what it leaves, and what could still be traded."""
    game = answer.game
    parts: list[RenderableType] = title_lines(
        game.title or game.name, game.document.get("question")
    )
    parts += [heading_line("The draft"), indented(_gains(answer)), plain("")]
    parts += [heading_line("What it must satisfy")]
    parts += [
        indented(plain(f"{'yes' if r.met else 'NO '}  {r.name} ({r.detail})"))
        for r in answer.requirements
    ]
    parts += [plain(""), heading_line("What it leaves on the table")]
    parts += [indented(plain(sentence)) for sentence in _left(answer)]
    if not answer.efficient and answer.better.status == Status.AGREEMENT:
        parts += [plain(""), heading_line("The nearest deal better for all")]
        parts += [indented(deal_table(answer.better))]
    if any(answer.asks.values()):
        parts += [plain(""), heading_line("What each side would still ask for")]
        parts += [indented(_asks(answer))]
    return Group(*parts)


def _gains(answer: Evaluation) -> RenderableType:
    table = new_table()
    for column in ("", "gains", "payoffs", "still to gain"):
        table.add_column(column, justify="right" if column else "left")
    for player in answer.players:
        table.add_row(
            plain(player),
            in_figures(answer.gains[player]),
            in_figures(answer.payoffs[player]),
            signed(answer.improvement[player]),
        )
    return table


def _left(answer: Evaluation) -> list[str]:
    if answer.status == Status.NUMERICAL_TROUBLE:
        return ["No solver could certify the nearest better deal; rescale the payoffs."]
    allowed = all(r.met for r in answer.requirements if r.name.startswith("constraints"))
    if answer.efficient and not allowed:
        return ["The draft is not allowed, and no allowed deal gives everyone as much."]
    if answer.efficient:
        return ["Nothing: nobody can gain more without another's loss."]
    lines = []
    if answer.distance > 0:
        lines.append(f"Everyone could gain {in_figures(answer.distance)} more.")
    else:
        who = ", ".join(p for p, g in answer.improvement.items() if g > 0)
        lines.append(f"{who} could gain more at nobody's cost, but not everyone can.")
    if answer.reopen:
        shown = "; ".join(" + ".join(package) for package in answer.reopen[:8])
        more = "; …" if len(answer.reopen) > 8 else ""
        lines.append(f"For everyone to gain, it is enough to reopen: {shown}{more}.")
    return lines


def _asks(answer: Evaluation) -> RenderableType:
    table = new_table()
    table.add_column("")
    table.add_column("asks for")
    for player in answer.players:
        table.add_column(plain(player), justify="right")
    for player, moves in answer.asks.items():
        for move in moves[:MAX_ASKS]:
            figures = (signed(move.change[p]) for p in answer.players)
            asked = plain(f"{move.issue}: {move.outcome}")
            table.add_row(plain(player), asked, *figures)
    return table
