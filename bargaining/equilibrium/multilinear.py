"""All roots of a small system of equations that are affine in each variable.

On a box such functions take their extremes at corners, so corner values give exact ranges: a box
on which an equation, or a combination of equations, keeps its sign holds no root.  With the
equations combined so that the system reads G(x) = x - c + R(x), roots lie in c - R(box), which
cuts the box down; if that set is inside the box there is a root in it (Brouwer), and only one if
the slopes of R add up to less than 1 (Krawczyk 1969; Moore 1977).  Boxes for which neither is
shown are halved.  Work is bounded, and what is left undecided is said.

Ranges are computed in floating point and widened by ``MARGIN``, far above its rounding for
functions with values of size 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MARGIN = 1e-12
NARROW = 1e-5
"""Boxes no wider than this are not halved."""
MAX_DOUBTFUL = 30
"""With more undecided narrow boxes the roots form a continuum, and the search ends."""
EDGE = 0.013
"""How far beyond [0, 1] roots are looked for, so that one at 0 or 1 is inside."""
BLOCK = 256
"""Boxes treated at a time."""

Floats = NDArray[np.float64]
Equations = Callable[[Floats], tuple[Floats, Floats]]
"""Points (N, d) to the equations' values (N, d) and those of functions to be <= 0 (N, q)."""


@dataclass(frozen=True, eq=False)
class Roots:
    """The roots found, and whether there can be others.

    Attributes
    ----------
    points : ndarray, shape (roots, variables)
    complete : bool
    boxes : int
        How many boxes were looked at.
    """

    points: Floats
    complete: bool
    boxes: int


def roots(equations: Equations, variables: int, *, most: int) -> Roots:
    """Find the points of [0, 1]^d that solve all equations and violate no inequality.

    Parameters
    ----------
    equations : callable
        Values at points, shape (N, d) to (N, d) and (N, q): affine in each variable, of size
        about 1.
    variables : int
    most : int
        The most boxes to be looked at.

    Examples
    --------
    >>> def system(x):  # xy = 1/6, x + y = 5/6
    ...     return np.stack([x[:, 0] * x[:, 1] - 1 / 6, x.sum(axis=1) - 5 / 6], 1), x[:, :0]
    >>> found = roots(system, 2, most=1000)
    >>> sorted(found.points[:, 0].round(9).tolist()), found.complete
    ([0.333333333, 0.5], True)
    """
    cube = np.array(np.meshgrid(*[[0.0, 1.0]] * variables, indexing="ij")).reshape(variables, -1).T
    low, high = np.full((1, variables), -EDGE), np.full((1, variables), 1 + EDGE)
    found: list[Floats] = []
    complete, looked, undecided = True, 0, 0
    while len(low):
        if looked + len(low) > most or undecided > MAX_DOUBTFUL:
            complete = False
            break
        looked += len(low)
        pending: list[tuple[Floats, Floats]] = []
        for start in range(0, len(low), BLOCK):
            part = slice(start, start + BLOCK)
            proved, doubtful, halves = _look(equations, cube, low[part], high[part])
            found += proved
            complete &= not len(doubtful)
            found += doubtful[:MAX_DOUBTFUL]
            undecided += len(doubtful)
            pending.append(halves)
        low = np.concatenate([a for a, _ in pending])
        high = np.concatenate([b for _, b in pending])
    points = [_polished(equations, point) for point in found]
    return Roots(_distinct(points, variables), complete, looked)


