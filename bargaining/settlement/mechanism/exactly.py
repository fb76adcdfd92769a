"""Exact answers: by rational pivots where a programme is small, or from simple fractions.

HiGHS tells which conditions of honesty bind; a programme with those alone is often small enough
to be solved in rationals.  Otherwise shares, payments and prices that all come close to simple
fractions are taken to be those.  Either way the answer counts only if the checker finds every
condition met and the bound equal to the value, exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.geometry.linear_program import EXACT_COLUMNS, EXACT_ROWS, optimum
from bargaining.results import Status
from bargaining.settlement.mechanism import incentives
from bargaining.settlement.mechanism.program import Program
from bargaining.settlement.mechanism.proof import Found, judge
from bargaining.settlement.mechanism.reading import read_prices, read_rule
from bargaining.settlement.mechanism.rule import Prices, Rule
from bargaining.settlement.mechanism.session import Keyed

DENOMINATORS = (60, 1_000, 5_000)
CLOSE = 1e-9
"""Numbers this close to a simple fraction are taken for it."""
MAX_DIFFERENT = 2_000
MAX_WORK = 2_000_000
"""Products of fractions that a check in rationals may take."""


def exactly(program: Program, tight: Keyed, rule: Rule, prices: Prices) -> Found | None:
    """Return an exact answer, if one is found.

    Parameters
    ----------
    program : Program
        In floating point.
    tight : list of (player, keys)
        Conditions of honesty that bind at the solution.
    rule, prices : Rule, Prices
        The solution in floating point.
    """
    if _work(program) > MAX_WORK:
        return None
    return _pivoted(program, tight) or _simple(program, rule, prices)


def _work(program: Program) -> int:
    """Products that the checker takes: every report against every true type in every cell."""
    setting = program.setting
    return sum(n * setting.profiles * setting.size for n in setting.shape)


def _pivoted(program: Program, keys: Keyed) -> Found | None:
    """Solve in rationals with some conditions of honesty; None if that is not the answer."""
    groups = [group for groups in program.rows.values() for group in groups]
    rows = sum(len(group) * (2 if group.equal else 1) for group in groups)
    rows += sum(len(part) for _, part in keys)
    if rows > EXACT_ROWS or program.size > EXACT_COLUMNS:
        return None
    exact = Program(program.setting, program.question, program.honest, exact=True)
    lines = exact.programme()
    for i, part in keys:
        added = incentives.rows(exact, i, part)
        for columns, values in zip(added.columns.tolist(), added.values, strict=True):
            row = lines.add_rows(1)
            for column, value in zip(columns, values, strict=True):
                lines.put(row, column, value)
    try:
        best = optimum(lines)
    except SolverError:
        return None
    if best is None or not best.exact:
        return None
    primal, dual = _objects(best.primal), _objects(best.prices)
    rule, prices = read_rule(exact, primal), read_prices(exact, keys, dual)
    return _proved(exact, rule, prices, "exact programme")


def _simple(program: Program, rule: Rule, prices: Prices) -> Found | None:
    """Take numbers for the simple fractions that they are close to."""
    for limit in DENOMINATORS:
        near = [_fractions(values, limit) for values in (rule.shares, *rule.received)]
        if any(values is None for values in near):
            continue
        shares, *received = (values for values in near if values is not None)
        priced = prices.mapped(lambda values, limit=limit: _fractions(values, limit))  # type: ignore[misc]
        if priced is None:
            continue
        found = _proved(program, Rule(shares, tuple(received)), priced, "HiGHS, rounded")
        if found is not None:
            return found
    return None


def _proved(program: Program, rule: Rule, prices: Prices, method: str) -> Found | None:
    found = judge(
        program.setting, program.question, rule, prices, honest=program.honest, method=method
    )
    return found if found.status == Status.SOLVED else None


def _fractions(values: NDArray[Any], limit: int) -> NDArray[Any] | None:
    """Return the simple fractions that numbers are close to; None where some are not."""
    different, place = np.unique(np.round(values, 11), return_inverse=True)
    if len(different) > MAX_DIFFERENT:
        return None
    simple = [Fraction(float(v)).limit_denominator(limit) for v in different]
    if any(
        abs(float(f) - v) > CLOSE * max(1.0, abs(v)) for f, v in zip(simple, different, strict=True)
    ):
        return None
    return _objects(simple)[place].reshape(values.shape)


def _objects(values: Sequence[Any]) -> NDArray[Any]:
    found = np.empty(len(values), dtype=object)
    found[:] = [Fraction(v) for v in values]
    return found
