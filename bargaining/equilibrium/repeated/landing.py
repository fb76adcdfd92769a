"""Proving a guess: as an inner set, and as an outer one by jumps towards it.

A guess whose corners can be told exactly is proved as it stands, and then often the outer set lands
on it.  Otherwise it is proved a little smaller, and the outer set lands on it a little larger: in
the direction in which larger sets shrink (see :mod:`.guess`), or by :mod:`.margins`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from bargaining.equilibrium.repeated.guess import Guess
from bargaining.equilibrium.repeated.inner import Hint, decomposed
from bargaining.equilibrium.repeated.jump import jump
from bargaining.equilibrium.repeated.margins import larger, smaller
from bargaining.equilibrium.repeated.play import Floats, Play, feasible, generate, hull_of
from bargaining.equilibrium.repeated.polygon import Point, Polygon, edges, hull, support
from bargaining.equilibrium.repeated.region import AXES, Region
from bargaining.equilibrium.repeated.search import Search, scaled, widened
from bargaining.equilibrium.repeated.sharpen import sharpened

MARGINS = (1e-11, 1e-10, 1e-9, 1e-8)
NEAR = 1e-7
"""Directions closer than this count as repeated."""
SHIFTS = tuple(10.0**-k for k in range(13, 4, -1))
"""By how much guesses are shrunk or enlarged, least first."""


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
        if ways is None and len(found.corners) > 2:
            _surround(search, found)
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


def _surround(search: Search, found: Guess) -> None:
    """Prove sets a little smaller and larger than a guess, the closest ones first."""
    play, corners, active = search.play, found.corners, search.active
    near = feasible(play, corners - 1e-6 * (corners.mean(axis=0) - corners), active)
    for margin in MARGINS:
        inner = smaller(play, corners, near, margin, search.deadline)
        if inner is not None and _begins(search, inner):
            break
    for margin in MARGINS:
        outer = larger(play, corners, near, margin, search.deadline)
        if outer is not None and towards(search, hull(rational(outer))):
            break


def _begins(search: Search, inner: Floats) -> bool:
    """Prove an inner set, and keep it."""
    play = search.play
    begun = generate(play, inner, search.active, tight=False)
    around = hull_of(begun.points)
    promises = (begun.points[around] - play.now[begun.profiles[around]]) / play.d
    hints = list(zip(begun.profiles[around].tolist(), map(tuple, promises.tolist()), strict=True))
    corners = rational(inner)
    ways = decomposed(play, corners, hints)
    if ways is not None:
        search.keep(corners, ways)
    return ways is not None


def rational(corners: Floats) -> Polygon:
    """Read floats as the fractions they are."""
    return hull((Fraction(x), Fraction(y)) for x, y in corners.tolist())


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
    return rational(found.corners + shift * found.outward)


def hints_of(play: Play, found: Guess) -> list[Hint]:
    """Return the profiles that begin a guess's corners, with the promises they make."""
    promises = (found.corners - play.now[found.profiles]) / play.d
    return list(zip(found.profiles.tolist(), map(tuple, promises.tolist()), strict=True))


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
