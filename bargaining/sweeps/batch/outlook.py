"""Who can gain from a package of two players, row by row, decided by signs that are certain.

Gains of all outcomes span a cone.  Both can gain exactly if some outcome helps both, or the one
that helps the first at least cost to the second lies, seen from the second's cheapest, on the near
side: x_v y_u - y_v x_u > 0.  Otherwise a player can gain only by outcomes that cost the other
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bargaining.sweeps.batch.bounded import UNKNOWN, Bounded, known, maximum, minimum, where

Mask = NDArray[np.bool_]
Part = Sequence["Point"]
"""The outcomes of a block, or of what a package holds of it."""


@dataclass(frozen=True, eq=False)
class Point:
    """Gains of the two players in one outcome, along the rows.

    Attributes
    ----------
    x, y : Bounded, shape (rows,)
    origin : bool
        Whether this is the status quo, where nobody gains or loses.
    """

    x: Bounded
    y: Bounded
    origin: bool = False

    def of(self, rows: NDArray[np.intp]) -> Point:
        """Return the gains in some of the rows."""
        return Point(self.x[rows], self.y[rows], self.origin)


@dataclass(frozen=True, eq=False)
class Able:
    """Who can gain, row by row.

    Attributes
    ----------
    first, second : array of bool, shape (rows,)
    sure : array of bool
        Rows where both are certain.
    """

    first: Mask
    second: Mask
    sure: Mask

    @property
    def both(self) -> Mask:
        """Where both can gain."""
        return self.first & self.second

    @property
    def neither(self) -> Mask:
        """Where nobody can."""
        return ~(self.first | self.second)


def able(parts: Sequence[Part]) -> Able:
    """Decide who can gain from a package.

    Examples
    --------
    >>> origin = Point(known([0.0]), known([0.0]), origin=True)
    >>> guns = [origin, Point(known([-4.0]), known([6.0]))]
    >>> labs = [origin, Point(known([5.0]), known([-3.0]))]
    >>> able([guns, labs]).both.tolist(), able([guns]).both.tolist()
    ([True], [False])
    """
    points = [point for part in parts for point in part if not point.origin]
    count = len(parts[0][0].x.value)
    no = np.zeros(count, dtype=bool)
    helped = [(point.x.sign(), point.y.sign()) for point in points]
    at_once, free_first, free_second, doubt = no, no, no, no
    for x, y in helped:
        at_once = at_once | ((x == 1) & (y == 1))
        free_first = free_first | ((x == 1) & (y == 0))
        free_second = free_second | ((x == 0) & (y == 1))
        doubt = doubt | ((x == UNKNOWN) & (y != -1)) | ((y == UNKNOWN) & (x != -1))
        doubt = doubt | ((x == UNKNOWN) & (y == -1)) | ((y == UNKNOWN) & (x == -1))
    cheapest = _extreme(points, [x for x, _ in helped], no, first=True)
    dearest = _extreme(points, [y for _, y in helped], no, first=False)
    both = at_once
    if cheapest is not None and dearest is not None:
        (v, has_v, doubt_v), (u, has_u, doubt_u) = cheapest, dearest
        turn = _cross(v, u).sign()
        meet = has_v & has_u
        both = both | (meet & (turn == 1))
        near = meet & (turn == -1) & (doubt_v | doubt_u) & ~doubt
        doubt = doubt | (meet & ((turn == UNKNOWN) | doubt_v | doubt_u))
        rows = np.flatnonzero(near & ~(free_first | free_second))
        if len(rows):
            doubt[rows] &= ~_blocked([point.of(rows) for point in points], v.of(rows), u.of(rows))
    return Able(both | free_first, both | free_second, both | ~doubt)


def _blocked(points: Sequence[Point], v: Point, u: Point) -> Mask:
    """Whether rates between those of two outcomes prove that nobody can gain."""
    vx, vy, ux, uy = (n.floats() for n in (v.x, v.y, u.x, u.y))
    size_v, size_u = np.abs(vx) + np.abs(vy), np.abs(ux) + np.abs(uy)
    first, second = known(uy / size_u - vy / size_v), known(vx / size_v - ux / size_u)
    blocked = np.asarray((first.value > 0) & (second.value > 0))
    for point in points:
        worth = (first * point.x + second * point.y).sign()
        blocked &= (worth == 0) | (worth == -1)
    return blocked


def _cross(v: Point, u: Point) -> Bounded:
    return v.x * u.y - v.y * u.x


def _extreme(
    points: Sequence[Point], signs: Sequence[NDArray[np.int8]], no: Mask, *, first: bool
) -> tuple[Point, Mask, Mask] | None:
    """Return the outcome that helps one player at least cost to the other, where there is one."""
    best: Point | None = None
    has, doubt = no, no
    for point, sign in zip(points, signs, strict=True):
        helps = sign == 1
        if not helps.any():
            continue
        if best is None:
            best, has = point, helps
            continue
        turn = (_cross(best, point) if first else _cross(point, best)).sign()
        better = helps & (~has | (turn == 1))
        doubt = doubt | (helps & has & (turn == UNKNOWN))
        best = Point(where(better, point.x, best.x), where(better, point.y, best.y))
        has = has | helps
    return None if best is None else (best, has, doubt)


def one_sided(parts: Sequence[Part], *, first: bool) -> Bounded:
    """Return the most that a player gets at no cost to the other, who cannot gain.

    Then no outcome helps the other, and each part gives its best among those that cost nothing.
    """
    total = _nothing(parts)
    for part in parts:
        most = _nothing(parts)
        for point in part:
            own, other = (point.x, point.y) if first else (point.y, point.x)
            free = other.sign() == 0
            most = where(free, maximum(most, own), most)
        total = total + most
    return total


def rates(part: Part) -> tuple[Bounded, Bounded]:
    """Return the ends of the exchange rates t in (t, 1 - t) at which an outcome's trade stops."""
    low, high = _nothing([part]), _nothing([part]) + 1
    for point in part:
        if point.origin:
            continue
        x, y = point.x, point.y
        end = y / (y - x)
        gives = (y.sign() == 1) & (x.sign() != 1)
        takes = (x.sign() == 1) & (y.sign() != 1)
        low = where(gives, maximum(low, end), low)
        high = where(takes, minimum(high, end), high)
    return low, high


def _nothing(parts: Sequence[Part]) -> Bounded:
    return parts[0][0].x * 0
