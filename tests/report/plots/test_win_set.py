"""Lines are the shares that pass, at scaled premiums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pictures import drawn, line, lines

import bargaining as bg

AUDIENCE = "us_mexico/one_audience"


def test_lines_are_the_win_sets_of_scaled_games() -> None:
    game = bg.load(AUDIENCE)
    axes = drawn("winset", game)
    (premium,) = game.channels["premium"].values()
    for k, issue in enumerate(game.issue_names):
        points = line(axes, f"line-{k}")
        for x, y in points[:: len(points) // 6]:
            # Gain g, depth d: the largest share s with s g >= x scale (e^(rate s d) - 1).
            rates = _gain_and_depth(game, issue)
            assert y == pytest.approx(
                _largest(x * float(premium["scale"]), premium, rates), abs=1e-6
            )


def _gain_and_depth(game: bg.LinkageGame, issue: str) -> tuple[float, float]:
    found = game.issues[issue]
    place = game.players.index("mexico")
    row = [k for k, v in enumerate(found.visibility["mexico"]) if v]
    (k,) = row
    return float(found.gains[k][place]), float(found.visibility["mexico"][k])


def _largest(scale: float, premium, rates: tuple[float, float]) -> float:
    gain, depth = rates
    shares = np.linspace(0, 1, 2_000_001)
    passes = gain * shares - scale * np.expm1(float(premium["rate"]) * depth * shares) >= -1e-12
    return float(shares[passes].max())


def test_the_files_own_premium_is_marked() -> None:
    game = bg.load(AUDIENCE)
    ranges = bg.win_set(game, player="mexico").ratifiable
    axes = drawn("winset", game)
    found = [points[0] for points in lines(axes, "stated-")]
    assert found == [pytest.approx((1, float(ranges[name][1]))) for name in game.issue_names]
    assert math.isclose(axes.get_ylim()[0], 0)
