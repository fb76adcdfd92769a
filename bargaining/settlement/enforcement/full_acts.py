"""The deal of full acts: everybody who can act in an issue does his one act."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bargaining.model.array_issues import ArrayIssues
from bargaining.model.game import LinkageGame


def full_acts(game: LinkageGame) -> NDArray[np.intp] | None:
    """Return the outcome of every issue in which everybody does his one act; None if not defined.

    Each player who can act in an issue must have exactly two acts, an issue decided by joint
    choice exactly two options.
    """
    if isinstance(game.issues, ArrayIssues):
        sizes = np.diff(game.flat.offsets)
        return np.ones(len(sizes), dtype=np.intp) if bool((sizes == 2).all()) else None
    outcomes = game.origin.copy()
    for k, issue in enumerate(game.issues.values()):
        if any(size > 2 for size in issue.shape) or (issue.is_options and issue.shape != (2,)):
            return None
        if issue.is_options:
            outcomes[k] = 1 - game.origin[k]
            continue
        now = np.unravel_index(game.origin[k], issue.shape)
        acts = [size - 1 - int(a) for size, a in zip(issue.shape, now, strict=True)]
        outcomes[k] = np.ravel_multi_index(acts, issue.shape)
    return outcomes
