"""The lowest factor of deals that must pass at home: premiums, caps, floors, ratifiers."""

from __future__ import annotations

import math
from fractions import Fraction as F

import numpy as np
import pytest
from enforcement_games import certified_discount
from hypothesis import given, settings
from hypothesis import strategies as st
from ratification_games import VETOED
from small_games import GUNS_FOR_FENTANYL

from bargaining import load, loads
from bargaining.errors import VerificationError
from bargaining.linkage.enforcement import enforcement
from bargaining.report.enforcement_text import _matters, _sentences
from bargaining.results import Status
from bargaining.settlement.enforcement.proof import check_lowest

SEEN = GUNS_FOR_FENTANYL.replace("[issues.fentanyl]", "visibility.us = [0, 1]\n[issues.fentanyl]")


def test_a_floor_of_the_bundled_game_is_met() -> None:
    """The floor of 3 leaves the settlement (3, 1) and what pays the US more, Mexico less.

    By hand: measured m, fast f, checks g: US 3m + 6f - g >= 3, T = g; Mexico 3g - m - 4f,
    T = m + 4f.  With g = 1: 3m + 6f >= 4 and m + 4f as small as can be: m = 2/3, f = 1/3, so that
    T = 2 and G = 1, or 2/3.  With g < 1 it is (1 + g) / (3g), which is more.
    """
    found = certified_discount(load("us_mexico/extradition_pace"))
    assert found.any == found.settlement == F(2, 3)
    assert certified_discount(load("us_mexico/extradition_pace"), agenda="delinked").any is None
    said = enforcement(load("us_mexico/extradition_pace"))
    assert "Linked, some deal lasts from 2/3; issue by issue none does." in list(_matters(said))


def test_a_floor_below_what_the_best_kept_deal_gives_changes_nothing() -> None:
    """Checks x, raids 1 with x = sqrt(5/8): the US gains 5 - 4x > 1."""
    found = certified_discount(loads(GUNS_FOR_FENTANYL + "[floors]\nus = 1\n"))
    assert found.any == pytest.approx(math.sqrt(2 / 5))
    assert found.settlement == F(7, 10)


def test_a_floor_that_binds_moves_the_factor() -> None:
    """The US must have 3: raids 1, checks x <= 1/2; Mexico's 3 / (6x) falls with x: all of 1/2.

    At x = 1/2 Mexico has T = 3, G = 0: never.  At a floor of 2, x = 3/4: 3 / (6 · 3/4) = 2/3.
    """
    assert certified_discount(loads(GUNS_FOR_FENTANYL + "[floors]\nus = 3\n")).any is None
    assert certified_discount(loads(GUNS_FOR_FENTANYL + "[floors]\nus = 2\n")).any == F(2, 3)


def test_a_linear_premium_in_tenths() -> None:
    """4x <= d (5y - x/10) + 4dx and 3y <= 6dx: 10 d^2 - d/10 - 4 = 0."""
    text = SEEN + '[premium.us]\nscale = "1/10"\nrate = 1\nform = "linear"\n'
    found = certified_discount(loads(text))
    assert found.any == pytest.approx((0.1 + math.sqrt(160.01)) / 20, abs=1e-12)
    assert found.any <= found.settlement


def test_an_issue_that_suits_who_ratifies_tempts_nobody() -> None:
    for agenda in ("linked", "delinked"):
        assert certified_discount(loads(VETOED), agenda=agenda).any == 0


def test_what_a_deal_shows_stays_within_a_cap() -> None:
    """Small deals show little: the factor is that without a cap, the deal smaller."""
    found = certified_discount(loads(SEEN + '[caps]\nus = "1/10"\n'))
    assert found.any == pytest.approx(math.sqrt(2 / 5))
    (deal,) = found.lowest.deals
    assert deal.shares[0][1] <= F(1, 10)


def test_a_premium_that_bends_under_a_floor_leaves_a_bracket() -> None:
    bent = SEEN + "[premium.us]\nscale = 1\nrate = 1\n"
    text = bent + "[floors]\nus = 1\n"
    found = certified_discount(loads(text))
    low, high = found.any_bracket
    assert found.any_status is Status.LIMIT_REACHED
    assert low < high == found.any <= found.settlement
    said = list(_sentences(enforcement(loads(text)), "linked", found))
    assert any("at the latest from" in line for line in said)
    free = certified_discount(loads(bent))
    assert free.any_status is Status.SOLVED
    assert free.any_bracket[0] <= high


def test_evidence_for_a_game_without_the_floor_does_not_pass() -> None:
    """With a floor of 2 the factor is 2/3: what proves sqrt(2/5) proves nothing here."""
    game = loads(GUNS_FOR_FENTANYL + "[floors]\nus = 2\n")
    free = certified_discount(loads(GUNS_FOR_FENTANYL))
    gains = [r.gains for r in free.reversions]
    with pytest.raises(VerificationError, match="misses a floor"):
        check_lowest(game, [(0, 1)], gains, free.lowest)


numbers = st.integers(0, 4)


@settings(max_examples=60, deadline=None)
@given(
    costs=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    helps=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    seen=st.tuples(numbers, numbers),
    slopes=st.tuples(numbers, numbers),
    floors=st.tuples(numbers, numbers),
    cap=st.integers(0, 4),
)
def test_against_a_grid_of_shares(costs, helps, seen, slopes, floors, cap) -> None:
    """Two favours: a gives x at cost, b gives y; linear premiums, floors in halves, a cap for a."""
    text = f"""
format = "bargaining-game/1"
players = ["a", "b"]
[issues.x]
actions.a = ["no", "yes"]
payoffs = {{ a = [0, {-costs[0]}], b = [0, {helps[1]}] }}
visibility = {{ a = [0, {seen[0]}] }}
status_quo.a = "no"
[issues.y]
actions.b = ["no", "yes"]
payoffs = {{ a = [0, {helps[0]}], b = [0, {-costs[1]}] }}
visibility = {{ a = [0, {seen[1]}], b = [0, 1] }}
status_quo.b = "no"
[premium]
a = {{ scale = "{slopes[0]}/5", rate = 1, form = "linear" }}
b = {{ scale = "{slopes[1]}/5", rate = 1, form = "linear" }}
[floors]
a = "{floors[0]}/2"
b = "{floors[1]}/2"
[caps]
a = {cap}
"""
    found = certified_discount(loads(text))
    steps = np.linspace(0, 1, 241)
    rays = [(s * np.ones(241), s * steps) for s in (1, 0.5, 0.1, 1e-3)]
    grid = tuple(part.ravel() for part in np.meshgrid(steps, steps))
    pairs = [grid, *rays, *((y, x) for x, y in rays)]
    x, y = (np.concatenate(part) for part in zip(*pairs, strict=True))
    depth = seen[0] * x + seen[1] * y
    gain_a = helps[0] * y - costs[0] * x - slopes[0] / 5 * depth
    gain_b = helps[1] * x - costs[1] * y - slopes[1] / 5 * y
    open_ = (gain_a > 1e-12) & (gain_b > 1e-12) & (depth <= cap + 1e-9)
    open_ &= (gain_a >= floors[0] / 2 - 1e-9) & (gain_b >= floors[1] / 2 - 1e-9)
    own = np.maximum(
        costs[0] * x / np.where(open_, costs[0] * x + gain_a, 1),
        costs[1] * y / np.where(open_, costs[1] * y + gain_b, 1),
    )
    least = min(own[open_], default=None)
    if least is not None:
        assert found.any is not None
        assert found.any <= least + 1e-9
        assert found.any >= least - 0.02
    if found.settlement is not None:
        assert found.any <= found.settlement
