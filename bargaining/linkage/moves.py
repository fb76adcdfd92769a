"""Moves of payoffs that change what packages can do: all gains at once, or two issues opened.

A move is a share of the largest move, between -1 and 1, per outcome and player; what is not
needed for the change is taken back, issue by issue and then payoff by payoff.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.geometry.surd import Surd
from bargaining.linkage.margins import Table
from bargaining.linkage.nearby import Noise, moved, ranges
from bargaining.linkage.unlocking import Part, Unlocking
from bargaining.model.game import LinkageGame
from bargaining.model.transfers import with_transfers, without_transfers

MAX_TRIED = 150
"""Issues, and then payoffs, whose moves are tried to be taken back."""
HALVINGS = 80
Judge = Callable[[LinkageGame], bool]


def shifted(game: LinkageGame, up: int, issues: Iterable[str] | None = None) -> Noise:
    """Raise (1) or lower (-1) all gains of some issues, or of all, as far as it goes.

    Every outcome moves one way and the status quo the other.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> shifted(game, 1, ["1"])["1"].tolist()
    [[Fraction(-1, 1), Fraction(-1, 1)], [Fraction(1, 1), Fraction(1, 1)]]
    """
    bare = without_transfers(game)
    found = {}
    for name in bare.issues if issues is None else issues:
        issue = bare.issues[name]
        moves = np.full(issue.exact_payoffs.shape, Fraction(up), dtype=object)
        moves[bare.origin[bare.position(name)]] = Fraction(-up)
        found[name] = moves
    return found


def after(game: LinkageGame, moves: Noise, radius: Fraction) -> LinkageGame:
    """Return the game after moves; side payments stay what they are."""
    bare = without_transfers(game)
    return with_transfers(moved(replace(bare, name="", document={}), moves, radius))


def unlocked(rows: Table, found: Unlocking, level: Fraction) -> Noise:
    """Make moves after which two issues unlock each other, and no other issue helps anybody more.

    ``level`` is above what the unlocking needs; moves are shares of half of it.
    """
    game, left, right = rows.game, found.left, found.right
    assert left is not None
    assert right is not None
    at = Surd.of(level)
    one, two = left.rates(at), right.rates(at)
    low, high = _known(one.low), _known(two.high)
    middle = (low + high) / 2
    first = (min(middle, _known(one.high)) + low) / 2
    second = (max(middle, _known(two.low)) + high) / 2
    moves = dict(shifted(game, -1))
    for part, t in ((left, first), (right, second)):
        moves[game.issue_names[part.issue]] = _opened(rows, part, t, level)
    return moves


def _known(value: Surd) -> Fraction:
    fraction = value.rational
    assert fraction is not None  # at a rational level all ends are rational
    return fraction


def _opened(rows: Table, part: Part, t: Fraction, level: Fraction) -> NDArray[Any]:
    """Make moves after which an outcome sets the end of its issue's interval at t."""
    game = rows.game
    issue = game.issues[game.issue_names[part.issue]]
    a = int(rows.rows[part.outcome] - game.flat.offsets[part.issue])
    origin = int(game.origin[part.issue])
    gains = issue.exact_payoffs - issue.exact_payoffs[origin]
    spans = issue.exact_payoffs.max(axis=0) - issue.exact_payoffs.min(axis=0)
    scales = game.flat.denominators
    mine, other = rows.columns if part.side == 0 else rows.columns[::-1]
    # `mine` is helped by the outcome, `other` pays; weights per unit of payoff, mine first
    share = {rows.columns[0]: t * scales[rows.columns[0]],
             rows.columns[1]: (1 - t) * scales[rows.columns[1]]}  # fmt: skip
    w, u = share[mine], share[other]
    g, h = gains[a, mine], gains[a, other]
    reach, far = level * spans[mine], level * spans[other]
    if not w:  # only the end itself will do: `mine` has no weight there
        pulled = {mine: reach, other: -h}
    else:
        held = [w * b[mine] + u * b[other] for j, b in enumerate(gains) if j not in (a, origin)]
        room = w * reach + u * far - max(held) if held else None
        least = max(Fraction(0), w * (g - reach), -u * (h + far))
        most = min(w * (g + reach), -u * (h - far))
        bottom = min(max(-u * h, least), most) if w * g < -u * h else min(max(w * g, least), most)
        z = most
        for step in range(HALVINGS):
            z = max(bottom, most / 2**step)
            if room is None or max(Fraction(0), -u * h - z) + max(Fraction(0), z - w * g) <= room:
                break
        pulled = {mine: z / w - g, other: -z / u - h}
    moves = np.full(gains.shape, Fraction(-1), dtype=object)
    for i, pull in pulled.items():
        unit = level / 2 * spans[i]
        if unit:
            moves[origin, i] = 1 - max(Fraction(0), pull) / unit
            moves[a, i] = moves[origin, i] + pull / unit
    for i in range(len(game.players)):
        if i not in pulled:
            moves[origin, i] = Fraction(1)
    return moves


def fewer(game: LinkageGame, moves: Noise, radius: Fraction, judge: Judge) -> Noise:
    """Take back the moves that the change does not need, as far as that is cheap."""
    kept: dict[str, NDArray[Any]] = dict(moves)
    if len(kept) > MAX_TRIED:
        return kept
    for name in list(kept):
        less = {k: table for k, table in kept.items() if k != name}
        if judge(after(game, less, radius)):
            kept = less
    cells = [(name, place) for name, table in kept.items() for place in np.ndindex(*table.shape)]
    if len(cells) > MAX_TRIED:
        return kept
    for name, place in cells:
        if kept[name][place]:
            table = kept[name].copy()
            table[place] = Fraction(0)
            less = {**kept, name: table}
            if judge(after(game, less, radius)):
                kept = less
    return kept


@dataclass(frozen=True)
class Move:
    """One payoff before and after."""

    issue: str
    outcome: str
    player: str
    before: Fraction
    after: Fraction


def moves_between(before: LinkageGame, now: LinkageGame) -> tuple[Move, ...]:
    """List the payoffs that differ between two games with the same outcomes."""
    found = []
    for name, issue in without_transfers(before).issues.items():
        other = now.issues[name].exact_payoffs
        for a, i in np.argwhere(other != issue.exact_payoffs).tolist():
            found.append(
                Move(name, issue.outcomes[a], before.players[i], issue.exact_payoffs[a, i],
                     other[a, i])
            )  # fmt: skip
    return tuple(found)


def within(before: LinkageGame, now: LinkageGame, radius: Fraction) -> Mapping[str, Any] | None:
    """Return the first payoff that moved by more than a share of its range, if any did."""
    for name, issue in without_transfers(before).issues.items():
        moved_by = abs(now.issues[name].exact_payoffs - issue.exact_payoffs)
        over = np.argwhere(moved_by > radius * ranges(issue))
        if len(over):
            return {"issue": name, "outcome": issue.outcomes[over[0][0]]}
    return None
