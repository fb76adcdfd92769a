"""An interior-point method for rules of many cells (Mehrotra 1992).

A rule has hundreds of thousands of shares, but the rows that tie cells together speak of the
players' expected gains alone.  Each Newton step therefore needs one dense system of the size of
these gains: a cell's shares enter it only through the covariance of the gains they bring, which is
summed over cells.  The iterates stay strictly inside, so that their incentives hold with slack,
and the prices of the rows prove an upper bound at every step.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.settlement.mechanism.cells import Cells
from bargaining.settlement.mechanism.copies_program import CopiesProgram

MAX_STEPS = 80
DAMPING = 0.995
START_PRICE = 1e-4
REGULAR = 1e-11
RELAXED = 1e-10
"""Rows are relaxed by this, in units of the largest gain: some hold with equality in every rule."""

Vector = NDArray[np.float64]


class Averages:
    """The linear map from the shares of a rule to the players' expected gains, and back."""

    def __init__(self, cells: Cells, program: CopiesProgram) -> None:
        self.shape = cells.shape
        self.blocks = [b for b in cells.blocks if b.stop - b.start > 1]
        self.size = len(cells.options)
        unit = float(cells.scale)
        self.tables: list[Vector] = []
        for i, seen in enumerate(program.views):
            table = cells.seen(i, seen.table.astype(np.float64)) / unit
            rest = tuple(1 if p == i else n for p, n in enumerate(self.shape))
            table = np.broadcast_to(table, (*rest, self.size, seen.rank))
            self.tables.append(table * cells.others(i, exact=False)[..., None, None])

    def gains(self, shares: Vector) -> Vector:
        """Return z = A x."""
        parts = []
        for i, table in enumerate(self.tables):
            own = np.moveaxis(shares, i, 0).reshape(self.shape[i], -1)
            parts.append((own @ _flat(table)).ravel())
        return np.concatenate(parts)

    def prices(self, y: Vector) -> Vector:
        """Return the worth of each share at prices y of the expected gains: the transpose."""
        total = np.zeros((*self.shape, self.size))
        start = 0
        for i, table in enumerate(self.tables):
            rank = table.shape[-1]
            own = y[start : start + self.shape[i] * rank].reshape(self.shape[i], rank)
            start += own.size
            if rank:
                rest = [n for p, n in enumerate(self.shape) if p != i]
                wide = (own @ _flat(table).T).reshape(self.shape[i], *rest, self.size)
                total += np.moveaxis(wide, 0, i)
        return total

    def covariance(self, spread: Vector) -> Vector:
        """Return A D A', D being the Newton matrix of the cells with spreads x / dual."""
        roots = np.sqrt(spread)
        sums = [spread[..., b].sum(axis=-1, keepdims=True) for b in self.blocks]
        parts: list[tuple[int, Vector]] = []
        for i, table in enumerate(self.tables):
            for k in range(table.shape[-1]):
                wide = np.broadcast_to(table[..., k], spread.shape)
                centred = np.zeros_like(spread)
                for b, total in zip(self.blocks, sums, strict=True):
                    mean = (spread[..., b] * wide[..., b]).sum(axis=-1, keepdims=True) / total
                    centred[..., b] = roots[..., b] * (wide[..., b] - mean)
                parts.append((i, centred))
        ranks = [table.shape[-1] for table in self.tables]
        firsts = np.concatenate([[0], np.cumsum(ranks)]).astype(int)
        starts = np.concatenate(
            [[0], np.cumsum([n * r for n, r in zip(self.shape, ranks, strict=True)])]
        ).astype(int)
        result = np.zeros((starts[-1], starts[-1]))
        for n, (i, left) in enumerate(parts):
            for m, (j, right) in enumerate(parts[: n + 1]):
                keep = sorted({i, j})
                axes = tuple(a for a in range(left.ndim) if a not in keep)
                block = _contracted(left, right, axes)
                rows = starts[i] + (n - firsts[i]) + ranks[i] * np.arange(self.shape[i])
                columns = starts[j] + (m - firsts[j]) + ranks[j] * np.arange(self.shape[j])
                if i == j:
                    result[rows, columns] = result[columns, rows] = block
                else:
                    block = block if i < j else block.T
                    result[np.ix_(rows, columns)] = block
                    result[np.ix_(columns, rows)] = block.T
        return result

    def best(self, worth: Vector) -> float:
        """Return the largest worth of a rule."""
        return math.fsum(worth[..., b].max(axis=-1).sum() for b in self.blocks)

    def newton(self, spread: Vector, push: Vector) -> Vector:
        """Return the step of the shares: lotteries stay lotteries.

        Each block's largest spread takes what the others leave, which keeps the sum exact.
        """
        step = np.zeros_like(spread)
        for b in self.blocks:
            own, pushed = spread[..., b], push[..., b]
            mean = (own * pushed).sum(axis=-1, keepdims=True) / own.sum(axis=-1, keepdims=True)
            part = own * (pushed - mean)
            most = own.argmax(axis=-1)[..., None]
            np.put_along_axis(part, most, 0.0, axis=-1)
            np.put_along_axis(part, most, -part.sum(axis=-1, keepdims=True), axis=-1)
            step[..., b] = part
        return step


