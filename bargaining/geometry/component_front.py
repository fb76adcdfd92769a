"""Pure deals of issues that spillovers or constraints tie together: their undominated gains.

Partial sums travel from the leaves of the tree decomposition to its root.  Two partial sums are
compared only if they agree on everything that the rest of the component can still see: the
issues and counters that a bag shares with the next one.  So nothing is lost, and the work grows
with the treewidth, not with the number of joint outcomes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.geometry.marginals import Component, InfeasibleError, Step, spread
from bargaining.geometry.undominated import Undominated, undominated
from bargaining.geometry.whole import Limbs, add, encode

MAX_SUMS = 4_000_000
"""Partial sums formed at once; beyond this only some of the undominated ones are kept."""

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class _Message:
    """Undominated partial sums of a part of the tree, by what the rest can see.

    ``cell`` and ``below`` have one entry per member of ``found``: the bag's joint outcome, and
    per child the partial sum it came from.
    """

    state: NDArray[np.int64]
    points: Limbs
    counts: NDArray[Any]
    found: Undominated
    cell: Index
    below: tuple[Index, ...]

    def member(self, row: int) -> tuple[int, tuple[int, ...]]:
        """Return a member's joint outcome of the bag and its partial sums below."""
        return int(self.cell[row]), tuple(int(child[row]) for child in self.below)


@dataclass(frozen=True, eq=False)
class ComponentFront:
    """Undominated gains of a component.

    Attributes
    ----------
    component : Component
    values : ndarray, shape (points, columns, limbs)
    counts : ndarray, shape (points,)
        How many joint outcomes give each point.
    complete : bool
        Whether all undominated points are there.
    """

    component: Component
    values: Limbs
    counts: NDArray[Any]
    complete: bool
    _messages: tuple[_Message, ...]

    def outcomes(self, index: Index) -> dict[int, Index]:
        """Return one outcome per issue for each of several points."""
        plan, sizes = self.component.plan, self.component.sizes()
        at: dict[int, Index] = {len(plan) - 1: index}
        chosen: dict[int, Index] = {}
        for position in reversed(range(len(plan))):
            message, step = self._messages[position], plan[position]
            rows = message.found.starts[at[position]]
            shape = tuple(sizes[k] for k in step.bag)
            grid = np.unravel_index(message.cell[rows], shape)
            chosen.update(zip(step.bag, grid, strict=True))
            for child, below in zip(self._children[position], message.below, strict=True):
                at[child] = below[rows]
        return {k: chosen[k] for k in self.component.issues}

    @cached_property
    def _children(self) -> list[list[int]]:
        """Positions of the bags below each bag."""
        plan = self.component.plan
        return [[c for c, step in enumerate(plan) if step.parent == p] for p in range(len(plan))]

    def every(self, index: int) -> Iterator[dict[int, int]]:
        """Yield all joint outcomes that give a point."""
        plan, sizes = self.component.plan, self.component.sizes()

        def walk(position: int, point: int) -> Iterator[dict[int, int]]:
            message, step = self._messages[position], plan[position]
            shape = tuple(sizes[k] for k in step.bag)
            starts = message.found.starts
            for row in range(int(starts[point]), int(starts[point + 1])):
                cell, below = message.member(row)
                here = dict(
                    zip(step.bag, (int(a) for a in np.unravel_index(cell, shape)), strict=True)
                )
                parts = [
                    list(walk(child, where))
                    for child, where in zip(self._children[position], below, strict=True)
                ]
                for chosen in itertools.product(*parts):
                    joined = dict(here)
                    for part in chosen:
                        joined.update(part)
                    yield joined

        for joint in walk(len(plan) - 1, index):
            yield {k: a for k, a in joint.items() if k >= 0}


