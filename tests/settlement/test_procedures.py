"""Perles-Maschler and the two Raiffa solutions against closed forms and other methods."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from small_games import whole_gains

import bargaining as bg
from bargaining.errors import NotDefinedError, VerificationError
from bargaining.settlement.checker import check_package
from bargaining.settlement.solutions import SOLUTIONS
from bargaining.settlement.solutions.steps import Steps

CLOSE = 1e-7
PROPERTY = settings(
    deadline=None, max_examples=40, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
PLANAR = ("perles_maschler", "raiffa", "raiffa_continuous")
TRIANGLE = [[0, 0], [4, 0], [0, 6]]
RECTANGLE = [[0, 0], [4, 0], [0, 6], [4, 6]]
SYMMETRIC = [[0, 0], [6, 0], [0, 6], [4, 4]]


def game_of(*issues: Any) -> bg.LinkageGame:
    return bg.LinkageGame.from_payoffs(np.array(issues, dtype=object))


@pytest.mark.parametrize("solution", PLANAR)
@pytest.mark.parametrize(
    ("issue", "gains"), [(TRIANGLE, (2, 3)), (RECTANGLE, (4, 6)), (SYMMETRIC, (4, 4))]
)
def test_closed_forms(solution: str, issue: Any, gains: tuple[int, int]) -> None:
    found = bg.settle(game_of(issue), solution=solution)
    assert tuple(found.gains.values()) == gains
    assert found.tolerance == 0
    assert found.verify()


def test_perles_maschler_by_hand() -> None:
    """Edges (0,4)-(4,3) and (4,3)-(7,0): lengths 2 and 3; half is 5/2, one sixth into the second.

    By hand: 2 + 3t = 5/2, so t = 1/6.
    """
    found = bg.settle(game_of([[0, 0], [0, 4], [4, 3], [7, 0]]), solution="perles_maschler")
    assert tuple(found.gains.values()) == (F(9, 2), F(5, 2))
    assert found.tolerance == 0
    assert found.verify()


def test_perles_maschler_with_surds() -> None:
    """Edges with products 2 and 3 (sides 1 x 2, 1 x 3): equal sums need sqrt(2), sqrt(3)."""
    found = bg.settle(game_of([[0, 0], [0, 5], [1, 3], [2, 0]]), solution="perles_maschler")
    half = (math.sqrt(2) + math.sqrt(3)) / 2
    t = (half - math.sqrt(2)) / math.sqrt(3)
    assert abs(float(found.gains["1"]) - (1 + t)) <= 1e-12
    assert abs(float(found.gains["2"]) - (3 - 3 * t)) <= 1e-12
    assert 0 < found.tolerance <= 1e-12
    assert found.verify()


def test_discrete_raiffa_by_hand() -> None:
    """Guns for fentanyl: (3/2, 9/5), then best points 9/5 and 9/4 on one edge: (33/20, 81/40)."""
    game = bg.load("us_mexico/guns_for_fentanyl")
    found = bg.settle(game, solution="raiffa")
    assert tuple(found.gains.values()) == (F(33, 20), F(81, 40))
    assert found.details["guns+fentanyl"]["steps"] == 2
    assert found.verify()


def test_continuous_raiffa_against_a_fine_walk() -> None:
    """Small steps of u' = b(u) - u on u2 = min(18/5 - 3/5 u1, 9/2 - 3/2 u1)."""
    u = np.zeros(2)
    step = 1e-4
    for _ in range(120_000):
        most = max(min((18 - 5 * u[1]) / 3, (9 - 2 * u[1]) / 3), 0)
        high = min(18 / 5 - 3 / 5 * u[0], 9 / 2 - 3 / 2 * u[0])
        u = u + step * (np.array([most, high]) - u)
    # the frontier between (0, 18/5), (1, 3) and (3, 0)
    found = bg.settle(bg.load("us_mexico/guns_for_fentanyl"), solution="raiffa_continuous")
    assert np.abs(np.array(list(map(float, found.gains.values()))) - u).max() <= 1e-3
    assert found.verify()


def test_raiffa_shares_a_pie_among_three() -> None:
    found = bg.settle(game_of([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]), solution="raiffa")
    assert tuple(found.gains.values()) == (F(1, 3),) * 3
    assert found.verify()


