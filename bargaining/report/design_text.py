"""The least change that breaks a deadlock, or keeps it, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType

from bargaining.linkage.design.answer import Design
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
from bargaining.results import Status, in_figures

MAX_LISTED = 12


def design_text(answer: Design) -> RenderableType:
    """Say what to change, what it costs, and why less does not do."""
    parts = title_lines(answer.game.title or answer.game.name, None)
    verb = "Breaking" if answer.goal == "break" else "Keeping"
    acts = ", all or nothing" if answer.deals == "pure" else ""
    parts.append(heading_line(f"{verb} the deadlock by {answer.by}{acts}"))
    lines = list(_already(answer) if answer.already else SENTENCES[answer.by](answer))
    parts.append(indented(plain_lines(lines)))
    if answer.by == "benefits" and "candidates" in answer.details:
        parts += [plain(""), indented(_candidates(answer))]
    return Group(*parts)


def _already(answer: Design) -> Iterator[str]:
    if answer.by == "patience":
        yield from _patience(answer)
    elif answer.goal == "break":
        yield "There is no deadlock to break: linked, the issues already help everyone."
    else:
        yield "The deadlock stands as it is: linked, no deal helps everyone."


def _payments(answer: Design) -> Iterator[str]:
    details = answer.details
    if answer.cost is None:
        if answer.status == Status.LIMIT_REACHED:
            yield "Too many undominated deals: none was found that payments can carry."
        else:
            yield "No payment helps: what winners would win does not cover what losers would lose."
    elif answer.deals == "pure":
        bound = "at most " if answer.status == Status.LIMIT_REACHED else ""
        yield f"The least payment that carries a deal: {bound}{_cost(answer)}."
    else:
        rate = details["per_unit"]
        yield "Any payment will do, however small: shares can be scaled down, payments with them."
        yield f"Of every unit won on balance, at least {in_figures(rate)} must change hands, for"
        for part in details["deal"][:MAX_LISTED]:
            yield f"  {_outcomes(part['outcomes'])} (weight {in_figures(part['weight'])})"
        for paid in details["paid"]:
            yield f"  {paid['from']} pays {paid['to']} {in_figures(paid['amount'])} per unit"
    carry = details.get("carry_out")
    if carry:
        yield from _carry_out(answer, carry)


def _carry_out(answer: Design, carry: Mapping[str, Any]) -> Iterator[str]:
    game = answer.game
    moved = {
        issue: shares
        for issue, shares in carry["deal"].items()
        if set(shares) != {game.issues[issue].status_quo}
    }
    if not moved:
        yield "No deal is worth more in all than the status quo."
        return
    words = ", ".join(
        f"{issue}: "
        + " / ".join(
            name if share == 1 else f"{name} {in_figures(share)}" for name, share in shares.items()
        )
        for issue, shares in list(moved.items())[:MAX_LISTED]
    )
    yield f"To carry out in full {words}"
    owed = ", ".join(f"{p} must get {in_figures(x)}" for p, x in carry["compensation"].items())
    if not owed:
        yield "  nobody need be compensated"
        return
    yield f"  {owed}; all payments: {in_figures(carry['cost'])}, left: {in_figures(carry['left'])}"
    if not carry["possible"]:
        yield "  winners cannot pay that"


def _benefits(answer: Design) -> Iterator[str]:
    if answer.cost is None:
        yield "No benefit to anybody, on any link or outcome, breaks the deadlock."
        return
    change = answer.changes[0]
    who = " and ".join(change["to"])
    each = " each" if len(change["to"]) > 1 else ""
    yield (
        f"Least: {in_figures(change['each'])}{each} to {who} for {_outcomes(change['outcomes'])}"
        f"{_more(answer)}."
    )


def _candidates(answer: Design) -> RenderableType:
    """List thresholds, the least in all first."""
    table = new_table()
    for name in ("benefit on", "to"):
        table.add_column(name)
    table.add_column("each", justify="right")
    table.add_column("in all", justify="right")
    listed = answer.details["candidates"]
    ordered = sorted(listed, key=lambda c: (c["total"] is None, c["total"] or 0))
    for found in ordered[:MAX_ROWS]:
        figures = [found["each"], found["total"]]
        cells = ["never" if x is None else in_figures(x) for x in figures]
        table.add_row(plain(_outcomes(found["outcomes"])), plain(", ".join(found["to"])), *cells)
    more_rows(table, len(listed) - MAX_ROWS, "places")
    return table


def _visibility(answer: Design) -> Iterator[str]:
    if answer.cost is None:
        if answer.goal == "break":
            yield "No cut helps: the deadlock would stand if nothing were visible at all."
        else:
            yield "However visible, some deal helps everyone."
    for found in answer.details["factors"]:
        who = " and ".join(found["players"])
        if found["factor"] is not None:
            yield f"{who}: mutual gain below {in_figures(found['factor'])} times today's visibility"
        else:
            low, high = found["bracket"]
            if low is None:
                yield f"{who}: mutual gain at no factor"
            elif high is None:
                yield f"{who}: mutual gain at {in_figures(low)} times today's visibility, and on"
            else:
                yield f"{who}: mutual gain up to between {in_figures(low)} and {in_figures(high)}"
    if answer.cost is not None:
        verb = "cut" if answer.goal == "break" else "rise"
        yield f"Least {verb}: {float(answer.cost):.4g} of today's visibility{_more(answer)}."
    for cut in answer.details.get("by_issue", ()):
        yield f"Cheapest by issue: {cut['issue']} cut by {in_figures(cut['cut'])}"


def _patience(answer: Design) -> Iterator[str]:
    details = answer.details
    if answer.status is Status.LIMIT_REACHED:
        yield "From which discount factor on some mutual gain lasts is not decided."
        if details["any"] is not None:
            yield f"Some does at the latest from {in_figures(details['any'])} on."
        return
    if details["any"] is None:
        yield "At no discount factor below 1 does any deal last that helps everyone."
        return
    form = details["any_closed_form"]
    least = in_figures(details["any"])
    known = f" = {form}" if form and form != least else ""
    yield f"Some mutual gain lasts from the common discount factor {least}{known} on."
    if details["settlement"] is not None:
        yield f"The settlement lasts from {in_figures(details['settlement'])} on."
    for change in answer.changes:
        verb = "short" if change["change"] == "raise" else "too patient"
        yield (
            f"{change['player']} is {verb} by {in_figures(change['short'])} "
            f"(now {in_figures(change['from'])})"
        )
    if answer.already:
        yield "All players' own factors are already there: nothing need be done."


def _links(answer: Design) -> Iterator[str]:
    verb = "open" if answer.goal == "break" else "close"
    if answer.cost is None:
        if answer.goal == "break":
            yield "No link helps: with all of them open the deadlock stands."
        else:
            yield "No closing helps: issue by issue everyone already gains."
        return
    few = "at least cost" if answer.status == Status.SOLVED else "(perhaps not the cheapest)"
    yield f"To {verb}, {few} {in_figures(answer.cost)}:"
    for change in answer.changes[:MAX_ROWS]:
        yield f"  {' + '.join(change['link'])} (cost {in_figures(change['cost'])})"
    if answer.bracket is not None:
        yield f"No set costs less than {in_figures(answer.bracket[0])}."
    why = "One of each must be opened" if answer.goal == "break" else "One of each must be closed"
    yield f"{why}:"
    sets = answer.details["must_hit"]
    for demand in sets[:MAX_LISTED]:
        shown = ", ".join("+".join(pair) for pair in demand[:4])
        more = f", … ({len(demand)} links)" if len(demand) > 4 else ""
        yield f"  {shown}{more}"
    if len(sets) > MAX_LISTED:
        yield f"  … and {len(sets) - MAX_LISTED} more sets"


def _outcomes(outcomes: Mapping[str, str]) -> str:
    return " with ".join(f"{issue}: {outcome}" for issue, outcome in outcomes.items())


def _cost(answer: Design) -> str:
    return "" if answer.cost is None else in_figures(answer.cost) + _more(answer)


def _more(answer: Design) -> str:
    return ", and a little more" if answer.exceeded else ""


SENTENCES = {
    "payments": _payments,
    "benefits": _benefits,
    "visibility": _visibility,
    "patience": _patience,
    "links": _links,
}
