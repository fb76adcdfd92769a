"""Enforcement: nobody gains by breaking a package of the deal, given how patient he is.

For each package and each player with a stake, with discount factor δ, temptation T, gain G net
of premiums and reversion gain R: (1 - δ) T <= δ (G - R).  The temptation is a sum of swaps, each
the most that changing one act would bring.  Where one change is the best whatever the shares, and
never hurts, as for an act that only he carries out, that is a linear function of the shares.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from bargaining.errors import InputError, NotSupportedError
from bargaining.settlement.enforcement.reversion import ReversionMode, reversion
from bargaining.settlement.enforcement.temptation import SwapGroup, swap_groups
from bargaining.settlement.requirements.base import MAX_JOINT_CELLS, Composition, Concave, Form, Row


def contribute(composition: Composition, mode: ReversionMode) -> None:
    """Add one row per package and player with a stake."""
    game = composition.game
    missing = [game.players[i] for i in game.interested if game.players[i] not in game.discount]
    if missing:
        msg = (
            f"{game.name or 'the game'}: discount.{missing[0]}: the requirement enforcement needs "
            "a discount factor for every player with a stake; add it under [discount]"
        )
        raise InputError(msg)
    for place, package in enumerate(composition.packages):
        tempted = _temptations(composition, place)
        after = reversion(game, package, mode).gains
        composition.after.append(after)
        for i in game.interested:
            patience = game.discount[game.players[i]]
            net = Concave(-patience * after[i]).plus(composition.nets[place, i], patience)
            net = net.plus(tempted[i], 1 - patience)
            name = f"enforcement.{game.players[i]}"
            composition.rows.append(Row(name, i, place, net))


def _temptations(composition: Composition, place: int) -> dict[int, Concave]:
    """Return minus the temptation of each player with a stake in a package."""
    game = composition.game
    forms: dict[int, Form] = {i: {} for i in game.interested}
    swaps: dict[int, dict[int, Fraction]] = {i: {} for i in game.interested}
    for group in swap_groups(game, composition.packages[place]):
        i = group.player
        if i not in forms:
            continue
        best = _always_best(group)
        if best is None:
            swaps[i] |= composition.swap(_alternatives(composition, place, group)).swaps
            continue
        for column, change in _alternatives(composition, place, best)[0].items():
            forms[i][column] = forms[i].get(column, Fraction(0)) - change
    return {i: Concave(form=forms[i], swaps=swaps[i]) for i in game.interested}


def _always_best(group: SwapGroup) -> SwapGroup | None:
    """Return a group with its one change that no shares make worse than another, or than none."""
    most = np.maximum(group.changes.max(axis=0), 0)
    (best,) = np.nonzero((group.changes == most).all(axis=1))
    return replace(group, changes=group.changes[best[:1]]) if len(best) else None


def _alternatives(composition: Composition, place: int, group: SwapGroup) -> list[Form]:
    """Write a group's changes as linear functions of the shares."""
    game = composition.game
    unit = game.flat.denominators[group.player]
    if len(group.issues) == 1:
        columns, cells = composition.cells(place, group.issues[0])
    else:
        size = 1
        for k in group.issues:
            size *= len(game.flat.rows(k))
        if size > MAX_JOINT_CELLS:
            names = ", ".join(game.issue_names[k] for k in group.issues)
            msg = (
                f"{names}: enforcement of mixed deals needs a table of all {size:,} joint "
                f"outcomes of issues that spillovers tie (at most {MAX_JOINT_CELLS:,})"
            )
            raise NotSupportedError(msg)
        columns, cells = composition.joint_cells(place, group.issues)
    where: dict[int, list[int]] = {}
    for column, cell in zip(columns, cells, strict=True):
        where.setdefault(cell, []).append(column)
    return [
        {
            column: Fraction(change if isinstance(change, float) else int(change)) / unit
            for change, cell in zip(row, group.outcomes.tolist(), strict=True)
            if change
            for column in where.get(cell, ())
        }
        for row in group.changes.tolist()
    ]
