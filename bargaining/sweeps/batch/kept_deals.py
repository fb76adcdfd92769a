"""From which discount factor given deals last, along the rows: full acts, and the settlement.

The Nash settlement of a package lies on an edge of its frontier: on two outcomes of one part, the
other parts being carried out in full.  At the rates 1 / gains no deal is worth more than 2; the
outcomes worth that much make up the deal.  There may be several such deals; the temptations are
known where they change alike with a player's gain along all of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.sweeps.batch.bounded import UNKNOWN, Bounded
from bargaining.sweeps.batch.temptations import BEYOND, HIDDEN, Doubt, Terms

Floats = NDArray[np.float64]
CLEAR = 1e-7
"""Outcomes worth less than the best by this share of the deal have no part in it."""
TIGHT = 1e-11
Factor = tuple[Floats, Doubt]
"""Critical factors, infinite where there is none, and doubt."""


def kept_in_full(terms: Sequence[Terms], cells: Sequence[int]) -> tuple[Floats, Doubt, Any]:
    """Return the critical factor of a pure deal of a package, and whether somebody loses by it.

    Parameters
    ----------
    cells : sequence of int
        Outcome per part.
    """
    found = np.zeros(len(terms[0].doubt))
    doubt = np.max([one.moved for one in terms], axis=0)
    losing = np.zeros(len(found), dtype=bool)
    for i in range(len(terms[0].gains)):
        gain, tempted = (
            _sum([getattr(one, kind)[i][c] for one, c in zip(terms, cells, strict=True)])
            for kind in ("gains", "tempted")
        )
        gaining, held = gain.sign(), tempted.sign()
        unsure = (gaining == UNKNOWN) | (held == UNKNOWN)
        losing |= gaining == -1
        ratio = _ratio(tempted, gain, gaining)
        unsure |= (held == 1) & (gaining == 1) & ~(ratio.error <= TIGHT)
        own = np.where(held == 0, 0.0, np.where(gaining == 1, ratio.floats(), np.inf))
        found = np.maximum(found, own)
        doubt = np.where(unsure, np.maximum(doubt, HIDDEN), doubt)
    return found, doubt.astype(np.int8), losing


def kept_settlement(terms: Sequence[Terms]) -> tuple[Floats, Doubt, Any]:
    """Return the critical factor of a package's Nash settlement, and whether there is one.

    Rows with several settlements that do not tempt alike are left open.
    """
    agreed, one_sided, doubt = _who_agrees(terms)
    found, known, mixed = _of_product(terms)
    doubt = np.where(agreed & ~known, BEYOND, doubt)
    for i in (0, 1):
        if one_sided[i].any():
            mine, unsure = _of_one(terms, i)
            found = np.where(one_sided[i], mine, found)
            doubt = np.where(one_sided[i], np.maximum(doubt, unsure), doubt)
    for one, mixes in zip(terms, mixed, strict=True):
        unsure = np.where(agreed & mixes, np.maximum(one.doubt, one.moved), one.moved)
        doubt = np.maximum(doubt, unsure)
    some = agreed | one_sided[0] | one_sided[1]
    return np.where(some, found, 0.0), doubt.astype(np.int8), some


def _who_agrees(terms: Sequence[Terms]) -> tuple[Any, tuple[Any, Any], Doubt]:
    """Return whether both can gain, whether only one can, and doubt."""
    columns = [
        (one.gains[0][c], one.gains[1][c])
        for one in terms
        for c in range(len(one.gains[0]))
        if c != one.origin
    ]
    rows = len(terms[0].doubt)
    signs = [(x.sign(), y.sign()) for x, y in columns]
    hidden = np.zeros(rows, dtype=bool)
    both = np.zeros(rows, dtype=bool)
    alone = [np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)]
    for first, second in signs:
        hidden |= (first == UNKNOWN) | (second == UNKNOWN)
        both |= (first == 1) & (second == 1)
        alone[0] |= (first == 1) & (second == 0)
        alone[1] |= (first == 0) & (second == 1)
    for a, b in itertools.permutations(range(len(columns)), 2):
        able = (signs[a][0] == 1) & (signs[b][1] == 1)
        if not able.any():
            continue
        cross = (columns[a][0] * columns[b][1] - columns[a][1] * columns[b][0]).sign()
        hidden |= able & (cross == UNKNOWN)
        both |= able & (cross == 1)
    doubt = np.where(hidden, HIDDEN, 0).astype(np.int8)
    return both, (alone[0] & ~both, alone[1] & ~both), doubt


def _of_product(terms: Sequence[Terms]) -> tuple[Floats, Any, list[Any]]:
    """Return the critical factor of the deal with the largest product, and whether it is known.

    And which parts hold a mixture.
    """
    tables = [_table(one.gains) for one in terms]
    worths = [_table(one.tempted) for one in terms]
    rows = len(tables[0])
    best = np.full(rows, -np.inf)
    point = np.ones((rows, 2))
    for x, y in _edges(tables):
        product = np.where((x > 0) & (y > 0), x * y, -np.inf)
        better = product > best
        best = np.where(better, product, best)
        point = np.where(better[:, None], np.stack([x, y], 1), point)
    with np.errstate(all="ignore"):
        total, tempted, known, mixed = _along_face(tables, worths, point)
        known &= np.isfinite(best) & (np.abs(total - 2) <= TIGHT)
        ratio = np.where(tempted > 0, tempted / (tempted + point), 0.0)
    return np.asarray(ratio.max(axis=1)), known, mixed


def _along_face(
    tables: Sequence[Floats], worths: Sequence[Floats], point: Floats
) -> tuple[Floats, Floats, Any, list[Any]]:
    """Return what the best deals are worth at the rates 1 / gains, and their temptations.

    And whether these are known, and which parts may hold a mixture.

    Only outcomes near the best have a part in them.  Along these the temptations change with
    player 1's gain alike, or they are not known.
    """
    rows = len(point)
    rates = 1 / point
    total, first = np.zeros(rows), point[:, 0].copy()
    tempted, widest, slope = np.zeros((rows, 2)), np.zeros(rows), np.zeros((rows, 2))
    steps, mixed = [], []
    for table, worth in zip(tables, worths, strict=True):
        parts = table * rates[:, None, :]
        value = parts[:, :, 0] + parts[:, :, 1]
        top = value.argmax(axis=1)
        most, size = _pick(value, top), np.abs(parts).max(axis=(1, 2))
        total = total + most
        near = value >= (most - CLEAR * (2 + size))[:, None]
        mixed.append(near.sum(axis=1) > 1)
        first = first - _pick(table, top)[:, 0]
        tempted = tempted + _pick(worth, top)
        for c in range(table.shape[1]):
            along = np.where(near[:, c], table[:, c, 0] - _pick(table, top)[:, 0], 0.0)
            change = np.where(near[:, c, None], worth[:, c] - _pick(worth, top), 0.0)
            wide = np.abs(along) * rates[:, 0]
            better = wide > np.maximum(widest, CLEAR * (2 + size))
            widest = np.where(better, wide, widest)
            slope = np.where(better[:, None], change / along[:, None], slope)
            steps.append((along, change))
    tempted = np.maximum(tempted + slope * first[:, None], 0.0)
    known = np.ones(rows, dtype=bool)
    for along, change in steps:
        off = np.abs(change - slope * along[:, None])
        known &= (off <= TIGHT * (tempted + point)).all(axis=1)
    return total, tempted, known, mixed


def _edges(tables: Sequence[Floats]) -> Any:
    """Yield gains of the best deal on every edge that may carry the settlement."""
    with np.errstate(all="ignore"):
        for b, mine in enumerate(tables):
            for i, j in itertools.combinations(range(mine.shape[1]), 2):
                step = mine[:, j] - mine[:, i]
                falling = step[:, 0] * step[:, 1] < 0
                rates = np.where(falling[:, None], np.abs(step[:, ::-1]), 1.0)
                start = mine[:, i].copy()
                for k, table in enumerate(tables):
                    if k != b:
                        start = start + _pick(table, _choose(table, rates))
                x, y = start[:, 0], start[:, 1]
                dx, dy = step[:, 0], step[:, 1]
                share = np.clip(-(dx * y + dy * x) / (2 * dx * dy), 0.0, 1.0)
                share = np.where(falling, share, (dx + dy > 0) * 1.0)
                yield x + share * dx, y + share * dy


def _choose(table: Floats, rates: Floats) -> NDArray[np.intp]:
    value = table[:, :, 0] * rates[:, None, 0] + table[:, :, 1] * rates[:, None, 1]
    return np.asarray(value.argmax(axis=1))


def _pick(table: NDArray[Any], chosen: NDArray[np.intp]) -> NDArray[Any]:
    return np.asarray(table[np.arange(len(table)), chosen])


def _of_one(terms: Sequence[Terms], player: int) -> tuple[Floats, Doubt]:
    """Return the critical factor of the deal best for one player, nothing taken from the other.

    The other gains nothing, so that the deal only lasts if nothing tempts him.
    """
    rows = len(terms[0].doubt)
    gained, tempted = np.zeros(rows), np.zeros(rows)
    doubt = np.zeros(rows, dtype=np.int8)
    breaks = np.zeros(rows, dtype=bool)
    for one in terms:
        mine, worth = _table(one.gains)[:, :, player], _table(one.tempted)[:, :, player]
        free = np.stack([g.sign() == 0 for g in one.gains[1 - player]], axis=1)
        other = np.stack([t.sign() for t in one.tempted[1 - player]], axis=1)
        value = np.where(free, mine, -np.inf)
        top = value.argmax(axis=1)
        close = _pick(value, top) - CLEAR * np.abs(mine).max(axis=1)
        doubt = np.where((value >= close[:, None]).sum(axis=1) > 1, BEYOND, doubt)
        gained, tempted = gained + _pick(value, top), tempted + _pick(worth, top)
        held = _pick(other, top)
        breaks |= held == 1
        doubt = np.where(held == UNKNOWN, np.maximum(doubt, HIDDEN), doubt)
    with np.errstate(all="ignore"):
        own = np.where(tempted > 0, tempted / (tempted + gained), 0.0)
    return np.where(breaks, np.inf, own), doubt.astype(np.int8)


def _table(numbers: Sequence[Sequence[Bounded]]) -> Floats:
    """Return floats of shape (rows, cells, 2)."""
    return np.stack([np.stack([n.floats() for n in mine], axis=1) for mine in numbers], axis=2)


def _sum(numbers: Sequence[Bounded]) -> Bounded:
    total = numbers[0]
    for number in numbers[1:]:
        total = total + number
    return total


def _ratio(tempted: Bounded, gain: Bounded, gaining: NDArray[np.int8]) -> Bounded:
    """Return T / (T + G), where something is gained."""
    rows = len(gaining)
    value, error = np.ones(rows), np.zeros(rows)
    some = gaining == 1
    if some.any():
        mine = Bounded(tempted.value[some], tempted.error[some])
        share = mine / (mine + Bounded(gain.value[some], gain.error[some]))
        value[some], error[some] = share.floats(), share.error
    return Bounded(value, error)
