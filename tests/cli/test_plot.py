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


def test_what_is_no_sweep(tmp_path: Path) -> None:
    for source in (GAME, str(tmp_path / "absent"), str(tmp_path)):
        done = run(source, "-o", str(tmp_path / "map.svg"))
        assert isinstance(done.exception, BargainingError)
        assert "sweep" in str(done.exception)


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
