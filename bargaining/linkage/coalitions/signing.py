"""What a coalition of signers agrees on, and what it does to those who stay out.

The members of a coalition settle a package among themselves; everybody's gains are what the deal
brings in the whole game, so that outsiders may ride free on it.  Fewer than two signers agree on
nothing: with outsiders at the status quo all stay there, with best replies everybody plays the
equilibrium among outsiders.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.linkage.coalitions.reach import Reach, Replies, reach
from bargaining.model.deal import gains
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.program import GAP
from bargaining.settlement.settle import settle
from bargaining.settlement.settlement import Settlement

Coalition = frozenset[str]


@dataclass(frozen=True, eq=False)
class Signed:
    """What one coalition agrees on.

    Attributes
    ----------
    members : frozenset of str
    gains : tuple of number
        Everybody's, in the players' order.
    reach : Reach
    settlement : Settlement or None
        None where fewer than two sign.
    """

    members: Coalition
    gains: tuple[Number, ...]
    reach: Reach = field(repr=False)
    settlement: Settlement | None = field(repr=False)

    @property
    def agrees(self) -> bool:
        """Whether the members change anything."""
        return self.settlement is not None and self.settlement.status == Status.AGREEMENT

    @property
    def certain(self) -> bool:
        """Whether the settlement is certified."""
        known = (Status.AGREEMENT, Status.NO_AGREEMENT)
        return self.settlement is None or self.settlement.status in known


@dataclass(frozen=True, eq=False)
class PackageSigners:
    """Who signs a package: every coalition, and which of them are stable.

    Attributes
    ----------
    package : tuple of str
    parties : tuple of str
        Players with an act or a stake in the package; only they are looked at as signers.
    signed : mapping of frozenset of str to Signed
        All coalitions of the parties.
    leavers : mapping of frozenset of str to tuple of str
        Per coalition that agrees on something, members who gain by leaving it.
    joiners : mapping of frozenset of str to tuple of str
        Per such coalition, outsiders who gain by joining it while no member loses by that.
    """

    package: tuple[str, ...]
    parties: tuple[str, ...]
    signed: Mapping[Coalition, Signed]
    leavers: Mapping[Coalition, tuple[str, ...]]
    joiners: Mapping[Coalition, tuple[str, ...]]

    @property
    def stable(self) -> tuple[Coalition, ...]:
        """Coalitions that agree on something, which nobody leaves and nobody joins."""
        return tuple(s for s in self.leavers if not self.leavers[s] and not self.joiners[s])

    @property
    def everyone(self) -> Coalition:
        """The coalition of all parties."""
        return frozenset(self.parties)

    @property
    def grand_is_stable(self) -> bool:
        """Whether all parties sign, and nobody gains by leaving."""
        return self.everyone in self.stable


def sign_package(
    game: LinkageGame,
    package: Sequence[int],
    *,
    solution: str,
    outsiders: Replies,
    done: Callable[[], None] | None = None,
) -> PackageSigners:
    """Let every coalition settle a package, and find the stable ones.

    Parameters
    ----------
    game : LinkageGame
    package : sequence of int
    solution : str
    outsiders : {"status_quo", "best_reply"}
    done : callable, optional
        Called after every settlement.

    Returns
    -------
    PackageSigners
    """
    names = tuple(game.issue_names[k] for k in package)
    parties = parties_of(game, package)
    signed, part = {}, only(game, package)
    for members in coalitions_of(parties):
        signed[members] = sign(part, members, solution=solution, outsiders=outsiders)
        if done is not None and len(members) > 1:
            done()
    leavers, joiners = stability(game, parties, signed)
    return PackageSigners(names, parties, signed, leavers, joiners)


def only(game: LinkageGame, package: Sequence[int]) -> LinkageGame:
    """Return the game of a package, the other issues left at the status quo."""
    inside = set(package)
    return game.without(*(name for k, name in enumerate(game.issue_names) if k not in inside))


def sign(game: LinkageGame, members: Coalition, *, solution: str, outsiders: Replies) -> Signed:
    """Settle all issues among some players, and carry the deal out among all."""
    signers = members if len(members) > 1 else frozenset[str]()
    open_deals = reach(game, signers, outsiders=outsiders)
    if not signers:
        return Signed(members, open_deals.start, open_deals, None)
    agenda = "+".join(game.issue_names)
    settled = settle(open_deals.inner, solution=solution, agenda=agenda)
    return Signed(members, realised(open_deals, settled), open_deals, settled)


def realised(open_deals: Reach, settled: Settlement) -> tuple[Number, ...]:
    """Return everybody's gains when a coalition's deal is carried out in the whole game."""
    found = gains(open_deals.game, open_deals.carried_out(settled.lotteries))
    return found if settled.tolerance == 0 else tuple(float(g) for g in found)


def coalitions_of(parties: Sequence[str]) -> Iterator[Coalition]:
    """Yield all sets of some players, small ones first, the empty one included."""
    for size in range(len(parties) + 1):
        yield from map(frozenset, itertools.combinations(parties, size))


def parties_of(game: LinkageGame, package: Sequence[int]) -> tuple[str, ...]:
    """Players with a choice or a stake in a package, others at the status quo."""
    inside = set(package)
    stake = np.zeros(len(game.players), dtype=bool)
    acting: set[str] = set()
    for k in package:
        stake |= np.any(game.flat.values[game.flat.rows(k)] != 0, axis=0)
        issue = game.issues[game.issue_names[k]]
        acting |= {player for player, acts in issue.actions.items() if len(acts) > 1}
    for pair in game.interactions:
        if inside & {pair.first, pair.second}:
            stake |= np.any(pair.values != 0, axis=(0, 1))
    return tuple(p for i, p in enumerate(game.players) if stake[i] or p in acting)


def stability(
    game: LinkageGame, parties: Sequence[str], signed: Mapping[Coalition, Signed]
) -> tuple[dict[Coalition, tuple[str, ...]], dict[Coalition, tuple[str, ...]]]:
    """Find who leaves, and who joins, each coalition that agrees on something.

    Leaving needs nobody's consent.  Joining needs that of the members: none of them may lose by it.
    """

    def gain(coalition: Coalition, player: str) -> Number:
        return signed[coalition].gains[game.players.index(player)]

    def more(after: Coalition, before: Coalition, player: str) -> bool:
        return more_than(game, player, gain(after, player), gain(before, player))

    leavers, joiners = {}, {}
    for coalition, deal in signed.items():
        if not deal.agrees:
            continue
        leavers[coalition] = tuple(
            p for p in parties if p in coalition and more(coalition - {p}, coalition, p)
        )
        joiners[coalition] = tuple(
            p
            for p in parties
            if p not in coalition
            and more(coalition | {p}, coalition, p)
            and not any(more(coalition, coalition | {p}, q) for q in coalition)
        )
    return leavers, joiners


def more_than(game: LinkageGame, player: str, left: Number, right: Number) -> bool:
    """Whether one gain exceeds another: exactly where both are exact."""
    gap: Any = left - right
    if isinstance(gap, Fraction):
        return bool(gap > 0)
    return bool(gap > 10 * GAP * game.reach[game.players.index(player)])
