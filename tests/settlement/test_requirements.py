"""Settlements under requirements: closed forms, grids, properties, changed answers."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.errors import (
    BargainingError,
    GameFileError,
    InputError,
    NotDefinedError,
    NotSupportedError,
    VerificationError,
)
from bargaining.model.ratification import Premium
from bargaining.settlement.composed.proof import Bound
from bargaining.settlement.linearised import HomeTest

CLOSE = 1e-7
GRID = 1 / 150
CONCEPTS = ("nash", "egalitarian", "kalai_smorodinsky", "utilitarian")


def favours(
    us: tuple[int, int],
    mexico: tuple[int, int],
    visibility: tuple[int, int] = (1, 0),
    *,
    scale: str = "1",
    rate: str = "1",
    form: str = "exponential",
    audience: str = "package",
    extra: str = "",
) -> bg.LinkageGame:
    """Mexico acts on `first`, the United States on `second`; Mexico's audience watches."""
    return bg.loads(
        f"""
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        premium.mexico = {{scale = "{scale}", rate = "{rate}", form = "{form}",
                          audience = "{audience}"}}
        {extra}
        [issues.first]
        actions.mexico = ["no", "yes"]
        payoffs = {{us = [0, {us[0]}], mexico = [0, {mexico[0]}]}}
        visibility.mexico = [0, {visibility[0]}]
        status_quo.mexico = "no"
        [issues.second]
        actions.us = ["no", "yes"]
        payoffs = {{us = [0, {us[1]}], mexico = [0, {mexico[1]}]}}
        visibility.mexico = [0, {visibility[1]}]
        status_quo.us = "no"
    """.replace("\n                          ", " ")
    )


# ---------------------------------------------------------------- closed forms


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


def test_cross_premium_of_one_audience() -> None:
    """Depths ln 2 twice cost 1 + 1 apart and 3 together."""
    premium = Premium(Fraction(1), Fraction(1))
    apart = 2 * premium.cost(math.log(2))
    assert premium.cost(2 * math.log(2)) - apart == pytest.approx(1)
    game = bg.load("us_mexico/one_audience")
    national = _with_audience(game, "national")
    delinked = bg.settle(national, agenda="delinked")
    assert delinked.verify()
    entry = delinked.requirements["premium.mexico"]
    assert entry["cross_premium"] == pytest.approx((math.e - 1) ** 2)
    assert delinked.promised["mexico"] == pytest.approx(2 * (4 - math.e))
    assert delinked.gains["mexico"] == pytest.approx(7 - math.e**2)


def test_an_audience_per_issue_never_adds_depths_up() -> None:
    game = _with_audience(bg.load("us_mexico/one_audience"), "issue")
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


def test_schelling_floor() -> None:
    """Nash bargaining on x + y <= 1 with floor y >= r gives y = max(1/2, r)."""
    for floor, share in (("2/5", Fraction(1, 2)), ("7/10", Fraction(7, 10))):
        game = bg.loads(f"""
            format = "bargaining-game/1"
            players = ["us", "mexico"]
            [floors]
            mexico = "{floor}"
            [issues.pie]
            options = ["none", "us", "mexico"]
            payoffs = {{us = [0, 1, 0], mexico = [0, 0, 1]}}
            status_quo = "none"
        """)
        answer = bg.settle(game)
        assert answer.verify()
        assert answer.gains["mexico"] == share


