"""Premiums to 120 digits: near a threshold gains are differences of almost equal numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bargaining.model.ratification import Premium

BITS = 400
"""How many bits of a premium are right."""
MOST = 700
"""Powers beyond are not computed: no payoff stands against such a premium."""


def precisely(premium: Premium, depth: Fraction) -> Fraction:
    """Return the premium on a depth, exactly or to 120 digits.

    >>> from bargaining.model.ratification import Premium
    >>> float(precisely(Premium(Fraction(1), Fraction(1)), Fraction(1)))
    1.7182818284590453
    """
    if premium.form != "exponential" or not depth:
        return Fraction(premium.cost(depth))
    from flint import arb, ctx, fmpq

    before = ctx.prec
    ctx.prec = BITS + 64
    try:
        power = premium.rate * depth
        ball = arb(fmpq(power.numerator, power.denominator)).expm1()
        ball = ball * arb(fmpq(premium.scale.numerator, premium.scale.denominator))
        mantissa, exponent = ball.mid().man_exp()
    finally:
        ctx.prec = before
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def precise_slope(premium: Premium, depth: Fraction) -> Fraction:
    """Return what a little more depth costs per unit, exactly or to 120 digits."""
    if premium.form == "linear" or not depth:
        return premium.steepness
    if premium.form == "quadratic":
        return 2 * premium.scale * premium.rate * depth
    return premium.rate * (precisely(premium, depth) + premium.scale)
