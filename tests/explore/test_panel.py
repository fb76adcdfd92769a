"""Widgets: their labels, where they stand, and the page run as a notebook."""

from __future__ import annotations

import re
import runpy
from fractions import Fraction
from importlib.resources import files

import pytest
import report_pages
from explore_pages import session_of

from bargaining.explore import panel
from bargaining.explore.controls import Tick
from bargaining.files.document import document_of
from bargaining.files.layout import json_text

marimo = pytest.importorskip("marimo")
GUNS = session_of("us_mexico/guns_for_fentanyl")


def test_sliders_are_named_by_player_and_outcome() -> None:
    names = {s.key: panel.slider_name(GUNS, s) for s in GUNS.controls.sliders.values()}
    assert names["issues.guns.payoffs.us[1]"] == "us: egress checks"
    assert names["weights.mexico.guns"] == "weight for mexico"
    assert names["parameters.a"] == "a"
    assert names["discount.us"] == "us"
    premium = session_of("us_mexico/clearinghouse", "es")
    assert {panel.slider_name(premium, s) for s in premium.controls.tables["premium"]} == {
        "mexico: escala",
        "mexico: tasa",
    }


def test_standing_at_the_start_changes_nothing() -> None:
    sliders = panel.slider_widgets(GUNS)
    standing = {key: widget.value for key, widget in sliders.items()}
    assert panel.numbers(GUNS, standing) == {}
    assert panel.apart(GUNS, {"0": True}) == []
    assert panel.apart(GUNS, {"0": False}) == [Tick(("guns", "fentanyl"))]


def test_a_screen_reader_is_told_values_not_positions() -> None:
    """What a slider announces lies between its bounds: those must be numbers of the game."""
    for key, widget in panel.slider_widgets(GUNS).items():
        slider = list(GUNS.controls.sliders.values())[int(key)]
        assert widget._args.args["steps"] == []
        assert widget._args.initial_value == float(slider.start)
        bounds = (widget._args.args["start"], widget._args.args["stop"])
        assert bounds == (float(slider.values[0]), float(slider.values[-1]))


def test_where_a_slider_stands_is_exact() -> None:
    places = list(GUNS.controls.sliders)
    standing = {str(k): float(s.start) for k, s in enumerate(GUNS.controls.sliders.values())}
    standing[str(places.index(("parameters", "a")))] = 0.30000000000000004
    assert panel.numbers(GUNS, standing) == {("parameters", "a"): Fraction(3, 10)}


@pytest.mark.parametrize(
    "name", [report_pages.SCRIPT, report_pages.QUOTES, report_pages.HEBREW, "# a", "1. b", "[l](h)"]
)
def test_labels_are_neither_markdown_nor_html(name) -> None:
    inner = panel.label(name).removeprefix("<bdi>").removesuffix("</bdi>")
    assert re.fullmatch(r"(?:[^\W_]| |&#\d+;)*", inner)
    rendered = marimo.md(panel.label(name)).text
    page = report_pages.read(rendered)
    assert "".join(page.text).strip() == name
    assert {tag for tag, _ in page.tags} <= {"span", "bdi"}


def test_the_file_to_keep_has_a_plain_name() -> None:
    assert GUNS.file_name == "guns_for_fentanyl_changed.toml"
    at = session_of(report_pages.hostile())
    assert re.fullmatch(r"[\w-]+\.toml", at.file_name)


def test_the_notebook_runs_as_a_whole(tmp_path, monkeypatch) -> None:
    (tmp_path / "game.json").write_text(json_text(document_of(GUNS.game)), encoding="utf-8")
    manner = {"name": "x", "language": "es", "solution": "egalitarian"}
    (tmp_path / "session.json").write_text(json_text(manner), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["app.py", "--session", str(tmp_path)])
    notebook = runpy.run_path(str(files("bargaining.explore").joinpath("app.py")))
    outputs, found = notebook["app"].run()
    assert found["concept"].value == "egalitarian"
    assert "Vincular rompe el bloqueo" in outputs[-1].text
    assert "us +9/5" in re.sub(r"<[^>]*>", "", outputs[-1].text)
