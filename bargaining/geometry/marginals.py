"""Packages as independent components, and the best pure package of each.

Issues whose payoffs only add up can be treated one by one.  Issues that interact through
spillovers form a component: a graph whose tree decomposition (networkx) gives the best joint
outcome for any weights by passing messages along the tree, in time exponential only in the
treewidth.  The same tree describes all joint lotteries of the component: the marginal
polytope (Wainwright and Jordan 2008).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotSupportedError
from bargaining.model.agenda import components as connected
from bargaining.model.game import LinkageGame

if TYPE_CHECKING:
    import networkx as nx

MAX_TABLE = 1_000_000
"""The largest joint table of one clique, in outcomes."""


@dataclass(frozen=True, eq=False)
class Component:
    """Issues of one package that interact.

    Attributes
    ----------
    issues : tuple of int
        Positions in the game, ascending.
    tables : mapping of tuple of int to ndarray
        Whole-number gains: one table (outcomes, players) per issue, one (outcomes, outcomes,
        players) per interaction inside the component.  Issues outside the package count at
        their status quo.
    """

    issues: tuple[int, ...]
    tables: Mapping[tuple[int, ...], NDArray[Any]]

    def sizes(self) -> dict[int, int]:
        """Return number of outcomes of each issue."""
        return {k: len(self.tables[k,]) for k in self.issues}

    @cached_property
    def tree(self) -> nx.Graph:
        """A tree decomposition: nodes are frozensets of issues."""
        import networkx as nx
        from networkx.algorithms.approximation import treewidth_min_fill_in

        graph = nx.Graph()
        graph.add_nodes_from(self.issues)
        graph.add_edges_from(scope for scope in self.tables if len(scope) == 2)
        width, tree = treewidth_min_fill_in(graph)
        sizes = self.sizes()
        largest = max(math.prod(sizes[k] for k in bag) for bag in tree)
        if largest > MAX_TABLE:
            msg = (
                f"the spillovers tie {len(self.issues)} issues into a graph of treewidth {width}: "
                f"a joint table of {largest:,} outcomes would be needed (at most {MAX_TABLE:,})"
            )
            raise NotSupportedError(msg)
        return tree

    @cached_property
    def _plan(self) -> list[tuple[tuple[int, ...], tuple[int, ...], list[tuple[int, ...]]]]:
        """Bags from the leaves to the root: (bag, separator towards the root, own tables)."""
        import networkx as nx

        root = min(self.tree, key=sorted)
        order = list(nx.dfs_postorder_nodes(self.tree, root))
        parent = {child: up for up, child in nx.dfs_edges(self.tree, root)}
        place = {
            scope: next(bag for bag in order if bag.issuperset(scope)) for scope in self.tables
        }
        return [
            (
                tuple(sorted(bag)),
                tuple(sorted(bag & parent[bag])) if bag in parent else (),
                [scope for scope, home in place.items() if home == bag],
            )
            for bag in order
        ]

    def best(self, weights: Sequence[int]) -> tuple[int, dict[int, int]]:
        """Return the largest weighted gain and an outcome per issue that attains it.

        Parameters
        ----------
        weights : sequence of int, one per player
            Applied to whole-number gains; exact.
        """
        vector = np.array([int(w) for w in weights], dtype=object)
        sizes = self.sizes()
        pending: list[tuple[tuple[int, ...], NDArray[Any]]] = []
        choices: list[tuple[tuple[int, ...], tuple[int, ...], NDArray[np.intp]]] = []
        for bag, separator, scopes in self._plan:
            total = np.zeros(tuple(sizes[k] for k in bag), dtype=object)
            mine = [(scope, self.tables[scope] @ vector) for scope in scopes]
            mine += [message for message in pending if set(message[0]) <= set(bag)]
            pending = [message for message in pending if not set(message[0]) <= set(bag)]
            for scope, table in mine:
                total = total + _spread(table, scope, bag)
            inner = tuple(k for k in bag if k not in separator)
            order = [bag.index(k) for k in (*separator, *inner)]
            arranged = total.transpose(order).reshape(
                *(sizes[k] for k in separator), math.prod(sizes[k] for k in inner)
            )
            choices.append((separator, inner, _argmax(arranged)))
            pending.append((separator, arranged.max(axis=-1)))
        value = sum(int(table) for _, table in pending)
        chosen: dict[int, int] = {}
        for separator, inner, argmax in reversed(choices):
            flat = int(argmax[tuple(chosen[k] for k in separator)])
            for k, a in zip(inner, np.unravel_index(flat, [sizes[k] for k in inner]), strict=True):
                chosen[k] = int(a)
        return value, chosen

    def gains(self, chosen: Mapping[int, int]) -> tuple[int, ...]:
        """Whole-number gains of one outcome per issue."""
        rows = [table[tuple(chosen[k] for k in scope)] for scope, table in self.tables.items()]
        return tuple(int(x) for x in sum(rows))


def _spread(table: NDArray[Any], scope: Sequence[int], bag: Sequence[int]) -> NDArray[Any]:
    """View a table over ``scope`` as one over ``bag`` (both ascending)."""
    axes = [i for i, k in enumerate(bag) if k not in scope]
    return np.expand_dims(table, axes) if axes else table


def _argmax(table: NDArray[Any]) -> NDArray[np.intp]:
    """Position of the first maximum along the last axis, for Python integers too."""
    return np.asarray(np.argmax(table == table.max(axis=-1, keepdims=True), axis=-1))


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
    touched = {k for pair in game.interactions for k in (pair.first, pair.second)}
    coupled = [k for k in package if k in touched] if touched else []
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
            scope, values = (pair.first, pair.second), pair.values
            if scope[0] > scope[1]:
                scope, values = scope[::-1], values.transpose(1, 0, 2)
            tables[scope] = tables[scope] + values if scope in tables else values
            near[pair.first].add(pair.second)
            near[pair.second].add(pair.first)
        elif inside == (True, False):
            tables[pair.first,] = tables[pair.first,] + pair.values[:, origin[pair.second]]
        elif inside == (False, True):
            tables[pair.second,] = tables[pair.second,] + pair.values[origin[pair.first]]
    found = [
        Component(issues, {s: t for s, t in tables.items() if set(s) <= set(issues)})
        for issues in connected(coupled, near)
    ]
    return PackageTerms([k for k in package if k not in members], tuple(found))
