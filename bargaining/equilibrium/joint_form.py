"""The linked game of any number of players as joint play: what a mediator can arrange.

A mediator draws an outcome in every issue.  Payoffs depend on his lottery only through its shares
on issues and on pairs with spillovers, so the lottery is described on a junction tree of joint
play, like a single player's plan whose "actions" are the outcomes
(:mod:`bargaining.equilibrium.linked_side`).  Issues that no spillover joins are separate
components; shares of different components may be drawn independently.

What a player would get from deviating to fixed actions of his own is linear in the shares too,
and his best fixed deviation is a max-product pass along a junction tree of his own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.linked_form import (
    Scope,
    Tables,
    action_tables,
    common_units,
    folded,
    whole,
)
from bargaining.equilibrium.linked_side import Plan, Side, side_of
from bargaining.errors import NotSupportedError
from bargaining.model.agenda import components
from bargaining.model.game import LinkageGame

MAX_ENTRIES = 4_000_000
"""The largest table of a player's deviations against joint play."""
MAX_FLAT_PLAYS = 4_096
"""Up to this many joint plays a component is written out."""
MAX_FLAT_SWAPS = 5_000
"""... if there are at most this many swaps of one joint action for another."""


@dataclass(frozen=True, eq=False)
class JointBlock:
    """A component of joint play.

    Attributes
    ----------
    issues : tuple of int
    tables : mapping of tuple of int to ndarray of int
        Payoffs times units: per issue over all players' actions (…, players), per pair over both.
    play : Side
        The mediator's shares; his actions are joint outcomes.
    sides : tuple of Side, one per player
        What each player could do by himself.
    """

    issues: tuple[int, ...]
    tables: Mapping[Scope, NDArray[Any]]
    play: Side
    sides: tuple[Side, ...]

    @property
    def flat(self) -> bool:
        """Whether joint plays are written out: one bag holds every issue."""
        return len(self.play.bags) == 1

    def payoffs(self, player: int) -> NDArray[Any]:
        """Return a player's payoff (times units) per cell of the mediator's shares."""
        found = np.zeros(self.play.cells, dtype=object)
        for scope, table in self.tables.items():
            bag = self.play.bags[self.play.home(scope)]
            found[bag.start : bag.stop] += table[..., player].reshape(-1)[bag.states(scope)]
        return found

    def deviations(self, player: int) -> NDArray[Any]:
        """Return what each cell of a player's own plan gets against each cell of joint play.

        Returns
        -------
        ndarray of int, shape (own cells, cells of joint play)
        """
        side = self.sides[player]
        found = np.zeros((side.cells, self.play.cells), dtype=object)
        for scope, table in self.tables.items():
            own = tuple(k for k in scope if k in side.actions)
            replaced = _replaced(table[..., player], player, len(scope))
            bag = self.play.bags[self.play.home(scope)]
            mine = side.bags[side.home(own)]
            part = replaced[np.ix_(mine.states(own), bag.states(scope))]
            found[mine.start : mine.stop, bag.start : bag.stop] += part
        return found

    def own(self, player: int) -> NDArray[np.intp]:
        """Return which joint action of a player each play contains; for a flat component."""
        side, bag = self.sides[player], self.play.bags[0]
        found = np.zeros(self.play.cells, dtype=np.intp)
        for k in side.actions:
            shape = self.tables[k,].shape[:-1]
            actions = np.unravel_index(bag.states((k,)), shape)[player]
            found = found * side.actions[k] + actions
        return found

    def swaps(self, player: int, issue: int) -> dict[tuple[int, int], NDArray[Any]]:
        """Return per swap (from, to) of a player's action in one issue what it gains, per cell."""
        count = self.sides[player].actions[issue]
        found = {
            (a, b): np.zeros(self.play.cells, dtype=object)
            for a in range(count)
            for b in range(count)
            if a != b
        }
        for scope, table in self.tables.items():
            if issue not in scope:
                continue
            axis = scope.index(issue) * len(self.sides) + player
            values = table[..., player]
            bag = self.play.bags[self.play.home(scope)]
            states = bag.states(scope)
            for (a, b), gain in found.items():
                change = np.zeros_like(values)
                at = [slice(None)] * values.ndim
                at[axis] = slice(a, a + 1)
                to = np.take(values, [b], axis=axis)
                change[tuple(at)] = to - values[tuple(at)]
                gain[bag.start : bag.stop] += change.reshape(-1)[states]
        return found


