"""The exchange kernel against games solved one by one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bargaining import LinkageGame, load, loads
from bargaining.errors import BargainingError
from bargaining.files.library import bundled
from bargaining.sweeps.batch.exchange import Exchange
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job, job_of
from bargaining.sweeps.measures import parse_measure

NEAR = 1e-9
"""Gains agree to this share of the payoff range."""


def measures(game: LinkageGame, agendas: tuple[str, ...] = ("linked", "delinked")) -> list[str]:
    names = [f"{a}.{f}" for a in agendas for f in ("mutual_gain", "status")]
    names += [
        f'{a}.{f}["{p}"]' for a in agendas for f in ("gains", "promised") for p in game.players
    ]
    names += [f"verdict.{f}" for f in ("linking_breaks_deadlock", "effect", "linkage_gain_total")]
    names += [f'verdict.linkage_gain["{p}"]' for p in game.players]
    for k in game.issue_names:
        names += [f'issues["{k}"].status', f'issues["{k}"].exchange_rates[0]']
        names += [f'issues["{k}"].exchange_rates[1]']
    if len(game.players) > 2:
        names = [name for name in names if "exchange_rates" not in name]
    return names


def sweep_job(game: LinkageGame, vary: dict[str, Any], **more: Any) -> Job:
    names = measures(game)
    solution = more.pop("solution", "nash")
    asked = tuple(parse_measure(name) for name in names)
    return job_of(game, design(vary=vary, **more), asked, solution=solution)


def compare(job: Job, reach: float = 10.0) -> int:
    """Compare every decided row with its game; return how many are decided."""
    (kernel,) = job.kernels
    solved = kernel.solve(0, job.design.rows)
    asked = [measure for measure in job.measures if measure.name in kernel.answers]
    for row in range(job.design.rows):
        if not solved.decided[row]:
            continue
        expected, message = job._one(row, asked)
        assert message is None
        for name, value in expected.items():
            column = solved.columns[name]
            assert bool(column.known[row]) == (value is not None), (row, name, value)
            if isinstance(value, float):
                assert abs(column.values[row] - value) <= NEAR * reach, (row, name, value)
            elif value is not None:
                assert column.values[row] == value, (row, name)
    return int(solved.decided.sum())


NUMBERS = st.one_of(
    st.integers(-4, 4).map(str),
    st.sampled_from(["a", "b", "-a", "a*b", "a - b", "2*a - 1", "1/3", "-0.7", "0.1", "a + b/3"]),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    lines = [
        'format = "bargaining-game/1"',
        'players = ["x", "y"]',
        "[parameters]",
        "a = 1",
        "b = 1",
    ]
    count = draw(st.integers(1, 4))
    sizes = [draw(st.integers(2, 4 if count < 3 else 2)) for _ in range(count)]
    for k, size in enumerate(sizes):
        options = [f"o{i}" for i in range(size)]
        still = draw(st.integers(0, size - 1))
        lines += [f"[issues.k{k}]", f"options = {options}", f'status_quo = "o{still}"']
        for player in "xy":
            payoffs = [draw(NUMBERS) for _ in range(size)]
            lines.append(f"payoffs.{player} = {payoffs}")
    if count > 1 and draw(st.booleans()):
        for m in range(1, count):
            if draw(st.integers(0, 3)) == 0:
                continue
            lines += ["[[links]]", f'between = ["k0", "k{m}"]']
            lines.append(f"negotiable = {str(draw(st.booleans())).lower()}")
            if draw(st.booleans()):
                when = f'when = {{ k0 = "o1", k{m} = "o{draw(st.integers(0, 1))}" }}'
                payoffs = f'payoffs = {{ x = "{draw(NUMBERS)}", y = "{draw(NUMBERS)}" }}'
                lines += ["[[links.spillovers]]", when, payoffs]
    return "\n".join(lines)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts(), st.booleans())
def test_random_games(text: str, drawn: bool) -> None:
    game = loads(text, format="toml")
    if drawn:
        vary = {"parameters.a": "-1:2", "parameters.b": "0:1"}
        job = sweep_job(game, vary, kind="random", points=6)
    else:
        job = sweep_job(game, {"parameters.a": "-1:2:4", "parameters.b": "0:1:3"})
    decided = compare(job)
    if "spillovers" not in text:
        assert decided == job.design.rows


def test_guns_for_fentanyl_by_hand() -> None:
    """a*b <= 2/5 is deadlock; at a = b = 1 the gains are 3/2 and 9/4."""
    game = load("us_mexico/guns_for_fentanyl")
    job = sweep_job(game, {"parameters.a": "0:2:21", "parameters.b": "0:2:21"})
    (kernel,) = job.kernels
    solved = kernel.solve(0, job.design.rows)
    assert solved.decided.all()
    assert job.batched
    mutual = solved.columns["linked.mutual_gain"].values.reshape(21, 21)
    for i in range(21):
        for j in range(21):
            assert mutual[i, j] == (Fraction(i, 10) * Fraction(j, 10) > Fraction(2, 5))
    at = 10 * 21 + 10
    assert solved.columns['linked.gains["us"]'].values[at] == 1.5
    assert solved.columns['linked.gains["mexico"]'].values[at] == 2.25
    assert solved.columns["verdict.effect"].values[at] == "breaks_deadlock"


@pytest.mark.parametrize("noise", [0, "1/5"])
def test_rows_do_not_depend_on_their_neighbours(noise: Any) -> None:
    game = load("us_mexico/guns_for_fentanyl")
    vary = {"parameters.a": "0:2:11", "parameters.b": "0:2:11"}
    job = sweep_job(game, vary, noise=noise)
    (kernel,) = job.kernels
    whole = kernel.solve(0, 121)
    for start, stop in ((0, 1), (5, 60), (60, 121), (84, 85)):
        part = kernel.solve(start, stop)
        assert np.array_equal(part.decided, whole.decided[start:stop])
        for name, column in part.columns.items():
            assert np.array_equal(column.known, whole.columns[name].known[start:stop])
            there = column.known & part.decided
            assert np.array_equal(
                column.values[there], whole.columns[name].values[start:stop][there]
            )


@pytest.mark.parametrize("name", sorted(bundled()))
def test_bundled_games(name: str) -> None:
    try:
        game = load(name)
    except BargainingError:
        return
    if not game.issues or game.channels or len(game.interested) != 2:
        return
    vary: dict[str, Any] = {}
    for parameter, value in list(game.parameters.items())[:2]:
        vary[f"parameters.{parameter}"] = [
            value,
            value + Fraction(1, 1000),
            value * Fraction(9, 10),
        ]
    if not vary:
        return
    job = sweep_job(game, vary)
    if not job.kernels:
        return
    assert isinstance(job.kernels[0], Exchange)
    reach = 10 * max(game.reach)
    assert compare(job, reach) > 0


def test_other_solutions_are_asked_for_verdicts_only() -> None:
    game = load("us_mexico/guns_for_fentanyl")
    job = sweep_job(game, {"parameters.a": "0:2:3"}, solution="egalitarian")
    (kernel,) = job.kernels
    assert "linked.mutual_gain" in kernel.answers
    assert 'linked.gains["us"]' not in kernel.answers
    assert compare(job) == 3


def test_a_row_that_cannot_be_built_is_left_open() -> None:
    text = """
