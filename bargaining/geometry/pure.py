"""Pure deals: the exact Pareto set of packages with one outcome per issue.

Issues are merged one by one; a partial sum that another one dominates can never become part
of an undominated package and is dropped at once.  Whole-number payoffs make every comparison
exact.  The number of undominated partial sums can grow without limit, so it is bounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.geometry.marginals import package_terms
from bargaining.model.deal import Deal, status_quo
from bargaining.model.game import LinkageGame

MAX_POINTS = 200_000
MAX_JOINT = 1_000_000


class FrontierLimitError(SolverError):
    """The pure frontier has more points than are kept."""


@dataclass(frozen=True, eq=False)
class _Options:
    """Alternatives of some issues taken together: all their outcomes, in row-major order."""

    issues: tuple[int, ...]
    shape: tuple[int, ...]
    values: NDArray[Any]


@dataclass(frozen=True, eq=False)
class PureFrontier:
    """Undominated pure deals of a package.

    Attributes
    ----------
    game : LinkageGame
    package : sequence of int
    columns : tuple of int
        The players compared.
    points : ndarray of int, shape (points, players compared)
        Whole-number gains, sorted by the first player's, then the next.
    counts : tuple of int
        How many packages give each point.
    """

    game: LinkageGame
    package: Sequence[int]
    columns: tuple[int, ...]
    points: NDArray[Any]
    counts: tuple[int, ...]
    _trail: tuple[tuple[_Options, NDArray[np.intp], NDArray[np.intp]], ...]

    def gains(self, index: int) -> tuple[Fraction, ...]:
        """Gains of the compared players at a point."""
        units = [self.game.flat.denominators[i] for i in self.columns]
        return tuple(
            Fraction(v) / d for v, d in zip(self.points[index].tolist(), units, strict=True)
        )

    def deal(self, index: int) -> Deal:
        """Return one package that gives a point."""
        outcomes = status_quo(self.game)
        for options, parent, option in reversed(self._trail):
            chosen = np.unravel_index(int(option[index]), options.shape)
            outcomes[list(options.issues)] = chosen
            index = int(parent[index])
        return Deal(outcomes)


def pure_frontier(
    game: LinkageGame, package: Sequence[int], columns: tuple[int, ...]
) -> PureFrontier:
    """Merge a package issue by issue, keeping undominated sums.

    Raises
    ------
    FrontierLimitError
        If more than 200,000 undominated partial sums arise.
    """
    planar = len(columns) == 2 and game.flat.kind == "small"
    dtype = np.int64 if planar else object
    prune = _undominated_plane if planar else undominated
    points = np.array([[game.whole_offset[i] for i in columns]], dtype=dtype)
    many = sum(math.log2(len(game.flat.rows(k))) for k in package) >= 62
    counts: NDArray[Any] = np.ones(1, dtype=object if many else np.int64)
    trail = []
    for options in _options(game, package, columns):
        values = options.values.astype(dtype)
        useful, ways = prune(values, np.ones(len(values), dtype=counts.dtype))
        parent = np.repeat(np.arange(len(points)), len(useful))
        option = np.tile(np.arange(len(useful)), len(points))
        sums = (points[:, None, :] + values[None, useful, :]).reshape(-1, len(columns))
        kept, counts = prune(sums, counts[parent] * ways[option])
        points = sums[kept]
        trail.append((options, parent[kept], useful[option[kept]]))
        if len(points) > MAX_POINTS:
            msg = f"the pure frontier has more than {MAX_POINTS:,} points"
            raise FrontierLimitError(msg)
    return PureFrontier(game, package, columns, points, tuple(counts.tolist()), tuple(trail))


def _undominated_plane(
    sums: NDArray[np.int64], counts: NDArray[Any]
) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Find undominated rows of two columns without a Python loop; equal rows count together."""
    order = np.lexsort((-sums[:, 1], -sums[:, 0]))
    x, y = sums[order, 0], sums[order, 1]
    highest = np.maximum.accumulate(y)
    better = np.ones(len(y), dtype=bool)
    better[1:] = y[1:] > highest[:-1]
    fresh = np.ones(len(y), dtype=bool)
    fresh[1:] = (x[1:] != x[:-1]) | (y[1:] != y[:-1])
    starts = np.flatnonzero(fresh)
    totals = np.add.reduceat(counts[order], starts)
    chosen = better[starts]
    return order[starts[chosen]][::-1], totals[chosen][::-1]


def _options(
    game: LinkageGame, package: Sequence[int], columns: tuple[int, ...]
) -> Iterator[_Options]:
    """Alternatives of each issue, and of each component as a whole."""
    flat, terms = game.flat, package_terms(game, package)
    for k in terms.singles:
        values = flat.values[flat.rows(k)][:, columns]
        if flat.kind == "float":
            values = np.array([[Fraction(float(v)) for v in row] for row in values], dtype=object)
        yield _Options((k,), (len(values),), values.astype(object))
    for component in terms.components:
        sizes = component.sizes()
        shape = tuple(sizes[k] for k in component.issues)
        if math.prod(shape) > MAX_JOINT:
            msg = (
                f"spillovers tie {len(sizes)} issues together with {math.prod(shape):,} joint "
                f"outcomes (at most {MAX_JOINT:,} for pure deals)"
            )
            raise FrontierLimitError(msg)
        total = np.zeros((*shape, len(columns)), dtype=object)
        for scope, table in component.tables.items():
            away = [i for i, k in enumerate(component.issues) if k not in scope]
            total = total + np.expand_dims(table[..., list(columns)], away)
        yield _Options(component.issues, shape, total.reshape(-1, len(columns)))


def undominated(sums: NDArray[Any], counts: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Positions of undominated rows, one per distinct row, with the counts of equal rows."""
    rows = [tuple(row) for row in sums.tolist()]
    order = sorted(range(len(rows)), key=rows.__getitem__, reverse=True)
    kept: list[int] = []
    totals: list[int] = []
    front: list[tuple[Any, ...]] = []
    for i in order:
        row = rows[i]
        if kept and rows[kept[-1]] == row:
            totals[-1] += counts[i]
            continue
        if len(row) == 2:
            dominated = bool(front) and front[-1][1] >= row[1]
        else:
            dominated = any(all(f >= r for f, r in zip(other, row, strict=True)) for other in front)
        if not dominated:
            kept.append(i)
            totals.append(counts[i])
            front.append(row)
    kept.reverse()
    totals.reverse()
    return np.array(kept, dtype=np.intp), np.array(totals, dtype=counts.dtype)
