"""The Kalai-Smorodinsky solution: everyone gets the same share of the most he could get.

Maximise the least ratio u_i / a_i, where a_i is the most that player i gets in any deal in
which nobody loses (the ideal point of the individually rational set; other tools take the
ideal point of the whole set).  Ties are broken lexicographically, so that the deal is
efficient with any number of players (Kalai and Smorodinsky 1975; Imai 1983).
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
from bargaining.settlement.solutions.egalitarian import least_supported

if TYPE_CHECKING:
    from bargaining.settlement.program import ProgramAnswer


def planar(span: Span, weights: tuple[Number, Number]) -> tuple[Position, Point]:
    """Meet the ray from the status quo to the ideal point."""
    ideal = span.ideal
    position = crossing(span, lambda u: u[0] * ideal[1] - u[1] * ideal[0])
    u = span.frontier.point(position)
    return position, least_supported(span, position, (u[0] / ideal[0], u[1] / ideal[1]))


def conic(program: Programme, problem: Problem) -> ProgramAnswer:
    """Raise the least ratio, then the next, as linear programmes."""
    assert problem.ideal is not None
    return program.maximise_least({i: problem.ideal[i] for i in sorted(problem.gainers)})


def score(gains: Sequence[Fraction], problem: Problem) -> tuple[Fraction, ...]:
    """Ratios to the ideal point, smallest first."""
    assert problem.ideal is not None
    return tuple(sorted(gains[i] / Fraction(problem.ideal[i]) for i in problem.gainers))


def conditions(problem: Problem, support: Weights, tolerance: float) -> bool:
    """Whether only players with the least ratio carry weight."""
    if problem.ideal is None:
        return False
    ratios = {i: problem.gains[i] / problem.ideal[i] for i in problem.gainers}
    least = min(ratios.values())
    carried = [i for i in problem.gainers if support[i] > tolerance]
    return bool(carried) and all(ratios[i] - least <= tolerance for i in carried)


SOLUTION = Solution(
    id="kalai_smorodinsky",
    title="Kalai-Smorodinsky solution",
    idea="equal shares of the most each could get (ideal point of the individually rational set)",
    citation=(
        "Kalai, E. and Smorodinsky, M. (1975). Other solutions to Nash's bargaining problem. "
        "Econometrica 43, 513-518."
    ),
    axioms=("Pareto", "symmetry", "scale invariance", "individual monotonicity (two players)"),
    fails=("independence of irrelevant alternatives",),
    planar=planar,
    conic=conic,
    score=score,
    conditions=conditions,
    needs_ideal=True,
)