def component_front(
    component: Component, columns: Sequence[int], limbs: int, limit: int
) -> ComponentFront:
    """Find the undominated gains of a component.

    Parameters
    ----------
    component : Component
    columns : sequence of int
        The players compared.
    limbs : int
        Of the numbers (see :mod:`bargaining.geometry.whole`).
    limit : int
        Partial sums kept for each part of the tree.

    Raises
    ------
    InfeasibleError
        If the constraints leave no joint outcome.
    """
    plan, sizes = component.plan, component.sizes()
    many = sum(math.log2(sizes[k]) for k in component.issues) >= 62
    messages: list[_Message] = []
    complete = True
    for position, step in enumerate(plan):
        shape = tuple(sizes[k] for k in step.bag)
        cell = np.flatnonzero(component.permitted(step.bag))
        points = _cell_gains(component, step, columns, limbs, shape)[cell]
        counts: NDArray[Any] = np.ones(len(cell), dtype=object if many else np.int64)
        below: list[Index] = []
        children = [m for m, child in zip(messages, plan, strict=False) if child.parent == position]
        separators = [child.separator for child in plan[:position] if child.parent == position]
        for message, separator in zip(children, separators, strict=True):
            wanted = _states(step.bag, separator, shape)
            while True:
                left, right = _pairs(wanted[cell], message.state)
                if len(left) <= MAX_SUMS:
                    break
                complete = False
                message, kept = _half(message)
                if not kept:  # the bag's own sums are the many ones
                    some = evenly(cell, len(cell) // 2)
                    cell, points, counts = cell[some], points[some], counts[some]
                    below = [b[some] for b in below]
            points = add(points[left], message.points[right])
            counts = counts[left] * message.counts[right]
            cell = cell[left]
            below = [*(b[left] for b in below), message.found.first[right]]
            if len(children) > 1:
                found = undominated(points, cell)
                keep = found.members
                points, counts, cell = points[keep], counts[keep], cell[keep]
                below = [b[keep] for b in below]
        state = _states(step.bag, step.separator, shape)[cell]
        found = undominated(points, state)
        if not len(found.first):
            msg = "no package of outcomes meets the constraints; relax one of them"
            raise InfeasibleError(msg)
        if len(found.first) > limit:
            complete = False
            found = thinned(found, state, limit)
        first = found.first
        totals = np.add.reduceat(counts[found.members], found.starts[:-1])
        numbered = Undominated(np.arange(len(first)), found.members, found.starts)
        messages.append(
            _Message(
                state[first],
                points[first],
                totals,
                numbered,
                cell[found.members],
                tuple(b[found.members] for b in below),
            )
        )
    root = messages[-1]
    return ComponentFront(component, root.points, root.counts, complete, tuple(messages))


def thinned(found: Undominated, groups: NDArray[np.int64] | None, limit: int) -> Undominated:
    """Keep about ``limit`` of the points, evenly spread over each group, ends included."""
    by_group = np.zeros(len(found.first), dtype=np.int64)
    if groups is not None:
        by_group = groups[found.first]
    return selected(found, evenly(by_group, limit))


def selected(found: Undominated, kept: Index) -> Undominated:
    """Keep some of the points, with all rows that equal them."""
    counts = (found.starts[1:] - found.starts[:-1])[kept]
    offsets = np.concatenate([[0], np.cumsum(counts)])
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    members = found.members[np.repeat(found.starts[:-1][kept], counts) + within]
    return Undominated(found.first[kept], members, offsets)


def evenly(groups: NDArray[np.int64], limit: int) -> Index:
    """Return positions of about ``limit`` entries, in proportion to each group, ends included."""
    order = np.argsort(groups, kind="stable")
    chosen = []
    share = limit / len(groups)
    for part in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        count = min(len(part), max(2, round(share * len(part))))
        chosen.append(part[np.unique(np.linspace(0, len(part) - 1, count).astype(np.intp))])
    return np.sort(np.concatenate(chosen))


def _half(message: _Message) -> tuple[_Message, bool]:
    """Keep every other partial sum of a message; False if there is nothing to leave out."""
    some = evenly(message.state, len(message.state) // 2)
    if len(some) == len(message.state):
        return message, False
    numbers = Undominated(message.found.first[some], message.found.members, message.found.starts)
    return (
        _Message(
            message.state[some],
            message.points[some],
            message.counts[some],
            numbers,
            message.cell,
            message.below,
        ),
        True,
    )


def _cell_gains(
    component: Component, step: Step, columns: Sequence[int], limbs: int, shape: tuple[int, ...]
) -> Limbs:
    """Gains that a bag's own tables give to each of its joint outcomes."""
    total = np.zeros((*shape, len(columns)), dtype=object)
    for scope in step.scopes:
        table = component.tables[scope][..., list(columns)].astype(object)
        total = total + spread(table, scope, step.bag)
    return encode(total.reshape(-1, len(columns)), limbs)


def _states(
    bag: tuple[int, ...], separator: tuple[int, ...], shape: tuple[int, ...]
) -> NDArray[np.int64]:
    """Give each joint outcome of a bag a number for what its separator shows of it."""
    grid = np.indices(shape).reshape(len(shape), -1)
    number = np.zeros(grid.shape[1], dtype=np.int64)
    for axis, k in enumerate(bag):
        if k in separator:
            number = number * shape[axis] + grid[axis]
    return number


def _pairs(left: NDArray[np.int64], right: NDArray[np.int64]) -> tuple[Index, Index]:
    """All pairs of entries with equal states; ``right`` is sorted."""
    begin = np.searchsorted(right, left, side="left")
    count = np.searchsorted(right, left, side="right") - begin
    if int(count.sum()) > MAX_SUMS:
        return np.zeros(MAX_SUMS + 1, dtype=np.intp), np.zeros(0, dtype=np.intp)
    ends = np.cumsum(count)
    within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - count, count)
    return np.repeat(np.arange(len(left)), count), np.repeat(begin, count) + within
