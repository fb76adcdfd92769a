"""Labels beside points, placed so that they cover neither points, lines nor one another.

Each label tries places around its point, near ones first, and takes the one that covers least; a
label that had to move away is tied to its point by a thin line.  The order is given, so the same
picture gets the same places.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.report.plots.style import INK, UNKNOWN_LETTERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RADII = (9.0, 16.0, 26.0, 38.0, 52.0, 70.0, 92.0, 118.0, 150.0, 190.0)
"""Distances from the point, in points of 1/72 inch."""
ANGLES = (40, 15, 65, 0, 90, -30, 130, 180, -60, -90, 155, 215, 240, 300)
"""Degrees, the most wanted first."""
MARKER = 5.0
"""Half the room that a point's marker takes."""
TIED = 14.0
"""Labels further away get a line."""
RISE = 0.25
"""By how much of the height labels in a column stand above their points."""
MAX_SEGMENTS = 400
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Label:
    """A text and the point it belongs to.

    Attributes
    ----------
    x, y : float
        In data coordinates.
    text : str
    colour : str
    size : float
        Of the letters.
    turn : float
        Degrees by which the wanted direction is turned from up and right.
    """

    x: float
    y: float
    text: str
    colour: str = INK
    size: float = 8.5
    turn: float = 0.0


