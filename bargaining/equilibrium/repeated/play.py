"""Decomposition: what can be paid today if tomorrow's payoffs come from a given set.

With discount factors d_i and average payoffs, profile a begins the payoff v = (1-d) u(a) + d w if
the continuation w lies in the set W and no player gains by deviating today, when his punishment
from tomorrow on is the worst that W holds for him, p_i = min of w_i over W:

    (1-d_i) (u_i + h_i) + d_i p_i <= v_i      that is      w_i >= p_i + h_i (1-d_i)/d_i.

B(W) is the set of all such v; the payoffs of subgame perfect equilibria with public lotteries are
the largest set with V = hull of B(V) (Abreu, Pearce, Stacchetti 1990).  An extreme point of V under
a common factor is u(a) itself, or its w lies on one of the two constraints (Abreu, Sannikov 2014);
with factors that differ players trade over time, and w may also be a corner of V.

This module proposes in floats; certificates are made by :mod:`.outer` and :mod:`.inner`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.repeated.polygon import cross, hull
from bargaining.equilibrium.repeated.profiles import Stage

Floats = NDArray[np.float64]

SELF, FIRST_LOW, FIRST_HIGH, SECOND_LOW, SECOND_HIGH, CORNER = range(6)
"""Where w lies: at u(a); where player 1's constraint binds, lowest or highest for player 2; where
player 2's binds; at corner number ``kind - CORNER``."""
TOUCH = 1e-12
FINE = 2**46
"""Corners of hulls are told apart on a grid of 1 / FINE."""


@dataclass(frozen=True, eq=False)
class Play:
    """A stage game with the players' patience.

    Attributes
    ----------
    stage : Stage
    discount : pair of Fraction
    """

    stage: Stage
    discount: tuple[Fraction, Fraction]

    @property
    def common(self) -> bool:
        """Whether both players discount alike."""
        return self.discount[0] == self.discount[1]

    @cached_property
    def rate(self) -> tuple[Fraction, Fraction]:
        """(1 - d) / d per player: what a gain of 1 today is worth in payoffs from tomorrow on."""
        first, second = ((1 - d) / d for d in self.discount)
        return first, second

    @cached_property
    def d(self) -> Floats:
        """Discount factors as floats."""
        return np.array([float(d) for d in self.discount])

    @cached_property
    def now(self) -> Floats:
        """(1 - d) u: what today's payoffs contribute, shape (profiles, 2)."""
        return np.asarray(self.stage.u * np.array([float(1 - d) for d in self.discount]))

    @cached_property
    def need(self) -> Floats:
        """By how much w must exceed the punishment, shape (profiles, 2)."""
        return np.asarray(self.stage.h * np.array([float(r) for r in self.rate]))


class Generated(NamedTuple):
    """Points that profiles begin.

    Attributes
    ----------
    points : ndarray, shape (points, 2)
    profiles, kinds : ndarray of int
    """

    points: Floats
    profiles: NDArray[np.intp]
    kinds: NDArray[np.intp]


def chains(polygon: Floats) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Return the lower and the upper boundary as (x, y), x ascending."""
    left, right = polygon[:, 0].min(), polygon[:, 0].max()
    count = len(polygon)
    start = int(np.lexsort((polygon[:, 1], polygon[:, 0]))[0])
    around = np.roll(polygon, -start, axis=0)
    last = count - 1 - int(np.argmax(around[::-1, 0] == right))
    first = int(np.argmax(around[:, 0] == right))
    lower = around[: first + 1]
    upper = np.concatenate([around[last:], around[:1]])[::-1]
    if count > 1 and around[-1, 0] == left:
        upper = around[last:][::-1]
    return (lower[:, 0], lower[:, 1]), (upper[:, 0], upper[:, 1])


def feasible(play: Play, polygon: Floats, active: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the profiles that some continuation in a polygon can sustain, up to rounding."""
    need = polygon.min(axis=0) + play.need[active]
    (_, _), (x, y) = chains(polygon)
    top = x[np.argmax(y)]
    reach = np.interp(np.maximum(need[:, 0], top), x, y)
    kept = (need[:, 0] <= x[-1] + TOUCH) & (need[:, 1] <= reach + TOUCH)
    found: NDArray[np.intp] = active[kept]
    return found


