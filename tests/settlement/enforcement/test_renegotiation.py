"""Renegotiation: the lowest factor with penances, against the strategies played out."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from enforcement_games import choices, dilemma, identical, moved, payoff, random_game

from bargaining import Issue, LinkageGame, load
from bargaining.linkage.enforcement import enforcement
from bargaining.settlement.enforcement.conditions import Condition
from bargaining.settlement.enforcement.renegotiation import renegotiation
from bargaining.settlement.enforcement.reversion import reversion

F = Fraction


def is_equilibrium(game, deal, penances, d):
    """Play the plan out: value of each phase, every one-shot deviation, exactly.

    Phases: the deal, and a penance for each player, left for the deal with the chance at which he
    is held to his best reply.
    """
    zero = game.origin.tolist()
    names = list(game.issues)

    def gain(cell, i):
        base = payoff(game, dict(zip(names, zero, strict=True)), i)
        return payoff(game, dict(zip(names, cell, strict=True)), i) - base

    def reply(cell, i):
        base = payoff(game, dict(zip(names, zero, strict=True)), i)
        plans = itertools.product(*(choices(game, name, i) for name in names))
        return max(payoff(game, moved(game, cell, i, plan), i) for plan in plans) - base

    value = [gain(deal, i) for i in (0, 1)]
    starts = {}
    for i in (0, 1):
        u, c = gain(penances[i], i), reply(penances[i], i)
        if c >= value[i]:
            return False
        back = (1 - d) * (c - u) / (d * (value[i] - c))
        if not 0 <= back <= 1:
            return False
        # w = (1 - d) u + d ((1 - back) w + back v)
        starts[i] = [
            ((1 - d) * gain(penances[i], k) + d * back * value[k]) / (1 - d * (1 - back))
            for k in (0, 1)
        ]
        assert starts[i][i] == c
    phases = [(deal, value), *((penances[i], starts[i]) for i in (0, 1))]
    for cell, worth in phases:
        for i in (0, 1):
            if (1 - d) * reply(cell, i) + d * starts[i][i] > worth[i]:
                return False
    plans = [value, starts[0], starts[1]]
    return not any(all(a[k] > b[k] for k in (0, 1)) for a, b in itertools.permutations(plans, 2))


def judged(game, deal):
    """The module's answer for a pure deal, from conditions written down by hand."""
    names = list(game.issues)
    zero = dict(zip(names, game.origin.tolist(), strict=True))
    rows = []
    for i in (0, 1):
        here = payoff(game, dict(zip(names, deal, strict=True)), i)
        plans = itertools.product(*(choices(game, name, i) for name in names))
        best = max(payoff(game, moved(game, deal, i, plan), i) for plan in plans)
        rows.append(Condition(i, (0,), best - here, here - payoff(game, zero, i), F(0)))
    package = range(len(names))
    return renegotiation(game, package, rows, reversion(game, package, "status_quo"))


@pytest.mark.parametrize("seed", range(40))
def test_lowest_factor_with_penances(seed):
    """At the factor found the penances work; below it no pair of pure profiles does."""
    rng = np.random.default_rng(seed)
    shapes = [{"a": 2, "b": 2}] if seed % 2 else [{"a": 2}, {"b": 2}, 2]
    linked = [(0, 1)] if seed % 4 == 2 else ()
    game = random_game(rng, shapes=shapes, linked=linked)
    if len(game.interested) < 2:
        return
    cells = list(itertools.product(*(range(issue.size) for issue in game.issues.values())))
    deal = max(cells, key=lambda c: min(payoff(game, dict(zip(game.issues, c, strict=True)), i)
               - payoff(game, dict(zip(game.issues, game.origin.tolist(), strict=True)), i)
               for i in (0, 1)))  # fmt: skip
    answer = judged(game, deal)
    assert answer.searched
    pairs = list(itertools.product(cells, cells))
    lower = F(999, 1000) if answer.factor is None else answer.factor * F(999, 1000)
    if answer.factor is not None:
        if not answer.penances:  # nobody is tempted, so nothing needs to be punished
            assert answer.factor == 0
            assert all(
                payoff(game, moved(game, deal, i, plan), i)
                <= payoff(game, dict(zip(game.issues, deal, strict=True)), i)
                for i in (0, 1)
                for plan in itertools.product(*(choices(game, name, i) for name in game.issues))
            )
            return
        chosen = [tuple(a for _, a in p.outcomes) for p in answer.penances]
        above = max(answer.factor, F(1, 1000))
        assert is_equilibrium(game, deal, chosen, above)
        if not answer.factor:
            return
    for pair in pairs:
        # a penance must be at least as good for the other as the deal
        ok = all(
            payoff(game, dict(zip(game.issues, pair[i], strict=True)), 1 - i)
            >= payoff(game, dict(zip(game.issues, deal, strict=True)), 1 - i)
            for i in (0, 1)
        )
        assert not (ok and is_equilibrium(game, deal, pair, lower))