@pytest.mark.parametrize("deals", ["shares", "pure"])
def test_new_ratifiers_can_veto_a_package(deals: str) -> None:
    """J1 gains 1 on its own issue, J2 = (-2, 1) votes on the second: alone both pass."""
    text = """
        format = "bargaining-game/1"
        players = ["us", "mexico", "j1", "j2"]
        [vetoes]
        one = ["j1"]
        two = ["j2"]
        [issues.one]
        options = ["none", "accord"]
        payoffs = {us = [0, 1], mexico = [0, 1], j1 = [0, 1], j2 = [0, -2]}
        status_quo = "none"
        [issues.two]
        options = ["none", "accord"]
        payoffs = {us = [0, 1], mexico = [0, 1], j2 = [0, 1]}
        status_quo = "none"
    """
    game = bg.loads(text)
    alone = bg.settle(game, agenda="delinked", deals=deals)  # type: ignore[arg-type]
    assert [alone.gains[p] for p in ("us", "mexico")] == [2, 2]
    linked = bg.settle(game, deals=deals)  # type: ignore[arg-type]
    assert linked.verify()
    assert linked.gains["us"] == (1 if deals == "pure" else Fraction(3, 2))
    assert linked.gains["j2"] >= 0


def test_floors_of_several_packages_are_met_in_one_program() -> None:
    game = bg.loads("""
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        [floors]
        us = 8
        [issues.left]
        options = ["none", "us", "mexico"]
        payoffs = {us = [0, 6, 0], mexico = [0, 0, 6]}
        status_quo = "none"
        [issues.right]
        options = ["none", "us", "mexico"]
        payoffs = {us = [0, 6, 0], mexico = [0, 0, 6]}
        status_quo = "none"
    """)
    nash = bg.settle(game, agenda="delinked")
    assert nash.verify()
    assert nash.gains == {"us": 8, "mexico": 4}
    # Other concepts settle each package and then miss the floor.
    even = bg.settle(game, agenda="delinked", solution="egalitarian")
    assert even.verify()
    assert even.status == "no_agreement"
    assert even.conflict == ("floors.us",)
    with pytest.raises(VerificationError):
        replace(even, conflict=("floors.mexico",)).verify()


# ---------------------------------------------------------------- enforcement


@pytest.mark.parametrize(
    ("patience", "gains"),
    [
        ("7/10", (Fraction(3, 2), Fraction(9, 4))),
        ("13/20", (Fraction(7, 4), Fraction(15, 8))),
        ("63246/100000", None),
        ("63245/100000", ()),
    ],
)
def test_favours_kept_by_repetition(
    patience: str, gains: tuple[Fraction, Fraction] | tuple[()] | None
) -> None:
    """Guns for fentanyl: any gain needs δ >= sqrt(2/5); at 7/10 the best sum is (3/2, 9/4)."""
    game = bg.load("us_mexico/guns_for_fentanyl")
    game = replace(game, discount=dict.fromkeys(game.players, Fraction(patience)))
    answer = bg.settle(game, solution="utilitarian", require=("enforcement",))
    assert answer.verify()
    if gains == ():
        assert answer.status == "no_agreement"
        assert answer.conflict == ("enforcement",)
    else:
        assert answer.mutual_gain
        if gains is not None:
            assert tuple(answer.gains.values()) == gains


def test_a_premium_lowers_the_gain_and_not_the_temptation() -> None:
    """With C(d) = d²/4 and a full act of depth 2: (1 - δ) T <= δ (G - C), by hand at δ = 1/2."""
    game = favours(
        (5, -4),
        (-3, 6),
        (2, 0),
        scale="1/4",
        form="quadratic",
        extra='discount = {us = "9/10", mexico = "1/2"}',
    )
    answer = bg.settle(game, solution="utilitarian", require=("enforcement",))
    assert answer.verify()
    x, y = (answer.deal[k].get("yes", 0) for k in ("first", "second"))
    net = 6 * y - 3 * x - x * x  # depth 2x
    assert answer.gains["mexico"] == pytest.approx(float(net))
    slack = Fraction(1, 2) * (Fraction(net) - 3 * Fraction(x))
    assert answer.requirements["enforcement.mexico"]["slack"] == pytest.approx(float(slack))
    assert float(slack) >= -1e-9


def test_spillovers_are_broken_together() -> None:
    game = bg.load("us_mexico/guns_for_fentanyl", parameters={"w": 3})
    answer = bg.settle(game, require=("enforcement",))
    assert answer.verify()
    assert answer.gains == {"us": 4, "mexico": 6}


