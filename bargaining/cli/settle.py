"""``bargaining settle``: one agenda, one solution concept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.settlement.package import Deals


@click.command("settle")
@common.options(
    common.game_argument,
    common.solution_option,
    common.agenda_option,
    common.deals_option,
    common.require_option,
    click.option(
        "--weight", "weights", metavar="PLAYER=W", multiple=True, help="Bargaining weight."
    ),
    click.option(
        "--commit",
        metavar="PLAYER",
        multiple=True,
        help="Who can commit to threats (nash_variable_threat); default: both.",
    ),
    click.option("--all", "show_all", is_flag=True, help="List all equally good pure deals."),
    common.set_option,
    common.format_option,
    common.exact_option,
    common.exit_code_option,
)
def command(
    game: str,
    solution: str,
    agenda: str,
    deals: Deals,
    require: tuple[str, ...],
    weights: tuple[str, ...],
    commit: tuple[str, ...],
    show_all: bool,
    settings: tuple[str, ...],
    style: str,
    exact: bool,
    exit_code: bool,
) -> None:
    """Settle an agenda of GAME by a solution concept.

    For any number of players: nash, kalai_smorodinsky, egalitarian, utilitarian (these also with
    --deals pure) and raiffa. For two: perles_maschler, raiffa_continuous, coco (side payments),
    nash_variable_threat and adjusted_winner.

    \b
    Example:
      bargaining settle us_mexico/guns_for_fentanyl --solution egalitarian
      bargaining settle negotiations/camp_david_1978 --solution adjusted_winner
      bargaining settle us_mexico/guns_for_fentanyl --solution nash_variable_threat --commit us
      bargaining settle us_mexico/six_issue_table --agenda "trade+security" --format csv
    """
    from bargaining.settlement.settle import settle

    power = {}
    for weight in weights:
        player, sign, value = weight.partition("=")
        if not sign:
            msg = f'expected PLAYER=W such as --weight us=2, found "{weight}"'
            raise click.BadParameter(msg, param_hint="--weight")
        power[player.strip()] = value.strip()
    found = common.load_game(game, settings)
    with common.working("settling"):
        settlement = settle(
            found,
            solution=solution,
            agenda=agenda,
            deals=deals,
            require=require,
            weights=power,
            all=show_all,
            commit=commit or None,
        )
        settlement.verify()
    if style == "json":
        common.print_json(settlement.to_dict(exact=exact))
    elif style == "csv":
        common.print_csv(common.LONG_HEADER, common.settlement_rows(settlement))
    else:
        from bargaining.report.text import settlement_text

        common.print_text(settlement_text(settlement))
    if exit_code and settlement.status == "no_agreement":
        raise click.exceptions.Exit(4)
