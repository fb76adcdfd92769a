"""Strictly opposed players in a linked game: optimal plans from one linear programme.

With player 1 receiving x'Ay, his plan x guarantees the least of x'Ay over all plans y.  By linear
programming duality that is the most e'q with E'q <= A'x, so the best guarantee is

    max e'q   subject to   E2'q <= A'x,  E1 x = e1,  x >= 0,

whose size is that of the compact form; the dual prices of the first rows are player 2's plan
(Charnes 1953; Koller, Megiddo and von Stengel 1996 for the analogue in extensive games).  Both
guarantees are recomputed by best replies.  Small games with short payoffs are answered exactly:
by rounding to simple fractions that prove themselves, or by exact simplex.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.linked_answer import guarantees
from bargaining.equilibrium.linked_form import Block
from bargaining.equilibrium.linked_side import Plan, Side
from bargaining.equilibrium.zero_sum import power_of_two
from bargaining.errors import SolverError
from bargaining.geometry.rational import Column, maximise

EXACT_ROWS = 170
"""Programmes with at most this many rows are solved exactly."""
ROUNDED_CELLS = 1_000
"""Plans up to this size are rounded to simple fractions."""
SIMPLE = 10**6
"""The largest denominator tried when rounding to simple fractions."""
MAX_SECONDS = 300.0
LARGE = 2_000
"""From this many rows the interior point method is faster than simplex."""


def solve_opposed(block: Block, mover: int) -> tuple[Plan, Plan] | None:
    """Return optimal plans of a component in which interests are strictly opposed.

    Parameters
    ----------
    block : Block
    mover : int
        The first side's player, whose payoff is maximised.

    Returns
    -------
    tuple of two plans, or None
        Exact (Fractions) where that is cheap; None if HiGHS found no optimum.
    """
    found = _float_plans(block, mover)
    if found is None:
        return found
    first, second = block.sides
    if first.cells + second.cells <= ROUNDED_CELLS:
        rounded = _rounded(block, mover, found)
        if rounded is not None:
            return rounded
    if second.cells + 2 * first.equations <= EXACT_ROWS:
        try:
            return _exact_plans(block, mover)
        except SolverError:
            return found
    return found


def flow_matrix(side: Side) -> Any:
    """Return the flow equations' matrix E, sparse."""
    import scipy.sparse as sparse

    rows, columns, signs = side.flow
    return sparse.csr_matrix((signs.astype(float), (rows, columns)), (side.equations, side.cells))


def _float_plans(block: Block, mover: int) -> tuple[Plan, Plan] | None:
    import highspy
    import scipy.sparse as sparse

    first, second = block.sides
    payoff = sparse.csr_matrix(
        (block.floats[:, mover] / block.reach(mover), (block.rows, block.columns)),
        (first.cells, second.cells),
    )
    empty = sparse.csr_matrix((first.equations, second.equations))
    matrix = sparse.vstack(
        [
            sparse.hstack([-payoff.T, flow_matrix(second).T]),
            sparse.hstack([flow_matrix(first), empty]),
        ]
    ).tocsc()
    right = np.zeros(first.equations)
    right[-1] = 1
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.append(np.zeros(matrix.shape[1] - 1), 1.0)
    free = np.full(second.equations, -highspy.kHighsInf)
    model.col_lower_ = np.concatenate([np.zeros(first.cells), free])
    model.col_upper_ = np.full(matrix.shape[1], highspy.kHighsInf)
    model.row_lower_ = np.concatenate([np.full(second.cells, -highspy.kHighsInf), right])
    model.row_upper_ = np.concatenate([np.zeros(second.cells), right])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = matrix.indptr
    model.a_matrix_.index_ = matrix.indices
    model.a_matrix_.value_ = matrix.data
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("solver", "ipm" if matrix.shape[0] >= LARGE else "simplex")
    solver.setOptionValue("presolve", "off")
    solver.setOptionValue("time_limit", MAX_SECONDS)
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = solver.getSolution()
    x = np.array(solution.col_value)[: first.cells]
    y = np.abs(np.array(solution.row_dual)[: second.cells])
    return first.consistent(x), second.consistent(y)


def _rounded(block: Block, mover: int, plans: tuple[Plan, Plan]) -> tuple[Plan, Plan] | None:
    """Round to simple fractions; None unless their guarantees meet, which proves them exactly."""
    exact = []
    for side, plan in zip(block.sides, plans, strict=True):
        shares = [Fraction(p).limit_denominator(SIMPLE) for p in plan.tolist()]
        rounded = np.array([p if p > Fraction(1, SIMPLE) else Fraction(0) for p in shares])
        if side.excess(rounded) != 0:
            return None
        exact.append(rounded)
    lower, upper = guarantees(block, mover, (exact[0], exact[1]))
    return (exact[0], exact[1]) if lower == upper else None


def _exact_plans(block: Block, mover: int) -> tuple[Plan, Plan]:
    """Solve the programme in rationals.

    With payoffs raised above 0 the messages q are non-negative and the total share may be stated
    as at most 1; the other flow equations become two rows each.
    """
    first, second = block.sides
    payoff = _raised(block, block.whole_matrix(mover))
    size = power_of_two(payoff.max())
    columns: list[Column] = []
    flows = _flow_columns(first)
    limits = [0] * second.cells + [0] * (2 * first.equations - 1)
    last = first.equations - 1
    limits[second.cells + last] = 1
    for cell in range(first.cells):
        column: dict[int, Fraction | int] = {
            j: Fraction(-int(v), size) for j, v in enumerate(payoff[cell]) if v
        }
        for row, sign in flows[cell]:
            column[second.cells + row] = sign
            if row != last:
                column[second.cells + first.equations + row] = -sign
        columns.append(column)
    messages: list[dict[int, Fraction | int]] = [{} for _ in range(second.equations)]
    for cell, entries in enumerate(_flow_columns(second)):
        for row, sign in entries:
            messages[row][cell] = sign
    columns += messages
    costs = [0] * first.cells + [0] * (second.equations - 1) + [1]
    found = maximise(costs, columns, limits)
    x = np.array(found.primal[: first.cells], dtype=object)
    y = np.array(found.dual[: second.cells], dtype=object)
    return first.consistent(x), second.consistent(y)


def _raised(block: Block, payoff: NDArray[Any]) -> NDArray[Any]:
    """Raise each pair of bags above 0: the same for all plans, since their shares add up to 1."""
    first, second = block.sides
    for mine in first.bags:
        for theirs in second.bags:
            part = payoff[mine.start : mine.stop, theirs.start : theirs.stop]
            part += max(0, -part.min())
    return payoff


def _flow_columns(side: Side) -> list[list[tuple[int, int]]]:
    """Return per cell the flow equations it stands in, with signs."""
    entries: list[list[tuple[int, int]]] = [[] for _ in range(side.cells)]
    for row, column, sign in zip(*(part.tolist() for part in side.flow), strict=True):
        entries[column].append((row, sign))
    return entries
