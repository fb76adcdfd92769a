"""The Nash bargaining solution of two players' packages, many rows at once, with error bounds.

Every edge of a package's frontier has the slope of two outcomes of one of its blocks.  At that
slope each block's best outcomes add up to the edge, ends L and R, and the largest product of gains
on its line p x + q y = c is at (c / 2p, c / 2q).  If that lies on the edge it is the solution; if
it lies beyond R the solution is R or further on, and the same for L.  So the solution is found, and
proved, as soon as one edge holds it or two neighbours point to the corner between them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bargaining.sweeps.batch.bounded import UNKNOWN, Bounded, where
from bargaining.sweeps.batch.outlook import Mask, Part, Point

INSIDE = 1e-4
"""So far inside an edge (relative to the gain), outcomes that may tie hardly move the solution."""
DRIFT = 1e-11
"""How far they may move it, relative to the gain."""


@dataclass(frozen=True, eq=False)
class Found:
    """Solutions, row by row.

    Attributes
    ----------
    x, y : Bounded, shape (rows,)
    sure : array of bool
        Rows where they are certain within their error.
    """

    x: Bounded
    y: Bounded
    sure: Mask


def work(sizes: Sequence[int]) -> int:
    """Return how many outcomes are scored for blocks of given sizes."""
    return sum(size * (size - 1) // 2 for size in sizes) * sum(sizes)


def nash(parts: Sequence[Part]) -> Found:
    """Settle a package from which both players can gain, in every row.

    Examples
    --------
    >>> from bargaining.sweeps.batch.bounded import known
    >>> origin = Point(known([0.0]), known([0.0]), origin=True)
    >>> guns = [origin, Point(known([-4.0]), known([6.0]))]
    >>> labs = [origin, Point(known([5.0]), known([-3.0]))]
    >>> found = nash([guns, labs])
    >>> found.x.value.tolist(), found.y.value.tolist(), found.sure.tolist()
    ([1.5], [2.25], [True])
    """
    low, high = _End(parts, upper=True), _End(parts, upper=False)
    point, sure = low.point, np.zeros(len(low.sure), dtype=bool)
    for k, part in enumerate(parts):
        for i, j in itertools.combinations(range(len(part)), 2):
            edge = _Edge(parts, k, i, j)
            if edge.nowhere:
                continue
            low.move(edge.beyond, edge.right, further=edge.right.x.value > low.point.x.value)
            high.move(edge.short, edge.left, further=edge.left.x.value < high.point.x.value)
            fresh = edge.holds & ~sure
            point, sure = _choose(fresh, edge.best, point), sure | fresh
    gap_x, gap_y = high.point.x - low.point.x, low.point.y - high.point.y
    met = (np.abs(gap_x.value) <= gap_x.error) & (np.abs(gap_y.value) <= gap_y.error)
    corner = met & low.sure & high.sure & ~sure
    near = Point(_wider(low.point.x, gap_x), _wider(low.point.y, gap_y))
    point = _choose(corner, near, point)
    return Found(point.x, point.y, sure | corner)


def _wider(number: Bounded, gap: Bounded) -> Bounded:
    """Allow for a solution anywhere between two corners that floats cannot tell apart."""
    return Bounded(number.value, number.error + 2 * gap.error)


class _End:
    """How far along the frontier the solution surely is, from one of its ends."""

    def __init__(self, parts: Sequence[Part], *, upper: bool) -> None:
        self.sure: Mask = np.ones(len(parts[0][0].x.value), dtype=bool)
        self.point = _together([self._best(part, upper=upper) for part in parts])

    def _best(self, part: Part, *, upper: bool) -> Point:
        """Return the best outcome for the second (upper) or first player, then for the other."""
        best = part[0]
        for point in part[1:]:
            x, y = (point.x - best.x).sign(), (point.y - best.y).sign()
            first, then = (y, x) if upper else (x, y)
            self.sure &= (first != UNKNOWN) & ~((first == 0) & (then == UNKNOWN))
            best = _choose((first == 1) | ((first == 0) & (then == 1)), point, best)
        return best

    def move(self, mask: Mask, to: Point, *, further: Mask) -> None:
        """Go on to a corner; what was doubtful before it does not matter any more."""
        take = mask & (further | ~self.sure)
        self.point = _choose(take, to, self.point)
        self.sure = self.sure | take


class _Edge:
    """The edge whose slope is that of outcomes ``i`` and ``j`` of a part, where there is one."""

    def __init__(self, parts: Sequence[Part], k: int, i: int, j: int) -> None:
        a, b = parts[k][i], parts[k][j]
        dx, dy = a.x - b.x, a.y - b.y
        rise, fall = dx.sign().astype(int), dy.sign().astype(int)
        self.there: Mask = rise * fall == -1
        self.nowhere = not bool(self.there.any())
        if self.nowhere:
            return
        turned = rise == 1
        self.p, self.q = where(turned, -dy, dy), where(turned, dx, -dx)
        self.clear: Mask = np.ones(len(self.there), dtype=bool)
        self.slack = np.zeros(len(self.there))
        self.zero = self.p * 0
        tops = [self._top(part, (i, j) if m == k else None) for m, part in enumerate(parts)]
        self.worth = _added([worth for worth, _, _ in tops])
        self.left = _together([left for _, left, _ in tops])
        self.right = _together([right for _, _, right in tops])
        self._place()

    def _top(self, part: Part, own: tuple[int, int] | None) -> tuple[Bounded, Point, Point]:
        """Return the worth of a part's best outcomes at this slope, and the ends of their edge."""
        scores = [
            self.zero if point.origin else self.p * point.x + self.q * point.y for point in part
        ]
        if own is not None:
            scores[own[1]] = scores[own[0]]
        top, best = scores[0], np.zeros(len(self.there), dtype=np.intp)
        left = right = part[0]
        for o, score in enumerate(scores[1:], 1):
            ahead = score.value > top.value
            top, best = where(ahead, score, top), np.where(ahead, o, best)
            left = right = _choose(ahead, part[o], right)
        for o, (score, point) in enumerate(zip(scores, part, strict=True)):
            itself = best == o
            if own is not None and o in own:
                itself = (best == own[0]) | (best == own[1])
            gap = score - top
            sign = gap.sign()
            ties = itself | (sign != -1)
            near = ~itself & (sign == UNKNOWN)
            self.clear &= ~near
            if own is not None and o == own[0]:
                self.there = self.there & ties
            if not ties.any():
                continue
            lost = np.where(near, (np.abs(gap.value) + gap.error).astype(np.float64), 0.0)
            self.slack = self.slack + lost
            right = _choose(ties & (point.x.value > right.x.value), point, right)
            left = _choose(ties & (point.x.value < left.x.value), point, left)
        return top, left, right

    def _place(self) -> None:
        """Find where the largest product on the edge's line lies."""
        x, y = self.worth / (self.p * 2), self.worth / (self.q * 2)
        after, before = x - self.left.x, self.right.x - x
        low, high = after.sign(), before.sign()
        clear = self.there & self.clear
        self.beyond: Mask = clear & (high == -1)
        self.short: Mask = clear & (low == -1)
        self.holds: Mask = clear & ((low == 0) | (low == 1)) & ((high == 0) | (high == 1))
        self.best = Point(x, y)
        if x.exact or not bool(np.any(self.there & ~self.clear)):
            return
        self._nearly()

    def _nearly(self) -> None:
        """Decide where outcomes may tie, if they cannot move the solution by more than DRIFT.

        The frontier then lies within e of the edge's line, and by concavity its slope at distance D
        from the ends within 2e / D of the line's.
        """
        x, y, open_rows = self.best.x, self.best.y, self.there & ~self.clear
        with np.errstate(all="ignore"):
            slack = (self.slack + self.worth.error) / self.worth.value
            room = np.minimum(x.value - self.left.x.value, self.right.x.value - x.value)
            drift = 2 * slack * (1 + 2 * x.value / room)
            inside = open_rows & (room > INSIDE * x.value) & (drift < DRIFT) & (x.value > 0)
            self.best = _drifted(self.best, inside, drift)
            self.holds = self.holds | inside
            for end, over in ((self.right, 1), (self.left, -1)):
                past = over * (x.value - end.x.value)
                drift = 4 * slack * (1 + np.abs(end.x.value) / past)
                mask = open_rows & (past > INSIDE * np.maximum(x.value, end.x.value))
                mask &= (drift < DRIFT) & (x.value > 0)
                moved = Point(_by(end.x, mask, drift * x.value), _by(end.y, mask, drift * y.value))
                if over == 1:
                    self.right, self.beyond = moved, self.beyond | mask
                else:
                    self.left, self.short = moved, self.short | mask


def _drifted(point: Point, mask: Mask, drift: NDArray[np.float64]) -> Point:
    x, y = point.x, point.y
    return Point(_by(x, mask, drift * x.value), _by(y, mask, drift * y.value))


def _by(number: Bounded, mask: Mask, further: NDArray[np.float64]) -> Bounded:
    return Bounded(number.value, number.error + np.where(mask, further, 0.0))


def _added(numbers: Sequence[Bounded]) -> Bounded:
    total = numbers[0]
    for number in numbers[1:]:
        total = total + number
    return total


def _together(points: Sequence[Point]) -> Point:
    return Point(_added([point.x for point in points]), _added([point.y for point in points]))


def _choose(mask: NDArray[np.bool_], a: Point, b: Point) -> Point:
    return Point(where(mask, a.x, b.x), where(mask, a.y, b.y))
