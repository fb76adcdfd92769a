"""How far a region may jump towards smaller levels at once (see :mod:`.region`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.repeated.play import Floats, Play
from bargaining.equilibrium.repeated.region import (
    MARGIN,
    Region,
    bounds,
    ceiling,
    exact_bounds,
)

CLOSE = 1_000
"""The most cases decided in fractions per jump; beyond, floats decide with their margin."""
TINY = 1e-9
"""Where a level has no further to go than this, fractions decide at once."""
STUCK = 0.9
"""Half-planes that stop a jump before this keep their level."""
RETRIES = 8
COARSE = 1e-2
"""Jumps that stop earlier than this need no fractions."""


class Jump(NamedTuple):
    """How far a region may jump.

    Attributes
    ----------
    region : Region
        W(g), with levels rounded up unless g is 0; the region it started from if nothing is
        gained.
    aims : tuple of Fraction
        The levels of W(0): the target's, or the old ones of half-planes that do not move.
    stop : Fraction
        g.
    """

    region: Region
    aims: tuple[Fraction, ...]
    stop: Fraction


def jump(play: Play, region: Region, target: Sequence[Fraction], active: NDArray[np.intp]) -> Jump:
    """Lower the levels of a region towards a target, as far as is proved.

    Half-planes that do not move at first keep their level, so that the others can go on.

    Parameters
    ----------
    play : Play
    region : Region
        W(1), which holds V.
    target : sequence of Fraction
        The levels of W(0).
    active : ndarray of int
        All profiles that W(1) does not exclude.
    """
    aims = [min(a, b) for a, b in zip(target, region.levels, strict=True)]
    for _ in range(RETRIES):
        moving = [k for k, (a, b) in enumerate(zip(aims, region.levels, strict=True)) if a < b]
        if not moving:
            break
        gaps = [float(a - b) for a, b in zip(region.levels, aims, strict=True)]
        ends = np.array([float(v) for v in aims]), np.array(gaps)
        close = {k: _doubtful(play, region, ends, active, k) for k in moving}
        for k in moving:
            if region.levels[k] - aims[k] < TINY and len(close[k][0]) <= CLOSE:
                close[k] = _decided(play, region, aims, k, close[k][0])
        stuck = [k for k in moving if close[k][1].max(initial=0.0) > STUCK]
        if not stuck:
            g = _stop(play, region, aims, close)
            levels = tuple(
                ceiling(aim + g * (level - aim)) if g and aim < level else aim
                for aim, level in zip(aims, region.levels, strict=True)
            )
            return Jump(Region(region.normals, levels), tuple(aims), g)
        for k in stuck:
            aims[k] = region.levels[k]
    return Jump(region, region.levels, Fraction(1))


def _decided(
    play: Play,
    region: Region,
    target: Sequence[Fraction],
    k: int,
    profiles: NDArray[np.intp],
) -> tuple[NDArray[np.intp], Floats]:
    """Decide doubtful profiles in fractions, where the way is too short for floats."""
    lines = exact_lines(play, region, target, k)
    ends = np.array([float(last_failure(play, int(p), lines)) for p in profiles])
    kept = ends > 0
    return profiles[kept], np.minimum(ends[kept] * (1 + 1e-12), 1.0)


def _stop(
    play: Play,
    region: Region,
    target: Sequence[Fraction],
    doubtful: Mapping[int, tuple[NDArray[np.intp], Floats]],
) -> Fraction:
    """Return the g at which the jump stops, close cases decided in fractions."""
    close: list[tuple[float, int, int]] = []
    for k, (profiles, ends) in doubtful.items():
        close += zip(ends.tolist(), [k] * len(ends), profiles.tolist(), strict=True)
    if not close:
        return Fraction(0)
    close.sort(reverse=True)
    if close[0][0] > COARSE:
        return Fraction(close[0][0])
    latest = Fraction(close[CLOSE][0]) if len(close) > CLOSE else Fraction(0)
    lines: dict[int, list[_Line]] = {}
    for end, k, profile in close[:CLOSE]:
        if Fraction(end) <= latest:
            break
        if k not in lines:
            lines[k] = exact_lines(play, region, target, k)
        latest = max(latest, last_failure(play, profile, lines[k]))
    return latest


def _doubtful(
    play: Play,
    region: Region,
    ends: tuple[Floats, Floats],
    active: NDArray[np.intp],
    k: int,
) -> tuple[NDArray[np.intp], Floats]:
    """Return the profiles that may reach the k-th half-plane, and the last c at which they may."""
    aim, gap = ends
    n = region.n[k]
    d, normal = play.discount, region.normals[k]
    b = bounds(region, (d[0] * normal[0], d[1] * normal[1]))
    floor, sink = -aim[2:4], -gap[2:4]
    start = aim[k] - b.y * aim[b.j] - b.x * aim[b.m] + b.z @ floor - b.slip
    slope = gap[k] - b.y * gap[b.j] - b.x * gap[b.m] + b.z @ sink
    size = 4 + 2 * b.y * (np.abs(aim[b.j]) + gap[b.j]) + 2 * b.x * (np.abs(aim[b.m]) + gap[b.m])
    size += b.z @ (np.abs(floor) + gap[2:4])
    low, high = np.zeros(len(active)), np.ones(len(active))
    here = active
    upward = np.flatnonzero(np.all(region.n >= 0, axis=1))
    stages: list[tuple[Floats, Floats, Floats, Floats, bool]] = [
        (start[:1], slope[:1], size[:1], b.z[:1], True),
        (
            region.n[upward] @ floor - aim[upward],
            region.n[upward] @ sink - gap[upward],
            4 + np.abs(region.n[upward]) @ (np.abs(floor) + gap[2:4]),
            region.n[upward],
            False,
        ),
        (start[1:], slope[1:], size[1:], b.z[1:], True),
    ]
    for begin, rise, big, z, paying in stages:
        need = play.need[here]
        value = begin[None] + need @ z.T
        if paying:
            value = value - (play.now[here] @ n)[:, None]
        value = value - MARGIN * (big[None] + need @ z.T)
        root = -value / np.where(rise == 0, 1.0, rise)[None]
        root = root + np.sign(rise)[None] * (1e-12 * np.abs(root) + 1e-300)
        upper = np.where(rise > 0, root, np.where((rise == 0) & (value > 0), -1.0, 1.0))
        lower = np.where(rise < 0, root, 0.0)
        high = np.minimum(high, upper.min(axis=1, initial=1.0))
        low = np.maximum(low, lower.max(axis=1, initial=0.0))
        kept = (low <= high) & (high > 0)
        here, low, high = here[kept], low[kept], high[kept]
    return here, high


_Line = tuple[Fraction, Fraction, Fraction, Fraction, Fraction, Fraction]
"""Constant, slope in c, and coefficients of u1, u2, h1, h2."""


def exact_lines(play: Play, region: Region, target: Sequence[Fraction], k: int) -> list[_Line]:
    """Return the functions of c one of which must be positive, for the k-th half-plane."""
    gap = [a - b for a, b in zip(region.levels, target, strict=True)]
    n = region.normals[k]
    d, rate = play.discount, play.rate
    found = []
    for y, z in exact_bounds(region.normals, (d[0] * n[0], d[1] * n[1])):
        start, slope = target[k], gap[k]
        for j, weight in y.items():
            start -= weight * target[j]
            slope -= weight * gap[j]
        start -= z[0] * target[2] + z[1] * target[3]
        slope -= z[0] * gap[2] + z[1] * gap[3]
        paid = (-n[0] * (1 - d[0]), -n[1] * (1 - d[1]))
        found.append((start, slope, *paid, z[0] * rate[0], z[1] * rate[1]))
    for j, (a, b) in enumerate(region.normals):
        if a >= 0 and b >= 0:
            start = -a * target[2] - b * target[3] - target[j]
            slope = -a * gap[2] - b * gap[3] - gap[j]
            found.append((start, slope, Fraction(0), Fraction(0), a * rate[0], b * rate[1]))
    return found


def last_failure(play: Play, profile: int, lines: Sequence[_Line]) -> Fraction:
    """Return the last c in (0, 1] at which no line is positive for a profile, or 0."""
    u, h = play.stage.exact_u(profile), play.stage.exact_h(profile)
    low, high = Fraction(0), Fraction(1)
    for start, slope, u1, u2, h1, h2 in lines:
        value = start + u1 * u[0] + u2 * u[1] + h1 * h[0] + h2 * h[1]
        if slope > 0:
            high = min(high, -value / slope)
        elif slope < 0:
            low = max(low, -value / slope)
        elif value > 0:
            return Fraction(0)
        if low > high or high <= 0:
            return Fraction(0)
    return high
