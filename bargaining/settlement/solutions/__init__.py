"""Solution concepts, one per file; this table is the registry.

To add one: write ``solutions/<id>.py`` with a ``SOLUTION`` declaration, add it to the table,
its value to ``SolutionId``, its page to the README table, and a test with a known answer.
"""

from __future__ import annotations

from typing import Literal, get_args

from bargaining.errors import InputError
from bargaining.model.spelling import suggestion
from bargaining.settlement.solutions import (
    egalitarian,
    kalai_smorodinsky,
    nash,
    utilitarian,
)
from bargaining.settlement.solutions.base import Solution

SolutionId = Literal["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"]

SOLUTIONS: dict[str, Solution] = {
    module.SOLUTION.id: module.SOLUTION
    for module in (nash, kalai_smorodinsky, egalitarian, utilitarian)
}


def solution(name: object) -> Solution:
    """Look a solution concept up by its name."""
    if not isinstance(name, str) or name not in SOLUTIONS:
        known = ", ".join(get_args(SolutionId))
        msg = f'solution: expected one of {known}, found "{name}"{suggestion(str(name), SOLUTIONS)}'
        raise InputError(msg)
    return SOLUTIONS[name]
