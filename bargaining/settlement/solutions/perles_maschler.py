"""The Perles-Maschler solution: concessions of equal size from both ends of the frontier.

Two players start at the ends of the individually rational frontier, each at his best point, and
concede towards each other so that the products of what they give up and what the other gets,
sqrt(-du1 du2), are always equal; they meet where the integrals of sqrt(-du1 du2) from both ends
are equal.  On a polygon each edge contributes sqrt(|dx dy|).  It is the only symmetric, efficient
and scale invariant solution of two players that is super-additive: linking what was settled apart
harms nobody (Perles and Maschler 1981).  Not defined for more players or pure deals.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bargaining.errors import VerificationError
from bargaining.geometry.frontier import Position
from bargaining.model.game import LinkageGame
from bargaining.settlement.solutions.base import Span
from bargaining.settlement.solutions.outline import Outline, check_outline
from bargaining.settlement.solutions.procedure import Finding, Procedure, Question

if TYPE_CHECKING:
    from bargaining.settlement.package import PackageSettlement

DIGITS = 50
TOLERANCE = 1e-12
"""Of an answer whose square roots have no common measure, relative to the payoffs."""
FLOAT_TOLERANCE = 1e-9
"""Of an answer to a game too large for exact numbers."""


def settle(question: Question) -> Finding:
    """Halve the total length of the frontier, an edge counting sqrt(|dx dy|).

    1. Measure every edge: exactly when the square roots have a common measure, otherwise to
       fifty digits.
    2. Walk until half of the total is passed, and cut that edge.
    """
    assert question.span is not None
    span = question.span
    outline = Outline(span)
    pieces = _pieces(span, outline.stops)
    lengths, exact = _lengths(pieces, whole=span.frontier.exact)
    position, part = span.first, Fraction(0)
    if pieces:
        half = sum(lengths[1:], start=lengths[0]) / 2
        before = 0 * half
        for piece, length in zip(pieces, lengths, strict=True):
            if before + length >= half:
                part = piece.start + piece.share * Fraction((half - before) / length)
                position = Position(piece.run, part if span.frontier.exact else float(part))
                break
            before += length
        if part == 1:
            position = Position(position.run + 1)
    x, y = span.frontier.point(position)
    point = (x, y) if exact else (float(x), float(y))
    return Finding(
        question.full(point),
        span.frontier.deal(position).on(question.package),
        question.full(span.frontier.normal(position)),
        "frontier",
        outline,
        tolerance=0.0 if exact else TOLERANCE if span.frontier.exact else FLOAT_TOLERANCE,
    )


@dataclass(frozen=True)
class _Piece:
    """Part of an edge: from ``start`` on, a ``share`` of the run; the product of its two sides."""

    run: int
    start: Fraction
    share: Fraction
    product: Any


def _pieces(span: Span, stops: Sequence[Position]) -> list[_Piece]:
    """List the edges of the individually rational frontier, on the game's whole-number scale."""
    frontier = span.frontier
    pieces = []
    for here, there in itertools.pairwise(stops):
        end = there.part if there.run == here.run else Fraction(1)
        dx, dy = (values[here.run + 1] - values[here.run] for values in (frontier.x, frontier.y))
        product = -int(dx) * int(dy) if frontier.exact else -float(dx) * float(dy)
        start = Fraction(here.part)
        pieces.append(_Piece(here.run, start, Fraction(end) - start, product))
    return pieces


def _lengths(pieces: Sequence[_Piece], *, whole: bool) -> tuple[list[Any], bool]:
    """Return the pieces' square roots in a common unit, and whether they are exact."""
    if not whole:
        return [float(p.share) * math.sqrt(p.product) for p in pieces], False
    base = pieces[0].product if pieces else 1
    roots = [math.isqrt(p.product * base) for p in pieces]
    if all(r * r == p.product * base for r, p in zip(roots, pieces, strict=True)):
        return [p.share * r for r, p in zip(roots, pieces, strict=True)], True
    context = Context(prec=DIGITS)
    lengths = []
    for p in pieces:
        root = context.sqrt(Decimal(p.product))
        scaled = context.multiply(root, Decimal(p.share.numerator))
        lengths.append(Fraction(context.divide(scaled, Decimal(p.share.denominator))))
    return lengths, False


def check(game: LinkageGame, settled: PackageSettlement, tolerance: float, place: str) -> None:
    """Hold the answer against the definition: the frontier, and equal integrals on both sides."""
    if not isinstance(settled.evidence, Outline):
        msg = f"{place}: no frontier is given to check the integrals on"
        raise VerificationError(msg)
    points = settled.evidence.points
    columns = settled.evidence.span.frontier.columns
    check_outline(game, settled.package, columns, points, settled.ideal_proofs, place, tolerance)
    x, y = (settled.gains[c] for c in columns)
    products: list[tuple[int, Any]] = []
    for a, b in itertools.pairwise(points):
        middle = (min(max(x, a[0]), b[0]), max(min(y, a[1]), b[1]))
        products.append((1, (middle[0] - a[0]) * (a[1] - middle[1])))
        products.append((-1, (b[0] - middle[0]) * (middle[1] - b[1])))
    unit = game.reach[columns[0]] * game.reach[columns[1]]
    if not _balanced(products, tolerance, unit):
        msg = f"{place}: the integrals of sqrt(-du1 du2) on both sides of the point differ"
        raise VerificationError(msg)


def _balanced(products: Sequence[tuple[int, Any]], tolerance: float, unit: float) -> bool:
    """Whether signed square roots add up to zero: exactly, if all are fractions."""
    if all(isinstance(q, Fraction) for _, q in products) and tolerance == 0:
        left = [(sign, q) for sign, q in products if q]
        total = Fraction(0)
        for sign, q in left:
            ratio = q / left[0][1]
            root = Fraction(math.isqrt(ratio.numerator), math.isqrt(ratio.denominator))
            if root * root != ratio:
                return False
            total += sign * root
        return total == 0
    lengths = [(sign, math.sqrt(max(float(q), 0.0))) for sign, q in products]
    difference = math.fsum(sign * root for sign, root in lengths)
    whole = math.fsum(root for _, root in lengths)
    return abs(difference) <= 10 * tolerance * (whole + math.sqrt(unit))


SOLUTION = Procedure(
    id="perles_maschler",
    title="Perles-Maschler solution",
    idea="both concede from their best points in steps of equal product until they meet",
    citation=(
        "Perles, M. and Maschler, M. (1981). The super-additive solution for the Nash bargaining "
        "game. International Journal of Game Theory 10, 163-193."
    ),
    axioms=(
        "Pareto",
        "symmetry",
        "scale invariance",
        "super-additivity (on sets in which nobody loses)",
    ),
    fails=("independence of irrelevant alternatives", "more than two players"),
    settle=settle,
    check=check,
)
