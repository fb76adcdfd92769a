"""``bargaining coalitions``: what coalitions can reach, and how gains could be shared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from bargaining.cli import common


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
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str,
    outsiders: str | None,
    utility: str,
    communication: str | None,
    seed: int | None,
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
    """
    from bargaining.linkage.coalitions.analysis import coalitions

    found = common.load_game(game, settings, ask=False)
    with common.working("working out coalitions"):
        answer = coalitions(
            found,
            outsiders=outsiders,  # type: ignore[arg-type]
            utility=utility,  # type: ignore[arg-type]
            communication=communication,
            seed=seed,
        )
        answer.verify()
    if style == "json":
        common.print_json(answer.to_dict(exact=exact))
    elif style == "csv":
        common.print_csv(("what", "name", "value", "exact"), _rows(answer))
    else:
        from bargaining.report.coalitions_text import coalitions_text

        common.print_text(coalitions_text(answer))


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
