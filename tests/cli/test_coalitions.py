"""``bargaining coalitions``."""

from __future__ import annotations

import csv
import json

from click.testing import CliRunner

from bargaining.cli import cli


def run(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["coalitions", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_json_has_the_documented_keys() -> None:
    data = json.loads(run("us_mexico/north_american_treaty", "--format", "json", "--exact"))
    assert data["worth"]["us+mexico"] == 1
    assert data["worth"]["us+mexico+canada"] == 3
    assert data["shapley"] == {"us": 1, "mexico": 1, "canada": 1}
    assert data["nucleolus"] == {"us": 1, "mexico": 1, "canada": 1}
    assert data["core"]["empty"] is False
    assert data["core"]["point"] == {"us": 1, "mexico": 1, "canada": 1}
    assert data["least_core"] == -1
    assert data["exact"]["least_core"] == "-1"


def test_csv_and_myerson() -> None:
    arguments = ("classic/add_canada", "--communication", "us-mexico,mexico-canada")
    rows = list(csv.DictReader(run(*arguments, "--format", "csv").splitlines()))
    found = {(row["what"], row["name"]): row["exact"] for row in rows}
    assert found["shapley", "mexico"] == "2"
    assert found["nucleolus", "us"] == "9/2"
    assert found["myerson", "canada"] == "4"


def test_text_names_the_convention_and_the_proof() -> None:
    text = run("us_mexico/canada_joins", "--set", "e=-1")
    assert "outsiders keep to their status-quo acts" in text
    assert "The core is empty" in text
    assert "us+mexico 1, canada 1" in " ".join(text.split())


def test_conventions() -> None:
    text = run("classic/matching_pennies", "--outsiders", "best_reply")
    assert "not defined" in text
    data = json.loads(run("classic/matching_pennies", "--outsiders", "minmax", "--format", "json"))
    assert data["outsiders"] == "minmax"


def test_wrong_use() -> None:
    runner = CliRunner()
    done = runner.invoke(cli, ["coalitions", "classic/glove", "--outsiders", "asleep"])
    assert done.exit_code == 2
    done = runner.invoke(cli, ["coalitions", "classic/glove", "--communication", "left"])
    assert done.exit_code == 1
    assert not done.stdout
