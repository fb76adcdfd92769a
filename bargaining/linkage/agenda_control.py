"""Agenda control: the fewest issues to keep off the table, and the fewest to bring to it.

Who likes the deadlock keeps issues off the table until no deal on the rest helps everyone; who
wants to end it brings issues to the table until one does.  "A deal helps everyone" means that the
linked agenda of the issues on the table attains mutual gain, the other issues staying at their
status quo.  More issues never destroy mutual gain, so both are smallest sets with a property that
larger sets keep (:mod:`.smallest_set`); for two players whose payoffs add up, with every link
open, the intervals of exchange rates answer at once (:mod:`.common_rate`).

The two are each other's proof: every set that breaks the deadlock must lose an issue, and every
set that keeps it must win one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from bargaining.errors import InputError, NotDefinedError, VerificationError
from bargaining.geometry.exchange_rates import Interval, exchange_rates
from bargaining.geometry.mutual import can_cover
from bargaining.geometry.support import support
from bargaining.linkage.cheapest_set import cheapest_set, costs_at_least
from bargaining.linkage.common_rate import common_rate
from bargaining.linkage.package_search import Oracle
from bargaining.model.agenda import components
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.transfers import check_payments
from bargaining.results import Number, Status, checked, with_exact
from bargaining.settlement.package import Deals

MAX_SEARCHED = 60
"""Issues of a game that is searched; two players with every link open are read off at once."""


@dataclass(frozen=True, eq=False)
class AgendaControl:
    """How to keep a deadlock, and how to break it.

    Attributes
    ----------
    deals : str
    status : Status
        ``limit_reached`` when one of the two sets may not be the smallest.
    keep_off : tuple of str
        Fewest issues without which no deal on the others helps everyone.
    kept : tuple of str
        The others: the largest deadlocked agenda.
    at_least : int
        No fewer issues can be kept off.
    rates : tuple of mapping of str to number
        Per package of :attr:`kept`, exchange rates that prove that those it cannot help gain
        nothing; empty for pure deals.
    groups : tuple of tuple of str
        Two players: sets of issues of which at most one can be kept.  They prove
        :attr:`at_least`, issues that help everyone alone (in no group) coming on top.
    breaking : tuple of tuple of str
        Otherwise: sets of issues that break the deadlock, each of which must lose one.
    table : tuple of str
        The issues already on the table.
    bring_in : tuple of str or None
        Fewest issues to add to it; None when all issues together do not help everyone.
    bring_at_least : int
    missing : tuple of tuple of str
        Sets of issues of each of which at least one must be added, since all others together
        leave the deadlock standing; none for two players, where intervals prove it.
    """

    deals: Deals
    status: Status
    keep_off: tuple[str, ...]
    kept: tuple[str, ...]
    at_least: int
    rates: tuple[Mapping[str, Number], ...]
    groups: tuple[tuple[str, ...], ...]
    breaking: tuple[tuple[str, ...], ...]
    table: tuple[str, ...]
    bring_in: tuple[str, ...] | None
    bring_at_least: int
    missing: tuple[tuple[str, ...], ...]
    game: LinkageGame = field(repr=False)

    @checked
    def verify(self) -> bool:
        """Check both sets, and both proofs that no smaller one would do."""
        game = self.game
        everything = set(game.issue_names)
        if {*self.keep_off, *self.kept} != everything or set(self.keep_off) & set(self.kept):
            msg = "what is kept off and what is kept are not all issues"
            raise VerificationError(msg)
        helps = _Helps(game, self.deals)
        self._demand(not helps(_at(game, self.kept)), "the issues kept do help everyone")
        self._verify_rates()
        if self._by_intervals():
            self._verify_groups()
        else:
            for package in self.breaking:
                self._demand(helps(_at(game, package)), f"{'+'.join(package)} breaks no deadlock")
            self._verify_least(self.breaking, self.at_least)
        self._demand(len(self.keep_off) >= self.at_least, "fewer issues are kept off than needed")
        added = everything if self.bring_in is None else self.bring_in
        self._demand(len(added) >= self.bring_at_least, "fewer issues are added than needed")
        together = _at(game, (*self.table, *added))
        self._demand(helps(together) == (self.bring_in is not None), "what is brought in fails")
        for needed in self.missing:
            rest = everything - set(needed)
            self._demand(not helps(_at(game, tuple(rest))), f"{'+'.join(needed)} is not needed")
        self._demand(
            all(not set(needed) & set(self.table) for needed in self.missing),
            "an issue on the table is said to be missing",
        )
        if self._by_intervals():
            self._verify_needed()
        elif self.bring_in is not None:
            self._verify_least(self.missing, self.bring_at_least)
        return True

    def _verify_needed(self) -> None:
        """Check that fewer issues leave a common exchange rate with those on the table."""
        rates = exchange_rates(self.game)
        table = [rates[name].interval for name in self.table]
        added = len(self.bring_in or ())
        least = self.bring_at_least == added <= 2
        if added == 2:
            least = all(_shared((*table, r.interval)) is not None for r in rates.values())
        elif added == 1:
            least = _shared(table) is not None
        self._demand(least, "fewer issues would do")

    def _by_intervals(self) -> bool:
        return _by_intervals(self.game, self.deals)

    def _demand(self, stands: bool, words: str) -> None:
        if not stands:
            raise VerificationError(words)

    def _verify_least(self, demands: Sequence[Sequence[str]], size: int) -> None:
        ones = _one_each(range(len(self.game.issues)))
        sets = [_at(self.game, demand) for demand in demands]
        proved = costs_at_least(ones, sets, Fraction(size))
        self._demand(proved is not False, f"a set of fewer than {size} issues might do")

    def _verify_rates(self) -> None:
        """Recompute that at the exchange rates stated no package kept is worth anything."""
        if self.deals == "pure":
            return
        parts = _components(self.game, _at(self.game, self.kept))
        self._demand(len(parts) == len(self.rates), "a proof of the deadlock is missing")
        for part, rates in zip(parts, self.rates, strict=True):
            weights = [rates[player] for player in self.game.players]
            self._demand(support(self.game, part, weights) <= 0, "the rates leave a trade")

    def _verify_groups(self) -> None:
        rates = exchange_rates(self.game)
        listed = [name for group in self.groups for name in group]
        self._demand(len(listed) == len(set(listed)), "an issue is in two groups")
        for group in self.groups:
            ordered = sorted(rates[name].interval or (Fraction(-1), Fraction(2)) for name in group)
            apart = all(a[1] < b[0] for a, b in itertools.pairwise(ordered))
            self._demand(apart, "two issues of a group share an exchange rate")
        alone = set(self.game.issue_names) - set(listed)
        self._demand(all(rates[name].interval is None for name in alone), "an issue is in no group")
        least = len(self.game.issues) - len(self.groups)
        self._demand(least == self.at_least, "the groups prove another number")

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return plain data; with ``exact=True`` fractions also as strings."""
        data = {
            "deals": self.deals,
            "status": self.status,
            "keep_off": self.keep_off,
            "kept": self.kept,
            "at_least": self.at_least,
            "rates": self.rates,
            "groups": self.groups,
            "breaking": self.breaking,
            "table": self.table,
            "bring_in": self.bring_in,
            "bring_at_least": self.bring_at_least,
            "missing": self.missing,
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        off = ", ".join(self.keep_off) or "nothing"
        if self.bring_in is None:
            return "No deal on all issues together helps everyone; the deadlock needs no control."
        add = ", ".join(self.bring_in) or "nothing more"
        return f"To keep the deadlock, keep off: {off}. To break it, bring in: {add}."


def agenda_control(
    game: LinkageGame, *, deals: Deals = "shares", table: Sequence[str] = ()
) -> AgendaControl:
    """Find the fewest issues that keep a deadlock when off the table, or break it when on it.

    Parameters
    ----------
    game : LinkageGame
    deals : {"shares", "pure"}
    table : sequence of str
        Issues that are on the table already; the fewest to add to them are sought.

    Returns
    -------
    AgendaControl

    Raises
    ------
    InputError
        If the game has more than 60 issues and is not one of two players with every link open.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]], [[0, 0], [5, -2]]])
    >>> found = agenda_control(game)
    >>> found.keep_off, found.bring_in
    (('0',), ('0', '2'))
    """
    require_game(game)
    if game.reserved:
        msg = "agenda control: not defined: no status quo per issue, only reservation totals"
        raise NotDefinedError(msg)
    if deals not in ("shares", "pure"):
        msg = f'deals: expected "shares" or "pure", found "{deals}"'
        raise InputError(msg)
    check_payments(game, deals)
    on = _at(game, table)
    if _by_intervals(game, deals):
        return _read_off(game, deals, tuple(table), on)
    count = len(game.issues)
    if count > MAX_SEARCHED:
        msg = (
            f"agenda control: expected at most {MAX_SEARCHED} issues (more only for two players "
            f"whose payoffs add up, with every link open), found {count:,}"
        )
        raise InputError(msg)
    everything = frozenset(range(count))
    helps = _Helps(game, deals)
    off = cheapest_set(_one_each(everything), lambda s: not helps(everything - s))
    assert off.members is not None
    rest = sorted(everything - on)
    add = cheapest_set(_one_each(rest), lambda s: helps(on | s))
    kept = everything - off.members
    complete = off.complete and add.complete
    return AgendaControl(
        deals,
        Status.SOLVED if complete else Status.LIMIT_REACHED,
        _names(game, off.members),
        _names(game, kept),
        int(off.least),
        _proofs(game, deals, kept),
        (),
        tuple(_names(game, demand) for demand in off.demands),
        tuple(table),
        None if add.members is None else _names(game, add.members),
        int(add.least),
        tuple(_names(game, demand) for demand in add.demands),
        game,
    )


class _Helps:
    """Whether the linked agenda of some issues attains mutual gain."""

    def __init__(self, game: LinkageGame, deals: Deals) -> None:
        self.game = game
        self._oracle = Oracle(game, deals)
        self._everyone = frozenset(game.interested)

    def __call__(self, issues: frozenset[int]) -> bool:
        if not self._everyone:
            return False
        parts = _components(self.game, issues)
        return can_cover(self._everyone, (self._oracle.alternatives(part) for part in parts))


def _by_intervals(game: LinkageGame, deals: Deals) -> bool:
    """Whether intervals of exchange rates decide everything."""
    two = len(game.players) == 2 == len(game.interested)
    return two and deals == "shares" and not game.coupled and game.links is None


def _read_off(
    game: LinkageGame, deals: Deals, table: tuple[str, ...], on: frozenset[int]
) -> AgendaControl:
    """Answer for two players with every link open."""
    names = game.issue_names
    ends = [rates.interval for rates in exchange_rates(game).values()]
    found = common_rate(ends)
    off = frozenset(range(len(names))) - set(found.members)
    weights = dict(zip(game.players, (found.rate, 1 - found.rate), strict=True))
    bring_in = _fewest_to_add(ends, on)
    return AgendaControl(
        deals,
        Status.SOLVED,
        _names(game, off),
        tuple(names[k] for k in found.members),
        len(off),
        (weights,) if found.members else (),
        tuple(tuple(names[k] for k in group) for group in found.groups),
        (),
        table,
        None if bring_in is None else _names(game, bring_in),
        len(bring_in or ()),
        (),
        game,
    )


def _fewest_to_add(ends: Sequence[Interval | None], on: frozenset[int]) -> frozenset[int] | None:
    """Two players: nothing, an issue that clears or misses the table's rates, or two disjoint."""
    now = _shared(ends[k] for k in on)
    if now is None:
        return frozenset()
    rest = [k for k in range(len(ends)) if k not in on]
    cut = {}
    for k in rest:
        found = _shared((ends[k], now))
        if found is None:
            return frozenset({k})
        cut[k] = found
    if not cut:
        return None
    low = max(cut, key=lambda k: cut[k][0])
    high = min(cut, key=lambda k: cut[k][1])
    return frozenset({low, high}) if cut[low][0] > cut[high][1] else None


def _shared(ends: Iterable[Interval | None]) -> Interval | None:
    """Return the exchange rates that all intervals share; None if there are none."""
    low, high = Fraction(0), Fraction(1)
    for pair in ends:
        if pair is None:
            return None
        low, high = max(low, pair[0]), min(high, pair[1])
    return (low, high) if low <= high else None


def _proofs(
    game: LinkageGame, deals: Deals, kept: frozenset[int]
) -> tuple[Mapping[str, Number], ...]:
    """Per package kept, exchange rates that block those it cannot help."""
    if deals == "pure":
        return ()
    oracle = Oracle(game, deals)
    found = []
    for part in _components(game, kept):
        weights = oracle.decide(part).weights
        rates = weights or (Fraction(0),) * len(game.players)
        found.append(dict(zip(game.players, rates, strict=True)))
    return tuple(found)


def _components(game: LinkageGame, issues: frozenset[int]) -> list[tuple[int, ...]]:
    """Return the packages into which some issues fall when all that may be linked are."""
    if game.neighbours is None:
        return [tuple(sorted(issues))] if issues else []
    return list(components(issues, game.neighbours))


def _at(game: LinkageGame, names: Sequence[str]) -> frozenset[int]:
    return frozenset(game.position(name) for name in names)


def _one_each(issues: Iterable[int]) -> dict[int, Fraction]:
    """Count every issue as 1: the cheapest set is the smallest."""
    return dict.fromkeys(sorted(issues), Fraction(1))


def _names(game: LinkageGame, issues: frozenset[int]) -> tuple[str, ...]:
    return tuple(game.issue_names[k] for k in sorted(issues))
