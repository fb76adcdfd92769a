"""Points: the answers at values drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.report.plots.answers import Answers
from bargaining.report.plots.style import BLUE, INK, NUMBERS, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW, MANY = 36.0, 3.0
"""Area of a marker where there are few points, and at least."""


def draw_points(axes: Axes, places: tuple[NDArray[np.float64], ...], answers: Answers) -> list[Any]:
    """Draw points in the plane, coloured by their answers; of a number over one axis, its height.

    Parameters
    ----------
    axes : Axes
    places : one or two arrays, shape (points,)
    answers : Answers
        Shape (points,).

    Returns
    -------
    list of artists
        Legend entries.
    """
    size = float(np.clip(20_000 / max(len(places[0]), 1), MANY, FEW))
    place, found = answers.classes()
    known = answers.answered
    flat = len(places) == 1
    if answers.numeric and flat:
        low, high = answers.limits()
        room = 0.06 * (high - low)
        axes.set_ylim(low - room, high + room)
        axes.scatter(places[0][known], answers.values[known], s=size, color=BLUE, linewidths=0)
        axes.set_ylabel(shortened(answers.name, 60))
    elif answers.numeric:
        low, high = answers.limits()
        drawn = axes.scatter(
            places[0][known], places[1][known], c=answers.values[known], s=size,
            cmap=NUMBERS, vmin=low, vmax=high, linewidths=0,
        )  # fmt: skip
        if known.any():
            bar = axes.figure.colorbar(drawn, ax=axes, pad=0.02, aspect=30)
            bar.set_label(shortened(answers.name, 60))
            bar.outline.set_visible(False)
    entries = []
    for k, category in enumerate(found):
        here = place == k
        if flat:
            level = np.full(int(here.sum()), 0.012 if answers.numeric else float(k))
            transform = axes.get_xaxis_transform() if answers.numeric else axes.transData
        else:
            level, transform = places[1][here], axes.transData
        hollow = category.fill == "#FFFFFF"
        entries.append(
            axes.scatter(
                places[0][here],
                level,
                s=size,
                marker=category.marker,
                label=category.label,
                color=INK if hollow else category.fill,
                edgecolors=INK if not hollow else None,
                linewidths=0.8 if hollow else 0.4,
                transform=transform,
            )
        )
    if flat and not answers.numeric:
        axes.set_yticks(range(len(found)), [category.label for category in found])
        axes.set_ylim(-0.5, len(found) - 0.5)
        axes.set_ylabel(shortened(answers.name, 60))
        return []
    return entries
