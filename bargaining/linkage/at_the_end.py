"""Two packages agreed one after the other, and nothing carried out before both are.

Once u is agreed on the first package, the second is bargained over as a package to which u is
added, and pays nothing before it is agreed; what both then get, W(u), is affine in u between
finitely many bends along the first frontier, all of which are found: they are the u at which one
of the second round's two proposals reaches a corner of its frontier.  (More of u never makes
anybody worse off in that round, so only efficient u need be looked at.)  Proposing u is therefore
choosing a point of a broken line, and the first round is again a fixed point: each proposal is
the best of those that leave the other what waiting a period would be worth to him.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bargaining.errors import NotSupportedError, SolverError
from bargaining.geometry.frontier import Position
from bargaining.linkage.alternating_offers import Curve, Pair, Play, Round, stationary

MAX_PIECES = 120
"""Pieces of the broken line that are compared with each other."""
ZERO: Pair = (Fraction(0), Fraction(0))


@dataclass(frozen=True)
class Piece:
    """A part of the first frontier along which the second round's values are affine.

    Attributes
    ----------
    run : int
    start, end : Fraction
        Between these parts of the frontier's edge ``run``.
    values : pair of (pair, pair)
        Per proposer of the second round, what both get at the start and at the end.
    """

    run: int
    start: Fraction
    end: Fraction
    values: tuple[tuple[Pair, Pair], tuple[Pair, Pair]]


@dataclass(frozen=True)
class Choice:
    """A point of the first frontier, and what both get once it is agreed."""

    place: Position
    worth: Pair


@dataclass(frozen=True)
class FirstRound:
    """The equilibrium of the first round.

    Attributes
    ----------
    choices : pair of (Choice or None)
        What each player proposes; None where he waits.
    values : pair of pairs
        What both get when the first or the second player proposes.
    count : int
        How many stationary equilibria were found.
    """

    choices: tuple[Choice | None, Choice | None]
    values: tuple[Pair, Pair]
    count: int


def second_round(curve: Curve, discount: Pair, agreed: Pair) -> Play | None:
    """Return how the second package is bargained over when ``agreed`` waits for it."""
    plays = stationary(Round(curve, discount, (agreed, agreed))).found
    return plays[0] if plays else None


def pieces(first: Curve, second: Curve, discount: Pair) -> tuple[Piece, ...]:
    """Cut the first frontier where the second round changes its ways."""

    def values(run: int, part: Fraction) -> tuple[Pair, Pair] | None:
        play = second_round(second, discount, first.point(Position(run, part)))
        return None if play is None else play.values

    found = []
    edges = list(itertools.pairwise(first.points))
    if not edges:
        found += _point(values(0, Fraction(0)), 0, Fraction(0))
    for run, (here, there) in enumerate(edges):
        meetings = (_meeting(here, there, *line) for line in _lines(second, discount))
        cuts = sorted({Fraction(0), Fraction(1), *itertools.chain.from_iterable(meetings)})
        joined: set[Fraction] = set()
        for start, end in itertools.pairwise(cuts):
            third = (end - start) / 3
            near, far = values(run, start + third), values(run, end - third)
            if near is None or far is None:
                continue
            middle = values(run, (start + end) / 2)
            both = (
                (_beyond(far[0], near[0]), _beyond(near[0], far[0])),
                (_beyond(far[1], near[1]), _beyond(near[1], far[1])),
            )
            if middle is None or any(_mean(*both[i]) != middle[i] for i in (0, 1)):
                msg = "the second round changes its ways where no change was expected"
                raise SolverError(msg)
            found.append(Piece(run, start, end, both))
            joined |= {start, end}
        for cut in cuts:  # where the second round is agreed at a single point only
            if cut not in joined:
                found += _point(values(run, cut), run, cut)
    if len(found) > MAX_PIECES:
        msg = (
            f"bargaining that is carried out at the end: {len(found)} cases to compare (at most "
            f'{MAX_PIECES}); take smaller packages, or implement="at_once"'
        )
        raise NotSupportedError(msg)
    return tuple(found)


def _point(values: tuple[Pair, Pair] | None, run: int, part: Fraction) -> list[Piece]:
    """Return a single point as a piece, if the second round is agreed there."""
    if values is None:
        return []
    both = ((values[0], values[0]), (values[1], values[1]))
    return [Piece(run, part, part, both)]


def first_round(parts: Sequence[Piece], discount: Pair) -> FirstRound:
    """Find the first round's equilibrium; nothing is agreed where the second never is."""
    if not parts:
        return FirstRound((None, None), (ZERO, ZERO), 1)
    found: list[FirstRound] = []
    for one, two in _candidates(parts, discount):
        choices = (
            best(parts, 0, discount[1] * two[1]),
            best(parts, 1, discount[0] * one[0]),
        )
        if choices[0] is None or choices[1] is None:
            continue
        same = choices[0].worth[0] == one[0] and choices[1].worth[1] == two[1]
        met = one[1] >= discount[1] * two[1] and two[0] >= discount[0] * one[0]
        patient = one[0] >= discount[0] * two[0] and two[1] >= discount[1] * one[1]
        if same and met and patient and all(f.values[0] != _later(discount, one) for f in found):
            values = (_later(discount, one), _later(discount, two))
            if (choices[0].worth, choices[1].worth) == (one, two):
                found.append(FirstRound((choices[0], choices[1]), values, 1))
    for waiting in (0, 1):
        offer = best(parts, 1 - waiting, Fraction(0))
        if offer is None:
            continue
        d, worth = discount, offer.worth
        instead = best(parts, waiting, d[1 - waiting] * worth[1 - waiting])
        if instead is None or instead.worth[waiting] < d[waiting] * worth[waiting]:
            value = _later(d, worth)
            values = (value, _later(d, value)) if waiting else (_later(d, value), value)
            pair = (offer, None) if waiting else (None, offer)
            found.append(FirstRound(pair, values, 1))
    if not found:
        msg = "no stationary equilibrium was found for the first package"
        raise SolverError(msg)
    return FirstRound(found[0].choices, found[0].values, len(found))