@dataclass(frozen=True, eq=False)
class Point:
    """Where the method stopped.

    Attributes
    ----------
    shares : ndarray, shape (cells per player…, options)
    payments : ndarray
        The variables m, in units of the largest gain.
    prices : ndarray
        Of the rows, at least 0.
    budget : float
        Price of the equation of payments.
    value, bound : float
        In units of the largest gain.
    reduced : ndarray
        Dual variables of the shares.
    done : bool
        Whether value and bound met.
    """

    shares: Vector
    payments: Vector
    prices: Vector
    budget: float
    value: float
    bound: float
    reduced: Vector
    done: bool


def interior_point(
    program: CopiesProgram, averages: Averages, *, gap: float, reach: float, deadline: float
) -> Point:
    """Solve a programme until value and bound differ by at most ``gap`` (in units of gains).

    Parameters
    ----------
    program : CopiesProgram
    averages : Averages
    gap : float
    reach : float
        Bound of each payment, in units of the largest gain: what the bound on the value needs.
    deadline : float
        By ``time.monotonic()``.
    """
    g, t = program.matrix()
    g_t, t_t = g.T.tocsr(), t.T.tocsr()
    aim_z, aim_m = (
        _dense(c, n) for c, n in zip(program.aim, (g.shape[1], t.shape[1]), strict=True)
    )
    b = _dense(program.budget, t.shape[1]) if program.budget else np.zeros(0)
    rows, free = g.shape[0], t.shape[1]
    x = np.zeros((*averages.shape, averages.size))
    for block in averages.blocks:
        x[..., block] = 1.0 / (block.stop - block.start)
    used = np.zeros(averages.size, dtype=bool)
    for block in averages.blocks:
        used[block] = True
    x[..., ~used] = 1.0
    e = np.where(used, START_PRICE, 0.0) * np.ones_like(x)
    tau = [np.full((*averages.shape, 1), START_PRICE) for _ in averages.blocks]
    z, m = averages.gains(x), np.zeros(free)
    y, s, prices = np.zeros(g.shape[1]), np.ones(rows), np.full(rows, START_PRICE)
    least = [n for n, (kind, *_) in enumerate(program.fixed) if kind == "least"]
    prices[least] = 1.0 / max(len(least), 1)
    nu = 0.0
    count = x[..., used].size + rows
    best: Point | None = None
    for _ in range(MAX_STEPS):
        slack = RELAXED - (g @ z + t @ m)
        value = float(aim_z @ z + aim_m @ m)
        direct = aim_z - g_t @ prices
        left = aim_m - t_t @ prices - (b * nu if b.size else 0.0)
        bound = averages.best(averages.prices(direct)) + reach * float(np.abs(left).sum())
        feasible = float(np.abs(slack - s).max(initial=0.0)) < 1e-9
        now = Point(x, m, prices, nu, value, bound, e, feasible and bound - value <= gap)
        if not np.isfinite(value + bound):
            break
        best = now if best is None or not best.done else best
        if _better(now, best, feasible):
            best = now
        if now.done or time.monotonic() > deadline:
            break
        spread = np.where(used, x / np.where(used, e, 1.0), 0.0)
        weight = prices / s
        try:
            system = _System(averages, spread, g, t, g_t, t_t, weight, b)
        except ZeroDivisionError:
            break
        worth = averages.prices(y)
        off = np.zeros_like(x)
        for block, level in zip(averages.blocks, tau, strict=True):
            off[..., block] = worth[..., block] + e[..., block] - level
        gaps = (z - averages.gains(x), aim_z - g_t @ prices - y, left, slack - s)
        money = -float(b @ m) if b.size else 0.0

        def step(
            target_x: Vector,
            target_s: Vector,
            *,
            system: _System = system,
            off: Vector = off,
            gaps: tuple[Vector, ...] = gaps,
            money: float = money,
            spread: Vector = spread,
            weight: Vector = weight,
            state: tuple[Vector, ...] = (x, e, s, prices),
        ) -> tuple[Vector, ...]:
            x, e, s, prices = state
            push = off + np.where(used, target_x / x, 0.0)
            kick = target_s / prices - gaps[3]
            moved = averages.newton(spread, push)
            dy, dz, dm, dn = system.solve(
                gaps[0] - averages.gains(moved), gaps[1], gaps[2], weight * kick, money
            )
            push = push + averages.prices(dy)
            dx = averages.newton(spread, push)
            levels = []
            for block in averages.blocks:
                own = spread[..., block]
                levels.append(
                    (own * push[..., block]).sum(axis=-1, keepdims=True)
                    / own.sum(axis=-1, keepdims=True)
                )
            de = np.where(used, (target_x - e * dx) / x, 0.0)
            dp = weight * (g @ dz + t @ dm + kick)
            ds = (target_s - s * dp) / prices
            return dx, de, dz, dm, dy, np.array([dn]), dp, ds, *levels

        d = step(-x * e, -s * prices)
        if not all(np.isfinite(part).all() for part in d):
            break
        primal = min(_length(x, d[0]), _length(s, d[7]))
        dual = min(_length(e, d[1]), _length(prices, d[6]))
        mu = (float((x * e).sum()) + float(s @ prices)) / count
        ahead = (
            float(((x + primal * d[0]) * (e + dual * d[1])).sum())
            + float((s + primal * d[7]) @ (prices + dual * d[6]))
        ) / count
        aim = mu * (ahead / mu) ** 3
        d = step(np.where(used, aim - x * e - d[0] * d[1], 0.0), aim - s * prices - d[7] * d[6])
        primal = min(1.0, DAMPING * min(_length(x, d[0]), _length(s, d[7])))
        dual = min(1.0, DAMPING * min(_length(e, d[1]), _length(prices, d[6])))
        x, z, m, s = x + primal * d[0], z + primal * d[2], m + primal * d[3], s + primal * d[7]
        e, y, nu = e + dual * d[1], y + dual * d[4], nu + dual * float(d[5][0])
        prices = prices + dual * d[6]
        tau = [level + dual * change for level, change in zip(tau, d[8:], strict=True)]
    assert best is not None
    return best


