"""Inner sets with proofs: polygons all of whose corners can be begun with promises inside them.

If every corner of W lies in the hull of B(W), so does W, and W is a set of equilibrium payoffs
(self-generation: Abreu, Pearce, Stacchetti 1990).  Then every set between W and the hull of B(W)
has the same property, so that corners may be rounded inwards.  All of it is checked in fractions;
any profiles may be left out here, since fewer profiles only generate less.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from bargaining.equilibrium.repeated.play import Play
from bargaining.equilibrium.repeated.polygon import Point, Polygon, clip, hull, spread


@dataclass(frozen=True)
class Start:
    """One way to begin a payoff: a profile and a promise.

    Attributes
    ----------
    profile : int
    promise : pair of Fraction
        The continuation payoffs w, in coordinates.
    """

    profile: int
    promise: Point


Decomposition = tuple[tuple[Fraction, Start], ...]
"""A public lottery over starts."""


Hint = tuple[int, tuple[float, float]]
"""A profile worth trying, and about where its promise may lie."""


def starts(play: Play, polygon: Polygon, hints: Iterable[Hint]) -> dict[Point, Start]:
    """Return payoffs begun by profiles with promises in a polygon.

    Promises tried are the places where constraints bind, and the corner nearest to the hint.
    """
    floor = tuple(min(corner[i] for corner in polygon) for i in (0, 1))
    d, rate = play.discount, play.rate
    rough = [(float(x), float(y)) for x, y in polygon]
    found: dict[Point, Start] = {}
    for profile, hint in hints:
        u, h = play.stage.exact_u(profile), play.stage.exact_h(profile)
        need = (floor[0] + rate[0] * h[0], floor[1] + rate[1] * h[1])
        part = clip(polygon, (-1, 0, -need[0]))
        part = clip(part, (0, -1, -need[1])) if part else part
        promises = [w for w in part if w[0] == need[0] or w[1] == need[1]]
        away = [max(abs(x - hint[0]), abs(y - hint[1])) for x, y in rough]
        nearest = polygon[away.index(min(away))]
        if nearest[0] >= need[0] and nearest[1] >= need[1]:
            promises.append(nearest)
        for w in promises:
            point = ((1 - d[0]) * u[0] + d[0] * w[0], (1 - d[1]) * u[1] + d[1] * w[1])
            found.setdefault(point, Start(profile, w))
    return found


def decomposed(
    play: Play, polygon: Polygon, hints: Iterable[Hint]
) -> tuple[Decomposition, ...] | None:
    """Begin every corner of a polygon with promises in it; None if some corner cannot be."""
    begun = starts(play, polygon, hints)
    around = hull(begun)
    found = []
    for corner in polygon:
        mixed = spread(around, corner)
        if not mixed:
            return None
        found.append(tuple((share, begun[around[i]]) for i, share in mixed.items()))
    return tuple(found)
