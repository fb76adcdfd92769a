"""Lessons in a browser: predict by keyboard, move, check yourself; numbers are the library's."""

from __future__ import annotations

import pytest
from lesson_pages import (
    NOTEBOOKS,
    REFUSED,
    WRITTEN,
    embedded,
    game_with,
    lesson_of,
    measured,
    same,
)

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


def test_answers_are_read_as_in_the_notebook(visit):
    page = visit(FIRST.with_suffix(".html"))
    told = page.evaluate(
        """cases => {
            const form = document.querySelector("form.number");
            form.dataset.within = 0;
            return cases.map(([text, value]) => {
                form.dataset.answer = value;
                form.querySelector("input").value = text;
                form.requestSubmit();
                return form.querySelector(".said").textContent;
            });
        }""",
        [*WRITTEN, *((text, "987654321") for text in REFUSED)],
    )
    words = embedded(FIRST)["words"]
    said = zip([text for text, _ in WRITTEN] + [*REFUSED], told, strict=True)
    expected = [words["right"]] * len(WRITTEN) + [words["no_number"]] * len(REFUSED)
    wrong = [pair for pair, right in zip(said, expected, strict=True) if pair[1] != right]
    assert wrong == []


def test_nothing_answers_before_the_prediction_or_in_print(visit):
    page = visit(FIRST.with_suffix(".html"))
    lesson = lesson_of(FIRST)
    after = ("#picture", "#says", "#readouts", "#reveal", "#slider0", "section.exercise")
    unseen = [name for name in after if page.locator(name).first.is_visible()]
    assert unseen == []
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = [name for name in after if page.locator(name).first.is_visible()]
    assert printed == ["section.exercise"]  # a handout, its hints and solutions folded
    seen = page.locator("main").inner_text()
    assert lesson.hook[:40] in seen
    for answer in (lesson.formulas[0][1], lesson.questions[0].solution[:40]):
        assert answer not in seen
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
    page.emulate_media(media="screen")
    predict(page)
    assert [name for name in after if not page.locator(name).first.is_visible()] == []


def test_printing_opens_no_key_and_closes_what_it_opened(visit):
    page = visit(FIRST.with_suffix(".html"))
    predict(page)
    page.locator("details.hint summary").first.click()
    before = page.locator("details").evaluate_all("all => all.map(d => d.open)")
    assert sum(before) == 1
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    keys = page.locator("details.key").evaluate_all("all => all.filter(d => d.open).length")
    assert keys == 1
    assert page.locator("details:not(.key):not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details").evaluate_all("all => all.map(d => d.open)") == before


def test_a_narrow_screen_gets_its_own_figure(visit):
    page = visit(FIRST.with_suffix(".html"), width=390)
    predict(page)
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
