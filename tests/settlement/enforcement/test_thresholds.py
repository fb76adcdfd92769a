"""Critical discount factors: known numbers, proofs, and a search by brute force."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from enforcement_games import brute_temptation, favours, identical, mirrored, random_game
from hypothesis import given, settings
from hypothesis import strategies as st
from validation import FOLDER

from bargaining import Issue, LinkageGame, critical_discount, load, loads, settle, solve
from bargaining.errors import InputError, NotDefinedError, VerificationError
from bargaining.settlement.enforcement.conditions import critical_factor
from bargaining.settlement.enforcement.reversion import reversion

F = Fraction
TIGHT = 1e-9
CASES = FOLDER / "cases" / "theory_cases.json"
needs_cases = pytest.mark.skipif(not CASES.exists(), reason="no validation data here")

HEAD = 'format = "bargaining-game/1"\nplayers = ["us", "mexico"]\n'
TARIFF_SLACK = (
    HEAD
    + """
[issues.trade]
actions.us = ["tariffs", "free entry"]
actions.mexico = ["evasion", "content rules"]
payoffs.us     = [[0, 5], [-1, 4]]
payoffs.mexico = [[0, -1], [5, 4]]
status_quo = {us = "tariffs", mexico = "evasion"}
[issues.security]
actions.mexico = ["parallel", "joint operations"]
payoffs = {us = [0, 5], mexico = [0, -2]}
status_quo.mexico = "parallel"
"""
)
UNILATERAL_OPERATIONS = (
    HEAD
    + """
[issues.operations]
actions.us = ["unilateral", "joint"]
actions.mexico = ["restrict", "cooperate"]
payoffs.us     = [[0, 6], [-2, "4 - 3*l"]]
payoffs.mexico = [[0, -2], [5, 4]]
status_quo = {us = "unilateral", mexico = "restrict"}
[parameters]
l = 0
"""
)
NEARSHORING = (
    HEAD
    + """
