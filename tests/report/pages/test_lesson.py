"""The kit of lessons: frames in order, limits, hostile texts, numbers as a page shows them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bargaining.errors import InputError
from bargaining.report.pages import notebook
from bargaining.report.pages.lesson import (
    Bar,
    Bars,
    Choice,
    Exercise,
    Lesson,
    Line,
    Plane,
    Readout,
    Slider,
    Spot,
    as_said,
    frames,
    page,
)
from bargaining.report.pages.pictures import shared_box

HOSTILE = '</script><img src=x onerror="alert(1)"> \u202e $1'


def lesson(**changes):
    given = {
        "number": 9,
        "title": HOSTILE,
        "minutes": 45,
        "level": "none",
        "goals": (HOSTILE,),
        "hook": HOSTILE,
        "play": "Play.",
        "model": "Model.",
        "symbols": (("t", HOSTILE),),
        "game": "us_mexico/guns_for_fentanyl",
        "sliders": (
            Slider("parameters.a", "a", ("1/2", "1"), 1),
            Slider("parameters.b", "b", ("1/2", "4/5", "1"), 2),
        ),
        "readouts": (
            Readout("linked.mutual_gain", "deal", {"True": "yes", "False": "no"}),
            Readout("1*parameters.a", "both", column="a"),
            Readout("1*parameters.b", "both", column="b"),
        ),
        "picture": lambda game: Plane("x", "y", (), (Spot((1, game.parameters["a"]), HOSTILE),)),
        "caption": "Look.",
        "says": lambda game: HOSTILE,
        "prediction": Choice("Which?", ("x", "y"), 1, "y."),
        "questions": (Exercise("Half?", "1/2", "1/2."),),
        "leaves_out": "Much.",
        "teaching": "Teach.",
        "sources": "None.",
        "command": "bargaining games",
        "python": "pass",
    }
    return Lesson(**(given | changes))


def test_the_last_slider_moves_fastest():
    found = [frame["numbers"] for frame in frames(lesson())]
    assert found == [
        ["no", "1/2", "1/2"], ["no", "1/2", "4/5"], ["yes", "1/2", "1"],
        ["yes", "1", "1/2"], ["yes", "1", "4/5"], ["yes", "1", "1"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sliders",
    [
        tuple(Slider(f"parameters.{p}", p, (1,)) for p in "abwa"),
        (Slider("parameters.a", "a", tuple(range(2_001))),),
    ],
    ids=["four sliders", "too many positions"],
)
def test_limits(sliders):
    with pytest.raises(InputError, match="expected up to 3 sliders, 2,000 frames"):
        frames(lesson(sliders=sliders))


def test_hostile_texts_are_shown_not_obeyed():
    text = page(lesson())
    assert "<img" not in text
    assert text.count("</script>") == 2
    assert page(lesson()) == text


def test_readouts_of_one_label_share_a_row():
    made = lesson()
    assert made.columns == ("a", "b")
    assert made.rows == [("deal", [0]), ("both", [1, 2])]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(3, 4), "3/4"),
        (Fraction(245, 43), "245/43 ≈ 5.70"),
        (Fraction(1, 7919), "0.000126279"),
        (0.5, "0.5"),
        (None, "–"),
        ("nash", "nash"),
    ],
)
def test_numbers_as_shown(value, text):
    assert as_said(value, Readout("x", "x")) == text


def test_the_box_holds_every_picture():
    pictures = [
        Plane("x", "y", (Line(((-3, 1), (2, Fraction(17, 2))), "l"),)).to_dict(),
        Plane("x", "y", (), (Spot((11, -1), "s"),)).to_dict(),
    ]
    left, right, bottom, top = shared_box(pictures)
    assert left <= -3 < 11 <= right
    assert bottom <= -1 < 8.5 <= top
    assert shared_box([Bars("x", (Bar("b", 1),), mark=2).to_dict()])[:2] == [0, 2]


def test_judged():
    half = lesson().questions[0]
    choice = Choice("?", ("x", "y"), 1, "")
    given = [
        (half, "", ""),
        (half, "0,5", "Right."),
        (half, "0.52", "Close, but"),
        (half, "1/3", "Not yet."),
        (half, "1/0", "Write a number"),
        (choice, "y", "Right."),
        (choice, "x", "Not yet."),
    ]
    for question, answer, said in given:
        found = notebook.judged(question, answer)
        assert found.startswith(said)
        assert bool(found) is bool(answer)
