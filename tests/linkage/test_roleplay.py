"""Deals of a class judged, and the answer key."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from bargaining.errors import InputError
from bargaining.files.class_deals import read_class_deals
from bargaining.linkage.answer_key import answer_key
from bargaining.linkage.at_home import home_checks, undominated_rows
from bargaining.linkage.roleplay import ClassResults, judge_class
from bargaining.loading import load, loads
from bargaining.model.deal import Deal, gains
from bargaining.model.game import LinkageGame

GUNS = load("us_mexico/guns_for_fentanyl")


def judged(game: LinkageGame, *rows: str, deals: str | None = None) -> ClassResults:
    head = ",".join(("group", "treatment", *game.issue_names))
    text = "\n".join((head, *(f"{n},{row}" for n, row in enumerate(rows))))
    return judge_class(game, read_class_deals(text, "deals.csv", game), deals=deals)


def test_gains_and_what_is_left():
    """At the status quo (1, 3) beats (0, 0); the corner itself is efficient (issue 10's game)."""
    found = judged(GUNS, "linked,egress checks,lab raids", "delinked,,", "delinked,,lab raids")
    both, nothing, gift = (group.judged for group in found.groups)
    assert both.gains == {"us": 1, "mexico": 3}
    assert both.efficient is True
    assert (nothing.distance, nothing.improvement) == (1, {"us": 1, "mexico": 3})
    assert set(nothing.changes) == {"guns", "fentanyl"}
    assert (gift.gains, gift.rational) == ({"us": 5, "mexico": -3}, False)
    assert gift.efficient is True
    assert [group.agreed for group in found.groups] == [True, False, True]


def test_shares_are_compared_with_shares():
    """Half of egress checks costs the US 2: (-2 + 5, 3 - 3); on the segment of slope -3/2."""
    found = judged(GUNS, "linked,egress checks 50%,lab raids", "linked,,")
    assert found.deals == "shares"
    half, nothing = (group.judged for group in found.groups)
    assert half.gains == {"us": 3, "mexico": 0}
    assert half.efficient
    assert nothing.distance == Fraction(9, 5)
    with pytest.raises(InputError, match='one outcome per issue with "pure"'):
        judged(GUNS, "linked,egress checks 50%,", deals="pure")


def test_a_delinked_group_that_linked_anyway_is_seen():
    found = judged(GUNS, "delinked,egress checks,lab raids").groups[0].judged
    assert found.losers_alone == {"guns": ("us",), "fentanyl": ("mexico",)}


def test_treatments_are_summed_up():
    found = judged(GUNS, "linked,egress checks,lab raids", "linked,,", "delinked,,")
    linked, delinked = found.summaries
    assert (linked.treatment, linked.groups, linked.agreed, linked.efficient) == ("linked", 2, 1, 1)
    assert (linked.gains, linked.joint, linked.left) == ({"us": 0.5, "mexico": 1.5}, 2.0, 0.5)
    assert (delinked.groups, delinked.agreed, delinked.joint) == (1, 0, 0.0)


def test_efficiency_against_plain_enumeration():
    game = load("us_mexico/six_issue_table")
    every = list(itertools.product(*(range(i.size) for i in game.issues.values())))
    table = {chosen: gains(game, Deal(np.array(chosen))) for chosen in every}
    chosen = every[::5]
    rows = [
        ",".join(("linked", *(i.outcomes[a] for i, a in zip(game.issues.values(), c, strict=True))))
        for c in chosen
    ]
    found = judged(game, *rows, deals="pure")
    for group, deal in zip(found.groups, chosen, strict=True):
        mine = table[deal]
        more = [min(b - a for a, b in zip(mine, other, strict=True)) for other in table.values()]
        beaten = any(
            all(b >= a for a, b in zip(mine, other, strict=True)) and other != mine
            for other in table.values()
        )
        assert group.judged.efficient is not beaten
        assert group.judged.distance == max(0, *more)


def test_floors_at_home():
    """A pie of 10 against floors of 6 and 5: no deal passes both."""
    game = load("us_mexico/sig_stalemate")
    found = judged(game, "linked,US rules", "linked,", deals="pure")
    rules, nothing = (group.judged for group in found.groups)
    assert [(c.player, c.kind, c.met) for c in rules.checks] == [
        ("us", "floor", True), ("mexico", "floor", False),
    ]  # fmt: skip
    assert nothing.checks == ()
    assert nothing.efficient


def test_premiums_caps_and_ratifiers():
    premium = load("us_mexico/sovereignty_premium")
    deal = judged(premium, "linked,joint operations,aid").groups[0].judged
    (check,) = deal.checks
    depth = premium.issues["operations"].visibility["mexico"][1]
    rule = premium.ratification.premiums[1]
    assert (check.kind, check.met) == ("premium", False)
    plain = gains(premium, Deal(np.array([1, 1])))[1]
    assert deal.gains["mexico"] == pytest.approx(float(plain) - rule.cost(depth))
    ratified = load("us_mexico/two_ratifiers")
    linked, apart = judged(ratified, "linked,accord,accord", "delinked,accord,accord").groups
    met = {c.player: c.met for c in linked.judged.checks}
    assert met == {"committee": True, "morena": False}  # MORENA: -2 + 1
    assert apart.judged.passed  # MORENA only sees operations, worth 1 to it
    capped = load("us_mexico/coordination_without_subordination")
    checks = home_checks(capped, Deal(np.array([1, 1, 1])), "linked")
    assert {check.kind for check in checks} == {"cap"}


def test_with_shares_a_better_deal_at_home_is_looked_for():
    game = load("us_mexico/sovereignty_premium")
    nothing = judged(game, "linked,,", deals="shares").groups[0].judged
    assert nothing.distance == pytest.approx(0.1931471805, abs=1e-6)  # (ln 4 - 1) / 2
    assert judged(game, "linked,,", deals="pure").groups[0].judged.efficient


def test_no_status_quo_per_issue():
    game = loads("issue,option,a,b\nx,one,3,1\nx,two,1,3\ny,one,2,0\ny,two,0,2\n", format="csv")
    nothing, one = (g.judged for g in judged(game, "linked,,", "linked,one,two").groups)
    assert nothing.gains == {"a": 0, "b": 0}
    assert nothing.distance == 3  # (3, 3) by one of each
    assert one.gains == {"a": 3, "b": 3}
    assert one.efficient


def test_constraints_that_are_broken_are_said():
    text = """
format = "bargaining-game/1"
players = ["a", "b"]
issues.x = { options = ["no", "yes"], payoffs = { a = [0, 2], b = [0, 1] }, status_quo = "no" }
issues.y = { options = ["no", "yes"], payoffs = { a = [0, 1], b = [0, 2] }, status_quo = "no" }
[[constraints]]
forbid = { x = "yes", y = "yes" }
"""
    both, one = (g.judged for g in judged(loads(text), "linked,yes,yes", "linked,yes,").groups)
    assert both.forbidden
    assert not one.forbidden


def test_undominated_rows():
    rows = [(a * 7 % 11, a * 5 % 13, a * 3 % 8) for a in range(60)]
    beaten = [
        any(all(y >= x for x, y in zip(row, other, strict=True)) and other != row for other in rows)
        for row in rows
    ]
    assert undominated_rows(rows) == [i for i, known in enumerate(beaten) if not known]
    assert undominated_rows([(1, 1), (1, 1), (0, 2), (1, 0)]) == [0, 1, 2]


def test_the_frontier_at_home_counts_what_fails():
    """By hand: (2, 1) and (1, 2) pass; (9, -1), that neither beats, misses b's floor."""
    text = """
format = "bargaining-game/1"
players = ["a", "b"]
[issues.x]
options = ["no", "one", "two", "three"]
payoffs = { a = [0, 2, 1, 9], b = [0, 1, 2, -1] }
status_quo = "no"
[floors]
b = 1
"""
    key = answer_key(loads(text))
    assert [tuple(point.gains.values()) for point in key.points] == [(1, 2), (2, 1)]
    assert (key.count, key.failing) == (2, 1)
    assert answer_key(loads(text.partition("[floors]")[0])).failing == 0


@pytest.mark.parametrize("deals", ["pure", "shares"])
def test_answer_key(deals):
    key = answer_key(GUNS, deals=deals)
    assert key.verdict.effect == "breaks_deadlock"
    assert key.count == 3
    assert [tuple(p.gains.values()) for p in key.points] == [(-4, 6), (1, 3), (5, -3)]
    assert key.line == ((-4, 6), (1, 3), (5, -3))
    assert key.minimal_packages == (("guns", "fentanyl"),)
    assert not key.shares_needed
    assert key.settlements["egalitarian"]["delinked"].status == "no_agreement"


def test_the_key_says_when_only_shares_help():
    assert answer_key(load("us_mexico/sovereignty_premium")).shares_needed
    key = answer_key(load("us_mexico/sovereignty_premium"), deals="shares")
    assert not key.shares_needed
    assert key.settlements["nash"]["linked"].mutual_gain


def test_what_fails_at_home_is_not_compared_where_nothing_is_better():
    """Joint operations in full leave Mexico below 0 at home; the US has all it can get."""
    game = load("us_mexico/sovereignty_premium")
    results = judged(game, "linked,joint operations,", deals="shares")
    (group,), (summary,) = results.groups, results.summaries
    assert not group.judged.passed
    assert (group.judged.distance, group.judged.efficient, summary.left) == (None, False, None)
