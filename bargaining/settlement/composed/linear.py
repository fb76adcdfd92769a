"""Linear programmes of a composition, solved by HiGHS."""

from __future__ import annotations

from typing import Any

import numpy as np

from bargaining.settlement.composed.matrix import Vector

TOLERANCE = 1e-10


def least(
    costs: Vector, matrix: Any, limits: Vector, equations: int, bounds: Vector
) -> tuple[Vector, float, Vector] | None:
    """Minimise ``costs @ x`` where ``matrix @ x <= limits``, its last rows being 0; None if failed.

    Parameters
    ----------
    costs : ndarray, shape (n,)
    matrix : dense or sparse, shape (m + equations, n)
    limits : ndarray, shape (m,)
    equations : int
        How many of the last rows must be 0.
    bounds : ndarray, shape (2, n)
        Lowest and highest values of x.

    Returns
    -------
    (x, value, prices)
        ``prices``, shape (m,), not negative: what the value would fall by per unit of a limit.

    Examples
    --------
    >>> at_most = np.array([[1.0, 1.0]])
    >>> box = np.array([[0.0, 0.0], [9.0, 9.0]])
    >>> x, value, prices = least(np.array([-1.0, -2.0]), at_most, np.array([3.0]), 0, box)
    >>> x.tolist(), value, prices.tolist()
    ([0.0, 3.0], -6.0, [2.0])
    """
    import highspy

    rows = len(limits)
    if isinstance(matrix, np.ndarray):
        place, index = np.nonzero(matrix)
        values = matrix[place, index]
        starts = np.searchsorted(place, np.arange(rows + equations + 1))
    else:
        starts, index, values = matrix.indptr, matrix.indices, matrix.data
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(costs), rows + equations
    model.col_cost_ = costs
    model.col_lower_, model.col_upper_ = bounds
    model.row_lower_ = np.concatenate([np.full(rows, -highspy.kHighsInf), np.zeros(equations)])
    model.row_upper_ = np.concatenate([limits, np.zeros(equations)])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = starts
    model.a_matrix_.index_ = index
    model.a_matrix_.value_ = values
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("primal_feasibility_tolerance", TOLERANCE)
    solver.setOptionValue("dual_feasibility_tolerance", TOLERANCE)
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    found = solver.getSolution()
    prices = np.maximum(-np.array(found.row_dual[:rows], dtype=float), 0.0)
    value = float(solver.getInfo().objective_function_value)
    return np.array(found.col_value, dtype=float), value, prices
