"""Pages in a real browser: headless Chromium, no network, every console error a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="LOUD: playwright is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(os.environ.get("AXE_CORE", Path(__file__).parents[2] / "node_modules/axe-core"))
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
WIDE, NARROW = 1280, 390
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    if CHROMIUM is None:
        pytest.skip("LOUD: no Chromium here (Debian: apt-get install chromium); pages not opened")
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@pytest.fixture
def visit(browser) -> Iterator[Callable[..., object]]:
    """Open a file or a loopback address; at the end nothing may have gone wrong or outside."""
    troubles: list[str] = []
    opened = []

    def open_page(address: Path | str, *, width: int = WIDE, dark: bool = False):
        scheme = "dark" if dark else "light"
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.set_default_timeout(20_000)
        page.on("console", lambda m: m.type == "error" and troubles.append(f"console: {m.text}"))
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("request", lambda r: _inside(r.url) or troubles.append(f"request: {r.url}"))
        opened.append(page)
        page.goto(address if isinstance(address, str) else address.resolve().as_uri())
        return page

    yield open_page
    for page in opened:
        page.close()
    assert troubles == []


@pytest.fixture
def accessible() -> Callable[[object], list[str]]:
    """Return what axe-core finds that is serious."""
    script = AXE / "axe.min.js"
    if not script.is_file():
        pytest.skip("LOUD: axe-core is not installed (npm install axe-core); accessibility unseen")
    text = script.read_text(encoding="utf-8")

    def check(page) -> list[str]:
        page.evaluate(text)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{rule['id']}: {rule['help']}: {node['html'][:200]}"
            for rule in found["violations"]
            if rule["impact"] in SERIOUS
            for node in rule["nodes"]
        ]

    return check


def _inside(url: str) -> bool:
    return url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:", "ws://127.0.0.1:"))
