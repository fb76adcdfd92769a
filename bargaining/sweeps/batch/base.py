"""What a kernel is: one question, asked of many rows at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bargaining.sweeps.columns import Column


@dataclass(frozen=True, eq=False)
class Solved:
    """A kernel's answers about some rows.

    Attributes
    ----------
    columns : mapping of str to Column
        By measure.
    decided : array of bool, shape (rows,)
        Rows whose answers are certain; the others are solved game by game.
    """

    columns: Mapping[str, Column]
    decided: NDArray[np.bool_]


class Kernel(Protocol):
    """Answers some measures of many rows at once.

    A row's answers may not depend on which other rows are asked together with it.
    """

    @property
    def answers(self) -> frozenset[str]:
        """Names of the measures that it answers."""

    def solve(self, start: int, stop: int) -> Solved:
        """Answer rows ``start`` to ``stop``."""


Array = NDArray[Any]
