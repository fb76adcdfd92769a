"""The radius where no closed form is known: two lines bisected, and a bounded search beyond them.

Raising all gains helps every deal, whatever else binds it, so the verdict's two halves are
monotone along the lines that raise and lower all payoffs as far as they go, and no other moves
of the same size do more.  This holds up to moves that leave somebody without any stake
(:func:`least_stake`), beyond which another set of players counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.linkage.attains import attains, breaks
from bargaining.linkage.moves import after, shifted
from bargaining.linkage.nearby import Noise, noise, ranges
from bargaining.linkage.single_payoff import Sensitive
from bargaining.model.game import LinkageGame
from bargaining.model.transfers import NAME, without_transfers

FINE = 2**-20
"""Lines are bisected to this width."""
COARSE = 12
"""Halvings along other directions, and for single payoffs."""
LARGEST = Fraction(1)
"""The largest moves looked at, as a share of the range."""
MAX_DIRECTIONS = 200


@dataclass(frozen=True, eq=False)
class Found:
    """The bracket and the moves that flip the verdict at its upper end (None: none known)."""

    low: Fraction
    high: Fraction
    moves: Noise | None
    how: str
    tight: bool


def search(game: LinkageGame, *, now: bool, seed: int, seconds: float) -> Found:
    """Bracket the radius within a bound on time."""
    deadline = time.monotonic() + seconds
    stake = least_stake(game)
    if now:
        return _true(game, stake, deadline)
    starts = not attains(game, "linked")
    agenda, up = ("linked", 1) if starts else ("delinked", -1)
    line = shifted(game, up)
    line_low = _turn(lambda r: attains(after(game, line, r), agenda) == starts, FINE, deadline)[0]
    low = min(line_low, stake)
    best: tuple[Fraction, Noise] | None = None
    rng = np.random.default_rng(seed)
    for moves in _directions(game, up, rng):
        top = LARGEST if best is None else best[0]
        if time.monotonic() > deadline:
            break
        if best is not None and breaks(after(game, moves, best[0] * Fraction(99, 100))) is now:
            continue
        flips = next(
            (r for r in _sizes(low, top) if breaks(after(game, moves, r)) is not now), None
        )
        if flips is None:
            continue
        size = _turn_from(game, moves, low, flips, now=now)
        if best is None or size < best[0]:
            best = size, moves
    if best is None:
        return Found(low, LARGEST, None, "search", False)
    return Found(low, best[0], best[1], "search", float(best[0] - low) <= 4 * FINE)


def least_stake(game: LinkageGame) -> Fraction:
    """Return the smallest radius at which moves could leave somebody without any stake."""
    bare = without_transfers(game)
    worst = LARGEST * 2
    for i in game.interested:
        most = Fraction(0)
        for k, issue in enumerate(bare.issues.values()):
            column = issue.exact_payoffs[:, i]
            reach = column.max() - column.min()
            if reach:
                far = max(abs(x - column[int(bare.origin[k])]) for x in column)
                most = max(most, far / (2 * reach))
        if most:  # a stake in spillovers alone cannot be moved away
            worst = min(worst, most)
    return worst


def sensitive_by_bisection(game: LinkageGame, *, now: bool, seconds: float) -> Sensitive | None:
    """Find the payoff whose move alone changes the verdict soonest, to within the halvings."""
    deadline = time.monotonic() + seconds
    best: Sensitive | None = None
    for name, issue in game.issues.items():
        if name == NAME and game.channels.get("transfers"):
            continue
        spans = ranges(issue)
        for a, i in np.ndindex(*issue.exact_payoffs.shape):
            for sign in (1, -1) if spans[i] else ():
                if time.monotonic() > deadline:
                    return best
                moves = np.full(issue.exact_payoffs.shape, Fraction(0), dtype=object)
                moves[a, i] = Fraction(sign)
                top = LARGEST if best is None else Fraction(best.radius) * Fraction(999, 1000)
                flips = [r for r in _sizes(Fraction(0), top) if _flips(game, {name: moves}, r, now)]
                if not flips:
                    continue
                size = _turn_from(game, {name: moves}, Fraction(0), flips[0], now=now)
                payoff: Any = issue.exact_payoffs[a, i]
                best = Sensitive(name, issue.outcomes[a], game.players[i], payoff,
                                 payoff + sign * size * spans[i], size)  # fmt: skip
    return best


def _true(game: LinkageGame, stake: Fraction, deadline: float) -> Found:
    """While linking breaks the deadlock the two lines are all there is to look at."""
    down, up = shifted(game, -1), shifted(game, 1)
    stops = _turn(lambda r: not attains(after(game, down, r), "linked"), FINE, deadline)
    starts = _turn(lambda r: attains(after(game, up, r), "delinked"), FINE, deadline)
    how, (low, high), moves = min(
        ("linked_stops", stops, down), ("delinked_starts", starts, up), key=lambda way: way[1][1]
    )
    low = min(low, stops[0], starts[0], stake)
    if breaks(after(game, moves, high)):
        return Found(low, high, None, "search", False)
    return Found(low, high, moves, how, float(high - low) <= 4 * FINE)


def _turn(
    turned: Callable[[Fraction], bool], width: float, deadline: float
) -> tuple[Fraction, Fraction]:
    """Bracket where a monotone condition starts to hold, between 0 and the largest move."""
    low, high = Fraction(0), LARGEST
    if not turned(high):
        return high, high
    while float(high - low) > width and time.monotonic() < deadline:
        middle = (low + high) / 2
        low, high = (low, middle) if turned(middle) else (middle, high)
    return low, high


def _turn_from(
    game: LinkageGame, moves: Noise, low: Fraction, high: Fraction, *, now: bool
) -> Fraction:
    """Halve towards the smallest size at which moves flip the verdict."""
    for _ in range(COARSE):
        middle = (low + high) / 2
        low, high = (low, middle) if _flips(game, moves, middle, now) else (middle, high)
    return high


def _flips(game: LinkageGame, moves: Noise, size: Fraction, now: bool) -> bool:
    return breaks(after(game, moves, size)) is not now


def _sizes(low: Fraction, high: Fraction) -> Iterator[Fraction]:
    """Return a few sizes from small to large."""
    for n in (1, 2, 4, 8, 16):
        yield low + (high - low) * Fraction(n, 16)


def _directions(game: LinkageGame, up: int, rng: np.random.Generator) -> Iterator[Noise]:
    """Directions to try: all gains, issue by issue, player by player, and random corners."""
    bare = without_transfers(game)
    every = shifted(game, up)
    yield every
    for name in bare.issues:
        yield shifted(game, up, [name])
        yield {**every, name: shifted(game, -up, [name])[name]}
    for i in range(len(bare.players)):
        one = {name: table.copy() for name, table in every.items()}
        for table in one.values():
            table[:, i] = -table[:, i]
        yield one
    names = list(bare.issues)
    for _ in range(MAX_DIRECTIONS):
        signs = rng.integers(-1, 2, size=(len(names), len(bare.players)))
        yield {  # some gain, some lose, differently in each issue: what trades are made of
            name: np.asarray(every[name] * up * np.array([Fraction(int(s)) for s in row]))
            for name, row in zip(names, signs, strict=True)
        }
        corner = np.frompyfunc(lambda x: Fraction(1 if x >= 0 else -1), 1, 1)
        yield {name: np.asarray(corner(table)) for name, table in noise(bare, rng).items()}
