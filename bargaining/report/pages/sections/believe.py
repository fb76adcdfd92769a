"""Why you can believe it: certificates, and the check that knows nothing of the solver."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from markupsafe import Markup

from bargaining.report.pages.blocks import Block, Cell, Grid, Paragraph, Points
from bargaining.report.pages.saying import name
from bargaining.report.pages.study import Study
from bargaining.results import Number

MAX_CHECKED = 500
"""Verdicts on at most so many issues are checked again."""
MAX_SHOWN = 12


def believe(study: Study) -> list[Block]:
    """Return what proves each half of the answer, and how closely it was checked."""
    say, verdict = study.say, study.verdict
    if verdict is None:
        return []
    proof = verdict.verdict.certificate
    linked = verdict.agendas["linked"]
    points = []
    if linked.mutual_gain:
        points.append(say("report_believe.deal"))
    elif proof["linked"]:
        points.append(say("report_believe.blocked"))
    if not verdict.agendas["delinked"].mutual_gain and proof["delinked"]:
        points.append(say("report_believe.apart"))
    if linked.conflict:
        points.append(say("report_home.conflict", rules=say.listed(linked.conflict)))
    if len(study.game.issues) > MAX_CHECKED:
        points.append(say("report_believe.unchecked", most=MAX_CHECKED))
    else:
        verdict.verify()
        exact = all(one.tolerance == 0 for one in verdict.agendas.values())
        points.append(
            say("report_believe.exact")
            if exact
            else say("report_believe.close", tolerance=f"{linked.tolerance:g}")
        )
    blocks: list[Block] = [Paragraph(say("report_believe.intro")), Points(tuple(points))]
    weights = {} if linked.mutual_gain else dict(proof["linked"])
    if not verdict.agendas["delinked"].mutual_gain:
        weights |= dict(islice(proof["delinked"].items(), MAX_SHOWN))
    if weights:
        if study.at_home:
            blocks.append(Paragraph(say("report_believe.home")))
        blocks.append(_grid(study, weights))
    return blocks


def _grid(study: Study, weights: Mapping[str, Mapping[str, Number]]) -> Grid:
    """Return the exchange rates that prove a deadlock, package by package."""
    say = study.say
    rows = []
    for package, rates in islice(weights.items(), MAX_SHOWN):
        names = Markup(" + ").join(map(name, package.split("+")))
        rows.append((Cell(names), *(say.figure(rates[p]) for p in study.game.players)))
    head = (say("report_packages.package"), *map(name, study.game.players))
    return Grid(say("report_believe.caption"), head, tuple(rows))
