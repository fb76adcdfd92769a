"""The one-shot game of an issue, or of issues tied by spillovers, with what it can do to a player.

Joint acts are written out as one normal form of bounded size; issues decided by joint choice stay
at their status quo, since nobody can leave it alone.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bargaining.equilibrium.best_replies import table_of
from bargaining.equilibrium.bimatrix import of_issue
from bargaining.equilibrium.linked_all import linked_equilibria
from bargaining.errors import NotSupportedError
from bargaining.geometry.rational import maximise
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.results import Number

MAX_CELLS = 20_000
"""The most joint outcomes of issues tied by spillovers that are written out."""


@dataclass(frozen=True, eq=False)
class Stage:
    """A one-shot game.

    Attributes
    ----------
    issue : Issue
        Joint acts as one normal form; its status quo is that of the issues.
    game : LinkageGame
        The same issues, all others left at their status quo for good.
    """

    issue: Issue
    game: LinkageGame


def stage_game(game: LinkageGame, part: Sequence[int]) -> Stage | None:
    """Return the one-shot game of some issues; None where nobody has a choice in it.

    Raises
    ------
    NotSupportedError
        If the joint acts are too many to write out.
    """
    names = [game.issue_names[k] for k in part]
    alone = game.without(*(name for name in game.issue_names if name not in names))
    issues = [alone.issues[name] for name in names]
    actions: dict[str, tuple[str, ...]] = {}
    choices: dict[str, list[tuple[int, ...]]] = {}
    for player in game.players:
        mine = [range(len(i.actions.get(player, "."))) for i in issues]
        choices[player] = list(itertools.product(*mine))
        if any(player in issue.actions for issue in issues):
            actions[player] = tuple(map(str, choices[player]))
    cells = math.prod(len(found) for found in choices.values())
    if cells == 1 or not actions:
        return None
    if len(issues) == 1:
        return Stage(issues[0], alone)
    if cells > MAX_CELLS:
        msg = (
            f"{', '.join(names)}: spillovers tie these issues into a game of {cells:,} joint acts, "
            f"too many to say what players fall back on (at most {MAX_CELLS:,}); ask with "
            'reversion="status_quo"'
        )
        raise NotSupportedError(msg)
    return Stage(_written_out(alone, issues, actions, choices), alone)


def _written_out(
    game: LinkageGame,
    issues: Sequence[Issue],
    actions: dict[str, tuple[str, ...]],
    choices: dict[str, list[tuple[int, ...]]],
) -> Issue:
    origin = dict(zip(game.issue_names, game.origin.tolist(), strict=True))
    names = [issue.name for issue in issues]
    rows, start = [], 0
    for number, profile in enumerate(itertools.product(*(choices[p] for p in game.players))):
        told = dict(zip(game.players, profile, strict=True))
        cell = {}
        for j, issue in enumerate(issues):
            if issue.is_options:
                cell[issue.name] = origin[issue.name]
            else:
                acts = [told[player][j] for player in issue.actions]
                cell[issue.name] = int(np.ravel_multi_index(acts, issue.shape))
        row = sum(issue.exact_payoffs[cell[issue.name]] for issue in issues)
        for link in game.links or ():
            if link.spillovers is not None:
                row = row + link.spillovers[tuple(cell[name] for name in link.between)]
        rows.append(row)
        if cell == {name: origin[name] for name in names}:
            start = number
    payoffs = np.array(rows, dtype=object)
    return Issue("+".join(names), game.players, actions, (), payoffs, start)


def worst_equilibrium(stage: Stage) -> tuple[list[Fraction], bool]:
    """Return each player's least gain in any equilibrium, and whether it is exact.

    All equilibria are mixtures of the extreme ones that are listed, within sets on which payoffs
    are bilinear, so that the least is found at a listed one.

    Raises
    ------
    NotSupportedError
        If the list is not known to be complete, or there is no equilibrium in it.
    """
    base = stage.issue.exact_payoffs[stage.issue.status_quo_index or 0]
    found = of_issue(stage.issue)
    listed: list[dict[str, Number]] = [dict(e.payoffs) for e in found.equilibria]
    complete = found.complete
    acting = [p for p, labels in stage.issue.actions.items() if len(labels) > 1]
    if not complete and len(stage.game.issues) > 1 and len(acting) == 2:
        every = linked_equilibria(stage.game, commitment=False)
        listed, complete = [dict(e.payoffs) for e in every.equilibria], every.complete
        base = np.array(stage.game.base, dtype=object)
    if not complete or not listed:
        msg = (
            f"{stage.issue.name}: the status quo is no equilibrium, and not all equilibria are "
            'known, so the worst one is not; ask with reversion="status_quo" or "minmax"'
        )
        raise NotSupportedError(msg)
    worst = [min(payoffs[p] for payoffs in listed) for p in stage.issue.players]
    exact = all(isinstance(w, Fraction) for w in worst)
    return [Fraction(w) - b for w, b in zip(worst, base, strict=True)], exact


def held_to(stage: Stage) -> list[Fraction]:
    """Return the least gain that the others can hold each player to, mixing together.

    The linear programme is solved exactly: minimise v such that no act of his pays more than v
    against the others' mixture.
    """
    base = stage.issue.exact_payoffs[stage.issue.status_quo_index or 0]
    gains = []
    for position, player in enumerate(stage.issue.players):
        if player in stage.issue.actions:
            axis = list(stage.issue.actions).index(player)
            table = np.moveaxis(table_of(stage.issue, player), axis, 0)
            rows = table.reshape(len(table), -1)
        else:
            rows = stage.issue.exact_payoffs[:, position][None]
        gains.append(_value(rows.tolist()) - base[position])
    return gains


def _value(rows: Sequence[Sequence[Fraction]]) -> Fraction:
    """Return min over mixtures of columns of the largest row."""
    if len(rows) == 1:
        return min(rows[0])
    low = min(min(row) for row in rows)
    # with every entry raised above 0: v = 1 / max sum(x) such that rows x <= 1, x >= 0
    lift = 1 - low
    columns = [{i: row[j] + lift for i, row in enumerate(rows)} for j in range(len(rows[0]))]
    best = maximise([1] * len(columns), columns, [1] * len(rows))
    return 1 / best.value - lift
