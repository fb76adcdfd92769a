"""The linked frontier: what two parties can reach, and where each idea of a fair deal lands.

The plane of the two players' gains, with the status quo where nobody gains.  Above and to the
right of it both are better off.  The thin lines are the frontiers of single issues; the thick one
is what they come to together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import BargainingError
from bargaining.model.game import LinkageGame
from bargaining.report.pages.words import Words
from bargaining.report.plots.kind import Ask, Kind, Painted
from bargaining.report.plots.labels import Label
from bargaining.report.plots.style import (
    BLUE,
    COLOURS,
    DASHES,
    GREY,
    HEIGHT,
    INK,
    MARKERS,
    PALE,
    brief,
    shortened,
)
from bargaining.results import Number, in_figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_ISSUES = 10
"""Issues whose own frontiers are drawn."""
NAMED = 6
"""Issues whose names fit beside their frontiers; those of more stand in the description."""
MAX_OUTCOMES = 2_000
"""In larger games only the chosen concept is drawn."""
MAX_COMPARED = 12
"""In games of more issues with something to pass at home, too."""
MARKED = 40
"""Frontiers of at most so many corner points show them."""
NOISE = 1e-9
"""Numbers smaller than this share of the picture are zero, not found exactly."""
SAME = 1e-7
"""Points closer than this share of the picture are one point."""
DIRECT = 3
"""So many concepts' points are labelled where they lie; more of them in a column beside."""

Pair = tuple[Number, Number]
Outline = NDArray[np.float64]


@dataclass(frozen=True)
class Spot:
    """A point and everything that lands there; ``names`` are catalogue keys."""

    at: Pair
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Found:
    """What the picture shows.

    Attributes
    ----------
    game : LinkageGame
    linked : array, shape (m, 2)
        Corner points of the linked frontier, from the second player's best point on.
    issues : mapping-like tuple of (name, array)
        The single issues' frontiers.
    spots : tuple of Spot
        Status quo, the delinked point and the solution concepts.
    kept : array, shape (m, 2)
        Where the file has a premium: settlements net of it, for several weights.
    hidden : int
        Issues whose own frontiers are not drawn.
    shortened : bool
        Whether other concepts were left out.
    """

    game: LinkageGame
    linked: Outline
    issues: tuple[tuple[str, Outline], ...]
    spots: tuple[Spot, ...]
    kept: Outline
    hidden: int
    short: bool


def _why_not(game: LinkageGame, speak: Words, ask: Ask) -> str | None:
    if len(game.players) != 2:
        return speak("plot_frontier.two_players", count=len(game.players))
    return None


def _find(game: LinkageGame, ask: Ask) -> Found:
    from bargaining.settlement.channels import AT_HOME
    from bargaining.settlement.frontier import frontier

    kept = {key: value for key, value in game.channels.items() if key not in AT_HOME}
    bare = replace(game, channels=kept) if game.ratification else game
    small = len(game.flat.values) <= MAX_OUTCOMES
    if game.ratification and len(game.issues) > MAX_COMPARED:
        small = False
    spots = _spots(game, ask, every=small)
    issues = _issues(bare)
    return Found(
        game,
        np.asarray(frontier(bare).points),
        issues,
        spots,
        _net(game) if small else np.empty((0, 2)),
        0 if game.reserved else len(game.issues) - len(issues),
        not small,
    )


def _issues(game: LinkageGame) -> tuple[tuple[str, Outline], ...]:
    from bargaining.geometry.frontier import planar_frontier

    if game.reserved or len(game.issues) < 2:
        return ()
    found = []
    for k in range(min(len(game.issues), MAX_ISSUES)):
        front = planar_frontier(game, (k,), (0, 1))
        corners = [front.vertex(run) for run in range(len(front))]
        points = np.array([[float(x), float(y)] for x, y in corners])
        found.append((game.issue_names[k], points))
    return tuple(found)


def _spots(game: LinkageGame, ask: Ask, *, every: bool) -> tuple[Spot, ...]:
    from bargaining.settlement.settle import settle
    from bargaining.settlement.solutions import SOLUTIONS

    origin: Pair = game.reservation[0], game.reservation[1]
    listed: list[tuple[str, Pair]] = [
        ("plot_frontier.reservation" if game.reserved else "plot_frontier.status_quo", origin)
    ]
    if not game.reserved and len(game.issues) > 1:
        alone = settle(game, solution=ask.solution, agenda="delinked")
        listed.append(("plot_frontier.delinked", _point(game, alone.gains)))
    order = [ask.solution, *(name for name in SOLUTIONS if name != ask.solution)]
    for name in order if every else order[:1]:
        try:
            found = settle(game, solution=name)
        except BargainingError:
            if name == ask.solution:
                raise
            continue  # a concept that is not defined here has no point
        listed.append((f"plot_concept.{name}", _point(game, found.gains)))
    spots: list[Spot] = []
    for key, point in listed:
        for k, spot in enumerate(spots):
            if all(_same(a, b) for a, b in zip(spot.at, point, strict=True)):
                exact = point if isinstance(point[0], Fraction) else spot.at
                spots[k] = Spot(exact, (*spot.names, key))
                break
        else:
            spots.append(Spot(point, (key,)))
    return tuple(spots)


