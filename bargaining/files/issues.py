"""Reading one issue of a game file: labels, payoffs of the right shape, status quo."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.errors import InputError
from bargaining.files.problems import Reading
from bargaining.model.issue import Issue, check_cells
from bargaining.model.spelling import show, suggestion


def read_issue(
    reading: Reading,
    name: str,
    table: Mapping[str, Any],
    raw: Any,
    weights: Mapping[str, Fraction],
) -> Issue | None:
    """Read one issue; None, and problems reported, when it is wrong."""
    where = ("issues", name)
    forms = [key for key in ("actions", "options") if isinstance(raw, dict) and key in raw]
    if len(forms) != 1:
        found = "both" if forms else "neither"
        reading.report(where, f"expected either actions or options, found {found}")
        return None
    actions, options = _form(reading, where, table)
    if not (actions or options):
        return None
    axes = [(f"one per action of {player}", len(labels)) for player, labels in actions.items()] or [
        ("one per option", len(options))
    ]
    shape = tuple(length for _, length in axes)
    try:
        outcomes = check_cells(name, shape, len(reading.players))
    except InputError as error:
        reading.report(where, str(error).partition(": ")[2])
        return None
    payoffs = np.full((outcomes, len(reading.players)), Fraction(0), dtype=object)
    given = table.get("payoffs", {})
    for player, nested in given.items() if isinstance(given, dict) else ():
        at = (*where, "payoffs", player)
        if reading.known_player(at, player):
            flat = _nested(reading, at, nested, axes)
            weight = weights.get(player, Fraction(1))
            if flat is not None:
                payoffs[:, reading.players.index(player)] = [weight * v for v in flat]
    index = _status_quo(reading, (*where, "status_quo"), table, actions, options)
    issue = Issue(
        name,
        reading.players,
        actions,
        options,
        payoffs,
        index,
        str(table.get("title", "")),
        _visibility(reading, where, table, outcomes, index),
    )
    if actions and len(set(issue.outcomes)) < outcomes:
        twice = Counter(issue.outcomes).most_common(1)[0][0]
        distinct = all(len(set(labels)) == len(labels) for labels in actions.values())
        if distinct:
            reading.report(
                (*where, "actions"),
                f"expected labels whose combinations differ, found {show(twice)} twice",
            )
    return issue


def _form(
    reading: Reading, where: Sequence[Any], table: Mapping[str, Any]
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Return the action labels of each acting player, or the options."""
    options = table.get("options")
    if isinstance(options, list):
        if not options:
            reading.report((*where, "options"), "expected at least one option, found none")
        reading.check_labels((*where, "options"), options)
        return {}, tuple(options)
    given = table.get("actions")
    if not isinstance(given, dict):
        return {}, ()
    if not given:
        reading.report((*where, "actions"), "expected at least one acting player, found none")
    for player, labels in given.items():
        at = (*where, "actions", player)
        reading.known_player(at, player)
        if not labels:
            reading.report(at, "expected at least one action, found none")
        else:
            reading.check_labels(at, labels)
    return {p: tuple(given[p]) for p in reading.players if given.get(p)}, ()


def _nested(
    reading: Reading, where: Sequence[Any], nested: Any, axes: Sequence[tuple[str, int]]
) -> list[Fraction] | None:
    """Read nested lists of the shape that the axes require, in row-major order."""
    before = len(reading.problems)
    values: list[Fraction] = []

    def walk(item: Any, depth: int, path: tuple[Any, ...]) -> None:
        if depth == len(axes):
            values.append(reading.number((*where, *path), item))
            return
        words, length = axes[depth]
        if not isinstance(item, list) or len(item) != length:
            kind = "numbers" if depth == len(axes) - 1 else "rows"
            found = str(len(item)) if isinstance(item, list) else f"the single value {show(item)}"
            reading.report((*where, *path), f"expected {length} {kind} ({words}), found {found}")
        else:
            for i, child in enumerate(item):
                walk(child, depth + 1, (*path, i))

    walk(nested, 0, ())
    complete = len(values) == math.prod(length for _, length in axes)
    return values if complete and len(reading.problems) == before else None


def _status_quo(
    reading: Reading,
    where: Sequence[Any],
    table: Mapping[str, Any],
    actions: Mapping[str, tuple[str, ...]],
    options: tuple[str, ...],
) -> int | None:
    given = table.get("status_quo")
    if given is None:
        if options and not reading.reserved:
            known = ", ".join(show(label) for label in options[:10])
            reading.report(where, f"expected one of the options ({known}), found none")
        return None
    if options:
        return reading.choose(where, given, options)
    if not isinstance(given, dict):
        first = next(iter(actions))
        reading.report(
            where,
            f"expected an action per player (status_quo.{first} = …), found {show(given)}",
        )
        return None
    for player in given:
        if player not in actions:
            hint = suggestion(player, actions)
            reading.report(
                (*where, player),
                f"expected players who act here ({', '.join(actions)}){hint}",
            )
    chosen = []
    for player, labels in actions.items():
        if player in given:
            chosen.append(reading.choose((*where, player), given[player], labels))
        elif len(labels) == 1:
            chosen.append(0)
        else:
            reading.report((*where, player), "expected an action, found none")
            chosen.append(None)
    if None in chosen:
        return None
    return int(np.ravel_multi_index(chosen, [len(v) for v in actions.values()]))  # type: ignore[arg-type]


def _visibility(
    reading: Reading,
    where: Sequence[Any],
    table: Mapping[str, Any],
    outcomes: int,
    origin: int | None,
) -> dict[str, tuple[Fraction, ...]]:
    """Read what shows at home of each outcome: nothing of the status quo."""
    result = {}
    for player, values in dict(table.get("visibility") or {}).items():
        at = (*where, "visibility", player)
        if not reading.known_player(at, player) or not isinstance(values, list):
            continue
        if len(values) != outcomes:
            reading.report(
                at, f"expected {outcomes} numbers (one per outcome), found {len(values)}"
            )
        result[player] = tuple(reading.number((*at, i), v) for i, v in enumerate(values))
        for i, seen in enumerate(result[player]):
            if seen < 0:
                reading.report((*at, i), f"expected a number from 0 on, found {seen}")
            elif seen and i == origin:
                reading.report((*at, i), f"expected 0 at the status quo, found {seen}")
    return result
