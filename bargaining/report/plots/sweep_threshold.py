"""Where a sweep's answer flips, found in the games themselves and not read off the cells.

Between neighbouring grid values with different answers the change is located by bisection on
exact numbers (:mod:`bargaining.linkage.flip`).  In the plane that is done on the lines of a coarse
lattice, and crossings of one lattice cell are joined by straight lines.  Where one axis is the
discount factor and deals must keep themselves, the curve is the critical discount factor, worked
out for each value of the other axis.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import BargainingError
from bargaining.linkage.facts import facts_of
from bargaining.linkage.flip import Flip, flips
from bargaining.report.plots.answers import ANSWERED, SILENT
from bargaining.report.plots.boundary import Edge, Point, joined, segments
from bargaining.report.plots.sweep_cells import Cut, Shown
from bargaining.results import in_figures
from bargaining.settlement.enforcement.thresholds import critical_discount
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job
from bargaining.sweeps.measures import Measure, cell, parse_measure

LATTICE = 25
"""Lines of the lattice across the picture, and up; fewer where a game takes long."""
SLOW_LATTICE = 13
COLUMNS = 41
"""Values of the other axis for which a critical discount factor is worked out."""
MAX_MARKS = 25
MAX_QUESTIONS = 20_000
MAX_SECONDS = 120.0


@dataclass(frozen=True)
class Threshold:
    """Where the answer flips.

    Attributes
    ----------
    label : str
        For the legend.
    lines : tuple of sequences of points
        In the plane.
    marks : tuple of (float, str)
        Over one axis: where, and the same in words.
    count : int
        Points that were located; what lies between them is joined.
    """

    label: str
    lines: tuple[tuple[Point, ...], ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    count: int = 0

    def in_words(self) -> str:
        """Say where it is."""
        if self.marks:
            return f"{self.label} at {', '.join(words for _, words in self.marks)}"
        points = [point for line in self.lines for point in line]
        ends = min(points), max(points)
        spelled = " to ".join(f"({a:.4g}, {b:.4g})" for a, b in ends)
        return f"the black line is the {self.label}, from {spelled}"


class TooLong(Exception):
    """The search for a threshold is given up."""


@dataclass
class _Budget:
    """How much may still be asked; the same questions are counted in every run."""

    questions: int
    until: float

    def spend(self) -> None:
        self.questions -= 1
        if self.questions < 0 or time.monotonic() > self.until:
            raise TooLong


def threshold_of(cut: Cut) -> tuple[Threshold | None, str | None]:
    """Locate where a picture's answer flips.

    Returns
    -------
    Threshold or None
        None where nothing flips, or where answers are moved by noise or drawn at random.
    str or None
        Why it is left out, where it is.
    """
    job = cut.sweep.job
    if job.design.kind != "grid" or job.design.noise or cut.answers.answered.sum() == 0:
        return None, None
    budget = _Budget(MAX_QUESTIONS, time.monotonic() + MAX_SECONDS)
    try:
        found = _kept(cut, budget) or _flipping(cut, budget)
    except TooLong:
        return None, "the threshold is left out: it takes too long to locate"
    except BargainingError as error:
        return None, f"the threshold is left out: {' '.join(str(error).split())[:200]}"
    return found, None


def _kept(cut: Cut, budget: _Budget) -> Threshold | None:
    """Return the critical discount factor over the other axis, where that is the question."""
    sides = [side for side in (cut.x, cut.y) if side is not None]
    patience = [side for side in sides if side.axis.path.steps == ("discount",)]
    job = cut.sweep.job
    path = parse_measure(cut.measure).path or ()
    about_keeping = job.require == ("enforcement",) and job.deals == "shares"
    if not (patience and about_keeping and path[:1] == ("agendas",) and _of_deal(path)):
        return None
    agenda = str(path[1])
    others = [side for side in sides if side is not patience[0]]
    other = others[0] if others else None
    axis = patience[0].axis
    places: list[Fraction | None] = [None]
    if other is not None:
        low, width = other.axis.low, other.axis.high - other.axis.low
        places = [low + width * Fraction(k, COLUMNS - 1) for k in range(COLUMNS)]
    runs: list[list[Point]] = [[]]
    marks = []
    for place in places:
        budget.spend()
        values = dict(cut.fixed)
        values[axis.name] = axis.low
        if other is not None and place is not None:
            values[other.name] = place
        factor = critical_discount(_game(job, values), agenda=agenda).any
        if factor is None:
            runs.append([])
        elif place is not None:
            point = (float(place), float(factor))
            runs[-1].append(point if cut.y is patience[0] else (point[1], point[0]))
        elif axis.low <= factor <= axis.high:
            marks.append((float(factor), in_figures(factor)))
    # Where the whole curve lies beside the picture there is nothing to draw.
    lines = tuple(tuple(run) for run in runs if len(run) > 1 and _inside(run, patience[0], cut))
    if not lines and not marks:
        return None
    count = sum(map(len, lines)) + len(marks)
    return Threshold("critical discount factor", lines, tuple(marks), count)


def _inside(run: Sequence[Point], side: Shown, cut: Cut) -> bool:
    place = 1 if cut.y is side else 0
    return any(side.axis.low <= point[place] <= side.axis.high for point in run)


def _of_deal(path: Sequence[str | int]) -> bool:
    return len(path) > 2 and path[2] in ("mutual_gain", "status", "gains")


@dataclass(frozen=True, eq=False)
class _Asked:
    """The question whose answer flips: a measure, and what is compared of it."""

    job: Job
    measure: Measure
    about: str
    presence: bool

    def code(self, values: dict[str, Fraction]) -> Any:
        """Return the answer in a game; whether there is one, where that is the question."""
        facts = facts_of(_game(self.job, values), manner=_manner(self.job))
        found = cell(self.measure.read(facts))
        return (found is not None) if self.presence else found


def _manner(job: Job) -> Any:
    from bargaining.linkage.facts import Manner

    return Manner(job.solution, job.deals, job.require)


def _game(job: Job, values: dict[str, Fraction]) -> Any:
    return job.game_at([values[axis.name] for axis in job.design.axes])


def _flipping(cut: Cut, budget: _Budget) -> Threshold | None:
    """Locate the changes of the measure itself, or of what a number stands or falls with."""
    job, answers = cut.sweep.job, cut.answers
    measure = parse_measure(cut.measure)
    path = measure.path or ()
    silent = bool((answers.state == SILENT).any())
    presence, about = False, ""
    if answers.numeric and silent:
        presence, about = True, "of where there is an answer"
    elif answers.numeric and path[:1] == ("agendas",) and len(path) > 2 and path[2] == "gains":
        measure, about = parse_measure(f"{path[1]}.mutual_gain"), f"of {path[1]}.mutual_gain"
    elif answers.numeric:
        return None
    asked = _Asked(job, measure, about, presence)
    size = SLOW_LATTICE if job.require else LATTICE
    label = " ".join(filter(None, ["threshold" if job.require else "exact threshold", about]))
    if cut.y is None:
        return _along(cut, asked, label, budget)
    across = _spaced(len(cut.x.index), size)
    up = _spaced(len(cut.y.index), size)
    codes = _codes(cut, asked, across, up)
    crossings = _crossings(cut, asked, codes, across, up, budget)
    lines = tuple(joined(list(segments(codes, crossings))))
    return Threshold(label, lines, count=len(crossings)) if lines else None


def _along(cut: Cut, asked: _Asked, label: str, budget: _Budget) -> Threshold | None:
    every = np.arange(len(cut.x.index))
    if asked.about and not asked.presence:
        every = _spaced(len(every), LATTICE)
    codes = _codes(cut, asked, every, np.zeros(1, dtype=np.intp))[0]
    marks: list[tuple[float, str]] = []
    for (i, before), (j, after) in itertools.pairwise(zip(every.tolist(), codes, strict=True)):
        if before is None or after is None or before == after or len(marks) >= MAX_MARKS:
            continue
        flip = _flip(asked, cut.x, (i, j), before, dict(cut.fixed), budget)
        if flip is not None:
            marks.append((_where(flip), in_figures(_number(flip))))
    return Threshold(label, marks=tuple(marks), count=len(marks)) if marks else None


def _codes(
    cut: Cut, asked: _Asked, across: NDArray[np.intp], up: NDArray[np.intp]
) -> list[list[Any]]:
    """Return the answers at the lattice's nodes, rows upwards; None where there is none."""
    answers = cut.answers
    if asked.about and not asked.presence:
        return _solved(cut, asked.measure, across, up)
    grid = np.atleast_2d(answers.state)
    values = np.atleast_2d(answers.values)
    codes: list[list[Any]] = []
    for i in up.tolist():
        row: list[Any] = []
        for j in across.tolist():
            state = int(grid[i, j])
            if asked.presence:
                row.append({ANSWERED: True, SILENT: False}.get(state))
            elif state != ANSWERED or answers.texts is None:
                row.append(None)
            else:
                text = answers.texts[int(values[i, j])]
                yes_no = cut.sweep.kinds[cut.measure] == "yes_no"
                row.append(text == "yes" if yes_no else text)
        codes.append(row)
    return codes


