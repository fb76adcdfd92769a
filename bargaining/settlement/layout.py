"""Where each share of a package stands in a vector, and the equations between them.

An issue that only adds up has one block of shares.  Issues that interact have a joint table on
each bag of their tree decomposition; tables of neighbouring bags agree on what they share.
Together these equations describe all lotteries over the package (the marginal polytope;
Wainwright and Jordan 2008).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.geometry.marginals import Component
from bargaining.model.deal import Deal, Shares, status_quo
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.joint_lottery import joint_lottery

SETTLED = 1e-12
"""Shares up to this size, in floating point, are rounding."""


@dataclass(frozen=True, eq=False)
class Bag:
    """The joint table of some issues that interact.

    Attributes
    ----------
    component : Component
    issues : tuple of int
        Ascending; the axes of the table.
    shape : tuple of int
    start : int
        Where the table's shares start in the vector of variables.
    cells : ndarray of int
        Which cells of the flattened table have a share, ascending: all of them, unless some
        joint outcomes may not be agreed.
    gains : ndarray, shape (cells, players)
        Whole-number gains of those terms of the component that this bag counts.
    """

    component: Component
    issues: tuple[int, ...]
    shape: tuple[int, ...]
    start: int
    cells: NDArray[np.intp]
    gains: NDArray[Any]

    @property
    def stop(self) -> int:
        """Where the table's shares end."""
        return self.start + len(self.cells)

    def groups(self, shared: Sequence[int]) -> NDArray[np.intp]:
        """For each share the joint outcome of the shared issues, numbered in their order."""
        places = np.unravel_index(self.cells, self.shape)
        axes = [self.issues.index(k) for k in shared]
        sizes = [self.shape[axis] for axis in axes]
        index = np.zeros(len(self.cells), dtype=np.intp)
        for axis, size in zip(axes, sizes, strict=True):
            index = index * size + places[axis]
        return index

    def table(self, x: NDArray[Any]) -> NDArray[Any]:
        """Write the bag's part of the variables as a joint table."""
        full = np.zeros(math.prod(self.shape), dtype=x.dtype)
        full[self.cells] = x[self.start : self.stop]
        return full.reshape(self.shape)