def generate(play: Play, polygon: Floats, active: NDArray[np.intp], *, tight: bool) -> Generated:
    """List the points that profiles begin with extreme continuations in a polygon.

    Parameters
    ----------
    play : Play
    polygon : ndarray, shape (corners, 2)
        Counterclockwise.
    active : ndarray of int
        The profiles considered.
    tight : bool
        Whether u(a) replaces continuations that no constraint binds (for a common factor).
    """
    floor = polygon.min(axis=0)
    need = floor + play.need[active]
    u = play.stage.u[active]
    places: list[Floats] = []
    owners: list[NDArray[np.intp]] = []
    kinds: list[NDArray[np.intp]] = []

    def add(places_: Floats, mask: NDArray[np.bool_], kind: int) -> None:
        places.append(places_[mask])
        owners.append(active[mask])
        kinds.append(np.full(int(mask.sum()), kind, dtype=np.intp))

    free = np.all(u >= need - TOUCH, axis=1) if tight else np.zeros(len(active), dtype=bool)
    add(u, free, SELF)
    flipped = polygon[:, ::-1][::-1]
    for axis, sides in enumerate((chains(polygon), chains(flipped))):
        (low_x, low_y), (high_x, high_y) = sides
        mine, other = need[:, axis], need[:, 1 - axis]
        inside = (mine <= low_x[-1] + TOUCH) & ~free
        low = np.maximum(np.interp(mine, low_x, low_y), other)
        high = np.interp(mine, high_x, high_y)
        for values, kind in ((low, FIRST_LOW), (high, FIRST_HIGH)):
            fits = inside & (other <= high + TOUCH)
            w = np.stack([mine, values], axis=1)
            add(w if axis == 0 else w[:, ::-1], fits, kind + 2 * axis)
    if not tight:
        for number, corner in enumerate(polygon):
            fits = np.all(corner >= need - TOUCH, axis=1)
            add(np.broadcast_to(corner, need.shape), fits, CORNER + number)
    profiles, how = np.concatenate(owners), np.concatenate(kinds)
    w = np.concatenate(places)
    points = play.now[profiles] + play.d * w
    points[how == SELF] = play.stage.u[profiles[how == SELF]]
    return Generated(points, profiles, how)


def hull_of(points: Floats, height: float = 0.0) -> NDArray[np.intp]:
    """Return the positions of the hull's corners, counterclockwise.

    Points inside the hull of those extreme in sixteen directions are left out first.  The hull of
    the others is taken on a fine grid, in whole numbers: rounding must not lose a corner.  Then
    corners that stick out by no more than ``height`` are left out.
    """
    keep = np.arange(len(points))
    if len(points) > 60:
        angles = np.arange(16) * np.pi / 8
        ways = np.stack([np.cos(angles), np.sin(angles)])
        frame = points[np.unique(np.argmax(points @ ways, axis=0))]
        ring = frame[hull_of(frame)]
        if len(ring) > 2:
            side = np.roll(ring, -1, axis=0) - ring
            away = points[:, None] - ring[None]
            turns = side[None, :, 0] * away[..., 1] - side[None, :, 1] * away[..., 0]
            keep = np.flatnonzero(np.any(turns <= 1e-14, axis=1))
    places = [(round(x * FINE), round(y * FINE)) for x, y in points[keep].tolist()]
    home = dict(zip(places, keep.tolist(), strict=True))
    corners = hull(places)
    start = 0
    while len(corners) > 2 and start < len(corners):
        here = corners[start]
        before, after = corners[start - 1], corners[(start + 1) % len(corners)]
        length = max(abs(after[0] - before[0]), abs(after[1] - before[1]))
        onward = sum((here[i] - before[i]) * (after[i] - here[i]) for i in (0, 1)) >= 0
        if onward and cross(before, here, after) <= height * FINE * length:
            del corners[start]
            start = max(start - 1, 0)
        else:
            start += 1
    if len(corners) == 2 and max(abs(a - b) for a, b in zip(*corners, strict=True)) < height * FINE:
        corners = corners[:1]
    return np.array([home[corner] for corner in corners], dtype=np.intp)
