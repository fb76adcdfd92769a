"""Pieces and chains of lines between answers."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from bargaining.report.plots.boundary import Edge, Point, joined, segments


def crossings(codes: list[list[int]]) -> dict[Edge, Point]:
    found: dict[Edge, Point] = {}
    for i, row in enumerate(codes):
        for j, here in enumerate(row):
            if j + 1 < len(row) and here != row[j + 1]:
                found["across", i, j] = (j + 0.5, float(i))
            if i + 1 < len(codes) and here != codes[i + 1][j]:
                found["up", i, j] = (float(j), i + 0.5)
    return found


grids = st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), min_size=2, max_size=4)


@given(grids)
def test_every_crossing_is_on_a_line_and_every_piece_is_drawn_once(codes: list[list[int]]) -> None:
    found = crossings(codes)
    pieces = list(segments(codes, found))
    lines = list(joined(pieces))
    drawn = [frozenset(pair) for line in lines for pair in itertools.pairwise(line)]
    assert sorted(map(sorted, drawn)) == sorted(sorted(set(piece)) for piece in pieces)
    assert {point for line in lines for point in line} >= set(found.values())


def test_a_closed_line_ends_where_it_begins() -> None:
    codes = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    (line,) = joined(list(segments(codes, crossings(codes))))
    assert line[0] == line[-1]
    assert len(line) == 5


def test_a_saddle_has_two_lines() -> None:
    codes = [[0, 1], [1, 0]]
    assert len(list(joined(list(segments(codes, crossings(codes)))))) == 2
