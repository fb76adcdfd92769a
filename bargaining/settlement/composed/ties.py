"""Among deals with the largest sum, the one with the largest least gain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bargaining.errors import SolverError
from bargaining.settlement.composed.arrays import Arrays, Vector
from bargaining.settlement.composed.cuts import Goal
from bargaining.settlement.composed.solver import maximise
from bargaining.settlement.requirements.base import Concave

if TYPE_CHECKING:
    from bargaining.settlement.composed.program import ComposedProgram

SAME = 1e-10


def shared_evenly(
    program: ComposedProgram, terms: Sequence[tuple[int, int]], least: Goal, reached: float
) -> Vector | None:
    """Raise the least gain while the sum stays what it is; None where that fails."""
    total = Concave()
    for key in terms:
        total = total.plus(program.composition.nets[key])
    functions = (*program.arrays.functions, total)
    arrays = Arrays(program.composition, functions, program.arrays.closed)
    held = np.append(least.held, len(functions) - 1)
    kept = reached - SAME * abs(reached)
    goal = Goal("least", least.terms, least.weights, held, np.append(least.levels, kept))
    start = program.start * program.unit
    try:
        best = maximise(arrays, goal, start, 1.0)
    except SolverError:
        return None
    return arrays.origin + best.z
