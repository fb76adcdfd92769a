"""Matrices of a composed programme: dense where they are small, sparse where they are not.

Sparse arrays pay off from some thousands of cells on; below that their bookkeeping costs a
hundred times what the multiplication does, and most games are small.  All matrices of one
programme are of one kind, and both kinds understand ``@``, ``abs``, ``-`` and slices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
MAX_DENSE = 10_000
"""Cells of the largest matrix of a programme up to which all of them are dense."""


def of_forms(forms: Sequence[Mapping[int, Fraction]], size: int, *, dense: bool) -> Any:
    """Stack linear functions."""
    counts = [0, *(len(form) for form in forms)]
    columns = np.fromiter((j for form in forms for j in form), dtype=np.intp)
    values = np.fromiter((float(v) for form in forms for v in form.values()), dtype=float)
    if dense:
        matrix = np.zeros((len(forms), size))
        matrix[np.repeat(np.arange(len(forms)), np.diff(np.cumsum(counts))), columns] = values
        return matrix
    from scipy import sparse

    return sparse.csr_array((values, columns, np.cumsum(counts)), shape=(len(forms), size))


def none(rows: int, columns: int, *, dense: bool) -> Any:
    """Return a matrix of zeros."""
    if dense:
        return np.zeros((rows, columns))
    from scipy import sparse

    return sparse.csr_array((rows, columns))


def one_per_row(columns: NDArray[np.intp], count: int, *, dense: bool) -> Any:
    """Return a matrix with a one per row, in the given column of ``count``.

    >>> one_per_row(np.array([1, 0]), 3, dense=True)
    array([[0., 1., 0.],
           [1., 0., 0.]])
    """
    rows = np.arange(len(columns))
    if dense:
        matrix = np.zeros((len(columns), count))
        matrix[rows, columns] = 1.0
        return matrix
    from scipy import sparse

    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(rows), count))


def one_column(values: Vector, *, dense: bool) -> Any:
    """Return a column as a matrix."""
    if dense:
        return values[:, None]
    from scipy import sparse

    return sparse.csr_array(values[:, None])


def beside(blocks: Sequence[Any]) -> Any:
    """Put matrices beside each other."""
    if isinstance(blocks[0], np.ndarray):
        return np.concatenate(blocks, axis=1)
    from scipy import sparse

    return sparse.csr_array(sparse.hstack(blocks))


def stacked(blocks: Sequence[Any]) -> Any:
    """Put matrices on top of each other."""
    if isinstance(blocks[0], np.ndarray):
        return np.concatenate(blocks, axis=0)
    from scipy import sparse

    return sparse.csr_array(sparse.vstack(blocks))


def scaled(factors: Vector, matrix: Any) -> Any:
    """Multiply each row by its factor."""
    if isinstance(matrix, np.ndarray):
        return factors[:, None] * matrix
    from scipy import sparse

    return sparse.csr_array(sparse.diags_array(factors) @ matrix)


def full(matrix: Any) -> Vector:
    """Return a matrix as a dense one."""
    return matrix if isinstance(matrix, np.ndarray) else np.asarray(matrix.toarray())


def largest(matrix: Any) -> Vector:
    """Return the largest absolute value of each row.

    >>> largest(np.array([[1.0, -3.0], [0.0, 0.0]]))
    array([3., 0.])
    """
    if not matrix.shape[1]:
        return np.zeros(matrix.shape[0])
    size = abs(matrix)
    if isinstance(size, np.ndarray):
        return np.asarray(size.max(axis=1))
    return np.asarray(size.max(axis=1).toarray().ravel(), dtype=float)