def _point(game: LinkageGame, gains: Any) -> Pair:
    first, second = (gains[p] + r for p, r in zip(game.players, game.reservation, strict=True))
    return first, second


def _same(one: Number, other: Number) -> bool:
    return abs(float(one) - float(other)) <= SAME * max(1.0, abs(float(one)))


def _net(game: LinkageGame) -> Outline:
    """Settlements net of the premium, from one player's best to the other's."""
    from bargaining.settlement.settle import settle

    if not game.ratification.premiums:
        return np.empty((0, 2))
    points = []
    for eighths in (Fraction(1, 8), 1, 2, 3, 4, 5, 6, 7, Fraction(63, 8)):
        share = Fraction(eighths) / 8
        weights = dict(zip(game.players, (share, 1 - share), strict=True))
        try:
            gains = settle(game, weights=weights).gains
        except BargainingError:
            continue
        points.append([float(gains[p]) for p in game.players])
    outline = np.array(sorted(points)).reshape(-1, 2)
    return outline if len(outline) > 1 and np.ptp(outline, axis=0).max() > 0 else outline[:0]


def _paint(axes: Axes, found: Found, speak: Words) -> Painted:
    game, line = found.game, found.linked
    names = [shortened(player, 26) for player in game.players]
    key = "plot.payoff_of" if game.reserved else "plot.gain_of"
    axes.set_xlabel(speak(key, player=names[0]))
    axes.set_ylabel(speak(key, player=names[1]))
    origin = tuple(float(r) for r in game.reservation)
    _limits(axes, found)
    axes.axhline(origin[1], color=GREY, linewidth=0.7, zorder=0.6)
    axes.axvline(origin[0], color=GREY, linewidth=0.7, zorder=0.6)
    room = _better(line, origin)
    if len(room):
        axes.fill(room[:, 0], room[:, 1], color=PALE, zorder=0.4, linewidth=0, gid="better")
    labels: list[Label] = []
    lines: list[Outline] = []
    spots: list[tuple[float, float]] = []
    for k, (name, points) in enumerate(found.issues):
        axes.plot(
            points[:, 0], points[:, 1], color=GREY, linewidth=1.0, gid=f"issue-{k}",
            linestyle=DASHES[k % len(DASHES)] if k else "-", marker=".", markersize=3, zorder=1.5,
        )  # fmt: skip
        end = max(points.tolist(), key=lambda p: abs(p[0] - origin[0]) + abs(p[1] - origin[1]))
        turn = 180.0 if end[0] + end[1] < sum(origin) else 0.0
        if len(found.issues) <= NAMED:
            labels.append(Label(end[0], end[1], shortened(name, 20), "#555555", 8.0, turn))
        lines.append(points)
    axes.plot(
        line[:, 0], line[:, 1], color=BLUE, linewidth=2.2, zorder=2, gid="linked",
        marker="o" if len(line) <= MARKED else "", markersize=3.5,
    )  # fmt: skip
    lines.append(line)
    if len(found.kept):
        axes.plot(
            found.kept[:, 0], found.kept[:, 1], color=INK, linewidth=1.4, linestyle="--",
            zorder=2, gid="net",
        )  # fmt: skip
        lines.append(found.kept)
    bases: list[Label] = []
    wanted: list[Label] = []
    for k, spot in enumerate(found.spots):
        x, y = (float(value) for value in spot.at)
        bare = all(name.startswith("plot_frontier.") for name in spot.names)
        axes.plot(
            [x], [y], linestyle="", marker="X" if k == 0 else "s" if bare else MARKERS[k % 8],
            markersize=8.0 if k == 0 else 7.0, color=INK if k == 0 else COLOURS[k % 8],
            markeredgecolor=INK, markeredgewidth=0.8, zorder=4, gid=f"spot-{k}",
            markerfacecolor="white" if bare and k else None, clip_on=False,
        )  # fmt: skip
        label = Label(x, y, _words(spot, speak), turn=180.0 if bare else 0.0)
        (bases if bare else wanted).append(label)
    front = "plot_frontier.linked" if len(game.issues) > 1 else "plot_frontier.only"
    entries = [_entry(BLUE, "-", 2.2, speak(front))]
    if len(found.kept):
        entries.append(_entry(INK, "--", 1.4, speak("plot_frontier.net")))
    if found.issues:
        entries.append(_entry(GREY, "-", 1.0, speak("plot_frontier.single")))
    if len(wanted) > DIRECT:
        spots += [(label.x, label.y) for label in wanted]
        return Painted(entries, [*bases, *labels], spots, lines, wanted)
    return Painted(entries, [*bases, *wanted, *labels], spots, lines)


