"""Enforcement as a requirement: deals that nobody gains by breaking."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from enforcement_games import random_game
from ratification_games import favours

import bargaining as bg
from bargaining.settlement.enforcement.reversion import reversion
from bargaining.settlement.enforcement.temptation import temptations
from bargaining.settlement.requirements import enforcement
from bargaining.settlement.requirements.base import Composition, Concave


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


def worth(composition: Composition, net: Concave, x: dict[int, Fraction]) -> Fraction:
    """A function of the shares, exactly."""

    def linear(form: dict[int, Fraction]) -> Fraction:
        return sum((v * x[j] for j, v in form.items()), Fraction(0))

    swaps = (
        weight * max(0, *map(linear, composition.swaps[g].alternatives))
        for g, weight in net.swaps.items()
    )
    return net.constant + linear(net.form) - sum(swaps, Fraction(0))


@pytest.mark.parametrize("seed", range(12))
def test_rows_are_the_condition_of_the_definition(seed: int) -> None:
    """δ (G - R) - (1 - δ) T at any deal; an act that only one carries out needs no swap."""
    rng = np.random.default_rng(seed)
    alone = [{"a": 3}, {"b": 2}, 3, {"b": 4}]
    shapes = alone if seed % 2 else [*alone, {"a": 2, "b": 3}, {"a": 3, "b": 2}]
    patience = {"a": Fraction(2, 3), "b": Fraction(1, 4)}
    game = replace(random_game(rng, shapes=shapes), discount=patience)
    package = range(len(shapes))
    composition = Composition(game, [package], game.ratification, joint=True)
    enforcement.contribute(composition, "auto")
    single = [k for k in package if isinstance(shapes[k], dict) and len(shapes[k]) == 1]
    swapped = {j for swap in composition.swaps for a in swap.alternatives for j in a}
    assert swapped.isdisjoint(j for k in single for j in composition.cells(0, k)[0])
    after = reversion(game, package).gains
    for _ in range(8):
        shares, x = {}, {}
        for k in package:
            columns, outcomes = composition.cells(0, k)
            parts = rng.integers(0, 4, len(columns)) + (np.arange(len(columns)) == 0)
            drawn = [Fraction(int(part), int(parts.sum())) for part in parts]
            shares[k] = dict(zip(outcomes, drawn, strict=True))
            x |= dict(zip(columns, drawn, strict=True))
        deal = bg.Deal(game.origin.copy(), shares)
        tempted = temptations(game, package, deal)
        for row in composition.rows:
            i = row.player
            own = patience[game.players[i]]
            gained = sum(
                share * issue.exact_gains[a, i]
                for k, issue in enumerate(game.issues.values())
                for a, share in shares[k].items()
            )
            assert (
                worth(composition, row.net, x) == own * (gained - after[i]) - (1 - own) * tempted[i]
            )


def test_an_option_to_walk_out_of_is_still_a_swap() -> None:
    """Walking out of a lottery over options can help or hurt, so that it stays a maximum."""
    game = bg.loads("""
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        discount = {us = "1/2", mexico = "1/2"}
        [issues.border]
        options = ["now", "theirs", "ours"]
        payoffs = {us = [0, 3, -1], mexico = [0, -1, 3]}
        status_quo = "now"
    """)
    composition = Composition(game, [(0,)], game.ratification, joint=True)
    enforcement.contribute(composition, "auto")
    assert len(composition.swaps) == 2
