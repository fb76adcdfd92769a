"""Newton polish of a numerical Nash settlement.

Near its maximum a product of gains is flat, so a solver that is right about the product
to ten digits is right about the gains to five.  Its support weights say which outcomes of each
issue can still carry a share; on the face they span, the product is maximised over at most
(players - 1) directions by Newton's method, and shares with those gains are found by one
linear programme.  The caller keeps the result only if its certificate is better.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Places = NDArray[np.intp]
ACTIVE = 1e-5
"""Outcomes worth within this share of the best one, at the support weights, may be in use."""
MAX_DIRECTIONS = 20_000
MAX_STEPS = 50
MAX_HALVINGS = 60


def polished(
    matrix: Vector,
    constant: Vector,
    blocks: tuple[Places, Places],
    power: Vector,
    weights: Vector,
) -> Vector | None:
    """Return better shares, or None if the face does not hold the maximum.

    Parameters
    ----------
    matrix : ndarray, shape (players, shares)
        Gains of the players in the product, in units near 1.
    constant : ndarray, shape (players,)
        What they gain before anything is agreed.
    blocks : tuple of two ndarrays of int
        Where the shares of each issue start, and how many they are.
    power : ndarray, shape (players,)
        Bargaining weights.
    weights : ndarray, shape (players,)
        Support weights found by the solver.
    """
    starts, counts = blocks
    worth = weights @ matrix
    reach = float(np.abs(worth).max()) or 1.0
    best = np.maximum.reduceat(worth, starts)
    near = np.flatnonzero(worth >= np.repeat(best, counts) - ACTIVE * reach)
    owner = np.searchsorted(starts, near, side="right") - 1
    _, first, ties = np.unique(owner, return_index=True, return_counts=True)
    corner = near[first]
    base = constant + matrix[:, corner].sum(axis=1)
    x = np.zeros(matrix.shape[1])
    other = np.setdiff1d(near, corner)
    if not len(other):
        x[corner] = 1.0
        return x
    if len(other) > MAX_DIRECTIONS:
        return None
    home = np.searchsorted(starts, other, side="right") - 1
    directions = matrix[:, other] - matrix[:, corner[home]]
    left, singular, _ = np.linalg.svd(directions, full_matrices=False)
    basis = left[:, singular > 1e-9 * singular.max(initial=0.0)]
    gains = _maximum(base, basis, power)
    if gains is None:
        return None
    tied = ties > 1
    x[corner[~tied]] = 1.0
    free = near[np.isin(owner, np.flatnonzero(tied))]
    found = _shares(
        matrix[:, free],
        gains - constant - matrix[:, corner[~tied]].sum(axis=1),
        np.searchsorted(starts, free, side="right") - 1,
    )
    if found is None:
        return None
    x[free] = found
    return x


def _maximum(base: Vector, basis: Vector, power: Vector) -> Vector | None:
    """Maximise the weighted log gains over ``base + basis @ z``, from the nearest equal gains."""
    from scipy.optimize import linprog

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
        if gains.min() <= 0:
            return None
        slope = basis.T @ (power / gains)
        curve = basis.T @ ((power / gains**2)[:, None] * basis)
        try:
            step = basis @ np.linalg.solve(curve, slope)
        except np.linalg.LinAlgError:
            return None
        for _ in range(MAX_HALVINGS):
            if (gains + step).min() > 0:
                break
            step = step / 2
        gains = gains + step
        if float(np.abs(step).max()) <= 1e-15 * float(np.abs(gains).max()):
            break
    return np.asarray(gains)


def _shares(matrix: Vector, gains: Vector, owner: Places) -> Vector | None:
    """Find shares of the tied issues' outcomes that give the gains."""
    from scipy import sparse
    from scipy.optimize import linprog

    issues, row = np.unique(owner, return_inverse=True)
    cells = np.arange(len(owner))
    sums = sparse.csr_array((np.ones(len(owner)), (row, cells)), shape=(len(issues), len(owner)))
    found: Any = linprog(
        np.zeros(len(owner)),
        A_eq=sparse.vstack([sparse.csr_array(matrix), sums]),
        b_eq=np.concatenate([gains, np.ones(len(issues))]),
        method="highs",
    )
    return np.maximum(found.x, 0.0) if found.status == 0 else None
