"""Utility of a player's total payoff per period, for governments that do not simply add up."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, get_args

from bargaining.errors import InputError

Form = Literal["linear", "power", "exponential", "inverse"]
MAX_PARAMETER = 100
MAX_EXACT_POWER = 60
"""Whole powers up to this are computed exactly."""


@dataclass(frozen=True)
class Utility:
    """An increasing function of a player's total payoff per period.

    ``linear``: s.  ``power``: s^p, p > 0, of a total of at least 0 (any total where p is odd).
    ``exponential``: (1 - e^(-p s)) / p, concave for p > 0 and convex for p < 0.  ``inverse``:
    -1/s^p of a positive total, p > 0.
    """

    form: Form = "linear"
    parameter: Fraction = Fraction(1)

    def at(self, total: Fraction) -> Any:
        """Return the utility of a total: a Fraction where it is rational, else a ball (arb).

        Raises
        ------
        InputError
            If the form has no value there.
        """
        power = self.parameter
        whole = power.denominator == 1 and abs(power) <= MAX_EXACT_POWER
        if self.form == "linear":
            return total
        if self.form == "exponential":
            return (1 - ball(-power * total).exp()) / ball(power)
        odd = whole and power.numerator % 2 == 1
        if self.form == "inverse" and total <= 0:
            msg = f'utility: form "inverse" needs a total payoff above 0, found {total}'
            raise InputError(msg)
        if self.form == "power" and total < 0 and not odd:
            msg = (
                f'utility: form "power" with parameter {power} needs a total payoff of at least '
                f"0, found {total}"
            )
            raise InputError(msg)
        sign = -1 if self.form == "inverse" else 1
        if whole:
            return sign * total ** (sign * power.numerator)
        if total == 0:
            return Fraction(0)
        return sign * ball(total) ** ball(sign * power)


def read_utility(form: str, parameter: Fraction | None) -> Utility:
    """Check a form and its parameter.

    Raises
    ------
    InputError
        If the form is unknown or the parameter is out of range.
    """
    if form not in get_args(Form):
        msg = f'expected one of {", ".join(get_args(Form))}, found "{form}"'
        raise InputError(msg)
    value = Fraction(1) if parameter is None else parameter
    if abs(value) > MAX_PARAMETER or not value or (form != "exponential" and value < 0):
        sign = "other than 0" if form == "exponential" else "above 0"
        msg = f"expected a parameter {sign}, at most {MAX_PARAMETER} in size, found {value}"
        raise InputError(msg)
    return Utility(form, value)  # type: ignore[arg-type]


def ball(value: Fraction) -> Any:
    """Return a fraction as flint's ball, at the working precision."""
    from flint import arb, fmpq

    return arb(fmpq(value.numerator, value.denominator))
