"""The frontier of issues that interact, asked for one slope at a time.

Starting from each player's best joint outcome, the slope of the chord between two known points
is put to the component; either it answers with a point beyond the chord, or the chord is an edge.
"""

from __future__ import annotations

import numpy as np

from bargaining.geometry.hull import Edges
from bargaining.geometry.marginals import Component


def component_chain(
    component: Component, columns: tuple[int, int]
) -> tuple[list[tuple[int, int]], tuple[dict[int, int], ...]]:
    """Corner points of a component's frontier, by asking at the slope of each chord.

    Returns
    -------
    points : list of (x, y)
        Whole-number gains from the second player's best point to the first's.
    chosen : tuple of dict
        An outcome per issue for each of them.
    """
    players = next(iter(component.tables.values())).shape[-1]
    reach = 1 + 2 * sum(int(abs(t).max()) for t in component.tables.values())

    def ask(wx: int, wy: int) -> tuple[tuple[int, int], dict[int, int]]:
        weights = [0] * players
        weights[columns[0]] += wx
        weights[columns[1]] += wy
        _, chosen = component.best(weights)
        gained = component.gains(chosen)
        return (gained[columns[0]], gained[columns[1]]), chosen

    left, right = ask(1, reach), ask(reach, 1)
    found = [left]
    stack = [(left, right)]
    while stack:
        (p, pc), (q, qc) = stack.pop()
        if p == q:
            continue
        wx, wy = p[1] - q[1], q[0] - p[0]
        middle = ask(wx, wy)
        r = middle[0]
        if wx * r[0] + wy * r[1] > wx * p[0] + wy * p[1]:
            stack.append((middle, (q, qc)))
            stack.append(((p, pc), middle))
        else:
            found.append((q, qc))
    return [point for point, _ in found], tuple(chosen for _, chosen in found)


def chain_edges(points: list[tuple[int, int]], block: int, kind: str) -> Edges:
    """Write a chain of corner points as the edges of one block."""
    steps = range(len(points) - 1)
    dtype = np.float64 if kind == "float" else np.int64
    dx = [points[i + 1][0] - points[i][0] for i in steps]
    dy = [points[i + 1][1] - points[i][1] for i in steps]
    if kind == "big" or any(abs(v) >= 2**30 for v in (*dx, *dy)):
        dtype = object  # type: ignore[assignment]
    index = np.arange(len(points), dtype=np.intp)
    return Edges(
        np.full(len(dx), block, dtype=np.intp),
        index[:-1],
        index[1:],
        np.array(dx, dtype=dtype),
        np.array(dy, dtype=dtype),
    )
