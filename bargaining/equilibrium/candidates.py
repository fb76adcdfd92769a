"""Candidates for equilibria of two players, from nashpy and from paths of our own, made exact.

nashpy compares floats with ``==``, only warns on degenerate games, and its Lemke-Howson method
has no bound, so nothing of it is taken on trust: it is given games of a size it can do, its
pivots are counted, and of every profile only the supports are kept.  The strategies are solved
from these in rationals, and every best-reply condition is checked exactly.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.answers import Equilibrium, evaluated
from bargaining.equilibrium.best_replies import is_equilibrium, table_of
from bargaining.equilibrium.lemke_howson import supports
from bargaining.model.issue import Issue

MAX_SUPPORTS = 924
"""nashpy enumerates supports or vertices of games with at most so many (6 x 6 actions)."""
NASHPY_ACTIONS = 24
"""Up to this many actions in all, Lemke-Howson paths are nashpy's."""
MAX_NASHPY_PIVOTS = 500
MAX_SOLVED = 160
"""The most actions in use whose equations are solved in rationals."""

Profile = tuple[NDArray[np.float64], NDArray[np.float64]]


def by_enumeration(issue: Issue, acting: Sequence[str], method: str) -> Iterator[Equilibrium]:
    """Yield what nashpy's ``support`` or ``vertex`` enumeration finds and the check confirms."""
    import nashpy

    first, second = _floats(issue, acting)
    if math.comb(sum(first.shape), len(first)) > MAX_SUPPORTS:
        return
    game = nashpy.Game(first, second)
    listed = game.support_enumeration() if method == "support" else game.vertex_enumeration()
    for profile in _quietly(listed):
        if found := _exactly(issue, acting, profile):
            yield found


def by_paths(issue: Issue, acting: Sequence[str]) -> Iterator[Equilibrium]:
    """Yield the confirmed ends of Lemke-Howson paths, each once."""
    first, second = _floats(issue, acting)
    seen: set[tuple[tuple[int, ...], ...]] = set()
    ends: Iterator[tuple[list[int], list[int]]]
    if sum(first.shape) <= NASHPY_ACTIONS:
        ends = (_supports(profile) for profile in _quietly(_nashpy_paths(first, second)))
    else:
        ends = supports(first, second)
    for mine, theirs in ends:
        key = (tuple(mine), tuple(theirs))
        if key not in seen:
            seen.add(key)
            if found := on_supports(issue, acting, mine, theirs):
                yield found


def on_supports(
    issue: Issue, acting: Sequence[str], mine: Sequence[int], theirs: Sequence[int]
) -> Equilibrium | None:
    """Solve the indifference equations of some supports; None if that is no equilibrium."""
    if len(mine) != len(theirs) or len(mine) > MAX_SOLVED:
        return None
    shape = tuple(len(issue.actions[p]) for p in acting)
    first, second = (table_of(issue, p).reshape(shape) for p in acting)
    x = _indifferent(second.T, theirs, mine)
    y = _indifferent(first, mine, theirs)
    return None if x is None or y is None else _confirmed(issue, acting, x, y)


def _floats(issue: Issue, acting: Sequence[str]) -> Profile:
    shape = tuple(len(issue.actions[p]) for p in acting)
    first, second = (issue.payoffs[p].reshape(shape) for p in acting)
    return first, second


def _quietly(profiles: Iterator[Any]) -> Iterator[Profile]:
    """Run nashpy; its complaints and failures are no news, since every answer is checked."""
    while True:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                profile = next(profiles)
            except Exception:  # also StopIteration: nashpy raises whatever numpy does
                return
        yield profile


def _nashpy_paths(first: NDArray[np.float64], second: NDArray[np.float64]) -> Iterator[Profile]:
    """Follow nashpy's lexicographic pivots from every label, with a bound on their number."""
    from nashpy.linalg import create_col_tableau, create_row_tableau

    for label in range(sum(first.shape)):
        column, row = create_col_tableau(first, True), create_row_tableau(second, True)
        starts_with_row = label in row.non_basic_variables
        turns = itertools.cycle((row, column) if starts_with_row else (column, row))
        entering = label
        for tableau in itertools.islice(turns, MAX_NASHPY_PIVOTS):
            entering = tableau.pivot_and_drop_label(entering)
            if column.non_basic_variables | row.non_basic_variables == column.labels:
                yield (
                    row.to_strategy(column.non_basic_variables),
                    column.to_strategy(row.non_basic_variables),
                )
                break


def _supports(profile: Profile) -> tuple[list[int], list[int]]:
    mine, theirs = (np.flatnonzero(np.nan_to_num(s) > 1e-9).tolist() for s in profile)
    return mine, theirs


def _exactly(issue: Issue, acting: Sequence[str], profile: Profile) -> Equilibrium | None:
    """Solve a profile's supports, or round it where they do not determine it."""
    sizes = [len(issue.actions[p]) for p in acting]
    if any(not np.all(np.isfinite(s)) or len(s) != k for s, k in zip(profile, sizes, strict=True)):
        return None
    found = on_supports(issue, acting, *_supports(profile))
    return found or _confirmed(issue, acting, *(_rounded(s) for s in profile))


def _confirmed(
    issue: Issue, acting: Sequence[str], x: Sequence[Fraction], y: Sequence[Fraction]
) -> Equilibrium | None:
    strategies: dict[str, Sequence[Fraction]] = {p: (Fraction(1),) for p in issue.actions}
    strategies[acting[0]], strategies[acting[1]] = x, y
    return evaluated(issue, strategies) if is_equilibrium(issue, strategies) else None


def _indifferent(
    table: NDArray[Any], rows: Sequence[int], columns: Sequence[int]
) -> tuple[Fraction, ...] | None:
    """Mix the columns so that all chosen rows pay the same; None if that is not one point."""
    from flint import fmpq, fmpq_mat

    size = len(columns) + 1
    matrix, right = fmpq_mat(size, size), fmpq_mat(size, 1)
    for i, r in enumerate(rows):
        for j, c in enumerate(columns):
            matrix[i, j] = fmpq(table[r, c].numerator, table[r, c].denominator)
        matrix[i, size - 1] = fmpq(-1)
    for j in range(len(columns)):
        matrix[size - 1, j] = fmpq(1)
    right[size - 1, 0] = fmpq(1)
    try:
        solution = matrix.solve(right)
    except ZeroDivisionError:
        return None
    mix = [Fraction(0)] * table.shape[1]
    for j, c in enumerate(columns):
        mix[c] = Fraction(int(solution[j, 0].p), int(solution[j, 0].q))
    return tuple(mix)


def _rounded(strategy: NDArray[np.float64]) -> tuple[Fraction, ...]:
    """Return the nearest simple fractions, made to add up to 1."""
    shares = [Fraction(float(p)).limit_denominator(10_000) for p in strategy]
    shares = [max(p, Fraction(0)) for p in shares]
    total = sum(shares)
    return tuple(p / total for p in shares) if total else tuple(shares)
