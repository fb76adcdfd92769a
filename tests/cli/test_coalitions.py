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


def test_adding_a_party() -> None:
    """SCENARIOS 5 and 6: Canada brings new trades, or only a veto."""
    text = " ".join(run("us_mexico/north_american_treaty", "--adding", "canada").split())
    assert "guns+mining+precursors can be agreed on only with canada" in text
    assert "helps us and mexico and hurts nobody" in text
    arguments = ("us_mexico/canada_joins", "--set", "e=-1", "--adding", "canada")
    data = json.loads(run(*arguments, "--format", "json", "--exact"))
    assert data["schema"] == "bargaining-adding/1"
    assert data["exact"]["steps"]["veto"] == {"us": "-3/2", "mexico": "-9/4", "canada": "1"}
    rows = list(csv.DictReader(run(*arguments, "--format", "csv").splitlines()))
    assert [row["package"] for row in rows if row["what"] == "lost_packages"] == ["guns+fentanyl"]


def test_signing() -> None:
    text = " ".join(run("classic/climate_club", "--signing").split())
    assert "climate north+south 4 4 16" in text
    assert "All parties sign, and none gains by leaving, with the issues linked" in text
    data = json.loads(run("classic/climate_club", "--signing", "--format", "json"))
    assert data["clubs"] == ["trade_north_south", "trade_north_island", "trade_south_island"]
    rows = list(csv.DictReader(run("classic/climate_club", "--signing", "--format", "csv").split()))
    assert [row["value"] for row in rows if row["package"] == "linked"] == ["true"]


def test_without_side_payments() -> None:
    arguments = ("us_mexico/north_american_treaty", "--utility", "nontransferable")
    assert "no coalition has a deal of its own" in " ".join(run(*arguments).split())
    data = json.loads(run(*arguments, "--format", "json"))
    assert data["worth"]["us+mexico"] == 0
    assert data["worth"]["us+mexico+canada"] == 3
    assert data["ntu_core"]["in_core"] is True
    rows = list(csv.DictReader(run(*arguments, "--format", "csv").splitlines()))
    assert {row["what"]: row["value"] for row in rows}["ntu_core_empty"] == "false"


def test_questions_that_do_not_go_together() -> None:
    for arguments in (
        ("--adding", "us", "--signing"),
        ("--solution", "nash"),
        ("--signing", "--utility", "nontransferable"),
        ("--adding", "us", "--outsiders", "best_reply"),
    ):
        done = CliRunner().invoke(cli, ["coalitions", "us_mexico/canada_joins", *arguments])
        assert done.exit_code == 2, arguments


def test_wrong_use() -> None:
    runner = CliRunner()
    done = runner.invoke(cli, ["coalitions", "classic/glove", "--outsiders", "asleep"])
    assert done.exit_code == 2
    done = runner.invoke(cli, ["coalitions", "classic/glove", "--communication", "left"])
    assert done.exit_code == 1
    assert not done.stdout
