"""What is known of a payoff set while it is searched: an inner set, and a chain of outer ones."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.repeated.inner import Decomposition
from bargaining.equilibrium.repeated.jump import Jump
from bargaining.equilibrium.repeated.play import Floats, Play, hull_of
from bargaining.equilibrium.repeated.polygon import Point, Polygon, distance, edges, hull, support
from bargaining.equilibrium.repeated.region import AXES, Region, possible


@dataclass(frozen=True, eq=False)
class Link:
    """A region of the chain.

    Attributes
    ----------
    region : Region
    how : str
        ``"start"``, ``"cut"`` (other half-planes, the same or a larger set), ``"step"`` or
        ``"jump"``.
    aims : tuple of Fraction
        The levels that a jump aims at.
    stop : Fraction
        The share of the way that is left where it stops.
    """

    region: Region
    how: str
    aims: tuple[Fraction, ...] = ()
    stop: Fraction = Fraction(1)


@dataclass(eq=False)
class Search:
    """What is known so far about the payoff set of a package.

    Attributes
    ----------
    play : Play
    chain : list of Link
    active : ndarray of int
        Profiles that the last region does not exclude.
    inner : list of corners
        The best inner set so far.
    ways : tuple of decompositions
        One per corner of it.
    """

    play: Play
    chain: list[Link]
    active: NDArray[np.intp]
    inner: Polygon = field(default_factory=list)
    ways: tuple[Decomposition, ...] = ()
    empty: bool = False
    deadline: float = math.inf

    @property
    def region(self) -> Region:
        """The smallest region proved."""
        return self.chain[-1].region

    @property
    def gap(self) -> float:
        """How far the outer set reaches beyond the inner one, in coordinates, up to rounding."""
        return self._gap(self.inner)

    def _gap(self, inner: Polygon) -> float:
        outer = self.region.corners
        if set(outer) == set(inner):
            return 0.0
        rough = ([(float(x), float(y)) for x, y in corners] for corners in (outer, inner))
        return distance(*rough)

    def over(self, tolerance: float) -> bool:
        """Whether nothing is left to do, or no time to do it."""
        return self.empty or time.monotonic() > self.deadline or self.gap <= tolerance

    def keep(self, inner: Polygon, ways: tuple[Decomposition, ...]) -> None:
        """Keep an inner set if it is better than the last one."""
        if self._gap(inner) <= self.gap:
            self.inner, self.ways = inner, ways

    def add(self, region: Region, how: str) -> None:
        """Append a region."""
        self.append(Link(region, how))

    def take(self, wide: Region, found: Jump) -> None:
        """Append the region that a jump reaches from another that holds the last one."""
        if found.region is not wide:
            if wide is not self.region:
                self.add(wide, "cut")
            self.append(Link(found.region, "jump", found.aims, found.stop))

    def append(self, link: Link) -> None:
        """Append a link, and forget the profiles that it excludes."""
        region = link.region
        self.chain.append(link)
        self.active = possible(self.play, region, self.active)
        self.empty = not len(self.active) or not region.corners


Goal = Callable[[Search], bool]


def begin(play: Play) -> Search:
    """Return the first region."""
    stage = play.stage
    count = np.arange(len(stage))
    levels = [max(stage.exact_u(int(k))[i] for k in _extremes(stage.vectors[:, i])) for i in (0, 1)]
    for i in (0, 1):
        least = int(np.argmin(stage.vectors[:, i] + stage.vectors[:, 2 + i]))
        levels.append(-stage.exact_u(least)[i] - stage.exact_h(least)[i])
    normals = list(AXES)
    if play.common:
        corners = hull(stage.exact_u(int(k)) for k in hull_of(stage.u))
        for line in edges(corners) if len(corners) > 1 else []:
            normal = scaled(line[:2])
            if normal not in normals:
                normals.append(normal)
                levels.append(highest(play, normal))
    found = Search(play, [], count)
    found.add(Region(tuple(normals), tuple(levels)), "start")
    return found


def _extremes(column: NDArray[np.int64]) -> tuple[int]:
    return (int(np.argmax(column)),)


def highest(play: Play, normal: Point) -> Fraction:
    """Return the largest a u1 + b u2 over all profiles, exactly."""
    values = play.stage.u @ np.array([float(normal[0]), float(normal[1])])
    near = np.flatnonzero(values >= values.max() - 1e-12)
    exact = (play.stage.exact_u(int(k)) for k in near)
    return max(Fraction(normal[0] * x + normal[1] * y) for x, y in exact)


def scaled(normal: Point) -> Point:
    """Scale a direction so that its larger entry is 1 or -1: parallel directions become equal."""
    size = max(abs(Fraction(normal[0])), abs(Fraction(normal[1])))
    return Fraction(normal[0]) / size, Fraction(normal[1]) / size


def widened(region: Region, normals: Iterable[Point]) -> Region:
    """Return the same set with more half-planes that just touch it."""
    extra = [n for n in dict.fromkeys(normals) if n not in region.normals]
    levels = [support(region.corners, n) for n in extra]
    return Region((*region.normals, *extra), (*region.levels, *levels))


def trimmed(region: Region) -> Region:
    """Leave out half-planes that touch the set in a corner only; the axes stay, and fit closely."""
    corners = region.corners
    kept = []
    for k, (n, s) in enumerate(zip(region.normals, region.levels, strict=True)):
        touching = sum(1 for x, y in corners if n[0] * x + n[1] * y == s)
        if k < len(AXES) or touching > 1:
            kept.append(k)
    levels = [support(corners, region.normals[k]) for k in kept]
    return Region(tuple(region.normals[k] for k in kept), tuple(levels))


def floats(corners: Polygon) -> Floats:
    """Return corners as an array."""
    return np.array([[float(x), float(y)] for x, y in corners])
