"""What keeps the deal: how much tomorrow must weigh so that nobody gains by breaking his word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from bargaining.linkage.enforcement import Enforcement
from bargaining.report.pages.blocks import Block, Cell, Formula, Grid, Paragraph
from bargaining.report.pages.formulas import FORMULAS
from bargaining.report.pages.saying import label, measure, percent
from bargaining.report.pages.study import Study
from bargaining.report.plots.repeated import KIND as REPEATED
from bargaining.results import Status, in_figures
from bargaining.settlement.enforcement.thresholds import CriticalDiscount

KINDS = ("settlement", "full", "any")


def lasting(study: Study) -> list[Block]:
    """Return critical discount factors under both agendas, and who is tempted by how much."""
    say, verdict = study.say, study.verdict
    found = {} if verdict is None else verdict.critical_discounts
    if "linked" not in found:
        return []
    blocks: list[Block] = [Paragraph(say("report_lasting.intro"))]
    blocks.append(Paragraph(_sentence(study, found["linked"])))
    head = (say("report_lasting.which"), *(say(f"report_gains.{name}") for name in found))
    rows = tuple(
        (
            Cell(say(f"report_lasting.{kind}")),
            *(
                say.figure(getattr(one, kind), measure("agendas", name, "critical_discount", kind))
                for name, one in found.items()
            ),
        )
        for kind in KINDS
    )
    blocks.append(Grid(say("report_lasting.caption"), head, rows, sortable=False))
    if any(one.any_status is not Status.SOLVED for one in found.values()):
        blocks.append(Paragraph(say("report_lasting.any_open")))
    blocks += _picture_differs(study)
    if found["linked"].packages:
        blocks.append(_players(study, found["linked"]))
        blocks += [Paragraph(words) for words in _unwilling(study, found["linked"])]
        blocks += [Paragraph(words) for words in _alarms(study, found)]
    lasts = found["linked"].lasts
    if lasts is not None:
        words = say("report_lasting.lasts") if lasts else say("report_lasting.breaks")
        blocks.append(Paragraph(words, "good" if lasts else "bad"))
    if study.game.ratification.premiums:
        blocks.append(Paragraph(say("report_lasting.premium")))
    if not found["linked"].credible:
        blocks.append(Paragraph(say("report_lasting.incredible")))
    summary, meaning = say("report_formula.lasting"), say("report_formula.lasting_means")
    return [*blocks, Formula(summary, FORMULAS["lasting"], meaning)]


def _sentence(study: Study, found: CriticalDiscount) -> Markup:
    say = study.say
    if not found.packages:
        return say("report_lasting.nothing")
    if found.settlement is None:
        return say("report_lasting.never")
    if found.settlement == 0:
        return say("report_lasting.always")
    figure, share = in_figures(found.settlement), percent(found.settlement)
    return say("report_lasting.needs", figure=figure, percent=share)


def _picture_differs(study: Study) -> list[Block]:
    """Say why the threshold of the picture below is another, where there is a picture."""
    drawn = not study.at_home and REPEATED.applies(study.game, study.say.words) is None
    return [Paragraph(study.say("report_lasting.lottery"))] if drawn else []


def _concerned(study: Study, found: CriticalDiscount) -> list[str]:
    """Return players with a stake, and those besides who would not keep the deal at any factor."""
    return [
        player
        for player in study.game.players
        if player in study.voices or found.players[player]["critical_discount"] != 0
    ]


def _unwilling(study: Study, found: CriticalDiscount) -> Iterator[Markup]:
    """Say who keeps the deal at no factor, and who is better off after a breach."""
    never = [p for p, facts in found.players.items() if facts["critical_discount"] is None]
    if never:
        yield study.say("report_lasting.broken_by", who=study.say.listed(never))
    glad = [p for p, facts in found.players.items() if (facts["loss"] or 0) < 0]
    if glad:
        yield study.say("report_lasting.better_without", who=study.say.listed(glad))


def _alarms(study: Study, found: Mapping[str, CriticalDiscount]) -> Iterator[Markup]:
    """Say from when the deal lasts where breaches are sometimes reported by mistake."""
    say = study.say
    kept = Enforcement(study.game, study.manner.solution, "auto", None, found)
    for one in kept.monitoring.agendas if kept.monitoring is not None else ():
        if one.agenda not in ("linked", "delinked"):
            continue
        agenda = say(f"report_gains.{one.agenda}")
        if one.critical is None:
            yield say("report_lasting.alarms_never", agenda=agenda)
        else:
            figure = in_figures(one.critical)
            yield say("report_lasting.alarms", agenda=agenda, start=figure)


def _players(study: Study, found: CriticalDiscount) -> Grid:
    say, game = study.say, study.game
    own = bool(game.discount)
    head = [say("report_gains.player"), say("report_lasting.temptation"),
            say("report_lasting.loss"), say("report_lasting.from")]  # fmt: skip
    if own:
        head.append(say("report_lasting.own"))
    rows = []
    for player in _concerned(study, found):
        facts = found.players[player]
        row = [label(player)]
        row += [say.figure(facts[key]) for key in ("temptation", "loss", "critical_discount")]
        if own:
            row.append(say.figure(game.discount.get(player)))
        rows.append(tuple(row))
    return Grid(say("report_lasting.players"), tuple(head), tuple(rows))
