"""All equilibria of the linked game: counts from other programs, and brute force."""

from __future__ import annotations

import itertools
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from linked_games import (
    BATTLE,
    CHICKEN,
    PENNIES,
    flattened,
    game,
    known_game,
    known_games,
    path,
    random_game,
)
from small_games import DILEMMA

import bargaining as bg
from bargaining.equilibrium import linked_all as module
from bargaining.equilibrium.bimatrix import of_issue
from bargaining.equilibrium.linked_all import LinkedEquilibriumSet, linked_equilibria
from bargaining.equilibrium.linked_vertices import extreme_rays
from bargaining.errors import VerificationError
from bargaining.results import Status

SIX_DIGITS = 1e-6
"""The precision of the shares in the validation data."""


def profiles(found: LinkedEquilibriumSet) -> list[list[float]]:
    """Shares of all actions but the last, per player and issue."""
    return sorted(
        [float(p) for mine in e.marginals.values() for shares in mine.values() for p in shares[:-1]]
        for e in found.equilibria
    )


@pytest.mark.parametrize("case", known_games(), ids=lambda c: c["name"])
def test_counts_of_the_flattened_enumeration(case: dict[str, Any]) -> None:
    found = linked_equilibria(known_game(case))
    assert found.complete
    assert len(found.equilibria) == case["count_marginal"]
    assert np.allclose(profiles(found), sorted(case["marginal_profiles"]), atol=SIX_DIGITS)
    assert found.verify()


def test_a_game_with_spillovers() -> None:
    """Two issues; equilibria of the flattened 4 x 4 game found by lrslib's enumeration."""
    found = linked_equilibria(
        game(
            [([[15, 18], [18, 9]], [[3, 19], [4, 0]]), ([[1, 3], [10, 18]], [[7, 14], [2, 9]])],
            [
                (
                    (0, 1),
                    [
                        [[[-2, -2], [-5, -3]], [[-1, 4], [0, -1]]],
                        [[[-3, 3], [4, 4]], [[-5, -5], [4, 0]]],
                    ],
                    [
                        [[[-5, 5], [-3, -5]], [[-5, 0], [0, 3]]],
                        [[[3, -5], [0, 0]], [[-3, 5], [-1, 3]]],
                    ],
                )
            ],
        )
    )
    assert found.complete
    assert not found.degenerate
    assert profiles(found) == [[0, 0, 1, 0], pytest.approx([1 / 25, 0, 4 / 9, 0]), [1, 0, 0, 0]]


@pytest.mark.parametrize(
    ("tables", "count"),
    [((BATTLE,) * 3, 27), ((PENNIES,) * 3, 1), ((BATTLE, DILEMMA), 3), ((BATTLE, PENNIES), 3)],
)
def test_separate_issues_are_counted_by_shares(tables: Any, count: int) -> None:
    found = linked_equilibria(game(tables))
    assert (len(found.equilibria), found.complete, found.degenerate) == (count, True, False)
    assert found.verify()


def test_addition_adds_no_payoffs() -> None:
    """C2.1: chicken and the battle of the sexes: the nine sums of the issues' payoffs."""
    battle = ([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    found = linked_equilibria(game([CHICKEN, battle]))
    alone = [[tuple(e.payoffs.values()) for e in of_issue(i).equilibria]
             for i in found.form.game.issues.values()]  # fmt: skip
    sums = {(a + c, b + d) for (a, b), (c, d) in itertools.product(*alone)}
    assert len(sums) == 9
    assert {tuple(e.payoffs.values()) for e in found.equilibria} == sums


FAVOURS = """
format = "bargaining-game/1"
players = ["us", "mexico"]
[issues.guns]
actions.us = ["no checks", "egress checks"]
payoffs = { us = [0, -4], mexico = [0, 6] }
status_quo.us = "no checks"
[issues.fentanyl]
actions.mexico = ["no raids", "lab raids"]
payoffs = { us = [0, 5], mexico = [0, -3] }
status_quo.mexico = "no raids"
[[links]]
between = ["guns", "fentanyl"]
[[links.spillovers]]
when.guns.us = "egress checks"
when.fentanyl.mexico = "lab raids"
payoffs = { us = "w", mexico = "w" }
[parameters]
w = 0
"""


@pytest.mark.parametrize(("w", "count"), [(F(39, 10), 1), (F(41, 10), 3)])
def test_spillovers_change_play_from_a_threshold(w: F, count: int) -> None:
    """C2.7: both acting is an equilibrium iff w is at least the larger cost, 4."""
    found = linked_equilibria(bg.loads(FAVOURS, parameters={"w": w}))
    assert (len(found.equilibria), found.complete) == (count, True)


def test_the_mixed_equilibrium_of_favours() -> None:
    """C2.7 at w = 5: acts with 3/5 and 4/5, payoffs (4, 18/5)."""
    found = linked_equilibria(bg.loads(FAVOURS, parameters={"w": 5}))
    mixed = found.equilibria[-1]
    assert mixed.shares["us"]["guns"].tolist() == [F(2, 5), F(3, 5)]
    assert mixed.shares["mexico"]["fentanyl"].tolist() == [F(1, 5), F(4, 5)]
    assert mixed.payoffs == {"us": 4, "mexico": F(18, 5)}


@pytest.mark.parametrize("seed", range(5))
def test_pure_equilibria_against_brute_force(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    linked = random_game(np.random.default_rng(seed), [2, 2, 3], path(3), size=3)
    _, _, payoffs = flattened(linked)
    first, second = payoffs[..., 0], payoffs[..., 1]
    stable = (first == first.max(axis=0)) & (second == second.max(axis=1, keepdims=True))
    expected = {tuple(payoffs[r, c]) for r, c in np.argwhere(stable)}
    found = linked_equilibria(linked)
    assert found.complete
    assert {tuple(e.payoffs.values()) for e in found.pure} == expected
    monkeypatch.setattr(module, "all_equilibria", lambda *args: None)
    some = linked_equilibria(linked)
    assert {tuple(e.payoffs.values()) for e in some.pure} == expected
    assert not some.complete
    assert some.verify()


@pytest.mark.slow
def test_too_many_combinations_are_cut() -> None:
    found = linked_equilibria(game([BATTLE] * 7))
    assert found.status is Status.LIMIT_REACHED
    assert not found.complete
    assert len(found.equilibria) == module.MAX_EQUILIBRIA


def test_repetition_is_noticed() -> None:
    found = linked_equilibria(game([BATTLE]))
    twice = LinkedEquilibriumSet(
        found.form, (*found.equilibria, found.equilibria[0]), True, False, found.status, ""
    )
    with pytest.raises(VerificationError, match="same shares"):
        twice.verify()


def test_json() -> None:
    data = linked_equilibria(game([BATTLE])).to_dict()
    assert (data["complete"], data["degenerate"], len(data["equilibria"])) == (True, False, 3)
    assert data["equilibria"][0]["marginals"]["a"]["k0"] == {"0": 1.0, "1": 0.0}
    assert "3 equilibria" in str(linked_equilibria(game([BATTLE])))


def test_rays_of_a_cube() -> None:
    """The cone over a cube has its eight corners, and each is tight on three of six sides."""
    rows = []
    for axis in range(3):
        unit = [0, 0, 0]
        unit[axis] = 1
        rows += [(*unit, 0), (*(-v for v in unit), 1)]
    found = extreme_rays(rows, 4)
    assert sorted(found or []) == [(*corner, 1) for corner in itertools.product((0, 1), repeat=3)]
