"""The least change of payoffs after which two issues help both only together, two players.

Linking breaks a deadlock if and only if some player can gain from no issue alone, while two
issues of one package have disjoint intervals of exchange rates, neither of them empty.  So one
issue must end where some outcome a is worth nothing at t while nothing else is worth more (its
lower end, if a helps player 2 there), another must have its upper end at or below t, and they are
independent given t.  With v = 2r, gains g and ranges R of the issue, outcome a can be
the lower end at t exactly if, at v or more,

    -g2(a)/R2, g1(a)/R1          a can be made to help 2 and to cost 1,
    |V(a)|/R(t)                  a can be worth nothing at t,
    (V(b) + max(0, -V(a), -(1-t) g2(a)))/R(t)   for every other outcome b: it can be held down,
                                 although raising the status quo for that is lost on a,

all linear fractions of t; an upper end is the same with the players exchanged.  The least v is
the largest of the two smallest values, or where both meet at one t: exact in either case.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.geometry.least_maximum import Row, Rows, Span, least_maximum, span
from bargaining.geometry.surd import ONE, ZERO, Real, Surd
from bargaining.linkage.margins import DOMAINS, Table
from bargaining.model.agenda import parse_agenda

MAX_CELLS = 1_000_000
"""Pairs of an outcome and one to be held down, over all issues looked at."""
MOST = 2.0
"""No level that a row asks for is higher."""
STEPS = 50
TIES = 3
Vector = tuple[Fraction, Fraction]


@dataclass(frozen=True, eq=False)
class Part:
    """What one issue can be made to do, on one side of the common rate.

    Attributes
    ----------
    issue, outcome : int
        Positions of the issue, and of the outcome (a row of the table).
    side : {0, 1}
        0: its interval has its upper end, set by an outcome that helps player 1, on the left; 1:
        its lower end, set by one that helps player 2, on the right.
    rows : tuple of Row
        Levels that are needed at t, in 2r.
    at_end : bool
        Whether only t = side will do (the other player has no stake in the issue).
    """

    issue: int
    outcome: int
    side: int
    rows: tuple[Row, ...]
    at_end: bool

    def rates(self, level: Surd) -> Span:
        """Rates at which the interval can end, at a level."""
        found = span(self.rows, level)
        if not self.at_end:
            return found
        end = ONE if self.side else ZERO
        return found if found.empty else Span(end, end, found.left, found.right)

    @cached_property
    def least(self) -> Real:
        """The lowest level at which there is such a rate."""
        return least_maximum(Rows.of(self.rows), DOMAINS[self.side])


@dataclass(frozen=True, eq=False)
class Unlocking:
    """The best two parts, and the level they need (infinite where there are none)."""

    level: Real
    left: Part | None = None
    right: Part | None = None
    complete: bool = True


def unlocking(rows: Table, player: int) -> Unlocking:
    """Find the lowest level at which two issues of a package unlock each other.

    Parameters
    ----------
    rows : Table
    player : {0, 1}
        Who must still be able to gain from no issue alone.
    """
    blocks, complete = _blocks(rows)
    package_of = {
        k: number
        for number, package in enumerate(parse_agenda(rows.game, "linked").packages)
        for k in package
    }
    fields = [_field(rows, blocks, side, player) for side in (0, 1)]
    if not all(len(field.places) for field in fields):
        return Unlocking(math.inf, complete=complete)
    groups = [np.array([package_of[int(k)] for k in field.issues]) for field in fields]
    low, high = 0.0, MOST * (1 + 1e-9)
    if not _meet(fields, groups, high):
        return Unlocking(math.inf, complete=complete)
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if _meet(fields, groups, middle) else (middle, high)
    best = Unlocking(math.inf, complete=complete)
    known: dict[tuple[int, int], Part] = {}
    for pair in _meet(fields, groups, high * (1 + 1e-9) + 1e-12):
        for side in (0, 1):
            if (side, pair[side]) not in known:
                known[side, pair[side]] = fields[side].part(rows, pair[side], side)
        left, right = known[0, pair[0]], known[1, pair[1]]
        level = together(left, right)
        if level < best.level:
            best = Unlocking(level, left, right, complete)
    return best


def together(left: Part, right: Part) -> Real:
    """Return the lowest level at which one issue ends at or below a rate, the other above it."""
    alone = max(left.least, right.least)
    if not isinstance(alone, Surd):
        return alone
    if left.rates(alone).low <= right.rates(alone).high:
        return alone
    return max(alone, least_maximum(Rows.of([*left.rows, *right.rows]), DOMAINS[0]))


def opens(rows: Table, level: Fraction, player: int) -> bool | None:
    """Whether two issues of a package can unlock each other at a level, exactly; None: too long.

    Only what the two issues ask for is looked at, not whether a player gains elsewhere.
    """
    blocks, complete = _blocks(rows, MAX_CELLS // 20)
    if not complete:
        return None
    at = Surd.of(level)
    for package in parse_agenda(rows.game, "linked").packages:
        ends: list[list[tuple[Surd, int]]] = [[], []]
        for k in package:
            for side in (0, 1):
                for place in blocks.get(k, ()):
                    part = part_of(rows, blocks[k], int(place), side)
                    if part is None or (part.at_end and side == player):
                        continue
                    found = part.rates(at)
                    if not found.empty:
                        ends[side].append((found.high if side else found.low, k))
        uppers = sorted(ends[0], key=lambda pair: pair[0])
        for end, k in ends[1]:
            if next((True for low, j in uppers if j != k and low <= end), False):
                return True
    return False


def part_of(rows: Table, block: NDArray[np.intp], place: int, side: int) -> Part | None:
    """Describe what an outcome needs to set one end of its issue's interval."""
    exact = [rows.exact(int(j)) for j in block]
    turned = [row if side else (row[1], row[0], row[3], row[2]) for row in exact]
    at = int(np.flatnonzero(block == place)[0])
    r1, r2 = turned[0][2:]
    if not r2:
        return None
    g1, g2 = turned[at][:2]
    needs: list[Row] = [(-g2, -g2, r2, r2)]
    if r1:
        needs += [(g1, g1, r1, r1), (g1, g2, r1, r2), (-g1, -g2, r1, r2)]
        for j, (h1, h2, _, _) in enumerate(turned):
            if j != at:
                needs += [(h1, h2, r1, r2), (h1 - g1, h2 - g2, r1, r2), (h1, h2 - g2, r1, r2)]
    back = tuple(needs) if side else tuple((b, a, d, c) for a, b, c, d in needs)
    return Part(int(rows.issues[place]), place, side, back, not r1)


