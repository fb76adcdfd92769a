"""The egalitarian solution: the smallest gain is as large as possible.

Maximise min u_i, then the next smallest, and so on (lexicographic maximin, which is efficient;
Kalai 1977, Imai 1983).  Gains are compared across players, so rescaling one player's payoffs
changes the answer.  A player who cannot gain is left out of the minimum.
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
    crossing,
)

if TYPE_CHECKING:
    from bargaining.settlement.program import ProgramAnswer


def planar(span: Span, weights: tuple[Number, Number]) -> tuple[Position, Point]:
    """Meet the line of equal gains, or stop at the end nearest to it."""
    position = crossing(span, lambda u: u[0] - u[1])
    return position, least_supported(span, position, span.frontier.point(position))


def least_supported(span: Span, position: Position, measure: Point) -> Point:
    """Support weights that rest only on whoever has the least of ``measure``."""
    if measure[0] > measure[1] and position == span.first:
        return Fraction(0), Fraction(1)
    if measure[1] > measure[0] and position == span.last:
        return Fraction(1), Fraction(0)
    return span.frontier.normal(position)


def conic(program: Programme, problem: Problem) -> ProgramAnswer:
    """Raise the least gain, then the next, as linear programmes."""
    return program.maximise_least(dict.fromkeys(sorted(problem.gainers), Fraction(1)))


def score(gains: Sequence[Fraction], problem: Problem) -> tuple[Fraction, ...]:
    """Gains, smallest first."""
    return tuple(sorted(gains[i] for i in problem.gainers))


def conditions(problem: Problem, support: Weights, tolerance: float) -> bool:
    """Whether only players with the least gain carry weight."""
    least = min(problem.gains[i] for i in problem.gainers)
    carried = [i for i in problem.gainers if support[i] > tolerance]
    return bool(carried) and all(
        problem.gains[i] - least <= tolerance * (1 + abs(float(least))) for i in carried
    )


SOLUTION = Solution(
    id="egalitarian",
    title="Egalitarian solution",
    idea="the smallest gain is as large as possible",
    citation=(
        "Kalai, E. (1977). Proportional solutions to bargaining situations: interpersonal "
        "utility comparisons. Econometrica 45, 1623-1630."
    ),
    axioms=("Pareto", "symmetry", "monotonicity of the smallest gain"),
    fails=("scale invariance",),
    planar=planar,
    conic=conic,
    score=score,
    conditions=conditions,
)
