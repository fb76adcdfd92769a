"""Convex polygons in the plane, points and segments among them, exact in fractions.

A polygon is its corners in counterclockwise order without collinear ones; a segment has two, a
point one, the empty set none.  The same functions serve floats where only a proposal is wanted.
(General-purpose hull routines fail on flat sets, which are common here: often nothing but the
status quo is sustainable.)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

Point = tuple[Any, Any]
Polygon = list[Point]
Line = tuple[Any, Any, Any]
"""(a, b, c): the half-plane a x + b y <= c."""


def cross(o: Point, p: Point, q: Point) -> Any:
    """Return twice the signed area of a triangle: positive where o, p, q turn left."""
    return (p[0] - o[0]) * (q[1] - o[1]) - (p[1] - o[1]) * (q[0] - o[0])


def hull(points: Iterable[Point], slack: float = 0) -> Polygon:
    """Return the convex hull (Andrew 1979).

    Parameters
    ----------
    points : iterable of (x, y)
    slack : float
        Corners that stick out by less than this (as an area) are left out; 0 for fractions.

    Examples
    --------
    >>> hull([(0, 0), (2, 2), (1, 1), (2, 0), (1, 0)])
    [(0, 0), (2, 0), (2, 2)]
    """
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered
    chains: list[Polygon] = []
    for way in (ordered, ordered[::-1]):
        chain: Polygon = []
        for point in way:
            while len(chain) > 1 and cross(chain[-2], chain[-1], point) <= slack:
                chain.pop()
            chain.append(point)
        chains.append(chain[:-1])
    return chains[0] + chains[1]


def edges(polygon: Polygon) -> list[Line]:
    """Return half-planes whose intersection is the polygon: its edges', or four for flat ones.

    >>> edges([(0, 0), (2, 0), (0, 2)])
    [(0, -2, 0), (2, 2, 4), (-2, 0, 0)]
    """
    lines = []
    for (x, y), (v, w) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        a, b = w - y, x - v
        if a or b:
            lines.append((a, b, a * x + b * y))
    if len(polygon) == 2:  # both sides of the line, and its two ends
        (x, y), (v, w) = polygon
        a, b = v - x, w - y
        lines += [(a, b, a * v + b * w), (-a, -b, -a * x - b * y)]
    if len(polygon) == 1:
        (x, y) = polygon[0]
        lines = [(1, 0, x), (0, 1, y), (-1, 0, -x), (0, -1, -y)]
    return lines


def clip(polygon: Polygon, line: Line) -> Polygon:
    """Return the part of a polygon in a half-plane.

    >>> clip([(0, 0), (2, 0), (2, 2), (0, 2)], (1, 1, 1))
    [(0, 0), (1.0, 0.0), (0.0, 1.0)]
    """
    a, b, c = line
    over = [a * x + b * y - c for x, y in polygon]
    if all(v <= 0 for v in over):
        return polygon
    kept: Polygon = []
    count = len(polygon)
    for i, here in enumerate(polygon):
        if over[i] <= 0:
            kept.append(here)
        j = (i + 1) % count
        if over[i] * over[j] < 0:
            share = over[i] / (over[i] - over[j])
            there = polygon[j]
            kept.append(
                (here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1]))
            )
    return hull(kept) if len(kept) < 3 or count < 3 else _without_repeats(kept)


def _without_repeats(corners: Polygon) -> Polygon:
    kept: Polygon = []
    for corner in corners:
        if not kept or corner != kept[-1]:
            kept.append(corner)
    while len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return kept if len(kept) > 2 else hull(kept)


def meet(lines: Iterable[Line], inside: Polygon) -> Polygon:
    """Return the part of a polygon in all of some half-planes."""
    for line in lines:
        inside = clip(inside, line)
        if not inside:
            break
    return inside


def contains(polygon: Polygon, point: Point) -> bool:
    """Whether a polygon (a point, a segment) contains a point."""
    if len(polygon) < 3:
        if not polygon:
            return False
        (x, y), (v, w) = polygon[0], polygon[-1]
        if cross((x, y), (v, w), point):
            return False
        return bool(min(x, v) <= point[0] <= max(x, v) and min(y, w) <= point[1] <= max(y, w))
    return all(
        cross(p, q, point) >= 0 for p, q in zip(polygon, polygon[1:] + polygon[:1], strict=True)
    )


def support(polygon: Sequence[Point], direction: Point) -> Any:
    """Return the largest a x + b y on a polygon."""
    a, b = direction
    return max(a * x + b * y for x, y in polygon)


def spread(polygon: Polygon, point: Point) -> dict[int, Any]:
    """Write a point of a polygon as a mixture of at most three corners.

    Returns
    -------
    dict of int to share
        Positions of the corners; empty if the point lies outside.

    Examples
    --------
    >>> spread([(Fraction(0), Fraction(0)), (Fraction(2), Fraction(0))], (Fraction(1, 2), 0))
    {0: Fraction(3, 4), 1: Fraction(1, 4)}
    """
    if point in polygon:
        return {polygon.index(point): Fraction(1)}
    if not contains(polygon, point):
        return {}
    if len(polygon) == 2:
        axis = 0 if polygon[0][0] != polygon[1][0] else 1
        first, last = polygon[0][axis], polygon[1][axis]
        share = Fraction(point[axis] - first) / (last - first)
        return {0: 1 - share, 1: share}
    for k in range(1, len(polygon) - 1):
        corners = (0, k, k + 1)
        o, p, q = (polygon[c] for c in corners)
        parts = (cross(p, q, point), cross(q, o, point), cross(o, p, point))
        if all(part >= 0 for part in parts):
            area = cross(o, p, q)
            return {
                c: Fraction(part) / area for c, part in zip(corners, parts, strict=True) if part
            }
    return {}


def minkowski(parts: Sequence[Polygon]) -> Polygon:
    """Return the sum of polygons, all sums of one point of each: their edges sorted by direction.

    >>> minkowski([[(0, 0), (1, 0)], [(0, 0), (0, 1)]])
    [(0, 0), (1, 0), (1, 1), (0, 1)]
    """
    if not all(parts):
        return []
    x: Any = 0
    y: Any = 0
    sides: list[Point] = []
    for part in parts:
        lowest = min(part)
        x, y = x + lowest[0], y + lowest[1]
        for p, q in zip(part, part[1:] + part[:1], strict=True):
            if p != q:
                sides.append((q[0] - p[0], q[1] - p[1]))
    corners = [(x, y)]
    for dx, dy in sorted(sides, key=cmp_to_key(_by_direction)):
        x, y = x + dx, y + dy
        corners.append((x, y))
    return hull(corners)


def _by_direction(one: Point, other: Point) -> int:
    """Compare directions, counterclockwise, straight down last."""
    halves = [0 if direction > (0, 0) else 1 for direction in (one, other)]
    if halves[0] != halves[1]:
        return halves[0] - halves[1]
    turn = one[0] * other[1] - one[1] * other[0]
    return -1 if turn > 0 else int(turn < 0)


def outward(polygon: Polygon, corner: int) -> Point:
    """Return a direction in which a corner lies further out than the rest of its polygon."""
    here, count = polygon[corner], len(polygon)
    if count == 1:
        return (Fraction(1), Fraction(0))
    before, after = polygon[corner - 1], polygon[(corner + 1) % count]
    if count == 2:
        return (here[0] - after[0], here[1] - after[1])
    (a, b), (c, d) = ((q[1] - p[1], p[0] - q[0]) for p, q in ((before, here), (here, after)))
    return _unit(a, b, c, d)


def _unit(a: Any, b: Any, c: Any, d: Any) -> Point:
    """Add two directions after scaling them to about the same length."""
    one, other = max(abs(a), abs(b)), max(abs(c), abs(d))
    return (a / one + c / other, b / one + d / other)


def distance(outer: Polygon, inner: Polygon) -> float:
    """Return how far a set reaches beyond another one: the largest distance of a corner."""
    if not outer:
        return 0.0
    if not inner:
        return math.inf
    return max(_gap(inner, corner) for corner in outer)


def _gap(polygon: Polygon, point: Point) -> float:
    if contains(polygon, point):
        return 0.0
    best = math.inf
    for p, q in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        along = (q[0] - p[0], q[1] - p[1])
        away = (point[0] - p[0], point[1] - p[1])
        length = along[0] ** 2 + along[1] ** 2
        share = (along[0] * away[0] + along[1] * away[1]) / length if length else 0
        share = min(max(share, 0), 1)
        rest = (away[0] - share * along[0], away[1] - share * along[1])
        best = min(best, math.hypot(float(rest[0]), float(rest[1])))
    return best
