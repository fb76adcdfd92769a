"""Exact linear programming: HiGHS finds the basis, rational arithmetic confirms it.

Whether a threshold is met is a question of sign, which floating point cannot answer.  The
float solver proposes a basis; the basic solution and the dual prices are then computed in
rationals and checked.  If rounding misled the solver, simplex pivots with Bland's rule
finish the work exactly, in a bounded number of steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError

MAX_PIVOTS = 2_000

TAME = (1e-5, 1e5)
"""Entries between these need no other units for the float solver."""
ROUNDS = 4
"""How often rows and columns are brought to a common size in turn."""

Column = Mapping[int, Fraction | int]
"""A column of a linear programme: row to coefficient."""


@dataclass(frozen=True)
class ExactSolution:
    """An optimal vertex with its proof.

    Attributes
    ----------
    value : Fraction
    primal : tuple of Fraction
        One per column.
    dual : tuple of Fraction
        One per row; optimality is ``dual @ rhs == value`` with every reduced cost <= 0.
    """

    value: Fraction
    primal: tuple[Fraction, ...]
    dual: tuple[Fraction, ...]


def maximise(
    costs: Sequence[Fraction | int], columns: Sequence[Column], rhs: Sequence[Fraction | int]
) -> ExactSolution:
    """Maximise ``costs @ x`` subject to ``A x <= rhs``, ``x >= 0``.

    With ``rhs >= 0`` the origin is feasible, and the programme has a solution unless it is
    unbounded; otherwise the float solver must find a basis that is feasible exactly.

    Parameters
    ----------
    costs : sequence of Fraction, one per column
    columns : sequence of mapping of row to coefficient
    rhs : sequence of Fraction, one per row

    Returns
    -------
    ExactSolution

    Raises
    ------
    SolverError
        If the programme is unbounded or the pivots' bound is reached.

    Examples
    --------
    >>> maximise([1, 1], [{0: 1, 1: 3}, {0: 2, 1: 1}], [4, 6]).value
    Fraction(14, 5)
    """
    rows, count = len(rhs), len(columns)
    slack: list[Column] = [{i: 1} for i in range(rows)]
    every = [*columns, *slack]
    prices = [*costs, *([0] * rows)]
    factor = _feasible(every, prices, rhs, _float_basis(costs, columns, rhs))
    if factor is not None:
        factor = _climb(factor)
    elif all(b >= 0 for b in rhs):
        factor = _climb(_Basis(every, prices, rhs, range(count, count + rows)))
    else:
        factor = _from_scratch(columns, costs, rhs)
    primal = [Fraction(0)] * count
    for j, x in zip(factor.basis, factor.solution, strict=True):
        if j < count:
            primal[j] = x
    return ExactSolution(factor.value(), tuple(primal), tuple(factor.dual[:rows]))


def _feasible(
    columns: Sequence[Column],
    prices: Sequence[Fraction | int],
    rhs: Sequence[Fraction | int],
    proposed: Sequence[int],
) -> _Basis | None:
    """Return the proposed basis if it is one and exactly feasible."""
    try:
        factor = _Basis(columns, prices, rhs, proposed)
    except ZeroDivisionError:
        return None
    return factor if all(x >= 0 for x in factor.solution) else None


def _climb(factor: _Basis, banned: int | None = None) -> _Basis:
    """Pivot to the optimum by Bland's rule."""
    for _ in range(MAX_PIVOTS):
        entering = factor.entering(banned)
        if entering is None:
            return factor
        factor = factor.pivot(entering)
    msg = f"exact simplex: no optimum within {MAX_PIVOTS} pivots"
    raise SolverError(msg)


def _from_scratch(
    columns: Sequence[Column], costs: Sequence[Fraction | int], rhs: Sequence[Fraction | int]
) -> _Basis:
    """Find a feasible basis first: demands count only to the part z, which is raised to 1."""
    rows, count = len(rhs), len(columns)
    demands: dict[int, Fraction | int] = {i: -b for i, b in enumerate(rhs) if b < 0}
    demands[rows] = 1
    every: list[Column] = [*columns, demands, *({i: 1} for i in range(rows + 1))]
    limits = [max(b, 0) for b in rhs] + [1]
    part, last = count, len(every) - 1
    aim = [0] * len(every)
    aim[part] = 1
    factor = _climb(_Basis(every, aim, limits, range(count + 1, len(every))))
    if factor.value() < 1:
        msg = "exact simplex: the demands cannot be met together"
        raise SolverError(msg)
    basis = list(factor.basis)
    if last in basis:
        basis = factor.without(last)
    prices = [*costs, *([0] * (rows + 2))]
    return _climb(_Basis(every, prices, limits, basis), banned=last)


