"""An interior point method for concave requirements, premiums and logarithms of net gains.

The primal-dual conditions of the composed programme: prices y of rows c(w) >= 0 with y c = μ, and
for a logarithm with power p the pair y u = p, which stays (a logarithm is a complementarity pair
with a fixed target).  Premiums enter the rows with their slopes and the Newton matrix with their
curvature, so that each step is one sparse factorisation; μ goes to zero (Mehrotra 1992).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.settlement.composed.arrays import Arrays, Vector
from bargaining.settlement.composed.cuts import Goal
from bargaining.settlement.composed.matrix import (
    beside,
    full,
    none,
    one_column,
    one_per_row,
    scaled,
    stacked,
)
from bargaining.settlement.composed.matrix import largest as biggest

MAX_STEPS = 200
TIGHT = 1e-14
DENSE = 260
"""Systems up to this size are solved as dense ones."""


@dataclass(frozen=True, eq=False)
class Inner:
    """Where the method ended.

    Attributes
    ----------
    z : ndarray
    functions : ndarray
        Price of every function of the arrays.
    mixes : ndarray
        Price of each alternative of each swap.
    """

    z: Vector
    functions: Vector
    mixes: Vector


class _Task:
    """Rows c(w) >= 0 over w = (open shares, swaps, least)."""

    def __init__(self, arrays: Arrays, goal: Goal, start: Vector, unit: float) -> None:
        self.arrays, self.goal, self.unit = arrays, goal, unit
        dense = arrays.dense
        self.open = np.flatnonzero(~arrays.closed)
        self.count, self.swaps = len(self.open), len(arrays.composition.swaps)
        self.curves = len(arrays.composition.curves)
        least = goal.kind == "least"
        self.size = self.count + self.swaps + int(least)
        used = np.concatenate([goal.terms, goal.held])
        if goal.kind == "sum":
            used = goal.held
        levels = np.concatenate([np.zeros(len(used) - len(goal.held)), goal.levels])
        keep = np.ones(len(used), dtype=bool)
        seen = {id(arrays.functions[j]) for j in goal.terms} if goal.kind == "logs" else set()
        for place in range(len(used) - len(goal.held), len(used)):
            keep[place] = id(arrays.functions[used[place]]) not in seen
        self.used, self.levels = used[keep], levels[keep]
        self.terms = len(used) - len(goal.held)
        forms = arrays.forms[:, self.open]
        self.forms = forms[self.used]
        values = arrays.values(start, unit)
        constants = arrays.constants[self.used] / unit - self.levels
        largest = np.maximum(arrays.largest[self.used], 1e-3 * np.abs(constants))
        largest = np.maximum(largest, 1e-12)
        self.scale = np.asarray(largest)
        if goal.kind == "logs":
            self.scale[: self.terms] = np.maximum(values[goal.terms], 1e-12 * largest[: self.terms])
        self.curve_weights: Any = arrays.curve_weights[self.used] if self.curves else None
        self.depths: Any = arrays.depths[:, self.open] if self.curves else None
        self.sum_curves = (
            goal.weights @ arrays.curve_weights[goal.terms]
            if goal.kind == "sum" and self.curves
            else np.zeros(self.curves)
        )
        self.constants = arrays.constants[self.used] / unit - self.levels
        swaps = arrays.swap_weights[self.used] if self.swaps else None
        blocks = [self.forms, -swaps] if swaps is not None else [self.forms]
        if least:
            column = np.zeros(len(self.used))
            column[: self.terms] = -goal.weights
            blocks.append(one_column(column, dense=dense))
        self.linear = beside(blocks)
        self.extra: Any = None
        self.extra_constants = np.zeros(0)
        if self.swaps:
            alternatives = len(arrays.owners)
            choose = one_per_row(arrays.owners, self.swaps, dense=dense)
            rows = [-arrays.changes[:, self.open], choose]
            if least:
                rows.append(none(alternatives, 1, dense=dense))
            self.extra = beside(rows)
            self.extra_constants = -arrays.changes_at_origin / unit
        if least and np.isfinite(goal.ceiling):
            top = -one_per_row(np.array([self.size - 1]), self.size, dense=dense)
            self.extra = top if self.extra is None else stacked([self.extra, top])
            self.extra_constants = np.append(self.extra_constants, goal.ceiling)
        self.extra_scale = (
            np.maximum(biggest(self.extra), 1e-12) if self.extra is not None else np.zeros(0)
        )
        self.equations = self._wide(arrays.equations[:, self.open])
        self.shown = self._wide(self.depths) if self.curves else none(0, self.size, dense=dense)
        low = np.where(arrays.low, -1.0 / unit, 0.0)[self.open]
        self.low = np.concatenate([low, np.zeros(self.swaps), np.full(int(least), -np.inf)])
        self.bounded = np.isfinite(self.low)
        self.targets = np.zeros(len(self.used) + len(self.extra_constants))
        if goal.kind == "logs":
            self.targets[: self.terms] = goal.weights
        self.gradient = np.zeros(self.size)
        if goal.kind == "sum":
            self.gradient[: self.count] = goal.weights @ forms[goal.terms]
            if self.swaps:
                part = goal.weights @ arrays.swap_weights[goal.terms]
                self.gradient[self.count : self.count + self.swaps] = -part
            self.size_of_goal = max(float(np.abs(self.gradient).max()), 1e-12)
        else:
            self.size_of_goal = 1.0
            if least:
                self.gradient[-1] = 1.0

    def _wide(self, matrix: Any) -> Any:
        """Write functions of the open shares as functions of all variables."""
        rest = none(matrix.shape[0], self.size - self.count, dense=self.arrays.dense)
        return beside([matrix, rest])

    def rows(self, w: Vector) -> tuple[Vector, Any, Vector, Vector]:
        """Return values and slopes of the rows, and slopes and bends of the curves."""
        values = self.constants + self.linear @ w
        jacobian = self.linear
        slopes = bends = np.zeros(0)
        if self.curves:
            depth = self.depths @ w[: self.count]
            slopes = self.arrays.slopes(depth, self.unit)
            bends = self.arrays.bends(depth, self.unit)
            values = values - self.curve_weights @ self.arrays.costs(depth, self.unit)
            jacobian = jacobian - self.curve_weights @ scaled(slopes, self.shown)
        values = values / self.scale
        jacobian = scaled(1 / self.scale, jacobian)
        if self.extra is not None:
            more = (self.extra_constants + self.extra @ w) / self.extra_scale
            values = np.concatenate([values, more])
            jacobian = stacked([jacobian, scaled(1 / self.extra_scale, self.extra)])
        return values, jacobian, slopes, bends

    def slope(self, slopes: Vector) -> Vector:
        """Gradient of the goal itself."""
        gradient = self.gradient.copy()
        if self.curves and self.goal.kind == "sum":
            gradient[: self.count] -= (self.sum_curves * slopes) @ self.depths
        return gradient / self.size_of_goal

    def bend(self, prices: Vector, bends: Vector) -> Vector:
        """Minus the curvature of the Lagrangian along each curve's depth."""
        if not self.curves:
            return np.zeros(0)
        own = prices[: len(self.used)] / self.scale
        on_curves = own @ self.curve_weights + self.sum_curves / self.size_of_goal
        return np.asarray(on_curves * bends)