class Layout:
    """Where each share stands in the vector of variables, and the equations between them.

    Attributes
    ----------
    size : int
        Number of variables.
    starts, counts : ndarray of int
        Where the shares of each issue that only adds up begin, and how many they are.
    bags : tuple of Bag
    matrix : ndarray, shape (players, size)
        Gains of all players from each share.
    constant : ndarray, shape (players,)
        Gains at the point of reference: zero unless measured from reservation totals.
    equations, right : sparse array and vector
        What proper lotteries satisfy, besides being non-negative.
    """

    def __init__(
        self, game: LinkageGame, singles: Sequence[int], components: Sequence[Component]
    ) -> None:
        flat = game.flat
        self.game = game
        self.singles = np.asarray(singles, dtype=np.intp)
        self.components = components
        self.counts = np.diff(flat.offsets)[self.singles]
        ends = np.cumsum(self.counts)
        self.starts = ends - self.counts
        inside = int(ends[-1]) if len(ends) else 0
        shift = np.repeat(flat.offsets[self.singles] - self.starts, self.counts)
        self._flat_rows = np.arange(inside) + shift
        self.bags = _bags(components, inside)
        self.size = self.bags[-1].stop if self.bags else inside
        unit = np.array(flat.denominators, dtype=object)
        single = np.array([flat.column(i)[self._flat_rows] for i in range(len(unit))])
        joint = [(bag.gains / unit).astype(np.float64).T for bag in self.bags]
        self.matrix = np.concatenate([single, *joint], axis=1)
        self.constant = np.array([float(o) for o in game.offset])

    @cached_property
    def _entries(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64], int]:
        """Rows, columns and values of the equations, and how many say "adds up to 1"."""
        ones = len(self.singles)
        rows = [np.repeat(np.arange(ones), self.counts)]
        columns = [np.arange(len(self._flat_rows))]
        values = [np.ones(len(self._flat_rows))]
        home = {frozenset(bag.issues): bag for bag in self.bags}
        for component in self.components:
            root = home[next(iter(component.tree))]
            rows.append(np.full(len(root.cells), ones))
            columns.append(np.arange(root.start, root.stop))
            values.append(np.ones(len(root.cells)))
            ones += 1
        last = ones
        for component in self.components:
            for left, right in component.tree.edges:
                shared = sorted(left & right)
                for bag, sign in ((home[left], 1.0), (home[right], -1.0)):
                    rows.append(last + bag.groups(shared))
                    columns.append(np.arange(bag.start, bag.stop))
                    values.append(np.full(len(bag.cells), sign))
                sizes = component.sizes()
                last += math.prod(sizes[k] for k in shared)
        return np.concatenate(rows), np.concatenate(columns), np.concatenate(values), ones

    @cached_property
    def equations(self) -> Any:
        """The equations' coefficients, a sparse array of shape (equations, size)."""
        from scipy import sparse

        rows, columns, values, ones = self._entries
        count = max(ones, int(rows.max(initial=-1)) + 1)
        return sparse.csr_array((values, (rows, columns)), shape=(count, self.size))

    @cached_property
    def right(self) -> NDArray[np.float64]:
        """Right-hand sides of the equations: lotteries add up to 1, bags agree."""
        right = np.zeros(self.equations.shape[0])
        right[: self._entries[3]] = 1.0
        return right

    def exact_columns(self) -> list[tuple[Fraction, ...]]:
        """Return the gains of all players from each share, exactly."""
        flat, players = self.game.flat, range(len(self.game.players))
        columns = [tuple(flat.gain(row, i) for i in players) for row in self._flat_rows.tolist()]
        for bag in self.bags:
            columns += [
                tuple(Fraction(int(v), d) for v, d in zip(row, flat.denominators, strict=True))
                for row in bag.gains
            ]
        return columns

    def exact_rows(self) -> list[tuple[dict[int, Fraction], Fraction]]:
        """Return the equations as inequalities that hold at zero.

        What a block lacks to 1 stands at the point of reference, whose gains are the constant;
        :meth:`complete` puts it there.
        """
        rows = []
        equations = self.equations
        for i, right in enumerate(self.right.tolist()):
            part = slice(equations.indptr[i], equations.indptr[i + 1])
            places, values = equations.indices[part].tolist(), equations.data[part].tolist()
            row = {j: Fraction(int(v)) for j, v in zip(places, values, strict=True)}
            rows.append((row, Fraction(int(right))))
            if not right:
                rows.append(({j: -v for j, v in row.items()}, Fraction(0)))
        return rows

    def complete(self, x: NDArray[Any]) -> NDArray[Any]:
        """Put what is missing to 1 in each block at the point of reference."""
        origin = self.game.origin
        full = x.copy()
        for k, start, count in zip(self.singles, self.starts, self.counts, strict=True):
            full[start + origin[k]] += 1 - sum(full[start : start + count])
        for bag in self.bags:
            known = bag.component.completed({k: int(origin[k]) for k in bag.component.issues})
            cell = np.ravel_multi_index([known[k] for k in bag.issues], bag.shape)
            place = bag.start + int(np.searchsorted(bag.cells, cell))
            full[place] += 1 - sum(full[bag.start : bag.stop])
        return full

    def proper(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Clip tiny negative shares and let each issue's shares add up to 1."""
        x = np.maximum(x, 0.0)
        if len(self.starts):
            inside = len(self._flat_rows)
            totals = np.add.reduceat(x[:inside], self.starts)
            x[:inside] /= np.repeat(np.where(totals > 0, totals, 1.0), self.counts)
        return x

    def deal(self, x: NDArray[Any]) -> Deal:
        """Read shares per issue and interacting pair off the variables."""
        outcomes = status_quo(self.game)
        least = SETTLED if x.dtype.kind == "f" else 0.0
        shares: dict[int, Shares] = {}
        joint: dict[tuple[int, ...], Mapping[tuple[int, ...], Number]] = {}
        whole = np.flatnonzero(x[: len(self._flat_rows)] >= 1.0 - least)
        owner = np.searchsorted(self.starts, whole, side="right") - 1
        outcomes[self.singles[owner]] = whole - self.starts[owner]
        for place in np.setdiff1d(np.arange(len(self.singles)), owner).tolist():
            start = int(self.starts[place])
            lottery = x[start : start + int(self.counts[place])]
            shares[int(self.singles[place])] = _lottery(lottery, least)
        for component in self.components:
            tables = {bag.issues: bag.table(x) for bag in self.bags if bag.component is component}
            if component.allowed:
                packages = joint_lottery(component, tables)
                for scope in ((k,) for k in component.issues):
                    marginal = _together(packages, scope)
                    shares[scope[0]] = {a: share for (a,), share in marginal.items()}
                joint.update({scope: _together(packages, scope) for scope in component.scopes})
            else:
                for issues, table in tables.items():
                    _read_off(component, issues, table, least, shares, joint)
        return Deal(outcomes, shares, joint)


def _read_off(
    component: Component,
    issues: tuple[int, ...],
    table: NDArray[Any],
    least: float,
    shares: dict[int, Shares],
    joint: dict[tuple[int, ...], Mapping[tuple[int, ...], Number]],
) -> None:
    """Add the shares of a bag's issues and pairs that are not there yet."""
    if table.dtype.kind == "f":
        table = np.maximum(table, 0.0)
        table = table / table.sum()
    for k in issues:
        axes = tuple(i for i, other in enumerate(issues) if other != k)
        if k not in shares:
            shares[k] = _lottery(table.sum(axis=axes), least)
    for scope in component.scopes:
        if set(scope) <= set(issues) and scope not in joint:
            axes = tuple(i for i, other in enumerate(issues) if other not in scope)
            pair = table.sum(axis=axes)
            joint[scope] = {(int(a), int(b)): pair[a, b] for a, b in np.argwhere(pair > least)}


def _together(
    lottery: Sequence[tuple[Mapping[int, int], Number]], scope: tuple[int, ...]
) -> dict[tuple[int, ...], Number]:
    """Collect the shares of several issues' outcomes together."""
    total: dict[tuple[int, ...], Number] = {}
    for chosen, share in lottery:
        key = tuple(chosen[k] for k in scope)
        total[key] = total.get(key, Fraction(0)) + share
    return total


def _bags(components: Sequence[Component], position: int) -> tuple[Bag, ...]:
    """Lay out the joint tables of the components, each term counted in the first bag it fits."""
    found = []
    for component in components:
        sizes = component.sizes()
        waiting = dict(component.tables)
        players = next(iter(component.tables.values())).shape[-1]
        for members in component.tree:
            issues = tuple(sorted(members))
            shape = tuple(sizes[k] for k in issues)
            gain = np.zeros((*shape, players), dtype=object)
            for scope in [s for s in waiting if members.issuperset(s)]:
                axes = [i for i, k in enumerate(issues) if k not in scope]
                gain = gain + np.expand_dims(waiting.pop(scope), axes)
            cells = np.flatnonzero(component.permitted(issues))
            gain = gain.reshape(-1, players)[cells]
            found.append(Bag(component, issues, shape, position, cells, gain))
            position = found[-1].stop
    return tuple(found)


def _lottery(values: NDArray[Any], least: float) -> Shares:
    return {a: v for a, v in enumerate(values.tolist()) if v > least}
