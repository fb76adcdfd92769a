"""The random checks of the theory notes, drawn as they are stated there."""

from __future__ import annotations

import numpy as np

import bargaining as bg
from bargaining.geometry.mutual import mutual_gain

NUMERICAL = 1e-9


def test_c1_6_helly_bound_in_400_draws() -> None:
    rng = np.random.default_rng(6)
    breaks = 0
    for _ in range(400):
        players, issues = int(rng.integers(2, 4)), int(rng.integers(3, 6))
        data = np.zeros((issues, 2, players), dtype=np.int64)
        data[:, 1] = rng.integers(-6, 5, size=(issues, players))
        game = bg.LinkageGame.from_payoffs(data)
        packages = list(bg.minimal_packages(game))
        everyone = mutual_gain(game, range(issues)).everyone
        assert everyone == bool(packages)
        assert all(len(package) <= players for package in packages)
        breaks += everyone
    assert breaks


def test_c1_18_least_gains_add_up_in_60_draws() -> None:
    rng = np.random.default_rng(18)
    for _ in range(60):
        players = int(rng.integers(2, 4))
        data = np.zeros((3, 4, players), dtype=np.int64)
        data[:, 1:] = rng.integers(-5, 8, size=(3, 3, players))
        game = bg.LinkageGame.from_payoffs(data)

        def least(agenda: str, game: bg.LinkageGame = game) -> float:
            parts = bg.settle(game, solution="egalitarian", agenda=agenda).parts
            return sum(
                float(min(part.gains)) for part in parts if len(part.gainers) == len(game.players)
            )

        assert least("linked") >= least("delinked") - NUMERICAL
