"""What the cells of a lesson's notebook show and ask, in marimo (extra ``explore``).

A notebook keeps the widgets as names of its own, so that whatever depends on one runs again.
"""

from __future__ import annotations

import marimo as mo

from bargaining.report.pages import notebook
from bargaining.report.pages.lesson import Choice, Lesson


def prediction(lesson: Lesson) -> mo.ui.radio:
    """Ask for the prediction."""
    return mo.ui.radio(options=list(lesson.prediction.options), label="My prediction")


def waiting(predicted: mo.ui.radio) -> bool:
    """Whether the rest stays folded; a plain script waits for nobody."""
    return mo.running_in_notebook() and predicted.value is None


def sliders(lesson: Lesson) -> mo.ui.array:
    """Return the lesson's sliders."""
    return mo.ui.array(
        [mo.ui.slider(show_value=True, full_width=True, **step) for step in notebook.steps(lesson)]
    )


def figure(lesson: Lesson, at: notebook.Position) -> mo.Html:
    """Show picture, caption and numbers at a position of the sliders."""
    picture = mo.Html(notebook.svg(at.picture))
    return mo.vstack([picture, mo.md(lesson.caption), mo.md(notebook.numbers(lesson, at))])


def questions(lesson: Lesson) -> mo.ui.array:
    """Return one widget for each exercise's answer."""
    return mo.ui.array(
        [
            mo.ui.radio(options=list(question.options))
            if isinstance(question, Choice)
            else mo.ui.text(label="Your answer")
            for question in lesson.questions
        ]
    )


def exercises(lesson: Lesson, given: mo.ui.array) -> mo.Html:
    """Show every exercise with its answer judged, hints and solution folded."""
    return mo.vstack(
        [
            mo.vstack(
                [
                    mo.md(f"### Exercise {k}\n\n{question.question}"),
                    given[k - 1],
                    mo.md(notebook.judged(question, given.value[k - 1])),
                    mo.accordion(
                        {title: mo.md(text) for title, text in notebook.answers(question).items()}
                    ),
                ]
            )
            for k, question in enumerate(lesson.questions, 1)
        ]
    )
