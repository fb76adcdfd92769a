"""Worths and margins without side payments, against programmes over listed packages."""

from __future__ import annotations

import itertools
from fractions import Fraction as F

import numpy as np
import pytest
from party_games import NORTH_AMERICA, packages, pies, public_good, random_game, treaty
from scipy.optimize import linprog

from bargaining.linkage.coalitions.nontransferable import (
    CoalitionDeals,
    worth_without_transfers,
)

PAIRS = tuple(itertools.combinations(NORTH_AMERICA, 2))
NEAR = 1e-7


def margin_by_listing(rows: np.ndarray, inside: list[int], point: list[float]) -> float:
    """Maximise t over lotteries over the packages with gains >= point + t for the members."""
    count = len(rows)
    result = linprog(
        [*np.zeros(count), -1],
        A_ub=np.hstack([-rows[:, inside].T, np.ones((len(inside), 1))]),
        b_ub=[-point[i] for i in inside],
        A_eq=[[*np.ones(count), 0]],
        b_eq=[1],
        bounds=[(0, None)] * count + [(None, None)],
    )
    return float(-result.fun)


def worth_by_listing(rows: np.ndarray, inside: list[int]) -> float:
    count = len(rows)
    result = linprog(
        -rows[:, inside].sum(axis=1),
        A_ub=-rows[:, inside].T,
        b_ub=np.zeros(len(inside)),
        A_eq=[np.ones(count)],
        b_eq=[1],
    )
    return max(0.0, float(-result.fun)) if result.success else 0.0


@pytest.mark.parametrize("outsiders", ["status_quo", "best_reply"])
@pytest.mark.parametrize(("seed", "spill"), [(0, False), (1, True), (2, False), (3, True)])
def test_against_listed_packages(seed: int, spill: bool, outsiders: str) -> None:
    game = random_game(seed, spill=spill)
    draw = np.random.default_rng(seed)
    worth = worth_without_transfers(game, outsiders=outsiders)  # type: ignore[arg-type]
    for size in (1, 2, 3):
        for members in itertools.combinations(game.players, size):
            inside = [game.players.index(p) for p in members]
            rows = packages(game, members, outsiders)
            assert float(worth[frozenset(members)]) == pytest.approx(
                worth_by_listing(rows, inside), abs=NEAR
            )
            deals = CoalitionDeals(game, members, outsiders)  # type: ignore[arg-type]
            point = [F(int(v), 2) for v in draw.integers(-4, 8, size=3)]
            found = deals.margin(point)
            assert found.low == found.high
            assert float(found.low) == pytest.approx(
                margin_by_listing(rows, inside, [float(x) for x in point]), abs=NEAR
            )
            assert sum(found.weights) == 1


def test_treaty() -> None:
    """SCENARIOS 5: every pair 0 without transfers, all three 3."""
    worth = worth_without_transfers(treaty())
    assert {s: w for s, w in worth.items() if w} == {frozenset(NORTH_AMERICA): 3}
    assert len(worth) == 7


def test_public_good() -> None:
    """Benefit 2, cost 3: two members gain 2*2 - 3 each, three gain 3*2 - 3."""
    worth = worth_without_transfers(public_good(3, 2, 3))
    assert sorted(worth.values()) == [0, 0, 0, 2, 2, 2, 9]


def test_pies_under_a_constraint() -> None:
    """Only one pie can be cut: all three together get no more than the largest."""
    worth = worth_without_transfers(pies(dict(zip(PAIRS, (2, 3, 5), strict=True)), at_most=1))
    assert [worth[frozenset(pair)] for pair in PAIRS] == [2, 3, 5]
    assert worth[frozenset(NORTH_AMERICA)] == 5
