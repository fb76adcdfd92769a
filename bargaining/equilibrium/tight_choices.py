"""Extreme equilibria of a small bimatrix game by trying every choice of tight constraints.

A second way to the same list as :mod:`.exact`, slow and plain, against which complete lists of
small games are checked.  Every vertex of {z >= 0, table z <= 1} solves the equations of some
equally many used actions and tight rows; a pair of vertices is an equilibrium iff every action
is unused or a best reply.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction

MAX_CHOICES = 252
"""The most choices of tight constraints tried per player (5 x 5 actions)."""

Mix = tuple[Fraction, ...]
Table = Sequence[Sequence[Fraction]]
Corner = tuple[Mix, frozenset[int], frozenset[int]]
"""A strategy, the actions it uses, and the best replies to it."""


def checkable(rows: int, columns: int) -> bool:
    """Whether a game of this size is checked in bearable time."""
    return math.comb(rows + columns, rows) <= MAX_CHOICES


def brute_force(first: Table, second: Table) -> set[tuple[Mix, Mix]]:
    """Return all extreme equilibria.

    Parameters
    ----------
    first, second : table of Fraction, shape (rows, columns)

    Examples
    --------
    >>> one = [[Fraction(1)]]
    >>> brute_force(one, one)
    {((Fraction(1, 1),), (Fraction(1, 1),))}
    """
    mine = _corners(list(zip(*second, strict=True)))
    theirs = _corners(first)
    return {
        (x, y)
        for x, used, best in mine
        for y, needed, good in theirs
        if used <= good and needed <= best
    }


def _corners(table: Table) -> list[Corner]:
    from flint import fmpq, fmpq_mat

    least = min(min(row) for row in table)
    raised = [[fmpq(v.numerator, v.denominator) - _q(least) + 1 for v in row] for row in table]
    size, count = len(table[0]), len(table)
    found: dict[Mix, Corner] = {}
    for used in range(1, min(size, count) + 1):
        ones = fmpq_mat(used, 1, [fmpq(1)] * used)
        for support in itertools.combinations(range(size), used):
            for tight in itertools.combinations(range(count), used):
                square = fmpq_mat(used, used, [raised[j][i] for j in tight for i in support])
                try:
                    weights = square.solve(ones).entries()
                except ZeroDivisionError:
                    continue
                if min(weights) < 0:
                    continue
                worth = [
                    sum(row[i] * w for i, w in zip(support, weights, strict=True)) for row in raised
                ]
                if max(worth) > 1:
                    continue
                total = sum(weights)
                mix = [Fraction(0)] * size
                for i, w in zip(support, weights, strict=True):
                    mix[i] = Fraction(int((w / total).p), int((w / total).q))
                used_actions = frozenset(i for i, p in enumerate(mix) if p)
                best = frozenset(j for j, value in enumerate(worth) if value == 1)
                found[tuple(mix)] = (tuple(mix), used_actions, best)
    return list(found.values())


def _q(value: Fraction) -> object:
    from flint import fmpq

    return fmpq(value.numerator, value.denominator)
