"""A package as independent blocks of outcomes, with gains and swaps, for deals in shares.

Where the game has premiums, gains are those linearised at the status quo: a deal can be scaled
down towards it, and small enough a premium costs no more than there.

A block is an issue that stands alone, or issues that spillovers or constraints tie together, with
every joint outcome that may be agreed.  Gains and temptations of a deal are sums over its blocks.
All numbers are on the game's whole-number scale (``game.flat``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotSupportedError
from bargaining.geometry.marginals import Component, package_terms
from bargaining.model.agenda import positions
from bargaining.model.deal import Deal, Shares
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.enforcement.moves import cell_gains, require_status_quo
from bargaining.settlement.enforcement.temptation import SwapGroup, swap_groups
from bargaining.settlement.linearised import home_test, linearised

MAX_CELLS = 4_096
"""The most joint outcomes of issues tied together."""

Lottery = Mapping[int, Fraction]
"""Shares of a block's outcomes, by position; those left out are 0."""


@dataclass(frozen=True, eq=False)
class Swap:
    """One place where a player could swap an act, over a block's outcomes.

    Attributes
    ----------
    player : int
    cells : tuple of int
    changes : tuple of tuple of Fraction or int, shape (alternatives, cells)
    """

    player: int
    cells: tuple[int, ...]
    changes: tuple[tuple[Any, ...], ...]

    def temptation(self, shares: Lottery) -> Fraction:
        """Return what the best alternative gains at shares."""
        mine = [(j, shares[c]) for j, c in enumerate(self.cells) if c in shares]
        best = Fraction(0)
        for row in self.changes if mine else ():
            best = max(best, sum((s * row[j] for j, s in mine), Fraction(0)))
        return best


@dataclass(frozen=True, eq=False)
class Block:
    """Issues whose joint outcomes are agreed together.

    Attributes
    ----------
    package : int
        Which of the agenda's packages it belongs to.
    issues : tuple of int
    cells : ndarray of int, shape (cells, issues)
        Outcomes per issue.
    gains : tuple of tuple of number, shape (players, cells)
    swaps : tuple of Swap
    origin : int
        Where the status quo is.
    """

    package: int
    issues: tuple[int, ...]
    cells: NDArray[np.intp]
    gains: tuple[tuple[Any, ...], ...]
    swaps: tuple[Swap, ...]
    origin: int

    def gain(self, player: int, shares: Lottery) -> Fraction:
        """Return a player's gain at shares."""
        row = self.gains[player]
        return sum((s * row[c] for c, s in shares.items()), Fraction(0))

    def temptations(self, shares: Lottery) -> list[Fraction]:
        """Return every player's temptation at shares."""
        totals = [Fraction(0)] * len(self.gains)
        for swap in self.swaps:
            totals[swap.player] += swap.temptation(shares)
        return totals


def blocks_of(
    game: LinkageGame, package: Sequence[int], number: int = 0, *, most: int = MAX_CELLS
) -> list[Block]:
    """Lay a package out, issues outside it at their status quo.

    Raises
    ------
    NotSupportedError
        If issues tied together have too many joint outcomes.
    """
    require_status_quo(game)
    terms = package_terms(game, package)
    net, closed = _scaled(game), _closed(game, package)
    by_issue: dict[int, list[SwapGroup]] = {}
    for component in terms.components:
        sizes = component.sizes()
        cells = math.prod(sizes[k] for k in component.issues)
        if cells > most:
            names = ", ".join(game.issue_names[k] for k in component.issues)
            msg = (
                f"{names}: spillovers or constraints tie these issues into {cells:,} joint "
                f"outcomes, too many to look for deals in shares that last (at most {most:,})"
            )
            raise NotSupportedError(msg)
    for group in swap_groups(game, package):
        by_issue.setdefault(group.issues[0], []).append(group)
    found = []
    for issue in terms.singles:
        rows = [row for row in game.flat.rows(issue) if row not in closed]
        outcomes = np.array(rows, dtype=np.intp)[:, None] - int(game.flat.offsets[issue])
        values = [_numbers(net[rows, i]) for i in range(len(game.players))]
        swaps = [_swap(g, outcomes[:, 0]) for g in by_issue.get(issue, ())]
        origin = int(np.flatnonzero(outcomes[:, 0] == game.origin[issue])[0])
        found.append(Block(number, (issue,), outcomes, tuple(values), tuple(swaps), origin))
    found += [_tied(game, component, number, by_issue, closed) for component in terms.components]
    return found


