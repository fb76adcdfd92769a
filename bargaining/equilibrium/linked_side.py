"""One player's strategies in a linked game, as shares of action tuples along a junction tree.

A pure strategy of the linked game names an action in every issue: exponentially many.  Payoffs
that are sums over issues and over pairs of linked issues depend on a mixed strategy only through
its shares on those pairs.  The shares that some mixed strategy has are exactly the consistent
ones on the bags of a junction tree (Lauritzen and Spiegelhalter 1988; Wainwright and Jordan
2008): non-negative, adding up to 1, and equal where two neighbouring bags overlap,

    E x = e,  x >= 0.

A *plan* is such a vector x, bag after bag.  The best reply is a max-product pass from the leaves
to the root, in floating point or exactly, as the numbers given are.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotSupportedError

MAX_CELLS = 20_000
"""The largest joint table of one player's actions in a bag."""

Plan = NDArray[Any]


@dataclass(frozen=True)
class Bag:
    """Issues whose actions a player's plan states jointly.

    Attributes
    ----------
    issues, separator : tuple of int
        Ascending; the separator is shared with the next bag towards the root.
    parent : int or None
        Position of that bag; bags stand from the leaves to the root.
    shape : tuple of int
        Number of actions in each issue.
    start, stop : int
        Its part of a plan.
    row : int
        First of its flow equations, one per joint action in the separator.
    """

    issues: tuple[int, ...]
    separator: tuple[int, ...]
    parent: int | None
    shape: tuple[int, ...]
    start: int
    stop: int
    row: int

    def states(self, scope: Sequence[int]) -> NDArray[np.intp]:
        """Return, per cell, which joint action of some of the bag's issues it holds."""
        return _states(self.shape, tuple(self.issues.index(k) for k in scope))

    def size(self, scope: Sequence[int]) -> int:
        """Return the number of joint actions in some of the bag's issues."""
        return math.prod(self.shape[self.issues.index(k)] for k in scope)


@lru_cache(maxsize=4096)
def _states(shape: tuple[int, ...], axes: tuple[int, ...]) -> NDArray[np.intp]:
    grid = np.indices(shape).reshape(len(shape), -1) if shape else np.zeros((0, 1), dtype=int)
    chosen = np.zeros(grid.shape[1], dtype=np.intp)
    for axis in axes:
        chosen = chosen * shape[axis] + grid[axis]
    chosen.setflags(write=False)
    return chosen


