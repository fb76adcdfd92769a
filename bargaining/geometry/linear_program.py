"""Linear programmes with a proof: HiGHS, in rationals where the programme is small.

A programme maximises costs·x over x >= 0 with rows at most, or equal to, their limits, and an
upper bound known for every variable.  Any prices on the rows prove an upper bound of the value,

    limits·y + Σ_j cap_j · max(0, cost_j - column_j·y)    (y >= 0 on inequalities),

which is exact whatever solver the prices come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.errors import SolverError
from bargaining.geometry.rational import Column, maximise
from bargaining.results import Number

MAX_SECONDS = 300.0
EXACT_ROWS, EXACT_COLUMNS = 160, 1_500
"""Programmes up to this size are solved in rationals."""


@dataclass
class Programme:
    """A linear programme under construction.

    Attributes
    ----------
    columns : list of mapping of row to coefficient
    costs, caps : list of number, one per column
    limits : list of number, one per row
    equal : list of bool, one per row
    """

    columns: list[dict[int, Fraction | int]] = field(default_factory=list)
    costs: list[Fraction | int] = field(default_factory=list)
    caps: list[Fraction | int] = field(default_factory=list)
    limits: list[Fraction | int] = field(default_factory=list)
    equal: list[bool] = field(default_factory=list)

    def add_columns(self, count: int, cap: Fraction | int) -> int:
        """Add variables between 0 and an upper bound that the rows imply; return the first."""
        first = len(self.columns)
        self.columns += [{} for _ in range(count)]
        self.costs += [0] * count
        self.caps += [cap] * count
        return first

    def add_rows(self, count: int, limit: Fraction | int = 0, *, equal: bool = False) -> int:
        """Add rows; return the first."""
        first = len(self.limits)
        self.limits += [limit] * count
        self.equal += [equal] * count
        return first

    def put(self, row: int, column: int, value: Any) -> None:
        """Add to a coefficient; one that becomes 0 is not kept."""
        if value:
            entries = self.columns[column]
            entries[row] = entries.get(row, 0) + value
            if not entries[row]:
                del entries[row]

    @property
    def small(self) -> bool:
        """Whether the programme is solved in rationals."""
        rows = len(self.limits) + sum(self.equal)
        return rows <= EXACT_ROWS and len(self.columns) <= EXACT_COLUMNS


@dataclass(frozen=True, eq=False)
class Optimum:
    """A solution and the prices that bound how much better another could be."""

    primal: tuple[Number, ...]
    prices: tuple[Number, ...]
    exact: bool


def optimum(programme: Programme) -> Optimum | None:
    """Solve a programme; None if HiGHS reports no optimum."""
    if programme.small:
        try:
            return _rational(programme)
        except SolverError:
            pass
    return _numerical(programme)


def upper_bound(programme: Programme, prices: Sequence[Number]) -> Number:
    """Return the bound on the value that prices prove."""
    fair = [y if same else max(y, 0) for y, same in zip(prices, programme.equal, strict=True)]
    total: Number = Fraction(0)
    for limit, y in zip(programme.limits, fair, strict=True):
        total = total + limit * y
    for cost, cap, column in zip(programme.costs, programme.caps, programme.columns, strict=True):
        missing: Number = Fraction(cost)
        for row, value in column.items():
            missing = missing - value * fair[row]
        if missing > 0:
            total = total + cap * missing
    return total


def _rational(programme: Programme) -> Optimum:
    """Solve in rationals: an equality becomes two inequalities."""
    rows = len(programme.limits)
    twins = {row: rows + n for n, row in enumerate(i for i, e in enumerate(programme.equal) if e)}
    columns: list[Column] = [
        {**column, **{twins[row]: -v for row, v in column.items() if row in twins}}
        for column in programme.columns
    ]
    limits = [*programme.limits, *(-programme.limits[row] for row in twins)]
    found = maximise(programme.costs, columns, limits)
    prices = [
        y - (found.dual[twins[row]] if row in twins else 0)
        for row, y in enumerate(found.dual[:rows])
    ]
    return Optimum(found.primal, tuple(prices), True)


def _numerical(programme: Programme) -> Optimum | None:
    import highspy

    count, rows = len(programme.columns), len(programme.limits)
    limits = np.array([float(b) for b in programme.limits])
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count, rows
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.array([float(c) for c in programme.costs])
    model.col_lower_ = np.zeros(count)
    model.col_upper_ = np.full(count, highspy.kHighsInf)
    model.row_lower_ = np.where(programme.equal, limits, -highspy.kHighsInf)
    model.row_upper_ = limits
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(column) for column in programme.columns)])
    model.a_matrix_.index_ = np.array(
        [i for column in programme.columns for i in column], dtype=np.int32
    )
    model.a_matrix_.value_ = np.array(
        [float(v) for column in programme.columns for v in column.values()]
    )
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("time_limit", MAX_SECONDS)
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = solver.getSolution()
    return Optimum(tuple(solution.col_value), tuple(solution.row_dual), False)
