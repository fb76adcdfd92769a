"""The settlement of a package between two interested players, on its exact frontier."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bargaining.geometry.exchange_rates import rate_bounds
from bargaining.geometry.frontier import PlanarFrontier, Position, planar_frontier
from bargaining.model.deal import Deal
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.package import PackageSettlement, no_agreement
from bargaining.settlement.solutions.base import Solution, Span, Weights

CLEAR = 1e-6
"""A gain above this share of the frontier's extent is no rounding error."""


def axes(game: LinkageGame) -> tuple[int, int]:
    """Return the two players of a planar problem: the interested ones, filled up with others."""
    chosen = [*game.interested]
    chosen += [i for i in range(len(game.players)) if i not in chosen]
    return min(chosen[:2]), max(chosen[:2])


def planar_package(
    game: LinkageGame,
    package: Sequence[int],
    solution: Solution,
    weights: Weights,
    frontier: PlanarFrontier | None = None,
) -> PackageSettlement:
    """Settle a package on its frontier, which may be known already."""
    columns = axes(game)
    frontier = frontier or planar_frontier(game, package, columns)
    ends = frontier.individually_rational()
    if ends is None:
        return no_agreement(game, package, _full(game, columns, frontier.separating()))
    able = _able(game, package, columns, frontier)
    if not any(able):
        return no_agreement(game, package, _full(game, columns, frontier.normal(ends[0])))
    first, last = ends
    span = Span(frontier, first, last)
    blocking = None
    if all(able):
        pair = (weights[columns[0]], weights[columns[1]])
        position, support = solution.planar(span, pair)
    else:
        position = last if able[0] else first
        support = frontier.normal(position)
        blocking = _full(game, columns, (Fraction(not able[0]), Fraction(not able[1])))
    point = frontier.point(position)
    if not all(able):
        point = (point[0], Fraction(0)) if able[0] else (Fraction(0), point[1])
    return PackageSettlement(
        package,
        Status.AGREEMENT,
        _full(game, columns, point),
        frontier.deal(position).on(package),
        frozenset(c for c, can in zip(columns, able, strict=True) if can),
        _full(game, columns, support),
        blocking,
        _full(game, columns, span.ideal),
        "frontier",
        _ideal_proofs(game, columns, span) if solution.needs_ideal and all(able) else (),
    )


def _able(
    game: LinkageGame, package: Sequence[int], columns: tuple[int, int], frontier: PlanarFrontier
) -> tuple[bool, bool]:
    """Which of the two players can gain; by exact exchange rates where the frontier is float."""
    ends = frontier.individually_rational()
    most: Number = Fraction(0)
    least: Number = Fraction(0)
    if ends is not None:
        most, least = frontier.point(ends[1])[0], frontier.point(ends[0])[1]
    if frontier.exact:
        return most > 0, least > 0
    clear = CLEAR * float(max(abs(frontier.x[[0, -1]]).max(), abs(frontier.y[[0, -1]]).max()))
    if game.reserved or (most > clear and least > clear):
        return most > clear, least > clear
    return rate_bounds(game, columns).gainers(package)


def _ideal_proofs(
    game: LinkageGame, columns: tuple[int, int], span: Span
) -> tuple[tuple[int, Weights, Deal], ...]:
    """For each player the deal that gives him most, and weights that show nothing gives more."""
    proofs = []
    for side, position in ((0, span.last), (1, span.first)):
        normal = span.frontier.normal(position)
        ends = position == (Position(len(span.frontier) - 1) if side == 0 else Position(0))
        support: tuple[Number, Number] = (Fraction(side == 0), Fraction(side == 1))
        if not ends:
            support = (normal[0] / normal[side], normal[1] / normal[side])
        proofs.append((columns[side], _full(game, columns, support), span.frontier.deal(position)))
    return tuple(proofs)


def _full(
    game: LinkageGame, columns: tuple[int, int], values: tuple[Number, Number]
) -> tuple[Number, ...]:
    """Two players' numbers as one per player of the game, the others 0."""
    full: list[Number] = [Fraction(0)] * len(game.players)
    full[columns[0]], full[columns[1]] = values
    return tuple(full)
