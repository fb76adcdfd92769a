"""Bargaining weights: C1.14 and its generalisation, by every way to a settlement."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import pytest
from small_games import pie

import bargaining as bg
from bargaining.errors import InputError
from bargaining.settlement import exact_program, one_package
from bargaining.settlement.program_package import program_package

CLOSE = 1e-6


@pytest.mark.parametrize("sizes", [(1, 1), (1, 5), (2, 3, 7), (1, 1, 1, 4)])
@pytest.mark.parametrize("way", ["polygon", "exact", "convex"])
def test_weights_share_a_pie(
    sizes: tuple[int, ...], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1.14: with weights w everyone gets w_i / Σ w of his pie."""
    if way != "polygon":
        monkeypatch.setattr(one_package, "planar_package", lambda *a: program_package(*a[:4]))
        monkeypatch.setattr(exact_program, "MAX_ROWS", 80 if way == "exact" else 0)
    game = pie(*sizes)
    power = {player: i + 1 for i, player in enumerate(game.players)}
    found = bg.settle(game, weights=power)
    total = sum(power.values())
    for player, size in zip(game.players, sizes, strict=True):
        expected = F(power[player] * size, total)
        assert abs(float(found.gains[player] - expected)) <= CLOSE
    assert found.verify()


def test_c1_14() -> None:
    found = bg.settle(pie(1, 1), weights={"1": F(1, 3), "2": F(2, 3)})
    assert found.gains == {"1": F(1, 3), "2": F(2, 3)}
    assert found.tolerance == 0


@pytest.mark.parametrize(
    ("weights", "chosen"), [((1, 1), (4, 4)), ((3, 1), (6, 2)), ((1, 3), (2, 6))]
)
def test_pure_deals_by_enumeration(weights: tuple[int, int], chosen: tuple[int, int]) -> None:
    options: Any = [[0, 0], [6, 2], [4, 4], [2, 6]]
    game = bg.LinkageGame.from_payoffs([options])
    found = bg.settle(game, deals="pure", weights=dict(zip(game.players, weights, strict=True)))
    best = max(options[1:], key=lambda u: u[0] ** weights[0] * u[1] ** weights[1])
    assert tuple(found.gains.values()) == chosen == tuple(best)
    assert found.verify()


def test_a_weight_is_a_choice_of_the_nash_solution() -> None:
    with pytest.raises(InputError, match="only the Nash solution"):
        bg.settle(pie(1, 1), solution="raiffa", weights={"1": 2})
