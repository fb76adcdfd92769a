"""``bargaining report``."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from bargaining.cli import cli

GAME = "us_mexico/guns_for_fentanyl"


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["report", *arguments], input=text)


def test_writes_a_page_and_replaces_it(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    for language in ("en", "es"):
        done = run(GAME, "-o", str(file), "--language", language)
        assert done.exit_code == 0, done.output
        assert done.stdout == f"{file}\n"
        assert f'<html lang="{language}">' in file.read_text(encoding="utf-8")


def test_does_not_replace_the_game(tmp_path: Path) -> None:
    file = tmp_path / "game.toml"
    file.write_text("title = 1")
    done = run(GAME, "-o", str(file))
    assert done.exit_code != 0
    assert "no HTML page; use --force" in str(done.exception)
    assert file.read_text() == "title = 1"
    assert run(GAME, "-o", str(file), "--force").exit_code == 0
    assert "found a folder" in str(run(GAME, "-o", str(tmp_path)).exception)


def test_standard_streams() -> None:
    text = (
        'format = "bargaining-game/1"\nplayers = ["a", "b"]\n[issues.x]\noptions = ["now", "é"]\n'
        'status_quo = "now"\npayoffs = { a = [0, "w"], b = [0, 2] }\n[parameters]\nw = 1\n'
    )
    done = run("-", "-o", "-", "--set", "w=3", text=text)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("<!doctype html>")
    assert "bargaining solve game.toml --set w=3" in done.stdout
    assert "é" in done.stdout


def test_needs_a_file() -> None:
    done = run(GAME)
    assert done.exit_code == 2
    assert "-o" in done.output