@dataclass(frozen=True, eq=False)
class _Field:
    """All outcomes that might set an end on one side, in floats; odds t/(1-t) for side 1."""

    places: NDArray[np.intp]
    issues: NDArray[np.intp]
    needs: NDArray[np.float64]
    starts: NDArray[np.intp]
    blocks: dict[int, NDArray[np.intp]]

    def part(self, rows: Table, number: int, side: int) -> Part:
        found = part_of(rows, self.blocks[int(self.issues[number])], int(self.places[number]), side)
        assert found is not None
        return found

    def furthest(self, level: float) -> NDArray[np.float64]:
        """Largest odds at which each outcome can set the end; -1 where there are none."""
        one = self.needs[:, 0] - level * self.needs[:, 2]
        two = self.needs[:, 1] - level * self.needs[:, 3]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            from_ = np.where(two > 0, np.where(one < 0, two / -one, np.inf), 0.0)
            to = np.where(one > 0, np.where(two < 0, -two / one, 0.0), np.inf)
        from_ = np.where((one > 0) & (two > 0), np.inf, from_)
        to = np.where((one > 0) & (two > 0), -1.0, to)
        least = np.maximum.reduceat(from_, self.starts)
        most = np.minimum.reduceat(to, self.starts)
        return np.where(least <= most, most, -1.0)


