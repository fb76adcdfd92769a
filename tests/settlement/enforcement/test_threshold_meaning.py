"""Critical discount factors: what counts, for whom, and where they are not defined."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction as F

import pytest
from enforcement_games import certified_discount
from small_games import GUNS_FOR_FENTANYL

from bargaining import Issue, LinkageGame, critical_discount, load, loads, settle, solve
from bargaining.errors import InputError, NotDefinedError

HEAD = 'format = "bargaining-game/1"\nplayers = ["us", "mexico"]\n'
PREMIUM = (
    GUNS_FOR_FENTANYL
    + """
visibility.mexico = [0, 1]
[premium.mexico]
scale = 1
rate = 1
"""
)


def test_the_status_quo_can_be_no_equilibrium():
    """A dilemma whose status quo is cooperation: falling back is to defection."""
    pd = Issue.normal_form(
        "pd",
        ["a", "b"],
        {"a": ["C", "D"], "b": ["C", "D"]},
        {"a": [[3, 0], [5, 1]], "b": [[3, 5], [0, 1]]},
        status_quo={"a": "C", "b": "C"},
    )
    bonus = Issue.from_options(
        "bonus", ["a", "b"], ["no", "yes"], {"a": [0, 1], "b": [0, 1]}, status_quo="no"
    )
    game = LinkageGame(["a", "b"], [pd, bonus])
    answer = certified_discount(game)
    assert answer.reversions[0].gains == (-2, -2)
    assert answer.settlement == F(2, 5)  # cooperation and the bonus: T = 2, G - R = 3
    kept = certified_discount(game, reversion="status_quo")
    assert not kept.credible
    assert kept.settlement == F(2, 3)  # T = 2, G = 1


def test_deals_of_packages_keep_their_own_conditions():
    """Everyone gains in the sum: one player in each package is enough."""
    game = LinkageGame.from_payoffs([[[0, 0], [4, 0], [0, 0]], [[0, 0], [0, 3], [-1, 2]]])
    answer = certified_discount(game, agenda="delinked")
    assert answer.any == 0
    assert {tuple(d.issues.tolist()) for d in answer.lowest.deals} == {(0,), (1,)}


def test_players_with_their_own_factors():
    game = load("us_mexico/guns_for_fentanyl")
    answer = certified_discount(game)
    # at 9/10: 9/10 * 3/2 - 1/10 * 7/2 = 1 and 9/10 * 9/4 - 1/10 * 3 = 69/40
    assert answer.slack == {"us": 1, "mexico": F(69, 40)}
    assert answer.lasts
    assert (
        certified_discount(replace(game, discount={"us": F(3, 5), "mexico": F(3, 5)})).lasts
        is False
    )
    assert certified_discount(replace(game, discount={"us": F(3, 5)})).lasts is None


def test_side_payments_tempt_who_pays():
    """Coco: the US has 3 to gain from the total of 4; who pays could keep his money."""
    game = load("us_mexico/guns_for_fentanyl")
    answer = critical_discount(game, solution="coco")
    paid = answer.settled.transfers
    payer = next(p for p, t in paid.items() if t < 0)
    i = game.players.index(payer)
    bare = critical_discount(game, solution="utilitarian").packages[0].together[i]
    assert answer.packages[0].together[i].temptation == bare.temptation - paid[payer]


def test_full_acts_need_single_acts():
    assert certified_discount(load("us_mexico/mexico_delinks")).full is None  # three options


def test_questions_that_have_no_answer_here():
    game = load("us_mexico/guns_for_fentanyl")
    with pytest.raises(InputError, match="reversion"):
        critical_discount(game, reversion="grim")
    totals = loads(
        HEAD + '[reservation]\nus = 1\n[issues.x]\noptions = ["a", "b"]\n'
        "payoffs = {us = [0, 2], mexico = [0, 1]}\n"
    )
    with pytest.raises(NotDefinedError, match="status quo"):
        critical_discount(totals)
    assert "critical_discount" not in solve(totals).to_dict()["agendas"]["linked"]


def test_the_verdict_shows_thresholds():
    data = solve(load("us_mexico/guns_for_fentanyl")).to_dict(exact=True)
    assert data["agendas"]["linked"]["critical_discount"] == {
        "settlement": 0.7, "full": 0.8, "any": pytest.approx(0.4**0.5),
    }  # fmt: skip
    assert data["exact"]["agendas"]["linked"]["critical_discount"] == {
        "settlement": "7/10", "full": "4/5",
    }  # fmt: skip
    assert data["agendas"]["delinked"]["critical_discount"]["any"] is None


def test_settlement_is_the_named_one():
    game = load("us_mexico/guns_for_fentanyl")
    answer = certified_discount(game, solution="egalitarian")
    assert answer.settled.gains == settle(game, solution="egalitarian").gains
    # shares checks x, raids 1: 5 - 4x = 6x - 3, x = 4/5; T = (16/5, 3), G = 9/5 each
    assert answer.settlement == F(16, 25)


def test_a_premium_lowers_the_gain_not_the_temptation() -> None:
    """Full acts: Mexico's gain is 3 less e - 1, its temptation 3 as before."""
    found = critical_discount(loads(PREMIUM))
    net = 3 - (math.e - 1)
    assert found.full == pytest.approx(max(4 / 5, 3 / (3 + net)))
    # small deals: 4x <= d 5y and 3y <= d (6x - y + 3y) - 3 d y, the premium being y at first:
    # (1-d) 3 y <= d (6x - 4y), so (3 + d) y <= 6 d x with x <= 5 d y / 4 gives 15 d^2 - 2 d = 6
    assert found.any == pytest.approx((1 + math.sqrt(91)) / 15)
    assert found.verify()


def own_acts() -> LinkageGame:
    """Each act pays its actor: equilibria are worse for the other than the status quo."""
    acts = {"own": ("a", [0, 100], [0, -31]), "other": ("b", [0, -55], [0, 106])}
    issues = [
        Issue.normal_form(
            name, ["a", "b"], {who: ["no", "yes"]}, {"a": a, "b": b}, status_quo={who: "no"}
        )
        for name, (who, a, b) in acts.items()
    ]
    return LinkageGame(("a", "b"), issues)


def test_no_package_leaves_anybody_below_the_status_quo() -> None:
    game = own_acts()
    apart = critical_discount(game, agenda="delinked")
    assert not apart.settled.mutual_gain
    assert apart.any is None
    assert apart.full is None
    assert apart.verify()
    assert critical_discount(game).any == 0


def test_lotteries_over_separate_packages_leave_nobody_below_the_status_quo() -> None:
    game = own_acts()
    apart = critical_discount(game, agenda="delinked")
    assert apart.lottery is None
    assert apart.lottery_status == "solved"
    assert apart.verify()
    assert critical_discount(game).lottery == 0
