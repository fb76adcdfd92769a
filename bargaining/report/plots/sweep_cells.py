"""What a picture of a sweep shows: a cut through its grid, or its points, read part by part.

Only the columns and the parts that the picture needs are read, and only as many rows as it can
show are kept: of a longer axis every second value, or every tenth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError
from bargaining.model.expressions import number_at
from bargaining.model.spelling import show, suggestion
from bargaining.report.plots.answers import Answers, Gathered
from bargaining.results import in_figures
from bargaining.sweeps.design import Axis
from bargaining.sweeps.measures import parse_measure
from bargaining.sweeps.paths import parse_path
from bargaining.sweeps.reading import SweepFiles

MAX_CELLS = 2_000
"""Along one axis."""
MAX_POINTS = 20_000
"""Of a random design."""


@dataclass(frozen=True, eq=False)
class Shown:
    """One axis of a picture.

    Attributes
    ----------
    axis : Axis
    index : array of int
        Values of the grid that are shown, in growing order; none for points drawn at random.
    """

    axis: Axis
    index: NDArray[np.intp]

    @property
    def name(self) -> str:
        """The path that varies."""
        return self.axis.name

    @property
    def values(self) -> NDArray[np.float64]:
        """The values shown."""
        return np.asarray(self.axis.values[self.index], dtype=np.float64)

    def exact(self, place: int) -> Fraction:
        """One of the values shown."""
        return self.axis.value(int(self.index[place]))


@dataclass(frozen=True, eq=False)
class Cut:
    """A sweep's answers over one or two of its axes.

    Attributes
    ----------
    sweep : SweepFiles
    measure : str
    x, y : Shown
        ``y`` is None where there is one axis.
    fixed : mapping of str to Fraction
        The other axes.
    answers : Answers
        Of shape (len(y), len(x)) for a grid, (points,) for points.
    points : tuple of arrays or None
        Coordinates of points drawn at random.
    notes : tuple of str
    """

    sweep: SweepFiles
    measure: str
    x: Shown
    y: Shown | None
    fixed: Mapping[str, Fraction]
    answers: Answers
    points: tuple[NDArray[np.float64], ...] | None
    notes: tuple[str, ...]


def cut(
    sweep: SweepFiles,
    *,
    x: str | None = None,
    y: str | None = None,
    z: str | None = None,
    at: Mapping[str, Any] | None = None,
) -> Cut:
    """Read what a picture needs of a sweep.

    Parameters
    ----------
    sweep : SweepFiles
    x, y : str, optional
        Paths that vary; may be left out where the sweep has no others to choose from.
    z : str, optional
        The measure; may be left out where there is one.
    at : mapping of str to number, optional
        Values of the grid's other axes; the nearest one is taken.

    Raises
    ------
    InputError
        If a name is none of the sweep's, or an axis is neither shown nor fixed.
    """
    axes = {axis.name: axis for axis in sweep.job.design.axes}
    if not axes:
        msg = f"{sweep.path}: expected a sweep over at least one path; this one has noise alone"
        raise InputError(msg)
    measure = _named("z", z, [m.name for m in sweep.job.measures], _measure)
    given = {_named("at", name, list(axes), _path): value for name, value in (at or {}).items()}
    free = [name for name in axes if name not in given]
    chosen_y = _named("y", y, list(axes), _path) if y is not None else None
    if x is None and len([n for n in free if n != chosen_y]) > (1 if chosen_y else 2):
        msg = f"x: expected one of {', '.join(free)}"
        raise InputError(msg)
    chosen_x = (
        next((n for n in free if n != chosen_y), "")
        if x is None
        else _named("x", x, list(axes), _path)
    )
    if x is None and y is None and len(free) == 2:
        chosen_y = free[1]
    if not chosen_x or chosen_x == chosen_y or chosen_x in given or chosen_y in given:
        msg = "x, y, at: expected each path of the sweep at one place, found one at two"
        raise InputError(msg)
    shown = [name for name in (chosen_x, chosen_y) if name is not None]
    if sweep.job.design.kind == "grid":
        left = [name for name in free if name not in shown and axes[name].count > 1]
        if left:
            more = " ".join(f"--at {name}=VALUE" for name in left)
            msg = f"at: expected a value for {', '.join(left)} too; add {more}"
            if chosen_y is None:
                msg += ", or draw one of them as --y"
            raise InputError(msg)
        return _grid(sweep, measure, [axes[name] for name in shown], given)
    if given:
        msg = f"at: expected a grid; this sweep's points are drawn at random ({', '.join(given)})"
        raise InputError(msg)
    return _points(sweep, measure, [axes[name] for name in shown])


def _grid(sweep: SweepFiles, measure: str, shown: Sequence[Axis], given: Mapping[str, Any]) -> Cut:
    design, notes = sweep.job.design, []
    sides, fixed = [], {}
    for axis in shown:
        values, first = np.unique(axis.values, return_index=True)
        step = -(-len(values) // MAX_CELLS)
        sides.append(Shown(axis, first[::step]))
        if step > 1:
            many = f"{len(values):,} values, one in {step} drawn"
            notes.append(f"{axis.name}: {many}")
    places = np.zeros(len(design.axes), dtype=np.intp)
    for j, axis in enumerate(design.axes):
        if axis.name in given:
            places[j], note = _nearest(axis, given[axis.name])
            notes += note
        if axis not in shown:
            fixed[axis.name] = axis.value(int(places[j]))
    # From a row to its cell: the place of each shown axis' value among those drawn, or -1.
    ranks = []
    for side in sides:
        rank = np.full(side.axis.count, -1, dtype=np.intp)
        rank[side.index] = np.arange(len(side.index))
        ranks.append((design.axes.index(side.axis), rank))
    shape = tuple(len(side.index) for side in reversed(sides))
    others = [j for j, axis in enumerate(design.axes) if axis not in shown]

    def cells_of(start: int, stop: int) -> NDArray[np.intp]:
        where = design.indices(start, stop)
        inside = np.all(where[:, others] == places[others], axis=1)
        cell = np.zeros(stop - start, dtype=np.intp)
        for (j, rank), size in zip(reversed(ranks), shape, strict=True):
            along = rank[where[:, j]]
            inside &= along >= 0
            cell = cell * size + along
        return np.where(inside, cell, -1)

    gathered = _gather(sweep, measure, int(np.prod(shape)), cells_of)
    if design.draws > 1:
        kind = sweep.kinds[measure]
        what = {"text": "the first answer is shown", "yes_no": "the share of yes is shown"}
        notes.append(f"{design.draws} draws: {what.get(kind, 'their mean is shown')}")
    y = sides[1] if len(sides) > 1 else None
    answers = gathered.answers(shape)
    return Cut(sweep, measure, sides[0], y, fixed, answers, None, tuple(notes))


def _points(sweep: SweepFiles, measure: str, shown: Sequence[Axis]) -> Cut:
    design = sweep.job.design
    step = -(-design.points // MAX_POINTS)
    count = -(-design.points // step)
    notes = [f"{design.points:,} points, one in {step} drawn"] if step > 1 else []
    if design.draws > 1:
        notes.append(f"{design.draws} draws of each point taken together")
    columns = [design.axes.index(axis) for axis in shown]
    where = np.empty((count, len(shown)))

    def cells_of(start: int, stop: int) -> NDArray[np.intp]:
        point = np.arange(start, stop) // design.draws
        drawn = point % step == 0
        cell = point // step
        where[cell[drawn]] = design.columns(start, stop)[drawn][:, columns]
        return np.where(drawn, cell, -1)

    gathered = _gather(sweep, measure, count, cells_of)
    sides = [Shown(axis, np.zeros(0, dtype=np.intp)) for axis in shown]
    places = tuple(where[:, j] for j in range(len(shown)))
    y = sides[1] if len(sides) > 1 else None
    return Cut(sweep, measure, sides[0], y, {}, gathered.answers((count,)), places, tuple(notes))


def _gather(sweep: SweepFiles, measure: str, cells: int, cells_of: Any) -> Gathered:
    found = Gathered(measure, sweep.kinds[measure], cells, sweep.job.design.draws)
    for part in range(sweep.layout.parts):
        start, stop = sweep.layout.bounds(part)
        cell = cells_of(start, stop)
        needed = cell >= 0
        if not needed.any():
            continue
        table = sweep.read(part, (measure, "status"))
        if table is None:
            continue
        import pyarrow

        mask = pyarrow.array(needed)
        answers, status = (
            table.column(name).filter(mask).combine_chunks() for name in (measure, "status")
        )
        found.add(cell[needed], answers, status)
    return found


def _nearest(axis: Axis, value: Any) -> tuple[int, list[str]]:
    wanted = number_at(f"at: {axis.name}", value)
    place = min(range(axis.count), key=lambda k: abs(axis.value(k) - wanted))
    taken = axis.value(place)
    if taken == wanted:
        return place, []
    said = f"{axis.name}: {in_figures(wanted)} is not on the grid, {in_figures(taken)} is taken"
    return place, [said]


def _path(text: str) -> Any:
    return parse_path(text).steps


def _measure(text: str) -> Any:
    measure = parse_measure(text)
    return measure.path or measure.name


def _named(option: str, text: str | None, known: Sequence[str], read: Any) -> str:
    """Find a name as typed, or one that says the same, such as without ``agendas.``."""
    listed = ", ".join(known)
    if text is None:
        if len(known) == 1:
            return known[0]
        msg = f"{option}: expected one of {listed}"
        raise InputError(msg)
    if text in known:
        return text
    try:
        same = [name for name in known if read(name) == read(text)]
    except InputError:
        same = []
    if not same:
        hint = suggestion(text, known)
        msg = f"{option}: expected one of {listed}, found {show(text)}{hint}"
        raise InputError(msg)
    return same[0]
