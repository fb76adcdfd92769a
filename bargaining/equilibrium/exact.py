"""All extreme equilibria of a small bimatrix game, in exact rationals.

With payoffs made positive, mixed strategies correspond to points of the best-response polytopes
{x >= 0, B'x <= 1} and {y >= 0, Ay <= 1}.  A label is an action not used or a best reply of the
other side; a pair of vertices that has every label is an equilibrium, and all equilibria are
mixtures of such extreme ones (Mangasarian 1964; Avis, Rosenberg, Savani, von Stengel 2010).
Every vertex is found by trying every choice of tight constraints, so the list is complete by
construction, for degenerate games too.  A vertex with more labels than it needs is what makes a
game degenerate.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

MAX_CHOICES = 4_000
"""The most choices of tight constraints tried per player (7 x 7 actions)."""

Mix = tuple[Fraction, ...]
Table = Sequence[Sequence[Fraction]]


@dataclass(frozen=True)
class ExtremeEquilibria:
    """Extreme equilibria, each with the connected set of equilibria it belongs to."""

    pairs: tuple[tuple[Mix, Mix], ...]
    components: tuple[int, ...]
    degenerate: bool


def small_enough(rows: int, columns: int) -> bool:
    """Whether a game of this size is enumerated."""
    return math.comb(rows + columns, rows) <= MAX_CHOICES


def extreme_equilibria(first: Table, second: Table) -> ExtremeEquilibria:
    """Enumerate the extreme equilibria of a bimatrix game.

    Parameters
    ----------
    first, second : table of Fraction, shape (rows, columns)
        Payoffs of the row and of the column player.

    Examples
    --------
    >>> one, zero = Fraction(1), Fraction(0)
    >>> found = extreme_equilibria([[one, one], [zero, zero]], [[one, one], [zero, zero]])
    >>> len(found.pairs), found.components, found.degenerate
    (2, (0, 0), True)
    """
    rows, columns = len(first), len(first[0])
    transposed = [list(column) for column in zip(*second, strict=True)]
    mine, spare = _vertices(
        _positive(transposed), own=range(rows), reply=range(rows, rows + columns)
    )
    theirs, spare_too = _vertices(
        _positive(first), own=range(rows, rows + columns), reply=range(rows)
    )
    every = (1 << (rows + columns)) - 1
    pairs = sorted(
        ((x, y) for x, a in mine for y, b in theirs if a | b == every),
        key=lambda pair: (tuple(-p for p in pair[0]), tuple(-p for p in pair[1])),
    )
    return ExtremeEquilibria(tuple(pairs), _components(pairs), spare or spare_too)


def _positive(table: Table) -> list[list[Fraction]]:
    least = min(min(row) for row in table)
    return [[value - least + 1 for value in row] for row in table]


def _vertices(
    table: Table, *, own: Sequence[int], reply: Sequence[int]
) -> tuple[list[tuple[Mix, int]], bool]:
    """List the vertices of {z >= 0, table z <= 1} but 0, with their labels as bits.

    ``own`` labels the unused actions, ``reply`` the opponent's best replies; the second answer
    is whether a vertex has more labels than coordinates.
    """
    from flint import fmpq, fmpq_mat

    size, count = len(own), len(reply)
    ones = [fmpq(1)] * size
    found: dict[Mix, int] = {}
    spare = False
    for used in range(1, size + 1):
        for support in itertools.combinations(range(size), used):
            for tight in itertools.combinations(range(count), used):
                entries = [
                    fmpq(table[j][i].numerator, table[j][i].denominator)
                    for j in tight
                    for i in support
                ]
                try:
                    solved = fmpq_mat(used, used, entries).solve(fmpq_mat(used, 1, ones[:used]))
                except ZeroDivisionError:
                    continue
                values = [Fraction(int(q.p), int(q.q)) for q in solved.entries()]
                if min(values) < 0:
                    continue
                z = [Fraction(0)] * size
                for i, value in zip(support, values, strict=True):
                    z[i] = value
                worth = [sum(a * b for a, b in zip(row, z, strict=True)) for row in table]
                if max(worth) > 1:
                    continue
                labels = sum(1 << own[i] for i in range(size) if not z[i])
                labels |= sum(1 << reply[j] for j in range(count) if worth[j] == 1)
                total = sum(z)
                found[tuple(value / total for value in z)] = labels
                spare = spare or labels.bit_count() > size
    return list(found.items()), spare


def _components(pairs: Sequence[tuple[Mix, Mix]]) -> tuple[int, ...]:
    """Return numbers of the connected sets; a shared strategy joins two by a segment."""
    parent = list(range(len(pairs)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    seen: dict[tuple[int, Mix], int] = {}
    for i, pair in enumerate(pairs):
        for side in (0, 1):
            first = seen.setdefault((side, pair[side]), i)
            parent[root(i)] = root(first)
    roots = [root(i) for i in range(len(pairs))]
    numbers = {r: n for n, r in enumerate(dict.fromkeys(roots))}
    return tuple(numbers[r] for r in roots)
