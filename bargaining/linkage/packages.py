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
from fractions import Fraction
from typing import get_args

from bargaining.errors import InputError, NotDefinedError, VerificationError
from bargaining.geometry.exchange_rates import rate_bounds
from bargaining.geometry.mutual import can_cover, mutual_gain
from bargaining.geometry.support import support
from bargaining.linkage.package_search import (
    Oracle,
    StoppedError,
    by_size,
    helping_one,
    unlocking_pairs,
    unlocking_paths,
)
from bargaining.linkage.requirements import UnderRequirements
from bargaining.model.agenda import components, parse_agenda, positions
from bargaining.model.deal import gains
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.transfers import check_payments
from bargaining.results import Certificate, Status
from bargaining.settlement.channels import check_required
from bargaining.settlement.package import Deals
from bargaining.settlement.planar_package import axes

MAX_NAMED = 10_000
MAX_SETS = 2_000_000
"""The most sets of issues (or partial paths) that one search holds."""


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

    def __init__(
        self,
        game: LinkageGame,
        deals: Deals,
        time_limit: float,
        require: Sequence[str] = (),
    ) -> None:
        self.game, self.deals, self.time_limit = game, deals, time_limit
        self.require = tuple(require)
        self.under = (
            UnderRequirements(game, deals, self.require)
            if self.require or (game.ratification)
            else None
        )
        self.plain = game if self.under is None else self.under.plain
        self.status = Status.NOT_DEFINED if game.reserved else Status.SOLVED
        self._found: list[frozenset[str]] = []
        self._source: Iterator[tuple[int, ...]] | None = None

    def __getstate__(self) -> dict[str, object]:
        """Leave the running search behind; a copy starts it again when asked."""
        return {**self.__dict__, "_found": [], "_source": None}

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
        if self.under is not None:
            deal, gained = self.under.deal(issues)
            values = dict(zip(self.game.players, gained, strict=True))
            return Certificate("deal", {}, self.ordered(package), values, deal.named(self.game))
        deal = Oracle(self.game, self.deals).decide(issues).deal
        values = dict(zip(self.game.players, gains(self.game, deal), strict=True))
        named = deal.on(issues).named(self.game)
        return Certificate("deal", {}, self.ordered(package), values, named)

    def deadlock(self) -> tuple[Certificate, ...]:
        """Per linked package, exchange rates that show who cannot gain from it (shares).

        Together they prove that there is no minimal package, when there is none.
        """
        game, found = self.plain, []
        if game is None:
            return ()
        names = game.issue_names
        additive = not game.coupled and len(game.interested) == 2
        for package in parse_agenda(game, "linked").packages:
            rates = _common_rates(game, package) if additive else mutual_gain(game, package).weights
            if rates is not None:
                weights = dict(zip(game.players, rates, strict=True))
                issues = tuple(names[k] for k in package) if len(package) <= MAX_NAMED else ()
                found.append(Certificate("exchange_rates", weights, issues))
        return tuple(found)

    def clears_alone(self, package: frozenset[str]) -> bool:
        """Whether the issues of a package attain mutual gain separately too."""
        if self.under is not None:
            alone = ([self.game.position(name)] for name in package)
            return can_cover(
                frozenset(self.game.interested), ((self.under.decide(k).gainers,) for k in alone)
            )
        oracle = Oracle(self.game, self.deals)
        families = (oracle.alternatives((self.game.position(name),)) for name in package)
        return can_cover(frozenset(self.game.interested), families)

    def verify(self) -> bool:
        """Check every package found: a deal exists, and none without any one of its issues."""
        if self.under is not None:
            return self._verify_under(self.under)
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

    def _verify_under(self, under: UnderRequirements) -> bool:
        """Check the same where deals must meet requirements."""
        near = self.game.neighbours
        for package in self:
            issues = tuple(sorted(self.game.position(name) for name in package))
            _, gained = under.deal(issues)
            if any(gained[i] <= 0 for i in self.game.interested):
                msg = f"package {'+'.join(self.ordered(package))}: its deal does not help everyone"
                raise VerificationError(msg)
            for k in issues if len(issues) > 1 else ():
                part = tuple(j for j in issues if j != k)
                whole = near is None or len(list(components(part, near))) == 1
                if whole and under.decide(part).everyone:
                    msg = f"package {'+'.join(self.ordered(package))} is not minimal"
                    raise VerificationError(msg)
        return True

    def _verify_blocked(
        self, oracle: Oracle, issues: tuple[int, ...], package: frozenset[str]
    ) -> None:
        """Check that a part is blocked; for a part that falls apart, its pieces are smaller."""
        near = self.game.neighbours
        if near is not None and len(list(components(issues, near))) > 1:
            return
        part = oracle.decide(issues)
        proved = part.weights is None or support(self.game, issues, part.weights) <= 0
        if part.everyone or not proved:
            msg = f"package {'+'.join(self.ordered(package))} is not minimal"
            raise VerificationError(msg)

    def _search(self) -> Iterator[tuple[int, ...]]:
        game = self.game
        if not game.interested or game.reserved:
            return iter(())
        if self.under is not None:
            under = self.under
            if under.plain is None:
                return self._bounded(lambda stop: by_size(game, under, None, stop, widening=False))
            if under.plain.interested != game.interested:
                return iter(())  # somebody could not gain whatever is agreed
            game = under.plain
        additive = not game.coupled and self.deals == "shares"
        if additive and len(game.interested) == 1:
            return helping_one(game, game.interested[0])
        if additive and len(game.interested) == 2:
            bounds = rate_bounds(game, axes(game))
            if game.links is None:
                return unlocking_pairs(bounds)
            return self._bounded(lambda stop: unlocking_paths(game, bounds, stop))
        helly = len(game.interested) if additive and game.links is None else None
        return self._bounded(lambda stop: by_size(game, Oracle(game, self.deals), helly, stop))

    def _bounded(
        self, search: Callable[[Callable[[int], bool]], Iterator[tuple[int, ...]]]
    ) -> Iterator[tuple[int, ...]]:
        """Stop a search at the time limit or the memory bound, and say so."""
        deadline = time.monotonic() + self.time_limit

        def stop(size: int) -> bool:
            return size > MAX_SETS or time.monotonic() > deadline

        try:
            yield from search(stop)
        except StoppedError:
            self.status = Status.LIMIT_REACHED


def minimal_packages(
    game: LinkageGame,
    *,
    deals: Deals = "shares",
    time_limit: float = 30.0,
    require: Sequence[str] = (),
) -> MinimalPackages:
    """Find all inclusion-minimal connected packages that attain mutual gain.

    Parameters
    ----------
    game : LinkageGame
    deals : {"shares", "pure"}
    time_limit : float
        Seconds after which a search stops with status ``limit_reached``.
    require : sequence of str
        Requirements that a deal must survive, as for :func:`settle`.

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
    check_required(game, require)
    if game.reserved:
        msg = "minimal packages: not defined: no status quo per issue, only reservation totals"
        raise NotDefinedError(msg)
    if deals not in get_args(Deals):
        msg = f'deals: expected "shares" or "pure", found "{deals}"'
        raise InputError(msg)
    check_payments(game, deals)
    return MinimalPackages(game, deals, time_limit, require)


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
