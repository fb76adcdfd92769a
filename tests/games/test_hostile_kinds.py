"""Wrong kinds in every place: always a report, never another exception."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any

import pytest

import bargaining as bg
from bargaining.errors import BargainingError, GameFileError

BASE: dict[str, Any] = {
    "format": "bargaining-game/1",
    "title": "t",
    "question": "q",
    "players": ["us", "mexico", "senate"],
    "parameters": {"w": 1},
    "weights": {"us": {"g": 2}},
    "discount": {"us": 0.5},
    "floors": {"us": 1},
    "caps": {"us": 1},
    "vetoes": {"g": ["senate"]},
    "reservation": {"us": 1},
    "premium": {"us": {"scale": 1, "rate": 1}},
    "source": {"text": "s", "references": ["r"]},
    "claims": [{"says": "a", "source": "b", "holds_when": "1 < 2"}],
    "issues": {
        "g": {
            "title": "x",
            "actions": {"us": ["a", "b"], "mexico": ["c", "d"]},
            "payoffs": {"us": [[0, 1], [2, 3]], "mexico": [[0, 1], [2, "w"]]},
            "status_quo": {"us": "a", "mexico": "c"},
            "visibility": {"us": [0, 1, 2, 3]},
        },
        "o": {"options": ["s", "t"], "status_quo": "s", "payoffs": {"us": [0, 1]}},
    },
    "links": [
        {
            "between": ["g", "o"],
            "negotiable": True,
            "spillovers": [{"when": {"g": {"us": "b"}, "o": "t"}, "payoffs": {"us": "w"}}],
        }
    ],
}
WRONG: list[Any] = [3, "x", None, True, [], {}, [None], [[1]], {"us": None}, -1.5, "1/0", 10**400]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [p for key, item in items for p in [(*path, key), *places(item, (*path, key))]]


@pytest.mark.parametrize("place", places(BASE), ids=lambda p: ".".join(map(str, p)))
def test_any_value_anywhere(place: tuple[Any, ...]) -> None:
    for wrong in WRONG:
        document = copy.deepcopy(BASE)
        parent: Any = document
        for key in place[:-1]:
            parent = parent[key]
        parent[place[-1]] = wrong
        with contextlib.suppress(BargainingError):  # anything else fails the test
            bg.solve(bg.loads(json.dumps(document), format="json"))


def test_the_base_is_right() -> None:
    bg.loads(json.dumps(BASE), format="json")


@pytest.mark.parametrize("text", ['{"title": "\\ud800"}', '{"players": ["\\udfff", "b"]}'])
def test_half_surrogates(text: str) -> None:
    with pytest.raises(GameFileError, match="surrogate"):
        bg.loads(text, format="json")


def test_wrong_arguments_are_input_errors() -> None:
    game = bg.load("us_mexico/guns_for_fentanyl")
    calls: list[Any] = [
        lambda: bg.solve("x"),  # type: ignore[arg-type]
        lambda: bg.solve(None),  # type: ignore[arg-type]
        lambda: bg.frontier(None),  # type: ignore[arg-type]
        lambda: bg.equilibria(5),  # type: ignore[arg-type]
        lambda: bg.minimal_packages(5),  # type: ignore[arg-type]
        lambda: bg.exchange_rates([]),  # type: ignore[arg-type]
        lambda: bg.settle(game, agenda=None),  # type: ignore[arg-type]
        lambda: bg.settle(game, agenda=["a"]),  # type: ignore[arg-type]
        lambda: bg.settle(game, solution=5),  # type: ignore[arg-type]
        lambda: bg.settle(game, solution=[]),  # type: ignore[arg-type]
        lambda: bg.settle(game, weights=5),  # type: ignore[arg-type]
        lambda: bg.settle(game, weights=[1, 2]),  # type: ignore[arg-type]
        lambda: bg.settle(game, weights={"us": "x"}),
        lambda: bg.settle(game, weights={"us": 2}, solution="egalitarian"),
        lambda: bg.settle(game, require=5),  # type: ignore[arg-type]
        lambda: bg.loads(None),  # type: ignore[arg-type]
        lambda: bg.loads(b"x"),  # type: ignore[arg-type]
        lambda: bg.load(5),  # type: ignore[arg-type]
        lambda: bg.load(""),
        lambda: bg.load("us_mexico/guns_for_fentanyl", parameters={1: 2}),  # type: ignore[dict-item]
        lambda: bg.LinkageGame(["a", "b"], [1]),  # type: ignore[arg-type, list-item]
        lambda: bg.LinkageGame.from_payoffs([[[0, 0], [1, 1]], [[0, 0]]]),
        lambda: bg.LinkageGame.from_payoffs([[[0, 0], [1e308, -1e308]]]),
        lambda: bg.LinkageGame.from_payoffs([[[0, 0], [5e-324, 1]]]),
        lambda: bg.LinkageGame.from_payoffs([[[0, 0], [10**400, 1]]]),
        lambda: bg.LinkageGame.from_payoffs([[[0, 0], [1, 1]]], players=["a", 1]),  # type: ignore[list-item]
        lambda: bg.LinkageGame.from_payoffs([[[0, 0], [1, 1]]], players=5),  # type: ignore[arg-type]
        lambda: bg.LinkageGame.from_payoffs([[[0, 0], [1, 1]]], players={"a", "b"}),  # type: ignore[arg-type]
        lambda: bg.LinkageGame.from_payoffs([[[0, 0], [1, 1]]], players=["a+b", "c"]),
    ]
    for number, call in enumerate(calls):
        with pytest.raises(BargainingError):
            print(number, call())


def test_games_and_verdicts_can_be_pickled() -> None:
    import pickle

    verdict = bg.solve(bg.load("us_mexico/six_issue_table"))
    list(verdict.search)
    again = pickle.loads(pickle.dumps(verdict))
    assert again.verify()
    assert again.minimal_packages == verdict.minimal_packages
