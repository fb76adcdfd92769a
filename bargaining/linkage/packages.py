"""Minimal packages: which issues must share a table for a deal to exist.

A minimal package is a connected set of issues that attains mutual gain when bargained as one
package while no smaller connected part of it does.  For two players and payoffs that add up,
two issues unlock each other exactly when their exchange-rate intervals are disjoint, so all
pairs are read off the sorted interval ends, and on a sparser linkage graph off its chordless
paths.  Everything else is searched by size: one set of exchange rates that proves a deadlock
removes every set of issues that it supports.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, VerificationError
from bargaining.geometry.exchange_rates import RateBounds, rate_bounds
from bargaining.geometry.mutual import MutualGain, can_cover, mutual_gain
from bargaining.geometry.pure import FrontierLimitError, pure_frontier
from bargaining.geometry.support import support
from bargaining.model.agenda import parse_agenda, positions
from bargaining.model.deal import Deal, gains, status_quo
from bargaining.model.game import LinkageGame, require_game
from bargaining.results import Certificate, Status
from bargaining.settlement.channels import check_supported
from bargaining.settlement.package import Deals, axes

MAX_NAMED = 10_000
MAX_SETS = 2_000_000
"""The most sets of issues (or partial paths) that one search holds."""

Mask = int


class MinimalPackages:
    """The minimal packages of a game, found as they are asked for.

    Iterate to get frozensets of issue names, smallest first.  After the iteration,
    :attr:`status` is ``solved``, or ``limit_reached`` if the search stopped early and more may
    exist.

    Attributes
    ----------
    game : LinkageGame
    deals : str
    time_limit : float
        Seconds of search.
    """

    def __init__(self, game: LinkageGame, deals: Deals, time_limit: float) -> None:
        self.game, self.deals, self.time_limit = game, deals, time_limit
        self.status = Status.SOLVED
        self._found: list[frozenset[str]] = []
        self._source: Iterator[tuple[int, ...]] | None = None

    def __getstate__(self) -> dict[str, object]:
        """Leave the running search behind; a copy starts it again when asked."""
        return {**self.__dict__, "_found": [], "_source": None, "status": Status.SOLVED}

    def __iter__(self) -> Iterator[frozenset[str]]:
        for position in itertools.count():
            while position >= len(self._found):
                if self._source is None:
                    self._source = self._search()
                package = next(self._source, None)
                if package is None:
                    return
                names = self.game.issue_names
                self._found.append(frozenset(names[k] for k in package))
            yield self._found[position]

    def ordered(self, package: frozenset[str]) -> tuple[str, ...]:
        """Issues of a package in the game's order."""
        return tuple(sorted(package, key=self.game.position))

    def certificate(self, package: frozenset[str]) -> Certificate:
        """Return a deal of the package in which everyone with a stake gains."""
        issues = tuple(sorted(self.game.position(name) for name in package))
        deal = Oracle(self.game, self.deals).decide(issues).deal
        values = dict(zip(self.game.players, gains(self.game, deal), strict=True))
        named = deal.named(self.game) if len(self.game.issues) <= 10_000 else {}
        chosen = {name: named[name] for name in self.ordered(package) if name in named}
        return Certificate("deal", {}, self.ordered(package), values, chosen)

    def deadlock(self) -> tuple[Certificate, ...]:
        """Per linked package, exchange rates that show who cannot gain from it (shares).

        Together they prove that there is no minimal package, when there is none.
        """
        game, found = self.game, []
        names = game.issue_names
        additive = not game.interactions and len(game.interested) == 2
        for package in parse_agenda(game, "linked").packages:
            rates = _common_rates(game, package) if additive else mutual_gain(game, package).weights
            if rates is not None:
                weights = dict(zip(game.players, rates, strict=True))
                issues = tuple(names[k] for k in package) if len(package) <= MAX_NAMED else ()
                found.append(Certificate("exchange_rates", weights, issues))
        return tuple(found)

    def clears_alone(self, package: frozenset[str]) -> bool:
        """Whether the issues of a package attain mutual gain separately too."""
        oracle = Oracle(self.game, self.deals)
        families = (oracle.alternatives((self.game.position(name),)) for name in package)
        return can_cover(frozenset(self.game.interested), families)

    def verify(self) -> bool:
        """Check every package found: a deal exists, and none without any one of its issues."""
        oracle = Oracle(self.game, self.deals)
        for package in self:
            issues = tuple(sorted(self.game.position(name) for name in package))
            whole = oracle.decide(issues)
            found = gains(self.game, whole.deal)
            if not whole.everyone or any(found[i] <= 0 for i in self.game.interested):
                msg = f"package {'+'.join(self.ordered(package))}: its deal does not help everyone"
                raise VerificationError(msg)
            for k in issues if len(issues) > 1 else ():
                self._verify_blocked(oracle, tuple(j for j in issues if j != k), package)
        return True

    def _verify_blocked(
        self, oracle: Oracle, issues: tuple[int, ...], package: frozenset[str]
    ) -> None:
        """Check that a part is blocked; for a part that falls apart, its pieces are smaller."""
        near = self.game.neighbours
        if near is not None:
            from bargaining.model.agenda import components

            if len(list(components(issues, near))) > 1:
                return
        part = oracle.decide(issues)
        proved = part.weights is None or support(self.game, issues, part.weights) <= 0
        if part.everyone or not proved:
            msg = f"package {'+'.join(self.ordered(package))} is not minimal"
            raise VerificationError(msg)

    def _search(self) -> Iterator[tuple[int, ...]]:
        game = self.game
        additive = not game.interactions and self.deals == "shares"
        if not game.interested:
            return iter(())
        if additive and len(game.interested) == 1:
            return _helping_one(game, game.interested[0])
        if additive and len(game.interested) == 2:
            bounds = rate_bounds(game, axes(game))
            if game.links is None:
                return _unlocking_pairs(bounds)
            return self._bounded(lambda stop: _unlocking_paths(game, bounds, stop))
        helly = len(game.interested) if additive and game.links is None else None
        return self._bounded(lambda stop: _by_size(game, self.deals, helly, stop))

    def _bounded(
        self, search: Callable[[Callable[[int], bool]], Iterator[tuple[int, ...]]]
    ) -> Iterator[tuple[int, ...]]:
        """Stop a search at the time limit or the memory bound, and say so."""
        deadline = time.monotonic() + self.time_limit

        def stop(size: int) -> bool:
            return size > MAX_SETS or time.monotonic() > deadline

        try:
            yield from search(stop)
        except (_StoppedError, FrontierLimitError):
            self.status = Status.LIMIT_REACHED


