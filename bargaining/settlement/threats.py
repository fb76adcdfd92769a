"""What two players can do to each other without an agreement: the game of threats of a package.

In an issue with actions each player can act alone; in an option issue nobody can do anything
alone, so the threat there is the status quo, as in every issue outside the package.  Issues whose
payoffs only add up are separate games; issues that interact are one, with joint acts.  For given
weights p, q the threats are those of the game in which the first player gets p u1 - q u2 and the
second its negative: the value adds up over separate games.

Whoever cannot commit himself threatens only what he would carry out: a best reply, in his own
payoffs, to the threat of the one who can (ties in favour of the latter).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.zero_sum import power_of_two, zero_sum
from bargaining.errors import NotDefinedError, NotSupportedError
from bargaining.geometry.rational import Column, maximise
from bargaining.model.agenda import components
from bargaining.model.array_issues import ArrayIssues
from bargaining.model.game import LinkageGame
from bargaining.results import Number

MAX_CELLS = 4_096
"""The largest joint game of issues that interact."""
Mix = tuple[Number, ...]
Pair = tuple[Number, Number]


@dataclass(frozen=True, eq=False)
class ThreatGame:
    """Acts of the two players in some issues, and what they lead to.

    Attributes
    ----------
    issues : tuple of int
    rows, columns : tuple of tuple of int
        Joint acts: one action per issue (0 where the player does not act).
    gains : ndarray of Fraction, shape (rows, columns, 2)
    """

    issues: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]
    columns: tuple[tuple[int, ...], ...]
    gains: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Threats:
    """Optimal threats at given weights, and the proof that neither side can do better.

    Attributes
    ----------
    weights : (p, q)
    value : number
        Of p u1 - q u2.
    first, second : tuple of tuple of number
        A mixed strategy per threat game.
    point : (u1, u2)
        What the threats lead to.
    prices : tuple
        Where only one player commits himself: per game and reply of the other, the prices that
        bound what commitment to make that reply a best one is worth.
    """

    weights: Pair
    value: Number
    first: tuple[Mix, ...]
    second: tuple[Mix, ...]
    point: Pair
    prices: tuple[tuple[Mix, ...], ...] = ()


def threat_games(
    game: LinkageGame, package: Sequence[int], columns: tuple[int, int]
) -> tuple[ThreatGame, ...]:
    """Return the separate games of threats of a package.

    Raises
    ------
    NotDefinedError
        If somebody can act but gains are measured from reservation totals.
    NotSupportedError
        If interacting issues have more than 4,096 joint outcomes.
    """
    names = (game.players[columns[0]], game.players[columns[1]])
    active = acting(game, package, names)
    if active and game.reserved:
        issue = game.issue_names[active[0]]
        msg = (
            f"threats are not defined: the game states what everyone gets without agreement "
            f"([reservation]), so acts in {issue} threaten nobody; remove it or the actions"
        )
        raise NotDefinedError(msg)
    near: dict[int, set[int]] = {k: set() for k in active}
    for pair in game.interactions:
        if pair.first in near and pair.second in near:
            near[pair.first].add(pair.second)
            near[pair.second].add(pair.first)
    return tuple(_flattened(game, issues, names) for issues in components(active, near))


def acting(game: LinkageGame, package: Sequence[int], names: Sequence[str]) -> list[int]:
    """Return the issues of a package in which any of these players has a choice of acts."""
    if isinstance(game.issues, ArrayIssues):
        return []
    return [k for k in package if any(len(_acts(game, k, name)) > 1 for name in names)]


def _acts(game: LinkageGame, k: int, player: str) -> Sequence[str]:
    """Return a player's actions in an issue; one nameless if he has none."""
    return game.issues[game.issue_names[k]].actions.get(player, ("",))


def _flattened(game: LinkageGame, issues: tuple[int, ...], names: tuple[str, str]) -> ThreatGame:
    """Lay out the joint acts of interacting issues; everyone else stays at the status quo."""
    columns = [game.players.index(name) for name in names]
    sizes = [[len(_acts(game, k, name)) for k in issues] for name in names]
    cells = math.prod(sizes[0]) * math.prod(sizes[1])
    if len(issues) > 1 and cells > MAX_CELLS:
        listed = "+".join(game.issue_names[k] for k in issues)
        msg = (
            f"threats: the issues {listed} interact, and their joint game has {cells:,} cells "
            f"(at most {MAX_CELLS:,}); delink some of them"
        )
        raise NotSupportedError(msg)
    grids = {k: _outcomes(game, k, names) for k in issues}
    rows, replies = (tuple(itertools.product(*map(range, size))) for size in sizes)
    at = [np.array(acts, dtype=np.intp) for acts in (rows, replies)]
    outcome = {k: grids[k][at[0][:, i][:, None], at[1][:, i]] for i, k in enumerate(issues)}
    total: Any = np.full((len(rows), len(replies), 2), Fraction(0), dtype=object)
    for k in issues:
        gains = game.issues[game.issue_names[k]].exact_gains[:, columns]
        total = total + gains[outcome[k]]
    units = np.array([Fraction(game.flat.denominators[c]) for c in columns], dtype=object)
    for pair in game.interactions:
        if pair.first in outcome or pair.second in outcome:
            first, second = (outcome.get(k, game.origin[k]) for k in (pair.first, pair.second))
            total = total + pair.values[first, second][..., columns] / units
    return ThreatGame(issues, rows, replies, total)


