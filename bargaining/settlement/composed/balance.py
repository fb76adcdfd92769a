"""The last digits of a proof: prices at which outcomes in use are worth exactly the same.

Where gains are a tiny remainder of large benefits and costs, a relative error of 1e-13 in a price
is multiplied by their ratio.  The prices are therefore moved, in proportion and as little as
possible, until all outcomes of an issue that the deal uses are worth the same.
"""

from __future__ import annotations

import numpy as np

from bargaining.settlement.composed.arrays import Arrays, Vector
from bargaining.settlement.composed.matrix import full

MAX_FREE = 400
USED = 1e-9
CHANGE = 1e-7
"""Prices that would have to move by more than this share are wrong, not imprecise."""


def balanced(
    arrays: Arrays, functions: Vector, depths: Vector, mixes: Vector, z: Vector, unit: float
) -> Vector | None:
    """Return weights of the functions, slightly moved; None where that is not possible."""
    x = arrays.origin + unit * z
    priced = np.flatnonzero(functions > 0)
    rows: list[Vector] = []
    short: list[float] = []
    slopes = arrays.slopes(depths, unit) if arrays.composition.curves else np.zeros(0)
    forms = full(arrays.forms[priced])
    if arrays.composition.curves:
        share = full(arrays.curve_weights[priced])
        forms = forms - (share * slopes) @ full(arrays.depths)
    worth = forms * functions[priced, None]
    extra = -(mixes @ arrays.changes) if len(mixes) else np.zeros(arrays.size)
    for layout, start in zip(arrays.composition.layouts, arrays.composition.starts, strict=True):
        for first, count in zip(layout.starts.tolist(), layout.counts.tolist(), strict=True):
            block = np.arange(start + first, start + first + count)
            used = block[(x[block] > USED * unit) & ~arrays.closed[block]]
            for j in used[1:].tolist():
                rows.append(worth[:, j] - worth[:, used[0]])
                short.append(-float(rows[-1].sum() + extra[j] - extra[used[0]]))
        if len(rows) > MAX_FREE:
            return None
    if not rows:
        return None
    matrix = np.array(rows)
    size = np.maximum(np.abs(matrix).max(axis=1), 1e-300)
    moved = np.linalg.lstsq(matrix / size[:, None], np.array(short) / size, rcond=1e-12)[0]
    if not np.all(np.abs(moved) <= CHANGE):
        return None
    result = functions.copy()
    result[priced] *= 1 + moved
    return result
