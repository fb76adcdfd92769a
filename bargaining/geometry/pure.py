"""Pure deals: the exact Pareto set of packages with one outcome per issue.

Issues are merged one by one; a partial sum that another one dominates can never become part of
an undominated package and is dropped at once.  Issues that spillovers or constraints tie
together are merged first, among themselves.  Whole numbers make every comparison exact.  The
number of undominated partial sums can grow without limit; beyond a bound an even selection of
them is kept, and the answer says that it is not complete.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bargaining.geometry.component_front import (
    MAX_SUMS,
    component_front,
    evenly,
    selected,
)
from bargaining.geometry.marginals import package_terms
from bargaining.geometry.undominated import Undominated, undominated
from bargaining.geometry.whole import Limbs, add, approximately, decode, encode, limbs_needed
from bargaining.model.deal import Deal, status_quo
from bargaining.model.game import LinkageGame

MAX_POINTS = 200_000
"""Undominated partial sums that are followed up, at most."""
BEAM = 40_000
"""How many are kept where there are more, at most."""
WORK = 200_000_000
"""Comparisons in all merges together, roughly; with many issues fewer sums are followed up."""
MEMORY = 40_000_000
"""Sums remembered by all merges together."""
MAX_MERGED = 3_000
"""Issues merged; further ones of less weight are settled on what is worth most to all."""
FEW = 20
"""However many issues there are, so many sums are followed up."""

PAIRS = 100.0
"""Comparisons of two numbers that take as long as forming a sum."""
KEPT = 12.0
"""What an undominated sum costs more than another."""

Index = NDArray[np.intp]


class _Options(Protocol):
    """Alternatives of one issue, or of issues that are tied together."""

    @property
    def values(self) -> Limbs: ...

    @property
    def counts(self) -> NDArray[Any]: ...

    def every(self, index: int) -> Iterator[dict[int, int]]:
        """Yield all joint outcomes that give an alternative's gains."""

    def outcomes(self, index: Index) -> dict[int, Index]:
        """Return one outcome per issue for each of several alternatives."""


@dataclass(frozen=True, eq=False)
class _Single:
    """The undominated outcomes of one issue that only adds up."""

    issue: int
    values: Limbs
    counts: NDArray[Any]
    _found: Undominated

    def every(self, index: int) -> Iterator[dict[int, int]]:
        starts = self._found.starts
        for outcome in self._found.members[starts[index] : starts[index + 1]].tolist():
            yield {self.issue: outcome}

    def outcomes(self, index: Index) -> dict[int, Index]:
        return {self.issue: self._found.first[index]}


@dataclass(frozen=True, eq=False)
class _Fixed:
    """Issues of little weight, each settled on one outcome."""

    chosen: dict[int, int]
    values: Limbs
    counts: NDArray[Any]

    def every(self, index: int) -> Iterator[dict[int, int]]:
        assert index == 0
        yield self.chosen

    def outcomes(self, index: Index) -> dict[int, Index]:
        return {k: np.full(len(index), a, dtype=np.intp) for k, a in self.chosen.items()}


@dataclass(frozen=True, eq=False)
class _Stage:
    """One merge: which sums of an earlier point and an option give each point."""

    options: _Options
    found: Undominated

    def ways(self, point: int) -> Iterator[tuple[int, dict[int, int]]]:
        """Yield an earlier point and outcomes that lead from there."""
        starts = self.found.starts
        for pair in self.found.members[starts[point] : starts[point + 1]].tolist():
            before, option = divmod(pair, len(self.options.values))
            for chosen in self.options.every(option):
                yield before, chosen


