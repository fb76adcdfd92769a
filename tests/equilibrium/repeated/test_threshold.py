"""The lowest common discount factor at which everyone can be better off."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from repeated_games import FAVOURS, TEMPTED_FIRST, TEMPTED_SECOND, brute_force, cut, game
from small_games import DILEMMA, Tables

import bargaining as bg
from bargaining.equilibrium.repeated.threshold import lottery_threshold, simplest
from bargaining.equilibrium.repeated.threshold_answer import WIDTH, better
from bargaining.errors import VerificationError
from bargaining.results import Status


def test_guns_for_fentanyl() -> None:
    """C3.10: 9/2 - 6(1-d)/d = 3(1-d)/d gives 2/3; neither favour is ever done alone."""
    favours = bg.load("us_mexico/guns_for_fentanyl")
    found = lottery_threshold(favours)
    assert found.value == F(2, 3) == found.upper
    assert found.upper - found.lower <= WIDTH
    assert found.verify()
    assert found.to_dict()["exact"]["value"] == "2/3"
    alone = lottery_threshold(favours, "delinked")
    assert alone.upper is None
    assert alone.status is Status.SOLVED
    assert alone.verify()
    assert "no discount factor" in str(alone)


@pytest.mark.parametrize(
    ("tables", "agenda", "origin", "value"),
    [
        # taking turns in giving: (1-d)·0 + d w >= 1 with w on the line between the favours' turns
        ((DILEMMA,), "linked", None, F(1, 4)),
        ((DILEMMA, DILEMMA), "linked", (5, 5), F(5, 12)),
        ((DILEMMA, DILEMMA), "delinked", (5, 5), F(1, 2)),
        ((FAVOURS,), "linked", (F(5, 3) - F(1, 100), 2 - F(1, 100)), F(2, 3)),
    ],
)
def test_known_thresholds(
    tables: tuple[Tables, ...], agenda: str, origin: tuple[F, F] | None, value: F
) -> None:
    """C3.12 for two dilemmas: more than 10 in total from 5/12 linked, from 1/2 delinked."""
    found = lottery_threshold(game(*tables), agenda, origin=origin)
    assert found.status is Status.SOLVED
    assert found.value == value
    assert found.verify()


def test_thresholds_separate_sets() -> None:
    both = game(TEMPTED_FIRST, TEMPTED_SECOND)
    found = lottery_threshold(both, origin=(4, 4))
    assert found.value is not None
    for shift, wanted in ((-1, False), (1, True)):
        near = bg.repeated_payoffs(both, found.value + shift * F(1, 10**6))
        assert better(list(near.exact_outer_vertices), (F(4), F(4)), (0, 1)) is wanted


def test_an_equilibrium_that_is_better_needs_no_patience() -> None:
    stag = ([[4, 0], [3, 2]], [[4, 3], [0, 2]])
    found = lottery_threshold(game(stag))
    assert found.value == 0
    assert found.verify()


@pytest.mark.slow
def test_a_threshold_without_closed_form_is_bracketed() -> None:
    """An algebraic number: found by bisection, both ends proved by sets that do not share code."""
    rng = np.random.default_rng(6)
    tables = rng.integers(-5, 6, (3, 3)).tolist(), rng.integers(-5, 6, (3, 3)).tolist()
    origin = (F(17, 9), F(80, 27))
    found = lottery_threshold(game(tables), origin=origin)
    assert found.status is Status.SOLVED
    assert found.value is None
    assert 0 < found.upper - found.lower <= WIDTH
    assert found.verify()
    for factor, wanted in ((float(found.lower) - 1e-4, False), (float(found.upper) + 1e-4, True)):
        shape = brute_force(tables, (factor, factor))
        assert shape is not None
        part = cut(cut(shape, 0, float(origin[0])), 1, float(origin[1]))
        beaten = bool(part) and all(max(p[i] for p in part) > origin[i] for i in (0, 1))
        assert beaten is wanted


def test_forged_thresholds_fail() -> None:
    found = lottery_threshold(game(FAVOURS), origin=(0, 0))
    assert found.value == F(2, 3)
    none = lottery_threshold(game(FAVOURS), origin=(10, 10))
    for forged in (
        replace(found, upper=F(3, 5), value=F(3, 5)),
        replace(found, lower=F(1, 2)),
        replace(found, value=F(7, 10)),
        replace(found, lower_set=found.upper_set),
        replace(found, upper_set=None),
        replace(found, origin=(F(10), F(10))),
        replace(none, origin=(F(0), F(0))),
        replace(none, lower=F(1, 2)),
    ):
        with pytest.raises(VerificationError):
            forged.verify()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (F(1, 3), F(1, 2), F(1, 2)),
        (F(0), F(1, 7), F(1, 7)),
        (F(2, 3) - F(1, 10**9), F(2, 3) + F(1, 10**9), F(2, 3)),
        (F(2, 3), F(2, 3) + F(1, 10), F(3, 4)),
        (F(41, 99), F(42, 99), F(5, 12)),
    ],
)
def test_simplest_fractions(low: F, high: F, expected: F) -> None:
    assert simplest(low, high) == expected
    assert not any(
        low < F(p, q) <= high for q in range(1, expected.denominator) for p in range(1, q)
    )