def _field(rows: Table, blocks: dict[int, NDArray[np.intp]], side: int, player: int) -> _Field:
    places: list[int] = []
    needs: list[NDArray[np.float64]] = []
    for block in blocks.values():
        table = rows.near[block]
        table = table / np.abs(table[:, 2:]).max(axis=1, keepdims=True)  # one unit per issue
        if not side:
            table = table[:, [1, 0, 3, 2]]
        r1, r2 = table[0, 2:]
        if r2 == 0 or (r1 == 0 and player == side):
            continue
        for j, place in enumerate(block):
            g1, g2 = table[j, :2]
            own = [(-g2, -g2, r2, r2)]
            if r1:
                own += [(g1, g1, r1, r1), (g1, g2, r1, r2), (-g1, -g2, r1, r2)]
                other = np.delete(table, j, axis=0)
                away = other - [g1, g2, 0, 0]
                needs += [np.array(own), other, away, other - [0, g2, 0, 0]]
            else:  # only at the end itself: nothing is asked of finite odds
                needs += [np.array(own)]
            places.append(int(place))
    if not places:
        empty = np.empty(0, dtype=np.intp)
        return _Field(empty, empty, np.empty((0, 4)), empty, blocks)
    lengths = []
    for place in places:
        block = blocks[int(rows.issues[place])]
        r1 = rows.near[place, 2 if side else 3]
        lengths.append(4 + 3 * (len(block) - 1) if r1 else 1)
    starts = np.cumsum([0, *lengths[:-1]])
    listed = np.array(places, dtype=np.intp)
    return _Field(listed, rows.issues[listed], np.vstack(needs), starts, blocks)


def _meet(
    fields: Sequence[_Field], groups: Sequence[NDArray[Any]], level: float
) -> list[tuple[int, int]]:
    """Pairs of outcomes, one per side, that can unlock each other at a level; some of them."""
    with np.errstate(divide="ignore"):
        mirrored = fields[0].furthest(level)
        left = np.where(mirrored < 0, np.inf, 1 / mirrored)
    right = fields[1].furthest(level)
    lefts = [j for j in np.argsort(left, kind="stable").tolist() if mirrored[j] >= 0]
    rights = [j for j in np.argsort(-right, kind="stable").tolist() if right[j] >= 0]
    found: list[tuple[int, int]] = []
    for group in sorted({int(groups[0][j]) for j in lefts} & {int(groups[1][j]) for j in rights}):
        some = _few(lefts, groups[0], fields[0].issues, group)
        others = _few(rights, groups[1], fields[1].issues, group)
        found += [
            (i, j)
            for i in some
            for j in others
            if fields[0].issues[i] != fields[1].issues[j] and left[i] <= right[j]
        ]
    return found


def _few(
    ordered: Sequence[int], groups: NDArray[Any], issues: NDArray[np.intp], group: int
) -> list[int]:
    """Return the first outcomes of a package in an order, and those of a second issue."""
    inside = [j for j in ordered if groups[j] == group]
    first = inside[:TIES]
    second = [j for j in inside if first and issues[j] != issues[first[0]]][:TIES]
    return list(dict.fromkeys([*first, *second]))


def _blocks(rows: Table, limit: int = MAX_CELLS) -> tuple[dict[int, NDArray[np.intp]], bool]:
    """Rows by issue, of the first issues that can be looked at; and whether these are all."""
    blocks: dict[int, NDArray[np.intp]] = {}
    left = limit
    starts = np.flatnonzero(np.diff(rows.issues, prepend=-1))
    for part in np.split(np.arange(len(rows.issues)), starts[1:]):
        if len(part):
            left -= 3 * len(part) ** 2
            if left < 0:
                return blocks, False
            blocks[int(rows.issues[part[0]])] = part
    return blocks, True
