"""What was left on the table under requirements at home, against programmes written by hand."""

from __future__ import annotations

from fractions import Fraction
from math import expm1

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from bargaining.files.class_deals import read_class_deals
from bargaining.linkage.left_on_table import Yardstick, measured_from
from bargaining.linkage.roleplay import ClassResults, judge_class
from bargaining.loading import load, loads
from bargaining.model.game import LinkageGame

CLOSE = 1e-6
LINEAR = 1e-9
TRADE = """
format = "bargaining-game/1"
players = ["a", "b"]
issues.x = { options = ["no", "yes"], payoffs = { a = [0, -4], b = [0, 6] }, status_quo = "no" }
issues.y = { options = ["no", "yes"], payoffs = { a = [0, 5], b = [0, -3] }, status_quo = "no" }
"""
QUIET = """
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
[issues.w]
options = ["no", "yes"]
payoffs = { a = [0, 1], b = [0, 0] }
status_quo = "no"
[caps]
a = 0
[floors]
b = 2
"""
RATIFIED = """
format = "bargaining-game/1"
players = ["a", "b", "c", "r"]
[issues.x]
actions.a = ["no", "yes"]
payoffs = { a = [0, -2], b = [0, 5], c = [0, 1], r = [0, -1] }
visibility.a = [0, 1]
status_quo.a = "no"
[issues.y]
actions.b = ["no", "yes"]
payoffs = { a = [0, 4], b = [0, -2], c = [0, -1], r = [0, 2] }
visibility.b = [0, 2]
status_quo.b = "no"
[issues.z]
options = ["keep", "change", "swap"]
payoffs = { a = [0, 1, -1], b = [0, -1, 1], c = [0, 3, -3], r = [0, 0, 0] }
visibility.c = [0, 1, 0]
status_quo = "keep"
[premium.a]
scale = 1
rate = "1/2"
form = "linear"
audience = "national"
[premium.b]
scale = "1/2"
rate = "1/2"
form = "quadratic"
audience = "issue"
[premium.c]
scale = "1/2"
rate = 1
form = "exponential"
[vetoes]
y = ["r"]
"""


def judged(game: LinkageGame, *rows: str, deals: str | None = "shares") -> ClassResults:
    head = ",".join(("group", "treatment", *game.issue_names))
    text = "\n".join((head, *(f"{n},{row}" for n, row in enumerate(rows))))
    return judge_class(game, read_class_deals(text, "deals.csv", game), deals=deals)


def most_for_all(gains, start, at_most=()) -> float:
    """Maximise t with gains @ x - t >= start, shares from 0 to 1, rows of at_most <= limits."""
    gains = np.asarray(gains, dtype=float)
    rows = np.column_stack([-gains, np.ones(len(gains))])
    extra = [[*row, 0.0] for row, _ in at_most]
    found = linprog(
        [0.0] * gains.shape[1] + [-1.0],
        A_ub=np.vstack([rows, *extra]),
        b_ub=[*(-np.asarray(start, dtype=float)), *(limit for _, limit in at_most)],
        bounds=[(0, 1)] * gains.shape[1] + [(None, None)],
    )
    assert found.status == 0
    return -found.fun


def test_a_cap_has_one_yardstick_for_both_treatments():
    """Sharing and half of the checks show 1 and bring (2, 2); half of (4 - 4t, 6t - 1)."""
    game = load("us_mexico/coordination_without_subordination")
    linked, apart, some = judged(
        game, "linked,,,", "delinked,,,", "linked,,real-time sharing 40%,egress checks 25%"
    ).groups
    cap = [([3, 1, 0], 1)]
    table = [[6, 4, -4], [-3, -1, 6]]
    assert most_for_all(table, [0, 0], cap) == pytest.approx(2)
    assert linked.judged.distance == apart.judged.distance == 2
    assert linked.judged.improvement == apart.judged.improvement == {"us": 2, "mexico": 2}
    assert some.judged.gains == {"us": Fraction(3, 5), "mexico": Fraction(11, 10)}
    assert most_for_all(table, [0.6, 1.1], cap) == pytest.approx(1.2)
    assert some.judged.distance == Fraction(6, 5)
    assert not any(group.judged.at_least for group in (linked, apart, some))


def test_a_floor_that_does_not_bind_changes_nothing():
    rows = ("linked,,", "delinked,,", "linked,yes 50%,yes 50%", "delinked,yes 50%,yes 50%",
            "linked,yes 60%,yes 80%", "linked,yes 75%,yes")  # fmt: skip
    free, floored = loads(TRADE), loads(TRADE + 'floors = { b = "1/2" }')
    for game in (free, floored):
        found = judged(game, *rows)
        for group in found.groups:
            start = [group.judged.gains[p] for p in game.players]
            best = most_for_all([[-4, 5], [6, -3]], start, [([-6, 3], -0.5)])
            assert float(group.judged.distance) == pytest.approx(best, abs=LINEAR)
        assert found.groups[2].judged.distance == found.groups[3].judged.distance == Fraction(9, 10)
        linked, apart = found.summaries
        assert linked.left == pytest.approx((1.8 + 0.9 + 0.36 + 0) / 4)
        assert apart.left == pytest.approx(1.35)
        assert [linked.at_least, apart.at_least] == [False, False]


