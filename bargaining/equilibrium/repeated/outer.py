"""The outer set: a chain of regions, each proved from the one before.

1. Start: nobody is held below his pure minmax payoff min over a of (u_i + h_i), since he gets at
   least (1-d)(u_i + h_i) + d p_i; and under a common factor payoffs are averages of the stage's.
2. Guess V and jump towards the guess, slightly enlarged unless it is known exactly.
3. Otherwise take a step of plain iteration, with half-planes that fit its result, and jump on in
   the direction of that step.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.repeated.guess import FINEST, Effort, Guess, guess
from bargaining.equilibrium.repeated.inner import Decomposition, Hint, decomposed
from bargaining.equilibrium.repeated.jump import Jump, jump
from bargaining.equilibrium.repeated.play import Floats, Play, generate, hull_of
from bargaining.equilibrium.repeated.polygon import Point, Polygon, distance, edges, hull, support
from bargaining.equilibrium.repeated.region import AXES, Region, lowered, possible
from bargaining.equilibrium.repeated.sharpen import sharpened

SHORT = 2**40
"""Proposed normals are rounded to multiples of 1 / SHORT."""
COARSE = (1e-9, 1e-10, 1e-11, FINEST)
MAX_LINES = 160
NEAR = 1e-7
SHIFTS = tuple(10.0**-k for k in range(13, 4, -1))
"""By how much guesses are shrunk or enlarged, least first."""


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
        """How far the outer set reaches beyond the inner one, in coordinates."""
        return distance(self.region.corners, self.inner)

    def over(self, tolerance: float) -> bool:
        """Whether nothing is left to do, or no time to do it."""
        return self.empty or time.monotonic() > self.deadline or self.gap <= tolerance

    def keep(self, inner: Polygon, ways: tuple[Decomposition, ...]) -> None:
        """Keep an inner set if it is better than the last one."""
        if distance(self.region.corners, inner) <= self.gap:
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


def narrow(
    search: Search,
    *,
    tolerance: float,
    deadline: float,
    rounds: int,
    goal: Goal | None = None,
) -> None:
    """Shrink the outer set and grow the inner one until they agree.

    Parameters
    ----------
    search : Search
    tolerance : float
        Largest distance between them, in coordinates.
    deadline : float
        On the clock of :func:`time.monotonic`.
    rounds : int
    goal : callable, optional
        Says of the search whether enough is known.
    """
    search.deadline = deadline
    for number in range(rounds):
        if search.over(tolerance) or (goal is not None and goal(search)):
            return
        corners = floats(search.region.corners)
        effort = effort_of(search.play, number)
        found = guess(search.play, corners, search.active, effort=effort, deadline=deadline)
        if found is not None and len(found.corners):
            land(search, found)
        if search.over(tolerance) or (goal is not None and goal(search)):
            return
        step(search)


def effort_of(play: Play, number: int) -> Effort:
    """Return how to guess in a round.

    Where players trade over time the set may have corners without number: coarse guesses first.
    """
    if play.common:
        return Effort(leap=number % 2 == 0)
    return Effort(leap=number % 2 == 0, height=COARSE[min(number, len(COARSE) - 1)])


def land(search: Search, found: Guess) -> None:
    """Prove a guess as an inner set, and as an outer one by jumps towards it."""
    play = search.play
    exact = sharpened(play, found)
    ways = decomposed(play, exact, hints_of(play, found)) if exact else None
    if ways is not None:
        search.keep(exact, ways)
        if towards(search, exact):
            return
    if found.outward is None:
        return
    if ways is None:
        _shrunk(search, found)
    failed = []
    for shift in SHIFTS:
        if time.monotonic() > search.deadline:
            return
        if towards(search, _moved(found, shift)):
            break
        failed.append(shift)
    else:
        return
    for shift in reversed(failed):
        if time.monotonic() > search.deadline or not towards(search, _moved(found, shift)):
            break
    if ways is not None:
        towards(search, exact)


def hints_of(play: Play, found: Guess) -> list[Hint]:
    """Return the profiles that begin a guess's corners, with the promises they make."""
    promises = (found.corners - play.now[found.profiles]) / play.d
    return list(zip(found.profiles.tolist(), map(tuple, promises.tolist()), strict=True))


def _shrunk(search: Search, found: Guess) -> None:
    for shift in SHIFTS:
        if time.monotonic() > search.deadline:
            return
        inner = _moved(found, -shift)
        ways = decomposed(search.play, inner, hints_of(search.play, found))
        if ways is not None:
            search.keep(inner, ways)
            return


def _moved(found: Guess, shift: float) -> Polygon:
    assert found.outward is not None
    moved = found.corners + shift * found.outward
    return hull((Fraction(x), Fraction(y)) for x, y in moved.tolist())


def towards(search: Search, target: Polygon) -> bool:
    """Jump from the last region towards a polygon; True if it is reached."""
    normals = [scaled(line[:2]) for line in edges(target)]
    wide = _without(widened(search.region, normals), normals)
    aims = [support(target, n) for n in wide.normals]
    found = jump(search.play, wide, aims, search.active)
    search.take(wide, found)
    return all(
        level <= aim or not (n in AXES or n in normals)
        for n, level, aim in zip(wide.normals, found.region.levels, aims, strict=True)
    )


def _without(region: Region, normals: Sequence[Point]) -> Region:
    """Leave out half-planes that nearly repeat a direction: they would hold up a jump."""
    n = region.n
    kept = list(range(len(AXES)))
    fresh = np.array([[float(a), float(b)] for a, b in normals])
    for k in range(len(AXES), len(n)):
        near = np.abs(fresh - n[k]).max(axis=1) < NEAR
        if not near.any() or region.normals[k] in normals:
            kept.append(k)
    return Region(tuple(region.normals[k] for k in kept), tuple(region.levels[k] for k in kept))


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


def step(search: Search) -> None:
    """Take a step of plain iteration, and jump on in its direction."""
    play = search.play
    region = trimmed(search.region)
    search.add(region, "cut")
    corners = floats(region.corners)
    begun = generate(play, corners, search.active, tight=False)
    normals: Sequence[Point] = region.normals
    if len(begun.points):
        fresh = begun.points[hull_of(begun.points, 1e-14)]
        normals = [*region.normals, *_directions(fresh)][:MAX_LINES]
    wide = widened(region, normals)
    search.add(wide, "cut")
    lower = lowered(play, wide, search.active, wide.normals)
    search.add(lower, "step")
    for length in (1, 10, 100, 1_000, 10_000):
        if search.empty:
            return
        region = search.region
        aims = [
            low - length * (high - low)
            for low, high in zip(region.levels, wide.levels, strict=True)
        ]
        found = jump(play, region, aims, search.active)
        search.take(region, found)
        if found.stop:
            return


def _directions(corners: Floats) -> list[Point]:
    """Return the outward normals of a polygon's edges, rounded."""
    edge = np.roll(corners, -1, axis=0) - corners
    found = []
    for dx, dy in edge.tolist():
        size = max(abs(dx), abs(dy))
        if size > 1e-12:
            a, b = round(dy / size * SHORT), round(-dx / size * SHORT)
            found.append(scaled((Fraction(a), Fraction(b))))
    return found
