"""Correlated and coarse correlated equilibria: known totals, brute force, brackets, forgeries."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from linked_games import CHICKEN, PENNIES, flattened, game, path, random_game
from scipy.optimize import linprog
from small_games import DILEMMA, matrix_issue

import bargaining as bg
from bargaining.equilibrium import joint_form as joint_module
from bargaining.equilibrium.correlated import correlated_equilibrium
from bargaining.equilibrium.linked_all import linked_equilibria
from bargaining.errors import InputError, VerificationError
from bargaining.model.issue import Issue
from bargaining.results import Status

NUMERICAL = 1e-6
COORDINATION = ([[4, 0], [0, 4]], [[4, 0], [0, 4]])
RATE_THREE = ([[1, -1], [-1, 1]], [[-3, 3], [3, -3]])
DOMINANCE = ([[3, 1, 4], [1, 5, 0], [1, 0, 2]], [[3, 1, 1], [4, 2, 0], [1, 0, 5]])


@pytest.mark.parametrize(
    ("tables", "coarse", "linked", "total"),
    [
        ([CHICKEN], False, False, F(21, 2)),  # C2.2, Aumann 1974
        ([CHICKEN, CHICKEN], False, True, F(21)),  # C2.3
        ([CHICKEN, CHICKEN], False, False, F(21)),
        ([DOMINANCE], False, False, F(6)),  # C2.4
        ([DOMINANCE], True, False, F(7)),
        ([DILEMMA], True, False, F(2)),  # C2.13
        ([COORDINATION], True, False, F(8)),
        ([DILEMMA, COORDINATION], True, False, F(10)),
        ([DILEMMA, COORDINATION], True, True, F(14)),
        ([DILEMMA, COORDINATION], False, True, F(10)),
        ([PENNIES, RATE_THREE], False, True, F(0)),  # C2.14
        ([PENNIES, RATE_THREE], True, True, F(2)),
        ([PENNIES, PENNIES], True, True, F(0)),
        ([PENNIES, RATE_THREE], True, False, F(0)),
    ],
)
def test_known_totals(tables: Any, coarse: bool, linked: bool, total: F) -> None:
    found = correlated_equilibrium(game(tables), coarse=coarse, linked=linked)
    assert found.exact
    assert found.value == found.total == total
    assert found.bounds == (total, total)
    assert found.verify()


def test_chicken_by_hand() -> None:
    """C2.2: half on both yielding, a quarter on each to one going."""
    found = correlated_equilibrium(matrix_issue("chicken", *CHICKEN))
    assert found.distributions["chicken"] == {
        "0 / 0": F(1, 2), "0 / 1": F(1, 4), "1 / 0": F(1, 4), "1 / 1": 0,
    }  # fmt: skip
    ((best, *rest),) = found.recommendations
    assert best == ({"chicken": "0 / 0"}, F(1, 2))
    assert len(rest) == 2


def test_objectives() -> None:
    chicken = matrix_issue("chicken", *CHICKEN)
    assert correlated_equilibrium(chicken, objective="a").payoffs == {"a": 7, "b": 2}
    assert correlated_equilibrium(chicken, objective="b").payoffs == {"a": 2, "b": 7}
    assert correlated_equilibrium(chicken, objective="egalitarian").value == F(21, 4)
    with pytest.raises(InputError, match="objective"):
        correlated_equilibrium(chicken, objective="totl")


def brute_force(linked: bg.LinkageGame, *, coarse: bool, weights: tuple[float, float]) -> float:
    """The best weighted sum over lotteries on the flattened matrix, by scipy."""
    _, _, payoffs = flattened(linked)
    tables = [payoffs[..., i].astype(float) for i in (0, 1)]
    rows, columns = tables[0].shape
    limits = []
    for other in range(rows):
        gain = tables[0][other][None, :] - tables[0]
        split = [range(rows)] if coarse else [[a] for a in range(rows)]
        for heard in split:
            part = np.zeros_like(gain)
            part[heard] = gain[heard]
            limits.append(part.ravel())
    for other in range(columns):
        gain = tables[1][:, other][:, None] - tables[1]
        split = [range(columns)] if coarse else [[a] for a in range(columns)]
        for heard in split:
            part = np.zeros_like(gain)
            part[:, heard] = gain[:, heard]
            limits.append(part.ravel())
    objective = weights[0] * tables[0] + weights[1] * tables[1]
    found = linprog(-objective.ravel(), A_ub=limits, b_ub=np.zeros(len(limits)),
                    A_eq=np.ones((1, rows * columns)), b_eq=[1], method="highs")  # fmt: skip
    assert found.status == 0
    return -float(found.fun)


GRAPHS = [([2, 2], []), ([2, 2], [(0, 1)]), ([2, 2, 2], path(3)), ([3, 2], [(0, 1)]),
          ([2, 2, 2], [(0, 1), (1, 2), (0, 2)]), ([2, 2, 2], [(0, 1)])]  # fmt: skip


@pytest.mark.parametrize("graph", GRAPHS, ids=str)
@pytest.mark.parametrize("coarse", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_against_the_flattened_programme(graph: Any, coarse: bool, seed: int) -> None:
    linked = random_game(np.random.default_rng(seed), *graph)
    for objective, weights in (("total", (1, 1)), ("b", (0, 1))):
        found = correlated_equilibrium(linked, coarse=coarse, linked=True, objective=objective)
        assert found.status is Status.SOLVED
        assert found.verify()
        best = brute_force(linked, coarse=coarse, weights=weights)
        assert abs(float(found.value or 0) - best) < NUMERICAL


def test_floats() -> None:
    linked = random_game(np.random.default_rng(4), [2, 2, 2], path(3), size=None)
    found = correlated_equilibrium(linked, coarse=True, linked=True)
    assert found.verify()
    best = brute_force(linked, coarse=True, weights=(1, 1))
    assert abs(float(found.value or 0) - best) < NUMERICAL


@pytest.mark.parametrize("seed", range(4))
def test_a_bracket_where_plays_are_not_written_out(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked = random_game(np.random.default_rng(seed), [2, 2, 2], path(3))
    exact = correlated_equilibrium(linked, linked=True)
    monkeypatch.setattr(joint_module, "MAX_FLAT_PLAYS", 10)
    found = correlated_equilibrium(linked, linked=True)
    lower, upper = found.bounds
    assert lower is not None
    assert upper is not None
    assert lower <= exact.value <= upper
    coarse = correlated_equilibrium(linked, coarse=True, linked=True)
    assert upper <= coarse.value
    nash = linked_equilibria(linked)
    assert lower >= min(sum(e.payoffs.values()) for e in nash.equilibria)
    assert found.verify()
    if lower < upper:
        assert found.status is Status.LIMIT_REACHED
        assert "between" in str(found)


def test_three_players() -> None:
    """A vote: paid 1 each if all agree; all equilibria of each issue add up."""
    players = ["a", "b", "c"]
    acts = {p: ["0", "1"] for p in players}
    agree = np.zeros((2, 2, 2), dtype=int)
    agree[0, 0, 0] = agree[1, 1, 1] = 1
    tables = {p: (agree * (i + 1)).tolist() for i, p in enumerate(players)}
    issues = [Issue.normal_form(k, players, acts, tables) for k in ("one", "two")]
    linked = bg.LinkageGame(players, issues)
    for coarse, together in itertools.product([True, False], repeat=2):
        found = correlated_equilibrium(linked, coarse=coarse, linked=together)
        assert found.payoffs == {"a": 2, "b": 4, "c": 6}
        assert found.verify()
    assert correlated_equilibrium(linked, objective="egalitarian", linked=True).value == 2


def test_bystanders_do_not_count_as_the_least() -> None:
    players = ["a", "b", "c"]
    acts = {"a": ["0", "1"], "b": ["0", "1"]}
    chicken = Issue.normal_form("k", players, acts, {"a": CHICKEN[0], "b": CHICKEN[1]})
    found = correlated_equilibrium(chicken, objective="egalitarian")
    assert found.value == F(21, 4)
    assert found.payoffs["c"] == 0


def test_option_issues_stay_at_the_status_quo() -> None:
    plan = Issue.from_options("plan", ["a", "b"], ["x", "y"], {"a": [1, 9]}, status_quo="x")
    found = correlated_equilibrium(bg.LinkageGame(["a", "b"], [plan]), linked=True)
    assert (found.payoffs, found.value) == ({"a": 1, "b": 0}, 1)
    assert found.distributions == {"plan": {"x": 1}}
    assert found.verify()


def test_forged_answers_are_rejected() -> None:
    found = correlated_equilibrium(game([CHICKEN, CHICKEN]), linked=True)
    (part,) = found.parts
    cheat = np.array([0, F(1), 0, 0], dtype=object) + F(0)
    worse = np.array([F(1), 0, 0, 0], dtype=object) + F(0)
    forged = (
        replace(found, value=F(22)),
        replace(found, payoffs={"a": F(11), "b": F(10)}),
        replace(found, parts=(replace(part, plans=(part.plans[0] * 2, part.plans[1])),)),
        # both yield for certain: not obeyed
        replace(
            found,
            payoffs={"a": F(45, 4), "b": F(45, 4)},
            value=F(45, 2),
            bounds=(F(45, 2),) * 2,
            parts=(replace(part, plans=(worse, part.plans[1])),),
        ),
        # an equilibrium, but not the best one
        replace(
            found,
            payoffs={"a": F(29, 4), "b": F(49, 4)},
            value=F(39, 2),
            bounds=(F(39, 2),) * 2,
            parts=(replace(part, plans=(cheat, part.plans[1])),),
        ),
        replace(found, parts=(replace(part, prices=(0,) * len(part.prices)),)),
    )
    for wrong in forged:
        with pytest.raises(VerificationError):
            wrong.verify()


def test_json() -> None:
    data = correlated_equilibrium(matrix_issue("k", *CHICKEN)).to_dict()
    assert (data["concept"], data["status"], data["value"]) == ("correlated", "solved", 10.5)
    assert data["exact"]["payoffs"] == {"a": "21/4", "b": "21/4"}
    assert data["recommendations"][0][0] == {"outcomes": {"k": "0 / 0"}, "probability": 0.5}


@pytest.mark.parametrize("margin", [F(1, 10**12), F(1, 10**18)])
@pytest.mark.parametrize("coarse", [False, True])
def test_a_margin_by_a_hair_is_decided(margin: F, coarse: bool) -> None:
    """In a prisoner's dilemma cooperation is strictly dominated, by however little."""
    a, b = [[3, 0], [3 + margin, margin]], [[3, 3 + margin], [0, margin]]
    moves = {"a": ["C", "D"], "b": ["C", "D"]}
    dilemma = Issue.normal_form("pd", ["a", "b"], moves, {"a": a, "b": b})
    found = correlated_equilibrium(dilemma, coarse=coarse)
    assert found.value == 2 * margin
    assert found.exact


@pytest.mark.parametrize("unit", [F(10) ** 30, F(1, 10**20), F(10) ** 12])
@pytest.mark.parametrize("objective", ["total", "egalitarian", "a"])
def test_units_do_not_matter(unit: F, objective: str) -> None:
    rng = np.random.default_rng(3)
    values = rng.integers(0, 10, size=(2, 4, 4))
    moves = {"a": list("wxyz"), "b": list("wxyz")}

    def best(scale: F) -> F | float | None:
        tables = [[[scale * int(v) for v in row] for row in table] for table in values]
        pay = dict(zip("ab", tables, strict=True))
        issue = Issue.normal_form("g", ["a", "b"], moves, pay)
        return correlated_equilibrium(issue, objective=objective).value

    one = best(F(1))
    assert one is not None
    assert best(unit) == unit * F(one)


def test_an_equilibrium_that_closes_a_bracket_is_shown() -> None:
    rng = np.random.default_rng(0)
    linked = random_game(rng, [2] * 8, path(8))
    found = correlated_equilibrium(linked, linked=True)
    assert found.value is not None
    assert set(found.distributions) == set(linked.issues)
    for shares in found.distributions.values():
        assert sum(float(p) for p in shares.values()) == pytest.approx(1)
