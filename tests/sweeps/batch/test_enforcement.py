"""Deals that keep themselves, asked of many rows at once, against games solved one by one."""

from __future__ import annotations

import json
import math

import pytest
from enforced_rows import (
    AGENDAS,
    FACTORS,
    GUNS,
    PLAYERS,
    asked,
    assert_same,
    cells,
    favours,
    job,
    kernel,
)

import bargaining as bg
from bargaining.sweeps.batch import kernels


def test_three_thresholds_of_guns_for_fentanyl() -> None:
    work = job(bg.load(GUNS), {"discount": "0.5,0.9"}, asked(AGENDAS, FACTORS))
    found = kernel(work)
    assert found is not None
    solved = found.solve(0, 2)
    assert solved.decided.all()
    for row in (0, 1):
        assert cells(solved, row) == pytest.approx(
            {
                "linked.critical_discount.any": math.sqrt(2 / 5),
                "linked.critical_discount.full": 4 / 5,
                "linked.critical_discount.settlement": 7 / 10,
            },
            abs=1e-14,
        )


def test_five_issues_as_the_game_states() -> None:
    game = bg.load("us_mexico/five_issue_core")
    work = job(game, {"discount.us": "0.5,0.9"}, asked(("linked",), FACTORS))
    found = kernel(work)
    assert found is not None
    solved = found.solve(0, 2)
    assert solved.decided.all()
    assert cells(solved, 0) == pytest.approx(
        {
            "linked.critical_discount.settlement": 31 / 60,
            "linked.critical_discount.full": 9 / 10,
            "linked.critical_discount.any": 1 / 4,
        },
        abs=1e-14,
    )
    assert_same(work, solved)


def test_favours_at_their_exact_threshold() -> None:
    # each gives up 1 for 4 of the other: shares last where d^2 (1 + 3)(1 + 3) >= 1, so from 1/4 on
    game = favours((-1, 4), (4, -1))
    factors = {"discount": "0.2499999999999,1/4,0.2500000000001,1/2,0.999999"}
    work = job(game, factors, asked(AGENDAS, ("mutual_gain", "status")))
    found = kernel(work)
    assert found is not None
    solved = found.solve(0, 5)
    assert solved.decided.all()
    both = solved.columns["linked.mutual_gain"]
    assert both.values.tolist() == [False, True, True, True, True]
    assert solved.columns["linked.status"].values.tolist() == ["no_agreement"] + ["agreement"] * 4
    assert solved.columns["delinked.status"].values.tolist() == ["no_agreement"] * 5
    lowest = kernel(job(game, factors, asked(("linked",), ("any",))))
    assert lowest is not None
    column = lowest.solve(0, 5).columns["linked.critical_discount.any"]
    assert column.values == pytest.approx([1 / 4] * 5, abs=1e-14)


def test_unequal_factors_make_up_for_each_other() -> None:
    # with both acts the conditions meet where d_1 d_2 16 = 1
    vary = {"discount.us": "1/8,0.1249999999999", "discount.mexico": "1/2,0.4999999999999"}
    work = job(favours((-1, 4), (4, -1)), vary, ["linked.mutual_gain"])
    found = kernel(work)
    assert found is not None
    solved = found.solve(0, 4)
    assert solved.decided.all()
    assert solved.columns["linked.mutual_gain"].values.tolist() == [True, False, False, False]


def test_gains_where_a_condition_binds() -> None:
    # raids in full, checks p: d (5 - 4p) >= (1 - d) 4p, so that p <= 5/6 at 2/3; Nash wants 7/8
    names = asked(("linked", "delinked"), ("status",)) + [
        f"{agenda}.{field}.{player}"
        for agenda, field in (("linked", "gains"), ("linked", "promised"), ("delinked", "gains"))
        for player in PLAYERS
    ]
    work = job(bg.load(GUNS), {"discount": "3/5,2/3,9/10"}, names)
    found = kernel(work)
    assert found is not None
    assert found.answers == set(names)
    solved = found.solve(0, 3)
    assert solved.decided.all()
    for field in ("gains", "promised"):
        us, mexico = (solved.columns[f"linked.{field}.{player}"].values for player in PLAYERS)
        assert us == pytest.approx([0, 5 / 3, 3 / 2], abs=1e-12)
        assert mexico == pytest.approx([0, 2, 9 / 4], abs=1e-12)
    assert solved.columns["delinked.gains.us"].values.tolist() == [0, 0, 0]
    assert_same(work, solved)


