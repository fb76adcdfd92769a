"""The discrete Raiffa solution: move half-way to the ideal point, again and again.

Given a disagreement point d, b_i(d) is the most that player i gets while the others keep d.
Everyone expects the average of all "one of us gets his best" deals, d + (b(d) - d)/n; that
midpoint is the next disagreement point, until no player can get more (Raiffa 1953; Luce and
Raiffa 1957; axioms: Diskin, Koppel and Samet 2011).  With two players the steps end on the frontier
when both best points lie on one edge, or converge to a corner; the limit always lies between d
and b(d), and the distance shrinks at least by the factor 1 - 1/n in each step.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from bargaining.geometry.frontier import Point, Position
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.solutions.base import Span
from bargaining.settlement.solutions.procedure import Finding, Procedure, Question
from bargaining.settlement.solutions.steps import Best, Step, Steps, check_steps

if TYPE_CHECKING:
    from bargaining.settlement.package import PackageSettlement

MAX_STEPS = 100
CLOSE = 1e-13
"""A gap between d and b(d) below this share of the payoffs ends the steps of a float answer."""
TOLERANCE = 1e-12


def settle(question: Question) -> Finding:
    """Take midpoints until one is efficient, or the limit is known to be a corner."""
    if question.frontier is None:
        from bargaining.settlement.solutions.raiffa_many import settle_many

        return settle_many(question)
    assert question.span is not None
    span, game = question.span, question.game
    d: Point = (Fraction(0), Fraction(0))
    steps: list[Step] = []
    for _ in range(MAX_STEPS):
        left, right = across(span, d[0], 0), across(span, d[1], 1)
        top, most = span.frontier.point(left), span.frontier.point(right)
        steps.append(_step(question, d, left, right))
        b = (most[0], top[1])
        how, position = ending(span, d, left, right)
        if how != "bracket":
            break
        d = ((d[0] + b[0]) / 2, (d[1] + b[1]) / 2)
        units = [game.reach[c] for c in question.columns]
        gap = max(abs(float(b[i] - d[i])) / units[i] for i in range(2))
        if not span.frontier.exact and gap <= CLOSE:
            break
    point = span.frontier.point(position)
    exact = how != "bracket" and span.frontier.exact
    if not exact:
        point = (float(point[0]), float(point[1]))
    return Finding(
        question.full(point),
        span.frontier.deal(position).on(question.package),
        question.full(span.frontier.normal(position)),
        "frontier",
        Steps(question.columns, tuple(steps), how),
        {"steps": len(steps), "ending": how},
        tolerance=0.0 if exact else TOLERANCE if span.frontier.exact else 1e-9,
    )


def _step(question: Question, d: Point, left: Position, right: Position) -> Step:
    """Write down a step: each player's best deal while the other keeps d, with its proof."""
    assert question.span is not None
    span, found = question.span, []
    for side, position in ((0, right), (1, left)):
        normal = span.frontier.normal(position)
        rates: Point = (normal[0] / normal[side], normal[1] / normal[side])
        end = span.last if side == 0 else span.first
        corner = Position(len(span.frontier) - 1) if side == 0 else Position(0)
        if position == end == corner:
            rates = (Fraction(side == 0), Fraction(side == 1))
        deal = span.frontier.deal(position).on(question.package)
        found.append(Best(question.columns[side], question.full(rates), deal))
    return Step(question.full(d), tuple(found))


def ending(span: Span, d: Point, left: Position, right: Position) -> tuple[str, Position]:
    """Whether the next midpoint, or the limit, is known: an edge, a corner, or not yet."""
    frontier = span.frontier
    (x0, y0), (x1, y1) = frontier.point(left), frontier.point(right)
    start = Position(left.run) if left.part else left
    stop = Position(right.run + 1) if right.part else right
    meets = x0 == d[0] and y1 == d[1]
    if left == right:
        return "corner", left
    if stop.run - start.run == 1 and meets:
        run, middle = start.run, (x0 + x1) / 2
        (a, _), (b, _) = frontier.vertex(run), frontier.vertex(run + 1)
        return "edge", Position(run, (middle - a) / (b - a))
    if stop.run - start.run == 2 and meets:
        x, y = frontier.vertex(start.run + 1)
        if (x - d[0]) * (y0 - y) == (y - d[1]) * (x1 - x):
            return "corner", Position(start.run + 1)
    between = Position(left.run + 1)  # a corner, if one lies between the two
    inside = (between.run, between.part) <= (right.run, right.part)
    return "bracket", between if inside else left


def across(span: Span, value: Number, side: int) -> Position:
    """Find the last point of the frontier at which a player keeps at least a given gain.

    ``side`` 0: the second player's best while the first keeps ``value``; 1: the reverse.
    """
    frontier = span.frontier

    def kept(position: Position) -> Number:
        return frontier.point(position)[side]

    near, far = (span.first, span.last) if side == 0 else (span.last, span.first)
    if kept(near) >= value:
        return near
    if kept(far) <= value:
        return far
    low, high = span.first.run, span.last.run + (1 if span.last.part else 0)
    while high - low > 1:
        middle = (low + high) // 2
        if (kept(Position(middle)) >= value) == (side == 0):
            high = middle
        else:
            low = middle
    here, there = kept(Position(low)), kept(Position(high))
    part = (value - here) / (there - here)
    return Position(high) if part == 1 else Position(low, part)


def check(game: LinkageGame, settled: PackageSettlement, tolerance: float, place: str) -> None:
    """Repeat the steps from their own deals and proofs, without frontier or solver."""
    check_steps(game, settled, tolerance, place)


SOLUTION = Procedure(
    id="raiffa",
    title="Discrete Raiffa solution",
    idea="half-way to the ideal point, again and again",
    citation=(
        "Raiffa, H. (1953). Arbitration schemes for generalized two-person games. In Kuhn and "
        "Tucker (eds), Contributions to the Theory of Games II, 361-387. Princeton."
    ),
    axioms=("Pareto", "symmetry", "scale invariance", "midpoint domination"),
    fails=("independence of irrelevant alternatives", "super-additivity"),
    settle=settle,
    check=check,
    players=None,
)
