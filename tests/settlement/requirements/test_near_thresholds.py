"""Premiums, caps and ratifiers where a deal only just exists, and gains are tiny."""

from __future__ import annotations

from fractions import Fraction

import pytest
from ratification_games import CONCEPTS

import bargaining as bg


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("digits", [3, 7, 9, 12, 20])
@pytest.mark.parametrize("rate", ["1", "1000"])
def test_near_the_threshold_of_linking(rate: str, digits: int, concept: str) -> None:
    """At κβ = 2 - ε the surplus 4 ε x - 8 κβ² x² is largest at ε²/(4 β), half for each side.

    With x of the operations and 3x/2 - w of the money the gains are 4 w and, to second order,
    4 ε x - 8 κβ² x² - 4 w; β = 1000 puts the deal a thousand times nearer to the status quo.
    """
    small = Fraction(1, 10**digits)
    scale = (2 - small) / Fraction(rate)
    game = bg.load("us_mexico/sovereignty_premium", parameters={"kappa": str(scale), "beta": rate})
    answer = bg.solve(game, solution=concept)
    assert answer.verify()
    assert answer.verdict.linking_breaks_deadlock
    assert answer.minimal_packages == (("operations", "money"),)
    linked = answer.agendas["linked"]
    assert linked.status == "agreement"
    for gain in linked.gains.values():
        half = float(small**2 / (8 * Fraction(rate)))
        assert float(gain) == pytest.approx(half, rel=2 * float(small) + 1e-6)


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize(("kappa", "beta"), [("0.000499999999999", "1000"), ("0.4999999", "1")])
def test_near_the_threshold_of_one_issue(kappa: str, beta: str, concept: str) -> None:
    """Just below κβ = 1/2 the issue works alone; its largest depth is small, its gains smaller."""
    game = bg.load("us_mexico/sovereignty_premium", parameters={"kappa": kappa, "beta": beta})
    answer = bg.solve(game, solution=concept)
    assert answer.verify()
    assert answer.agendas["delinked"].mutual_gain
    assert answer.agendas["delinked"].status == "agreement"
    assert not answer.verdict.linking_breaks_deadlock
    assert answer.minimal_packages == (("operations",),)


@pytest.mark.parametrize("agenda", ["linked", "delinked"])
@pytest.mark.parametrize("kappa", ["1.99999999", "0.499999999"])
@pytest.mark.parametrize(
    "audience",
    ["package", *(pytest.param(a, marks=pytest.mark.slow) for a in ("issue", "national"))],
)
@pytest.mark.parametrize("extra", ["caps.mexico = 1", 'vetoes.operations = ["senate"]'])
def test_caps_and_ratifiers_near_a_threshold(
    extra: str, audience: str, kappa: str, agenda: str
) -> None:
    """The exact test, the settlement and the small gains go together for every concept."""
    game = bg.loads(f"""
        format = "bargaining-game/1"
        players = ["us", "mexico", "senate"]
        premium.mexico = {{scale = "{kappa}", rate = 1, audience = "{audience}"}}
        {extra}
        [issues.operations]
        options = ["none", "joint", "half"]
        payoffs = {{us = [0, 6, 3], mexico = [0, 2, 1], senate = [0, 1, -1]}}
        visibility.mexico = [0, 4, 2]
        status_quo = "none"
        [issues.money]
        options = ["none", "aid"]
        payoffs = {{us = [0, -4], mexico = [0, 4]}}
        status_quo = "none"
        [issues.other]
        options = ["none", "other"]
        payoffs = {{us = [0, 2], mexico = [0, 1]}}
        visibility.mexico = [0, 2]
        status_quo = "none"
    """)
    works = agenda == "linked" or kappa.startswith("0")
    for concept in CONCEPTS:
        answer = bg.settle(game, solution=concept, agenda=agenda)
        assert answer.verify()
        assert (answer.status == "agreement") is works
        if "vetoes" in extra:
            assert answer.mutual_gain is works
        if works:
            assert answer.promised["us"] > 0
            assert answer.promised["mexico"] > 0
