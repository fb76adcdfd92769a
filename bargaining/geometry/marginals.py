"""Packages as independent components, and the best pure package of each.

Issues whose payoffs only add up can be treated one by one.  Issues that interact through
spillovers, or that a constraint couples, form a component: a graph whose tree decomposition
(networkx) gives the best joint outcome for any weights by passing messages along the tree, in
time exponential only in the treewidth.  The same tree describes all joint lotteries of the
component: the marginal polytope (Wainwright and Jordan 2008).

A constraint over many issues is read issue by issue: a counter says how many of its statements
must still fail.  Counters are variables of the component like issues, with negative numbers.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotDefinedError, NotSupportedError
from bargaining.model.agenda import components as connected
from bargaining.model.game import LinkageGame

if TYPE_CHECKING:
    import networkx as nx

MAX_TABLE = 1_000_000
"""The largest joint table of one clique, in outcomes."""
MAX_FILL_IN = 300
"""Up to so many issues and counters the better, slower heuristic finds the tree."""
SMALL_RULE = 64
"""A constraint with so few joint outcomes stands in one table, without counters."""


class InfeasibleError(NotDefinedError):
    """No package of outcomes meets the constraints."""


@dataclass(frozen=True, eq=False)
class Component:
    """Issues of one package that interact or that constraints couple.

    Attributes
    ----------
    issues : tuple of int
        Positions in the game, ascending.
    tables : mapping of tuple of int to ndarray
        Whole-number gains: one table (outcomes, players) per issue, one (outcomes, outcomes,
        players) per interaction inside the component.  Issues outside the package count at
        their status quo.
    counters : mapping of int to int
        Auxiliary variables, numbered -1, -2, …, and how many values each has.
    allowed : mapping of tuple of int to ndarray of bool
        Which values of some issues and counters (ascending) may go together.
    """

    issues: tuple[int, ...]
    tables: Mapping[tuple[int, ...], NDArray[Any]]
    counters: Mapping[int, int] = field(default_factory=dict)
    allowed: Mapping[tuple[int, ...], NDArray[np.bool_]] = field(default_factory=dict)

    def sizes(self) -> dict[int, int]:
        """Return the number of values of each counter and of outcomes of each issue."""
        return {**self.counters, **{k: len(self.tables[k,]) for k in self.issues}}

    @property
    def scopes(self) -> tuple[tuple[int, ...], ...]:
        """Issues whose shares together a deal must state: pairs, or all under constraints."""
        if self.allowed:
            return (self.issues,) if len(self.issues) > 1 else ()
        return tuple(scope for scope in self.tables if len(scope) == 2)

    @cached_property
    def tree(self) -> nx.Graph:
        """A tree decomposition: nodes are frozensets of issues."""
        import networkx as nx
        from networkx.algorithms.approximation import treewidth_min_degree, treewidth_min_fill_in

        graph = nx.Graph()
        graph.add_nodes_from((*self.counters, *self.issues))
        for scope in (*self.tables, *self.allowed):
            graph.add_edges_from(itertools.combinations(scope, 2))
        sizes = self.sizes()
        few = len(graph) <= MAX_FILL_IN
        real = graph.subgraph(k for k in graph if sizes[k] > 1)
        dense = max(nx.core_number(real).values(), default=0)  # no treewidth is smaller
        if 2**dense > MAX_TABLE:
            msg = (
                f"spillovers and constraints tie {len(self.issues)} issues into a graph of "
                f"treewidth {dense} or more: joint tables of over {MAX_TABLE:,} outcomes would be "
                "needed"
            )
            raise NotSupportedError(msg)
        width, tree = (treewidth_min_fill_in if few else treewidth_min_degree)(graph)
        largest = max(math.prod(sizes[k] for k in bag) for bag in tree)
        if largest > MAX_TABLE:
            ties = "spillovers and constraints" if self.allowed else "spillovers"
            msg = (
                f"the {ties} tie {len(self.issues)} issues into a graph of treewidth {width}: "
                f"a joint table of {largest:,} outcomes would be needed (at most {MAX_TABLE:,})"
            )
            raise NotSupportedError(msg)
        return tree

    @cached_property
    def plan(self) -> tuple[Step, ...]:
        """The bags from the leaves to the root."""
        import networkx as nx

        root = min(self.tree, key=sorted)
        order = list(nx.dfs_postorder_nodes(self.tree, root))
        parent = {child: up for up, child in nx.dfs_edges(self.tree, root)}
        place = {
            scope: next(bag for bag in order if bag.issuperset(scope))
            for scope in (*self.tables, *self.allowed)
        }
        return tuple(
            Step(
                tuple(sorted(bag)),
                tuple(sorted(bag & parent[bag])) if bag in parent else (),
                tuple(scope for scope in self.tables if place[scope] == bag),
                tuple(scope for scope in self.allowed if place[scope] == bag),
                order.index(parent[bag]) if bag in parent else None,
            )
            for bag in order
        )

    def permitted(self, bag: Sequence[int]) -> NDArray[np.bool_]:
        """Return the cells of a bag (ascending) that constraints on its members leave open."""
        sizes = self.sizes()
        cells = np.ones(tuple(sizes[k] for k in bag), dtype=bool)
        for scope, table in self.allowed.items():
            if set(scope) <= set(bag):
                cells &= spread(table, scope, bag)
        return cells

    def completed(self, outcomes: Mapping[int, int]) -> dict[int, int]:
        """Add the counters' values to an allowed outcome per issue."""
        known = {k: outcomes[k] for k in self.issues}
        for counter in sorted(self.counters, reverse=True):
            values = np.ones(self.counters[counter], dtype=bool)
            for scope, table in self.allowed.items():
                if counter in scope and all(k in known or k == counter for k in scope):
                    values &= table[tuple(known.get(k, slice(None)) for k in scope)]
            known[counter] = int(np.argmax(values))
        return known

    def best(self, weights: Sequence[int]) -> tuple[int, dict[int, int]]:
        """Return the largest weighted gain and an outcome per issue that attains it.

        Parameters
        ----------
        weights : sequence of int, one per player
            Applied to whole-number gains; exact.

        Raises
        ------
        InfeasibleError
            If the constraints leave no joint outcome.
        """
        vector = np.array([int(w) for w in weights], dtype=object)
        sizes = self.sizes()
        weighted = {scope: table @ vector for scope, table in self.tables.items()}
        least = -1 - sum(int(abs(table).max()) for table in weighted.values())
        pending: list[tuple[tuple[int, ...], NDArray[Any]]] = []
        choices: list[tuple[tuple[int, ...], tuple[int, ...], NDArray[np.intp]]] = []
        for step in self.plan:
            bag, separator = step.bag, step.separator
            total = np.zeros(tuple(sizes[k] for k in bag), dtype=object)
            mine = [(scope, weighted[scope]) for scope in step.scopes]
            mine += [message for message in pending if set(message[0]) <= set(bag)]
            pending = [message for message in pending if not set(message[0]) <= set(bag)]
            for scope, table in mine:
                total = total + spread(table, scope, bag)
            if step.rules:
                total[~self.permitted(bag)] = 2 * least
            inner = tuple(k for k in bag if k not in separator)
            order = [bag.index(k) for k in (*separator, *inner)]
            arranged = total.transpose(order).reshape(
                *(sizes[k] for k in separator), math.prod(sizes[k] for k in inner)
            )
            choices.append((separator, inner, _argmax(arranged)))
            pending.append((separator, arranged.max(axis=-1)))
        value = sum(int(table) for _, table in pending)
        if value <= least:
            msg = "no package of outcomes meets the constraints; relax one of them"
            raise InfeasibleError(msg)
        chosen: dict[int, int] = {}
        for separator, inner, argmax in reversed(choices):
            flat = int(argmax[tuple(chosen[k] for k in separator)])
            for k, a in zip(inner, np.unravel_index(flat, [sizes[k] for k in inner]), strict=True):
                chosen[k] = int(a)
        return value, {k: chosen[k] for k in self.issues}

    def gains(self, chosen: Mapping[int, int]) -> tuple[int, ...]:
        """Whole-number gains of one outcome per issue."""
        rows = [table[tuple(chosen[k] for k in scope)] for scope, table in self.tables.items()]
        return tuple(int(x) for x in sum(rows))


