"""Who can gain: the quick way for many outcomes against taking them all, and hard shapes."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from heavy import some

import bargaining as bg
from bargaining.geometry import mutual
from bargaining.geometry.mutual import MutualGain, mutual_gain
from bargaining.geometry.support import support
from bargaining.model.deal import gains


def shaped(rng: np.random.Generator, shape: str, size: tuple[int, int, int]) -> bg.LinkageGame:
    """Random gains of a given shape, outcome 0 the status quo."""
    _issues, _outcomes, players = size
    data = rng.integers(-9, 10, size=size).astype(object)
    if shape == "a loser":
        data[:, :, 1] = -abs(data[:, :, 1])
    elif shape == "two opposed":
        data[:, :, 1] = -data[:, :, 2]
    elif shape == "one against all":
        data[:, :, 0] = -data[:, :, 1:].sum(axis=2)
    elif shape == "equal players":
        data[:, :, 1] = data[:, :, 0]
    elif shape == "deadlock":
        data[:, :, 0] -= np.maximum(data.sum(axis=2), 0)
    elif shape == "by a hair":
        data = data * 10**9
        data[:, :, 0] -= np.maximum(data.sum(axis=2) - 1, 0)
    elif shape == "unequal units":
        data = data * np.array([F(10**6) if i % 2 else F(1, 10**6) for i in range(players)])
    data[:, 0] = 0
    return bg.LinkageGame.from_payoffs(data)


SHAPES = (
    "mixed",
    "a loser",
    "two opposed",
    "one against all",
    "equal players",
    "deadlock",
    "by a hair",
    "unequal units",
)


def proved(game: bg.LinkageGame, found: MutualGain) -> None:
    """The deal helps those said to gain, and exchange rates block the others: all exactly."""
    reached = gains(game, found.deal)
    for i in game.interested:
        assert (reached[i] > 0) == (i in found.gainers)
        assert reached[i] >= 0
    left = set(game.interested) - found.gainers
    assert found.everyone == (not left)
    if left:
        assert found.weights is not None
        assert min(found.weights) >= 0
        assert all(found.weights[i] > 0 for i in left)
        worth = support(game, range(len(game.issues)), found.weights)
        assert isinstance(worth, F)
        assert worth <= 0


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", some([(300, 4, 10), (400, 3, 3)], [(400, 4, 15)]))
def test_many_outcomes(shape: str, size: tuple[int, int, int]) -> None:
    game = shaped(np.random.default_rng(7), shape, size)
    found = mutual_gain(game, range(size[0]))
    proved(game, found)
    expected = {
        "mixed": size[2],
        "a loser": size[2] - 1,
        "two opposed": size[2] - 2,
        "one against all": 0,
        "deadlock": 0,
        "equal players": size[2],
        "unequal units": size[2],
        "by a hair": size[2],
    }
    assert len(found.gainers) == expected[shape]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(8))
def test_both_ways_agree(shape: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    game = shaped(np.random.default_rng(seed), shape, (3, 3, 3 + seed % 3))
    every = mutual_gain(game, range(3))
    monkeypatch.setattr(mutual, "FEW", 0)
    quick = mutual_gain(game, range(3))
    for found in (every, quick):
        proved(game, found)
    assert quick.gainers == every.gainers


def test_a_sum_of_floats_is_exact() -> None:
    from bargaining.geometry.package_rows import _exact_sum

    rng = np.random.default_rng(0)
    values = rng.normal(size=3_000) * 10.0 ** rng.integers(-30, 30, size=3_000)
    values[:5] = 0
    assert _exact_sum(values) == sum(map(F, values.tolist()), F(0))


def test_floats_too_many_for_fractions_are_decided_exactly() -> None:
    """A gain in the last bit of one of 70,000 issues decides, and is found."""
    data = np.zeros((70_000, 2, 3))
    data[:, 1] = [1 / 3, -1 / 3, 0.0]
    deadlock = bg.LinkageGame.from_payoffs(data)
    assert deadlock.flat.kind == "float"
    assert mutual_gain(deadlock, range(70_000)).gainers == frozenset()
    data[77, 1] = [np.nextafter(-1 / 3, 0.0), 1 / 3, 1e-90]
    assert mutual_gain(bg.LinkageGame.from_payoffs(data), range(70_000)).everyone
