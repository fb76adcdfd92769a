"""``bargaining design``: the least change that breaks a deadlock, or keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.linkage.design.answer import Design, Goal, Means
    from bargaining.settlement.package import Deals


@click.command("design")
@common.options(
    common.game_argument,
    click.option(
        "--goal",
        type=click.Choice(["break", "keep"]),
        default="break",
        show_default=True,
        help="Break the deadlock, or keep it (by links, patience, visibility).",
    ),
    click.option(
        "--by",
        type=click.Choice(["payments", "benefits", "visibility", "patience", "links"]),
        default="payments",
        show_default=True,
        help="What may be changed.",
    ),
    common.deals_option,
    click.option(
        "--deal",
        "acts",
        metavar="ISSUE=OUTCOME",
        multiple=True,
        help="Payments: the deal to carry out (may be repeated).",
    ),
    click.option("--player", metavar="PLAYER", help="Visibility: whose; default: all together."),
    click.option(
        "--cost",
        "costs",
        metavar="A+B=COST",
        multiple=True,
        help="Links: what one costs (may be repeated); default: 1 each.",
    ),
    click.option(
        "--seconds",
        type=click.FloatRange(0.1),
        default=60.0,
        show_default=True,
        help="Links: search at most this long.",
    ),
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str,
    goal: Goal,
    by: Means,
    deals: Deals,
    acts: tuple[str, ...],
    player: str | None,
    costs: tuple[str, ...],
    seconds: float,
    settings: tuple[str, ...],
    style: str,
    exact: bool,
) -> None:
    """Find the least change that breaks the deadlock of GAME, or keeps it.

    Side payments, an extra benefit on a link or an outcome, a cut in what shows at home, more
    patience, or links to open; for who wants to keep issues apart, links to close. "Breaks" means
    that the linked agenda has a deal strictly better for everyone.

    \b
    Example:
      bargaining design us_mexico/guns_for_fentanyl --by payments --set a=1/5
      bargaining design us_mexico/guns_for_fentanyl --by benefits --set a=1/5 --format csv
      bargaining design us_mexico/sovereignty_premium --by visibility --set beta=4
      bargaining design us_mexico/security_keystone --goal keep --by links --cost security+guns=2
    """
    from bargaining.linkage.design.design import design

    deal = _deal(acts)
    cost = _costs(costs)
    found = common.load_game(game, settings)
    with common.working(f"designing by {by}"):
        answer = design(
            found,
            goal=goal,
            by=by,
            deals=deals,
            deal=deal,
            player=player,
            cost=cost,
            time_limit=seconds,
        )
        answer.verify()
    if style == "json":
        common.print_json(answer.to_dict(exact=exact))
    elif style == "csv":
        common.print_csv(HEADER, _rows(answer))
    else:
        from bargaining.report.design_text import design_text

        common.print_text(design_text(answer))


def _deal(acts: Sequence[str]) -> dict[str, str] | None:
    """Read ISSUE=OUTCOME pairs."""
    if not acts:
        return None
    deal = {}
    for text in acts:
        issue, sign, outcome = text.partition("=")
        if not sign or not issue.strip() or not outcome.strip():
            msg = f'expected ISSUE=OUTCOME such as --deal "guns=egress checks", found "{text}"'
            raise click.BadParameter(msg, param_hint="--deal")
        deal[issue.strip()] = outcome.strip()
    return deal


def _costs(costs: Sequence[str]) -> dict[tuple[str, str], str] | None:
    """Read A+B=COST entries."""
    if not costs:
        return None
    from bargaining.errors import InputError
    from bargaining.model.expressions import number

    found = {}
    for text in costs:
        pair, sign, value = text.rpartition("=")
        names = [name.strip() for name in pair.split("+")]
        if not sign or len(names) != 2 or not all(names) or not value.strip():
            msg = f'expected A+B=COST such as --cost guns+trade=2, found "{text}"'
            raise click.BadParameter(msg, param_hint="--cost")
        try:
            number(value.strip())
        except InputError as error:
            msg = f"--cost {text}: {error}"
            raise InputError(msg) from None
        found[names[0], names[1]] = value.strip()
    return found


HEADER = ("what", "where", "who", "value", "exact", "exceeded")


def _rows(answer: Design) -> Iterator[Sequence[Any]]:
    """List the cost, what to change, then the further figures, in one long table."""
    from fractions import Fraction

    def number(value: Any) -> tuple[Any, str]:
        if value is None:
            return "", ""
        return float(value), str(value) if isinstance(value, Fraction) else ""

    def words(outcomes: Any) -> str:
        return " with ".join(f"{issue}: {outcome}" for issue, outcome in outcomes.items())

    yield ("status", "", "", str(answer.status), "", "")
    yield ("cost", "", "", *number(answer.cost), str(answer.exceeded).lower())
    for change in answer.changes:
        verb = change["change"]
        if verb == "pay":
            yield (verb, change["from"], change["to"], *number(change["amount"]), "")
        elif verb == "give":
            yield (verb, words(change["outcomes"]), "+".join(change["to"]),
                   *number(change["total"]), str(change["exceeded"]).lower())  # fmt: skip
        elif "link" in change:
            yield (verb, "+".join(change["link"]), "", *number(change["cost"]), "")
        elif "players" in change:
            yield (verb, "visibility", "+".join(change["players"]), *number(change["factor"]), "")
        else:
            yield (verb, "discount", change["player"], *number(change["to"]), "")
    details = answer.details
    for name in ("per_unit", "any", "settlement"):
        if name in details:
            yield (name, "", "", *number(details[name]), "")
    for player, amount in (details.get("carry_out") or {}).get("compensation", {}).items():
        yield ("compensation", "", player, *number(amount), "")
    for found in details.get("candidates", ()) if answer.by == "benefits" else ():
        yield ("benefit", words(found["outcomes"]), "+".join(found["to"]),
               *number(found["total"]), str(found["exceeded"]).lower())  # fmt: skip
    for found in details.get("factors", ()):
        yield ("factor", "visibility", "+".join(found["players"]), *number(found["factor"]), "")
