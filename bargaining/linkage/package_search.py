"""The searches for minimal packages, each for the games it fits.

Two players and payoffs that add up: pairs with disjoint intervals, or chordless paths between
them.  Everything else: connected sets by size, with every proof of deadlock removing all sets
that it covers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.geometry.exchange_rates import RateBounds
from bargaining.geometry.mutual import MutualGain, mutual_gain
from bargaining.geometry.pure import pure_frontier
from bargaining.geometry.support import support
from bargaining.model.deal import Deal, status_quo
from bargaining.model.game import LinkageGame
from bargaining.settlement.package import Deals

Mask = int


class StoppedError(SolverError):
    """The search reached its bound."""


class Decider(Protocol):
    """What decides whether a package attains mutual gain."""

    def decide(self, package: Sequence[int]) -> MutualGain:
        """Return who can gain, with a deal."""


@dataclass(frozen=True)
class Oracle:
    """Decides whether a package attains mutual gain."""

    game: LinkageGame
    deals: Deals

    def decide(self, package: Sequence[int]) -> MutualGain:
        """Return who can gain, with a deal, and exchange rates that block the rest (shares)."""
        if self.deals == "shares":
            return mutual_gain(self.game, package)
        players = self.game.interested
        rational = self.rational(package)
        who, best = max(rational, key=lambda item: len(item[0]), default=(frozenset[int](), None))
        deal = best or Deal(status_quo(self.game))
        return MutualGain(who, bool(players) and len(who) == len(players), deal, None)

    def alternatives(self, package: Sequence[int]) -> tuple[frozenset[int], ...]:
        """Return the sets of players who can gain together."""
        if self.deals == "shares":
            return (self.decide(package).gainers,)
        return tuple({who for who, _ in self.rational(package)})

    def rational(self, package: Sequence[int]) -> list[tuple[frozenset[int], Deal]]:
        """Return undominated pure packages in which nobody loses, and who gains in each."""
        players = self.game.interested
        frontier = pure_frontier(self.game, package, players)
        found = []
        for j in frontier.rational():
            gained = frontier.gains(j)
            able = frozenset(i for i, g in zip(players, gained, strict=True) if g > 0)
            found.append((able, frontier.deal(j)))
        if not frontier.complete and not any(len(who) == len(players) for who, _ in found):
            msg = "the package has too many undominated pure deals to say who can gain"
            raise StoppedError(msg)
        return found


def helping_one(game: LinkageGame, player: int) -> Iterator[tuple[int, ...]]:
    """With a single interested player: the issues in which he can gain."""
    best = np.maximum.reduceat(game.flat.values[:, player], game.flat.offsets[:-1])
    return ((int(k),) for k in np.flatnonzero(best > 0))


def unlocking_pairs(bounds: RateBounds) -> Iterator[tuple[int, ...]]:
    """All issues that are mutual alone, then all pairs with disjoint intervals, lazily."""
    mutual = bounds.mutual()
    yield from ((int(k),) for k in np.flatnonzero(mutual))
    rest = np.flatnonzero(~mutual)
    if not len(rest):
        return
    low, high = bounds.low[rest], bounds.high[rest]
    by_low, by_high = np.argsort(low), np.argsort(high)
    sorted_low, sorted_high = low[by_low], high[by_high]
    if not _any_pair(bounds, ~mutual):
        return
    for i in range(len(rest)):
        above = by_low[np.searchsorted(sorted_low, high[i] - bounds.tolerance) :]
        below = by_high[: np.searchsorted(sorted_high, low[i] + bounds.tolerance, side="right")]
        for j in np.unique(np.concatenate([above[above > i], below[below > i]])).tolist():
            if disjoint(bounds, int(rest[i]), int(rest[j])):
                yield int(rest[i]), int(rest[j])


def disjoint(bounds: RateBounds, first: int, second: int) -> bool:
    """Whether two issues' intervals have no common exchange rate, exactly."""
    gap = max(bounds.low[second] - bounds.high[first], bounds.low[first] - bounds.high[second])
    if abs(gap) > bounds.tolerance:
        return bool(gap > 0)
    (a, b), (c, d) = bounds.exact(first), bounds.exact(second)
    return max(a, c) > min(b, d)


