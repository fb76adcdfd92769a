"""Columns of answers: values, and where they are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.sweeps.measures import Kind

DTYPES: dict[Kind, Any] = {"yes_no": np.bool_, "number": np.float64, "text": object}
EMPTY: dict[Kind, Any] = {"yes_no": False, "number": np.nan, "text": None}


@dataclass(frozen=True, eq=False)
class Column:
    """Answers of one kind.

    Attributes
    ----------
    values : array, shape (rows,)
        Of bool, float64 or object (texts).
    known : array of bool, shape (rows,)
        Where there is an answer.
    """

    values: NDArray[Any]
    known: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.values)


def column(kind: Kind, cells: Sequence[Any]) -> Column:
    """Return a column of cells, None where there is none."""
    known = np.array([item is not None for item in cells], dtype=bool)
    values = np.empty(len(cells), dtype=DTYPES[kind])
    values[:] = EMPTY[kind]
    for i in np.flatnonzero(known).tolist():
        values[i] = cells[i]
    return Column(values, known)


def whole(values: NDArray[Any]) -> Column:
    """Return a column that is known everywhere.

    >>> len(whole(np.array([1.0, 2.0])))
    2
    """
    return Column(values, np.ones(len(values), dtype=bool))
