"""Time for worths, values and the nucleolus of coalition games."""

from __future__ import annotations

import random
import time

import pytest
from coalition_games import LETTERS, Worth, table

import bargaining as bg
from bargaining.linkage.coalitions.dense import Dense
from bargaining.linkage.coalitions.kohlberg import fault
from bargaining.linkage.coalitions.nucleolus import nucleolus
from bargaining.linkage.coalitions.values import shapley
from bargaining.linkage.coalitions.worths import worths

SECONDS = 5.0
"""Eight players must not take longer."""


def drawn(kind: str, seed: int, count: int) -> Worth:
    rng = random.Random(seed)
    players = LETTERS[:count]
    if kind == "voting":
        weights = {p: rng.randint(1, 9) for p in players}
        quota = sum(weights.values()) // 2 + 1
        return table(players, lambda s: int(sum(weights[p] for p in s) >= quota))
    if kind == "zero or one":
        return table(players, lambda s: rng.randint(0, 1) if len(s) > 1 else 0)
    if kind == "bankruptcy":
        claims = {p: rng.randint(1, 99) for p in players}
        estate = sum(claims.values()) // 2
        return table(
            players, lambda s: max(0, estate - sum(c for p, c in claims.items() if p not in s))
        )
    return table(players, lambda s: rng.randint(0, 100) * len(s))


@pytest.mark.parametrize("kind", ["anything", "voting", "zero or one", "bankruptcy"])
def test_nucleolus(kind: str) -> None:
    print(f"\n{kind}: players, slowest and mean seconds of nucleolus with its check, levels")
    for count, seeds in ((4, 20), (6, 20), (8, 20), (10, 5), (12, 5), (14, 2), (15, 2), (16, 2)):
        times, levels = [], []
        for seed in range(seeds):
            game = Dense.of(worths(drawn(kind, seed, count)))
            start = time.perf_counter()
            found = nucleolus(game)
            assert not fault(game, found)
            times.append(time.perf_counter() - start)
            levels.append(len(found.levels))
        print(f"{count:3d}  {max(times):8.3f} {sum(times) / seeds:8.3f}  {max(levels)}")
        if count == 8:
            assert max(times) < SECONDS


def test_shapley() -> None:
    print("\nplayers, seconds of the Shapley value")
    for count in (8, 12, 14, 16):
        game = worths(drawn("anything", 1, count))
        start = time.perf_counter()
        shapley(game)
        print(f"{count:3d}  {time.perf_counter() - start:8.3f}")


def test_worths_of_games() -> None:
    import numpy as np

    print("\nplayers, issues, seconds of all worths, seconds of the whole answer")
    for count, issues in ((3, 10), (5, 20), (8, 20), (10, 20), (12, 20)):
        rng = np.random.default_rng(count)
        players = [f"p{i}" for i in range(count)]
        listed = []
        for k in range(issues):
            pair = [players[i] for i in sorted(rng.choice(count, 2, replace=False))]
            payoffs = {p: rng.integers(-5, 6, (3, 3)).tolist() for p in players}
            acts = {p: ["x", "y", "z"] for p in pair}
            listed.append(
                bg.Issue.normal_form(
                    f"k{k}", players, acts, payoffs, status_quo=dict.fromkeys(pair, "x")
                )
            )
        game = bg.LinkageGame(players, listed)
        start = time.perf_counter()
        worths(game).table()
        middle = time.perf_counter()
        answer = bg.coalitions(game)
        end = time.perf_counter()
        assert answer.nucleolus is not None
        print(f"{count:3d} {issues:3d}  {middle - start:8.3f} {end - middle:8.3f}")
