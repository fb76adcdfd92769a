"""Deals that keep themselves in games drawn at random, against games solved one by one."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

import pytest
from enforced_rows import (
    AGENDAS,
    CONIC,
    FACTORS,
    PLAYERS,
    asked,
    assert_same,
    cells,
    favours,
    job,
    kernel,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.model.game import LinkageGame


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
