"""Whole pictures of sweeps."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from small_games import GUNS_FOR_FENTANYL
from sweep_directories import job, write

import bargaining as bg
from bargaining.errors import InputError
from bargaining.report.plots.style import encoded
from bargaining.report.plots.sweep_picture import sweep_picture

GAME = "us_mexico/guns_for_fentanyl"
A, B = "parameters.a", "parameters.b"
SVG = "{http://www.w3.org/2000/svg}"


def words(picture: Any) -> list[str]:
    root = ET.fromstring(encoded(picture, ".svg"))
    return [node.text or "" for node in root.iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = job(GAME, {A: "0:1:9", B: "0:2:10"}, ["linked.mutual_gain", "linked.gains.us"])
    return write(tmp_path_factory.mktemp("grid"), work)


def test_a_map_of_yes_and_no(grid: Path) -> None:
    picture = sweep_picture(grid, z="linked.mutual_gain")
    shown = words(picture)
    for text in ("Guns for fentanyl", "linked.mutual_gain", A, B, "no", "yes", "exact threshold"):
        assert text in shown
    assert picture.description.startswith(f"Map of a sweep. across: {A} from 0 to 1 (9 values).")
    assert "the black line is the exact threshold, from (0.2, 2) to (1, 0.4)" in picture.description
    plain = sweep_picture(grid, z="linked.mutual_gain", threshold=False)
    assert "exact threshold" not in words(plain)
    assert "threshold" not in plain.description


def test_a_map_of_a_number(grid: Path) -> None:
    picture = sweep_picture(grid, x=B, y=A, z="linked.gains.us", title="Mine")
    shown = words(picture)
    assert "Mine" in shown
    assert "exact threshold of linked.mutual_gain" in shown
    assert len(picture.figure.axes) == 2  # the scale of colours
    assert picture.title == "Mine"


def test_the_same_bytes_twice(grid: Path) -> None:
    one, other = (sweep_picture(grid, z="linked.mutual_gain") for _ in range(2))
    for suffix in (".svg", ".png", ".pdf"):
        assert encoded(one, suffix) == encoded(other, suffix)


def test_lines_for_few_values(tmp_path: Path) -> None:
    work = job(GAME, {A: "0:1:9", B: "1/2:2:4"}, ["linked.gains.us", "linked.mutual_gain"])
    out = write(tmp_path / "out", work)
    shown = words(sweep_picture(out, z="linked.gains.us"))
    for text in ("1/2", "1", "3/2", "2", B):
        assert text in shown
    assert len(sweep_picture(out, z="linked.gains.us", form="map").figure.axes) == 2
    with pytest.raises(InputError, match="expected a number to draw lines of"):
        sweep_picture(out, z="linked.mutual_gain", form="lines")
    with pytest.raises(InputError, match="at most 8 values for lines, found 9"):
        sweep_picture(out, x=B, y=A, z="linked.gains.us", form="lines")


def test_a_strip_names_the_threshold(tmp_path: Path) -> None:
    work = job(GAME, {A: "0:1:9"}, ["linked.mutual_gain"])
    shown = words(sweep_picture(write(tmp_path / "out", work)))
    assert "2/5" in shown
    assert {"yes", "no"} <= set(shown)


def test_failed_rows_are_named(tmp_path: Path) -> None:
    work = job(GAME, {A: "0:1:3", B: "0:1:3"}, ["linked.mutual_gain"])
    cells = {
        "linked.mutual_gain": [False] * 4 + [None] * 3 + [True, True],
        "status": ["ok"] * 4 + ["failed"] * 2 + ["ok"] * 3,
    }
    out = write(tmp_path / "out", work, cells, rows_per_part=8, leave_out=[1])
    picture = sweep_picture(out, threshold=False)
    assert {"failed", "no answer", "not computed yet"} <= set(words(picture))
    assert "failed in 2 (22.2 %)" in picture.description


def test_a_sweep_that_failed_everywhere(tmp_path: Path) -> None:
    work = job(GAME, {A: "0:1:3"}, ["linked.gains.us"])
    cells = {"linked.gains.us": [None] * 3, "status": ["failed"] * 3}
    picture = sweep_picture(write(tmp_path / "out", work, cells))
    assert "failed" in words(picture)


def test_points(tmp_path: Path) -> None:
    vary = {A: "0:1", B: "0:2"}
    work = job(GAME, vary, ["linked.gains.us", "linked.mutual_gain"], kind="random", points=30)
    out = write(tmp_path / "out", work)
    assert {"yes", "no", A, B} <= set(words(sweep_picture(out, z="linked.mutual_gain")))
    assert "linked.gains.us" in words(sweep_picture(out, z="linked.gains.us"))
    assert B not in words(sweep_picture(out, x=A, z="linked.gains.us"))
    assert {"yes", "no"} <= set(words(sweep_picture(out, x=A, z="linked.mutual_gain")))


def test_hostile_names(tmp_path: Path) -> None:
    names = ["<script>alert(1)</script>", "$x$", "_hidden", "\"'&", "مرحبا بالعالم", "n" * 300]
    text = GUNS_FOR_FENTANYL.replace("guns", '"<b>guns</b> $y$ & co"')
    game = bg.loads(f'title = "<script>{"t" * 300}"\n' + text.strip())
    path = 'issues."<b>guns</b> $y$ & co".payoffs.mexico[1]'
    work = job(game, {path: "1:6:6"}, ["verdict.effect"])
    out = write(tmp_path / "out", work, {"verdict.effect": names})
    picture = sweep_picture(out, threshold=False)
    for suffix in (".png", ".pdf"):
        assert encoded(picture, suffix)
    svg = encoded(picture, ".svg")
    assert not list(ET.fromstring(svg).iter(f"{SVG}script"))
    shown = words(picture)
    assert path in shown
    assert set(names[:5]) <= set(shown)
    assert max(map(len, shown)) <= 80
    told = ET.fromstring(svg)[0].text
    assert told is not None
    assert told.startswith("<script>ttt")


def test_colours_are_left_to_readers_in_black_and_white(grid: Path) -> None:
    """Yes is hatched where no is not."""
    picture = sweep_picture(grid, z="linked.mutual_gain", threshold=False)
    hatched = [patch for patch in picture.figure.axes[0].patches if patch.get_hatch()]
    assert len(hatched) == 1
    handles = picture.figure.legends[0].legend_handles
    assert [bool(handle.get_hatch()) for handle in handles] == [False, True]


def test_no_room_for_the_labels(tmp_path: Path) -> None:
    work = job(GAME, {A: "0:1:8"}, ["verdict.effect"])
    many = write(tmp_path / "many", work, {"verdict.effect": [f"{k}" * 40 for k in range(8)]})
    picture = sweep_picture(many, threshold=False, width=5, height=5)
    with pytest.raises(InputError, match="too small for its labels"):
        encoded(picture, ".svg")


def test_the_picture_grows_with_its_legend(tmp_path: Path) -> None:
    work = job(GAME, {A: "0:1:8"}, ["verdict.effect"])
    many = write(tmp_path / "many", work, {"verdict.effect": [f"{k}" * 40 for k in range(8)]})
    one = write(tmp_path / "one", work, {"verdict.effect": ["harms"] * 8})
    heights = [sweep_picture(p, threshold=False).figure.get_figheight() for p in (one, many)]
    assert heights[1] > heights[0] + 1
