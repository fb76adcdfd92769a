"""Mechanisms: known values, checks, what is refused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from mechanism_games import F, game_of, midpoints, trade

import bargaining as bg
from bargaining.errors import InputError, NotDefinedError, NotSupportedError, VerificationError


@pytest.mark.parametrize(("n", "value"), [(2, F(1, 8)), (4, F(5, 32)), (10, F(1512, 10_000))])
def test_grids_of_values(n: int, value: Fraction) -> None:
    answer = bg.mechanism(trade(midpoints(n), midpoints(n)), transfers="expected")
    assert answer.second_best == value
    assert answer.verify()


def test_grids_come_close_to_the_continuum() -> None:
    found = [
        bg.mechanism(trade(midpoints(n), midpoints(n)), transfers="expected") for n in (10, 20, 40)
    ]
    firsts = [float(answer.first_best) for answer in found]
    seconds = [float(answer.second_best) for answer in found]
    assert firsts[0] < firsts[1] < firsts[2] < 1 / 6
    assert firsts[2] == pytest.approx(1 / 6, abs=2e-4)
    assert seconds[0] > seconds[1] > seconds[2] > 9 / 64
    # the distance halves with the grid; extrapolated it is the continuum's
    assert 2 * seconds[2] - seconds[1] == pytest.approx(9 / 64, abs=1e-3)
    assert all(answer.verify() for answer in found)


# Two types each: q = min(1, 1/(2 - 4a)), value (1 + 2aq)/4 (cf. Matsuo 1989).
@pytest.mark.parametrize("a", [F(0), F(1, 8), F(1, 5), F(1, 4), F(2, 5)])
@pytest.mark.parametrize("transfers", ["expected", "ex_post"])
def test_two_types(a: Fraction, transfers: Any) -> None:
    answer = bg.mechanism(trade([a, F(1)], [F(0), 1 - a]), transfers=transfers)
    q = min(F(1), 1 / (2 - 4 * a))
    assert answer.first_best == (1 + 2 * a) / 4
    assert answer.second_best == (1 + 2 * a * q) / 4
    assert answer.tolerance == 0
    assert answer.verify()


def test_no_trade_without_payments() -> None:
    assert bg.mechanism(trade([F(1, 8), F(1)], [F(1, 9), F(7, 8)])).second_best == 0


# Jackson and Sonnenschein 2007: values -2, -1, 1, 2 without money; 3/4, two linked 27/32 each.
def test_votes() -> None:
    game = bg.load("us_mexico/which_priority")
    apart = bg.mechanism(game, rationality="none", agenda="delinked")
    linked = bg.mechanism(game, rationality="none")
    assert apart.second_best == 2 * F(3, 4)
    assert linked.second_best == 2 * F(27, 32)
    assert linked.first_best == apart.first_best == apart.efficient == 2 * F(7, 8)
    assert linked.verify()
    assert apart.verify()


def test_vetted_unit() -> None:
    game = bg.load("us_mexico/foreign_agents_law")
    answer = bg.mechanism(game)
    assert answer.second_best == F(23, 12)
    assert answer.gains == {"us": F(3, 2), "mexico": F(5, 12)}
    assert answer.interim["mexico"] == {"vetted": F(5, 3), "compromised": 0}
    vetted, compromised = answer.outcome_rule
    assert vetted["types"] == {"mexico": "vetted"}
    assert vetted["deal"]["channel"] == {"share": 1}
    assert vetted["deal"]["vetting"] == {"open reports": F(2, 3), "vetted unit": F(1, 3)}
    assert compromised["deal"] == {"channel": {"withhold": 1}, "vetting": {"open reports": 1}}
    assert answer.slacks["incentive"]["slack"] == answer.slacks["rationality"]["slack"] == 0
    assert answer.slacks["incentive"]["binding"] == [
        'mexico, if "compromised", would not gain by posing as "vetted"'
    ]
    assert bg.mechanism(game, agenda="delinked").second_best == 0


def test_known_payoffs_cost_nothing() -> None:
    answer = bg.mechanism(bg.load("us_mexico/guns_for_fentanyl"))
    assert answer.lost == 0
    assert "incentive" not in answer.slacks
    assert answer.verify()


def test_tampering_is_found() -> None:
    answer = bg.mechanism(bg.load("us_mexico/foreign_agents_law"))
    (part,) = answer.parts
    rule = part.best.rule
    shares = rule.shares.copy()
    shares[0, 0] = [F(0), F(1), F(1), F(0)]  # shared in full, without a vetted unit

    def changed(**changes: Any) -> bg.Mechanism:
        best = replace(part.best, **changes)
        return replace(answer, parts=(replace(part, best=best),), second_best=best.value)

    with pytest.raises(VerificationError, match="value"):
        changed(rule=replace(rule, shares=shares)).verify()
    with pytest.raises(VerificationError, match="incentive"):
        changed(rule=replace(rule, shares=shares), value=F(2)).verify()
    with pytest.raises(VerificationError, match="lottery"):
        changed(rule=replace(rule, shares=rule.shares * 2)).verify()
    free = tuple(0 * table for table in part.best.prices.incentive)
    prices = replace(part.best.prices, incentive=free)
    with pytest.raises(VerificationError, match="prices"):
        changed(prices=prices).verify()
    with pytest.raises(VerificationError, match="second_best"):
        replace(answer, second_best=F(2)).verify()
    worse = replace(part, best=replace(part.best, rule=part.public.rule, value=F(2), bound=F(2)))
    with pytest.raises(VerificationError, match="incentive"):
        replace(answer, parts=(worse,), second_best=F(2)).verify()


def test_tampering_with_payments_is_found() -> None:
    answer = bg.mechanism(trade([F(1, 8), F(1)], [F(0), F(7, 8)]), transfers="ex_post")
    (part,) = answer.parts
    rule = part.best.rule
    richer = replace(rule, received=tuple(t + 1 for t in rule.received))
    best = replace(part.best, rule=richer, value=part.best.value + 2)
    with pytest.raises(VerificationError, match="budget"):
        replace(answer, parts=(replace(part, best=best),), second_best=best.value).verify()


def test_another_question_than_the_one_answered_is_found() -> None:
    answer = bg.mechanism(bg.load("classic/bilateral_trade"), transfers="expected")
    for changes in (
        {"transfers": "none"},
        {"incentive": "dominant"},
        {"rationality": "none"},
        {"objective": "max-min"},
    ):
        asked = replace(answer.question, **changes)  # type: ignore[arg-type]
        with pytest.raises(VerificationError, match="another question"):
            replace(answer, question=asked).verify()
    with pytest.raises(VerificationError, match="another question"):
        replace(answer, copies=5).verify()
    asked = replace(answer.question, efficiency=F(1, 2))
    parts = tuple(replace(part, question=asked) for part in answer.parts)
    with pytest.raises(VerificationError, match="payments arrive at 1/2"):
        replace(answer, question=asked, parts=parts).verify()


def test_another_question_about_copies_is_found() -> None:
    answer = bg.mechanism(bg.load("classic/bilateral_trade"), transfers="expected", copies=2)
    (part,) = answer.parts
    for changes in (
        {"transfers": "none"},
        {"rationality": "none"},
        {"objective": "max-min"},
        {"copies": 3},
    ):
        forged = replace(part, found=replace(part.found, **changes))
        with pytest.raises(VerificationError, match="another question"):
            replace(answer, parts=(forged,)).verify()
    with pytest.raises(VerificationError, match="another question"):
        replace(answer, copies=3).verify()
    dominant = replace(answer.question, incentive="dominant")
    with pytest.raises(VerificationError, match="another question"):
        replace(answer, question=dominant).verify()


def test_a_player_without_stake() -> None:
    answer = bg.mechanism(
        bg.load("us_mexico/foreign_agents_law"),
        agenda="delinked",
        incentive="dominant",
        rationality="ex_post",
        transfers="ex_post",
    )
    channel, vetting = answer.parts
    assert vetting.setting.stake == (1,)
    assert vetting.best.value == 0
    # ex post the compromised type would pay the United States' loss of 3 out of a gain of 1
    assert channel.best.value <= channel.public.value == 2
    assert answer.verify()


@pytest.mark.parametrize("incentive", ["bayesian", "dominant"])
@pytest.mark.parametrize("transfers", ["none", "expected", "ex_post"])
def test_nothing_to_decide(incentive: Any, transfers: Any) -> None:
    issue = {"options": ["only"], "status_quo": "only", "payoffs": {"us": [3]}}
    game = game_of({"players": ["us", "mexico"], "issues": {"x": issue}})
    answer = bg.mechanism(game, incentive=incentive, transfers=transfers)
    assert answer.second_best == answer.efficient == 0
    assert answer.verify()


def test_wrong_questions() -> None:
    game = bg.load("us_mexico/foreign_agents_law")
    with pytest.raises(InputError, match="transfers: expected one of none, expected, ex_post"):
        bg.mechanism(game, transfers="some")  # type: ignore[arg-type]
    with pytest.raises(InputError, match='did you mean "mexico"'):
        bg.mechanism(game, objective="mexiko")
    with pytest.raises(InputError, match="copies"):
        bg.mechanism(game, copies=0)
    with pytest.raises(NotDefinedError, match="objective us: not defined"):
        bg.mechanism(game, objective="us", transfers="expected", rationality="none")


@pytest.mark.parametrize("channel", ["premium", "caps", "floors", "vetoes", "utility"])
def test_other_channels_are_refused(channel: str) -> None:
    values = {
        "premium": {"us": {"scale": 1, "rate": 1}},
        "caps": {"us": 1},
        "floors": {"us": 1},
        "vetoes": {"x": ["us"]},
        "utility": {"us": {"form": "exponential", "parameter": 1}},
    }
    document = {
        "players": ["us", "mexico"],
        "issues": {
            "x": {
                "options": ["no", "yes"],
                "status_quo": "no",
                "payoffs": {"us": [0, 1], "mexico": [0, 1]},
                "visibility": {"us": [0, 1]},
            }
        },
        channel: values[channel],
    }
    with pytest.raises(NotSupportedError, match=rf"\[{channel}\]"):
        bg.mechanism(game_of(document))
