"""At which value of a parameter an answer changes from yes to no.

A yes-or-no question about the game is asked on a grid of the parameter's values.  Between two
neighbours with different answers the interval is halved, in fractions.  Thresholds of exact games
are mostly simple fractions, so on the way the simplest fraction of the interval is tried: if the
answers 1e-9 below and above it differ, it is given as the threshold.  (Where the question is
decided exactly the change is proved to lie within 1e-9 of it, no more.)  Otherwise the interval is
the answer, narrowed down to 1e-9.

This is a scan: nothing is assumed about how often the answer changes, and a change there and back
between two neighbours of the grid is not seen.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from bargaining.errors import InputError, VerificationError
from bargaining.loading import reload
from bargaining.model.expressions import number
from bargaining.model.game import LinkageGame
from bargaining.results import Status, checked, in_figures, plain, with_exact

Predicate = Callable[[LinkageGame], bool]

NEAR = Fraction(1, 10**9)
"""How near on both sides a threshold is confirmed; times the range if that is below 1."""
MAX_POINTS = 1_000
MAX_DENOMINATOR = 10**6
"""Simplest fractions with larger denominators are not tried."""


@dataclass(frozen=True)
class Threshold:
    """A change of the answer between two neighbours of the grid.

    Attributes
    ----------
    low, high : Fraction
        The answer at ``low`` differs from that at ``high``.
    at : Fraction or None
        The threshold, where it is a simple fraction: ``low`` and ``high`` are then within 1e-9.
    below, above : bool
        The answers at ``low`` and ``high``.
    holds_at : bool or None
        The answer at the threshold itself.
    """

    low: Fraction
    high: Fraction
    at: Fraction | None
    below: bool
    above: bool
    holds_at: bool | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data; numbers stay exact."""
        return {
            "at": self.at,
            "bracket": [self.low, self.high],
            "below": self.below,
            "above": self.above,
            "holds_at": self.holds_at,
        }

    def __str__(self) -> str:
        change = "holds below, not above" if self.below else "holds above, not below"
        if self.at is None:
            return f"between {in_figures(self.low)} and {in_figures(self.high)}: {change}"
        there = "holds" if self.holds_at else "does not hold"
        return f"{in_figures(self.at, exact=True)}: {change}; there it {there}"


