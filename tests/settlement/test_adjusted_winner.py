"""Adjusted winner: the two published cases, its properties, and where it is not defined."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.errors import NotDefinedError, VerificationError


def table(first: list[int], second: list[int]) -> bg.LinkageGame:
    return bg.LinkageGame.from_payoffs(
        [[[0, 0], [a, 0], [0, b]] for a, b in zip(first, second, strict=True)]
    )


def test_c1_7_camp_david() -> None:
    found = bg.settle(bg.load("negotiations/camp_david_1978"), solution="adjusted_winner")
    assert set(found.gains.values()) == {F(395, 6)}
    assert found.deal["sinai"] == {"israel wins": F(1, 6), "egypt wins": F(5, 6)}
    (facts,) = found.details.values()
    assert facts["split"] == {"issue": "sinai", "shares": {"israel": F(1, 6), "egypt": F(5, 6)}}
    assert facts["scaled"] is False
    assert all(facts[name] for name in ("envy_free", "equitable", "efficient"))
    assert found.verify()


def test_panama_canal() -> None:
    found = bg.settle(bg.load("negotiations/panama_canal_1974"), solution="adjusted_winner")
    assert set(found.gains.values()) == {F(66)}
    assert found.deal["land_and_water"] == {"us wins": F(2, 15), "panama wins": F(13, 15)}
    assert found.verify()


def test_totals_that_differ_are_scaled_to_100() -> None:
    """Points (10, 10) and (30, 10): in hundredths (50, 50) and (75, 25).

    The second player wins issue 0 with 75, the first issue 1 with 50; of issue 0 the share x goes
    back: 50 + 50x = 75 (1 - x), so x = 1/5 and both have 60.
    """
    found = bg.settle(table([10, 10], [30, 10]), solution="adjusted_winner")
    (facts,) = found.details.values()
    assert facts["scaled"] is True
    assert facts["total"] == 100
    assert facts["points"] == {"1": 60, "2": 60}
    assert found.gains == {"1": 12, "2": 24}
    assert found.verify()


def test_points_are_measured_from_losing() -> None:
    """Guns for fentanyl: points (4, 5) and (6, 3) of 9; one tenth of guns goes back."""
    found = bg.settle(bg.load("us_mexico/guns_for_fentanyl"), solution="adjusted_winner")
    assert found.gains == {"us": F(7, 5), "mexico": F(12, 5)}
    assert found.details["guns+fentanyl"]["points"] == {"us": F(27, 5), "mexico": F(27, 5)}
    assert found.verify()


def test_an_unused_compromise_is_said_to_be_better() -> None:
    game = bg.LinkageGame.from_payoffs([[[0, 0], [10, 0], [0, 10], [9, 9]]])
    found = bg.settle(game, solution="adjusted_winner")
    assert found.gains == {"1": 5, "2": 5}
    assert found.details["0"]["efficient"] is False
    assert found.verify()


@settings(deadline=None, max_examples=80, derandomize=True,
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=7))
def test_properties(points: list[tuple[int, int]]) -> None:
    first, second = ([p[i] for p in points] for i in (0, 1))
    if not (sum(first) and sum(second)):
        with pytest.raises(NotDefinedError, match="nothing to win"):
            bg.settle(table(first, second), solution="adjusted_winner")
        return
    found = bg.settle(table(first, second), solution="adjusted_winner")
    assert found.verify()
    mine, theirs = found.gains["1"] / sum(first), found.gains["2"] / sum(second)
    assert mine == theirs >= F(1, 2)
    assert sum(len(shares) > 1 for shares in found.deal.values()) <= 1
    # no way of winning and sharing beats it: at most one of many random splits is better for one
    rng = np.random.default_rng(0)
    whole = itertools.islice(itertools.product((0.0, 1.0), repeat=len(points)), 128)
    for kept in itertools.chain(whole, rng.random(size=(100, len(points)))):
        u = float(np.dot(first, kept)) / sum(first)
        v = float(np.dot(second, 1 - np.array(kept))) / sum(second)
        assert min(u, v) <= float(mine) + 1e-12


def test_not_defined() -> None:
    with pytest.raises(NotDefinedError, match="cannot win issue 0"):
        bg.settle(bg.LinkageGame.from_payoffs([[[0, 0], [1, 1]]]), solution="adjusted_winner")
    with pytest.raises(NotDefinedError, match="interact"):
        bg.settle(
            bg.load("us_mexico/guns_for_fentanyl", parameters={"w": 3}), solution="adjusted_winner"
        )


def test_tampered_answers_do_not_verify() -> None:
    found = bg.settle(bg.load("negotiations/camp_david_1978"), solution="adjusted_winner")
    nash = bg.settle(found.game)
    part = found.parts[0]
    for wrong in (
        replace(part, gains=nash.parts[0].gains, deal=nash.parts[0].deal),
        replace(part, details={**part.details, "efficient": False}),
        replace(part, details={**part.details, "points": {"israel": F(60), "egypt": F(60)}}),
        replace(part, evidence=None),
    ):
        with pytest.raises(VerificationError):
            replace(found, parts=(wrong,)).verify()
