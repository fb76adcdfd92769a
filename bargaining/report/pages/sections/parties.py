"""Who needs whom: what coalitions can reach, and how the gains of all could be divided."""

from __future__ import annotations

from markupsafe import Markup

from bargaining.errors import NotSupportedError
from bargaining.linkage.coalitions.analysis import coalitions
from bargaining.linkage.coalitions.answer import CoalitionAnalysis
from bargaining.report.pages.blocks import Block, Cell, Formula, Grid, Paragraph
from bargaining.report.pages.formulas import FORMULAS
from bargaining.report.pages.saying import label, name
from bargaining.report.pages.study import Study

MAX_PARTIES = 8
MAX_OUTCOMES = 200
MAX_SHOWN = 32


def parties(study: Study) -> list[Block]:
    """Return worths of coalitions, Shapley value, nucleolus and core."""
    say, game = study.say, study.game
    stated = not game.issues
    if not stated and len(game.interested) < 3:
        return []
    if len(game.players) > MAX_PARTIES or study.outcomes > MAX_OUTCOMES:
        words = say(
            "report_parties.left_out",
            most=MAX_PARTIES,
            outcomes=MAX_OUTCOMES,
            found=len(game.players),
            size=study.outcomes,
        )
        return [Paragraph(words, "faint")]
    try:
        found = coalitions(game)
    except NotSupportedError:
        return [Paragraph(say("report_parties.not_here"), "faint")]
    found.verify()
    blocks: list[Block] = [Paragraph(say("report_parties.intro"))]
    rows = []
    for members, worth in list(found.worth.items())[:MAX_SHOWN]:
        field = "" if stated else f"worth({members!r})"
        who = Markup(" + ").join(map(name, members.split("+")))
        cell = say.figure(worth, field if worth is not None else "")
        rows.append((Cell(who), cell))
    head = (say("report_parties.coalition"), say("report_parties.worth"))
    hidden = len(found.worth) - MAX_SHOWN
    rest = say("report.more", count=hidden) if hidden > 0 else Markup()
    blocks.append(Grid(say("report_parties.worths"), head, tuple(rows), rest=rest))
    blocks += _divisions(study, found)
    summary, meaning = say("report_formula.parties"), say("report_formula.parties_means")
    return [*blocks, Formula(summary, FORMULAS["parties"], meaning)]


def _divisions(study: Study, found: CoalitionAnalysis) -> list[Block]:
    say = study.say
    columns = {"shapley": found.shapley, "nucleolus": found.nucleolus}
    columns["core"] = found.core.point if found.core is not None else None
    shown = {key: shares for key, shares in columns.items() if shares is not None}
    blocks: list[Block] = []
    if shown:
        rows = tuple(
            (label(str(player)), *(say.figure(shares[player]) for shares in shown.values()))
            for player in found.players
        )
        head = (say("report_gains.player"), *(say(f"report_parties.{key}") for key in shown))
        blocks.append(Grid(say("report_parties.divisions"), head, rows))
    if found.core is not None:
        words = say("report_parties.empty") if found.core.empty else say("report_parties.stable")
        blocks.append(Paragraph(words))
    return blocks