def test_raiffa_of_three_leaves_out_who_cannot_gain() -> None:
    found = bg.settle(game_of([[0, 0, 0], [4, 0, 0], [0, 6, 0], [1, 1, -1]]), solution="raiffa")
    assert tuple(found.gains.values()) == (2, 3, 0)
    assert found.verify()


@pytest.mark.parametrize("players", [3, pytest.param(4, marks=pytest.mark.slow)])
def test_raiffa_of_many_players(players: int) -> None:
    rng = np.random.default_rng(players)
    for _ in range(5):
        data = whole_gains(rng, (3, 4, players), -4, 8)
        game = bg.LinkageGame.from_payoffs(data)
        found = bg.settle(game, solution="raiffa")
        assert found.verify()
        kalai = bg.settle(game, solution="kalai_smorodinsky")
        ideal = kalai.parts[0].ideal
        if ideal is not None:
            for i in kalai.parts[0].gainers:
                share = float(ideal[i]) / len(kalai.parts[0].gainers)
                assert float(found.gains[game.players[i]]) >= share - CLOSE


def test_two_ways_to_raiffa_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two players by linear programmes, exact and numerical, as on the polygon."""
    from bargaining.settlement.solutions import raiffa_many
    from bargaining.settlement.solutions.procedure import Question

    rng = np.random.default_rng(2)
    methods = set()
    for exact_size in (400, 0):
        monkeypatch.setattr(raiffa_many, "EXACT_SIZE", exact_size)
        for _ in range(10):
            data = whole_gains(rng, (2, 4, 2), -4, 8)
            game = bg.LinkageGame.from_payoffs(data)
            polygon = bg.settle(game, solution="raiffa")
            if len(polygon.parts[0].gainers) < 2:
                continue
            other = raiffa_many.settle_many(Question(game, (0, 1), (0, 1), None, None))
            methods.add(other.method)
            for mine, theirs in zip(polygon.gains.values(), other.gains, strict=True):
                assert abs(float(mine) - float(theirs)) <= CLOSE * 10
    assert methods == {"exact programmes", "linear programmes"}


def test_not_defined() -> None:
    three = game_of([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    for solution in ("perles_maschler", "raiffa_continuous", "coco", "nash_variable_threat",
                     "adjusted_winner"):  # fmt: skip
        with pytest.raises(NotDefinedError, match=r"2 players with a stake.*take nash"):
            bg.settle(three, solution=solution)
        with pytest.raises(NotDefinedError, match="pure deals"):
            bg.settle(game_of(TRIANGLE), solution=solution, deals="pure")
    with pytest.raises(NotDefinedError, match="pure deals"):
        bg.solve(three, solution="raiffa", deals="pure")


def test_a_bystander_does_not_count() -> None:
    issue = [[0, 0, 0], [4, 0, 0], [0, 6, 0]]
    for solution in PLANAR:
        found = bg.settle(game_of(issue), solution=solution)
        assert tuple(found.gains.values()) == (2, 3, 0)
        assert found.verify()


def test_tampered_procedures_do_not_verify() -> None:
    game = bg.load("us_mexico/guns_for_fentanyl")
    nash = bg.settle(game)
    for solution in PLANAR:
        found = bg.settle(game, solution=solution)
        part = found.parts[0]
        moved = replace(
            part,
            gains=nash.parts[0].gains,
            deal=nash.parts[0].deal,
            weights=nash.parts[0].weights,
        )
        for wrong in (moved, replace(part, evidence=None), replace(moved, evidence=None)):
            with pytest.raises(VerificationError):
                replace(
                    found, parts=(wrong,), lotteries=nash.lotteries, gains=nash.gains,
                    promised=nash.promised, payoffs=nash.payoffs,
                ).verify()  # fmt: skip
            with pytest.raises(VerificationError):
                check_package(game, wrong, SOLUTIONS[solution], found.weights, found.tolerance)
    found = bg.settle(game, solution="raiffa")
    part = found.parts[0]
    assert isinstance(part.evidence, Steps)
    shorter = replace(part.evidence, steps=part.evidence.steps[:1])
    with pytest.raises(VerificationError, match="midpoint"):
        replace(found, parts=(replace(part, evidence=shorter),)).verify()


@st.composite
def planar_games(draw: st.DrawFn, issues: int = 3) -> bg.LinkageGame:
    count = draw(st.integers(1, issues))
    cells = draw(st.lists(st.integers(-5, 6), min_size=count * 6, max_size=count * 6))
    data = np.zeros((count, 4, 2), dtype=np.int64)
    data[:, 1:] = np.array(cells).reshape(count, 3, 2)
    return bg.LinkageGame.from_payoffs(data)


def numbers(found: bg.Settlement) -> np.ndarray:
    return np.array([float(g) for g in found.gains.values()])


@PROPERTY
@given(planar_games(), st.fractions(F(1, 5), 5))
def test_units_do_not_matter(game: bg.LinkageGame, factor: F) -> None:
    data = np.array([issue.exact_gains for issue in game.issues.values()], dtype=object)
    scaled = bg.LinkageGame.from_payoffs(data * np.array([factor, F(1)], dtype=object))
    for solution in PLANAR:
        before, after = (bg.settle(g, solution=solution) for g in (game, scaled))
        expected = numbers(before) * np.array([float(factor), 1.0])
        assert np.abs(numbers(after) - expected).max() <= CLOSE * 10 * (1 + expected.max())
        assert after.verify()


@PROPERTY
@given(planar_games())
def test_names_do_not_matter(game: bg.LinkageGame) -> None:
    data = np.array([issue.exact_gains for issue in game.issues.values()], dtype=object)
    swapped = bg.LinkageGame.from_payoffs(data[:, :, ::-1])
    for solution in PLANAR:
        before, after = (bg.settle(g, solution=solution) for g in (game, swapped))
        assert np.abs(numbers(before) - numbers(after)[::-1]).max() <= CLOSE * 10


@PROPERTY
@given(planar_games())
def test_raiffa_gives_everyone_half_of_his_ideal(game: bg.LinkageGame) -> None:
    ideal = bg.settle(game, solution="kalai_smorodinsky").parts[0]
    assume(len(ideal.gainers) == 2)
    assert ideal.ideal is not None
    for solution in ("raiffa", "raiffa_continuous"):
        found = bg.settle(game, solution=solution)
        for gain, most in zip(found.gains.values(), ideal.ideal, strict=True):
            assert float(gain) >= float(most) / 2 - CLOSE * 10


@PROPERTY
@given(planar_games(), planar_games())
def test_perles_maschler_is_super_additive(one: bg.LinkageGame, two: bg.LinkageGame) -> None:
    """Settled on the sum of two individually rational sets nobody gets less than the sum (D3)."""
    parts = []
    for game in (one, two):
        frontier = bg.frontier(game, rational_only=True)
        corners = [frontier.point(i) for i in range(len(frontier))]
        parts.append([(F(0), F(0)), *corners, (corners[-1][0], F(0)), (F(0), corners[0][1])])
    longest = max(map(len, parts))
    issues = [[*part, *[part[0]] * (longest - len(part))] for part in parts]
    game = game_of(*issues)
    linked, delinked = (
        numbers(bg.settle(game, solution="perles_maschler", agenda=agenda))
        for agenda in ("linked", "delinked")
    )
    assert (linked >= delinked - CLOSE).all()


@PROPERTY
@given(planar_games())
def test_perles_maschler_by_bisection(game: bg.LinkageGame) -> None:
    """Halve the integral on a fine cut of the frontier, independently of the walk."""
    frontier = bg.frontier(game, rational_only=True)
    corners = [np.array(list(map(float, frontier.point(i)))) for i in range(len(frontier))]
    found = bg.settle(game, solution="perles_maschler")
    assume(len(found.parts[0].gainers) == 2)
    x = float(found.gains["1"])
    sides = [0.0, 0.0]
    for a, b in itertools.pairwise(corners):
        length = math.sqrt((b[0] - a[0]) * (a[1] - b[1]))
        part = min(max((x - a[0]) / (b[0] - a[0]), 0.0), 1.0)
        sides[0] += part * length
        sides[1] += (1 - part) * length
    assert abs(sides[0] - sides[1]) <= 1e-9 * (1 + sum(sides))
