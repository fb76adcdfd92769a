"""How a payoff of the set is played: a lottery, then a profile, then a promise, period by period.

Each package is always at a corner of its inner set.  The corner's lottery draws a profile and a
promise, the promise is written as a lottery over corners, and the corner drawn is where the package
is next period; after a deviation by player i it is the corner worst for him.  So play is a finite
automaton whose states are the corners, and every number in it is a fraction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.equilibrium.repeated.polygon import Point, outward, spread
from bargaining.errors import InputError
from bargaining.model.expressions import number
from bargaining.results import in_figures, plain

if TYPE_CHECKING:
    from bargaining.equilibrium.repeated.answer import PackagePayoffs, PayoffSet

MAX_PERIODS = 1_000_000
TOUCH = Fraction(1, 10**9)
"""A payoff outside the inner set by less than this share of the payoffs' range is moved into it."""

Payoffs = Mapping[str, Fraction]


@dataclass(frozen=True)
class Branch:
    """What a public lottery may draw for a package at the start.

    Attributes
    ----------
    share : Fraction
    profile : mapping of str to str
        The outcome of every issue of the package.
    continuation : mapping of str to Fraction
        Average payoffs in the package from the next period on, if nobody deviates.
    punishments : mapping of str to Fraction
        What each player gets in the package from the next period on if he deviates.
    """

    share: Fraction
    profile: Mapping[str, str]
    continuation: Payoffs
    punishments: Payoffs


@dataclass(frozen=True)
class Period:
    """One period of play.

    Attributes
    ----------
    profile : mapping of str to str
        The outcome of every issue.
    payoffs : mapping of str to Fraction
        What the period pays.
    continuation : mapping of str to Fraction
        Average payoffs from the next period on, if nobody deviates.
    punishments : mapping of str to mapping of str to Fraction
        Per player who deviates, everybody's average payoffs from the next period on if he does so
        in every package.
    """

    profile: Mapping[str, str]
    payoffs: Payoffs
    continuation: Payoffs
    punishments: Mapping[str, Payoffs]


@dataclass(frozen=True)
class PlayPath:
    """A payoff with the way to reach it.

    Attributes
    ----------
    payoff : mapping of str to Fraction
    lottery : tuple of tuples of Branch
        Per package what may be drawn in the first period.
    periods : tuple of Period
        One play of it, drawn at random.
    """

    payoff: Payoffs
    lottery: tuple[tuple[Branch, ...], ...]
    periods: tuple[Period, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "payoff": plain(self.payoff),
            "lottery": [[plain(vars(branch)) for branch in part] for part in self.lottery],
            "periods": [plain(vars(period)) for period in self.periods],
        }

    def __str__(self) -> str:
        lines = []
        for k, period in enumerate(self.periods):
            played = ", ".join(f"{issue}: {outcome}" for issue, outcome in period.profile.items())
            after = ", ".join(f"{p} {in_figures(v)}" for p, v in period.continuation.items())
            worst = "; ".join(
                f"{p} deviates: {p} {in_figures(paid[p])}" for p, paid in period.punishments.items()
            )
            lines.append(f"{k + 1}. {played} | then {after} | {worst}")
        return "\n".join(lines)


def play_path(
    found: PayoffSet, payoff: Any, rng: np.random.Generator | None, periods: int
) -> PlayPath:
    """Play a payoff of a set (see :meth:`PayoffSet.path`)."""
    players = found.game.players
    if not 0 <= periods <= MAX_PERIODS:
        msg = f"periods: expected a number from 0 to {MAX_PERIODS:,}, found {periods}"
        raise InputError(msg)
    point, mixed = _placed(found, payoff)
    states = [_states(found, k) for k in range(len(found.packages))]
    lottery = tuple(
        _branches(part, _added(states[j], mixed)) for j, part in enumerate(found.packages)
    )
    rng = np.random.default_rng(0) if rng is None else rng
    here = _draw(mixed, rng)
    corners = [states[j][here] for j in range(len(found.packages))]
    played = []
    for _ in range(periods):
        period, corners = _period(found, corners, rng)
        played.append(period)
    return PlayPath(dict(zip(players, point, strict=True)), lottery, tuple(played))


