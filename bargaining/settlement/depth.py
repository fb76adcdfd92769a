"""The largest depth that pays at home: where what a deal brings meets its premium.

With a benefit of b per unit of depth and the premium C, the largest depth d solves b d = C(d).
For C(d) = κ(e^{βd} - 1) that is d = -κ/b - W(-(κβ/b) e^{-κβ/b})/β with the branch -1 of Lambert's
W, if b > κβ, and otherwise 0.  What floating point finds is proved by balls (Arb): a little less
still pays, a little more does not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from bargaining.errors import SolverError
from bargaining.model.ratification import Premium
from bargaining.results import Number

Bracket = tuple[Fraction, Fraction]
Piece = tuple[Fraction, Fraction]
"""How far a piece of the gain goes in depth, and what it brings per unit."""
WIDTH = Fraction(1, 10**12)
"""Brackets are this wide, as a share of the root."""
MAX_HALVINGS = 4_000


def largest_depth(premium: Premium, benefit: Fraction) -> Number | None:
    """Return the largest depth that pays at a benefit per unit of depth; None if any does.

    >>> round(largest_depth(Premium(Fraction(1), Fraction(1)), Fraction(2)), 10)
    1.2564312086
    >>> largest_depth(Premium(Fraction(1), Fraction(1)), Fraction(1))
    Fraction(0, 1)
    """
    steep = premium.scale * premium.rate
    if premium.form == "quadratic":
        return max(benefit / steep, Fraction(0))
    if premium.form == "linear":
        return None if benefit >= steep else Fraction(0)
    if benefit <= steep:
        return Fraction(0)
    # κ(e^y - 1) > κ (y + y²/2): beyond y = 2 (b/κβ - 1) nothing pays.
    beyond = 2 * (benefit / steep - 1) / premium.rate
    low, high = bracket(premium, Fraction(0), [(beyond, benefit)])
    return float((low + high) / 2)


def bracket(premium: Premium, start: Fraction, pieces: Sequence[Piece]) -> Bracket:
    """Bracket the largest depth at which a concave gain still pays for the premium.

    Parameters
    ----------
    premium : Premium
    start : Fraction
        Gain at depth 0; not negative.
    pieces : sequence of (length, slope)
        The gain's pieces, by falling slope.

    Returns
    -------
    (Fraction, Fraction)
        At the first the gain pays for the premium, just beyond the second it does not; the same
        number twice where it pays to the end of the last piece.
    """
    end = sum((length for length, _ in pieces), start=Fraction(0))
    if pays(premium, end, gain_at(start, pieces, end)):
        return end, end
    if not _climbs_at_once(premium, start, pieces):
        return Fraction(0), Fraction(0)
    if premium.form == "quadratic":
        exact = _quadratic(premium, start, pieces)
        if exact is not None:
            return exact, exact
    guess = _guess(premium, start, pieces, end)
    low, high = max(guess * (1 - WIDTH / 4), Fraction(0)), min(guess * (1 + WIDTH / 4), end)
    low_pays = pays(premium, low, gain_at(start, pieces, low))
    if guess and low_pays and not pays(premium, high, gain_at(start, pieces, high)):
        return low, high
    return _bisected(premium, start, pieces, end)


def _bisected(premium: Premium, start: Fraction, pieces: Sequence[Piece], end: Fraction) -> Bracket:
    """Bracket the root to a share of itself, deciding every comparison by balls."""
    low, high = end / 2, end
    for _ in range(MAX_HALVINGS):
        if pays(premium, low, gain_at(start, pieces, low)):
            break
        low, high = low / 2, low
    else:
        msg = "the largest depth could not be bracketed: rescale the premium"
        raise SolverError(msg)
    while high - low > WIDTH / 4 * low:
        middle = (low + high) / 2
        if pays(premium, middle, gain_at(start, pieces, middle)):
            low = middle
        else:
            high = middle
    return low, high


def _quadratic(premium: Premium, start: Fraction, pieces: Sequence[Piece]) -> Fraction | None:
    """Return the root where it is rational: constant + slope d = κβ d² on the last piece."""
    steep, reached, depth = premium.scale * premium.rate, start, Fraction(0)
    for length, slope in pieces:
        if not pays(premium, depth + length, reached + length * slope):
            root = rational_root(slope * slope + 4 * steep * (reached - slope * depth))
            return None if root is None else (slope + root) / (2 * steep)
        reached, depth = reached + length * slope, depth + length
    return None


def rational_root(value: Fraction) -> Fraction | None:
    """Return the square root of a fraction where that is one.

    >>> rational_root(Fraction(9, 4)), rational_root(Fraction(2))
    (Fraction(3, 2), None)
    """
    if value < 0:
        return None
    found = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
    return found if found * found == value else None


def gain_at(start: Fraction, pieces: Sequence[Piece], depth: Fraction) -> Fraction:
    """Return the gain at a depth."""
    total, left = start, depth
    for length, slope in pieces:
        part = min(length, left)
        total += part * slope
        left -= part
    return total


def pays(premium: Premium, depth: Fraction, gain: Fraction) -> bool:
    """Whether a gain pays for the premium on a depth, decided by balls."""
    if premium.form != "exponential" or not depth:
        return bool(gain >= premium.cost(depth))
    from flint import arb, ctx, fmpq

    before, power = ctx.prec, premium.rate * depth
    if power > 10_000:
        return False
    try:
        for bits in (128, 512, 2048):
            ctx.prec = bits
            ball = arb(fmpq(power.numerator, power.denominator)).expm1()
            ball *= arb(fmpq(premium.scale.numerator, premium.scale.denominator))
            rest = arb(fmpq(gain.numerator, gain.denominator)) - ball
            if rest > 0:
                return True
            if rest < 0:
                return False
    finally:
        ctx.prec = before
    msg = "a premium could not be told apart from a gain within 2048 bits"
    raise SolverError(msg)


def _climbs_at_once(premium: Premium, start: Fraction, pieces: Sequence[Piece]) -> bool:
    return start > 0 or bool(pieces and pieces[0][1] > premium.steepness)


def _guess(premium: Premium, start: Fraction, pieces: Sequence[Piece], end: Fraction) -> Fraction:
    """Return the root in floating point: Lambert's W on the piece where the gain stops paying."""
    reached, depth = start, Fraction(0)
    for length, slope in pieces:
        if not pays(premium, depth + length, reached + length * slope):
            # On this piece: reached + slope (d - depth) = C(d).
            return _root(premium, reached - slope * depth, slope, depth, depth + length)
        reached, depth = reached + length * slope, depth + length
    return end


def _root(
    premium: Premium, constant: Fraction, slope: Fraction, low: Fraction, high: Fraction
) -> Fraction:
    """Solve constant + slope d = C(d) between two depths."""
    if premium.form == "exponential" and slope > 0:
        from scipy.special import lambertw

        scale, rate = float(premium.scale), float(premium.rate)
        ratio = scale * rate / float(slope)
        shift = rate * (float(constant) + scale) / float(slope)
        found = lambertw(-ratio * math.exp(-shift), -1)
        root = -(float(constant) + scale) / float(slope) - float(found.real) / rate
        if math.isfinite(root) and float(low) <= root <= float(high):
            return Fraction(root)
    a, b = low, high
    for _ in range(200):
        middle = Fraction((float(a) + float(b)) / 2)
        if not a < middle < b:
            break
        value = float(constant + slope * middle) - float(premium.cost(middle))
        a, b = (middle, b) if value >= 0 else (a, middle)
    return (a + b) / 2
