"""What one player can change by himself, and the issues whose payoffs he changes together.

A player who acts in an issue can swap the act that an outcome prescribes him for another of his.
In an issue decided by joint choice he can only walk out, back to the status quo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotDefinedError
from bargaining.geometry.marginals import Component, PackageTerms, package_terms, spread
from bargaining.model.array_issues import ArrayIssues
from bargaining.model.game import LinkageGame


@dataclass(frozen=True, eq=False)
class Moves:
    """A player's swaps at some outcomes of an issue.

    Attributes
    ----------
    prescribed : ndarray, shape (outcomes,)
        What he is told: the act that the outcome prescribes him; 0 where he has none.
    target : ndarray, shape (alternatives, outcomes)
        The outcome that results.  One alternative is to do as told, or is his own act again.
    """

    prescribed: NDArray[np.intp]
    target: NDArray[np.intp]


def moves(
    game: LinkageGame, issue: int, player: int, outcomes: NDArray[np.intp] | None = None
) -> Moves:
    """Return what a player can change at outcomes of an issue (all of them, unless given).

    Examples
    --------
    >>> from bargaining.model.issue import Issue
    >>> dilemma = Issue.normal_form("pd", ["a", "b"], {"a": ["C", "D"], "b": ["C", "D"]},
    ...     {"a": [[3, 0], [5, 1]], "b": [[3, 5], [0, 1]]}, status_quo={"a": "D", "b": "D"})
    >>> moves(LinkageGame(["a", "b"], [dilemma]), 0, 1).target.tolist()
    [[0, 0, 2, 2], [1, 1, 3, 3]]
    """
    places = np.arange(len(game.flat.rows(issue))) if outcomes is None else outcomes
    nothing = np.zeros(len(places), dtype=np.intp)
    if isinstance(game.issues, ArrayIssues):
        return Moves(nothing, np.array([places, nothing]))
    found = game.issues[game.issue_names[issue]]
    if found.is_options:
        return Moves(nothing, np.array([places, nothing + game.origin[issue]]))
    name = game.players[player]
    if name not in found.actions:
        return Moves(nothing, places[None])
    axis = list(found.actions).index(name)
    chosen = list(np.unravel_index(places, found.shape))
    prescribed = chosen[axis]
    targets = []
    for action in range(found.shape[axis]):
        chosen[axis] = np.full_like(prescribed, action)
        targets.append(np.ravel_multi_index(chosen, found.shape))
    return Moves(prescribed.astype(np.intp), np.array(targets, dtype=np.intp))


def spillover_terms(game: LinkageGame, package: Sequence[int]) -> PackageTerms:
    """Split a package into issues that stand alone and components tied by spillovers.

    Constraints are about what may be agreed, not about what somebody does who breaks his word, so
    they tie nothing here.
    """
    require_status_quo(game)
    if game.constraints:
        free = {k: v for k, v in game.channels.items() if k != "constraints"}
        game = replace(game, channels=free)
    return package_terms(game, package)


def require_status_quo(game: LinkageGame) -> None:
    """Refuse a game whose gains are measured from totals: no issue says what ends with a deal."""
    if game.reserved:
        msg = (
            "enforcement is not defined: no status quo per issue, only reservation totals; name a "
            "status quo in every issue"
        )
        raise NotDefinedError(msg)


def cell_gains(component: Component, player: int) -> NDArray[Any]:
    """Return a player's whole-number gains in all joint cells of a component, in C order."""
    sizes = component.sizes()
    total = np.zeros(tuple(sizes[k] for k in component.issues), dtype=object)
    for scope, table in component.tables.items():
        total = total + spread(table[..., player], scope, component.issues)
    return total.ravel()
