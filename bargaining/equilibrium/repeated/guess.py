"""A good guess of the payoff set, in floats: iterate from above, then solve for the corners.

The operator of :mod:`.play` is iterated from a set known to be too large.  As soon as each corner
is begun in the same way as before (by profile a, with w on that edge), the corners solve a system
of equations, v_j = (1-d) u(a_j) + d w_j(v), which Newton's method solves to machine precision
where iteration alone would crawl.  The same derivative J gives the direction in which sets near
the solution V shrink towards it: with D_j = v_j - centre and E = (I - J)^-1 D, corners at V + tE
are mapped to V + tE - tD.  Nothing here is relied upon: guesses are proved or dropped.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.repeated.play import (
    CORNER,
    FIRST_HIGH,
    FIRST_LOW,
    SECOND_LOW,
    SELF,
    Floats,
    Generated,
    Play,
    feasible,
    generate,
    hull_of,
)

ROUNDS = 400
"""Iterations of the operator per guess."""
LEAPS = 12
"""Systems of equations solved one after the other."""
MANY = 24
"""With more corners a system is set up only once iteration has converged."""
FINEST = 1e-12
WAYS = np.stack([np.cos(np.arange(64) * np.pi / 32), np.sin(np.arange(64) * np.pi / 32)])
"""Directions in which polygons with different numbers of corners are compared."""


@dataclass(frozen=True)
class Effort:
    """How a guess is made.

    Attributes
    ----------
    leap : bool
        Whether to solve for corners early; that is quicker, but may end in a smaller set.
    height : float
        Corners that stick out by less are left out, and smaller changes end the iteration.
    """

    leap: bool = True
    height: float = FINEST


@dataclass(frozen=True, eq=False)
class Guess:
    """What the largest fixed point of the operator may be.

    Attributes
    ----------
    corners : ndarray, shape (corners, 2)
        None at all for a guess that no payoff can be sustained.
    outward : ndarray, shape (corners, 2), or None
        The direction E in which larger sets shrink back.
    profiles : ndarray of int
        The profiles that begin the corners.
    settled : bool
        Whether the operator maps the polygon to itself, up to rounding.
    """

    corners: Floats
    outward: Floats | None
    profiles: NDArray[np.intp]
    settled: bool = True


def guess(
    play: Play, start: Floats, active: NDArray[np.intp], *, effort: Effort, deadline: float
) -> Guess | None:
    """Guess the largest fixed point inside a polygon.

    Parameters
    ----------
    play : Play
    start : ndarray, shape (corners, 2)
        Counterclockwise; should contain the set looked for.
    active : ndarray of int
        Profiles that may matter.
    effort : Effort
    deadline : float
        On the clock of :func:`time.monotonic`.

    Returns
    -------
    Guess, or None where neither iteration nor Newton's method settles
    """
    polygon = start
    attempt = 3
    for k in range(ROUNDS):
        if time.monotonic() > deadline:
            break
        active = feasible(play, polygon, active)
        found = generate(play, polygon, active, tight=play.common)
        if not len(found.points):
            return Guess(np.zeros((0, 2)), None, np.zeros(0, dtype=np.intp))
        corners = hull_of(found.points, effort.height)
        following = found.points[corners]
        steady = _change(following, polygon) < effort.height
        if steady or (effort.leap and k >= attempt and len(corners) <= MANY):
            attempt = 2 * k
            solved = _leaps(play, following, active, effort.height)
            if solved is not None and (not steady or _close(solved.corners, following)):
                return solved
        if steady:
            return Guess(following, None, found.profiles[corners])
        polygon = following
    return None


def _close(one: Floats, other: Floats) -> bool:
    return len(one) == len(other) and bool(np.abs(one - other).max() < 1e-6)


def _change(one: Floats, other: Floats) -> float:
    """Return about how far two polygons are apart."""
    if len(one) == len(other):
        return float(np.abs(one - other).max())
    return float(np.abs((one @ WAYS).max(axis=0) - (other @ WAYS).max(axis=0)).max())


def _leaps(play: Play, polygon: Floats, active: NDArray[np.intp], height: float) -> Guess | None:
    """Solve for the corners as they are begun now, and again from there, a few times."""
    for _ in range(LEAPS):
        found = generate(play, polygon, active, tight=play.common)
        if not len(found.points):
            return None
        corners = hull_of(found.points, height)
        if len(corners) != len(polygon):
            polygon = found.points[corners]
            continue
        solved = _solve(play, polygon, found, corners, active, height)
        if solved is None:
            return None
        if solved.settled:
            return solved
        polygon = solved.corners
    return None


def _solve(
    play: Play,
    polygon: Floats,
    found: Generated,
    corners: NDArray[np.intp],
    active: NDArray[np.intp],
    height: float,
) -> Guess | None:
    """Solve for corners that are begun as these are."""
    system = _System(play, polygon, found, corners)
    v = found.points[corners]
    count = v.size
    slope = np.zeros((count, count))
    for _ in range(30):
        image, slope = system.linearised(v)
        try:
            step = np.linalg.solve(np.eye(count) - slope, (image - v).reshape(-1))
        except np.linalg.LinAlgError:
            return None
        if not np.all(np.isfinite(step)) or np.abs(step).max() > 10:
            return None
        v = v + step.reshape(-1, 2)
        if np.abs(step).max() < 1e-15:
            break
    order = hull_of(v, height)
    again = generate(play, v[order], active, tight=play.common)
    if not len(again.points):
        return None
    image = again.points[hull_of(again.points, height)]
    settled = len(image) == len(order) and np.abs(image - v[order]).max() <= 100 * height
    outward = None
    if settled and len(order) > 2:
        away = v - v[order].mean(axis=0)
        shift = np.linalg.solve(np.eye(count) - slope, away.reshape(-1)).reshape(-1, 2)
        if _leads_out(v[order], shift[order]):
            outward = shift[order]
    return Guess(v[order], outward, found.profiles[corners][order], bool(settled))


def _leads_out(corners: Floats, shift: Floats) -> bool:
    """Whether each corner moves to the outer side of both its edges."""
    edge = np.roll(corners, -1, axis=0) - corners
    ahead = edge[:, 1] * shift[:, 0] - edge[:, 0] * shift[:, 1]
    behind = np.roll(edge, 1, axis=0)
    back = behind[:, 1] * shift[:, 0] - behind[:, 0] * shift[:, 1]
    return bool(np.all(np.isfinite(shift)) and np.all(ahead > 0) and np.all(back > 0))


class _System:
    """The equations of corners whose profiles and binding constraints are given."""

    def __init__(
        self, play: Play, polygon: Floats, found: Generated, corners: NDArray[np.intp]
    ) -> None:
        self.play = play
        self.profiles = found.profiles[corners]
        self.kinds = found.kinds[corners]
        self.lowest = polygon.argmin(axis=0)
        self.edge = np.zeros((len(corners), 2), dtype=np.intp)
        self.square = np.zeros(len(corners), dtype=bool)
        w = (found.points[corners] - play.now[self.profiles]) / play.d
        need = polygon.min(axis=0) + play.need[self.profiles]
        following = np.roll(polygon, -1, axis=0)
        for j, kind in enumerate(self.kinds):
            if kind in (FIRST_LOW, SECOND_LOW) and np.abs(w[j] - need[j]).max() < 1e-11:
                self.square[j] = True
            elif FIRST_LOW <= kind < CORNER:
                side, away = following - polygon, w[j] - polygon
                length = np.maximum((side**2).sum(axis=1), 1e-300)
                share = np.clip((side * away).sum(axis=1) / length, 0, 1)
                gap = np.abs(away - share[:, None] * side).max(axis=1)
                axis = 0 if kind <= FIRST_HIGH else 1
                gap += np.abs(side[:, axis]) < 1e-13  # no crossing to solve for
                first = int(np.argmin(gap))
                self.edge[j] = first, (first + 1) % len(polygon)

    def linearised(self, v: Floats) -> tuple[Floats, Floats]:
        """Return the image of corners and its derivative, by steps in the imaginary direction."""
        count = v.size
        tiny = 1e-30
        moved = np.broadcast_to(v.reshape(-1), (count, count)) + 1j * tiny * np.eye(count)
        image = self._image(moved.reshape(count, -1, 2)).reshape(count, count)
        return image[0].real.reshape(-1, 2), image.imag.T / tiny

    def _image(self, v: NDArray[Any]) -> NDArray[Any]:
        play, profiles = self.play, self.profiles
        floor = np.stack([v[:, self.lowest[0], 0], v[:, self.lowest[1], 1]], axis=1)
        need = floor[:, None] + play.need[profiles]
        w = need.copy()
        for axis in (0, 1):
            kinds = (FIRST_LOW + 2 * axis, FIRST_HIGH + 2 * axis)
            rows = np.flatnonzero(np.isin(self.kinds, kinds) & ~self.square)
            p, q = v[:, self.edge[rows, 0]], v[:, self.edge[rows, 1]]
            run = q[..., axis] - p[..., axis]
            run = np.where(run == 0, 1e-300, run)
            share = (need[:, rows, axis] - p[..., axis]) / run
            other = 1 - axis
            w[:, rows, other] = p[..., other] + share * (q[..., other] - p[..., other])
        rows = np.flatnonzero(self.kinds >= CORNER)
        w[:, rows] = v[:, self.kinds[rows] - CORNER]
        image = play.now[profiles] + play.d * w
        rows = np.flatnonzero(self.kinds == SELF)
        image[:, rows] = play.stage.u[profiles[rows]]
        return np.asarray(image)
