"""``bargaining frontier``: the Pareto frontier."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.settlement.package import Deals


@click.command("frontier")
@common.options(
    common.game_argument,
    common.agenda_option,
    common.deals_option,
    click.option("--rational-only", is_flag=True, help="Only points at which nobody loses."),
    click.option(
        "--packages",
        "spelled_out",
        is_flag=True,
        help="With pure deals: one package for each point, issue by issue.",
    ),
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str,
    agenda: str,
    deals: Deals,
    rational_only: bool,
    spelled_out: bool,
    settings: tuple[str, ...],
    style: str,
    exact: bool,
) -> None:
    """Print the Pareto frontier of an agenda of GAME, in gains.

    Where the game states reservation totals the points are payoffs.

    With shares: its corner points, two players.  With --deals pure: every undominated package
    and how many packages give the same gains.

    \b
    Example:
      bargaining frontier us_mexico/six_issue_table --rational-only
      bargaining frontier negotiations/camp_david_1978 --deals pure --packages --format csv
    """
    from bargaining.settlement.frontier import frontier

    found = common.load_game(game, settings)
    with common.working("computing the frontier"):
        answer = frontier(found, agenda=agenda, deals=deals, rational_only=rational_only)
        answer.verify()
    if spelled_out and answer.packages is None:
        msg = "packages are spelled out for pure deals: add --deals pure"
        raise click.UsageError(msg)
    if style == "json":
        common.print_json(answer.to_dict(exact=exact, packages=spelled_out))
    elif style == "csv":
        counted = answer.packages
        named = answer.witnesses() if spelled_out else itertools.repeat({})
        issues = list(found.issue_names) if spelled_out else []
        header = [*answer.players, *(["packages"] if counted is not None else []), *issues]
        rows = (
            [
                *(str(g) if exact else float(g) for g in answer.point(i)),
                *([counted[i]] if counted is not None else []),
                *package.values(),
            ]
            for i, package in zip(range(len(answer)), named, strict=False)
        )
        common.print_csv(header, rows)
    else:
        from bargaining.report.text import frontier_text

        common.print_text(frontier_text(answer, packages=spelled_out))
