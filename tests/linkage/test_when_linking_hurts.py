"""Finer agendas that win, each with its reason; theory cases of channels 5 and 8."""

import math
from fractions import Fraction

import pytest
from scipy.optimize import brentq

import bargaining as bg

CLOSE = 1e-6


def test_a_convex_premium_lets_the_finer_agenda_win() -> None:
    """Two acts of depth 1: together they cost e² - 1, apart 2(e - 1); κ = β = 1."""
    apart, together = 2 * (math.e - 1), math.e**2 - 1
    game = bg.loads("""
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        premium.mexico = {scale = 1, rate = 1}
        [issues.one]
        options = ["none", "act"]
        payoffs = {us = [0, 4], mexico = [0, 3]}
        visibility.mexico = [0, 1]
        status_quo = "none"
        [issues.two]
        options = ["none", "act"]
        payoffs = {us = [0, 4], mexico = [0, 3]}
        visibility.mexico = [0, 1]
        status_quo = "none"
    """)
    delinked = bg.settle(game, agenda="delinked", solution="utilitarian")
    linked = bg.settle(game, agenda="linked", solution="utilitarian")
    assert delinked.verify()
    assert linked.verify()
    assert sum(delinked.gains.values()) == pytest.approx(14 - apart, abs=CLOSE)
    # Together 14x - (e^(2x) - 1) grows up to ln(7)/2, but Mexico may not lose: 6x = e^(2x) - 1.
    x = brentq(lambda share: 6 * share - math.expm1(2 * share), 0.5, 1)
    assert x < math.log(7) / 2
    assert 14 - together < 8 * x < 14 - apart
    assert sum(linked.gains.values()) == pytest.approx(8 * x, abs=1e-5)
    answer = bg.solve(game).verdict
    assert "mexico" in answer.worse_off


def test_veto_players_who_see_the_whole_package() -> None:
    """Theory case C5.6: each ratifies his own issue, together one of them loses."""
    game = bg.loads("""
        format = "bargaining-game/1"
        players = ["us", "mexico", "j1", "j2"]
        vetoes = {one = ["j1"], two = ["j2"]}
        [issues.one]
        options = ["none", "deal"]
        payoffs = {us = [0, 1], mexico = [0, 1], j1 = [0, 1], j2 = [0, -2]}
        status_quo = "none"
        [issues.two]
        options = ["none", "deal"]
        payoffs = {us = [0, 1], mexico = [0, 1], j1 = [0, 0], j2 = [0, 1]}
        status_quo = "none"
    """)
    apart = bg.settle(game, agenda="delinked", deals="pure")
    assert apart.deal == {"one": {"deal": 1}, "two": {"deal": 1}}
    together = bg.settle(game, deals="pure")
    assert together.deal["one"].get("deal", 0) == 0  # j2 vetoes what j1 alone would have passed
    assert bg.win_set(game).players["j2"].shrinks
    answer = bg.solve(game).verdict
    assert set(answer.worse_off) >= {"us", "mexico"}


@pytest.mark.parametrize(("rate", "depth"), [("1", math.log(2)), ("1/2", 2 * math.log(4))])
def test_depth_that_pays_best(rate: str, depth: float) -> None:
    """Theory case C5.4: 2d - (e^(βd) - 1) is largest at ln(2/β)/β."""
    game = bg.loads(f"""
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        premium.mexico = {{scale = 1, rate = "{rate}"}}
        [issues.operations]
        options = ["none", "all"]
        payoffs.mexico = [0, 20]
        visibility.mexico = [0, 10]
        status_quo = "none"
    """)
    answer = bg.settle(game)
    assert answer.verify()
    assert 10 * float(answer.deal["operations"]["all"]) == pytest.approx(depth, abs=1e-5)


def test_coco_adds_up_over_issues() -> None:
    """Theory case C8.3: coco of chicken (6, 6) and of the battle of the sexes (3/2, 3/2)."""
    game = bg.loads("""
        format = "bargaining-game/1"
        players = ["a", "b"]
        [issues.chicken]
        actions = {a = ["swerve", "dare"], b = ["swerve", "dare"]}
        payoffs = {a = [[6, 2], [7, 0]], b = [[6, 7], [2, 0]]}
        status_quo = {a = "dare", b = "dare"}
        [issues.evening]
        actions = {a = ["ballet", "boxing"], b = ["ballet", "boxing"]}
        payoffs = {a = [[2, 0], [0, 1]], b = [[1, 0], [0, 2]]}
        status_quo = {a = "boxing", b = "ballet"}
    """)
    for agenda in ("linked", "delinked"):
        answer = bg.settle(game, solution="coco", agenda=agenda)
        assert answer.verify()
        assert set(answer.payoffs.values()) == {Fraction(15, 2)}
