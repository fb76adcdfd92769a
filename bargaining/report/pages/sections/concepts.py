"""Every solution concept on the same game: what each calls fair, and what it would bring."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup

from bargaining.errors import BargainingError, NotDefinedError
from bargaining.report.pages.blocks import Block, Cell, Fold, Formula, Grid, Paragraph, Points
from bargaining.report.pages.formulas import FORMULAS
from bargaining.report.pages.saying import foreign, measure, name
from bargaining.report.pages.study import Study
from bargaining.results import Number, Status
from bargaining.settlement.settle import settle
from bargaining.settlement.solutions import SOLUTIONS
from bargaining.settlement.solutions.procedure import Procedure

MOST_PLANAR, MOST = 1_000, 60
"""Concepts are compared in games of at most so many outcomes (two players; more)."""


def concepts(study: Study) -> list[Block]:
    """Return one row per concept, and why some are not defined here."""
    say, game = study.say, study.game
    if study.verdict is None:
        return []
    most = MOST_PLANAR if len(game.interested) <= 2 and not study.at_home else MOST
    if study.outcomes > most:
        return [Paragraph(say("report.left_out", most=most, found=study.outcomes), "faint")]
    rows = []
    reasons: dict[Markup, list[Markup]] = {}
    for concept in SOLUTIONS:
        found = _gains(study, concept)
        title = say(f"report_concept.{concept}")
        if isinstance(found, Markup):
            reasons.setdefault(found, []).append(title)
            continue
        figures = [
            say.figure(found[player], _field(study, player, concept)) for player in game.players
        ]
        idea = Cell(say(f"report_idea.{concept}"))
        rows.append((Cell(title), *figures, idea))
    head = (say("report_concepts.concept"), *map(name, game.players), say("report_concepts.idea"))
    shared = study.verdict.agendas["linked"].mutual_gain and len(game.interested) > 1
    intro = say("report_concepts.intro") if shared else say("report_concepts.none")
    blocks: list[Block] = [Paragraph(intro)]
    blocks.append(Grid(say("report_concepts.caption"), head, tuple(rows)))
    if reasons:
        points = [
            Markup("<strong>{}</strong>: {}").format(Markup(", ").join(titles), reason)
            for reason, titles in reasons.items()
        ]
        blocks += [Paragraph(say("report_concepts.others")), Points(tuple(points))]
    cited = tuple(foreign(concept.citation) for concept in SOLUTIONS.values())
    blocks.append(Fold(say("report_concepts.sources"), (Points(cited),)))
    summary, meaning = say("report_formula.concepts"), say("report_formula.concepts_means")
    return [*blocks, Formula(summary, FORMULAS["concepts"], meaning)]


def _gains(study: Study, concept: str) -> Mapping[str, Number] | Markup:
    """Return the gains under a concept, or why it has none."""
    say, game, how = study.say, study.game, study.manner
    if concept == how.solution and study.verdict is not None:
        return study.verdict.agendas["linked"].gains
    declared = SOLUTIONS[concept]
    if isinstance(declared, Procedure):
        if how.deals == "pure":
            return say("report_concepts.not_pure")
        if declared.players is not None and len(game.interested) > declared.players:
            return say("report_concepts.too_many", most=declared.players)
        if study.at_home:
            return say("report_concepts.not_at_home")
    try:
        found = settle(game, solution=concept, deals=how.deals, require=how.require)
    except BargainingError as error:
        if concept == "adjusted_winner" and isinstance(error, NotDefinedError):
            return say("report_concepts.not_points")
        # The concept stands before it on the page, by its name.
        return foreign(re.sub(rf"^{concept}( is not defined[^:]*)?: ", "", str(error)))
    if found.status == Status.NUMERICAL_TROUBLE:
        return say("report_concepts.trouble")
    return found.gains


def _field(study: Study, player: str, concept: str) -> str:
    """Return the question that the cell answers, in the language of sweeps."""
    how = study.manner
    if concept == how.solution:
        return measure("agendas", "linked", "gains", player)
    asked = f"gain({player!r}, {concept!r}, 'linked', deals={how.deals!r}"
    return asked + (", enforcement=True)" if "enforcement" in how.require else ")")
