"""The cheapest cuts by issue: by hand, and against a grid."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from heavy import some
from small_games import whole_gains

import bargaining as bg
from bargaining.linkage.design.cuts import applies, cheapest_cuts, cut_by_issue, works
from bargaining.linkage.design.table import Table

GRID = 12


def at_home(gains: object, seen: object) -> bg.LinkageGame:
    """Mexico pays a premium of 1 per unit of what it shows."""
    players = ("us", "mexico")
    issues = {}
    for k, (rows, shown) in enumerate(zip(np.array(gains), np.array(seen), strict=True)):
        labels = [str(a) for a in range(len(rows))]
        payoffs = {p: rows[:, i].tolist() for i, p in enumerate(players)}
        issue = bg.Issue.from_options(f"k{k}", players, labels, payoffs, status_quo="0")
        visible = {"mexico": tuple(F(int(v)) for v in shown)}
        issues[f"k{k}"] = replace(issue, visibility=visible)
    premium = {"mexico": {"scale": F(1), "rate": F(1)}}
    return bg.LinkageGame(players, issues, channels={"premium": premium})


def test_the_cheaper_of_two_issues_is_cut() -> None:
    """Against aid (-1, 1) both (2, 1 - 6) and (2, 0 - 3) are open from a net -2 on.

    The first must lose half of 6, the second a third of 3.
    """
    game = at_home(
        [[[0, 0], [-1, 1]], [[0, 0], [2, 1]], [[0, 0], [2, 0]]], [[0, 0], [0, 6], [0, 3]]
    )
    assert cheapest_cuts(game, 1) == ((2, F(1, 3)),)
    found = bg.design(game, by="visibility")
    assert found.verify()
    assert found.details["by_issue"] == ({"issue": "k2", "cut": F(1, 3)},)
    assert found.cost == F(1, 3)


@pytest.mark.parametrize("seed", some((0, 1), (2, 3, 4, 5)))
def test_against_a_grid(seed: int) -> None:
    """No cuts on a grid that work cost less, and the answer works."""
    rng = np.random.default_rng(seed)
    game = at_home(whole_gains(rng, (3, 2, 2), -4, 5), whole_gains(rng, (3, 2, 1), 1, 7)[:, :, 0])
    if Table(game).linked() or not applies(game, (1,)):
        return
    cuts = cheapest_cuts(game, 1)
    grid = [F(j, GRID) for j in range(GRID + 1)]
    costs = [
        sum(chosen)
        for chosen in itertools.product(grid, repeat=3)
        if Table(cut_by_issue(game, 1, tuple(enumerate(chosen)))).linked()
    ]
    if cuts is None:
        assert not costs
        return
    assert works(game, 1, cuts)
    assert not costs or sum(cut for _, cut in cuts) <= min(costs)
