"""Reading the links of a game file: which issues may share a table, and spillovers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError
from bargaining.files.problems import Reading
from bargaining.model.issue import Issue, check_cells
from bargaining.model.links import Link
from bargaining.model.spelling import show, suggestion


def read_links(
    reading: Reading, listed: Any, issues: Mapping[str, Issue]
) -> tuple[Link, ...] | None:
    """Read the links; None when the file has none, so that every two issues may be linked."""
    if not isinstance(listed, list):
        return None
    links, seen = [], set()
    for position, table in enumerate(listed):
        where: tuple[Any, ...] = ("links", position)
        between = table.get("between") if isinstance(table, dict) else None
        if not (isinstance(between, list) and len(between) == 2):
            continue
        if not all(reading.known_issue((*where, "between"), str(k)) for k in between):
            continue
        if between[0] == between[1]:
            reading.report((*where, "between"), "expected two different issues, found one twice")
            continue
        if frozenset(between) in seen:
            reading.report((*where, "between"), "expected each pair once, found a second link")
        seen.add(frozenset(between))
        first, second = str(between[0]), str(between[1])
        pair = [issues[k] for k in (first, second) if k in issues]
        spillovers = None
        if len(pair) == 2 and table.get("spillovers"):
            spillovers = _spillovers(reading, where, table["spillovers"], pair[0], pair[1])
        links.append(Link((first, second), bool(table.get("negotiable", True)), spillovers))
    return tuple(links)


def _spillovers(
    reading: Reading, where: tuple[Any, ...], entries: Sequence[Any], first: Issue, second: Issue
) -> NDArray[Any] | None:
    try:
        check_cells("spillovers", (first.size, second.size), len(reading.players))
    except InputError as error:
        reading.report(where, str(error).partition(": ")[2])
        return None
    table = np.full((first.size, second.size, len(reading.players)), Fraction(0), dtype=object)
    for position, entry in enumerate(entries):
        if not isinstance(entry, dict):
            continue
        at = (*where, "spillovers", position)
        when = entry.get("when", {})
        masks = []
        for issue in (first, second):
            condition = when.get(issue.name) if isinstance(when, dict) else None
            if condition is None and isinstance(when, dict) and issue.name in when:
                reading.report((*at, "when", issue.name), "expected an outcome, found nothing")
            masks.append(matching(reading, (*at, "when", issue.name), issue, condition))
        for name in when if isinstance(when, dict) else ():
            if name not in (first.name, second.name):
                reading.report(
                    (*at, "when", name),
                    f"expected the linked issues ({first.name}, {second.name})"
                    f"{suggestion(name, (first.name, second.name))}",
                )
        values = entry.get("payoffs", {})
        for player, value in values.items() if isinstance(values, dict) else ():
            if reading.known_player((*at, "payoffs", player), player):
                amount = reading.number((*at, "payoffs", player), value)
                layer = table[:, :, reading.players.index(player)]
                layer[np.ix_(masks[0], masks[1])] += amount
    return table


def matching(
    reading: Reading, where: Sequence[Any], issue: Issue, condition: Any
) -> NDArray[np.bool_]:
    """Find the outcomes that a condition names: one by its name, or those with given actions."""
    every = np.ones(issue.size, dtype=bool)
    if condition is None:
        return every
    if isinstance(condition, str):
        chosen = reading.choose(where, condition, issue.outcomes)
        every[:] = False
        if chosen is not None:
            every[chosen] = True
        return every
    if isinstance(condition, dict) and not issue.is_options:
        grid = np.indices(issue.shape).reshape(len(issue.shape), -1)
        for player, label in condition.items():
            at = (*where, player)
            if player not in issue.actions:
                known = ", ".join(issue.actions)
                reading.report(
                    at,
                    f"expected players who act here ({known}){suggestion(player, issue.actions)}",
                )
                continue
            chosen = reading.choose(at, label, issue.actions[player])
            if chosen is not None:
                every &= grid[list(issue.actions).index(player)] == chosen
        return every
    kind = "an option's label" if issue.is_options else "an outcome, or an action per player"
    reading.report(where, f"expected {kind}, found {show(condition)}")
    return every
