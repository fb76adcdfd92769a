"""Threats: what they change, who would carry them out, and who owns them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import pytest

import bargaining as bg
from bargaining.errors import VerificationError
from bargaining.linkage.blackmail import blackmail


def test_trucks() -> None:
    """C8.2, and scenario 18: with commitment Mexico ends below the status quo."""
    found = blackmail(bg.load("us_mexico/truck_inspections"))
    assert found.verify()
    outcomes = {who: tuple(pair["linked"].gains.values()) for who, pair in found.outcomes.items()}
    assert outcomes == {
        "coco": (3, -1),
        "both": (F(13, 4), F(-13, 6)),
        "us": (F(13, 4), F(-13, 6)),
        "mexico": (0, 0),
        "nobody": (0, 0),
    }
    apart = found.outcomes["coco"]["delinked"].gains
    assert tuple(apart.values()) == (3, -1)  # coco adds up: (1, 1) and (2, -2)
    assert found.below_status_quo["both"] == ("mexico",)
    assert found.below_status_quo["nobody"] == ()
    (threat,) = found.threats
    assert (threat.own, threat.forgone, threat.credible) == (-1, 1, False)
    (ultimatum,) = found.ultimatums
    assert (ultimatum.harm, ultimatum.cost, ultimatum.yields) == (5, 4, True)


def test_a_state_owns_the_act() -> None:
    """Scenario 19: inspections in place are no threat; lifting them is a favour."""
    found = blackmail(bg.load("us_mexico/state_inspections"))
    assert found.verify()
    assert found.status == bg.Status.NOT_DEFINED
    assert found.threats == ()
    lifting = next(act for act in found.favours if act.player == "texas")
    assert (lifting.act, lifting.own) == ("normal", -1)
    assert lifting.others == {"us": 1, "mexico": 5}


def test_a_threat_that_pays_is_credible() -> None:
    text = """
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        [issues.tariffs]
        actions.us = ["free", "tariff", "embargo"]
        payoffs = { us = [0, 2, -3], mexico = [0, -4, -9] }
        status_quo.us = "free"
    """
    found = blackmail(bg.loads(text))
    assert found.verify()
    assert {act.act: act.credible for act in found.threats} == {"tariff": True, "embargo": False}
    assert {act.act: act.forgone for act in found.threats} == {"tariff": 0, "embargo": 5}


def test_tampering_is_noticed() -> None:
    found = blackmail(bg.load("us_mexico/truck_inspections"))
    for wrong in ({"threats": ()}, {"ultimatums": ()}, {"below_status_quo": {}}):
        with pytest.raises(VerificationError):
            replace(found, **wrong).verify()