def _tied(
    game: LinkageGame,
    component: Component,
    number: int,
    by_issue: Mapping[int, Sequence[SwapGroup]],
    closed: frozenset[int],
) -> Block:
    issues, sizes = component.issues, component.sizes()
    shape = tuple(sizes[k] for k in issues)
    cells = np.array(np.unravel_index(np.arange(math.prod(shape)), shape)).T
    net = _scaled(game)
    rows = game.flat.offsets[list(issues)] + cells
    kept = _allowed(game, issues, cells) & ~np.isin(rows, list(closed)).any(axis=1)
    cells, rows = cells[kept], rows[kept]
    values = []
    for i in range(len(game.players)):
        folded = (net[rows, i] - game.flat.values[rows, i]).sum(axis=1)
        values.append(_numbers(cell_gains(component, i)[kept] + folded))
    swaps = []
    for first in issues:
        for group in by_issue.get(first, ()):
            columns = [issues.index(k) for k in group.issues]
            inner = tuple(shape[j] for j in columns)
            places = np.ravel_multi_index([cells[:, j] for j in columns], inner)
            swaps.append(_swap(group, places))
    origin = int(np.flatnonzero((cells == game.origin[list(issues)]).all(axis=1))[0])
    return Block(number, issues, cells, tuple(values), tuple(swaps), origin)


def worth(game: LinkageGame) -> LinkageGame:
    """Return the game whose gains count: premiums folded in as they are at the status quo."""
    rules = game.ratification
    return linearised(game, rules) if rules.premiums else game


@lru_cache(maxsize=8)
def _scaled(game: LinkageGame) -> NDArray[Any]:
    """Return gains per outcome, net of premiums, on the game's scale."""
    if not game.ratification.premiums:
        return game.flat.values
    other = worth(game).flat
    found = np.empty(other.values.shape, dtype=object)
    for i, (ours, theirs) in enumerate(
        zip(game.flat.denominators, other.denominators, strict=True)
    ):
        found[:, i] = [
            (Fraction(float(v)) if other.kind == "float" else Fraction(int(v))) * ours / theirs
            for v in other.values[:, i]
        ]
    return found


def _closed(game: LinkageGame, package: Sequence[int]) -> frozenset[int]:
    """Return outcomes that no deal holds: a cap is 0, or they cost who cannot gain a little."""
    rules = game.ratification
    if not (rules.caps or rules.premiums):
        return frozenset()
    home = home_test(game, rules)
    bends = any(premium.bends for premium in rules.premiums.values())
    return home.able(package).closed if bends else home.closed


def _swap(group: SwapGroup, places: NDArray[np.intp]) -> Swap:
    """Spread a group's changes over a block's outcomes; ``places`` says what each one is to it."""
    column = {int(a): j for j, a in enumerate(group.outcomes)}
    cells = [c for c, place in enumerate(places.tolist()) if place in column]
    index = [column[int(places[c])] for c in cells]
    changes = tuple(_numbers(row[index]) for row in group.changes)
    return Swap(group.player, tuple(cells), changes)


def _allowed(
    game: LinkageGame, issues: Sequence[int], cells: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Return which joint outcomes the constraints leave open, other issues at the status quo."""
    open_cells = np.ones(len(cells), dtype=bool)
    for constraint in game.constraints:
        holding = np.zeros(len(cells), dtype=np.int64)
        for name, outcomes in constraint.statements:
            k = game.position(name)
            if k in issues:
                holding += np.isin(cells[:, issues.index(k)], list(outcomes))
            else:
                holding += int(game.origin[k]) in outcomes
        open_cells &= holding <= constraint.limit
    return open_cells


def deal_of(
    game: LinkageGame, package: Sequence[int], chosen: Iterable[tuple[Block, Lottery]]
) -> Deal:
    """Turn shares of blocks' outcomes, adding up to at most 1 each, into a deal of a package."""
    index = positions(package)
    place = {int(k): j for j, k in enumerate(index)}
    outcomes = game.origin[index].copy()
    shares: dict[int, Shares] = {}
    joint: dict[tuple[int, ...], Mapping[tuple[int, ...], Number]] = {}
    for block, lottery in chosen:
        full = dict(lottery)
        rest = 1 - sum(full.values(), Fraction(0))
        if rest:
            full[block.origin] = full.get(block.origin, Fraction(0)) + rest
        full = {c: s for c, s in full.items() if s}
        if len(block.issues) > 1 and len(full) > 1:
            joint[block.issues] = {tuple(block.cells[c].tolist()): s for c, s in full.items()}
        for j, k in enumerate(block.issues):
            lot: dict[int, Number] = {}
            for c, s in full.items():
                a = int(block.cells[c, j])
                lot[a] = lot.get(a, Fraction(0)) + s
            if len(lot) == 1:
                outcomes[place[k]] = next(iter(lot))
            else:
                shares[k] = lot
    return Deal(outcomes, shares, joint, index)


def _numbers(values: NDArray[Any]) -> tuple[Any, ...]:
    """Return exact Python numbers."""
    if values.dtype.kind == "f":
        return tuple(Fraction(float(v)) for v in values)
    return tuple(v if isinstance(v, Fraction) else int(v) for v in values)
