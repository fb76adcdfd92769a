"""Win-sets: closed forms, theory cases, and that more visibility never enlarges them."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ratification_games import favours

import bargaining as bg
from bargaining.errors import InputError, VerificationError
from bargaining.model.ratification import Premium
from bargaining.settlement.depth import bracket, largest_depth, pays

DIGITS = 1e-10


@pytest.mark.parametrize(("rate", "depth"), [("1", 1.25643120862617), ("1/2", 4.673325964526108)])
def test_largest_depth_by_lambert(rate: str, depth: float) -> None:
    """b d = κ (e^{βd} - 1) at b = 2, κ = 1."""
    premium = Premium(Fraction(1), Fraction(rate))
    assert largest_depth(premium, Fraction(2)) == pytest.approx(depth, abs=DIGITS)


@given(
    scale=st.fractions("1/10", 10, max_denominator=50),
    rate=st.fractions("1/10", 5, max_denominator=50),
    benefit=st.fractions("1/10", 20, max_denominator=50),
)
@settings(max_examples=60, deadline=None)
def test_bracket_holds_the_root(scale: Fraction, rate: Fraction, benefit: Fraction) -> None:
    premium = Premium(scale, rate)
    low, high = bracket(premium, Fraction(0), [(Fraction(10**6), benefit)])
    assert (low > 0) is (benefit > scale * rate)
    if low:
        assert pays(premium, low, benefit * low)
        assert not pays(premium, high, benefit * high)
        assert float(high - low) <= 1e-9 * max(1.0, float(low))


def test_forms_in_closed_form() -> None:
    square = Premium(Fraction(2), Fraction(3), "quadratic")
    assert largest_depth(square, Fraction(12)) == 2
    line = Premium(Fraction(2), Fraction(3), "linear")
    assert largest_depth(line, Fraction(6)) is None
    assert largest_depth(line, Fraction(5)) == 0


def test_linked_gains_pay_for_depth() -> None:
    """2x4 + 4 = e^d - 1 at most at depth d <= 4: d/2 + 4 = e^d - 1."""
    found = bg.win_set(bg.load("us_mexico/sovereignty_premium")).players["mexico"]
    depth = float(found.packages["operations+money"])
    assert depth / 2 + 4 == pytest.approx(math.expm1(depth))
    assert found.enlarges
    assert not found.shrinks


def test_a_cap_of_zero_is_not_paid_for() -> None:
    """Two issues, one of use and unseen, the other seen: no gain buys what the cap rules out."""
    visible = favours((1, 1), (1, -1), (0, 1))
    assert not bg.win_set(_capped(visible, "0")).players["mexico"].enlarges
    assert bg.win_set(_capped(visible, "1/2")).players["mexico"].enlarges


@settings(max_examples=150)
@given(
    gains=st.tuples(st.integers(-4, 6), st.integers(-4, 6)),
    shown=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    form=st.sampled_from(["linear", "quadratic", "exponential"]),
    audience=st.sampled_from(["package", "national", "issue"]),
    cap=st.sampled_from([None, 0, 1, 3]),
)
def test_linking_lets_more_pass_where_a_little_more_does(
    gains: tuple[int, int], shown: tuple[int, int], form: str, audience: str, cap: int | None
) -> None:
    """By trial: just above the share that passes alone, with any share of the other issue."""
    game = favours((0, 0), gains, shown, form=form, audience=audience)
    game = game if cap is None else _capped(game, str(cap))
    if not game.ratification:
        return
    found = bg.win_set(game).players["mexico"]
    cost = Premium(Fraction(1), Fraction(1), form).cost  # type: ignore[arg-type]

    def passes(own: float, other: float, k: int) -> bool:
        depths = (own * shown[k], other * shown[1 - k])
        worth = own * gains[k] + other * gains[1 - k]
        paid = sum(map(cost, depths)) if audience == "issue" else cost(sum(depths))
        return (cap is None or sum(depths) <= cap) and worth - paid > 0

    more = False
    for k, issue in enumerate(game.issues):
        most = float(found.outcomes[issue]["yes"][1])
        step = 1e-7
        if most + step <= 1:
            more |= any(passes(most + step, t, k) for t in (1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5, 1))
    assert found.enlarges == more


def _capped(game: bg.LinkageGame, most: str) -> bg.LinkageGame:
    return replace(game, channels={**game.channels, "caps": {"mexico": Fraction(most)}})


def test_a_cap_limits_depth() -> None:
    game = bg.load("us_mexico/coordination_without_subordination", parameters={"cap": 2})
    found = bg.win_set(game).players["mexico"]
    assert found.packages["operations+intelligence+guns"] == 2


@given(
    benefit=st.integers(1, 12),
    scale=st.integers(1, 4),
    shown=st.fractions("1/4", 4, max_denominator=8),
    more=st.fractions("1/8", 2, max_denominator=8),
)
@settings(max_examples=60, deadline=None)
def test_more_visibility_never_enlarges_a_win_set(
    benefit: int, scale: int, shown: Fraction, more: Fraction
) -> None:
    def largest(visibility: Fraction) -> float:
        issue = bg.Issue.from_options(
            "x",
            ["us", "mexico"],
            ["no", "yes"],
            {"mexico": [0, benefit], "us": [0, 1]},
            status_quo="no",
        )
        issue = replace(issue, visibility={"mexico": (Fraction(0), visibility)})
        premium = {"mexico": {"scale": Fraction(scale), "rate": Fraction(1)}}
        game = bg.LinkageGame(["us", "mexico"], [issue], channels={"premium": premium})
        answer = bg.win_set(game)
        assert answer.verify()
        found = answer.ratifiable["x"]
        assert found is not None
        return float(found[1])

    assert largest(shown + more) <= largest(shown) + DIGITS


def test_shares_that_pass_together() -> None:
    answer = bg.win_set(bg.load("us_mexico/two_ratifiers"))
    assert set(answer.players) == {"committee", "morena"}
    assert answer.ratifiable == {"commerce": (0, 1), "operations": (0, 1)}
    assert answer.players["morena"].shrinks
    assert not answer.players["committee"].shrinks
    assert answer.largest_depth is None


def test_a_floor_asks_for_a_least_share() -> None:
    game = bg.load("us_mexico/extradition_pace")
    found = bg.win_set(game, player="us")
    assert found.players["us"].outcomes["extradition"]["fast"] == (Fraction(1, 2), 1)
    assert found.ratifiable["guns"] is None
    assert bg.win_set(game).to_dict()["players"]["us"]["ratifiable"]["guns"] is None


def test_changed_answers_are_caught() -> None:
    answer = bg.win_set(bg.load("us_mexico/clearinghouse"))
    found = answer.players["mexico"]
    shares = {"operations": {**found.outcomes["operations"], "visible operations": (0, 0.5)}}
    wide = {k: (low + 1, high + 1) for k, (low, high) in found.brackets.items()}
    for wrong in (replace(found, outcomes=shares), replace(found, brackets=wide)):
        with pytest.raises(VerificationError):
            replace(answer, players={"mexico": wrong}).verify()


def test_what_is_refused() -> None:
    with pytest.raises(InputError, match="found none"):
        bg.win_set(bg.load("us_mexico/six_issue_table"))
    with pytest.raises(InputError, match='did you mean "mexico"'):
        bg.win_set(bg.load("us_mexico/clearinghouse"), player="mexco")


def _one_option(payoff: object, shown: object, premium: str, extra: str = "") -> bg.LinkageGame:
    """Mexico's audience watches the only option of the only issue."""
    return bg.loads(f"""
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        premium.mexico = {{{premium}}}
        {extra}
        [issues.one]
        options = ["none", "deep"]
        payoffs = {{us = [0, 1], mexico = [0, "{payoff}"]}}
        visibility.mexico = [0, "{shown}"]
        status_quo = "none"
    """)


