"""What alternating offers lead to when waiting costs nothing: the limit of equal patience.

As both discount factors go to 1 together, the two proposals of the last round close in on one
point of the frontier, the Nash solution.  In an earlier round what follows an agreement depends,
by a term as small as the cost of waiting, on who proposes next; that term counts too.  Write
V for what is left to share from a round on, and (1 - d) D for the difference it makes who
proposes there.  The two proposals of a round differ by (1 - d)(D + D'), D' being that of the next
round, and both lie on the frontier; where each side is held to its alternative D = (V1, -V2).  So
on an edge with normal (p, q) the limit point solves p (V1 + D'1) = q (V2 - D'2), which for the
last round, D' = 0, is Nash's condition.  At an end of the frontier one or both proposals stay
there, and D follows from that.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bargaining.geometry.frontier import Position
from bargaining.linkage.alternating_offers import Curve, Pair

ZERO: Pair = (Fraction(0), Fraction(0))
Floors = tuple[Fraction | None, Fraction | None]


def patient(curves: Sequence[Curve], floors: Floors = (None, None)) -> Pair:
    """Return what both get in the limit, from frontiers in the order of bargaining.

    Floors are for a single round only.

    Examples
    --------
    >>> pie = Curve(((Fraction(0), Fraction(1)), (Fraction(2), Fraction(0))))
    >>> patient([pie])
    (Fraction(1, 1), Fraction(1, 2))
    """
    value, turn = ZERO, ZERO
    for curve in reversed(curves):
        value, turn = _round(curve, value, turn)
    if any(floor is not None for floor in floors):
        value = _above(curves[0], value, floors)
    return value


def _round(curve: Curve, after: Pair, turn: Pair) -> tuple[Pair, Pair]:
    """Return V and D of a round, given those of the next."""
    points = curve.points
    if len(points) == 1:
        return _sum(points[0], after), (-turn[0], -turn[1])

    def pull(point: Pair, normal: Pair) -> Fraction:
        """Positive where the limit lies nearer to the second player's best point."""
        p, q = normal
        return p * (point[0] + after[0] + turn[0]) - q * (point[1] + after[1] - turn[1])

    for run in range(len(points) - 1):
        here, there = points[run], points[run + 1]
        normal = (here[1] - there[1], there[0] - here[0])
        at_here, at_there = pull(here, normal), pull(there, normal)
        if at_here >= 0:
            value = _sum(here, after)
            if run == 0 and at_here > 0:
                return value, _first_end(value, turn, normal)
            return value, (value[0], -value[1])
        if at_there >= 0:
            part = -at_here / (at_there - at_here)
            value = _sum(curve.point(Position(run, part)), after)
            return value, (value[0], -value[1])
    value = _sum(points[-1], after)
    return value, _last_end(value, turn, normal)


def _last_end(value: Pair, turn: Pair, normal: Pair) -> Pair:
    """D where the first player's proposal is his best point."""
    step = value[0] + turn[0]
    if step <= 0:
        return -turn[0], -turn[1]
    return value[0], -step * normal[0] / normal[1] - turn[1]


def _first_end(value: Pair, turn: Pair, normal: Pair) -> Pair:
    """D where the second player's proposal is his best point."""
    step = (value[1] - turn[1]) * normal[1] / normal[0]
    if step <= 0:
        return -turn[0], -turn[1]
    return step - turn[0], -value[1]


def _above(curve: Curve, value: Pair, floors: Floors) -> Pair:
    """Move along the frontier until both floors are met; nothing is signed if none meets both."""
    for proposer in (0, 1):
        floor = floors[1 - proposer]
        if floor is not None and value[1 - proposer] < floor:
            place = curve.best(proposer, floor)
            value = ZERO if place is None else curve.point(place)
    met = all(floor is None or v >= floor for v, floor in zip(value, floors, strict=True))
    return value if met else ZERO


def _sum(one: Pair, other: Pair) -> Pair:
    return one[0] + other[0], one[1] + other[1]
