"""The value of a zero-sum matrix game, with strategies that prove it from both sides.

The row player receives ``table[i][j]`` from the column player.  A mixed strategy x guarantees
him the least entry of x'A, a mixed strategy y holds him to the largest entry of Ay, and the two
meet in the value v (von Neumann 1928): x'A >= v and Ay <= v.  Small games are solved exactly: a
saddle point where there is one, otherwise the linear programme in rationals.  Large ones are
solved by HiGHS in floating point, and the two guarantees are recomputed from the strategies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, SolverError, VerificationError
from bargaining.geometry.rational import Column, maximise
from bargaining.results import Number

EXACT_CELLS = 4_096
"""Up to this many cells a game without a saddle point is solved in rationals."""
EXACT_SIDE = 80
"""... if one side has at most this many strategies."""
TOLERANCE = 1e-7
"""The largest relative gap between the guarantees of a numerical answer."""

Mix = tuple[Number, ...]


@dataclass(frozen=True, eq=False)
class ZeroSumSolution:
    """The value of a matrix game and optimal strategies.

    Attributes
    ----------
    value : Fraction or float
    row, column : tuple of number
        Mixed strategies: the row player guarantees ``lower``, the column player ``upper``.
    lower, upper : Fraction or float
        Equal to the value when the answer is exact.
    exact : bool
    table : ndarray, shape (rows, columns)
        What the column player pays the row player.
    """

    value: Number
    row: Mix
    column: Mix
    lower: Number
    upper: Number
    exact: bool
    table: NDArray[Any] = field(repr=False)

    def verify(self) -> bool:
        """Recompute both guarantees; raise VerificationError if they do not give the value."""
        for name, mix in (("row", self.row), ("column", self.column)):
            excess = sum(mix, start=Fraction(0)) - 1
            if min(mix) < 0 or max(excess, -excess) > (0 if self.exact else TOLERANCE):
                msg = f"the {name} player's strategy is no probability distribution"
                raise VerificationError(msg)
        lower = min(_mixed(self.row, line) for line in self.table.T)
        upper = max(_mixed(self.column, line) for line in self.table)
        slack = 0 if self.exact else TOLERANCE * _size(self.table)
        if lower < self.value - slack or upper > self.value + slack:
            msg = (
                f"the strategies guarantee {float(lower):g} and {float(upper):g}, "
                f"not the stated value {float(self.value):g}"
            )
            raise VerificationError(msg)
        return True


def zero_sum(table: Sequence[Sequence[Number | int]] | NDArray[Any]) -> ZeroSumSolution:
    """Solve a matrix game.

    Parameters
    ----------
    table : array_like, shape (rows, columns)
        What the row player receives: Fractions or whole numbers (exact), or floats.

    Returns
    -------
    ZeroSumSolution

    Raises
    ------
    InputError
        If the table is empty or ragged.
    SolverError
        If a large game could not be solved to the stated tolerance.

    Examples
    --------
    >>> found = zero_sum([[2, -1], [-1, 1]])
    >>> found.value, found.row
    (Fraction(1, 5), (Fraction(2, 5), Fraction(3, 5)))
    """
    lengths = {len(row) for row in table}
    if len(lengths) != 1 or 0 in lengths:
        msg = "zero_sum: expected a table with equally long, non-empty rows"
        raise InputError(msg)
    array = np.array([list(row) for row in table], dtype=object)
    rational = all(isinstance(x, (int, Fraction, np.integer)) for x in array.flat)
    if rational:
        array = np.array([Fraction(int(x)) if isinstance(x, np.integer) else Fraction(x)
                          for x in array.flat], dtype=object).reshape(array.shape)  # fmt: skip
    found = _saddle_point(array)
    if found is None and rational and array.size <= EXACT_CELLS and min(array.shape) <= EXACT_SIDE:
        found = _exact(array)
    return found or _numerical(array)


def _saddle_point(table: NDArray[Any]) -> ZeroSumSolution | None:
    """Look for pure strategies that guarantee the same to both sides."""
    row = int(np.argmax(table.min(axis=1)))
    column = int(np.argmin(table.max(axis=0)))
    value = table[:, column].max()
    if table[row].min() != value:
        return None
    one = Fraction(1) if isinstance(value, Fraction) else 1.0
    mixes = [
        tuple(one if i == chosen else 0 * one for i in range(size))
        for chosen, size in zip((row, column), table.shape, strict=True)
    ]
    exact = isinstance(value, Fraction)
    return ZeroSumSolution(value, mixes[0], mixes[1], value, value, exact, table)


def _exact(table: NDArray[Any]) -> ZeroSumSolution:
    """Solve for the side with more strategies; the other side's are the dual prices.

    With entries raised above 0, the column player's y solves: most Σ z with A z <= 1, z >= 0;
    the value is 1 / Σ z.
    """
    if len(table) > len(table.T):
        turned = _exact(-table.T)
        value = -turned.value
        return ZeroSumSolution(value, turned.column, turned.row, value, value, True, table)
    shift = 1 - min(table.flat)
    unit = power_of_two(max(table.flat) + shift)
    columns: list[Column] = [dict(enumerate((line + shift) / unit)) for line in table.T]
    found = maximise([1] * len(columns), columns, [1] * len(table))
    scale = 1 / found.value
    row = tuple(price * scale for price in found.dual)
    column = tuple(z * scale for z in found.primal)
    value = scale * unit - shift
    return ZeroSumSolution(value, row, column, value, value, True, table)


def power_of_two(size: Fraction) -> int:
    """Return a power of two of about this size: programmes in such units do not mislead HiGHS."""
    return 1 << max(int(size), 1).bit_length()


def _numerical(table: NDArray[Any]) -> ZeroSumSolution:
    """Solve by HiGHS on entries scaled to [0, 1]; the guarantees are recomputed."""
    from scipy.optimize import linprog

    floats = table.astype(np.float64)
    low, reach = floats.min(), max(float(np.ptp(floats)), 1e-300)
    scaled = (floats - low) / reach
    rows, columns = scaled.shape
    found = linprog(
        np.append(np.zeros(columns), 1.0),
        A_ub=np.column_stack([scaled, -np.ones(rows)]),
        b_ub=np.zeros(rows),
        A_eq=np.append(np.ones(columns), 0.0)[None],
        b_eq=[1.0],
        bounds=[(0, None)] * columns + [(None, None)],
        method="highs",
    )
    if found.status != 0:
        msg = f"the zero-sum game of {rows} x {columns} could not be solved: {found.message}"
        raise SolverError(msg)
    row = np.maximum(-found.ineqlin.marginals, 0.0)
    column = np.maximum(found.x[:-1], 0.0)
    row, column = row / row.sum(), column / column.sum()
    lower, upper = float((row @ floats).min()), float((floats @ column).max())
    if upper - lower > TOLERANCE * _size(table):
        msg = (
            f"the zero-sum game of {rows} x {columns} was solved to a gap of {upper - lower:g} "
            "only; rescale its payoffs"
        )
        raise SolverError(msg)
    middle = (lower + upper) / 2
    return ZeroSumSolution(
        middle, tuple(row.tolist()), tuple(column.tolist()), lower, upper, False, table
    )


def _mixed(mix: Mix, line: NDArray[Any]) -> Number:
    return sum((p * v for p, v in zip(mix, line, strict=True) if p), start=Fraction(0))


def _size(table: NDArray[Any]) -> float:
    """Return the size of the entries: the unit of rounding."""
    return max(float(abs(x)) for x in table.flat) or 1.0
