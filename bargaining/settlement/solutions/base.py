"""What a solution concept declares, and the walk along a frontier they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from bargaining.geometry.frontier import PlanarFrontier, Point, Position
from bargaining.results import Number

if TYPE_CHECKING:
    from bargaining.model.deal import Deal
    from bargaining.settlement.program import ProgramAnswer


@dataclass(frozen=True)
class Span:
    """The individually rational part of a frontier, on which both players can gain."""

    frontier: PlanarFrontier
    first: Position
    last: Position

    @property
    def ideal(self) -> Point:
        """The most each player can get there."""
        return self.frontier.point(self.last)[0], self.frontier.point(self.first)[1]


Weights = tuple[Number, ...]


@dataclass(frozen=True)
class Problem:
    """What a certificate is checked against.

    Attributes
    ----------
    gains : tuple
        One per player of the game.
    gainers : frozenset of int
        Players who can gain; the others are held at no loss.
    weights : tuple of Fraction or float
        Bargaining weights, one per player.
    ideal : tuple or None
        The most each gainer can get; only where the concept needs it.
    players : tuple of int
        All interested players.
    """

    gains: Weights
    gainers: frozenset[int]
    weights: Weights
    ideal: Weights | None = None
    players: tuple[int, ...] = ()


class Programme(Protocol):
    """What a programme, numerical or exact, can be asked for."""

    def maximise_logs(self, weights: Mapping[int, Number]) -> ProgramAnswer:
        """Maximise the weighted sum of logarithms of gains."""

    def maximise_least(self, units: Mapping[int, Number]) -> ProgramAnswer:
        """Raise the least gain in the given units, then the next."""

    def maximise_sum(self, who: Sequence[int]) -> ProgramAnswer:
        """Maximise the sum of gains, then the least."""

    def ideal(
        self, who: Sequence[int], *, floors: Mapping[int, Number] | None = None
    ) -> tuple[tuple[int, Weights, Deal], ...]:
        """Return the most each player gets while nobody falls below a floor (0 if left out).

        One entry per player: the player, support weights and a deal that gives it.  The weights
        prove that nobody can get more than h(weights) minus what the others' weights (and what
        is above 1 of the player's own) pay for the floors.
        """


@dataclass(frozen=True)
class Concept:
    """What every solution concept declares.

    Attributes
    ----------
    id, title, idea, citation : str
    axioms, fails : tuple of str
        Axioms it satisfies, and well-known ones it does not.
    """

    id: str
    title: str
    idea: str
    citation: str
    axioms: tuple[str, ...]
    fails: tuple[str, ...]


@dataclass(frozen=True)
class Solution(Concept):
    """A concept that maximises something over the deals in which nobody loses.

    It is defined for any number of players, with shares and for pure deals.

    Attributes
    ----------
    planar : callable
        The point on a two-player frontier, with the weights that support it there.
    conic : callable
        The same for any number of players, by the convex programme.
    score : callable
        A key, larger is better, to choose among finitely many gain vectors.
    conditions : callable
        Whether support weights have the form that makes them a proof of optimality.
    needs_ideal : bool
    over_all_rational : bool
        For pure deals: whether all packages in which nobody loses compete, and not only those
        in which most players gain.
    """

    planar: Callable[[Span, tuple[Number, Number]], tuple[Position, Point]]
    conic: Callable[[Programme, Problem], ProgramAnswer]
    score: Callable[[Sequence[Fraction], Problem], tuple[Fraction, ...]]
    conditions: Callable[[Problem, Weights, float], bool]
    needs_ideal: bool = False
    over_all_rational: bool = False


def crossing(span: Span, value: Callable[[Point], Number]) -> Position:
    """Find where a quantity that rises along the frontier reaches zero.

    The quantity must be affine along each edge.  Returns the nearer end if it never does.
    """
    frontier, first, last = span.frontier, span.first, span.last
    if value(frontier.point(first)) >= 0:
        return first
    if value(frontier.point(last)) <= 0:
        return last
    low, high = first.run, last.run + (1 if last.part else 0)
    while high - low > 1:
        middle = (low + high) // 2
        if value(frontier.vertex(middle)) <= 0:
            low = middle
        else:
            high = middle
    here, there = value(frontier.vertex(low)), value(frontier.vertex(low + 1))
    part = -here / (there - here)
    return clip(span, Position(low, part))


def clip(span: Span, position: Position) -> Position:
    """Keep a position between the ends of the span, and a whole run whole."""
    if position.part >= 1:
        position = Position(position.run + 1)
    if position.part < 0:
        position = Position(position.run)
    key = (position.run, position.part)
    if key < (span.first.run, span.first.part):
        return span.first
    if key > (span.last.run, span.last.part):
        return span.last
    return position


def apart(left: Number, right: Number, slack: float = 0.0) -> bool:
    """Whether two numbers differ by more than ``slack``; exactly, where they are exact."""
    difference = left - right
    return difference > slack or -difference > slack


def equal_weights(players: Sequence[str]) -> Mapping[str, Fraction]:
    """One unit of bargaining weight each."""
    return dict.fromkeys(players, Fraction(1))
