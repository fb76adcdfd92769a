"""How robust a verdict is, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from bargaining.report.parts import (
    MAX_ROWS,
    heading_line,
    indented,
    more_rows,
    new_table,
    plain,
    title_lines,
)
from bargaining.results import in_figures

if TYPE_CHECKING:
    from bargaining.linkage.robustness import Robustness

ORDER = {
    "every": "Whatever the numbers, as long as the order of the outcomes stays: linking breaks "
    "the deadlock.",
    "some": "The order of the outcomes alone does not decide: linking breaks the deadlock for "
    "some numbers with this order and not for others.",
    "none": "Whatever the numbers, as long as the order of the outcomes stays: linking does not "
    "break the deadlock.",
}


def robustness_text(answer: Robustness) -> RenderableType:
    """Return the radius, the payoff that matters most, the flipped game's moves."""
    game = answer.game
    parts: list[RenderableType] = [
        *title_lines(game.title or game.name, None),
        plain(answer.in_words),
    ]
    if answer.closed_form and answer.radius:
        parts.append(plain(f"The radius is {answer.closed_form} = {in_figures(answer.radius)}."))
    one = answer.most_sensitive
    if one is not None:
        share = f"{float(one.radius):.1%}"
        parts.append(
            plain(
                f"By itself, {one.player}'s payoff of {one.outcome} in {one.issue} matters most: "
                f"the verdict turns at {in_figures(one.turns_at)} instead of "
                f"{in_figures(one.payoff)} ({share} of the range)."
            )
        )
    elif answer.radius is not None:
        parts.append(plain("No single payoff changes the verdict by itself, as far as was found."))
    if answer.ordinal is not None:
        parts.append(plain(ORDER[answer.ordinal]))
    if answer.flipped_game is not None and answer.flipped_radius is not None:
        parts += [plain(""), heading_line(_heading(answer)), indented(_moves(answer))]
    return Group(*parts)


def _heading(answer: Robustness) -> str:
    other = "does not break" if answer.linking_breaks_deadlock else "breaks"
    return (
        f"A game in which linking {other} the deadlock "
        f"(moves of at most {float(answer.flipped_radius or 0):.2%})"
    )


def _moves(answer: Robustness) -> RenderableType:
    """Every payoff that moved."""
    table = new_table()
    for name in ("issue", "outcome", "player", "now", "then"):
        table.add_column(name, justify="right" if name in ("now", "then") else "left")
    moves = answer.moves
    for move in moves[:MAX_ROWS]:
        table.add_row(
            plain(move.issue),
            plain(move.outcome),
            plain(move.player),
            in_figures(move.before),
            in_figures(move.after),
        )
    more_rows(table, len(moves) - MAX_ROWS, "payoffs")
    return table
