"""``bargaining frontier``: the Pareto frontier."""

from __future__ import annotations

import click

from bargaining.cli import common


@click.command("frontier")
@common.options(
    common.game_argument,
    common.agenda_option,
    common.deals_option,
    click.option("--rational-only", is_flag=True, help="Only points at which nobody loses."),
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str,
    agenda: str,
    deals: str,
    rational_only: bool,
    settings: tuple[str, ...],
    style: str,
    exact: bool,
) -> None:
    """Print the Pareto frontier of an agenda of GAME, in gains.

    With shares: its corner points, two players.  With --deals pure: every undominated package
    and how many packages give the same gains.

    \b
    Example:
      bargaining frontier us_mexico/six_issue_table --rational-only
      bargaining frontier negotiations/camp_david_1978 --deals pure --format csv
    """
    from bargaining.settlement.frontier import frontier

    found = common.load_game(game, settings)
    with common.working("computing the frontier"):
        answer = frontier(found, agenda=agenda, deals=deals, rational_only=rational_only)  # type: ignore[arg-type]
        answer.verify()
    if style == "json":
        common.print_json(answer.to_dict(exact=exact))
    elif style == "csv":
        header = [*answer.players, *(["packages"] if answer.packages is not None else [])]
        rows = (
            [
                *(str(g) if exact else float(g) for g in answer.point(i)),
                *([answer.packages[i]] if answer.packages is not None else []),
            ]
            for i in range(len(answer))
        )
        common.print_csv(header, rows)
    else:
        from bargaining.report.text import frontier_text

        common.print_text(frontier_text(answer))
