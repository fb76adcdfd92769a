"""Lessons in a notebook: the same texts, pictures and numbers as on the page, shown by Python.

A notebook asks for the parts it shows; nothing of a lesson is written twice.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bargaining.linkage.facts import facts_of
from bargaining.model.game import LinkageGame
from bargaining.report.pages.answers import judge_number
from bargaining.report.pages.lesson import Choice, Exercise, Lesson, as_said
from bargaining.report.pages.pictures import Bars, Picture, Plane
from bargaining.report.pages.words import Language, words
from bargaining.sweeps.measures import parse_measure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {
    "front": "#0072b2", "first": "#b35900", "second": "#00734f", "third": "#a34d7d",
    "faint": "#566072", "level": "#1d2433",
}  # fmt: skip
DASHES = {"second": (0, (5, 3)), "third": (0, (1, 2)), "faint": (0, (4, 4)), "level": (0, (2, 2))}
MARKS = {"circle": "o", "ring": "o", "square": "s", "diamond": "D", "triangle": "^", "cross": "x"}


@dataclass(frozen=True)
class Position:
    """A lesson's game with its sliders at given places.

    Attributes
    ----------
    game : LinkageGame
    says : str
    numbers : tuple of str
        One per readout.
    picture : Plane or Bars
    """

    game: LinkageGame
    says: str
    numbers: tuple[str, ...]
    picture: Picture


def position(lesson: Lesson, values: Sequence[object]) -> Position:
    """Solve a lesson's game at values of its sliders, one per slider.

    Parameters
    ----------
    lesson : Lesson
    values : sequence of number or str
        Any of the sliders' own values, or their decimals.
    """
    job = lesson.job()
    exact = [
        min((Fraction(str(v)) for v in slider.values), key=lambda v, at=at: abs(float(v) - at))  # type: ignore[misc]
        for slider, at in zip(lesson.sliders, map(_decimal, values), strict=True)
    ]
    game = job.game_at(exact)
    facts = facts_of(game)
    numbers = tuple(as_said(parse_measure(r.measure).read(facts), r) for r in lesson.readouts)
    return Position(game, lesson.says(game), numbers, lesson.picture(game))


def steps(lesson: Lesson) -> list[dict[str, Any]]:
    """Return what a notebook's sliders need: their places, the first one, and the label."""
    found: list[dict[str, Any]] = []
    for slider in lesson.sliders:
        values = [float(Fraction(str(value))) for value in slider.values]
        found.append({"steps": values, "value": values[slider.start], "label": slider.label})
    return found


def opening(lesson: Lesson, language: Language = "en") -> str:
    """Return what stands before the figure, in Markdown: goals, story, play, model, prediction.

    Nothing here answers the prediction.
    """
    speak = words(language)
    kind = " · ".join(
        (
            speak("lesson.number", number=lesson.number),
            speak("lesson.minutes", minutes=lesson.minutes),
            lesson.level,
        )
    )
    heads = (speak("lesson.symbol"), speak("lesson.meaning"))
    parts = [
        f"# {lesson.title}\n\n{kind}",
        _part(speak("lesson.goals"), "\n".join(f"* {goal}" for goal in lesson.goals)),
        _part(speak("lesson.hook"), lesson.hook),
        _part(speak("lesson.play"), lesson.play),
        _part(speak("lesson.model"), lesson.model),
        _part(speak("lesson.symbols"), _table(heads, lesson.symbols)),
        _part(speak("lesson.predict"), lesson.prediction.question),
    ]
    return "\n\n".join(parts)


def reveal(lesson: Lesson, language: Language = "en") -> str:
    """Return what may be read once the prediction is made, in Markdown."""
    speak = words(language)
    if not lesson.formulas:
        return lesson.prediction.solution
    heads = (speak("lesson.found"), speak("lesson.formula"))
    table = _table(heads, lesson.formulas)
    return f"{lesson.prediction.solution}\n\n**{speak('lesson.formulas')}**\n\n{table}"


