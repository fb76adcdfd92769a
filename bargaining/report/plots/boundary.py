"""Lines between different answers on a lattice, through points located on its edges.

The way of marching squares, with the crossings given and not interpolated: each cell of the lattice
is crossed by straight pieces from one of its edges to another, and pieces that meet are chained.
Where three answers meet, the pieces go to the middle of the cell's crossings.

References
----------
Lorensen, W. and Cline, H. (1987). Marching cubes. Computer Graphics 21(4).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

Point = tuple[float, float]
Edge = tuple[str, int, int]
"""("across" or "up", row, column) of the node where it starts."""


def segments(codes: list[list[Any]], crossings: dict[Edge, Point]) -> Iterator[tuple[Point, Point]]:
    """Join the crossings around each cell of a lattice by straight pieces.

    Parameters
    ----------
    codes : list of list
        The answers at the nodes, rows upwards.
    crossings : dict of Edge to Point
        Where the answer changes on the lattice's edges.

    Examples
    --------
    >>> list(segments([[0, 1], [0, 1]], {("across", 0, 0): (0.3, 0), ("across", 1, 0): (0.4, 1)}))
    [((0.3, 0), (0.4, 1))]
    """
    for i, j in itertools.product(range(len(codes) - 1), range(len(codes[0]) - 1)):
        around: list[Edge] = [
            ("across", i, j),
            ("up", i, j + 1),
            ("across", i + 1, j),
            ("up", i, j),
        ]
        points = [crossings[edge] for edge in around if edge in crossings]
        corners = {codes[i][j], codes[i][j + 1], codes[i + 1][j + 1], codes[i + 1][j]}
        if len(points) == 2:
            yield points[0], points[1]
        elif len(points) == 4 and len(corners) == 2:
            yield points[3], points[0]
            yield points[1], points[2]
        elif len(points) > 2:  # three answers meet
            middle = tuple(float(np.mean([point[k] for point in points])) for k in (0, 1))
            for point in points:
                yield point, (middle[0], middle[1])


def joined(pieces: list[tuple[Point, Point]]) -> Iterator[tuple[Point, ...]]:
    """Chain pieces that share an end into lines.

    Examples
    --------
    >>> list(joined([((0, 0), (1, 1)), ((2, 1), (1, 1))]))
    [((0, 0), (1, 1), (2, 1))]
    """
    at: dict[Point, list[int]] = {}
    for k, piece in enumerate(pieces):
        for point in piece:
            at.setdefault(point, []).append(k)
    left = set(range(len(pieces)))
    # Lines begin at ends and junctions; what is left after those are closed lines.
    starts = [point for point, around in at.items() if len(around) != 2] + list(at)
    for start in starts:
        for first in at[start]:
            if first not in left:
                continue
            line, k = [start], first
            while True:
                left.discard(k)
                one, other = pieces[k]
                line.append(other if one == line[-1] else one)
                onward = [n for n in at[line[-1]] if n in left]
                if len(at[line[-1]]) != 2 or not onward:
                    break
                k = onward[0]
            yield tuple(line)