def spread(table: NDArray[Any], scope: Sequence[int], bag: Sequence[int]) -> NDArray[Any]:
    """View a table over ``scope`` as one over ``bag`` (both ascending)."""
    axes = [i for i, k in enumerate(bag) if k not in scope]
    return np.expand_dims(table, axes) if axes else table


def _argmax(table: NDArray[Any]) -> NDArray[np.intp]:
    """Position of the first maximum along the last axis, for Python integers too."""
    return np.asarray(np.argmax(table == table.max(axis=-1, keepdims=True), axis=-1))


@dataclass(frozen=True)
class Step:
    """One bag of a tree decomposition, on the way from the leaves to the root.

    Attributes
    ----------
    bag, separator : tuple of int
        Its issues and counters, ascending; those shared with the next bag towards the root.
    scopes, rules : tuple of tuple of int
        The tables and constraints that are counted here.
    parent : int or None
        Position of the next bag towards the root.
    """

    bag: tuple[int, ...]
    separator: tuple[int, ...]
    scopes: tuple[tuple[int, ...], ...]
    rules: tuple[tuple[int, ...], ...]
    parent: int | None


@dataclass(frozen=True, eq=False)
class PackageTerms:
    """A package split into what adds up and what interacts.

    Attributes
    ----------
    singles : sequence of int
        Issues no interaction touches: their gains stand in the game's flat array.
    components : tuple of Component
        The others, each with what it interacts with inside the package.
    """

    singles: Sequence[int]
    components: tuple[Component, ...]


