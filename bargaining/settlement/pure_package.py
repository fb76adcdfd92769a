"""The settlement of a package with one outcome per issue, on its exact Pareto set."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from bargaining.geometry.pure import pure_frontier
from bargaining.model.game import LinkageGame
from bargaining.results import Status
from bargaining.settlement.package import PackageSettlement, no_agreement
from bargaining.settlement.solutions.base import Problem, Solution, Weights


def pure_package(
    game: LinkageGame, package: Sequence[int], solution: Solution, weights: Weights
) -> PackageSettlement:
    """Choose among all undominated packages in which nobody loses."""
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