def numbers(lesson: Lesson, at: Position) -> str:
    """Return the sentence and the table below the figure, in Markdown."""
    heads = lesson.columns or ("",)
    lines = [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    lines += [
        f"| {label} | {' | '.join(at.numbers[k] for k in cells)} |" for label, cells in lesson.rows
    ]
    table = "\n".join(lines)
    return f"**{at.says}**\n\n{table}"


def answers(question: Choice | Exercise, language: Language = "en") -> dict[str, str]:
    """Return hints and solution in Markdown, by heading, to be folded one by one."""
    speak = words(language)
    hints = {speak("lesson.hint", number=k): hint for k, hint in enumerate(question.hints, 1)}
    right = question.answer if isinstance(question, Exercise) else question.options[question.right]
    return {**hints, speak("lesson.solution"): f"**{right}**\n\n{question.solution}"}


def judged(question: Choice | Exercise, given: object, language: Language = "en") -> str:
    """Say whether an answer is right; nothing where none was given.

    >>> judged(Exercise("Half of 3?", "3/2", ""), "1.5")
    'Right.'
    """
    speak = words(language)
    if given in (None, ""):
        return ""
    if isinstance(question, Choice):
        right = given == question.options[question.right]
        return speak("lesson.right") if right else speak("lesson.wrong")
    return speak(f"lesson.{judge_number(str(given), question.answer, question.within)}")


def closing(lesson: Lesson, language: Language = "en") -> str:
    """Return what stands after the exercises, in Markdown, but for the teaching note."""
    speak = words(language)
    reproduce = f"```\n{lesson.command}\n```\n\n```python\n{lesson.python}\n```"
    parts = [
        _part(speak("lesson.leaves_out"), lesson.leaves_out),
        _part(speak("lesson.reproduce"), reproduce),
        _part(speak("lesson.sources"), lesson.sources),
    ]
    return "\n\n".join(parts)


def svg(picture: Picture) -> str:
    """Return a picture as SVG text, drawn by matplotlib without any display."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    rows = len(picture.bars) if isinstance(picture, Bars) else 0
    with mpl.rc_context({"svg.hashsalt": "lesson", "svg.fonttype": "none"}):
        figure = Figure(figsize=(7.2, 1.4 + 0.5 * rows if rows else 4.6), layout="constrained")
        draw(figure.add_subplot(), picture)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()[text.getvalue().index("<svg") :]


def draw(axes: Axes, picture: Picture) -> Axes:
    """Draw a lesson's picture."""
    if isinstance(picture, Bars):
        return _bars(axes, picture)
    return _plane(axes, picture)


def _plane(axes: Axes, picture: Plane) -> Axes:
    for line in picture.lines:
        xs, ys = [float(p[0]) for p in line.points], [float(p[1]) for p in line.points]
        if line.filled:
            axes.fill(xs, ys, color=COLOURS["front"], alpha=0.12, linewidth=0)
        dash: Any = DASHES.get(line.stroke, "solid")
        axes.plot(xs, ys, color=COLOURS[line.stroke], linestyle=dash, label=line.label or None)
    for spot in picture.spots:
        x, y = float(spot.at[0]), float(spot.at[1])
        face = "none" if spot.mark == "ring" else COLOURS["level"]
        edge = None if spot.mark == "cross" else COLOURS["level"]
        axes.scatter([x], [y], s=60, marker=MARKS[spot.mark], color=face, edgecolors=edge, zorder=3)
        axes.annotate(spot.label, (x, y), xytext=(8, 6), textcoords="offset points")
    axes.axhline(0, color="#566072", linewidth=0.8)
    axes.axvline(0, color="#566072", linewidth=0.8)
    axes.set_xlabel(picture.x)
    axes.set_ylabel(picture.y)
    if any(line.label for line in picture.lines):
        axes.legend(frameon=False)
    return axes


def _bars(axes: Axes, picture: Bars) -> Axes:
    if picture.band is not None:
        axes.axvspan(float(picture.band[0]), float(picture.band[1]), color="#dfe4ec", zorder=0)
    for row, bar in enumerate(picture.bars):
        low, high = sorted((float(bar.low), float(bar.high)))
        axes.barh(row, max(high - low, 0.005), left=low, height=0.6, color=COLOURS[bar.stroke])
        axes.annotate(bar.text, (high, row), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(picture.bars)), [bar.label for bar in picture.bars])
    axes.invert_yaxis()
    if picture.mark is not None:
        axes.axvline(float(picture.mark), color=COLOURS["level"], linestyle="--", linewidth=1.2)
        axes.set_title(picture.mark_label, fontsize="medium")
    axes.set_xlabel(picture.x)
    return axes


def _decimal(value: object) -> float:
    return float(Fraction(str(value)))


def _table(heads: tuple[str, str], rows: Sequence[tuple[str, str]]) -> str:
    """Write rows of two cells as a Markdown table."""
    lines = [f"| {heads[0]} | {heads[1]} |", "|---|---|"]
    return "\n".join([*lines, *(f"| *{first}* | {second} |" for first, second in rows)])


def _part(title: str, text: str) -> str:
    return f"## {title}\n\n{text}"
