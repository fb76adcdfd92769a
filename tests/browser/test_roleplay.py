"""Role play in a browser: one page per party, pictures that say what they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from bargaining.cli import cli
from bargaining.files.library import bundled
from bargaining.loading import load

GAME = "us_mexico/guns_for_fentanyl"
DEALS = """group,treatment,guns,fentanyl
1,linked,egress checks,lab raids
2,delinked,,
3,linked,egress checks 50%,lab raids
<b>four</b>,delinked,,lab raids
"""
MAX_ISSUES = 10


def run(*arguments: str | Path) -> None:
    result = CliRunner().invoke(cli, ["roleplay", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output


def pages(page) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("negotiations/panama_canal_1974", "es"),
        ("negotiations/camp_david_1978", "es"),
        (GAME, "en"),
    ],
)
def test_a_sheet_is_one_page(visit, accessible, tmp_path, name, language):
    run(name, "-o", tmp_path, "--language", language)
    for sheet in sorted(tmp_path.glob("party_*.html")):
        page = visit(sheet)
        assert pages(page) == 1
    assert accessible(page) == []


@pytest.mark.slow
def test_every_bundled_game_fits_one_page_per_party(visit, tmp_path):
    seen = 0
    for name in bundled():
        game = load(name, ask=False)
        if not game.issues or len(game.players) != 2 or len(game.issues) > MAX_ISSUES:
            continue
        for language in ("en", "es"):
            folder = tmp_path / name / language
            run(name, "-o", folder, "--language", language, "--deals", "shares")
            for sheet in folder.glob("party_*.html"):
                page = visit(sheet)
                assert pages(page) == 1, sheet
                page.close()
                seen += 1
    assert seen > 100


def test_the_debrief_shows_the_groups(visit, accessible, tmp_path):
    (tmp_path / "deals.csv").write_text(DEALS, encoding="utf-8")
    run("--debrief", tmp_path / "deals.csv", GAME, "-o", tmp_path / "debrief.html")
    page = visit(tmp_path / "debrief.html")
    assert page.locator("svg.deals circle.linked").count() == 5  # plane 2, strip 2, legend 1
    assert page.locator("svg.deals rect.delinked").count() == 5
    assert "Groups shown: 4" in page.locator("figure svg title").first.text_content()
    rows = page.locator("tr[data-group]")
    page.get_by_role("button", name="Sum").press("Enter")
    assert rows.first.get_attribute("data-group") == "2"
    page.get_by_role("button", name="Sum").press("Enter")
    assert rows.first.get_attribute("data-group") == "1"
    assert page.locator("main b").count() == 0
    assert accessible(page) == []
    dark = visit(tmp_path / "debrief.html", width=390, dark=True)
    assert accessible(dark) == []
    assert dark.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_teachers_sheet(visit, accessible, tmp_path):
    run("us_mexico/border_scanning", "-o", tmp_path)
    for width, dark in ((1280, False), (390, True)):
        page = visit(tmp_path / "teacher.html", width=width, dark=dark)
        assert accessible(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("letters", [60, 300])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_long_word_does_not_widen_a_sheet(visit, tmp_path, letters, width):
    text = f"""
format = "bargaining-game/1"
players = ["a", "b"]
[issues.x]
title = "{"W" * letters}"
options = ["no", "{"M" * letters}"]
payoffs = {{ a = [0, 1], b = [0, 1] }}
status_quo = "no"
"""
    (tmp_path / "long.toml").write_text(text, encoding="utf-8")
    run(tmp_path / "long.toml", "-o", tmp_path / "class")
    page = visit(tmp_path / "class" / "party_a.html")
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_no_row_is_higher_than_what_it_shows(visit, tmp_path):
    (tmp_path / "deals.csv").write_text(DEALS, encoding="utf-8")
    run("--debrief", tmp_path / "deals.csv", GAME, "-o", tmp_path / "debrief.html")
    page = visit(tmp_path / "debrief.html")
    page.set_viewport_size({"width": 390, "height": 800})
    for cell in page.locator("tr[data-group='1'] td").all():
        box = cell.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    numbers = page.locator("tr[data-group='1'] td.number").all()
    assert max(cell.bounding_box()["height"] for cell in numbers) < 50  # one line
