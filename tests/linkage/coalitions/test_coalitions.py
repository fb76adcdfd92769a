"""One question about coalitions: what it accepts, what it refuses, what it prints."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import pytest

import bargaining as bg
from bargaining.errors import BargainingError, GameFileError, InputError, NotSupportedError
from bargaining.linkage.coalitions.joining import adding_party
from bargaining.linkage.coalitions.ntu_core import ntu_core
from bargaining.linkage.coalitions.stability import signing_coalitions


def test_keys_and_numbers_in_any_form() -> None:
    forms = [
        {frozenset({"b", "a"}): "9/4", ("a",): 0.1},
        {"a": "1/10", "b + a": F(9, 4)},
        {("a",): 0.1, ("b", "a"): 2.25, "b": 0, (): 0},
    ]
    for worth in forms:
        answer = bg.coalitions(worth)
        assert answer.verify()
        assert answer.worth == {"a": F(1, 10), "b": 0, "a+b": F(9, 4)}


def test_numbered_players_keep_their_numbers() -> None:
    answer = bg.coalitions({frozenset({0, 1}): 1, frozenset({0, 2}): 1, frozenset({0, 1, 2}): 1})
    assert answer.verify()
    assert answer.shapley == {0: F(2, 3), 1: F(1, 6), 2: F(1, 6)}
    assert answer.to_dict()["shapley"] == {"0": 2 / 3, "1": 1 / 6, "2": 1 / 6}


@pytest.mark.parametrize(
    ("worth", "words"),
    [
        ({"a+b": math.nan}, "finite"),
        ({"a+b": math.inf}, "finite"),
        ({"a+b": "lots"}, "a\\+b"),
        ({"a+b": None}, "number"),
        ({"a+b": True}, "number"),
        ({"a+b": 1, "b+a": 1}, "twice"),
        ({"a+a": 1, "b": 2}, "once"),
        ({"a": 1}, "between 2 and"),
        ({}, "between 1 and"),
        ({(): 1, "a+b": 1}, "empty coalition"),
        ({3.5: 1}, "coalitions such as"),
        ({("a", None): 1}, "names"),
        ({("a+b", "c"): 1}, "names"),
        ({(1, "1"): 1}, "text"),
        ({tuple(range(200)): 1}, "between 2 and"),
        ([("a", 1)], "mapping"),
        (7, "mapping"),
    ],
)  # fmt: skip
def test_wrong_worths(worth: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        bg.coalitions(worth)  # type: ignore[arg-type]


def test_wrong_arguments() -> None:
    with pytest.raises(InputError, match="outsiders"):
        bg.coalitions({"a+b": 1}, outsiders="asleep")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="utility"):
        bg.coalitions({"a+b": 1}, utility="some")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="expected a game"):
        bg.coalitions({"a+b": 1}, utility="nontransferable")


STATED = """
format = "bargaining-game/1"
players = ["a", "b", "c"]
[issues.i]
actions.a = ["no", "yes"]
payoffs.b = [0, 1]
status_quo.a = "no"
[worth]
"a+b" = 1
"""


@pytest.mark.parametrize("outsiders", ["status_quo", "minmax", "best_reply"])
def test_stated_worths_take_no_convention(outsiders: Any) -> None:
    with pytest.raises(InputError, match=r"the given text: \[worth\]: stated worths leave open"):
        bg.coalitions(bg.loads(STATED), outsiders=outsiders)
    with pytest.raises(InputError, match="the worths: stated worths leave open"):
        bg.coalitions({"a+b": 1}, outsiders=outsiders)


def test_questions_about_deals_refuse_stated_worths() -> None:
    game = bg.loads(STATED)
    questions: list[Callable[[], object]] = [
        lambda: adding_party(game, "c"),
        lambda: signing_coalitions(game),
        lambda: ntu_core(game),
    ]
    for question in questions:
        with pytest.raises(InputError, match=r"without \[worth\]"):
            question()


def test_empty_worths_are_named() -> None:
    with pytest.raises(GameFileError, match=r"or a coalition in \[worth\], found neither"):
        bg.loads('format = "bargaining-game/1"\nplayers = ["a", "b"]\n[worth]\n')


@pytest.mark.parametrize("seed", [-1, 1.5, "1", True, [1]])
def test_wrong_seeds_are_refused_even_unused(seed: Any) -> None:
    with pytest.raises(InputError, match="seed: expected a whole number of at least 0"):
        bg.coalitions({"a+b": 1}, seed=seed)


@pytest.mark.parametrize(
    ("extra", "channel"),
    [("[floors]\na = 1\n", "floors"), ("[reservation]\na = 1\n", "reservation")],
)
def test_the_remedy_of_a_refusal_works(extra: str, channel: str) -> None:
    plain = STATED.partition("[worth]")[0]
    with pytest.raises(NotSupportedError) as refused:
        bg.coalitions(bg.loads(plain + extra))
    said = str(refused.value)
    assert said.startswith("the given text: ")
    assert f"[{channel}]; remove it, or state [worth]" in said
    assert bg.coalitions(bg.loads(plain)).verify()
    assert bg.coalitions(bg.loads(STATED + extra)).verify()


def test_without_a_status_quo_only_minmax_is_advised() -> None:
    actions = {"a": ["H", "T"], "b": ["H", "T"]}
    table = [[1, -1], [-1, 1]]
    payoffs = {"a": table, "b": [[-x for x in row] for row in table]}
    issue = bg.Issue.normal_form("game", ["a", "b"], actions, payoffs)
    game = bg.LinkageGame(["a", "b"], [issue], name="pennies.nfg")
    (note, *_) = (n for n in bg.coalitions(game, outsiders="best_reply").notes if "ask with" in n)
    assert note.startswith("pennies.nfg: ")
    assert note.endswith('ask with outsiders="minmax"')
    assert bg.coalitions(game, outsiders="minmax").verify()


def test_missing_grand_coalition_is_said() -> None:
    answer = bg.coalitions({"a": 1, "b": 1})
    assert answer.verify()
    assert answer.worth["a+b"] == 0
    assert any("all players" in note for note in answer.notes)
    assert answer.nucleolus_kind == "prenucleolus"


def test_no_equilibrium_is_an_answer_not_a_crash() -> None:
    answer = bg.coalitions(bg.load("classic/matching_pennies"), outsiders="best_reply")
    assert answer.status == "not_defined"
    assert answer.worth == {"row": None, "column": None, "row+column": 0}
    assert answer.shapley is None
    assert answer.core is None
    assert answer.verify()
    assert any("no equilibrium in pure acts" in note for note in answer.notes)
    assert "not defined" in str(answer)


def test_several_equilibria_are_reported() -> None:
    answer = bg.coalitions(bg.load("classic/stag_hunt"), outsiders="best_reply")
    assert answer.verify()
    assert answer.worth == {"row": 0, "column": 0, "row+column": 2}  # from (3, 3) at hare, hare
    assert answer.best_worth == {"row": 1, "column": 1}


@pytest.mark.parametrize("outsiders", ["status_quo", "minmax", "best_reply"])
def test_bundled_three_party_games(outsiders: str) -> None:
    for name in ("north_american_treaty", "canada_joins", "silo_rivalry"):
        answer = bg.coalitions(bg.load(f"us_mexico/{name}"), outsiders=outsiders)  # type: ignore[arg-type]
        assert answer.verify()
        assert answer.outsiders == outsiders
        data = answer.to_dict(exact=True)
        assert json.loads(json.dumps(data)) == data


def test_six_issue_game_of_two() -> None:
    game = bg.load("us_mexico/six_issue_table")
    answer = bg.coalitions(game)
    assert answer.verify()
    assert answer.worth["us+mexico"] == sum(bg.settle(game, solution="coco").gains.values())


def test_many_array_issues() -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    gains = rng.integers(-9, 10, (300, 4, 3))
    gains[:, 0] = 0
    answer = bg.coalitions(bg.LinkageGame.from_payoffs(gains))
    assert answer.worth["1+2+3"] == gains.sum(axis=2).max(axis=1).sum()
    assert answer.worth["1"] == 0  # option issues need all who have a stake
    assert answer.verify()


def test_pie_of_two_and_of_three() -> None:  # C1.15
    two = bg.LinkageGame.from_payoffs([[[0, 0], [1, 0], [0, 1]]])
    three = bg.LinkageGame.from_payoffs([[[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]])
    for game, share in ((two, 0.5), (three, 1 / 3)):
        settled = bg.settle(game)
        assert settled.verify()
        assert all(abs(float(gain) - share) <= 2e-5 for gain in settled.gains.values())
        answer = bg.coalitions(game)
        assert answer.nucleolus is not None
        assert set(answer.nucleolus.values()) == {F(1, len(game.players))}


def test_what_home_asks_is_refused_clearly() -> None:
    with pytest.raises(NotSupportedError, match=r"\[premium\]"):
        bg.coalitions(bg.load("us_mexico/one_audience"))
    with pytest.raises(BargainingError):
        bg.coalitions(bg.load("us_mexico/two_ratifiers"))


def test_text_says_what_matters() -> None:
    text = str(bg.coalitions({"a+b": 1, "a+c": 1, "b+c": 1, "a+b+c": 1}))
    assert "core: empty; least core value 1/3" in text
    assert "v(a+b) = 1" in text
