"""Lessons: what a lesson says, and its page, which works offline by double click.

A lesson asks for a prediction before its sliders move.  What the sliders show is solved
beforehand by this library, for every position of every slider, and stands in the page; its small
script only looks numbers up and draws them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from markupsafe import Markup, escape

from bargaining.errors import InputError
from bargaining.files.library import find
from bargaining.loading import load, loads
from bargaining.model.game import LinkageGame
from bargaining.report.pages.pictures import Bar as Bar
from bargaining.report.pages.pictures import Bars as Bars
from bargaining.report.pages.pictures import Line as Line
from bargaining.report.pages.pictures import Picture, shared_box
from bargaining.report.pages.pictures import Plane as Plane
from bargaining.report.pages.pictures import Spot as Spot
from bargaining.report.pages.render import as_json, render
from bargaining.report.pages.words import Language, words
from bargaining.results import in_figures
from bargaining.sweeps.design import Design, design
from bargaining.sweeps.job import Job, job_of
from bargaining.sweeps.measures import parse_measure

MAX_FRAMES = 2_000
MAX_SLIDERS = 3
LONG = 12
"""Fractions with larger denominators are shown with their first decimals too."""


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
    column : str
        Heading; readouts of one label stand in one row, one after the other.
    """

    measure: str
    label: str
    says: Mapping[str, str] = field(default_factory=dict)
    column: str = ""


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
    game : str
        The bundled game that ``source`` is about, where it is not the lesson's.
    """

    question: str
    answer: str
    solution: str
    hints: tuple[str, ...] = ()
    within: float = 0.005
    source: str = ""
    at: Mapping[str, str] = field(default_factory=dict)
    game: str = ""


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
        Symbol and meaning; read before the prediction, so without results.
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
    formulas : tuple of (str, str)
        What follows, in symbols; shown once the prediction is made.
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
    formulas: tuple[tuple[str, str], ...] = ()

    def load(self) -> LinkageGame:
        """Return the game as its file states it."""
        return loads(self.game) if "\n" in self.game else load(self.game)

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings of the readouts, if they have any."""
        return tuple(dict.fromkeys(r.column for r in self.readouts if r.column))

    @property
    def rows(self) -> list[tuple[str, list[int]]]:
        """Labels of the readouts with the places of their numbers."""
        found: dict[str, list[int]] = {}
        for place, readout in enumerate(self.readouts):
            found.setdefault(readout.label, []).append(place)
        return list(found.items())

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
            as_said(measure.read(facts), readout)
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
        "box": shared_box([frame["picture"] for frame in solved]),
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
        game_text=escape(game_file(lesson)).replace("\n\n", Markup("\n&#10;")),
    )


def as_said(value: Any, readout: Readout) -> str:
    """Return an answer as a readout shows it."""
    if str(value) in readout.says:
        return readout.says[str(value)]
    if isinstance(value, (Fraction, int, float)) and not isinstance(value, bool):
        text = in_figures(value)
        long = isinstance(value, Fraction) and value.denominator > LONG and "/" in text
        return f"{text} ≈ {float(value):.2f}" if long else text
    return "–" if value is None else str(value)


def game_file(lesson: Lesson) -> str:
    """Return the text of the lesson's game file, up to what is claimed or expected of it."""
    own = "\n" in lesson.game
    text = lesson.game if own else find(lesson.game).read_text(encoding="utf-8")
    game = re.split(r"^\[+(?:claims|expected)\b", text, maxsplit=1, flags=re.M)[0]
    return re.sub(r"(?:^#.*\n|^\n)+\Z", "", game, flags=re.M)
