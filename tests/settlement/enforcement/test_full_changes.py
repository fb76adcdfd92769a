"""What swapping an act brings where outcomes are carried out in full, against its definition."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from small_games import guns_for_fentanyl

from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.settlement.enforcement.full_changes import full_changes

PLAYERS = ("a", "b", "c")
ACTING = [("a",), ("b",), ("a", "c"), ("b", "c"), ("a", "b", "c")]


def drawn(seed: int, size: int) -> LinkageGame:
    """Issues of all kinds in mixed order, some of them alike; payoffs up to a size."""
    rng = np.random.default_rng(seed)
    issues = []
    for k, acting in enumerate([*ACTING, (), *ACTING, ()]):
        shape = tuple(int(rng.integers(1, 4)) for _ in acting) or (3,)
        payoffs = {
            p: [int(x) * (size // 8) for x in rng.integers(-9, 10, int(np.prod(shape)))]
            for p in PLAYERS
        }
        nested = {p: np.array(v, dtype=object).reshape(shape).tolist() for p, v in payoffs.items()}
        if acting:
            acts = {p: [f"{p}{a}" for a in range(n)] for p, n in zip(acting, shape, strict=True)}
            home = {p: labels[-1] for p, labels in acts.items()}
            issues.append(Issue.normal_form(f"issue{k}", PLAYERS, acts, nested, status_quo=home))
        else:
            labels = ["x", "y", "z"]
            issues.append(Issue.from_options(f"issue{k}", PLAYERS, labels, nested, status_quo="y"))
    return LinkageGame(PLAYERS, issues)


def by_definition(issue: Issue, outcome: int, player: str) -> object:
    """The best of his payoffs, whatever act he takes, less what the outcome gives him."""
    column = issue.exact_payoffs[:, PLAYERS.index(player)]
    if issue.is_options:
        return max(column[issue.outcomes.index(issue.status_quo)] - column[outcome], 0)
    if player not in issue.actions:
        return 0
    profiles = list(itertools.product(*(range(len(a)) for a in issue.actions.values())))
    axis = list(issue.actions).index(player)
    here = profiles[outcome]
    others_same = [
        j
        for j, there in enumerate(profiles)
        if all(x == y for n, (x, y) in enumerate(zip(here, there, strict=True)) if n != axis)
    ]
    return max(column[j] for j in others_same) - column[outcome]


@pytest.mark.parametrize("size", [8, 2**70])
@pytest.mark.parametrize("seed", range(6))
def test_best_change_of_every_outcome(seed: int, size: int) -> None:
    game = drawn(seed, size)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(game.issues)).tolist()
    for _ in range(6):
        outcomes = {k: int(rng.integers(len(game.flat.rows(k)))) for k in order}
        found = full_changes(game, outcomes)
        for row, (k, outcome) in zip(found.tolist(), outcomes.items(), strict=True):
            issue = game.issues[game.issue_names[k]]
            for i, player in enumerate(PLAYERS):
                expected = by_definition(issue, outcome, player) * game.flat.denominators[i]
                assert row[i] == expected, (k, outcome, player)


def test_who_walks_out_of_joint_choices_avoids_his_loss() -> None:
    game = guns_for_fentanyl()
    assert full_changes(game, {1: 1, 0: 1}).tolist() == [[0, 3], [4, 0]]
    assert full_changes(game, {}).shape == (0, 2)
