"""The lowest discount factor at which some deal of a package lasts, along the rows.

An outcome c with gains G and temptations T is worth u(c, d) = d (G + T) - T to the two conditions
of a package.  Scaled down, any outcomes can be combined, so that a deal lasts if some combination
of the u(c, d) has no negative part.  In the plane two outcomes do what any number can: one from
which player 1 keeps something, one from which player 2 does, together from the root on of

    q(d) = u_1(a, d) u_2(b, d) - u_2(a, d) u_1(b, d).

Signs decide which pairs count; then exchange rates refute a factor just below the lowest, and
some pair holds just above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.sweeps.batch.bounded import UNKNOWN, Bounded
from bargaining.sweeps.batch.temptations import HIDDEN, SURE, Columns, Doubt

NEAR = 1e-10
"""How far from the lowest factor its two proofs are."""
ROUNDING = 1e-14
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Factors:
    """Lowest factors of a package, infinite where no factor below 1 works.

    Attributes
    ----------
    both : ndarray of float64, shape (rows,)
        At which both players can gain.
    alone : tuple of two ndarrays
        At which each of them can, the other keeping his word at least.
    doubt : ndarray of int8
    """

    both: Floats
    alone: tuple[Floats, Floats]
    doubt: Doubt


def lowest_factors(columns: Columns) -> Factors:
    """Return the lowest factors of a package.

    Examples
    --------
    Guns for fentanyl: the square root of 2/5.

    >>> from bargaining.sweeps.batch.bounded import known
    >>> gains = ((known([-4.0]), known([5.0])), (known([6.0]), known([-3.0])))
    >>> tempted = ((known([4.0]), known([0.0])), (known([0.0]), known([3.0])))
    >>> found = lowest_factors(Columns(gains, tempted, np.zeros(1, dtype=np.int8)))
    >>> found.both.round(9).tolist(), found.alone[0].round(9).tolist()
    ([0.632455532], [0.632455532])
    """
    gains, tempted = columns.gains, columns.tempted
    count = len(gains[0])
    doubt = columns.doubt.copy()
    both = np.full(len(doubt), np.inf)
    alone = [both.copy(), both.copy()]
    if not count:
        return Factors(both, (alone[0], alone[1]), doubt)
    signs = [[g.sign() for g in mine] for mine in gains]
    totals = [[g + t for g, t in zip(gains[i], tempted[i], strict=True)] for i in (0, 1)]
    own: list[list[Floats]] = [[], []]
    for i in (0, 1):
        for c in range(count):
            ratio, unsure = _ratio(tempted[i][c], totals[i][c], signs[i][c])
            own[i].append(ratio)
            doubt = np.maximum(doubt, unsure)
    for c in range(count):
        both = np.minimum(both, np.maximum(own[0][c], own[1][c]))
        for i in (0, 1):
            still = signs[1 - i][c] == 0
            if np.any(still & (signs[i][c] == 1)):
                held = tempted[1 - i][c].sign()
                doubt = np.where(still & (held == UNKNOWN), np.maximum(doubt, HIDDEN), doubt)
                weak = np.where(still & (held == 0), own[i][c], np.inf)
                alone[i] = np.minimum(alone[i], weak)
    for a in range(count):
        for b in range(count):
            able = (signs[0][a] == 1) & (signs[1][b] == 1)
            if a == b or not able.any():
                continue
            apart = (signs[1][a] != 1) & (signs[0][b] != 1)
            cross = np.ones(len(doubt), dtype=np.int8)
            if np.any(able & apart):
                cross = (gains[0][a] * gains[1][b] - gains[1][a] * gains[0][b]).sign()
                hidden = able & apart & (cross == UNKNOWN)
                doubt = np.where(hidden, np.maximum(doubt, HIDDEN), doubt)
            works = able & (~apart | (cross == 1))
            start = np.maximum(own[0][a], own[1][b])
            end = np.minimum(np.minimum(own[1][a], own[0][b]), 1.0)
            root = _root(
                (totals[0][a], totals[1][a]), (tempted[0][a], tempted[1][a]),
                (totals[0][b], totals[1][b]), (tempted[0][b], tempted[1][b]),
            )  # fmt: skip
            with np.errstate(invalid="ignore"):
                found = np.maximum(start, np.minimum(root, end))
            found = np.where(works, found, np.inf)
            doubt = np.where(works & np.isnan(root), np.maximum(doubt, HIDDEN), doubt)
            both = np.fmin(both, found)
    proved = _proved(columns, totals, both)
    doubt = np.where(proved, doubt, np.maximum(doubt, HIDDEN)).astype(np.int8)
    alone = [np.minimum(one, both) for one in alone]
    return Factors(both, (alone[0], alone[1]), doubt)


def agenda_factor(packages: Sequence[Factors]) -> tuple[Floats, Doubt]:
    """Return an agenda's lowest factor: everybody needs a package in which he can gain."""
    doubt = packages[0].doubt
    for one in packages:
        doubt = np.maximum(doubt, one.doubt)
    if len(packages) == 1:
        return packages[0].both, doubt
    first, second = (np.min([p.alone[i] for p in packages], axis=0) for i in (0, 1))
    return np.maximum(first, second), doubt


