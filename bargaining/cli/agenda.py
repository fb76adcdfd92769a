"""``bargaining agenda``: who wants which issues on which table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.linkage.sequential import Implement
    from bargaining.settlement.package import Deals

MAX_COMPARED = 5
"""All orders are compared up to this many issues."""


@click.command("agenda")
@common.options(
    common.game_argument,
    common.solution_option,
    common.deals_option,
    common.require_option,
    click.option("--values", is_flag=True, help="What each issue contributes (Shapley value)."),
    click.option("--control", is_flag=True, help="Fewest issues to keep off, or to bring in."),
    click.option("--threats", is_flag=True, help="Threats, their credibility, what they change."),
    click.option(
        "--sequential", is_flag=True, help="Alternating offers; all orders of up to five issues."
    ),
    click.option(
        "--order", metavar="ORDER", help='Alternating offers in this order, such as "a,b+c".'
    ),
    click.option("--first", metavar="PLAYER", help="Who proposes first; default: first player."),
    click.option("--discount", metavar="D", help="Discount factor of both; default: the game's."),
    click.option(
        "--implement",
        type=click.Choice(["at_once", "at_end"]),
        help="When deals of an order are carried out; default: at once.",
    ),
    click.option(
        "--table", metavar="ISSUE", multiple=True, help="Already on the table (--control)."
    ),
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str,
    solution: str,
    deals: Deals,
    require: tuple[str, ...],
    values: bool,
    control: bool,
    threats: bool,
    sequential: bool,
    order: str | None,
    first: str | None,
    discount: str | None,
    implement: Implement | None,
    table: tuple[str, ...],
    settings: tuple[str, ...],
    style: str,
    exact: bool,
) -> None:
    """Say who wants which agenda of GAME: which issues share a table, and in which order.

    Every agenda is settled by the same concept. An agenda is stable if no player gains by taking
    packages apart. Linking is also asked as a game: linked only if every side says so.

    \b
    Example:
      bargaining agenda us_mexico/mexico_delinks
      bargaining agenda us_mexico/guns_for_fentanyl --sequential --first mexico
      bargaining agenda us_mexico/six_issue_table --control --values --format json --exact
    """
    from bargaining.linkage.agenda_game import agenda_game

    for option, given, needs, wanted in (
        ("--first", first, "--sequential or --order", sequential or order),
        ("--implement", implement, "--sequential or --order", sequential or order),
        ("--discount", discount, "--sequential or --order", sequential or order),
        ("--table", table, "--control", control),
    ):
        if given and not wanted:
            msg = f"{option} is about {needs}: add it"
            raise click.UsageError(msg)
    if order is not None and not order.strip():
        msg = '--order: expected packages in turn, such as "guns, trade+security", found none'
        raise click.UsageError(msg)
    found = common.load_game(game, settings)
    extra: dict[str, Any] = {}
    with common.working("settling agendas"):
        if sequential or order:
            extra["sequential"] = _sequential(found, order, first, discount, implement or "at_once")
        if control:
            from bargaining.linkage.agenda_control import agenda_control

            extra["control"] = agenda_control(found, deals=deals, table=table)
        if threats:
            from bargaining.errors import NotDefinedError
            from bargaining.linkage.blackmail import blackmail

            try:
                extra["threats"] = blackmail(found)
            except NotDefinedError as error:
                click.echo(f"warning: --threats: {error}", err=True)
        answer = agenda_game(found, solution=solution, deals=deals, require=require)
        answer.verify()
        if values:
            from bargaining.linkage.keystone import issue_values

            extra["values"] = issue_values(
                found,
                solution=solution,
                deals=deals,
                require=require,
            )
        for part in extra.values():
            for one in part.values() if isinstance(part, dict) else (part,):
                one.verify()
    if style == "json":
        data = answer.to_dict(exact=exact)
        for name, part in extra.items():
            listed = isinstance(part, dict)
            data[name] = (
                [one.to_dict(exact=exact) for one in part.values()]
                if listed
                else part.to_dict(exact=exact)
            )
        common.print_json(data)
    elif style == "csv":
        common.print_csv(common.LONG_HEADER, _rows(answer, extra))
    else:
        _print(answer, extra)


def _sequential(
    game: Any, order: str | None, first: str | None, discount: str | None, implement: Implement
) -> dict[str, Any]:
    """Bargain in the order given; otherwise as one package, and in every order while few."""
    from bargaining.linkage.sequential import sequential_agenda, sequential_orders

    if order is None and len(game.issues) <= MAX_COMPARED and implement == "at_once":
        return dict(sequential_orders(game, discount=discount, first=first))
    one = sequential_agenda(
        game,
        order=order,
        discount=discount,
        first=first,
        implement=implement,
    )
    return {one.order_name: one}


def _print(answer: Any, extra: dict[str, Any]) -> None:
    from bargaining.report import agenda_text

    common.print_text(agenda_text.agenda_text(answer))
    for name, text in (
        ("values", agenda_text.values_text),
        ("control", agenda_text.control_text),
        ("sequential", agenda_text.sequential_text),
        ("threats", agenda_text.threats_text),
    ):
        if name in extra:
            click.echo()
            common.print_text(text(extra[name]))


def _rows(answer: Any, extra: dict[str, Any]) -> Iterator[Sequence[Any]]:
    """Rows of one long table."""
    from fractions import Fraction

    def number(value: Any) -> tuple[Any, Any]:
        return float(value), str(value) if isinstance(value, Fraction) else ""

    for name, settlement in answer.agendas.items():
        for player, gain in settlement.gains.items():
            yield ("gains", name, "", player, *number(gain))
        yield "stable", name, "", "", str(name in answer.stable).lower(), ""
    for player, names in answer.preferred.items():
        for name in names:
            yield "preferred", name, "", player, "", ""
    for player, price in answer.price.difference.items():
        yield ("price_of_delinking", "", "", player, *number(price))
    for issue, costs in answer.keystone.items():
        for player, cost in costs.items():
            yield ("keystone", "linked", issue, player, *number(cost))
    if "values" in extra:
        for issue, shares in extra["values"].values.items():
            for player, share in shares.items():
                yield ("shapley", "linked", issue, player, *number(share))
    if "control" in extra:
        for issue in extra["control"].keep_off:
            yield "keep_off", "", issue, "", "", ""
        for issue in extra["control"].bring_in or ():
            yield "bring_in", "", issue, "", "", ""
    for name, one in extra.get("sequential", {}).items():
        for player, gain in one.gains.items():
            yield ("sequential", name, "", player, *number(gain))
    if "threats" in extra:
        for act in extra["threats"].threats:
            yield "threat", "", act.issue, f"{act.player}: {act.act}", str(act.credible).lower(), ""
        for who, pair in extra["threats"].outcomes.items():
            for agenda, settlement in pair.items():
                for player, gain in settlement.gains.items():
                    yield (f"commit {who}", agenda, "", player, *number(gain))
