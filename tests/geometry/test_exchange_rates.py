from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from small_games import whole_gains

import bargaining as bg
from bargaining.errors import NotDefinedError
from bargaining.geometry.exchange_rates import gainers, interval, rate_bounds


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(-4, 6)], (F(3, 5), F(1))),
        ([(5, -3)], (F(0), F(3, 8))),
        ([(0, 2)], (F(1), F(1))),
        ([(2, 0)], (F(0), F(0))),
        ([(-1, -1)], (F(0), F(1))),
        ([(0, 0)], (F(0), F(1))),
        ([(1, 1)], None),
        ([(-1, 1), (1, -1)], (F(1, 2), F(1, 2))),
        ([(-1, 1), (2, -1)], None),
    ],
)
def test_intervals_by_hand(rows: list[tuple[int, int]], expected: object) -> None:
    assert interval([(F(x), F(y)) for x, y in rows]) == expected


def test_guns_for_fentanyl() -> None:
    rates = bg.exchange_rates(bg.load("us_mexico/guns_for_fentanyl"))
    assert rates["guns"].interval == (F(3, 5), 1)
    assert rates["fentanyl"].interval == (0, F(3, 8))
    assert rates["guns"].vertices == ((F(3, 5), F(2, 5)), (1, 0))
    assert rates["guns"].contains((F(4, 5), F(1, 5)))
    assert not rates["guns"].contains((F(1, 2), F(1, 2)))
    assert not rates["guns"].empty


def test_three_players_polytope() -> None:
    game = bg.LinkageGame.from_payoffs([[[0, 0, 0], [3, -1, -1]]])
    rates = bg.exchange_rates(game)["0"]
    # 3a <= b + c on the simplex: a <= 1/4
    assert rates.vertices == ((0, 0, 1), (0, 1, 0), (F(1, 4), 0, F(3, 4)), (F(1, 4), F(3, 4), 0))
    with pytest.raises(NotDefinedError):
        _ = rates.interval


def test_a_player_without_a_stake_does_not_block() -> None:
    game = bg.LinkageGame.from_payoffs([[[0, 0, 0], [1, 1, 0]]])
    rates = bg.exchange_rates(game)["0"]
    assert rates.players == ("1", "2")
    assert rates.empty


def test_gainers_proves_both_sides() -> None:
    rows = [(F(3), F(-1), F(-1)), (F(-1), F(3), F(-1)), (F(-1), F(-1), F(3))]
    found = gainers(rows, 3)
    assert found.everyone
    total = [sum(y * rows[j][i] for j, y in found.mixture.items()) for i in range(3)]
    assert min(total) > 0
    pair = gainers(rows[:2], 3)
    assert not pair.who
    assert pair.weights is not None
    assert all(sum(w * x for w, x in zip(pair.weights, row, strict=True)) <= 0 for row in rows[:2])


def test_gainers_one_sided() -> None:
    found = gainers([(F(0), F(1), F(0)), (F(1), F(0), F(-1))], 3)
    assert found.who == {1}
    assert found.weights is not None
    assert found.weights[1] == 0
    assert found.weights[0] > 0
    assert found.weights[2] > 0


def test_bounds_decide_near_ties_exactly() -> None:
    tiny = F(1, 10**15)
    game = bg.LinkageGame.from_payoffs(
        [[[0, 0], [-2, 3]], [[0, 0], [3 + tiny, -F(9, 2)]], [[0, 0], [3, -F(9, 2)]]]
    )
    bounds = rate_bounds(game, (0, 1))
    assert not bounds.mutual().any()
    assert bounds.gainers([0, 1]) == (True, True)
    assert bounds.gainers([0, 2]) == (False, False)
    assert bounds.exact(2) == (0, F(3, 5))
    assert [sorted(p) for p in bg.minimal_packages(game)] == [["0", "1"]]


def test_bounds_agree_with_the_exact_intervals() -> None:
    rng = np.random.default_rng(0)
    gains = whole_gains(rng, (300, 3, 2), -3, 4)
    game = bg.LinkageGame.from_payoffs(gains)
    bounds = rate_bounds(game, (0, 1))
    mutual, one_sided = bounds.mutual(), bounds.one_sided()
    for k, rates in enumerate(bg.exchange_rates(game).values()):
        assert mutual[k] == (rates.interval is None)
        assert one_sided[k] == (rates.interval in ((0, 0), (1, 1)))
