"""Obedience as rows of a linear programme: what a mediator's lottery must satisfy.

* **Coarse correlated equilibrium** (Moulin and Vial 1978): before the draw nobody gains by opting
  out for fixed actions of his own.  In the linked game he opts out of the whole package, so only
  the *sum* of his regrets over issues must not be positive.  His best fixed deviation is a
  max-product pass; by linear programming duality it is at most v iff messages m exist with
  W x <= E'm and m_root <= v, which are the rows used here (W x is what each cell of his own plan
  earns against the lottery x).
* **Correlated equilibrium** (Aumann 1974): after hearing his recommendation nobody gains by any
  other action.  In a component that is written out, a swap of one joint action for another may
  use everything recommended; in one that is not, only the swaps of single issues and the best
  fixed deviation are counted, which gives an upper bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.joint_form import JointBlock, JointForm
from bargaining.equilibrium.linked_form import Scope
from bargaining.equilibrium.zero_sum import power_of_two
from bargaining.geometry.linear_program import Programme


@dataclass(frozen=True, eq=False)
class Obedience:
    """The programme of the best lottery, and where its parts stand.

    Attributes
    ----------
    programme : Programme
    lotteries : tuple of slice
        Per component, the mediator's shares among the columns.
    offset : Fraction
        The programme's value less this is the objective.
    """

    programme: Programme
    lotteries: tuple[slice, ...]
    offset: Fraction


def obedience(form: JointForm, targets: Sequence[int], *, coarse: bool, least: bool) -> Obedience:
    """Write the programme down.

    Parameters
    ----------
    form : JointForm
    targets : sequence of int
        Players whose payoffs count.
    coarse : bool
        Which concept.
    least : bool
        Maximise the least of their payoffs instead of the sum.
    """
    programme = Programme()
    blocks = [_raised(block) for block in form.blocks]
    lotteries = _lotteries(programme, blocks)
    for i in range(len(form.units)):
        if coarse:
            _coarse_rows(programme, blocks, lotteries, i)
        else:
            for block, lottery in zip(blocks, lotteries, strict=True):
                if block.flat:
                    _swap_rows(programme, block, lottery, i)
                else:
                    _coarse_rows(programme, [block], [lottery], i)
                    _single_swap_rows(programme, block, lottery, i)
    paid = [_paid_columns(form, blocks, lotteries, i) for i in range(len(form.units))]
    lost = [_raise(form, blocks, i) for i in range(len(form.units))]
    anchor = blocks[0].play.bags[-1]  # its shares add up to the lottery's total
    root = range(lotteries[0].start + anchor.start, lotteries[0].start + anchor.stop)
    unit = max((v for i in targets for v in paid[i].values()), default=Fraction(0)) or Fraction(1)
    if least:
        offset = unit + max(Fraction(0), *(-form.constant[i] + lost[i] for i in targets))
        most = max(sum(paid[i].values(), start=Fraction(0)) for i in targets) + offset
        column = programme.add_columns(1, most + max(abs(c) for c in form.constant))
        programme.costs[column] = 1
        for i in targets:
            row = programme.add_rows(1)
            programme.put(row, column, 1)
            for j, value in paid[i].items():
                programme.put(row, j, -value)
            for j in root:
                programme.put(row, j, -(form.constant[i] - lost[i] + offset))
    else:
        offset = unit + sum((lost[i] - form.constant[i] for i in targets), start=Fraction(0))
        for i in targets:
            for j, value in paid[i].items():
                programme.costs[j] += value
        for j in root:  # a positive value makes the total share as large as it may be: 1
            programme.costs[j] += unit
    return Obedience(programme, tuple(lotteries), offset)


def _raised(block: JointBlock) -> JointBlock:
    """Raise every payoff table to least 0: regrets stay, and messages need not be negative."""
    tables: dict[Scope, NDArray[Any]] = {}
    for scope, table in block.tables.items():
        least = table.reshape(-1, table.shape[-1]).min(axis=0)
        tables[scope] = table - least
    return replace(block, tables=tables)


def _raise(form: JointForm, blocks: Sequence[JointBlock], player: int) -> Fraction:
    """Return by how much raising the tables raised a player's payoff."""
    total = 0
    for before, after in zip(form.blocks, blocks, strict=True):
        for scope, table in before.tables.items():
            first = (0,) * (table.ndim - 1)
            total += int(after.tables[scope][first][player] - table[first][player])
    return Fraction(total, form.units[player])


