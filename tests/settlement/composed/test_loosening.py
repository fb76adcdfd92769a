"""What one unit more of a requirement is worth, at kinks too."""

from __future__ import annotations

import math

import pytest

from bargaining import load, loads, settle
from bargaining.settlement.settlement import Settlement

CAPPED = """
format = "bargaining-game/1"
players = ["a", "b"]
[issues.x]
options = ["no", "yes"]
payoffs = { a = [0, 1], b = [0, 1] }
visibility = { a = [0, 1] }
status_quo = "no"
[issues.y]
options = ["no", "yes"]
payoffs = { a = [0, 1], b = [0, 1] }
status_quo = "no"
[caps]
a = "CAP"
"""
FLOORED = """
format = "bargaining-game/1"
players = ["a", "b"]
[issues.x]
actions.a = ["no", "loud", "quiet"]
payoffs = { a = [0, -1, -3], b = [0, 4, 4] }
visibility.a = [0, 1, 0]
status_quo.a = "no"
[issues.y]
actions.b = ["no", "yes"]
payoffs = { a = [0, 5], b = [0, -3] }
status_quo.b = "no"
[caps]
a = "CAP"
"""
BENT = """
format = "bargaining-game/1"
players = ["a", "b", "c"]
[issues.x]
options = ["no", "yes", "other"]
payoffs = { a = [0, 3, 1], b = [0, 3, 1], c = [0, 1, 1] }
visibility = { a = [0, 4, 0], b = [0, 0, 3] }
status_quo = "no"
[issues.y]
options = ["no", "yes"]
payoffs = { a = [0, -1], b = [0, -1], c = [0, 4] }
visibility = { c = [0, 1] }
status_quo = "no"
[premium]
a = { scale = 1, rate = 1, form = "quadratic", audience = "issue" }
b = { scale = 1, rate = 1, form = "linear" }
[caps]
c = "CAP"
"""


def price(text: str, cap: str) -> tuple[float, Settlement]:
    answer = settle(loads(text.replace("CAP", cap)))
    answer.verify()
    (entry,) = (v for k, v in answer.requirements.items() if k.startswith("caps"))
    return entry["price"], answer


@pytest.mark.parametrize("cap", ["0", "1/1000", "1/2", "9/10"])
def test_a_unit_of_depth_worth_one_to_each(cap: str) -> None:
    """Both gain 1 per unit and weigh alike: 2, from nothing on."""
    assert price(CAPPED, cap)[0] == pytest.approx(2)


@pytest.mark.parametrize("text", [FLOORED, BENT])
def test_a_price_at_a_cap_of_nothing_is_the_slope_from_there(text: str) -> None:
    """A little room h raises the sum of logarithms by price · h, weighed as the player's gain."""
    found, before = price(text, "0")
    _, after = price(text, "1/100000")
    player = next(k for k in before.requirements if k.startswith("caps")).split(".")[1]
    gained = sum(math.log(float(after.gains[p]) / float(before.gains[p])) for p in before.gains)
    assert found == pytest.approx(gained * 1e5 * float(before.gains[player]), rel=1e-3)


@pytest.mark.parametrize(("cap", "worth"), [("0.999", 5), ("1", 2), ("1.001", 2)])
def test_at_a_kink_more_is_worth_what_comes_next(cap: str, worth: int) -> None:
    """Up to a depth of 1 sharing pays 4 and costs 1; beyond, joint operations 6 and 3, for 3.

    Guns pay Mexico 6 for 4.  At equal logarithmic weights, US 2/3 of Mexico's gain, a unit of
    depth is worth 4 · 3/2 - 1 = 5 to the two in Mexico's payoffs, then (6 · 3/2 - 3) / 3 = 2.
    """
    name = "us_mexico/coordination_without_subordination"
    answer = settle(load(name, parameters={"cap": cap}))
    assert answer.requirements["caps.mexico"]["price"] == pytest.approx(worth)
