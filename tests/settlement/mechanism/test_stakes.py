"""Where nobody, or one player alone, has anything at stake: exact answers, bounded aims."""

from __future__ import annotations

import itertools
from fractions import Fraction as F
from typing import Any

import pytest

import bargaining as bg
from bargaining.errors import NotDefinedError

HEAD = """
format = "bargaining-game/1"
players = ["a", "b", "c"]
[issues.x]
options = ["o", "p"]
status_quo = "o"
"""
NOBODY = (
    HEAD
    + """
[[types]]
player = "b"
probability = ["1/2", "1/2"]
payoffs.x.b = [[0, 0], [2, 2]]
"""
)
ALONE = (
    HEAD
    + """
payoffs.a = [0, 1]
[[types]]
player = "a"
probability = ["1/2", "1/2"]
payoffs.x.a = [[0, 1], [0, -1]]
"""
)
LOSSY = '[transfers]\nefficiency = "1/2"\n'
ASKED = list(
    itertools.product(
        ("none", "expected", "ex_post"), ("interim", "ex_post", "none"), ("bayesian", "dominant")
    )
)


@pytest.mark.parametrize("copies", [1, 2])
@pytest.mark.parametrize("end", ["", LOSSY], ids=["all arrives", "half arrives"])
@pytest.mark.parametrize(("transfers", "rationality", "incentive"), ASKED)
def test_where_nobody_has_a_stake_the_least_gain_is_0(
    transfers: Any, rationality: Any, incentive: Any, end: str, copies: int
) -> None:
    answer = bg.mechanism(
        bg.loads(NOBODY + end),
        transfers=transfers,
        rationality=rationality,
        incentive=incentive,
        objective="max-min",
        copies=copies,
    )
    assert (answer.status, answer.tolerance) == ("solved", 0)
    assert answer.first_best == answer.second_best == answer.certificate.gap == 0
    assert answer.verify()


@pytest.mark.parametrize("copies", [1, 2])
@pytest.mark.parametrize("transfers", ["expected", "ex_post"])
@pytest.mark.parametrize("incentive", ["bayesian", "dominant"])
def test_who_alone_has_a_stake_is_paid_by_nobody(
    transfers: Any, incentive: Any, copies: int
) -> None:
    """By hand: a has p done where it is worth 1 to him, half of the time; b and c pay nothing."""
    for objective, value in (("a", F(1, 2)), ("b", 0)):
        answer = bg.mechanism(
            bg.loads(ALONE),
            transfers=transfers,
            rationality="none",
            incentive=incentive,
            objective=objective,
            copies=copies,
        )
        assert answer.second_best == answer.first_best == value
        assert answer.verify()


@pytest.mark.parametrize("copies", [1, 2])
def test_who_may_be_paid_by_others_has_no_best(copies: int) -> None:
    game = bg.loads(ALONE.replace("payoffs.a", "payoffs.c = [0, 1]\npayoffs.a", 1))
    with pytest.raises(NotDefinedError, match="could be made to pay a any amount"):
        bg.mechanism(game, transfers="expected", rationality="none", objective="a", copies=copies)


def test_types_that_cannot_occur_are_left_out() -> None:
    """A type of probability 0 that would lose binds nobody."""
    text = ALONE.replace('"1/2", "1/2"', '"1/2", 0, "1/2"')
    text = text.replace("[[0, 1], [0, -1]]", "[[0, 1], [0, -1], [0, 3]]")
    answer = bg.mechanism(bg.loads(text), rationality="ex_post", incentive="dominant")
    assert answer.second_best == 2
    assert answer.interim["a"] == {"1": 1, "3": 3}
