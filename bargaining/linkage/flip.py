"""Where a yes turns into a no as a number grows: a scan, then bisection to an exact threshold.

A question is asked on a grid; between neighbours that answer differently the change is bracketed
by bisection.  The simplest fraction in a narrow bracket is taken for the threshold if the answers
just beside it, within a billionth of the range, are those of the two sides; otherwise the bracket
is narrowed to 1e-12 of itself.  Changes that come and go between two grid points are not seen.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from bargaining.errors import BargainingError, VerificationError
from bargaining.results import checked, in_figures

POINTS = 24
NEAR = Fraction(1, 10**9)
NARROW = Fraction(1, 10**12)
MAX_STEPS = 500
TRY_AT = (Fraction(1, 10**3), Fraction(1, 10**6))
"""Widths, as shares of the range, at which the simplest fraction is tried."""
Question = Callable[[Fraction], bool]


@dataclass(frozen=True, eq=False)
class Flip:
    """One change of the answer.

    Attributes
    ----------
    true_below : bool
        The answer just below; above it is the other one.
    threshold : Fraction or None
        Where it changes, if a fraction was certified from both sides.
    bracket : pair of Fraction
        Largest number known to be below the change, and smallest above.
    true_at : bool or None
        The answer at the threshold itself.
    isolated : bool
        The answers on both sides are the same; only the threshold itself has the other one.
    """

    true_below: bool
    threshold: Fraction | None
    bracket: tuple[Fraction, Fraction]
    true_at: bool | None = None
    isolated: bool = False
    question: Question = field(default=lambda value: False, repr=False)

    @checked
    def verify(self) -> bool:
        """Ask again on both sides, and at the threshold."""
        low, high = self.bracket
        asked = [(low, self.true_below), (high, self.true_below is self.isolated)]
        if self.threshold is not None and self.true_at is not None:
            asked.append((self.threshold, self.true_at))
        for value, answer in asked:
            if self.question(value) is not answer:
                msg = f"the answer at {value} is not {answer}"
                raise VerificationError(msg)
        return True

    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers stay exact."""
        return {
            "at": self.threshold,
            "bracket": list(self.bracket),
            "true_below": self.true_below,
            "true_at": self.true_at,
            "isolated": self.isolated,
        }

    def in_words(self) -> str:
        """Say where it is true: "true below 2/5", "true from 2 on"."""
        if self.threshold is None:
            low = in_figures(float(self.bracket[0]))
            return f"true {'below' if self.true_below else 'above'} about {low}"
        at = in_figures(self.threshold)
        if self.isolated:
            return f"true only at {at}" if self.true_at else f"true except at {at}"
        if self.true_below:
            return f"true up to {at}" if self.true_at else f"true below {at}"
        return f"true from {at} on" if self.true_at else f"true above {at}"


def flips(
    question: Question,
    low: Fraction,
    high: Fraction,
    *,
    among: Sequence[Fraction] = (),
    points: int = POINTS,
) -> tuple[Flip, ...]:
    """Find where the answer to a question changes between two numbers.

    Parameters
    ----------
    question : function of Fraction to bool
        May raise BargainingError where it has no answer; such points are passed over.
    low, high : Fraction
    among : sequence of Fraction
        Points asked beside the grid.
    points : int
        Steps of the grid.

    Examples
    --------
    >>> found = flips(lambda x: 7 * x < 2, Fraction(0), Fraction(1))
    >>> found[0].threshold, found[0].in_words()
    (Fraction(2, 7), 'true below 2/7')
    >>> flips(lambda x: x * x < 2, Fraction(0), Fraction(2))[0].threshold is None
    True
    """
    if high <= low:
        return ()
    span = high - low
    asked = {low + span * Fraction(k, points) for k in range(points + 1)}
    asked |= {value for value in among if low <= value <= high}
    known = [(value, _answer(question, value)) for value in sorted(asked)]
    answered = [(value, true) for value, true in known if true is not None]
    found = []
    for (left, before), (right, after) in itertools.pairwise(answered):
        if before is not after:
            found.append(_locate(question, left, right, before, span))
    return _merged(question, found)


def _merged(question: Question, found: Sequence[Flip]) -> tuple[Flip, ...]:
    """Two changes that meet in one point are one odd point."""
    kept: list[Flip] = []
    for flip in found:
        last = kept[-1] if kept else None
        if last and not last.isolated and last.bracket[1] == flip.bracket[0]:
            at, ends = flip.bracket[0], (last.bracket[0], flip.bracket[1])
            kept[-1] = Flip(last.true_below, at, ends, flip.true_below, True, question)
        else:
            kept.append(flip)
    return tuple(kept)


def _answer(question: Question, value: Fraction) -> bool | None:
    try:
        return question(value)
    except BargainingError:
        return None


def _locate(
    question: Question, low: Fraction, high: Fraction, before: bool, span: Fraction
) -> Flip:
    """Narrow a change down; the answers at both ends are known."""
    tries = [span * width for width in TRY_AT]
    for _ in range(MAX_STEPS):
        size = max(abs(low), abs(high)) if low * high > 0 else min(span, Fraction(1))
        if high - low <= NARROW * size:
            break
        if tries and high - low <= tries[0]:
            tries.pop(0)
            flip = _certified(question, simplest_between(low, high), before, span)
            if flip:
                return flip
        # An answer is also asked for where the middle has none: a little beside it.
        for part in (Fraction(1, 2), Fraction(1, 3), Fraction(3, 5)):
            middle = low + (high - low) * part
            true = _answer(question, middle)
            if true is not None:
                break
        else:
            break
        if true is before:
            low = middle
        else:
            high = middle
    flip = _certified(question, simplest_between(low, high), before, span)
    return flip or Flip(before, None, (low, high), question=question)


def _certified(question: Question, value: Fraction, before: bool, span: Fraction) -> Flip | None:
    """Return the flip at a fraction if the answers on both sides are those expected."""
    # Closer than any fraction with this denominator comes to a badly approximable number.
    badly = Fraction(1, 1_000 * value.denominator**2)
    near = min(span * NEAR, max(Fraction(1), abs(value)) * NEAR, badly)
    below, above = value - near, value + near
    # Where nothing is defined further on, of shares and chances below 0 or above 1, the value
    # itself stands for that side.
    at, down, up = (_answer(question, x) for x in (value, below, above))
    if down is None:
        below, down = value, at
    if up is None:
        above, up = value, at
    if down is not before or up is not (not before):
        return None
    return Flip(before, value, (below, above), at, question=question)


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction with the smallest denominator in a closed interval.

    >>> simplest_between(Fraction(314, 1000), Fraction(3149, 10000))
    Fraction(11, 35)
    """
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest_between(-high, -low)
    whole = low.numerator // low.denominator
    if whole == low:
        return Fraction(whole)
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / simplest_between(1 / (high - whole), 1 / (low - whole))
