"""The Nash bargaining solution: the deal with the largest product of gains.

Maximise Π u_i^{w_i} over deals in which nobody loses (Nash 1950; with weights w, Kalai 1977).
A player who cannot gain is held at no loss and left out of the product; it is not defined
when nobody can gain.  Proof of optimality at u: with weights w_i / u_i on the players no deal
is worth more than u itself.
"""

from __future__ import annotations

import decimal
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from bargaining.geometry.frontier import Point, Position
from bargaining.results import Number
from bargaining.settlement.solutions.base import Problem, Programme, Solution, Span, Weights, clip

if TYPE_CHECKING:
    from bargaining.settlement.program import ProgramAnswer


MAX_POWER = 4_000
DIGITS = 60


def planar(span: Span, weights: tuple[Number, Number]) -> tuple[Position, Point]:
    """Walk along the frontier while the product rises; solve the last edge in closed form."""
    frontier = span.frontier

    def rises(run: int) -> Number:
        """Return the derivative of the log product where an edge starts, times the product."""
        (x, y), (nx, ny) = frontier.vertex(run), frontier.vertex(run + 1)
        return weights[0] * (nx - x) * y + weights[1] * (ny - y) * x

    low = span.first.run
    high = span.last.run + (1 if span.last.part else 0)
    while high - low > 1:
        middle = (low + high) // 2
        if rises(middle) > 0:
            low = middle
        else:
            high = middle
    position = span.first
    if high > low:
        (x, y), (nx, ny) = frontier.vertex(low), frontier.vertex(low + 1)
        bend = (weights[0] + weights[1]) * (nx - x) * (ny - y)
        position = clip(span, Position(low, -rises(low) / bend))
    u = frontier.point(position)
    return position, (weights[0] / u[0], weights[1] / u[1])


def conic(program: Programme, problem: Problem) -> ProgramAnswer:
    """Maximise the weighted sum of logarithms of the gainers' gains."""
    return program.maximise_logs({i: problem.weights[i] for i in problem.gainers})


def score(gains: Sequence[Fraction], problem: Problem) -> tuple[Fraction, ...]:
    """Return the product of gains to whole powers that stand to each other as the weights.

    Where these powers would be huge, the logarithm to 30 places.
    """
    who = sorted(problem.gainers)
    if any(gains[i] <= 0 for i in who):
        return (Fraction(-1),)
    everyone = problem.players or tuple(who)
    weights = {i: Fraction(problem.weights[i]) for i in everyone}
    common = math.lcm(*(w.denominator for w in weights.values()))
    whole = {i: int(w * common) for i, w in weights.items()}
    unit = math.gcd(*whole.values())
    if sum(whole.values()) <= MAX_POWER * unit:
        product = Fraction(1)
        for i in who:
            product *= gains[i] ** (whole[i] // unit)
        return (product,)
    with decimal.localcontext(decimal.Context(prec=DIGITS)):
        logs = decimal.Decimal(0)
        for i in who:
            worth = decimal.Decimal(gains[i].numerator).ln()
            worth -= decimal.Decimal(gains[i].denominator).ln()
            logs += whole[i] * worth / unit
        return (Fraction(round(logs, DIGITS // 2)),)


def conditions(problem: Problem, support: Weights, tolerance: float) -> bool:
    """Whether the support weights are w_i / u_i on the gainers, or hardly more.

    With weights s_i >= w_i / u_i the log product of any deal exceeds this one's by at most the
    share by which s·u exceeds the sum of the w_i.
    """
    who = sorted(problem.gainers)
    products = [support[i] * problem.gains[i] / problem.weights[i] for i in who]
    if not products or min(products) <= 0:
        return False
    total = sum((problem.weights[i] for i in who), start=Fraction(0))
    excess = sum(
        (problem.weights[i] * (p - min(products)) for i, p in zip(who, products, strict=True)),
        start=Fraction(0),
    )
    return bool(excess <= tolerance * min(products) * total)


SOLUTION = Solution(
    id="nash",
    title="Nash bargaining solution",
    idea="the deal with the largest product of gains",
    citation="Nash, J. (1950). The bargaining problem. Econometrica 18, 155-162.",
    axioms=("Pareto", "symmetry", "scale invariance", "independence of irrelevant alternatives"),
    fails=("monotonicity", "super-additivity"),
    planar=planar,
    conic=conic,
    score=score,
    conditions=conditions,
)
