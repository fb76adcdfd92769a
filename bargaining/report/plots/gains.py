"""Gains per player, linked against delinked: a pair of bars each, with the numbers written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bargaining.model.game import LinkageGame
from bargaining.report.pages.words import Words
from bargaining.report.plots.kind import Ask, Kind, Painted
from bargaining.report.plots.style import BLUE, INK, YELLOW, brief, shortened
from bargaining.results import Number, in_figures, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_PLAYERS = 16
"""Players drawn; of more, those with the largest gains."""
ROW, FRAME = 1.5, 3.9
"""Centimetres of height per player, and around them."""
HALF = 0.36
LOOKS = {"linked": (BLUE, ""), "delinked": (YELLOW, "///")}


@dataclass(frozen=True)
class Found:
    """What the picture shows.

    Attributes
    ----------
    solution : str
    players : tuple of str
    gains : mapping of agenda to tuple of numbers
        Per player; without ``delinked`` where only totals are known.
    effect : str
        What linking does, by the verdict.
    count : int
        Players of the game.
    """

    solution: str
    players: tuple[str, ...]
    gains: dict[str, tuple[Number, ...]]
    effect: str
    count: int


def _why_not(game: LinkageGame, speak: Words, ask: Ask) -> str | None:
    return None


def _find(game: LinkageGame, ask: Ask) -> Found:
    from bargaining.linkage.verdict import solve
    from bargaining.results import Status

    verdict = solve(game, solution=ask.solution)
    agendas = {
        name: verdict.agendas[name]
        for name in ("linked", "delinked")
        if verdict.agendas[name].status != Status.NOT_DEFINED
    }
    chosen = list(game.players)
    if len(chosen) > MAX_PLAYERS:
        largest = {p: max(abs(float(found.gains[p])) for found in agendas.values()) for p in chosen}
        kept = set(sorted(chosen, key=lambda p: -largest[p])[:MAX_PLAYERS])
        chosen = [p for p in chosen if p in kept]
    gains = {name: tuple(found.gains[p] for p in chosen) for name, found in agendas.items()}
    return Found(ask.solution, tuple(chosen), gains, str(verdict.verdict.effect), len(game.players))


def _paint(axes: Axes, found: Found, speak: Words) -> Painted:
    from matplotlib.patches import Patch

    count = len(found.players)
    entries: list[object] = []
    values = [float(value) for row in found.gains.values() for value in row]
    low, high = min([0.0, *values]), max([0.0, *values])
    span = high - low or 1.0
    for place, (agenda, row) in enumerate(found.gains.items()):
        colour, hatch = LOOKS[agenda]
        for k, value in enumerate(row):
            middle = count - 1 - k + (HALF / 2 if place == 0 else -HALF / 2)
            if len(found.gains) == 1:
                middle = count - 1 - k
            width = float(value)
            axes.barh(
                middle, width, height=HALF * 0.92, color=colour, edgecolor=INK, linewidth=0.8,
                hatch=hatch, zorder=2, gid=f"{agenda}-{k}",
            )  # fmt: skip
            right = width >= 0
            axes.annotate(
                brief(value), (width, middle), xytext=(4 if right else -4, 0),
                textcoords="offset points", ha="left" if right else "right", va="center",
                fontsize=9, annotation_clip=False,
            )  # fmt: skip
        label = speak(f"plot_gains.{agenda}")
        entries.append(Patch(facecolor=colour, edgecolor=INK, hatch=hatch, label=label))
    axes.axvline(0, color=INK, linewidth=0.9, zorder=3)
    axes.set_xlim(low - (0.16 if low < 0 else 0.0) * span, high + 0.16 * span)
    axes.set_ylim(-0.6, count - 0.4)
    axes.set_yticks(
        list(range(count)), [shortened(player, 22) for player in reversed(found.players)]
    )
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(speak("plot_gains.axis"))
    return Painted(entries)


def _tell(found: Found, speak: Words) -> str:
    parts = [speak("plot_gains.told", concept=speak(f"plot_concept.{found.solution}"))]
    for k, player in enumerate(found.players):
        name, linked = shortened(player), found.gains["linked"][k]
        if "delinked" in found.gains:
            alone = found.gains["delinked"][k]
            parts.append(
                speak(
                    "plot_gains.told_player", player=name, linked=in_figures(linked),
                    delinked=in_figures(alone), change=signed(linked - alone),
                )
            )  # fmt: skip
        else:
            parts.append(speak("plot_gains.told_linked", player=name, linked=in_figures(linked)))
    return " ".join(parts)


def _left_out(found: Found, speak: Words) -> tuple[str, ...]:
    notes = [speak("plot_gains.by", concept=speak(f"plot_concept.{found.solution}"))]
    if "delinked" not in found.gains:
        notes.append(speak("plot_gains.totals"))
    if found.count > len(found.players):
        shown = len(found.players)
        notes.append(speak("plot_gains.largest", shown=shown, count=found.count))
    return tuple(notes)


KIND = Kind(
    "gains",
    "plot_gains.title",
    _why_not,
    _find,
    _paint,
    _tell,
    _left_out,
    lambda found: FRAME + ROW * len(found.players),
)
