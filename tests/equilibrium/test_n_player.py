"""Three and more players: games solved by hand, and a search that may find nothing new."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import fsolve

import bargaining as bg
from bargaining.equilibrium.bimatrix import of_issue
from bargaining.equilibrium.multilinear import roots
from bargaining.errors import VerificationError

CLOSE = 1e-7


def normal_form(tables: NDArray[np.int64]) -> bg.Issue:
    """Payoffs of shape (players, actions of the first, actions of the second, …)."""
    players = "abcdef"[: len(tables)]
    actions = {
        p: [str(k) for k in range(size)] for p, size in zip(players, tables.shape[1:], strict=True)
    }
    payoffs = {p: t.tolist() for p, t in zip(players, tables, strict=True)}
    return bg.Issue.normal_form("game", list(players), actions, payoffs)


def test_local_max_cut() -> None:
    """Gambit test_games/2x2x2_nfg_from_local_max_cut_2_pure_1_mixed_eq.nfg."""
    tables = [
        [[[0, -1], [2, 1]], [[1, 2], [-1, 0]]],
        [[[0, 2], [4, 2]], [[2, 4], [2, 0]]],
        [[[0, 1], [2, -1]], [[-1, 2], [1, 0]]],
    ]
    found = of_issue(normal_form(np.array(tables)))
    half = (F(1, 2), F(1, 2))
    assert {e.key for e in found.equilibria} == {
        ((1, 0), (0, 1), (1, 0)),
        ((0, 1), (1, 0), (0, 1)),
        (half, half, half),
    }
    assert found.complete
    assert not found.degenerate
    assert found.verify()


def test_volunteers_dilemma() -> None:
    """Diekmann 1985, cost 1/2 of the benefit: with n who mix, q ** (n - 1) = 1/2 stay away.

    One volunteers (3 ways), two mix with q = 1/2 (3 ways), three with q = 1/√2.
    """
    act = np.indices((2, 2, 2))
    tables = 2 * act.max(axis=0) - act
    found = of_issue(normal_form(tables))
    assert found.complete
    assert not found.degenerate
    assert found.verify()
    assert len(found.pure) == 3
    assert sum(e.exact for e in found.equilibria) == 6
    (last,) = [e for e in found.equilibria if not e.exact]
    for mix in last.strategies.values():
        assert abs(float(mix[0]) - 0.5**0.5) < 1e-12
    assert last.to_dict()["exact"] is None
    moved = replace(last, strategies={**last.strategies, "a": (0.6, 0.4)})
    with pytest.raises(VerificationError, match="no equilibrium"):
        replace(found, equilibria=(moved,)).verify()
    with pytest.raises(VerificationError, match="payoffs"):
        replace(found, equilibria=(replace(last, payoffs=dict.fromkeys("abc", 0.0)),)).verify()


def test_nothing_is_found_elsewhere() -> None:
    """Where the list is said to be complete, 60 random starts of a root finder add nothing."""
    rng = np.random.default_rng(1)
    mixed = 0
    for _ in range(25):
        tables = rng.integers(-9, 10, size=(3, 2, 2, 2))
        found = of_issue(normal_form(tables))
        assert found.verify()
        if not found.complete:
            continue
        steps = [np.diff(t, axis=i).squeeze(i) for i, t in enumerate(tables)]
        listed = [[float(mix[1]) for mix in e.strategies.values()] for e in found.equilibria]

        def system(x: NDArray[np.float64], steps=steps) -> list[float]:
            share = np.stack([1 - x, x], axis=1)
            return [
                share[1] @ steps[0] @ share[2],
                share[0] @ steps[1] @ share[2],
                share[0] @ steps[2] @ share[1],
            ]

        for start in rng.random((60, 3)):
            point, _, flag, _ = fsolve(system, start, full_output=True, xtol=1e-13)
            if (
                flag == 1
                and np.abs(system(point)).max() < 1e-10
                and point.min() > 0
                and point.max() < 1
            ):
                mixed += 1
                assert min(np.abs(np.array(known) - point).max() for known in listed) < CLOSE
    assert mixed > 100


def test_four_players_and_dominated_actions() -> None:
    """Matching pennies between a and b; c and d have a dominant action, d one only against c's."""
    tables = np.zeros((4, 2, 2, 2, 2), dtype=int)
    a, b, c, d = np.indices((2, 2, 2, 2))
    tables[0], tables[1] = np.where(a == b, 1, -1), np.where(a == b, -1, 1)
    tables[2] = c
    tables[3] = np.where(c == 1, d, -d)
    found = of_issue(normal_form(tables))
    half = (F(1, 2), F(1, 2))
    assert [e.key for e in found.equilibria] == [(half, half, (0, 1), (0, 1))]
    assert found.complete


def test_a_continuum_is_not_called_complete() -> None:
    """c decides nothing and gets nothing: any mixture of his goes with the pennies."""
    a, b, c = np.indices((2, 2, 2))
    pennies = np.where(a == b, 1, -1)
    found = of_issue(normal_form(np.stack([pennies, -pennies, 0 * c])))
    assert not found.complete
    assert found.verify()


def test_games_too_large_have_their_pure_equilibria_only() -> None:
    rng = np.random.default_rng(0)
    found = of_issue(normal_form(rng.integers(0, 99, size=(3, 6, 6, 6))))
    assert found.method == "pure only"
    assert not found.complete


def test_roots_are_counted_and_work_is_bounded() -> None:
    """(x - 1/4)(y - 3/4) = 0 with x = y has two roots; alone it has a cross of them."""

    def system(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        product = (x[:, 0] - 0.25) * (x[:, 1] - 0.75)
        return np.stack([product, x[:, 0] - x[:, 1]], axis=1), x[:, :0]

    found = roots(system, 2, most=1000)
    assert found.complete
    assert sorted(found.points[:, 0].round(9).tolist()) == [0.25, 0.75]

    def cross(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        product = (x[:, 0] - 0.25) * (x[:, 1] - 0.75)
        return np.stack([product, product], axis=1), x[:, :0]

    unfinished = roots(cross, 2, most=500)
    assert not unfinished.complete
    assert unfinished.boxes <= 500
