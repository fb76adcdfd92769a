"""The Pareto frontier of a package between two players, with shares.

The set of gains that a package allows is the sum of the issues' sets.  Its frontier is found
by merging the edges of the issues' own frontiers in order of slope: first all trades that cost
the second player least per unit for the first, then the next best, and so on.  Issues that
interact through spillovers enter as one component, whose own frontier is found by asking for
its best joint outcome at the slope of each chord.  Every point can be turned back into a deal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError
from bargaining.geometry.component_chain import chain_edges, component_chain
from bargaining.geometry.hull import Edges, by_slope, hulls, join
from bargaining.geometry.marginals import Component, package_terms
from bargaining.model.agenda import positions
from bargaining.model.deal import Deal, Shares
from bargaining.model.gains import column_sum
from bargaining.model.game import LinkageGame
from bargaining.results import Number

Point = tuple[Number, Number]


@dataclass(frozen=True)
class Position:
    """A point on a frontier: after ``run`` whole runs, and a ``part`` in [0, 1] of the next."""

    run: int
    part: Number = Fraction(0)


@dataclass(frozen=True, eq=False)
class PlanarFrontier:
    """The frontier of one package, from the second player's best point to the first's.

    Attributes
    ----------
    game : LinkageGame
    package : sequence of int
    columns : tuple of two int
        The players on the axes.
    x, y : ndarray, shape (vertices,)
        Corner points, on the game's whole-number scale; x rises and y falls.
    """

    game: LinkageGame
    package: Sequence[int]
    columns: tuple[int, int]
    x: NDArray[Any]
    y: NDArray[Any]
    _singles: NDArray[np.intp]
    _start: NDArray[np.intp]
    _chains: tuple[tuple[Component, tuple[dict[int, int], ...]], ...]
    _edges: Edges
    _runs: NDArray[np.intp]

    @property
    def exact(self) -> bool:
        """Whether coordinates are whole numbers on the game's scale."""
        return self.game.flat.exact

    @cached_property
    def _units(self) -> tuple[int, int]:
        d = self.game.flat.denominators
        return d[self.columns[0]], d[self.columns[1]]

    def point(self, position: Position) -> Point:
        """Gains of the two players at a position."""
        run, part = position.run, position.part
        found: list[Number] = []
        for values, unit in zip((self.x, self.y), self._units, strict=True):
            if self.exact:
                value: Number = Fraction(int(values[run]))
                if part:
                    value += part * (int(values[run + 1]) - int(values[run]))
            else:
                value = float(values[run])
                if part:
                    value += float(part) * float(values[run + 1] - values[run])
            found.append(value / unit)
        return found[0], found[1]

    def vertex(self, run: int) -> Point:
        """Gains at a corner point."""
        return self.point(Position(run))

    def __len__(self) -> int:
        return len(self.x)

    def individually_rational(self) -> tuple[Position, Position] | None:
        """First and last position at which nobody loses; None if there is none."""
        first = Position(0)
        if self.x[0] < 0:
            run = int(np.searchsorted(self.x, 0, side="left"))
            if run == len(self.x):
                return None
            first = self._crossing(self.x, run - 1)
        last = Position(len(self.x) - 1)
        if self.y[-1] < 0:
            run = len(self.y) - int(np.searchsorted(self.y[::-1], 0, side="left"))
            if run == 0:
                return None
            last = self._crossing(self.y, run - 1)
        if (first.run, first.part) > (last.run, last.part):
            return None
        return first, last

    def _crossing(self, values: NDArray[Any], run: int) -> Position:
        """Where a coordinate is zero between the corner points ``run`` and ``run + 1``."""
        if self.exact:
            part: Number = Fraction(-int(values[run]), int(values[run + 1]) - int(values[run]))
        else:
            part = float(-values[run] / (values[run + 1] - values[run]))
        return Position(run + 1) if part == 1 else Position(run, part)

    def deal(self, position: Position) -> Deal:
        """Turn a point into a deal; trades at the same rate are carried out to the same part."""
        done = self._edges.target[: self._runs[position.run]]
        blocks = self._edges.block[: self._runs[position.run]]
        state = self._start.copy()
        state[blocks] = done
        count = len(self._singles)
        index = positions(self.package)
        outcomes = self.game.origin[index]
        if count == len(index):
            outcomes = state[:count].copy()
        else:
            outcomes[np.searchsorted(index, self._singles)] = state[:count]
        shares: dict[int, Shares] = {}
        lotteries: dict[int, tuple[int, Number]] = {}
        if position.part:
            span = slice(self._runs[position.run], self._runs[position.run + 1])
            for b, target in zip(
                self._edges.block[span].tolist(), self._edges.target[span].tolist(), strict=True
            ):
                if b < count:
                    source = int(state[b])
                    k = int(self._singles[b])
                    shares[k] = {source: 1 - position.part, target: position.part}
                else:
                    lotteries[b] = (target, position.part)
        joint: dict[tuple[int, ...], dict[tuple[int, ...], Number]] = {}
        for c, (component, chain) in enumerate(self._chains):
            mixture: list[tuple[dict[int, int], Number]] = [
                (chain[int(state[count + c])], Fraction(1))
            ]
            if count + c in lotteries:
                target, part = lotteries[count + c]
                mixture = [(mixture[0][0], 1 - part), (chain[target], part)]
            places = dict(
                zip(component.issues, np.searchsorted(index, component.issues), strict=True)
            )
            _spell_out(component, mixture, outcomes, places, shares, joint)
        return Deal(outcomes, shares, joint, index)

    def separating(self) -> tuple[Number, Number]:
        """Weights at which every deal is worth less than nothing, if somebody always loses."""
        if self.x[-1] < 0:
            return Fraction(1), Fraction(0)
        if self.y[0] < 0:
            return Fraction(0), Fraction(1)
        run = int(np.searchsorted(self.x, 0, side="left"))
        return self.normal(Position(max(run - 1, 0), Fraction(1, 2)) if run else Position(0))

    def normal(self, position: Position) -> tuple[Number, Number]:
        """Weights > 0 at which no deal of the package is worth more than this point.

        On an edge its normal; at a corner the sum of its two edges' unit normals; the weights
        add up to 1 in the players' own units.
        """
        found = []
        for run in {position.run} if position.part else {position.run - 1, position.run}:
            if 0 <= run < len(self.x) - 1:
                (ax, ay), (bx, by) = self.vertex(run), self.vertex(run + 1)
                rise, fall = bx - ax, ay - by
                found.append((fall / (rise + fall), rise / (rise + fall)))
        if not found:
            return Fraction(1, 2), Fraction(1, 2)
        count = len(found)
        return sum(f[0] for f in found) / count, sum(f[1] for f in found) / count


