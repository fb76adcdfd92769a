"""Where to start the exact test of who can gain: rates and outcomes found in floating point.

The exchange rates at which a package is worth least are found by cutting planes (Kelley 1960).
A deal that helps everyone, or rates that block everything, met on the way end the search at once;
otherwise the outcomes that are tight at the best rates are what the exact test starts from.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from bargaining.geometry.exchange_rates import dot
from bargaining.geometry.package_rows import PackageRows, Row, Vector

FEW = 150
"""Up to this many outcomes the exact test takes them all."""
MAX_CUTS = 80
PATIENCE = 10
"""Turns after which all outcomes become cutting planes at once, if they are not too many."""
MAX_CELLS = 200_000
TIGHT = 1e-9
"""Worth, relative to the largest gain, at which floating point sees no difference."""
CLOSE = 200
"""At most this many nearly tight outcomes start the exact test."""
SMALLEST = 2.0**-20
"""Rates below this share are taken for zero, or left to the exact test."""


def first_rows(offers: PackageRows, *, reserved: bool) -> tuple[list[Row], Vector | None]:
    """Outcomes to start the exact test from, or rates that prove that nobody can gain.

    Parameters
    ----------
    offers : PackageRows
    reserved : bool
        Whether there is no status quo to fall back on: only whole deals are outcomes then.

    Returns
    -------
    rows : list of Row
    blocking : tuple of Fraction or None
        Positive rates at which, exactly, no deal is worth more than nothing.
    """
    count = len(offers.players)
    rates = np.full(count, 1.0 / count)
    deals: list[Row] = []
    cuts: list[NDArray[np.float64]] = []
    seen = set()
    complete = False
    for turn in range(MAX_CUTS):
        simple = _simple(rates)
        deal = offers.vertex(simple)
        if min(deal.gains) > 0:
            return [deal], None
        if min(simple) > 0 and dot(simple, deal.gains) <= 0:
            return [], simple
        if deal.gains in seen or complete:
            break
        seen.add(deal.gains)
        deals.append(deal)
        gains = np.array([float(g) for g in deal.gains])
        cuts.append(gains / max(float(np.abs(gains).max()), 1e-300))
        if not reserved and turn == PATIENCE and offers.values.size <= MAX_CELLS:
            cuts += list(_even(offers))
            complete = not offers.components
        elif not reserved:
            cuts += _steepest(offers, rates)
        found = _least(cuts)
        if found is None:
            break
        rates = found
    rows = deals
    if not reserved:
        rows = [*rows, *(offers.row(int(place)) for place in _tight(offers, rates))]
    return rows, None


def _even(offers: PackageRows) -> NDArray[np.float64]:
    """Return all outcomes, in units of the largest gain or loss in each."""
    size = np.abs(offers.values).max(axis=1, initial=0.0)
    return np.asarray(offers.values / np.where(size > 0, size, 1.0)[:, None])


def _steepest(offers: PackageRows, rates: NDArray[np.float64]) -> Sequence[NDArray[np.float64]]:
    """Outcomes worth most for their size, as further cutting planes."""
    even = _even(offers)
    return list(even[np.argsort(-(even @ rates), kind="stable")[: 2 * len(rates)]])


def _least(cuts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64] | None:
    """Return rates that make the most valuable of the known outcomes worth least."""
    from scipy.optimize import linprog

    table = np.array(cuts)
    count = table.shape[1]
    found = linprog(
        [0.0] * count + [1.0],
        A_ub=np.hstack([table, -np.ones((len(table), 1))]),
        b_ub=np.zeros(len(table)),
        A_eq=[[1.0] * count + [0.0]],
        b_eq=[1.0],
        bounds=[(0, None)] * count + [(None, None)],
        method="highs",
    )
    return np.asarray(found.x[:count]) if found.status == 0 else None


def _tight(offers: PackageRows, rates: NDArray[np.float64]) -> NDArray[np.intp]:
    """Places of the outcomes worth most for their size, or nearly, at the rates."""
    worth = _even(offers) @ rates
    order = np.argsort(-worth, kind="stable")[:CLOSE]
    some = np.abs(offers.values[order]).max(axis=1, initial=0.0) > 0
    least = min(float(worth.max(initial=0.0)), 0.0) - TIGHT
    return np.asarray(order[(worth[order] >= least) & some])


def _simple(rates: NDArray[np.float64]) -> Vector:
    """Exchange rates as short fractions."""
    rounded = [Fraction(round(float(r) / SMALLEST)) for r in np.maximum(rates, 0.0)]
    total = sum(rounded, Fraction(0))
    return tuple(r / total for r in rounded)