# ---------------------------------------------------------------- grids


def _grid(game: bg.LinkageGame, patience: float | None = None) -> np.ndarray:
    """Net gains (us, mexico) of all deals on a grid of shares that meet everything."""
    first, second = (np.array(i.exact_payoffs[1], dtype=float) for i in game.issues.values())
    shown = [float(i.visibility["mexico"][1]) for i in game.issues.values()]
    premium = game.ratification.premiums.get(1)
    x, y = np.meshgrid(np.linspace(0, 1, 151), np.linspace(0, 1, 151))
    us = first[0] * x + second[0] * y
    depth = shown[0] * x + shown[1] * y
    cost = np.vectorize(lambda d: 0.0 if premium is None else float(premium.cost(float(d))))(depth)
    mexico = first[1] * x + second[1] * y - cost
    fine = (us >= 0) & (mexico >= 0)
    if patience is not None:
        tempted = (np.maximum(0, -second[0] * y), np.maximum(0, -first[1] * x))
        for gain, lure in zip((us, mexico), tempted, strict=True):
            fine &= (1 - patience) * lure <= patience * gain + 1e-12
    return np.stack([us[fine], mexico[fine]], axis=1)


def _score(concept: str, points: np.ndarray, ideal: np.ndarray) -> np.ndarray:
    if concept == "nash":
        return np.sqrt(np.maximum(points[:, 0] * points[:, 1], 0))
    if concept == "egalitarian":
        return points.min(axis=1)
    if concept == "kalai_smorodinsky":
        return (points / ideal).min(axis=1)
    return points.sum(axis=1)


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize(
    ("us", "mexico", "scale", "form", "patience"),
    [
        ((6, -4), (2, 4), "1/2", "exponential", None),
        ((6, -4), (2, 4), "1", "exponential", None),
        ((5, -4), (-3, 6), "1/5", "exponential", None),
        ((5, -4), (-1, 6), "1", "quadratic", None),
        ((7, -2), (-3, 4), "1/4", "quadratic", None),
        ((5, -4), (-3, 6), "1/5", "exponential", 0.8),
        ((7, -2), (-3, 4), "1/4", "quadratic", 0.7),
    ],
)
def test_no_deal_on_a_grid_is_better(
    concept: str,
    us: tuple[int, int],
    mexico: tuple[int, int],
    scale: str,
    form: str,
    patience: float | None,
) -> None:
    game = favours(us, mexico, scale=scale, form=form)
    require: tuple[str, ...] = ()
    if patience is not None:
        game = replace(game, discount=dict.fromkeys(game.players, Fraction(str(patience))))
        require = ("enforcement",)
    answer = bg.settle(game, solution=concept, require=require)
    assert answer.verify()
    points = _grid(game, patience)
    mine = np.array([[float(g) for g in answer.gains.values()]])
    ideal = points.max(axis=0)
    if concept == "kalai_smorodinsky":
        ideal = np.array([float(g) for g in answer.parts[0].ideal])
        assert np.all(points.max(axis=0) <= ideal + 1e-6)
    best, found = _score(concept, points, ideal).max(), _score(concept, mine, ideal)[0]
    size = float(np.abs([us, mexico]).sum())
    assert found >= best - 1e-6
    assert found <= best + 3 * GRID * size


# ---------------------------------------------------------------- properties

numbers = st.integers(-9, 9)


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


@given(
    floor=st.integers(1, 6), more=st.integers(1, 3), top=st.integers(4, 9), bottom=st.integers(4, 9)
)
@settings(max_examples=25, deadline=None)
def test_a_floor_costs_the_other_side(floor: int, more: int, top: int, bottom: int) -> None:
    def others_gain(least: int) -> Fraction | float | None:
        game = bg.LinkageGame.from_payoffs([[[0, 0], [top, -2], [-2, bottom]]], ["us", "mexico"])
        game = replace(game, channels={"floors": {"us": Fraction(least)}})
        answer = bg.settle(game)
        assert answer.verify()
        if answer.status == "no_agreement":
            return None
        assert float(answer.gains["us"]) >= least - 1e-9
        return answer.gains["mexico"]

    low, high = others_gain(floor), others_gain(floor + more)
    if high is not None:
        assert low is not None
        assert float(high) <= float(low) + 1e-7
    elif low is None:
        assert floor > top - 2 * (top + 2) / (bottom + 2) - 1e-9


