"""From which discount factor given deals last, along the rows: full acts, and the settlement.

The Nash settlement of a package lies on an edge of its frontier: on two outcomes of one part, the
other parts being carried out in full.  At the rates 1 / gains no deal is worth more than 2; where
just these outcomes are worth that much, the deal is the only one, and so are its temptations.
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

    Rows with a settlement of which there are several, so that its temptations are not told by
    its gains, are left open.
    """
    agreed, one_sided, doubt = _who_agrees(terms)
    found, unique = _of_product(terms)
    doubt = np.where(agreed & ~unique, BEYOND, doubt)
    for i in (0, 1):
        if one_sided[i].any():
            mine, unsure = _of_one(terms, i)
            found = np.where(one_sided[i], mine, found)
            doubt = np.where(one_sided[i], np.maximum(doubt, unsure), doubt)
    for one in terms:
        doubt = np.maximum(doubt, np.maximum(one.doubt, one.moved))
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


def _of_product(terms: Sequence[Terms]) -> tuple[Floats, Any]:
    """Return the critical factor of the deal with the largest product, and whether it is sole."""
    tables = [_table(one.gains) for one in terms]
    worths = [_table(one.tempted) for one in terms]
    rows = len(tables[0])
    best = np.full(rows, -np.inf)
    point, tempted = np.ones((rows, 2)), np.zeros((rows, 2))
    for worth, more, (x, y, s) in _edges(tables, worths):
        product = np.where((x > 0) & (y > 0), x * y, -np.inf)
        better = product > best
        best = np.where(better, product, best)
        point = np.where(better[:, None], np.stack([x, y], 1), point)
        tempted = np.where(better[:, None], worth + s[:, None] * more, tempted)
    with np.errstate(all="ignore"):
        rates = 1 / point
        total = np.zeros(rows)
        spare = np.zeros(rows, dtype=np.intp)
        distinct = np.ones(rows, dtype=bool)
        for table in tables:
            parts = table * rates[:, None, :]
            value = parts[:, :, 0] + parts[:, :, 1]
            top = value.max(axis=1)
            total = total + top
            size = np.abs(parts).max(axis=(1, 2))
            near = value >= (top - CLEAR * (2 + size))[:, None]
            spare += near.sum(axis=1) - 1
            first = parts[:, :, 0]
            wide = np.where(near, first, -np.inf).max(axis=1) - np.where(near, first, np.inf).min(
                axis=1
            )
            distinct &= (near.sum(axis=1) == 1) | (wide > 100 * CLEAR * (2 + size))
        sole = np.isfinite(best) & (np.abs(total - 2) <= TIGHT) & (spare <= 1) & distinct
        ratio = np.where(tempted > 0, tempted / (tempted + point), 0.0)
    return np.asarray(ratio.max(axis=1)), sole


def _edges(tables: Sequence[Floats], worths: Sequence[Floats]) -> Any:
    """Yield, for every edge that may carry the settlement, the best deal on it.

    As temptations at its start, what they change along it, and (gains, gains, share).
    """
    count = [table.shape[1] for table in tables]
    pairs = [(b, i, j) for b, n in enumerate(count) for i, j in itertools.combinations(range(n), 2)]
    with np.errstate(all="ignore"):
        for b, i, j in pairs:
            step = tables[b][:, j] - tables[b][:, i]
            falling = step[:, 0] * step[:, 1] < 0
            rates = np.where(falling[:, None], np.abs(step[:, ::-1]), 1.0)
            start, worth = tables[b][:, i].copy(), worths[b][:, i].copy()
            for k, table in enumerate(tables):
                if k != b:
                    top = _choose(table, rates)
                    start = start + _pick(table, top)
                    worth = worth + _pick(worths[k], top)
            x, y = start[:, 0], start[:, 1]
            dx, dy = step[:, 0], step[:, 1]
            share = np.clip(-(dx * y + dy * x) / (2 * dx * dy), 0.0, 1.0)
            share = np.where(falling, share, (dx + dy > 0) * 1.0)
            yield worth, worths[b][:, j] - worths[b][:, i], (x + share * dx, y + share * dy, share)


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
