"""Reports in a browser: they open alone, sort, fold, print, and are accessible."""

from __future__ import annotations

from pathlib import Path

import pytest
import report_pages

import bargaining as bg
from bargaining.files.library import root
from bargaining.report.pages.report import report_page
from bargaining.results import in_figures

GAME = "us_mexico/six_issue_table"
BUNDLED = sorted(
    path.relative_to(root()).with_suffix("").as_posix() for path in root().rglob("*.toml")
)


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(report_page(bg.load(GAME)), encoding="utf-8")
    return file


def column(page, table: str, number: int) -> list[str]:
    rows = page.locator(f"{table} tbody tr")
    return [rows.nth(i).locator("th, td").nth(number).inner_text() for i in range(rows.count())]


def test_figures_on_the_page(page_file, visit) -> None:
    page = visit(page_file)
    assert page.title() == "Six issues on one table"
    gains = bg.solve(bg.load(GAME)).agendas["linked"].gains
    for player, gain in gains.items():
        cell = page.locator(f'#gains [data-measure="agendas.linked.gains.{player}"]')
        assert cell.inner_text().split()[0] == in_figures(gain)


def test_tables_sort_by_the_keyboard(page_file, visit) -> None:
    page = visit(page_file)
    table = "#concepts table"
    press = page.locator(f"{table} thead button").nth(1)
    press.focus()
    page.keyboard.press("Enter")
    values = page.locator(f"{table} tbody td:nth-child(2)").evaluate_all(
        "cells => cells.map((cell) => Number(cell.dataset.value))"
    )
    assert values == sorted(values)
    assert len(set(values)) > 3
    page.keyboard.press("Enter")
    assert column(page, table, 0)[0] == "Utilitarian solution"
    assert page.locator(f"{table} th[aria-sort=descending]").count() == 1


def test_formulas_are_one_click_away(page_file, visit) -> None:
    page = visit(page_file)
    formula = page.locator("#answer math")
    assert not formula.is_visible()
    page.locator("#answer summary").click()
    assert formula.is_visible()
    assert formula.bounding_box()["width"] > 50


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_accessible_and_within_the_screen(page_file, visit, accessible, width, dark) -> None:
    page = visit(page_file, width=width, dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = page.locator("caption").evaluate_all(
        "(all, width) => all.filter((one) => one.getBoundingClientRect().right > width).length",
        width,
    )
    assert cut == 0
    assert accessible(page) == []


def test_prints_on_few_sheets(page_file, visit) -> None:
    page = visit(page_file)
    sheets = page.pdf(format="A4").count(b"/Type /Page\n")
    assert 3 <= sheets <= 14
    page.emulate_media(media="print")
    assert not page.locator("nav.contents").is_visible()
    assert not page.locator("#theme").is_visible()


@pytest.mark.parametrize("language", ["en", pytest.param("es", marks=pytest.mark.slow)])
def test_hostile_names_run_nothing(tmp_path, visit, accessible, language) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(report_page(report_pages.hostile(), language=language), encoding="utf-8")
    page = visit(file, width=390)
    troubles: list[str] = []
    page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
    page.reload()
    for press in page.locator("thead button").all():
        press.click()
    assert troubles == []
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert report_pages.SCRIPT in page.locator("#gains").inner_text()
    assert accessible(page) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", BUNDLED)
def test_every_bundled_game_is_accessible(tmp_path, visit, accessible, name) -> None:
    for language in ("en", "es"):
        file = tmp_path / f"{language}.html"
        file.write_text(report_page(bg.load(name), language=language), encoding="utf-8")
        page = visit(file, width=390 if language == "es" else 1280, dark=language == "es")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        assert accessible(page) == []
