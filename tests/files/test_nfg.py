"""Gambit's strategic games: both bodies, odd spacing, exact round trips, clear refusals."""

from __future__ import annotations

import itertools
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from validation import FOLDER

import bargaining as bg
from bargaining.errors import GameFileError, NotDefinedError
from bargaining.files.nfg import write_nfg
from bargaining.files.write import write

VALIDATION = FOLDER / "cases" / "nfg"
FILES = sorted(VALIDATION.glob("*.nfg"))

OUTCOMES = r'''NFG 1 R "A \"small\" game" { "Row" "Column" }
{ { "up" "down" }
  { "left" "mid/dle" "right" } }
"A comment
over two lines"
{
  { "none" 1/3, -2 } { "" .5 1e2 } { "x, {y}" 3 4 }
}
1 2 0  3 3 1
'''  # fmt: skip


def read(text: str) -> bg.LinkageGame:
    return bg.loads(text, format="nfg")


def test_outcomes_and_their_order() -> None:
    game = read(OUTCOMES)
    issue = game.issues["game"]
    assert game.players == ("Row", "Column")
    assert game.title == issue.title == 'A "small" game'
    assert issue.actions == {"Row": ("up", "down"), "Column": ("left", "mid/dle", "right")}
    by_name = {n: tuple(p) for n, p in zip(issue.outcomes, issue.exact_payoffs, strict=True)}
    assert by_name == {  # the row player's strategy varies fastest in the file
        "up / left": (F(1, 3), -2),
        "down / left": (F(1, 2), 100),
        "up / mid/dle": (0, 0),
        "down / mid/dle": (3, 4),
        "up / right": (3, 4),
        "down / right": (F(1, 3), -2),
    }


def test_payoffs_of_three_players_first_one_fastest() -> None:
    numbers = " ".join(f"{k} {k}/7, -{k}" for k in range(12))
    game = read(f'NFG 1 D "" {{ "a" "b" "c" }} {{ 2 3 2 }} {numbers}')
    issue = game.issues["game"]
    assert issue.shape == (2, 3, 2)
    for a, b, c in itertools.product(range(2), range(3), range(2)):
        k = a + 2 * b + 6 * c
        row = issue.outcome(f"{a + 1} / {b + 1} / {c + 1}")
        assert tuple(issue.exact_payoffs[row]) == (k, F(k, 7), -k)
    assert issue.status_quo == "2 / 3 / 1"  # a and b gain by higher numbers, c by lower ones


def test_the_status_quo_is_filled_in_only_when_beyond_doubt() -> None:
    dilemma = read('NFG 1 R "" { "a" "b" } { 2 2 }  3 3 4 0 0 4 1 1')
    assert dilemma.issues["game"].status_quo == "2 / 2"
    battle = read('NFG 1 R "" { "a" "b" } { 2 2 }  3 2 0 0 0 0 2 3')
    assert battle.issues["game"].status_quo_index is None
    found = bg.equilibria(battle)
    assert isinstance(found, dict)
    assert len(found["game"].equilibria) == 3
    for ask in (bg.solve, bg.frontier, bg.settle):
        with pytest.raises(NotDefinedError, match="has no status quo: name one"):
            ask(battle)


def test_large_games_load_without_listing_all_equilibria() -> None:
    size = 14  # support enumeration would take hours
    cells = " ".join(f"{(7 * k) % 31} {(11 * k) % 29}" for k in range(size * size))
    assert read(f'NFG 1 R "" {{ "a" "b" }} {{ {size} {size} }} {cells}').issues["game"].size == 196


def test_names_are_made_legal_and_different() -> None:
    game = read('NFG 1 R "t" { "a+b" "" "a&b" } { { "x" "x" } { "" } { "y" } } 1 2 3 4 5 6')
    assert game.players == ("a&b", "player 2", "a&b (2)")
    assert game.issues["game"].actions["a&b"] == ("x", "x (2)")
    assert game.issues["game"].actions["player 2"] == ("strategy 1",)
    assert len(game.warnings) == 5
    mixed = read('NFG 1 R "t" { "a" "b" } { { "x" "x / y" } { "z" "y / z" } } 1 2 3 4 5 6 7 8')
    assert len(set(mixed.issues["game"].outcomes)) == 4
    assert any('" / "' in warning for warning in mixed.warnings)