@dataclass(frozen=True, eq=False)
class PureFrontier:
    """Undominated pure deals of a package.

    Attributes
    ----------
    game : LinkageGame
    package : sequence of int
    columns : tuple of int
        The players compared.
    points : ndarray, shape (points, players compared, limbs)
        Whole-number gains, by the first player's, then the next.
    counts : tuple of int
        How many packages give each point.
    complete : bool
        Whether these are all undominated points; otherwise some packages, each feasible.
    """

    game: LinkageGame
    package: Sequence[int]
    columns: tuple[int, ...]
    points: Limbs
    counts: tuple[int, ...]
    complete: bool
    _units: tuple[int, ...]
    _stages: tuple[_Stage, ...]

    def __len__(self) -> int:
        return len(self.points)

    def gains(self, index: int) -> tuple[Fraction, ...]:
        """Gains of the compared players at a point."""
        return tuple(
            Fraction(decode(digits), unit)
            for digits, unit in zip(self.points[index].tolist(), self._units, strict=True)
        )

    def rational(self) -> list[int]:
        """Return the points at which none of the compared players loses."""
        found: list[int] = np.flatnonzero((self.points[..., 0] >= 0).all(axis=1)).tolist()
        return found

    def packages(self, points: NDArray[np.intp] | None = None) -> Index:
        """Return one package for each point (or each of some), shape (points, issues)."""
        at = np.arange(len(self), dtype=np.intp) if points is None else points
        outcomes = np.tile(status_quo(self.game), (len(at), 1))
        for stage in reversed(self._stages):
            size = len(stage.options.values)
            at, option = np.divmod(stage.found.first[at], size)
            for k, chosen in stage.options.outcomes(option).items():
                outcomes[:, k] = chosen
        return outcomes

    def deal(self, index: int) -> Deal:
        """Return one package that gives a point."""
        return Deal(self.packages(np.array([index]))[0])

    def deals(self, index: int) -> Iterator[Deal]:
        """Yield all packages that give a point, lazily."""
        last = len(self._stages) - 1
        open_ways = [iter([(index, dict[int, int]())])]
        picked: list[dict[int, int]] = [{}]
        while open_ways:  # depth first, without recursion: there may be many issues
            step = next(open_ways[-1], None)
            if step is None:
                open_ways.pop()
                picked.pop()
                continue
            point, picked[-1] = step
            if len(open_ways) <= last + 1:
                stage = last + 1 - len(open_ways)
                open_ways.append(self._stages[stage].ways(point))
                picked.append({})
                continue
            outcomes = status_quo(self.game)
            for chosen in picked:
                outcomes[list(chosen)] = list(chosen.values())
            yield Deal(outcomes)