def best(parts: Sequence[Piece], proposer: int, least: Fraction) -> Choice | None:
    """Return the proposer's best choice that leaves the other at least so much later on."""
    other = 1 - proposer
    top: Choice | None = None
    for piece in parts:
        start, end = piece.values[other]
        ends = [(Fraction(0), start), (Fraction(1), end)]
        if (start[other] < least) != (end[other] < least):
            share = (least - start[other]) / (end[other] - start[other])
            ends.append((share, _between(start, end, share)))
        for share, worth in ends:
            if worth[other] < least:
                continue
            key = (worth[proposer], worth[other])
            if top is None or key > (top.worth[proposer], top.worth[other]):
                part = piece.start + share * (piece.end - piece.start)
                place = Position(piece.run + 1) if part == 1 else Position(piece.run, part)
                top = Choice(place, worth)
    return top


def _candidates(parts: Sequence[Piece], discount: Pair) -> Iterator[tuple[Pair, Pair]]:
    """Yield pairs of points, one per proposer, that may answer each other."""
    mine = [piece.values[1] for piece in parts]  # the second proposes in the round to come
    theirs = [piece.values[0] for piece in parts]
    corners = [list(dict.fromkeys(p for line in lines for p in line)) for lines in (mine, theirs)]
    yield from itertools.product(*corners)
    for one in corners[0]:
        for line in theirs:
            yield from ((one, two) for two in _level(line, 0, discount[0] * one[0]))
    for two in corners[1]:
        for line in mine:
            yield from ((one, two) for one in _level(line, 1, discount[1] * two[1]))
    for a, b in itertools.product(mine, theirs):
        yield from _both(a, b, discount)


def _both(
    a: tuple[Pair, Pair], b: tuple[Pair, Pair], discount: Pair
) -> Iterator[tuple[Pair, Pair]]:
    """Solve p2 = d2 q2 and q1 = d1 p1 for p on one segment and q on the other."""
    (a0, a1), (b0, b1) = a, b
    da, db = _minus(a1, a0), _minus(b1, b0)
    # da2 s - d2 db2 t = d2 b2 - a2 ;  d1 da1 s - db1 t = b1 - d1 a1
    m11, m12, r1 = da[1], -discount[1] * db[1], discount[1] * b0[1] - a0[1]
    m21, m22, r2 = discount[0] * da[0], -db[0], b0[0] - discount[0] * a0[0]
    determinant = m11 * m22 - m12 * m21
    if determinant == 0:
        return
    s, t = (r1 * m22 - m12 * r2) / determinant, (m11 * r2 - m21 * r1) / determinant
    if 0 <= s <= 1 and 0 <= t <= 1:
        yield _between(a0, a1, s), _between(b0, b1, t)


def _level(line: tuple[Pair, Pair], side: int, level: Fraction) -> Iterator[Pair]:
    """Yield where a segment's coordinate takes a value."""
    start, end = line
    if start[side] != end[side]:
        share = (level - start[side]) / (end[side] - start[side])
        if 0 <= share <= 1:
            yield _between(start, end, share)


def _lines(second: Curve, discount: Pair) -> Iterator[tuple[Pair, Pair]]:
    """Yield segments (or lines, as long ones) of the agreed u at which a proposal is a corner."""
    d = discount
    points = second.points
    edges = list(itertools.pairwise(points))

    def agreed(p: Pair, q: Pair) -> Pair:
        return (d[0] * p[0] - q[0]) / (1 - d[0]), (d[1] * q[1] - p[1]) / (1 - d[1])

    for corner, (start, end) in itertools.product(points, edges):
        yield agreed(corner, start), agreed(corner, end)
        yield agreed(start, corner), agreed(end, corner)
    for start, end in edges:
        yield (-start[0], -start[1]), (-end[0], -end[1])
    for corner in points:
        level = agreed(points[-1], corner)[0]
        yield (level, Fraction(0)), (level, Fraction(1))
        level = agreed(corner, points[0])[1]
        yield (Fraction(0), level), (Fraction(1), level)
    level = -points[-1][0]
    yield (level, Fraction(0)), (level, Fraction(1))
    level = -points[0][1]
    yield (Fraction(0), level), (Fraction(1), level)


def _meeting(here: Pair, there: Pair, start: Pair, end: Pair) -> Iterator[Fraction]:
    """Yield the parts in (0, 1) of an edge at which it meets the line through two points."""
    edge, line = _minus(there, here), _minus(end, start)
    cross = edge[0] * line[1] - edge[1] * line[0]
    if cross == 0:
        size = edge[0] ** 2 + edge[1] ** 2
        for point in (start, end):
            part = (edge[0] * (point[0] - here[0]) + edge[1] * (point[1] - here[1])) / size
            if 0 < part < 1:
                yield part
        return
    gap = _minus(start, here)
    part = (gap[0] * line[1] - gap[1] * line[0]) / cross
    if 0 < part < 1:
        yield part


def _minus(one: Pair, other: Pair) -> Pair:
    return one[0] - other[0], one[1] - other[1]


def _between(start: Pair, end: Pair, share: Fraction) -> Pair:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _beyond(far: Pair, near: Pair) -> Pair:
    """Continue from one third point over another to the end."""
    return 2 * near[0] - far[0], 2 * near[1] - far[1]


def _mean(one: Pair, other: Pair) -> Pair:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _later(discount: Pair, value: Pair) -> Pair:
    return discount[0] * value[0], discount[1] * value[1]
