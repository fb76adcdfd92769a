"""The cheapest links to open or close: by hand, and against all sets of links."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from small_games import whole_gains

import bargaining as bg
from bargaining.errors import InputError, VerificationError
from bargaining.linkage.cheapest_set import cheapest_set, costs_at_least
from bargaining.linkage.design.links import candidates, relinked


def sparse_table() -> bg.LinkageGame:
    """Six issues of which no two that unlock each other share a table."""
    pairs = [("trade", "democracy"), ("democracy", "infrastructure"), ("security", "migration"),
             ("investment", "migration")]  # fmt: skip
    game = bg.load("us_mexico/six_issue_table")
    return replace(game, links=tuple(bg.Link(pair) for pair in pairs))


def test_one_link_joins_two_tables() -> None:
    found = bg.design(sparse_table(), by="links")
    assert found.verify()
    assert found.cost == 1
    (pair,) = (set(c["link"]) for c in found.changes)
    buyers, sellers = {"trade", "infrastructure"}, {"security", "investment", "migration"}
    assert pair & (buyers | {"democracy"})
    assert pair & sellers


def test_two_cheap_links_beat_a_dear_one() -> None:
    """Only trade + security and the way round by democracy may be opened."""
    shut = [("trade", "security"), ("trade", "democracy"), ("democracy", "security")]
    base = bg.load("us_mexico/six_issue_table").without("investment", "infrastructure", "migration")
    game = replace(base, links=tuple(bg.Link(pair, negotiable=False) for pair in shut))
    dear = bg.design(game, by="links", cost={("security", "trade"): "5/2"})
    assert dear.verify()
    assert (dear.cost, len(dear.changes)) == (2, 2)
    cheap = bg.design(game, by="links", cost={("security", "trade"): "3/2"})
    assert (cheap.cost, len(cheap.changes)) == (F(3, 2), 1)


def test_star() -> None:
    """Security with trade and with guns are the minimal packages; migration is on its side."""
    game = bg.load("us_mexico/security_keystone")
    found = bg.design(game, by="links", goal="keep")
    assert found.verify()
    assert {c["link"] for c in found.changes} == {("security", "trade"), ("security", "guns")}
    assert bg.design(game, by="links").already


def test_multicut_of_the_six_issues() -> None:
    """Two issues on one side, three on the other, and democracy goes with three: 2 * 3 + 2."""
    found = bg.design(bg.load("us_mexico/six_issue_table"), by="links", goal="keep")
    assert found.verify()
    assert found.cost == 8


def test_nothing_of_the_kind_helps() -> None:
    same = bg.LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [6, -9]]])
    found = bg.design(same, by="links")
    assert found.verify()
    assert (found.status, found.cost) == ("infeasible", None)
    clears = bg.LinkageGame.from_payoffs([[[0, 0], [1, 1]], [[0, 0], [6, -9]]])
    kept = bg.design(clears, by="links", goal="keep")
    assert kept.verify()
    assert kept.status == "infeasible"


@pytest.mark.parametrize("seed", range(16))
@pytest.mark.parametrize("deals", ["shares", "pure"])
def test_against_all_sets_of_links(seed: int, deals: str) -> None:
    rng = np.random.default_rng(seed)
    data = whole_gains(rng, (4, 2, 2 + seed % 2), -5, 6)
    game = bg.LinkageGame.from_payoffs(data)
    every = list(itertools.combinations(game.issue_names, 2))
    goal = "break" if seed % 4 < 2 else "keep"
    if goal == "break":
        game = replace(game, links=tuple(bg.Link(p) for p in every if rng.random() < 0.3))
    pairs = candidates(game, goal)
    cost = {pair: int(rng.integers(1, 5)) for pair in pairs}
    found = bg.design(game, by="links", goal=goal, deals=deals, cost=cost)
    assert found.verify()
    sets = itertools.chain.from_iterable(
        itertools.combinations(pairs, size) for size in range(len(pairs) + 1)
    )
    ordered = sorted((sum(cost[p] for p in chosen), chosen) for chosen in sets)
    best = next(
        (
            total
            for total, chosen in ordered
            if bg.settle(relinked(game, chosen, goal == "break"), deals=deals).mutual_gain
            == (goal == "break")
        ),
        None,
    )
    assert found.cost == best


def test_a_bound_leaves_a_bracket() -> None:
    """A ring of nine needs five corners; with no time left the bracket is honest."""
    ring = [frozenset((k, (k + 1) % 9)) for k in range(9)]
    costs = dict.fromkeys(range(9), F(1))

    def holds(chosen: frozenset[int]) -> bool:
        return all(chosen & pair for pair in ring)

    stopped = cheapest_set(costs, holds, 0.0)
    assert not stopped.complete
    assert stopped.members is not None
    assert holds(stopped.members)
    assert stopped.least <= 5 <= len(stopped.members)
    full = cheapest_set(costs, holds, 20.0)
    assert full.complete
    assert full.least == 5
    assert costs_at_least(costs, full.demands, F(5)) is True
    assert costs_at_least(costs, full.demands, F(6)) is False


def test_tampering() -> None:
    found = bg.design(bg.load("us_mexico/security_keystone"), by="links", goal="keep")
    proof = found.certificate
    members = proof.found.members
    assert members is not None
    for wrong in (
        replace(proof, found=replace(proof.found, members=frozenset(list(members)[:1]))),
        replace(proof, found=replace(proof.found, demands=proof.found.demands[:1])),
        replace(proof, found=replace(proof.found, members=None)),
        replace(proof, pairs=proof.pairs[1:], costs=proof.costs[1:]),
        replace(proof, costs=(F(2), *proof.costs[1:])),
    ):
        with pytest.raises(VerificationError):
            replace(found, certificate=wrong).verify()


def test_refused() -> None:
    game = bg.load("us_mexico/security_keystone")
    for cost, words in (
        ({("security", "trade"): -1}, "from 0 on"),
        ({("security", "security"): 1}, "two different issues"),
        ({("security", "trode"): 1}, 'did you mean "trade"'),
        ({("trade", "guns"): 1}, "already as it should be"),
        ({"security": 1}, "two different issues"),
    ):
        with pytest.raises(InputError, match=words):
            bg.design(game, by="links", goal="keep", cost=cost)
    many = bg.LinkageGame.from_payoffs(np.tile([[0, 0], [-1, 1]], (40, 1, 1)))
    with pytest.raises(InputError, match="at most 400 links"):
        bg.design(many, by="links", goal="keep")
