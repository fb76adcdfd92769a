"""Utility functions over numbers, as Genius profiles state them for integer and real issues.

Following Genius's own evaluators: *linear* is p1·x + p0, cut off to [0, 1]; for integer issues
it is also given as slope·(x - lower bound) + offset.  *constant* is p0.  *triangular* rises from
0 at p0 to 1 at the top p2 and falls back to 0 at p1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from bargaining.errors import InputError
from bargaining.files.xml import Element
from bargaining.model.spelling import show

Reader = Callable[[Element, str], Fraction | None]
"""Reads the number in an attribute; None, and the problem noted, when there is none."""
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Linear:
    """Utility slope·x + offset, cut off to [0, 1]."""

    slope: Fraction
    offset: Fraction

    def __call__(self, x: Fraction) -> Fraction:
        """Return the utility of a number."""
        return min(_ONE, max(_ZERO, self.slope * x + self.offset))


@dataclass(frozen=True)
class Constant:
    """The same utility everywhere."""

    value: Fraction

    def __call__(self, x: Fraction) -> Fraction:
        """Return the utility of a number."""
        return self.value


@dataclass(frozen=True)
class Triangular:
    """Utility 1 at the top, falling to 0 at both ends.

    >>> shape = Triangular(Fraction(0), Fraction(10), Fraction(4))
    >>> [str(shape(Fraction(x))) for x in (-1, 0, 2, 4, 7, 10)]
    ['0', '0', '1/2', '1', '1/2', '0']
    """

    low: Fraction
    high: Fraction
    top: Fraction

    def __call__(self, x: Fraction) -> Fraction:
        """Return the utility of a number."""
        if x == self.top:
            return _ONE
        if self.low < x < self.top:
            return (x - self.low) / (self.top - self.low)
        if self.top < x < self.high:
            return (self.high - x) / (self.high - self.top)
        return _ZERO


Evaluator = Linear | Constant | Triangular


def read_evaluator(element: Element, lower: Fraction | None, number: Reader) -> Evaluator | None:
    """Read an ``evaluator`` element.

    Parameters
    ----------
    element : Element
    lower : Fraction or None
        The lower bound of an integer issue, from which its slope counts; None for a real one.
    number : callable
        Reads an attribute and notes the problem if there is no number in it.

    Raises
    ------
    InputError
        If the function is none of the three.
    """
    kind = (element.get("ftype") or "linear").lower()
    if kind == "linear" and element.get("slope") is not None:
        slope = number(element, "slope")
        offset = number(element, "offset") if element.get("offset") is not None else _ZERO
        if slope is None or offset is None:
            return None
        return Linear(slope, offset - slope * (lower or _ZERO))
    wanted = {"linear": 2, "constant": 1, "triangular": 3}.get(kind)
    if wanted is None:
        msg = f"expected a linear, triangular or constant evaluator, found {show(kind)}"
        raise InputError(msg)
    given = [number(element, f"parameter{i}") for i in range(wanted)]
    parameters = [value for value in given if value is not None]
    if len(parameters) < wanted:
        return None
    if kind == "constant":
        return Constant(parameters[0])
    if kind == "linear":
        return Linear(parameters[1], parameters[0])
    low, high, top = parameters
    if not low <= top <= high or low == high:
        msg = f"expected a triangle with parameter0 <= parameter2 <= parameter1, found {kind}"
        raise InputError(msg)
    return Triangular(low, high, top)
