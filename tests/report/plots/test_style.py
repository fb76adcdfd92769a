"""How pictures look and are written."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bargaining.errors import InputError
from bargaining.report.plots.style import (
    COLOURS,
    FILLS,
    HATCHES,
    MARKERS,
    Picture,
    blank,
    encoded,
    look,
    save,
    shortened,
    wrapped,
)

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('1')</script> & \"$x^2$\" \\frac{1} مرحبا بالعالم \x1b[31m " + "y" * 300


def picture(title: str = "A title", words: str = "What it shows.") -> Picture:
    with look():
        figure = blank(10, 8)
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1])
        axes.set_title(shortened(title))
    return Picture(figure, title, words)


def texts(svg: bytes) -> list[str]:
    return [node.text or "" for node in ET.fromstring(svg).iter(f"{SVG}text")]


def test_svg_tells_what_it_shows() -> None:
    root = ET.fromstring(encoded(picture(), ".svg"))
    assert root.get("role") == "img"
    title, words = root[0], root[1]
    assert (title.tag, title.text) == (f"{SVG}title", "A title")
    assert (words.tag, words.text) == (f"{SVG}desc", "What it shows.")
    assert root.get("aria-labelledby") == f"{title.get('id')} {words.get('id')}"


def test_svg_has_no_date_and_refers_to_nothing_outside() -> None:
    svg = encoded(picture(), ".svg").decode()
    assert "<!DOCTYPE" not in svg
    assert "date" not in svg.lower()
    for node in ET.fromstring(svg).iter():
        for name, value in node.attrib.items():
            if name.endswith("href"):
                assert value.startswith(("#", "data:image/png;base64,"))
            assert "url(http" not in value


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".png"])
def test_equal_pictures_give_equal_bytes(suffix: str) -> None:
    once = picture()
    assert encoded(once, suffix) == encoded(picture(), suffix)
    assert encoded(once, suffix) == encoded(once, suffix)


def test_two_pictures_share_no_names() -> None:
    """So that both may stand in one page."""

    def named(data: bytes) -> set[str]:
        every = (node.get("id") for node in ET.fromstring(data).iter())
        return {name for name in every if name and name.startswith(("title", "desc", "p", "m"))}

    one, other = (encoded(picture(title), ".svg") for title in ("one", "another"))
    inner = {"patch", "matplotlib"}
    shared = named(one) & named(other)
    assert not [name for name in shared if not any(name.startswith(word) for word in inner)]


def test_a_users_settings_change_nothing_and_stay() -> None:
    import matplotlib

    before = encoded(picture(), ".svg")
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": "x"}):
        assert encoded(picture(), ".svg") == before
        assert matplotlib.rcParams["font.size"] == 30
        assert matplotlib.rcParams["svg.hashsalt"] == "x"


def test_no_window_is_opened() -> None:
    import subprocess
    import sys

    code = (
        "import sys\n"
        "from bargaining.report.plots.style import Picture, blank, encoded, look\n"
        "with look():\n    figure = blank(); figure.add_subplot()\n"
        "encoded(Picture(figure, 't', 'd'), '.png')\n"
        "print('matplotlib.pyplot' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".png"])
def test_hostile_names(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"out{suffix}"
    save(picture(HOSTILE, HOSTILE), target)
    assert target.stat().st_size > 1_000
    if suffix == ".svg":
        root = ET.fromstring(target.read_bytes())
        assert not list(root.iter(f"{SVG}script"))
        assert root[0].text == HOSTILE.replace("\x1b", "\\x1b")
        drawn = [text for text in texts(target.read_bytes()) if "script" in text]
        assert len(drawn) == 1
        assert len(drawn[0]) <= 48


def test_dollars_are_no_mathematics() -> None:
    assert "$x^2$" in texts(encoded(picture("$x^2$"), ".svg"))


def test_png_and_pdf_carry_title_and_description() -> None:
    from PIL import Image

    with Image.open(io.BytesIO(encoded(picture("مرحبا", "words"), ".png"))) as image:
        assert image.text["Title"] == "مرحبا"
        assert image.text["Description"] == "words"
        assert image.size == pytest.approx((10 / 2.54 * 200, 8 / 2.54 * 200), abs=1)
    pdf = encoded(picture(), ".pdf")
    assert b"/Title (A title)" in pdf
    assert b"CreationDate" not in pdf


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("map.jpg", 'expected a name that ends in .svg, .pdf, .png, found ".jpg"'),
        ("map", "found none"),
        ("absent/map.svg", "could not be written: no such file or directory"),
    ],
)
def test_what_cannot_be_written(name: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=name) as error:
        save(picture(), tmp_path / name)
    assert told in str(error.value)


@pytest.mark.parametrize("size", [0.0, -3.0, 4.9, 101.0, float("nan"), float("inf")])
def test_sizes(size: float) -> None:
    with pytest.raises(InputError, match="width: expected 5 to 100 centimetres"):
        blank(width=size)


def test_nothing_is_told_by_colour_alone() -> None:
    assert len(set(FILLS)) == len(set(HATCHES)) == len(FILLS) == len(HATCHES)
    assert len(set(COLOURS)) == len(set(MARKERS)) == len(COLOURS) == len(MARKERS)


def test_names_are_shortened_in_the_middle() -> None:
    assert shortened("a" * 30 + "z" * 30, 11) == "aaaaa…zzzzz"
    assert shortened("line\nbreak\ttab") == "line break tab"
    assert shortened("‮evil") == "\\x202eevil"
    assert wrapped("one two three four", 8, 2) == "one two\nthree …"
