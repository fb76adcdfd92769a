"""Answers as students write them: one list for the notebook and for the page."""

from __future__ import annotations

from fractions import Fraction

import pytest
from lesson_pages import NOTEBOOKS, REFUSED, WRITTEN, lesson_of

from bargaining.report.pages.answers import judge_number, read_answer
from bargaining.report.pages.lesson import Exercise


@pytest.mark.parametrize(("text", "value"), WRITTEN)
def test_written(text, value):
    assert read_answer(text) == Fraction(value)
    assert judge_number(text, value, 0) == "right"


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text):
    assert read_answer(text) is None
    assert judge_number(text, "1", 1e9) == "no_number"


@pytest.mark.parametrize(
    ("text", "judgement"),
    [("1.5", "right"), ("1.505", "right"), ("1,51", "near"), ("1.525", "near"), ("1.53", "wrong")],
)
def test_how_far_off(text, judgement):
    assert judge_number(text, "3/2", 0.005) == judgement


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_every_answer_of_the_lessons_can_be_written(path):
    for question in lesson_of(path).questions:
        if isinstance(question, Exercise):
            assert read_answer(question.answer) == Fraction(question.answer)
