"""Lessons: what a lesson says, and its page, which works offline by double click.

A lesson asks for a prediction before its sliders move.  What the sliders show is solved
beforehand by this library, for every position of every slider, and stands in the page; its small
script only looks numbers up and draws them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from bargaining.errors import InputError
from bargaining.files.document import document_of
from bargaining.files.layout import toml_text
from bargaining.loading import load, loads
from bargaining.model.game import LinkageGame
from bargaining.report.pages.render import as_json, render
from bargaining.report.pages.words import Language, words
from bargaining.results import Number, in_figures
from bargaining.sweeps.design import Design, design
from bargaining.sweeps.job import Job, job_of
from bargaining.sweeps.measures import parse_measure

MAX_FRAMES = 2_000
MAX_SLIDERS = 3


@dataclass(frozen=True)
class Slider:
    """A number of the game that the reader moves.

    Attributes
    ----------
    path : str
        Where it stands in the game file, as for sweeps: ``"parameters.w"``.
    label : str
    values : tuple of number or str
        Its positions, exact: ``(0, "1/2", 1)``.
    start : int
        The position at which it stands first.
    """

    path: str
    label: str
    values: tuple[int | float | str, ...]
    start: int = 0


@dataclass(frozen=True)
class Readout:
    """A number below the figure.

    Attributes
    ----------
    measure : str
        A field or expression, as for sweeps: ``"linked.gains.us"``.
    label : str
    says : mapping of str to str
        Words for answers that are not numbers: ``{"True": "yes", "None": "never"}``.
    """

    measure: str
    label: str
    says: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """A question with answers to choose from."""

    question: str
    options: tuple[str, ...]
    right: int
    solution: str
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exercise:
    """A question with a number as answer.

    Attributes
    ----------
    question, solution : str
        Markdown.
    answer : str
        An exact number such as ``"7/10"``.
    hints : tuple of str
        Shown one after the other.
    within : float
        How far off still counts as right.
    source : str
        The measure from which the answer comes, with the game at ``at``, so that tests can
        compare; empty where the answer is plain arithmetic.
    at : mapping of str to str
        Values of paths for ``source``; the game file's own where left out.
    """

    question: str
    answer: str
    solution: str
    hints: tuple[str, ...] = ()
    within: float = 0.005
    source: str = ""
    at: Mapping[str, str] = field(default_factory=dict)


Point = tuple[Number, Number]
Mark = Literal["circle", "square", "diamond", "cross", "ring"]
Stroke = Literal["front", "first", "second", "third", "faint", "level"]


@dataclass(frozen=True)
class Line:
    """A line in a picture; ``filled`` closes and shades it."""

    points: tuple[Point, ...]
    label: str = ""
    stroke: Stroke = "front"
    filled: bool = False


@dataclass(frozen=True)
class Spot:
    """A marked point in a picture."""

    at: Point
    label: str
    mark: Mark = "circle"


@dataclass(frozen=True)
class Plane:
    """Lines and points between two axes, drawn in the box that all frames of the lesson share."""

    x: str
    y: str
    lines: tuple[Line, ...] = ()
    spots: tuple[Spot, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for the page's script."""
        return {
            "kind": "plane",
            "x": self.x,
            "y": self.y,
            "lines": [
                {
                    "at": [_pair(p) for p in line.points],
                    "label": line.label,
                    "stroke": line.stroke,
                    "filled": line.filled,
                }
                for line in self.lines
            ],
            "spots": [{"at": _pair(s.at), "label": s.label, "mark": s.mark} for s in self.spots],
        }

    def extent(self) -> list[Point]:
        """Return all points, from which the shared box is found."""
        found = [p for line in self.lines for p in line.points]
        return found + [spot.at for spot in self.spots]


@dataclass(frozen=True)
class Bar:
    """One bar, from ``low`` to ``high``."""

    label: str
    high: Number
    low: Number = Fraction(0)
    text: str = ""
    stroke: Stroke = "first"


@dataclass(frozen=True)
class Bars:
    """Rows of bars on one scale: gains from 0, or intervals such as exchange rates."""

    x: str
    bars: tuple[Bar, ...]
    mark: Number | None = None
    mark_label: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for the page's script."""
        return {
            "kind": "bars",
            "x": self.x,
            "mark": None if self.mark is None else _short(self.mark),
            "markLabel": self.mark_label,
            "bars": [
                {
                    "label": bar.label,
                    "low": _short(bar.low),
                    "high": _short(bar.high),
                    "text": bar.text,
                    "stroke": bar.stroke,
                }
                for bar in self.bars
            ],
        }

    def extent(self) -> list[Point]:
        """Return all ends, from which the shared scale is found."""
        ends: list[Number] = [end for bar in self.bars for end in (bar.low, bar.high)]
        if self.mark is not None:
            ends.append(self.mark)
        return [(end, Fraction(0)) for end in ends]


Picture = Plane | Bars


