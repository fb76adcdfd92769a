"""Lessons in a browser: predict by keyboard, move, check yourself; numbers are the library's."""

from __future__ import annotations

import pytest
from lesson_pages import NOTEBOOKS, embedded, game_with, lesson_of, measured, same

FIRST = NOTEBOOKS[0]
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def predict(page) -> None:
    """Give a prediction with the keyboard alone."""
    page.locator("#prediction input").first.focus()
    page.keyboard.press("Space")
    page.locator("#prediction button").focus()
    page.keyboard.press("Enter")


def readouts_are_right(page, lesson) -> None:
    """Compare the page's table with the library at what the sliders show."""
    shown = [page.locator(f"#value{k}").inner_text() for k in range(len(lesson.sliders))]
    values = {s.path: value for s, value in zip(lesson.sliders, shown, strict=True)}
    game = game_with(lesson.load(), values)
    cells = page.locator("#readouts td.number").all_inner_texts()
    for readout, cell in zip(lesson.readouts, cells, strict=True):
        found = measured(game, readout.measure)
        assert same(cell, found, readout.says), (values, readout.measure, cell, found)


def try_the_lesson(page, path) -> None:
    """Do everything a student can do, once."""
    lesson = lesson_of(path)
    sliders = [page.locator(f"#slider{k}") for k in range(len(lesson.sliders))]
    assert all(slider.is_disabled() for slider in sliders)
    page.locator("#prediction button").click()
    assert all(slider.is_disabled() for slider in sliders)
    predict(page)
    assert not any(slider.is_disabled() for slider in sliders)
    assert page.evaluate("document.activeElement.id") == "slider0"
    readouts_are_right(page, lesson)
    picture = page.locator("#picture svg")
    before = picture.evaluate("e => e.outerHTML")
    for slider, declared in zip(sliders, lesson.sliders, strict=True):
        slider.focus()
        page.keyboard.press("Home" if declared.start else "End")
        readouts_are_right(page, lesson)
    assert picture.evaluate("e => e.outerHTML") != before
    assert picture.get_attribute("aria-label") == page.locator("#says").inner_text()
    check_yourself(page, lesson)


def check_yourself(page, lesson) -> None:
    """Every exercise: nothing, a wrong answer, the right one; hints open one by one."""
    sections = page.locator("section.exercise").all()
    for question, section in zip(lesson.questions, sections, strict=True):
        said, button = section.locator(".said"), section.locator("form button")
        button.click()
        assert "bad" in said.get_attribute("class")
        if hasattr(question, "options"):
            choices = section.locator("input[type=radio]")
            choices.nth((question.right + 1) % len(question.options)).check()
            button.click()
            assert "bad" in said.get_attribute("class")
            choices.nth(question.right).check()
        else:
            entry = section.locator("input[type=text]")
            entry.fill("987654")
            button.click()
            assert "bad" in said.get_attribute("class")
            entry.fill(question.answer)
        button.click()
        assert "good" in said.get_attribute("class")
        assert section.locator("details[open]").count() == 0
        for summary in section.locator("summary").all():
            summary.click()
        assert section.locator("details[open]").count() == len(question.hints) + 1


def test_a_student_goes_through_a_lesson(visit):
    try_the_lesson(visit(FIRST.with_suffix(".html")), FIRST)


def test_answers_are_read_as_people_write_them(visit):
    page = visit(FIRST.with_suffix(".html"))
    lesson = lesson_of(FIRST)
    place = next(k for k, q in enumerate(lesson.questions) if getattr(q, "answer", "") == "3/2")
    section = page.locator("section.exercise").nth(place)
    for typed, good in (("1.5", True), ("1,5", True), (" 3 / 2 ", True), ("150 %", True),
                        ("-3/2", False), ("three halves", False), ("1.51", False)):  # fmt: skip
        section.locator("input[type=text]").fill(typed)
        section.locator("form button").click()
        assert ("good" in section.locator(".said").get_attribute("class")) is good, typed


def test_a_narrow_screen_gets_its_own_figure(visit):
    page = visit(FIRST.with_suffix(".html"), width=390)
    assert page.locator("#picture svg").get_attribute("viewBox").startswith("0 0 400 ")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function(
        "document.querySelector('#picture svg').getAttribute('viewBox').startsWith('0 0 720 ')"
    )


@pytest.mark.slow
@each
def test_every_lesson_works(visit, path):
    try_the_lesson(visit(path.with_suffix(".html")), path)


@pytest.mark.slow
@each
def test_every_frame_draws(visit, path):
    page, data = visit(path.with_suffix(".html")), embedded(path)
    predict(page)
    for k, slider in enumerate(data["sliders"]):
        for at in range(len(slider["values"])):
            page.evaluate(
                "([k, v]) => { const e = document.getElementById('slider' + k); e.value = v;"
                " e.dispatchEvent(new Event('input')); }",
                [k, at],
            )
            drawn = page.locator("#picture svg").evaluate("e => e.outerHTML")
            assert "NaN" not in drawn
            assert "Infinity" not in drawn


@pytest.mark.slow
@each
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_lesson_is_accessible(visit, accessible, path, dark, width):
    page = visit(path.with_suffix(".html"), width=width, dark=dark)
    page.context.set_offline(True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    predict(page)
    for details in page.locator("details").all():
        details.evaluate("e => { e.open = true; }")
    assert accessible(page) == []
