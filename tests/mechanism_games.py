"""Games with private types for the tests of mechanisms."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from typing import Any

import numpy as np

import bargaining as bg

F = Fraction
CLOSE = 1e-6
OPTIONS = list(
    itertools.product(
        ("none", "expected", "ex_post"),
        ("interim", "ex_post", "none"),
        ("bayesian", "dominant"),
        ("total", "max-min", "a"),
    )
)


def game_of(document: dict[str, Any]) -> bg.LinkageGame:
    return bg.loads(json.dumps({"format": "bargaining-game/1", **document}), format="json")


def trade(values: list[Fraction], costs: list[Fraction]) -> bg.LinkageGame:
    """A buyer and a seller, all types equally likely."""

    def draw(player: str, worth: list[Fraction]) -> dict[str, Any]:
        return {
            "player": player,
            "probability": [str(F(1, len(worth)))] * len(worth),
            "payoffs": {"good": {player: [[0, str(v)] for v in worth]}},
        }

    return game_of(
        {
            "players": ["buyer", "seller"],
            "issues": {
                "good": {
                    "options": ["keep", "trade"],
                    "status_quo": "keep",
                    "payoffs": {"buyer": [0, 1], "seller": [0, -1]},
                }
            },
            "types": [draw("buyer", values), draw("seller", [-c for c in costs])],
        }
    )


def midpoints(n: int) -> list[Fraction]:
    return [F(2 * k + 1, 2 * n) for k in range(n)]


# Myerson and Satterthwaite 1983: for uniform types first best 1/6, second best 9/64.


def random_game(seed: int, *, players: int = 2, efficiency: str = "1") -> bg.LinkageGame:
    """A small game: two issues, draws of own and of others' payoffs, a spillover now and then."""
    rng = np.random.default_rng(seed)
    names = ["a", "b", "c"][:players]

    def row(count: int) -> list[int]:
        return [0, *rng.integers(-4, 5, count - 1).tolist()]

    sizes = {"x": 3, "y": 2}
    issues = {
        issue: {
            "options": [str(o) for o in range(size)],
            "status_quo": "0",
            "payoffs": {name: row(size) for name in names},
        }
        for issue, size in sizes.items()
    }
    draws = []
    free = {(issue, name) for issue in sizes for name in names}
    for owner in names:
        for issue in sizes:
            target = owner if rng.random() < 0.7 else names[int(rng.integers(players))]
            if (issue, target) not in free or (players > 2 and issue == "y"):
                continue
            free.discard((issue, target))
            rows = [row(sizes[issue]) for _ in range(2)]
            chance = F(int(rng.integers(1, 4)), 4)
            draws.append(
                {
                    "player": owner,
                    "probability": [str(chance), str(1 - chance)],
                    "payoffs": {issue: {target: rows}},
                }
            )
    document: dict[str, Any] = {"players": names, "issues": issues, "types": draws}
    if efficiency != "1":
        document["transfers"] = {"efficiency": efficiency}
    if rng.random() < 0.5:
        document["links"] = [
            {
                "between": ["x", "y"],
                "spillovers": [
                    {
                        "when": {"x": "1", "y": "1"},
                        "payoffs": {name: int(rng.integers(-2, 3)) for name in names},
                    }
                ],
            }
        ]
    return game_of(document)
