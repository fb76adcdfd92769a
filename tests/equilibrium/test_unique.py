"""The equilibrium from which gains are measured when the file names no status quo."""

from __future__ import annotations

import numpy as np
import pytest
from bimatrix_games import bimatrix

import bargaining as bg
from bargaining.equilibrium import bimatrix as engine
from bargaining.equilibrium.unique import only_equilibrium


def test_only_if_unique_and_pure() -> None:
    assert only_equilibrium(bimatrix([[3, 0], [4, 1]], [[3, 4], [0, 1]])) == 3
    assert only_equilibrium(bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])) is None
    assert only_equilibrium(bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])) is None
    # one pure equilibrium, and a segment of mixed ones besides
    first = [[2, 2, -2, -2], [2, -1, -1, 0]]
    second = [[0, -2, -2, 2], [1, -2, 2, -2]]
    assert only_equilibrium(bimatrix(first, second)) is None
    # one pure and two mixed beside it: coordination of two, and a mixture for the third row
    alone = bimatrix([[0, 1, -1], [-1, 0, 1], [1, -1, 0]], [[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    assert only_equilibrium(alone) is None


def test_large_solvable_games_are_settled_without_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A race: being one step ahead pays; each round of reasoning removes the lowest step."""

    def refuse(*_: object) -> None:
        pytest.fail("the equilibria were listed")

    monkeypatch.setattr(engine, "extreme_equilibria", refuse)
    steps = np.arange(40)
    mine = np.where(steps[:, None] > steps, 100 + steps[:, None], steps[:, None])
    assert only_equilibrium(bimatrix(mine.tolist(), mine.T.tolist())) == 40 * 40 - 1


def test_three_players_without_a_named_status_quo() -> None:
    text = """
        format = "bargaining-game/1"
        players = ["a", "b", "c"]
        [issues.good]
        actions = {a = ["keep", "give"], b = ["keep", "give"], c = ["keep", "give"]}
        payoffs.a = [[[0, 1], [1, 2]], [[-1, 0], [0, 1]]]
        payoffs.b = [[[0, 1], [-1, 0]], [[1, 2], [0, 1]]]
        payoffs.c = [[[0, -1], [1, 0]], [[1, 0], [2, 1]]]
        """
    assert bg.loads(text).issues["good"].status_quo == "keep / keep / keep"
