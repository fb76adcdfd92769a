"""Outer sets with proofs: polygons that certainly hold every sustainable payoff.

A region is a list of half-planes n_k . x <= s_k in fractions; the first four are the axes'.
Whatever V is, if V lies in W then V, the hull of B(V), lies in the hull of B(W); so each s_k may be
lowered to the largest n_k . v over B(W).  For profile a this is a linear programme in w with the
half-planes of W and w_i >= p_i + h_i (1-d_i)/d_i as constraints.  Any multipliers y, z >= 0 with
sum_j y_j n_j - z = d n_k bound it:

    n_k . v <= n_k . (1-d) u(a) + sum_j y_j s_j - sum_i z_i (p_i + h_i (1-d_i)/d_i),

and in the plane two multipliers suffice.  The profile is out if n . (p + h (1-d)/d) > s for some
half-plane with n >= 0.

**Jumps.** Iteration crawls where a small change of the game would create a payoff set (the ghost of
a fixed point).  For levels s0 <= s1 let W(c) have the levels s0 + c (s1 - s0).  If V lies in W(1),
and for every c in (g, 1] the set B(W(c)) satisfies n_k . v < s_k(c) strictly for every k with
s0_k < s1_k, then V lies in W(g): at the least c >= g with V in W(c), V = hull of B(V) would lie
strictly inside those half-planes, and in W(1) as regards the others, so a smaller c would do too.
Each of the bounds above is linear in c, so the c at which all bounds of a profile fail to be strict
form an interval, and the largest of its upper ends over profiles and half-planes is g: no search.

Floats with a margin for their rounding decide all but close cases; those are decided in fractions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.repeated.play import Floats, Play
from bargaining.equilibrium.repeated.polygon import Point, Polygon, meet

AXES: tuple[Point, ...] = tuple(
    (Fraction(a), Fraction(b)) for a, b in ((1, 0), (0, 1), (-1, 0), (0, -1))
)
MARGIN = 4e-15
"""Rounding of a bound, relative to the size of its terms."""
BATCH = 200
"""Profiles bounded at a time, the most promising first."""
PARALLEL = 1e-15
"""Angle up to which a normal is taken for the direction itself."""
CLOSE = 1e-12
"""Angle within which floats do not tell on which side of a direction a normal lies."""
STEEP = 1e9
"""Multipliers beyond this are left out."""
GRID = 2**70
"""Levels are rounded up to multiples of 1 / GRID where they need not be exact."""


@dataclass(frozen=True, eq=False)
class Region:
    """An intersection of half-planes in the coordinates of a stage.

    Attributes
    ----------
    normals : tuple of pairs of Fraction
        The axes' first: right, up, left, down.
    levels : tuple of Fraction
    """

    normals: tuple[Point, ...]
    levels: tuple[Fraction, ...]

    @cached_property
    def n(self) -> Floats:
        """Normals as floats."""
        return np.array([[float(a), float(b)] for a, b in self.normals])

    @cached_property
    def s(self) -> Floats:
        """Levels as floats."""
        return np.array([float(level) for level in self.levels])

    @cached_property
    def corners(self) -> Polygon:
        """The corners, exactly; none if the half-planes have nothing in common."""
        right, up, left, down = self.levels[:4]
        if right < -left or up < -down:
            return []
        box = [(-left, -down), (right, -down), (right, up), (-left, up)]
        lines = [(a, b, s) for (a, b), s in zip(self.normals, self.levels, strict=True)]
        return meet(lines[4:], _distinct(box))

    @property
    def floor(self) -> tuple[Fraction, Fraction]:
        """The worst payoffs in the region, or less."""
        return -self.levels[2], -self.levels[3]


def _distinct(corners: Polygon) -> Polygon:
    return list(dict.fromkeys(corners))


class Bounds(NamedTuple):
    """Multipliers for one direction: sum of y_j n_j - z equals the direction.

    Attributes
    ----------
    j, m : ndarray of int, shape (bounds,)
        The two half-planes used.
    y, x : ndarray, shape (bounds,)
        Their multipliers.
    z : ndarray, shape (bounds, 2)
        Multipliers of the two incentive constraints.
    slip : ndarray, shape (bounds,)
        By how much the sum misses the direction: as much must be added to the bound, since no
        coordinate exceeds 1.
    """

    j: NDArray[np.intp]
    m: NDArray[np.intp]
    y: Floats
    x: Floats
    z: Floats
    slip: Floats


def bounds(region: Region, direction: Point) -> Bounds:
    """List the multipliers that may bound a direction best."""
    normals = region.n
    q = np.array([float(direction[0]), float(direction[1])])
    every = np.arange(len(normals))
    zero = np.zeros(len(normals))
    rows = []
    turned = normals[:, 0] * q[1] - normals[:, 1] * q[0]
    angle = np.arctan2(turned, normals @ q)
    near = int(np.argmin(np.abs(angle)))
    if abs(angle[near]) < PARALLEL:
        share = np.hypot(*q) / np.hypot(*normals[near])
        rows.append((every[[near]], every[[near]], np.array([share]), zero[:1], np.zeros((1, 2))))
    else:
        mixed = _around(region.normals, direction, angle)
        if mixed is not None:
            right, left = mixed
            shares = [np.array([float(mixed[k])]) for k in (right, left)]
            rows.append((every[[right]], every[[left]], shares[0], shares[1], np.zeros((1, 2))))
    for axis in (0, 1):
        own, other = q[axis], q[1 - axis]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            y = other / normals[:, 1 - axis]
            y = np.where(np.isfinite(y), y, -1.0)
            z = y * normals[:, axis] - own
        good = (y >= 0) & (z >= 0) & (y + z < STEEP)
        both = np.zeros((int(good.sum()), 2))
        both[:, axis] = z[good]
        rows.append((every[good], every[good], y[good], zero[: len(both)], both))
    if np.all(q <= 0):
        rows.append((every[:1], every[:1], zero[:1], zero[:1], -q[None]))
    j, m, y, x, z = (np.concatenate(part) for part in zip(*rows, strict=True))
    miss = y[:, None] * normals[j] + x[:, None] * normals[m] - z - q
    return Bounds(j, m, y, x, z, np.abs(miss).sum(axis=1))


def exact_bounds(
    normals: Sequence[Point], direction: Point
) -> Iterator[tuple[dict[int, Fraction], tuple[Fraction, Fraction]]]:
    """Yield multipliers (y by half-plane, z) for one direction in fractions."""
    q1, q2 = direction
    none = (Fraction(0), Fraction(0))
    for j, (a, b) in enumerate(normals):
        turned = a * q2 - b * q1
        if turned == 0 and a * q1 + b * q2 > 0:
            yield {j: q1 / a if a else q2 / b}, none
        for axis, (own, other, mine, theirs) in enumerate(((q1, q2, a, b), (q2, q1, b, a))):
            if theirs and other / theirs >= 0:
                y = other / theirs
                z = y * mine - own
                if z >= 0:
                    yield {j: y}, ((z, Fraction(0)) if axis == 0 else (Fraction(0), z))
    if q1 <= 0 and q2 <= 0:
        yield {}, (-q1, -q2)
    n = np.array([[float(a), float(b)] for a, b in normals])
    q = np.array([float(q1), float(q2)])
    angle = np.arctan2(n[:, 0] * q[1] - n[:, 1] * q[0], n @ q)
    pairs = _around(normals, direction, angle)
    if pairs is not None:
        yield pairs, none


def _around(
    normals: Sequence[Point], direction: Point, angle: Floats
) -> dict[int, Fraction] | None:
    """Write a direction exactly as a mixture of the normals on both sides of it.

    Floats tell which ones are near; fractions, which two of these have it between them.
    """
    near = [int(k) for k in np.argsort(np.abs(angle), kind="stable")]
    first = [k for k in near if angle[k] >= -CLOSE][:3]
    second = [k for k in near if angle[k] <= CLOSE][:3]
    q1, q2 = direction
    for right in first:
        (a, b) = normals[right]
        for left in second:
            (c, d) = normals[left]
            area = a * d - b * c
            if area > 0:
                y, x = (q1 * d - q2 * c) / area, (a * q2 - b * q1) / area
                if y >= 0 and x >= 0:
                    return {right: y, left: x}
    return None


def possible(play: Play, region: Region, active: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the profiles that are not certainly out; others never come back in smaller sets."""
    need = play.need[active] + np.array([float(p) for p in region.floor])
    upward = np.flatnonzero(np.all(region.n >= 0, axis=1))
    excess = need @ region.n[upward].T - region.s[upward]
    slack = 10 * MARGIN * (1 + np.abs(need).max(axis=1, initial=0))
    return active[np.all(excess <= slack[:, None], axis=1)]


