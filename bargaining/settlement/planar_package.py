"""The settlement of a package between two interested players, on its exact frontier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, eq=False)
class Outlook:
    """A package's frontier, and who can gain on it.

    Attributes
    ----------
    frontier : PlanarFrontier
    span : Span or None
        The individually rational part; None if somebody loses in every deal.
    able : tuple of two bool
        Which of the two players can gain.
    blocking : tuple of number or None
        Exchange rates that prove that the others cannot.
    """

    frontier: PlanarFrontier
    span: Span | None
    able: tuple[bool, bool]
    blocking: Weights | None

    @property
    def gainers(self) -> frozenset[int]:
        """Positions of the players who can gain."""
        return frozenset(c for c, can in zip(self.frontier.columns, self.able, strict=True) if can)


def outlook(
    game: LinkageGame, package: Sequence[int], frontier: PlanarFrontier | None = None
) -> Outlook:
    """See who can gain from a package; its frontier may be known already."""
    columns = axes(game)
    frontier = frontier or planar_frontier(game, package, columns)
    ends = frontier.individually_rational()
    if ends is None:
        rates = frontier.separating()
        return Outlook(frontier, None, (False, False), full(game, columns, rates))
    span = Span(frontier, *ends)
    able = _able(game, package, columns, frontier)
    blocking = None
    if not any(able):
        blocking = full(game, columns, frontier.normal(span.first))
    elif not all(able):
        blocking = full(game, columns, (Fraction(not able[0]), Fraction(not able[1])))
    return Outlook(frontier, span, able, blocking)


def planar_package(
    game: LinkageGame,
    package: Sequence[int],
    solution: Solution,
    weights: Weights,
    frontier: PlanarFrontier | None = None,
) -> PackageSettlement:
    """Settle a package on its frontier, which may be known already."""
    view = outlook(game, package, frontier)
    columns, span = view.frontier.columns, view.span
    if span is None or not any(view.able):
        return no_agreement(game, package, view.blocking)
    if not all(view.able):
        return one_gainer(game, package, view)
    pair = (weights[columns[0]], weights[columns[1]])
    position, support = solution.planar(span, pair)
    return PackageSettlement(
        package,
        Status.AGREEMENT,
        full(game, columns, span.frontier.point(position)),
        span.frontier.deal(position).on(package),
        view.gainers,
        full(game, columns, support),
        None,
        full(game, columns, span.ideal),
        "frontier",
        ideal_proofs(game, span) if solution.needs_ideal else (),
    )


def one_gainer(game: LinkageGame, package: Sequence[int], view: Outlook) -> PackageSettlement:
    """Give the only player who can gain the most, the other being held at no loss."""
    columns, span = view.frontier.columns, view.span
    assert span is not None
    position = span.last if view.able[0] else span.first
    point = span.frontier.point(position)
    point = (point[0], Fraction(0)) if view.able[0] else (Fraction(0), point[1])
    return PackageSettlement(
        package,
        Status.AGREEMENT,
        full(game, columns, point),
        span.frontier.deal(position).on(package),
        view.gainers,
        full(game, columns, span.frontier.normal(position)),
        view.blocking,
        full(game, columns, span.ideal),
        "frontier",
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


def ideal_proofs(game: LinkageGame, span: Span) -> tuple[tuple[int, Weights, Deal], ...]:
    """For each player the deal that gives him most, and weights that show nothing gives more."""
    columns = span.frontier.columns
    proofs = []
    for side, position in ((0, span.last), (1, span.first)):
        normal = span.frontier.normal(position)
        ends = position == (Position(len(span.frontier) - 1) if side == 0 else Position(0))
        support: tuple[Number, Number] = (Fraction(side == 0), Fraction(side == 1))
        if not ends:
            support = (normal[0] / normal[side], normal[1] / normal[side])
        proofs.append((columns[side], full(game, columns, support), span.frontier.deal(position)))
    return tuple(proofs)


def full(
    game: LinkageGame, columns: tuple[int, int], values: tuple[Number, Number]
) -> tuple[Number, ...]:
    """Two players' numbers as one per player of the game, the others 0."""
    spread: list[Number] = [Fraction(0)] * len(game.players)
    spread[columns[0]], spread[columns[1]] = values
    return tuple(spread)
