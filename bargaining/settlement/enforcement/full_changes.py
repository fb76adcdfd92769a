"""What swapping an act brings where an outcome is carried out in full.

Then a player knows what the others do, and his temptation is the best of his payoffs against it
less what the deal gives him.  Most issues of a large deal are of that kind, so that all issues
with the same players and numbers of acts are looked at together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.model.array_issues import ArrayIssues
from bargaining.model.game import LinkageGame


def full_changes(game: LinkageGame, outcomes: Mapping[int, int]) -> NDArray[Any]:
    """Return what each player gains at most by himself, issue by issue.

    Parameters
    ----------
    game : LinkageGame
    outcomes : mapping of int to int
        Issues that stand alone, and the outcome that the deal carries out in full in each.

    Returns
    -------
    ndarray, shape (issues, players)
        Never negative, on the scale of ``game.flat``, in the order of ``outcomes``.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> full_changes(game, {0: 1, 1: 0}).tolist()
    [[4, 0], [0, 0]]
    """
    issues = np.fromiter(outcomes, dtype=np.intp, count=len(outcomes))
    places = np.fromiter(outcomes.values(), dtype=np.intp, count=len(outcomes))
    starts = game.flat.offsets[issues]
    as_told = game.flat.values[starts + places]
    best = as_told.copy()
    for (acting, shape), members in _alike(game, issues).items():
        at = np.array(members, dtype=np.intp)
        if not acting:  # decided by joint choice: all he can do is to walk out
            best[at] = np.maximum(best[at], 0)
            continue
        chosen = list(np.unravel_index(places[at], shape))
        for axis, name in enumerate(acting):
            player = game.players.index(name)
            for act in range(shape[axis]):
                changed = [*chosen[:axis], np.full_like(chosen[axis], act), *chosen[axis + 1 :]]
                rows = starts[at] + np.ravel_multi_index(changed, shape)
                best[at, player] = np.maximum(best[at, player], game.flat.values[rows, player])
    return np.asarray(best - as_told)


def _alike(
    game: LinkageGame, issues: NDArray[np.intp]
) -> dict[tuple[tuple[str, ...], tuple[int, ...]], list[int]]:
    """Places of issues by who acts in them, in how many ways; nobody where all choose jointly."""
    if isinstance(game.issues, ArrayIssues):
        return {((), ()): list(range(len(issues)))}
    names = game.issue_names
    found: dict[tuple[tuple[str, ...], tuple[int, ...]], list[int]] = {}
    for place, k in enumerate(issues.tolist()):
        issue = game.issues[names[k]]
        shape = () if issue.is_options else issue.shape
        found.setdefault((tuple(issue.actions), shape), []).append(place)
    return found