def _look(
    equations: Equations, cube: Floats, low: Floats, high: Floats
) -> tuple[list[Floats], list[Floats], tuple[Floats, Floats]]:
    """Return points of boxes with one root, of undecided narrow ones, and what is to be halved."""
    count, size = low.shape
    corners = low[:, None] + (high - low)[:, None] * cube
    values, limits = equations(corners.reshape(-1, size))
    values, limits = values.reshape(count, len(cube), size), limits.reshape(count, len(cube), -1)
    keep = _may_vanish(values) & np.all((limits <= MARGIN).any(axis=1), axis=1)
    low, high, corners, values = low[keep], high[keep], corners[keep], values[keep]
    middle = (low + high) / 2
    slopes = _slopes(values, high - low)
    means = slopes.mean(axis=1)
    regular = np.abs(np.linalg.det(means)) > 1e-10
    inverse = np.zeros_like(means)
    inverse[regular] = np.linalg.inv(means[regular])
    combined = np.einsum("nij,ncj->nci", inverse, values)
    rest = combined - (corners - middle[:, None])
    slack = MARGIN * (1 + np.abs(inverse).sum(axis=2))
    bottom, top = middle - rest.max(axis=1) - slack, middle - rest.min(axis=1) + slack
    bottom[~regular], top[~regular] = low[~regular], high[~regular]
    bent = np.abs(np.eye(size) - np.einsum("nij,ncjk->ncik", inverse, slopes)).max(axis=1)
    single = regular & (bottom > low).all(axis=1) & (top < high).all(axis=1)
    single &= bent.sum(axis=2).max(axis=1) < 0.99
    empty = (bottom > high).any(axis=1) | (top < low).any(axis=1)
    proved = list((bottom[single & ~empty] + top[single & ~empty]) / 2)
    rest_of = ~single & ~empty
    bottom = np.maximum(bottom, low)[rest_of]
    top = np.maximum(np.minimum(top, high)[rest_of], bottom)
    shrunk = ((top - bottom) < 0.5 * (high - low)[rest_of]).any(axis=1)
    narrow = ((top - bottom) <= NARROW).all(axis=1)
    doubtful = list((bottom[narrow] + top[narrow]) / 2)
    again = shrunk & ~narrow
    split = ~shrunk & ~narrow
    first, second = _halved(bottom[split], top[split])
    lows = np.concatenate([bottom[again], first[0], second[0]])
    highs = np.concatenate([top[again], first[1], second[1]])
    return proved, doubtful, (lows, highs)


def _may_vanish(values: Floats) -> NDArray[np.bool_]:
    """Whether no equation keeps its sign on a box."""
    result: NDArray[np.bool_] = (
        (values.max(axis=1) >= -MARGIN) & (values.min(axis=1) <= MARGIN)
    ).all(axis=1)
    return result


def _slopes(values: Floats, width: Floats) -> Floats:
    """Return the slopes along the edges, shape (boxes, corners, equations, variables)."""
    count, corners, size = values.shape
    table = values.reshape(count, *[2] * size, size)
    result = np.empty((count, corners, size, size))
    for k in range(size):
        step = np.diff(table, axis=k + 1) / width[:, k].reshape(-1, *[1] * (size + 1))
        result[..., k] = np.repeat(step, 2, axis=k + 1).reshape(count, corners, size)
    return result


def _halved(low: Floats, high: Floats) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Halve every box across its longest side, slightly off the middle."""
    lines = np.arange(len(low))
    longest = (high - low).argmax(axis=1) if len(low) else lines
    cut = low[lines, longest] + 0.493 * (high - low)[lines, longest]
    upper, lower = high.copy(), low.copy()
    upper[lines, longest] = cut
    lower[lines, longest] = cut
    return (low, upper), (lower, high)


def _polished(equations: Equations, point: Floats) -> Floats:
    """Take a few Newton steps; slopes of functions affine in each variable are differences."""
    size = len(point)
    for _ in range(8):
        around = np.concatenate([point[None], point + np.eye(size)])
        values, _ = equations(around)
        slopes = (values[1:] - values[0]).T
        if abs(np.linalg.det(slopes)) < 1e-12:
            break
        step = np.linalg.solve(slopes, values[0])
        point = point - step
        if np.abs(step).max() < 1e-16:
            break
    return point


def _distinct(points: list[Floats], variables: int) -> Floats:
    """Drop roots found twice, in boxes that touch."""
    kept: list[Floats] = []
    for point in points:
        if all(np.abs(point - other).max() > 1e-9 for other in kept):
            kept.append(point)
    return np.array(kept).reshape(-1, variables)
