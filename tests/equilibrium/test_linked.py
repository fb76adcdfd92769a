"""One equilibrium of the linked game: known values, brute force, failures and forgeries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from linked_games import BATTLE, CHICKEN, PENNIES, chain, flattened, game, path, random_game

import bargaining as bg
from bargaining.equilibrium import linked as module
from bargaining.equilibrium.linked import linked_equilibrium
from bargaining.equilibrium.linked_answer import LinkedEquilibrium
from bargaining.equilibrium.linked_form import linked_form
from bargaining.equilibrium.zero_sum import zero_sum
from bargaining.errors import InputError, NotSupportedError, VerificationError
from bargaining.model.issue import Issue
from bargaining.model.links import Link
from bargaining.results import Status

NUMERICAL = 1e-9
GRAPHS: list[tuple[list[int], list[tuple[int, int]]]] = [
    ([2, 2, 2], path(3)),
    ([3, 2, 3], path(3)),
    ([2, 2, 2, 2], [(0, 1), (0, 2), (0, 3)]),
    ([2, 2, 2], [(0, 1), (1, 2), (0, 2)]),
    ([2, 2, 2, 2], [(0, 1), (1, 2), (2, 3), (0, 3)]),
    ([2, 3, 2, 2], [(0, 1), (2, 3)]),
    ([2, 1, 2], path(3)),
    ([4], []),
]


def brute_force_regret(found: LinkedEquilibrium) -> Any:
    """The most anyone gains over all tuples of actions, from the flattened matrix."""
    _, _, payoffs = flattened(found.game)
    mixed = found.flatten()
    x, y = (np.asarray(mixed[p]).reshape(-1) for p in ("a", "b"))
    exact = found.exact
    tables = [payoffs[..., i] if exact else payoffs[..., i].astype(float) for i in (0, 1)]
    x, y = (x, y) if exact else (x.astype(float), y.astype(float))
    assert abs(x.sum() - 1) < NUMERICAL
    for table, player in zip(tables, ("a", "b"), strict=True):
        assert abs(x @ table @ y - found.payoffs[player]) < NUMERICAL
    return max((tables[0] @ y).max() - x @ tables[0] @ y, (x @ tables[1]).max() - x @ tables[1] @ y)


@pytest.mark.parametrize("graph", GRAPHS, ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_no_tuple_of_actions_is_better(
    graph: tuple[list[int], list[tuple[int, int]]], seed: int
) -> None:
    found = linked_equilibrium(random_game(np.random.default_rng(seed), *graph))
    assert found.status is Status.SOLVED
    assert found.exact
    assert found.regret == 0
    assert found.verify()
    assert brute_force_regret(found) == 0


@pytest.mark.parametrize("graph", GRAPHS, ids=str)
def test_floats(graph: tuple[list[int], list[tuple[int, int]]]) -> None:
    found = linked_equilibrium(random_game(np.random.default_rng(5), *graph, size=None))
    assert found.status is Status.SOLVED
    assert found.verify()
    assert brute_force_regret(found) < NUMERICAL


@pytest.mark.parametrize("graph", GRAPHS, ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_zero_sum_value_is_that_of_the_matrix(
    graph: tuple[list[int], list[tuple[int, int]]], seed: int
) -> None:
    linked = random_game(np.random.default_rng(seed), *graph, zero_sum=True)
    found = linked_equilibrium(linked)
    _, _, payoffs = flattened(linked)
    assert found.method == "linear programme"
    assert found.value == zero_sum(payoffs[..., 0]).value
    assert found.value == found.payoffs["a"] == -found.payoffs["b"]
    assert found.verify()


@pytest.mark.parametrize(("count", "value"), [(5, F(-7, 4)), (20, F(-19127, 3600))])
def test_value_of_a_chain(count: int, value: F) -> None:
    """C2.10 and C2.11: derived from two linear programmes by the project's theory notes."""
    found = linked_equilibrium(chain(count))
    assert found.value == value
    assert found.verify()


def test_values_add_up() -> None:
    """C2.8: rock-paper-scissors (value 0) and a game of value 1/5."""
    scissors = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
    other = [[2, -1], [-1, 1]]
    negative = [[[-x for x in row] for row in table] for table in (scissors, other)]
    found = linked_equilibrium(game([(scissors, negative[0]), (other, negative[1])]))
    assert found.value == F(1, 5)


def within_player() -> bg.LinkageGame:
    """C2.12: player 1 loses 4 unless his two acts agree; pennies on the first issue."""
    loss = np.zeros((2, 2, 2, 2), dtype=object)
    loss[0, :, 1, :] = loss[1, :, 0, :] = -4
    nothing = [[0, 0], [0, 0]]
    return game([PENNIES, (nothing, nothing)], [((0, 1), loss, -loss)])


