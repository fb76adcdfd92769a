from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from small_games import whole_gains

import bargaining as bg
from bargaining.errors import VerificationError
from bargaining.linkage.issue_report import IssueReports
from bargaining.settlement.solutions import OPTIMA

ISSUE = """
format = "bargaining-game/1"
players = ["us", "mexico"{more}]
"""


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([[1, 1]], "mutual"),
        ([[-1, 2], [2, -1]], "mutual"),
        ([[0, 2]], "one_sided"),
        ([[0, 2], [-1, 9]], "one_sided"),
        ([[-4, 6]], "deadlock"),
        ([[-1, 1], [1, -1]], "deadlock"),
        ([[-1, -1]], "inert"),
        ([[0, 0]], "inert"),
        ([[-1, 0]], "inert"),
    ],
)
def test_issue_status(outcomes: list[list[int]], status: str) -> None:
    other = [[-4, 6]] + [[0, 0]] * (len(outcomes) - 1)  # both players have a stake
    game = bg.LinkageGame.from_payoffs([[[0, 0], *outcomes], [[0, 0], *other]])
    assert IssueReports(game)["0"].status == status


def test_effects() -> None:
    effects = {
        "breaks_deadlock": [[[0, 0], [-4, 6]], [[0, 0], [5, -3]]],
        "no_effect": [[[0, 0], [-4, 6]], [[0, 0], [6, -9]]],
        "redistributes": [
            [[0, 0], [1, 0], [0, 1], [1, 1]],
            [[0, 0], [4, 0], [0, 2], [0, 0]],
        ],
        "enlarges": [[[0, 0], [3, 3]], [[0, 0], [-1, 2]], [[0, 0], [2, -1]]],
    }
    for effect, data in effects.items():
        verdict = bg.solve(bg.LinkageGame.from_payoffs(data))
        assert verdict.verdict.effect == effect
        assert verdict.verify()


def test_linking_can_harm() -> None:
    """A spillover that both fear makes the package worse than it looks apart, or better."""
    game = bg.loads(
        ISSUE.format(more="")
        + """
        [issues.x]
        options = ["no", "yes"]
        payoffs = {us = [0, 2], mexico = [0, 2]}
        status_quo = "no"
        [issues.y]
        options = ["no", "yes"]
        payoffs = {us = [0, 2], mexico = [0, 2]}
        status_quo = "no"
        [[links]]
        between = ["x", "y"]
        [[links.spillovers]]
        when = {x = "yes", y = "yes"}
        payoffs = {us = -3, mexico = -3}
        """
    )
    verdict = bg.solve(game)
    assert verdict.agendas["delinked"].promised == {"us": 4, "mexico": 4}
    assert verdict.agendas["delinked"].gains == {"us": 1, "mexico": 1}
    assert verdict.agendas["linked"].gains == {"us": 2, "mexico": 2}
    assert verdict.verdict.effect == "enlarges"


def test_canada_joins() -> None:
    """SCENARIOS 6: a guest without an act is a bystander, a fan, or a veto."""
    for stake, gains in ((0, (F(3, 2), F(9, 4), 0)), (F(1, 2), (F(3, 2), F(9, 4), F(1, 2))),
                         (-1, (0, 0, 0))):  # fmt: skip
        game = bg.LinkageGame.from_payoffs(
            np.array([[[0, 0, 0], [-4, 6, 0]], [[0, 0, 0], [5, -3, stake]]], dtype=object)
        )
        verdict = bg.solve(game)
        assert tuple(verdict.agendas["linked"].gains.values()) == gains
        assert verdict.verdict.linking_breaks_deadlock is (stake >= 0)
        assert verdict.verify()


def test_north_american_treaty() -> None:
    """SCENARIOS 5: no pair works, the triple does, exactly for c > 8/9."""
    for c, works in ((3, True), (F(8, 9), False), (F(8, 9) + F(1, 10**12), True)):
        game = bg.LinkageGame.from_payoffs(
            np.array(
                [[[0, 0, 0], [-2, 3, 0]], [[0, 0, 0], [0, -2, 3]], [[0, 0, 0], [c, 0, -2]]],
                dtype=object,
            )
        )
        packages = list(bg.minimal_packages(game))
        assert packages == ([frozenset("012")] if works else [])
        if c == 3:
            verdict = bg.solve(game)
            assert tuple(verdict.agendas["linked"].gains.values()) == (1, 1, 1)
            assert verdict.verdict.linking_breaks_deadlock