def _solved(
    cut: Cut, measure: Measure, across: NDArray[np.intp], up: NDArray[np.intp]
) -> list[list[Any]]:
    """Ask another question at the nodes, all at once."""
    job = cut.sweep.job
    listed: dict[str, list[Fraction]] = {name: [v] for name, v in cut.fixed.items()}
    listed[cut.x.name] = [cut.x.exact(j) for j in across.tolist()]
    if cut.y is not None:
        listed[cut.y.name] = [cut.y.exact(i) for i in up.tolist()]
    order = [*cut.fixed, *([cut.y.name] if cut.y else []), cut.x.name]
    plan = design(vary={name: listed[name] for name in order})
    small = Job(
        job.document, job.name, plan, (measure,), job.solution, job.deals, job.require, ("yes_no",)
    )
    found = small.solve(0, plan.rows)[measure.name]
    flat = [bool(v) if k else None for v, k in zip(found.values, found.known, strict=True)]
    return [flat[i * len(across) : (i + 1) * len(across)] for i in range(len(up))]


def _crossings(
    cut: Cut,
    asked: _Asked,
    codes: list[list[Any]],
    across: NDArray[np.intp],
    up: NDArray[np.intp],
    budget: _Budget,
) -> dict[Edge, Point]:
    """Locate the change on each edge of the lattice whose ends answer differently."""
    assert cut.y is not None
    found: dict[Edge, Point] = {}
    for i, j in itertools.product(range(len(up)), range(len(across))):
        here = codes[i][j]
        values = dict(cut.fixed)
        if j + 1 < len(across) and _differ(here, codes[i][j + 1]):
            values[cut.y.name] = cut.y.exact(int(up[i]))
            ends = int(across[j]), int(across[j + 1])
            flip = _flip(asked, cut.x, ends, here, values, budget)
            if flip is not None:
                found["across", i, j] = (_where(flip), float(cut.y.values[up[i]]))
        values = dict(cut.fixed)
        if i + 1 < len(up) and _differ(here, codes[i + 1][j]):
            values[cut.x.name] = cut.x.exact(int(across[j]))
            ends = int(up[i]), int(up[i + 1])
            flip = _flip(asked, cut.y, ends, here, values, budget)
            if flip is not None:
                found["up", i, j] = (float(cut.x.values[across[j]]), _where(flip))
    return found


def _differ(one: Any, other: Any) -> bool:
    return one is not None and other is not None and bool(one != other)


def _flip(
    asked: _Asked,
    side: Shown,
    ends: tuple[int, int],
    before: Any,
    values: dict[str, Fraction],
    budget: _Budget,
) -> Flip | None:
    def question(value: Fraction) -> bool:
        budget.spend()
        return bool(asked.code({**values, side.name: value}) == before)

    found = flips(question, side.exact(ends[0]), side.exact(ends[1]), points=1)
    return found[0] if found else None


def _number(flip: Flip) -> Fraction | float:
    return flip.threshold if flip.threshold is not None else _where(flip)


def _where(flip: Flip) -> float:
    return float(flip.threshold if flip.threshold is not None else sum(flip.bracket) / 2)


def _spaced(count: int, most: int) -> NDArray[np.intp]:
    """Positions of at most so many among a number of values, ends included."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.intp))
