"""Which conditions a rule meets by a hair, in words."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.settlement.mechanism.checker import Examination, plain
from bargaining.settlement.mechanism.rule import Rule

MAX_BINDING = 10
"""Conditions named in words, of each kind."""
BINDS = 1e-7
"""Conditions met by less than this part of the largest gain bind, in floating point."""


def slacks(seen: Examination, rule: Rule) -> dict[str, dict[str, Any]]:
    """Return per kind the smallest slack, how many conditions bind, and some in words."""
    setting, question = seen.setting, seen.question
    names = setting.game.players
    players = range(len(setting.spaces))
    found = {}
    lies = [(i, seen.lies(rule, i)) for i in players if len(setting.spaces[i]) > 1]
    apart = [
        (i, table, ~np.broadcast_to(np.eye(table.shape[1], dtype=bool), table.shape))
        for i, table in lies
    ]

    def lie(i: int, place: tuple[int, ...]) -> str:
        cell, true, told = place
        labels = setting.spaces[i].labels
        where = _others(seen, i, cell) if question.incentive == "dominant" else ""
        return (
            f'{names[i]}, if "{labels[true]}", would not gain by posing as "{labels[told]}"{where}'
        )

    def loss(i: int, place: tuple[int, ...]) -> str:
        label = setting.spaces[i].labels[place[0]]
        where = _others(seen, i, place[1]) if question.rationality == "ex_post" else ""
        kind = f', if "{label}",' if label else ""
        return f"{names[i]}{kind} gains nothing{where}"

    if apart:
        found["incentive"] = _kind(seen, apart, lie)
    if question.rationality != "none" and setting.stake:
        tables = [(i, seen.left(rule, i)) for i in setting.stake]
        found["rationality"] = _kind(
            seen, [(i, table, np.ones(table.shape, dtype=bool)) for i, table in tables], loss
        )
    if question.transfers != "none":
        budget = seen.budget(rule)
        words = "in expectation" if question.transfers == "expected" else "whatever is reported"
        found["budget"] = _kind(
            seen,
            [(0, budget.reshape(-1)[[budget.argmin()]], np.ones(1, dtype=bool))],
            lambda i, place: f"what is paid covers what is received, {words}",
        )
    return found


def _kind(
    seen: Examination,
    tables: list[tuple[int, NDArray[Any], NDArray[np.bool_]]],
    say: Callable[[int, tuple[int, ...]], str],
) -> dict[str, Any]:
    reach = max((abs(v) for pair in seen.setting.reach for v in pair), default=Fraction(0))
    near = 0 if seen.exact else BINDS * float(reach)
    least = min(table[asked].min() for _, table, asked in tables)
    count = 0
    words: list[str] = []
    for i, table, asked in tables:
        tight = np.argwhere(asked & (table <= near))
        count += len(tight)
        room = max(MAX_BINDING - len(words), 0)
        words += [say(i, tuple(place)) for place in tight[:room].tolist()]
    return {"slack": plain(least), "count": count, "binding": words}


def _others(seen: Examination, player: int, cell: int) -> str:
    """Name the types of the others in a cell."""
    setting = seen.setting
    others = [p for p in range(len(setting.spaces)) if p != player]
    types = np.unravel_index(cell, [len(setting.spaces[p]) for p in others])
    named = [
        f'{setting.game.players[p]} is "{setting.spaces[p].labels[int(t)]}"'
        for p, t in zip(others, types, strict=True)
        if setting.spaces[p].draws
    ]
    return f" when {' and '.join(named)}" if named else ""
