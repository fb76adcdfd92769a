"""The linkage graph: which issues may share a table, and which pairs unlock each other.

Issues are nodes, coloured and hatched by the package that negotiable links make of them.  Heavy
lines join issues that are stuck alone and move together; dashed ones carry spillovers, dotted
ones may not be negotiated together.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bargaining.model.game import MAX_COMPLETE_GRAPH, LinkageGame
from bargaining.report.pages.words import Words
from bargaining.report.plots.kind import Ask, Kind, Painted
from bargaining.report.plots.labels import Label
from bargaining.report.plots.style import (
    BLACK,
    FILLS,
    GREY,
    HATCHES,
    HEIGHT,
    INK,
    VERMILLION,
    shortened,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_ISSUES = 30
"""Issues drawn; of more, those of the first minimal packages, then the first ones."""
MAX_PACKAGES = 60
"""Minimal packages looked at."""
SECONDS = 8.0
SEED = 7
RADIUS = 0.075
MAX_LISTED = 6
"""Minimal packages of three or more issues that are spelled out."""


@dataclass(frozen=True)
class Edge:
    """Two issues that have a link."""

    one: str
    other: str
    negotiable: bool = True
    spillovers: bool = False


@dataclass(frozen=True)
class Found:
    """What the picture shows.

    Attributes
    ----------
    issues : tuple of str
    places : mapping of str to (x, y)
    circle : bool
    edges : tuple of Edge
    complete : bool
        Whether every two issues may be linked.
    packages : tuple of tuple of str
        What negotiable links make of the issues, the largest first.
    minimal : tuple of tuple of str
        Minimal packages among the issues drawn.
    clearing : frozenset of tuple of str
        Those whose issues help everyone also when they are signed separately.
    more : bool
        Whether there may be more minimal packages.
    count : int
        Issues of the game.
    """

    issues: tuple[str, ...]
    places: dict[str, tuple[float, float]]
    circle: bool
    edges: tuple[Edge, ...]
    complete: bool
    packages: tuple[tuple[str, ...], ...]
    minimal: tuple[tuple[str, ...], ...]
    clearing: frozenset[tuple[str, ...]]
    more: bool
    count: int

    @property
    def pairs(self) -> list[tuple[str, ...]]:
        """Issues that unlock each other two by two."""
        return [p for p in self.minimal if len(p) == 2 and p not in self.clearing]

    @property
    def alone(self) -> list[str]:
        """Issues that need no other."""
        return [package[0] for package in self.minimal if len(package) == 1]

    @property
    def larger(self) -> list[tuple[str, ...]]:
        """Minimal packages of three or more."""
        return [p for p in self.minimal if len(p) > 2 and p not in self.clearing]


def _why_not(game: LinkageGame, speak: Words, ask: Ask) -> str | None:
    if len(game.issues) < 2:
        return speak("plot_graph.one_issue")
    return None


def _find(game: LinkageGame, ask: Ask) -> Found:
    from bargaining.linkage.packages import MinimalPackages
    from bargaining.model.agenda import parse_agenda

    search = MinimalPackages(game, "shares", SECONDS)
    found = [search.ordered(p) for p in itertools.islice(search, MAX_PACKAGES + 1)]
    more = len(found) > MAX_PACKAGES or str(search.status) == "limit_reached"
    found = found[:MAX_PACKAGES]
    names = game.issue_names
    chosen = list(names[:MAX_ISSUES])
    if len(names) > MAX_ISSUES:
        wanted = dict.fromkeys(itertools.chain(*found, names[:MAX_ISSUES]))
        chosen = sorted(itertools.islice(wanted, MAX_ISSUES), key=game.position)
    shown = set(chosen)
    complete = game.links is None
    spills = {frozenset((names[i.first], names[i.second])) for i in game.interactions}
    if complete:
        edges = [Edge(a, b) for a, b in itertools.combinations(chosen, 2)]
    else:
        edges = [
            Edge(*link.between, link.negotiable, frozenset(link.between) in spills)
            for link in game.links or ()
            if shown.issuperset(link.between)
        ]
    packages = [
        tuple(names[k] for k in package if names[k] in shown)
        for package in parse_agenda(game, "linked").packages
    ]
    packages = sorted((p for p in packages if p), key=lambda p: -len(p))
    places, circle = _layout(chosen, edges)
    minimal = tuple(p for p in found if shown.issuperset(p))
    return Found(
        tuple(chosen),
        places,
        circle,
        tuple(edges),
        complete and len(names) <= MAX_COMPLETE_GRAPH,
        tuple(packages),
        minimal,
        frozenset(p for p in minimal if len(p) > 1 and search.clears_alone(frozenset(p))),
        more,
        len(names),
    )


def _layout(issues: list[str], edges: list[Edge]) -> tuple[dict[str, tuple[float, float]], bool]:
    """Places on a circle; of a sparse graph, where springs pull its issues."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(len(issues)))
    place = {name: k for k, name in enumerate(issues)}
    graph.add_edges_from((place[e.one], place[e.other]) for e in edges)
    if len(issues) < 5 or len(edges) > 1.5 * len(issues) or not nx.is_connected(graph):
        count = len(issues)
        # From the top, clockwise; two issues stand side by side.
        start = math.pi if count == 2 else math.pi / 2
        angles = [start - 2 * math.pi * k / count for k in range(count)]
        return {n: (math.cos(a), math.sin(a)) for n, a in zip(issues, angles, strict=True)}, True
    spots = nx.spring_layout(graph, seed=SEED, iterations=300)
    return {name: (float(spots[k][0]), float(spots[k][1])) for name, k in place.items()}, False


