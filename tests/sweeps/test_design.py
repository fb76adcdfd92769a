"""Designs: rows by number, the same whoever asks for them and in what order."""

from __future__ import annotations

import itertools
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining.errors import InputError
from bargaining.sweeps.design import MAX_AXES, MAX_HYPERCUBE, MAX_LISTED, MAX_ROWS, Design, design


def test_a_grid_is_exact_and_its_last_axis_changes_fastest() -> None:
    grid = design(vary={"parameters.w": "0:1:4", "discount": [F(1, 2), 0.9], "floors.us": "1/3"})
    rows = [grid.exact(row) for row in range(grid.rows)]
    thirds = [F(0), F(1, 3), F(2, 3), F(1)]
    assert rows == list(itertools.product(thirds, [F(1, 2), F(9, 10)], [F(1, 3)]))
    assert grid.columns(0, 8).tolist() == [[float(v) for v in row] for row in rows]


@pytest.mark.parametrize("given_", ["1,2,5/2", [1, 2, 2.5], np.array([1, 2, 2.5])])
def test_listed_values_stand_as_they_are(given_: Any) -> None:
    assert [design(vary={"discount": given_}).exact(i)[0] for i in range(3)] == [1, 2, F(5, 2)]


def test_one_value_is_the_lower_end() -> None:
    assert design(vary={"discount": (0.3, 0.3, 1)}).exact(0) == (F(3, 10),)


KINDS = ("grid", "random", "latin_hypercube")


def drawn(kind: Any, seed: int = 7, draws: int = 1) -> Design:
    if kind == "grid":
        vary: Any = {"parameters.w": "0.1:1:5", "discount": "0:1:9"}
        return design(vary=vary, noise=0.1, draws=draws, seed=seed)
    return design(
        vary={"parameters.w": "0.1:1", "discount": (2, 5)},
        kind=kind, points=45, seed=seed, noise=0.1, draws=draws,
    )  # fmt: skip


@settings(deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    draws=st.integers(1, 3),
    ends=st.tuples(st.integers(0, 44), st.integers(0, 44)),
)
def test_rows_do_not_depend_on_which_are_asked_together(
    kind: str, draws: int, ends: tuple[int, int]
) -> None:
    plan = drawn(kind, draws=draws)
    start, stop = min(ends), max(ends) + 1
    whole = plan.columns(0, plan.rows)
    assert plan.rows == 45 * draws
    assert plan.columns(start, stop).tobytes() == whole[start:stop].tobytes()
    assert [float(v) for v in plan.exact(start)] == whole[start].tolist()


@pytest.mark.parametrize("kind", ["random", "latin_hypercube"])
def test_points_follow_the_seed_and_stay_in_range(kind: str) -> None:
    first, again, other = drawn(kind), drawn(kind), drawn(kind, seed=8)
    table = first.columns(0, 45)
    assert table.tobytes() == again.columns(0, 45).tobytes()
    assert not np.any(table == other.columns(0, 45))
    assert np.all((table >= [0.1, 2]) & (table <= [1, 5]))


def test_a_latin_hypercube_has_one_point_in_every_stratum() -> None:
    table = drawn("latin_hypercube").columns(0, 45)
    strata = np.floor((table - [0.1, 2]) / [0.9, 3] * 45).astype(int)
    for column in strata.T:
        assert sorted(column) == list(range(45))


def test_draws_repeat_a_point_with_noise_of_their_own() -> None:
    plan = drawn("random", draws=3)
    table = plan.columns(0, 6)
    assert np.array_equal(table[0], table[2])
    assert not np.any(table[2] == table[3])
    streams = [plan.rng(row).random() for row in range(6)]
    assert len(set(streams)) == 6
    assert plan.rng(4).random() == streams[4]


