"""``bargaining robust``."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner

import bargaining as bg
from bargaining.cli import cli

GAME = "us_mexico/guns_for_fentanyl"


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["robust", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_json_holds_a_game_with_the_other_verdict() -> None:
    data = json.loads(run(GAME, "--format", "json", "--exact"))
    assert data["radius"] == pytest.approx(7 / 6 - 10**0.5 / 3, abs=1e-12)
    assert data["exact"]["most_sensitive"]["turns_at"] == "12/5"
    flipped = bg.loads(data["flipped_game"])
    assert not bg.solve(flipped).verdict.linking_breaks_deadlock


def test_text_says_what_it_found() -> None:
    text = " ".join(run(GAME).split())
    assert "every payoff moves by less than 11.26 % of its range" in text
    assert "7/6 - sqrt(10)/3" in text
    assert "the verdict turns at 12/5 instead of 6" in text


def test_csv_lists_the_moved_payoffs() -> None:
    rows = list(csv.DictReader(io.StringIO(run(GAME, "--format", "csv"))))
    assert rows[1]["what"] == "radius"
    assert rows[1]["exact"] == "7/6 - sqrt(10)/3"
    assert sum(row["what"] == "flipped" for row in rows) == 8


def test_where_nothing_can_flip() -> None:
    data = json.loads(run("classic/prisoners_dilemma", "--format", "json"))
    assert data["radius"] is None
    assert data["flipped_game"] is None
    assert data["how"] == "never"
    assert "no change of payoffs changes that" in " ".join(run("classic/prisoners_dilemma").split())
