"""Win-sets and requirements as text for a terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType

from bargaining.report.parts import heading_line, indented, new_table, plain, title_lines
from bargaining.results import in_figures
from bargaining.settlement.win_set import PlayerWinSet, WinSet


def win_set_text(answer: WinSet) -> RenderableType:
    """Per player what passes, and what linking does to it."""
    parts: list[RenderableType] = title_lines(answer.game.title or answer.game.name, None)
    for name, found in answer.players.items():
        parts += [heading_line(f"What {name} can have ratified"), *_player(found), plain("")]
    return Group(*parts[:-1])


def _player(found: PlayerWinSet) -> list[RenderableType]:
    table = new_table()
    for column in ("issue", "outcome", "share that passes"):
        table.add_column(column)
    for issue, outcomes in found.outcomes.items():
        for outcome, stated in outcomes.items():
            share = "none reaches the floor"
            if stated is not None:
                low, high = stated
                share = f"up to {in_figures(high)}" if high else "none"
                if low:
                    share = f"from {in_figures(low)} to {in_figures(high)}"
            table.add_row(plain(issue), plain(outcome), share)
    lines: list[RenderableType] = [indented(table)]
    if found.largest_depth is not None:
        depth = in_figures(found.largest_depth)
        lines.append(
            indented(plain(f"largest depth that would pay by itself, were there so much: {depth}"))
        )
    for package, reached in found.packages.items():
        if reached is not None:
            lines.append(indented(plain(f"linked, {package}: depth {in_figures(reached)}")))
    if found.cross_premium:
        cross = in_figures(found.cross_premium)
        lines.append(indented(plain(f"one audience for all of it costs {cross} more")))
    for holds, words in (
        (found.enlarges, "linking lets more pass: gains on one issue pay for another"),
        (found.shrinks, "linking can sink what passes issue by issue"),
    ):
        if holds:
            lines.append(indented(plain(words)))
    return lines