def _replaced(values: NDArray[Any], player: int, issues: int) -> NDArray[Any]:
    """Return values[own actions, outcomes]: the outcomes with a player's actions replaced."""
    players = values.ndim // issues
    axes = [player + i * players for i in range(issues)]
    front = np.moveaxis(values, axes, range(issues))
    for axis in axes:
        front = np.expand_dims(front, issues + axis)
    own = front.shape[:issues]
    every: NDArray[Any] = np.broadcast_to(front, (*own, *values.shape))
    return every.reshape(math.prod(own), -1)


@dataclass(frozen=True, eq=False)
class JointForm:
    """All components of joint play.

    Attributes
    ----------
    game : LinkageGame
    blocks : tuple of JointBlock
    units : tuple of int, one per player
    constant : tuple of Fraction, one per player
        Payoffs of issues in which nobody has a choice.
    """

    game: LinkageGame
    blocks: tuple[JointBlock, ...]
    units: tuple[int, ...]
    constant: tuple[Fraction, ...]

    def paid(self, plans: Sequence[Plan]) -> tuple[Any, ...]:
        """Return the players' total payoffs."""
        totals = []
        for i, unit in enumerate(self.units):
            total: Any = self.constant[i]
            for block, plan in zip(self.blocks, plans, strict=True):
                values = block.payoffs(i)
                if plan.dtype == object:
                    total = total + (values @ plan) / Fraction(unit)
                else:
                    total = float(total) + float((values / unit).astype(np.float64) @ plan)
            totals.append(total)
        return tuple(totals)


def joint_form(game: LinkageGame, *, flatten: bool) -> JointForm:
    """Describe joint play of the linked game.

    Parameters
    ----------
    game : LinkageGame
    flatten : bool
        Whether small components are written out, play by play.

    Raises
    ------
    NotSupportedError
        If spillovers form too dense a graph.
    NotDefinedError
        If an option issue has no status quo to stay at.
    """
    players = range(len(game.players))
    exact = action_tables(game, players)
    units = common_units(exact.values())
    tables = folded({scope: whole(table, units) for scope, table in exact.items()})
    free = [s[0] for s, t in tables.items() if len(s) == 1 and t[..., 0].size > 1]
    constant = [Fraction(0)] * len(game.players)
    for scope, table in tables.items():
        if len(scope) == 1 and scope[0] not in free:
            row = zip(constant, table.reshape(-1), units, strict=True)
            constant = [c + Fraction(v, unit) for c, v, unit in row]
    near: dict[int, set[int]] = {k: set() for k in free}
    for scope in tables:
        if len(scope) == 2:
            near[scope[0]].add(scope[1])
            near[scope[1]].add(scope[0])
    blocks = []
    for issues in components(free, near):
        mine = {s: t for s, t in tables.items() if s[0] in issues}
        blocks.append(_block(game, issues, mine, flatten=flatten))
    return JointForm(game, tuple(blocks), units, tuple(constant))


def _block(
    game: LinkageGame, issues: tuple[int, ...], tables: Tables, *, flatten: bool
) -> JointBlock:
    outcomes = {k: int(tables[k,][..., 0].size) for k in issues}
    choices = [
        {k: tables[k,].shape[i] for k in issues if tables[k,].shape[i] > 1}
        for i in range(len(game.players))
    ]
    plays = math.prod(outcomes.values())
    swaps = sum(math.prod(actions.values()) ** 2 for actions in choices)
    small = flatten and plays <= MAX_FLAT_PLAYS and swaps <= MAX_FLAT_SWAPS
    scopes = [issues] if small else [s for s in tables if len(s) == 2]
    play = side_of("the mediator", outcomes, scopes)
    sides = [
        side_of(player, actions, [tuple(k for k in s if k in actions) for s in scopes])
        for player, actions in zip(game.players, choices, strict=True)
    ]
    entries = max(side.cells for side in sides) * play.cells
    if entries > MAX_ENTRIES:
        msg = (
            f"{len(issues)} issues joined by spillovers need a table of {entries:,} deviations (at "
            f"most {MAX_ENTRIES:,}) for a mediator's programme; take issues off the table"
        )
        raise NotSupportedError(msg)
    return JointBlock(issues, tables, play, tuple(sides))
