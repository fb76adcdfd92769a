"""Where each share of a package stands in a vector, and the equations between them.

An issue that only adds up has one block of shares.  Issues that interact have a joint table on
each bag of their tree decomposition; tables of neighbouring bags agree on what they share.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.geometry.marginals import Component
from bargaining.model.deal import Deal, Shares, status_quo
from bargaining.model.game import LinkageGame
from bargaining.results import Number


class Layout:
    """Where each share stands in the vector of variables, and the equations between them."""

    def __init__(
        self, game: LinkageGame, singles: Sequence[int], components: Sequence[Component]
    ) -> None:
        from scipy import sparse

        self.game = game
        flat = game.flat
        self.singles = list(singles)
        self.components = components
        self.blocks: list[tuple[int, int]] = []
        self.bags: list[tuple[Component, tuple[int, ...], int, tuple[int, ...]]] = []
        self._joint_gains: list[NDArray[Any]] = []
        columns: list[NDArray[np.float64]] = []
        unit = np.array(flat.denominators, dtype=object)
        every = np.column_stack([flat.column(i) for i in range(len(unit))])
        rows: list[tuple[list[int], list[float], float]] = []
        position = 0
        for k in self.singles:
            span = flat.rows(k)
            columns.append(every[span.start : span.stop])
            self.blocks.append((position, len(span)))
            rows.append((list(range(position, position + len(span))), [1.0] * len(span), 1.0))
            position += len(span)
        for component in components:
            position = self._add(component, columns, rows, position, unit)
        self.size = position
        self.matrix = np.concatenate(columns).T
        data = [value for _, values, _ in rows for value in values]
        index = [column for places, _, _ in rows for column in places]
        starts = np.cumsum([0, *(len(places) for places, _, _ in rows)])
        self.equations = sparse.csr_array((data, index, starts), shape=(len(rows), position))
        self.right = np.array([right for _, _, right in rows])
        self._rows = rows

    def exact_columns(self) -> list[tuple[Fraction, ...]]:
        """Return the gains of all players from each share, exactly."""
        flat, players = self.game.flat, range(len(self.game.players))
        columns = [
            tuple(flat.gain(row, i) for i in players) for k in self.singles for row in flat.rows(k)
        ]
        for gain in self._joint_gains:
            columns += [
                tuple(Fraction(int(v), d) for v, d in zip(row, flat.denominators, strict=True))
                for row in gain
            ]
        return columns

    def exact_rows(self) -> list[tuple[dict[int, Fraction], Fraction]]:
        """Return the equations as inequalities that hold at zero.

        What a block lacks to 1 stands at the status quo, which changes nothing.
        """
        rows = []
        for places, values, right in self._rows:
            row = {j: Fraction(int(v)) for j, v in zip(places, values, strict=True)}
            rows.append((row, Fraction(int(right))))
            if not right:
                rows.append(({j: -v for j, v in row.items()}, Fraction(0)))
        return rows

    def complete(self, x: NDArray[Any]) -> NDArray[Any]:
        """Put what is missing to 1 in each block on the status quo."""
        origin = self.game.origin
        full = x.copy()
        for k, (start, count) in zip(self.singles, self.blocks, strict=True):
            full[start + origin[k]] += 1 - sum(full[start : start + count])
        for _, order, start, shape in self.bags:
            count = math.prod(shape)
            cell = int(np.ravel_multi_index([int(origin[k]) for k in order], shape))
            full[start + cell] += 1 - sum(full[start : start + count])
        return full

    def _add(
        self,
        component: Component,
        columns: list[NDArray[np.float64]],
        rows: list[tuple[list[int], list[float], float]],
        position: int,
        unit: NDArray[Any],
    ) -> int:
        """Lay out one component: a joint table per bag, sums agreeing on separators."""
        sizes = component.sizes()
        homes: dict[frozenset[int], tuple[int, tuple[int, ...]]] = {}
        placed: set[tuple[int, ...]] = set()
        for bag in component.tree:
            order = tuple(sorted(bag))
            shape = tuple(sizes[k] for k in order)
            gain = np.zeros((*shape, len(unit)), dtype=object)
            for scope, table in component.tables.items():
                if scope not in placed and bag.issuperset(scope):
                    placed.add(scope)
                    axes = [i for i, k in enumerate(order) if k not in scope]
                    gain = gain + np.expand_dims(table, axes)
            count = math.prod(shape)
            self._joint_gains.append(gain.reshape(count, len(unit)))
            columns.append((self._joint_gains[-1] / unit).astype(np.float64))
            homes[bag] = (position, order)
            self.bags.append((component, order, position, shape))
            position += count
        root = next(iter(homes))
        start, order = homes[root]
        count = math.prod(sizes[k] for k in order)
        rows.append((list(range(start, start + count)), [1.0] * count, 1.0))
        for left, right in component.tree.edges:
            shared = sorted(left & right)
            grids = []
            for bag in (left, right):
                start, order = homes[bag]
                lengths = [sizes[k] for k in order]
                grid = np.arange(start, start + math.prod(lengths)).reshape(lengths)
                axes = [order.index(k) for k in shared]
                axes += [i for i, k in enumerate(order) if k not in shared]
                grids.append(grid.transpose(axes).reshape(math.prod(sizes[k] for k in shared), -1))
            for mine, theirs in zip(*grids, strict=True):
                places = [*mine.tolist(), *theirs.tolist()]
                rows.append((places, [1.0] * len(mine) + [-1.0] * len(theirs), 0.0))
        return position

    def proper(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Clip tiny negative shares and let each issue's shares add up to 1."""
        x = np.maximum(x, 0.0)
        for start, count in self.blocks:
            total = x[start : start + count].sum()
            x[start : start + count] /= total if total > 0 else 1.0
        return x

    def deal(self, x: NDArray[Any]) -> Deal:
        """Read shares per issue and interacting pair off the variables."""
        outcomes = status_quo(self.game)
        shares: dict[int, Shares] = {}
        joint: dict[tuple[int, ...], Mapping[tuple[int, ...], Number]] = {}
        for k, (start, count) in zip(self.singles, self.blocks, strict=True):
            shares[k] = _lottery(x[start : start + count])
        for component, order, start, shape in self.bags:
            table = x[start : start + math.prod(shape)].reshape(shape)
            if table.dtype.kind == "f":
                table = np.maximum(table, 0.0)
                table = table / table.sum()
            for k in order:
                axes = tuple(i for i, other in enumerate(order) if other != k)
                shares.setdefault(k, _lottery(table.sum(axis=axes)))
            for scope in component.tables:
                if len(scope) == 2 and set(scope) <= set(order) and scope not in joint:
                    axes = tuple(i for i, other in enumerate(order) if other not in scope)
                    pair = table.sum(axis=axes)
                    joint[scope[0], scope[1]] = {
                        (int(a), int(b)): pair[a, b] for a, b in np.argwhere(pair > _least(pair))
                    }
        return Deal(outcomes, shares, joint)


def _lottery(values: NDArray[Any]) -> Shares:
    least = _least(values)
    return {a: v for a, v in enumerate(values.tolist()) if v > least}


def _least(values: NDArray[Any]) -> float:
    """Shares up to this size are rounding."""
    return 1e-12 if values.dtype.kind == "f" else 0.0
