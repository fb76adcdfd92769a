"""Where, on the line of exchange rates, the largest of many linear fractions is smallest.

A row is (n1, n2, d1, d2) and stands for n(t)/d(t) with n(t) = t·n1 + (1 - t)·n2, d likewise and
never negative: each is monotone in t, so the minimum over t of the largest lies at an end of the
interval or where two rows cross, a root of a quadratic equation.

The search climbs: at a level v a row keeps t on one side of a point; two rows whose points
are the wrong way round prove that the minimum is higher, and their own minimum is the next level.
Rows enter exactly when floating point (with a margin) cannot rule out that they matter, so the
answer is exact.  Where d(t) = 0, at an end, a row counts there as infinite if n > 0 and not at
all otherwise; the limit at an end counts too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.geometry.surd import ONE, ZERO, Real, Surd, roots

Row = tuple[Fraction, Fraction, Fraction, Fraction]
NEAR = 1e-9
"""Rows this close to the level, in floats of order 1, are compared exactly."""
AT_ONCE = 8
MAX_ROUNDS = 10_000


@dataclass(frozen=True, eq=False)
class Rows:
    """Many rows: floats of order 1 for a first look, and the exact data one by one.

    Attributes
    ----------
    near : ndarray of float, shape (rows, 4)
        Each row divided by its largest entry.
    exact : function of a position
    """

    near: NDArray[np.float64]
    exact: Callable[[int], Row]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Rows:
        """Hold a few exact rows; those with d = 0 throughout are left out."""
        kept = [row for row in dict.fromkeys(rows) if row[2] or row[3]]
        table = np.zeros((len(kept), 4))
        for j, row in enumerate(kept):
            size = max(abs(x) for x in row)
            table[j] = [float(x / size) for x in row]
        return cls(table, kept.__getitem__)


@dataclass(frozen=True)
class Domain:
    """Rates from ``low`` to ``high``; whether the ends 0 and 1 themselves may be taken."""

    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)
    with_zero: bool = True
    with_one: bool = True


def least_maximum(rows: Rows, domain: Domain) -> Real:
    """Find the infimum over t of the largest n(t)/d(t).

    Returns
    -------
    Surd, or minus infinity where no row counts at some t

    Examples
    --------
    >>> one, two = (6, -4, 6, 4), (-3, 5, 3, 5)
    >>> str(least_maximum(Rows.of([tuple(map(Fraction, row)) for row in (one, two)]), Domain()))
    '7/3 - 2*sqrt(10)/3'
    """
    if not len(rows.near):
        return -math.inf
    found: list[Real] = []
    if domain.with_zero and domain.low == 0 and bool(np.any(rows.near[:, 3] == 0)):
        found.append(_at_end(rows, 0))
    if domain.with_one and domain.high == 1 and bool(np.any(rows.near[:, 2] == 0)):
        found.append(_at_end(rows, 1))
    if domain.low < domain.high or 0 < domain.low < 1:
        found.append(_inside(rows, domain))
    elif domain.low == 0 and domain.with_zero:
        found.append(_at_end(rows, 0))
    elif domain.high == 1 and domain.with_one:
        found.append(_at_end(rows, 1))
    return min(found, default=math.inf)


def value(row: Row, t: Surd) -> Real:
    """One row at t, at 0 and 1 its limit from within."""
    n1, n2, d1, d2 = row
    below = _mix(d1, d2, t)
    if below.sign():
        return _mix(n1, n2, t) / below
    above = _mix(n1, n2, t).sign()
    if above:
        return above * math.inf
    return Surd.of(n1 / d1 if d1 else n2 / d2)


@dataclass(frozen=True)
class Span:
    """Rates between two ends, and the rows that set them; empty if low > high."""

    low: Surd
    high: Surd
    left: Row | None
    right: Row | None

    @property
    def empty(self) -> bool:
        """Whether there is no rate."""
        return self.low > self.high


def span(rows: Sequence[Row], level: Surd, low: Surd = ZERO, high: Surd = ONE) -> Span:
    """Rates between two ends at which no row exceeds a level (limits at 0 and 1 count).

    Where one row alone exceeds it throughout, that row stands on both sides.
    """
    left: Row | None = None
    right: Row | None = None
    for row in rows:
        n1, n2, d1, d2 = row
        one, two = Surd.of(n1) - level * Surd.of(d1), Surd.of(n2) - level * Surd.of(d2)
        first, second = one.sign(), two.sign()
        if first <= 0 and second <= 0:
            continue
        constant = (second > 0 and not (n1 or d1)) or (first > 0 and not (n2 or d2))
        if (first > 0 and second > 0) or constant:
            return Span(ONE, ZERO, row, row)
        end = two / (two - one)
        if second > 0 and end > low:
            low, left = end, row
        elif first > 0 and end < high:
            high, right = end, row
    return Span(low, high, left, right)


def _inside(rows: Rows, domain: Domain) -> Real:
    """Find the infimum over the domain's inside, limits at its ends included."""
    low, high = Surd.of(domain.low), Surd.of(domain.high)
    middle = (low + high) / Surd.of(2)
    first = _highest(rows, middle)
    held = [first]
    working = [rows.exact(first)]
    level = _pair(working[0], working[0], low, high)
    for _ in range(MAX_ROUNDS):
        if not isinstance(level, Surd):
            if level > 0:
                return level
            t = _minus_infinity(working[-1], low, high)
        else:
            found = span(working, level, low, high)
            one, two = found.left or found.right, found.right or found.left
            if found.empty and one is not None and two is not None:
                level = _pair(one, two, low, high)
                continue
            t = (found.low + found.high) / Surd.of(2)
        fresh = _violated(rows, t, level, held)
        if not fresh:
            return level
        held += fresh
        working += [rows.exact(j) for j in fresh]
        if not isinstance(level, Surd):
            level = max(_pair(row, row, low, high) for row in working)
    msg = f"the least maximum was not found within {MAX_ROUNDS} rounds"
    raise SolverError(msg)


