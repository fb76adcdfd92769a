"""Iterated strict dominance: textbook games, the trace, and equilibria that must survive."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from bimatrix_games import bimatrix

import bargaining as bg
from bargaining.equilibrium import dominance as module
from bargaining.equilibrium.bimatrix import of_issue
from bargaining.equilibrium.dominance import Removal, iterated_dominance
from bargaining.errors import NotDefinedError, VerificationError


def test_dominance_by_a_mixture_only() -> None:
    """Fudenberg and Tirole 1991, section 1.1: D is dominated by half U, half M alone."""
    game = bimatrix([[4, 0], [0, 4], [1, 1]], [[0, 1], [1, 0], [9, 0]])
    found = iterated_dominance(game)
    assert found.removed == (Removal(1, "a", 2, {0: F(1, 2), 1: F(1, 2)}),)
    assert found.remaining == {"a": (0, 1), "b": (0, 1)}
    assert found.complete
    assert found.outcome is None
    assert found.verify()


def test_rounds_are_traced() -> None:
    """Gibbons 1992, figure 1.1.1: Right, then Down, then Left; (Up, Middle) remains."""
    game = bimatrix([[1, 1, 0], [0, 0, 2]], [[0, 2, 1], [3, 1, 0]])
    found = iterated_dominance(game)
    assert [(s.round, s.player, s.action) for s in found.removed] == [
        (1, "b", 2),
        (2, "a", 1),
        (3, "b", 0),
    ]
    assert found.removed[0].by == {1: F(1)}
    assert found.outcome == "r0 / c1"
    assert found.verify()
    assert found.to_dict()["remaining"] == {"a": ["r0"], "b": ["c1"]}


def test_three_players() -> None:
    """A public good: giving costs 2 and is worth 1 to each; nobody gives, in one round."""
    give = np.indices((2, 2, 2))
    total = give.sum(axis=0)
    game = bg.Issue.normal_form(
        "good",
        ["a", "b", "c"],
        {p: ["keep", "give"] for p in "abc"},
        {p: (total - 2 * give[i]).tolist() for i, p in enumerate("abc")},
    )
    found = iterated_dominance(game)
    assert {(s.round, s.player, s.action) for s in found.removed} == {(1, p, 1) for p in "abc"}
    assert found.outcome == "keep / keep / keep"
    assert found.verify()


def test_equilibria_use_only_what_is_left() -> None:
    rng = np.random.default_rng(6)
    removed = 0
    for _ in range(60):
        rows, columns = rng.integers(2, 6, size=2)
        game = bimatrix(*rng.integers(0, 12, size=(2, rows, columns)).tolist())
        found = iterated_dominance(game)
        assert found.complete
        assert found.verify()
        removed += len(found.removed)
        for equilibrium in of_issue(game).equilibria:
            for player, used in equilibrium.support.items():
                assert set(used) <= set(found.remaining[player])
    assert removed > 30


def test_large_games_are_reduced_by_pure_actions_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXACT_CELLS", 0)
    game = bimatrix([[4, 0], [0, 4], [1, 1]], [[0, 1], [1, 0], [9, 0]])
    found = iterated_dominance(game)
    assert not found.removed
    assert not found.complete
    assert found.verify()


def test_false_traces_do_not_verify() -> None:
    game = bimatrix([[4, 0], [0, 4], [1, 1]], [[0, 1], [1, 0], [9, 0]])
    found = iterated_dominance(game)
    step = found.removed[0]
    wrong = replace(step, by={0: F(1)})
    with pytest.raises(VerificationError, match="not dominated"):
        replace(found, removed=(wrong,)).verify()
    with pytest.raises(VerificationError, match="not removed"):
        replace(found, removed=()).verify()
    with pytest.raises(VerificationError, match="no best reply"):
        replace(found, beliefs={**found.beliefs, "a": {0: {1: F(1)}, 1: {1: F(1)}}}).verify()
    whole = {"a": (0, 1, 2), "b": (0, 1)}
    third = {**found.beliefs["a"], 2: {0: F(1, 2), 1: F(1, 2)}}
    with pytest.raises(VerificationError, match="no best reply"):
        replace(found, removed=(), remaining=whole, beliefs={**found.beliefs, "a": third}).verify()


def test_options_have_no_dominance() -> None:
    joint = bg.Issue.from_options("x", ["a", "b"], ["s", "t"], {"a": [0, 9]}, status_quo="s")
    with pytest.raises(NotDefinedError, match="nobody acts alone"):
        iterated_dominance(joint)