def _spell_out(
    component: Component,
    mixture: Sequence[tuple[dict[int, int], Number]],
    outcomes: NDArray[np.intp],
    places: Mapping[int, int],
    shares: dict[int, Shares],
    joint: dict[tuple[int, ...], dict[tuple[int, ...], Number]],
) -> None:
    """Write a lottery over joint outcomes as shares per issue and of issues together."""
    for k in component.issues:
        lottery: dict[int, Number] = {}
        for chosen, share in mixture:
            lottery[chosen[k]] = lottery.get(chosen[k], Fraction(0)) + share
        if len(lottery) == 1:
            outcomes[places[k]] = next(iter(lottery))
        else:
            shares[k] = lottery
    for scope in component.scopes:
        together: dict[tuple[int, ...], Number] = {}
        for chosen, share in mixture:
            key = tuple(chosen[k] for k in scope)
            together[key] = together.get(key, Fraction(0)) + share
        joint[scope] = together


def planar_frontier(
    game: LinkageGame, package: Sequence[int], columns: tuple[int, int]
) -> PlanarFrontier:
    """Merge the frontiers of a package's issues and components in order of slope.

    Parameters
    ----------
    game : LinkageGame
    package : sequence of int
        Positions of the issues; those outside count at their status quo.
    columns : tuple of two int
        Positions of the two players.

    Returns
    -------
    PlanarFrontier
    """
    flat = game.flat
    terms = package_terms(game, package)
    singles = positions(terms.singles)
    count = len(singles)
    start = np.zeros(count + len(terms.components), dtype=np.intp)
    parts: list[Edges] = []
    sizes = (flat.offsets[1:] - flat.offsets[:-1])[singles]
    for size in np.unique(sizes):
        group = np.flatnonzero(sizes == size)
        rows = flat.offsets[singles[group]] + np.arange(size)[:, None]
        whole = len(rows[0]) * size == len(flat.values)
        x, y = (_column(flat.values, column, rows, int(size), whole=whole) for column in columns)
        first, edges = hulls(x, y)
        start[group] = first
        if len(group) < count:
            edges = Edges(group[edges.block], edges.source, edges.target, edges.dx, edges.dy)
        parts.append(edges)
    chains = []
    for c, component in enumerate(terms.components):
        points, chosen = component_chain(component, columns)
        chains.append((component, chosen))
        parts.append(chain_edges(points, count + c, flat.kind))
    edges = join(parts) if len(parts) > 1 else parts[0]
    if any(part.dx.dtype.kind == "O" for part in parts):
        edges = Edges(
            edges.block,
            edges.source,
            edges.target,
            edges.dx.astype(object),
            edges.dy.astype(object),
        )

    def exact_step(edge: int) -> tuple[Fraction, Fraction]:
        block = int(edges.block[edge])
        if flat.kind != "float" or block >= count:
            return Fraction(int(edges.dx[edge])), Fraction(int(edges.dy[edge]))
        base = int(flat.offsets[singles[block]])
        source, target = base + int(edges.source[edge]), base + int(edges.target[edge])
        dx, dy = (flat.gain(target, c) - flat.gain(source, c) for c in columns)
        return dx, dy

    ordered, runs = by_slope(edges, exact_step)
    origin = [
        column_sum(flat.values[flat.offsets[singles] + start[:count], column])
        + sum(component.gains(chosen[0])[column] for component, chosen in chains)
        + game.whole_offset[column]
        for column in columns
    ]
    x, y = (
        _climb(first, steps, runs, flat.kind)
        for first, steps in zip(origin, (ordered.dx, ordered.dy), strict=True)
    )
    return PlanarFrontier(
        game, package, columns, x, y, singles, start, tuple(chains), ordered, runs
    )


