"""From a guess in floats to exact corners.

How a corner is begun says what it is.  The worst payoff p_i is u_i + h_i of the profile that holds
player i down, or u_i of one that is played for ever.  A corner at u(a) is known; where both
constraints bind, w is; where one binds, w lies on an edge, and if the ends of the edge are known,
or one of them is the corner itself, its place follows from a linear equation.  Corners that depend
on each other in a circle are algebraic numbers; for them small denominators are tried.
Whether the result is right is for :mod:`.inner` and :mod:`.jump` to prove.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from bargaining.equilibrium.repeated.guess import Guess
from bargaining.equilibrium.repeated.play import Floats, Play
from bargaining.equilibrium.repeated.polygon import Point, Polygon, hull

SAME = 1e-9
"""Numbers of a guess as close as this are taken for equal."""
SHARP = 1e-11
MANY = 30
"""With factors that differ corners may hang on each other in long chains of large fractions."""
SIMPLE = 10**5
"""Denominators of payoffs that are tried for the others."""


def sharpened(play: Play, found: Guess) -> Polygon:
    """Return exact corners for a guess; none where some cannot be told."""
    known: dict[int, Point] = {}
    if not play.common and len(found.corners) > MANY:
        return []
    while fresh := dict(_resolved(play, found, _floor(play, found, known), known)):
        known.update(fresh)
    for j, corner in enumerate(found.corners):
        if j not in known:
            simple = _simple(play, corner)
            if simple is None:
                return []
            known[j] = simple
    return hull(known.values())


def _floor(
    play: Play, found: Guess, known: dict[int, Point]
) -> tuple[Fraction | None, Fraction | None]:
    """Return the players' worst payoffs, where they are known."""
    worst: list[Fraction | None] = []
    for i in (0, 1):
        j = int(np.argmin(found.corners[:, i]))
        profile, value = int(found.profiles[j]), found.corners[j, i]
        u, h = play.stage.exact_u(profile)[i], play.stage.exact_h(profile)[i]
        if j in known:
            worst.append(known[j][i])
        elif abs(float(u) - value) < SAME:
            worst.append(u)
        elif abs(float(u + h) - value) < SAME:
            worst.append(u + h)
        else:
            worst.append(None)
    return worst[0], worst[1]


def _resolved(
    play: Play,
    found: Guess,
    floor: tuple[Fraction | None, Fraction | None],
    known: dict[int, Point],
) -> Iterator[tuple[int, Point]]:
    """Yield the corners that follow from those known."""
    d, rate = play.discount, play.rate
    promises = (found.corners - play.now[found.profiles]) / play.d
    for j, (corner, w) in enumerate(zip(found.corners, promises, strict=True)):
        if j in known:
            continue
        profile = int(found.profiles[j])
        u, h = play.stage.exact_u(profile), play.stage.exact_h(profile)
        if np.abs(corner - play.stage.u[profile]).max() < SAME:
            yield j, u
            continue
        at = np.abs(found.corners - w).max(axis=1)
        if at.min() < SAME:
            promise = known.get(int(at.argmin()))
            if promise is not None:
                yield j, _begun(play, u, promise)
            continue
        need = {i: least + rate[i] * h[i] for i, least in enumerate(floor) if least is not None}
        bind = [i for i, value in need.items() if abs(float(value) - w[i]) < SAME]
        if len(bind) == 2:
            yield j, _begun(play, u, (need[0], need[1]))
        elif bind:
            axis = bind[0]
            ends = _edge(found.corners, w)
            if j in ends:
                far = ends[0] + ends[1] - j
                end = known.get(far)
                if (
                    end is None
                    and play.common
                    and set(_edge(found.corners, promises[far])) == set(ends)
                ):
                    # u(a_j), the corner, its promise and the other end lie on one line, and so
                    # does the other end's u: the edge lies on the line through both u's.
                    end = play.stage.exact_u(int(found.profiles[far]))
                    promise = _crossing(u, end, axis, need[axis])
                    if promise is not None:
                        yield j, _begun(play, u, promise)
                    continue
                mine = (1 - d[axis]) * u[axis] + d[axis] * need[axis]
                if end is None or end[axis] == mine:
                    continue
                share = (need[axis] - mine) / (end[axis] - mine)
                other = 1 - axis
                top = (1 - d[other]) * u[other] + d[other] * share * end[other]
                value = top / (1 - d[other] * (1 - share))
                yield j, ((mine, value) if axis == 0 else (value, mine))
            elif ends[0] in known and ends[1] in known:
                promise = _crossing(known[ends[0]], known[ends[1]], axis, need[axis])
                if promise is not None:
                    yield j, _begun(play, u, promise)


def _crossing(p: Point, q: Point, axis: int, value: Fraction) -> Point | None:
    """Return the point with a given coordinate on the line through two points."""
    if p[axis] == q[axis]:
        return None
    share = (value - p[axis]) / (q[axis] - p[axis])
    return p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])


def _begun(play: Play, u: Point, w: Point) -> Point:
    d = play.discount
    return (1 - d[0]) * u[0] + d[0] * w[0], (1 - d[1]) * u[1] + d[1] * w[1]


def _edge(corners: Floats, place: Floats) -> tuple[int, int]:
    """Return the ends of the edge nearest to a place."""
    side, away = np.roll(corners, -1, axis=0) - corners, place - corners
    length = np.maximum((side**2).sum(axis=1), 1e-300)
    share = np.clip((side * away).sum(axis=1) / length, 0, 1)
    first = int(np.argmin(np.abs(away - share[:, None] * side).max(axis=1)))
    return first, (first + 1) % len(corners)


def _simple(play: Play, corner: Floats) -> Point | None:
    stage = play.stage
    place = (Fraction(float(corner[0])), Fraction(float(corner[1])))
    exact = stage.coordinates([v.limit_denominator(SIMPLE) for v in stage.payoffs(place)])
    near = max(abs(exact[0] - place[0]), abs(exact[1] - place[1])) < SHARP
    return exact if near else None
