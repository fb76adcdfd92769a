"""What players gain and what tempts them, outcome by outcome of a package, along the rows.

Where one change of act is the best whatever the others are told to do, and never hurts (or always
does), a player's temptation is linear in the shares: so much per share of each outcome.  That is
so where only he acts, or has one other act whose worth has one sign.  Rows where the status quo of
an issue is no equilibrium are left open; for mixtures see :mod:`bargaining.sweeps.batch.rays`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.model.game import LinkageGame
from bargaining.settlement.enforcement.moves import moves
from bargaining.sweeps.batch.bounded import UNKNOWN, Bounded, maximum

if TYPE_CHECKING:
    from bargaining.sweeps.batch.tables import Block, Sheet

SURE, HIDDEN, BEYOND = 0, 1, 2
"""A row's doubt: none; a sign that floats do not show; a question this method does not answer."""
MAX_CHANGES = 4_096
"""Alternatives times joint outcomes of a block, per player."""
Doubt = NDArray[np.int8]
Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Swap:
    """Outcomes at which a player is told the same, and what results if he does something else.

    Attributes
    ----------
    cells : tuple of int
    targets : tuple of tuple of int, shape (alternatives, cells)
        Equal to the cell itself where he does as he is told.
    """

    cells: tuple[int, ...]
    targets: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class Part:
    """Issues of a block that share a package, other issues at their status quo.

    Attributes
    ----------
    block : int
    cells : tuple of int
        Outcomes of the block; swaps and :attr:`origin` are positions among them.
    outcomes : ndarray of int, shape (cells, issues)
        Outcome of every issue of the game, -1 for those outside the part.
    origin : int
    swaps : tuple of tuple of Swap
        Per player with a stake.
    """

    block: int
    cells: tuple[int, ...]
    outcomes: Places
    origin: int
    swaps: tuple[tuple[Swap, ...], ...]


@dataclass(frozen=True, eq=False)
class Changes:
    """What a swap brings.

    Attributes
    ----------
    cells : tuple of int
    worth : tuple of tuple of Bounded, shape (alternatives, cells) of (rows,)
    """

    cells: tuple[int, ...]
    worth: tuple[tuple[Bounded, ...], ...]


@dataclass(frozen=True, eq=False)
class Terms:
    """A part's numbers along some rows.

    Attributes
    ----------
    gains, tempted : tuple of tuple of Bounded, shape (players, cells) of (rows,)
    origin : int
    doubt : ndarray of int8, shape (rows,)
        About temptations of lotteries: whether they are linear.
    moved : ndarray of int8, shape (rows,)
        About the status quo: whether it is an equilibrium.
    changes : tuple of tuple of Changes
        Per player.
    """

    gains: tuple[tuple[Bounded, ...], ...]
    tempted: tuple[tuple[Bounded, ...], ...]
    origin: int
    doubt: Doubt
    moved: Doubt
    changes: tuple[tuple[Changes, ...], ...]


def parts_of(
    game: LinkageGame, blocks: Sequence[Block], package: Sequence[int], players: Sequence[int]
) -> tuple[Part, ...] | None:
    """Lay a package out; None if there are too many joint acts.

    Parameters
    ----------
    players : sequence of int
        Those with a stake.
    """
    inside = set(package)
    found = []
    for number, block in enumerate(blocks):
        mine = [j for j, k in enumerate(block.issues) if k in inside]
        if not mine:
            continue
        start = block.cells[block.origin]
        others = [j for j in range(len(block.issues)) if j not in mine]
        kept = np.flatnonzero((block.cells[:, others] == start[others]).all(axis=1))
        issues = [block.issues[j] for j in mine]
        cells = block.cells[kept][:, mine]
        outcomes = np.full((len(kept), len(game.issues)), -1, dtype=np.intp)
        outcomes[:, issues] = cells
        swaps = [_swaps(game, issues, cells, player) for player in players]
        if any(group is None for group in swaps):
            return None
        origin = int(np.flatnonzero(kept == block.origin)[0])
        known = tuple(group for group in swaps if group is not None)
        found.append(Part(number, tuple(kept.tolist()), outcomes, origin, known))
    return tuple(found)