class _StoppedError(Exception):
    """The search reached its bound."""


def minimal_packages(
    game: LinkageGame, *, deals: Deals = "shares", time_limit: float = 30.0
) -> MinimalPackages:
    """Find all inclusion-minimal connected packages that attain mutual gain.

    Parameters
    ----------
    game : LinkageGame
    deals : {"shares", "pure"}
    time_limit : float
        Seconds after which a search stops with status ``limit_reached``.

    Returns
    -------
    MinimalPackages
        An iterable of frozensets of issue names, smallest first, found lazily.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]], [[0, 0], [1, -9]]])
    >>> [sorted(package) for package in minimal_packages(game)]
    [['0', '1']]
    """
    require_game(game)
    check_supported(game, ())
    if deals not in get_args(Deals):
        msg = f'deals: expected "shares" or "pure", found "{deals}"'
        raise InputError(msg)
    return MinimalPackages(game, deals, time_limit)


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
        rational = self._rational(package)
        who, best = max(rational, key=lambda item: len(item[0]), default=(frozenset[int](), None))
        deal = best or Deal(status_quo(self.game))
        return MutualGain(who, bool(players) and len(who) == len(players), deal, None)

    def alternatives(self, package: Sequence[int]) -> tuple[frozenset[int], ...]:
        """Return the sets of players who can gain together."""
        if self.deals == "shares":
            return (self.decide(package).gainers,)
        return tuple({who for who, _ in self._rational(package)})

    def _rational(self, package: Sequence[int]) -> list[tuple[frozenset[int], Deal]]:
        """Undominated pure packages in which nobody loses, and who gains in each."""
        players = self.game.interested
        frontier = pure_frontier(self.game, package, players)
        found = []
        for j in range(len(frontier.points)):
            gained = frontier.gains(j)
            if min(gained) >= 0:
                able = frozenset(i for i, g in zip(players, gained, strict=True) if g > 0)
                found.append((able, frontier.deal(j)))
        return found


