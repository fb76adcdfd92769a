"""Who wants which agenda, as text for a terminal, readable at 80 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from rich.console import Group, RenderableType

from bargaining.linkage.agenda_control import AgendaControl
from bargaining.linkage.agenda_game import AgendaGame
from bargaining.linkage.blackmail import Blackmail
from bargaining.linkage.keystone import IssueValues
from bargaining.linkage.sequential_answer import SequentialAgenda
from bargaining.model.spelling import printable
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
from bargaining.results import Number, Status, in_figures, signed
from bargaining.settlement.solutions import SOLUTIONS

MAX_TIES = 1
MAX_LISTED = 15


def agenda_words(found: AgendaGame) -> list[str]:
    """Say in sentences who prefers which agenda, and what becomes of it."""
    lines = []
    for player, names in found.preferred.items():
        if len(names) == len(found.agendas):
            lines.append(f"{player} gains the same under every agenda.")
            continue
        shown = [_agenda(name) for name in names[:MAX_TIES]]
        words = " or ".join(shown)
        if len(names) > MAX_TIES:
            others = len(names) - MAX_TIES
            words += f", or {others} other{'' if others == 1 else 's'} as good"
        gain = found.agendas[names[0]].gains[player]
        lines.append(f"{player} does best with {words} (gains {in_figures(gain)}).")
    lines += _price_words(found)
    if any(in_figures(d) != "0" for d in found.price.difference.values()):
        lines.append(_linking_words(found))
    return lines


def _agenda(name: str) -> str:
    return {"delinked": "every issue alone", "linked": "everything linked"}.get(
        name, f"the packages {name}" if "," in name else f"the package {name}"
    )


def _price_words(found: AgendaGame) -> list[str]:
    """Say whom delinking costs what."""
    costs = [f"{p} {signed(-d)}" for p, d in found.price.difference.items() if in_figures(d) != "0"]
    if not costs:
        return ["Taking everything apart changes nobody's gain."]
    words = f"Taking everything apart changes gains by {', '.join(costs)}"
    return [f"{words} (total {signed(-found.price.total)})."]


def _linking_words(found: AgendaGame) -> str:
    """Say what comes out when every side must agree to link."""
    outcomes = {e.outcome for e in found.linking.equilibria if e.undominated}
    if not found.linking.equilibria:
        return "With these players the game of linking was not solved."
    if found.refusing:
        who = " and ".join(found.refusing)
        verb = "refuses" if len(found.refusing) == 1 else "refuse"
        return f"If linking needs every side's consent, it does not happen: {who} {verb}."
    if outcomes == {"linked"}:
        return "If linking needs every side's consent, it happens: nobody has a reason to refuse."
    return "If linking needs every side's consent, it may or may not happen: a side is indifferent."


def agenda_text(found: AgendaGame) -> RenderableType:
    """Gains under every agenda, who prefers which, and which are stable."""
    title = SOLUTIONS[found.solution].title
    parts = title_lines(found.game.title or found.game.name, None)
    parts += [indented(plain_lines(agenda_words(found))), plain("")]
    parts += [heading_line(f"Gains under each agenda ({title})"), indented(_gains(found))]
    if found.status == Status.LIMIT_REACHED:
        parts.append(indented(plain("Not all agendas were compared: there are too many.", "dim")))
    parts += [plain("")]
    if found.keystone:
        parts += [
            heading_line("What each issue's absence costs (linked gains, minus those without it)"),
            indented(_by_issue(found.keystone, found.players)),
            plain(""),
        ]
        for player, issues in found.most_missed.items():
            words = f"{player} would miss most: {', '.join(issues)}"
            parts.append(indented(plain(words if issues else f"{player} would miss no issue")))
    return Group(*parts)


def _gains(found: AgendaGame) -> RenderableType:
    table = new_table()
    table.add_column("agenda")
    for player in found.players:
        table.add_column(plain(player), justify="right")
    table.add_column("")
    best = {p: set(names) for p, names in found.preferred.items()}
    shown = list(found.agendas)
    if len(shown) > MAX_ROWS:
        first = [name for names in found.preferred.values() for name in names[:MAX_TIES]]
        chosen = dict.fromkeys(["delinked", *first, *shown[: MAX_ROWS - 8], "linked"])
        shown = [name for name in found.agendas if name in chosen]
    for name in shown:
        gained = found.agendas[name].gains
        cells = [
            in_figures(gained[p]) + ("*" if name in best.get(p, ()) else " ") for p in found.players
        ]
        objections = found.objections.get(name, {})
        who = dict.fromkeys(p for players in objections.values() for p in players)
        note = f"{', '.join(map(printable, who))} would take it apart" if who else "stable"
        table.add_row(plain(name), *cells, plain(note))
    more_rows(table, len(found.agendas) - len(shown), "agendas")
    return table


def _by_issue(values: Mapping[str, Mapping[str, Number]], players: Sequence[str]) -> RenderableType:
    table = new_table()
    table.add_column("issue")
    for player in players:
        table.add_column(plain(player), justify="right")
    for name, costs in islice(values.items(), MAX_ROWS):
        table.add_row(plain(name), *(in_figures(costs[p]) for p in players))
    more_rows(table, len(values) - MAX_ROWS, "issues")
    return table


def values_text(found: IssueValues) -> RenderableType:
    """Return the Shapley value of each issue."""
    heading = "What each issue contributes on average (Shapley value)"
    lines: list[RenderableType] = [
        heading_line(heading),
        indented(_by_issue(found.values, found.game.players)),
    ]
    if found.orders:
        most = max((e for row in found.errors.values() for e in row.values()), default=0.0)
        note = f"From {found.orders:,} orders drawn; standard errors up to {most:.2g}."
        lines.append(indented(plain(note, "dim")))
    return Group(*lines)


def control_text(found: AgendaControl) -> RenderableType:
    """Say which issues keep the deadlock when off the table, and break it when on it."""
    lines = []
    if found.bring_in is None:
        lines.append("No deal on all issues together helps everyone: nothing need be kept off.")
    else:
        few = "fewest" if found.status == Status.SOLVED else "few (perhaps not fewest)"
        off, add = ", ".join(found.keep_off), ", ".join(found.bring_in)
        lines.append(f"To keep the deadlock, keep the {few} off the table: {off or 'none'}")
        lines.append(f"To break it, bring the {few} to the table: {add or 'none'}")
        if found.groups:
            groups = [" / ".join(g) for g in found.groups if len(g) > 1]
            if groups:
                shown = "; ".join(groups[:MAX_LISTED])
                lines.append(f"Of these only one each can stay: {shown}")
        elif found.breaking:
            shown = "; ".join(" + ".join(p) for p in found.breaking[:MAX_LISTED])
            lines.append(f"Each of these breaks the deadlock and must lose an issue: {shown}")
    return Group(heading_line("Agenda control"), indented(plain_lines(lines)))


def sequential_text(orders: Mapping[str, SequentialAgenda]) -> RenderableType:
    """Gains by order of bargaining, discounted to the first period."""
    one = next(iter(orders.values()))
    table = new_table()
    table.add_column("order")
    for player in one.gains:
        table.add_column(plain(player), justify="right")
    table.add_column("as waiting gets free", justify="right")
    for name, found in islice(orders.items(), MAX_ROWS):
        limit = (
            "" if found.limit is None else ", ".join(in_figures(g) for g in found.limit.values())
        )
        table.add_row(plain(name), *(in_figures(g) for g in found.gains.values()), limit)
    more_rows(table, len(orders) - MAX_ROWS, "orders")
    factors = ", ".join(f"{p} {in_figures(d)}" for p, d in one.discount.items())
    when = "carried out at once" if one.implement == "at_once" else "carried out at the end"
    heading = f"Alternating offers, {one.first} first ({when})"
    lines: list[RenderableType] = [heading_line(heading), indented(table)]
    lines.append(indented(plain(f"discount factors {factors}", "dim")))
    if len(orders) == 1:
        rows = []
        for move in one.moves[:MAX_ROWS]:
            gained = ", ".join(f"{p} {in_figures(g)}" for p, g in move.gains.items())
            rows.append(
                f"period {move.period}: {move.proposer} on {'+'.join(move.package)}: {gained}"
            )
        lines.append(indented(plain_lines(rows or ["nothing is ever signed"])))
    else:
        for player in one.discount:
            most = max(found.gains[player] for found in orders.values())
            names = [name for name, found in orders.items() if found.gains[player] == most]
            words = " or ".join(names[:MAX_TIES]) + (" or others" if len(names) > MAX_TIES else "")
            lines.append(indented(plain(f"{player} does best with {words}")))
    return Group(*lines)


def threats_text(found: Blackmail) -> RenderableType:
    """Threats, whether they would be carried out, and where commitment leads."""
    lines = []
    for act in found.threats[:MAX_LISTED]:
        harms = ", ".join(f"{p} {signed(g)}" for p, g in act.others.items())
        believed = (
            "would be carried out"
            if act.credible
            else f"not credible without commitment: it costs {in_figures(act.forgone)}"
        )
        lines.append(f"{act.player} can do {act.issue}: {act.act} ({harms}); {believed}")
    for one in found.ultimatums[:MAX_LISTED]:
        verb = "gives in" if one.yields else "does not give in"
        lines.append(
            f"{one.favour.player}, if it believes that, {verb} to {one.favour.issue}: "
            f"{one.favour.act} (harm {in_figures(one.harm)}, cost {in_figures(one.cost)})"
        )
    if not found.threats:
        lines.append("Nobody has an act that hurts another; acts in place are no threats.")
    parts: list[RenderableType] = [heading_line("Threats"), indented(plain_lines(lines))]
    if found.outcomes and found.threats:
        table = new_table()
        table.add_column("who can commit")
        table.add_column("linked", justify="right")
        table.add_column("delinked", justify="right")
        for who, pair in found.outcomes.items():
            cells = [
                ", ".join(in_figures(g) for g in pair[name].gains.values())
                for name in ("linked", "delinked")
            ]
            table.add_row(plain("both, side payments" if who == "coco" else who), *cells)
        parts += [plain(""), indented(table)]
    return Group(*parts)
