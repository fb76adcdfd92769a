"""An interior point method for the largest product of gains, in time linear in the issues.

Maximise Σ p_i log u_i over gains u = c + Mx of proper lotteries x (Ex = b, x >= 0), further
rows being held at no loss or at exactly zero.  In the primal-dual conditions a logarithm is a
complementarity pair with a fixed target, λ_i u_i = p_i, beside the usual pairs with target 0
(Mehrotra 1992 for the predictor and corrector).  M has as many rows as there are players and E
one block per issue, so a Newton step costs one pass over the shares and a system of the size of
the number of players; issues that interact add a sparse factorisation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
MAX_STEPS = 120
REFINEMENTS = 2
"""Corrections of a Newton step where issues interact and rounding costs digits."""
TIGHT = 1e-13
"""Relative complementarity at which nothing is left to gain in floating point."""
STALLED = 12
"""Steps without progress after which the best point so far is returned."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Gains that count, one row each: u = constant + matrix @ x.

    Attributes
    ----------
    matrix : ndarray, shape (rows, shares)
    constant : ndarray, shape (rows,)
    power : ndarray, shape (rows,)
        Weight of log u in the objective; 0 for rows that are only held.
    fixed : ndarray of bool, shape (rows,)
        Held rows that can only be zero.
    """

    matrix: Vector
    constant: Vector
    power: Vector
    fixed: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Optimum:
    """Shares, the price of each row's gain, and the complementarity left."""

    shares: Vector
    prices: Vector
    gap: float


@dataclass
class _Point:
    """Shares x with slacks z, gains u with prices, multipliers y of the equations."""

    x: Vector
    z: Vector
    u: Vector
    price: Vector
    y: Vector


def largest_product(rows: Rows, equations: Any, right: Vector) -> Optimum | None:
    """Return shares of the largest weighted product, None where no step can be taken.

    The result is as good as floating point allows; the caller certifies it.
    """
    free = ~rows.fixed
    logs, held = rows.power > 0, free & (rows.power == 0)
    point = _start(rows, equations, right)
    best: tuple[float, _Point] | None = None
    waited = 0
    with np.errstate(all="ignore"):
        for _ in range(MAX_STEPS):
            error, gap = _error(rows, equations, right, point, held)
            if not np.isfinite(error + gap):
                break
            if best is None or error + gap < 0.9 * best[0]:
                best, waited = (error + gap, _copy(point)), 0
            waited += 1
            if (gap <= TIGHT and error <= TIGHT) or waited > STALLED:
                break
            if not _step(rows, equations, right, point, logs, held):
                break
    if best is None:
        return None
    prices = np.where(free, np.maximum(best[1].price, 0.0), best[1].price)
    return Optimum(best[1].x, prices, best[0])


def _start(rows: Rows, equations: Any, right: Vector) -> _Point:
    """Even lotteries; gains and slacks safely positive."""
    size = rows.matrix.shape[1]
    sums = np.abs(equations).T @ np.where(right > 0, 1.0 / _counts(equations, right), 0.0)
    x = np.where(sums > 0, sums, sums[sums > 0].min(initial=1.0))
    u = np.maximum(rows.constant + rows.matrix @ x, 0.1)
    u[rows.fixed] = 0.0
    price = np.where(rows.power > 0, rows.power / np.maximum(u, 0.1), 0.1 / max(len(u), 1))
    price[rows.fixed] = 0.0
    worth = price @ rows.matrix
    z = np.full(size, max(float(np.abs(worth).max(initial=0.0)), 1e-9))
    return _Point(x, z, u, price, np.zeros(len(right)))


def _counts(equations: Any, right: Vector) -> Vector:
    return np.where(right > 0, np.diff(equations.indptr), 1.0)


def _copy(point: _Point) -> _Point:
    return _Point(point.x, point.z, point.u, point.price, point.y)


def _error(
    rows: Rows, equations: Any, right: Vector, point: _Point, held: NDArray[np.bool_]
) -> tuple[float, float]:
    """Return how far the conditions are missed, and the complementarity left."""
    u = np.where(rows.fixed, 0.0, point.u)
    primal = np.abs(u - rows.constant - rows.matrix @ point.x).max(initial=0.0)
    lotteries = np.abs(equations @ point.x - right).max(initial=0.0)
    worth = point.price @ rows.matrix
    dual = np.abs(worth + point.z - equations.T @ point.y)
    dual_size = max(float(np.abs(worth).max(initial=0.0)), 1e-300)
    targets = np.abs(point.price * u - rows.power)[rows.power > 0].max(initial=0.0)
    least = point.u[rows.power > 0].min(initial=1.0)
    gap = float(point.x @ point.z + (point.u * point.price)[held].sum())
    error = max(primal / least, lotteries, dual.max(initial=0.0) / dual_size, targets)
    return float(error), gap