def test_correlation_within_a_player() -> None:
    """C2.12: value 0, not the -1 that mixing issue by issue guarantees."""
    found = linked_equilibrium(within_player())
    assert found.value == 0
    joint = found.edge_marginals["a"]["k0", "k1"]
    assert joint.tolist() == [[0.5, 0], [0, 0.5]]


def test_opposed_at_another_rate() -> None:
    """The value is player 1's when the other's payoffs are -2 times his, plus 3."""
    first = np.array(PENNIES[0])
    found = linked_equilibrium(game([(first.tolist(), (3 - 2 * first).tolist()), PENNIES]))
    assert found.value is None  # each issue is opposed, but at different rates
    assert found.method == "linear programme"
    alone = linked_equilibrium(game([(first.tolist(), (3 - 2 * first).tolist())]))
    assert (alone.value, alone.payoffs) == (0, {"a": 0, "b": 3})
    assert alone.verify()


def test_separable_spillovers() -> None:
    rng = np.random.default_rng(2)
    mine, theirs = rng.integers(-5, 6, (2, 2, 2)), rng.integers(-5, 6, (2, 2, 2))
    tables = [mine[p][:, :, None, None] + theirs[p][None, None] for p in (0, 1)]
    linked = game([CHICKEN, BATTLE], [((0, 1), *tables)])
    form = linked_form(linked)
    assert [block.issues for block in form.blocks] == [(0,), (1,)]
    found = linked_equilibrium(linked)
    assert found.verify()
    assert brute_force_regret(found) == 0


def test_shares_are_consistent_and_drawn() -> None:
    rng = np.random.default_rng(0)
    found = linked_equilibrium(random_game(rng, [2, 2, 2], path(3), zero_sum=True))
    for player in ("a", "b"):
        for (k, m), joint in found.edge_marginals[player].items():
            assert np.allclose(joint.sum(axis=1), found.marginals[player][k])
            assert np.allclose(joint.sum(axis=0), found.marginals[player][m])
    draws = [found.sample(rng) for _ in range(4000)]
    for k in ("k0", "k1", "k2"):
        share = np.mean([d[k].split(" / ")[0] == "0" for d in draws])
        assert abs(share - found.marginals["a"][k][0]) < 0.04


def test_pairs_are_spelled_as_the_links_are() -> None:
    rng = np.random.default_rng(3)
    forward = random_game(rng, [2, 3], [(0, 1)])
    assert forward.links is not None
    turned = [Link((k.between[1], k.between[0]), True, k.spillovers.transpose(1, 0, 2))
              for k in forward.links if k.spillovers is not None]  # fmt: skip
    backward = replace(forward, links=tuple(turned))
    one, two = linked_equilibrium(forward), linked_equilibrium(backward)
    assert one.payoffs == two.payoffs
    joint = one.edge_marginals["a"]["k0", "k1"]
    assert np.array_equal(joint, two.edge_marginals["a"]["k1", "k0"].T)


def test_bystanders_and_options() -> None:
    """A third player who does nothing is paid; option issues stay at their status quo."""
    players = ["a", "b", "c"]
    acts = {"a": ["H", "T"], "b": ["H", "T"]}
    pennies = Issue.normal_form("pennies", players, acts,
        {"a": PENNIES[0], "b": PENNIES[1], "c": [[4, 0], [0, 0]]})  # fmt: skip
    plan = Issue.from_options("plan", players, ["x", "y"], {"a": [1, 9], "c": [2, 9]},
        status_quo="x")  # fmt: skip
    table = np.full((4, 2, 3), F(0), dtype=object)
    table[0, 0, 0] = table[3, 0, 0] = F(2)
    table[0, 1, 1] = F(50)
    linked = bg.LinkageGame(players, [pennies, plan], (Link(("pennies", "plan"), True, table),))
    found = linked_equilibrium(linked)
    # with 2 more on the diagonal player 1 has [[3, -1], [-1, 3]] and is kept at 1
    assert found.payoffs == {"a": 2, "b": 0, "c": 3}
    assert "plan" not in found.marginals["a"]
    assert found.sample(np.random.default_rng(1))["plan"] == "x"
    assert found.verify()


def test_three_who_act_are_refused() -> None:
    acts = {p: ["0", "1"] for p in "abc"}
    three = Issue.normal_form("k", list("abc"), acts, {"a": np.zeros((2, 2, 2)).tolist()})
    with pytest.raises(NotSupportedError, match="two players who act"):
        linked_equilibrium(bg.LinkageGame(list("abc"), [three]))


def test_dense_graphs_are_refused() -> None:
    edges = [(k, m) for k in range(16) for m in range(k)]
    with pytest.raises(NotSupportedError, match="treewidth 15"):
        linked_equilibrium(random_game(np.random.default_rng(0), [2] * 16, edges))


def test_other_priors_find_other_equilibria() -> None:
    linked = game([BATTLE])
    found = {tuple(linked_equilibrium(linked, seed=s).payoffs.values()) for s in range(12)}
    assert found >= {(3, 2), (2, 3)}


