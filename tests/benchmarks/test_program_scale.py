"""Scale of the programme: by hand with ``python -m pytest tests/benchmarks -s``.

Every figure is measured in this run; what is timed is certified, nothing timed is asserted.
"""

from __future__ import annotations

import statistics
import time

import numpy as np
import pytest

import bargaining as bg
from bargaining.geometry.mutual import mutual_gain
from bargaining.geometry.support import support
from bargaining.model.deal import gains
from bargaining.settlement.layout import Layout
from bargaining.settlement.program import GAP, Program

SEEDS = 20


def payoffs(kind: str, rng: np.random.Generator, size: tuple[int, int, int]) -> np.ndarray:
    if kind == "normal":
        data = rng.normal(size=size)
    elif kind == "-9..9":
        data = rng.integers(-9, 10, size=size)
    else:
        data = rng.uniform(-2, 1, size=size)
    data[:, 0] = 0
    return data


def certified(game: bg.LinkageGame, found: bg.Settlement) -> bool:
    """Feasible and within the gap, from the definitions; agreement where the exact test says so."""
    package = range(len(game.issues))
    able = mutual_gain(game, package)
    reached = [float(g) for g in gains(game, found.lotteries)]
    shares = found.lotteries.shares.values()
    proper = all(abs(float(sum(s.values())) - 1) <= 1e-9 and min(s.values()) >= 0 for s in shares)
    kept = all(g >= -GAP * unit for g, unit in zip(reached, game.reach, strict=True))
    if not able.everyone:
        return proper and kept and not found.mutual_gain
    rates = [1 / g for g in reached]
    most = float(support(game, package, rates))
    return proper and kept and found.status == "agreement" and most / len(rates) - 1 <= GAP


def linear_programme(data: np.ndarray) -> float:
    """Seconds of one HiGHS programme of the same size: the largest sum of gains, nobody losing."""
    from scipy import sparse
    from scipy.optimize import linprog

    issues, outcomes, players = data.shape
    matrix = data.reshape(-1, players).T.astype(float)
    ones = sparse.kron(sparse.eye_array(issues), np.ones((1, outcomes)))
    start = time.perf_counter()
    found = linprog(
        -matrix.sum(axis=0),
        A_ub=-matrix,
        b_ub=np.zeros(players),
        A_eq=ones,
        b_eq=np.ones(issues),
        method="highs",
    )
    assert found.status == 0
    return time.perf_counter() - start


def line(*cells: object) -> None:
    print("  " + "".join(f"{cell!s:>13}" for cell in cells))


@pytest.mark.parametrize(
    ("players", "issues", "outcomes", "seeds"),
    [(10, 2_000, 4, SEEDS), (3, 20_000, 4, 5), (30, 500, 3, 5)],
)
def test_nash(players: int, issues: int, outcomes: int, seeds: int) -> None:
    print(f"\nNash, {players} players x {issues:,} issues x {outcomes}, {seeds} seeds, in seconds")
    line("payoffs", "certified", "build", "who gains", "slowest", "median", "HiGHS LP", "median/LP")
    for kind in ("normal", "-9..9", "few gains"):
        build, able, whole, passed = [], [], [], 0
        for seed in range(seeds):
            data = payoffs(kind, np.random.default_rng(seed), (issues, outcomes, players))
            start = time.perf_counter()
            game = bg.LinkageGame.from_payoffs(data)
            built = time.perf_counter()
            found = bg.settle(game)
            found.verify()
            end = time.perf_counter()
            mutual_gain(game, range(issues))
            able.append(time.perf_counter() - end)
            build.append(built - start)
            whole.append(end - start)
            passed += certified(game, found)
        assert passed == seeds
        reference = linear_programme(data)
        figures = (statistics.median(build), statistics.median(able), max(whole))
        middle = statistics.median(whole)
        line(
            kind,
            f"{passed}/{seeds}",
            *(f"{x:.3f}" for x in figures),
            f"{middle:.3f}",
            f"{reference:.3f}",
            f"{middle / reference:.2f}",
        )


def test_ways() -> None:
    """The interior point method beside cvxpy with Clarabel, compiled once and asked again."""
    data = payoffs("normal", np.random.default_rng(0), (2_000, 4, 10))
    game = bg.LinkageGame.from_payoffs(data)
    layout = Layout(game, range(2_000), ())
    program = Program(game, range(2_000), game.interested, layout)
    power, floor = np.full(10, 0.1), np.zeros(10)
    rows = []

    def timed(name: str, start: float) -> None:
        rows.append((name, time.perf_counter() - start))

    start = time.perf_counter()
    answer = program.maximise_logs(dict.fromkeys(range(10), 1))
    timed("interior point and polish", start)
    assert program.gap(answer) <= GAP
    start = time.perf_counter()
    problem = program.model.log_problem
    timed("cvxpy: import and write down", start)
    for name in ("cvxpy: compile and solve (Clarabel)", "cvxpy: other weights (Clarabel)"):
        start = time.perf_counter()
        assert program.model.logs(power, floor) is not None
        timed(name, start)
        timed_solver = problem.solver_stats.solve_time
        rows.append(("    of which solver", timed_solver))
        power = np.arange(1, 11) / 55
    print("\n10 players x 2,000 issues x 4, one Nash programme")
    for name, seconds in rows:
        print(f"  {name:<42}{seconds:8.3f} s")


def test_concepts() -> None:
    print("\n10 players x 2,000 issues x 4, whole settlements, in seconds")
    for kind in ("normal", "-9..9"):
        data = payoffs(kind, np.random.default_rng(0), (2_000, 4, 10))
        game = bg.LinkageGame.from_payoffs(data)
        for solution in ("nash", "utilitarian", "egalitarian", "kalai_smorodinsky"):
            start = time.perf_counter()
            found = bg.settle(game, solution=solution)
            assert found.verify()
            line(kind, solution[:12], f"{time.perf_counter() - start:.3f}")