def _words(spot: Spot, speak: Words) -> str:
    """Say what lands at a point, with its coordinates, on a few short lines."""
    from textwrap import wrap

    names = ", ".join(speak(name) for name in spot.names)
    at = speak("plot.pair", x=brief(spot.at[0]), y=brief(spot.at[1])).replace(" ", "\u00a0")
    return "\n".join(wrap(f"{names} {at}", 30, break_long_words=False))


def _entry(colour: str, style: str, width: float, label: str) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=colour, linestyle=style, linewidth=width, label=label)


def _limits(axes: Axes, found: Found) -> None:
    points = [found.linked, found.kept, *(outline for _, outline in found.issues)]
    points.append(np.array([[float(v) for v in spot.at] for spot in found.spots]))
    every = np.concatenate(points)
    low, high = every.min(axis=0), every.max(axis=0)
    span = np.where(high > low, high - low, np.maximum(1.0, np.abs(high)))
    axes.set_xlim(low[0] - 0.08 * span[0], high[0] + 0.1 * span[0])
    axes.set_ylim(low[1] - 0.08 * span[1], high[1] + 0.1 * span[1])


def _better(line: Outline, origin: Sequence[float]) -> Outline:
    """Return the part of the plane below the frontier where nobody loses."""
    x, y = line[:, 0], line[:, 1]
    if x[-1] < origin[0] or y[0] < origin[1]:
        return np.empty((0, 2))
    left = max(origin[0], float(x[0]))
    right = float(x[-1])
    if y[-1] < origin[1]:
        right = float(np.interp(-origin[1], -y, x))
    if right < left:
        return np.empty((0, 2))
    inside = [(float(a), float(b)) for a, b in line if left < a < right]
    ends = [(c, float(np.interp(c, x, y))) for c in (left, right)]
    corners = [ends[0], *inside, ends[1], (right, origin[1]), (origin[0], origin[1])]
    return np.array([*corners, (origin[0], ends[0][1])])


def _tell(found: Found, speak: Words) -> str:
    names = [shortened(player) for player in found.game.players]
    ends = [found.linked[0], found.linked[-1]]
    pairs = [speak("plot.pair", x=_figure(x), y=_figure(y)) for x, y in ends]
    key = "plot_frontier.told_payoffs" if found.game.reserved else "plot_frontier.told"
    parts = [speak(key, first=names[0], second=names[1], start=pairs[0], end=pairs[1],
                   count=len(found.linked))]  # fmt: skip
    reach = float(np.abs(found.linked).max())
    for spot in found.spots:
        x, y = (in_figures(_quiet(value, reach)) for value in spot.at)
        at = speak("plot.pair", x=x, y=y)
        listed = speak.listed([speak(name) for name in spot.names])
        parts.append(speak("plot_frontier.told_spot", names=listed[:1].upper() + listed[1:], at=at))
    if found.issues:
        issues = speak.listed([shortened(name) for name, _ in found.issues])
        parts.append(speak("plot_frontier.told_issues", issues=issues))
    return " ".join(parts)


def _quiet(value: Number, reach: float) -> Number:
    """Return 0 for what is only the noise of a numerical answer, at the scale of the picture."""
    noise = not isinstance(value, Fraction) and abs(value) < NOISE * reach
    return Fraction(0) if noise else value


def _figure(value: float) -> str:
    exact = Fraction(value).limit_denominator(999)
    return in_figures(exact if float(exact) == float(value) else float(value))


def _left_out(found: Found, speak: Words) -> tuple[str, ...]:
    notes = []
    if found.hidden and found.issues:
        notes.append(speak("plot_frontier.hidden", count=found.hidden))
    if found.game.ratification:
        notes.append(speak("plot_frontier.at_home"))
    if found.short:
        notes.append(speak("plot_frontier.short"))
    return tuple(notes)


KIND = Kind(
    "frontier",
    "plot_frontier.title",
    _why_not,
    _find,
    _paint,
    _tell,
    _left_out,
    lambda found: HEIGHT,
)
