"""What each issue offers by itself: its status and its exchange rates."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from markupsafe import Markup

from bargaining.geometry.exchange_rates import Interval
from bargaining.linkage.issue_report import IssueReport
from bargaining.model.agenda import parse_agenda
from bargaining.report.pages.blocks import Block, Cell, Formula, Grid, Paragraph
from bargaining.report.pages.formulas import FORMULAS
from bargaining.report.pages.saying import label, measure, name
from bargaining.report.pages.sections.game import MAX_ISSUES, rest
from bargaining.report.pages.study import Study


def alone(study: Study) -> list[Block]:
    """Return one row per issue, and what the rows say together."""
    say, verdict = study.say, study.verdict
    if verdict is None or study.game.reserved:
        return []
    shown = list(islice(verdict.issues, MAX_ISSUES))
    reports = {issue: verdict.issues[issue] for issue in shown}
    home = any(_home(report) for report in reports.values())
    planar = len(study.game.players) == 2
    head = [say("report_game.issue"), say("report_alone.status")]
    if home:
        head.append(say("report_alone.home"))
    if planar:
        head += [say("report_alone.low"), say("report_alone.high")]
    rows = tuple(
        tuple(_row(study, issue, report, home=home, planar=planar))
        for issue, report in reports.items()
    )
    blocks: list[Block] = [Paragraph(say("report_alone.intro"))]
    if home:
        blocks.append(Paragraph(say("report_alone.home_means")))
    if planar:
        blocks.append(Paragraph(say("report_alone.rates", first=study.game.players[0])))
    more = rest(study, len(verdict.issues))
    blocks.append(Grid(say("report_alone.caption"), tuple(head), rows, rest=more))
    if planar and len(reports) == len(verdict.issues) > 1:
        blocks += [Paragraph(note) for note in _notes(study, reports)]
    summary, meaning = say("report_formula.alone"), say("report_formula.alone_means")
    return [*blocks, Formula(summary, FORMULAS["alone"], meaning)]


def _home(report: IssueReport) -> bool:
    return report.status_with_requirements is not None


def _row(study: Study, issue: str, report: IssueReport, *, home: bool, planar: bool) -> list[Cell]:
    say = study.say
    cells = [label(issue), Cell(say(f"report_status.{report.status}"))]
    if home:
        stated = report.status_with_requirements or report.status
        cells.append(Cell(say(f"report_status_home.{stated}")))
    if planar:
        interval = report.interval or (None, None)
        field = measure("issues", issue, "exchange_rates")
        cells += [say.figure(end, f"{field}[{i}]") for i, end in enumerate(interval)]
    return cells


def _notes(study: Study, reports: dict[str, IssueReport]) -> list[Markup]:
    """Say what the bars imply: all of them share a point, or two lie apart."""
    say = study.say
    if study.game.interactions:
        return [say("report_alone.coupled")]
    known = {issue: report.interval for issue, report in reports.items()}
    bars = {issue: ends for issue, ends in known.items() if ends is not None}
    if len(bars) < len(reports):
        return [say("report_alone.free")]
    pair = _apart(bars)
    if pair is None:
        return [say("report_alone.shared")]
    # Of two bars apart a deal follows only where nothing but the payoffs is asked of it.
    plain = not (study.at_home or study.game.constraints) and study.manner.deals == "shares"
    packages = parse_agenda(study.game, "linked").packages if plain else ()
    for package in packages:
        members = {study.game.issue_names[k] for k in package}
        found = _apart({issue: ends for issue, ends in bars.items() if issue in members})
        if found is not None:
            return [say("report_alone.apart", first=name(found[0]), second=name(found[1]))]
    return [say("report_alone.apart_but", first=name(pair[0]), second=name(pair[1]))]


def _apart(bars: Mapping[str, Interval]) -> tuple[str, str] | None:
    """Return two issues whose bars lie furthest apart, if any do."""
    if len(bars) < 2:
        return None
    low = max(bars, key=lambda issue: bars[issue][0])
    high = min(bars, key=lambda issue: bars[issue][1])
    return None if bars[low][0] <= bars[high][1] else (high, low)