def _step(
    rows: Rows,
    equations: Any,
    right: Vector,
    point: _Point,
    logs: NDArray[np.bool_],
    held: NDArray[np.bool_],
) -> bool:
    """Take one predictor-corrector step; False where the system cannot be solved."""
    x, z, u, price = point.x, point.z, point.u, point.price
    free = ~rows.fixed
    solve = _newton(rows, equations, right, point)
    pairs = len(x) + int(held.sum())
    mu = (float(x @ z) + float((u * price)[held].sum())) / pairs
    first = np.where(logs, rows.power, 0.0) - np.where(free, u * price, 0.0)
    guess = solve(-x * z, first)
    if guess is None:
        return False
    dx, dz, du, dprice, _ = guess
    long, deep = _length(x, dx, u, du, free), _length(z, dz, price, dprice, free)
    left = float((x + long * dx) @ (z + deep * dz))
    left += float(((u + long * du) * (price + deep * dprice))[held].sum())
    centre = mu * min(max(left / pairs / mu, 0.0), 1.0) ** 3 if mu > 0 else 0.0
    second = first + np.where(held, centre, 0.0) - np.where(free, du * dprice, 0.0)
    step = solve(centre - x * z - dx * dz, second)
    if step is None:
        return False
    dx, dz, du, dprice, dy = step
    long, deep = _length(x, dx, u, du, free), _length(z, dz, price, dprice, free)
    back = 1.0 - max(min(0.1, 100 * mu), 1e-3)
    long, deep = min(1.0, back * long), min(1.0, back * deep)
    point.x, point.u = x + long * dx, np.where(free, u + long * du, 0.0)
    point.z, point.price, point.y = z + deep * dz, price + deep * dprice, point.y + deep * dy
    return max(long, deep) > 1e-10


Step = tuple[Vector, Vector, Vector, Vector, Vector]


def _newton(
    rows: Rows, equations: Any, right: Vector, point: _Point
) -> Callable[[Vector, Vector], Step | None]:
    """Factor the Newton system at a point; solve it for given complementarity targets."""
    x, z, u, price = point.x, point.z, point.u, point.price
    matrix, free = rows.matrix, ~rows.fixed
    inverse = x / z
    safe = np.where(free, u, 1.0)
    missed = np.where(free, u, 0.0) - rows.constant - matrix @ x
    short = right - equations @ x
    tilt = equations.T @ point.y - price @ matrix - z
    normal = _normal(equations, inverse)
    scaled = matrix * inverse
    across = equations @ scaled.T
    solved = normal(across)
    width = np.where(free, safe / np.where(free, price, 1.0), 0.0)
    core = scaled @ matrix.T + np.diag(width) - across.T @ solved
    sparse = len(equations.data) != equations.shape[1]

    def reduced(q: Vector, top: Vector, bottom: Vector) -> tuple[Vector, Vector, Vector]:
        """Solve D dx + Mᵀt + Eᵀdy = q, M dx - W⁻¹t = top, E dx = bottom."""
        t = lstsq(core, scaled @ q - top - solved.T @ (equations @ (inverse * q) - bottom))
        dy = normal(equations @ (inverse * q) - bottom - across @ t)
        return inverse * (q - t @ matrix - equations.T @ dy), t, dy

    def solve(pair: Vector, row: Vector) -> Step | None:
        push = np.where(free, (row + price * missed) / safe, 0.0)
        q = push @ matrix + pair / x - tilt
        top = np.where(free, 0.0, missed)
        try:
            dx, t, dy = reduced(q, top, short)
            for _ in range(REFINEMENTS if sparse else 0):
                more = reduced(
                    q - dx / inverse - t @ matrix - equations.T @ dy,
                    top - matrix @ dx + width * t,
                    short - equations @ dx,
                )
                dx, t, dy = dx + more[0], t + more[1], dy + more[2]
        except np.linalg.LinAlgError:
            return None
        dz = (pair - z * dx) / x
        du = np.where(free, matrix @ dx - missed, 0.0)
        dprice = np.where(free, (row - price * du) / safe, -t)
        step = (dx, dz, du, dprice, dy)
        return step if all(bool(np.isfinite(part).all()) for part in step) else None

    return solve


def lstsq(core: Vector, right: Vector) -> Vector:
    """Solve the small system; rows that say the same are no obstacle."""
    return np.asarray(np.linalg.lstsq(core, right, rcond=1e-15)[0])


def _normal(equations: Any, inverse: Vector) -> Callable[[Vector], Vector]:
    """Return a solver of E D⁻¹ Eᵀ y = r: a division where no two equations share a variable."""
    if len(equations.data) == equations.shape[1]:
        diagonal = equations @ inverse
        return lambda r: (r.T / diagonal).T
    from scipy.sparse import csc_matrix, diags_array
    from scipy.sparse.linalg import splu

    product = csc_matrix(equations @ diags_array(inverse) @ equations.T)
    size = np.sqrt(np.maximum(product.diagonal(), 1e-300))
    scale = diags_array(1.0 / size)
    even = csc_matrix(scale @ product @ scale)
    try:
        factor = splu(even + 1e-15 * diags_array(np.ones(len(size))).tocsc())
    except RuntimeError:
        return lambda r: np.full_like(r, np.nan)

    def solve(r: Vector) -> Vector:
        part = (r.T / size).T
        y = factor.solve(part)
        y = y + factor.solve(part - even @ y)
        return np.asarray((y.T / size).T)

    return solve


def _length(x: Vector, dx: Vector, u: Vector, du: Vector, free: NDArray[np.bool_]) -> float:
    """Return the longest step that keeps everything positive, at most 1 and a half."""
    longest = 1.5
    for value, change in ((x, dx), (u[free], du[free])):
        down = change < 0
        if bool(down.any()):
            longest = min(longest, float((value[down] / -change[down]).min()))
    return longest