@dataclass(frozen=True, eq=False)
class Flip:
    """Where an answer changes as a parameter moves.

    Attributes
    ----------
    game : LinkageGame
    parameter : str
    holds : callable
        The question.
    grid : mapping of Fraction to bool
        The answers on the grid.
    thresholds : tuple of Threshold
        Ascending; none where the answer is the same on the whole grid.
    evaluations : int
        How often the question was asked.
    """

    game: LinkageGame = field(repr=False)
    parameter: str
    holds: Predicate = field(repr=False)
    grid: Mapping[Fraction, bool] = field(repr=False)
    thresholds: tuple[Threshold, ...]
    evaluations: int

    @property
    def status(self) -> Status:
        """Always ``solved``."""
        return Status.SOLVED

    @property
    def at(self) -> Fraction | None:
        """The threshold, if there is exactly one and it is a simple fraction."""
        return self.thresholds[0].at if len(self.thresholds) == 1 else None

    @checked
    def verify(self) -> bool:
        """Ask again on the grid and at both ends of every threshold, and compare."""
        points = list(self.grid)
        if points != sorted(points) or len(points) < 2:
            _fail("the grid is not in order")
        for value, answer in self.grid.items():
            self._check(value, answer)
        changes = [(a, b) for a, b in itertools.pairwise(points)
                   if self.grid[a] != self.grid[b]]  # fmt: skip
        if len(changes) != len(self.thresholds):
            _fail("the grid does not show as many changes as there are thresholds")
        for (low, high), one in zip(changes, self.thresholds, strict=True):
            if not low <= one.low <= one.high <= high or one.below == one.above:
                _fail("a threshold does not lie between neighbours of the grid")
            if one.below != self.grid[low] or one.above != self.grid[high]:
                _fail("a threshold's answers are not those of its neighbours")
            near = _near(points[0], points[-1])
            if one.high - one.low > 2 * near:
                _fail("a threshold is not narrowed down")
            self._check(one.low, one.below)
            self._check(one.high, one.above)
            if one.at is not None:
                if not one.low <= one.at <= one.high or one.holds_at is None:
                    _fail("a threshold lies outside its interval")
                self._check(one.at, one.holds_at)
        return True

    def _check(self, value: Fraction, answer: bool | None) -> None:
        if _ask(self.game, self.parameter, self.holds, value) != answer:
            _fail(f"at {self.parameter} = {value} the answer is not {answer}")

    def to_dict(self, *, exact: bool = True) -> dict[str, Any]:
        """Return plain data for JSON."""
        grid = [{"value": value, "holds": answer} for value, answer in self.grid.items()]
        data = {
            "parameter": self.parameter,
            "status": self.status,
            "thresholds": [one.to_dict() for one in self.thresholds],
            "scan": plain(grid),
            "evaluations": self.evaluations,
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        points = list(self.grid)
        where = f"from {in_figures(points[0])} to {in_figures(points[-1])}"
        if not self.thresholds:
            known = "holds" if self.grid[points[0]] else "does not hold"
            return f"{self.parameter} {where}: {known} at all {len(points)} values tried"
        lines = [f"{self.parameter} {where}, {len(points)} values tried first:"]
        return "\n".join([*lines, *(f"  {one}" for one in self.thresholds)])


def flip(
    game: LinkageGame,
    parameter: str,
    holds: Predicate,
    low: Any,
    high: Any,
    *,
    points: int = 17,
) -> Flip:
    """Find the values of a parameter at which the answer to a question changes.

    Parameters
    ----------
    game : LinkageGame
        Read from a file with ``[parameters]``.
    parameter : str
    holds : callable from game to bool
        The question, for instance whether linking breaks the deadlock.
    low, high : number or text
        The parameter's range.
    points : int
        Values on the grid, both ends included.

    Returns
    -------
    Flip

    Examples
    --------
    >>> from bargaining.loading import load
    >>> from bargaining.linkage.verdict import solve
    >>> game = load("us_mexico/guns_for_fentanyl")
    >>> print(flip(game, "a", lambda g: solve(g).agendas["linked"].mutual_gain, 0, 1, points=5))
    a from 0 to 1, 5 values tried first:
      2/5: holds above, not below; there it does not hold
    """
    start, end = number(low), number(high)
    if parameter not in game.parameters:
        known = ", ".join(game.parameters) or "none"
        msg = f'parameter: expected a parameter of the game ({known}), found "{parameter}"'
        raise InputError(msg)
    if start >= end:
        msg = f"low, high: expected an interval, found {start} and {end}"
        raise InputError(msg)
    if not 2 <= points <= MAX_POINTS:
        msg = f"points: expected from 2 to {MAX_POINTS:,}, found {points}"
        raise InputError(msg)
    known_answers: dict[Fraction, bool] = {}

    def answer(value: Fraction) -> bool:
        if value not in known_answers:
            known_answers[value] = _ask(game, parameter, holds, value)
        return known_answers[value]

    values = [start + (end - start) * Fraction(k, points - 1) for k in range(points)]
    grid = {value: answer(value) for value in values}
    near = _near(start, end)
    thresholds = tuple(
        _narrowed(a, b, answer, near) for a, b in itertools.pairwise(values) if grid[a] != grid[b]
    )
    return Flip(game, parameter, holds, grid, thresholds, len(known_answers))


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction of least denominator in a closed interval, then of least size.

    >>> simplest_between(Fraction(31, 100), Fraction(34, 100))
    Fraction(1, 3)
    >>> simplest_between(Fraction(-1, 2), Fraction(1, 3))
    Fraction(0, 1)
    """
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest_between(-high, -low)
    whole = math.ceil(low)
    if whole <= high:
        return Fraction(whole)
    floor = whole - 1
    return floor + 1 / simplest_between(1 / (high - floor), 1 / (low - floor))


def _ask(game: LinkageGame, parameter: str, holds: Predicate, value: Fraction) -> bool:
    return bool(holds(reload(game, {parameter: value})))


def _near(low: Fraction, high: Fraction) -> Fraction:
    return NEAR * min(Fraction(1), high - low)


def _narrowed(
    low: Fraction, high: Fraction, answer: Callable[[Fraction], bool], near: Fraction
) -> Threshold:
    """Halve the interval, and try its simplest fraction on the way."""
    below, above = answer(low), answer(high)
    first, last = low, high
    while True:
        simple = simplest_between(low, high)
        if simple.denominator <= MAX_DENOMINATOR:
            left, right = max(simple - near, first), min(simple + near, last)
            if answer(left) == below and answer(right) == above:
                return Threshold(left, right, simple, below, above, answer(simple))
            # whatever the simplest fraction said, it is an end of what is left to search
            for value in (left, simple, right):
                if low < value < high:
                    low, high = (value, high) if answer(value) == below else (low, value)
        if high - low <= near:
            return Threshold(low, high, None, below, above, None)
        middle = (low + high) / 2
        low, high = (middle, high) if answer(middle) == below else (low, middle)


def _fail(what: str) -> None:
    raise VerificationError(what)
