"""Direct mechanisms with 30 types a side: how long the best rule takes, verified.

Run by hand: ``python -m pytest tests/benchmarks/test_mechanism_scale.py -s``.
"""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pytest

import bargaining as bg

TYPES = 30
SEEDS = range(3)


def random_game(seed: int, outcomes: int, *, fine: bool = False) -> bg.LinkageGame:
    """One issue; every type of both sides has payoffs of its own (fine: to 9 digits)."""
    rng = np.random.default_rng(seed)

    def rows() -> list[list[Any]]:
        size = (TYPES, outcomes - 1)
        values = rng.normal(size=size).round(9) if fine else rng.integers(-10, 11, size)
        return [[0, *row] for row in values.tolist()]

    draws = [
        {
            "player": player,
            "probability": [f"1/{TYPES}"] * TYPES,
            "payoffs": {"issue": {player: rows()}},
        }
        for player in ("us", "mexico")
    ]
    issue = {
        "options": [str(o) for o in range(outcomes)],
        "status_quo": "0",
        "payoffs": {"us": [0] * outcomes, "mexico": [0] * outcomes},
    }
    document = {
        "format": "bargaining-game/1",
        "players": ["us", "mexico"],
        "issues": {"issue": issue},
        "types": draws,
    }
    return bg.loads(json.dumps(document), format="json")


def solved(game: bg.LinkageGame, limit: float, **asked: Any) -> None:
    start = time.perf_counter()
    answer = bg.mechanism(game, **asked)
    seconds = time.perf_counter() - start
    assert answer.status == "solved"
    assert answer.verify()
    checked = time.perf_counter() - start - seconds
    words = " ".join(map(str, asked.values()))
    print(
        f"\n{words:30} {float(answer.second_best):9.5f} of {float(answer.first_best):9.5f}  "
        f"{seconds:6.2f} s ({seconds / limit:5.0%} of {limit:g} s), checked in {checked:.2f} s, "
        f"{answer.method}",
        end="",
    )
    assert seconds <= limit, seconds


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("outcomes", [2, 4])
@pytest.mark.parametrize("fine", [False, True])
@pytest.mark.parametrize("transfers", ["none", "expected", "ex_post"])
def test_bayesian(seed: int, outcomes: int, fine: bool, transfers: str) -> None:
    solved(random_game(seed, outcomes, fine=fine), 3.0, transfers=transfers)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("transfers", ["none", "expected"])
def test_dominant(seed: int, transfers: str) -> None:
    solved(random_game(seed, 4), 120.0, transfers=transfers, incentive="dominant")
