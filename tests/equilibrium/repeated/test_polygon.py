"""Polygons in fractions, flat ones included."""

from __future__ import annotations

from fractions import Fraction as F

from hypothesis import given
from hypothesis import strategies as st

from bargaining.equilibrium.repeated.polygon import (
    clip,
    contains,
    distance,
    edges,
    hull,
    minkowski,
    outward,
    spread,
    support,
)

NUMBER = st.integers(-4, 4).map(F)
POINTS = st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=7)


@given(POINTS, st.lists(st.integers(0, 5), min_size=7, max_size=7))
def test_mixtures_lie_inside(points: list[tuple[F, F]], weights: list[int]) -> None:
    shape = hull(points)
    parts = weights[: len(points)]
    total = sum(parts)
    if not total:
        return
    point = tuple(
        sum(w * p[i] for w, p in zip(parts, points, strict=True)) / F(total) for i in (0, 1)
    )
    assert contains(shape, point)
    shares = spread(shape, point)
    assert sum(shares.values()) == 1
    assert min(shares.values()) >= 0
    assert tuple(sum(s * shape[k][i] for k, s in shares.items()) for i in (0, 1)) == point


@given(POINTS)
def test_edges_describe_the_hull(points: list[tuple[F, F]]) -> None:
    shape = hull(points)
    for x in range(-4, 5):
        for y in range(-4, 5):
            inside = all(a * x + b * y <= c for a, b, c in edges(shape))
            assert inside == contains(shape, (F(x), F(y))) == bool(spread(shape, (F(x), F(y))))


@given(POINTS, NUMBER, NUMBER, NUMBER)
def test_clipping(points: list[tuple[F, F]], a: F, b: F, c: F) -> None:
    shape = hull(points)
    part = clip(shape, (a, b, c))
    assert all(a * x + b * y <= c and contains(shape, (x, y)) for x, y in part)
    assert all(contains(part, p) for p in shape if a * p[0] + b * p[1] <= c)
    assert part == hull(part) or set(part) == set(hull(part))


@given(st.lists(POINTS, min_size=1, max_size=3))
def test_sums(parts: list[list[tuple[F, F]]]) -> None:
    shapes = [hull(points) for points in parts]
    expected = [(F(0), F(0))]
    for shape in shapes:
        expected = hull((x + v, y + w) for x, y in expected for v, w in shape)
    total = minkowski(shapes)
    assert total == expected
    for k, corner in enumerate(total):
        way = outward(total, k)
        value = support(total, way)
        assert [c for c in total if way[0] * c[0] + way[1] * c[1] == value] == [corner]


def test_distances() -> None:
    square = [(F(0), F(0)), (F(1), F(0)), (F(1), F(1)), (F(0), F(1))]
    assert distance([*square, (F(4), F(5))], square) == 5
    assert distance([(F(3), F(0))], [(F(0), F(0)), (F(2), F(0))]) == 1
    assert distance(square, square) == 0
    assert distance([], square) == 0
    assert distance(square, []) == float("inf")
