"""``bargaining enforce``: thresholds per agenda, in every format."""

from __future__ import annotations

import csv
import io
import json

import command_line
import pytest
from command_line import Done

GAME = "us_mexico/guns_for_fentanyl"
ALARMS = """
format = "bargaining-game/1"
title = "Two borders"
players = ["us", "mexico"]
[discount]
us = 0.9
mexico = 0.9
[monitoring]
one = 0.1
two = 0.1
[utility.us]
form = "linear"
[issues.one]
actions = {us = ["C", "D"], mexico = ["C", "D"]}
payoffs = {us = [[1, -1], [2, 0]], mexico = [[1, 2], [-1, 0]]}
status_quo = {us = "D", mexico = "D"}
[issues.two]
actions = {us = ["C", "D"], mexico = ["C", "D"]}
payoffs = {us = [[1, -1], [2, 0]], mexico = [[1, 2], [-1, 0]]}
status_quo = {us = "D", mexico = "D"}
"""


def run(*arguments: str, text: str | None = None) -> Done:
    return command_line.run("enforce", *arguments, text=text, COLUMNS="100")


def test_json_has_the_promised_shape() -> None:
    done = run(GAME, "--format", "json", "--exact")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert list(data["agendas"]) == ["delinked", "linked"]
    linked = data["agendas"]["linked"]
    assert linked["critical_discount"]["settlement"] == 0.7
    assert linked["critical_discount"]["full"] == 0.8
    assert linked["critical_discount"]["any"] == pytest.approx(0.4**0.5)
    assert linked["critical_discount"]["lottery"] == pytest.approx(2 / 3)
    assert linked["lottery_status"] == "solved"
    assert data["agendas"]["delinked"]["critical_discount"] == {
        "settlement": None, "full": None, "any": None, "lottery": None,
    }  # fmt: skip
    exact = data["exact"]["agendas"]["linked"]["players"]
    assert exact["us"] == {"temptation": "7/2", "loss": "3/2", "critical_discount": "7/10"}
    assert exact["mexico"] == {"temptation": "3", "loss": "9/4", "critical_discount": "4/7"}


def test_text_says_it_in_words() -> None:
    shown = run(GAME, "--discount", "0.65").stdout
    assert "if both weigh tomorrow at least 7/10 as much as today" in " ".join(shown.split())
    assert "sqrt(2/5) = 0.632456" in shown
    assert "At 13/20 the settlement does not last." in shown
    # at 13/20: 4x <= 13/4 y, so x = 13/16
    assert "Best for all together at 13/20: guns 13/16, fentanyl 1" in shown


def test_csv_and_a_chosen_agenda() -> None:
    done = run("us_mexico/five_issue_core", "--agenda", "security+guns", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {row["agenda"] for row in rows} == {"security+guns"}
    pooled = {r["player"] for r in rows if r["what"] == "together"}
    assert pooled == {"us", "mexico"}
    assert [r["exact"] for r in rows if r["what"] == "any"] == ["1/4"]


def test_false_alarms_and_objectives_when_in_the_file() -> None:
    done = run("-", text=ALARMS)
    assert done.returncode == 0, done.stderr
    words = " ".join(done.stdout.split())
    # C8.1: twice 1000/271 linked, twice 100/19 apart
    assert "linked: lasts from 50/81; worth us 2000/271, mexico 2000/271" in words
    assert "delinked: lasts from 5/9; worth us 200/19, mexico 200/19" in words
    assert "Best in total: delinked." in words
    assert "us keeps the linked deal from: linked 1/2, issue by issue 1/2" in words
    data = json.loads(run("-", "--format", "json", text=ALARMS).stdout)
    assert data["monitoring"]["best"] == "delinked"
    assert data["utilities"]["us"]["linked"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        ((GAME, "--discount", "1"), "from 0 to below 1", 1),
        ((GAME, "--discount", "soon"), "soon", 1),
        ((GAME, "--agenda", "guns+drugs"), "drugs", 1),
        ((GAME, "--reversion", "grim"), "grim", 2),
    ],
)
def test_wrong_arguments(arguments: tuple[str, ...], message: str, code: int) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert done.stdout == ""
    assert message in done.stderr
    assert "Traceback" not in done.stderr
