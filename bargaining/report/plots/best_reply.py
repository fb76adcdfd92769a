"""Best-reply diagram of an issue in which two players have two acts each.

Across stands how often the first player takes his second act, up how often the second player
takes hers.  Each line is one player's best reply to the other; where they meet is an equilibrium.
A player to whom the other's choice leaves every mixture equally good has a band and no line.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.report.pages.words import Words
from bargaining.report.plots.kind import Ask, Kind, Painted
from bargaining.report.plots.labels import Label
from bargaining.report.plots.style import BLUE, HEIGHT, INK, VERMILLION, brief, shortened
from bargaining.results import Number, in_figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS = ((BLUE, "-", 3.4, "///"), (VERMILLION, "--", 2.0, "\\\\\\"))
"""Colour, line style, line width and hatch of the two players."""
Corner = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Found:
    """What the picture shows.

    Attributes
    ----------
    issue : str
    players : tuple of two str
    acts : tuple of two str
        Each player's second act, whose probabilities are drawn.
    replies : tuple of two lines, or None for a band
        Corner points (p, q) of each player's best replies.
    equilibria : tuple of ((p, q), outcome or None, component or None)
    """

    issue: str
    players: tuple[str, str]
    acts: tuple[str, str]
    replies: tuple[tuple[Corner, ...] | None, ...]
    equilibria: tuple[tuple[tuple[Number, Number], str | None, int | None], ...]


def _fits(issue: Issue) -> bool:
    return not issue.is_options and sorted(map(len, issue.actions.values()))[-2:] == [2, 2] and (
        sum(len(labels) > 1 for labels in issue.actions.values()) == 2
    )  # fmt: skip


def _chosen(game: LinkageGame, ask: Ask) -> Issue | None:
    """Return the issue that was asked for, or the first that fits."""
    if ask.issue is not None:
        return game.issues[game.issue_names[game.position(ask.issue)]]
    from itertools import islice

    return next((issue for issue in islice(game.issues.values(), 1_000) if _fits(issue)), None)


def _why_not(game: LinkageGame, speak: Words, ask: Ask) -> str | None:
    issue = _chosen(game, ask)
    if issue is None:
        return speak("plot_bestreply.none")
    if not _fits(issue):
        return speak("plot_bestreply.this", issue=shortened(issue.name))
    return None


def _find(game: LinkageGame, ask: Ask) -> Found:
    from bargaining.equilibrium.best_replies import movers, table_of
    from bargaining.equilibrium.bimatrix import of_issue

    issue = _chosen(game, ask)
    assert issue is not None
    first, second = movers(issue)
    a, b = (table_of(issue, player).reshape(2, 2) for player in (first, second))
    # What the second act brings more than the first, against the other's first and second act.
    one = reply(Fraction(a[1, 0] - a[0, 0]), Fraction(a[1, 1] - a[0, 1]))
    other = reply(Fraction(b[0, 1] - b[0, 0]), Fraction(b[1, 1] - b[1, 0]))
    return Found(
        issue.name,
        (first, second),
        (issue.actions[first][1], issue.actions[second][1]),
        (
            None if one is None else tuple((mine, theirs) for theirs, mine in one),
            other,
        ),
        tuple(
            ((e.strategies[first][1], e.strategies[second][1]), e.outcome, e.component)
            for e in of_issue(issue).equilibria
        ),
    )


def reply(at_none: Fraction, at_all: Fraction) -> tuple[Corner, ...] | None:
    """Return the corners (other's probability, own best reply); None where all is a best reply.

    Parameters
    ----------
    at_none, at_all : Fraction
        What the act brings more if the other never, or always, takes the other act.

    Examples
    --------
    >>> [tuple(map(str, corner)) for corner in reply(Fraction(1), Fraction(-3))]
    [('0', '1'), ('1/4', '1'), ('1/4', '0'), ('1', '0')]
    """
    zero, unit = Fraction(0), Fraction(1)
    if at_none == at_all == 0:
        return None
    start = unit if at_none > 0 or (at_none == 0 and at_all < 0) else zero
    end = unit if at_all > 0 or (at_all == 0 and at_none < 0) else zero
    if at_none and at_all and start == end:
        return ((zero, start), (unit, end))
    turn = at_none / (at_none - at_all)
    corners = ((zero, start), (turn, start), (turn, end), (unit, end))
    return tuple(dict.fromkeys(corners))


def _paint(axes: Axes, found: Found, speak: Words) -> Painted:
    import numpy as np
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    entries: list[Any] = []
    lines = []
    for k, (player, line) in enumerate(zip(found.players, found.replies, strict=True)):
        colour, style, width, hatch = LOOKS[k]
        name = shortened(player, 30)
        if line is None:
            axes.fill(
                [0, 1, 1, 0], [0, 0, 1, 1], facecolor="none", edgecolor=colour, hatch=hatch,
                linewidth=0, zorder=1, gid=f"reply-{k}",
            )  # fmt: skip
            label = speak("plot_bestreply.band", player=name)
            entries.append(Patch(facecolor="white", edgecolor=colour, hatch=hatch, label=label))
            continue
        points = np.array([[float(p), float(q)] for p, q in line])
        axes.plot(
            points[:, 0], points[:, 1], color=colour, linestyle=style, linewidth=width,
            zorder=2 + k, clip_on=False, gid=f"reply-{k}", solid_capstyle="butt",
        )  # fmt: skip
        lines.append(points)
        label = speak("plot_bestreply.reply", player=name)
        entries.append(Line2D([], [], color=colour, linestyle=style, linewidth=width, label=label))
    _components(axes, found)
    labels = []
    for (p, q), outcome, _ in found.equilibria:
        x, y = float(p), float(q)
        axes.plot(
            [x], [y], marker="o", markersize=9, color="white", markeredgecolor=INK,
            markeredgewidth=2.0, linestyle="", zorder=6, clip_on=False, gid="equilibrium",
        )  # fmt: skip
        at = speak("plot.pair", x=brief(p), y=brief(q)).replace(" ", "\u00a0")
        text = at if outcome is None else f"{shortened(outcome, 30)}\n{at}"
        labels.append(Label(x, y, text, turn=(180 if x > 0.5 else 0) + (-80 if y > 0.5 else 0)))
    if found.equilibria:
        entries.append(
            Line2D([], [], marker="o", markersize=9, color="white", markeredgecolor=INK,
                   markeredgewidth=2.0, linestyle="", label=speak("plot_bestreply.equilibrium"))
        )  # fmt: skip
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_aspect("equal", adjustable="box")
    for side, player, act in zip("xy", found.players, found.acts, strict=True):
        text = speak("plot_bestreply.axis", player=shortened(player, 24), act=shortened(act, 24))
        getattr(axes, f"set_{side}label")(text)
    return Painted(entries, labels, lines=lines)


def _components(axes: Axes, found: Found) -> None:
    """Join equilibria of one connected set where it is a segment."""
    parts: dict[int, list[tuple[Number, Number]]] = {}
    for at, _, component in found.equilibria:
        if component is not None:
            parts.setdefault(component, []).append(at)
    for ends in parts.values():
        if len(ends) == 2:
            axes.plot(
                [float(p) for p, _ in ends], [float(q) for _, q in ends], color=INK,
                linewidth=6, alpha=0.35, zorder=5, clip_on=False, gid="component",
            )  # fmt: skip


def _tell(found: Found, speak: Words) -> str:
    (one, other), acts = found.players, found.acts
    parts = [
        speak(
            "plot_bestreply.told", issue=shortened(found.issue), first=shortened(one),
            second=shortened(other), act=shortened(acts[0]), response=shortened(acts[1]),
        )
    ]  # fmt: skip
    for player, line in zip(found.players, found.replies, strict=True):
        if line is None:
            parts.append(speak("plot_bestreply.told_band", player=shortened(player)))
            continue
        pairs = [speak("plot.pair", x=in_figures(p), y=in_figures(q)) for p, q in line]
        corners = "; ".join(pairs)
        parts.append(speak("plot_bestreply.told_line", player=shortened(player), corners=corners))
    at = "; ".join(
        speak("plot.pair", x=in_figures(p), y=in_figures(q)) for (p, q), _, _ in found.equilibria
    )
    parts.append(speak("plot_bestreply.told_equilibria", at=at))
    return " ".join(parts)


def _left_out(found: Found, speak: Words) -> tuple[str, ...]:
    return (speak("plot_bestreply.issue", issue=shortened(found.issue)),)


KIND = Kind(
    "bestreply",
    "plot_bestreply.title",
    _why_not,
    _find,
    _paint,
    _tell,
    _left_out,
    lambda found: HEIGHT + 1.5,
)