def _swaps(
    game: LinkageGame, issues: Sequence[int], cells: Places, player: int
) -> tuple[Swap, ...] | None:
    alone = [moves(game, k, player, cells[:, j]) for j, k in enumerate(issues)]
    alternatives = [range(len(one.target)) for one in alone]
    if np.prod([len(a) for a in alternatives]) * len(cells) > MAX_CHANGES:
        return None
    place = {tuple(cell): at for at, cell in enumerate(cells.tolist())}
    targets = []
    for chosen in itertools.product(*alternatives):
        columns = [one.target[b] for one, b in zip(alone, chosen, strict=True)]
        targets.append([place[tuple(cell)] for cell in np.array(columns).T.tolist()])
    told: dict[tuple[int, ...], list[int]] = {}
    for at, acts in enumerate(np.array([one.prescribed for one in alone]).T.tolist()):
        told.setdefault(tuple(acts), []).append(at)
    found = []
    for group in told.values():
        rows = {tuple(target[c] for c in group) for target in targets} - {tuple(group)}
        if rows:
            found.append(Swap(tuple(group), tuple(sorted(rows))))
    return tuple(found)


def terms_of(part: Part, sheet: Sheet, players: Sequence[int]) -> Terms:
    """Return gains and temptations of every outcome of a part."""
    table = sheet.gains[part.block]
    gains = tuple(tuple(table[:, c, i] for c in part.cells) for i in players)
    doubt = np.zeros(table.shape[0], dtype=np.int8)
    tempted, every = [], []
    for mine, swaps in zip(gains, part.swaps, strict=True):
        zero, listed = nothing(mine[part.origin]), []
        worth = [zero] * len(part.cells)
        for swap in swaps:
            changes = [
                [
                    zero if there == here else mine[there] - mine[here]
                    for there, here in zip(target, swap.cells, strict=True)
                ]
                for target in swap.targets
            ]
            for j, cell in enumerate(swap.cells):
                for change in changes:
                    worth[cell] = maximum(worth[cell], change[j])
            if len(swap.cells) > 1:
                doubt = np.maximum(doubt, linear([[zero] * len(swap.cells), *changes]))
            listed.append(Changes(swap.cells, tuple(map(tuple, changes))))
        tempted.append(tuple(worth))
        every.append(tuple(listed))
    moved = np.zeros_like(doubt)
    for worth_of in tempted:
        sign = worth_of[part.origin].sign()
        moved = np.maximum(moved, np.where(sign == UNKNOWN, HIDDEN, sign * BEYOND))
    return Terms(gains, tuple(tempted), part.origin, doubt, moved.astype(np.int8), tuple(every))


def linear(options: Sequence[Sequence[Bounded]]) -> Doubt:
    """Return whether one option (to do as told is the first) is best at every outcome."""
    rows = options[0][0].shape[0]
    found = np.full(rows, BEYOND, dtype=np.int8)
    for mine in options:
        here = np.zeros(rows, dtype=np.int8)
        for other in options:
            if other is mine:
                continue
            for a, b in zip(mine, other, strict=True):
                if a is b:
                    continue
                sign = (a - b).sign()
                here = np.maximum(here, np.where(sign == UNKNOWN, HIDDEN, (sign == -1) * BEYOND))
        found = np.minimum(found, here).astype(np.int8)
    return found


def nothing(like: Bounded) -> Bounded:
    """Return zeros of the same kind and shape."""
    if like.exact:
        return Bounded(like.value * 0, np.zeros(like.shape))
    return Bounded(np.zeros(like.shape), np.zeros(like.shape))


@dataclass(frozen=True, eq=False)
class Columns:
    """Everything that a package can be made of, besides its status quo.

    Attributes
    ----------
    gains, tempted : tuple of tuple of Bounded, shape (players, columns) of (rows,)
    doubt : ndarray of int8, shape (rows,)
    """

    gains: tuple[tuple[Bounded, ...], ...]
    tempted: tuple[tuple[Bounded, ...], ...]
    doubt: Doubt


def columns_of(terms: Sequence[Terms]) -> Columns:
    """Put the outcomes of a package's parts side by side."""

    def joined(kind: str) -> tuple[tuple[Any, ...], ...]:
        return tuple(
            tuple(
                column
                for one in terms
                for c, column in enumerate(getattr(one, kind)[i])
                if c != one.origin
            )
            for i in range(len(terms[0].gains))
        )

    doubt = terms[0].doubt
    for one in terms:
        doubt = np.maximum(doubt, np.maximum(one.doubt, one.moved))
    return Columns(joined("gains"), joined("tempted"), doubt)
