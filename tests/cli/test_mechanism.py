"""``bargaining mechanism``: values, gains by type and the rule, in every format."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import pytest

LAW = "us_mexico/foreign_agents_law"
TRADE = "classic/bilateral_trade"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bargaining", "mechanism", *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
        check=False,
    )


def test_json_has_the_promised_shape() -> None:
    done = run(LAW, "--format", "json", "--exact")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["copies"] == 1
    assert data["first_best"] == 2
    assert data["second_best"] == pytest.approx(23 / 12)
    assert data["exact"]["second_best"] == "23/12"
    assert data["gains"] == pytest.approx({"us": 3 / 2, "mexico": 5 / 12})
    assert [entry["types"] for entry in data["outcome_rule"]] == [
        {"mexico": "vetted"},
        {"mexico": "compromised"},
    ]
    assert data["outcome_rule"][0]["deal"]["channel"] == {"share": 1}
    assert data["slacks"]["incentive"]["slack"] == 0
    assert data["delinked"]["second_best"] == 0


def test_text_says_what_information_costs_and_linking_recovers() -> None:
    done = run(LAW)
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    assert "mexico: vetted 1/4 channel: share; vetting: vetted unit 1/3" in text
    assert "1 other case as now" in text
    assert "Private information costs 1/12 of 2 (4.17 %)." in text
    # 23/12 of the 2 missing
    assert "Issue by issue the rules bring 0; linked they bring 23/12, 95.8 % of" in text


def test_the_table_of_cases_is_limited() -> None:
    done = run("us_mexico/which_priority", "--rationality", "none")
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    assert "more cases" in text
    assert "linked they bring 27/16, 75 % of what was missing" in text
    assert len(done.stdout.splitlines()) < 90


def test_csv_and_parameters() -> None:
    done = run(TRADE, "--transfers", "ex_post", "--set", "a=1/4", "--format", "csv")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    values = {row["what"]: row["exact"] for row in rows if not row["name"]}
    assert values["first_best"] == values["second_best"] == "3/8"
    paid = [float(row["value"]) for row in rows if row["what"] == "transfer"]
    assert len(paid) == 8
    assert sum(paid) == pytest.approx(0)


def test_options_are_passed_on() -> None:
    done = run(LAW, "--incentive", "dominant", "--objective", "us", "--agenda", "delinked",
               "--set", "l=1/2", "--format", "json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert (data["incentive"], data["objective"], data["agenda"]) == ("dominant", "us", "delinked")
    assert data["second_best"] == pytest.approx(3 / 2)  # pooling: 6/2 - 3/2
    assert "delinked" not in data


def test_errors_are_messages() -> None:
    done = run(LAW, "--objective", "mexiko")
    assert done.returncode == 1
    assert done.stdout == ""
    assert 'did you mean "mexico"?' in done.stderr
    assert run(LAW, "--transfers", "some").returncode == 2
