"""``bargaining robust``: how far payoffs must move before the verdict is another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.linkage.robustness import Robustness


@click.command("robust")
@common.options(
    common.game_argument,
    click.option("--seed", type=click.IntRange(0), default=0, show_default=True),
    click.option(
        "--seconds",
        type=click.FloatRange(0.1),
        default=20.0,
        show_default=True,
        help="Search at most about this long, where no closed form is known.",
    ),
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str, seed: int, seconds: float, settings: tuple[str, ...], style: str, exact: bool
) -> None:
    """Find the smallest change of GAME's payoffs that changes the verdict.

    \b
    Moves are shares of each player's range of payoffs in the issue. Shown are the radius, a game
    just beyond it with the other verdict, the single payoff that matters most, and what the
    order of the outcomes alone says.
    \b
    Example:
      bargaining robust us_mexico/guns_for_fentanyl
      bargaining robust us_mexico/six_issue_table --format json --exact
    """
    from bargaining.linkage.robustness import robustness

    found = common.load_game(game, settings)
    with common.working("moving payoffs"):
        answer = robustness(found, seed=seed, seconds=seconds)
        answer.verify()
    if style == "json":
        common.print_json(answer.to_dict(exact=exact))
    elif style == "csv":
        header = ("what", "issue", "outcome", "player", "value", "exact")
        common.print_csv(header, list(_rows(answer)))
    else:
        from bargaining.report.robustness_text import robustness_text

        common.print_text(robustness_text(answer))


def _rows(answer: Robustness) -> Iterator[Sequence[Any]]:
    """Rows of one long table: the radius, its bracket, and every payoff of the flipped game."""
    from fractions import Fraction

    def number(value: Any) -> tuple[Any, Any]:
        return float(value), str(value) if isinstance(value, Fraction) else ""

    breaks = str(answer.linking_breaks_deadlock).lower()
    yield "linking_breaks_deadlock", "", "", "", breaks, ""
    if answer.radius is not None:
        closed = answer.closed_form or number(answer.radius)[1]
        yield "radius", "", "", "", float(answer.radius), closed
    for name, end in zip(("at_least", "at_most"), answer.bracket, strict=True):
        if end != float("inf"):
            yield (name, "", "", "", *number(end))
    one = answer.most_sensitive
    if one is not None:
        place = (one.issue, one.outcome, one.player)
        yield ("most_sensitive", *place, *number(one.radius))
        yield ("turns_at", *place, *number(one.turns_at))
    for move in answer.moves:
        place = (move.issue, move.outcome, move.player)
        yield ("flipped", *place, *number(move.after))