def test_silo_rivalry_threshold_with_shares() -> None:
    """SCENARIOS 15: with shares linking works iff k > 1/13, all or nothing iff k > 1."""
    text = """
        format = "bargaining-game/1"
        players = ["us", "semar", "sedena"]
        [issues.partner]
        actions.us = ["navy only", "both services"]
        actions.semar = ["routine", "reform"]
        actions.sedena = ["obstruct", "cooperate"]
        payoffs.us     = [[[0, 1], [2, 3]], [[-1, 4], [1, 6]]]
        payoffs.semar  = [[[3, 4], [2, 3]], [[0, 1], [1, 2]]]
        payoffs.sedena = [[[1, -1], [1, -1]], [[0, 2], [0, 2]]]
        status_quo = {us = "navy only", semar = "routine", sedena = "obstruct"}
        [issues.equipment]
        actions.us = ["none", "naval equipment"]
        payoffs = {us = [0, -1], semar = [0, "k"]}
        status_quo.us = "none"
        [parameters]
        k = 2
        """
    for k, shares, pure in (("1/13", 0, 0), ("1/13 + 1/10000", 1, 0), (1, 1, 0), ("1.001", 1, 1)):
        game = bg.loads(text, parameters={"k": k})
        assert len(list(bg.minimal_packages(game))) == shares
        assert len(list(bg.minimal_packages(game, deals="pure"))) == pure
    verdict = bg.solve(bg.loads(text))
    assert tuple(verdict.agendas["linked"].gains.values()) == (5, 1, 1)
    assert verdict.verify()


def test_border_scanning_thresholds() -> None:
    """SCENARIOS 20: with shares w > 5/3, all or nothing w > 2; spillovers only."""
    text = """
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        [issues.southbound]
        actions.us = ["ad hoc", "scan"]
        payoffs = {us = [0, -3], mexico = [0, 1]}
        status_quo.us = "ad hoc"
        [issues.northbound]
        actions.mexico = ["ad hoc", "scan"]
        payoffs = {us = [0, 1], mexico = [0, -2]}
        status_quo.mexico = "ad hoc"
        [[links]]
        between = ["southbound", "northbound"]
        [[links.spillovers]]
        when = {southbound = {us = "scan"}, northbound = {mexico = "scan"}}
        payoffs = {us = "w", mexico = "w"}
        [parameters]
        w = 2
        """
    for w, shares, pure in (("5/3", 0, 0), ("5/3 + 1/10**9", 0, 0), (2, 1, 0), ("2.001", 1, 1)):
        if "10**9" in str(w):
            w, shares = "5/3 + 1/1000000000", 1
        game = bg.loads(text, parameters={"w": w})
        assert bool(list(bg.minimal_packages(game))) == bool(shares)
        assert bool(list(bg.minimal_packages(game, deals="pure"))) == bool(pure)
    settled = bg.settle(bg.loads(text))
    assert tuple(settled.gains.values()) == (F(1, 6), F(1, 2))
    joint = settled.lotteries.joint[0, 1]
    assert joint == {(0, 1): F(1, 6), (1, 1): F(5, 6)}


def test_pure_mutual_gain_from_several_packages() -> None:
    """No package helps both, a chosen tie helps only one, but together they can help both."""
    text = """
        format = "bargaining-game/1"
        players = ["a", "b"]
        links = []
        [issues.A]
        options = ["n", "x", "y"]
        payoffs = {a = [0, 3, 0], b = [0, 0, 3]}
        status_quo = "n"
        [issues.B]
        options = ["n", "x"]
        payoffs = {a = [0, 1]}
        status_quo = "n"
        """
    for solution in OPTIMA:
        verdict = bg.solve(bg.loads(text), deals="pure", solution=solution)
        assert verdict.agendas["delinked"].mutual_gain
        assert not verdict.verdict.linking_breaks_deadlock
        assert verdict.verify()
        assert min(verdict.verdict.certificate["deal"].gains.values()) > 0


def test_tampered_verdicts_do_not_verify() -> None:
    good = bg.solve(bg.load("us_mexico/mexico_delinks"))
    for field, value in (
        ("effect", "enlarges"),
        ("better_off", ("mexico",)),
        ("worse_off", ()),
        ("linkage_gain", {"us": F(1), "mexico": F(1)}),
        ("linkage_gain_total", F(2)),
        ("in_words", "all is well"),
        ("linking_breaks_deadlock", True),
    ):
        wrong = replace(good, verdict=replace(good.verdict, **{field: value}))
        with pytest.raises(VerificationError):
            wrong.verify()
    report = replace(good.issues["priorities"], status="deadlock")
    with pytest.raises(VerificationError, match="status"):
        replace(good, issues={**good.issues, "priorities": report}).verify()


def test_a_large_game_is_solved_whole() -> None:
    rng = np.random.default_rng(0)
    data = whole_gains(rng, (3_000, 3, 2), -9, 6)
    verdict = bg.solve(bg.LinkageGame.from_payoffs(data))
    assert verdict.verify()
    assert verdict.agendas["linked"].mutual_gain
    assert verdict.minimal_packages_status == "limit_reached"
    assert len(str(verdict)) < 2_000
