"""The checker of settlements with one outcome per issue.

Every package of outcomes is tried where there are few enough; otherwise every package that
differs from the answer in one issue or two, and the best deal with shares as a bound.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import VerificationError
from bargaining.model.deal import Deal, broken, check, gains, status_quo
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.package import PackageSettlement
from bargaining.settlement.solutions.base import Problem, Solution, Weights

MAX_TRIED = 20_000
MAX_NUMBERS = 4_000_000
"""Outcomes written down in all packages tried."""
Gains = tuple[Fraction, ...]


def check_pure(
    game: LinkageGame,
    settled: PackageSettlement,
    solution: Solution,
    weights: Weights,
    place: str,
) -> None:
    """Raise :class:`VerificationError` if a better package is found."""
    for tie in settled.ties:
        check(game, tie)
        if gains(game, tie) != settled.gains and solution.score(
            *_scored(game, gains(game, tie), weights, settled.ideal)
        ) != solution.score(*_scored(game, settled.gains, weights, settled.ideal)):
            msg = f"{place}: packages said to be equally good are not"
            raise VerificationError(msg)
    if settled.status == Status.LIMIT_REACHED:
        return
    issues = list(settled.package)
    sizes = [len(game.flat.rows(k)) for k in issues]
    complete = math.prod(sizes) <= MAX_TRIED
    rational = list(_rational(game, _every(issues, sizes) if complete else _near(game, settled)))
    able = [frozenset(i for i in game.interested if g[i] > 0) for g in rational]
    largest = max(map(len, able), default=0)
    if solution.over_all_rational:
        rivals = {who for who in able if who}
    else:
        rivals = {who for who in able if who and len(who) == largest}
    named = not settled.gainers if not rivals else settled.gainers in rivals
    if (complete and not named) or (
        len(settled.gainers) < largest and not solution.over_all_rational
    ):
        msg = f"{place}: other players can gain together than those named"
        raise VerificationError(msg)
    if not rivals or (not complete and settled.gainers not in rivals):
        return
    ideal = tuple(max(g[i] for g in rational) for i in range(len(game.players)))
    if not complete:
        ideal = settled.ideal  # type: ignore[assignment]
    mine = solution.score(*_scored(game, settled.gains, weights, ideal))
    for found, who in zip(rational, able, strict=True):
        if who in rivals and solution.score(*_scored(game, found, weights, ideal)) > mine:
            msg = f"{place}: the package with gains {show(found)} is better"
            raise VerificationError(msg)
    if complete and set(settled.alternatives) - set(able):
        msg = f"{place}: players are said to gain together who cannot"
        raise VerificationError(msg)


def _scored(
    game: LinkageGame, gained: Sequence[Number], weights: Weights, ideal: Weights | None
) -> tuple[Gains, Problem]:
    exact = tuple(Fraction(g) for g in gained)
    who = frozenset(i for i in game.interested if exact[i] > 0)
    return exact, Problem(exact, who, weights, ideal, game.interested)


def _rational(game: LinkageGame, packages: Iterator[Mapping[int, int]]) -> Iterator[Gains]:
    """Gains of those packages that the constraints allow and in which nobody loses."""
    here = status_quo(game)
    flat, starts = game.flat, game.flat.offsets[:-1]
    total = _whole(game, flat.values[starts + here].astype(object).sum(axis=0))
    for chosen in packages:
        outcomes = here.copy()
        outcomes[list(chosen)] = list(chosen.values())
        if game.coupled:
            if broken(game, Deal(outcomes)):
                continue
            found = tuple(Fraction(g) for g in gains(game, Deal(outcomes)))
        else:  # payoffs add up: only what differs has to be counted again
            changed = [k for k, a in chosen.items() if a != here[k]]
            moved = [flat.values[starts[k] + chosen[k]] for k in changed]
            left = [flat.values[starts[k] + here[k]] for k in changed]
            step = np.array([*moved, *(-row for row in left)], dtype=object)
            more = _whole(game, step.sum(axis=0)) if len(step) else (Fraction(0),) * len(total)
            found = tuple(t + m + o for t, m, o in zip(total, more, game.offset, strict=True))
        if min((found[i] for i in game.interested), default=Fraction(0)) >= 0:
            yield found


def _whole(game: LinkageGame, sums: NDArray[Any]) -> Gains:
    """Turn sums of the game's numbers into gains."""
    return tuple(Fraction(v) / d for v, d in zip(sums, game.flat.denominators, strict=True))


def _every(issues: Sequence[int], sizes: Sequence[int]) -> Iterator[Mapping[int, int]]:
    for outcome in itertools.product(*(range(size) for size in sizes)):
        yield dict(zip(issues, outcome, strict=True))


def _near(game: LinkageGame, settled: PackageSettlement) -> Iterator[Mapping[int, int]]:
    """Yield the answer with one issue or two changed, up to a bound."""
    here = (
        {k: next(iter(settled.deal.marginal(k))) for k in settled.package}
        if (settled.deal.issues is None or len(settled.deal.issues))
        else {k: int(game.origin[k]) for k in settled.package}
    )
    changes = [(k, a) for k in settled.package for a in range(len(game.flat.rows(k)))]
    singles = ({**here, k: a} for k, a in changes)
    pairs = (
        {**here, k: a, m: b} for (k, a), (m, b) in itertools.combinations(changes, 2) if k != m
    )
    yield here
    tried = min(MAX_TRIED, MAX_NUMBERS // max(1, len(here)))
    yield from itertools.islice(itertools.chain(singles, pairs), tried)


def show(values: Sequence[Number]) -> str:
    """Write gains for a message."""
    return "(" + ", ".join(f"{float(v):g}" for v in values) + ")"
