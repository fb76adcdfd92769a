"""``bargaining agenda``: text, JSON and CSV, and what does not go together."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import command_line
import pytest
from command_line import Done

GOLDEN = Path(__file__).parent / "golden"


def run(*arguments: str) -> Done:
    return command_line.run("agenda", *arguments)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("agenda_mexico_delinks", ("us_mexico/mexico_delinks", "--values", "--control")),
        ("agenda_truck_inspections", ("us_mexico/truck_inspections", "--threats")),
        (
            "agenda_guns_sequential",
            ("us_mexico/guns_for_fentanyl", "--sequential", "--first", "mexico"),
        ),
    ],
)
def test_text(name: str, options: tuple[str, ...]) -> None:
    done = run(*options)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_json_keys() -> None:
    done = run("us_mexico/security_keystone", "--format", "json", "--exact")
    data = json.loads(done.stdout)
    assert data["schema"] == "bargaining-agenda/1"
    linked = next(a for a in data["agendas"] if len(a["packages"]) == 1)
    assert linked["gains"] == {"us": 3.5, "mexico": 5.25}
    assert data["exact"]["keystone"]["security"] == {"us": "7/2", "mexico": "21/4"}
    assert data["most_missed"] == {"us": ["security"], "mexico": ["security"]}
    assert data["price_of_delinking"] == {"us": 3.5, "mexico": 5.25}
    for key in ("preferred", "stable", "equilibria"):
        assert key in data
    assert "sequential" not in data


def test_json_of_everything() -> None:
    done = run("us_mexico/guns_for_fentanyl", "--sequential", "--values", "--control", "--threats",
               "--format", "json", "--exact")  # fmt: skip
    data = json.loads(done.stdout)
    assert [one["order"] for one in data["sequential"]] == [
        [["guns", "fentanyl"]],
        [["guns"], ["fentanyl"]],
        [["fentanyl"], ["guns"]],
    ]
    assert data["sequential"][0]["exact"]["limit"] == {"us": "3/2", "mexico": "9/4"}
    assert data["values"]["exact"]["values"]["guns"] == {"us": "3/4", "mexico": "9/8"}
    assert len(data["control"]["keep_off"]) == 1
    assert data["threats"]["threats"] == []


def test_csv() -> None:
    extras = ("--control", "--values", "--threats", "--format", "csv")
    order = ("--order", "priorities,border_services", "--discount", "9/10")
    done = run("us_mexico/mexico_delinks", *order, *extras)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    gains = {(r["agenda"], r["name"]): r["exact"] for r in rows if r["what"] == "gains"}
    assert gains["linked", "mexico"] == "7/4"
    assert {r["agenda"] for r in rows if r["what"] == "preferred" and r["name"] == "mexico"} == {
        "delinked"
    }
    assert any(r["what"] == "sequential" for r in rows)
    assert {r["issue"] for r in rows if r["what"] == "shapley"} == {"border_services", "priorities"}


def test_what_does_not_go_together() -> None:
    game = "us_mexico/mexico_delinks"
    assert run(game, "--first", "us").returncode == 2
    assert run(game, "--discount", "9/10").returncode == 2
    assert run(game, "--table", "priorities").returncode == 2
    assert run(game, "--format", "xml").returncode == 2
    for wrong in (
        (game, "--sequential"),  # the file has no discount factors
        (game, "--sequential", "--discount", "2"),
        (game, "--sequential", "--discount", "nine"),
        (game, "--order", "priorities,nowhere", "--discount", "9/10"),
        (game, "--control", "--table", "nowhere"),
        (game, "--solution", "nahs"),
        ("us_mexico/state_inspections", "--sequential", "--discount", "9/10"),
    ):
        done = run(*wrong)
        assert done.returncode == 1, wrong
        assert done.stdout == ""
        assert done.stderr.startswith("error: "), done.stderr
        assert "Traceback" not in done.stderr


def test_three_players() -> None:
    done = run("us_mexico/state_inspections", "--values", "--control", "--threats")
    assert done.returncode == 0, done.stderr
    assert "Nobody has an act that hurts another" in done.stdout


def test_threats_that_are_not_defined_leave_the_rest() -> None:
    done = run("us_mexico/clearinghouse", "--threats")
    assert done.returncode == 0
    assert "--threats" in done.stderr
    assert "Gains under each agenda" in done.stdout


def test_options_that_would_be_ignored_are_refused() -> None:
    assert run("us_mexico/guns_for_fentanyl", "--implement", "at_end").returncode == 2
    assert run("us_mexico/guns_for_fentanyl", "--order", "").returncode == 2
    wrong = run("us_mexico/guns_for_fentanyl", "--sequential", "--discount", "abc")
    assert wrong.returncode == 1
    assert "discount of us" in wrong.stderr
