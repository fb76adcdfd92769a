"""A first deal where the status quo itself does not meet the requirements.

Floors, or a fallback better than the status quo, rule the status quo out.  The least slack of
all requirements, and of the gains that should be positive, is raised as far as it goes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.settlement.composed.arrays import Arrays, Vector
from bargaining.settlement.composed.cuts import Goal, Linear, bounded, programme

MAX_ROUNDS = 200
TIGHT = 1e-9


def inside(
    arrays: Arrays, terms: NDArray[np.intp], reach: Vector, rows: NDArray[np.intp]
) -> tuple[Vector | None, Linear, Vector]:
    """Return shares that meet the requirements (None if there are none), and a proof.

    The least gain of the terms is as large as can be, up to their reach.
    """
    goal = Goal("least", terms, reach, rows, np.zeros(len(rows)), 1.0)
    curves = len(arrays.composition.curves)
    depths = [np.zeros(curves)]
    best: Vector | None = None
    for _ in range(MAX_ROUNDS):
        found = programme(arrays, goal, 1.0, depths, [])
        if found is None:
            return _impossible(arrays, rows, depths)
        values = arrays.values(found.z, 1.0)
        size = np.abs(arrays.forms[rows]) @ np.abs(found.z) + np.abs(arrays.constants[rows])
        if np.all(values[rows] >= -TIGHT * np.maximum(size, 1e-300)):
            best = found.z
            reached = float((values[terms] / reach).min(initial=1.0))
            if found.value - reached <= TIGHT or not len(terms):
                return best, found, depths[-1]
        if not curves:
            return best, found, depths[-1]
        depths.append(bounded(arrays, arrays.depths @ found.z, 1.0))
    msg = "whether any deal meets the requirements could not be decided: rescale the payoffs"
    raise SolverError(msg)


def _impossible(
    arrays: Arrays, rows: NDArray[np.intp], depths: list[Vector]
) -> tuple[Vector | None, Linear, Vector]:
    """Prove that no deal meets the requirements: the least slack of all cannot be positive."""
    size = np.maximum(np.maximum(arrays.largest[rows], np.abs(arrays.constants[rows])), 1e-300)
    none = np.zeros(0, dtype=np.intp)
    goal = Goal("least", rows, size, none, np.zeros(0), 1.0)
    for _ in range(MAX_ROUNDS):
        found = programme(arrays, goal, 1.0, depths, [])
        if found is None or found.value > 0:
            break
        here = bounded(arrays, arrays.depths @ found.z, 1.0)
        proof = programme(arrays, goal, 1.0, [here], [])
        if proof is not None and proof.value < -TIGHT:
            return None, proof, here
        depths.append(here)
    msg = "whether any deal meets the requirements could not be decided: rescale the payoffs"
    raise SolverError(msg)