def settle_layout(axes: Axes) -> None:
    """Let the figure find its layout, so that places on it can be compared."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=UNKNOWN_LETTERS, category=UserWarning)
        warnings.filterwarnings("ignore", message="constrained_layout", category=UserWarning)
        figure.draw_without_rendering()


def place(
    axes: Axes,
    labels: Sequence[Label],
    *,
    spots: Sequence[tuple[float, float]] = (),
    lines: Sequence[NDArray[np.float64]] = (),
) -> list[Any]:
    """Write labels; return their texts, in order.

    Parameters
    ----------
    axes : matplotlib Axes
        Limits must be set.
    labels : sequence of Label
    spots : sequence of (x, y)
        Further points that should stay visible.
    lines : sequence of arrays, shape (m, 2)
        Lines that should stay visible, in data coordinates.
    """
    if not labels:
        return []
    settle_layout(axes)
    figure = axes.get_figure(root=True)
    assert figure is not None
    unit = figure.dpi / 72
    to_display = axes.transData.transform
    frame = axes.get_window_extent()
    every = [(label.x, label.y) for label in labels] + list(spots)
    points = to_display(np.array(every, dtype=float))
    taken: list[Box] = [
        (x - MARKER * unit, y - MARKER * unit, x + MARKER * unit, y + MARKER * unit)
        for x, y in points.tolist()
    ]
    pieces = _pieces(to_display, lines)
    ties: list[tuple[float, float, float, float]] = []
    texts = []
    for label, (x, y) in zip(labels, points.tolist(), strict=False):
        text = axes.annotate(
            label.text, (label.x, label.y), xytext=(0, 0), textcoords="offset points",
            ha="left", va="bottom", fontsize=label.size, color=label.colour, zorder=6,
            annotation_clip=False,
            bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.8},
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=UNKNOWN_LETTERS, category=UserWarning)
            extent = text.get_window_extent()
        best = _best(
            (x, y), (extent.width, extent.height), label.turn, unit, taken, pieces, ties, frame
        )
        left, low = best[0], best[1]
        text.set_position(((left - x) / unit, (low - y) / unit))
        taken.append(best)
        end = (min(max(x, best[0]), best[2]), min(max(y, best[1]), best[3]))
        if math.dist((x, y), end) > TIED * unit:
            ties.append((x, y, *end))
            (x0, y0), (x1, y1) = axes.transData.inverted().transform([(x, y), end])
            axes.plot(
                [x0, x1], [y0, y1], color=label.colour, linewidth=0.6, zorder=2.5,
                scalex=False, scaley=False, gid="tie", clip_on=False,
            )  # fmt: skip
        texts.append(text)
    return texts


def stack(axes: Axes, labels: Sequence[Label]) -> None:
    """Write labels in a column on the right, near the height of their points, tied by lines."""
    if not labels:
        return
    settle_layout(axes)
    figure = axes.get_figure(root=True)
    assert figure is not None
    room = axes.get_window_extent().height * 72 / figure.dpi
    order = sorted(labels, key=lambda label: (-label.y, label.x))
    heights = [(label.text.count("\n") + 1) * label.size * 1.25 + 3 for label in order]
    low, high = axes.get_ylim()
    # Nothing lies above a frontier, so lines that rise to their labels cross the least.
    wanted = [room * ((label.y - low) / (high - low) + RISE) for label in order]
    for label, middle in zip(order, _spread(wanted, heights, room), strict=True):
        axes.annotate(
            label.text, (label.x, label.y), xytext=(1.04, middle / room),
            textcoords="axes fraction", ha="left", va="center", fontsize=label.size,
            color=label.colour, annotation_clip=False, zorder=6,
            arrowprops={
                "arrowstyle": "-", "color": label.colour, "linewidth": 0.6, "relpos": (0, 0.5),
                "shrinkA": 0, "shrinkB": 3,
            },
        )  # fmt: skip


def _spread(wanted: Sequence[float], heights: Sequence[float], room: float) -> list[float]:
    """Middles from the top down, as near to where they are wanted as heights allow."""
    blocks: list[tuple[list[int], float]] = []
    for k, middle in enumerate(wanted):
        members, centre = [k], middle
        while blocks and blocks[-1][1] - _half(blocks[-1][0], heights) < centre + _half(
            members, heights
        ):
            before, _ = blocks.pop()
            members = before + members
            centre = _centre(members, wanted, heights)
        blocks.append((members, centre))
    found = []
    for members, centre in blocks:
        half = _half(members, heights)
        top = min(max(centre, half), max(room - half, half)) + half
        for k in members:
            found.append(top - heights[k] / 2)
            top -= heights[k]
    return found


def _half(members: Sequence[int], heights: Sequence[float]) -> float:
    return sum(heights[k] for k in members) / 2


def _centre(members: Sequence[int], wanted: Sequence[float], heights: Sequence[float]) -> float:
    """Where a block of labels lies on average where its members want to be."""
    half = _half(members, heights)
    offset, total = half, 0.0
    for k in members:
        total += wanted[k] - (offset - heights[k] / 2)
        offset -= heights[k]
    return total / len(members)


def _pieces(to_display: Any, lines: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Points along the lines, close enough together that no label slips between them."""
    found = [np.empty((0, 2))]
    for line in lines:
        if len(line) < 2:
            continue
        step = max(1, len(line) // MAX_SEGMENTS)
        chosen = to_display(np.asarray(line, dtype=float)[::step])
        for one, other in itertools.pairwise(chosen):
            many = int(min(200, max(2, math.dist(one, other) / 4)))
            share = np.linspace(0, 1, many)[:, None]
            found.append(one + share * (other - one))
    return np.concatenate(found)


def _best(
    at: tuple[float, float],
    size: tuple[float, float],
    turn: float,
    unit: float,
    taken: Sequence[Box],
    pieces: NDArray[np.float64],
    ties: Sequence[tuple[float, float, float, float]],
    frame: Any,
) -> Box:
    best, least = None, math.inf
    for rank, radius in enumerate(RADII):
        for wish, angle in enumerate(ANGLES):
            direction = math.radians(angle + turn)
            cos, sin = math.cos(direction), math.sin(direction)
            # The side of the box that faces the point lies at the radius.
            x = at[0] + radius * unit * cos - (size[0] if cos < -0.3 else 0.0)
            y = at[1] + radius * unit * sin + size[1] / 2 * (max(-1, min(1, 1.6 * sin)) - 1)
            if abs(cos) <= 0.3:
                x -= size[0] / 2
            box = (x, y, x + size[0], y + size[1])
            cost = rank * 3.0 + wish * 0.4 + _covered(box, at, unit, taken, pieces, ties, frame)
            if cost < least:
                best, least = box, cost
    assert best is not None
    return best


def _covered(
    box: Box,
    at: tuple[float, float],
    unit: float,
    taken: Sequence[Box],
    pieces: NDArray[np.float64],
    ties: Sequence[tuple[float, float, float, float]],
    frame: Any,
) -> float:
    """How bad a place is: what it covers, leaves, or what its line crosses."""
    gap = 1.5 * unit
    left, low, right, high = box[0] - gap, box[1] - gap, box[2] + gap, box[3] + gap
    outside = max(0.0, frame.x0 - left) + max(0.0, right - frame.x1)
    outside += max(0.0, frame.y0 - low) + max(0.0, high - frame.y1)
    cost = float(outside * 2 / unit)
    others = sum(1 for a, b, c, d in taken if left < c and a < right and low < d and b < high)
    cost += 60 * others
    if len(pieces):
        inside = (pieces[:, 0] > left) & (pieces[:, 0] < right)
        inside &= (pieces[:, 1] > low) & (pieces[:, 1] < high)
        cost += min(12.0, 2.0 * float(np.count_nonzero(inside)))
    end = (min(max(at[0], box[0]), box[2]), min(max(at[1], box[1]), box[3]))
    for share in (0.35, 0.55, 0.75, 0.95):
        x, y = at[0] + share * (end[0] - at[0]), at[1] + share * (end[1] - at[1])
        cost += 15 * sum(1 for a, b, c, d in taken if a < x < c and b < y < d
                         and not a < at[0] < c)  # fmt: skip
    cost += 25 * sum(1 for tie in ties if _cross((*at, *end), tie) or _through(box, tie))
    return cost


def _cross(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    def side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> float:
        return (bx - ax) * (py - ay) - (by - ay) * (px - ax)

    first = side(*one, other[0], other[1]) * side(*one, other[2], other[3])
    second = side(*other, one[0], one[1]) * side(*other, one[2], one[3])
    return first < 0 and second < 0


def _through(box: Box, tie: tuple[float, float, float, float]) -> bool:
    share = np.linspace(0.05, 1, 12)
    x, y = tie[0] + share * (tie[2] - tie[0]), tie[1] + share * (tie[3] - tie[1])
    return bool(np.any((x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])))
