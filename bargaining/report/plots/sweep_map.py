"""A map: each cell of a grid in the colour of its answer, axes in and axes out.

Numbers get a scale of colours, other answers few categories with hatches; what has no answer is
hatched and named in the legend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.report.plots.answers import Answers, Category
from bargaining.report.plots.style import INK, NUMBERS, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHARPEST = 1_200
"""Cells are repeated up to about this many along an axis, since viewers blur what they enlarge."""
MAX_HATCHED = 4_000
"""A category in more rectangles than this is not hatched: its hatches would not be seen."""


def draw_map(
    axes: Axes, x: NDArray[np.float64], y: NDArray[np.float64], answers: Answers
) -> list[Any]:
    """Draw cells around grid values.

    Parameters
    ----------
    axes : Axes
    x, y : array, shape (columns,) and (rows,)
        In growing order.
    answers : Answers
        Of shape (rows, columns).

    Returns
    -------
    list of Patch
        Legend entries.
    """
    sides, tops = edges(x), edges(y)
    if answers.numeric:
        low, high = answers.limits()
        numbers = np.where(answers.answered, answers.values, np.nan)
        drawn = _cells(axes, sides, tops, numbers, cmap=NUMBERS, vmin=low, vmax=high)
        if answers.answered.any():
            bar = axes.figure.colorbar(drawn, ax=axes, pad=0.02, aspect=30)
            bar.set_label(shortened(answers.name, 60))
            bar.outline.set_visible(False)
    place, found = answers.classes()
    if found:
        from matplotlib.colors import ListedColormap

        painted = np.where(place >= 0, place, np.nan).astype(np.float64)
        colours = ListedColormap([category.fill for category in found])
        _cells(axes, sides, tops, painted, cmap=colours, vmin=-0.5, vmax=len(found) - 0.5)
        for k, category in enumerate(found):
            _hatched(axes, sides, tops, place == k, category)
    axes.set_xlim(sides[0], sides[-1])
    axes.set_ylim(tops[0], tops[-1])
    return legend_entries(found)


def edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where cells around growing values begin and end: half-way to their neighbours.

    >>> edges(np.array([0.0, 1.0, 3.0]))
    array([-0.5,  0.5,  2. ,  4. ])
    """
    if len(values) == 1:
        half = 0.5 * max(abs(float(values[0])), 1.0)
        return np.array([values[0] - half, values[0] + half])
    middle = values[:-1] / 2 + values[1:] / 2
    first = values[0] - (middle[0] - values[0])
    last = values[-1] + (values[-1] - middle[-1])
    return np.concatenate([[first], middle, [last]])


def legend_entries(categories: list[Category]) -> list[Any]:
    """Return patches that show each category's colour and hatch, under its label."""
    from matplotlib.patches import Patch

    return [
        Patch(facecolor=c.fill, edgecolor=INK, linewidth=0.5, hatch=c.hatch, label=c.label)
        for c in categories
    ]


def _cells(
    axes: Axes,
    sides: NDArray[np.float64],
    tops: NDArray[np.float64],
    values: NDArray[np.float64],
    **colours: Any,
) -> Any:
    """Paint cells; evenly spaced ones as an image of one dot each, sharp at any size."""
    hidden = np.ma.masked_invalid(values)
    if _even(sides) and _even(tops):
        rows, columns = values.shape
        hidden = hidden.repeat(max(1, SHARPEST // rows), axis=0)
        hidden = hidden.repeat(max(1, SHARPEST // columns), axis=1)
        extent = (sides[0], sides[-1], tops[0], tops[-1])
        return axes.imshow(
            hidden, origin="lower", extent=extent, aspect="auto", interpolation="none", **colours
        )
    return axes.pcolormesh(sides, tops, hidden, rasterized=values.size > 2_500, **colours)


def _even(places: NDArray[np.float64]) -> bool:
    widths = np.diff(places)
    return bool(np.ptp(widths) <= 1e-6 * widths.max())


def _hatched(
    axes: Axes,
    sides: NDArray[np.float64],
    tops: NDArray[np.float64],
    here: NDArray[np.bool_],
    category: Category,
) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    boxes = rectangles(here) if category.hatch else []
    if not boxes or len(boxes) > MAX_HATCHED:
        return
    corners, codes = [], []
    for top, bottom, left, right in boxes:
        x0, x1, y0, y1 = sides[left], sides[right], tops[top], tops[bottom]
        corners += [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
        codes += [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY]
    shape = Path(corners, codes)
    ink = {"edgecolor": INK, "facecolor": "none", "linewidth": 0.0, "alpha": 0.55}
    axes.add_patch(PathPatch(shape, hatch=category.hatch, **ink))


def rectangles(here: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """Cover marked cells by rectangles: runs of a row, joined with equal runs of the next.

    Returns
    -------
    list of (first row, row after the last, first column, column after the last)

    Examples
    --------
    >>> rectangles(np.array([[True, True, False], [True, True, True]]))
    [(0, 1, 0, 2), (1, 2, 0, 3)]
    """
    done: list[tuple[int, int, int, int]] = []
    open_runs: dict[tuple[int, int], int] = {}
    for row in range(len(here) + 1):
        runs: set[tuple[int, int]] = set()
        if row < len(here):
            padded = np.diff(np.concatenate([[0], here[row].astype(np.int8), [0]]))
            starts, stops = np.flatnonzero(padded == 1), np.flatnonzero(padded == -1)
            runs = set(zip(starts.tolist(), stops.tolist(), strict=True))
        ended = sorted(set(open_runs) - runs)
        done += [(open_runs.pop(run), row, *run) for run in ended]
        for run in runs:
            open_runs.setdefault(run, row)
        if len(done) > MAX_HATCHED:
            break
    return sorted(done)