def _placed(found: PayoffSet, payoff: Any) -> tuple[tuple[Fraction, ...], dict[int, Fraction]]:
    """Return a payoff with its mixture of corners; moved into the set where it hardly misses it."""
    players = found.game.players
    if isinstance(payoff, Mapping):
        payoff = [payoff.get(p) for p in players]
    values = [number(v.item() if isinstance(v, np.generic) else v) for v in payoff]
    corners = list(found.exact_vertices)
    if len(values) != 2 or not corners:
        msg = f"payoff: expected one number for each of {', '.join(players)} in the set"
        raise InputError(msg)
    point = (values[0], values[1])
    mixed = spread(corners, point)
    if mixed:
        return point, mixed
    scale = max(max(abs(a), abs(b)) for a, b in corners) + 1
    sides = [(i, (i + 1) % len(corners)) for i in range(len(corners))]
    landed = [(*_nearest(corners[i], corners[j], point), i, j) for i, j in sides]
    place, share, i, j = min(landed, key=lambda found: _apart(found[0], point))
    if _apart(place, point) <= TOUCH * scale:
        mixed = {i: 1 - share, j: share} if i != j else {i: Fraction(1)}
        return place, {corner: weight for corner, weight in mixed.items() if weight}
    msg = (
        f"payoff: expected a point of the payoff set, found ({float(point[0]):g}, "
        f"{float(point[1]):g}) outside it; see .vertices"
    )
    raise InputError(msg)


def _nearest(one: Point, two: Point, point: Point) -> tuple[Point, Fraction]:
    """Return the nearest point of a side, and how far along it lies."""
    step = (two[0] - one[0], two[1] - one[1])
    length = step[0] ** 2 + step[1] ** 2
    along = (point[0] - one[0]) * step[0] + (point[1] - one[1]) * step[1]
    share = min(max(Fraction(along) / length, Fraction(0)), Fraction(1)) if length else Fraction(0)
    return (one[0] + share * step[0], one[1] + share * step[1]), share


def _apart(one: Point, two: Point) -> Fraction:
    return Fraction(max(abs(one[0] - two[0]), abs(one[1] - two[1])))


def _states(found: PayoffSet, package: int) -> list[int]:
    """Return for every corner of the sum which corner of a package it contains."""
    corners = found.packages[package].exact_vertices
    total = list(found.exact_vertices)
    states = []
    for k in range(len(total)):
        a, b = outward(total, k)
        values = [a * x + b * y for x, y in corners]
        states.append(values.index(max(values)))
    return states


def _added(states: list[int], mixed: Mapping[int, Fraction]) -> dict[int, Fraction]:
    found: dict[int, Fraction] = {}
    for k, share in mixed.items():
        found[states[k]] = found.get(states[k], Fraction(0)) + share
    return found


def _branches(part: PackagePayoffs, mixed: Mapping[int, Fraction]) -> tuple[Branch, ...]:
    players = part.game.players
    punishments = dict(zip(players, part.floor, strict=True))
    return tuple(
        Branch(
            share * chance,
            part.outcome_names(start.profile),
            dict(zip(players, part.play.stage.payoffs(start.promise), strict=True)),
            punishments,
        )
        for corner, share in mixed.items()
        if share
        for chance, start in part.ways[corner]
    )


def _period(
    found: PayoffSet, corners: list[int], rng: np.random.Generator
) -> tuple[Period, list[int]]:
    """Play one period; return it with the corners at which the packages are next."""
    players = found.game.players
    profile: dict[str, str] = {}
    now = [Fraction(0), Fraction(0)]
    later = [Fraction(0), Fraction(0)]
    worst = {p: [Fraction(0), Fraction(0)] for p in players}
    following = []
    for part, corner in zip(found.packages, corners, strict=True):
        way = part.ways[corner]
        start = way[_draw({k: share for k, (share, _) in enumerate(way)}, rng)][1]
        stage = part.play.stage
        profile.update(part.outcome_names(start.profile))
        paid, promised = stage.payoffs(stage.exact_u(start.profile)), stage.payoffs(start.promise)
        for i in (0, 1):
            now[i] += paid[i]
            later[i] += promised[i]
            held = min(part.exact_vertices, key=lambda c, i=i: c[i])  # type: ignore[misc]
            for j in (0, 1):
                worst[players[i]][j] += held[j]
        following.append(_draw(spread(part.corners, start.promise), rng))
    return (
        Period(
            profile,
            dict(zip(players, now, strict=True)),
            dict(zip(players, later, strict=True)),
            {p: dict(zip(players, values, strict=True)) for p, values in worst.items()},
        ),
        following,
    )


def _draw(shares: Mapping[int, Any], rng: np.random.Generator) -> int:
    keys = list(shares)
    weights = np.cumsum([float(shares[k]) for k in keys])
    return keys[
        min(int(np.searchsorted(weights, rng.random() * weights[-1], "right")), len(keys) - 1)
    ]
