"""Types of several draws: no two of a player's are called the same."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

import bargaining as bg
from bargaining.equilibrium.communication import communication_equilibrium
from bargaining.model.information import combined_labels, told_apart

TEXT = """
format = "bargaining-game/1"
players = ["a", "b"]
[issues.x]
ACTS = ["o", "p"]
status_quo = "o"
payoffs.a = [0, 1]
payoffs.b = [0, 0]
[issues.y]
ACTS = ["o", "p"]
status_quo = "o"
payoffs.a = [0, 1]
payoffs.b = [0, 0]
[[types]]
player = "a"
labels = FIRST
probability = ["1/2", "1/2"]
payoffs.x.a = [[0, 1], [0, 8]]
[[types]]
player = "a"
labels = SECOND
probability = ["1/2", "1/2"]
payoffs.y.a = [[0, 2], [0, 5]]
"""
WORTH = [F(3), F(6), F(10), F(13)]
"""What both p are worth to a's types, in order: 1 or 8, and 2 or 5."""


def text(first: str, second: str) -> str:
    found = TEXT.replace("FIRST", first).replace("SECOND", second)
    return found.replace("ACTS", "options")


@pytest.mark.parametrize(
    ("first", "second"),
    [('["u", "u / v"]', '["v / w", "w"]'), ('["u", "u, v"]', '["v, w", "w"]')],
)
def test_no_type_overwrites_another(first: str, second: str) -> None:
    game = bg.loads(text(first, second))
    answer = bg.mechanism(game)
    assert list(answer.interim["a"].values()) == WORTH
    assert len({entry["types"]["a"] for entry in answer.outcome_rule}) == 4
    twice = bg.mechanism(game, copies=2)
    # two of one type, or one each of two: 4 + 6
    assert len(twice.interim["a"]) == 10
    assert sorted(twice.interim["a"].values())[-1] == 13


def test_counts_of_types_are_told_apart() -> None:
    """'1 u' and '2 u' copies read the same where a label begins with a number."""
    game = bg.loads(text('["u", "1 u"]', '["w, 1 v", "v"]'))
    twice = bg.mechanism(game, copies=2).interim["a"]
    assert len(twice) == 10
    pairs = {(p + q) / 2 for p in WORTH for q in WORTH}
    assert set(twice.values()) == pairs


def test_mediators_tell_types_apart_alike() -> None:
    acts = TEXT.replace('ACTS = ["o", "p"]', 'actions.a = ["o", "p"]')
    acts = acts.replace('status_quo = "o"', 'status_quo.a = "o"')
    game = bg.loads(acts.replace("FIRST", '["u", "u / v"]').replace("SECOND", '["v / w", "w"]'))
    found = communication_equilibrium(game)
    assert list(found.interim["a"].items()) == [
        ("u / v / w (1)", WORTH[0]),
        ("u / w", WORTH[1]),
        ("u / v / v / w", WORTH[2]),
        ("u / v / w (2)", WORTH[3]),
    ]
    assert list(bg.mechanism(game).interim["a"]) == list(found.interim["a"])


def test_numbers_are_not_taken_twice() -> None:
    assert told_apart(["u", "u", "u (1)"]) == ("u (2)", "u (3)", "u (1)")
    assert combined_labels([[], ["a", "b"]]) == ("", "a / b")
