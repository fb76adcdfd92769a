"""Several independent copies of a game decided together: the best mechanism.

Linking decisions lets reports be checked against each other: who says that everything matters most
to him is not believed (Jackson and Sonnenschein 2007, Econometrica 75:241-257).  The best rule is
a linear programme over the cells of :mod:`cells`; its incentives are joint lies about all copies,
written down when an optimal transport finds that they pay.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from bargaining.errors import InputError, NotSupportedError
from bargaining.results import Number, Status
from bargaining.settlement.mechanism import copies_check
from bargaining.settlement.mechanism.cells import Cells
from bargaining.settlement.mechanism.copies_answer import (
    SLACK,
    TOLERANCE,
    CopiesAnswer,
    CopiesRule,
    measured,
)
from bargaining.settlement.mechanism.copies_check import CopiesPrices
from bargaining.settlement.mechanism.copies_exact import MAX_CELLS, exact_rule
from bargaining.settlement.mechanism.copies_program import CopiesProgram
from bargaining.settlement.mechanism.interior import Averages, Point, interior_point
from bargaining.settlement.mechanism.question import Question, efficiency_of, require_bound
from bargaining.settlement.mechanism.setting import Setting

MAX_SECONDS = 300.0
MAX_ROUNDS = 40
FIRST_GAP, WIDE_GAP, LAST_GAP = 1e-4, 2e-8, 1e-9
"""How closely a round is solved, in units of the largest gain: roughly until no lie pays."""
TEMPTING = 2e-8
"""Lies that bring more than this, in units of the largest gain, join the programme."""


def solve_copies(
    setting: Setting,
    copies: int,
    *,
    transfers: Literal["none", "expected", "ex_post"] = "none",
    rationality: Literal["interim", "ex_post", "none"] = "interim",
    objective: str = "total",
    seconds: float = MAX_SECONDS,
) -> CopiesAnswer:
    """Find the best mechanism for several copies of a package.

    Parameters
    ----------
    setting : Setting
        The package, types independent across players and copies.
    copies : int
    transfers : {"none", "expected", "ex_post"}
        With nothing lost on the way, payments that cancel in expectation can be made to cancel in
        every profile at the same expected payments (Arrow 1979; d'Aspremont and Gérard-Varet
        1979), so that the two are the same here.
    rationality : {"interim", "none"}
        Nobody loses over the copies together, given his types at all of them.
    objective : str
        ``"total"``, ``"max-min"`` or a player's name.
    seconds : float
        When to stop, with a bracket.

    Raises
    ------
    InputError
        If the number of copies is not positive.
    NotSupportedError
        If the copies are too many, or conditions are to hold in every profile: see
        :func:`bargaining.settlement.mechanism.copied_game.copied_game`.
    """
    if copies != int(copies) or copies < 1:
        msg = f"copies: expected a whole number of at least 1, found {copies!r}"
        raise InputError(msg)
    efficiency = efficiency_of(setting.game)
    if rationality == "ex_post" or (transfers == "ex_post" and efficiency != 1):
        what = (
            "rationality ex_post" if rationality == "ex_post" else "transfers ex_post with a loss"
        )
        msg = (
            f"{what} with {copies} copies: conditions in every profile of all copies do not "
            "reduce to histograms; ask for rationality interim and transfers expected, or with few "
            "types, for one copy of copied_game"
        )
        raise NotSupportedError(msg)
    require_bound(Question(transfers, rationality, objective=objective), setting)
    cells = Cells(setting, copies)
    deadline = time.monotonic() + seconds
    asked = _Asked(cells, transfers, rationality, objective, efficiency)
    efficient = copies_check.largest_total(cells, [1] * len(cells.shape))
    first = asked.public(efficient, deadline)
    found = asked.private(deadline)
    if found.first_best_reached(first):
        first = found.value
    return CopiesAnswer(
        setting=setting,
        copies=copies,
        transfers=transfers,
        rationality=rationality,
        objective=objective,
        efficiency=efficiency,
        status=found.status,
        first_best=first,
        second_best=found.value,
        efficient=efficient,
        bound=found.bound,
        gains=found.measured.gains,
        interim=found.measured.interim,
        slacks=found.measured.slacks,
        rule=found.rule,
        prices=found.prices,
        method=found.method,
    )


@dataclass(frozen=True, eq=False)
class _Found:
    rule: CopiesRule
    prices: CopiesPrices
    measured: Any
    bound: Number
    status: Status
    method: str

    @property
    def value(self) -> Number:
        return self.measured.value  # type: ignore[no-any-return]

    def first_best_reached(self, first: Number) -> bool:
        """Whether a numerical first best is below an exact second best by rounding alone."""
        return isinstance(self.value, Fraction) and isinstance(first, float) and first < self.value


@dataclass(frozen=True, eq=False)
class _Asked:
    """One question about copies."""

    cells: Cells
    transfers: str
    rationality: str
    objective: str
    efficiency: Fraction

    @property
    def last_gap(self) -> float:
        """How closely to solve: closer where rationals are within reach."""
        size = math.prod(self.cells.shape) * len(self.cells.options)
        return LAST_GAP if size <= MAX_CELLS else WIDE_GAP

    def program(self) -> CopiesProgram:
        return CopiesProgram(
            self.cells,
            self.transfers != "none",
            self.rationality != "none",
            self.objective,
            self.efficiency,
        )

    def public(self, efficient: Fraction, deadline: float) -> Number:
        """Return the first best: the same conditions, but types are public."""
        players = self.cells.setting.game.players
        paid = self.transfers != "none" and self.efficiency == 1
        if self.objective == "total" and (paid or self.rationality == "none"):
            return efficient
        if self.objective in players and self.rationality == "none":
            weights = [int(name == self.objective) for name in players]
            return copies_check.largest_total(self.cells, weights)
        program = self.program()
        averages = Averages(self.cells, program)
        point = self._point(program, averages, self.last_gap, deadline)
        return self._finished(program, point, private=False).value

    def private(self, deadline: float) -> _Found:
        """Return the second best: rounds of programmes, with the lies that pay in each."""
        program = self.program()
        program.add(program.first_lies())
        averages = Averages(self.cells, program)
        ranked = all(seen.rank <= 1 for seen in program.views)
        gap = self.last_gap if ranked else FIRST_GAP
        for _ in range(MAX_ROUNDS):
            point = self._point(program, averages, gap, deadline)
            if time.monotonic() > deadline:
                break
            new = self._pays(program, point, max(TEMPTING, gap / 10))
            if new:
                continue
            if gap == self.last_gap:
                break
            gap = max(gap / 100, self.last_gap)
        return self._finished(program, point, private=True)

    def _point(
        self, program: CopiesProgram, averages: Averages, gap: float, deadline: float
    ) -> Point:
        reach = float(copies_check.cap(self.cells) / self.cells.scale)
        return interior_point(program, averages, gap=gap, reach=reach, deadline=deadline)

    def _pays(self, program: CopiesProgram, point: Point, least: float) -> int:
        """Add the lies that pay; return how many are new."""
        unit = float(self.cells.scale)
        found = []
        for i in range(len(self.cells.sides)):
            seen = copies_check.interim(self.cells, i, point.shares)
            received = program.receipts(point.payments, i) * unit
            lies = copies_check.best_lies(self.cells, i, seen, received)
            found += [lie for lie, brings in lies if brings > least * unit]
        return program.add(found)

    def _finished(self, program: CopiesProgram, point: Point, *, private: bool) -> _Found:
        """Measure a rule, in rationals where that can be proved."""
        players = range(len(self.cells.sides))
        exact = exact_rule(program, point, private=private) if point.done else None
        unit = float(self.cells.scale)
        if exact is not None:
            received = tuple(program.receipts(exact.payments, i) for i in players)
            rule = CopiesRule(exact.shares, received)
            rows: Any = np.array(exact.rows, dtype=object)
            budget: Number = exact.budget
        else:
            received = tuple(program.receipts(point.payments, i) * unit for i in players)
            rule = CopiesRule(_lotteries(self.cells, point.shares), received)
            rows, budget = np.maximum(point.prices, 0.0), point.budget
        prices = self._prices(program, rows, budget)
        found = measured(
            self.cells,
            rule,
            self.transfers,
            self.rationality,
            self.objective,
            self.efficiency,
            incentives=private,
        )
        bound = copies_check.bound(
            self.cells,
            prices,
            transfers=self.transfers != "none",
            efficiency=self.efficiency,
            least=self.objective == "max-min",
        )
        holds = min((float(s) for s in found.slacks.values()), default=0.0) >= -SLACK * unit
        wide = TOLERANCE * max(abs(float(bound)), 1e-3 * unit)
        solved = holds and float(bound - found.value) <= wide
        status = Status.SOLVED if solved else Status.LIMIT_REACHED
        method = "rational arithmetic" if exact is not None else "interior point"
        return _Found(rule, prices, found, bound, status, method)

    def _prices(self, program: CopiesProgram, rows: Any, budget: Number) -> CopiesPrices:
        kind: Any = rows.dtype
        zero = Fraction(0) if rows.dtype.kind == "O" else 0.0
        names = self.cells.setting.game.players
        rational = [
            np.array([zero] * len(side.histograms), dtype=kind) for side in self.cells.sides
        ]
        weights = np.array(
            [zero + int(self.objective in ("total", name)) for name in names], dtype=kind
        )
        for (what, player, histogram, _), y in zip(program.fixed, rows, strict=False):
            if what == "rationality":
                rational[player][histogram] = y
            elif what == "least":
                weights[player] = y
            elif what == "budget":
                budget = y
        count = len(program.fixed)
        return CopiesPrices(
            tuple(program.lies), tuple(rows[count:].tolist()), tuple(rational), weights, budget
        )


def _lotteries(cells: Cells, shares: Any) -> Any:
    """Let each block's shares add up to 1."""
    shares = np.maximum(shares, 0.0)
    for block in cells.blocks:
        shares[..., block] /= shares[..., block].sum(axis=-1, keepdims=True)
    return shares
