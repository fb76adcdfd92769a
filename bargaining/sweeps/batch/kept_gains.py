"""The Nash settlement of a small package under the requirement of enforcement, along the rows.

Shares that meet both conditions form a polytope, and the settlement lies between two of its
corners.  Packages of up to three outcomes besides the status quo have so few corners that all are
looked at; at the rates 1 / gains no corner may be worth more than 2.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.sweeps.batch.bounded import Bounded
from bargaining.sweeps.batch.lasting import Able
from bargaining.sweeps.batch.temptations import BEYOND, Columns, Doubt

MAX_COLUMNS = 3
FLAT = 1e-9
"""Corners of planes that meet at a smaller angle are not trusted."""
TIGHT = 1e-12
PROOF = 1e-10
Floats = NDArray[np.float64]
Point = tuple[Floats, Floats]
Plane = tuple[list[Floats], float]
"""Coefficients c and a bound b: c·shares >= b."""


def kept_gains(
    columns: Columns, owners: Sequence[int], factors: tuple[Bounded, Bounded], able: Able
) -> tuple[Floats, Floats, Doubt]:
    """Return both players' gains, and doubt.

    Parameters
    ----------
    columns : Columns
        At most three.
    owners : sequence of int
        To which part each column belongs.
    factors : tuple of two Bounded, shape (rows,)
    able : Able
        Who can gain.

    Examples
    --------
    Guns for fentanyl at 7/10: the conditions are met by the Nash settlement itself.

    >>> from bargaining.sweeps.batch.bounded import known
    >>> gains = ((known([-4.0]), known([5.0])), (known([6.0]), known([-3.0])))
    >>> tempted = ((known([4.0]), known([0.0])), (known([0.0]), known([3.0])))
    >>> columns = Columns(gains, tempted, np.zeros(1, dtype=np.int8))
    >>> yes = np.array([True])
    >>> both = (known([0.7]), known([0.7]))
    >>> found = kept_gains(columns, (0, 1), both, Able((yes, yes), columns.doubt))
    >>> [gain.round(12).tolist() for gain in found[:2]]
    [[1.5], [2.25]]
    """
    rows = len(columns.doubt)
    if not owners:
        return np.zeros(rows), np.zeros(rows), able.doubt
    worth = [[g.floats() for g in mine] for mine in columns.gains]
    points, feasible, unsure = _corners(_planes(columns, owners, factors), worth)
    with np.errstate(all="ignore"):
        first, second = _best(points, feasible)
        rates = (1 / first, 1 / second)
        most = np.full(rows, -np.inf)
        top = [np.zeros(rows), np.zeros(rows)]
        for (x, y), inside in zip(points, feasible, strict=True):
            most = np.where(inside, np.maximum(most, x * rates[0] + y * rates[1]), most)
            top = [np.where(inside, np.maximum(t, z), t) for t, z in zip(top, (x, y), strict=True)]
    both = able.gains[0] & able.gains[1]
    proved = (first > 0) & (second > 0) & (np.abs(most - 2) <= PROOF)
    gains = [
        np.where(both, mine, np.where(can, best, 0.0))
        for mine, can, best in zip((first, second), able.gains, top, strict=True)
    ]
    some = able.gains[0] | able.gains[1]
    open_ = (some & unsure) | (both & ~proved)
    linear = np.where(some, columns.doubt, 0)
    doubt = np.where(open_, BEYOND, np.maximum(able.doubt, linear)).astype(np.int8)
    return gains[0], gains[1], doubt


def _planes(
    columns: Columns, owners: Sequence[int], factors: tuple[Bounded, Bounded]
) -> list[Plane]:
    """Return what shares must meet: none negative, parts not above 1, both conditions."""
    count, rows = len(owners), len(columns.doubt)
    zero, one = np.zeros(rows), np.ones(rows)
    planes: list[Plane] = [([one if k == c else zero for k in range(count)], 0.0)
                           for c in range(count)]  # fmt: skip
    parts = sorted(set(owners))
    planes += [([-one if owner == part else zero for owner in owners], -1.0) for part in parts]
    for i in (0, 1):
        worth = [
            (factors[i] * (g + t) - t).floats()
            for g, t in zip(columns.gains[i], columns.tempted[i], strict=True)
        ]
        size = np.max(np.abs(worth), axis=0)
        size = np.where(size > 0, size, 1.0)
        planes.append(([w / size for w in worth], 0.0))
    return planes


def _corners(
    planes: Sequence[Plane], worth: Sequence[Sequence[Floats]]
) -> tuple[list[Point], list[Any], Any]:
    """Return what every corner is worth to the players, where it is one, and unsure rows."""
    count = len(worth[0])
    rows = len(worth[0][0])
    nothing = [np.zeros(rows)] * count
    shares = [(nothing, np.ones(rows, dtype=bool))]
    unsure = np.zeros(rows, dtype=bool)
    for chosen in itertools.combinations(planes, count):
        if not any(bound for _, bound in chosen):
            continue  # these meet at the status quo
        matrix = [coefficients for coefficients, _ in chosen]
        bounds = [np.full(rows, bound) for _, bound in chosen]
        with np.errstate(all="ignore"):
            whole = _determinant(matrix)
            unsure |= (whole != 0) & (np.abs(whole) < FLAT)
            found = [
                _determinant(
                    [[*row[:c], b, *row[c + 1 :]] for row, b in zip(matrix, bounds, strict=True)]
                )
                / whole
                for c in range(count)
            ]
            inside = whole != 0
            for coefficients, bound in planes:
                inside &= _product(coefficients, found) >= bound - TIGHT
        if inside.any():
            shares.append((found, inside))
    points = [(_product(worth[0], s), _product(worth[1], s)) for s, _ in shares]
    return points, [inside for _, inside in shares], unsure


def _best(
    points: Sequence[tuple[Floats, Floats]], feasible: Sequence[Any]
) -> tuple[Floats, Floats]:
    """Return the point with the largest product on the lines between corners."""
    rows = len(points[0][0])
    best, first, second = np.zeros(rows), np.zeros(rows), np.zeros(rows)
    for a, b in itertools.combinations(range(len(points)), 2):
        inside = feasible[a] & feasible[b]
        (x, y), (to_x, to_y) = points[a], points[b]
        dx, dy = to_x - x, to_y - y
        share = np.clip(-(dx * y + dy * x) / (2 * dx * dy), 0.0, 1.0)
        share = np.where(dx * dy < 0, share, (dx + dy > 0) * 1.0)
        here = (x + share * dx, y + share * dy)
        product = np.where(inside & (here[0] > 0) & (here[1] > 0), here[0] * here[1], 0.0)
        better = product > best
        best = np.where(better, product, best)
        first, second = np.where(better, here[0], first), np.where(better, here[1], second)
    return first, second


def _determinant(rows: Sequence[Sequence[Floats]]) -> Floats:
    """Expand along the first row."""
    if len(rows) == 1:
        return np.asarray(rows[0][0])
    total = np.zeros(len(rows[0][0]))
    for c, entry in enumerate(rows[0]):
        minor = _determinant([[*row[:c], *row[c + 1 :]] for row in rows[1:]])
        total = total + (minor * entry if c % 2 == 0 else -minor * entry)
    return total


def _product(first: Sequence[Floats], second: Sequence[Floats]) -> Floats:
    total = np.zeros(len(first[0]))
    for a, b in zip(first, second, strict=True):
        total = total + a * b
    return total