def pure_frontier(
    game: LinkageGame, package: Sequence[int], columns: tuple[int, ...]
) -> PureFrontier:
    """Merge a package issue by issue, keeping undominated sums.

    Parameters
    ----------
    game : LinkageGame
    package : sequence of int
        Positions of the issues; those outside count at their status quo.
    columns : tuple of int
        Positions of the players compared.
    """
    terms = package_terms(game, package)
    singles, units = _singles(game, terms.singles, columns)
    offset = [game.whole_offset[c] for c in columns]
    largest = sum(int(abs(values).max(initial=0)) for values in singles)
    for component in terms.components:
        largest += sum(int(abs(table).max()) for table in component.tables.values())
    limbs = limbs_needed(largest + max(map(abs, offset)))
    tied = [component_front(component, columns, limbs, BEAM) for component in terms.components]
    complete = all(front.complete for front in tied)
    options: list[_Options] = [*tied]
    issues = list(terms.singles)
    if len(issues) > MAX_MERGED:
        complete = False
        merged, rest = _fix_small_ones(issues, singles, limbs)
        issues, singles = [issues[j] for j in merged], [singles[j] for j in merged]
        options.append(rest)
    for k, values in zip(issues, singles, strict=True):
        rows = encode(values, limbs)
        found = undominated(rows)
        options.append(_Single(k, rows[found.first], np.diff(found.starts), found))
    many = sum(math.log2(len(game.flat.rows(k))) for k in package) >= 62
    points = encode(np.array([offset], dtype=object), limbs)
    counts: NDArray[Any] = np.ones(1, dtype=object if many else np.int64)
    stages: list[_Stage] = []
    allowance = _Allowance(len(columns), [len(part.values) for part in options])
    for number, part in enumerate(options):
        most = allowance.points(number)
        if len(points) > most:
            complete = False
            kept = _promising(points, max(FEW, most // 2))
            stages[-1] = _Stage(stages[-1].options, selected(stages[-1].found, kept))
            points, counts = points[kept], counts[kept]
        found = _merged(points, part.values)
        if len(found.first) > MAX_POINTS:
            complete = False
            sums = add(
                points[found.first // len(part.values)], part.values[found.first % len(part.values)]
            )
            found = selected(found, _promising(sums, BEAM))
        allowance.spend(len(points) * len(part.values), len(found.first), len(found.members))
        size = len(part.values)
        ways = counts[found.members // size] * part.counts[found.members % size]
        counts = np.add.reduceat(ways, found.starts[:-1])
        points = add(points[found.first // size], part.values[found.first % size])
        stages.append(_Stage(part, found))
    return PureFrontier(
        game, package, columns, points, tuple(counts.tolist()), complete, units, tuple(stages)
    )


def _fix_small_ones(
    issues: Sequence[int], values: Sequence[NDArray[Any]], limbs: int
) -> tuple[list[int], _Fixed]:
    """Merge the issues that matter most; settle the others on what is worth most to all."""
    reach = np.max([np.abs(v).max(axis=0) for v in values], axis=0).astype(float)
    reach = np.maximum(reach, 1.0)
    worth = [(v / reach).astype(float).sum(axis=1) for v in values]
    spans = np.array([float(np.ptp(v / reach, axis=0).max()) for v in values])
    order = np.argsort(-spans, kind="stable")
    small = order[MAX_MERGED:].tolist()
    chosen = {issues[j]: int(np.argmax(worth[j])) for j in small}
    total = sum(values[j][chosen[issues[j]]].astype(object) for j in small)
    rows = encode(np.array([total], dtype=object), limbs)
    return sorted(order[:MAX_MERGED].tolist()), _Fixed(chosen, rows, np.ones(1, dtype=np.int64))


class _Allowance:
    """How many sums may be followed up, so that all merges stay within bounds."""

    def __init__(self, columns: int, sizes: Sequence[int]) -> None:
        self._columns, self._sizes = columns, sizes
        self._work, self._memory = float(WORK), float(MEMORY)
        self._undominated = 1.0  # the share of the last sums that stayed

    def points(self, number: int) -> int:
        """Return how many points the next merge may start from."""
        left, size = len(self._sizes) - number, self._sizes[number]
        work = max(self._work, 0.0) / left
        # one sum costs 1, and what its being undominated costs: a + b * (number of sums)
        a, b = 1.0 + KEPT * self._undominated, 0.0
        if self._columns > 3:  # each is held against every undominated one
            b = self._undominated * self._columns / PAIRS
        sums = work / a if not b else (math.sqrt(a * a + 4 * b * work) - a) / (2 * b)
        memory = max(self._memory, 0.0) / left
        return max(FEW, int(min(sums / size, memory, MAX_POINTS)))

    def spend(self, sums: int, kept: int, members: int) -> None:
        """Count what a merge took."""
        self._undominated = kept / sums
        self._work -= sums + KEPT * kept
        if self._columns > 3:
            self._work -= sums * kept * self._columns / PAIRS
        self._memory -= members + kept


def _promising(points: Limbs, limit: int) -> Index:
    """Choose partial sums to follow up: spread evenly, and those good for everyone so far."""
    rough = approximately(points)
    rough = rough / np.maximum(np.abs(rough).max(axis=0), 1.0)
    quarter = max(1, limit // 4)
    even = evenly(np.zeros(len(points), dtype=np.int64), limit - 2 * quarter)
    fair = np.argsort(-rough.min(axis=1), kind="stable")[:quarter]
    rich = np.argsort(-rough.sum(axis=1), kind="stable")[:quarter]
    return np.unique(np.concatenate([even, fair, rich]))


def _merged(points: Limbs, values: Limbs) -> Undominated:
    """Add every option to every point; positions count options fastest."""
    size = len(values)
    step = max(1, MAX_SUMS // size)
    if len(points) <= step:
        return undominated(add(points[:, None], values).reshape(-1, *points.shape[1:]))
    parts = []
    for start in range(0, len(points), step):
        sums = add(points[start : start + step, None], values).reshape(-1, *points.shape[1:])
        parts.append(start * size + undominated(sums).members)
    pairs = np.concatenate(parts)
    found = undominated(add(points[pairs // size], values[pairs % size]))
    return Undominated(pairs[found.first], pairs[found.members], found.starts)


def _singles(
    game: LinkageGame, issues: Sequence[int], columns: tuple[int, ...]
) -> tuple[list[NDArray[Any]], tuple[int, ...]]:
    """Whole-number gains of each issue, and what they are multiplied by."""
    flat = game.flat
    blocks = [flat.values[flat.rows(k)][:, columns] for k in issues]
    units = tuple(flat.denominators[c] for c in columns)
    if flat.kind != "float":
        return blocks, units
    binary = [[Fraction(float(v)) for v in block.flat] for block in blocks]
    scale = max((v.denominator for v in itertools.chain(*binary)), default=1)
    whole = [
        np.array([int(v * scale) for v in row], dtype=object).reshape(block.shape)
        for row, block in zip(binary, blocks, strict=True)
    ]
    return whole, tuple(scale for _ in columns)