format = "bargaining-game/1"
players = ["x", "y"]
[parameters]
a = 1
[issues.k]
options = ["no", "yes"]
status_quo = "no"
payoffs = { x = [0, "1/a"], y = [0, 1] }
"""
    job = sweep_job(loads(text, format="toml"), {"parameters.a": "-1:1:3"})
    (kernel,) = job.kernels
    assert kernel.solve(0, 3).decided.tolist() == [True, False, True]
    solved = job.solve(0, 3)
    assert solved["status"].values.tolist() == ["ok", "failed", "ok"]
    assert "divisor" in solved["message"].values[1]


def test_a_stake_that_spillovers_cancel_is_left_open() -> None:
    """The second player has gains in the issue, and none in any joint outcome."""
    text = """
format = "bargaining-game/1"
players = ["x", "y"]
[parameters]
a = 1
[issues.k]
options = ["no", "yes"]
status_quo = "no"
payoffs = { x = [0, 1], y = [0, "a"] }
[issues.m]
options = ["no", "yes"]
status_quo = "no"
[[links]]
between = ["k", "m"]
[[links.spillovers]]
when.k = "yes"
payoffs.y = -1
"""
    job = sweep_job(loads(text, format="toml"), {"parameters.a": [0, 1, 2]})
    (kernel,) = job.kernels
    assert kernel.solve(0, 3).decided.tolist() == [True, False, True]
    compare(job)
