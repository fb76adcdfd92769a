"""Deals that keep themselves, asked of many rows at once, against games solved one by one."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.model.game import LinkageGame
from bargaining.sweeps.batch import kernels
from bargaining.sweeps.batch.base import Solved
from bargaining.sweeps.batch.enforcement import KINDS, Enforcement, kernel_of
from bargaining.sweeps.batch.tables import tables_of
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job, job_of
from bargaining.sweeps.measures import parse_measure

NEAR = 1e-9
CONIC = 5e-6
"""How exact settlements under requirements are, row by row."""
GUNS = "us_mexico/guns_for_fentanyl"
FACTORS = ("settlement", "full", "any")
AGENDAS = ("linked", "delinked")
PLAYERS = ["us", "mexico"]


def asked(agendas: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """Measures of all kinds under all agendas, critical discounts by their last name."""
    return [
        f"{agenda}.critical_discount.{kind}" if kind in FACTORS else f"{agenda}.{kind}"
        for agenda in agendas
        for kind in kinds
    ]


def job(game: LinkageGame, vary: Mapping[str, Any], names: Sequence[str], **more: Any) -> Job:
    own = any("critical" not in name for name in names)
    measures = tuple(parse_measure(name) for name in names)
    return job_of(
        game, design(vary=vary, **more), measures, require=("enforcement",) if own else ()
    )


def kernel(work: Job, kinds: Sequence[str] = tuple(KINDS)) -> Enforcement | None:
    tables = tables_of(work)
    return None if tables is None else kernel_of(work, tables, frozenset(), kinds)


def cells(solved: Solved, row: int) -> dict[str, Any]:
    return {
        name: column.values[row].item() if hasattr(column.values[row], "item") else
        column.values[row]
        for name, column in solved.columns.items()
        if column.known[row]
    }  # fmt: skip


def assert_same(
    work: Job, solved: Solved, rows: Sequence[int] | None = None, near: float = NEAR
) -> int:
    """Compare what is decided with the same rows one by one; return how many rows that is."""
    compared = 0
    for row in range(work.design.rows) if rows is None else rows:
        if not solved.decided[row]:
            continue
        compared += 1
        wanted, message = work._one(row, work.measures)
        assert message is None
        found = cells(solved, row)
        for name in solved.columns:
            true = wanted[name]
            if true is None:
                assert name not in found, (name, row, found)
            elif isinstance(true, float):
                assert math.isclose(found[name], true, rel_tol=0, abs_tol=near), (name, row)
            else:
                assert found[name] == true, (name, row)
    return compared


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


def favours(first: Sequence[Any], second: Sequence[Any]) -> LinkageGame:
    """One act of each player, worth (us, mexico)."""
    document = {
        "format": "bargaining-game/1",
        "players": PLAYERS,
        "discount": {"us": "1/2", "mexico": "1/2"},
        "issues": {
            name: {
                "actions": {actor: ["no", "yes"]},
                "payoffs": {p: [0, str(v)] for p, v in zip(PLAYERS, worth, strict=True)},
                "status_quo": {actor: "no"},
            }
            for name, actor, worth in (("one", "us", first), ("other", "mexico", second))
        },
    }
    return bg.loads(json.dumps(document), format="json")


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


@st.composite
def issues(draw: st.DrawFn) -> dict[str, Any]:
    """Favours, dilemmas, options and anything, with small whole numbers."""
    small = st.integers(-4, 6)
    kind = draw(st.sampled_from(["us", "mexico", "us", "mexico", "options", "dilemma", "any"]))
    if kind in PLAYERS:
        count = draw(st.integers(1, 2))
        worth = {
            p: [0] + [draw(st.integers(-4, 0) if p == kind else small) for _ in range(count)]
            for p in PLAYERS
        }
        acts = [f"act {a}" for a in range(count + 1)]
        return {"actions": {kind: acts}, "payoffs": worth, "status_quo": {kind: "act 0"}}
    if kind == "options":
        worth = {p: [0, draw(small), draw(small)] for p in PLAYERS}
        return {"options": ["now", "new", "other"], "payoffs": worth, "status_quo": "now"}
    acts = {p: ["C", "D"] for p in PLAYERS}
    quo = dict.fromkeys(PLAYERS, "D")
    if kind == "any":
        worth = {p: [[draw(small), draw(small)], [draw(small), 0]] for p in PLAYERS}
        return {"actions": acts, "payoffs": worth, "status_quo": quo}
    good, more, less = (draw(st.integers(1, 5)) for _ in range(3))
    gain, loss = draw(st.integers(1, 5)), draw(st.integers(0, 3))
    worth = {"us": [[good, -less], [good + more, 0]], "mexico": [[gain, gain + 2], [-loss, 0]]}
    return {"actions": acts, "payoffs": worth, "status_quo": quo}


@st.composite
def games(draw: st.DrawFn) -> tuple[LinkageGame, str]:
    """A game of one to three issues, perhaps with a spillover, and the path of a payoff."""
    tables = {f"i{k}": draw(issues()) for k in range(draw(st.integers(1, 3)))}
    document: dict[str, Any] = {
        "format": "bargaining-game/1",
        "players": PLAYERS,
        "discount": {"us": "2/3", "mexico": "3/4"},
        "issues": tables,
    }
    names = list(tables)
    if len(names) > 1 and draw(st.booleans()):
        when = {
            name: issue["options"][1]
            if "options" in issue
            else {p: acts[0] for p, acts in issue["actions"].items()}
            for name, issue in list(tables.items())[:2]
        }
        worth = {p: draw(st.integers(-2, 2)) for p in PLAYERS}
        document["links"] = [
            {"between": [a, b]} for k, a in enumerate(names) for b in names[k + 1 :]
        ]
        document["links"][0]["spillovers"] = [{"when": when, "payoffs": worth}]
    player = draw(st.sampled_from(PLAYERS))
    double = isinstance(tables["i0"]["payoffs"][player][1], list)
    place = draw(st.sampled_from(["[0][0]", "[0][1]", "[1][0]"])) if double else "[1]"
    return bg.loads(json.dumps(document), format="json"), f"issues.i0.payoffs.{player}{place}"


SLOW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@SLOW
@given(games())
def test_factors_as_one_by_one(drawn: tuple[LinkageGame, str]) -> None:
    game, path = drawn
    try:
        work = job(game, {path: "-4,0,1/3,3"}, asked(AGENDAS, FACTORS))
    except bg.BargainingError:
        return  # no game can be asked
    for kinds in (("any", "full"), ("settlement",)):
        found = kernel(work, kinds)
        if found is not None:
            assert_same(work, found.solve(0, work.design.rows))


@SLOW
@given(games(), st.sampled_from(["1/4,2/3", "3/5,0.75", "1/2,9/10"]))
def test_who_gains_as_one_by_one(drawn: tuple[LinkageGame, str], factors: str) -> None:
    game, path = drawn
    names = asked(AGENDAS, ("mutual_gain", "status", "gains.us", "gains.mexico"))
    try:
        work = job(game, {path: "0,3", "discount.us": factors}, names)
    except bg.BargainingError:
        return
    found = kernel(work)
    if found is None:
        return
    solved = found.solve(0, work.design.rows)
    sound = []
    for row in range(work.design.rows):
        status = work._one(row, work.measures)[0]
        if all(value is not None for value in status.values()):  # floats saw who can gain
            sound.append(row)
    assert_same(work, solved, sound, near=CONIC)


single = st.fractions(min_value=Fraction(1, 5), max_value=6, max_denominator=20)


@SLOW
@given(st.tuples(single, single, single, single))
def test_two_favours_are_always_decided(numbers: tuple[Fraction, ...]) -> None:
    cost, worth, other_worth, other_cost = numbers
    game = favours((-cost, worth), (other_worth, -other_cost))
    work = job(game, {"discount": "1/3,1/2"}, asked(AGENDAS, FACTORS))
    found = kernel(work)
    assert found is not None
    solved = found.solve(0, 2)
    assert solved.decided.all()
    seen = cells(solved, 0)
    # each pays d^2 times what the other's act is worth: cost^2 / worth for both to be content
    if cost * other_cost >= worth * other_worth:
        assert seen == {}
    else:
        product = cost * other_cost / (worth * other_worth)
        assert seen["linked.critical_discount.any"] == pytest.approx(math.sqrt(product), abs=1e-12)


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
