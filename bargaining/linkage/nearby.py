"""Games near a game: every payoff moved by up to a share of its issue's range.

A player's range in an issue is the distance between his best and his worst payoff there; a
player to whom the issue means nothing has none, and none of his payoffs there move.  The status
quo's payoffs move too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue

GRAIN = 1_000
"""Moves are whole thousandths of the largest move, so that moved games stay exact."""
Noise = Mapping[str, NDArray[Any]]
"""Per issue, moves between -1 and 1, shape (outcomes, players), of Fraction."""


def ranges(issue: Issue) -> NDArray[Any]:
    """Best minus worst payoff of each player in an issue, shape (players,), of Fraction."""
    return np.asarray(issue.exact_payoffs.max(axis=0) - issue.exact_payoffs.min(axis=0))


def noise(game: LinkageGame, rng: np.random.Generator) -> Noise:
    """Draw independent moves for every payoff of a game."""
    drawn = {}
    for name, issue in game.issues.items():
        steps = rng.integers(-GRAIN, GRAIN, size=issue.exact_payoffs.shape, endpoint=True)
        drawn[name] = np.frompyfunc(lambda n: Fraction(int(n), GRAIN), 1, 1)(steps)
    return drawn


def moved(game: LinkageGame, moves: Noise, radius: Fraction) -> LinkageGame:
    """Return the game with payoffs moved by ``radius`` times their range times the moves.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> up = {"0": np.array([[Fraction(0)] * 2, [Fraction(1)] * 2], dtype=object)}
    >>> moved(game, up, Fraction(1, 4)).issues["0"].exact_payoffs[1].tolist()
    [Fraction(-3, 1), Fraction(15, 2)]
    """
    issues = dict(game.issues.items())
    for name, table in moves.items():
        if name in issues:
            issue = issues[name]
            changed = issue.exact_payoffs + radius * ranges(issue) * table
            issues[name] = replace(issue, exact_payoffs=changed)
    return replace(game, issues=issues, document={})