def interior(arrays: Arrays, goal: Goal, start: Vector, unit: float) -> Inner | None:
    """Return shares and prices, as good as floating point allows; the caller certifies them."""
    task = _Task(arrays, goal, start, unit)
    with np.errstate(all="ignore"):
        found = _run(task, start)
    if found is None:
        return None
    w, prices = found
    z = np.zeros(arrays.size)
    z[task.open] = w[: task.count]
    functions = np.zeros(len(arrays.functions))
    own = np.maximum(prices[: len(task.used)], 0.0) / task.scale * task.size_of_goal
    np.add.at(functions, task.used, own)
    if goal.kind == "sum":
        functions[goal.terms] += goal.weights
    alternatives = len(arrays.owners)
    tail = prices[len(task.used) : len(task.used) + alternatives]
    mixes = tail / task.extra_scale[:alternatives] * task.size_of_goal if alternatives else tail
    return Inner(z, functions, np.maximum(mixes, 0.0))


def _first(task: _Task, start: Vector) -> tuple[Vector, Vector, Vector, Vector]:
    arrays = task.arrays
    even = np.full(task.count, 1e-2)
    z = start[task.open]
    room = np.maximum(z, even)
    low = arrays.low[task.open]
    room[low] = np.maximum(z[low], task.low[: task.count][low] * 0.9)
    w = np.zeros(task.size)
    w[: task.count] = room
    if task.swaps:
        tempted = arrays.tempted(start, task.unit)
        w[task.count : task.count + task.swaps] = tempted + 0.1 * (1 + tempted)
    values, _, _, _ = task.rows(w)
    if task.goal.kind == "least":
        own = (task.constants + task.linear @ w)[: task.terms] / task.goal.weights
        w[-1] = min(float(own.min(initial=0.0)), task.goal.ceiling) - 1e-2
        values, _, _, _ = task.rows(w)
    slack = np.maximum(values, 1e-2)
    logs = task.targets > 0
    slack[logs] = np.maximum(values[logs], 0.3)
    price = np.where(logs, task.targets / slack, 0.1)
    dual = np.where(task.bounded, 0.1, 0.0)
    return w, slack, price, dual