def test_floors_and_a_cap_together():
    """With the cap only quiet counts: max t with -3q + 5y + w, 4q - 3y above (0.335, 1.999)."""
    (group,) = judged(loads(QUIET), "linked,quiet,yes 66.7%,").groups
    table = [[-3, 5, 1], [4, -3, 0]]
    best = most_for_all(table, [0.335, 1.999], [([-4, 3, 0], -2)])
    assert best == pytest.approx(0.375)
    assert float(group.judged.distance) == pytest.approx(best, abs=LINEAR)
    assert not group.judged.at_least


def net(deal) -> np.ndarray:
    """Net gains of a, b, c at shares (x, y, change, swap) of RATIFIED on one table."""
    x, y, change, swap = deal
    return np.array([
        -2 * x + 4 * y + change - swap - x / 2,
        5 * x - 2 * y - change + swap - (2 * y) ** 2 / 4,
        x - y + 3 * change - 3 * swap - expm1(change) / 2,
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("row", "about"),
    [("linked,yes 50%,yes 50%,change 50%", 0.747), ("delinked,,,change", 0.30),
     ("linked,,,", 1.743), ("delinked,,,", 1.743)],
)  # fmt: skip
def test_premiums_that_bend_and_a_ratifier(row, about):
    (group,) = judged(loads(RATIFIED), row).groups
    start = np.array([float(group.judged.gains[p]) for p in "abc"])
    rules = [
        {"type": "ineq", "fun": lambda v: net(v[:4]) - start - v[4]},
        {"type": "ineq", "fun": lambda v: net(v[:4])},
        {"type": "ineq", "fun": lambda v: 2 * v[1] - v[0]},
        {"type": "ineq", "fun": lambda v: 1 - v[2] - v[3]},
    ]
    best = max(
        -found.fun
        for guess in ([0.5, 0.5, 0.5, 0, 0], [0.9, 0.9, 0.1, 0, 0], [1, 0.7, 0.9, 0, 0.1])
        if (found := minimize(lambda v: -v[4], guess, method="SLSQP", constraints=rules,
                              bounds=[(0, 1)] * 4 + [(-9, 9)])).success
    )  # fmt: skip
    assert best == pytest.approx(about, abs=1e-3)
    assert float(group.judged.distance) == pytest.approx(best, abs=CLOSE)
    assert not group.judged.at_least


def test_better_for_some_at_nobodys_cost():
    """At (-4, 6) b has all that there is, and w would bring a another 2."""
    text = (
        TRADE
        + """
issues.w = { options = ["no", "yes"], payoffs = { a = [0, 2] }, status_quo = "no" }
floors = { b = 1 }
"""
    )
    (group,) = judged(loads(text), "linked,yes,,").groups
    assert (group.judged.distance, group.judged.efficient) == (0, False)
    assert group.judged.improvement == {"a": 2, "b": 0}
    assert group.judged.changes == {"w": {"yes": 1}}


def test_what_cannot_be_certified_is_at_least():
    """Only x and y may share a table; all three as one deal bring (-4 + 5 + 1, 6 - 3 - 1)."""
    text = (
        TRADE
        + """
issues.z = { options = ["no", "yes"], payoffs = { a = [0, 1], b = [0, -1] }, status_quo = "no" }
links = [{ between = ["x", "y"] }]
floors = { a = "1/2" }
"""
    )
    found = judged(loads(text), "linked,,,", "linked,yes,yes,yes")
    nothing, (summary,) = found.groups[0].judged, found.summaries
    assert nothing.at_least
    assert nothing.distance == 2
    assert found.groups[1].judged.at_least
    assert summary.at_least
    assert summary.left == pytest.approx(1)
    assert found.left_out == ("not all issues may share a table",)


def test_two_tables_add_up_to_a_lower_bound():
    """Equal gains on each table give (1, 1); for all together t = 5/4: see the programme."""
    text = """
format = "bargaining-game/1"
players = ["a", "b"]
links = []
issues.x = { options = ["no", "yes"], payoffs = { a = [0, 3], b = [0, 1] }, status_quo = "no" }
[issues.y]
options = ["no", "one", "two"]
payoffs = { a = [0, 2, 0], b = [0, 0, 3] }
status_quo = "no"
"""
    (group,) = judged(loads(text), "linked,,").groups
    best = linprog(
        [0, 0, 0, -1], A_ub=[[-3, -2, 0, 1], [-1, 0, -3, 1], [0, 1, 1, 0]], b_ub=[0, 0, 1],
        bounds=[(0, 1)] * 3 + [(None, None)],
    )  # fmt: skip
    assert -best.fun > float(group.judged.distance)
    assert group.judged.at_least


def test_pure_deals_against_enumeration():
    game = loads(QUIET)
    found = judged(game, "linked,quiet,,", "delinked,,,", deals="pure")
    # With the cap quiet and yes bring (2, 1), below the floor of 2; quiet and w bring (-2, 4).
    gift, nothing = (group.judged for group in found.groups)
    assert (gift.distance, gift.improvement, gift.efficient) == (0, {"a": 1, "b": 0}, False)
    assert (nothing.distance, nothing.efficient, nothing.at_least) == (0, True, False)


def test_the_game_measured_from_a_deal():
    """The further issue gives the level less what was signed; the floor of 2 moves to 2 + 5 - 1."""
    game = loads(TRADE + "floors = { b = 2 }")
    there, level = measured_from(game, (Fraction(0), Fraction(1)))
    assert level == 7  # 1 signed, and 6 the most that an outcome brings
    assert there.issues["as signed"].exact_gains.tolist() == [[0, 0], [7, 6]]
    assert there.channels["floors"] == {"b": 8}
    assert Yardstick(game, "shares").left((Fraction(1), Fraction(3))).efficient
