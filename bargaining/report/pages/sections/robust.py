"""How far the numbers may be wrong before the answer is another."""

from __future__ import annotations

from bargaining.linkage.attains import is_plain
from bargaining.linkage.robustness import robustness
from bargaining.linkage.single_payoff import MAX_OUTCOMES
from bargaining.report.pages.blocks import Block, Formula, Paragraph, Points
from bargaining.report.pages.formulas import FORMULAS
from bargaining.report.pages.saying import name, percent
from bargaining.report.pages.study import Study
from bargaining.results import Status, in_figures

SECONDS = 2.0


def robust(study: Study) -> list[Block]:
    """Return the radius for two players whose payoffs add up; other games take a search."""
    say, game = study.say, study.game
    if study.verdict is None or game.reserved or len(game.issues) < 2 or study.at_home:
        return []
    if study.manner.deals == "pure":
        return []
    if not is_plain(game) or study.outcomes > MAX_OUTCOMES:
        return [Paragraph(say("report_robust.left_out"), "faint")]
    found = robustness(game, seconds=SECONDS)
    found.verify()
    points = []
    if found.radius is None:
        points.append(say("report_robust.never"))
    elif found.radius == 0:
        points.append(say("report_robust.hair"))
    else:
        figure = found.closed_form or in_figures(found.radius)
        key = "report_robust.radius" if found.status == Status.SOLVED else "report_robust.known"
        points.append(say(key, percent=percent(found.radius), figure=figure))
    one = found.most_sensitive
    if one is not None:
        points.append(
            say(
                "report_robust.sensitive",
                player=name(one.player),
                outcome=name(one.outcome),
                issue=name(one.issue),
                now=in_figures(one.payoff),
                then=in_figures(one.turns_at),
            )
        )
    if found.ordinal is not None:
        points.append(say(f"report_ordinal.{found.ordinal}"))
    summary, meaning = say("report_formula.robust"), say("report_formula.robust_means")
    return [
        Paragraph(say("report_robust.intro")),
        Points(tuple(points)),
        Formula(summary, FORMULAS["robust"], meaning),
    ]