def single_frontiers(
    game: LinkageGame, issues: NDArray[np.intp], columns: tuple[int, int]
) -> Iterator[PlanarFrontier]:
    """Yield the frontiers of many additive issues, each alone, from one march over all."""
    flat = game.flat
    sizes = (flat.offsets[1:] - flat.offsets[:-1])[issues]
    for size in np.unique(sizes).tolist():
        group = issues[sizes == size]
        rows = flat.offsets[group] + np.arange(size)[:, None]
        x, y = (flat.values[rows, column] for column in columns)
        start, edges = hulls(x, y)
        order = np.argsort(edges.block, kind="stable")
        source, target, dx, dy = (
            getattr(edges, name)[order] for name in ("source", "target", "dx", "dy")
        )
        ends = np.searchsorted(edges.block[order], np.arange(len(group) + 1))
        for b, k in enumerate(group.tolist()):
            part = slice(int(ends[b]), int(ends[b + 1]))
            chain = np.concatenate([start[b : b + 1], target[part]])
            count = len(chain) - 1
            mine = Edges(
                np.zeros(count, dtype=np.intp), source[part], target[part], dx[part], dy[part]
            )
            yield PlanarFrontier(
                game,
                (k,),
                columns,
                x[chain, b],
                y[chain, b],
                np.array([k], dtype=np.intp),
                start[b : b + 1],
                (),
                mine,
                np.arange(count + 1),
            )


def _column(
    values: NDArray[Any], column: int, rows: NDArray[np.intp], size: int, *, whole: bool
) -> NDArray[Any]:
    """Gains of one player, shape (outcomes, issues), contiguous."""
    if whole:
        return np.ascontiguousarray(values[:, column].reshape(-1, size).T)
    return np.asarray(values[rows, column])


def _climb(first: Any, steps: NDArray[Any], runs: NDArray[np.intp], kind: str) -> NDArray[Any]:
    """Corner points' coordinates: the start plus the sums of whole runs."""
    if kind == "float":
        total = np.concatenate([[first], steps]).astype(np.longdouble).cumsum()
        return np.asarray(total[runs], dtype=np.float64)
    far = steps.dtype.kind != "O" and abs(int(first)) + int(np.abs(steps).sum()) >= 2**62
    if steps.dtype.kind == "O" or far:
        total = np.concatenate([np.array([first], dtype=object), steps.astype(object)]).cumsum()
    else:
        total = np.concatenate([[first], steps]).cumsum(dtype=np.int64)
    return total[runs]


def require_two(game: LinkageGame) -> tuple[int, int]:
    """Positions of the two players of the frontier, or an error that says what to do."""
    if len(game.players) != 2:
        msg = (
            f"a frontier with shares is drawn for two players, this game has {len(game.players)}: "
            'use settle, or deals="pure"'
        )
        raise InputError(msg)
    return 0, 1
