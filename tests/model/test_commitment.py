"""Conditional acts between two issues: the favour game, the definition, and bad files."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import pytest
from small_games import GUNS_FOR_FENTANYL

import bargaining as bg
from bargaining.equilibrium.correlated import correlated_equilibrium
from bargaining.equilibrium.linked_all import linked_equilibria
from bargaining.errors import GameFileError, NotDefinedError
from bargaining.files.document import same_game
from bargaining.files.write import write
from bargaining.model.commitment import with_commitment
from bargaining.model.issue import Issue

PAIR = '[commitment]\npairs = [["guns", "fentanyl"]]\n'


def test_favours() -> None:
    """C2.9: the tables of the conditional strategies, and both equilibria."""
    merged = with_commitment(bg.loads(GUNS_FOR_FENTANYL + PAIR)).issues["guns & fentanyl"]
    first, second = (merged.exact_payoffs[:, i].reshape(3, 3).tolist() for i in (0, 1))
    assert first == [[0, 5, 0], [-4, 1, 1], [0, 1, 1]]
    assert second == [[0, -3, 0], [6, 3, 3], [0, 3, 3]]
    found = linked_equilibria(bg.loads(GUNS_FOR_FENTANYL + PAIR))
    assert found.complete
    assert {tuple(e.payoffs.values()) for e in found.equilibria} == {(0, 0), (1, 3)}
    bare = linked_equilibria(bg.loads(GUNS_FOR_FENTANYL + PAIR), commitment=False)
    assert [tuple(e.payoffs.values()) for e in bare.equilibria] == [(0, 0)]


def test_mediators_can_use_them() -> None:
    game = bg.loads(GUNS_FOR_FENTANYL + PAIR)
    assert correlated_equilibrium(game, linked=True).value == 4
    assert correlated_equilibrium(game, linked=True, commitment=False).value == 0
    assert correlated_equilibrium(game).value == 0


def test_exchange_reads_the_game_as_it_stands() -> None:
    bare, paired = (
        bg.solve(bg.loads(GUNS_FOR_FENTANYL)),
        bg.solve(bg.loads(GUNS_FOR_FENTANYL + PAIR)),
    )
    assert paired.to_dict()["agendas"] == bare.to_dict()["agendas"]


def issue(name: str, players: list[str], actions: dict[str, list[str]], **payoffs: Any) -> Issue:
    start = {p: labels[0] for p, labels in actions.items()}
    return Issue.normal_form(name, players, actions, payoffs, status_quo=start)


def paired(players: list[str], *issues: Issue, **more: Any) -> bg.LinkageGame:
    names = tuple(i.name for i in issues[:2])
    return bg.LinkageGame(
        players, list(issues), channels={"commitment": {"pairs": (names,)}}, **more
    )


def test_several_ways_to_act() -> None:
    """One conditional act per way to leave the status quo, in one issue or in both."""
    players = ["a", "b"]
    one = issue("one", players, {"a": ["0", "1"], "b": ["0", "1"]}, a=[[0, 1], [2, 3]])
    two = issue("two", players, {"a": ["x", "y"]}, b=[0, 10])
    merged = with_commitment(paired(players, one, two)).issues["one & two"]
    assert merged.actions["a"][:4] == ("0 + x", "0 + y", "1 + x", "1 + y")
    assert merged.actions["a"][4:] == tuple(
        f"{act} iff the other acts" for act in ("0 + y", "1 + x", "1 + y")
    )
    assert merged.actions["b"] == ("0", "1", "1 iff the other acts")
    assert merged.status_quo == "0 + x / 0"
    table = merged.exact_payoffs.reshape(7, 3, 2)
    assert tuple(table[6, 0]) == (0, 0)  # b stays: the condition fails
    assert tuple(table[6, 1]) == (3, 10)  # b acts
    assert tuple(table[6, 2]) == (3, 10)  # both conditional: both carried out
    assert tuple(table[3, 2]) == (3, 10)  # a acts, so b does
    assert tuple(table[0, 2]) == (0, 0)


def test_three_players_wait_for_each_other() -> None:
    players = ["a", "b", "c"]
    one = issue("one", players, {"a": ["0", "1"], "b": ["0", "1"]},
                a=[[0, 3], [-1, 2]], b=[[0, -1], [3, 2]])  # fmt: skip
    two = issue("two", players, {"c": ["0", "1"]}, a=[0, 5], c=[0, -1])
    merged = with_commitment(paired(players, one, two)).issues["one & two"]
    assert merged.actions["c"] == ("0", "1", "1 iff the others act")
    table = merged.exact_payoffs.reshape(3, 3, 3, 3)
    assert tuple(table[2, 2, 2]) == (7, 2, -1)
    assert tuple(table[2, 2, 0]) == (0, 0, 0)  # c stays: neither a nor b acts
    assert tuple(table[2, 0, 2]) == (0, 0, 0)
    assert tuple(table[1, 0, 2]) == (-1, 3, 0)  # a acts alone; c's condition fails


def test_spillovers_follow_the_acts() -> None:
    text = (
        GUNS_FOR_FENTANYL
        + PAIR
        + """
