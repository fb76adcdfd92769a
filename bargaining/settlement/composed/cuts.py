"""Outer linearisation: curves and logarithms replaced by tangents, the rest a linear programme.

Kelley's method (1960): solve, add tangents where the solution stands, solve again.  The dual
prices of a programme whose tangents all stand at one deal are a proof of how good that deal is:
they make the Lagrangian a linear function of the shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.settlement.composed.arrays import Arrays, Vector
from bargaining.settlement.composed.linear import least
from bargaining.settlement.composed.matrix import (
    beside,
    none,
    one_column,
    one_per_row,
    scaled,
    stacked,
)

STEEP = 1e6
"""Tangents steeper than this many times the slope at the status quo are not used."""


@dataclass(frozen=True, eq=False)
class Goal:
    """What is maximised over the functions of some arrays.

    Attributes
    ----------
    kind : {"logs", "sum", "least"}
    terms : ndarray of int
        Functions that count.
    weights : ndarray
        Powers of the logarithms, weights of the sum, or units of the least value.
    held : ndarray of int
        Functions that must reach ``levels`` (0 for requirements).
    levels : ndarray
        In scaled units.
    ceiling : float
        Of the least value.
    """

    kind: str
    terms: NDArray[np.intp]
    weights: Vector
    held: NDArray[np.intp]
    levels: Vector
    ceiling: float = np.inf


@dataclass(frozen=True, eq=False)
class Linear:
    """A solution of a linear programme.

    Attributes
    ----------
    z : ndarray
    value : float
    prices : ndarray
        Of the held functions.
    least : ndarray
        Of the terms, where the least counts.
    mixes : ndarray
        Price of each alternative of each swap.
    """

    z: Vector
    value: float
    prices: Vector
    least: Vector
    mixes: Vector


def programme(
    arrays: Arrays,
    goal: Goal,
    unit: float,
    depths: Sequence[Vector],
    logs: Sequence[Vector],
    weights: Vector | None = None,
) -> Linear | None:
    """Solve the linear programme of some tangents; None where the solver finds no optimum.

    Parameters
    ----------
    depths, logs : sequence of ndarray
        Where the curves, and the logarithms of the terms, have tangents.
    weights : ndarray, optional
        Weights of the terms that replace the logarithms.
    """
    size, curves = arrays.size, len(arrays.composition.curves)
    swaps, terms = len(arrays.composition.swaps), len(goal.terms)
    logged = goal.kind == "logs" and weights is None
    extra = terms if logged else (1 if goal.kind == "least" else 0)
    total = size + curves + swaps + extra
    dense = arrays.dense
    everything = beside([arrays.forms, -arrays.curve_weights, -arrays.swap_weights])
    costs = np.zeros(total)
    blocks: list[Any] = []
    right: list[Vector] = []

    def add(block: Any, tail: Any, bound: Vector) -> int:
        """Add rows block @ (z, e, t) + tail @ extra <= bound; return where they start."""
        start = sum(len(r) for r in right)
        blocks.append(beside([block, tail]) if extra else block)
        right.append(np.asarray(bound, dtype=float))
        return start

    def empty(rows: int) -> Any:
        """Return an empty tail."""
        return none(rows, extra, dense=dense)

    constants = arrays.constants / unit
    held_at = add(-everything[goal.held], empty(len(goal.held)), constants[goal.held] - goal.levels)
    least_at = 0
    if goal.kind == "sum" or (goal.kind == "logs" and weights is not None):
        use = goal.weights if weights is None else weights
        costs[: size + curves + swaps] = -(use @ everything[goal.terms])
    elif goal.kind == "least":
        least_at = add(
            -everything[goal.terms],
            one_column(goal.weights, dense=dense),
            constants[goal.terms],
        )
        costs[-1] = -1.0
    else:
        costs[size + curves + swaps :] = -goal.weights
        for point in logs:
            add(
                scaled(-1 / point, everything[goal.terms]),
                one_per_row(np.arange(terms), terms, dense=dense),
                np.log(point) - 1 + constants[goal.terms] / point,
            )
    for point in depths:
        slopes = arrays.slopes(point, unit)
        bound = slopes * point - arrays.costs(point, unit)
        own = one_per_row(np.arange(curves), curves, dense=dense)
        block = beside([scaled(slopes, arrays.depths), -own, none(curves, swaps, dense=dense)])
        add(block, empty(curves), bound)
    mixed_at = sum(len(r) for r in right)
    if swaps:
        alternatives = len(arrays.owners)
        choose = one_per_row(arrays.owners, swaps, dense=dense)
        block = beside([arrays.changes, none(alternatives, curves, dense=dense), -choose])
        mixed_at = add(block, empty(alternatives), -arrays.changes_at_origin / unit)
    kept = arrays.equations.shape[0]
    equations = beside([arrays.equations, none(kept, total - size, dense=dense)])
    low = np.zeros(total)
    low[:size] = np.where(arrays.low, -1.0 / unit, 0.0)
    high = np.full(total, np.inf)
    high[:size] = np.where(arrays.closed, 0.0, np.where(arrays.low, 0.0, 1.0 / unit))
    low[size : size + curves] = -np.inf
    low[size + curves + swaps :] = -np.inf
    if goal.kind == "least":
        high[-1] = goal.ceiling
    found = least(
        costs, stacked([*blocks, equations]), np.concatenate(right), kept, np.array([low, high])
    )
    if found is None:
        return None
    x, value, prices = found
    alternatives = len(arrays.owners)
    return Linear(
        x[:size],
        -value,
        prices[held_at : held_at + len(goal.held)],
        prices[least_at : least_at + terms] if goal.kind == "least" else np.zeros(0),
        prices[mixed_at : mixed_at + alternatives],
    )


def bounded(arrays: Arrays, depths: Vector, unit: float) -> Vector:
    """Move tangent points to where the slope is no more than steep."""
    limits = []
    for curve in arrays.composition.curves:
        premium = curve.premium
        if premium.form == "quadratic":
            limits.append(np.inf)
        else:
            limits.append(np.log(STEEP) / float(premium.rate) / unit)
    return np.asarray(np.minimum(np.maximum(depths, 0.0), np.array(limits)))
