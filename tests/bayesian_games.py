"""Games of private types for tests: random ones, built from tables."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.model.game import LinkageGame
from bargaining.model.information import Draw
from bargaining.model.issue import Issue
from bargaining.model.links import Link


def random_bayesian(
    rng: np.random.Generator,
    *,
    types: Sequence[int],
    acts: Sequence[Sequence[int]],
    spillover: bool = False,
) -> LinkageGame:
    """A game in which every issue's payoffs of all players depend on the types.

    ``acts`` has one list of action counts per issue, ``types`` one count per player; the payoffs
    of player i in issue k depend on the type of player (i + k) modulo the number of players.
    """
    players = tuple("abc"[: len(types)])

    def numbers(*shape: int) -> Any:
        return rng.integers(-5, 6, shape)

    issues = []
    for k, counts in enumerate(acts):
        actions = {p: [str(a) for a in range(n)] for p, n in zip(players, counts, strict=True)}
        tables = {p: numbers(*counts).tolist() for p in players}
        issues.append(Issue.normal_form(f"k{k}", players, actions, tables))
    draws = []
    for owner, (player, count) in enumerate(zip(players, types, strict=True)):
        weights = [int(w) for w in rng.integers(1, 4, count)]
        payoffs: dict[str, dict[str, Any]] = {}
        for k, issue in enumerate(issues):
            target = players[(owner - k) % len(players)]
            rows = [[Fraction(int(x)) for x in numbers(issue.size)] for _ in range(count)]
            payoffs[issue.name] = {target: tuple(map(tuple, rows))}
        chances = tuple(Fraction(w, sum(weights)) for w in weights)
        labels = tuple(f"{player}{s}" for s in range(count))
        draws.append(Draw(player, labels, chances, payoffs))
    links = None
    if spillover:
        table = np.array(
            [Fraction(int(x)) for x in numbers(issues[0].size * issues[1].size * len(players))],
            dtype=object,
        ).reshape(issues[0].size, issues[1].size, len(players))
        links = (Link(("k0", "k1"), True, table),)
    return LinkageGame(players, issues, links, channels={"types": tuple(draws)})