def _better(now: Point, best: Point, feasible: bool) -> bool:
    """Whether a point is closer to the end: feasible, with a smaller distance to its bound."""
    return now.done or (feasible and now.bound - now.value < best.bound - best.value)


class _System:
    """The Newton system in prices and values of expected gains, and payments."""

    def __init__(
        self,
        averages: Averages,
        spread: Vector,
        g: Any,
        t: Any,
        g_t: Any,
        t_t: Any,
        weight: Vector,
        b: Vector,
    ) -> None:
        from scipy import linalg, sparse

        gains, free = g.shape[1], t.shape[1]
        self.gains, self.free, self.g_t, self.t_t, self.money = gains, free, g_t, t_t, b.size > 0
        both = sparse.hstack([g, t], format="csr")
        inner = (both.T.tocsr() @ (sparse.diags_array(weight) @ both)).toarray()
        size = 2 * gains + free + self.money
        matrix = np.zeros((size, size))
        matrix[:gains, :gains] = averages.covariance(spread)
        place = np.arange(gains)
        matrix[place, gains + place] = matrix[gains + place, place] = -1.0
        end = 2 * gains + free
        matrix[gains:end, gains:end] = -inner
        own = np.arange(2 * gains, end)
        matrix[own, own] -= REGULAR
        if self.money:
            matrix[2 * gains : end, end] = matrix[end, 2 * gains : end] = -b
        lower, pivots, failed = linalg.lapack.dgetrf(matrix, overwrite_a=True)
        if failed:
            raise ZeroDivisionError
        self.factor = (lower, pivots)

    def solve(
        self, link: Vector, still: Vector, paid: Vector, kick: Vector, money: float
    ) -> tuple[Vector, Vector, Vector, float]:
        """Return the changes of y, z, m and of the budget's price."""
        from scipy import linalg

        right = [link, self.g_t @ kick - still, self.t_t @ kick - paid]
        if self.money:
            right.append(np.array([-money]))
        found = linalg.lu_solve(self.factor, np.concatenate(right), check_finite=False)
        one, two, three = self.gains, 2 * self.gains, 2 * self.gains + self.free
        price = float(found[three]) if self.money else 0.0
        return found[:one], found[one:two], found[two:three], price


def _flat(table: Vector) -> Vector:
    return table.reshape(math.prod(table.shape[:-1]), table.shape[-1])


def _contracted(left: Vector, right: Vector, axes: tuple[int, ...]) -> Vector:
    result: Vector = (left * right).sum(axis=axes)
    return result


def _length(values: Vector, change: Vector) -> float:
    """Return how far a step can go, up to 1, before a value reaches 0."""
    falling = change < 0
    if not falling.any():
        return 1.0
    return min(1.0, float((-values[falling] / change[falling]).min()))


def _dense(coefficients: dict[int, Any], size: int) -> Vector:
    found = np.zeros(size)
    for k, v in coefficients.items():
        found[k] = float(v)
    return found
