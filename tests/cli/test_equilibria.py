"""``bargaining equilibria``: every concept, alone and linked, in every format."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import command_line
import pytest
from command_line import Done


def run(*arguments: str) -> Done:
    return command_line.run("equilibria", *arguments)


@pytest.mark.parametrize("concept", ["nash", "correlated", "coarse", "dominance"])
@pytest.mark.parametrize("style", ["text", "json", "csv"])
def test_concepts_and_formats(concept: str, style: str) -> None:
    done = run("classic/chicken", "--concept", concept, "--format", style)
    assert done.returncode == 0, done.stderr
    if style == "json":
        assert "game" in json.loads(done.stdout)["issues"]
    elif style == "csv":
        rows = list(csv.reader(io.StringIO(done.stdout)))
        assert len(rows) > 1
        assert {len(row) for row in rows} == {6}


def test_the_linked_game_with_a_spillover() -> None:
    """C2.7: with w = 5 two pure equilibria and (3/5, 4/5), which pays (4, 18/5)."""
    done = run("us_mexico/guns_for_fentanyl", "--linked", "--set", "w=5", "--format", "json")
    linked = json.loads(done.stdout)["linked"]
    assert linked["complete"]
    payoffs = [found["exact"]["payoffs"] for found in linked["equilibria"]]
    assert {"us": "4", "mexico": "18/5"} in payoffs
    assert len(payoffs) == 3
    mixed = next(e for e in linked["equilibria"] if e["exact"]["payoffs"]["mexico"] == "18/5")
    assert mixed["exact"]["marginals"]["us"]["guns"]["egress checks"] == "3/5"
    table = run("us_mexico/guns_for_fentanyl", "--linked", "--set", "w=5", "--format", "csv")
    assert "fentanyl,3,mexico,lab raids,0.8,4/5" in table.stdout.splitlines()


def test_a_mediator_for_one_player() -> None:
    """C2.2: the best total of chicken is 21/2."""
    best = json.loads(run("classic/chicken", "--concept", "correlated", "--format", "json").stdout)
    assert best["issues"]["game"]["exact"]["value"] == "21/2"
    one = run("classic/chicken", "--concept", "correlated", "--objective", "row")
    assert one.returncode == 0
    assert run("classic/chicken", "--concept", "correlated", "--objective", "rwo").returncode == 1


@pytest.mark.parametrize("style", ["text", "json", "csv"])
def test_private_types(style: str) -> None:
    """The values derived in the games' files: 23/6 and 9/2; pooling and separating."""
    asked = ("us_mexico/reporting_mediator", "--format", style, "--concept")
    for concept, value in (("communication", "23/6"), ("coarse communication", "9/2")):
        done = run(*asked, concept)
        assert done.returncode == 0, done.stderr
        if style == "json":
            found = json.loads(done.stdout)["issues"]["intelligence"]
            assert found["exact"]["value"] == value
        elif style == "text":
            assert f"value {value}" in done.stdout
    if style == "csv":
        assert "intelligence,reported mexico: leaky,,summaries,1.0,1" in done.stdout
    signals = run("us_mexico/abrazos", "--concept", "signalling", "--format", style)
    assert signals.returncode == 0, signals.stderr
    if style == "json":
        kinds = [e["kind"] for e in json.loads(signals.stdout)["signalling"]["equilibria"]]
        assert sorted(kinds) == ["pooling", "pooling", "separating"]
    else:
        assert "confront" in signals.stdout
    linked = run(*asked, "communication", "--linked", "--objective", "us")
    assert linked.returncode == 0, linked.stderr


def test_what_does_not_go_together() -> None:
    assert run("classic/chicken", "--linked", "--issue", "game").returncode == 2
    assert run("classic/chicken", "--concept", "cheap").returncode == 2
    assert run("classic/chicken", "--linked", "--concept", "dominance").returncode == 1
    assert run("classic/chicken", "--method", "magic").returncode == 2
    assert run("classic/chicken", "--linked", "--method", "support").returncode == 2
    assert run("classic/chicken", "--concept", "coarse", "--method", "exact").returncode == 2
    assert run("classic/chicken", "--objective", "row").returncode == 2
    assert run("classic/chicken", "--concept", "signalling", "--linked").returncode == 2
    assert run("classic/chicken", "--concept", "signalling").returncode == 1


MIXTURE = """
format = "bargaining-game/1"
players = ["a", "b"]
[issues.g]
actions.a = ["x", "y", "z"]
actions.b = ["l", "r"]
payoffs.a = [[3, 0], [0, 3], [1, 1]]
payoffs.b = [[0, 1], [1, 0], [0, 0]]
status_quo = { a = "x", b = "l" }
[issues.o]
options = ["s", "t"]
payoffs = { a = [0, 1], b = [0, 1] }
status_quo = "s"
"""


def test_dominance_by_a_mixture_is_plain_data(tmp_path: Path) -> None:
    (tmp_path / "g.toml").write_text(MIXTURE)
    done = run(str(tmp_path / "g.toml"), "--concept", "dominance", "--format", "json")
    by = json.loads(done.stdout)["issues"]["g"]["removed"][0]["by"]
    assert by == {"x": "1/2", "y": "1/2"}
    assert "o: joint options" in done.stderr


def test_a_mediator_leaves_joint_options_at_the_status_quo(tmp_path: Path) -> None:
    (tmp_path / "g.toml").write_text(MIXTURE)
    done = run(str(tmp_path / "g.toml"), "--concept", "correlated", "--format", "json")
    assert json.loads(done.stdout)["issues"]["o"]["distributions"] == {"o": {"s": 1.0}}


def test_exact_writes_every_fraction(tmp_path: Path) -> None:
    text = """
format = "bargaining-game/1"
players = ["a", "b"]
[issues.g]
actions.a = ["x", "y"]
actions.b = ["l", "r"]
payoffs.a = [[1, 0], [0, 1000]]
payoffs.b = [[0, 1], [1, 0]]
status_quo = { a = "x", b = "l" }
"""
    (tmp_path / "g.toml").write_text(text)
    assert "1000/1001" in run(str(tmp_path / "g.toml"), "--exact").stdout
    assert "1000/1001" not in run(str(tmp_path / "g.toml")).stdout