BAD = [
    ("", "line 1: expected NFG (a Gambit strategic game), found the end of the file"),
    ("EFG 2 R", 'line 1: expected NFG (a Gambit strategic game), found "EFG"'),
    ("NFG 2", 'line 1: expected version 1, found "2"'),
    ("NFG 1 X", 'line 1: expected R, found "X"'),
    ("NFG 1 R\n{", 'line 2: expected a title in quotation marks, found "{"'),
    ('NFG 1 R "open', "found a quotation mark that is never closed"),
    ('NFG 1 R "" { "a" "b', "found a quotation mark that is never closed"),
    ('NFG 1 R "" { }', "expected the players' names, found none"),
    ('NFG 1 R "" { "a" "b" } { 2 }', "expected strategies of 2 players, found those of 1"),
    ('NFG 1 R "" { "a" "b" } { 2 2 2 }', 'expected strategies of 2 players, found "2"'),
    ('NFG 1 R "" { "a" "b" } { 2 0 }', "expected a number of strategies, at least 1"),
    ('NFG 1 R "" { "a" "b" } { 2 -1 }', "expected a number of strategies, at least 1"),
    ('NFG 1 R "" { "a" "b" } { 99999 99999 }', "expected at most 10,000,000 payoffs"),
    ('NFG 1 R "" { "a" "b" } { 999999999 1 }', "expected at most 10,000,000 payoffs"),
    ('NFG 1 R "" { "a" "b" } { 1 2 }\n1 2\n3', "line 3: expected a payoff (4 of 4), found the end"),
    ('NFG 1 R "" { "a" "b" } { 1 1 } 1 x', 'expected a payoff (2 of 2), found "x"'),
    ('NFG 1 R "" { "a" "b" } { 1 1 } 1 1/0', "expected a payoff (2 of 2)"),
    ('NFG 1 R "" { "a" "b" } { 1 1 } 1 1e9999', "expected a payoff (2 of 2)"),
    ('NFG 1 R "" { "a" "b" } { 1 1 } 1 2 3', 'expected the end of the file, found "3"'),
    ('NFG 1 R "" { "a" "b" } { 1 1 } { { "" 1 } } 1', "expected payoff 2 of 2 of outcome 1"),
    ('NFG 1 R "" { "a" "b" } { 1 1 } { { "" 1 2 3 } } 1', "expected } after 2 payoffs"),
    ('NFG 1 R "" { "a" "b" } { 1 1 } { { "" 1 2 } } 2', "expected an outcome from 0 to 1"),
    ('NFG 1 R "" { "a" "b" } { 1 1 } { { "" 1 2 }', "expected { before an outcome, found the end"),
    ('NFG 1 R "" { "a" } { 2 } 1 2', "expected at least two players"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BAD)
def test_wrong_files_are_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(GameFileError) as caught:
        read(text)
    assert message in str(caught.value)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    "text",
    ['"' * 3_000_000, "{" * 3_000_000, "9" * 3_000_000, '\\"' * 3_000_000, '"' + '\\"' * 3_000_000,
     'NFG 1 R "" { "a" "b" } { 2 2 } ' + "9" * 3_000_000,
     'NFG 1 R "" { ' + '"a" ' * 500_000],
    ids=["quotes", "braces", "digits", "escapes", "open escapes", "long number", "many players"],
)  # fmt: skip
def test_garbage_is_refused_soon(text: str) -> None:
    with pytest.raises(GameFileError) as caught:
        read(text)
    assert len(str(caught.value)) < 300


def test_every_beginning_of_a_file_is_refused() -> None:
    whole = OUTCOMES.rstrip()
    for end in range(len(whole) - 1):
        with pytest.raises(GameFileError):
            read(whole[:end])


def same(first: bg.LinkageGame, second: bg.LinkageGame) -> bool:
    a, b = first.issues["game"], second.issues["game"]
    return (
        first.players == second.players
        and a.actions == b.actions
        and np.array_equal(a.exact_payoffs, b.exact_payoffs)
    )


@pytest.mark.parametrize("body", ["payoffs", "outcomes"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_validation_set_round_trips(path: Path, body: Any) -> None:
    game = bg.load(path)
    again = read(write(game, "nfg", body=body).text)
    assert same(game, again)
    assert (again.title, again.warnings) == (game.title, ())


number = st.fractions(min_value=-1000, max_value=1000, max_denominator=10_000)
label = st.text(alphabet="ab\"\\{}, /'é1", min_size=1, max_size=6).map(str.strip).filter(bool)


@settings(max_examples=30)
@given(st.data(), st.lists(st.integers(1, 3), min_size=2, max_size=4), st.booleans())
def test_round_trips(data: st.DataObject, shape: list[int], outcomes: bool) -> None:
    players = [f"p{i}" for i in range(len(shape))]
    actions = {
        player: data.draw(st.lists(label, min_size=size, max_size=size, unique=True))
        for player, size in zip(players, shape, strict=True)
    }
    count = int(np.prod(shape))
    payoffs = {
        p: np.array(data.draw(st.lists(number, min_size=count, max_size=count)), dtype=object)
        .reshape(shape)
        .tolist()
        for p in players
    }
    issue = bg.Issue.normal_form("game", players, actions, payoffs)
    text = write_nfg(issue, 'ti"tle\\', body="outcomes" if outcomes else "payoffs")
    again = read(text)
    assert np.array_equal(again.issues["game"].exact_payoffs, issue.exact_payoffs)
    if not again.warnings:
        assert again.issues["game"].actions == issue.actions
    else:
        assert all('"/"' in w or "is called" in w for w in again.warnings)