def _run(task: _Task, start: Vector) -> tuple[Vector, Vector] | None:
    w, slack, price, dual = _first(task, start)
    equal = np.zeros(task.equations.shape[0])
    held = task.targets == 0
    best: tuple[float, Vector, Vector] | None = None
    waited = 0
    for _ in range(MAX_STEPS):
        values, jacobian, slopes, bends = task.rows(w)
        room = np.where(task.bounded, w - task.low, 1.0)
        gradient = task.slope(slopes)
        stationary = gradient + jacobian.T @ price + dual - task.equations.T @ equal
        missed, short = slack - values, -(task.equations @ w)
        pairs = max(int(held.sum()) + int(task.bounded.sum()), 1)
        mu = float((slack * price)[held].sum() + (room * dual)[task.bounded].sum()) / pairs
        size = max(1.0, float(np.abs(jacobian.T @ price).max(initial=0.0)))
        off = np.abs(slack * price - task.targets)[~held].max(initial=0.0)
        error = max(
            float(np.abs(stationary).max(initial=0.0)) / size,
            float(np.abs(missed).max(initial=0.0)),
            float(np.abs(short).max(initial=0.0)),
            float(off),
            mu * pairs,
        )
        if not np.isfinite(error):
            break
        if best is None or error < 0.9 * best[0]:
            best, waited = (error, w.copy(), price.copy()), 0
        waited += 1
        if error <= TIGHT or waited > 25:
            break
        solve = _factor(task, jacobian, task.bend(price, bends), room, dual, slack, price)
        if solve is None:
            break
        guess = solve(stationary, missed, short, task.targets - slack * price, -room * dual)
        long, deep = _lengths(task, w, slack, price, dual, guess)
        left = float(
            ((slack + long * guess[1]) * (price + deep * guess[2]))[held].sum()
            + ((room + long * guess[0]) * (dual + deep * guess[3]))[task.bounded].sum()
        )
        centre = mu * min(max(left / pairs / max(mu, 1e-300), 0.0), 1.0) ** 3
        row = task.targets + np.where(held, centre, 0.0) - slack * price - guess[1] * guess[2]
        own = np.where(task.bounded, centre - room * dual - guess[0] * guess[3], 0.0)
        step = solve(stationary, missed, short, row, own)
        if not all(np.all(np.isfinite(part)) for part in step):
            break
        long, deep = _lengths(task, w, slack, price, dual, step)
        both = min(long, deep) if task.curves else None
        back = 1 - max(min(0.1, 100 * mu), 1e-3)
        long, deep = (min(1.0, back * (both or long)), min(1.0, back * (both or deep)))
        w, slack = w + long * step[0], slack + long * step[1]
        price, dual = price + deep * step[2], dual + deep * step[3]
        equal = equal + deep * step[4]
        if max(long, deep) < 1e-11:
            break
    return None if best is None else (best[1], best[2])