[issues.investment]
actions.us = ["stay out", "invest"]
payoffs = {us = [0, "4 - tau"], mexico = [0, 3]}
status_quo.us = "stay out"
[issues.protection]
actions.mexico = ["none", "protect corridors"]
payoffs = {us = [0, 0], mexico = [0, -2]}
status_quo.mexico = "none"
[[links]]
between = ["investment", "protection"]
[[links.spillovers]]
when = {investment = {us = "invest"}, protection = {mexico = "protect corridors"}}
payoffs = {us = "tau", mexico = 1}
[parameters]
tau = 5
"""
)


def found(game, **keywords):
    answer = critical_discount(game, **keywords)
    assert answer.verify()
    return answer


def test_guns_for_fentanyl():
    """C3.4, C3.5 and scenario 2: thresholds that must not be confused."""
    game = load("us_mexico/guns_for_fentanyl")
    answer = found(game)
    assert answer.full == F(4, 5)
    assert answer.settlement == F(7, 10)
    assert answer.any_closed_form == "sqrt(2/5)"
    low, high = answer.any_bracket
    assert low**2 < F(2, 5) <= high**2
    assert high - low <= F(1, 10**12)
    alone = found(game, agenda="delinked")
    assert (alone.settlement, alone.full, alone.any) == (None, None, None)


@pytest.mark.parametrize(("a", "b"), [("1", "1"), ("1/2", "1"), ("3/4", "2"), ("2/5", "1")])
def test_guns_for_fentanyl_in_part(a, b):
    """The lowest factor is sqrt(2/(5ab)), below 1 exactly if ab > 2/5."""
    answer = found(load("us_mexico/guns_for_fentanyl", parameters={"a": a, "b": b}))
    square = F(2, 5) / (F(a) * F(b))
    if square >= 1:
        assert answer.any is None
    else:
        low, high = answer.any_bracket
        assert low**2 <= square <= high**2


def test_pooling_slack():
    """C3.1: mirrored dilemmas."""
    assert found(mirrored()).full == F(1, 2)
    assert found(mirrored(), agenda="delinked").full == F(4, 5)


def test_irrelevance_of_pooling_identical_dilemmas():
    """C3.3."""
    for agenda in ("linked", "delinked"):
        answer = found(identical(), agenda=agenda)
        assert answer.full == answer.settlement == F(1, 2)


def test_favours_round_a_circle():
    """C3.8, and scenario 5: the n-th root of the ratio of products."""
    answer = found(favours([4, 3, 2], [[0, 0, 5], [6, 0, 0], [0, 3, 0]]))
    assert answer.any_closed_form == "(4/15)**(1/3)"
    low, high = answer.any_bracket
    assert low**3 < F(4, 15) <= high**3
    cut = found(favours([4, 3, 2], [[0, 0, 0], [6, 0, 0], [0, 3, 0]]))
    assert cut.any is None
    treaty = found(favours([2, 2, 2], [[0, 0, 3], [3, 0, 0], [0, 3, 0]]))
    assert (treaty.settlement, treaty.full, treaty.any) == (F(2, 3), F(2, 3), F(2, 3))


def test_five_issue_core():
    """Scenario 3."""
    game = load("us_mexico/five_issue_core")
    answer = found(game)
    assert (answer.settlement, answer.full, answer.any) == (F(31, 60), F(9, 10), F(1, 4))
    without = found(game.without("trade"))
    assert (without.settlement, without.full) == (F(11, 18), None)
    assert without.any_closed_form == "sqrt(4/15)"
    for pair in ("security", "extradition"):
        others = {"security", "migration", "guns", "extradition", "trade"} - {pair, "guns"}
        assert found(game.without(*others)).any == pytest.approx(2 / 3, abs=TIGHT)
    others = ("security", "extradition", "trade")
    assert found(game.without(*others)).any_closed_form == "sqrt(4/15)"


def test_tariff_slack():
    """Scenario 21."""
    game = loads(TARIFF_SLACK)
    answer = found(game)
    assert answer.settled.gains == {"us": 7, "mexico": F(14, 5)}
    assert (answer.settlement, answer.full, answer.any) == (F(11, 25), F(3, 5), F(1, 5))
    trade = found(game, agenda="delinked")
    assert (trade.settlement, trade.full) == (F(1, 5), None)
    assert found(game.without("trade")).any is None


@pytest.mark.parametrize(
    ("leak", "full", "settlement", "lowest", "closed"),
    [
        ("0", F(1, 3), F(1, 3), 0.278594, "(sqrt(129) - 3)/30"),
        ("1/3", F(1, 2), F(1, 2), 0.358258, None),
        ("1", F(5, 6), None, 0.365148, "sqrt(2/15)"),
    ],
)
def test_unilateral_operations(leak, full, settlement, lowest, closed):
    """Scenario 24: the full deal from 1/3 + l/2 on."""
    answer = found(loads(UNILATERAL_OPERATIONS, parameters={"l": leak}))
    assert answer.full == full
    if settlement is not None:
        assert answer.settlement == settlement
    assert answer.any == pytest.approx(lowest, abs=1e-6)
    if closed:
        assert answer.any_closed_form == closed
        # the same number from the formula itself, to the bracket's width
        value = (129**0.5 - 3) / 30 if "129" in closed else (2 / 15) ** 0.5
        assert answer.any == pytest.approx(value, abs=1e-12)


def test_spillovers():
    """Scenario 22: Mexico is tempted by 1 and loses 2; below tau = 4 the US invests anyway."""
    answer = found(loads(NEARSHORING))
    assert (answer.settlement, answer.full) == (F(1, 3), F(1, 3))
    assert answer.any < F(1, 3)
    free = found(loads(NEARSHORING, parameters={"tau": 2}))
    assert free.reversions[0].gains == (2, 3)  # to the one equilibrium, not the status quo
    assert free.settlement is None  # it gives Mexico 2, less than 3
    assert free.any == 0  # playing the equilibrium tempts nobody


@needs_cases
def test_brute_force_cases():
    """C3.11: the same thresholds found there by a search over deviations."""
    listed = json.loads(CASES.read_text())
    cases = listed if isinstance(listed, list) else listed["cases"]
    case = next(c for c in cases if c["id"].startswith("C3.11"))
    games = {}
    for name in ("mirrored", "identical", "favours"):
        issues = []
        for k, tables in enumerate(case["inputs"][name]):
            first = np.array(tables["A"])
            acts = {p: [str(a) for a in range(n)] for p, n in zip("ab", first.shape, strict=True)}
            last = {p: 0 if name == "favours" else n - 1
                    for p, n in zip("ab", first.shape, strict=True)}  # fmt: skip
            payoffs = {"a": tables["A"], "b": tables["B"]}
            quo = {p: str(a) for p, a in last.items()}
            issues.append(Issue.normal_form(str(k), ["a", "b"], acts, payoffs, status_quo=quo))
        games[name] = LinkageGame(["a", "b"], issues)
    expected = case["expected"]
    for name, game in games.items():
        linked = found(game).full
        assert float(linked) == pytest.approx(expected[f"{name}_linked"]["float"])
        alone = found(game, agenda="delinked").full
        if name == "favours":
            assert alone is None
            assert expected["favours_delinked_finite"]["exact"] is False
        else:
            assert float(alone) == pytest.approx(expected[f"{name}_delinked"]["float"])


def simplex_points(size: int, steps: int):
    """All shares in whole parts of a number of steps."""
    for cuts in itertools.combinations(range(steps + size - 1), size - 1):
        ends = (-1, *cuts, steps + size - 1)
        yield tuple(F(b - a - 1, steps) for a, b in itertools.pairwise(ends))


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_no_deal_on_a_grid_beats_the_lowest_factor(seed):
    """Search all deals in quarters of small games: none that helps both has a lower factor."""
    rng = np.random.default_rng(seed)
    shapes = [{"a": 2, "b": 2}] if seed % 2 else [{"a": 2}, {"b": 2}, 2]
    game = random_game(rng, shapes=shapes, span=4)
    answer = found(game)
    reverted = reversion(game, range(len(shapes))).gains
    assert answer.reversions[0].gains == reverted
    best = None
    grids = [list(simplex_points(issue.size, 4)) for issue in game.issues.values()]
    for parts in itertools.product(*grids):
        factors = []
        for i in range(2):
            gained = sum(
                s * issue.exact_gains[a, i]
                for issue, mix in zip(game.issues.values(), parts, strict=True)
                for a, s in enumerate(mix)
            )
            lottery = {}
            for cell in itertools.product(*(range(len(m)) for m in parts)):
                share = F(1)
                for a, mix in zip(cell, parts, strict=True):
                    share *= mix[a]
                if share:
                    lottery[cell] = share
            tempted = brute_temptation(game, lottery, i, jointly=False)
            factor = critical_factor(tempted, gained - reverted[i])
            factors.append(None if i in game.interested and gained <= 0 else factor)
        if None not in factors and (best is None or max(factors) < best):
            best = max(factors)
    if answer.any is None:
        assert best is None
    elif best is not None:
        assert answer.any_bracket[0] <= best


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_brackets_of_random_games_are_proved(seed):
    """verify() recomputes the deal and the prices from the definitions; all kinds of games."""
    rng = np.random.default_rng(seed)
    shapes = [
        [{"a": 2, "b": 2}, {"a": 3, "b": 2}],
        [{"a": 2}, {"b": 3}, 3, 2],
        [{"a": 2, "b": 2}, 2, {"b": 2}],
    ][seed % 3]
    linked = [(0, 1)] if seed % 5 == 0 else ()
    game = random_game(rng, shapes=shapes, linked=linked, players=2 + seed % 2)
    for mode in ("auto", "status_quo"):
        for agenda in ("linked", "delinked") if not linked else ("linked",):
            answer = critical_discount(game, agenda=agenda, reversion=mode, solution="egalitarian")
            assert answer.verify()
            if answer.settlement is not None and answer.settled.mutual_gain:
                strict = all(
                    answer.settled.promised[game.players[i]] > 1e-6 for i in game.interested
                )
                if strict:
                    assert answer.any is not None
                    assert answer.any <= float(answer.settlement) + TIGHT


def test_both_ends_are_really_checked():
    answer = critical_discount(load("us_mexico/guns_for_fentanyl"))
    low, high = answer.any_bracket
    for wrong in (
        replace(answer.lowest, high=high - F(1, 10**11), low=low - F(1, 10**11)),
        replace(answer.lowest, low=high, high=high),
        replace(answer.lowest, refusals=()),
        replace(answer.lowest, deals=()),
        replace(answer.lowest, high=None, low=None),
    ):
        with pytest.raises(VerificationError):
            replace(answer, lowest=wrong).verify()
    packages = tuple(
        replace(p, together=tuple(replace(c, temptation=F(0)) for c in p.together))
        for p in answer.packages
    )
    with pytest.raises(VerificationError):
        replace(answer, packages=packages).verify()


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
    answer = found(game)
    assert answer.reversions[0].gains == (-2, -2)
    assert answer.settlement == F(2, 5)  # cooperation and the bonus: T = 2, G - R = 3
    kept = found(game, reversion="status_quo")
    assert not kept.credible
    assert kept.settlement == F(2, 3)  # T = 2, G = 1


def test_deals_of_packages_keep_their_own_conditions():
    """Everyone gains in the sum: one player in each package is enough."""
    game = LinkageGame.from_payoffs([[[0, 0], [4, 0], [0, 0]], [[0, 0], [0, 3], [-1, 2]]])
    answer = found(game, agenda="delinked")
    assert answer.any == 0
    assert {tuple(d.issues.tolist()) for d in answer.lowest.deals} == {(0,), (1,)}


def test_players_with_their_own_factors():
    game = load("us_mexico/guns_for_fentanyl")
    answer = found(game)
    # at 9/10: 9/10 * 3/2 - 1/10 * 7/2 = 1 and 9/10 * 9/4 - 1/10 * 3 = 69/40
    assert answer.slack == {"us": 1, "mexico": F(69, 40)}
    assert answer.lasts
    assert found(replace(game, discount={"us": F(3, 5), "mexico": F(3, 5)})).lasts is False
    assert found(replace(game, discount={"us": F(3, 5)})).lasts is None


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
    assert found(load("us_mexico/mexico_delinks")).full is None  # three options


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
    answer = found(game, solution="egalitarian")
    assert answer.settled.gains == settle(game, solution="egalitarian").gains
    # shares checks x, raids 1: 5 - 4x = 6x - 3, x = 4/5; T = (16/5, 3), G = 9/5 each
    assert answer.settlement == F(16, 25)


PREMIUM = """
format = "bargaining-game/1"
players = ["us", "mexico"]
[issues.guns]
actions.us = ["no checks", "egress checks"]
payoffs = { us = [0, -4], mexico = [0, 6] }
status_quo.us = "no checks"
[issues.fentanyl]
actions.mexico = ["no raids", "lab raids"]
payoffs = { us = [0, 5], mexico = [0, -3] }
status_quo.mexico = "no raids"
visibility.mexico = [0, 1]
[premium.mexico]
scale = 1
rate = 1
"""


def test_a_premium_lowers_the_gain_not_the_temptation() -> None:
    """Full acts: Mexico's gain is 3 less e - 1, its temptation 3 as before."""
    found = critical_discount(loads(PREMIUM))
    net = 3 - (math.e - 1)
    assert found.full == pytest.approx(max(4 / 5, 3 / (3 + net)))
    # small deals: 4x <= d 5y and 3y <= d (6x - y + 3y) - 3 d y, the premium being y at first:
    # (1-d) 3 y <= d (6x - 4y), so (3 + d) y <= 6 d x with x <= 5 d y / 4 gives 15 d^2 - 2 d = 6
    assert found.any == pytest.approx((1 + math.sqrt(91)) / 15)
    assert found.verify()


