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


def starts(play: Play, polygon: Polygon, profiles: Iterable[int]) -> dict[Point, Start]:
    """Return the payoffs begun by profiles with extreme promises in a polygon."""
    floor = tuple(min(corner[i] for corner in polygon) for i in (0, 1))
    d, rate = play.discount, play.rate
    found: dict[Point, Start] = {}
    for profile in profiles:
        u, h = play.stage.exact_u(profile), play.stage.exact_h(profile)
        part = clip(polygon, (-1, 0, -floor[0] - rate[0] * h[0]))
        part = clip(part, (0, -1, -floor[1] - rate[1] * h[1])) if part else part
        for w in part:
            point = ((1 - d[0]) * u[0] + d[0] * w[0], (1 - d[1]) * u[1] + d[1] * w[1])
            found.setdefault(point, Start(profile, w))
    return found


def decomposed(
    play: Play, polygon: Polygon, profiles: Iterable[int]
) -> tuple[Decomposition, ...] | None:
    """Begin every corner of a polygon with promises in it; None if some corner cannot be."""
    begun = starts(play, polygon, profiles)
    around = hull(begun)
    found = []
    for corner in polygon:
        mixed = spread(around, corner)
        if not mixed:
            return None
        found.append(tuple((share, begun[around[i]]) for i, share in mixed.items()))
    return tuple(found)
