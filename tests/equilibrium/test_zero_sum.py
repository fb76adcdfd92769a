"""Zero-sum games: known values, both certificates, and a second solver."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from scipy.optimize import linprog
from small_games import ROCK_PAPER_SCISSORS

from bargaining.equilibrium import zero_sum as module
from bargaining.equilibrium.zero_sum import zero_sum
from bargaining.errors import InputError, VerificationError

NUMERICAL = 1e-7


@pytest.mark.parametrize(
    ("table", "value"),
    [
        (ROCK_PAPER_SCISSORS, F(0)),
        ([[2, -1], [-1, 1]], F(1, 5)),  # C2.8
        ([[F(7, 3)]], F(7, 3)),
        ([[1, 2], [3, 4]], F(3)),
        ([[-3, 5, -2]], F(-3)),
        ([[4], [9]], F(9)),
    ],
)
def test_known_values(table: list[list[F]], value: F) -> None:
    found = zero_sum(table)
    assert found.value == found.lower == found.upper == value
    assert found.exact
    assert found.verify()


def test_values_add_up_over_separate_games() -> None:
    """C2.8: the game that links rock-paper-scissors with one of value 1/5."""
    one, two = np.array(ROCK_PAPER_SCISSORS), np.array([[2, -1], [-1, 1]])
    linked = one[:, None, :, None] + two[None, :, None, :]
    assert zero_sum(linked.reshape(6, 6)).value == F(1, 5)


@pytest.mark.parametrize("exact", [True, False])
def test_agrees_with_another_solver(exact: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not exact:
        monkeypatch.setattr(module, "EXACT_CELLS", 0)
    rng = np.random.default_rng(8)
    numerical = 0
    for _ in range(40):
        rows, columns = rng.integers(1, 9, size=2)
        table = rng.integers(-9, 10, size=(rows, columns))
        reference = linprog(
            np.append(np.zeros(columns), 1.0),
            A_ub=np.column_stack([table, -np.ones(rows)]),
            b_ub=np.zeros(rows),
            A_eq=[[1.0] * columns + [0.0]],
            b_eq=[1.0],
            bounds=[(0, None)] * columns + [(None, None)],
        ).fun
        found = zero_sum(table)
        assert abs(float(found.value) - reference) <= NUMERICAL * 10
        assert found.verify()
        numerical += not found.exact
        turned = zero_sum(-table.T)
        assert abs(float(turned.value + found.value)) <= NUMERICAL * 10
    assert (numerical == 0) == exact


def test_a_large_game_is_solved_to_a_small_gap() -> None:
    table = np.random.default_rng(0).normal(size=(150, 130))
    found = zero_sum(table)
    assert not found.exact
    assert found.upper - found.lower <= NUMERICAL * float(abs(table).max())
    assert found.verify()


def test_tampered_answers_do_not_verify() -> None:
    found = zero_sum([[2, -1], [-1, 1]])
    for changed in (
        {"value": F(1, 4)},
        {"row": (F(1), F(0))},
        {"column": (F(1, 2), F(1, 2))},
        {"row": (F(1, 2), F(1, 3))},
    ):
        with pytest.raises(VerificationError):
            replace(found, **changed).verify()


@pytest.mark.parametrize("table", [[], [[]], [[1, 2], [3]]])
def test_malformed_tables(table: list[list[int]]) -> None:
    with pytest.raises(InputError, match="equally long"):
        zero_sum(table)
