"""Caps on what may show, and players who only ratify."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

import bargaining as bg
from bargaining.errors import (
    GameFileError,
    InputError,
)
from bargaining.settlement.linearised import HomeTest


def test_a_cap_of_zero_forbids_what_shows() -> None:
    game = bg.load("us_mexico/coordination_without_subordination", parameters={"cap": 0})
    home = HomeTest(game)
    assert not home.able(range(3)).gainers
    assert home.able((2,)).gainers == frozenset()


@pytest.mark.parametrize("deals", ["shares", "pure"])
def test_new_ratifiers_can_veto_a_package(deals: str) -> None:
    """J1 gains 1 on its own issue, J2 = (-2, 1) votes on the second: alone both pass."""
    text = """
        format = "bargaining-game/1"
        players = ["us", "mexico", "j1", "j2"]
        [vetoes]
        one = ["j1"]
        two = ["j2"]
        [issues.one]
        options = ["none", "accord"]
        payoffs = {us = [0, 1], mexico = [0, 1], j1 = [0, 1], j2 = [0, -2]}
        status_quo = "none"
        [issues.two]
        options = ["none", "accord"]
        payoffs = {us = [0, 1], mexico = [0, 1], j2 = [0, 1]}
        status_quo = "none"
    """
    game = bg.loads(text)
    alone = bg.settle(game, agenda="delinked", deals=deals)  # type: ignore[arg-type]
    assert [alone.gains[p] for p in ("us", "mexico")] == [2, 2]
    linked = bg.settle(game, deals=deals)  # type: ignore[arg-type]
    assert linked.verify()
    assert linked.gains["us"] == (1 if deals == "pure" else Fraction(3, 2))
    assert linked.gains["j2"] >= 0


def test_who_acts_cannot_only_ratify() -> None:
    text = """
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        vetoes.one = ["mexico"]
        [issues.one]
        actions.mexico = ["no", "yes"]
        payoffs = {us = [0, 1], mexico = [0, 1]}
        status_quo.mexico = "no"
    """
    with pytest.raises(GameFileError, match=r"vetoes\.one.*who acts in .one."):
        bg.loads(text)
    game = bg.loads(text.replace('vetoes.one = ["mexico"]', ""))
    with pytest.raises(InputError, match=r"vetoes\.one.*leave him out"):
        bg.settle(replace(game, channels={"vetoes": {"one": ("mexico",)}}))
