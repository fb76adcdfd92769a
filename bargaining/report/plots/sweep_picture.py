"""The picture of a sweep: a map of two axes, lines over one, or points drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bargaining.errors import InputError
from bargaining.report.plots.frame import LEGEND_ROW, headed, legend
from bargaining.report.plots.style import (
    CENTIMETRE,
    HEIGHT,
    INK,
    WIDTH,
    Picture,
    blank,
    look,
    shortened,
)
from bargaining.report.plots.sweep_cells import Cut, cut
from bargaining.report.plots.sweep_lines import MAX_LINES, draw_lines
from bargaining.report.plots.sweep_map import draw_map
from bargaining.report.plots.sweep_points import draw_points
from bargaining.report.plots.sweep_threshold import Threshold, threshold_of
from bargaining.results import in_figures
from bargaining.sweeps.reading import read_sweep

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Form = Literal["auto", "map", "lines"]
MAX_MARKS = 6
"""Thresholds over one axis that are written beside their lines."""


def sweep_picture(
    path: str | Path,
    *,
    x: str | None = None,
    y: str | None = None,
    z: str | None = None,
    at: Mapping[str, Any] | None = None,
    form: Form = "auto",
    title: str | None = None,
    width: float = WIDTH,
    height: float | None = None,
    threshold: bool = True,
) -> Picture:
    """Draw a sweep.

    Parameters
    ----------
    path : str or Path
        The sweep's directory.
    x, y : str, optional
        Paths that vary; may be left out where there is no choice.
    z : str, optional
        The measure; may be left out where there is one.
    at : mapping of str to number, optional
        Values of a grid's other axes.
    form : {"auto", "map", "lines"}
        By default lines where ``y`` has few values and the measure is a number.
    title : str, optional
        Default: the game's.
    width, height : float
        In centimetres.
    threshold : bool
        Whether to draw where the answer flips.

    Raises
    ------
    InputError
        If the directory is no sweep, or a name is none of its own.
    """
    shown = cut(read_sweep(path), x=x, y=y, z=z, at=at)
    lines = _lines(shown, form)
    strip = shown.y is None and not shown.answers.numeric
    found, notes = None, list(shown.notes)
    if threshold and not (lines and shown.y is not None):
        found, why = threshold_of(shown)
        notes += [why] if why else []
    game = shown.sweep.job.document.get("title") or shown.sweep.job.name
    heading = title if title is not None else str(game)
    with look():
        figure = blank(width, height if height is not None else HEIGHT * (0.5 if strip else 1))
        axes = figure.add_subplot()
        entries = _drawn(axes, shown, lines)
        if found is not None:
            entries += _marked(axes, found)
        raised = found is not None and bool(found.marks)
        _headed(axes, shown, heading, width, raised=raised)
        if entries:
            rows = legend(figure, entries, width)
            if height is None:
                figure.set_figheight(figure.get_figheight() + (rows - 1) * LEGEND_ROW * CENTIMETRE)
    return Picture(figure, _line(heading), _described(shown, found, lines, notes), tuple(notes))


def _lines(shown: Cut, form: Form) -> bool:
    """Whether lines are drawn."""
    if shown.points is not None:
        return False
    if form == "map" and shown.y is None and shown.answers.numeric:
        msg = "a map of a number needs --y; leave --map out to draw a line"
        raise InputError(msg)
    numeric, many = shown.answers.numeric, 1 if shown.y is None else len(shown.y.index)
    if form == "lines" and not numeric:
        msg = f"{shown.measure}: expected a number to draw lines of; leave --lines out"
        raise InputError(msg)
    if form == "lines" and many > MAX_LINES:
        name = "" if shown.y is None else shown.y.name
        msg = f"{name}: expected at most {MAX_LINES} values for lines, found {many}; draw a map"
        raise InputError(msg)
    return numeric and form != "map" and many <= MAX_LINES


def _drawn(axes: Axes, shown: Cut, lines: bool) -> list[Any]:
    import numpy as np

    axes.set_xlabel(shortened(shown.x.name, 70))
    if shown.y is not None:
        axes.set_ylabel(shortened(shown.y.name, 60))
    answers = shown.answers
    if shown.points is not None:
        return draw_points(axes, shown.points, answers)
    if lines:
        from dataclasses import replace

        labels, heading = [""], ""
        if shown.y is not None:
            labels = [in_figures(shown.y.exact(k)) for k in range(len(shown.y.index))]
            heading = shown.y.name
        flat = replace(
            answers, values=np.atleast_2d(answers.values), state=np.atleast_2d(answers.state)
        )
        return draw_lines(axes, shown.x.values, flat, labels, heading)
    if shown.y is not None:
        return draw_map(axes, shown.x.values, shown.y.values, answers)
    from dataclasses import replace

    row = replace(answers, values=answers.values[None], state=answers.state[None])
    entries = draw_map(axes, shown.x.values, np.zeros(1), row)
    axes.set_yticks([])
    return entries


def _marked(axes: Axes, found: Threshold) -> list[Any]:
    """Draw where the answer flips, dark on a light edge so that it shows on any colour."""
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    if found.lines:
        for colour, size in (("white", 4.5), (INK, 2.0)):
            axes.add_collection(
                LineCollection(
                    found.lines, colors=colour, linewidths=size, capstyle="round",
                    joinstyle="round", zorder=3,
                ),
                autolim=False,
            )  # fmt: skip
    for k, (where, words) in enumerate(found.marks):
        for colour, size in (("white", 4.5), (INK, 2.0)):
            axes.axvline(where, color=colour, linewidth=size, zorder=3)
        if k < MAX_MARKS:
            axes.annotate(
                words, (where, 1.0), xycoords=axes.get_xaxis_transform(), xytext=(0, 3),
                textcoords="offset points", ha="center", va="bottom", fontsize=9.0,
            )  # fmt: skip
    return [Line2D([], [], color=INK, linewidth=2.0, label=shortened(found.label, 70))]


def _headed(axes: Axes, shown: Cut, heading: str, width: float, *, raised: bool) -> None:
    """Write the title, and below it in smaller letters what is shown."""
    above = [shown.answers.name]
    above += [f"{name} = {in_figures(value)}" for name, value in shown.fixed.items()]
    headed(axes, heading, [*above, *shown.notes], width, start=18.0 if raised else 6.0)


def _line(text: str) -> str:
    return shortened(text, 300)


def _described(shown: Cut, found: Threshold | None, lines: bool, notes: list[str]) -> str:
    form = "Points" if shown.points is not None else "Lines" if lines else "Map"
    sides = []
    for side, where in ((shown.x, "across"), (shown.y, "up")):
        if side is None:
            continue
        if lines and where == "up":
            where = "one line for each value"
        ends = f"from {in_figures(side.axis.low)} to {in_figures(side.axis.high)}"
        many = f" ({len(side.index):,} values)" if len(side.index) else ""
        sides.append(f"{where}: {_line(side.name)} {ends}{many}")
    fixed = [f"{_line(name)} is {in_figures(value)}" for name, value in shown.fixed.items()]
    parts = [f"{form} of a sweep", *sides, *fixed, shown.answers.in_words()]
    if found is not None:
        parts.append(found.in_words())
    return ". ".join([*parts, *notes]) + "."
