"""Wrong files: the whole report, on standard error, exit status 1, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run

BAD = Path(__file__).parent / "bad"
FILES = sorted(p for p in BAD.iterdir() if p.suffix in (".toml", ".json"))


def apart(*arguments: str, cwd: Path, timeout: float = 30) -> subprocess.CompletedProcess[bytes]:
    """Run in a process of its own, which a file may not hold up."""
    return subprocess.run(
        [sys.executable, "-m", "bargaining", *arguments],
        cwd=cwd,
        capture_output=True,
        timeout=timeout,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_the_whole_report(path: Path) -> None:
    done = run("check", path.name, cwd=BAD)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("garbage.toml", b"\x8f\xfe\x01\x7f" * 2_500_000),
        ("letters.toml", b"abcdefgh" * 1_250_000),
        ("lines.toml", b"x = 1\n" * 1_700_000),
        ("brackets.toml", b"a = " + b"[" * 10_000_000),
        ("brackets.json", b"[" * 10_000_000),
        ("dots.toml", b"a." * 5_000_000),
        ("digits.toml", b"a = " + b"9" * 10_000_000),
        ("null.toml", b"\x00" * 10_000_000),
    ],
)
def test_ten_megabytes_of_garbage(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    done = apart("solve", name, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == b""
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"error: {name}: ")
    assert len(lines[0]) < 400


def test_a_directory_a_missing_file_and_a_foreign_format(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "game.efg").write_text("EFG 2 R")
    for name, message in (
        ("folder", "found a directory"),
        ("missing.toml", "no such file, and no bundled game"),
        ("us_mexico/six_isue_table", 'did you mean "us_mexico/six_issue_table"?'),
        ("six_issue_table", 'did you mean "us_mexico/six_issue_table"?'),
        ("game.efg", "found the suffix .efg"),
    ):
        done = run("solve", name, cwd=tmp_path)
        assert done.returncode == 1
        assert done.stdout == ""
        assert message in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    text = """
        format = "bargaining-game/1"
        title = "red \\u001b[31m text"
        players = ["us\\u001b[0m", "mexico"]
        [issues."<b>\\u0007"]
        options = ["b", "[bold]a[/bold]"]
        payoffs.mexico = [0, 1]
        payoffs."us\\u001b[0m" = [0, 1]
        status_quo = "b"
    """
    for style in ("text", "csv", "json"):
        done = run("solve", "-", "--format", style, cwd=tmp_path, text=text)
        assert done.returncode == 0, done.stderr
        assert "\x1b" not in done.stdout
        assert "\x07" not in done.stdout
        assert "[bold]a[/bold]" in done.stdout
