"""Critical discount factors: known numbers."""

from __future__ import annotations

import json
from fractions import Fraction as F

import numpy as np
import pytest
from enforcement_games import certified_discount, favours, identical, mirrored
from validation import FOLDER

from bargaining import Issue, LinkageGame, load, loads
from bargaining.linkage.enforcement import enforcement

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


def test_guns_for_fentanyl():
    """C3.4, C3.5 and scenario 2: thresholds that must not be confused."""
    game = load("us_mexico/guns_for_fentanyl")
    answer = certified_discount(game)
    assert answer.full == F(4, 5)
    assert answer.settlement == F(7, 10)
    assert answer.any_closed_form == "sqrt(2/5)"
    low, high = answer.any_bracket
    assert low**2 < F(2, 5) <= high**2
    assert high - low <= F(1, 10**12)
    alone = certified_discount(game, agenda="delinked")
    assert (alone.settlement, alone.full, alone.any) == (None, None, None)


@pytest.mark.parametrize(("a", "b"), [("1", "1"), ("1/2", "1"), ("3/4", "2"), ("2/5", "1")])
def test_guns_for_fentanyl_in_part(a, b):
    """The lowest factor is sqrt(2/(5ab)), below 1 exactly if ab > 2/5."""
    answer = certified_discount(load("us_mexico/guns_for_fentanyl", parameters={"a": a, "b": b}))
    square = F(2, 5) / (F(a) * F(b))
    if square >= 1:
        assert answer.any is None
    else:
        low, high = answer.any_bracket
        assert low**2 <= square <= high**2


def test_pooling_slack():
    """C3.1: mirrored dilemmas."""
    assert certified_discount(mirrored()).full == F(1, 2)
    assert certified_discount(mirrored(), agenda="delinked").full == F(4, 5)


def test_irrelevance_of_pooling_identical_dilemmas():
    """C3.3."""
    for agenda in ("linked", "delinked"):
        answer = certified_discount(identical(), agenda=agenda)
        assert answer.full == answer.settlement == F(1, 2)


def test_favours_round_a_circle():
    """C3.8, and scenario 5: the n-th root of the ratio of products."""
    answer = certified_discount(favours([4, 3, 2], [[0, 0, 5], [6, 0, 0], [0, 3, 0]]))
    assert answer.any_closed_form == "(4/15)**(1/3)"
    low, high = answer.any_bracket
    assert low**3 < F(4, 15) <= high**3
    cut = certified_discount(favours([4, 3, 2], [[0, 0, 0], [6, 0, 0], [0, 3, 0]]))
    assert cut.any is None
    treaty = certified_discount(favours([2, 2, 2], [[0, 0, 3], [3, 0, 0], [0, 3, 0]]))
    assert (treaty.settlement, treaty.full, treaty.any) == (F(2, 3), F(2, 3), F(2, 3))


def test_five_issue_core():
    """Scenario 3."""
    game = load("us_mexico/five_issue_core")
    answer = certified_discount(game)
    assert (answer.settlement, answer.full, answer.any) == (F(31, 60), F(9, 10), F(1, 4))
    without = certified_discount(game.without("trade"))
    assert (without.settlement, without.full) == (F(11, 18), None)
    assert without.any_closed_form == "sqrt(4/15)"
    for pair in ("security", "extradition"):
        others = {"security", "migration", "guns", "extradition", "trade"} - {pair, "guns"}
        assert certified_discount(game.without(*others)).any == pytest.approx(2 / 3, abs=TIGHT)
    others = ("security", "extradition", "trade")
    assert certified_discount(game.without(*others)).any_closed_form == "sqrt(4/15)"


def test_tariff_slack():
    """Scenario 21."""
    game = loads(TARIFF_SLACK)
    answer = certified_discount(game)
    assert answer.settled.gains == {"us": 7, "mexico": F(14, 5)}
    assert (answer.settlement, answer.full, answer.any) == (F(11, 25), F(3, 5), F(1, 5))
    trade = certified_discount(game, agenda="delinked")
    assert (trade.settlement, trade.full) == (F(1, 5), None)
    assert certified_discount(game.without("trade")).any is None


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
    answer = certified_discount(loads(UNILATERAL_OPERATIONS, parameters={"l": leak}))
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
    answer = certified_discount(loads(NEARSHORING))
    assert (answer.settlement, answer.full) == (F(1, 3), F(1, 3))
    assert answer.any < F(1, 3)
    free = certified_discount(loads(NEARSHORING, parameters={"tau": 2}))
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
        linked = certified_discount(game).full
        assert float(linked) == pytest.approx(expected[f"{name}_linked"]["float"])
        alone = certified_discount(game, agenda="delinked").full
        if name == "favours":
            assert alone is None
            assert expected["favours_delinked_finite"]["exact"] is False
        else:
            assert float(alone) == pytest.approx(expected[f"{name}_delinked"]["float"])


@pytest.mark.parametrize("level", ["0", "2/3"])
def test_where_nobody_can_gain_no_factor_is_enough(level: str) -> None:
    payoffs = f'payoffs = {{us = ["{level}", "{level}"], mexico = [0, 0]}}'
    game = loads(HEAD + f'[issues.visit]\noptions = ["no", "yes"]\n{payoffs}\nstatus_quo = "no"\n')
    for agenda, kept in enforcement(game).agendas.items():
        assert kept.settlement is None, agenda
        assert kept.any is None
        assert kept.lottery is None
        assert kept.verify()