@dataclass(frozen=True, eq=False)
class Side:
    """One player's part in a component of the linked game.

    Attributes
    ----------
    player : str
    actions : mapping of int to int
        Number of actions per issue (by position) in which he has a choice.
    bags : tuple of Bag
        From the leaves to the root; one empty bag where he has no choice at all.
    """

    player: str
    actions: Mapping[int, int]
    bags: tuple[Bag, ...]

    @property
    def cells(self) -> int:
        """Length of a plan."""
        return self.bags[-1].stop

    @property
    def equations(self) -> int:
        """Number of flow equations."""
        last = self.bags[-1]
        return last.row + 1

    @cached_property
    def _homes(self) -> Mapping[int, list[int]]:
        homes: dict[int, list[int]] = {k: [] for k in self.actions}
        for b, bag in enumerate(self.bags):
            for k in bag.issues:
                homes[k].append(b)
        return homes

    def home(self, scope: Sequence[int]) -> int:
        """Position of the first bag that holds some issues."""
        if not scope:
            return len(self.bags) - 1
        wanted = set(scope)
        return next(b for b in self._homes[scope[0]] if wanted <= set(self.bags[b].issues))

    @cached_property
    def flow(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """E as rows, columns and signs; e is 1 in the last row and 0 elsewhere."""
        rows, columns, signs = [], [], []
        for bag in self.bags:
            rows.append(bag.row + bag.states(bag.separator))
            columns.append(np.arange(bag.start, bag.stop))
            signs.append(np.ones(bag.stop - bag.start, dtype=np.intp))
            if bag.parent is not None:
                above = self.bags[bag.parent]
                rows.append(bag.row + above.states(bag.separator))
                columns.append(np.arange(above.start, above.stop))
                signs.append(-np.ones(above.stop - above.start, dtype=np.intp))
        return np.concatenate(rows), np.concatenate(columns), np.concatenate(signs)

    def best(self, worth: NDArray[Any]) -> tuple[Any, dict[int, int]]:
        """Return the most that a pure plan is worth, and an action per issue that attains it.

        Parameters
        ----------
        worth : ndarray, shape (cells,)
            What each cell of a plan is worth; exact if these are exact numbers.
        """
        total = worth.copy()
        picked: list[NDArray[np.intp]] = []
        value: Any = 0
        for bag in self.bags:
            order, inner = _arranged(bag)
            table = total[bag.start : bag.stop][order].reshape(-1, inner)
            place = np.argmax(table, axis=1)
            picked.append(order.reshape(-1, inner)[np.arange(len(table)), place])
            message = table[np.arange(len(table)), place]
            if bag.parent is None:
                value = message[0]
            else:
                above = self.bags[bag.parent]
                total[above.start : above.stop] += message[above.states(bag.separator)]
        chosen: dict[int, int] = {}
        for bag, cells in zip(reversed(self.bags), reversed(picked), strict=True):
            state = 0
            for k in bag.separator:
                state = state * self.actions[k] + chosen[k]
            actions = np.unravel_index(int(cells[state]), bag.shape) if bag.shape else ()
            chosen.update(zip(bag.issues, (int(a) for a in actions), strict=True))
        return value, {k: chosen[k] for k in self.actions}

    def replies(self, worth: NDArray[Any]) -> NDArray[np.intp]:
        """Return the best cell of each bag for every joint action in its separator.

        These cells are a basis of E x = e: the pure plan that they add up to is a best reply.
        """
        total = worth.copy()
        basis = np.zeros(self.equations, dtype=np.intp)
        for bag in self.bags:
            order, inner = _arranged(bag)
            table = total[bag.start : bag.stop][order].reshape(-1, inner)
            place = np.argmax(table, axis=1)
            rows = np.arange(len(table))
            basis[bag.row : bag.row + len(table)] = (
                bag.start + order.reshape(-1, inner)[rows, place]
            )
            if bag.parent is not None:
                above = self.bags[bag.parent]
                total[above.start : above.stop] += table[rows, place][above.states(bag.separator)]
        return basis

    def pure(self, chosen: Mapping[int, int]) -> Plan:
        """Return the plan of one action per issue, exactly."""
        plan = np.full(self.cells, Fraction(0), dtype=object)
        for bag in self.bags:
            cell = 0
            for k in bag.issues:
                cell = cell * self.actions[k] + chosen[k]
            plan[bag.start + cell] = Fraction(1)
        return plan

    def spread(self, rng: np.random.Generator | None = None) -> Plan:
        """Return a plan that uses every action, issue by issue: evenly (exact), or at random."""
        weights = {
            k: [
                Fraction(1) if rng is None else Fraction(int(rng.integers(1, 100)))
                for _ in range(a)
            ]
            for k, a in self.actions.items()
        }
        plan = np.full(self.cells, Fraction(1), dtype=object)
        for bag in self.bags:
            for k in bag.issues:
                shares = np.array(weights[k], dtype=object) / sum(weights[k])
                plan[bag.start : bag.stop] *= shares[bag.states((k,))]
        return plan

    def consistent(self, plan: Plan) -> Plan:
        """Make a plan that holds up to rounding hold exactly, from the root to the leaves.

        Each bag keeps its shares given the separator; where the separator has share 0 they are 0.
        """
        mended = np.where(plan > 0, plan, 0 * plan)
        for bag in reversed(self.bags):
            part = mended[bag.start : bag.stop]
            states = bag.states(bag.separator)
            mine = _totals(part, states, bag.size(bag.separator))
            if bag.parent is None:
                target = np.array([Fraction(1)] if plan.dtype == object else [1.0])
            else:
                above = self.bags[bag.parent]
                upper = mended[above.start : above.stop]
                target = _totals(upper, above.states(bag.separator), len(mine))
            for state in np.flatnonzero(mine == 0).tolist():
                if target[state] > 0:
                    first = int(np.flatnonzero(states == state)[0])
                    part[first] = mine[state] = target[state]
            ratio = np.array([t / m if m else 0 * t for t, m in zip(target, mine, strict=True)])
            mended[bag.start : bag.stop] = part * ratio[states]
        return mended

    def excess(self, plan: Plan) -> Any:
        """Return by how much a plan fails to be one: the worst equation or negative share."""
        rows, columns, signs = self.flow
        left = np.full(self.equations, 0 * plan[0])
        np.add.at(left, rows, plan[columns] * signs)
        left[-1] -= 1
        return max(max(abs(left)), -min(plan), 0)

    def shares(self, plan: Plan, scope: Sequence[int]) -> NDArray[Any]:
        """Return a plan's shares on the joint actions of some issues (of one bag)."""
        bag = self.bags[self.home(scope)]
        part = plan[bag.start : bag.stop]
        found = _totals(part, bag.states(scope), bag.size(scope))
        return found.reshape(tuple(self.actions[k] for k in scope))

    def joint(self, plan: Plan) -> NDArray[Any]:
        """Return a mixed strategy with a plan's shares: one axis per issue with a choice.

        Each bag is drawn given its separator only, so the product of conditional shares.
        """
        names = list(self.actions)
        found = np.full(tuple(self.actions.values()), plan[0] * 0 + 1)
        for bag in self.bags:
            part = plan[bag.start : bag.stop]
            states = bag.states(bag.separator)
            above = _totals(part, states, bag.size(bag.separator))[states]
            given = np.array([p / a if a else 0 * p for p, a in zip(part, above, strict=True)])
            axes = [i for i, k in enumerate(names) if k not in bag.issues]
            found = found * np.expand_dims(given.reshape(bag.shape), axes)
        return found

    def draw(self, plan: Plan, rng: np.random.Generator) -> dict[int, int]:
        """Draw one action per issue with the plan's shares."""
        chosen: dict[int, int] = {}
        for bag in reversed(self.bags):
            part = plan[bag.start : bag.stop].astype(np.float64)
            state = 0
            for k in bag.separator:
                state = state * self.actions[k] + chosen[k]
            part = np.where(bag.states(bag.separator) == state, part, 0.0)
            cell = int(rng.choice(len(part), p=part / part.sum()))
            actions = np.unravel_index(cell, bag.shape) if bag.shape else ()
            chosen.update(zip(bag.issues, (int(a) for a in actions), strict=True))
        return {k: chosen[k] for k in self.actions}


def _totals(values: NDArray[Any], states: NDArray[np.intp], count: int) -> NDArray[Any]:
    found = np.full(count, 0 * values[0])
    np.add.at(found, states, values)
    return found


def _arranged(bag: Bag) -> tuple[NDArray[np.intp], int]:
    """Return cells sorted by their separator's joint action, and how many each one has."""
    axes = tuple(bag.issues.index(k) for k in bag.separator)
    return _sorted_cells(bag.shape, axes), math.prod(bag.shape) // bag.size(bag.separator)


@lru_cache(maxsize=4096)
def _sorted_cells(shape: tuple[int, ...], axes: tuple[int, ...]) -> NDArray[np.intp]:
    order = np.argsort(_states(shape, axes), kind="stable")
    order.setflags(write=False)
    return order


def side_of(player: str, actions: Mapping[int, int], scopes: Iterable[Sequence[int]]) -> Side:
    """Lay a player's plans out on a junction tree that holds every scope in some bag.

    Parameters
    ----------
    player : str
    actions : mapping of int to int
        Number of actions per issue with a choice.
    scopes : iterable of sequences of int
        Issues whose actions matter jointly.

    Raises
    ------
    NotSupportedError
        If the scopes form a graph whose treewidth is too large.
    """
    if not actions:
        return Side(player, {}, (Bag((), (), None, (), 0, 1, 0),))
    import networkx as nx
    from networkx.algorithms.approximation import treewidth_min_degree

    graph = nx.Graph()
    graph.add_nodes_from(sorted(actions))
    for scope in scopes:
        graph.add_edges_from(itertools.combinations(scope, 2))
    width, tree = treewidth_min_degree(graph)
    largest = max(math.prod(actions[k] for k in bag) for bag in tree)
    if largest > MAX_CELLS:
        msg = (
            f"spillovers tie {len(actions)} issues into a graph of treewidth {width}: {player}'s "
            f"strategies need a joint table of {largest:,} cells (at most {MAX_CELLS:,})"
        )
        raise NotSupportedError(msg)
    root = min(tree, key=sorted)
    order = list(nx.dfs_postorder_nodes(tree, root))
    place = {bag: i for i, bag in enumerate(order)}
    parent = {child: up for up, child in nx.dfs_edges(tree, root)}
    bags, start, row = [], 0, 0
    for bag in order:
        issues = tuple(sorted(bag))
        shape = tuple(actions[k] for k in issues)
        above = parent.get(bag)
        separator = tuple(sorted(bag & above)) if above is not None else ()
        stop = start + math.prod(shape)
        up = place[above] if above is not None else None
        bags.append(Bag(issues, separator, up, shape, start, stop, row))
        row += math.prod(actions[k] for k in separator)
        start = stop
    return Side(player, {k: actions[k] for k in sorted(actions)}, tuple(bags))
