"""Temptation: what a player gains in one period by breaking his part of a deal.

He may change all his acts of a package at once, each change conditional on what the deal
prescribes him, while the others act as in the deal.  Where payoffs only add up that is a sum: per
act that he is told, the best swap,

    T_i = Σ_groups max(0, max_b Σ_{outcomes a of the group} share(a) (u_i(b, a_-i) - u_i(a))).

In an issue decided by joint choice he can only walk out, so that his temptation there is the loss
he avoids, if any.  Issues tied by spillovers are changed together.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotSupportedError
from bargaining.geometry.marginals import Component
from bargaining.model.array_issues import ArrayIssues
from bargaining.model.deal import Deal
from bargaining.model.gains import column_sum
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.enforcement.full_changes import full_changes
from bargaining.settlement.enforcement.joint import joint_shares, marginal
from bargaining.settlement.enforcement.moves import Moves, cell_gains, moves, spillover_terms

MAX_CHANGES = 4_000_000
"""The most entries of one player's table of changes: alternatives times (joint) outcomes."""


@dataclass(frozen=True, eq=False)
class SwapGroup:
    """One place where a player could swap an act: the outcomes at which he is told the same.

    Under shares s his temptation from the group is ``max(0, max(changes @ s[outcomes]))``.

    Attributes
    ----------
    player : int
    issues : tuple of int
        One issue, or all issues (ascending) of a component tied by spillovers.
    outcomes : ndarray, shape (outcomes,)
        Positions in the issue's outcomes; for a component, of joint cells in C order.
    changes : ndarray, shape (alternatives, outcomes)
        His payoff after the change minus as prescribed, on the scale of ``game.flat`` (whole
        numbers; divide by ``game.flat.denominators[player]``).  Alternatives that never help, and
        groups without any other, are left out.
    """

    player: int
    issues: tuple[int, ...]
    outcomes: NDArray[np.intp]
    changes: NDArray[Any]


def swap_groups(game: LinkageGame, package: Sequence[int]) -> tuple[SwapGroup, ...]:
    """List the places where players could swap acts, for deals in shares of a package.

    Raises
    ------
    NotDefinedError
        If gains are measured from reservation totals.
    NotSupportedError
        If a table of changes would be too large.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> [(g.player, g.issues, g.changes.tolist()) for g in swap_groups(game, (0, 1))]
    [(0, (0,), [[0, 4]]), (1, (1,), [[0, 3]])]
    """
    terms = spillover_terms(game, package)
    found: list[SwapGroup] = []
    for issue in terms.singles:
        values = game.flat.values[game.flat.rows(issue)]
        for player in range(len(game.players)):
            alternatives = _alternatives(game, (issue,), player)
            if alternatives == 1:  # as he is told
                continue
            _check_size(game, (issue,), len(values) * alternatives)
            found += _groups((issue,), player, moves(game, issue, player), values[:, player])
    for component in terms.components:
        for player in range(len(game.players)):
            check_size(game, component, player)
            joint = joint_moves(game, component, player)
            found += _groups(component.issues, player, joint, cell_gains(component, player))
    return tuple(found)


def temptations(game: LinkageGame, package: Sequence[int], deal: Deal) -> tuple[Number, ...]:
    """Return each player's temptation under a deal, in payoffs.

    Exact where the deal is.  Issues outside the package count at their status quo.

    Examples
    --------
    >>> from bargaining.settlement.settle import settle
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> temptations(game, (0, 1), settle(game).lotteries)
    (Fraction(7, 2), Fraction(3, 1))
    """
    terms = spillover_terms(game, package)
    totals: list[Number] = [Fraction(0)] * len(game.players)
    in_full: dict[int, int] = {}
    for issue in terms.singles:
        shares = marginal(game, deal, issue)
        if game.flat.exact and issue not in deal.shares:
            (in_full[issue],) = shares
            continue
        for player, gained in enumerate(from_issue(game, issue, shares)):
            totals[player] += gained
    if in_full:
        changes = full_changes(game, in_full)
        totals = [t + column_sum(changes[:, i]) for i, t in enumerate(totals)]
    for component in terms.components:
        lottery = joint_shares(game, deal, component.issues)
        for player in range(len(game.players)):
            totals[player] += from_component(game, component, player, lottery)
    return tuple(t / d for t, d in zip(totals, game.flat.denominators, strict=True))


def from_issue(game: LinkageGame, issue: int, shares: Mapping[int, Number]) -> Iterator[Number]:
    """Yield each player's temptation in an issue that stands alone, on the flat scale."""
    outcomes = np.fromiter(shares, dtype=np.intp, count=len(shares))
    weights = np.array(list(shares.values()), dtype=object)
    start = int(game.flat.offsets[issue])
    plain = isinstance(game.issues, ArrayIssues)
    for player in range(len(game.players)):
        column = game.flat.values[:, player]
        if plain:  # walking out is all that can be done
            worth = sum((s * _number(column[start + a]) for a, s in shares.items()), Fraction(0))
            yield max(Fraction(0), -worth)
            continue
        swaps = moves(game, issue, player, outcomes)
        after = column[start + swaps.target].astype(object)
        changes = after - column[start + outcomes].astype(object)
        total: Number = Fraction(0)
        for told in np.unique(swaps.prescribed).tolist():
            group = np.flatnonzero(swaps.prescribed == told)
            total += max([Fraction(0), *(changes[:, group] @ weights[group])])
        yield total


