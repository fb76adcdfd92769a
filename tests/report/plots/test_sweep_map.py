"""Maps: cells, categories, what is missing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from bargaining.errors import InputError
from bargaining.report.plots.answers import ABSENT, ANSWERED, FAILED, SILENT, Answers
from bargaining.report.plots.sweep_map import draw_map, edges, rectangles


def numbers(values: object, state: object = 0, name: str = "linked.gains.us") -> Answers:
    grid = np.array(values, dtype=float)
    return Answers(name, grid, np.broadcast_to(np.array(state, np.int8), grid.shape).copy())


def words(codes: object, texts: tuple[str, ...], state: object = 0) -> Answers:
    grid = np.array(codes, dtype=float)
    states = np.broadcast_to(np.array(state, np.int8), grid.shape).copy()
    return Answers("verdict.effect", grid, states, texts)


@given(st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=6))
def test_rectangles_cover_marked_cells_once(rows: list[list[bool]]) -> None:
    here = np.array(rows)
    covered = np.zeros(here.shape, dtype=int)
    for top, bottom, left, right in rectangles(here):
        covered[top:bottom, left:right] += 1
    assert (covered == here).all()


def test_edges_lie_between_values() -> None:
    assert edges(np.array([1.0, 2.0, 4.0])).tolist() == [0.5, 1.5, 3.0, 5.0]
    low, high = edges(np.array([0.0]))
    assert low < 0 < high


def test_cells_are_where_their_values_are() -> None:
    """The image of an even grid reaches half a cell beyond its values, first row at the foot."""
    axes = Figure().add_subplot()
    draw_map(
        axes, np.array([0.0, 1.0]), np.array([10.0, 20.0, 30.0]), numbers([[1, 2], [3, 4], [5, 6]])
    )
    image = axes.images[0]
    assert image.get_extent() == pytest.approx([-0.5, 1.5, 5.0, 35.0])
    assert image.origin == "lower"
    shown = image.get_array()
    assert (shown[0, 0], shown[0, -1], shown[-1, 0], shown[-1, -1]) == (1, 2, 5, 6)
    assert axes.get_xlim() == (-0.5, 1.5)
    assert axes.get_ylim() == (5.0, 35.0)


def test_uneven_values_are_drawn_to_scale() -> None:
    axes = Figure().add_subplot()
    draw_map(
        axes, np.array([0.0, 1.0, 10.0]), np.array([0.0, 1.0]), numbers([[1, 2, 3], [4, 5, 6]])
    )
    assert not axes.images
    corners = axes.collections[0].get_coordinates()
    assert corners[0, :, 0].tolist() == [-0.5, 0.5, 5.5, 14.5]


def test_missing_cells_are_hatched_and_named() -> None:
    axes = Figure().add_subplot()
    states = [[ANSWERED, SILENT, FAILED, ABSENT]]
    entries = draw_map(axes, np.arange(4.0), np.zeros(1), numbers([[1, 0, 0, 0]], states))
    assert [entry.get_label() for entry in entries] == ["no answer", "failed", "not computed yet"]
    hatches = [entry.get_hatch() for entry in entries]
    assert hatches == ["..", "xxxx", ""]
    drawn = [patch for patch in axes.patches if patch.get_hatch() == hatches[1]]
    box = drawn[0].get_path().get_extents()
    assert (box.x0, box.x1) == (1.5, 2.5)


def test_no_critical_factor_is_an_answer_in_words() -> None:
    found = numbers([[0.5, 0]], [[ANSWERED, SILENT]], "linked.critical_discount.any")
    assert [c.label for c in found.classes()[1]] == ["none (no factor below 1)"]


def test_categories_differ_in_colour_and_hatch() -> None:
    axes = Figure().add_subplot()
    answers = words([[0, 1, 2]], ("breaks_deadlock", "no_effect", "harms"))
    entries = draw_map(axes, np.arange(3.0), np.zeros(1), answers)
    assert [e.get_label() for e in entries] == ["breaks_deadlock", "no_effect", "harms"]
    assert len({e.get_facecolor() for e in entries}) == 3
    assert len({e.get_hatch() for e in entries}) == 3
    assert answers.in_words().startswith("verdict.effect: breaks_deadlock in 1 (33.3 %)")


def test_rare_texts_are_put_together() -> None:
    texts = tuple(f"text {k:02d}" for k in range(12))
    codes = [k for k in range(12) for _ in range(12 - k)]
    place, found = words([codes], texts).classes()
    assert [c.label for c in found] == [*texts[:7], "other (5 more)"]
    assert found[-1].count == sum(range(1, 6))
    assert place.max() == 7


def test_answers_that_do_not_occur_have_no_category() -> None:
    assert [c.label for c in words([[1, 1]], ("no", "yes")).classes()[1]] == ["yes"]


def test_limits() -> None:
    assert numbers([1, 5, 9], [0, 0, 2]).limits() == (1.0, 5.0)
    low, high = numbers([3, 3]).limits()
    assert low < 3 < high
    with pytest.raises(InputError, match="cannot be drawn"):
        numbers([1, 1e200]).limits()
