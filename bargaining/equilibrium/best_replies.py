"""Best replies, from the definition and exactly: what every equilibrium is checked against."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.model.issue import Issue
from bargaining.results import Number

MAX_UNIT_BITS = 4_096
"""Sums are formed in whole numbers while the common denominator has at most this many bits."""

Strategies = Mapping[str, Sequence[Number]]


def movers(issue: Issue) -> list[str]:
    """Return the players who have a choice."""
    return [player for player, labels in issue.actions.items() if len(labels) > 1]


def table_of(issue: Issue, player: str) -> NDArray[Any]:
    """Return a player's exact payoffs over the acting players' actions."""
    return issue.exact_payoffs[:, issue.players.index(player)].reshape(issue.shape)


def replies(issue: Issue, player: str, strategies: Strategies) -> list[Number]:
    """Return expected payoff of each of a player's actions against the others' strategies."""
    mixes = [None if acting == player else strategies[acting] for acting in issue.actions]
    return [_number(value) for value in _contract(table_of(issue, player), mixes)]


def payoff(issue: Issue, player: str, strategies: Strategies) -> Number:
    """Return a player's expected payoff."""
    mixes = [strategies[acting] for acting in issue.actions]
    return _number(_contract(table_of(issue, player), mixes)[0])


def regret(issue: Issue, strategies: Strategies) -> Number:
    """Return the most that anyone gains by another action."""
    worst: Number = Fraction(0)
    for player in issue.actions:
        values = replies(issue, player, strategies)
        mine = sum((p * v for p, v in zip(strategies[player], values, strict=True)), Fraction(0))
        worst = max(worst, max(values) - mine)
    return worst


def is_equilibrium(issue: Issue, strategies: Strategies) -> bool:
    """Whether nobody can gain by another action; exact, any number of players."""
    for player in issue.actions:
        mix = strategies[player]
        if min(mix) < 0 or sum(mix) != 1:
            return False
        values = replies(issue, player, strategies)
        best = max(values)
        if any(p > 0 and v < best for p, v in zip(mix, values, strict=True)):
            return False
    return True


def spare_replies(issue: Issue, strategies: Strategies) -> bool:
    """Whether somebody has best replies that he does not use."""
    for player in movers(issue):
        values = replies(issue, player, strategies)
        if values.count(max(values)) > sum(p > 0 for p in strategies[player]):
            return True
    return False


def is_pure_equilibrium(issue: Issue, outcome: int) -> bool:
    """Whether one outcome is an equilibrium."""
    chosen = np.unravel_index(outcome, issue.shape)
    for axis, player in enumerate(issue.actions):
        line = [int(a) for a in chosen]
        table = table_of(issue, player)
        mine = table[tuple(chosen)]
        for action in range(issue.shape[axis]):
            line[axis] = action
            if table[tuple(line)] > mine:
                return False
    return True


def pure_equilibria(issue: Issue) -> list[int]:
    """All pure equilibria of a normal form, by outcome, for any number of players."""
    stable = np.ones(issue.shape, dtype=bool)
    for axis, player in enumerate(issue.actions):
        table = table_of(issue, player)
        stable &= table == table.max(axis=axis, keepdims=True)
    return [int(i) for i in np.flatnonzero(stable)]


def _contract(table: NDArray[Any], mixes: Sequence[Sequence[Number] | None]) -> list[Any]:
    """Average a payoff table over the strategies given, on the actions in use only."""
    unit: Any = 1
    weights: list[NDArray[Any] | None] = []
    for axis, mix in enumerate(mixes):
        if mix is None:
            weights.append(None)
            continue
        used = [a for a, p in enumerate(mix) if p]
        shares = [mix[a] for a in used]
        fractions = [p for p in shares if isinstance(p, Fraction)]
        if len(fractions) == len(shares):
            common = math.lcm(*(p.denominator for p in fractions))
            unit *= common
            weights.append(np.array([int(p * common) for p in fractions], dtype=object))
        else:
            weights.append(np.array(shares, dtype=object))
        table = table.take(used, axis=axis)
    table, scale = _whole(table)
    for axis in reversed(range(len(weights))):
        weight = weights[axis]
        if weight is not None:
            table = np.tensordot(table, weight, axes=([axis], [0]))
    values = np.array(table, dtype=object).ravel().tolist()
    unit *= scale
    return [Fraction(v, unit) if isinstance(v, int) else v / unit for v in values]


def _whole(table: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Return a table of fractions as whole numbers of a common unit, where that is not too fine."""
    unit = math.lcm(*{value.denominator for value in table.flat})
    if unit.bit_length() > MAX_UNIT_BITS:
        return table, 1
    numbers = [value.numerator * (unit // value.denominator) for value in table.flat]
    whole = np.empty(table.size, dtype=object)
    whole[:] = numbers
    return whole.reshape(table.shape), unit


def _number(value: Any) -> Number:
    return value if isinstance(value, float) else Fraction(value)
