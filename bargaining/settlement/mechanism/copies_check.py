"""What a rule for several copies is worth, and what proves it: straight from the definitions.

Nothing here knows how a rule was found.  A player's expected gain at a copy of true type t that he
reports as s within histogram r is an average over the others' cells; joint lies are compared by
optimal transport; prices of the conditions turn gains into virtual gains, whose largest sum, cell
by cell, no rule can exceed (Myerson 1981).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.results import Number
from bargaining.settlement.mechanism.cells import Cells
from bargaining.settlement.mechanism.copies_program import Lie
from bargaining.settlement.mechanism.matching import best_exact, best_float, worth

PAYMENTS = 10
"""Payments are sought up to so many times the sum of the players' ranges of gains."""

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class CopiesPrices:
    """Prices of the conditions on a rule, all at least 0 except the budget's.

    Attributes
    ----------
    lies : tuple of Lie
    lie : sequence of number, one per lie
    rationality : tuple of ndarray
        Per player one price per histogram.
    weights : ndarray, shape (players,)
        Weights of the players' expected gains; with max-min they add up to 1.
    budget : number
    """

    lies: tuple[Lie, ...]
    lie: Sequence[Number]
    rationality: tuple[Array, ...]
    weights: Array
    budget: Number


def cap(cells: Cells) -> Fraction:
    """Return the largest payment per copy that is sought."""
    total = sum((high - low for low, high in cells.setting.reach), start=Fraction(0))
    return PAYMENTS * (total or Fraction(1))


def interim(cells: Cells, player: int, shares: Array) -> Array:
    """Return a player's expected gains at a copy, shape (cells, types): reported, then true."""
    exact = shares.dtype == object
    table = cells.gains(player) if exact else cells.gains(player).astype(np.float64)
    rest = tuple(n for p, n in enumerate(cells.shape) if p != player)
    wide = np.moveaxis(cells.seen(player, table), player, 0)
    wide = np.broadcast_to(wide, (len(wide), *rest, wide.shape[-1]))
    chance = cells.others(player, exact=exact).reshape(*rest, 1)
    own = np.moveaxis(shares, player, 0).reshape(cells.shape[player], -1)
    result = own @ (wide * chance).reshape(len(wide), -1).T
    return np.broadcast_to(result, (len(own), cells.setting.shape[player]))


def honest(cells: Cells, player: int, seen: Array, received: Array) -> Array:
    """Return a player's expected gain per copy, by histogram, if he tells the truth."""
    side = cells.sides[player]
    found = received.copy()
    for (h, t), row in zip(side.cells.tolist(), seen, strict=True):
        found[h] = found[h] + row[t] * Fraction(int(side.counts[h, t]), side.copies)
    return found


def best_lies(
    cells: Cells, player: int, seen: Array, received: Array
) -> Iterator[tuple[Lie, Number]]:
    """Yield the best joint lie for each pair of histograms, and what it brings per copy."""
    side = cells.sides[player]
    exact = seen.dtype == object
    if side.types == 1:
        return
    truth = honest(cells, player, seen, received)
    for r, told in enumerate(side.histograms):
        place = side.place[r]
        values = np.where((place >= 0)[:, None], seen[place], 0 * seen[place]).T
        for h, true in enumerate(side.histograms):
            find = best_exact if exact else best_float
            matching = find(values, true, told)
            brings = worth(values, matching) / side.copies + received[r] - truth[h]
            yield Lie(player, h, r, matching), brings


def bound(
    cells: Cells, prices: CopiesPrices, *, transfers: bool, efficiency: Fraction, least: bool
) -> Number:
    """Return the largest objective that prices allow."""
    exact = all(isinstance(v, (Fraction, int)) for v in prices.weights)
    number = Fraction if exact else float
    virtual: list[Array] = []
    money: Number = number(0)
    limit = number(cap(cells))
    for i, side in enumerate(cells.sides):
        weight, rational = prices.weights[i], prices.rationality[i]
        table = np.full((len(side.cells), side.types), number(0), dtype=object if exact else float)
        paid = [weight * number(p) + y for p, y in zip(side.chance, rational, strict=True)]
        counted = list(rational)
        for lie, y in zip(prices.lies, prices.lie, strict=True):
            if lie.player == i and y:
                counted[lie.true] = counted[lie.true] + y
                paid[lie.true] = paid[lie.true] + y
                paid[lie.told] = paid[lie.told] - y
                for t, s in np.argwhere(lie.matching).tolist():
                    cell = side.place[lie.told, s]
                    table[cell, t] -= y * int(lie.matching[t, s]) / side.copies
        for cell, ((h, t), chance) in enumerate(zip(side.cells.tolist(), side.weight, strict=True)):
            table[cell, t] += weight * number(chance)
            table[cell, t] += counted[h] * int(side.counts[h, t]) / side.copies
        virtual.append(table)
        if transfers and i in cells.setting.stake:
            for y, p in zip(paid, side.chance, strict=True):
                left = y - prices.budget * number(p)
                if efficiency == 1:
                    money = money + limit * abs(left)
                else:
                    lost = prices.budget * number(efficiency * p) - y
                    money = money + limit * (max(left, 0) + max(lost, 0))
    if least and cells.setting.stake:
        money = money + limit * abs(1 - sum(prices.weights))
    total = np.zeros((*cells.shape, len(cells.options)), dtype=object if exact else float)
    for i, table in enumerate(virtual):
        total = total + _worth(cells, i, table, exact=exact)
    best = [total[..., block].max(axis=-1).sum() for block in cells.blocks]
    return sum(best, start=money)


def _worth(cells: Cells, player: int, virtual: Array, *, exact: bool) -> Array:
    """Return what each option of each cell adds to a player's virtual gains."""
    gains = cells.gains(player) if exact else cells.gains(player).astype(np.float64)
    wide = np.moveaxis(cells.seen(player, gains), player, 0)
    if len(wide) == 1:
        virtual = virtual.sum(axis=1, keepdims=True)
    chance = np.moveaxis(cells.others(player, exact=exact)[..., None], player, 0)
    rest = tuple(n for p, n in enumerate(cells.shape) if p != player)
    wide = np.broadcast_to(wide * chance, (len(wide), *rest, wide.shape[-1]))
    result = virtual @ wide.reshape(len(wide), -1)
    return np.moveaxis(result.reshape(len(virtual), *rest, wide.shape[-1]), 0, player)


def largest_total(cells: Cells, weights: Sequence[Number]) -> Fraction:
    """Return the largest weighted sum of gains per copy when types are public."""
    total: Fraction = Fraction(0)
    setting = cells.setting
    for profile in setting.each_profile():
        rows = [
            weight
            * table[tuple(t if n > 1 else 0 for t, n in zip(profile, table.shape, strict=False))]
            for weight, table in zip(
                weights, (cells.gains(i) for i in range(len(profile))), strict=True
            )
        ]
        worths = np.sum(rows, axis=0)
        total += setting.probability(profile) * sum(
            (max(worths[block]) for block in cells.blocks), start=Fraction(0)
        )
    return total