def _outcomes(game: LinkageGame, k: int, names: tuple[str, str]) -> NDArray[np.intp]:
    """Position of the outcome of each pair of acts, the other players at the status quo."""
    issue = game.issues[game.issue_names[k]]
    now = np.unravel_index(int(game.origin[k]), issue.shape)
    sizes = [len(issue.actions.get(name, ("",))) for name in names]
    grid = np.zeros(sizes, dtype=np.intp)
    for i, j in itertools.product(*map(range, sizes)):
        chosen = [int(a) for a in now]
        for name, act in zip(names, (i, j), strict=True):
            if name in issue.actions:
                chosen[list(issue.actions).index(name)] = act
        grid[i, j] = np.ravel_multi_index(chosen, issue.shape)
    return grid


def optimal_threats(
    games: Sequence[ThreatGame], weights: Pair, commits: tuple[bool, bool] = (True, True)
) -> Threats:
    """Find the threats that are optimal at given weights.

    Parameters
    ----------
    games : sequence of ThreatGame
    weights : (p, q)
        The first player raises p u1 - q u2, the second lowers it.
    commits : (bool, bool)
        Who can commit himself; at least one can.
    """
    scale = _whole_scale(weights)
    p, q = (w * scale for w in weights)
    mixes: list[tuple[Mix, Mix]] = []
    prices: list[tuple[Mix, ...]] = []
    value: Number = Fraction(0)
    for game in games:
        mine, theirs = game.gains[..., 0], game.gains[..., 1]
        table = p * mine - q * theirs
        if all(commits):
            found = zero_sum(table)
            mixes.append((found.row, found.column))
            value += found.value
        elif commits[0]:
            x, y, worth, dual = _commit(table, theirs)
            mixes.append((x, y))
            prices.append(tuple(tuple(c / scale for c in row) for row in dual))
            value += worth
        else:
            y, x, worth, dual = _commit(-table.T, mine.T)
            mixes.append((x, y))
            prices.append(tuple(tuple(c / scale for c in row) for row in dual))
            value -= worth
    point = [
        sum(
            (_expected(game.gains[..., side], x, y) for game, (x, y) in zip(games, mixes,
                                                                            strict=True)),
            start=Fraction(0),
        )
        for side in (0, 1)
    ]  # fmt: skip
    return Threats(
        weights,
        value / scale,
        tuple(x for x, _ in mixes),
        tuple(y for _, y in mixes),
        (point[0], point[1]),
        tuple(prices),
    )


def _whole_scale(weights: Pair) -> int:
    """Return what makes the weights whole numbers: exact programmes are faster in those."""
    if any(isinstance(w, float) for w in weights):
        return 1
    return math.lcm(*(Fraction(w).denominator for w in weights))


def _commit(table: NDArray[Any], reply: NDArray[Any]) -> tuple[Mix, Mix, Fraction, tuple[Mix, ...]]:
    """Commit to the mixture whose best reply, ties in one's favour, is worth most.

    One programme per reply j of the other: the most x'table_j over mixtures x against which no
    other reply pays him more (Conitzer and Sandholm 2006).
    """
    shift = 1 - min(table.flat)
    unit = power_of_two(max(table.flat) + shift)
    units = power_of_two(max(reply.flat) - min(reply.flat))
    best: tuple[Fraction, Mix, int] | None = None
    duals: list[Mix] = []
    for j in range(table.shape[1]):
        better = (reply - reply[:, [j]]) / units
        columns: list[Column] = [
            {0: Fraction(1), **{1 + k: v for k, v in enumerate(row) if v}} for row in better
        ]
        found = maximise(list((table[:, j] + shift) / unit), columns, [1] + [0] * table.shape[1])
        duals.append(tuple(price * unit / units for price in found.dual[1:]))
        if sum(found.primal) == 1 and (best is None or found.value > best[0]):
            best = (found.value, found.primal, j)
    assert best is not None
    value, mixture, j = best
    answer = tuple(Fraction(k == j) for k in range(table.shape[1]))
    return mixture, answer, value * unit - shift, tuple(duals)


def _expected(table: NDArray[Any], x: Mix, y: Mix) -> Number:
    rows = [i for i, p in enumerate(x) if p]
    columns = [j for j, p in enumerate(y) if p]
    return sum((x[i] * y[j] * table[i, j] for i in rows for j in columns), start=Fraction(0))
