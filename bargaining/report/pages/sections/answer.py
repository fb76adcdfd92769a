"""The answer in one sentence, in the page's own language."""

from __future__ import annotations

from markupsafe import Markup

from bargaining.errors import BargainingError
from bargaining.linkage.in_words import handed_out, nobody_can_gain
from bargaining.report.pages.blocks import Block, Formula, Paragraph, Points
from bargaining.report.pages.formulas import FORMULAS
from bargaining.report.pages.saying import Saying, foreign
from bargaining.report.pages.study import Study
from bargaining.results import Status
from bargaining.settlement.settlement import Settlement


def answer(study: Study) -> list[Block]:
    """Return the sentence, who is better or worse off, and what the words mean."""
    say, found = study.say, study.answer
    if not study.game.issues:
        return []
    if isinstance(found, BargainingError):
        return [Paragraph(say("report.failed", reason=foreign(str(found))), "card")]
    blocks: list[Block] = [Paragraph(sentence(study), "lead answer")]
    points = []
    linkage = found.verdict
    if linkage.better_off:
        points.append(say("report_answer.better", who=say.listed(linkage.better_off)))
    if linkage.worse_off:
        points.append(say("report_answer.worse", who=say.listed(linkage.worse_off)))
    ratifiers = tuple(study.game.players[i] for i in study.game.ratification.ratified)
    if ratifiers and linkage.effect != "not_defined":
        points.append(say("report_answer.ratifiers", who=say.listed(ratifiers)))
    concept = say(f"report_concept.{found.solution}")
    points.append(say("report_answer.measured", concept=concept))
    points.append(say(f"report_deals.{found.deals}"))
    if study.manner.require:
        points.append(say("report_answer.required", what=say.listed(study.manner.require)))
    if study.game.draws:
        points.append(say("report_answer.known", section=say("report_title.private")))
    blocks.append(Points(tuple(points)))
    summary = say("report_formula.answer")
    meaning = say("report_formula.answer_means")
    blocks.append(Formula(summary, FORMULAS["answer"], meaning))
    return blocks


def sentence(study: Study) -> Markup:
    """Return the main answer from the verdict's fields."""
    say, verdict = study.say, study.verdict
    if verdict is None:
        return Markup()
    linked, linkage = verdict.agendas["linked"], verdict.verdict
    if linkage.effect == "not_defined":
        if linked.status == Status.NO_AGREEMENT:
            return say("report_answer.reserved_none")
        return say("report_answer.reserved", gains=say.gains(linked.gains, study.game.players))
    apart = gained(say, study, verdict.agendas["delinked"])
    together = gained(say, study, linked)
    if linkage.effect == "no_effect":
        if nobody_can_gain(study.game):
            return say("report_answer.inert")
        if linked.status == Status.NO_AGREEMENT:
            asked = "stands_asked" if linked.requirements else "stands"
            return say(f"report_answer.{asked}")
        return say("report_answer.same", apart=apart)
    if linkage.effect == "breaks_deadlock" and handed_out(verdict.agendas["delinked"]):
        return say("report_answer.handed_out", apart=apart, together=together)
    return say(
        f"report_effect.{linkage.effect}",
        apart=apart,
        together=together,
        better=say.listed(linkage.better_off),
        worse=say.listed(linkage.worse_off),
    )


def gained(say: Saying, study: Study, settlement: Settlement) -> Markup:
    """Say what an agenda brings."""
    if settlement.status == Status.NO_AGREEMENT:
        return say("report_answer.nothing")
    return say("report_answer.gains", gains=say.gains(settlement.gains, study.voices))