def lowered(
    play: Play, region: Region, active: NDArray[np.intp], normals: Sequence[Point]
) -> Region:
    """Return the half-planes that certainly hold B of a region (one step of iteration).

    Parameters
    ----------
    play : Play
    region : Region
    active : ndarray of int
        All profiles not certainly out.
    normals : sequence of pairs of Fraction
        Directions of the new region, the axes' first; where the old one has the same direction
        its level is kept if lower.
    """
    known = dict(zip(region.normals, region.levels, strict=True))
    floor = np.array([float(p) for p in region.floor])
    need = play.need[active] + floor
    size = 1 + np.abs(need)
    found = []
    for normal in normals:
        n = np.array([float(normal[0]), float(normal[1])])
        d = play.discount
        b = bounds(region, (d[0] * normal[0], d[1] * normal[1]))
        fixed = b.y * region.s[b.j] + b.x * region.s[b.m] + b.slip
        reach = b.y * np.abs(region.s[b.j]) + b.x * np.abs(region.s[b.m])
        paid = play.now[active] @ n
        top = -np.inf
        crude = paid + fixed[0] - need @ b.z[0]
        order = np.argsort(-crude)
        for begin in range(0, len(order), BATCH):
            part = order[begin : begin + BATCH]
            if crude[part[0]] + MARGIN * (8 + 2 * reach[0] + float(size[part[0]] @ b.z[0])) <= top:
                break
            over = fixed[None] - need[part] @ b.z.T
            over += MARGIN * (4 + 2 * reach[None] + size[part] @ b.z.T)
            top = max(top, float((paid[part] + over.min(axis=1)).max()))
        level = known.get(normal)
        if np.isfinite(top) and (level is None or top < level):
            level = ceiling(Fraction(top))
        if level is None:
            level = max((a * normal[0] + c * normal[1] for a, c in region.corners))
        found.append(level)
    return Region(tuple(normals), tuple(found))


def ceiling(value: Fraction) -> Fraction:
    """Round a level up to a short fraction.

    >>> ceiling(Fraction(1, 3)) > Fraction(1, 3)
    True
    """
    return Fraction(-((-value.numerator * GRID) // value.denominator), GRID)
