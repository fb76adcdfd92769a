"""Exchange-rate bars: at which weights each issue offers no trade, and whether one weight fits all.

A bar is the interval of the first player's weight at which an issue is blocked.  If one vertical
line goes through all bars, the deadlock is common and linking changes nothing; if two bars do not
overlap, those two issues unlock each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from bargaining.geometry.exchange_rates import ExchangeRates, Interval, exchange_rates, issue_rows
from bargaining.model.game import LinkageGame
from bargaining.report.pages.words import Words
from bargaining.report.plots.kind import Ask, Kind, Painted
from bargaining.report.plots.style import FILLS, HATCHES, INK, VERMILLION, brief, shortened
from bargaining.results import in_figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_ISSUES = 30
"""Bars drawn; of more issues the narrowest."""
ROW, FRAME = 0.72, 4.2
"""Centimetres of height per bar, and around them."""
HALF = 0.28
"""Half the height of a bar, in rows."""


@dataclass(frozen=True)
class Bar:
    """One issue: its interval, None where there is none since the issue is mutual."""

    issue: str
    interval: Interval | None


@dataclass(frozen=True)
class Found:
    """What the picture shows.

    Attributes
    ----------
    players : tuple of two str
    bars : tuple of Bar
        In the game's order.
    common : (low, high) or None
        The weights in every interval, None where there are none.
    count : int
        Issues of the game.
    at_home : bool
        Whether the game asks for more at home, which the bars leave out.
    tied : bool
        Whether payoffs of several issues depend on each other, which the bars leave out, too.
    """

    players: tuple[str, str]
    bars: tuple[Bar, ...]
    common: Interval | None
    count: int
    at_home: bool
    tied: bool


def _why_not(game: LinkageGame, speak: Words, ask: Ask) -> str | None:
    if len(game.players) != 2:
        return speak("plot_rates.two_players", count=len(game.players))
    if game.reserved:
        return speak("plot.no_status_quo")
    return None


def _find(game: LinkageGame, ask: Ask) -> Found:
    # Of very many issues, rounded ends choose the few whose exact ends are drawn.
    common: Interval | None
    if len(game.issues) <= MAX_ISSUES or game.coupled or len(game.interested) != 2:
        found = exchange_rates(game)
        bars = [Bar(name, rates.interval) for name, rates in found.items()]
        ends = [bar.interval for bar in bars]
        common = _common([pair for pair in ends if pair is not None])
        if game.interactions or any(pair is None for pair in ends):
            common = None
        if len(bars) > MAX_ISSUES:
            bars = _narrowest(bars)
    else:
        bars, common = _of_many(game)
    return Found(
        (game.players[0], game.players[1]), tuple(bars), common, len(game.issues),
        bool(game.ratification), bool(game.interactions),
    )  # fmt: skip


def _common(intervals: list[Interval]) -> Interval | None:
    low = max((pair[0] for pair in intervals), default=Fraction(0))
    high = min((pair[1] for pair in intervals), default=Fraction(1))
    return (low, high) if low <= high else None


def _narrowest(bars: list[Bar]) -> list[Bar]:
    def width(k: int) -> tuple[Fraction, int]:
        pair = bars[k].interval
        # Issues without a bar come last: what they show fits in a word.
        return (Fraction(2) if pair is None else pair[1] - pair[0]), k

    chosen = sorted(sorted(range(len(bars)), key=width)[:MAX_ISSUES])
    return [bars[k] for k in chosen]


def _of_many(game: LinkageGame) -> tuple[list[Bar], Interval | None]:
    import numpy as np

    from bargaining.geometry.exchange_rates import rate_bounds

    bounds = rate_bounds(game, (0, 1))
    widths = np.where(bounds.mutual(), 2.0, bounds.high - bounds.low)
    order = np.argsort(widths, kind="stable")[:MAX_ISSUES]
    names = tuple(game.players)
    bars = []
    for k in sorted(order.tolist()):
        rates = ExchangeRates(names, issue_rows(game, k, (0, 1)), names)
        bars.append(Bar(game.issue_names[k], rates.interval))
    if bounds.mutual().any() or bounds.clash():
        return bars, None
    return bars, (bounds.highest_low(), bounds.lowest_high())


def _paint(axes: Axes, found: Found, speak: Words) -> Painted:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    count = len(found.bars)
    hatch, fill = HATCHES[1], FILLS[0]
    for row, bar in enumerate(found.bars):
        y = count - 1 - row
        if bar.interval is None:
            axes.text(
                0.5, y, speak("plot_rates.mutual"), ha="center", va="center", fontsize=8.5,
                fontstyle="italic", gid=f"mutual-{row}",
            )  # fmt: skip
            continue
        low, high = (float(end) for end in bar.interval)
        axes.plot([0, 1], [y, y], color="#DDDDDD", linewidth=0.8, zorder=0.5)
        if low == high:
            axes.plot(
                [low], [y], marker="D", markersize=8, color=fill, markeredgecolor=INK,
                linestyle="", zorder=3, clip_on=False, gid=f"bar-{row}",
            )  # fmt: skip
        else:
            axes.barh(
                y, high - low, left=low, height=2 * HALF, color=fill, edgecolor=INK,
                linewidth=0.8, hatch=hatch, zorder=2, gid=f"bar-{row}",
            )  # fmt: skip
        axes.annotate(
            _interval(bar.interval, speak), (1.0, y), xytext=(6, 0), textcoords="offset points",
            ha="left", va="center", fontsize=8.5, annotation_clip=False,
        )  # fmt: skip
    entries: list[object] = [
        Patch(facecolor=fill, edgecolor=INK, hatch=hatch, label=speak("plot_rates.blocked"))
    ]
    if found.common is not None:
        low, high = (float(end) for end in found.common)
        if low < high:
            axes.axvspan(low, high, color=VERMILLION, alpha=0.18, zorder=0.4, linewidth=0)
        middle = (low + high) / 2
        axes.axvline(
            middle, color=VERMILLION, linewidth=2.0, linestyle="--", zorder=4, gid="common"
        )
        said = speak("plot_rates.common", at=_interval(found.common, speak))
        entries.append(Line2D([], [], color=VERMILLION, linewidth=2.0, linestyle="--", label=said))
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.6, count - 0.4)
    axes.set_yticks(list(range(count)), [shortened(bar.issue, 26) for bar in reversed(found.bars)])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    first, second = (shortened(player, 18) for player in found.players)
    axes.set_xlabel(speak("plot_rates.axis", first=first, second=second))
    return Painted(entries)


def _interval(pair: Interval, speak: Words) -> str:
    if pair[0] == pair[1]:
        return brief(pair[0])
    return speak("plot_rates.interval", low=brief(pair[0]), high=brief(pair[1]))


def _tell(found: Found, speak: Words) -> str:
    first, second = (shortened(player) for player in found.players)
    parts = [speak("plot_rates.told", first=first, second=second)]
    for bar in found.bars:
        name = shortened(bar.issue)
        if bar.interval is None:
            parts.append(speak("plot_rates.told_mutual", issue=name))
            continue
        low, high = map(in_figures, bar.interval)
        parts.append(speak("plot_rates.told_bar", issue=name, low=low, high=high))
    if found.common is not None:
        low, high = map(in_figures, found.common)
        parts.append(speak("plot_rates.told_common", low=low, high=high))
    return " ".join(parts)


def _left_out(found: Found, speak: Words) -> tuple[str, ...]:
    notes = []
    if found.tied:
        notes.append(speak("plot_rates.spillovers"))
    elif found.common is None and found.count > 1:
        notes.append(speak("plot_rates.no_common"))
    if found.count > len(found.bars):
        shown = len(found.bars)
        notes.append(speak("plot_rates.narrowest", shown=shown, count=found.count))
    if found.at_home:
        notes.append(speak("plot_rates.at_home"))
    return tuple(notes)


KIND = Kind(
    "rates",
    "plot_rates.title",
    _why_not,
    _find,
    _paint,
    _tell,
    _left_out,
    lambda found: FRAME + ROW * max(2, len(found.bars)),
)
