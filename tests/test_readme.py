"""The READMEs' own blocks: files load, commands print what they show, Python runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import bargaining as bg

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FORMAT = (ROOT / "games" / "README.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_exactly_two_set_up_commands_of_one_line() -> None:
    commands = [b.strip() for b in blocks(README, "sh")]
    assert len(commands) == 2
    assert all("\n" not in command for command in commands)
    assert all(command.startswith("python3 -m venv") for command in commands)


@pytest.mark.parametrize("block", blocks(README, "toml") + blocks(FORMAT, "toml"))
def test_game_files_load_and_solve(block: str) -> None:
    game = bg.loads(block)
    assert bg.solve(game).verify() if game.issues else bg.coalitions(game).verify()


@pytest.mark.parametrize("block", blocks(FORMAT, "json"))
def test_json_loads(block: str) -> None:
    assert json.loads(block)
    assert bg.loads(block, format="json").players == ("us", "mexico")


def test_console_blocks_show_real_output(tmp_path: Path) -> None:
    (tmp_path / "game.toml").write_text(blocks(README, "toml")[0])
    shown = blocks(README, "console")
    assert shown
    for block in shown:
        command, _, output = block.partition("\n")
        words = command.removeprefix("$ ").split()
        assert words[0] == "bargaining"
        done = subprocess.run(
            [sys.executable, "-m", "bargaining", *words[1:]],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        assert done.stdout.strip() == output.strip()


def test_python_blocks_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in blocks(README, "python"):
        exec(compile(block, "README.md", "exec"), {})
    assert "Linking breaks the deadlock" in capsys.readouterr().out


def test_the_picture_shows_what_the_library_finds() -> None:
    from bargaining.report.pages.words import words
    from bargaining.report.plots import KINDS

    picture = re.search(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert picture is not None
    svg = (ROOT / picture.group(1)).read_text(encoding="utf-8")
    told = KINDS["frontier"].describe(bg.load("us_mexico/guns_for_fentanyl"), words("en"))
    assert told in svg
