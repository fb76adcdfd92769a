"""What the page shows: the library's numbers, in both languages, for every bundled game."""

from __future__ import annotations

import pytest
import report_pages
from explore_pages import figures, moved, session_of, shown

import bargaining as bg
from bargaining.explore.controls import Tick
from bargaining.explore.panel import session
from bargaining.explore.state import changed
from bargaining.explore.view import view
from bargaining.files.document import document_of
from bargaining.files.library import root
from bargaining.report.pages.words import words
from bargaining.results import in_figures

BUNDLED = sorted(
    path.relative_to(root()).with_suffix("").as_posix() for path in root().rglob("*.toml")
)
GUNS = session_of("us_mexico/guns_for_fentanyl")


@pytest.mark.parametrize("solution", ["nash", "egalitarian"])
@pytest.mark.parametrize("value", ["2/5", "1", "5/2"])
def test_gains_and_thresholds_are_the_librarys(solution, value) -> None:
    page = figures(shown(GUNS, moved(GUNS, **{"parameters.a": value}), solution))
    verdict = bg.solve(bg.load(GUNS.game.name, parameters={"a": value}), solution=solution)
    for agenda, settlement in verdict.agendas.items():
        for player, gain in settlement.gains.items():
            assert page[f"agendas.{agenda}.gains.{player}"] == in_figures(gain)
    lowest = verdict.critical_discounts["linked"].any
    assert page["agendas.linked.critical_discount.any"] == (
        "none" if lowest is None else in_figures(lowest)
    )


def test_the_verdict_follows_a_link() -> None:
    assert "Linking breaks the deadlock" in shown(GUNS, moved(GUNS))
    page = shown(GUNS, moved(GUNS, Tick(("guns", "fentanyl"))))
    assert "The deadlock stands" in page
    assert "guns + fentanyl: not linked" in page


def test_it_speaks_spanish() -> None:
    at = session_of("us_mexico/guns_for_fentanyl", "es")
    page = shown(at, moved(at))
    assert "Vincular rompe el bloqueo" in page
    assert 'lang="es"' in page


def test_what_is_wrong_stands_instead_of_an_answer() -> None:
    page = shown(GUNS, moved(GUNS, **{"discount.us": 1}))
    assert "discount.us: expected a discount factor from 0 to below 1, found 1" in page
    assert "deadlock" not in page
    assert figures(page) == {}


def test_what_cannot_be_worked_out_is_said() -> None:
    pennies = 'NFG 1 R "" { "a" "b" } { 2 2 }  1 -1 -1 1 -1 1 1 -1'
    at = session_of(bg.loads(pennies, format="nfg"))
    page = shown(at, moved(at))
    assert "This could not be worked out" in page
    assert "status quo" in page


def test_pictures_say_what_they_show() -> None:
    page = report_pages.read(shown(GUNS, moved(GUNS)))
    frontier, rates = (a["aria-label"] for tag, a in page.tags if tag == "svg")
    assert "us gains 0 issue by issue and 3/2 linked" in frontier
    assert "mexico gains 0 issue by issue and 9/4 linked" in frontier
    assert "guns: 3/5 – 1; fentanyl: 0 – 3/8" in rates


def test_the_frontier_goes_through_its_corner_points() -> None:
    (line,) = [
        a for tag, a in report_pages.read(shown(GUNS, moved(GUNS))).tags if tag == "polyline"
    ]
    pairs = [tuple(map(float, pair.split(","))) for pair in line["points"].split()]
    (x0, y0), (x1, y1), (x2, y2) = pairs  # (-4, 6), (1, 3), (5, -3)
    assert (x1 - x0) / (x2 - x1) == pytest.approx(5 / 4, rel=0.01)
    assert (y1 - y0) / (y2 - y1) == pytest.approx(3 / 6, rel=0.01)


def test_a_rate_that_blocks_every_issue_is_drawn() -> None:
    marked = shown(GUNS, moved(GUNS, **{"parameters.a": "2/5"}))
    assert "blocks all" in marked
    assert "blocks all" not in shown(GUNS, moved(GUNS))


@pytest.mark.parametrize("name", BUNDLED)
def test_every_bundled_game_has_a_page(name) -> None:
    at = session_of(name, "es")
    page = shown(at, moved(at))
    assert "no se pudo calcular" not in page
    assert page.count("<section") >= 1
    if at.game.issues:
        assert "<svg" in page


@pytest.mark.slow
@pytest.mark.parametrize("name", BUNDLED)
def test_every_slider_of_every_bundled_game_goes_to_both_ends(name) -> None:
    at = session_of(name)
    for slider in at.controls.sliders.values():
        for value in (slider.values[0], slider.values[-1]):
            found = moved(at, **{slider.key: value})
            page = shown(at, found)
            assert bool(found.problems) == (found.game is None) == ("wrong" in page)


def test_names_that_mean_harm_stay_names() -> None:
    at = session_of(report_pages.hostile())
    page = report_pages.read(shown(at, moved(at)))
    assert report_pages.SCRIPT in "".join(page.text)
    assert not [tag for tag, _ in page.tags if tag in ("script", "img")]
    assert not [a for _, a in page.tags if any(key.startswith("on") for key in a)]


@pytest.mark.parametrize("language", ["en", "es"])
def test_gains_without_a_deal_are_told_from_deals(language):
    """The Coco value of guns for fentanyl pays on the side where no deal helps both."""
    document = document_of(bg.load("us_mexico/guns_for_fentanyl"))
    at = session(document, "guns", language, "coco")
    now = changed(at.document, "guns", at.controls, numbers={})
    start = words(language)("report_answer.handed_out", apart="", together="").partition(".")[0]
    assert start in view(now, "coco", language)
    assert start not in view(now, "nash", language)
