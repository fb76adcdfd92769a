"""Zero-sum in payoffs, zero-sum in best replies, ranks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from bimatrix_games import bimatrix
from hypothesis import given
from hypothesis import strategies as st
from small_games import ROCK_PAPER_SCISSORS

import bargaining as bg
from bargaining.equilibrium.strategic_form import centred, rank, strategic_form
from bargaining.errors import NotDefinedError, VerificationError

CHICKEN = ([[6, 2], [7, 0]], [[6, 7], [2, 0]])
BATTLE = ([[2, 0], [0, 1]], [[1, 0], [0, 2]])


def linked(one: list[list[int]], other: list[list[int]]) -> list[list[int]]:
    first, second = np.array(one), np.array(other)
    table = first[:, None, :, None] + second[None, :, None, :]
    return table.reshape(len(first) * len(second), -1).tolist()


def test_c2_5_strategically_zero_sum_with_mutual_gains() -> None:
    """THEORY C2.5: μ = 1/3 although A + B has rank 2; with its units mended the rank is 0."""
    game = bimatrix([[5, -3], [3, -1]], [[-1, 5], [8, 2]])
    found = strategic_form(game)
    assert found.strategic_rate == F(1, 3)
    assert found.zero_sum_rate is None
    assert found.rank == 2
    assert found.verify()
    first, second = (
        np.array(t, dtype=object) * F(1) for t in ([[5, -3], [3, -1]], [[-1, 5], [8, 2]])
    )
    assert rank(centred(first) + F(1, 3) * centred(second)) == 0
    chicken = strategic_form(bimatrix(*CHICKEN))
    assert chicken.strategic_rate is None
    assert chicken.solution is None
    assert chicken.verify()


def test_c2_6_rank_of_a_sum_of_games() -> None:
    assert strategic_form(bimatrix(*CHICKEN)).rank == 2
    assert strategic_form(bimatrix(*BATTLE)).rank == 2
    together = bimatrix(linked(CHICKEN[0], BATTLE[0]), linked(CHICKEN[1], BATTLE[1]))
    assert strategic_form(together).rank == 3


def test_c2_8_values_add_up() -> None:
    for table, value in (
        (ROCK_PAPER_SCISSORS, F(0)),
        ([[2, -1], [-1, 1]], F(1, 5)),
        (linked(ROCK_PAPER_SCISSORS, [[2, -1], [-1, 1]]), F(1, 5)),
    ):
        found = strategic_form(bimatrix(table, (-np.array(table)).tolist()))
        assert found.value == value
        assert found.zero_sum_rate == 1
        assert found.strategic_rate == 1
        assert found.rank == found.least_rank == 0
        assert found.conflict_index == 1
        assert found.verify()


def test_units_that_lower_the_rank() -> None:
    """B = -A/2 + a game of rank 1: the best units take it from full rank to 1, at μ = 2."""
    first = np.array([[3, 1, 4], [1, 5, 9], [2, 6, 5]])
    second = [[F(-v, 2) + i for v in row] for i, row in enumerate(first.tolist(), start=1)]
    found = strategic_form(bimatrix(first.tolist(), second))
    assert found.rank == 3
    assert (found.least_rank, found.least_rank_rate) == (1, F(2))
    assert found.verify()


def test_favours_are_trivial_but_no_conflict() -> None:
    """Each player's act pays only the other: nobody's best reply depends on anything."""
    game = bimatrix([[0, 5], [-4, 1]], [[0, -3], [6, 3]])
    found = strategic_form(game)
    assert found.trivial
    assert found.strategic_rate == 1
    assert found.zero_sum_rate is None
    assert found.verify()
    assert [list(map(int, row)) for row in found.common_interest * 2] == [[0, 2], [2, 4]]
    alone = bg.Issue.normal_form(
        "guns", ["us", "mexico"], {"us": ["no", "yes"]}, {"us": [0, -4], "mexico": [0, 6]}
    )
    assert strategic_form(alone).zero_sum_rate == F(3, 2)


entries = st.lists(st.integers(-4, 4), min_size=9, max_size=9)


@given(entries, entries, entries, st.fractions(F(1, 5), 5, max_denominator=5))
def test_optimal_strategies_of_the_equivalent_game_are_equilibria(
    table: list[int], columns: list[int], rows: list[int], rate: F
) -> None:
    matrix = np.array(table, dtype=object).reshape(3, 3) * F(1)
    first = matrix + np.array(columns[:3], dtype=object)
    second = -matrix / rate + np.array(rows[:3], dtype=object)[:, None]
    game = bimatrix(first.tolist(), second.tolist())
    found = strategic_form(game)
    assert found.strategic_rate is not None
    if not found.trivial:
        assert found.strategic_rate == rate
    assert found.verify()
    solution = found.solution
    assert solution is not None
    x, y = solution.row, solution.column
    assert all(first[i] @ np.array(y) == max(first @ np.array(y)) for i in range(3) if x[i])
    assert all(np.array(x) @ second[:, j] == max(np.array(x) @ second) for j in range(3) if y[j])


def test_false_statements_do_not_verify() -> None:
    found = strategic_form(bimatrix([[5, -3], [3, -1]], [[-1, 5], [8, 2]]))
    for changed, message in (
        ({"zero_sum_rate": F(1)}, "strictly opposed"),
        ({"strategic_rate": F(1)}, "strategically"),
        ({"rank": 1}, "rank"),
        ({"least_rank": 0}, "rank"),
        ({"trivial": True}, "best replies"),
        ({"common_interest": found.conflict}, "add up"),
        ({"solution": None}, "not solved"),
    ):
        with pytest.raises(VerificationError, match=message):
            replace(found, **changed).verify()  # type: ignore[arg-type]


def test_only_two_players_have_one() -> None:
    joint = bg.Issue.from_options("x", ["a", "b"], ["s", "t"], {"a": [0, 9]}, status_quo="s")
    with pytest.raises(NotDefinedError, match="joint options"):
        strategic_form(joint)
