"""Shapley and Myerson values, against all orders and by hand."""

from __future__ import annotations

import math
from fractions import Fraction as F

import networkx as nx
import numpy as np
import pytest
from coalition_games import LETTERS, by_orders, drawn, table

import bargaining as bg
from bargaining.errors import InputError
from bargaining.linkage.coalitions.values import communicating, shapley
from bargaining.linkage.coalitions.worths import worths


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_shapley_against_all_orders(seed: int, count: int) -> None:
    worth = drawn(seed, count)
    found = worths(worth)
    assert dict(zip(found.players, shapley(found).shares, strict=True)) == by_orders(worth)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("count", [7, 8])
def test_shapley_of_larger_games_against_all_orders(seed: int, count: int) -> None:
    worth = drawn(seed, count)
    found = worths(worth)
    assert dict(zip(found.players, shapley(found).shares, strict=True)) == by_orders(worth)


def security_council() -> dict[tuple[str, ...], int]:
    import itertools

    permanent, others = LETTERS[:5], LETTERS[5:15]
    return {
        (*permanent, *rest): 1
        for size in range(4, 11)
        for rest in itertools.combinations(others, size)
    }


def test_security_council() -> None:  # C7.6
    answer = bg.coalitions(security_council())
    assert answer.verify()
    assert answer.shapley is not None
    assert answer.shapley["a"] == F(421, 2145)
    assert answer.shapley["o"] == F(4, 2145)
    assert answer.nucleolus is not None  # who can veto takes all: the core is theirs
    assert answer.nucleolus["o"] == 0
    assert answer.nucleolus["a"] == F(1, 5)


def test_hub_of_a_path() -> None:  # C7.5
    answer = bg.coalitions(
        {"us+mx": 1, "mx+ca": 1, "us+ca": 0, "us+mx+ca": 1},
        communication=nx.Graph([("us", "mx"), ("mx", "ca")]),
    )
    assert answer.verify()
    assert answer.myerson == {"us": F(1, 6), "mx": F(2, 3), "ca": F(1, 6)}


@pytest.mark.parametrize("seed", range(10))
def test_myerson_from_components_of_networkx(seed: int) -> None:
    worth = drawn(seed, 5)
    graph = nx.gnp_random_graph(5, 0.4, seed=seed)
    graph = nx.relabel_nodes(graph, dict(enumerate(LETTERS)))
    restricted = {
        members: sum(
            (worth[frozenset(part)] for part in nx.connected_components(graph.subgraph(members))),
            start=F(0),
        )
        for members in worth
    }
    answer = bg.coalitions(worth, communication=graph)
    assert answer.verify()
    assert answer.myerson == by_orders(restricted)


def test_complete_graph_changes_nothing() -> None:
    worth = worths(drawn(0, 4))
    graph = nx.relabel_nodes(nx.complete_graph(4), dict(enumerate(LETTERS)))
    assert shapley(communicating(worth, graph)).shares == shapley(worth).shares


@pytest.mark.parametrize(
    "links", ["a-b,b-c", [("a", "b"), ("b", "c")], nx.path_graph(["a", "b", "c"])]
)
def test_ways_to_write_links(links: object) -> None:
    worth = {"a+c": 1, "a+b+c": 2}
    found = bg.coalitions(worth, communication=links).myerson
    assert found == dict.fromkeys("abc", F(2, 3))


def test_names_with_hyphens_in_links() -> None:
    worth = {"u-s+mex": 1, "u-s": 0}
    assert bg.coalitions(worth, communication="u-s-mex").myerson == {"u-s": F(1, 2), "mex": F(1, 2)}


@pytest.mark.parametrize(
    "links", ["a-d", "a", 3, [("a", "b", "c")], [("a", "z")], "a-a", "a-b,c-c", [("b", "b")]]
)
def test_wrong_links(links: object) -> None:
    with pytest.raises(InputError, match="communication"):
        bg.coalitions({"a+b": 1, "c": 0}, communication=links)


def many_issues(count: int) -> bg.LinkageGame:
    """Each issue needs three players in a row and gives 2 to each of them."""
    players = [f"p{i}" for i in range(count)]
    issues = []
    for start in range(count - 2):
        gains = {player: [0, 2] for player in players[start : start + 3]}
        issues.append(
            bg.Issue.from_options(f"k{start}", players, ["no", "yes"], gains, status_quo="no")
        )
    return bg.LinkageGame(players, issues)


def test_large_games_are_sampled_with_error_bars() -> None:
    """Three alike share an issue equally: 2 for each that a player belongs to."""
    answer = bg.coalitions(many_issues(18), seed=1)
    assert answer.status == "limit_reached"
    assert answer.verify()
    assert answer.shapley is not None
    for i, player in enumerate(answer.players):
        true = 2 * min(i + 1, 18 - i, 3)
        assert abs(answer.shapley[player] - true) <= 5 * answer.errors[player] + 1e-9, player
    again = bg.coalitions(many_issues(18), seed=np.random.default_rng(1))
    assert again.shapley == answer.shapley
    assert max(answer.errors.values()) > 0


def test_stated_worths_are_exact_for_thirty_players() -> None:
    """Unanimity of two among thirty: half each, whoever else there is (Shapley's axioms)."""
    everyone = [f"p{i}" for i in range(30)]
    answer = bg.coalitions({tuple(everyone): 1, ("p0", "p1"): 0})
    assert answer.verify()
    assert answer.shapley is not None
    assert set(answer.shapley.values()) == {F(1, 30)}
    assert answer.core is None
    assert answer.status == "limit_reached"
    assert any("16 players" in note for note in answer.notes)


def test_weights_add_up() -> None:
    for count in (2, 5, 9):
        worth = table(LETTERS[:count], lambda s: len(s))
        assert set(shapley(worths(worth)).shares) == {F(1)}
        one = {frozenset(LETTERS[:count]): math.pi}
        assert sum(shapley(worths(one)).shares) == F(str(math.pi))
