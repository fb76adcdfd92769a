"""Large and awkward packages: every answer is certified, or says that it is not."""

from __future__ import annotations

import numpy as np
import pytest

import bargaining as bg
from bargaining.geometry.mutual import mutual_gain
from bargaining.geometry.support import support
from bargaining.model.deal import gains

GAP = 1e-6
SIZE = (300, 4, 6)


def payoffs(shape: str, rng: np.random.Generator) -> np.ndarray:
    data = rng.normal(size=SIZE)
    if shape == "whole numbers":
        data = rng.integers(-9, 10, size=SIZE)
    elif shape == "few gains":
        data = rng.uniform(-1.4, 1, size=SIZE)
    elif shape == "held at no loss":
        data = rng.integers(-9, 10, size=SIZE)
        data[:, :, 2] = -np.abs(data[:, :, 2])
    elif shape == "two held":
        data = rng.integers(-9, 10, size=SIZE)
        data[:, :, 2] = -data[:, :, 3]
    elif shape == "identical players":
        data[:, :, 1] = data[:, :, 0]
    elif shape == "units far apart":
        data[:, :, ::2] *= 1e6
        data[:, :, 1::2] *= 1e-6
    elif shape == "opposed to all":
        data = rng.integers(-9, 10, size=SIZE)
        data[:, :, 0] = -data[:, :, 1:].sum(axis=2)
    elif shape == "by a hair":
        rates = rng.dirichlet(np.ones(SIZE[2]))
        data -= np.maximum(data @ rates, 0)[:, :, None] * (1 - 1e-9)
    data[:, 0] = 0
    return data


def certified(game: bg.LinkageGame, found: bg.Settlement, who: frozenset[int]) -> float:
    """Gap of the Nash product, from the definitions: feasibility, signs, support function."""
    reached = [float(g) for g in gains(game, found.lotteries)]
    for shares in found.lotteries.shares.values():
        assert float(sum(shares.values())) == pytest.approx(1, abs=1e-9)
        assert min(shares.values()) >= 0
    for i, unit in enumerate(game.reach):
        assert reached[i] >= -GAP * unit
        assert (reached[i] > 0) or i not in who
    weights = found.parts[0].weights
    assert weights is not None
    products = [float(weights[i]) * reached[i] for i in who]
    assert max(products) == pytest.approx(min(products), rel=1e-5)
    most = float(support(game, range(len(game.issues)), weights))
    worth = sum(float(w) * g for w, g in zip(weights, reached, strict=True))
    return (most - worth) / worth


@pytest.mark.parametrize(
    "shape",
    [
        "normal",
        "whole numbers",
        "few gains",
        "held at no loss",
        "two held",
        "identical players",
        "units far apart",
        "opposed to all",
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_nash_is_certified(shape: str, seed: int) -> None:
    game = bg.LinkageGame.from_payoffs(payoffs(shape, np.random.default_rng(seed)))
    found = bg.settle(game)
    able = mutual_gain(game, range(SIZE[0]))
    assert found.verify()
    assert found.mutual_gain == able.everyone
    assert (found.status == "agreement") == bool(able.gainers)
    if able.gainers:
        assert certified(game, found, able.gainers) <= GAP


@pytest.mark.parametrize("seed", range(2))
def test_by_a_hair_is_certified_or_says_that_it_is_not(seed: int) -> None:
    game = bg.LinkageGame.from_payoffs(payoffs("by a hair", np.random.default_rng(seed)))
    able = mutual_gain(game, range(SIZE[0]))
    found = bg.settle(game)
    assert able.everyone
    assert found.mutual_gain
    assert found.status in ("agreement", "numerical_trouble")
    if found.status == "agreement":
        assert found.verify()
        assert certified(game, found, able.gainers) <= GAP
    assert all(g >= 0 for g in gains(game, able.deal))


def test_units_of_payoff_do_not_matter_to_nash() -> None:
    data = payoffs("normal", np.random.default_rng(5))
    units = np.array([1e-6, 1e6, 1.0, 1e-3, 1e3, 1e-6])
    plain, scaled = (bg.settle(bg.LinkageGame.from_payoffs(d)) for d in (data, data * units))
    for name, unit in zip(plain.gains, units, strict=True):
        assert float(scaled.gains[name]) / unit == pytest.approx(float(plain.gains[name]), rel=1e-6)


def test_weights_move_the_settlement() -> None:
    """Who has more bargaining weight gets more, and the answer is certified."""
    game = bg.LinkageGame.from_payoffs(payoffs("normal", np.random.default_rng(6)))
    even = bg.settle(game)
    for player in game.players:
        strong = bg.settle(game, weights={player: 4})
        assert strong.verify()
        assert strong.gains[player] > even.gains[player]
