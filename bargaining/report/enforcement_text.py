"""What keeps deals alive, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from rich.console import Group, RenderableType
from rich.table import Table

from bargaining.linkage.enforcement import Enforcement
from bargaining.report.parts import (
    MAX_ROWS,
    heading_line,
    indented,
    more_rows,
    new_table,
    plain,
    plain_lines,
    title_lines,
)
from bargaining.results import Number, Status, in_figures
from bargaining.settlement.enforcement.conditions import Condition
from bargaining.settlement.enforcement.kept_packages import KeptPackage
from bargaining.settlement.enforcement.thresholds import CriticalDiscount
from bargaining.settlement.solutions import SOLUTIONS


def enforcement_text(answer: Enforcement) -> RenderableType:
    """One table per package of each agenda, and what follows from it in words."""
    game = answer.game
    parts = title_lines(game.title or game.name, None)
    title = SOLUTIONS[answer.solution].title
    for name, found in answer.agendas.items():
        parts.append(heading_line(f"{name}: how long promises last ({title})"))
        for package in islice(found.packages, MAX_ROWS):
            parts += [indented(_table(answer, package)), plain("")]
        hidden = len(found.packages) - MAX_ROWS
        if hidden > 0:
            parts.append(indented(plain(f"… and {hidden:,} more packages")))
        parts += [indented(plain_lines(list(_sentences(answer, name, found)))), plain("")]
    for heading, lines in (
        ("When linking matters", list(_matters(answer))),
        ("Favours", list(_favours(answer))),
        ("False alarms", list(_alarms(answer))),
        ("Objectives", list(_objectives(answer))),
    ):
        if lines:
            parts += [heading_line(heading), indented(plain_lines(lines)), plain("")]
    return Group(*parts[:-1])


def threshold_line(found: CriticalDiscount) -> str:
    """Say in one sentence from when the settlement of an agenda lasts."""
    if not found.packages:
        return "Nothing is agreed, so nothing has to last."
    if found.settlement is None:
        return "No discount factor below 1 keeps these promises."
    if found.settlement == 0:
        return "Nobody is tempted: these promises last whatever tomorrow weighs."
    who = "both weigh" if len(found.game.interested) == 2 else "all weigh"
    return (
        f"These promises keep each other if {who} tomorrow at least {_figure(found.settlement)} "
        "as much as today."
    )


def _table(answer: Enforcement, package: KeptPackage) -> Table:
    game = answer.game
    table = new_table()
    for column in ("", "", "temptation", "loss", "lasts from"):
        table.add_column(column, justify="right" if column else "left")
    rows = 0
    # Also who has no stake, or only ratifies, where he would not keep the deal.
    unwilling = {i for i, c in enumerate(package.together) if c.critical != 0}
    for i in sorted(unwilling | set(game.interested)):
        apart = [c for c in package.apart if c.player == i]
        together = package.together[i]
        for c in apart if len(apart) > 1 else ():
            rows += 1
            if rows <= MAX_ROWS:
                table.add_row(*_cells(game.players[i], _issues(answer, c), c))
        label = "together" if len(apart) > 1 else _issues(answer, *apart[:1])
        table.add_row(*_cells(game.players[i], label, together))
    more_rows(table, rows - MAX_ROWS, "conditions")
    return table


def _issues(answer: Enforcement, *found: Condition) -> str:
    names = answer.game.issue_names
    return " + ".join(names[k] for c in found for k in c.issues)


def _cells(player: str, what: str, c: Condition) -> list[RenderableType]:
    critical = "never" if c.critical is None else in_figures(c.critical)
    return [plain(player), plain(what), in_figures(c.temptation), in_figures(c.loss), critical]


def _sentences(answer: Enforcement, name: str, found: CriticalDiscount) -> Iterator[str]:
    yield threshold_line(found)
    if found.full is not None:
        yield f"With every act done in full: from {_figure(found.full)}."
    low = in_figures(found.any_bracket[0]) if found.any_bracket is not None else ""
    if found.any is None and found.any_status is Status.SOLVED:
        yield "No deal in shares that helps everybody lasts at any factor."
    elif found.any is None:
        yield "Whether some other deal in shares lasts is not decided."
    elif found.any_status is not Status.SOLVED:
        yield (
            f"Some deal in shares that helps everybody lasts at the latest from "
            f"{in_figures(found.any)}, none below {low}."
        )
    else:
        closed = found.any_closed_form
        figure = in_figures(found.any)
        same = closed is None or closed == figure
        shown = figure if same else f"{closed} = {figure}"
        bracket = found.any_bracket
        if bracket is not None and bracket[0] == 0 < bracket[1]:
            yield "Some deal in shares that helps everybody lasts at any factor above 0."
        else:
            yield f"Some deal in shares that helps everybody lasts from {shown}."
    yield from _lottery(found)
    holds = answer.holds(name)
    if holds is not None:
        at = (
            f"at {in_figures(answer.discount)}"
            if answer.discount is not None
            else "at the players' own factors"
        )
        yield f"{at.capitalize()} the settlement {'lasts' if holds else 'does not last'}."
    if answer.discount is None:
        for player, slack in found.slack.items():
            own = answer.game.discount[player]
            yield f"Slack of {player} at {in_figures(own, exact=True)}: {in_figures(slack)}"
    if answer.game.ratification.premiums:
        yield "After a breach play follows payoffs alone: a premium is paid on what a deal shows."
    if not found.credible:
        yield "What follows a breach is no equilibrium: somebody would leave the punishment."
    judged = answer.renegotiation.get(name)
    if judged is not None and (judged.penances or judged.factor != 0):
        if judged.grim is False:
            yield "Both would rather start afresh than punish for ever (not renegotiation-proof)."
        elif judged.grim:
            yield "Punishing for ever is weakly renegotiation-proof."
        if not judged.searched:
            yield "Milder punishments were not searched: there are too many profiles."
        elif judged.factor is None:
            yield "No penance of pure acts keeps the deal."
        else:
            yield f"With penances that nobody would rather forget: from {_figure(judged.factor)}."


def _lottery(found: CriticalDiscount) -> Iterator[str]:
    """Say from when all-or-nothing acts drawn by public lottery last."""
    evidence = found.lottery_evidence
    if evidence is None:
        return
    if found.lottery is not None:
        about = "" if evidence.status is Status.SOLVED else "at the latest "
        yield (
            "Acts done in full or not at all, drawn by public lottery, last "
            f"{about}from {in_figures(found.lottery)}."
        )
    elif evidence.status is Status.SOLVED:
        yield "Drawn by public lottery, no acts that help everybody last at any factor."


def _matters(answer: Enforcement) -> Iterator[str]:
    found = answer.matters
    if len(answer.linked.packages) != 1 or len(answer.game.issues) < 2:
        return
    start, deal, alone = found["from"], found["deal_from"], found["deal_alone_from"]
    decided = [one.any_status is Status.SOLVED for one in (answer.linked, answer.delinked)]
    if start is None:
        if decided[0]:
            yield "Linked or not, no deal lasts."
        return
    alone_any = found["from_delinked"]
    if not all(decided):
        yield f"Linked, some deal lasts at the latest from {in_figures(start)}."
    elif alone_any is None:
        yield f"Linked, some deal lasts from {in_figures(start)}; issue by issue none does."
    elif alone_any > start:
        yield (
            f"Linked, some deal lasts from {in_figures(start)}; issue by issue only from "
            f"{in_figures(alone_any)}."
        )
    else:
        yield f"Some deal lasts from {in_figures(start)}, linked or not."
    if deal is None:
        yield "The linked settlement lasts at no factor."
    elif alone is None:
        yield f"The linked settlement lasts from {_figure(deal)}; issue by issue it never would."
    elif alone > deal:
        yield (
            f"From {_figure(deal)} to {_figure(alone)} the linked settlement lasts only because "
            "it is linked; beyond, each issue keeps itself."
        )
    else:
        yield f"From {_figure(alone)} each issue of the linked settlement keeps itself."


def _favours(answer: Enforcement) -> Iterator[str]:
    network = answer.favours
    if network is None:
        return
    ends = network.critical()
    if ends is None:
        yield "No favours last at any factor: nobody's help comes back to him enough."
        return
    yield f"Some favours last from {float(ends[1]):.9g} on (one over the spectral radius)."
    for giver, receiver in network.vital():
        yield f"Vital: what {giver} does for {receiver}; without it no favours last."
    if answer.discount is not None:
        for aim, words in (("total", "for all together"), ("egalitarian", "for the least")):
            best = network.best(answer.discount, aim)  # type: ignore[arg-type]
            shown = ", ".join(
                f"{issue} {in_figures(x)}" for issue, x in zip(network.issues, best, strict=True)
            )
            yield f"Best {words} at {in_figures(answer.discount)}: {shown}"


def _alarms(answer: Enforcement) -> Iterator[str]:
    found = answer.monitoring
    if found is None:
        return
    for one in found.agendas[:MAX_ROWS]:
        values = ", ".join(f"{p} {in_figures(v)}" for p, v in one.values.items())
        start = "never" if one.critical is None else f"from {in_figures(one.critical)}"
        kept = "" if all(one.lasting) else f" ({sum(one.lasting)} of {len(one.lasting)} packages)"
        yield f"{one.agenda}: lasts {start}; worth {values}{kept}"
    yield f"Best in total: {found.best}."
    if not found.complete:
        yield "Only linked and delinked were compared: the deal changes too many issues."


def _objectives(answer: Enforcement) -> Iterator[str]:
    for player, found in answer.objectives.items():
        shown = ", ".join(
            f"{words} {'never' if value is None else in_figures(value)}"
            for words, value in (
                ("linked", found.linked),
                ("issue by issue", found.unitary),
                ("in the hands of separate agencies", found.delegated),
            )
        )
        yield f"{player} keeps the linked deal from: {shown}"


def _figure(value: Number) -> str:
    return in_figures(value)
