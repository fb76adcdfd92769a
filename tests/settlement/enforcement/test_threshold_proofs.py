"""Critical discount factors: proofs, and a search by brute force."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from enforcement_games import brute_temptation, certified_discount, random_game
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining import critical_discount, load
from bargaining.errors import VerificationError
from bargaining.settlement.enforcement.conditions import critical_factor
from bargaining.settlement.enforcement.reversion import reversion

TIGHT = 1e-9


def simplex_points(size: int, steps: int):
    """All shares in whole parts of a number of steps."""
    for cuts in itertools.combinations(range(steps + size - 1), size - 1):
        ends = (-1, *cuts, steps + size - 1)
        yield tuple(F(b - a - 1, steps) for a, b in itertools.pairwise(ends))


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_no_deal_on_a_grid_beats_the_lowest_factor(seed):
    """Search all deals in quarters of small games: none that helps both has a lower factor."""
    rng = np.random.default_rng(seed)
    shapes = [{"a": 2, "b": 2}] if seed % 2 else [{"a": 2}, {"b": 2}, 2]
    game = random_game(rng, shapes=shapes, span=4)
    answer = certified_discount(game)
    reverted = reversion(game, range(len(shapes))).gains
    assert answer.reversions[0].gains == reverted
    best = None
    grids = [list(simplex_points(issue.size, 4)) for issue in game.issues.values()]
    for parts in itertools.product(*grids):
        factors = []
        for i in range(2):
            gained = sum(
                s * issue.exact_gains[a, i]
                for issue, mix in zip(game.issues.values(), parts, strict=True)
                for a, s in enumerate(mix)
            )
            lottery = {}
            for cell in itertools.product(*(range(len(m)) for m in parts)):
                share = F(1)
                for a, mix in zip(cell, parts, strict=True):
                    share *= mix[a]
                if share:
                    lottery[cell] = share
            tempted = brute_temptation(game, lottery, i, jointly=False)
            factor = critical_factor(tempted, gained - reverted[i])
            factors.append(None if i in game.interested and gained <= 0 else factor)
        if None not in factors and (best is None or max(factors) < best):
            best = max(factors)
    if answer.any is None:
        assert best is None
    elif best is not None:
        assert answer.any_bracket[0] <= best


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_brackets_of_random_games_are_proved(seed):
    """verify() recomputes the deal and the prices from the definitions; all kinds of games."""
    rng = np.random.default_rng(seed)
    shapes = [
        [{"a": 2, "b": 2}, {"a": 3, "b": 2}],
        [{"a": 2}, {"b": 3}, 3, 2],
        [{"a": 2, "b": 2}, 2, {"b": 2}],
    ][seed % 3]
    linked = [(0, 1)] if seed % 5 == 0 else ()
    game = random_game(rng, shapes=shapes, linked=linked, players=2 + seed % 2)
    for mode in ("auto", "status_quo"):
        for agenda in ("linked", "delinked") if not linked else ("linked",):
            answer = critical_discount(game, agenda=agenda, reversion=mode, solution="egalitarian")
            assert answer.verify()
            if answer.settlement is not None and answer.settled.mutual_gain:
                strict = all(
                    answer.settled.promised[game.players[i]] > 1e-6 for i in game.interested
                )
                if strict:
                    assert answer.any is not None
                    assert answer.any <= float(answer.settlement) + TIGHT


def test_both_ends_are_really_checked():
    answer = critical_discount(load("us_mexico/guns_for_fentanyl"))
    low, high = answer.any_bracket
    for wrong in (
        replace(answer.lowest, high=high - F(1, 10**11), low=low - F(1, 10**11)),
        replace(answer.lowest, low=high, high=high),
        replace(answer.lowest, refusals=()),
        replace(answer.lowest, deals=()),
        replace(answer.lowest, high=None, low=None),
    ):
        with pytest.raises(VerificationError):
            replace(answer, lowest=wrong).verify()
    packages = tuple(
        replace(p, together=tuple(replace(c, temptation=F(0)) for c in p.together))
        for p in answer.packages
    )
    with pytest.raises(VerificationError):
        replace(answer, packages=packages).verify()
