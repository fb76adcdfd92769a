"""Win-set against premium: how much of each issue can be ratified as cooperation costs more.

The premium's scale is that of the file times a factor.  Each line follows the largest share of an
issue that passes at a player's home by itself; it falls to nothing where showing costs too much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bargaining.model.game import LinkageGame
from bargaining.report.pages.words import Words
from bargaining.report.plots.kind import Ask, Kind, Painted
from bargaining.report.plots.labels import Label
from bargaining.report.plots.style import COLOURS, DASHES, HEIGHT, INK, brief, shortened
from bargaining.results import Number, in_figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bargaining.settlement.home_view import HomeView

STEPS = 40
MAX_LINES = 8
MAX_ISSUES = 40
"""Issues looked at."""
FURTHEST = 8
"""The largest factor drawn."""


@dataclass(frozen=True)
class Line:
    """One issue at one player's home: the largest share at each factor."""

    player: str
    issue: str
    shares: tuple[Number, ...]
    stated: Number
    ends: Fraction | None


@dataclass(frozen=True)
class Found:
    """What the picture shows.

    Attributes
    ----------
    factors : tuple of Fraction
        Of the file's premiums; 1 is the file.
    lines : tuple of Line
    scales : mapping of player to Fraction
        The premium's scale in the file.
    hidden : int
        Lines that are left out.
    """

    factors: tuple[Fraction, ...]
    lines: tuple[Line, ...]
    scales: Mapping[str, Fraction]
    hidden: int


def _why_not(game: LinkageGame, speak: Words, ask: Ask) -> str | None:
    if game.reserved:
        return speak("plot.no_status_quo")
    if not game.ratification.premiums:
        return speak("plot_winset.none")
    return None


def _find(game: LinkageGame, ask: Ask) -> Found:
    from bargaining.settlement.home_view import HomeView

    premiums = game.ratification.premiums
    issues = range(min(len(game.issues), MAX_ISSUES))
    stops: dict[tuple[int, int], Fraction | None] = {}
    for player, premium in premiums.items():
        view = HomeView(game, player)
        for k in issues:
            outcomes = [(gain, depth) for _, gain, depth in view.outcomes(k)]
            if any(depth for _, depth in outcomes):
                best = max(gain / depth for gain, depth in outcomes if depth)
                silent = any(gain >= 0 for gain, depth in outcomes if not depth)
                bounded = premium.steepness and not silent
                stops[player, k] = best / premium.steepness if bounded else None
    ends = [end for end in stops.values() if end is not None and end > 0]
    furthest = min(Fraction(FURTHEST), max([Fraction(2), *(end * Fraction(9, 8) for end in ends)]))
    factors = tuple(
        sorted(
            {furthest * Fraction(k, STEPS) for k in range(1, STEPS + 1)}
            | {Fraction(1), furthest / 400}
        )
    )
    table: dict[tuple[int, int], list[Number]] = {key: [] for key in stops}
    stated: dict[tuple[int, int], Number] = {}
    for factor in factors:
        scaled = _scaled(game, factor)
        for player in premiums:
            view = HomeView(scaled, player)
            for key in (key for key in stops if key[0] == player):
                most = _most(view, key[1])
                table[key].append(most)
                if factor == 1:
                    stated[key] = most
    names = game.issue_names
    lines = [
        Line(game.players[p], names[k], tuple(shares), stated[p, k], stops[p, k])
        for (p, k), shares in table.items()
    ]
    scales = {game.players[p]: premium.scale for p, premium in premiums.items()}
    return Found(factors, tuple(lines[:MAX_LINES]), scales, max(0, len(lines) - MAX_LINES))


def _most(view: HomeView, issue: int) -> Number:
    """Return the largest share of any outcome that passes."""
    ranges = [view.share(issue, gain, depth) for _, gain, depth in view.outcomes(issue)]
    return max((found[1] for found in ranges if found is not None), default=Fraction(0))


def _scaled(game: LinkageGame, factor: Fraction) -> LinkageGame:
    """Return the game with every premium's scale multiplied."""
    stated: Mapping[str, Mapping[str, Any]] = game.channels["premium"]
    premium = {
        player: {**table, "scale": Fraction(table["scale"]) * factor}
        for player, table in stated.items()
    }
    return replace(game, channels={**game.channels, "premium": premium})


def _paint(axes: Axes, found: Found, speak: Words) -> Painted:
    import numpy as np
    from matplotlib.lines import Line2D

    xs = [float(factor) for factor in found.factors]
    entries: list[Any] = []
    labels: list[Label] = []
    lines = []
    several = len({line.player for line in found.lines}) > 1
    for k, line in enumerate(found.lines):
        ys = [float(share) for share in line.shares]
        name = shortened(line.issue, 30)
        if several:
            name = speak("plot_winset.line", player=shortened(line.player, 18), issue=name)
        (drawn,) = axes.plot(
            xs, ys, color=COLOURS[k], linestyle=DASHES[k], linewidth=2.0, gid=f"line-{k}"
        )
        lines.append(np.column_stack([xs, ys]))
        entries.append(Line2D([], [], color=drawn.get_color(), linestyle=DASHES[k], linewidth=2.0,
                              label=name))  # fmt: skip
        axes.plot([1], [float(line.stated)], marker="o", markersize=6, color=COLOURS[k],
                  markeredgecolor=INK, linestyle="", zorder=4, gid=f"stated-{k}")  # fmt: skip
        if all(label.y != float(line.stated) for label in labels):
            labels.append(Label(1.0, float(line.stated), brief(line.stated)))
    axes.axvline(1, color=INK, linewidth=0.9, linestyle=":", zorder=1)
    axes.set_xlim(0, xs[-1])
    axes.set_ylim(0, 1.04)
    axes.set_xlabel(speak("plot_winset.across"))
    axes.set_ylabel(speak("plot_winset.up"))
    return Painted(entries, labels, lines=lines)


def _tell(found: Found, speak: Words) -> str:
    last = in_figures(found.factors[-1])
    parts = [speak("plot_winset.told", last=last)]
    for line in found.lines:
        key = "plot_winset.told_line"
        player, issue, share = (
            shortened(line.player),
            shortened(line.issue),
            in_figures(line.stated),
        )
        parts.append(speak(key, player=player, issue=issue, share=share))
        if line.ends is not None and line.ends > 0:
            parts.append(speak("plot_winset.told_end", factor=in_figures(line.ends)))
    return " ".join(parts)


def _left_out(found: Found, speak: Words) -> tuple[str, ...]:
    scales = ", ".join(f"{shortened(p, 30)} {brief(v)}" for p, v in found.scales.items())
    notes = [speak("plot_winset.scales", scales=scales)]
    if found.hidden:
        notes.append(speak("plot_winset.hidden", count=found.hidden))
    return tuple(notes)


KIND = Kind(
    "winset",
    "plot_winset.title",
    _why_not,
    _find,
    _paint,
    _tell,
    _left_out,
    lambda found: HEIGHT,
)