# ---------------------------------------------------------------- exactness and proofs


def test_a_cap_of_zero_forbids_what_shows() -> None:
    game = bg.load("us_mexico/coordination_without_subordination", parameters={"cap": 0})
    home = HomeTest(game)
    assert not home.able(range(3)).gainers
    assert home.able((2,)).gainers == frozenset()


def test_a_player_held_at_zero_bears_no_depth() -> None:
    """Mexico gains nothing linearised; any depth would then make it lose."""
    game = favours((5, 0), (1, 0), (1, 0))
    answer = bg.settle(game)
    assert answer.verify()
    assert answer.status == "no_agreement"


@pytest.mark.parametrize("concept", CONCEPTS)
def test_changed_answers_are_caught(concept: str) -> None:
    answer = bg.settle(bg.load("us_mexico/sovereignty_premium"), solution=concept)
    assert answer.verify()
    (evidence,) = answer.evidence
    (part,) = answer.parts
    more = {p: g + 0.01 for p, g in answer.gains.items()}
    assert evidence.bound is not None
    flat = Bound(dict.fromkeys(evidence.bound.weights, 1.0), {}, {}, {})
    forged = [
        replace(answer, gains=more),
        replace(answer, mutual_gain=False),
        replace(answer, status=bg.Status.NO_AGREEMENT),
        replace(answer, parts=(replace(part, gains=tuple(more.values())),)),
        replace(answer, evidence=(replace(evidence, bound=None),)),
        replace(answer, evidence=(replace(evidence, bound=flat),)),
        replace(answer, evidence=(replace(evidence, rules=replace(evidence.rules, premiums={})),)),
        replace(
            answer,
            requirements={
                "premium.mexico": {**answer.requirements["premium.mexico"], "premium": 0.5}
            },
        ),
    ]
    for wrong in forged:
        with pytest.raises(VerificationError):
            wrong.verify()


def test_a_worse_deal_does_not_pass_as_the_best() -> None:
    game = bg.load("us_mexico/clearinghouse")
    best, other = bg.settle(game), bg.settle(game, solution="egalitarian")
    wrong = replace(
        best,
        parts=other.parts,
        lotteries=other.lotteries,
        gains=other.gains,
        promised=other.promised,
        payoffs=other.payoffs,
        requirements=other.requirements,
    )
    with pytest.raises(VerificationError):
        wrong.verify()


def test_pure_deals_are_the_best_of_all() -> None:
    game = bg.load("us_mexico/one_audience", parameters={"m": "6/5"})
    premium = Premium(Fraction(1), Fraction(1))
    nets = {
        (a, b): (2 * (a + b), 3.6 * (a + b) - float(premium.cost(Fraction(a + b))))
        for a, b in itertools.product((0, 1), repeat=2)
    }
    best = max((g for g in nets.values() if min(g) > 0), key=lambda g: g[0] * g[1])
    answer = bg.settle(game, deals="pure")
    assert answer.verify()
    assert tuple(map(float, answer.gains.values())) == pytest.approx(best)


# ---------------------------------------------------------------- what is refused


