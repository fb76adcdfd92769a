"""All extreme equilibria of a bimatrix game, in exact rationals, degenerate games included.

With payoffs made positive, mixed strategies correspond to points of the best-response polytopes
{x >= 0, B'x <= 1} and {y >= 0, Ay <= 1}.  A label is an action not used or a best reply of the
other side; a pair of vertices that has every label is an equilibrium, and all equilibria are
mixtures of such extreme ones (Mangasarian 1964; Avis, Rosenberg, Savani, von Stengel 2010).
All vertices of both polytopes are listed in whole numbers (:mod:`.vertices`), so the list of
equilibria is complete by construction; how extreme equilibria hang together is told by
:mod:`.components`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.components import Component, Pair, components, vertex_index
from bargaining.equilibrium.vertices import BLOCK, Vertices, most_vertices, vertices

MAX_VERTICES = 30_000
"""Games whose polytopes can have no more vertices are always enumerated (12 x 12 actions)."""
MAX_PAIRS = 20_000
"""The most extreme equilibria that are listed."""
INDEX_VERTICES = 25_000
"""Degenerate games whose polytopes can have more vertices get no index (12 x 12 have it)."""

Mix = tuple[Fraction, ...]
Table = Sequence[Sequence[Fraction]]


@dataclass(frozen=True)
class ExtremeEquilibria:
    """Extreme equilibria, and the connected sets of equilibria that they span.

    Attributes
    ----------
    pairs : tuple of (mix, mix)
        Sorted, pure strategies on early actions first.
    components : tuple of Component
    degenerate : bool
        Whether in some equilibrium there are more best replies to a strategy than it has
        actions in use; without that every equilibrium is isolated and has an index of ±1.
    """

    pairs: tuple[tuple[Mix, Mix], ...]
    components: tuple[Component, ...]
    degenerate: bool


@dataclass(frozen=True, eq=False)
class Inequalities:
    """A best-response polytope {z >= 0, rows @ z <= limits} in whole numbers."""

    rows: tuple[tuple[int, ...], ...]
    limits: tuple[int, ...]

    def perturbed(self, shifts: Sequence[int], bits: int) -> Inequalities:
        """Relax inequality j by the factor 1 + shifts[j] / 2**bits."""
        unit = 1 << bits
        rows = tuple(tuple(entry * unit for entry in row) for row in self.rows)
        limits = (c * (unit + shift) for c, shift in zip(self.limits, shifts, strict=True))
        return Inequalities(rows, tuple(limits))


def small_enough(rows: int, columns: int) -> bool:
    """Whether a game of this size is enumerated whatever its payoffs are."""
    return _most(rows, columns) <= MAX_VERTICES


def extreme_equilibria(
    first: Table, second: Table, *, most: int = MAX_VERTICES
) -> ExtremeEquilibria | None:
    """Enumerate the extreme equilibria of a bimatrix game.

    Parameters
    ----------
    first, second : table of Fraction, shape (rows, columns)
        Payoffs of the row and of the column player.
    most : int
        Give up beyond this many vertices.

    Returns
    -------
    ExtremeEquilibria, or None where there are too many vertices or equilibria to list

    Examples
    --------
    >>> found = extreme_equilibria([[3, 3], [2, 5], [0, 6]], [[3, 3], [2, 6], [3, 1]])
    >>> [[str(q) for q in y] for x, y in found.pairs]
    [['1', '0'], ['2/3', '1/3'], ['1/3', '2/3']]
    >>> [(c.equilibria, c.dimension, c.index) for c in found.components]
    [((0, 1), 1, 0), ((2,), 0, 1)]
    """
    mine = inequalities(list(zip(*second, strict=True)))  # on the row player's strategies
    theirs = inequalities(first)
    one = vertices(mine.rows, mine.limits, most=most)
    other = None if one is None else vertices(theirs.rows, theirs.limits, most=most)
    if one is None or other is None:
        return None
    matched = complementary(one, other)
    if len(matched) > MAX_PAIRS:
        return None
    mixes = ({i: _mix(one, i) for i, _ in matched}, {j: _mix(other, j) for _, j in matched})
    order = {side: _ranks(mixes[side]) for side in (0, 1)}
    matched.sort(key=lambda pair: (order[0][pair[0]], order[1][pair[1]]))
    degenerate = any(one.spare[i] or other.spare[j] for i, j in matched)
    indices: list[int] | None
    if not degenerate:
        indices = [vertex_index(mine.rows, theirs.rows, *_supports(one, other, p)) for p in matched]
    elif _most(len(first), len(first[0])) <= INDEX_VERTICES:
        indices = _perturbed_indices(mine, theirs, one, other, matched)
    else:
        indices = None
    return ExtremeEquilibria(
        tuple((mixes[0][i], mixes[1][j]) for i, j in matched),
        components(matched, mixes, indices),
        degenerate,
    )


def inequalities(table: Table) -> Inequalities:
    """Write {z : table z <= 1}, with the table raised above 0, in whole numbers."""
    least = min(min(row) for row in table)
    rows, limits = [], []
    for row in table:
        raised = [Fraction(value - least + 1) for value in row]
        unit = math.lcm(*(value.denominator for value in raised))
        shared = math.gcd(unit, *(int(value * unit) for value in raised))
        rows.append(tuple(int(value * unit) // shared for value in raised))
        limits.append(unit // shared)
    return Inequalities(tuple(rows), tuple(limits))


def complementary(one: Vertices, other: Vertices) -> list[Pair]:
    """List the pairs of vertices that have every label between them.

    A label is row i (unused at x, or best reply to y) or column j (best reply to x, or unused at
    y).  Pairs of vertices with no label to spare match exactly and are found by hashing; for the
    others all pairs are compared.
    """
    missing = ~one.tight
    offered = np.hstack([other.tight[:, other.dimension :], other.tight[:, : other.dimension]])
    home = {line.tobytes(): j for j, line in enumerate(offered) if not other.spare[j]}
    found = [
        (i, home[line.tobytes()])
        for i, line in enumerate(missing)
        if not one.spare[i] and line.tobytes() in home
    ]
    every = np.arange(len(missing))
    found += _covering(missing, offered, every[one.spare], np.arange(len(offered)))
    found += _covering(missing, offered, every[~one.spare], np.flatnonzero(other.spare))
    return found


def _covering(
    missing: NDArray[np.bool_],
    offered: NDArray[np.bool_],
    left: NDArray[np.intp],
    right: NDArray[np.intp],
) -> list[Pair]:
    if not len(left) or not len(right):
        return []
    lacking = (~offered[right]).astype(np.float32).T
    step = max(BLOCK // len(right), 1)
    found: list[Pair] = []
    for start in range(0, len(left), step):
        mine = left[start : start + step]
        row, column = np.nonzero(missing[mine].astype(np.float32) @ lacking == 0)
        found += zip(mine[row].tolist(), right[column].tolist(), strict=True)
        if len(found) > MAX_PAIRS:
            break
    return found


def _perturbed_indices(
    mine: Inequalities,
    theirs: Inequalities,
    one: Vertices,
    other: Vertices,
    matched: Sequence[Pair],
) -> list[int] | None:
    """Return for each extreme equilibrium the indices of the equilibria it splits into.

    Relaxing every inequality a little by a different factor scales the payoffs of a nearby game.
    If that game is not degenerate and each of its vertices is tight only where one vertex of the
    first game is, the slacks of its vertices are positive at every smaller scale too (they are
    linear in it), so all smaller perturbations have the same equilibria, and their indices add
    up to those of the components in which they end.
    """
    rng = np.random.default_rng(0)
    shifts = rng.permutation(1 << 12)[: len(mine.rows) + len(theirs.rows)].tolist()
    for bits in (40, 120, 360):
        near = mine.perturbed(shifts[: len(mine.rows)], bits)
        far = theirs.perturbed(shifts[len(mine.rows) :], bits)
        moved = vertices(near.rows, near.limits, most=MAX_VERTICES)
        turned = vertices(far.rows, far.limits, most=MAX_VERTICES)
        if moved is None or turned is None or moved.spare.any() or turned.spare.any():
            continue
        origin, target = _parents(moved, one), _parents(turned, other)
        if origin is None or target is None:
            continue
        place = {pair: k for k, pair in enumerate(matched)}
        indices = [0] * len(matched)
        for i, j in complementary(moved, turned):
            sign = vertex_index(mine.rows, theirs.rows, *_supports(moved, turned, (i, j)))
            indices[place[origin[i], target[j]]] += sign
        return indices
    return None


def _parents(moved: Vertices, base: Vertices) -> list[int] | None:
    """Return the vertex from which each perturbed one splits off; None where there is none."""
    shared = moved.tight.astype(np.float32) @ base.tight.astype(np.float32).T
    inside = shared == moved.dimension
    return inside.argmax(axis=1).tolist() if inside.any(axis=1).all() else None


def _most(rows: int, columns: int) -> int:
    return max(most_vertices(size, rows + columns) for size in (rows, columns))


def _supports(one: Vertices, other: Vertices, pair: Pair) -> tuple[list[int], list[int]]:
    """Return the actions in use."""
    i, j = pair
    mine = np.flatnonzero(~one.tight[i, : one.dimension]).tolist()
    return mine, np.flatnonzero(~other.tight[j, : other.dimension]).tolist()


def _mix(found: Vertices, vertex: int) -> Mix:
    """Return the mixed strategy in the direction of a vertex."""
    weights = [int(w) for w in found.points[vertex, 1:]]
    total = sum(weights)
    return tuple(Fraction(w, total) for w in weights)


def _ranks(mixes: dict[int, Mix]) -> dict[Any, int]:
    """Return the strategies in order, weight on early actions first."""
    ordered = sorted(mixes, key=lambda k: tuple(-p for p in mixes[k]))
    return {k: rank for rank, k in enumerate(ordered)}
