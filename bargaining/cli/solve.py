"""``bargaining solve``: the main job."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.linkage.agenda_game import AgendaGame
    from bargaining.linkage.coalitions.answer import CoalitionAnalysis
    from bargaining.linkage.verdict import Verdict
    from bargaining.settlement.mechanism.answer import Mechanism
    from bargaining.settlement.mechanism.question import Transfers
    from bargaining.settlement.package import Deals

CHECKED_ISSUES = 20_000
MAX_PROFILES = 400
"""Mechanisms are shown with at most so many profiles of private types."""
MAX_PARTIES = 8
COMPARED, COMPARED_AT_HOME = 6, 4
"""All agendas of games with at most so many issues are compared; fewer under requirements."""


@click.command("solve")
@common.options(
    common.game_argument,
    common.solution_option,
    common.deals_option,
    common.require_option,
    common.set_option,
    common.format_option,
    common.exact_option,
    common.exit_code_option,
)
def command(
    game: str,
    solution: str,
    deals: Deals,
    require: tuple[str, ...],
    settings: tuple[str, ...],
    style: str,
    exact: bool,
    exit_code: bool,
) -> None:
    """Answer the main question: does linking the issues of GAME break the deadlock?

    Prints what each side gets issue by issue and with all issues on one table, the deal, the
    exchange rates at which each issue offers no trade, the minimal packages, and the reasons.

    \b
    Example:
      bargaining solve us_mexico/six_issue_table
      bargaining solve us_mexico/guns_for_fentanyl --set w=3 --format json --exact
    """
    from bargaining.linkage.verdict import solve

    found = common.load_game(game, settings)
    with common.working("solving"):
        verdict = solve(found, solution=solution, deals=deals, require=require)
        # What no solver could certify is said so; who can gain is known exactly all the same.
        sure = all(one.status != "numerical_trouble" for one in verdict.agendas.values())
        verified = sure and len(found.issues) <= CHECKED_ISSUES and verdict.verify()
    if style == "json":
        from bargaining.results import with_exact

        more = {name: found.summary() for name, found in _private(verdict).items()}
        parties = _parties(verdict)
        data = verdict.to_dict(exact=exact)
        if more:
            data["information"] = with_exact(more, exact=exact)
        if parties is not None:
            data["coalitions"] = parties.to_dict(exact=exact)
        common.print_json(data)
    elif style == "csv":
        common.print_csv(common.LONG_HEADER, _rows(verdict))
    else:
        from bargaining.report.verdict_text import verdict_text

        with common.working("comparing agendas"):
            text = verdict_text(
                verdict,
                verified=verified,
                agendas=_agendas(verdict, require),
                private=_private(verdict),
                parties=_parties(verdict),
                ascii_only=common.ascii_only(),
            )
        common.print_text(text)
        click.echo(
            f"\nNext: bargaining settle {shlex.quote(game)} --solution egalitarian", err=True
        )
    if exit_code and verdict.agendas["linked"].status == "no_agreement":
        raise click.exceptions.Exit(4)


def _agendas(verdict: Verdict, require: Sequence[str]) -> AgendaGame | None:
    """Settle every agenda of a small game between two players."""
    from bargaining.errors import BargainingError
    from bargaining.linkage.agenda_game import agenda_game

    game = verdict.game
    most = COMPARED_AT_HOME if require or game.ratification else COMPARED
    if game.reserved or len(game.interested) != 2 or not 2 <= len(game.issues) <= most:
        return None
    try:
        return agenda_game(game, solution=verdict.solution, deals=verdict.deals, require=require)
    except BargainingError:
        return None


def _private(verdict: Verdict) -> dict[str, Mechanism]:
    """Best mechanisms issue by issue and linked, where types are private and few.

    With payments where the file has them.
    """
    from bargaining.errors import BargainingError
    from bargaining.settlement.mechanism.direct import mechanism

    game = verdict.game
    if not game.draws or math.prod(len(draw.possible) for draw in game.draws) > MAX_PROFILES:
        return {}
    try:
        paid: Transfers = "expected" if game.channels.get("transfers") else "none"
        found = {
            name: mechanism(game, transfers=paid, agenda=name) for name in ("delinked", "linked")
        }
        return {name: one for name, one in found.items() if one.verify()}
    except BargainingError:
        return {}


def _parties(verdict: Verdict) -> CoalitionAnalysis | None:
    """Work out what coalitions are worth in games of three to eight parties."""
    from bargaining.errors import BargainingError
    from bargaining.linkage.coalitions.analysis import coalitions

    if not 3 <= len(verdict.game.interested) <= len(verdict.players) <= MAX_PARTIES:
        return None
    try:
        found = coalitions(verdict.game)
        return found if found.verify() else None
    except BargainingError:
        return None


def _rows(verdict: Verdict) -> Iterator[Sequence[Any]]:
    for settlement in verdict.agendas.values():
        yield from common.settlement_rows(settlement)
    for name, report in verdict.issues.items():
        yield "issue_status", "", name, "", report.status, ""
        interval = report.interval if len(verdict.players) == 2 else None
        for end, value in zip(("low", "high"), interval or (), strict=False):
            yield "exchange_rate", "", name, end, float(value), str(value)
    for package in verdict.minimal_packages:
        yield "minimal_package", "", "", "+".join(package), len(package), ""
    yield "verdict", "", "", "effect", verdict.verdict.effect, ""