def package_terms(game: LinkageGame, package: Sequence[int]) -> PackageTerms:
    """Split a package; issues outside it count at their status quo."""
    tied = game.coupled
    coupled = [k for k in package if k in tied] if tied else []
    if not coupled:
        return PackageTerms(package, ())
    members = set(coupled)
    flat, origin = game.flat, game.origin
    tables: dict[tuple[int, ...], NDArray[Any]] = {
        (k,): flat.values[flat.rows(k)].astype(object) for k in coupled
    }
    near: dict[int, set[int]] = {k: set() for k in coupled}
    for pair in game.interactions:
        inside = (pair.first in members, pair.second in members)
        if inside == (True, True):
            scope = (pair.first, pair.second)
            tables[scope] = tables[scope] + pair.values if scope in tables else pair.values
            near[pair.first].add(pair.second)
            near[pair.second].add(pair.first)
        elif inside == (True, False):
            tables[pair.first,] = tables[pair.first,] + pair.values[:, origin[pair.second]]
        elif inside == (False, True):
            tables[pair.second,] = tables[pair.second,] + pair.values[origin[pair.first]]
    rules = _rules(game, members)
    for rule in rules:
        for k in rule.issues:
            near[k].update(set(rule.issues) - {k})
    found = []
    for issues in connected(coupled, near):
        mine = [rule for rule in rules if rule.issues[0] in issues]
        counters: dict[int, int] = {}
        allowed: dict[tuple[int, ...], NDArray[np.bool_]] = {}
        for rule in mine:
            rule.lay_out(counters, allowed)
        own = {s: t for s, t in tables.items() if set(s) <= set(issues)}
        found.append(Component(issues, own, counters, allowed))
    singles = [k for k in package if k not in members]
    return PackageTerms(singles, tuple(found))


@dataclass(frozen=True, eq=False)
class _Rule:
    """A constraint inside a package: of these issues' statements so many must fail."""

    issues: tuple[int, ...]
    holds: tuple[NDArray[np.bool_], ...]
    fail: int

    def lay_out(
        self, counters: dict[int, int], allowed: dict[tuple[int, ...], NDArray[np.bool_]]
    ) -> None:
        """Add the tables, and where there are more than two issues the counters, that say so."""
        if len(self.issues) <= 2 or math.prod(map(len, self.holds)) <= SMALL_RULE:
            failing = _outer_sum([~holds for holds in self.holds])
            _allow(allowed, self.issues, failing >= self.fail)
            return
        before: int | None = None
        for position, (k, holds) in enumerate(zip(self.issues, self.holds, strict=True)):
            last = position == len(self.issues) - 1
            counter = None if last else -1 - len(counters)
            start = np.arange(self.fail + 1) if before is not None else np.array([self.fail])
            left = np.maximum(start[:, None] - ~holds, 0)
            if counter is None:
                cells = left == 0
            else:
                counters[counter] = self.fail + 1
                cells = left[:, :, None] == np.arange(self.fail + 1)
            scope = tuple(v for v in (before, k, counter) if v is not None)
            cells = cells if before is not None else cells[0]
            _allow(allowed, tuple(sorted(scope)), cells.transpose(np.argsort(scope)))
            before = counter


def _outer_sum(parts: Sequence[NDArray[np.bool_]]) -> NDArray[np.int64]:
    """Return how many of several statements fail, for all values of their issues."""
    total = np.zeros((1,) * len(parts), dtype=np.int64)
    for axis, part in enumerate(parts):
        total = total + np.expand_dims(
            part.astype(np.int64), [a for a in range(len(parts)) if a != axis]
        )
    return total


def _allow(
    allowed: dict[tuple[int, ...], NDArray[np.bool_]],
    scope: tuple[int, ...],
    cells: NDArray[np.bool_],
) -> None:
    allowed[scope] = allowed[scope] & cells if scope in allowed else cells


def _rules(game: LinkageGame, members: Collection[int]) -> list[_Rule]:
    """Constraints that can be broken inside a package, others at the status quo."""
    rules = []
    for constraint in game.constraints:
        for name, _ in constraint.statements:
            k = game.position(name)
            if k not in members:
                constraint = constraint.settled(name, int(game.origin[k]))
        if constraint.vacuous:
            continue
        placed = sorted((game.position(name), outcomes) for name, outcomes in constraint.statements)
        if not placed:
            msg = f"{constraint.place}: no package of outcomes meets this constraint; relax it"
            raise InfeasibleError(msg)
        sizes = [len(game.flat.rows(k)) for k, _ in placed]
        holds = tuple(
            np.isin(np.arange(size), list(outcomes))
            for size, (_, outcomes) in zip(sizes, placed, strict=True)
        )
        fail = len(placed) - constraint.limit
        rules.append(_Rule(tuple(k for k, _ in placed), holds, fail))
    return rules