def unlocking_paths(
    game: LinkageGame, bounds: RateBounds, stop: Callable[[int], bool]
) -> Iterator[tuple[int, ...]]:
    """Chordless paths between two issues with disjoint intervals and no such pair inside."""
    near = game.neighbours or {}
    mutual = bounds.mutual()
    yield from ((int(k),) for k in np.flatnonzero(mutual))
    if not _any_pair(bounds, ~mutual):
        return
    paths: list[tuple[int, ...]] = [(k,) for k in range(len(game.issues)) if not mutual[k]]
    while paths:
        longer: list[tuple[int, ...]] = []
        for path in paths:
            if stop(len(longer)):
                raise StoppedError
            for k in sorted(near[path[-1]]):
                if mutual[k] or k in path or any(k in near[j] for j in path[:-1]):
                    continue
                if any(disjoint(bounds, j, k) for j in path[1:]):
                    continue
                if not disjoint(bounds, path[0], k):
                    longer.append((*path, k))
                elif k > path[0]:
                    yield tuple(sorted((*path, k)))
        paths = longer


def _any_pair(bounds: RateBounds, among: NDArray[np.bool_]) -> bool:
    """Whether any two of some issues have disjoint intervals."""
    return bounds.only(np.flatnonzero(among)).clash()


def by_size(
    game: LinkageGame,
    oracle: Decider,
    helly: int | None,
    stop: Callable[[int], bool],
    *,
    widening: bool = True,
) -> Iterator[tuple[int, ...]]:
    """Search connected sets by size; every deadlock proved removes all that it covers.

    With ``widening`` an issue more never takes a deal away; new ratifiers could.
    """
    count = len(game.issues)
    near = game.neighbours
    everything = (1 << count) - 1
    adjacent = [
        everything ^ (1 << k) if near is None else sum(1 << j for j in near[k])
        for k in range(count)
    ]
    covers: list[Mask] = []
    packages: list[Mask] = []
    if widening and near is None and not oracle.decide(range(count)).everyone:
        return
    level = [1 << k for k in range(count)]
    size = 1
    while level:
        open_sets = _not_covered(level, covers, count)
        solved: set[Mask] = set()
        while open_sets:
            if stop(len(level)):
                raise StoppedError
            mask = open_sets.pop()
            issues = _members(mask)
            answer = oracle.decide(issues)
            if answer.everyone:
                packages.append(mask)
                solved.add(mask)
                yield issues
            else:
                covers.append(_covered(game, mask, answer) if widening else mask)
                open_sets = _not_covered(open_sets, covers[-1:], count)
        if size == helly:
            return
        level = _extend([m for m in level if m not in solved], adjacent, packages, stop, count)
        size += 1


def _covered(game: LinkageGame, mask: Mask, answer: MutualGain) -> Mask:
    """All issues that one proof of deadlock supports, together with those it was found for."""
    if answer.weights is None:
        return mask
    weights = answer.weights
    for k in range(len(game.issues)):
        if k not in game.coupled and not mask >> k & 1 and support(game, (k,), weights) <= 0:
            mask |= 1 << k
    return mask


def _members(mask: Mask) -> tuple[int, ...]:
    return tuple(k for k in range(mask.bit_length()) if mask >> k & 1)


def _not_covered(sets: list[Mask], covers: Sequence[Mask], count: int) -> list[Mask]:
    """Return sets that lie in none of the covers; vectorised up to 63 issues."""
    if not covers or not sets:
        return list(sets)
    if count < 64:
        left = np.array(sets, dtype=np.uint64)
        for cover in covers:
            left = left[(left & np.uint64(~cover & (2**64 - 1))) != 0]
        return [int(m) for m in left]
    return [m for m in sets if all(m & ~cover for cover in covers)]


def _extend(
    level: Sequence[Mask],
    adjacent: Sequence[Mask],
    packages: Sequence[Mask],
    stop: Callable[[int], bool],
    count: int,
) -> list[Mask]:
    """Return connected sets with one more issue that contain no package."""
    larger: set[Mask] = set()
    for mask in level:
        reach = 0
        for k in _members(mask):
            reach |= adjacent[k]
        for k in _members(reach & ~mask):
            larger.add(mask | 1 << k)
        if stop(len(larger)):
            raise StoppedError
    if count < 64:
        left = np.array(sorted(larger), dtype=np.uint64)
        for package in packages:
            bits = np.uint64(package)
            left = left[(left & bits) != bits]
        return [int(m) for m in left]
    return sorted(m for m in larger if all(m & p != p for p in packages))
