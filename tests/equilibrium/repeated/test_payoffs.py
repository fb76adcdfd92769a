"""Payoff sets of repeated games: known ones, brute force, degenerate ones and failures."""

from __future__ import annotations

import json
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from repeated_games import (
    ABREU_SANNIKOV,
    FAVOURS,
    MATCHING,
    TEMPTED_FIRST,
    TEMPTED_SECOND,
    away,
    brute_force,
    cournot,
    flattened,
    game,
)
from small_games import DILEMMA, Tables
from validation import FOLDER

import bargaining as bg
from bargaining.errors import InputError, NotDefinedError, NotSupportedError
from bargaining.model.issue import Issue
from bargaining.model.links import Link
from bargaining.results import Status

BRUTE = 1e-6
KNOWN = FOLDER / "cases" / "repeated_known.json"


def apart(found: Any, expected: Any) -> float:
    return max(away(found, expected), away(expected, found))


def known_games() -> list[Any]:
    if not KNOWN.exists():
        return []
    return json.loads(KNOWN.read_text())["games"]


@pytest.mark.parametrize("case", known_games(), ids=lambda case: case["name"])
def test_known_sets(case: dict[str, Any]) -> None:
    found = bg.repeated_payoffs(game(tuple(case["payoffs"])), case["discount"])
    assert found.verify()
    expected = case.get("expected_vertices")
    if expected is None:
        assert found.status is Status.NO_EQUILIBRIUM
        assert found.vertices.shape == (0, 2)
        return
    assert found.status is Status.SOLVED
    assert len(found.vertices) == len(expected)
    assert apart(found.vertices, expected) <= case["tol"]


def test_abreu_sannikov_2014() -> None:
    """Theoretical Economics 9, 313-338: six corners, some of them algebraic numbers."""
    found = bg.repeated_payoffs(game(ABREU_SANNIKOV), "3/10")
    expected = [
        (7.33770472, 10.9826253),
        (1.1256824, 2.8),
        (7.33770472, 0.0),
        (7.86308964, 0.0),
        (19.7917977, 2.8),
        (15.5630896, 9.1),
    ]
    assert found.status is Status.SOLVED
    assert found.verify()
    assert len(found.vertices) == 6
    assert apart(found.vertices, expected) < 1e-6


@pytest.mark.parametrize(
    ("discount", "expected"),
    [
        ("2/3", {(F(0), F(0)), (F(3), F(0)), (F(5, 3), F(2)), (F(0), F(3))}),
        ("7/10", {(F(0), F(0)), (F(3), F(0)), (F(3, 2), F(9, 4)), (F(0), F(63, 20))}),
        ("0.66", {(F(0), F(0))}),
        ("0.999", {(F(0), F(0)), (F(3), F(0)), (F(1), F(3)), (F(0), F(18, 5))}),
    ],
)
def test_favours(discount: str, expected: set[tuple[F, F]]) -> None:
    """C3.10; at 2/3 by hand: both acts with w = (2, 3/2) on the line through (1,3) and (5,-3);
    at 0.999 everything feasible and individually rational."""
    found = bg.repeated_payoffs(game(FAVOURS), discount)
    assert found.exact
    assert set(found.exact_vertices) == expected
    assert found.verify()


@pytest.mark.parametrize(
    ("agenda", "discount", "total"),
    [
        ("delinked", "3/5", F(19, 2)),
        ("linked", "3/5", F(10)),
        ("linked", "1/2", F(10)),
        ("delinked", "1/2", F(8)),
    ],
)
def test_linked_and_delinked(agenda: str, discount: str, total: F) -> None:
    """C3.2: slack pooled in mirrored dilemmas."""
    found = bg.repeated_payoffs(game(TEMPTED_FIRST, TEMPTED_SECOND), discount, agenda)
    assert found.exact
    assert max(x + y for x, y in found.exact_vertices) == total
    assert found.verify()


@pytest.mark.parametrize(
    ("agenda", "discount", "total"),
    [
        ("delinked", 0.49, 10),
        ("delinked", 0.5, 12),
        ("linked", 0.415, 10),
        ("linked", 0.418, 11),
        ("linked", 0.49, 11),
        ("linked", 0.5, 12),
        ("linked", "5/12", 11),
        ("linked", F(5, 12) - F(1, 10**6), 10),
        ("linked", F(1, 2) - F(1, 10**6), 11),
    ],
)
def test_identical_dilemmas(agenda: str, discount: Any, total: int) -> None:
    """C3.12: linking identical dilemmas helps on [5/12, 1/2) and only there."""
    found = bg.repeated_payoffs(game(DILEMMA, DILEMMA), discount, agenda)
    assert found.exact
    assert max(x + y for x, y in found.exact_vertices) == total
    assert found.verify()


