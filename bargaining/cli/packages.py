"""``bargaining packages``: which issues must share a table."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.settlement.package import Deals


@click.command("packages")
@common.options(
    common.game_argument,
    common.deals_option,
    click.option(
        "--limit",
        type=click.IntRange(1),
        default=1000,
        show_default=True,
        help="List at most this many packages.",
    ),
    click.option(
        "--seconds",
        type=click.FloatRange(0.1),
        default=60.0,
        show_default=True,
        help="Search at most this long.",
    ),
    common.require_option,
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str,
    deals: Deals,
    limit: int,
    seconds: float,
    require: tuple[str, ...],
    settings: tuple[str, ...],
    style: str,
    exact: bool,
) -> None:
    """List the minimal packages of GAME: connected sets of issues that help everyone.

    \b
    Example:
      bargaining packages us_mexico/six_issue_table
      bargaining packages us_mexico/five_issue_core --format csv
    """
    from bargaining.linkage.issue_report import IssueReports
    from bargaining.linkage.packages import minimal_packages
    from bargaining.results import Status, with_exact

    found = common.load_game(game, settings)
    search = minimal_packages(
        found,
        deals=deals,
        time_limit=seconds,
        require=require,
    )
    if style == "text":
        from bargaining.report.text import packages_text

        with common.working("searching packages"):
            text = packages_text(search)
        common.print_text(text)
        return
    with common.working("searching packages"):
        packages = [search.ordered(p) for p in islice(search, limit)]
        more = next(islice(search, limit, None), None) is not None
    if style == "csv":
        common.print_csv(("package", "size"), (("+".join(p), len(p)) for p in packages))
        return
    reports = IssueReports(found)
    proofs = search.deadlock() if not packages and deals == "shares" else ()
    proofs = proofs or tuple(search.certificate(frozenset(p)) for p in packages[:1])
    data = {
        "game": found.name or found.title,
        "deals": deals,
        "status": Status.LIMIT_REACHED if more else search.status,
        "minimal_packages": packages,
        "clears_alone": [p for p in packages if search.clears_alone(frozenset(p))],
        "certificate": [proof.to_dict() for proof in proofs],
        "issues": {
            name: {
                "status": report.status,
                "status_with_requirements": report.status_with_requirements,
                "exchange_rates": report.exchange_rates,
                "exchange_rates_with_requirements": report.exchange_rates_with_requirements,
            }
            for name, report in reports.items()
        },
    }
    common.print_json(with_exact(data, exact=exact))
