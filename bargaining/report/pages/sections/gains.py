"""What each side gets, issue by issue and linked, and the deal that brings it."""

from __future__ import annotations

from markupsafe import Markup

from bargaining.linkage.verdict import Verdict
from bargaining.model.transfers import payments
from bargaining.report.pages.blocks import Block, Cell, Formula, Grid, Paragraph, Points
from bargaining.report.pages.formulas import FORMULAS
from bargaining.report.pages.saying import label, measure, name
from bargaining.report.pages.sections.game import MAX_ISSUES, rest
from bargaining.report.pages.study import Study
from bargaining.results import Status, in_figures, signed
from bargaining.settlement.settlement import Settlement

MAX_TOGETHER = 20


def gains(study: Study) -> list[Block]:
    """Return the table of gains under both agendas."""
    say, verdict = study.say, study.verdict
    if verdict is None:
        return []
    apart, linked = verdict.agendas["delinked"], verdict.agendas["linked"]
    change = verdict.verdict.linkage_gain
    head = [say("report_gains.player")]
    if change:
        head.append(say("report_gains.delinked"))
    head.append(say("report_gains.linked"))
    if change:
        head.append(say("report_gains.change"))
    rows = []
    for player in verdict.players:
        row = [label(player)]
        if change:
            row.append(say.figure(apart.gains[player], _field("delinked", player)))
        row.append(say.figure(linked.gains[player], _field("linked", player)))
        if change:
            field = measure("verdict", "linkage_gain", player)
            row.append(say.figure(change[player], field, change=True))
        rows.append(tuple(row))
    caption = say(
        "report_gains.caption" if not study.game.reserved else "report_gains.over_reservation",
        concept=say(f"report_concept.{verdict.solution}"),
    )
    blocks: list[Block] = [Grid(caption, tuple(head), tuple(rows))]
    total = verdict.verdict.linkage_gain_total
    if total is not None:
        figure, ratified = Markup(signed(total)), study.game.ratification.ratified
        words = say("report_gains.total", total=figure)
        if ratified:
            players = [p for i, p in enumerate(study.game.players) if i not in ratified]
            words = say("report_gains.total_of", total=figure, who=say.listed(players))
        blocks.append(Paragraph(words))
    if Status.NUMERICAL_TROUBLE in (apart.status, linked.status):
        blocks.append(Paragraph(say("report_gains.trouble"), "bad"))
    return blocks


def _field(agenda: str, player: str) -> str:
    return measure("agendas", agenda, "gains", player)


def deal(study: Study) -> list[Block]:
    """Return the linked deal in shares: what changes, and what stays as it is."""
    say, verdict = study.say, study.verdict
    if verdict is None:
        return []
    linked = verdict.agendas["linked"]
    if linked.status != Status.AGREEMENT:
        return [Paragraph(say("report_deal.none"))]
    count = len(linked.packages)
    words = say("report_deal.one") if count == 1 else say("report_deal.several", count=count)
    blocks: list[Block] = [Paragraph(words)]
    rows, same = _rows(study, linked)
    head = (say("report_game.issue"), say("report_game.outcome"), say("report_deal.share"))
    shown = tuple(rows[:MAX_ISSUES])
    if shown:
        more = rest(study, len(rows))
        blocks.append(Grid(say("report_deal.caption"), head, shown, rest=more))
    if same:
        kept = [name(issue) for issue in same[:MAX_ISSUES]]
        if len(same) > MAX_ISSUES:
            kept.append(say("report.more", count=len(same) - MAX_ISSUES))
        blocks.append(Paragraph(say("report_deal.same", issues=say.listed(kept))))
    paid = _payments(study, verdict, linked)
    if paid:
        blocks.append(Points(tuple(paid)))
    blocks += _together(study, linked)
    summary, meaning = say("report_formula.deal"), say("report_formula.deal_means")
    return [*blocks, Formula(summary, FORMULAS["deal"], meaning)]


def _rows(study: Study, linked: Settlement) -> tuple[list[tuple[Cell, ...]], list[str]]:
    """Return shares of issues in which something changes, and the names of the others."""
    say = study.say
    rows: list[tuple[Cell, ...]] = []
    same = []
    for issue, shares in linked.deal.items():
        found = study.game.issues[issue]
        now = None if found.status_quo_index is None else found.status_quo
        if list(shares) == [now]:
            same.append(issue)
            continue
        for outcome, share in sorted(shares.items(), key=lambda item: (item[0] == now, -item[1])):
            mark = Markup(" ") + say("report_game.now") if outcome == now else Markup()
            field = measure("agendas", "linked", "deal", issue, outcome)
            cell = say.share(share, field)
            rows.append((label(issue), Cell(name(outcome) + mark), cell))
    return rows, same


def _payments(study: Study, verdict: Verdict, linked: Settlement) -> list[Markup]:
    say = study.say
    lines = []
    for player in verdict.players:
        amount = linked.transfers[player]
        figure = Markup(in_figures(max(amount, -amount)))
        if amount > 0:
            lines.append(say("report_deal.receives", player=player, amount=figure))
        elif amount < 0:
            lines.append(say("report_deal.gives", player=player, amount=figure))
    for payer, payee, paid, received in payments(study.game, linked.deal):
        lines.append(
            say(
                "report_deal.pays",
                payer=payer,
                payee=payee,
                paid=Markup(in_figures(paid)),
                received=Markup(in_figures(received)),
            )
        )
    return lines


def _together(study: Study, linked: Settlement) -> list[Block]:
    """Say which outcomes of issues that depend on each other go together."""
    say = study.say
    rows = []
    for group in linked.together:
        for package in group["packages"]:
            parts = package["outcomes"]
            outcomes = parts.values() if isinstance(parts, dict) else parts
            words = Markup(" + ").join(name(str(outcome)) for outcome in outcomes)
            issues = Markup(" + ").join(map(name, group["issues"]))
            rows.append((Cell(issues), Cell(words), say.share(package["share"])))
    if not rows:
        return []
    head = (say("report_packages.package"), say("report_game.outcomes"), say("report_deal.share"))
    more = rest(study, len(rows), MAX_TOGETHER)
    return [Grid(say("report_deal.together"), head, tuple(rows[:MAX_TOGETHER]), rest=more)]
