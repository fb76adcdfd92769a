"""The settlement of one package, by whichever exact or certified way fits it.

Two interested players: the exact frontier.  More: the exact test of who can gain, then the
convex programme.  Pure deals: the exact Pareto set.  All give the same kind of answer, with
support weights that :mod:`bargaining.settlement.checker` verifies from the definitions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

from bargaining.errors import SolverError
from bargaining.geometry.exchange_rates import rate_bounds
from bargaining.geometry.frontier import PlanarFrontier, Position, planar_frontier
from bargaining.geometry.marginals import package_terms
from bargaining.geometry.mutual import MutualGain, mutual_gain
from bargaining.geometry.pure import pure_frontier
from bargaining.model.agenda import positions
from bargaining.model.deal import Deal, gains
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.solutions.base import Problem, Solution, Span, Weights

if TYPE_CHECKING:
    from bargaining.settlement.exact_program import ExactProgram
    from bargaining.settlement.program import Program

Deals = Literal["shares", "pure"]
CLEAR = 1e-6
"""A gain above this share of the frontier's extent is no rounding error."""


@dataclass(frozen=True, eq=False)
class PackageSettlement:
    """What a package is settled on.

    Attributes
    ----------
    package : sequence of int
    status : Status
        ``agreement`` if the package changes something, otherwise ``no_agreement``.
    gains : tuple of number, one per player
        Promised gains: other packages at the status quo.
    deal : Deal
    gainers : frozenset of int
        Players who can gain; the others are held at no loss.
    weights : tuple of number or None
        Support weights at which no deal of the package is worth more; None for pure deals.
    blocking : tuple of Fraction or None
        Exchange rates that prove that the other interested players cannot gain.
    ideal : tuple of number or None
        The most each gainer can get, where the concept needs it.
    method : str
    ideal_proofs : tuple of (player, weights, Deal)
        What shows that ``ideal`` is reached and cannot be passed, where the concept needs it.
    alternatives : tuple of frozenset of int
        For pure deals, all sets of players who gain in some package in which nobody loses.
    ties : tuple of Deal
        All equally good pure deals, the chosen one first.
    """

    package: Sequence[int]
    status: Status
    gains: Weights
    deal: Deal
    gainers: frozenset[int]
    weights: Weights | None
    blocking: Weights | None
    ideal: Weights | None
    method: str
    ideal_proofs: tuple[tuple[int, Weights, Deal], ...] = ()
    alternatives: tuple[frozenset[int], ...] = ()
    ties: tuple[Deal, ...] = ()

    def problem(self, weights: Weights) -> Problem:
        """Return what the certificate is checked against."""
        return Problem(self.gains, self.gainers, weights, self.ideal)


def settle_package(
    game: LinkageGame,
    package: Sequence[int],
    solution: Solution,
    *,
    deals: Deals = "shares",
    weights: Weights,
    frontier: PlanarFrontier | None = None,
) -> PackageSettlement:
    """Settle one package, others at the status quo; its frontier may be known already."""
    if deals == "pure":
        return _pure(game, package, solution, weights)
    if len(game.interested) <= 2:
        return _planar(game, package, solution, weights, frontier)
    return _conic(game, package, solution, weights)


def axes(game: LinkageGame) -> tuple[int, int]:
    """Return the two players of a planar problem: the interested ones, filled up with others."""
    chosen = [*game.interested]
    chosen += [i for i in range(len(game.players)) if i not in chosen]
    return min(chosen[:2]), max(chosen[:2])


def _planar(
    game: LinkageGame,
    package: Sequence[int],
    solution: Solution,
    weights: Weights,
    frontier: PlanarFrontier | None = None,
) -> PackageSettlement:
    columns = axes(game)
    frontier = frontier or planar_frontier(game, package, columns)
    ends = frontier.individually_rational()
    able = _able(game, package, columns, frontier)
    if ends is None or not any(able):
        here = ends[0] if ends else Position(0)
        return no_agreement(game, package, _full(game, columns, frontier.normal(here)))
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
    if most > clear and least > clear:
        return True, True
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


def no_agreement(
    game: LinkageGame, package: Sequence[int], blocking: Weights | None, method: str = "frontier"
) -> PackageSettlement:
    """Leave the package at the status quo."""
    zero = (Fraction(0),) * len(game.players)
    index = positions(package)
    deal = Deal(game.origin[index], issues=index)
    return PackageSettlement(
        package, Status.NO_AGREEMENT, zero, deal, frozenset(), blocking, blocking, None, method
    )


