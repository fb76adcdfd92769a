"""The utilitarian solution: the largest sum of gains among deals in which nobody loses.

Among deals with the same sum, the one with the largest minimum gain (so that the answer is
unique).  Gains are compared across players.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from bargaining.geometry.frontier import Point, Position
from bargaining.results import Number
from bargaining.settlement.solutions.base import (
    Problem,
    Programme,
    Solution,
    Span,
    Weights,
    clip,
    crossing,
)

if TYPE_CHECKING:
    from bargaining.settlement.program import ProgramAnswer


def planar(span: Span, weights: tuple[Number, Number]) -> tuple[Position, Point]:
    """Walk along the frontier while the sum rises; share out an edge of constant sum evenly."""
    frontier = span.frontier

    def rise(run: int) -> Number:
        (x, y), (nx, ny) = frontier.vertex(run), frontier.vertex(run + 1)
        return (nx - x) + (ny - y)

    low, high = span.first.run, span.last.run + (1 if span.last.part else 0)
    end = high
    while high > low:
        middle = (low + high) // 2
        if rise(middle) > 0:
            low = middle + 1
        else:
            high = middle
    position = clip(span, Position(low))
    if low < end and rise(low) == 0:
        tie = Span(frontier, position, clip(span, Position(low + 1)))
        position = crossing(tie, lambda u: u[0] - u[1])
    return position, _support(span, position)


def _support(span: Span, position: Position) -> Point:
    """Weight 1 on whoever gains, at least 1 on whoever is kept from losing."""
    u = span.frontier.point(position)
    if u[0] == 0 and position == span.first and position.part:
        one, other = span.frontier.normal(position)
        return max(one / other, Fraction(1)), Fraction(1)
    if u[1] == 0 and position == span.last and position.part:
        one, other = span.frontier.normal(position)
        return Fraction(1), max(other / one, Fraction(1))
    if position == span.first and u[0] == 0 and position.run < len(span.frontier) - 1:
        one, other = span.frontier.normal(Position(position.run, Fraction(1, 2)))
        return max(one / other, Fraction(1)), Fraction(1)
    if position == span.last and u[1] == 0 and position.run > 0:
        one, other = span.frontier.normal(Position(position.run - 1, Fraction(1, 2)))
        return Fraction(1), max(other / one, Fraction(1))
    return Fraction(1), Fraction(1)


def conic(program: Programme, problem: Problem) -> ProgramAnswer:
    """Maximise the sum, then the least gain at that sum."""
    return program.maximise_sum(sorted(problem.gainers))


def score(gains: Sequence[Fraction], problem: Problem) -> tuple[Fraction, ...]:
    """Return the sum of gains, then the smallest."""
    assert problem.ideal is not None
    able = [gains[i] for i in problem.players if problem.ideal[i] > 0]
    return sum(gains, start=Fraction(0)), min(able, default=Fraction(0))


def conditions(problem: Problem, support: Weights, tolerance: float) -> bool:
    """Whether everyone who gains has the same weight, and nobody a smaller one."""
    scale = min(support[i] for i in problem.gainers)
    free = [support[i] for i in problem.gainers if problem.gains[i] > tolerance]
    return scale > 0 and all(w - scale <= tolerance * scale for w in free)


SOLUTION = Solution(
    id="utilitarian",
    title="Utilitarian solution",
    idea="the largest sum of gains, nobody losing",
    citation=(
        "Harsanyi, J. (1955). Cardinal welfare, individualistic ethics, and interpersonal "
        "comparisons of utility. Journal of Political Economy 63, 309-321."
    ),
    axioms=("Pareto", "symmetry"),
    fails=("scale invariance", "monotonicity"),
    planar=planar,
    conic=conic,
    score=score,
    conditions=conditions,
    over_all_rational=True,
)
