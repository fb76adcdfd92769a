"""Premiums on visible depth: closed forms, audiences, forms, exchange rates at home."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ratification_games import CONCEPTS, favours, with_audience

import bargaining as bg
from bargaining.model.ratification import Premium

CLOSE = 1e-7
numbers = st.integers(-9, 9)


def test_premium_paid_by_a_concession() -> None:
    """Depth 0 alone; linked depth 1, concession e - 1, gains (1/2, 1/2): κ = β = 1, b = 1/2."""
    e = Fraction(math.e)
    room = 10
    game = bg.loads(f"""
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        premium.mexico = {{scale = 1, rate = 1}}
        [issues.depth]
        options = ["none", "deep"]
        payoffs = {{us = [0, "{(e - Fraction(1, 2)) * room}"], mexico = [0, {room // 2}]}}
        visibility.mexico = [0, {room}]
        status_quo = "none"
        [issues.concession]
        options = ["none", "paid"]
        payoffs = {{us = [0, -{room}], mexico = [0, {room}]}}
        status_quo = "none"
    """)
    alone = bg.settle(game, agenda="delinked")
    assert alone.status == "no_agreement"
    assert alone.conflict == ("premium.mexico",)
    linked = bg.settle(game)
    assert linked.verify()
    assert linked.gains["us"] == pytest.approx(0.5, abs=CLOSE)
    assert linked.gains["mexico"] == pytest.approx(0.5, abs=CLOSE)
    assert room * linked.deal["depth"]["deep"] == pytest.approx(1, abs=CLOSE)
    assert room * linked.deal["concession"]["paid"] == pytest.approx(math.e - 1, abs=CLOSE)


def test_deadlock_interval_of_the_premium() -> None:
    """Linking breaks the deadlock if and only if b <= κβ < a + b, here 1/2 <= κβ < 2, exactly."""
    for scale, works in (("499/1000", False), ("1/2", True), ("1999/1000", True), ("2", False)):
        game = bg.load("us_mexico/sovereignty_premium", parameters={"kappa": scale})
        assert bg.solve(game).verdict.linking_breaks_deadlock is works


@settings(max_examples=60)
@given(*[st.tuples(numbers, numbers)] * 2, st.integers(0, 4), st.sampled_from(["1/2", "1", "3"]))
def test_the_rates_said_to_block_an_issue_do(
    us: tuple[int, int], mexico: tuple[int, int], shown: int, scale: str
) -> None:
    """At them nothing that a first step brings, net of what it costs at home, is worth having."""
    game = favours(us, mexico, (shown, 0), scale=scale)
    verdict = bg.solve(game)
    blocked = verdict.verdict.certificate["delinked"]
    gained = verdict.agendas["delinked"].promised
    left_out = [game.players[i] for i in game.interested if not gained[game.players[i]]]
    for k, name in enumerate(game.issue_names):
        if name in blocked:
            home = Fraction(scale) * shown if k == 0 else 0
            weights = blocked[name]
            assert all(
                weights[game.players[i]] > 0 for i in game.interested if game.players[i] in left_out
            )
            assert weights["us"] * us[k] + weights["mexico"] * (mexico[k] - home) <= 0


def test_cross_premium_of_one_audience() -> None:
    """Depths ln 2 twice cost 1 + 1 apart and 3 together."""
    premium = Premium(Fraction(1), Fraction(1))
    apart = 2 * premium.cost(math.log(2))
    assert premium.cost(2 * math.log(2)) - apart == pytest.approx(1)
    game = bg.load("us_mexico/one_audience")
    national = with_audience(game, "national")
    delinked = bg.settle(national, agenda="delinked")
    assert delinked.verify()
    entry = delinked.requirements["premium.mexico"]
    assert entry["cross_premium"] == pytest.approx((math.e - 1) ** 2)
    assert delinked.promised["mexico"] == pytest.approx(2 * (4 - math.e))
    assert delinked.gains["mexico"] == pytest.approx(7 - math.e**2)


def test_an_audience_per_issue_never_adds_depths_up() -> None:
    game = with_audience(bg.load("us_mexico/one_audience"), "issue")
    linked = bg.settle(game)
    assert linked.verify()
    assert linked.gains["us"] == 4
    assert linked.gains["mexico"] == pytest.approx(2 * (4 - math.e))


@pytest.mark.parametrize(
    ("form", "cost"),
    [
        ("exponential", lambda d: 2 * math.expm1(d / 2)),
        ("linear", lambda d: d),
        ("quadratic", lambda d: d * d),
    ],
)
def test_forms_of_the_premium(form: str, cost: object) -> None:
    premium = Premium(Fraction(2), Fraction(1, 2), form)  # type: ignore[arg-type]
    for depth in (0.0, 0.5, 3.0):
        assert premium.cost(depth) == pytest.approx(cost(depth))  # type: ignore[operator]
        step = 1e-6
        rise = (premium.cost(depth + step) - premium.cost(depth)) / step
        assert premium.slope(depth) == pytest.approx(rise, abs=1e-5)


def test_a_linear_premium_is_a_payoff() -> None:
    """κβ = 2 per unit of depth: the same game with Mexico's payoff 2 lower."""
    game = favours((6, -4), (1, 6), scale="2", form="linear")
    plain = bg.LinkageGame.from_payoffs([[[0, 0], [6, -1]], [[0, 0], [-4, 6]]])
    for concept in CONCEPTS:
        answer, other = (bg.settle(g, solution=concept) for g in (game, plain))
        assert answer.verify()
        assert list(answer.gains.values()) == list(other.gains.values())


@given(first=numbers, second=numbers, third=numbers, fourth=numbers, shown=st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_zero_premium_changes_nothing(
    first: int, second: int, third: int, fourth: int, shown: int
) -> None:
    with_premium = favours((first, second), (third, fourth), (shown, 1), scale="0")
    channels = {k: v for k, v in with_premium.channels.items() if k != "premium"}
    without = replace(with_premium, channels=channels)
    for agenda in ("linked", "delinked"):
        one, other = (bg.settle(g, agenda=agenda) for g in (with_premium, without))
        assert one.to_dict(exact=True) == other.to_dict(exact=True)


@given(
    us=st.tuples(st.integers(1, 9), st.integers(-9, -1)),
    mexico=st.tuples(st.integers(-9, 9), st.integers(1, 9)),
    shown=st.integers(1, 3),
    scale=st.sampled_from(["1/4", "1", "2"]),
)
@settings(max_examples=40, deadline=None)
def test_premium_settlements_are_certified_and_decided_exactly(
    us: tuple[int, int], mexico: tuple[int, int], shown: int, scale: str
) -> None:
    """Mutual gain, by hand: a x + c y > 0 and (b - κβv) x + d y > 0 for some x, y >= 0."""
    game = favours(us, mexico, (shown, 0), scale=scale)
    answer = bg.settle(game)
    assert answer.verify()
    net = mexico[0] - Fraction(scale) * shown
    possible = net > 0 or us[0] * mexico[1] > us[1] * net
    assert answer.mutual_gain is bool(possible)
    assert (answer.status == "agreement") is bool(possible)


def test_a_player_held_at_zero_bears_no_depth() -> None:
    """Mexico gains nothing linearised; any depth would then make it lose."""
    game = favours((5, 0), (1, 0), (1, 0))
    answer = bg.settle(game)
    assert answer.verify()
    assert answer.status == "no_agreement"


def test_exchange_rates_at_home() -> None:
    """Payoffs (6, 2) block nothing; less 4 of premium they are (6, -2): t 6 <= (1 - t) 2."""
    report = bg.solve(bg.load("us_mexico/sovereignty_premium")).issues["operations"]
    assert report.exchange_rates is None
    assert report.status == "mutual"
    assert report.status_with_requirements == "deadlock"
    assert report.exchange_rates_with_requirements == (0, Fraction(1, 4))
    assert report.to_dict()["exchange_rates_with_requirements"] == (0, Fraction(1, 4))


def test_losses_of_rounding_are_none() -> None:
    """At the largest sum Mexico is held at exactly no loss."""
    for kappa in ("1/2", "1", "3/2", "7/4"):
        game = bg.load("us_mexico/sovereignty_premium", parameters={"kappa": kappa})
        for concept in CONCEPTS:
            answer = bg.settle(game, solution=concept)
            assert answer.verify()
            assert min(answer.gains.values()) >= 0
            assert min(answer.promised.values()) >= 0