def _ratio(tempted: Bounded, total: Bounded, sign: NDArray[np.int8]) -> tuple[Floats, Doubt]:
    """Return T / (G + T) where the gain is positive, infinite elsewhere."""
    doubt = np.where(sign == UNKNOWN, HIDDEN, SURE)
    gaining = sign == 1
    found = np.full(len(sign), np.inf)
    if gaining.any():
        share = Bounded(tempted.value[gaining], tempted.error[gaining]) / Bounded(
            total.value[gaining], total.error[gaining]
        )
        found[gaining] = share.floats()
        rough = ~(share.error <= NEAR / 10)
        doubt[gaining] = np.where(rough, HIDDEN, doubt[gaining])
    return found, doubt.astype(np.int8)


Pair = tuple[Bounded, Bounded]


def _root(total_a: Pair, tempted_a: Pair, total_b: Pair, tempted_b: Pair) -> Floats:
    """Return where q turns positive."""
    (p, r), (s, t) = ([one.value for one in pair] for pair in (total_a, tempted_a))
    (v, w), (x, y) = ([one.value for one in pair] for pair in (total_b, tempted_b))
    with np.errstate(all="ignore"):
        square = p * w - r * v
        linear = r * x + t * v - p * y - s * w
        constant = s * y - t * x
        under = (linear * linear - 4 * square * constant).astype(np.float64)
        square, linear, constant = (
            np.asarray(z, dtype=np.float64) for z in (square, linear, constant)
        )
        root = np.sqrt(np.maximum(under, 0.0))
        return np.asarray(
            np.where(linear > 0, -2 * constant / (linear + root), (root - linear) / (2 * square))
        )


def _proved(columns: Columns, totals: Sequence[Sequence[Bounded]], both: Floats) -> Any:
    """Whether some deal lasts just above the factors, and none just below."""
    finite = np.isfinite(both)
    below, above = both - NEAR, both + NEAR
    held = ~_refuted(columns, totals, np.where(finite, above, 0.5)) & (above < 1)
    nothing_below = (below <= 0) | _refuted(columns, totals, np.where(finite, below, 0.5))
    return ~finite | (held & nothing_below)


def _refuted(columns: Columns, totals: Sequence[Sequence[Bounded]], factor: Floats) -> Any:
    """Whether there are exchange rates at which no outcome is worth anything to the conditions."""
    d: Any = factor
    if totals[0][0].exact:
        d = np.array([Fraction(x) for x in factor.tolist()], dtype=object)
    low = np.full(len(factor), -np.inf)
    high = np.full(len(factor), np.inf)
    with np.errstate(all="ignore"):
        for c in range(len(totals[0])):
            first, second = (
                (d * totals[i][c].value - columns.tempted[i][c].value).astype(np.float64)
                for i in (0, 1)
            )
            needed = np.where(second < 0, first / -second, np.inf)
            low = np.where(first > 0, np.maximum(low, needed), low)
            allowed = np.where(first < 0, -first / second, 0.0)
            high = np.where(second > 0, np.minimum(high, allowed), high)
        return low <= high * (1 + ROUNDING)
