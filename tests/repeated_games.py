"""Repeated games for tests, and the payoff set by plain iteration in floats.

Brute force shares no code with the library: profiles are read off the tables, polygons are lists of
points clipped half-plane by half-plane, and the operator is iterated as it is defined.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from small_games import Tables, matrix_issue

from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue

PLAYERS = ("a", "b")
Place = tuple[float, float]

TEMPTED_FIRST: Tables = ([[1, -1], [5, 0]], [[4, 5], [-1, 0]])
TEMPTED_SECOND: Tables = ([[4, -1], [5, 0]], [[1, 5], [-1, 0]])
FAVOURS: Tables = ([[0, 5], [-4, 1]], [[0, -3], [6, 3]])
ABREU_SANNIKOV: Tables = (
    [[16, 3, 0], [21, 10, -1], [9, 5, -5]],
    [[9, 13, 3], [1, 4, 0], [0, -4, -15]],
)
MATCHING: Tables = ([[1, -1], [-2, 1]], [[-1, 2], [2, 0]])


def issue(name: str, tables: Tables) -> Issue:
    """An issue whose status quo are the last acts of both."""
    rows, columns = np.shape(tables[0])
    return matrix_issue(name, *tables, status_quo=(rows - 1, columns - 1))


def game(*tables: Tables) -> LinkageGame:
    return LinkageGame(PLAYERS, [issue(f"k{k}", pair) for k, pair in enumerate(tables)])


def cournot(actions: int) -> LinkageGame:
    """Price max(4 - q1 - q2, 0), quantities linspace(0, 3, actions), no cost."""
    quantities = [Fraction(3 * i, actions - 1) for i in range(actions)]
    first = [[max(4 - q - r, 0) * q for r in quantities] for q in quantities]
    second = [[max(4 - q - r, 0) * r for r in quantities] for q in quantities]
    return game((first, second))


def flattened(*tables: Tables) -> Tables:
    """Several issues as one matrix game, payoffs added up."""
    first = sum_of([np.asarray(t[0], dtype=object) for t in tables])
    second = sum_of([np.asarray(t[1], dtype=object) for t in tables])
    return first.tolist(), second.tolist()


def sum_of(tables: Sequence[NDArray[Any]]) -> NDArray[Any]:
    total = tables[0]
    for table in tables[1:]:
        rows, columns = total.shape
        total = total[:, None, :, None] + table[None, :, None, :]
        total = total.reshape(rows * len(table), columns * table.shape[1])
    return total


def brute_force(
    tables: Tables, discount: Sequence[float], rounds: int = 3000, change: float = 1e-11
) -> list[Place] | None:
    """Iterate the operator in floats from the box of all payoffs; None if it does not settle."""
    first, second = (np.asarray(t, dtype=float) for t in tables)
    profiles = [
        (first[i, j], second[i, j], first[:, j].max(), second[i, :].max())
        for i, j in itertools.product(range(len(first)), range(first.shape[1]))
    ]
    low, high = (first.min(), second.min()), (first.max(), second.max())
    polygon = [low, (high[0], low[1]), high, (low[0], high[1])]
    d, e = discount
    for _ in range(rounds):
        worst = [min(p[i] for p in polygon) for i in (0, 1)]
        found = []
        for u, v, best_u, best_v in profiles:
            part = cut(polygon, 0, worst[0] + (1 - d) / d * (best_u - u))
            part = cut(part, 1, worst[1] + (1 - e) / e * (best_v - v))
            found += [((1 - d) * u + d * x, (1 - e) * v + e * y) for x, y in part]
        if not found:
            return []
        following = corners(found)
        if away(polygon, following) < change and away(following, polygon) < change:
            return following
        polygon = following
    return None


def cut(polygon: Sequence[Place], axis: int, least: float) -> list[Place]:
    """Keep the part of a polygon with x[axis] >= least."""
    kept: list[Place] = []
    for here, there in zip(polygon, [*polygon[1:], *polygon[:1]], strict=True):
        if here[axis] >= least - 1e-12:
            kept.append(here)
        if (here[axis] - least) * (there[axis] - least) < 0:
            share = (least - here[axis]) / (there[axis] - here[axis])
            x, y = (h + share * (t - h) for h, t in zip(here, there, strict=True))
            kept.append((x, y))
    return kept


def corners(points: Sequence[Place]) -> list[Place]:
    """The convex hull, by gift wrapping over points that differ."""
    fresh: list[Place] = []
    for point in sorted((float(x), float(y)) for x, y in points):
        if not any(abs(point[0] - q[0]) + abs(point[1] - q[1]) < 1e-13 for q in fresh[-8:]):
            fresh.append(point)
    if len(fresh) < 3:
        return fresh
    result = []
    for way in (fresh, fresh[::-1]):
        chain: list[Place] = []
        for p in way:
            while len(chain) > 1 and turn(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        result += chain[:-1]
    return result


def turn(p: Place, q: Place, r: Place) -> float:
    return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])


def away(points: Sequence[Place], polygon: Sequence[Place]) -> float:
    """The largest distance of points from a polygon, by its support in many directions."""
    if not len(points):
        return 0.0
    if not len(polygon):
        return float("inf")
    angles = np.linspace(0, 2 * np.pi, 721)
    ways = np.stack([np.cos(angles), np.sin(angles)])
    ours = (np.asarray(points, dtype=float) @ ways).max(axis=0)
    theirs = (np.asarray(polygon, dtype=float) @ ways).max(axis=0)
    return float(max((ours - theirs).max(), 0.0))
