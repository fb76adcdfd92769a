"""The individually rational frontier of two players as evidence, and how it is checked.

A chain of corner points is the frontier if and only if each edge's line supports the set of
deals and each corner is a deal.  A corner between two edges is a deal exactly when, at weights
strictly between the normals of those edges, the package is worth what the corner is worth; so
the support function alone checks the whole chain.  Its ends are proved as ideal gains.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from bargaining.errors import VerificationError
from bargaining.geometry.frontier import Point, Position
from bargaining.geometry.support import support
from bargaining.model.deal import gains
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.solutions.base import Span, Weights

ROUNDING = 1e-11
"""Of a support function in floating point, as in games of very many outcomes."""
CHECKED = 500
"""Of a longer chain, this many edges are checked, evenly spread."""


@dataclass(frozen=True, eq=False)
class Outline:
    """The corner points of an individually rational frontier, ends included."""

    span: Span

    @property
    def stops(self) -> list[Position]:
        """Positions of the points."""
        first, last = self.span.first, self.span.last
        stops = [first, *(Position(run) for run in range(first.run + 1, last.run + 1))]
        if last.part and (last.run, last.part) != (first.run, first.part):
            stops.append(last)
        return stops

    @property
    def points(self) -> list[Point]:
        """Gains at the points, the second player's best first."""
        return [self.span.frontier.point(stop) for stop in self.stops]


def check_outline(
    game: LinkageGame,
    package: Sequence[int],
    columns: tuple[int, int],
    points: Sequence[Point],
    ideals: Sequence[tuple[int, Weights, object]],
    place: str,
    tolerance: float,
) -> None:
    """Raise unless the points are the individually rational frontier.

    ``ideals`` are proofs of the players' ideal gains that have been checked; their deals must
    give the ends of the chain.
    """

    def fail(what: str) -> None:
        msg = f"{place}: the frontier said to be shared is not the frontier: {what}"
        raise VerificationError(msg)

    ends = {columns[0]: points[-1], columns[1]: points[0]}
    for player, _, deal in ideals:
        found = gains(game, deal.on(package))  # type: ignore[attr-defined]
        for column, value in zip(columns, ends[player], strict=True):
            if not near(found[column], value, tolerance * game.reach[column]):
                fail(f"it does not end where {game.players[player]} gets most")
    if {player for player, _, _ in ideals} != set(columns):
        fail("an end is not proved")
    edges = [(a[1] - b[1], b[0] - a[0]) for a, b in itertools.pairwise(points)]
    if any(p <= 0 or q <= 0 for p, q in edges):
        fail("it does not fall")
    chosen = range(0, len(edges), max(1, len(edges) // CHECKED))
    for j in chosen:
        worth(game, package, columns, edges[j], points[j], fail, tolerance)
        if j + 1 < len(edges):
            (p, q), (r, s) = edges[j], edges[j + 1]
            between = (p / (p + q) + r / (r + s), q / (p + q) + s / (r + s))
            if p * s > r * q:
                fail("it is not concave")
            worth(game, package, columns, between, points[j + 1], fail, tolerance)


def worth(
    game: LinkageGame,
    package: Sequence[int],
    columns: Sequence[int],
    rates: Point,
    point: Point,
    fail: object,
    tolerance: float,
) -> None:
    """Fail unless no deal is worth more at two players' rates than a point, and one as much."""
    weights: list[Number] = [0 * rates[0]] * len(game.players)
    weights[columns[0]], weights[columns[1]] = rates
    most = support(game, package, weights)
    value = rates[0] * point[0] + rates[1] * point[1]
    unit = abs(float(value))
    unit += sum(float(r) * game.reach[c] for r, c in zip(rates, columns, strict=True))
    if not near(most, value, max(tolerance, ROUNDING) * unit):
        fail(f"({float(point[0]):g}, {float(point[1]):g})")  # type: ignore[operator]


def near(left: Number, right: Number, slack: float) -> bool:
    """Whether two numbers agree: exactly where both are exact."""
    if isinstance(left, float) or isinstance(right, float):
        return abs(float(left) - float(right)) <= slack
    return left == right
