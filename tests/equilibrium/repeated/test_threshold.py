"""The lowest common discount factor at which everyone can be better off."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import pytest
from repeated_games import DILEMMA, FAVOURS, TEMPTED_FIRST, TEMPTED_SECOND, Tables, game

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
        # grim reversion: one player cooperates against a defector never, both from (5-3)/(5-1) on;
        # but the lottery between (3,3) and (1,1) needs no more, and (5,0) now, (0,5) later less
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


def test_an_irrational_threshold_is_bracketed() -> None:
    origin = (F(17, 9), F(80, 27))
    tables = (
        [[2, -5, -1], [2, -1, 5], [3, 0, -2]],
        [[1, -3, 4], [-5, 4, 3], [-4, 5, 1]],
    )
    found = lottery_threshold(game(tables), origin=origin)
    assert found.verify()
    if found.upper and found.status is Status.SOLVED:
        assert 0 < found.upper - found.lower <= WIDTH


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