def _paint(axes: Axes, found: Found, speak: Words) -> Painted:
    from matplotlib.patches import Circle

    axes.set_aspect("equal", adjustable="datalim")
    axes.set_axis_off()
    xs, ys = zip(*found.places.values(), strict=True)
    axes.update_datalim([(min(xs) - 0.6, min(ys) - 0.3), (max(xs) + 0.6, max(ys) + 0.3)])
    axes.autoscale_view()
    lines = _edges(axes, found)
    for number, package in enumerate(found.packages):
        for name in package:
            style = number % len(FILLS)
            node = Circle(
                found.places[name], RADIUS, facecolor=FILLS[style], edgecolor=INK,
                hatch=HATCHES[style] * 2, linewidth=1.0, zorder=4, gid=f"package-{number}",
            )  # fmt: skip
            axes.add_patch(node)
            if name in found.alone:
                ring = Circle(
                    found.places[name], RADIUS * 1.5, fill=False, edgecolor=VERMILLION,
                    linewidth=2.2, zorder=4, gid="alone",
                )  # fmt: skip
                axes.add_patch(ring)
    labels = []
    if found.circle:
        for name, (x, y) in found.places.items():
            _outside(axes, name, x, y)
    else:
        labels = [Label(x, y, shortened(n, 22), size=9) for n, (x, y) in found.places.items()]
    return Painted(_entries(found, speak), labels, lines=lines)


def _outside(axes: Axes, name: str, x: float, y: float) -> None:
    import textwrap

    text = "\n".join(textwrap.wrap(shortened(name, 36), 18)) or " "
    side = "center" if abs(x) < 0.15 else "left" if x > 0 else "right"
    level = "center" if abs(y) < 0.85 else "bottom" if y > 0 else "top"
    axes.annotate(
        text, (x, y), xytext=(15 * x, 15 * y), textcoords="offset points", ha=side, va=level,
        fontsize=9, zorder=6, annotation_clip=False,
    )  # fmt: skip


def _edges(axes: Axes, found: Found) -> list[Any]:
    import numpy as np

    pairs = {frozenset(pair) for pair in found.pairs}
    together = {
        frozenset(pair) for package in found.larger for pair in itertools.combinations(package, 2)
    }
    faint = len(found.edges) > 40
    lines = []
    for edge in found.edges:
        key = frozenset((edge.one, edge.other))
        (a, b), (c, d) = found.places[edge.one], found.places[edge.other]
        style, width, colour, kind = "-", 0.4 if faint else 0.9, GREY, "link"
        if not edge.negotiable:
            style, width, kind = ":", 1.6, "closed"
        elif key in pairs:
            width, colour, kind = 1.6 if faint else 4.0, BLACK, "unlocks"
        elif key in together:
            style, width, colour, kind = "-.", 1.2 if faint else 2.4, BLACK, "together"
        axes.plot([a, c], [b, d], linestyle=style, linewidth=width, color=colour,
                  zorder=2 if colour == BLACK else 1.5, gid=kind)  # fmt: skip
        if edge.spillovers:
            # Beside the link, bent outwards a little, so that both can be seen.
            axes.plot(*_beside(a, b, c, d), linestyle="--", linewidth=1.8, color=VERMILLION,
                      zorder=2.2, gid="spillovers")  # fmt: skip
        lines.append(np.array([[a, b], [c, d]]))
    return lines