def test_floors_and_ratifiers_leave_the_lowest_factor_open() -> None:
    floors = PREMIUM.replace("[premium.mexico]", "[floors]\nus = 1\n[premium.mexico]")
    found = critical_discount(loads(floors))
    assert found.any is None
    assert found.table()["any_status"] == "not_defined"
    assert found.settlement is not None
    assert found.verify()


def test_no_package_leaves_anybody_below_the_status_quo() -> None:
    """Where each act pays its actor, equilibria are worse for the other than the status quo."""
    own = Issue.normal_form(
        "own", ["a", "b"], {"a": ["no", "yes"]}, {"a": [0, 100], "b": [0, -31]},
        status_quo={"a": "no"},
    )  # fmt: skip
    other = Issue.normal_form(
        "other", ["a", "b"], {"b": ["no", "yes"]}, {"a": [0, -55], "b": [0, 106]},
        status_quo={"b": "no"},
    )  # fmt: skip
    game = LinkageGame(("a", "b"), [own, other])
    apart = critical_discount(game, agenda="delinked")
    assert not apart.settled.mutual_gain
    assert apart.any is None
    assert apart.full is None
    assert apart.verify()
    assert critical_discount(game).any == 0


def test_lotteries_over_separate_packages_leave_nobody_below_the_status_quo() -> None:
    """The game of :func:`test_no_package_leaves_anybody_below_the_status_quo`."""
    acts = {"own": ("a", [0, 100], [0, -31]), "other": ("b", [0, -55], [0, 106])}
    issues = [
        Issue.normal_form(
            name, ["a", "b"], {who: ["no", "yes"]}, {"a": a, "b": b}, status_quo={who: "no"}
        )
        for name, (who, a, b) in acts.items()
    ]
    game = LinkageGame(("a", "b"), issues)
    apart = critical_discount(game, agenda="delinked")
    assert apart.lottery is None
    assert apart.lottery_status == "solved"
    assert apart.verify()
    assert critical_discount(game).lottery == 0
