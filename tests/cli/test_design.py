"""``bargaining design``: text, JSON and CSV, and what does not go together."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import command_line
import pytest
from command_line import Done

GOLDEN = Path(__file__).parent / "golden"
POOR = ("us_mexico/guns_for_fentanyl", "--set", "a=1/5")


def run(*arguments: str) -> Done:
    return command_line.run("design", *arguments)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("design_payments", (*POOR, "--by", "payments")),
        ("design_benefits", (*POOR, "--by", "benefits")),
        (
            "design_visibility",
            ("us_mexico/sovereignty_premium", "--by", "visibility", "--set", "beta=4"),
        ),
        ("design_patience", ("us_mexico/guns_for_fentanyl", "--by", "patience")),
        ("design_links", ("us_mexico/six_issue_table", "--goal", "keep", "--by", "links")),
    ],
)
def test_text(name: str, options: tuple[str, ...]) -> None:
    done = run(*options)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_json() -> None:
    done = run(*POOR, "--by", "benefits", "--format", "json", "--exact")
    data = json.loads(done.stdout)
    assert data["schema"] == "bargaining-design/1"
    assert (data["goal"], data["by"], data["status"]) == ("break", "benefits", "solved")
    assert data["exact"]["cost"] == "6/5"
    assert data["changes"][0]["to"] == ["mexico"]
    assert data["exceeded"] is True


def test_csv() -> None:
    done = run("us_mexico/security_keystone", "--goal", "keep", "--by", "links",
               "--cost", "guns+security=5/2", "--format", "csv")  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [
        (r["what"], r["where"], r["exact"]) for r in rows if r["what"] in ("cost", "close")
    ] == [
        ("cost", "", "7/2"),
        ("close", "security+trade", "1"),
        ("close", "security+guns", "5/2"),
    ]
    paid = run(*POOR, "--deal", "fentanyl=lab raids", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(paid.stdout)))
    assert [r["exact"] for r in rows if r["what"] in ("pay", "per_unit", "compensation")] == [
        "3", "3/2", "3"]  # fmt: skip


def test_infeasible_is_an_answer() -> None:
    done = run(*POOR, "--by", "patience")
    assert done.returncode == 0
    assert "At no discount factor below 1" in done.stdout
    done = run(*POOR, "--by", "links")
    assert done.returncode == 0
    assert "No link helps" in done.stdout


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ((*POOR, "--goal", "keep"), 1, "kept by links, patience, visibility"),
        ((*POOR, "--by", "visibility"), 1, "expected visibility"),
        ((*POOR, "--by", "links", "--cost", "guns=2"), 2, "A+B=COST"),
        ((*POOR, "--by", "links", "--cost", "guns+trade=2"), 1, "expected an issue of the game"),
        ((*POOR, "--by", "links", "--cost", "guns+fentanyl=x"), 1, "expected"),
        ((*POOR, "--deal", "fentanyl"), 2, "ISSUE=OUTCOME"),
        ((*POOR, "--deal", "fentanyl=lab rads"), 1, 'did you mean "lab raids"'),
        ((*POOR, "--by", "bribes"), 2, "bribes"),
        ((*POOR, "--by", "benefits", "--deals", "pure"), 1, "all-or-nothing"),
    ],
)
def test_errors(options: tuple[str, ...], code: int, words: str) -> None:
    done = run(*options)
    assert done.returncode == code
    assert words in done.stderr
    assert not done.stdout
    assert "Traceback" not in done.stderr
