"""The rung of the ladder that cvxpy and Clarabel stand for, with every other rung taken away."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import bargaining as bg
from bargaining.settlement.composed import conic as rung
from bargaining.settlement.composed import matrix, solver
from bargaining.settlement.composed.package import compose
from bargaining.settlement.composed.program import ComposedProgram
from bargaining.settlement.linearised import home_test

CLOSE = 1e-6
GAME = """
format = "bargaining-game/1"
players = ["us", "mexico"]
[premium.mexico]
scale = "kappa"
rate = 1
form = "FORM"
[premium.us]
scale = "1/8"
rate = "1/2"
[issues.operations]
actions.mexico = ["none", "joint"]
payoffs = { us = [0, 6], mexico = [0, 2] }
visibility.mexico = [0, 4]
status_quo.mexico = "none"
[issues.money]
actions.us = ["no aid", "aid"]
payoffs = { us = [0, -4], mexico = [0, 4] }
visibility.us = [0, 2]
status_quo.us = "no aid"
[parameters]
kappa = 1
"""


def arrays_and_goals(game: bg.LinkageGame) -> tuple[Any, list[Any]]:
    """The programme of the linked package, and what it is asked for by several concepts."""
    package, rules = (0, 1), game.ratification
    able = home_test(game, rules).able(package)
    program = ComposedProgram(
        compose(game, [package], rules, None), [able.found.gainers], [able.closed]
    )
    goals: list[Any] = []

    def noted(arrays: Any, goal: Any, start: Any, unit: float) -> Any:
        goals.append((goal, start, unit))
        return real(arrays, goal, start, unit)

    real = solver.maximise
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bargaining.settlement.composed.program.maximise", noted)
        program.maximise_logs({0: F(1), 1: F(2)})
        program.maximise_sum([0, 1])
        program.maximise_least({0: F(1), 1: F(3)})
    return program.arrays, goals


def score(arrays: Any, goal: Any, z: Any, unit: float) -> float:
    terms = arrays.values(z, unit)[goal.terms]
    if goal.kind == "logs":
        return float(goal.weights @ np.log(terms))
    return float(goal.weights @ terms if goal.kind == "sum" else (terms / goal.weights).min())


@pytest.fixture(params=["exponential", "quadratic"])
def text(request: pytest.FixtureRequest) -> str:
    return GAME.replace("FORM", request.param)


@pytest.mark.parametrize("parameters", [True, False])
def test_clarabel_finds_what_the_certified_ladder_finds(
    text: str, parameters: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not parameters:
        monkeypatch.setattr(matrix, "MAX_DENSE", 0)
    arrays, goals = arrays_and_goals(bg.loads(text))
    assert arrays.dense is parameters
    assert {goal.kind for goal, _, _ in goals} == {"logs", "sum", "least"}
    for goal, start, unit in goals:
        best = solver.maximise(arrays, goal, start, unit)
        (found,) = rung.conic(arrays, goal, start, unit)
        assert score(arrays, goal, found, unit) == pytest.approx(
            score(arrays, goal, best.z, unit), rel=CLOSE, abs=CLOSE
        )


def test_other_numbers_of_the_same_structure_are_not_compiled_again(text: str) -> None:
    games = [bg.loads(text, parameters={"kappa": kappa}) for kappa in ("1", "1/2", "1/3")]
    tasks = [(arrays, *goals[0]) for arrays, goals in map(arrays_and_goals, games)]
    rung.compiled.cache_clear()
    for task in tasks:
        list(rung.conic(*task))
    assert rung.compiled.cache_info().misses == 1
    assert rung.compiled(rung._structure(*tasks[0][:2])).problem.is_dpp()


def test_what_was_solved_before_leaves_no_trace(text: str) -> None:
    """Any order, and any number of threads, gives the same bytes."""
    tasks = []
    for kappa in ("1", "1/2", "3/2", "7/4", "1/9", "2/3"):
        arrays, goals = arrays_and_goals(bg.loads(text, parameters={"kappa": kappa}))
        tasks.append((arrays, *goals[0]))

    def solved(task: Any) -> bytes:
        (found,) = rung.conic(*task)
        return np.asarray(found).tobytes()

    first = [solved(task) for task in tasks]
    assert len(set(first)) == len(tasks)
    assert [solved(task) for task in reversed(tasks)][::-1] == first
    rung.compiled.cache_clear()
    assert solved(tasks[3]) == first[3]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(solved, tasks * 3)) == first * 3


def test_it_steps_in_where_the_interior_point_method_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gains ln 2 - 1/2 each, depth ln 2: the closed form of the game file."""
    monkeypatch.setattr(solver, "interior", lambda *_: None)
    asked: list[int] = []

    def counted(*task: Any) -> Iterator[Any]:
        asked.append(1)
        return real(*task)

    real = rung.conic
    monkeypatch.setattr(rung, "conic", counted)
    found = bg.settle(bg.load("us_mexico/sovereignty_premium"), agenda="linked")
    assert asked
    assert found.verify()
    for player in ("us", "mexico"):
        assert float(found.gains[player]) == pytest.approx(np.log(2) - 0.5, abs=CLOSE)
