"""How extreme equilibria hang together: components, maximal Nash subsets, indices.

Two equilibria (x, y) and (x', y') are exchangeable if (x, y') and (x', y) are equilibria as
well; the mixtures of a maximal set of exchangeable ones, X × Y, form a maximal Nash subset, and
all equilibria lie in one (Jansen 1981; Winkels 1979).  Subsets that share a point share an
extreme one, so the connected components are those of the graph in which extreme strategies are
joined by the extreme equilibria they form (Avis, Rosenberg, Savani, von Stengel 2010).

The index of a component is what remains of it, counted with sign, after any small change of
payoffs: a component with an index other than 0 cannot be perturbed away, and all indices add up
to 1 (Shapley 1974; Govindan, Wilson 1997).  An isolated equilibrium with k actions in use on
both sides and positive payoffs has index (-1)**(k+1) sign(det A det B) on the used actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

MAX_SUBSETS = 2_000
"""The most maximal Nash subsets of a component that are listed."""

Mix = tuple[Fraction, ...]
Pair = tuple[int, int]
"""Numbers of a row strategy and of a column strategy that form an equilibrium."""


@dataclass(frozen=True)
class Component:
    """One connected set of equilibria.

    Attributes
    ----------
    equilibria : tuple of int
        Which extreme equilibria belong to it.
    subsets : tuple of tuple of int, or None
        Its maximal Nash subsets, each by its extreme equilibria; None where there are more than
        are listed.
    dimension : int or None
        0 for an isolated equilibrium, 1 where segments of equilibria are its largest part, and
        so on; None where the subsets are not listed.
    index : int or None
        None where it is not computed.
    """

    equilibria: tuple[int, ...]
    subsets: tuple[tuple[int, ...], ...] | None
    dimension: int | None
    index: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "equilibria": list(self.equilibria),
            "maximal_subsets": None if self.subsets is None else [list(s) for s in self.subsets],
            "dimension": self.dimension,
            "index": self.index,
        }


def components(
    pairs: Sequence[Pair],
    mixes: tuple[Mapping[int, Mix], Mapping[int, Mix]],
    indices: Sequence[int] | None,
) -> tuple[Component, ...]:
    """Sort extreme equilibria into components.

    Parameters
    ----------
    pairs : sequence of (int, int)
    mixes : pair of mappings of int to mix
        The strategies by number.
    indices : sequence of int, one per pair, or None where they are not known

    Examples
    --------
    >>> one, other = (Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))
    >>> corners = {0: one, 1: other}
    >>> components([(0, 0), (0, 1), (1, 1)], (corners, corners), None)[0].subsets
    ((0, 1), (1, 2))
    """
    result = []
    for members in _connected(pairs):
        place = {pairs[k]: k for k in members}
        products = _products([pairs[k] for k in members])
        subsets, dimension = None, None
        if products is not None:
            listed = [tuple(sorted(place[i, j] for i in xs for j in ys)) for xs, ys in products]
            subsets = tuple(sorted(listed))
            dimension = max(
                _span([mixes[0][i] for i in xs]) + _span([mixes[1][j] for j in ys])
                for xs, ys in products
            )
        index = None if indices is None else sum(indices[k] for k in members)
        result.append(Component(tuple(members), subsets, dimension, index))
    return tuple(result)


def vertex_index(
    mine: Sequence[Sequence[int]],
    theirs: Sequence[Sequence[int]],
    rows: Sequence[int],
    columns: Sequence[int],
) -> int:
    """Return the index of an equilibrium that has no label to spare.

    Parameters
    ----------
    mine : whole numbers, shape (columns, rows)
        The column player's payoffs, above 0; each line may be in units of its own.
    theirs : whole numbers, shape (rows, columns)
        The row player's.
    rows, columns : sequence of int
        The actions in use, equally many on both sides.

    Examples
    --------
    >>> vertex_index([[2, 1], [1, 2]], [[2, 1], [1, 2]], [0, 1], [0, 1])
    -1
    """
    from flint import fmpz_mat

    size = len(rows)
    signs = 1 if size % 2 else -1
    for table, up, across in ((theirs, rows, columns), (mine, columns, rows)):
        block = fmpz_mat(size, size, [table[i][j] for i in up for j in across])
        signs *= 1 if block.det() > 0 else -1
    return signs


def _connected(pairs: Sequence[Pair]) -> list[list[int]]:
    """Group the pairs; a shared strategy joins two."""
    parent = list(range(len(pairs)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    seen: dict[tuple[int, int], int] = {}
    for k, pair in enumerate(pairs):
        for side in (0, 1):
            parent[root(k)] = root(seen.setdefault((side, pair[side]), k))
    groups: dict[int, list[int]] = {}
    for k in range(len(pairs)):
        groups.setdefault(root(k), []).append(k)
    return list(groups.values())


def _products(pairs: Sequence[Pair]) -> list[tuple[list[int], list[int]]] | None:
    """List the maximal sets X × Y of which every pair is there; None if they are too many.

    The sets Y are the intersections of the sets of partners of some strategies x.
    """
    right = sorted({j for _, j in pairs})
    bit = {j: 1 << n for n, j in enumerate(right)}
    partners: dict[int, int] = {}
    for i, j in pairs:
        partners[i] = partners.get(i, 0) | bit[j]
    distinct = set(partners.values())
    closed: set[int] = set()
    fresh = distinct
    while fresh:
        closed |= fresh
        if len(closed) > MAX_SUBSETS:
            return None
        fresh = {a & b for a in fresh for b in distinct} - closed - {0}
    return [
        ([i for i, mask in partners.items() if mask & y == y], [j for j in right if bit[j] & y])
        for y in closed
    ]


def _span(mixes: Sequence[Mix]) -> int:
    """Return the dimension of the mixtures of some strategies."""
    if len(mixes) < 3:
        return len(mixes) - 1
    from flint import fmpq, fmpq_mat

    steps = [
        fmpq(d.numerator, d.denominator)
        for mix in mixes[1:]
        for d in (p - q for p, q in zip(mix, mixes[0], strict=True))
    ]
    return int(fmpq_mat(len(mixes) - 1, len(mixes[0]), steps).rank())