def test_doing_penance_in_the_dilemma():
    """(5, 3, 1): who broke his word cooperates while the other defects, then all is forgiven.

    From the status quo: v = 2, g = 2, u = -1, c = 0 (best reply 1), so 2/(2 + 2) = 1/2 and
    (0 + 1)/(2 + 1) = 1/3; the punisher gets his best reply anyway.
    """
    answer = judged(LinkageGame(identical().players, [identical().issues["one"]]), (0,))
    assert answer.factor == F(1, 2)
    assert answer.grim is False


def test_guns_for_fentanyl_text_and_value():
    found = enforcement(load("us_mexico/guns_for_fentanyl"))
    # settlement (7/8, 1) pays (3/2, 9/4); the US does penance by checks while Mexico rests:
    # c = 0, u = -4: 4/(11/2) = 8/11 is the largest of the terms
    assert found.renegotiation["linked"].factor == F(8, 11)
    assert found.renegotiation["linked"].grim is False


def test_grim_punishment_that_is_renegotiation_proof():
    """Chicken: a breach is followed by the equilibrium in which the other dares."""
    chicken = Issue.normal_form(
        "c", ["a", "b"], {p: ["yield", "dare"] for p in "ab"},
        {"a": [[5, 2], [7, 0]], "b": [[5, 7], [2, 0]]}, status_quo={"a": "dare", "b": "dare"},
    )  # fmt: skip
    game = LinkageGame(["a", "b"], [chicken])
    reverted = reversion(game, (0,), "nash")
    assert reverted.points == ((2, 7), (7, 2))
    rows = [Condition(i, (0,), F(2), F(5), F(2)) for i in (0, 1)]
    assert renegotiation(game, (0,), rows, reverted).grim is True


def test_many_issues_merge_without_listing_all_profiles():
    """Forty issues have 4^40 profiles; undominated ones are few where issues are alike."""
    one = identical().issues["one"]
    issues = [replace(one, name=f"k{j}") for j in range(40)]
    game = LinkageGame(one.players, issues)
    rows = [Condition(i, (0,), F(80), F(80), F(0)) for i in (0, 1)]
    answer = renegotiation(game, range(40), rows, reversion(game, range(40)))
    assert answer.searched
    assert answer.factor == F(1, 2)


def test_too_many_profiles_are_not_searched():
    rng = np.random.default_rng(0)
    issues = []
    for k in range(14):
        tables = [rng.integers(-1000, 1000, (2, 2)).tolist() for _ in range(2)]
        issues.append(dilemma(f"k{k}", *tables))
    game = LinkageGame(issues[0].players, issues)
    rows = [Condition(i, (0,), F(80), F(80), F(0)) for i in (0, 1)]
    answer = renegotiation(game, range(14), rows, reversion(game, range(14), "status_quo"))
    assert not answer.searched
    assert answer.factor is None


def test_a_deal_that_tempts_nobody_needs_no_punishment() -> None:
    moves = {"a": ["x", "y"], "b": ["x", "y"]}
    table = [[0, -1], [-1, 2]]
    stag = Issue.normal_form(
        "stag", ["a", "b"], moves, {"a": table, "b": table}, status_quo={"a": "x", "b": "x"}
    )
    found = enforcement(LinkageGame(("a", "b"), [stag])).renegotiation["linked"]
    assert found.factor == 0
    assert found.grim is None
