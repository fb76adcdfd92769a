"""Repeated-game payoff sets: what promises and threats can sustain, the more patience the more.

Each outline holds the average payoffs that subgame perfect equilibria sustain at one discount
factor, all issues linked.  The sets grow with the factor; the threshold is the lowest one at
which both can be better off than at the status quo.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.model.game import LinkageGame
from bargaining.report.pages.words import Words
from bargaining.report.plots.kind import Ask, Kind, Painted
from bargaining.report.plots.labels import Label
from bargaining.report.plots.style import DASHES, HEIGHT, INK, VERMILLION, brief, shortened
from bargaining.results import in_figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_JOINT = 64
"""Joint outcomes of all issues; the sets of larger games take too long."""
FACTORS = tuple(Fraction(k, 10) for k in (3, 5, 7, 9))
SECONDS = 4.0
"""For the threshold, and for each set."""
BLUES = ("#08306B", "#2171B5", "#4292C6", "#6BAED6", "#9ECAE1")
"""The more patience, the lighter and the wider the outline."""


@dataclass(frozen=True, eq=False)
class Outline:
    """The set at one factor; ``whole`` is False where it may be larger."""

    factor: Fraction
    corners: NDArray[np.float64]
    whole: bool
    threshold: bool = False


@dataclass(frozen=True, eq=False)
class Found:
    """What the picture shows.

    Attributes
    ----------
    players : tuple of two str
    stakes : tuple of str
        Players with a stake, whom the threshold is about.
    status_quo : tuple of two float, or None
    outlines : tuple of Outline
        By rising factor.
    value : Fraction or None
        The threshold.
    closed : bool
        Whether it is known in closed form.
    attainable : bool or None
        Whether any factor below 1 works; None where that is not known.
    at_home : bool
    """

    players: tuple[str, str]
    stakes: tuple[str, ...]
    status_quo: tuple[float, float] | None
    outlines: tuple[Outline, ...]
    value: Fraction | None
    closed: bool
    attainable: bool | None
    at_home: bool


def _why_not(game: LinkageGame, speak: Words, ask: Ask) -> str | None:
    if len(game.players) != 2:
        return speak("plot_repeated.two_players", count=len(game.players))
    if game.reserved:
        return speak("plot.no_status_quo")
    sizes = (issue.size for issue in game.issues.values()) if len(game.issues) < 50 else [math.inf]
    if math.prod(sizes) > MAX_JOINT:
        return speak("plot_repeated.large", most=MAX_JOINT)
    if game.draws:
        return speak("plot_repeated.types")
    return None


def _find(game: LinkageGame, ask: Ask) -> Found:
    from bargaining.equilibrium.repeated.payoffs import repeated_payoffs
    from bargaining.equilibrium.repeated.threshold import lottery_threshold
    from bargaining.results import Status

    limit = lottery_threshold(game, time_limit=SECONDS)
    value = limit.value if limit.value is not None else limit.upper
    factors = set(FACTORS)
    if value is not None and 0 < value < 1:
        factors.add(value)
    outlines = []
    for factor in sorted(factors):
        found = repeated_payoffs(game, factor, time_limit=SECONDS)
        whole = found.status is not Status.LIMIT_REACHED
        outlines.append(Outline(factor, found.vertices, whole, factor == value))
    first, second = (float(v) for v in game.base)
    return Found(
        (game.players[0], game.players[1]),
        tuple(game.players[i] for i in game.interested),
        (first, second),
        tuple(outlines),
        value,
        limit.value is not None,
        limit.attainable if limit.status is Status.SOLVED or limit.attainable else None,
        bool(game.ratification),
    )


def _paint(axes: Axes, found: Found, speak: Words) -> Painted:
    from matplotlib.lines import Line2D

    entries: list[Any] = []
    labels: list[Label] = []
    lines, spots = [], []
    for k, outline in enumerate(found.outlines):
        colour = VERMILLION if outline.threshold else BLUES[k % len(BLUES)]
        width, dash = 1.2 + 0.25 * k, DASHES[k]
        key = "plot_repeated.threshold" if outline.threshold else "plot_repeated.factor"
        label = speak(key, factor=brief(outline.factor))
        if not len(outline.corners):
            continue
        if len(outline.corners) == 1:
            (x, y), style = outline.corners[0], ("o", "s", "^", "D", "v")[k % 5]
            # Larger rings around smaller ones, where several sets are the same point.
            axes.plot([x], [y], marker=style, markersize=6 + 4 * k, markerfacecolor="none",
                      markeredgecolor=colour, markeredgewidth=1.6, linestyle="", zorder=3,
                      clip_on=False, gid=f"set-{k}")  # fmt: skip
            entries.append(Line2D([], [], marker=style, markersize=8, markerfacecolor="none",
                                  markeredgecolor=colour, linestyle="", label=label))  # fmt: skip
            spots.append((float(x), float(y)))
            continue
        around = np.vstack([outline.corners, outline.corners[:1]])
        axes.plot(around[:, 0], around[:, 1], color=colour, linewidth=width, linestyle=dash,
                  zorder=3 - 0.1 * k, gid=f"set-{k}", clip_on=False)  # fmt: skip
        entries.append(Line2D([], [], color=colour, linewidth=width, linestyle=dash, label=label))
        lines.append(around)
    if found.status_quo is not None:
        x, y = found.status_quo
        axes.plot([x], [y], marker="X", markersize=8, color=INK, linestyle="", zorder=5,
                  clip_on=False, gid="status-quo")  # fmt: skip
        labels.append(Label(x, y, speak("plot_frontier.status_quo"), turn=180))
    names = [shortened(player, 40) for player in found.players]
    axes.set_xlabel(speak("plot_repeated.axis", player=names[0]))
    axes.set_ylabel(speak("plot_repeated.axis", player=names[1]))
    axes.margins(0.1)
    every = np.vstack([o.corners for o in found.outlines] + [np.array([found.status_quo])])
    for side in (0, 1):
        if np.ptp(every[:, side]) == 0:
            set_limits = axes.set_xlim if side == 0 else axes.set_ylim
            set_limits(every[0, side] - 1, every[0, side] + 1)
    return Painted(entries, labels, spots, lines)


def _tell(found: Found, speak: Words) -> str:
    first, second = (shortened(player) for player in found.players)
    parts = [speak("plot_repeated.told", first=first, second=second)]
    for outline in found.outlines:
        factor = in_figures(outline.factor)
        pairs = [speak("plot.pair", x=f"{x:.4g}", y=f"{y:.4g}") for x, y in outline.corners]
        if pairs:
            parts.append(speak("plot_repeated.told_set", factor=factor, corners="; ".join(pairs)))
        else:
            parts.append(speak("plot_repeated.told_empty", factor=factor))
    return " ".join(parts)


def _left_out(found: Found, speak: Words) -> tuple[str, ...]:
    who = speak.listed([shortened(player, 30) for player in found.stakes])
    if not found.stakes:
        notes = [speak("plot_repeated.no_stake")]
    elif found.value is not None and found.value > 0:
        figure = in_figures(found.value) if found.closed else brief(float(found.value))
        notes = [speak("plot_repeated.lowest", factor=figure, who=who)]
    elif found.value is not None:
        notes = [speak("plot_repeated.every", who=who)]
    elif found.attainable is False:
        notes = [speak("plot_repeated.no_factor", who=who)]
    else:
        notes = [speak("plot_repeated.unknown")]
    if not all(outline.whole for outline in found.outlines):
        notes.append(speak("plot_repeated.inner"))
    if found.at_home:
        notes.append(speak("plot_rates.at_home"))
    return tuple(notes)


KIND = Kind(
    "repeated",
    "plot_repeated.title",
    _why_not,
    _find,
    _paint,
    _tell,
    _left_out,
    lambda found: HEIGHT,
)
