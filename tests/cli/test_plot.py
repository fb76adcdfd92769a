"""``bargaining plot``."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sweep_directories import job, write

from bargaining.cli import cli
from bargaining.errors import BargainingError
from bargaining.report.pages.words import words

GAME = "us_mexico/guns_for_fentanyl"
A, B = "parameters.a", "parameters.b"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> str:
    work = job(GAME, {A: "0:1:5", B: "0:2:6", "parameters.w": "0:1:3"}, ["linked.mutual_gain"])
    values = work.design.columns(0, work.design.rows)
    cells = {"linked.mutual_gain": [bool(a * b > 0.4) for a, b, w in values]}
    return str(write(tmp_path_factory.mktemp("sweep"), work, cells))


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["plot", *arguments])


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".png"])
def test_a_picture_is_written(out: str, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"map{suffix}"
    target.write_text("an older one")
    fixed = ["--at", "parameters.w=0.2"]
    done = run(out, "--x", A, "--y", B, *fixed, "-o", str(target))
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{target}\n"
    assert done.stderr == "note: parameters.w: 1/5 is not on the grid, 0 is taken\n"
    starts = {".svg": b"<?xml", ".pdf": b"%PDF", ".png": b"\x89PNG"}
    assert target.read_bytes().startswith(starts[suffix])


def test_size_and_title(out: str, tmp_path: Path) -> None:
    target = tmp_path / "map.svg"
    size = ["--width", "12", "--height", "9", "--title", "Mine", "--no-threshold"]
    done = run(out, "--x", A, "--y", B, "--at", "parameters.w=0", *size, "-o", str(target))
    assert done.exit_code == 0, done.output
    root = ET.fromstring(target.read_bytes())
    points = [float(str(root.get(name)).removesuffix("pt")) for name in ("width", "height")]
    assert points == pytest.approx([12 / 2.54 * 72, 9 / 2.54 * 72])
    assert root[0].text == "Mine"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--x", A, "--y", B], "add --at parameters.w=VALUE"),
        (["--x", A, "--y", B, "--at", "parameters.w=x"], "at: parameters.w: expected a number"),
        (["--x", "parameters.q", "--at", "parameters.w=0"], "expected one of parameters.a"),
        (["--x", A, "--y", B, "--at", "parameters.w=0", "--width", "900"], "5 to 100 centimetres"),
        (["--x", A, "--y", B, "--at", "parameters.w=0", "--lines"], "leave --lines out"),
    ],
)
def test_wrong_input(out: str, tmp_path: Path, arguments: list[str], told: str) -> None:
    target = tmp_path / "map.svg"
    done = run(out, *arguments, "-o", str(target))
    assert isinstance(done.exception, BargainingError)
    assert told in str(done.exception)
    assert not target.exists()


def test_what_is_neither_game_nor_sweep(tmp_path: Path) -> None:
    for source in (str(tmp_path / "absent"), str(tmp_path)):
        done = run(source, "-o", str(tmp_path / "map.svg"))
        assert isinstance(done.exception, BargainingError)
        assert source in str(done.exception)


def test_a_game_is_drawn_by_default(tmp_path: Path) -> None:
    for name, title in (
        (GAME, "plot_frontier.title"),
        ("us_mexico/canada_joins", "plot_gains.title"),
    ):
        target = tmp_path / "game.svg"
        done = run(name, "-o", str(target))
        assert done.exit_code == 0, done.output
        assert done.stdout == f"{target}\n"
        assert words("en")(title) in str(ET.fromstring(target.read_bytes())[0].text)


@pytest.mark.parametrize("kind", ["rates", "graph", "gains", "repeated", "agendas"])
def test_kinds_in_spanish_with_parameters(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "game.svg"
    extra = ["--language", "es", "--set", "a=1/2", "--width", "20", "--title", "Mío"]
    done = run(GAME, "--kind", kind, *extra, "-o", str(target))
    assert done.exit_code == 0, done.output
    root = ET.fromstring(target.read_bytes())
    assert str(root[0].text).startswith("Mío: ")
    assert float(str(root.get("width")).removesuffix("pt")) == pytest.approx(20 / 2.54 * 72)


def test_an_issue_is_chosen(tmp_path: Path) -> None:
    target = tmp_path / "game.png"
    done = run("classic/chicken", "--kind", "bestreply", "--issue", "game", "-o", str(target))
    assert done.exit_code == 0, done.output
    assert target.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["us_mexico/canada_joins", "--kind", "frontier"], "this game has 3"),
        ([GAME, "--kind", "winset"], "no premium"),
        ([GAME, "--kind", "bestreply", "--issue", "gun"], "expected an issue of the game"),
        ([GAME, "--solution", "nahs"], "solution: expected one of"),
    ],
)
def test_what_cannot_be_drawn(tmp_path: Path, arguments: list[str], told: str) -> None:
    target = tmp_path / "map.svg"
    done = run(*arguments, "-o", str(target))
    assert isinstance(done.exception, BargainingError)
    assert told in str(done.exception)
    assert not target.exists()


def test_options_of_the_other_are_refused(out: str, tmp_path: Path) -> None:
    target = str(tmp_path / "map.svg")
    for arguments, told in (
        ([GAME, "--x", A], "--x belongs to pictures of a sweep"),
        ([out, "--kind", "rates"], "--kind belongs to pictures of a game"),
        ([GAME, "--kind", "rates", "--issue", "guns"], "--issue belongs to --kind bestreply"),
    ):
        done = run(*arguments, "-o", target)
        assert done.exit_code == 2
        assert told in done.output


def test_wrong_use(out: str, tmp_path: Path) -> None:
    assert run(out).exit_code == 2
    done = run(out, "--at", "parameters.w", "-o", str(tmp_path / "map.svg"))
    assert done.exit_code == 2
    assert "expected PATH=VALUE" in done.output
    done = run(out, "-o", str(tmp_path / "map.jpg"))
    assert isinstance(done.exception, BargainingError)


def test_a_full_disk_or_a_forbidden_place_is_one_line(out: str) -> None:
    done = run(out, "--x", A, "--y", B, "--at", "parameters.w=0", "-o", "/proc/map.svg")
    assert isinstance(done.exception, BargainingError)
    assert "could not be written" in str(done.exception)


def test_missing_rows_are_said(tmp_path: Path) -> None:
    work = job(GAME, {A: "0:1:5"}, ["linked.mutual_gain"])
    cells = {"linked.mutual_gain": [False, False, True, True, True]}
    sweep = write(tmp_path / "out", work, cells, rows_per_part=2, leave_out=[2])
    done = run(str(sweep), "--no-threshold", "-o", str(tmp_path / "map.svg"))
    assert done.exit_code == 0, done.output
    assert done.stderr == (
        f"warning: {sweep}: unfinished, 4 of 5 rows (2 of 3 parts); "
        "rows missing in the picture: 1\n"
    )