def test_spillovers_that_turn_a_temptation_round() -> None:
    # from w = 3 on Mexico would rather raid too where the US checks, so that mixing tempts less
    vary = {"parameters.w": "-6:6:13", "issues.guns.payoffs.mexico[1]": "2:12:3"}
    work = job(bg.load(GUNS), vary, asked(AGENDAS, FACTORS))
    found = kernel(work)
    assert found is not None
    solved = found.solve(0, work.design.rows)
    # w = -2, payoff 12: three outcomes lie on a line, so that settlements differ in shares
    assert [tuple(map(int, work.design.exact(r))) for r in (~solved.decided).nonzero()[0]] == [
        (-2, 12)
    ]
    assert assert_same(work, solved, [*range(0, 39, 3), 1, 32, 38]) == 16


TWO = ["us_mexico/guns_for_fentanyl", "us_mexico/security_keystone", "us_mexico/tariff_slack",
       "classic/prisoners_dilemma", "classic/multimarket_contact", "classic/exchange_of_favours",
       "us_mexico/nearshoring_tax", "us_mexico/border_scanning"]  # fmt: skip


@pytest.mark.parametrize("name", TWO)
def test_bundled_games(name: str) -> None:
    game = bg.load(name)
    issue = next(iter(game.issues))
    table = game.document["issues"][issue]["payoffs"][game.players[0]]
    place = "[1][1]" if isinstance(table[1], list) else "[1]"
    vary = {f"issues.{issue}.payoffs.{game.players[0]}{place}": "-3,-1/2,2"}
    work = job(game, vary, asked(AGENDAS, ("any", "full")))
    found = kernel(work)
    if found is not None:
        assert_same(work, found.solve(0, 3))
    assert name != GUNS or found is not None


def test_rows_do_not_depend_on_their_neighbours() -> None:
    vary = {"parameters.a": (0, 2), "parameters.b": (0, 2), "parameters.w": (-1, 1)}
    for kinds in (FACTORS, ("mutual_gain", "gains.us")):
        work = job(bg.load(GUNS), vary, asked(AGENDAS, kinds), kind="random", points=300, seed=3)
        found = kernel(work)
        assert found is not None
        whole = found.solve(0, 300)
        for start, stop in ((0, 1), (17, 18), (100, 257)):
            part = found.solve(start, stop)
            assert part.decided.tolist() == whole.decided[start:stop].tolist()
            for name, column in part.columns.items():
                again = whole.columns[name]
                assert column.values.tobytes() == again.values[start:stop].tobytes()
                assert column.known.tolist() == again.known[start:stop].tolist()


BATTLE = """
format = "bargaining-game/1"
players = ["us", "mexico"]
discount = { us = 0.5, mexico = 0.5 }
[issues.venue]
actions = { us = ["a", "b"], mexico = ["a", "b"] }
payoffs = { us = [[2, 0], [0, 1]], mexico = [[1, 0], [0, 2]] }
status_quo = { us = "a", mexico = "b" }
"""


def test_a_status_quo_that_is_no_equilibrium_is_left_open() -> None:
    work = job(
        bg.loads(BATTLE, format="toml"), {"discount": "0.5,0.9"}, asked(("linked",), ("any",))
    )
    assert kernel(work) is None


def test_the_sweep_asks_the_kernels() -> None:
    work = job(bg.load(GUNS), {"discount": "0.5,0.9"}, asked(("linked",), FACTORS))
    answered = [name for one in kernels(work) for name in one.answers]
    assert sorted(answered) == sorted(measure.name for measure in work.measures)
    assert work.batched
    columns = work.solve(0, 2)
    assert columns["linked.critical_discount.full"].values.tolist() == [0.8, 0.8]
    lottery = job(bg.load(GUNS), {"discount": "0.5"}, ["linked.critical_discount.lottery"])
    assert not lottery.batched


def test_rows_in_which_nobody_can_gain() -> None:
    """Along the edge of the grid one player, or both, have nothing at stake."""
    payoffs = {"us": ["k", "k + w"], "mexico": [0, "v"]}
    game = bg.loads(
        json.dumps(
            {
                "format": "bargaining-game/1",
                "players": PLAYERS,
                "parameters": {"k": 0, "v": 1, "w": 1},
                "issues": {
                    "visit": {"options": ["no", "yes"], "payoffs": payoffs, "status_quo": "no"}
                },
            }
        ),
        format="json",
    )
    vary = {"parameters.w": "-1:1:3", "parameters.v": "-1:1:3", "parameters.k": [0, "2/3"]}
    work = job(game, vary, asked(AGENDAS, FACTORS))
    solved = kernel(work).solve(0, work.design.rows)  # type: ignore[union-attr]
    assert_same(work, solved)
    answers = work.solve(0, work.design.rows)
    still = [row for row in range(work.design.rows) if not any(work.design.exact(row)[:2])]
    assert len(still) == 2
    assert all(status == "ok" for status in answers["status"].values)
    for agenda in AGENDAS:
        for kind in ("settlement", "any"):
            assert not answers[f"{agenda}.critical_discount.{kind}"].known[still].any()
