"""``bargaining ratify``: what passes at home."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.settlement.win_set import WinSet


@click.command("ratify")
@common.options(
    common.game_argument,
    click.option("--player", metavar="PLAYER", help="Only this player; default: all concerned."),
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str, player: str | None, settings: tuple[str, ...], style: str, exact: bool
) -> None:
    """Say what each player of GAME can have ratified at home, alone and linked.

    Win-sets: the share of each outcome that passes, the largest visible depth that pays for its
    premium, what one audience for everything costs on top, and whether linking lets more pass.

    \b
    Example:
      bargaining ratify us_mexico/sovereignty_premium
      bargaining ratify us_mexico/one_audience --set m=11/10 --format json
    """
    from bargaining.settlement.win_set import win_set

    found = common.load_game(game, settings)
    with common.working("ratifying"):
        answer = win_set(found, player=player)
        answer.verify()
    if style == "json":
        common.print_json(answer.to_dict(exact=exact))
    elif style == "csv":
        common.print_csv(("player", "what", "issue", "outcome", "low", "high"), _rows(answer))
    else:
        from bargaining.report.ratification_text import win_set_text

        common.print_text(win_set_text(answer))


def _rows(answer: WinSet) -> Iterator[Sequence[Any]]:
    def number(value: Any) -> Any:
        return None if value is None else float(value)

    for name, found in answer.players.items():
        yield name, "largest_depth", "", "", "", number(found.largest_depth)
        yield name, "cross_premium", "", "", "", number(found.cross_premium)
        yield name, "linking_enlarges", "", "", "", str(found.enlarges).lower()
        yield name, "linking_shrinks", "", "", "", str(found.shrinks).lower()
        for package, depth in found.packages.items():
            yield name, "package_depth", package, "", "", number(depth)
        for issue, outcomes in found.outcomes.items():
            for outcome, stated in outcomes.items():
                low, high = stated if stated is not None else (None, None)
                yield name, "ratifiable", issue, outcome, number(low), number(high)
