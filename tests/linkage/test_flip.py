"""Thresholds of yes-or-no questions: known closed forms, several changes, forgeries."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import pytest

import bargaining as bg
from bargaining.errors import GameFileError, InputError, NotDefinedError, VerificationError
from bargaining.linkage.flip import Flip, flip, simplest_between
from bargaining.loading import reload


def mutual(game: bg.LinkageGame) -> bool:
    return bg.solve(game).agendas["linked"].mutual_gain


@pytest.mark.parametrize(
    ("name", "given", "parameter", "low", "high", "at", "holds_at"),
    [
        # deadlock iff a*b <= 2/5
        ("us_mexico/guns_for_fentanyl", {}, "a", 0, 1, F(2, 5), False),
        ("us_mexico/guns_for_fentanyl", {"b": "4/5"}, "a", 0, 1, F(1, 2), False),
        ("us_mexico/guns_for_fentanyl", {"b": "3/7"}, "a", "1/7", "29/31", F(14, 15), False),
        # state inspections force a deal iff p < 10/3
        ("us_mexico/state_inspections", {}, "p", 0, 5, F(10, 3), False),
        # a stalemate iff r + s > 10: at 10 a deal still holds
        ("us_mexico/sig_stalemate", {"s": "13/3"}, "r", 0, 10, F(17, 3), True),
    ],
)
def test_known_thresholds(
    name: str, given: dict[str, str], parameter: str, low: str, high: str, at: F, holds_at: bool
) -> None:
    game = bg.load(name, parameters=given)
    found = flip(game, parameter, mutual, low, high, points=4)
    (one,) = found.thresholds
    assert found.at == one.at == at
    assert one.holds_at is holds_at
    assert one.below != one.above
    assert found.evaluations < 60
    assert found.verify()


TWO_PARAMETERS = """
format = "bargaining-game/1"
players = ["us", "mexico"]
[parameters]
x = 0
twice = "2 * x"
[issues.plan]
options = ["no", "yes"]
payoffs = { us = [0, "1 - twice"], mexico = [0, 1] }
status_quo = "no"
"""


def test_formulas_over_a_parameter_follow_it() -> None:
    game = bg.loads(TWO_PARAMETERS)
    assert reload(game, {"x": 3}).parameters["twice"] == 6
    assert flip(game, "x", mutual, -1, 1).at == F(1, 2)
    fixed = bg.loads(TWO_PARAMETERS, parameters={"twice": "1/5"})
    assert reload(fixed, {"x": 3}).parameters["twice"] == F(1, 5)
    assert flip(fixed, "x", mutual, -1, 1).thresholds == ()


def test_several_changes_and_an_irrational_one() -> None:
    game = bg.loads(TWO_PARAMETERS)

    def between(game: bg.LinkageGame) -> bool:
        x = game.parameters["x"]
        return x * x < 2 and x != F(1, 2)

    found = flip(game, "x", between, -2, 2, points=9)
    low, before, after, high = found.thresholds
    assert (before.at, before.holds_at, before.below) == (F(1, 2), False, True)
    assert (after.at, after.above) == (F(1, 2), True)
    for one, sign in ((low, -1), (high, 1)):
        assert one.at is None
        assert one.high - one.low <= F(1, 10**9)
        assert (
            min(one.low * sign, one.high * sign) ** 2
            < 2
            < max(one.low * sign, one.high * sign) ** 2
        )
    assert found.at is None
    assert found.verify()
    assert flip(game, "x", between, -2, 2, points=9).to_dict()["thresholds"][1]["at"] == 0.5


def test_a_change_at_the_end_of_the_range() -> None:
    game = bg.loads(TWO_PARAMETERS)
    found = flip(game, "x", lambda g: g.parameters["x"] < 1, 0, 1, points=3)
    (one,) = found.thresholds
    assert (one.at, one.high, one.holds_at) == (1, 1, False)
    assert found.verify()


def test_a_scan_sees_no_change_between_its_points() -> None:
    game = bg.loads(TWO_PARAMETERS)

    def away(game: bg.LinkageGame) -> bool:
        return abs(game.parameters["x"] - F(1, 2)) > F(1, 100)

    assert flip(game, "x", away, 0, 1, points=2).thresholds == ()
    assert "holds at all 2 values" in str(flip(game, "x", away, 0, 1, points=2))
    assert len(flip(game, "x", away, 0, 1, points=3).thresholds) == 2


@pytest.mark.parametrize(
    ("low", "high", "simple"),
    [("3/10", "4/10", "1/3"), ("-1", "1/2", 0), ("-4/10", "-3/10", "-1/3"), ("7/3", "12/5", "7/3"),
     ("314/100", "315/100", "22/7"), (5, 5, 5)],
)  # fmt: skip
def test_simplest_fraction(low: str, high: str, simple: str) -> None:
    assert simplest_between(F(low), F(high)) == F(simple)


def test_wrong_arguments() -> None:
    game = bg.loads(TWO_PARAMETERS)
    with pytest.raises(InputError, match="x, twice"):
        flip(game, "y", mutual, 0, 1)
    with pytest.raises(InputError, match="interval"):
        flip(game, "x", mutual, 1, 1)
    with pytest.raises(InputError, match="points"):
        flip(game, "x", mutual, 0, 1, points=1)
    with pytest.raises(GameFileError, match="probabilit"):
        flip(bg.load("us_mexico/abrazos"), "k", mutual, 0, 2)
    guns = bg.load("us_mexico/guns_for_fentanyl")
    with pytest.raises(NotDefinedError, match="off the table"):
        flip(guns.without("guns"), "a", mutual, 0, 1)
    with pytest.raises(NotDefinedError, match="read from a game file"):
        reload(bg.LinkageGame.from_payoffs([[[0, 0], [1, 1]]]), {})


def test_forgeries_are_found() -> None:
    found = flip(bg.loads(TWO_PARAMETERS), "x", mutual, -1, 1, points=5)
    (one,) = found.thresholds
    forged: list[Flip] = [
        replace(found, thresholds=()),
        replace(found, thresholds=(replace(one, at=F(1, 3)),)),
        replace(found, thresholds=(replace(one, holds_at=not one.holds_at),)),
        replace(found, thresholds=(replace(one, low=F(0)),)),
        replace(found, thresholds=(replace(one, below=False, above=True),)),
        replace(found, grid={x: not y for x, y in found.grid.items()}),
        replace(found, grid={F(0): True}),
        replace(found, parameter="twice"),
    ]
    for other in forged:
        with pytest.raises(VerificationError):
            other.verify()
