"""What an outcome needs to set the end of its interval: against a linear programme."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from scipy.optimize import linprog

import bargaining as bg
from bargaining.geometry.least_maximum import value
from bargaining.geometry.surd import Surd
from bargaining.linkage.margins import table
from bargaining.linkage.unlocking import part_of


def least_move(game: bg.LinkageGame, outcome: int, side: int, t: float) -> float:
    """Smallest r for which moves up to r ranges make the outcome worth 0 at t, all others less."""
    payoffs = np.asarray(game.issues["0"].exact_payoffs, dtype=float)
    spans = payoffs.max(axis=0) - payoffs.min(axis=0)
    count = len(payoffs)
    weights = np.array([t, 1 - t])

    def gain(a: int, player_weights: np.ndarray) -> tuple[np.ndarray, float]:  # type: ignore[type-arg]
        row = np.zeros(2 * count + 1)
        row[2 * a : 2 * a + 2] += player_weights
        row[0:2] -= player_weights
        return row, float(player_weights @ (payoffs[a] - payoffs[0]))

    rows, limits = [], []
    for a in range(1, count):
        if a != outcome:
            row, now = gain(a, weights)
            rows.append(row)
            limits.append(-now)
    helped = np.eye(2)[1 if side else 0]
    row, now = gain(outcome, helped)  # it must help the one whose end it sets
    rows.append(-row)
    limits.append(now)
    for j in range(2 * count):
        for sign in (1, -1):
            row = np.zeros(2 * count + 1)
            row[j], row[-1] = sign, -spans[j % 2]
            rows.append(row)
            limits.append(0)
    same, now = gain(outcome, weights)
    cost = np.zeros(2 * count + 1)
    cost[-1] = 1
    found = linprog(cost, np.array(rows), limits, same[None], [-now],
                    bounds=[*[(None, None)] * (2 * count), (0, None)])  # fmt: skip
    assert found.status == 0
    return float(found.fun)


@pytest.mark.parametrize("side", [0, 1])
def test_levels_are_what_a_linear_programme_finds(side: int) -> None:
    rng = np.random.default_rng(side)
    for _ in range(60):
        gains = rng.integers(-6, 7, size=(1, int(rng.integers(2, 5)), 2))
        gains[:, 0] = 0
        if np.any(np.ptp(gains[0], axis=0) == 0):
            continue
        game = bg.LinkageGame.from_payoffs(gains)
        rows = table(game)
        t = F(int(rng.integers(1, 20)), 20)
        for place in range(len(rows.near)):
            part = part_of(rows, np.arange(len(rows.near)), place, side)
            assert part is not None
            level = max(float(value(row, Surd.of(t))) for row in part.rows)
            outcome = int(rows.rows[place])
            assert max(level, 0.0) / 2 == pytest.approx(
                least_move(game, outcome, side, float(t)), abs=1e-7
            )
