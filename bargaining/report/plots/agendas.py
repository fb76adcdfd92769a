"""The agenda lattice: every way to group the issues, what each brings, and who wants which.

Below, every issue alone; above, all of them on one table.  A line joins two agendas if putting two
packages of the lower one together gives the upper one.  A thick frame says that nobody with a
stake gains by taking the agenda apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bargaining.model.game import LinkageGame
from bargaining.report.pages.words import Words
from bargaining.report.plots.kind import Ask, Kind, Painted
from bargaining.report.plots.style import COLOURS, GREY, INK, MARKERS, PALE, brief, shortened
from bargaining.results import Number, in_figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_ISSUES = 5
MAX_AGENDAS = 20
"""More do not fit on a page."""
MAX_PLAYERS = 5
LETTERS = "ABCDE"
ROW, FRAME = 2.6, 4.2
"""Centimetres of height per row of agendas, and around them."""

Packages = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Node:
    """One agenda."""

    name: str
    packages: Packages
    gains: tuple[Number, ...]
    preferred: tuple[str, ...]
    stable: bool


@dataclass(frozen=True)
class Found:
    """What the picture shows.

    Attributes
    ----------
    players : tuple of str
        Those with a stake.
    letters : mapping of issue to letter
    nodes : tuple of Node
        Fine agendas first.
    covers : tuple of (finer, coarser)
        Positions of nodes that a line joins.
    solution : str
    """

    players: tuple[str, ...]
    letters: dict[str, str]
    nodes: tuple[Node, ...]
    covers: tuple[tuple[int, int], ...]
    solution: str

    @property
    def rows(self) -> list[list[int]]:
        """Nodes by how many packages they have, the finest first."""
        counts = sorted({len(node.packages) for node in self.nodes}, reverse=True)
        return [[k for k, node in enumerate(self.nodes) if len(node.packages) == n] for n in counts]


def _why_not(game: LinkageGame, speak: Words, ask: Ask) -> str | None:
    if game.reserved:
        return speak("plot.no_status_quo")
    if len(game.issues) < 2:
        return speak("plot_graph.one_issue")
    if len(game.issues) > MAX_ISSUES:
        count = len(game.issues)
        return speak("plot_agendas.many_issues", count=count, most=MAX_ISSUES)
    if len(game.interested) > MAX_PLAYERS:
        return speak("plot_agendas.many_players", count=len(game.interested), most=MAX_PLAYERS)
    from bargaining.linkage.agendas import candidates

    count = len(candidates(game).agendas)
    if count > MAX_AGENDAS:
        return speak("plot_agendas.many_agendas", count=count, most=MAX_AGENDAS)
    return None


def _find(game: LinkageGame, ask: Ask) -> Found:
    from bargaining.linkage.agenda_game import agenda_game

    answer = agenda_game(game, solution=ask.solution)
    players = tuple(game.players[i] for i in game.interested) or game.players[:MAX_PLAYERS]
    nodes = []
    for name, settlement in answer.agendas.items():
        wanted = tuple(p for p in players if name in answer.preferred.get(p, ()))
        gains = tuple(settlement.gains[p] for p in players)
        nodes.append(Node(name, settlement.packages, gains, wanted, name in answer.stable))
    nodes.sort(key=lambda node: -len(node.packages))
    return Found(
        players,
        dict(zip(game.issue_names, LETTERS, strict=False)),
        tuple(nodes),
        tuple(_covers([node.packages for node in nodes])),
        ask.solution,
    )


def _covers(listed: list[Packages]) -> list[tuple[int, int]]:
    """Which agendas follow one another with none of the listed ones between."""
    sets = [[frozenset(package) for package in packages] for packages in listed]

    def finer(a: int, b: int) -> bool:
        return a != b and all(any(part <= whole for whole in sets[b]) for part in sets[a])

    pairs = [(a, b) for a in range(len(sets)) for b in range(len(sets)) if finer(a, b)]
    known = set(pairs)
    return [
        (a, b)
        for a, b in pairs
        if not any((a, c) in known and (c, b) in known for c in range(len(sets)))
    ]


def _paint(axes: Axes, found: Found, speak: Words) -> Painted:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    places: dict[int, tuple[float, float]] = {}
    for level, row in enumerate(found.rows):
        for place, number in enumerate(row):
            places[number] = ((place + 0.5) / len(row), float(level))
    widest = max(len(row) for row in found.rows)
    size = 9.0 if widest <= 4 else 7.5 if widest <= 6 else 6.8
    for a, b in found.covers:
        (x, y), (u, v) = places[a], places[b]
        axes.plot([x, u], [y, v], color=GREY, linewidth=0.8, zorder=1, gid="cover")
    for k, node in enumerate(found.nodes):
        x, y = places[k]
        gains = ", ".join(brief(value) for value in node.gains)
        axes.text(
            x, y, f"{_spelled(found, node, '|')}\n{gains}", ha="center", va="center", fontsize=size,
            zorder=3, gid=f"agenda-{k}", linespacing=1.3,
            bbox={
                "boxstyle": "round,pad=0.45", "facecolor": "white" if node.stable else PALE,
                "edgecolor": INK if node.stable else GREY,
                "linewidth": 2.4 if node.stable else 0.7,
            },
        )  # fmt: skip
        for n, player in enumerate(node.preferred):
            place = found.players.index(player)
            shift = 10.0 * (n - (len(node.preferred) - 1) / 2)
            axes.plot(
                [x], [y], marker=MARKERS[place], color=COLOURS[place], markeredgecolor=INK,
                markersize=7, linestyle="", zorder=5, gid=f"preferred-{place}",
                transform=_shifted(axes, shift, size * 2.5 + 4),
            )  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.45, len(found.rows) - 0.5)
    axes.set_axis_off()
    entries: list[Any] = [
        Line2D([], [], marker=MARKERS[k], color=COLOURS[k], markeredgecolor=INK, markersize=7,
               linestyle="", label=speak("plot_agendas.preferred", player=shortened(player, 30)))
        for k, player in enumerate(found.players)
    ]  # fmt: skip
    if any(node.stable for node in found.nodes):
        entries.append(
            Patch(facecolor="white", edgecolor=INK, linewidth=2.4,
                  label=speak("plot_agendas.stable"))
        )  # fmt: skip
    return Painted(entries)


def _shifted(axes: Axes, across: float, up: float) -> Any:
    """Return data coordinates moved by points of 1/72 inch."""
    from matplotlib.transforms import ScaledTranslation

    figure = axes.get_figure(root=True)
    assert figure is not None
    return axes.transData + ScaledTranslation(across / 72, up / 72, figure.dpi_scale_trans)


def _spelled(found: Found, node: Node, mark: str) -> str:
    return mark.join("".join(found.letters[name] for name in p) for p in node.packages)


def _tell(found: Found, speak: Words) -> str:
    concept = speak(f"plot_concept.{found.solution}")
    players = speak.listed([shortened(player) for player in found.players])
    parts = [speak("plot_agendas.told", concept=concept, players=players)]
    for node in found.nodes:
        gains = ", ".join(in_figures(value) for value in node.gains)
        parts.append(
            speak("plot_agendas.told_node", agenda=_spelled(found, node, " | "), gains=gains)
        )
    for player in found.players:
        wanted = [_spelled(found, n, " | ") for n in found.nodes if player in n.preferred]
        if wanted:
            name, listed = shortened(player), "; ".join(wanted)
            parts.append(speak("plot_agendas.told_preferred", player=name, agendas=listed))
    stable = "; ".join(_spelled(found, n, " | ") for n in found.nodes if n.stable)
    parts.append(speak("plot_agendas.told_stable", agendas=stable))
    return " ".join(parts)


def _left_out(found: Found, speak: Words) -> tuple[str, ...]:
    key = ", ".join(f"{letter} {shortened(name, 24)}" for name, letter in found.letters.items())
    players = ", ".join(shortened(player, 24) for player in found.players)
    return (
        speak("plot_agendas.letters", letters=key),
        speak("plot_agendas.order", players=players,
              concept=speak(f"plot_concept.{found.solution}")),
    )  # fmt: skip


KIND = Kind(
    "agendas",
    "plot_agendas.title",
    _why_not,
    _find,
    _paint,
    _tell,
    _left_out,
    lambda found: FRAME + ROW * len(found.rows),
)