[issues.trade]
actions.us = ["tariff", "free"]
payoffs.us = [0, -1]
status_quo.us = "tariff"
[[links]]
between = ["guns", "fentanyl"]
[[links.spillovers]]
when.guns.us = "egress checks"
when.fentanyl.mexico = "lab raids"
payoffs = { us = 10 }
[[links]]
between = ["trade", "guns"]
[[links.spillovers]]
when.trade.us = "free"
when.guns.us = "egress checks"
payoffs = { mexico = 7 }
[[links]]
between = ["fentanyl", "trade"]
negotiable = false
[[links.spillovers]]
when.fentanyl.mexico = "lab raids"
when.trade.us = "free"
payoffs = { mexico = 20 }
"""
    )
    game = with_commitment(bg.loads(text))
    merged = game.issues["guns & fentanyl"]
    assert tuple(merged.exact_payoffs.reshape(3, 3, 2)[2, 2]) == (11, 3)
    assert game.links is not None
    (link,) = game.links
    assert link.negotiable
    assert link.spillovers is not None
    table = link.spillovers if link.between[1] == "trade" else link.spillovers.transpose(1, 0, 2)
    both = merged.outcome("egress checks iff the other acts / lab raids iff the other acts")
    assert tuple(table[both, 1]) == (0, 27)
    assert tuple(table[merged.outcome("no checks / lab raids"), 1]) == (0, 20)
    assert tuple(table[merged.outcome("egress checks / no raids"), 1]) == (0, 7)
    assert not table[:, 0].any()


def test_issues_off_the_table() -> None:
    game = bg.loads(GUNS_FOR_FENTANYL + PAIR).without("guns")
    assert with_commitment(game) is game


def test_written_and_read_again() -> None:
    game = bg.loads(GUNS_FOR_FENTANYL + PAIR)
    again = bg.loads(write(replace(game, document={}), "toml").text)
    assert same_game(again, game)
    assert with_commitment(again).issues["guns & fentanyl"].size == 9


def test_too_many_strategies() -> None:
    labels = ", ".join(f'"{i}"' for i in range(30))
    many = f"""
format = "bargaining-game/1"
players = ["a", "b"]
[issues.one]
actions = {{ a = [{labels}], b = [{labels}] }}
status_quo = {{ a = "0", b = "0" }}
[issues.two]
actions = {{ a = [{labels}], b = [{labels}] }}
status_quo = {{ a = "0", b = "0" }}
[commitment]
pairs = [["one", "two"]]
"""
    with pytest.raises(GameFileError, match="at most 200,000 combinations"):
        bg.loads(many)


def test_nobody_to_wait_for() -> None:
    players = ["a", "b"]
    one = issue("one", players, {"a": ["0", "1"]}, a=[0, 1])
    two = issue("two", players, {"a": ["0", "1"]}, a=[0, 1])
    with pytest.raises(NotDefinedError, match="at least two players"):
        with_commitment(paired(players, one, two))


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ('pairs = [["guns", "guns"]]', "expected two different issues"),
        ('pairs = [["guns"]]', "expected two issues, found 1"),
        ('pairs = [["guns", "fentanil"]]', 'did you mean "fentanyl"?'),
        ('pairs = ["guns"]', "expected a list"),
        ('pair = [["guns", "fentanyl"]]', 'did you mean "pairs"?'),
        ('pairs = [["guns", "fentanyl"], ["fentanyl", "plan"]]', "expected each issue in one pair"),
        ('pairs = [["guns", "plan"]]', "joint options"),
        ('pairs = [["guns", "more guns"]]', "at least two players who can act"),
        ('pairs = [["fentanyl", "more guns"]]', "may be linked"),
    ],
)
def test_bad_files(table: str, problem: str) -> None:
    text = f"""{GUNS_FOR_FENTANYL}
[issues."more guns"]
actions.us = ["no", "yes"]
status_quo.us = "no"
[issues.plan]
options = ["x", "y"]
status_quo = "x"
[[links]]
between = ["guns", "fentanyl"]
[[links]]
between = ["guns", "more guns"]
[commitment]
{table}
"""
    with pytest.raises(GameFileError, match="commitment") as error:
        bg.loads(text)
    assert problem in str(error.value)


def test_thresholds_stay_exact() -> None:
    """Whatever the numbers, conditional acts pay each side what both acts pay."""
    game = bg.loads(GUNS_FOR_FENTANYL.replace("-4", '"-13/3"') + PAIR)
    payoffs = {tuple(e.payoffs.values()) for e in linked_equilibria(game).equilibria}
    assert payoffs == {(0, 0), (F(2, 3), 3)}
