"""The settlement of a package with one outcome per issue, on its exact Pareto set.

Where the Pareto set is too large to be followed up completely, the best of the packages found
is compared with the best deal that shares allow, which no pure package can beat: either that
proves it best all the same, or both numbers are given and the status is ``limit_reached``.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from bargaining.geometry.pure import pure_frontier
from bargaining.model.game import LinkageGame
from bargaining.results import Status
from bargaining.settlement.package import PackageSettlement, no_agreement
from bargaining.settlement.planar_package import planar_package
from bargaining.settlement.program import GAP
from bargaining.settlement.program_package import program_package
from bargaining.settlement.solutions.base import Problem, Solution, Weights

MAX_TIES = 1_000
"""Equally good packages that are listed."""


def pure_package(
    game: LinkageGame, package: Sequence[int], solution: Solution, weights: Weights
) -> PackageSettlement:
    """Choose among all undominated packages in which nobody loses."""
    columns = game.interested
    if not columns:
        return no_agreement(game, package, None, "pure frontier")
    frontier = pure_frontier(game, package, columns)
    rational: dict[int, tuple[Fraction, ...]] = {}
    for j in frontier.rational():
        full = [Fraction(0)] * len(game.players)
        for i, gain in zip(columns, frontier.gains(j), strict=True):
            full[i] = gain
        rational[j] = tuple(full)
    able = {j: frozenset(i for i in columns if g[i] > 0) for j, g in rational.items()}
    families = {who for who in able.values() if who}
    if not families:
        settled = no_agreement(game, package, None, "pure frontier")
        return settled if frontier.complete else _bounded(game, settled, solution, weights)
    largest = max(map(len, families))
    most = tuple(max(g[i] for g in rational.values()) for i in range(len(game.players)))
    competing = {
        j: solution.score(g, Problem(g, able[j], weights, most, columns))
        for j, g in rational.items()
        if able[j] and (solution.over_all_rational or len(able[j]) == largest)
    }
    top = max(competing.values())
    winners = sorted(
        (j for j, key in competing.items() if key == top), key=lambda j: (sorted(able[j]), j)
    )
    ties = tuple(
        deal.on(package)
        for deal in itertools.islice(
            itertools.chain.from_iterable(frontier.deals(j) for j in winners), MAX_TIES
        )
    )
    settled = PackageSettlement(
        package,
        Status.AGREEMENT,
        rational[winners[0]],
        ties[0],
        able[winners[0]],
        None,
        None,
        most,
        "pure frontier",
        (),
        tuple(sorted(families, key=sorted)),
        ties,
        tie_count=sum(frontier.counts[j] for j in winners),
    )
    return settled if frontier.complete else _bounded(game, settled, solution, weights)


def _bounded(
    game: LinkageGame, found: PackageSettlement, solution: Solution, weights: Weights
) -> PackageSettlement:
    """Compare the best package found with the best deal with shares."""
    package = found.package
    planar = len(game.interested) <= 2
    shares = (
        planar_package(game, package, solution, weights)
        if planar
        else program_package(game, package, solution, weights)
    )
    if shares.status == Status.NO_AGREEMENT and not found.gainers:
        return found
    if shares.status != Status.AGREEMENT:
        return replace(found, status=Status.LIMIT_REACHED)

    def score(settled: PackageSettlement, ideal: Weights | None) -> tuple[Fraction, ...]:
        exact = [Fraction(g) for g in settled.gains]
        problem = Problem(tuple(exact), settled.gainers, weights, ideal, game.interested)
        return solution.score(exact, problem)

    most = score(shares, shares.ideal)
    best = score(found, shares.ideal) if found.gainers else (Fraction(0),)
    exact = all(isinstance(g, Fraction) for g in shares.gains)
    same = found.gainers == shares.gainers
    if exact and same and not solution.needs_ideal and best >= most:
        return found
    high = most[0] if exact else most[0] * (1 + Fraction(GAP))
    if solution.needs_ideal and found.ideal is not None and shares.ideal is not None:
        # The pure ideal point lies between the best found and that with shares.
        high *= max(
            Fraction(a) / Fraction(b) for a, b in zip(shares.ideal, found.ideal, strict=True) if b
        )
    return replace(found, status=Status.LIMIT_REACHED, bracket=(best[0], high))
