"""The explore page in a browser: sliders by keyboard, links, mistakes, nothing asked outside."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import report_pages

import bargaining as bg
from bargaining.files.document import same_game
from bargaining.files.write import write
from bargaining.results import in_figures

pytest.importorskip("marimo", reason="LOUD: marimo is not installed; explore not opened")
GAME = "us_mexico/guns_for_fentanyl"

WATCH = """
import os, sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        where = arguments[1] if event == "socket.connect" else arguments[0]
        host = str(where[0] if isinstance(where, tuple) else where)
        with open(os.environ["WATCHED"], "a") as log:
            log.write(host + "\\n")
sys.addaudithook(watch)
"""
"""Every Python process that is started writes down whom it talks to."""
HERE = {"127.0.0.1", "localhost", "::1"}


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """Run the command until the block ends, then end it as Ctrl-C does."""
    command = [sys.executable, "-m", "bargaining", "explore", *arguments, "--no-browser"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
        path = os.pathsep.join([name, str(Path(bg.__file__).parents[1])])
        watched = {**os.environ, "PYTHONPATH": path, "WATCHED": str(folder / "asked")}
        pipe = subprocess.PIPE
        running = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=watched)
        try:
            address = running.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:"), running.stderr.read()
            yield address
        finally:
            running.send_signal(signal.SIGINT)
            _, said = running.communicate(timeout=30)
        asked = set((folder / "asked").read_text(encoding="utf-8").split())
    assert asked <= HERE, asked
    assert asked  # the watch works: the command itself asks whether the server is up
    assert running.returncode == 0
    assert "Traceback" not in said


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(GAME) as found:
        yield found


def opened(visit, address, **how):
    page = visit(address, **how)
    page.locator(".explore section").first.wait_for()
    return page


def slider(page, name: str, number: int = 0):
    """Return the handle of the slider with a label."""
    box = page.locator("marimo-slider").filter(has_text=re.compile(f"^{re.escape(name)}"))
    return box.nth(number).get_by_role("slider")


def press(page, handle, *keys: str) -> None:
    handle.focus()
    for key in keys:
        page.keyboard.press(key)


def gains_are(page, game) -> None:
    """Wait until the page shows the library's gains, and compare them all."""
    agendas = bg.solve(game).agendas
    first = game.players[0]
    linked = page.locator(f'[data-measure="agendas.linked.gains.{first}"]')
    playwright = pytest.importorskip("playwright.sync_api")
    expected = in_figures(agendas["linked"].gains[first])
    playwright.expect(linked).to_have_attribute("data-exact", expected, timeout=15_000)
    for agenda, settlement in agendas.items():
        for player, gain in settlement.gains.items():
            cell = page.locator(f'[data-measure="agendas.{agenda}.gains.{player}"]')
            assert cell.get_attribute("data-exact") == in_figures(gain)


def test_a_session_by_keyboard(address, visit, tmp_path) -> None:
    page = opened(visit, address)
    gains_are(page, bg.load(GAME))
    handle = slider(page, "a")
    press(page, handle, "ArrowRight")
    gains_are(page, bg.load(GAME, parameters={"a": "11/10"}))
    assert handle.get_attribute("aria-valuenow") == "1.1"
    assert handle.get_attribute("aria-valuemax") == "4"
    press(page, handle, "End")
    gains_are(page, bg.load(GAME, parameters={"a": 4}))
    assert page.locator(".changes").inner_text() == "parameters.a = 4"

    page.locator("marimo-checkbox").get_by_role("checkbox").press("Space")
    answer = page.locator(".explore .answer")
    answer.get_by_text("The deadlock stands").wait_for()
    page.locator("marimo-checkbox").get_by_role("checkbox").press("Space")
    answer.get_by_text("Linking breaks the deadlock").wait_for()

    discount = slider(page, "us")
    press(page, discount, "End")
    wrong = page.get_by_role("alert").filter(has_text="expected")
    wrong.wait_for()
    assert "discount.us: expected a discount factor from 0 to below 1, found 1" in (
        wrong.inner_text()
    )
    assert page.locator(".explore section").count() == 0
    press(page, discount, "ArrowLeft")
    gains_are(page, bg.load(GAME, parameters={"a": 4}))

    with page.expect_download() as kept:
        page.locator("marimo-download").get_by_role("link").or_(
            page.locator("marimo-download").get_by_role("button")
        ).first.click()
    file = tmp_path / kept.value.suggested_filename
    kept.value.save_as(file)
    assert file.name == "guns_for_fentanyl_changed.toml"
    again = bg.load(file)
    assert (again.parameters["a"], again.discount["us"]) == (4, bg.load(file).discount["us"])
    assert float(again.discount["us"]) == 0.99


def test_issues_keep_what_was_moved(address, visit) -> None:
    page = opened(visit, address)
    handle = slider(page, "us: egress checks")
    press(page, handle, "ArrowLeft")
    page.locator(".changes").get_by_text("issues.guns.payoffs.us[1] = -17/4").wait_for()
    page.locator("marimo-dropdown select").nth(1).select_option("2. fentanyl")
    slider(page, "mexico: lab raids").wait_for()
    page.locator("marimo-dropdown select").nth(1).select_option("1. guns")
    again = slider(page, "us: egress checks")
    again.wait_for()
    press(page, again, "ArrowLeft")
    page.locator(".changes").get_by_text("issues.guns.payoffs.us[1] = -9/2").wait_for()
    page.locator("marimo-dropdown select").nth(0).select_option("Egalitarian solution")
    page.locator("#gains caption").get_by_text("Egalitarian").wait_for()


def test_the_last_of_many_moves_counts(address, visit) -> None:
    page = opened(visit, address)
    press(page, slider(page, "w"), *["ArrowRight"] * 10)
    page.locator(".changes").get_by_text("parameters.w = 1", exact=True).wait_for()
    gains_are(page, bg.load(GAME, parameters={"w": 1}))


@pytest.mark.parametrize(
    ("width", "dark"), [pytest.param(1280, False, marks=pytest.mark.slow), (390, True)]
)
def test_within_the_screen_and_accessible(address, visit, accessible, width, dark) -> None:
    page = opened(visit, address, width=width, dark=dark)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".explore .answer").bounding_box()["y"] < 900
    assert accessible(page) == []


def test_who_has_no_token_sees_nothing(address, visit) -> None:
    page = visit(address.partition("?")[0])
    assert "Guns for fentanyl" not in page.content()
    assert page.locator(".explore").count() == 0


@pytest.mark.slow
def test_hostile_names_in_spanish(tmp_path: Path, visit) -> None:
    game = report_pages.hostile()
    file = tmp_path / "hostile.toml"
    file.write_text(write(game, "toml").text, encoding="utf-8")
    assert same_game(bg.load(file), game)
    with served(str(file), "--language", "es") as address:
        page = opened(visit, address, width=390)
        dialogs: list[str] = []
        page.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
        handle = page.get_by_role("slider").first
        press(page, handle, "ArrowRight")
        page.locator(".changes").wait_for()
        assert dialogs == []
        assert page.locator(".explore img").count() == 0
        assert report_pages.SCRIPT in page.locator("#gains").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["classic/glove", "us_mexico/six_issue_table"])
def test_other_games_open(name, visit) -> None:
    with served(name, "--language", "es") as address:
        page = opened(visit, address)
        assert page.locator(".explore section").count() >= 1
        page.close()
