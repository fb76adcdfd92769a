"""What a coalition gets where outsiders answer: held down by them, or each at his best reply.

``minmax``: the outsiders together hold the coalition's total as low as they can, the coalition
mixing over its joint acts (von Neumann and Morgenstern's worth).  ``best_reply``: the coalition, as
one player who wants the largest total, and every outsider for himself are at a Nash equilibrium in
pure acts (the γ-worth of Chander and Tulkens 1997).  Payoffs that only add up are treated issue by
issue, issues tied by spillovers together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.zero_sum import zero_sum
from bargaining.errors import NotSupportedError
from bargaining.linkage.coalitions.sub_game import consents
from bargaining.model.agenda import components
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue

MAX_CELLS = 200_000
"""Joint outcomes of issues that spillovers tie together."""


@dataclass(frozen=True, eq=False)
class Block:
    """Issues that spillovers tie together, as one table of joint outcomes.

    Attributes
    ----------
    owners : tuple of frozenset of int
        Per axis, the players who must be together to move along it: the one who acts, or all
        whose consent an option issue needs.
    origin : tuple of int or None
        Per axis the status quo; None where the issue names none.
    payoffs : ndarray of Fraction, shape (*axes, players)
        Gains, or payoffs where the game names no status quo.
    """

    owners: tuple[frozenset[int], ...]
    origin: tuple[int | None, ...]
    payoffs: NDArray[Any]

    def total(self, players: frozenset[int]) -> NDArray[Any]:
        """Return what some players get together in every joint outcome."""
        return np.asarray(self.payoffs[..., sorted(players)].sum(axis=-1))

    def moved_by(self, players: frozenset[int]) -> tuple[int, ...]:
        """Return the axes along which some players can move without the others."""
        return tuple(axis for axis, who in enumerate(self.owners) if who <= players)

    def settled(self, table: NDArray[Any], moving: Sequence[int]) -> NDArray[Any]:
        """Hold all axes at the status quo along which nobody moves."""
        for axis, start in enumerate(self.origin):
            if axis not in moving and start is not None:
                table = table.take([start], axis=axis)
        return table


def blocks(game: LinkageGame) -> tuple[Block, ...]:
    """Split a game into tables whose payoffs only add up.

    Raises
    ------
    NotSupportedError
        If one of them is too large.
    """
    near: dict[int, set[int]] = {k: set() for k in range(len(game.issues))}
    for link in game.links or ():
        if link.spillovers is not None and bool(np.any(link.spillovers != 0)):
            k, m = (game.position(name) for name in link.between)
            near[k].add(m)
            near[m].add(k)
    issues = list(game.issues.values())
    groups = components(range(len(issues)), near)
    needed = consents(game)
    return tuple(_block(game, issues, group, needed) for group in groups)


def held_down(blocks: Sequence[Block], members: frozenset[int]) -> Fraction:
    """Return a coalition's max-min total, block by block.

    Parameters
    ----------
    blocks : sequence of Block
    members : frozenset of int
        Positions of the players in the coalition.

    Raises
    ------
    NotSupportedError
        If a table is too large to be solved in rationals.
    """
    total = Fraction(0)
    for block in blocks:
        players = frozenset(range(block.payoffs.shape[-1]))
        mine, theirs = block.moved_by(members), block.moved_by(players - members)
        joint = block.settled(block.total(members), (*mine, *theirs))
        rest = [axis for axis in range(joint.ndim) if axis not in mine]
        rows = math.prod(joint.shape[axis] for axis in mine)
        found = zero_sum(joint.transpose([*mine, *rest]).reshape(rows, -1))
        if not found.exact:
            msg = (
                f"outsiders: the max-min of {rows:,} by {joint.size // rows:,} joint acts is not "
                f"worked out exactly; {_remedy(known=None not in block.origin)}"
            )
            raise NotSupportedError(msg)
        total += Fraction(found.value)
    return total


def at_best_replies(
    blocks: Sequence[Block], members: frozenset[int]
) -> tuple[Fraction, Fraction] | None:
    """Return a coalition's totals in its worst and its best pure equilibrium; None without any.

    Parameters
    ----------
    blocks : sequence of Block
    members : frozenset of int
        They move as one; every other player moves for himself.
    """
    low = high = Fraction(0)
    for block in blocks:
        outsiders = [i for i in range(block.payoffs.shape[-1]) if i not in members]
        parties = [members, *(frozenset({i}) for i in outsiders)]
        moving = [axis for party in parties for axis in block.moved_by(party)]
        joint = block.settled(block.total(members), moving)
        stable = np.ones(joint.shape, dtype=bool)
        for party in parties:
            values = block.settled(block.total(party), moving)
            if own := block.moved_by(party):
                stable &= values == values.max(axis=own, keepdims=True)
        totals = joint[stable].tolist()
        if not totals:
            return None
        low, high = low + min(totals), high + max(totals)
    return low, high


def _remedy(*, known: bool) -> str:
    """Say what to ask instead; a game without a status quo leaves no other convention."""
    return 'ask with outsiders="status_quo"' if known else "take acts or issues out"


def _block(
    game: LinkageGame,
    issues: Sequence[Issue],
    group: Sequence[int],
    needed: Mapping[str, frozenset[str]],
) -> Block:
    """Add the payoffs of a group of issues up, and what spills over between them."""
    known = all(issue.status_quo_index is not None for issue in issues)
    players = len(game.players)
    parts = [issues[k] for k in group]
    shape = tuple(size for issue in parts for size in issue.shape)
    if math.prod(shape) > MAX_CELLS:
        msg = (
            f"outsiders: expected at most {MAX_CELLS:,} joint outcomes of issues that spillovers "
            f"tie together, found {math.prod(shape):,}; {_remedy(known=known)}"
        )
        raise NotSupportedError(msg)
    place: dict[str, int] = {}
    total: NDArray[Any] = np.full((*(issue.size for issue in parts), players), Fraction(0))
    for axis, issue in enumerate(parts):
        place[issue.name] = axis
        table = issue.exact_gains if known else issue.exact_payoffs
        wide = [1] * len(parts)
        wide[axis] = issue.size
        total = total + table.reshape(*wide, players)
    for link in game.links or ():
        if link.spillovers is not None and all(name in place for name in link.between):
            table = link.spillovers
            if known:
                table = (
                    table - table[tuple(issues[game.position(k)]._origin() for k in link.between)]
                )
            first, second = (place[k] for k in link.between)
            table = table if first < second else table.transpose(1, 0, 2)
            wide = [1] * len(parts)
            for axis in (first, second):
                wide[axis] = parts[axis].size
            total = total + table.reshape(*wide, players)
    owners: list[frozenset[int]] = []
    origin: list[int | None] = []
    for issue in parts:
        if issue.is_options:
            owners.append(frozenset(game.players.index(p) for p in needed[issue.name]))
            origin.append(issue._origin())
            continue
        owners += [frozenset({game.players.index(player)}) for player in issue.actions]
        index = issue.status_quo_index
        places = (
            [None] * len(issue.shape) if index is None else np.unravel_index(index, issue.shape)
        )
        origin += [None if p is None else int(p) for p in places]
    return Block(tuple(owners), tuple(origin), total.reshape(*shape, players))
