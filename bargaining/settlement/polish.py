"""Newton polish of a numerical Nash settlement.

Near its maximum a product of gains is flat, so a conic solver that is right about the product
to ten digits is right about the gains to five.  Its support weights say which outcomes of each
issue can still carry a share; on the face they span, the product is maximised over at most
(players - 1) directions by Newton's method, and shares with those gains are found by one
linear programme.  The caller keeps the result only if its certificate is better.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

ACTIVE = 1e-5
"""Outcomes worth within this share of the best one, at the support weights, may be in use."""
MAX_STEPS = 50


def polished(
    matrix: NDArray[np.float64],
    blocks: Sequence[tuple[int, int]],
    power: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> NDArray[np.float64] | None:
    """Return better shares, or None if the face does not hold the maximum.

    Parameters
    ----------
    matrix : ndarray, shape (players, shares)
        Gains of the players in the product.
    blocks : sequence of (first, count)
        The shares of each issue.
    power : ndarray, shape (players,)
        Bargaining weights.
    weights : ndarray, shape (players,)
        Support weights found by the solver.
    """
    worth = weights @ matrix
    reach = float(np.abs(worth).max()) or 1.0
    active: list[NDArray[np.intp]] = []
    base = np.zeros(len(power))
    directions = []
    for start, count in blocks:
        part = worth[start : start + count]
        near = np.flatnonzero(part >= part.max() - ACTIVE * reach) + start
        active.append(near)
        base += matrix[:, near[0]]
        directions += [matrix[:, j] - matrix[:, near[0]] for j in near[1:]]
    if not directions:
        return _vertex(matrix.shape[1], active)
    stacked = np.array(directions).T
    left, singular, _ = np.linalg.svd(stacked, full_matrices=False)
    basis = left[:, singular > 1e-9 * singular.max(initial=0.0)]
    gains = _maximum(base, basis, power)
    return None if gains is None else _shares(matrix, active, gains)


def _vertex(size: int, active: Sequence[NDArray[np.intp]]) -> NDArray[np.float64]:
    x = np.zeros(size)
    x[[int(near[0]) for near in active]] = 1.0
    return x


def _maximum(
    base: NDArray[np.float64], basis: NDArray[np.float64], power: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Maximise the weighted log gains over ``base + basis @ z``, from the nearest equal gains."""
    size = float(np.abs(base).max()) or 1.0
    start = np.linalg.lstsq(basis, size * np.ones(len(base)) - base, rcond=None)[0]
    gains = base + basis @ start
    if gains.min() <= 0:
        widest = linprog(
            [0.0] * basis.shape[1] + [-1.0],
            A_ub=np.hstack([-basis, np.ones((len(base), 1))]),
            b_ub=base,
            bounds=[(None, None)] * basis.shape[1] + [(None, size)],
            method="highs",
        )
        if widest.status != 0 or -widest.fun <= 0:
            return None
        gains = base + basis @ widest.x[:-1]
    for _ in range(MAX_STEPS):
        slope = basis.T @ (power / gains)
        curve = basis.T @ ((power / gains**2)[:, None] * basis)
        step = basis @ np.linalg.solve(curve, slope)
        length = 1.0
        while (gains + length * step).min() <= 0:
            length /= 2
        gains = gains + length * step
        if float(np.abs(step).max()) <= 1e-15 * float(np.abs(gains).max()):
            break
    return gains


def _shares(
    matrix: NDArray[np.float64], active: Sequence[NDArray[np.intp]], gains: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Find shares of the active outcomes that give the gains."""
    used = np.concatenate(active)
    sums = np.zeros((len(active), len(used)))
    position = 0
    for row, near in enumerate(active):
        sums[row, position : position + len(near)] = 1.0
        position += len(near)
    found = linprog(
        np.zeros(len(used)),
        A_eq=np.vstack([matrix[:, used], sums]),
        b_eq=np.concatenate([gains, np.ones(len(active))]),
        method="highs",
    )
    if found.status != 0:
        return None
    x = np.zeros(matrix.shape[1])
    x[used] = np.maximum(found.x, 0.0)
    return x
