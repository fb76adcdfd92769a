"""The continuous Raiffa solution: move towards the ideal point all the time.

From the status quo the agreement moves in the direction of the ideal point of what is left,
u' = b(u) - u, until it reaches the frontier (Raiffa 1953).  On a polygon b(u) is linear while the
two best points stay on the same two edges, so each piece of the path has a closed form with
eigenvalues -1 ± sqrt(product of the slopes).  On one edge the path is straight and ends in the
middle.  Two players; exact where the whole path is straight, otherwise numerical.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotSupportedError, VerificationError
from bargaining.geometry.frontier import Point
from bargaining.model.game import LinkageGame
from bargaining.settlement.solutions.outline import Outline, check_outline
from bargaining.settlement.solutions.procedure import Finding, Procedure, Question
from bargaining.settlement.solutions.raiffa import across, ending

if TYPE_CHECKING:
    from bargaining.settlement.package import PackageSettlement

MAX_CORNERS = 5_000
TOLERANCE = 1e-9
INTEGRATED = 1e-7
"""How closely the independent integration must agree, relative to the payoffs."""


def settle(question: Question) -> Finding:
    """Follow the path edge by edge.

    1. If the path is straight from the start, its end is known exactly.
    2. Otherwise solve the linear equation of the current pair of edges up to the first corner,
       and go on, until both best points lie on one edge: the middle between them.
    """
    assert question.span is not None
    span = question.span
    zero: Point = (Fraction(0), Fraction(0))
    left, right = across(span, zero[0], 0), across(span, zero[1], 1)
    how, position = ending(span, zero, left, right)
    outline = Outline(span)
    corners = len(outline.stops)
    if corners > MAX_CORNERS:
        msg = (
            f"raiffa_continuous: the frontier has {corners:,} corner points (at most "
            f"{MAX_CORNERS:,}); take raiffa, its discrete form, or perles_maschler"
        )
        raise NotSupportedError(msg)
    straight = how != "bracket"
    if not straight:
        goal = _follow(outline)
        position = across(span, goal, 0)
    x, y = span.frontier.point(position)
    exact = straight and span.frontier.exact
    point = (x, y) if exact else (float(x), float(y))
    return Finding(
        question.full(point),
        span.frontier.deal(position).on(question.package),
        question.full(span.frontier.normal(position)),
        "frontier",
        outline,
        {"straight": straight},
        tolerance=0.0 if exact else TOLERANCE,
    )


@dataclass(frozen=True)
class _Line:
    """A player's best gain as the other's rises: ``level - slope * other``, until ``until``."""

    level: float
    slope: float
    until: float


def _follow(outline: Outline) -> float:
    """Return the first player's gain where the path ends, in floating point."""
    points = [(float(x), float(y)) for x, y in outline.points]
    falling = [(y, x) for x, y in reversed(points)]
    x = y = 0.0
    for _ in range(2 * len(points) + 4):
        up, along = _line(points, x), _line(falling, y)
        if along.slope * up.slope >= 1 - 1e-12 or min(up.level, along.level) == 0:
            return (x + along.level - along.slope * y) / 2
        move = _flow(x, y, along, up)
        end = _first_event(move, up.until, along.until, math.sqrt(up.slope * along.slope))
        x, y = move(end)
        if math.isinf(end):
            return x
        x, y = (
            (max(x, up.until) if x >= up.until - 1e-14 * abs(up.until) else x),
            (max(y, along.until) if y >= along.until - 1e-14 * abs(along.until) else y),
        )
    return x


def _line(points: list[tuple[float, float]], here: float) -> _Line:
    """Return the edge above ``here``; level where the frontier has not begun."""
    if here < points[0][0]:
        return _Line(float(points[0][1]), 0.0, float(points[0][0]))
    for (a, b), (c, d) in itertools.pairwise(points):
        if here < c:
            slope = float(b - d) / float(c - a)
            return _Line(float(b) + slope * float(a), slope, float(c))
    return _Line(float(points[-1][1]), math.inf, math.inf)


def _flow(x: float, y: float, along: _Line, up: _Line) -> Callable[[float], tuple[float, float]]:
    """Solve x' = b1(y) - x, y' = b2(x) - y on a pair of edges in closed form."""
    n, m = along.slope, up.slope
    meet_x = (along.level - n * up.level) / (1 - n * m)
    meet_y = up.level - m * meet_x
    a, b = x - meet_x, y - meet_y
    k = math.sqrt(n * m)

    def at(time: float) -> tuple[float, float]:
        if math.isinf(time):
            return meet_x, meet_y
        slow, fast = math.exp(-(1 - k) * time), math.exp(-(1 + k) * time)
        even = (slow + fast) / 2
        odd = (slow - fast) / (2 * k) if k > 1e-9 else time * math.exp(-time)
        return meet_x + even * a - odd * n * b, meet_y + even * b - odd * m * a

    return at


def _first_event(
    move: Callable[[float], tuple[float, float]], stop_x: float, stop_y: float, k: float
) -> float:
    """Return the time at which the path passes a corner; infinity if it never does."""
    from scipy.optimize import brentq

    def past(time: float) -> float:
        x, y = move(time)
        return max(x - stop_x, y - stop_y)

    high, limit = 1e-3, 60 / (1 - k)
    while past(high) <= 0:
        high *= 2
        if high > limit:
            return math.inf
    if past(0.0) >= 0:
        return 0.0
    return float(brentq(past, 0.0, high, xtol=1e-16, rtol=1e-15, maxiter=500))


def check(game: LinkageGame, settled: PackageSettlement, tolerance: float, place: str) -> None:
    """Integrate the equation on the checked frontier by a general method, and compare."""
    from scipy.integrate import solve_ivp

    if not isinstance(settled.evidence, Outline):
        msg = f"{place}: no frontier is given to integrate on"
        raise VerificationError(msg)
    points = settled.evidence.points
    columns = settled.evidence.span.frontier.columns
    check_outline(game, settled.package, columns, points, settled.ideal_proofs, place, tolerance)
    units = np.array([max(float(points[-1][0]), 1e-300), max(float(points[0][1]), 1e-300)])
    x = np.array([float(p[0]) for p in points]) / units[0]
    y = np.array([float(p[1]) for p in points]) / units[1]

    def velocity(_: float, u: NDArray[np.float64]) -> NDArray[np.float64]:
        ideal: NDArray[np.float64] = np.array(
            [np.interp(u[1], y[::-1], x[::-1]), np.interp(u[0], x, y)]
        )
        return np.asarray(ideal - u)

    path = solve_ivp(velocity, (0, 40), [0.0, 0.0], method="LSODA", rtol=1e-11, atol=1e-13)
    end = path.y[:, -1]
    claimed = np.array([float(settled.gains[c]) for c in columns]) / units
    if not path.success or float(np.abs(end - claimed).max()) > INTEGRATED:
        msg = f"{place}: integrating the equation leads to {(end * units).tolist()}"
        raise VerificationError(msg)


SOLUTION = Procedure(
    id="raiffa_continuous",
    title="Continuous Raiffa solution",
    idea="towards the ideal point of what is left, all the time",
    citation=(
        "Raiffa, H. (1953). Arbitration schemes for generalized two-person games. In Kuhn and "
        "Tucker (eds), Contributions to the Theory of Games II, 361-387. Princeton."
    ),
    axioms=("Pareto", "symmetry", "scale invariance", "midpoint domination"),
    fails=("independence of irrelevant alternatives", "super-additivity"),
    settle=settle,
    check=check,
)
