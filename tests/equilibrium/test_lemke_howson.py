"""One equilibrium of a large game."""

from __future__ import annotations

import numpy as np
import pytest
from bimatrix_games import bimatrix, mixes

from bargaining.equilibrium import lemke_howson as paths
from bargaining.equilibrium.bimatrix import of_issue


@pytest.mark.parametrize("high", [2, 1000])
def test_large_games_have_a_verified_mixed_equilibrium(high: int) -> None:
    rng = np.random.default_rng(3)
    for _ in range(3):
        first, second = rng.integers(0, high + 1, size=(2, 40, 30))
        found = of_issue(bimatrix(first.tolist(), second.tolist()))
        assert not found.complete
        assert found.equilibria
        assert found.verify()
        if high > 2:
            assert any(e.outcome is None for e in found.equilibria)


def test_paths_end_in_equilibria_of_the_full_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Degenerate games too: the lexicographic rule, against the complete enumeration."""
    monkeypatch.setattr("bargaining.equilibrium.candidates.NASHPY_ACTIONS", 0)
    rng = np.random.default_rng(7)
    for _ in range(40):
        rows, columns = rng.integers(2, 7, size=2)
        tables = rng.integers(0, 3, size=(2, rows, columns))
        game = bimatrix(tables[0].tolist(), tables[1].tolist())
        found, everything = of_issue(game, "lemke_howson"), of_issue(game)
        assert found.equilibria
        assert mixes(found) <= mixes(everything)


def test_a_game_on_which_naive_pivoting_cycles() -> None:
    """QuantEcon.py tests/test_lemke_howson.py: every path ends."""
    first = np.array([[0.0, 0, 0], [0, 1, 1], [1, 1, 0]])
    second = np.array([[1.0, 1, 0], [0, 1, 0], [1, 0, 2]])
    ends = list(paths.supports(first, second))
    assert len(ends) == 6
    for mine, theirs in ends:
        assert len(mine) == len(theirs)


def test_work_is_bounded() -> None:
    first = np.random.default_rng(0).random((30, 30))
    assert list(paths.supports(first, first.T[::-1], work=0)) == []
