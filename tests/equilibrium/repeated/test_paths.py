"""How payoffs are sustained: lotteries, promises and punishments add up."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from repeated_games import ABREU_SANNIKOV, FAVOURS, TEMPTED_FIRST, TEMPTED_SECOND, game
from small_games import DILEMMA

import bargaining as bg
from bargaining.errors import InputError

PERIODS = 4_000


def test_the_first_lottery_pays_what_is_promised() -> None:
    found = bg.repeated_payoffs(game(ABREU_SANNIKOV), 0.3)
    centre = found.vertices.mean(axis=0)
    path = found.path(centre, periods=1)
    tables = dict(zip("ab", ABREU_SANNIKOV, strict=True))
    assert sum(branch.share for part in path.lottery for branch in part) == 1
    for player in "ab":
        total = F(0)
        for branch in path.lottery[0]:
            row, column = (int(label) for label in branch.profile["k0"].split(" / "))
            today = tables[player][row][column]
            best = (
                max(tables["a"][r][column] for r in range(3))
                if player == "a"
                else max(tables["b"][row])
            )
            value = F(7, 10) * today + F(3, 10) * branch.continuation[player]
            assert value >= F(7, 10) * best + F(3, 10) * branch.punishments[player]
            total += branch.share * value
        assert total == path.payoff[player]


def test_a_long_path_averages_to_its_payoff() -> None:
    """Discounted with 0.95 over many runs; standard error below 0.05."""
    found = bg.repeated_payoffs(game(FAVOURS), 0.95)
    target = (F(3, 2), F(3, 2))
    rng = np.random.default_rng(0)
    sums = []
    for _ in range(200):
        path = found.path(target, rng, periods=120)
        weights = 0.05 * 0.95 ** np.arange(120)
        paid = np.array([[float(p.payoffs[k]) for k in "ab"] for p in path.periods])
        sums.append(weights @ paid)
    mean, error = np.mean(sums, axis=0), np.std(sums, axis=0) / np.sqrt(200)
    assert np.all(np.abs(mean - 1.5) < 4 * error + 0.01)


def test_packages_are_played_side_by_side() -> None:
    found = bg.repeated_payoffs(game(TEMPTED_FIRST, TEMPTED_SECOND), 0.6, "delinked")
    path = found.path(found.exact_vertices[1], periods=5)
    assert len(path.lottery) == 2
    assert set(path.periods[0].profile) == {"k0", "k1"}
    assert path.payoff == dict(zip("ab", found.exact_vertices[1], strict=True))
    for period in path.periods:
        for player in "ab":
            assert period.punishments[player][player] == found.punishments[player]
            assert period.continuation[player] >= found.punishments[player]
    assert "deviates" in str(path)
    assert path.to_dict()["payoff"]["a"] == float(found.exact_vertices[1][0])


def test_same_draws_without_a_generator() -> None:
    found = bg.repeated_payoffs(game(DILEMMA), 0.9)
    assert found.path((2, 2)) == found.path({"a": 2, "b": 2})


@pytest.mark.parametrize("payoff", [(0, 0), (5, 5), (1,), (1, 2, 3)])
def test_payoffs_outside(payoff: tuple[int, ...]) -> None:
    found = bg.repeated_payoffs(game(DILEMMA), 0.9)
    with pytest.raises(InputError):
        found.path(payoff)