@pytest.mark.parametrize(("discount", "corners"), [("1/7", 2), (F(1, 7) - F(1, 10**6), 1)])
def test_a_segment_begins_at_its_threshold(discount: Any, corners: int) -> None:
    """Cooperation for ever is enforceable iff (10 - 9) <= d (10 - 3), the factor 1/7."""
    dilemma = ([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    found = bg.repeated_payoffs(game(dilemma), discount)
    assert found.exact
    assert len(found.vertices) == corners
    assert found.verify()


@pytest.mark.parametrize("shift", [-6, -9, 6, 9])
def test_close_to_a_threshold(shift: int) -> None:
    factor = F(2, 3) + (1 if shift > 0 else -1) * F(1, 10 ** abs(shift))
    found = bg.repeated_payoffs(game(FAVOURS), factor)
    assert found.status is Status.SOLVED
    assert found.verify()
    assert len(found.vertices) == (4 if shift > 0 else 1)


def test_cournot_duopoly() -> None:
    found = bg.repeated_payoffs(cournot(15), 0.3)
    assert found.exact
    assert found.verify()
    assert apart(found.vertices[:, ::-1], found.vertices) < 1e-12


SMALL = st.integers(-4, 4)


@st.composite
def small_games(draw: Any) -> Tables:
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    table = st.lists(
        st.lists(SMALL, min_size=columns, max_size=columns), min_size=rows, max_size=rows
    )
    return draw(table), draw(table)


@settings(max_examples=60, deadline=None)
@given(small_games(), st.integers(1, 18))
def test_brute_force(tables: Tables, twentieths: int) -> None:
    expected = brute_force(tables, [twentieths / 20] * 2)
    assume(expected is not None)
    found = bg.repeated_payoffs(game(tables), F(twentieths, 20))
    assert found.status is (Status.SOLVED if expected else Status.NO_EQUILIBRIUM)
    if expected:
        assert apart(found.vertices, expected) < BRUTE
    assert found.verify()


@settings(max_examples=10, deadline=None)
@given(small_games(), st.integers(2, 14), st.integers(2, 14))
@example(([[0, 0], [2, 0], [0, 4]], [[0, 0], [0, 0], [0, 1]]), 2, 6)
def test_brute_force_with_factors_that_differ(tables: Tables, first: int, second: int) -> None:
    expected = brute_force(tables, [first / 20, second / 20], rounds=400)
    assume(expected is not None)
    factors = {"a": F(first, 20), "b": F(second, 20)}
    found = bg.repeated_payoffs(game(tables), factors, time_limit=2)
    assert found.verify()
    if found.status is Status.SOLVED:
        assert apart(found.vertices, expected) < BRUTE
    if not expected:
        assert not len(found.vertices)
    if found.status is not Status.NO_EQUILIBRIUM:
        assert away(found.vertices, expected) < BRUTE
        assert away(expected, found.outer_vertices) < BRUTE


@settings(max_examples=25, deadline=None)
@given(small_games(), small_games(), st.integers(1, 19))
def test_order_of_sets(one: Tables, other: Tables, twentieths: int) -> None:
    """Minmax bounds from below, linking only adds, patience only adds, and inner is in outer."""
    factor = F(twentieths, 20)
    both = game(one, other)
    linked, delinked = (
        bg.repeated_payoffs(both, factor, a, time_limit=10) for a in ("linked", "delinked")
    )
    flat = flattened(one, other)
    if delinked.status is Status.NO_EQUILIBRIUM:
        return
    assert linked.status is not Status.NO_EQUILIBRIUM
    assert away(delinked.vertices, linked.outer_vertices) < 1e-9
    assert away(linked.vertices, linked.outer_vertices) < 1e-9
    minmax = np.asarray(flat[0]).max(axis=0).min(), np.asarray(flat[1]).max(axis=1).min()
    assert np.all(linked.vertices.min(axis=0) >= np.array(minmax, dtype=float) - 1e-9)
    later = bg.repeated_payoffs(both, (factor + 1) / 2)
    assert away(linked.vertices, later.outer_vertices) < 1e-9
    assert linked.verify()
    assert delinked.verify()


def test_linked_issues_are_the_flattened_game() -> None:
    rng = np.random.default_rng(3)
    parts = [(rng.integers(0, 9, (2, 3)).tolist(), rng.integers(0, 9, (2, 3)).tolist())
             for _ in range(3)]  # fmt: skip
    for factor in ("0.4", "0.8"):
        linked = bg.repeated_payoffs(game(*parts), factor)
        whole = bg.repeated_payoffs(game(flattened(*parts)), factor)
        assert linked.exact_vertices == whole.exact_vertices
        assert linked.verify()


def test_spillovers_join_issues() -> None:
    """Two one-sided acts with a bonus for both when both act: one matrix game of four cells."""
    bonus = np.zeros((2, 2, 2), dtype=object) + F(0)
    bonus[1, 1] = [F(2), F(2)]
    guns = Issue.normal_form(
        "guns", ("a", "b"), {"a": ["wait", "act"]}, {"a": [0, -4], "b": [0, 6]}
    )
    labs = Issue.normal_form(
        "labs", ("a", "b"), {"b": ["wait", "act"]}, {"a": [0, 5], "b": [0, -3]}
    )
    joined = bg.LinkageGame(("a", "b"), [guns, labs], (Link(("guns", "labs"), True, bonus),))
    whole = game(([[0, 5], [-4, 3]], [[0, -3], [6, 5]]))
    for factor in ("0.3", "0.5", "0.9"):
        found = bg.repeated_payoffs(joined, factor)
        assert found.exact_vertices == bg.repeated_payoffs(whole, factor).exact_vertices
        assert found.verify()
    with pytest.raises(NotDefinedError, match=r"guns.*labs"):
        bg.repeated_payoffs(joined, 0.5, "delinked")


def test_options_need_consent() -> None:
    """Swapping consent: options (2,-1) and (-1,2) beside the status quo, one shared constraint."""
    swap = Issue.from_options(
        "swap", ("a", "b"), ["none", "mine", "yours"],
        {"a": [0, 2, -1], "b": [0, -1, 2]}, status_quo="none",
    )  # fmt: skip
    treaty = bg.LinkageGame(("a", "b"), [swap])
    # (1-d)(-1) + d w >= 0 for the player who loses today, w on the line x + y = 1.
    assert bg.repeated_payoffs(treaty, "1/3").exact_vertices == ((F(0), F(0)),)
    found = bg.repeated_payoffs(treaty, "3/4")
    assert found.exact
    assert set(found.exact_vertices) == {(F(0), F(0)), (F(1), F(0)), (F(0), F(1))}
    assert found.verify()


def test_flat_games() -> None:
    for tables in (([[1]], [[2]]), ([[0, 0], [0, 0]], [[1, 2], [3, 4]]), ([[5, 5]], [[5, 5]])):
        found = bg.repeated_payoffs(game(tables), 0.5)
        assert found.exact
        assert found.verify()


def test_scale_of_payoffs_does_not_matter() -> None:
    first, second = FAVOURS
    large = ([[F(10) ** 12 * v + 7 for v in row] for row in first], second)
    found = bg.repeated_payoffs(game(large), "7/10")
    assert set(found.exact_vertices) == {
        (F(7), F(0)),
        (3 * F(10) ** 12 + 7, F(0)),
        (F(3, 2) * F(10) ** 12 + 7, F(9, 4)),
        (F(7), F(63, 20)),
    }


def test_time_is_bounded() -> None:
    found = bg.repeated_payoffs(game(ABREU_SANNIKOV), 0.3, time_limit=1e-9)
    assert found.status is Status.LIMIT_REACHED
    assert found.distance == float("inf")
    assert str(found).endswith("see outer_vertices")
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.verify()


@pytest.mark.parametrize("discount", [0, 1, -0.5, 1.5, "nan", float("nan"), {"a": 0.5}, None])
def test_wrong_factors(discount: Any) -> None:
    with pytest.raises(InputError):
        bg.repeated_payoffs(game(DILEMMA), discount)


def test_two_players_only() -> None:
    third = Issue.normal_form("k", ("a", "b", "c"), {"a": ["x"]}, {"a": [0]})
    with pytest.raises(NotSupportedError, match="two players"):
        bg.repeated_payoffs(bg.LinkageGame(("a", "b", "c"), [third]), 0.5)


def test_no_equilibrium_in_one_package() -> None:
    found = bg.repeated_payoffs(game(MATCHING, DILEMMA), 0.05, "delinked")
    assert found.status is Status.NO_EQUILIBRIUM
    assert found.vertices.shape == (0, 2)
    assert found.punishments == {}
    assert found.verify()
    assert "no equilibrium" in str(found)


def test_plain_data() -> None:
    data = bg.repeated_payoffs(game(FAVOURS), 0.7).to_dict()
    assert data["status"] == "solved"
    assert data["exact"]["vertices"] == [["0", "0"], ["3", "0"], ["3/2", "9/4"], ["0", "63/20"]]
    assert json.loads(json.dumps(data)) == data


def test_the_game_may_state_the_factors() -> None:
    from dataclasses import replace

    stated = replace(game(FAVOURS), discount={"a": F(7, 10), "b": F(7, 10)})
    assert len(bg.repeated_payoffs(stated).vertices) == 4


def test_points_on_a_segment_that_miss_by_rounding_are_moved_in() -> None:
    found = bg.repeated_payoffs(game(([[5, -3], [-3, 3]], [[-2, 0], [-2, 5]])), "0.333")
    ends = found.vertices
    assert len(ends) == 2
    for share in np.linspace(0, 1, 11):
        point = share * ends[0] + (1 - share) * ends[1]
        assert found.contains(point)
        assert found.path(point).periods
    assert not found.contains(ends[0] + 0.01)