def test_what_is_refused() -> None:
    plain = bg.load("us_mexico/six_issue_table")
    with pytest.raises(InputError, match="ratification needs"):
        bg.settle(plain, require=("ratification",))
    with pytest.raises(InputError, match=r"discount\.us"):
        bg.settle(plain, require=("enforcement",))
    with pytest.raises(InputError, match='did you mean "enforcement"'):
        bg.settle(plain, require=("enforcment",))
    held = bg.load("us_mexico/clearinghouse")
    with pytest.raises(NotDefinedError, match="take nash"):
        bg.settle(held, solution="raiffa")
    with pytest.raises(NotSupportedError, match="frontier does not apply"):
        bg.frontier(held)
    with pytest.raises(BargainingError, match="from 0 on"):
        bg.settle(favours((5, -4), (-3, 6), scale="-1"))


def _with_audience(game: bg.LinkageGame, audience: str) -> bg.LinkageGame:
    premium = {p: {**t, "audience": audience} for p, t in game.channels["premium"].items()}
    return replace(game, channels={**game.channels, "premium": premium})


@pytest.mark.parametrize("agenda", ["linked", "delinked"])
@pytest.mark.parametrize("kappa", ["1.99999999", "0.499999999"])
@pytest.mark.parametrize("audience", ["package", "issue", "national"])
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


# ---------------------------------------------------------------- floors, decided exactly


def _floor(floor: str, extra: str = "") -> bg.LinkageGame:
    """Operations in full bring (6, 2), the money (-4, 4): mexico reaches 6 and no more."""
    return bg.loads(f"""
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        floors.mexico = "{floor}"
        {extra}
        [issues.operations]
        options = ["none", "all"]
        payoffs = {{us = [0, 6], mexico = [0, 2]}}
        visibility.mexico = [0, 1]
        status_quo = "none"
        [issues.money]
        options = ["none", "aid"]
        payoffs = {{us = [0, -4], mexico = [0, 4]}}
        status_quo = "none"
    """)


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("digits", [1, 6, 9, 10, 12, 30])
def test_a_floor_beyond_reach_is_never_met(digits: int, concept: str) -> None:
    small = Fraction(1, 10**digits)
    answer = bg.settle(_floor(f"{6 + small}"), solution=concept)
    assert answer.verify()
    assert answer.status == "no_agreement"
    assert answer.conflict == ("floors.mexico",)
    assert not answer.mutual_gain
    met = bg.settle(_floor(f"{6 - small}"), solution=concept)
    assert met.verify()
    assert met.status == "agreement"
    assert met.gains["us"] == pytest.approx(2, abs=2 * float(small) + 1e-9)
    assert float(met.gains["mexico"]) >= float(6 - small) - 1e-12


@pytest.mark.parametrize(("slope", "works"), [("1/1000", True), ("1/999", False)])
def test_a_linear_premium_leaves_less_for_the_floor(slope: str, works: bool) -> None:
    """All operations cost the slope: 6 - 1/1000 is just reached at a slope of 1/1000."""
    premium = f'premium.mexico = {{scale = "{slope}", rate = 1, form = "linear"}}'
    answer = bg.settle(_floor("6 - 1/1000", premium))
    assert answer.verify()
    assert (answer.status == "agreement") is works
    assert answer.conflict == (() if works else ("premium.mexico", "floors.mexico"))


def test_minimal_packages_see_the_same_floor() -> None:
    assert list(bg.minimal_packages(_floor("6"))) == [{"operations", "money"}]
    assert list(bg.minimal_packages(_floor("6.000000000001"))) == []


def test_conflict_of_a_total_names_the_premium_too() -> None:
    """Apart both issues pass, together one audience pays e² - 1: without it 6 reaches the floor."""
    game = _with_audience(bg.load("us_mexico/one_audience"), "national")
    game = replace(game, channels={**game.channels, "floors": {"mexico": Fraction(1)}})
    answer = bg.settle(game, agenda="delinked", solution="egalitarian")
    assert answer.verify()
    assert answer.status == "no_agreement"
    assert set(answer.conflict) == {"premium.mexico", "floors.mexico"}
    free = replace(game, channels={"floors": {"mexico": Fraction(1)}})
    assert bg.settle(free, agenda="delinked", solution="egalitarian").status == "agreement"
    with pytest.raises(VerificationError):
        replace(answer, conflict=("premium.mexico",)).verify()


