"""Where each share of a package stands in a vector, and the equations between them.

An issue that only adds up has one block of shares.  Issues that interact have a joint table on
each bag of their tree decomposition; tables of neighbouring bags agree on what they share.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
            gain = np.zeros((*shape, len(unit)))
            for scope, table in component.tables.items():
                if scope not in placed and bag.issuperset(scope):
                    placed.add(scope)
                    axes = [i for i, k in enumerate(order) if k not in scope]
                    gain = gain + np.expand_dims((table / unit).astype(np.float64), axes)
            count = math.prod(shape)
            columns.append(gain.reshape(count, len(unit)))
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

    def deal(self, x: NDArray[np.float64]) -> Deal:
        """Read shares per issue and interacting pair off the variables."""
        outcomes = status_quo(self.game)
        shares: dict[int, Shares] = {}
        joint: dict[tuple[int, int], Mapping[tuple[int, int], Number]] = {}
        for k, (start, count) in zip(self.singles, self.blocks, strict=True):
            shares[k] = _lottery(x[start : start + count])
        for component, order, start, shape in self.bags:
            table = np.maximum(x[start : start + math.prod(shape)], 0.0).reshape(shape)
            table = table / table.sum()
            for k in order:
                axes = tuple(i for i, other in enumerate(order) if other != k)
                shares.setdefault(k, _lottery(table.sum(axis=axes)))
            for scope in component.tables:
                if len(scope) == 2 and set(scope) <= set(order) and scope not in joint:
                    axes = tuple(i for i, other in enumerate(order) if other not in scope)
                    pair = table.sum(axis=axes)
                    joint[scope[0], scope[1]] = {
                        (int(a), int(b)): float(pair[a, b]) for a, b in np.argwhere(pair > 1e-12)
                    }
        return Deal(outcomes, shares, joint)


def _lottery(values: NDArray[np.float64]) -> Shares:
    return {a: float(v) for a, v in enumerate(values) if v > 1e-12}
