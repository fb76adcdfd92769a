"""Columns of answers: values, and where they are known."""

from __future__ import annotations

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


def constant(kind: Kind, cell: bool | float | str | None, count: int) -> Column:
    """Return a column that says the same everywhere; None for a column without answers.

    >>> constant("text", "ok", 2).values.tolist()
    ['ok', 'ok']
    """
    values = np.full(count, EMPTY[kind] if cell is None else cell, dtype=DTYPES[kind])
    return Column(values, np.full(count, cell is not None))


def whole(values: NDArray[Any]) -> Column:
    """Return a column that is known everywhere.

    >>> len(whole(np.array([1.0, 2.0])))
    2
    """
    return Column(values, np.ones(len(values), dtype=bool))
