"""Lines: one per value, labels that do not overlap."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from bargaining.report.plots.answers import Answers
from bargaining.report.plots.sweep_lines import draw_lines, spread


@given(st.lists(st.floats(0, 10), min_size=1, max_size=8))
def test_labels_stand_apart_within_the_axis(places: list[float]) -> None:
    found = spread(sorted(places), 1.0, 0.0, 10.0)
    assert all(b - a >= 1 - 1e-9 for a, b in itertools.pairwise(found))
    assert min(found) >= -1e-9
    assert max(found) <= 10 + 1e-9


def test_labels_with_room_stay() -> None:
    assert spread([1.0, 4.0, 9.0], 1.0, 0.0, 10.0) == [1.0, 4.0, 9.0]


def test_lines_have_gaps_where_there_is_no_answer() -> None:
    axes = Figure().add_subplot()
    values = np.array([[1.0, 0.0, 3.0], [4.0, 5.0, 6.0]])
    state = np.array([[0, 2, 0], [0, 0, 0]], dtype=np.int8)
    answers = Answers("linked.gains.us", values, state)
    entries = draw_lines(axes, np.arange(3.0), answers, ["1/2", "1"], "parameters.b")
    first, second = axes.lines[:2]
    assert first.get_ydata() == pytest.approx([1, np.nan, 3], nan_ok=True)
    assert second.get_ydata() == pytest.approx([4, 5, 6])
    assert first.get_linestyle() != second.get_linestyle()
    assert first.get_marker() != second.get_marker()
    assert [entry.get_label() for entry in entries] == ["failed on some line"]
    written = [text.get_text() for text in axes.texts]
    assert written == ["1/2", "1", "parameters.b"]