def test_a_long_axis_is_not_written_out() -> None:
    plan = design(vary={"parameters.w": f"0:1:{10**9 + 1}"})
    assert plan.columns(10**9 - 1, 10**9 + 1).ravel().tolist() == [1 - 1e-9, 1.0]
    assert plan.exact(1) == (F(1, 10**9),)
    assert "values" not in plan.axes[0].__dict__


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"vary": {"discount": "0:1"}}, "LOW:HIGH:COUNT"),
        ({"vary": {"discount": "1:0:5"}}, "smaller end first"),
        ({"vary": {"discount": "0:1:0"}}, "values"),
        ({"vary": {"discount": "0:1:2.5"}}, "values"),
        ({"vary": {"discount": "0:x:3"}}, "expected a number"),
        ({"vary": {"discount": ""}}, "expected a number"),
        ({"vary": {"discount": []}}, "1 to"),
        ({"vary": {"discount": None}}, "found nothing"),
        ({"vary": {"discount": 0.5}}, "a list of values"),
        ({"vary": {"discount": float("nan")}}, "a list of values"),
        ({"vary": {"discount": [float("nan")]}}, "finite"),
        ({"vary": {"discount": [True]}}, "expected a number"),
        ({"vary": {"discount": np.zeros((2, 2))}}, "a list of values"),
        ({"vary": {"discount": range(MAX_LISTED + 1)}}, "1 to"),
        ({"vary": "discount=0:1:3"}, "a table of paths"),
        ({"vary": {}}, "at least one path"),
        ({"vary": {"discount": "0:1:3", "discount.us": "0:1:3"}}, "leave discount.PLAYER out"),
        ({"vary": {"discount.us": "0:1:3", 'discount."us"': "0:1:3"}}, "twice"),
        ({"vary": {f"floors.p{i}": "1" for i in range(MAX_AXES + 1)}}, "at most 20 paths"),
        ({"vary": {"floors.a": f"0:1:{MAX_ROWS}", "floors.b": "0:1:2"}}, "at most"),
        ({"vary": {"discount": "0:1"}, "kind": "random"}, "how many points"),
        ({"vary": {"discount": "0:1"}, "kind": "random", "points": True}, "how many points"),
        ({"vary": {"discount": "1,2"}, "kind": "random", "points": 3}, "LOW:HIGH"),
        ({"vary": {}, "kind": "random", "points": 3, "noise": 0.1}, "at least one path"),
        ({"vary": {"discount": "0:1:3"}, "points": 3}, "leave points out"),
        ({"vary": {"discount": "0:1:3"}, "kind": "sobol"}, "expected one of grid"),
        ({"vary": {"discount": "0:1:3"}, "seed": -1}, "seed"),
        ({"vary": {"discount": "0:1:3"}, "noise": 2}, "a share from 0 to 1"),
        ({"vary": {"discount": "0:1:3"}, "noise": "much"}, "noise"),
        ({"vary": {"discount": "0:1:3"}, "draws": 2}, "only with noise"),
        ({"vary": {"discount": "0:1:3"}, "draws": 0, "noise": 0.1}, "draws"),
        (
            {"vary": {"discount": "0:1"}, "kind": "latin_hypercube", "points": MAX_HYPERCUBE + 1},
            "random design",
        ),
    ],
)
def test_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        design(**arguments)
    assert said in str(caught.value)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        design(vary={"discount": "0:1", ".x": "1", "floors.us": "2:1:3"}, seed=-1, draws=0)
    assert len(str(caught.value).splitlines()) >= 5


@pytest.mark.parametrize(
    "arguments",
    [
        {"vary": {"discount": "0:1"}},
        {"vary": {"discount": "0:x"}, "kind": "random", "points": 3},
        {"vary": {}, "noise": "much"},
        {"vary": {}, "noise": "much", "draws": 3},
        {"vary": {"discount": "0:1"}, "kind": "random"},
    ],
)
def test_one_mistake_is_said_once(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        design(**arguments)
    assert len(str(caught.value).splitlines()) == 1
    assert "None" not in str(caught.value)
