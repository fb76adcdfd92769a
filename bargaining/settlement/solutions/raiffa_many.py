"""The discrete Raiffa solution of three and more players, by linear programmes.

Each step asks one programme per player: his most, the others keeping d.  Small packages take a
few steps in rationals, which is enough where a midpoint is efficient; otherwise HiGHS goes on in
floating point until d and b(d) are as good as equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.geometry.marginals import package_terms
from bargaining.geometry.rational import Column, maximise
from bargaining.model.deal import gains
from bargaining.results import Number
from bargaining.settlement.layout import Layout
from bargaining.settlement.solutions.base import Weights
from bargaining.settlement.solutions.procedure import Finding, Question
from bargaining.settlement.solutions.steps import Best, Step, Steps

EXACT_SIZE = 400
"""Programmes with at most this many shares take their first steps in rationals."""
EXACT_STEPS = 6
MAX_STEPS = 500
CLOSE = 1e-10
TOLERANCE = 1e-7


def settle_many(question: Question) -> Finding:
    """Take exact steps while they are few; then numerical ones from the start."""
    terms = package_terms(question.game, question.package)
    layout = Layout(question.game, terms.singles, terms.components)
    if question.game.flat.exact and layout.size <= EXACT_SIZE:
        try:
            found = _walk(question, _Exact(question, layout), EXACT_STEPS)
        except SolverError:
            found = None
        if found is not None:
            return found
    found = _walk(question, _Numerical(question, layout), MAX_STEPS)
    if found is None:
        msg = f"the Raiffa steps did not come to an end within {MAX_STEPS}"
        raise SolverError(msg)
    return found


def _walk(question: Question, programme: _Exact | _Numerical, most_steps: int) -> Finding | None:
    """Take midpoints until nobody can get more; None if that takes too long."""
    game, columns = question.game, question.columns
    exact = isinstance(programme, _Exact)
    d: list[Number] = [Fraction(0) if exact else 0.0] * len(columns)
    steps: list[Step] = []
    for _ in range(most_steps):
        floor: dict[int, Number] = dict.fromkeys(game.interested, 0 * d[0])
        floor.update(zip(columns, d, strict=True))
        best = tuple(programme.best(i, floor) for i in columns)
        steps.append(Step(question.full(d), best))
        b: list[Number] = [gains(game, one.deal)[one.player] for one in best]
        ahead: list[Number] = [y - x for x, y in zip(d, b, strict=True)]
        d = [x + a / len(columns) for x, a in zip(d, ahead, strict=True)]
        limit = 0.0 if exact else CLOSE
        if all(a <= limit * game.reach[c] for c, a in zip(columns, ahead, strict=True)):
            break
    else:
        return None
    deal = best[0].deal
    if not exact:
        d = [float(gains(game, deal)[c]) for c in columns]
    weights: Weights = tuple(sum(one.weights[i] for one in best) for i in range(len(game.players)))
    ending = "edge" if exact else "bracket"
    return Finding(
        question.full(d),
        deal,
        weights,
        "exact programmes" if exact else "linear programmes",
        Steps(columns, tuple(steps), ending),
        {"steps": len(steps), "ending": ending},
        tolerance=0.0 if exact else TOLERANCE,
    )


class _Exact:
    """Linear programmes of a package in rationals."""

    def __init__(self, question: Question, layout: Layout) -> None:
        self.question, self.layout = question, layout
        self.columns = layout.exact_columns()
        self.rows = layout.exact_rows()

    def best(self, player: int, floor: dict[int, Number]) -> Best:
        """Return the most a player gets while the others keep what they have."""
        game = self.question.game
        others = [i for i in floor if i != player]
        columns: list[Column] = []
        for j, column in enumerate(self.columns):
            entries: dict[int, Fraction | int] = {
                row: -column[i] for row, i in enumerate(others) if column[i]
            }
            for row, (coefficients, _) in enumerate(self.rows):
                if j in coefficients:
                    entries[len(others) + row] = coefficients[j]
            columns.append(entries)
        rhs = [game.offset[i] - Fraction(floor[i]) for i in others]
        found = maximise(
            [column[player] for column in self.columns],
            columns,
            [*rhs, *(right for _, right in self.rows)],
        )
        x = self.layout.complete(np.array(found.primal, dtype=object))
        weights: list[Number] = [Fraction(0)] * len(game.players)
        weights[player] = Fraction(1)
        for i, dual in zip(others, found.dual, strict=False):
            weights[i] = dual
        deal = self.layout.deal(x).on(self.question.package)
        return Best(player, tuple(weights), deal)


class _Numerical:
    """The same programmes in floating point, gains in units of each player's reach."""

    def __init__(self, question: Question, layout: Layout) -> None:
        self.question, self.layout = question, layout
        self.reach = np.array(question.game.reach)
        self.gains: NDArray[Any] = layout.matrix / np.maximum(self.reach, 1e-300)[:, None]

    def best(self, player: int, floor: dict[int, Number]) -> Best:
        """Return the most a player gets while the others keep what they have."""
        from scipy.optimize import linprog

        game = self.question.game
        others: Sequence[int] = [i for i in floor if i != player]
        kept = np.array([(float(floor[i]) - float(game.offset[i])) / self.reach[i] for i in others])
        found = linprog(
            -self.gains[player],
            A_ub=-self.gains[others],
            b_ub=-kept + 1e-12,
            A_eq=self.layout.equations,
            b_eq=self.layout.right,
            method="highs",
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
        )
        if found.status != 0:
            msg = f"the linear programme of a Raiffa step could not be solved: {found.message}"
            raise SolverError(msg)
        weights = [0.0] * len(game.players)
        weights[player] = 1.0
        for i, price in zip(others, found.ineqlin.marginals, strict=True):
            weights[i] = max(-float(price), 0.0) * self.reach[player] / self.reach[i]
        deal = self.layout.deal(self.layout.proper(found.x)).on(self.question.package)
        return Best(player, tuple(weights), deal)
