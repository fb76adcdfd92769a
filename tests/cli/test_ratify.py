"""``bargaining ratify``, and requirements in ``settle`` and ``solve``."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bargaining.cli import cli


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_json() -> None:
    data = json.loads(run("ratify", "us_mexico/one_audience", "--format", "json"))
    found = data["players"]["mexico"]
    assert found["ratifiable"] == {"operations": [0, 1], "data": [0, 1]}
    assert found["largest_depth"] == pytest.approx(1.9038136944)
    assert data["cross_premium"] == pytest.approx(2.9524924420)


def test_csv_and_text() -> None:
    rows = run("ratify", "us_mexico/clearinghouse", "--format", "csv").splitlines()
    assert rows[0] == "player,what,issue,outcome,low,high"
    assert "mexico,ratifiable,operations,visible operations,0.0,0.0" in rows
    text = run("ratify", "us_mexico/one_audience")
    assert "one audience for all of it costs 2.95249 more" in text


def test_settle_shows_what_binds() -> None:
    text = run("settle", "us_mexico/coordination_without_subordination", "--set", "cap=1/2")
    assert "caps.mexico: binds, one more unit of depth is worth 5" in text
    text = run("settle", "us_mexico/sig_stalemate")
    assert "floors.us: missed by 6" in text
    assert "ruled out by floors.us with floors.mexico" in text


def test_settle_with_enforcement() -> None:
    name = "us_mexico/guns_for_fentanyl"
    data = json.loads(run("settle", name, "--require", "enforcement", "--format", "json"))
    assert set(data["requirements"]) == {"enforcement.us", "enforcement.mexico"}
    assert data["reversion"] == "auto"


def test_solve_says_how_issues_stand_at_home() -> None:
    data = json.loads(run("solve", "us_mexico/sovereignty_premium", "--format", "json"))
    report = data["issues"]["operations"]
    assert (report["status"], report["status_with_requirements"]) == ("mutual", "deadlock")
    assert "at home" in run("solve", "us_mexico/sovereignty_premium")


def test_packages_under_requirements() -> None:
    data = json.loads(run("packages", "us_mexico/sovereignty_premium", "--format", "json"))
    assert data["minimal_packages"] == [["operations", "money"]]
