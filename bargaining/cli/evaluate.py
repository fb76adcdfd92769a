"""``bargaining evaluate``: a draft deal judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.settlement.package import Deals


@click.command("evaluate")
@common.options(
    common.game_argument,
    click.option(
        "--deal",
        "draft",
        required=True,
        metavar="FILE",
        type=click.Path(dir_okay=False),
        help="The draft: TOML, JSON or CSV (also what settle prints).",
    ),
    common.deals_option,
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str, draft: str, deals: Deals, settings: tuple[str, ...], style: str, exact: bool
) -> None:
    """Judge a draft deal for GAME: what it brings and what it leaves on the table.

    The draft names an outcome, or shares by outcome, per issue; issues left out stay at the
    status quo.  A draft in TOML: guns = "egress checks", or guns = { "egress checks" = 0.5 }.

    \b
    Example:
      bargaining settle us_mexico/guns_for_fentanyl --format json > deal.json
      bargaining evaluate us_mexico/guns_for_fentanyl --deal deal.json
    """
    from pathlib import Path

    from bargaining.errors import GameFileError
    from bargaining.files.drafts import read_draft_file
    from bargaining.linkage.evaluate import evaluate
    from bargaining.model.draft import DraftError

    found = common.load_game(game, settings)
    given, together = read_draft_file(Path(draft))
    with common.working("judging the draft"):
        try:
            answer = evaluate(found, given, deals=deals, together=together)
        except DraftError as error:
            raise GameFileError(draft, error.problems) from None
        answer.verify()
    if style == "json":
        common.print_json(answer.to_dict(exact=exact))
    elif style == "csv":
        common.print_csv(("what", "issue", "name", "value"), _rows(answer.to_dict()))
    else:
        from bargaining.report.evaluation_text import evaluation_text

        common.print_text(evaluation_text(answer))


def _rows(data: dict) -> list[tuple[object, ...]]:  # type: ignore[type-arg]
    """Return an evaluation as rows of one long table."""
    rows: list[tuple[object, ...]] = [("status", "", "", data["status"])]
    for what in ("gains", "payoffs", "improvement"):
        rows += [(what, "", player, value) for player, value in data[what].items()]
    rows += [("distance", "", "", data["distance"]), ("efficient", "", "", data["efficient"])]
    rows += [("requirement", "", r["name"], r["met"]) for r in data["requirements"]]
    for what, deal in (("draft", data["draft"]), ("better", data["better_deal"])):
        for issue, shares in deal.items():
            rows += [(what, issue, outcome, share) for outcome, share in shares.items()]
    rows += [("trade", issue, "", status) for issue, status in data["trades"].items()]
    return rows
