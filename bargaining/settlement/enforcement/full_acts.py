"""The deal of full acts: everybody who can act in an issue does his one act."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from bargaining.model.agenda import Agenda
from bargaining.model.array_issues import ArrayIssues
from bargaining.model.deal import Deal, gains
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


def passes(game: LinkageGame, plan: Agenda, deal: Deal) -> bool:
    """Whether a deal keeps the caps and floors, and no ratifier of a package loses by it."""
    rules = game.ratification
    if not rules:
        return True
    total = gains(game, deal)
    for i, cap in rules.caps.items():
        if sum(rules.depth(game, deal, i).values(), start=Fraction(0)) > cap:
            return False
    for i, floor in rules.floors.items():
        if total[i] - rules.cost(i, rules.depth(game, deal, i), plan.packages) < floor:
            return False
    for package in plan.packages:
        part = gains(game, deal.on(package))
        if any(part[j] < 0 for j in rules.ratifiers(package)):
            return False
    return True