def _paid_columns(
    form: JointForm, blocks: Sequence[JointBlock], lotteries: Sequence[slice], player: int
) -> Mapping[int, Fraction]:
    found = {}
    for block, lottery in zip(blocks, lotteries, strict=True):
        for j, value in enumerate(block.payoffs(player), start=lottery.start):
            found[j] = Fraction(int(value), form.units[player])
    return found


def _lotteries(programme: Programme, blocks: Sequence[JointBlock]) -> list[slice]:
    """Add the mediator's shares; all components have the same total, which is at most 1."""
    lotteries: list[slice] = []
    for block in blocks:
        first = programme.add_columns(block.play.cells, 1)
        lotteries.append(slice(first, first + block.play.cells))
        last = block.play.equations - 1
        row = programme.add_rows(last, equal=True)
        total = programme.add_rows(1, 0 if len(lotteries) > 1 else 1, equal=len(lotteries) > 1)
        for r, cell, sign in zip(*(part.tolist() for part in block.play.flow), strict=True):
            programme.put(total if r == last else row + r, first + cell, sign)
        if len(lotteries) > 1:
            anchor = blocks[0].play.bags[-1]
            for cell in range(anchor.start, anchor.stop):
                programme.put(total, lotteries[0].start + cell, -1)
    return lotteries


def _unit(block: JointBlock, player: int) -> int:
    """Return the size of a player's payoffs: rows are stated in it."""
    sizes = [int(table[..., player].max()) for table in block.tables.values()]
    return power_of_two(Fraction(max(sizes, default=1)))


def _coarse_rows(
    programme: Programme, blocks: Sequence[JointBlock], lotteries: Sequence[slice], player: int
) -> None:
    """Opting out of some components together must not pay."""
    active = [
        (block, lottery)
        for block, lottery in zip(blocks, lotteries, strict=True)
        if block.sides[player].actions
    ]
    if not active:
        return
    unit = max(_unit(block, player) for block, _ in active)
    regret = programme.add_rows(1)
    for block, lottery in active:
        side = block.sides[player]
        most = sum(int(table[..., player].max()) for table in block.tables.values())
        messages = programme.add_columns(side.equations, Fraction(most, unit))
        rows = programme.add_rows(side.cells)
        worth = block.deviations(player)
        for c, j in zip(*(part.tolist() for part in np.nonzero(worth)), strict=True):
            programme.put(rows + c, lottery.start + j, Fraction(int(worth[c, j]), unit))
        for r, cell, sign in zip(*(part.tolist() for part in side.flow), strict=True):
            programme.put(rows + cell, messages + r, -sign)
        programme.put(regret, messages + side.equations - 1, 1)
        for j, value in enumerate(block.payoffs(player), start=lottery.start):
            programme.put(regret, j, Fraction(-int(value), unit))


def _swap_rows(programme: Programme, block: JointBlock, lottery: slice, player: int) -> None:
    """Doing b whenever a is recommended must not pay, for joint actions a and b."""
    unit, own = _unit(block, player), block.own(player)
    gains = block.deviations(player) - block.payoffs(player)
    for b in range(len(gains)):
        for a in range(len(gains)):
            if a != b:
                row = programme.add_rows(1)
                for j in np.flatnonzero(own == a).tolist():
                    programme.put(row, lottery.start + j, Fraction(int(gains[b, j]), unit))


def _single_swap_rows(programme: Programme, block: JointBlock, lottery: slice, player: int) -> None:
    """Doing b whenever a is recommended in one issue must not pay, the other issues obeyed."""
    unit = _unit(block, player)
    for issue in block.sides[player].actions:
        for gains in block.swaps(player, issue).values():
            row = programme.add_rows(1)
            for j in np.flatnonzero(gains).tolist():
                programme.put(row, lottery.start + j, Fraction(int(gains[j]), unit))
