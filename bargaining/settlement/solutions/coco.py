"""The coco value: cooperate for the largest total, split it by what each can threaten.

With side payments two players maximise u1 + u2, and what they dispute is the difference
u1 - u2, a zero-sum game: u1 = (max(u1 + u2) + val(u1 - u2)) / 2, u2 = (max - val) / 2 (Nash 1953
and Selten 1960 with transferable utility; Kalai and Kalai 2013).  Gains may lie below the status
quo: who can threaten is paid not to.  The value adds up over issues, so linking changes nothing
unless payoffs interact.  Two players; side payments are divisible, so there are no pure deals.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from bargaining.errors import VerificationError
from bargaining.geometry.frontier import PlanarFrontier, Position
from bargaining.geometry.support import support
from bargaining.model.deal import gains
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.solutions.base import Span, apart, crossing
from bargaining.settlement.solutions.procedure import Finding, Procedure, Question
from bargaining.settlement.solutions.threat_evidence import (
    ThreatEvidence,
    check_threats,
    planar,
    shown,
)
from bargaining.settlement.threats import optimal_threats, threat_games

if TYPE_CHECKING:
    from bargaining.settlement.package import PackageSettlement

NUMERICAL = 1e-7


def settle(question: Question) -> Finding | None:
    """Find the largest total and the value of the threats; side payments do the rest.

    None where gains are measured from reservation totals that even the largest total misses.
    """
    game, frontier, columns = question.game, question.frontier, planar(question.columns)
    assert frontier is not None
    games = threat_games(game, question.package, columns)
    threats = optimal_threats(games, (Fraction(1), Fraction(1)))
    position = _largest_total(frontier, threats.value)
    u = frontier.point(position)
    total = u[0] + u[1]
    if game.reserved and total < 0:
        return None
    point = ((total + threats.value) / 2, (total - threats.value) / 2)
    exact = not any(isinstance(g, float) for g in point)
    return Finding(
        question.full(point),
        frontier.deal(position).on(question.package),
        question.full((Fraction(1), Fraction(1))),
        "frontier and zero-sum game",
        ThreatEvidence(columns, (True, True), games, threats, threats),
        {"total": total, "value": threats.value, **shown(game, columns, games, threats)},
        question.full((point[0] - u[0], point[1] - u[1])),
        0.0 if exact else NUMERICAL,
    )


def _largest_total(frontier: PlanarFrontier, difference: Number) -> Position:
    """Find the deal with the largest total; of several the one with the least side payment."""

    def rise(run: int) -> Number:
        (x, y), (nx, ny) = frontier.vertex(run), frontier.vertex(run + 1)
        return (nx - x) + (ny - y)

    low, high = 0, len(frontier) - 1
    while high > low:
        middle = (low + high) // 2
        if rise(middle) > 0:
            low = middle + 1
        else:
            high = middle
    if low < len(frontier) - 1 and rise(low) == 0:
        tie = Span(frontier, Position(low), Position(low + 1))
        return crossing(tie, lambda u: u[0] - u[1] - difference)
    return Position(low)


def check(game: LinkageGame, settled: PackageSettlement, tolerance: float, place: str) -> None:
    """Check the total by the support function, and the value by both sides' guarantees."""
    evidence = settled.evidence
    if not isinstance(evidence, ThreatEvidence) or evidence.commits != (True, True):
        msg = f"{place}: no threats are given to check the value on"
        raise VerificationError(msg)
    one, two = evidence.columns
    weights = [Fraction(i in (one, two)) for i in range(len(game.players))]
    most = support(game, settled.package, weights)
    total = settled.gains[one] + settled.gains[two]
    found = gains(game, settled.deal.on(settled.package))
    unit = game.reach[one] + game.reach[two]
    for value in (total, found[one] + found[two]):
        if apart(value, most, tolerance * unit):
            msg = f"{place}: the total is {float(value):g}, the largest is {float(most):g}"
            raise VerificationError(msg)
    difference = settled.gains[one] - settled.gains[two]
    check_threats(game, settled.package, evidence, evidence.above, difference, tolerance, place)


SOLUTION = Procedure(
    id="coco",
    title="Coco value",
    idea="the largest total with side payments, split by what each can threaten",
    citation=(
        "Kalai, A. and Kalai, E. (2013). Cooperation in strategic games revisited. Quarterly "
        "Journal of Economics 128, 917-966."
    ),
    axioms=("Pareto (with side payments)", "symmetry", "shift invariance", "additivity"),
    fails=("individual rationality from the status quo", "scale invariance"),
    settle=settle,
    check=check,
    below_status_quo=True,
    side_payments=True,
)
