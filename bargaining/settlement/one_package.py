"""Settling one package, by whichever exact or certified way fits it.

Two interested players: the exact frontier.  More: the exact test of who can gain, then a
programme.  Pure deals: the exact Pareto set.  Procedures go their own way.
"""

from __future__ import annotations

from collections.abc import Sequence

from bargaining.geometry.frontier import PlanarFrontier
from bargaining.model.game import LinkageGame
from bargaining.settlement.package import Deals, PackageSettlement
from bargaining.settlement.planar_package import planar_package
from bargaining.settlement.procedure_package import procedure_package
from bargaining.settlement.program_package import program_package
from bargaining.settlement.pure_package import pure_package
from bargaining.settlement.solutions.base import Solution, Weights
from bargaining.settlement.solutions.procedure import Procedure


def settle_package(
    game: LinkageGame,
    package: Sequence[int],
    solution: Solution | Procedure,
    *,
    deals: Deals = "shares",
    weights: Weights,
    frontier: PlanarFrontier | None = None,
    commit: tuple[int, ...] = (),
) -> PackageSettlement:
    """Settle one package, others at the status quo; its frontier may be known already."""
    if isinstance(solution, Procedure):
        return procedure_package(game, package, solution, frontier, commit)
    if deals == "pure":
        return pure_package(game, package, solution, weights)
    if len(game.interested) <= 2:
        return planar_package(game, package, solution, weights, frontier)
    return program_package(game, package, solution, weights)
