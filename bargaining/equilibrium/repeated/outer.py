"""The outer set: a chain of regions, each proved from the one before.

1. Start: nobody is held below his pure minmax payoff min over a of (u_i + h_i), since he gets at
   least (1-d)(u_i + h_i) + d p_i; and under a common factor payoffs are averages of the stage's.
2. Guess V and jump towards the guess, slightly enlarged unless it is known exactly.
3. Otherwise take a step of plain iteration, with half-planes that fit its result, and jump on in
   the direction of that step.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from bargaining.equilibrium.repeated.guess import FINEST, Effort, guess
from bargaining.equilibrium.repeated.jump import jump
from bargaining.equilibrium.repeated.landing import land
from bargaining.equilibrium.repeated.play import Floats, Play, generate, hull_of
from bargaining.equilibrium.repeated.polygon import Point
from bargaining.equilibrium.repeated.region import lowered
from bargaining.equilibrium.repeated.search import (
    Goal,
    Search,
    floats,
    scaled,
    trimmed,
    widened,
)

SHORT = 2**40
"""Proposed normals are rounded to multiples of 1 / SHORT."""
COARSE = (1e-9, 1e-10, 1e-11, FINEST)
"""Where discount factors differ: what is left out of guesses, round by round."""
MAX_LINES = 160
"""The most half-planes of a step."""


def narrow(
    search: Search,
    *,
    tolerance: float,
    deadline: float,
    rounds: int,
    goal: Goal | None = None,
) -> None:
    """Shrink the outer set and grow the inner one until they agree.

    Parameters
    ----------
    search : Search
    tolerance : float
        Largest distance between them, in coordinates.
    deadline : float
        On the clock of :func:`time.monotonic`.
    rounds : int
    goal : callable, optional
        Says of the search whether enough is known.
    """
    search.deadline = deadline
    for number in range(rounds):
        if search.over(tolerance) or (goal is not None and goal(search)):
            return
        corners = floats(search.region.corners)
        effort = effort_of(search.play, number)
        found = guess(search.play, corners, search.active, effort=effort, deadline=deadline)
        if found is not None and len(found.corners):
            land(search, found)
        if search.over(tolerance) or (goal is not None and goal(search)):
            return
        step(search)


def effort_of(play: Play, number: int) -> Effort:
    """Return how to guess in a round.

    Where players trade over time the set may have corners without number: coarse guesses first.
    """
    if play.common:
        return Effort(leap=number % 2 == 0)
    return Effort(leap=number % 2 == 0, height=COARSE[min(number, len(COARSE) - 1)])


def step(search: Search) -> None:
    """Take a step of plain iteration, and jump on in its direction."""
    play = search.play
    region = trimmed(search.region)
    search.add(region, "cut")
    corners = floats(region.corners)
    begun = generate(play, corners, search.active, tight=False)
    normals: Sequence[Point] = region.normals
    if len(begun.points):
        fresh = begun.points[hull_of(begun.points, 1e-14)]
        normals = [*region.normals, *_directions(fresh)][:MAX_LINES]
    wide = widened(region, normals)
    search.add(wide, "cut")
    lower = lowered(play, wide, search.active, wide.normals)
    search.add(lower, "step")
    for length in (1, 10, 100, 1_000, 10_000):
        if search.empty:
            return
        region = search.region
        aims = [
            low - length * (high - low)
            for low, high in zip(region.levels, wide.levels, strict=True)
        ]
        found = jump(play, region, aims, search.active)
        search.take(region, found)
        if found.stop:
            return


def _directions(corners: Floats) -> list[Point]:
    """Return the outward normals of a polygon's edges, rounded."""
    edge = np.roll(corners, -1, axis=0) - corners
    found = []
    for dx, dy in edge.tolist():
        size = max(abs(dx), abs(dy))
        if size > 1e-12:
            a, b = round(dy / size * SHORT), round(-dx / size * SHORT)
            found.append(scaled((Fraction(a), Fraction(b))))
    return found