def _factor(
    task: _Task,
    jacobian: Any,
    bend: Vector,
    room: Vector,
    dual: Vector,
    slack: Vector,
    price: Vector,
) -> Any:
    """Factor the Newton system; return a solver for given residuals.

    Beside shares, rows and equations it has one unknown per curve, which keeps it sparse where
    one audience sees the depth of all issues.
    """
    n, m, k, c = task.size, len(slack), task.equations.shape[0], task.curves
    diagonal = np.where(task.bounded, dual / room, 0.0) + 1e-13
    width = slack / price
    if n + m + k <= DENSE:
        from scipy.linalg.lapack import dgetrf, dgetrs

        shown = full(task.shown)
        matrix = np.zeros((n + m + k, n + m + k))
        matrix[:n, :n] = -np.diag(diagonal) - (shown.T * bend) @ shown
        rows, equations = full(jacobian), full(task.equations)
        matrix[:n, n : n + m], matrix[n : n + m, :n] = rows.T, rows
        matrix[n : n + m, n : n + m] = np.diag(width)
        matrix[:n, n + m :], matrix[n + m :, :n] = equations.T, equations
        matrix[n + m :, n + m :] = 1e-14 * np.eye(k)
        c = 0
        scale = 1 / np.sqrt(np.maximum(np.abs(matrix).max(axis=1), 1e-150))
        even: Any = matrix * scale[:, None] * scale
        factor, pivots, _ = dgetrf(even)

        def back(right: Vector) -> Any:
            return dgetrs(factor, pivots, right)[0]
    else:
        from scipy import sparse
        from scipy.sparse.linalg import splu

        shown, flat = task.shown, 1.0 / np.maximum(bend, 1e-12)
        matrix = sparse.block_array(
            [
                [-sparse.diags_array(diagonal), jacobian.T, task.equations.T, shown.T],
                [jacobian, sparse.diags_array(width), None, None],
                [task.equations, None, 1e-14 * sparse.eye_array(k), None],
                [shown, None, None, sparse.diags_array(flat)],
            ],
            format="csc",
        )
        scale = 1 / np.sqrt(np.maximum(abs(matrix).max(axis=1).toarray().ravel(), 1e-150))
        even = sparse.csc_matrix(sparse.diags_array(scale) @ matrix @ sparse.diags_array(scale))
        try:
            back = splu(even, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}).solve
        except RuntimeError:
            return None

    def raw(right: Vector) -> Vector:
        full = np.concatenate([right, np.zeros(c)]) * scale
        x = back(full)
        x = x + back(full - even @ x)
        return np.asarray(x * scale)

    def solve(
        stationary: Vector, missed: Vector, short: Vector, row: Vector, own: Vector
    ) -> tuple[Vector, Vector, Vector, Vector, Vector]:
        push = np.where(task.bounded, own / room, 0.0)
        right = np.concatenate([-stationary - push, missed + row / price, short])
        found = raw(right)
        dw, dprice, dequal = found[:n], found[n : n + m], -found[n + m : n + m + k]
        dslack = (row - slack * dprice) / price
        ddual = np.where(task.bounded, (own - dual * dw) / room, 0.0)
        return dw, dslack, dprice, ddual, dequal

    return solve


def _lengths(
    task: _Task,
    w: Vector,
    slack: Vector,
    price: Vector,
    dual: Vector,
    step: tuple[Vector, ...],
) -> tuple[float, float]:
    inside = task.bounded
    long = min(_longest(slack, step[1]), _longest((w - task.low)[inside], step[0][inside]))
    deep = min(_longest(price, step[2]), _longest(dual[inside], step[3][inside]))
    return long, deep


def _longest(value: Vector, change: Vector) -> float:
    down: NDArray[np.bool_] = change < 0
    return float(min(1.5, (value[down] / -change[down]).min(initial=1.5)))
