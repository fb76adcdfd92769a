"""Best replies, from the definition and exactly: what every equilibrium is checked against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.model.issue import Issue


def table_of(issue: Issue, player: str) -> NDArray[Any]:
    """Return a player's exact payoffs over the acting players' actions."""
    return issue.exact_payoffs[:, issue.players.index(player)].reshape(issue.shape)


def replies(
    issue: Issue, player: str, strategies: Mapping[str, Sequence[Fraction]]
) -> list[Fraction]:
    """Return expected payoff of each of a player's actions against the others' strategies."""
    table = table_of(issue, player)
    acting = list(issue.actions)
    for axis in reversed(range(len(acting))):
        if acting[axis] != player:
            mix = np.array(strategies[acting[axis]], dtype=object)
            table = np.tensordot(table, mix, axes=([axis], [0]))
    return [Fraction(x) for x in table.tolist()]


def is_equilibrium(issue: Issue, strategies: Mapping[str, Sequence[Fraction]]) -> bool:
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