def _common_rates(game: LinkageGame, package: Sequence[int]) -> tuple[Fraction, ...] | None:
    """Return exchange rates in the middle of those that block all issues of a package."""
    columns = axes(game)
    part = rate_bounds(game, columns).only(positions(package))
    if part.clash():
        return None
    middle = (part.highest_low() + part.lowest_high()) / 2
    rates = [Fraction(0)] * len(game.players)
    rates[columns[0]], rates[columns[1]] = middle, 1 - middle
    return tuple(rates)


def _helping_one(game: LinkageGame, player: int) -> Iterator[tuple[int, ...]]:
    """With a single interested player: the issues in which he can gain."""
    best = np.maximum.reduceat(game.flat.values[:, player], game.flat.offsets[:-1])
    return ((int(k),) for k in np.flatnonzero(best > 0))


def _unlocking_pairs(bounds: RateBounds) -> Iterator[tuple[int, ...]]:
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


def _unlocking_paths(
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
                raise _StoppedError
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


def _by_size(
    game: LinkageGame, deals: Deals, helly: int | None, stop: Callable[[int], bool]
) -> Iterator[tuple[int, ...]]:
    """Search connected sets by size; every deadlock proved removes all that it covers."""
    oracle = Oracle(game, deals)
    count = len(game.issues)
    near = game.neighbours
    everything = (1 << count) - 1
    adjacent = [
        everything ^ (1 << k) if near is None else sum(1 << j for j in near[k])
        for k in range(count)
    ]
    covers: list[Mask] = []
    packages: list[Mask] = []
    if near is None and not oracle.decide(range(count)).everyone:
        return
    level = [1 << k for k in range(count)]
    size = 1
    while level:
        open_sets = _not_covered(level, covers, count)
        solved: set[Mask] = set()
        while open_sets:
            if stop(len(level)):
                raise _StoppedError
            mask = open_sets.pop()
            issues = _members(mask)
            answer = oracle.decide(issues)
            if answer.everyone:
                packages.append(mask)
                solved.add(mask)
                yield issues
            else:
                covers.append(_covered(game, mask, answer))
                open_sets = _not_covered(open_sets, covers[-1:], count)
        if size == helly:
            return
        level = _extend([m for m in level if m not in solved], adjacent, packages, stop, count)
        size += 1


def _covered(game: LinkageGame, mask: Mask, answer: MutualGain) -> Mask:
    """All issues that one proof of deadlock supports, together with those it was found for."""
    if answer.weights is None:
        return mask
    touched = {k for pair in game.interactions for k in (pair.first, pair.second)}
    weights = answer.weights
    if touched:
        free = [k for k in range(len(game.issues)) if k not in touched]
    else:
        free = list(range(len(game.issues)))
    for k in free:
        if not mask >> k & 1 and support(game, (k,), weights) <= 0:
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
            raise _StoppedError
    if count < 64:
        left = np.array(sorted(larger), dtype=np.uint64)
        for package in packages:
            bits = np.uint64(package)
            left = left[(left & bits) != bits]
        return [int(m) for m in left]
    return sorted(m for m in larger if all(m & p != p for p in packages))
