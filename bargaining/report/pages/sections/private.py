"""What each side alone knows: the best rule when types are private, issue by issue and linked."""

from __future__ import annotations

import math
from typing import Literal

from bargaining.report.pages.blocks import Block, Cell, Formula, Grid, Paragraph
from bargaining.report.pages.formulas import FORMULAS
from bargaining.report.pages.saying import label, name
from bargaining.report.pages.study import Study
from bargaining.results import in_figures
from bargaining.settlement.mechanism.direct import mechanism

MAX_PROFILES = 400
MAX_ROWS = 40


def private(study: Study) -> list[Block]:
    """Return what can be agreed under both agendas, types known and private."""
    say, game = study.say, study.game
    if not game.draws or study.verdict is None:
        return []
    profiles = math.prod(len(draw.possible) for draw in game.draws)
    if profiles > MAX_PROFILES:
        return [Paragraph(say("report.left_out", most=MAX_PROFILES, found=profiles), "faint")]
    paid: Literal["expected", "none"] = "expected" if game.channels.get("transfers") else "none"
    # a rule across issues leaves no meaning to rules of each issue alone
    across = any(len({issue for issue, _ in rule.statements}) > 1 for rule in game.constraints)
    agendas = ("linked",) if across else ("delinked", "linked")
    found = {agenda: mechanism(game, transfers=paid, agenda=agenda) for agenda in agendas}
    for one in found.values():
        one.verify()
    drawn = [
        (label(draw.player), label(kind), say.share(chance))
        for draw in game.draws
        for kind, chance in zip(draw.labels, draw.probability, strict=True)
    ]
    blocks: list[Block] = [Paragraph(say("report_private.intro"))]
    head = (say("report_gains.player"), say("report_private.type"), say("report_private.chance"))
    blocks.append(Grid(say("report_private.types"), head, tuple(drawn[:MAX_ROWS])))
    rows = []
    for agenda, one in found.items():
        asked = f"mechanism({agenda!r}, transfers={paid!r})"
        rows.append((
            Cell(say(f"report_gains.{agenda}")),
            say.figure(one.first_best, f"{asked}.first_best"),
            say.figure(one.second_best, f"{asked}.second_best"),
            *(say.figure(one.gains[player]) for player in game.players),
        ))  # fmt: skip
    columns = (say("report_agendas.agenda"), say("report_private.known"),
               say("report_private.hidden"), *map(name, game.players))  # fmt: skip
    caption = "report_private.caption" if paid == "none" else "report_private.caption_paid"
    blocks.append(Grid(say(caption), columns, tuple(rows), sortable=False))
    if paid == "none":
        best = mechanism(game, transfers="expected", agenda="linked")
        best.verify()
        known, hidden = in_figures(best.first_best), in_figures(best.second_best)
        blocks.append(Paragraph(say("report_private.payments", known=known, hidden=hidden)))
    if across:
        blocks.append(Paragraph(say("report_private.across")))
    elif found["linked"].second_best - found["delinked"].second_best > 1e-6:
        blocks.append(Paragraph(say("report_private.helps")))
    summary, meaning = say("report_formula.private"), say("report_formula.private_means")
    return [*blocks, Formula(summary, FORMULAS["private"], meaning)]