class _Basis:
    """A basis of the equality form, factored exactly."""

    def __init__(
        self,
        columns: Sequence[Column],
        prices: Sequence[Fraction | int],
        rhs: Sequence[Fraction | int],
        basis: Sequence[int],
    ) -> None:
        from flint import fmpq, fmpq_mat

        self.columns, self.prices, self.rhs = columns, prices, rhs
        self.basis = list(basis)
        size = len(rhs)
        matrix = fmpq_mat(size, size)
        for j, column in enumerate(self.basis):
            for i, value in columns[column].items():
                matrix[i, j] = fmpq(value.numerator, value.denominator)
        self._inverse = matrix.inv()
        self.solution = self._times([Fraction(b) for b in rhs])
        costs = [Fraction(prices[j]) for j in self.basis]
        self.dual = _fractions(_row(costs) * self._inverse)

    def value(self) -> Fraction:
        return sum(
            (self.prices[j] * x for j, x in zip(self.basis, self.solution, strict=True)),
            start=Fraction(0),
        )

    def entering(self, banned: int | None = None) -> int | None:
        """First column whose reduced cost is positive (Bland's rule)."""
        inside = {*self.basis, banned}
        for j, column in enumerate(self.columns):
            if j not in inside:
                cost = sum((self.dual[i] * v for i, v in column.items()), start=Fraction(0))
                if self.prices[j] > cost:
                    return j
        return None

    def pivot(self, entering: int) -> _Basis:
        column = [Fraction(0)] * len(self.rhs)
        for i, value in self.columns[entering].items():
            column[i] = Fraction(value)
        direction = self._times(column)
        ratios = [
            (x / d, self.basis[i], i)
            for i, (x, d) in enumerate(zip(self.solution, direction, strict=True))
            if d > 0
        ]
        if not ratios:
            msg = "exact simplex: the programme is unbounded"
            raise SolverError(msg)
        basis = list(self.basis)
        basis[min(ratios)[2]] = entering
        return _Basis(self.columns, self.prices, self.rhs, basis)

    def without(self, leaving: int) -> list[int]:
        """Return the basis with a column at zero exchanged for any other that fits."""
        row = self.basis.index(leaving)
        for j, column in enumerate(self.columns):
            if j not in self.basis:
                entries = [Fraction(0)] * len(self.rhs)
                for i, value in column.items():
                    entries[i] = Fraction(value)
                if self._times(entries)[row]:
                    return [j if k == leaving else k for k in self.basis]
        msg = "exact simplex: a redundant row could not be removed"
        raise SolverError(msg)

    def _times(self, vector: Sequence[Fraction]) -> list[Fraction]:
        from flint import fmpq, fmpq_mat

        entries = [fmpq(v.numerator, v.denominator) for v in vector]
        return _fractions(self._inverse * fmpq_mat(len(entries), 1, entries))


def _row(values: Sequence[Fraction]) -> object:
    from flint import fmpq, fmpq_mat

    return fmpq_mat(1, len(values), [fmpq(v.numerator, v.denominator) for v in values])


def _fractions(matrix: object) -> list[Fraction]:
    return [Fraction(int(q.p), int(q.q)) for q in matrix.entries()]  # type: ignore[attr-defined]


def _scales(
    values: NDArray[np.float64],
    index: NDArray[Any],
    owner: NDArray[Any],
    rows: int,
    count: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return factors per row and column that bring entries of very different size together.

    Rows and columns are divided in turn by the root of their largest times their smallest entry
    (Curtis and Reid's aim by the geometric mean); a basis stays one whatever the units.
    """
    scales = np.ones(rows), np.ones(count)
    size = np.abs(values)
    if not len(size) or (size.min() >= TAME[0] and size.max() <= TAME[1]):
        return scales
    logs = np.log2(size)
    shifts = np.zeros(rows), np.zeros(count)
    for _ in range(ROUNDS):
        for places, shift in ((index, shifts[0]), (owner, shifts[1])):
            now = logs + shifts[0][index] + shifts[1][owner]
            high, low = np.full(len(shift), -np.inf), np.full(len(shift), np.inf)
            np.maximum.at(high, places, now)
            np.minimum.at(low, places, now)
            used = np.isfinite(high)
            shift[used] -= np.round((high[used] + low[used]) / 2)
    return np.exp2(shifts[0]), np.exp2(shifts[1])


def _float_basis(
    costs: Sequence[Fraction | int], columns: Sequence[Column], rhs: Sequence[Fraction | int]
) -> list[int]:
    """Ask HiGHS for an optimal basis; the slack basis if it has none to give."""
    import highspy

    count, rows = len(columns), len(rhs)
    fallback = list(range(count, count + rows))
    starts = np.cumsum([0, *(len(column) for column in columns)])
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count, rows
    model.sense_ = highspy.ObjSense.kMaximize
    index = np.array([i for column in columns for i in column], dtype=np.int32)
    values = np.array([float(v) for column in columns for v in column.values()])
    owner = np.repeat(np.arange(count), np.diff(starts))
    row_scale, column_scale = _scales(values, index, owner, rows, count)
    prices = np.array([float(c) for c in costs]) * column_scale
    model.col_cost_ = prices / (float(np.abs(prices).max(initial=0.0)) or 1.0)
    model.col_lower_ = np.zeros(count)
    model.col_upper_ = np.full(count, highspy.kHighsInf)
    model.row_lower_ = np.full(rows, -highspy.kHighsInf)
    model.row_upper_ = np.array([float(b) for b in rhs]) * row_scale
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = starts
    model.a_matrix_.index_ = index
    model.a_matrix_.value_ = values * row_scale[index] * column_scale[owner]
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("solver", "simplex")
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return fallback
    found = solver.getBasis()
    basic = highspy.HighsBasisStatus.kBasic
    basis = [j for j, status in enumerate(found.col_status) if status == basic]
    basis += [count + i for i, status in enumerate(found.row_status) if status == basic]
    return basis if len(basis) == rows else fallback
