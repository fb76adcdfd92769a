"""Bimatrix games for the tests, and equilibria by the plainest way there is."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction as F

import bargaining as bg
from bargaining.equilibrium.answers import EquilibriumSet

Table = Sequence[Sequence[F | int]]
Profile = tuple[tuple[F, ...], ...]


def bimatrix(first: Table, second: Table) -> bg.Issue:
    rows, columns = len(first), len(first[0])
    return bg.Issue.normal_form(
        "game",
        ["a", "b"],
        {"a": [f"r{i}" for i in range(rows)], "b": [f"c{j}" for j in range(columns)]},
        {"a": first, "b": second},
        status_quo={"a": "r0", "b": "c0"},
    )


def mixes(found: EquilibriumSet) -> set[Profile]:
    return {tuple(e.strategies.values()) for e in found.equilibria}


def extreme_by_definition(first: Table, second: Table) -> set[Profile]:
    """Pairs of corners of {(x, v): v >= every reply's payoff} that leave no action without label.

    Corners come from solving every choice of as many equations as unknowns by elimination.
    """
    mine = _corners([list(line) for line in zip(*second, strict=True)])
    theirs = _corners([list(line) for line in first])
    return {
        (x, y)
        for x, best in mine
        for y, good in theirs
        if all(not p or i in good for i, p in enumerate(x))
        and all(not q or j in best for j, q in enumerate(y))
    }


def _corners(table: list[list[F | int]]) -> list[tuple[tuple[F, ...], set[int]]]:
    size = len(table[0])
    unused = [[F(i == k) for i in range(size)] + [F(0), F(0)] for k in range(size)]
    replies = [[F(v) for v in row] + [F(-1), F(0)] for row in table]
    found = {}
    for choice in itertools.combinations(unused + replies, size):
        point = solved([*choice, [F(1)] * size + [F(0), F(1)]])
        if point is None or min(point[:size]) < 0:
            continue
        worth = [sum(v * p for v, p in zip(row, point, strict=False)) for row in table]
        if max(worth) <= point[size]:
            best = {j for j, value in enumerate(worth) if value == max(worth)}
            found[tuple(point[:size])] = best
    return list(found.items())


def solved(system: list[list[F]]) -> list[F] | None:
    """Solve a square system given with its right side; None if it has no single solution."""
    system = [list(line) for line in system]
    size = len(system)
    for c in range(size):
        pivot = next((r for r in range(c, size) if system[r][c]), None)
        if pivot is None:
            return None
        system[c], system[pivot] = system[pivot], system[c]
        system[c] = [v / system[c][c] for v in system[c]]
        for r in range(size):
            if r != c and system[r][c]:
                factor = system[r][c]
                system[r] = [v - factor * w for v, w in zip(system[r], system[c], strict=True)]
    return [line[-1] for line in system]