@pytest.mark.parametrize("digits", [4, 5, 9, 15, 30])
def test_a_small_largest_depth(digits: int) -> None:
    """At κ = 1/2 - ε: (e^d - 1)/d = 1/(1 - 2ε), so that d = 4ε (1 + 2ε/3 + …)."""
    small = Fraction(1, 10**digits)
    game = _one_option(2, 4, f'scale = "{Fraction(1, 2) - small}", rate = 1')
    answer = bg.win_set(game)
    assert answer.verify()
    found = answer.players["mexico"]
    expected = float(4 * small * (1 + 2 * small / 3))
    assert found.largest_depth == pytest.approx(expected, rel=1e-7)
    assert float(found.packages["one"]) == pytest.approx(expected, rel=1e-7)
    assert found.ratifiable["one"][1] == pytest.approx(expected / 4, rel=1e-7)
    less = {"one": {"deep": (0, found.ratifiable["one"][1] * (1 - 1e-6))}}
    wrong = replace(found, outcomes=less, ratifiable={"one": less["one"]["deep"]})
    with pytest.raises(VerificationError, match="not the largest share"):
        replace(answer, players={"mexico": wrong}).verify()


def test_a_single_share_passes_exactly() -> None:
    """6 s - 4 s² = 2 at s = 1/2, where the cap 2 s <= 1 just holds."""
    extra = "caps.mexico = 1\n        floors.mexico = 2"
    game = _one_option(6, 2, 'scale = 1, rate = 1, form = "quadratic"', extra)
    answer = bg.win_set(game)
    assert answer.verify()
    assert answer.ratifiable["one"] == (Fraction(1, 2), Fraction(1, 2))
    more = {**game.channels, "floors": {"mexico": 2 + Fraction(1, 10**30)}}
    assert bg.win_set(replace(game, channels=more)).ratifiable["one"] is None


@given(
    gains=st.lists(st.integers(1, 9), min_size=2, max_size=3),
    shown=st.lists(st.fractions("1/4", 4, max_denominator=4), min_size=3, max_size=3),
    more=st.lists(st.fractions(0, 2, max_denominator=4), min_size=3, max_size=3),
    floor=st.fractions(0, 3, max_denominator=4),
    form=st.sampled_from(["exponential", "quadratic", "linear"]),
)
@settings(max_examples=60, deadline=None)
def test_more_visibility_never_widens_an_issue(
    gains: list[int], shown: list[Fraction], more: list[Fraction], floor: Fraction, form: str
) -> None:
    """With floors, too: outcomes that no longer pass leave the interval no larger."""

    def interval(visibility: list[Fraction]) -> tuple[float, float] | None:
        labels = ["no", *(f"option {n}" for n in range(len(gains)))]
        issue = bg.Issue.from_options(
            "x", ["us", "mexico"], labels, {"mexico": [0, *gains]}, status_quo="no"
        )
        seen = (Fraction(0), *visibility[: len(gains)])
        issue = replace(issue, visibility={"mexico": seen})
        premium = {"mexico": {"scale": Fraction(1), "rate": Fraction(1), "form": form}}
        channels = {"premium": premium, "floors": {"mexico": floor}}
        answer = bg.win_set(bg.LinkageGame(["us", "mexico"], [issue], channels=channels))
        assert answer.verify()
        found = answer.ratifiable["x"]
        return None if found is None else (float(found[0]), float(found[1]))

    before = interval(shown)
    after = interval([s + m for s, m in zip(shown, more, strict=True)])
    if after is not None:
        assert before is not None
        assert before[0] - DIGITS <= after[0] <= after[1] <= before[1] + DIGITS
