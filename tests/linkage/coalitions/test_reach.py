"""What a coalition can bring about, by listing all outcomes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from party_games import NORTH_AMERICA, pies, random_game, treaty

import bargaining as bg
from bargaining.errors import NotDefinedError, NotSupportedError
from bargaining.linkage.coalitions.reach import check_coalitional, reach
from bargaining.loading import loads
from bargaining.model.deal import Deal, gains

COALITIONS = [s for size in (1, 2, 3) for s in itertools.combinations(NORTH_AMERICA, size)]


def acts_of(issue: bg.Issue, outcome: int) -> dict[str, int]:
    places = np.unravel_index(outcome, issue.shape)
    return {player: int(place) for player, place in zip(issue.actions, places, strict=True)}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("members", COALITIONS, ids="+".join)
def test_outsiders_keep_to_the_status_quo(seed: int, members: tuple[str, ...]) -> None:
    game = random_game(seed)
    found = reach(game, members)
    for k, issue in enumerate(game.issues.values()):
        origin = int(game.origin[k])
        stake = {p for i, p in enumerate(game.players) if np.any(issue.exact_gains[:, i] != 0)}
        if issue.is_options:
            wanted = list(range(issue.size)) if stake <= set(members) else [origin]
        else:
            kept = acts_of(issue, origin)
            wanted = [
                o
                for o in range(issue.size)
                if all(acts_of(issue, o)[p] == kept[p] for p in issue.actions if p not in members)
            ]
        assert found.rows[k].tolist() == wanted, issue.name


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("members", COALITIONS, ids="+".join)
def test_outsiders_at_best_replies(seed: int, members: tuple[str, ...]) -> None:
    """Whatever the members do, no outsider gains by another act of his own."""
    game = random_game(seed)
    found = reach(game, members, outsiders="best_reply")
    for k, (name, issue) in enumerate(game.issues.items()):
        if issue.is_options or name in found.unsettled:
            continue
        mine = [p for p in issue.actions if p in members]
        profiles = {tuple(acts_of(issue, int(o))[p] for p in mine) for o in found.rows[k]}
        assert len(profiles) == len(found.rows[k]) == 2 ** len(mine)
        for outcome in found.rows[k].tolist():
            here = acts_of(issue, outcome)
            for other in range(issue.size):
                there = acts_of(issue, other)
                moved = [p for p in issue.actions if here[p] != there[p]]
                if len(moved) == 1 and moved[0] not in members:
                    i = game.players.index(moved[0])
                    assert issue.exact_payoffs[other, i] <= issue.exact_payoffs[outcome, i]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("outsiders", ["status_quo", "best_reply"])
def test_deals_are_carried_out_in_the_whole_game(seed: int, outsiders: str) -> None:
    """Members' gains in the inner game, plus what they start from, are those in the whole game."""
    game = random_game(seed, spill=True)
    draw = np.random.default_rng(seed)
    for members in COALITIONS:
        found = reach(game, members, outsiders=outsiders)  # type: ignore[arg-type]
        sizes = [len(rows) for rows in found.rows]
        deal = Deal(np.array([int(draw.integers(size)) for size in sizes]))
        inner = gains(found.inner, deal)
        whole = gains(game, found.carried_out(deal))
        for i, player in enumerate(game.players):
            expected = whole[i] - found.start[i] if player in members else 0
            assert inner[i] == expected, (members, player)
        if outsiders == "status_quo":
            assert not any(found.start)


def test_shares_and_joint_shares_are_carried_over() -> None:
    game = treaty()
    found = reach(game, ["mexico", "canada"])
    lottery = {0: F(1, 4), 1: F(3, 4)}
    pair = {(0, 0): F(1, 4), (1, 1): F(3, 4)}
    deal = Deal(np.array([0, 0, 0]), {1: lottery, 2: lottery}, {(1, 2): pair})
    whole = found.carried_out(deal)
    assert (whole.shares, whole.joint) == ({1: lottery, 2: lottery}, {(1, 2): pair})
    assert gains(game, whole) == (F(9, 4), F(-3, 2), F(9, 4) - F(3, 2))


def test_constraints_are_narrowed() -> None:
    """At most one pie may be cut: for two players there is one pie, so nothing is left to break."""
    game = pies(dict.fromkeys(itertools.combinations(NORTH_AMERICA, 2), 2), at_most=1)
    assert reach(game, ["us", "mexico"]).inner.constraints == ()
    assert len(reach(game, NORTH_AMERICA).inner.constraints) == 1


def test_side_payments_run_among_members() -> None:
    text = """
format = "bargaining-game/1"
title = "Payments"
players = ["a", "b", "c"]
[transfers]
efficiency = 0.5
[issues.x]
actions.a = ["no", "yes"]
payoffs = { a = [0, -1], b = [0, 4], c = [0, 1] }
status_quo.a = "no"
"""
    game = loads(text)
    found = reach(game, ["a", "b"])
    options = found.inner.issues["transfers"].options
    assert set(options) == {"none", "a pays b", "b pays a"}


@pytest.mark.parametrize(
    ("channels", "error", "words"),
    [
        ({"reservation": {"us": F(1)}}, NotDefinedError, "reservation totals"),
        ({"floors": {"us": F(1)}}, NotSupportedError, "floors"),
    ],
)
def test_refusals(channels: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        check_coalitional(replace(treaty(), channels=channels), "this question")


def test_best_replies_with_constraints_are_refused() -> None:
    game = pies({("us", "mexico"): 1, ("us", "canada"): 1}, at_most=1)
    with pytest.raises(NotSupportedError, match="constraints"):
        check_coalitional(game, "this question", "best_reply")
