"""``bargaining coalitions``: what coalitions can reach, and how gains could be shared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.linkage.coalitions.answer import Utility
    from bargaining.linkage.coalitions.worths import Outsiders


@click.command("coalitions")
@common.options(
    common.game_argument,
    click.option(
        "--outsiders",
        type=click.Choice(["status_quo", "minmax", "best_reply"]),
        help="What those outside a coalition do; default: they keep to their status-quo acts.",
    ),
    click.option(
        "--utility",
        type=click.Choice(["transferable", "nontransferable"]),
        default="transferable",
        show_default=True,
        help="Whether members of a coalition can pay each other.",
    ),
    click.option(
        "--communication",
        metavar="LINKS",
        help='Who can talk to whom, such as "us-mexico,mexico-canada" (Myerson\'s value).',
    ),
    click.option("--seed", type=int, help="For orders drawn, with more than sixteen players."),
    click.option("--adding", metavar="PLAYER", help="What this party changes by joining."),
    click.option("--signing", is_flag=True, help="Which coalitions of signers are stable."),
    click.option(
        "--solution",
        metavar="NAME",
        help="How deals are settled, with --adding or --signing; default: nash.",
    ),
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str,
    outsiders: Outsiders | None,
    utility: Utility,
    communication: str | None,
    seed: int | None,
    adding: str | None,
    signing: bool,
    solution: str | None,
    settings: tuple[str, ...],
    style: str,
    exact: bool,
) -> None:
    """Say what each coalition of GAME's players is worth, and how gains could be divided.

    A coalition's worth is the most that its members gain together by deals open to them. Shown are
    the Shapley value, the nucleolus, and whether the core is empty, with the proof.

    \b
    Example:
      bargaining coalitions us_mexico/north_american_treaty
      bargaining coalitions classic/add_canada --communication "us-canada,canada-mexico"
      bargaining coalitions us_mexico/silo_rivalry --outsiders best_reply --format json --exact
      bargaining coalitions us_mexico/north_american_treaty --adding canada
      bargaining coalitions classic/climate_club --signing
    """
    from bargaining.cli import parties
    from bargaining.linkage.coalitions.analysis import coalitions

    _check_options(
        adding=adding,
        signing=signing,
        solution=solution,
        others={
            "--outsiders": outsiders if adding is not None else None,
            "--utility": utility if utility != "transferable" else None,
            "--communication": communication,
            "--seed": seed,
        },
    )
    found = common.load_game(game, settings, ask=False)
    concept = solution or "nash"
    if adding is not None:
        parties.adding(found, adding, solution=concept, style=style, exact=exact)
        return
    if signing:
        parties.signing(found, solution=concept, outsiders=outsiders, style=style, exact=exact)
        return
    with common.working("working out coalitions"):
        answer = coalitions(
            found,
            outsiders=outsiders,
            utility=utility,
            communication=communication,
            seed=seed,
        )
        answer.verify()
        core = None
        if utility == "nontransferable":
            core = parties.core_without_payments(found, outsiders=outsiders)
    if style == "json":
        data = answer.to_dict(exact=exact)
        if core is not None:
            data["ntu_core"] = core.to_dict(exact=exact)
        common.print_json(data)
    elif style == "csv":
        rows = [*_rows(answer), *([] if core is None else parties.core_rows(core))]
        common.print_csv(("what", "name", "value", "exact"), rows)
    else:
        from bargaining.report.coalitions_text import coalitions_text

        common.print_text(coalitions_text(answer))
        if core is not None:
            from bargaining.report.parties_text import ntu_text

            click.echo()
            common.print_text(ntu_text(core))


def _check_options(
    *, adding: str | None, signing: bool, solution: str | None, others: Mapping[str, Any]
) -> None:
    """Refuse options that do not go together, as errors of usage."""
    asked = "--adding" if adding is not None else "--signing"
    if adding is not None and signing:
        msg = "--adding and --signing are two questions: ask one at a time"
        raise click.UsageError(msg)
    if adding is None and not signing:
        if solution is not None:
            msg = "--solution is about --adding or --signing: add one of them"
            raise click.UsageError(msg)
        return
    for option, given in others.items():
        if given is not None:
            msg = f"{option} does not go with {asked}: leave it out"
            raise click.UsageError(msg)


def _rows(answer: Any) -> Iterator[Sequence[Any]]:
    """Rows of one long table."""
    from fractions import Fraction

    def number(value: Any) -> tuple[Any, Any]:
        if value is None:
            return "", ""
        return float(value), str(value) if isinstance(value, Fraction) else ""

    yield "status", "", str(answer.status), ""
    for name, worth in answer.worth.items():
        yield ("worth", name, *number(worth))
    for name, worth in answer.best_worth.items():
        yield ("best_worth", name, *number(worth))
    for what, shares in (
        ("shapley", answer.shapley),
        ("standard_error", answer.errors),
        (answer.nucleolus_kind, answer.nucleolus),
        ("myerson", answer.myerson),
        ("core_point", answer.core and answer.core.point),
    ):
        for player, share in (shares or {}).items():
            yield (what, str(player), *number(share))
    if answer.core is not None:
        yield "core_empty", "", str(answer.core.empty).lower(), ""
        yield ("least_core", "", *number(answer.least_core))
        for name, weight in answer.core.certificate.weights.items():
            yield ("balancing_weight", name, *number(weight))
