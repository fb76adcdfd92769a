"""The settlement of a package between any number of players, by a programme.

First the exact test of who can gain; then the exact programme for small packages, the convex
one for large ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from bargaining.errors import SolverError
from bargaining.geometry.marginals import package_terms
from bargaining.geometry.mutual import MutualGain, mutual_gain
from bargaining.model.deal import Deal, gains
from bargaining.model.game import LinkageGame
from bargaining.results import Status
from bargaining.settlement.package import PackageSettlement, no_agreement
from bargaining.settlement.program import GAP
from bargaining.settlement.solutions.base import Problem, Solution, Weights

if TYPE_CHECKING:
    from bargaining.settlement.exact_program import ExactProgram
    from bargaining.settlement.program import Program


def program_package(
    game: LinkageGame, package: Sequence[int], solution: Solution, weights: Weights
) -> PackageSettlement:
    """Settle a package by the exact programme, or where that is too large by the convex one."""
    from bargaining.settlement.exact_program import ExactProgram, small_enough
    from bargaining.settlement.layout import Layout
    from bargaining.settlement.program import Program

    try:
        found = mutual_gain(game, package)
    except SolverError:
        return replace(no_agreement(game, package, None), status=Status.NUMERICAL_TROUBLE)
    if not found.gainers:
        return no_agreement(game, package, found.weights, "exchange rates")
    terms = package_terms(game, package)
    layout = Layout(game, terms.singles, terms.components)
    # Without a status quo, what a lottery lacks to 1 could stand on a package not allowed.
    if small_enough(layout) and not (game.reserved and game.constraints):
        try:
            return _programmed(
                game, package, solution, weights, found, ExactProgram(game, layout, game.interested)
            )
        except SolverError:  # an unlucky basis or too many rounds: the numerical way remains
            pass
    try:
        program = Program(game, package, game.interested, layout, found.weights)
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
        tolerance=None if answer.exact else GAP,
    )