@dataclass(frozen=True)
class Lesson:
    """Everything a lesson says; long texts are Markdown.

    Attributes
    ----------
    number, minutes : int
    title, level : str
        The level names the maths needed.
    goals : tuple of str
        "After this you can …".
    hook, play, model : str
        Real stakes; what to play first, before any symbol; the model in words.
    symbols : tuple of (str, str)
        Symbol and meaning.
    game : str
        A bundled game's name, or the text of a game file.
    sliders : tuple of Slider
    readouts : tuple of Readout
    picture : function
        Draws one game.
    caption : str
        What to look at in the figure.
    says : function
        One sentence about one game.
    prediction : Choice
        Asked before the sliders move.
    questions : tuple of Choice or Exercise
    leaves_out, teaching, sources : str
    command : str
        A command line that gives the numbers.
    python : str
        The same in Python.
    """

    number: int
    title: str
    minutes: int
    level: str
    goals: tuple[str, ...]
    hook: str
    play: str
    model: str
    symbols: tuple[tuple[str, str], ...]
    game: str
    sliders: tuple[Slider, ...]
    readouts: tuple[Readout, ...]
    picture: Callable[[LinkageGame], Picture]
    caption: str
    says: Callable[[LinkageGame], str]
    prediction: Choice
    questions: tuple[Choice | Exercise, ...]
    leaves_out: str
    teaching: str
    sources: str
    command: str
    python: str

    def load(self) -> LinkageGame:
        """Return the game as its file states it."""
        return loads(self.game) if "\n" in self.game else load(self.game)

    @property
    def design(self) -> Design:
        """All positions of the sliders; the last one moves fastest."""
        return design(vary={slider.path: list(slider.values) for slider in self.sliders})

    def job(self) -> Job:
        """Return the sweep over all positions of the sliders."""
        measures = tuple(parse_measure(readout.measure) for readout in self.readouts)
        return job_of(self.load(), self.design, measures)


def frames(lesson: Lesson) -> list[dict[str, Any]]:
    """Solve the game at every position of the sliders.

    Returns
    -------
    list of dict
        ``numbers`` (texts, one per readout), ``says`` and ``picture``, in the design's order.

    Raises
    ------
    InputError
        If there are too many sliders or positions.
    """
    count = math.prod(len(slider.values) for slider in lesson.sliders)
    if len(lesson.sliders) > MAX_SLIDERS or not 1 <= count <= MAX_FRAMES:
        msg = f"lesson {lesson.number}: expected up to {MAX_SLIDERS} sliders, {MAX_FRAMES:,} frames"
        raise InputError(msg)
    job = lesson.job()
    found = []
    for row in range(count):
        game = job.game(row)
        facts = job.facts(row)
        said = [
            _said(measure.read(facts), readout)
            for measure, readout in zip(job.measures, lesson.readouts, strict=True)
        ]
        found.append(
            {"numbers": said, "says": lesson.says(game), "picture": lesson.picture(game).to_dict()}
        )
    return found


def page(lesson: Lesson, *, language: Language = "en") -> str:
    """Return the lesson as one HTML file that needs nothing else."""
    speak = words(language)
    solved = frames(lesson)
    start = 0
    for slider in lesson.sliders:
        start = start * len(slider.values) + slider.start
    data = {
        "sliders": [
            {"values": [str(v) for v in s.values], "start": s.start} for s in lesson.sliders
        ],
        "frames": solved,
        "box": _box([frame["picture"] for frame in solved]),
        "words": {
            key: speak(f"lesson.{key}")
            for key in ("right", "wrong", "near", "no_number", "no_choice", "predicted")
        },
    }
    return render(
        "lesson.html.j2",
        speak,
        lesson=lesson,
        start=solved[start],
        data=as_json(data),
        game_text=toml_text(document_of(lesson.load())),
    )


def _said(value: Any, readout: Readout) -> str:
    if str(value) in readout.says:
        return readout.says[str(value)]
    if isinstance(value, (Fraction, int, float)) and not isinstance(value, bool):
        return in_figures(value)
    return "–" if value is None else str(value)


def _box(pictures: Sequence[Mapping[str, Any]]) -> list[float]:
    """Return the smallest round box around all pictures: left, right, bottom, top."""
    xs: list[float] = [0.0]
    ys: list[float] = [0.0]
    for picture in pictures:
        if picture["kind"] == "bars":
            xs += itertools.chain(*((bar["low"], bar["high"]) for bar in picture["bars"]))
            xs += [] if picture["mark"] is None else [picture["mark"]]
            continue
        for x, y in itertools.chain(*(line["at"] for line in picture["lines"])):
            xs.append(x)
            ys.append(y)
        xs += [spot["at"][0] for spot in picture["spots"]]
        ys += [spot["at"][1] for spot in picture["spots"]]
    return [*_round(min(xs), max(xs)), *_round(min(ys), max(ys))]


def _round(low: float, high: float) -> tuple[float, float]:
    """Widen a range to whole steps of a round size."""
    if low == high:
        high = low + 1.0
    step = 10.0 ** math.floor(math.log10(high - low))
    step /= 2 if (high - low) / step >= 2 else 5
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _pair(point: Point) -> list[float]:
    return [_short(point[0]), _short(point[1])]


def _short(value: Number) -> float:
    """Return a number as the figure draws it."""
    return round(float(value), 9)