def _minus_infinity(row: Row, low: Surd, high: Surd) -> Surd:
    """Return the end at which a row tends to minus infinity."""
    return low if value(row, low) == -math.inf else high


def _pair(one: Row, two: Row, low: Surd, high: Surd) -> Real:
    """Least maximum of two rows."""
    candidates = [low, high]
    (a1, a2, c1, c2), (b1, b2, d1, d2) = one, two
    if one != two:  # n d' - n' d as a polynomial in t
        a, b, c, d = a1 - a2, b1 - b2, c1 - c2, d1 - d2
        square = a * d - b * c
        once = a * d2 + a2 * d - b * c2 - b2 * c
        candidates += [t for t in roots(square, once, a2 * d2 - b2 * c2) if low < t < high]
    return min(max(value(one, t), value(two, t)) for t in candidates)


def _mix(first: Fraction, second: Fraction, t: Surd) -> Surd:
    return Surd.of(second + t.p * (first - second), t.q * (first - second), t.d)


def _floats(rows: Rows, t: Surd) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    weight = float(t)
    rest = float(ONE - t)
    table = rows.near
    return weight * table[:, 0] + rest * table[:, 1], weight * table[:, 2] + rest * table[:, 3]


def _highest(rows: Rows, t: Surd) -> int:
    """Position of a row that is (nearly) highest at t."""
    above, below = _floats(rows, t)
    with np.errstate(divide="ignore", invalid="ignore"):
        return int(np.argmax(np.nan_to_num(above / below, nan=-np.inf)))


def _violated(rows: Rows, t: Surd, level: Real, held: Sequence[int]) -> list[int]:
    """Rows above the level at t, the highest first, some at once."""
    above, below = _floats(rows, t)
    if isinstance(level, Surd):
        slack = above - float(level) * below
        close = np.flatnonzero(slack > -NEAR * max(1.0, abs(float(level))))
    else:
        close = np.arange(len(above))
    known = set(held)
    over = []
    for j in close.tolist():
        if j in known:
            continue
        here = value(rows.exact(j), t)
        if here > level:
            over.append((float(here), j))
    over.sort(reverse=True)
    return [j for _, j in over[:AT_ONCE]]


def _at_end(rows: Rows, end: int) -> Real:
    """Largest row at 0 or 1 itself: n/d where d > 0, infinite where d = 0 < n."""
    place = 0 if end else 1
    above, below = rows.near[:, place], rows.near[:, place + 2]
    if bool(np.any((below == 0) & (above > 0))):
        return math.inf
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(below > 0, above / below, -np.inf)
    if bool(np.all(below == 0)):
        return -math.inf
    top = float(ratio.max())
    close = np.flatnonzero(ratio >= top - NEAR * max(1.0, abs(top)))
    exact = (rows.exact(int(j)) for j in close)
    return max(Surd.of(row[place] / row[place + 2]) for row in exact if row[place + 2])
