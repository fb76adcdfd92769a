"""Alternating offers over one package: the stationary equilibrium, exactly, corners included.

In each period one player proposes a deal of the package and the other accepts or rejects; after a
rejection a period passes and the roles are exchanged (Rubinstein 1982).  Acceptance is worth the
deal plus what follows it, which may depend on who proposed.  With x what the first player
gets when he proposes, the second needs to offer him only d1 x, and in return asks for the most
that the frontier leaves him, y; the first needs to offer him d2 y.  Equilibrium is a fixed point
of x -> y -> x.  Along the frontier this map is linear between finitely many points, so all fixed
points are found exactly.  An offer may be a corner: when a player already gets more than he needs
at the other's best point, the equations of the interior solution would ask for more than there is.

A player who gets more by waiting than by any acceptable offer waits; such equilibria are looked
for too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from bargaining.geometry.frontier import Position

Pair = tuple[Fraction, Fraction]
MAX_SCANNED = 3_000
"""Up to this many corner points all fixed points are found; beyond, one by halving."""


@dataclass(frozen=True)
class Curve:
    """A Pareto frontier, from the second player's best point to the first's."""

    points: tuple[Pair, ...]

    @cached_property
    def x(self) -> tuple[Fraction, ...]:
        """Gains of the first player, rising."""
        return tuple(point[0] for point in self.points)

    @cached_property
    def fall(self) -> tuple[Fraction, ...]:
        """Gains of the second player with the sign changed, rising."""
        return tuple(-point[1] for point in self.points)

    def point(self, place: Position) -> Pair:
        """Gains at a position."""
        here = self.points[place.run]
        if not place.part:
            return here
        there, part = self.points[place.run + 1], Fraction(place.part)
        return here[0] + part * (there[0] - here[0]), here[1] + part * (there[1] - here[1])

    def best(self, proposer: int, least: Fraction) -> Position | None:
        """Return the proposer's best point that leaves the other at least so much.

        Examples
        --------
        >>> pie = Curve(((Fraction(0), Fraction(1)), (Fraction(1), Fraction(0))))
        >>> pie.best(0, Fraction(1, 4)), pie.best(0, Fraction(-1)).run, pie.best(1, Fraction(2))
        (Position(run=0, part=Fraction(3, 4)), 1, None)
        """
        last = len(self.points) - 1
        if proposer == 0:
            if -least < self.fall[0]:
                return None
            run = bisect_right(self.fall, -least) - 1
            if run == last:
                return Position(last)
            part = (-least - self.fall[run]) / (self.fall[run + 1] - self.fall[run])
            return Position(run, part)
        if least > self.x[last]:
            return None
        run = bisect_left(self.x, least)
        if run == 0:
            return Position(0)
        part = (least - self.x[run - 1]) / (self.x[run] - self.x[run - 1])
        return Position(run) if part == 1 else Position(run - 1, part)


@dataclass(frozen=True)
class Round:
    """What one package is bargained over, and what follows an agreement.

    Attributes
    ----------
    curve : Curve
    discount : pair of Fraction
    after : pair of pairs
        Per proposer, what an agreement is worth to both beside the deal itself.
    floors : pair of (Fraction or None)
        The least that each player can accept, what follows included.
    """

    curve: Curve
    discount: Pair
    after: tuple[Pair, Pair] = ((Fraction(0), Fraction(0)), (Fraction(0), Fraction(0)))
    floors: tuple[Fraction | None, Fraction | None] = (None, None)

    def least(self, responder: int, value: Fraction) -> Fraction:
        """Return what a deal must give a responder who gets ``value`` when he proposes."""
        needed = self.discount[responder] * value
        floor = self.floors[responder]
        if floor is not None:
            needed = max(needed, floor)
        return needed - self.after[1 - responder][responder]

    def worth(self, proposer: int, place: Position) -> Pair:
        """Return what both get when an offer is accepted."""
        point, after = self.curve.point(place), self.after[proposer]
        return point[0] + after[0], point[1] + after[1]


@dataclass(frozen=True)
class Play:
    """A stationary equilibrium of one round.

    Attributes
    ----------
    places : pair of (Position or None)
        What each player offers when it is his turn; None where he waits.
    values : pair of pairs
        What both get, discounted to the moment, when the first or the second proposes.
    """

    places: tuple[Position | None, Position | None]
    values: tuple[Pair, Pair]


@dataclass(frozen=True)
class Plays:
    """All stationary equilibria found, and whether there are no others."""

    found: tuple[Play, ...]
    complete: bool


def stationary(game: Round) -> Plays:
    """Find the stationary equilibria of a round of alternating offers.

    Examples
    --------
    >>> pie = Curve(((Fraction(0), Fraction(1)), (Fraction(1), Fraction(0))))
    >>> stationary(Round(pie, (Fraction(9, 10), Fraction(8, 10)))).found[0].values[0]
    (Fraction(5, 7), Fraction(2, 7))
    """
    scanned = len(game.curve.points) <= MAX_SCANNED
    plays = []
    for x in _fixed_points(game, every=scanned):
        play = _agreed(game, x)
        if play is not None:
            plays.append(play)
    for waiting in (0, 1):
        play = _waiting(game, waiting)
        if play is not None:
            plays.append(play)
    return Plays(tuple(plays), scanned)


def _answer(game: Round, x: Fraction) -> tuple[Position, Position] | int:
    """Let the second answer x, and the first the answer; -1 where x is too low, 1 too high."""
    second = game.curve.best(1, game.least(0, x))
    if second is None:
        return 1
    y = game.worth(1, second)[1]
    first = game.curve.best(0, game.least(1, y))
    return -1 if first is None else (first, second)


def _fixed_points(game: Round, *, every: bool) -> Iterator[Fraction]:
    """Yield the x that answer themselves."""
    bends = _bends(game)
    seen: set[Fraction] = set()

    def new(x: Fraction) -> bool:
        found = _answer(game, x)
        if x in seen or isinstance(found, int) or game.worth(0, found[0])[0] != x:
            return False
        seen.add(x)
        return True

    start = _answer(game, bends[0] if bends else Fraction(0))
    if not isinstance(start, int):  # below the first bend, or without any, nothing depends on x
        constant = game.worth(0, start[0])[0]
        if new(constant):
            yield constant
    if not every:
        low, high = 0, len(bends) - 1
        while high - low > 1:
            middle = (low + high) // 2
            if _sign(game, bends[middle]) > 0:
                low = middle
            else:
                high = middle
        bends = bends[low : high + 1]
    for x in _crossings(game, bends):
        if new(x):
            yield x


def _sign(game: Round, x: Fraction) -> Fraction | int:
    """Return a positive number where x must rise: also where it is too low to be answered."""
    found = _answer(game, x)
    if isinstance(found, int):
        return -found
    return game.worth(0, found[0])[0] - x


def _crossings(game: Round, bends: Sequence[Fraction]) -> Iterator[Fraction]:
    """Yield where the excess vanishes, at a bend or between two."""
    before: tuple[Fraction, Fraction] | None = None
    for x in bends:
        found = _answer(game, x)
        if isinstance(found, int):
            before = None
            continue
        excess = game.worth(0, found[0])[0] - x
        if excess == 0:
            yield x
        elif before is not None and (before[1] > 0) != (excess > 0) and before[1] != 0:
            yield before[0] + (x - before[0]) * before[1] / (before[1] - excess)
        before = (x, excess)


def _bends(game: Round) -> list[Fraction]:
    """List all x at which the answer to x, or the answer to that, changes its direction."""
    d, after, curve = game.discount, game.after, game.curve
    if d[0] == 0:
        return []
    needs = [point[0] + after[1][0] for point in curve.points]
    if game.floors[0] is not None:
        needs.append(game.floors[0])
    if d[1] != 0:
        levels = [(point[1] + after[0][1]) / d[1] for point in curve.points]
        if game.floors[1] is not None:
            levels.append(game.floors[1] / d[1])
        for level in levels:
            y = level - after[1][1]
            if curve.points[-1][1] <= y <= curve.points[0][1]:
                place = curve.best(0, y)
                assert place is not None
                needs.append(curve.point(place)[0] + after[1][0])
    return sorted({need / d[0] for need in needs})


def _agreed(game: Round, x: Fraction) -> Play | None:
    """Return the equilibrium at a fixed point, unless somebody would rather wait."""
    found = _answer(game, x)
    assert not isinstance(found, int)
    values = (game.worth(0, found[0]), game.worth(1, found[1]))
    for i in (0, 1):
        own = max(Fraction(0), game.floors[i] or Fraction(0))
        if values[i][i] < max(own, game.discount[i] * values[1 - i][i]):
            return None
    return Play(found, values)


def _waiting(game: Round, waiting: int) -> Play | None:
    """Return the equilibrium in which one player always waits for the other's offer, if any."""
    other, d = 1 - waiting, game.discount
    floor = game.floors[waiting]
    least = max(Fraction(0), floor or Fraction(0)) - game.after[other][waiting]
    place = game.curve.best(other, least)
    if place is None:
        return None
    value = game.worth(other, place)
    delayed = (d[0] * value[0], d[1] * value[1])
    if min(value) < 0 or value[other] < (game.floors[other] or 0):
        return None
    offer = game.curve.best(waiting, game.least(other, value[other]))
    if offer is not None and game.worth(waiting, offer)[waiting] >= delayed[waiting]:
        return None
    places = (None, place) if waiting == 0 else (place, None)
    values = (delayed, value) if waiting == 0 else (value, delayed)
    return Play(places, values)