def from_component(
    game: LinkageGame,
    component: Component,
    player: int,
    lottery: Mapping[tuple[int, ...], Number],
) -> Number:
    """Return a player's temptation in issues tied by spillovers, on the flat scale.

    Per tuple of acts that he is told, payoffs averaged over what the others then do still add up
    over issues and pairs, so that the best change is a pass along the component's tree.
    """
    issues = component.issues
    cells = np.array(list(lottery), dtype=np.intp).reshape(len(lottery), len(issues))
    shares = [Fraction(s) for s in lottery.values()]
    unit = math.lcm(*(s.denominator for s in shares))
    weights = np.array([int(s * unit) for s in shares], dtype=object)
    swaps = {k: moves(game, k, player, cells[:, j]) for j, k in enumerate(issues)}
    told = np.array([swaps[k].prescribed for k in issues]).T
    total = 0
    for group in _same_rows(told):
        tables = {}
        as_told = 0
        for scope, table in component.tables.items():
            index = [swaps[k].target[:, group] for k in scope]
            averaged = _averaged(table[..., player], index, weights[group])
            tables[scope] = averaged[..., None]
            here = tuple(cells[group, issues.index(k)] for k in scope)
            as_told += int(table[..., player][here] @ weights[group])
        best, _ = Component(issues, tables).best((1,))
        total += max(0, best - as_told)
    exact = all(isinstance(s, Fraction) for s in lottery.values())
    return Fraction(total, unit) if exact else float(Fraction(total, unit))


def _averaged(
    table: NDArray[Any], targets: Sequence[NDArray[np.intp]], weights: NDArray[Any]
) -> NDArray[Any]:
    """Average a table over cells, for every alternative in each of its issues."""
    if len(targets) == 1:
        return np.asarray(table[targets[0]] @ weights)
    first, second = targets
    return np.asarray(table[first[:, None], second[None]] @ weights)


def _groups(
    issues: tuple[int, ...], player: int, swaps: Moves, values: NDArray[Any]
) -> Iterator[SwapGroup]:
    changes = values[swaps.target] - values
    for told in np.unique(swaps.prescribed).tolist():
        outcomes = np.flatnonzero(swaps.prescribed == told)
        inside = changes[:, outcomes]
        helps = np.any(inside > 0, axis=1)
        if bool(helps.any()):
            yield SwapGroup(player, issues, outcomes, inside[helps])


def joint_moves(game: LinkageGame, component: Component, player: int) -> Moves:
    """Return what a player can change at once in all joint cells of a component."""
    sizes = component.sizes()
    shape = tuple(sizes[k] for k in component.issues)
    cells = np.unravel_index(np.arange(math.prod(shape)), shape)
    swaps = [
        moves(game, k, player, np.asarray(c)) for k, c in zip(component.issues, cells, strict=True)
    ]
    told = np.array([s.prescribed for s in swaps])
    _, prescribed = np.unique(told, axis=1, return_inverse=True)
    targets = [
        np.ravel_multi_index([s.target[b] for s, b in zip(swaps, chosen, strict=True)], shape)
        for chosen in itertools.product(*(range(len(s.target)) for s in swaps))
    ]
    return Moves(np.asarray(prescribed).ravel(), np.array(targets, dtype=np.intp))


def _same_rows(rows: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    _, which = np.unique(rows, axis=0, return_inverse=True)
    which = np.asarray(which).ravel()
    for group in range(int(which.max()) + 1):
        yield np.flatnonzero(which == group)


def _alternatives(game: LinkageGame, issues: Sequence[int], player: int) -> int:
    nowhere = np.zeros(0, dtype=np.intp)
    return math.prod(len(moves(game, k, player, nowhere).target) for k in issues)


def check_size(game: LinkageGame, component: Component, player: int) -> None:
    """Refuse a component whose joint acts are too many to write out for a player."""
    sizes = component.sizes()
    cells = math.prod(sizes[k] for k in component.issues)
    _check_size(game, component.issues, cells * _alternatives(game, component.issues, player))


def _check_size(game: LinkageGame, issues: Sequence[int], entries: int) -> None:
    if entries > MAX_CHANGES:
        names = ", ".join(game.issue_names[k] for k in issues)
        msg = (
            f"{names}: a table of {entries:,} changes (alternatives times outcomes) would be "
            f"needed for deals in shares (at most {MAX_CHANGES:,}); ask about a pure deal"
        )
        raise NotSupportedError(msg)


def _number(value: Any) -> Number:
    return (
        Fraction(float(value)) if isinstance(value, (float, np.floating)) else Fraction(int(value))
    )
