"""``bargaining enforce``: how much tomorrow must weigh for promises to keep each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.linkage.enforcement import Enforcement
    from bargaining.settlement.enforcement.reversion import ReversionMode


@click.command("enforce")
@common.options(
    common.game_argument,
    click.option(
        "--agenda",
        "agendas",
        multiple=True,
        metavar="AGENDA",
        help='linked, delinked, or packages such as "a+b,c" (may be repeated)  '
        "[default: delinked and linked]",
    ),
    click.option("--discount", metavar="D", help="A discount factor common to all players."),
    click.option(
        "--reversion",
        type=click.Choice(["auto", "status_quo", "nash", "minmax"]),
        default="auto",
        show_default=True,
        help="What everybody falls back on for ever after a breach.",
    ),
    common.solution_option,
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str,
    agendas: tuple[str, ...],
    discount: str | None,
    reversion: ReversionMode,
    solution: str,
    settings: tuple[str, ...],
    style: str,
    exact: bool,
) -> None:
    """Say how much tomorrow must weigh for the promises of GAME to keep each other.

    Per agenda: what each player gains by breaking his word once (temptation), what he loses in
    every later period (loss), and the discount factor from which he keeps it, issue by issue and
    with all issues of a package pooled. Where the file has [monitoring] or [utility], what false
    alarms and objectives that are not linear make of it.

    \b
    Example:
      bargaining enforce us_mexico/guns_for_fentanyl
      bargaining enforce us_mexico/guns_for_fentanyl --discount 0.7 --format json --exact
      bargaining enforce us_mexico/five_issue_core --agenda linked --agenda "security+guns"
    """
    from bargaining.linkage.enforcement import enforcement

    found = common.load_game(game, settings)
    with common.working("weighing promises"):
        answer = enforcement(
            found,
            agendas=agendas or ("delinked", "linked"),
            discount=discount,
            reversion=reversion,
            solution=solution,
        )
        answer.verify()
    if style == "json":
        common.print_json(answer.to_dict(exact=exact))
    elif style == "csv":
        common.print_csv(HEADER, _rows(answer))
    else:
        from bargaining.report.enforcement_text import enforcement_text

        common.print_text(enforcement_text(answer))


HEADER = ("agenda", "what", "player", "issues", "temptation", "loss", "critical_discount", "exact")


def _rows(answer: Enforcement) -> Iterator[Sequence[Any]]:
    """Thresholds of each agenda, then each player's conditions, pooled and issue by issue."""
    from fractions import Fraction

    def figures(value: Any) -> tuple[Any, str]:
        if value is None:
            return "", ""
        return float(value), str(value) if isinstance(value, Fraction) else ""

    names = answer.game.issue_names
    for agenda, found in answer.agendas.items():
        for kind, value in found.thresholds().items():
            yield (agenda, kind, "", "", "", "", *figures(value))
        for package in found.packages:
            for what, rows in (("together", package.together), ("issue", package.apart)):
                for c in rows:
                    yield (
                        agenda,
                        what,
                        answer.game.players[c.player],
                        "+".join(names[k] for k in c.issues),
                        float(c.temptation),
                        float(c.loss),
                        *figures(c.critical),
                    )
