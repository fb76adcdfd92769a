"""The composed programme in cvxpy: exponential cones for premiums and logarithms (Clarabel)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from bargaining.settlement.composed.arrays import Arrays, Vector
from bargaining.settlement.composed.cuts import Goal

CONE = {"tol_gap_abs": 1e-11, "tol_gap_rel": 1e-11, "tol_feas": 1e-11}


def conic(arrays: Arrays, goal: Goal, start: Vector, unit: float) -> Iterator[Vector]:
    """Yield the scaled shares that Clarabel finds, if it finds any."""
    import cvxpy as cp

    composition = arrays.composition
    z = cp.Variable(arrays.size)
    low = np.where(arrays.low, -1.0 / unit, 0.0)
    constraints: list[Any] = [arrays.equations @ z == 0, z >= low]
    if arrays.closed.any():
        constraints.append(z[np.flatnonzero(arrays.closed)] == 0)
    worth = arrays.constants / unit + arrays.forms @ z
    if composition.curves:
        cost = cp.Variable(len(composition.curves))
        worth = worth - arrays.curve_weights @ cost
        constraints += _premiums(arrays, z, cost, unit)
    if composition.swaps:
        tempted = cp.Variable(len(composition.swaps), nonneg=True)
        worth = worth - arrays.swap_weights @ tempted
        brings = arrays.changes @ z + arrays.changes_at_origin / unit
        constraints.append(brings <= tempted[arrays.owners])
    size = np.maximum(np.abs(arrays.values(start, unit)), 1e-12)
    terms = worth[goal.terms]
    scale = size[goal.terms]
    if len(goal.held):
        constraints.append(worth[goal.held] >= goal.levels)
    if goal.kind == "logs":
        aim = goal.weights @ cp.log(cp.multiply(1.0 / scale, terms))
    elif goal.kind == "sum":
        aim = goal.weights @ terms
    else:
        aim = cp.min(cp.multiply(1.0 / goal.weights, terms))
    problem = cp.Problem(cp.Maximize(aim), constraints)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            problem.solve(solver=cp.CLARABEL, **CONE)
    except (cp.error.SolverError, ValueError, ArithmeticError):
        return
    if z.value is not None and np.all(np.isfinite(z.value)):
        yield np.asarray(z.value, dtype=float)


def _premiums(arrays: Arrays, z: Any, cost: Any, unit: float) -> Iterator[Any]:
    """Say that each cost is at least the premium on its depth."""
    import cvxpy as cp

    curves = arrays.composition.curves
    depths = arrays.depths @ z
    bent = [j for j, c in enumerate(curves) if c.premium.form == "exponential"]
    square = [j for j, c in enumerate(curves) if c.premium.form == "quadratic"]
    if bent:
        rate = np.array([float(curves[j].premium.rate) * unit for j in bent])
        scale = np.array([unit / float(curves[j].premium.scale) for j in bent])
        yield cp.exp(cp.multiply(rate, depths[bent])) <= 1 + cp.multiply(scale, cost[bent])
    if square:
        steep = np.array(
            [float(curves[j].premium.scale * curves[j].premium.rate) * unit for j in square]
        )
        yield cp.multiply(steep, cp.square(depths[square])) <= cost[square]
