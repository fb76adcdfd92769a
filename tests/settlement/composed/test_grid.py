"""Settlements under requirements against all deals on a grid, and all pure deals."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from ratification_games import CONCEPTS, favours

import bargaining as bg
from bargaining.model.ratification import Premium

GRID = 1 / 150


def _grid(game: bg.LinkageGame, patience: float | None = None) -> np.ndarray:
    """Net gains (us, mexico) of all deals on a grid of shares that meet everything."""
    first, second = (np.array(i.exact_payoffs[1], dtype=float) for i in game.issues.values())
    shown = [float(i.visibility["mexico"][1]) for i in game.issues.values()]
    premium = game.ratification.premiums.get(1)
    x, y = np.meshgrid(np.linspace(0, 1, 151), np.linspace(0, 1, 151))
    us = first[0] * x + second[0] * y
    depth = shown[0] * x + shown[1] * y
    cost = np.vectorize(lambda d: 0.0 if premium is None else float(premium.cost(float(d))))(depth)
    mexico = first[1] * x + second[1] * y - cost
    fine = (us >= 0) & (mexico >= 0)
    if patience is not None:
        tempted = (np.maximum(0, -second[0] * y), np.maximum(0, -first[1] * x))
        for gain, lure in zip((us, mexico), tempted, strict=True):
            fine &= (1 - patience) * lure <= patience * gain + 1e-12
    return np.stack([us[fine], mexico[fine]], axis=1)


def _score(concept: str, points: np.ndarray, ideal: np.ndarray) -> np.ndarray:
    if concept == "nash":
        return np.sqrt(np.maximum(points[:, 0] * points[:, 1], 0))
    if concept == "egalitarian":
        return points.min(axis=1)
    if concept == "kalai_smorodinsky":
        return (points / ideal).min(axis=1)
    return points.sum(axis=1)


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize(
    ("us", "mexico", "scale", "form", "patience"),
    [
        ((6, -4), (2, 4), "1/2", "exponential", None),
        ((6, -4), (2, 4), "1", "exponential", None),
        ((5, -4), (-3, 6), "1/5", "exponential", None),
        ((5, -4), (-1, 6), "1", "quadratic", None),
        ((7, -2), (-3, 4), "1/4", "quadratic", None),
        ((5, -4), (-3, 6), "1/5", "exponential", 0.8),
        ((7, -2), (-3, 4), "1/4", "quadratic", 0.7),
    ],
)
def test_no_deal_on_a_grid_is_better(
    concept: str,
    us: tuple[int, int],
    mexico: tuple[int, int],
    scale: str,
    form: str,
    patience: float | None,
) -> None:
    game = favours(us, mexico, scale=scale, form=form)
    require: tuple[str, ...] = ()
    if patience is not None:
        game = replace(game, discount=dict.fromkeys(game.players, Fraction(str(patience))))
        require = ("enforcement",)
    answer = bg.settle(game, solution=concept, require=require)
    assert answer.verify()
    points = _grid(game, patience)
    mine = np.array([[float(g) for g in answer.gains.values()]])
    ideal = points.max(axis=0)
    if concept == "kalai_smorodinsky":
        ideal = np.array([float(g) for g in answer.parts[0].ideal])
        assert np.all(points.max(axis=0) <= ideal + 1e-6)
    best, found = _score(concept, points, ideal).max(), _score(concept, mine, ideal)[0]
    size = float(np.abs([us, mexico]).sum())
    assert found >= best - 1e-6
    assert found <= best + 3 * GRID * size


def test_pure_deals_are_the_best_of_all() -> None:
    game = bg.load("us_mexico/one_audience", parameters={"m": "6/5"})
    premium = Premium(Fraction(1), Fraction(1))
    nets = {
        (a, b): (2 * (a + b), 3.6 * (a + b) - float(premium.cost(Fraction(a + b))))
        for a, b in itertools.product((0, 1), repeat=2)
    }
    best = max((g for g in nets.values() if min(g) > 0), key=lambda g: g[0] * g[1])
    answer = bg.settle(game, deals="pure")
    assert answer.verify()
    assert tuple(map(float, answer.gains.values())) == pytest.approx(best)