# ---------------------------------------------------------------- what is said of issues


def test_exchange_rates_at_home() -> None:
    """Payoffs (6, 2) block nothing; less 4 of premium they are (6, -2): t 6 <= (1 - t) 2."""
    report = bg.solve(bg.load("us_mexico/sovereignty_premium")).issues["operations"]
    assert report.exchange_rates is None
    assert report.status == "mutual"
    assert report.status_with_requirements == "deadlock"
    assert report.exchange_rates_with_requirements == (0, Fraction(1, 4))
    assert report.to_dict()["exchange_rates_with_requirements"] == (0, Fraction(1, 4))


def test_who_acts_cannot_only_ratify() -> None:
    text = """
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        vetoes.one = ["mexico"]
        [issues.one]
        actions.mexico = ["no", "yes"]
        payoffs = {us = [0, 1], mexico = [0, 1]}
        status_quo.mexico = "no"
    """
    with pytest.raises(GameFileError, match=r"vetoes\.one.*who acts in .one."):
        bg.loads(text)
    game = bg.loads(text.replace('vetoes.one = ["mexico"]', ""))
    with pytest.raises(InputError, match=r"vetoes\.one.*leave him out"):
        bg.settle(replace(game, channels={"vetoes": {"one": ("mexico",)}}))


def test_losses_of_rounding_are_none() -> None:
    """At the largest sum Mexico is held at exactly no loss."""
    for kappa in ("1/2", "1", "3/2", "7/4"):
        game = bg.load("us_mexico/sovereignty_premium", parameters={"kappa": kappa})
        for concept in CONCEPTS:
            answer = bg.settle(game, solution=concept)
            assert answer.verify()
            assert min(answer.gains.values()) >= 0
            assert min(answer.promised.values()) >= 0


def test_what_cannot_be_certified_still_says_who_can_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the fine program: mutual gain is exact, and a small deal shows it."""
    monkeypatch.setattr("bargaining.settlement.composed.fine_program.MAX_COLUMNS", 0)
    game = bg.load("us_mexico/sovereignty_premium", parameters={"kappa": "1.999999999"})
    answer = bg.solve(game)
    assert answer.verdict.linking_breaks_deadlock
    linked = answer.agendas["linked"]
    assert linked.status == "numerical_trouble"
    assert linked.mutual_gain
    assert min(linked.gains.values()) > 0
    assert sum(map(float, linked.gains.values())) <= 2.5e-19
    with pytest.raises(VerificationError, match="no solver could certify"):
        linked.verify()


def test_mixing_deals_sharpens_what_no_solver_can() -> None:
    """The plain settlement is enforceable, so that the requirement changes nothing."""
    options = bg.Issue.from_options(
        "k0", ["p0", "p1", "p2"], ["o0", "o1", "o2"],
        {"p0": [6, 6, 6], "p1": [4, -5, 0], "p2": [-1, 2, -1]}, status_quo="o2",
    )  # fmt: skip
    acts = bg.Issue.normal_form(
        "k1", ["p0", "p1", "p2"], {"p0": ["a0", "a1"], "p2": ["a0", "a1"]},
        {"p0": [[2, 3], [0, 0]], "p1": [[5, -2], [5, 5]], "p2": [[3, -2], [3, 4]]},
        status_quo={"p0": "a0", "p2": "a0"},
    )  # fmt: skip
    patience = {"p0": Fraction(7, 10), "p1": Fraction(7, 10), "p2": Fraction(1, 2)}
    game = bg.LinkageGame(("p0", "p1", "p2"), [options, acts], discount=patience)
    plain = bg.settle(game)
    kept = bg.settle(game, require=("enforcement",))
    assert kept.status == "agreement"
    for player, gain in plain.gains.items():
        assert float(kept.gains[player]) == pytest.approx(float(gain), rel=1e-6)
    assert kept.verify()