def _full(
    game: LinkageGame, columns: tuple[int, int], values: tuple[Number, Number]
) -> tuple[Number, ...]:
    """Two players' numbers as one per player of the game, the others 0."""
    full: list[Number] = [Fraction(0)] * len(game.players)
    full[columns[0]], full[columns[1]] = values
    return tuple(full)


def _conic(
    game: LinkageGame, package: Sequence[int], solution: Solution, weights: Weights
) -> PackageSettlement:
    from bargaining.settlement.exact_program import ExactProgram, small_enough
    from bargaining.settlement.layout import Layout
    from bargaining.settlement.program import Program

    found = mutual_gain(game, package)
    if not found.gainers:
        return no_agreement(game, package, found.weights, "exchange rates")
    terms = package_terms(game, package)
    layout = Layout(game, terms.singles, terms.components)
    if small_enough(layout):
        try:
            return _programmed(
                game, package, solution, weights, found, ExactProgram(game, layout, game.interested)
            )
        except SolverError:  # an unlucky basis or too many rounds: the numerical way remains
            pass
    try:
        program = Program(game, package, game.interested, layout)
        return _programmed(game, package, solution, weights, found, program)
    except SolverError:
        return PackageSettlement(
            package,
            Status.NUMERICAL_TROUBLE,
            gains(game, found.deal),
            found.deal.on(package),
            found.gainers,
            None,
            found.weights,
            None,
            "exchange rates",
        )


def _programmed(
    game: LinkageGame,
    package: Sequence[int],
    solution: Solution,
    weights: Weights,
    found: MutualGain,
    program: Program | ExactProgram,
) -> PackageSettlement:
    """Ask a programme for the settlement of a package from which somebody can gain."""
    ideal: Weights | None = None
    proofs: tuple[tuple[int, Weights, Deal], ...] = ()
    if solution.needs_ideal:
        proofs = program.ideal(sorted(found.gainers))
        most = {i: gains(game, deal)[i] for i, _, deal in proofs}
        ideal = tuple(most.get(i, Fraction(0)) for i in range(len(game.players)))
    zero = (Fraction(0),) * len(game.players)
    problem = Problem(zero, found.gainers, weights, ideal, game.interested)
    answer = solution.conic(program, problem)
    deal = program.deal(answer.variables).on(package)
    gained = gains(game, deal)
    return PackageSettlement(
        package,
        Status.AGREEMENT,
        gained if answer.exact else tuple(float(g) for g in gained),
        deal,
        found.gainers,
        answer.weights,
        found.weights,
        ideal,
        answer.method,
        proofs,
    )


def _pure(
    game: LinkageGame, package: Sequence[int], solution: Solution, weights: Weights
) -> PackageSettlement:
    columns = game.interested
    if not columns:
        return no_agreement(game, package, None, "pure frontier")
    frontier = pure_frontier(game, package, columns)
    rational: dict[int, tuple[Fraction, ...]] = {}
    for j in np.flatnonzero((frontier.points >= 0).all(axis=1)).tolist():
        full = [Fraction(0)] * len(game.players)
        for i, gain in zip(columns, frontier.gains(j), strict=True):
            full[i] = gain
        rational[j] = tuple(full)
    able = {j: frozenset(i for i in columns if g[i] > 0) for j, g in rational.items()}
    families = {who for who in able.values() if who}
    if not families:
        return no_agreement(game, package, None, "pure frontier")
    largest = max(map(len, families))
    most = tuple(max(g[i] for g in rational.values()) for i in range(len(game.players)))

    def score(j: int) -> tuple[Fraction, ...]:
        problem = Problem(rational[j], able[j], weights, most, game.interested)
        return solution.score(rational[j], problem)

    competing = {
        j: score(j)
        for j, who in able.items()
        if who and (solution.over_all_rational or len(who) == largest)
    }
    top = max(competing.values())
    winners = sorted(
        (j for j, key in competing.items() if key == top), key=lambda j: (sorted(able[j]), j)
    )
    ties = tuple(frontier.deal(j) for j in winners)
    return PackageSettlement(
        package,
        Status.AGREEMENT,
        rational[winners[0]],
        ties[0].on(package),
        able[winners[0]],
        None,
        None,
        most,
        "pure frontier",
        (),
        tuple(sorted(families, key=sorted)),
        ties,
    )
