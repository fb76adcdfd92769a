"""``bargaining mechanism``: values, gains by type and the rule, in every format."""

from __future__ import annotations

import csv
import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path

import command_line
import pytest
from command_line import Done

from bargaining.results import Status

LAW = "us_mexico/foreign_agents_law"
TRADE = "classic/bilateral_trade"


def run(*arguments: str) -> Done:
    return command_line.run("mechanism", *arguments, COLUMNS="100")


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


@pytest.mark.parametrize(
    "more",
    [
        ("--transfers", "expected"),
        ("--rationality", "none"),
        ("--incentive", "dominant"),
        ("--objective", "max-min"),
    ],
)
def test_quotas_have_no_options_of_the_best_rule(more: tuple[str, str]) -> None:
    done = run(TRADE, "--copies", "2", "--quota", *more)
    assert done.returncode == 2
    assert not done.stdout
    assert f"not the best one for {more[0]};" in " ".join(done.stderr.split())


def test_what_cannot_be_certified_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 1 with the file's name, and nothing on standard output."""
    import bargaining as bg
    from bargaining.cli import main
    from bargaining.settlement.mechanism import direct

    answer = replace(bg.mechanism(bg.load(TRADE)), status=Status.NUMERICAL_TROUBLE)
    monkeypatch.setattr(direct, "mechanism", lambda *_, **__: answer)
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "argv", ["bargaining", "mechanism", TRADE])
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    assert not out.getvalue()
    assert f"{TRADE}: no rule could be certified" in err.getvalue()


def test_what_is_not_proved_is_not_said_to_cost_nothing() -> None:
    import bargaining as bg
    from bargaining.report.mechanism_text import private_words

    # types known or not, nobody loses: nothing is lost, were it proved
    game = bg.load("us_mexico/guns_for_fentanyl")
    sure = bg.mechanism(game)
    assert "costs nothing" in " ".join(private_words(sure, sure))
    late = replace(sure, status=Status.LIMIT_REACHED)
    words = " ".join(private_words(late, late))
    assert "costs nothing" not in words
    assert "not proved to be the best (limit_reached)" in words


def test_solve_counts_the_payments_of_the_file(tmp_path: Path) -> None:
    """By hand 9/32 without, as only the cheap seller can give for nothing; 7/24 with payments."""
    for efficiency, value, words in (
        (None, 9 / 32, ""),
        (1, 7 / 24, "with payments that cancel in expectation "),
    ):
        table = "" if efficiency is None else f"[transfers]\nefficiency = {efficiency}\n"
        path = tmp_path / f"trade_{efficiency}.toml"
        path.write_text(PRIVATE_TRADE + table, encoding="utf-8")
        data = json.loads(asked("solve", str(path), "--format", "json").stdout)
        found = data["information"]["linked"]
        assert found["second_best"] == pytest.approx(value)
        assert found["transfers"] == ("none" if efficiency is None else "expected")
        text = " ".join(asked("solve", str(path)).stdout.split())
        assert f"under the best honest rule {words}by which nobody expects to lose" in text


PRIVATE_TRADE = """
format = "bargaining-game/1"
players = ["buyer", "seller"]
[issues.good]
options = ["keep", "trade"]
status_quo = "keep"
payoffs = { buyer = [0, 1], seller = [0, 0] }
[[types]]
player = "buyer"
probability = ["1/2", "1/2"]
payoffs.good.buyer = [[0, "1/8"], [0, 1]]
[[types]]
player = "seller"
probability = ["1/2", "1/2"]
payoffs.good.seller = [[0, 0], [0, "-7/8"]]
"""


def asked(*arguments: str) -> Done:
    """Run a command that succeeds."""
    done = command_line.run(*arguments, COLUMNS="100")
    assert done.returncode == 0, done.stderr
    return done