def _beside(a: float, b: float, c: float, d: float) -> tuple[list[float], list[float]]:
    length = math.hypot(c - a, d - b) or 1.0
    across, up = -(d - b) / length * 0.09, (c - a) / length * 0.09
    shares = [k / 16 for k in range(17)]
    bend = [4 * t * (1 - t) for t in shares]
    return (
        [a + t * (c - a) + h * across for t, h in zip(shares, bend, strict=True)],
        [b + t * (d - b) + h * up for t, h in zip(shares, bend, strict=True)],
    )


def _entries(found: Found, speak: Words) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def line(key: str, colour: str, style: str, width: float) -> Any:
        return Line2D([], [], color=colour, linestyle=style, linewidth=width, label=speak(key))

    plain = any(e.negotiable for e in found.edges)
    entries: list[Any] = [line("plot_graph.link", GREY, "-", 0.9)] if plain else []
    if found.pairs:
        entries.append(line("plot_graph.unlock", BLACK, "-", 4.0))
    if found.larger:
        entries.append(line("plot_graph.together", BLACK, "-.", 2.4))
    if any(edge.spillovers for edge in found.edges):
        entries.append(line("plot_graph.spillovers", VERMILLION, "--", 1.8))
    if any(not edge.negotiable for edge in found.edges):
        entries.append(line("plot_graph.closed", GREY, ":", 1.6))
    if found.alone:
        entries.append(
            Line2D([], [], marker="o", markersize=9, markerfacecolor="none", linestyle="",
                   markeredgecolor=VERMILLION, markeredgewidth=2.2,
                   label=speak("plot_graph.alone"))
        )  # fmt: skip
    if len(found.packages) > 1:
        for number, package in enumerate(found.packages[: len(FILLS)]):
            label = speak("plot_graph.package", number=number + 1, issues=", ".join(package))
            entries.append(
                Patch(facecolor=FILLS[number], edgecolor=INK, hatch=HATCHES[number] * 2,
                      label=shortened(label, 40))
            )  # fmt: skip
    return entries


def _tell(found: Found, speak: Words) -> str:
    names = speak.listed([shortened(name) for name in found.issues])
    links = sum(edge.negotiable for edge in found.edges)
    parts = [speak("plot_graph.told", issues=names, links=links)]
    if found.complete:
        parts.append(speak("plot_graph.told_complete"))
    if len(found.packages) > 1:
        packages = "; ".join(_together(p) for p in found.packages[:20])
        parts.append(speak("plot_graph.told_packages", packages=packages))
    if found.pairs:
        pairs = "; ".join(_together(p) for p in found.pairs)
        parts.append(speak("plot_graph.told_pairs", pairs=pairs))
    if found.alone:
        issues = speak.listed([shortened(name) for name in found.alone])
        parts.append(speak("plot_graph.told_alone", issues=issues))
    for edge in found.edges:
        pair = _together((edge.one, edge.other))
        if edge.spillovers:
            parts.append(speak("plot_graph.told_spillovers", pair=pair))
        if not edge.negotiable:
            parts.append(speak("plot_graph.told_closed", pair=pair))
    if not found.minimal:
        parts.append(speak("plot_graph.told_none"))
    return " ".join(parts)


def _together(package: tuple[str, ...]) -> str:
    return " + ".join(shortened(name) for name in package)


def _left_out(found: Found, speak: Words) -> tuple[str, ...]:
    notes = []
    if found.count > len(found.issues):
        notes.append(speak("plot_graph.part", shown=len(found.issues), count=found.count))
    if found.larger:
        listed = "; ".join(_together(p) for p in found.larger[:MAX_LISTED])
        listed += "; …" if len(found.larger) > MAX_LISTED else ""
        notes.append(speak("plot_graph.larger", packages=listed))
    if found.more:
        notes.append(speak("plot_graph.more"))
    return tuple(notes)


KIND = Kind(
    "graph",
    "plot_graph.title",
    _why_not,
    _find,
    _paint,
    _tell,
    _left_out,
    lambda found: HEIGHT if len(found.issues) > 2 else 7.0,
)