@pytest.mark.parametrize("seed", range(6))
def test_whole_numbers_when_floats_fail(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    linked = random_game(np.random.default_rng(seed), [2, 2, 2, 2], path(4))
    usual = linked_equilibrium(linked)
    monkeypatch.setattr(module, "float_path", lambda *args, **kwargs: None)
    found = linked_equilibrium(linked)
    assert found.status is Status.SOLVED
    assert found.regret == 0
    # the same prior and the same lexicographic rule: the same path, in exact arithmetic
    assert found.payoffs == usual.payoffs


def test_a_failure_is_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("float_path", "exact_path"):
        monkeypatch.setattr(module, name, lambda *args, **kwargs: None)
    found = linked_equilibrium(game([BATTLE]))
    assert found.status is Status.NUMERICAL_TROUBLE
    assert (found.payoffs, found.regret, found.value) == ({}, None, None)
    assert found.to_dict()["status"] == "numerical_trouble"
    assert "no equilibrium" in str(found)
    assert dict(found.marginals["a"]) == {}


def test_wrong_answers_of_the_solver_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(block: Any, *args: Any, **kwargs: Any) -> Any:
        return tuple(side.pure(dict.fromkeys(side.actions, 0)) for side in block.sides)

    for name in ("float_path", "exact_path"):
        monkeypatch.setattr(module, name, wrong)
    # (yield, yield) of chicken is no equilibrium
    assert linked_equilibrium(game([CHICKEN])).status is Status.NUMERICAL_TROUBLE


def forged(found: LinkedEquilibrium) -> Sequence[LinkedEquilibrium]:
    (first, second), *rest = found.plans
    swapped = first[::-1].copy()
    double = first * 2
    return (
        replace(found, payoffs={**found.payoffs, "a": found.payoffs["a"] + 1}),
        replace(found, plans=((swapped, second), *rest)),
        replace(found, plans=((double, second), *rest)),
        replace(found, plans=found.plans[:-1]),
        replace(found, value=F(7) if found.value is None else found.value + 1),
    )


@pytest.mark.parametrize("zero_sum_game", [True, False])
def test_forged_answers_are_rejected(zero_sum_game: bool) -> None:
    rng = np.random.default_rng(11)
    found = linked_equilibrium(random_game(rng, [2, 2], [(0, 1)], zero_sum=zero_sum_game))
    assert found.verify()
    for wrong in forged(found):
        with pytest.raises(VerificationError):
            wrong.verify()


def test_json() -> None:
    found = linked_equilibrium(game([PENNIES]))
    assert found.to_dict() == {
        "marginals": {"a": {"k0": {"0": 0.5, "1": 0.5}}, "b": {"k0": {"0": 0.5, "1": 0.5}}},
        "payoffs": {"a": 0.0, "b": 0.0},
        "regret": 0.0,
        "value": 0.0,
        "status": "solved",
        "method": "linear programme",
        "tolerance": 0.0,
        "exact": {
            "marginals": {
                "a": {"k0": {"0": "1/2", "1": "1/2"}},
                "b": {"k0": {"0": "1/2", "1": "1/2"}},
            },
            "payoffs": {"a": "0", "b": "0"},
            "regret": "0",
            "value": "0",
        },
    }
    assert "value: 0" in str(found)


def test_payoffs_of_very_different_size() -> None:
    """A component whose payoffs span nine orders of magnitude is solved in whole numbers."""
    moves = {"a": ["x", "y"], "b": ["x", "y"]}
    big = Issue.normal_form(
        "big", ["a", "b"], moves, {"a": [[0, 0], [4 * 10**9, 0]], "b": [[0, 0], [0, -8 * 10**9]]}
    )
    small = Issue.normal_form(
        "small", ["a", "b"], moves, {"a": [[0, 0], [0, 5]], "b": [[0, -8], [-1, 3]]}
    )
    extra = np.full((4, 4, 2), F(0), dtype=object)
    extra[2, 2, 1] = F(-1)
    issues = {"big": big, "small": small}
    links = (Link(("big", "small"), spillovers=extra),)
    found = linked_equilibrium(bg.LinkageGame(("a", "b"), issues, links))
    assert found.status is Status.SOLVED
    assert found.regret == 0
    assert found.verify()


def test_seeds_and_dense_tables_are_refused() -> None:
    rng = np.random.default_rng(1)
    clique = [(k, m) for m in range(12) for k in range(m)]
    with pytest.raises(NotSupportedError, match="payoffs"):
        linked_equilibrium(random_game(rng, [2] * 12, clique))
    with pytest.raises(InputError, match="seed"):
        linked_equilibrium(random_game(rng, [2, 2], path(2)), seed=-1)


def test_a_forged_regret_is_rejected() -> None:
    found = linked_equilibrium(random_game(np.random.default_rng(2), [2, 2], path(2)))
    with pytest.raises(VerificationError):
        replace(found, regret=F(-1)).verify()
