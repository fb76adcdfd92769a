"""What keeps the deal: how much tomorrow must weigh so that nobody gains by breaking his word."""

from __future__ import annotations

from markupsafe import Markup

from bargaining.report.pages.blocks import Block, Cell, Formula, Grid, Paragraph
from bargaining.report.pages.formulas import FORMULAS
from bargaining.report.pages.saying import label, measure, percent
from bargaining.report.pages.study import Study
from bargaining.results import in_figures
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
    if found["linked"].packages:
        blocks.append(_players(study, found["linked"]))
    lasts = found["linked"].lasts
    if lasts is not None:
        words = say("report_lasting.lasts") if lasts else say("report_lasting.breaks")
        blocks.append(Paragraph(words, "good" if lasts else "bad"))
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


def _players(study: Study, found: CriticalDiscount) -> Grid:
    say, game = study.say, study.game
    own = bool(game.discount)
    head = [say("report_gains.player"), say("report_lasting.temptation"),
            say("report_lasting.loss"), say("report_lasting.from")]  # fmt: skip
    if own:
        head.append(say("report_lasting.own"))
    rows = []
    for player in study.voices:
        facts = found.players[player]
        row = [label(player)]
        row += [say.figure(facts[key]) for key in ("temptation", "loss", "critical_discount")]
        if own:
            row.append(say.figure(game.discount.get(player)))
        rows.append(tuple(row))
    return Grid(say("report_lasting.players"), tuple(head), tuple(rows))
