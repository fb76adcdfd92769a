"""What each issue offers by itself: its status and its exchange rates."""

from __future__ import annotations

from itertools import islice

from markupsafe import Markup

from bargaining.linkage.issue_report import IssueReport
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
        cells.append(Cell(say(f"report_status.{stated}")))
    if planar:
        interval = report.interval or (None, None)
        field = measure("issues", issue, "exchange_rates")
        cells += [say.figure(end, f"{field}[{i}]") for i, end in enumerate(interval)]
    return cells


def _notes(study: Study, reports: dict[str, IssueReport]) -> list[Markup]:
    """Say whether all bars share a point, or which two lie apart."""
    say = study.say
    rates = {issue: report.rates_at_home or report.rates for issue, report in reports.items()}
    known = {issue: found.interval for issue, found in rates.items() if found is not None}
    bars = {issue: ends for issue, ends in known.items() if ends is not None}
    if len(bars) < len(reports):
        return [say("report_alone.free")]
    low = max(bars, key=lambda issue: bars[issue][0])
    high = min(bars, key=lambda issue: bars[issue][1])
    if bars[low][0] <= bars[high][1]:
        return [say("report_alone.shared")]
    return [say("report_alone.apart", first=name(high), second=name(low))]
