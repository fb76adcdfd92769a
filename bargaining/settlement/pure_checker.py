"""The checker of settlements with one outcome per issue: every package of outcomes is tried."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction

from bargaining.errors import VerificationError
from bargaining.geometry.marginals import package_terms
from bargaining.model.deal import Deal, gains, status_quo
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.package import PackageSettlement
from bargaining.settlement.solutions.base import Problem, Solution, Weights

MAX_BRUTE_FORCE = 20_000


def check_pure(
    game: LinkageGame,
    settled: PackageSettlement,
    solution: Solution,
    weights: Weights,
    place: str,
) -> None:
    """Try every package of outcomes, where there are few enough."""
    terms = package_terms(game, settled.package)
    issues = [*terms.singles, *(k for c in terms.components for k in c.issues)]
    sizes = [len(game.flat.rows(k)) for k in issues]
    if math.prod(sizes) > MAX_BRUTE_FORCE:
        return
    rational: list[tuple[Fraction, ...]] = []
    for outcome in itertools.product(*(range(size) for size in sizes)):
        deal = Deal(status_quo(game))
        for k, a in zip(issues, outcome, strict=True):
            deal.outcomes[k] = a
        found = tuple(Fraction(g) for g in gains(game, Deal(deal.outcomes)))
        if min((found[i] for i in game.interested), default=Fraction(0)) >= 0:
            rational.append(found)
    able = [frozenset(i for i in game.interested if g[i] > 0) for g in rational]
    largest = max(map(len, able), default=0)
    if solution.over_all_rational:
        rivals = [who for who in able if who]
    else:
        rivals = [who for who in able if who and len(who) == largest]
    if bool(rivals) != bool(settled.gainers) or (rivals and settled.gainers not in rivals):
        msg = f"{place}: other players can gain together than those named"
        raise VerificationError(msg)
    if not rivals:
        return
    ideal = tuple(max(g[i] for g in rational) for i in range(len(game.players)))

    def score(gained: Sequence[Number], who: frozenset[int]) -> tuple[Fraction, ...]:
        exact = [Fraction(g) for g in gained]
        return solution.score(exact, Problem(tuple(exact), who, weights, ideal, game.interested))

    mine = score(settled.gains, settled.gainers)
    for found, who in zip(rational, able, strict=True):
        if who in rivals and score(found, who) > mine:
            msg = f"{place}: the package with gains {show(found)} is better"
            raise VerificationError(msg)
    if set(settled.alternatives) - set(able):
        msg = f"{place}: players are said to gain together who cannot"
        raise VerificationError(msg)


def show(values: Sequence[Number]) -> str:
    """Write gains for a message."""
    return "(" + ", ".join(f"{float(v):g}" for v in values) + ")"
