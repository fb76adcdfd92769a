"""Lines: a number over one axis, one line for each of a few values of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.report.plots.answers import Answers
from bargaining.report.plots.style import COLOURS, DASHES, INK, MARKERS, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_LINES = 8
MARKS = 10
"""Markers along a line, about."""
SPACING = 1.3
"""Of labels, in heights of a letter."""


def draw_lines(
    axes: Axes, x: NDArray[np.float64], answers: Answers, labels: Sequence[str], heading: str
) -> list[Any]:
    """Draw one line per row of the answers; gaps where there is none, marked at the foot.

    Parameters
    ----------
    axes : Axes
    x : array, shape (columns,)
    answers : Answers
        Numbers, shape (lines, columns).
    labels : sequence of str
        One per line, written at its end; all empty for a single line.
    heading : str
        What the labels are values of.

    Returns
    -------
    list of artists
        Legend entries, for what is missing.
    """
    low, high = answers.limits()
    room = 0.06 * (high - low)
    axes.set_ylim(low - room, high + room)
    ends = []
    for k, label in enumerate(labels):
        known = answers.answered[k]
        numbers = np.where(known, answers.values[k], np.nan)
        every = max(1, len(x) // MARKS)
        axes.plot(
            x, numbers, color=COLOURS[k], linestyle=DASHES[k], marker=MARKERS[k],
            markevery=(k * every // len(labels), every),
        )  # fmt: skip
        where = np.flatnonzero(known)
        ends.append((float(numbers[where[-1]]) if len(where) else low, label, COLOURS[k]))
    if any(labels):
        _labelled(axes, ends, heading)
    axes.set_ylabel(shortened(answers.name, 60))
    axes.grid(True, color="#DDDDDD", linewidth=0.6)
    axes.margins(x=0.02)
    return _missing(axes, x, answers)


def _labelled(axes: Axes, ends: Sequence[tuple[float, str, str]], heading: str) -> None:
    """Write each line's label beside its last number, pushed apart where they would overlap."""
    low, high = axes.get_ylim()
    # The part of the axis that a letter takes; the axes are about 3/4 of the figure's height.
    points = axes.figure.get_figheight() * 72 * 0.75
    step = (high - low) * SPACING * 9.0 / points
    order = sorted(range(len(ends)), key=lambda k: ends[k][0])
    places = spread([ends[k][0] for k in order], step, low, high - step)
    for k, place in zip(order, places, strict=True):
        _, label, colour = ends[k]
        axes.plot(
            [1.02], [place], transform=axes.get_yaxis_transform(), clip_on=False,
            marker=MARKERS[k], color=colour, markersize=4.5,
        )  # fmt: skip
        axes.text(
            1.035, place, shortened(label, 24), transform=axes.get_yaxis_transform(),
            va="center", ha="left", fontsize=9.0,
        )  # fmt: skip
    axes.text(
        1.01, max(places[-1] + 1.4 * step, low), shortened(heading, 28), fontsize=9.0,
        transform=axes.get_yaxis_transform(), va="center", ha="left", style="italic",
    )  # fmt: skip


def spread(places: Sequence[float], step: float, low: float, high: float) -> list[float]:
    """Move growing places apart to at least a step, as little as a pass up and one down do.

    >>> spread([0.0, 0.1, 5.0], 1.0, 0.0, 10.0)
    [0.0, 1.0, 5.0]
    >>> spread([9.8, 9.9], 1.0, 0.0, 10.0)
    [9.0, 10.0]
    """
    found: list[float] = []
    for place in places:
        found.append(max(place, low, found[-1] + step if found else low))
    ceiling = high
    for k in range(len(found) - 1, -1, -1):
        found[k] = min(found[k], ceiling)
        ceiling = found[k] - step
    return found


def _missing(axes: Axes, x: NDArray[np.float64], answers: Answers) -> list[Any]:
    place, found = answers.classes()
    entries: list[Any] = []
    for k, category in enumerate(found):
        columns = np.flatnonzero((place == k).any(axis=0))
        label = category.label if len(place) == 1 else f"{category.label} on some line"
        entries += axes.plot(
            x[columns], np.full(len(columns), 0.012), transform=axes.get_xaxis_transform(),
            linestyle="none", marker=category.marker, color=INK, label=label, clip_on=False,
        )  # fmt: skip
    return entries
