"""Payoff tables of a sweep against games built row by row."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bargaining import load, loads
from bargaining.errors import BargainingError
from bargaining.sweeps.batch.tables import Tables, tables_of
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job, job_of
from bargaining.sweeps.measures import parse_measure

GAME = """
format = "bargaining-game/1"
players = ["us", "mexico"]
[discount]
us = "1 - r"
mexico = 0.9
[issues.guns]
actions.us = ["no checks", "checks"]
actions.mexico = ["idle", "help"]
payoffs.us = [[0, "1/(a - 1)"], [-4, "max(a, b) - 5"]]
payoffs.mexico = [[0, "-a*b"], ["6*a", "c"]]
status_quo = { us = "no checks", mexico = "idle" }
[issues.labs]
options = ["none", "raid", "burn"]
payoffs = { us = [0, "5*b", "abs(a - b)"], mexico = [1, -3, "b**2"] }
status_quo = "none"
[[links]]
between = ["labs", "guns"]
[[links.spillovers]]
when = { labs = "raid", guns = { us = "checks" } }
payoffs = { us = "b", mexico = "a - 1/10" }
[[links.spillovers]]
when.guns = { us = "checks" }
when.labs = "raid"
payoffs.us = 2
[weights]
us.guns = "w"
[parameters]
a = 2
b = 1
c = "a + b/3"
w = 1
r = "1/10"
"""


def job(vary: dict[str, Any], text: str = GAME, **more: Any) -> Job:
    measures = (parse_measure("linked.mutual_gain"),)
    return job_of(loads(text, format="toml"), design(vary=vary, **more), measures)


def compare(tables: Tables, of: Job, rows: int) -> int:
    """Compare every row with its game; return how many are valid."""
    every = np.arange(rows)
    exact, floats = tables.at(every, exact=True), tables.at(every)
    for row in range(rows):
        try:
            game = of.game(row)
        except BargainingError:
            assert not exact.valid[row]
            assert not floats.valid[row]
            continue
        assert exact.valid[row]
        issues = list(game.issues.values())
        for block, sheet, near in zip(tables.blocks, exact.payoffs, floats.payoffs, strict=True):
            for c, cell in enumerate(block.cells.tolist()):
                at = dict(zip(block.issues, cell, strict=True))
                for p in range(len(game.players)):
                    total = sum(issues[k].exact_payoffs[a][p] for k, a in at.items())
                    for link in game.links or ():
                        k, m = (game.position(n) for n in link.between)
                        if link.spillovers is not None and k in at and m in at:
                            total += link.spillovers[at[k], at[m]][p]
                    assert sheet.value[row, c, p] == total
                    if floats.valid[row]:
                        off = abs(Fraction(float(near.value[row, c, p])) - total)
                        assert off <= Fraction(float(near.error[row, c, p]))
        for player, factor in game.discount.items():
            assert exact.discount[player].value[row] == factor
        for gains, block, payoffs in zip(exact.gains, tables.blocks, exact.payoffs, strict=True):
            less = payoffs.value[row] - payoffs.value[row, block.origin]
            assert np.all(gains.value[row] == less)
    return int(floats.valid.sum())


DESIGNS = [
    {"vary": {"parameters.a": "0:2:5", "parameters.b": "-1:1:4"}},
    {"vary": {"parameters.w": "-1:2:4", "parameters.a": [2, "7/3"]}},
    {"vary": {"issues.guns.payoffs.mexico[1][0]": "-1:2:4", "weights.mexico.labs": "0:2:3"}},
    {"vary": {"discount": "-0.1:1:12"}},
    {"vary": {"parameters.r": "0:1:5", "links[0].spillovers[1].payoffs.us": [0, 1]}},
    {"vary": {"parameters.a": "1.5:2", "parameters.w": "0:3"}, "kind": "random", "points": 12},
    {"vary": {"parameters.b": "0:3"}, "kind": "latin_hypercube", "points": 7},
    {"vary": {"parameters.a": "1.5:2:3"}, "noise": "0.1", "draws": 3},
    {"vary": {}, "noise": "1/7", "draws": 5},
]


@pytest.mark.parametrize("case", DESIGNS, ids=lambda case: ",".join(case["vary"]) or "noise")
def test_tables_are_those_of_the_games(case: dict[str, Any]) -> None:
    of = job(**case)
    tables = tables_of(of)
    assert tables is not None
    assert compare(tables, of, of.design.rows) > 0


def test_blocks_are_tied_by_spillovers() -> None:
    tables = tables_of(job({"parameters.a": "2:3:3"}))
    assert tables is not None
    (block,) = tables.blocks
    assert block.issues == (0, 1)
    assert block.cells[block.origin].tolist() == [0, 0]
    apart = tables_of(
        job(
            {"parameters.a": "2:3:3"},
            GAME.partition("[[links.spill")[0]
            + """
[weights]
us.guns = "w"
[parameters]
a = 2
b = 1
c = 0
w = 1
r = 0.1
""",
        )
    )
    assert apart is not None
    assert [block.issues for block in apart.blocks] == [(0,), (1,)]


def test_rows_need_not_follow_each_other() -> None:
    for kind in ("grid", "random"):
        vary = {"parameters.a": "2:3:5", "parameters.b": "0:1:4"}
        if kind == "random":
            vary = {name: text.rpartition(":")[0] for name, text in vary.items()}
        of = job(vary, kind=kind, points=20 if kind == "random" else None)
        tables = tables_of(of)
        assert tables is not None
        some = np.array([17, 3, 4, 11])
        whole, part = tables.at(np.arange(20)), tables.at(some)
        assert np.array_equal(whole.payoffs[0].value[some], part.payoffs[0].value)
        assert np.array_equal(whole.payoffs[0].error[some], part.payoffs[0].error)


REFUSED = {
    "a floor": GAME + '[floors]\nus = "a"\n',
    "a power that varies": GAME.replace("b**2", "2**(a - a + 1)"),
    "side payments": GAME + "[transfers]\nefficiency = 1\n",
    "too many digits": GAME.replace("b**2", "(((a - 2)**8)**8)**8"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_refused(why: str) -> None:
    assert tables_of(job({"parameters.a": [2, "2.000000000001"]}, REFUSED[why])) is None


def test_three_players_with_a_stake_are_refused() -> None:
    plan = design(vary={"issues.first.payoffs.one[1]": "1:3:3"})
    of = job_of(load("classic/three_way_trade"), plan, (parse_measure("linked.mutual_gain"),))
    assert tables_of(of) is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_random_formulas(data: st.DataObject) -> None:
    leaf = st.sampled_from(["a", "b", "c", "1", "0.1", "3", "1/3"])
    formula = st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
            st.builds("min({}, {})".format, inner, inner),
            st.builds("-abs({})".format, inner),
            st.builds("({})**{}".format, inner, st.integers(-2, 3)),
        ),
        max_leaves=5,
    )
    text = GAME.replace('"6*a"', f'"{data.draw(formula)}"')
    text = text.replace("max(a, b) - 5", data.draw(formula)).replace(
        "abs(a - b)", data.draw(formula)
    )
    text = text.replace('us = "b"', f'us = "{data.draw(formula)}"').replace("1/(a - 1)", "a")
    try:
        of = job({"parameters.a": "-1:1:3", "parameters.b": "0:1:3"}, text)
    except BargainingError:
        return
    tables = tables_of(of)
    assert tables is not None
    compare(tables, of, of.design.rows)
