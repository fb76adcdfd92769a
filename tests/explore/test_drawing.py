"""Small pictures: shapes where the numbers are, labels inside, names that stay names."""

from __future__ import annotations

from fractions import Fraction

import pytest
import report_pages

from bargaining.explore.drawing import HEIGHT, WIDTH, svg
from bargaining.report.pages.pictures import Bar, Bars, Line, Plane, Spot


def shapes(drawn: str, tag: str) -> list[dict[str, str]]:
    return [found for name, found in report_pages.read(drawn).tags if name == tag]


def test_bars_are_as_long_as_their_numbers() -> None:
    bars = (Bar("a", 1), Bar("b", Fraction(1, 2)), Bar("c", 1, Fraction(3, 4)))
    drawn = shapes(svg(Bars("t", bars), "Rates", "words"), "rect")
    whole, half, quarter = (float(one["width"]) for one in drawn)
    assert half == pytest.approx(whole / 2, abs=0.2)
    assert quarter == pytest.approx(whole / 4, abs=0.2)
    assert float(drawn[2]["x"]) > float(drawn[1]["x"])


def test_a_stated_scale_is_kept() -> None:
    (half,) = shapes(svg(Bars("t", (Bar("a", Fraction(1, 2)),)), "Rates", "words", (0, 1)), "rect")
    (whole,) = shapes(svg(Bars("t", (Bar("a", 1),)), "Rates", "words", (0, 1)), "rect")
    assert float(whole["width"]) == pytest.approx(2 * float(half["width"]), abs=0.2)


def test_a_bar_of_no_length_is_seen() -> None:
    (one,) = shapes(svg(Bars("t", (Bar("a", 1, 1),)), "Rates", "words"), "rect")
    assert float(one["width"]) >= 2


def test_points_stay_inside_and_labels_apart() -> None:
    spots = tuple(Spot((x, x), f"point {x}") for x in (0, Fraction(1, 100), 1))
    plane = Plane("x", "y", (Line(((0, 1), (1, 0))),), spots)
    drawn = svg(plane, "Plane", "words")
    texts = [t for t in shapes(drawn, "text") if t.get("class") == "label"]
    places = {(t["x"], t["y"]) for t in texts}
    assert len(places) == 3
    for text in texts:
        assert 0 < float(text["x"]) < WIDTH
        assert 0 < float(text["y"]) < HEIGHT
    assert abs(float(texts[0]["y"]) - float(texts[1]["y"])) >= 12


@pytest.mark.parametrize("at", [0, 1, -7, Fraction(1, 10**9), 10**12])
def test_one_point_alone_is_drawn(at) -> None:
    drawn = svg(Plane("x", "y", (), (Spot((at, at), "only"),)), "Plane", "words")
    assert "nan" not in drawn
    assert "inf" not in drawn


def test_labels_are_escaped_and_cut() -> None:
    names = (report_pages.SCRIPT, report_pages.QUOTES, report_pages.LONG)
    drawn = svg(Bars("t", tuple(Bar(name, 1) for name in names)), names[0], names[1])
    page = report_pages.read(drawn)
    assert {tag for tag, _ in page.tags} <= {"svg", "path", "text", "rect"}
    assert max(len(text) for text in page.text) < 40
