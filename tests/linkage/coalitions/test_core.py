"""The core: points and balanced weights, checked here once more, and against scipy."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import pytest
from coalition_games import Worth, drawn, table
from scipy.optimize import linprog

import bargaining as bg
from bargaining.errors import VerificationError


def least_by_scipy(worth: Worth) -> float:
    players = sorted(set().union(*worth))
    everyone = frozenset(players)
    rows = [[-float(p in s) for p in players] + [-1.0] for s in worth if s != everyone]
    right = [-float(v) for s, v in worth.items() if s != everyone]
    found = linprog(
        [0.0] * len(players) + [1.0], rows, right,
        [[1.0] * len(players) + [0.0]], [float(worth[everyone])],
        [(None, None)] * (len(players) + 1), method="highs",
    )  # fmt: skip
    assert found.status == 0
    return float(found.fun)


@pytest.mark.parametrize("seed", range(18))
@pytest.mark.parametrize("count", [2, 3, 4, 6, 8])
def test_core_by_its_definition(seed: int, count: int) -> None:
    worth = drawn(seed, count)
    answer = bg.coalitions(worth)
    assert answer.verify()
    core, everyone = answer.core, frozenset(answer.players)
    assert core is not None
    assert abs(float(core.least) - least_by_scipy(worth)) <= 1e-7 * max(
        1.0, *(abs(float(v)) for v in worth.values())
    )
    assert answer.least_core == core.least
    assert core.empty == (core.least > 0)
    assert sum(core.least_point.values()) == worth[everyone]
    for members, value in worth.items():
        if members != everyone:
            assert sum(core.least_point[p] for p in members) >= value - core.least
    if core.empty:
        weights = {frozenset(name.split("+")): w for name, w in core.certificate.weights.items()}
        assert core.certificate.kind == "balancing"
        assert all(weight > 0 for weight in weights.values())
        for player in answer.players:
            assert sum(w for members, w in weights.items() if player in members) == 1
        assert sum(F(w) * worth[members] for members, w in weights.items()) > worth[everyone]
    else:
        assert core.certificate.kind == "allocation"
        assert core.point == answer.nucleolus
        assert all(sum(core.point[p] for p in s) >= v for s, v in worth.items())


@pytest.mark.parametrize("seed", [3, 5, 9, 11, 15])
def test_convex_games_have_their_shapley_value_in_the_core(seed: int) -> None:  # Shapley 1971
    worth = drawn(seed, 6)
    answer = bg.coalitions(worth)
    assert answer.convex is True
    assert answer.superadditive is True
    assert answer.shapley is not None
    assert all(sum(answer.shapley[p] for p in s) >= v for s, v in worth.items())
    assert answer.core is not None
    assert not answer.core.empty


@pytest.mark.parametrize("seed", range(12))
def test_nature_by_the_definitions(seed: int) -> None:
    worth = drawn(seed, 5) | {frozenset(): F(0)}
    answer = bg.coalitions({s: v for s, v in worth.items() if s})
    pairs = [(s, t) for s in worth for t in worth]
    assert answer.monotone == all(worth[s] <= worth[t] for s, t in pairs if s <= t)
    assert answer.superadditive == all(
        worth[s | t] >= worth[s] + worth[t] for s, t in pairs if not s & t
    )
    assert answer.convex == all(
        worth[s | t] + worth[s & t] >= worth[s] + worth[t] for s, t in pairs
    )


def test_majority_of_three_has_no_core() -> None:
    answer = bg.coalitions(table("abc", lambda s: int(len(s) > 1)))
    assert answer.core is not None
    assert answer.core.certificate.weights == dict.fromkeys(["a+b", "a+c", "b+c"], F(1, 2))
    assert answer.least_core == F(1, 3)
    assert answer.core.point is None


def test_tampered_answers_fail() -> None:
    answer = bg.coalitions(table("abc", lambda s: int(len(s) > 1)))
    core = answer.core
    assert core is not None
    assert answer.shapley is not None
    for wrong in (
        replace(answer, shapley={**answer.shapley, "a": F(1)}),
        replace(answer, nucleolus={"a": F(1), "b": F(0), "c": F(0)}),
        replace(answer, least_core=F(0)),
        replace(answer, worth={**answer.worth, "a+b": F(2)}),
        replace(answer, core=replace(core, empty=False)),
        replace(answer, core=replace(core, least_point={"a": F(1), "b": F(0), "c": F(0)})),
        replace(
            answer,
            core=replace(
                core,
                certificate=replace(core.certificate, weights={"a+b": F(1), "c": F(1)}),
            ),
        ),
    ):
        with pytest.raises(VerificationError):
            wrong.verify()


def test_wrong_worths_of_a_game_are_noticed() -> None:
    answer = bg.coalitions(bg.load("us_mexico/north_american_treaty"))
    assert answer.verify()
    with pytest.raises(VerificationError, match=r"us\+mexico"):
        replace(answer, worth={**answer.worth, "us+mexico": F(2)}).verify()


def test_least_core_of_two_players() -> None:
    """Both are given as much beyond what they are worth alone: (9 - 1 - 2) / 2."""
    answer = bg.coalitions({"a": 1, "b": 2, "a+b": 9})
    assert answer.least_core == -3
    assert answer.nucleolus == {"a": 4, "b": 5}
