"""Floors: what must be brought home, decided exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ratification_games import CONCEPTS, floor_game, with_audience

import bargaining as bg
from bargaining.errors import (
    VerificationError,
)


def test_schelling_floor() -> None:
    """Nash bargaining on x + y <= 1 with floor y >= r gives y = max(1/2, r)."""
    for floor, share in (("2/5", Fraction(1, 2)), ("7/10", Fraction(7, 10))):
        game = bg.loads(f"""
            format = "bargaining-game/1"
            players = ["us", "mexico"]
            [floors]
            mexico = "{floor}"
            [issues.pie]
            options = ["none", "us", "mexico"]
            payoffs = {{us = [0, 1, 0], mexico = [0, 0, 1]}}
            status_quo = "none"
        """)
        answer = bg.settle(game)
        assert answer.verify()
        assert answer.gains["mexico"] == share


def test_floors_of_several_packages_are_met_in_one_program() -> None:
    game = bg.loads("""
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        [floors]
        us = 8
        [issues.left]
        options = ["none", "us", "mexico"]
        payoffs = {us = [0, 6, 0], mexico = [0, 0, 6]}
        status_quo = "none"
        [issues.right]
        options = ["none", "us", "mexico"]
        payoffs = {us = [0, 6, 0], mexico = [0, 0, 6]}
        status_quo = "none"
    """)
    nash = bg.settle(game, agenda="delinked")
    assert nash.verify()
    assert nash.gains == {"us": 8, "mexico": 4}
    # Other concepts settle each package and then miss the floor.
    even = bg.settle(game, agenda="delinked", solution="egalitarian")
    assert even.verify()
    assert even.status == "no_agreement"
    assert even.conflict == ("floors.us",)
    with pytest.raises(VerificationError):
        replace(even, conflict=("floors.mexico",)).verify()


@given(
    floor=st.integers(1, 6), more=st.integers(1, 3), top=st.integers(4, 9), bottom=st.integers(4, 9)
)
@settings(max_examples=25, deadline=None)
def test_a_floor_costs_the_other_side(floor: int, more: int, top: int, bottom: int) -> None:
    def others_gain(least: int) -> Fraction | float | None:
        game = bg.LinkageGame.from_payoffs([[[0, 0], [top, -2], [-2, bottom]]], ["us", "mexico"])
        game = replace(game, channels={"floors": {"us": Fraction(least)}})
        answer = bg.settle(game)
        assert answer.verify()
        if answer.status == "no_agreement":
            return None
        assert float(answer.gains["us"]) >= least - 1e-9
        return answer.gains["mexico"]

    low, high = others_gain(floor), others_gain(floor + more)
    if high is not None:
        assert low is not None
        assert float(high) <= float(low) + 1e-7
    elif low is None:
        assert floor > top - 2 * (top + 2) / (bottom + 2) - 1e-9


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("digits", [1, 6, 9, 10, 12, 30])
def test_a_floor_beyond_reach_is_never_met(digits: int, concept: str) -> None:
    small = Fraction(1, 10**digits)
    answer = bg.settle(floor_game(f"{6 + small}"), solution=concept)
    assert answer.verify()
    assert answer.status == "no_agreement"
    assert answer.conflict == ("floors.mexico",)
    assert not answer.mutual_gain
    met = bg.settle(floor_game(f"{6 - small}"), solution=concept)
    assert met.verify()
    assert met.status == "agreement"
    assert met.gains["us"] == pytest.approx(2, abs=2 * float(small) + 1e-9)
    assert float(met.gains["mexico"]) >= float(6 - small) - 1e-12


@pytest.mark.parametrize(("slope", "works"), [("1/1000", True), ("1/999", False)])
def test_a_linear_premium_leaves_less_for_the_floor(slope: str, works: bool) -> None:
    """All operations cost the slope: 6 - 1/1000 is just reached at a slope of 1/1000."""
    premium = f'premium.mexico = {{scale = "{slope}", rate = 1, form = "linear"}}'
    answer = bg.settle(floor_game("6 - 1/1000", premium))
    assert answer.verify()
    assert (answer.status == "agreement") is works
    assert answer.conflict == (() if works else ("premium.mexico", "floors.mexico"))


def test_minimal_packages_see_the_same_floor() -> None:
    assert list(bg.minimal_packages(floor_game("6"))) == [{"operations", "money"}]
    assert list(bg.minimal_packages(floor_game("6.000000000001"))) == []


def test_conflict_of_a_total_names_the_premium_too() -> None:
    """Apart both issues pass, together one audience pays e² - 1: without it 6 reaches the floor."""
    game = with_audience(bg.load("us_mexico/one_audience"), "national")
    game = replace(game, channels={**game.channels, "floors": {"mexico": Fraction(1)}})
    answer = bg.settle(game, agenda="delinked", solution="egalitarian")
    assert answer.verify()
    assert answer.status == "no_agreement"
    assert set(answer.conflict) == {"premium.mexico", "floors.mexico"}
    free = replace(game, channels={"floors": {"mexico": Fraction(1)}})
    assert bg.settle(free, agenda="delinked", solution="egalitarian").status == "agreement"
    with pytest.raises(VerificationError):
        replace(answer, conflict=("premium.mexico",)).verify()
