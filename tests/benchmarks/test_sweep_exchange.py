"""A million exchange verdicts: run by hand, ``python -m pytest -s tests/benchmarks``.

Prints, asserts nothing timed.  The grid is cut into parts of 131,072 rows, solved by two processes
and written as Parquet by this one.  What it is compared with is solved point by point in the same
run: the row's game built and its linked package put to the library's own programme in cvxpy
(compiled for the point, Clarabel), a bare cvxpy problem without any game, and a bare one compiled
once with parameters, the quickest way there is through cvxpy.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cvxpy as cp
import numpy as np
import pytest

import bargaining as bg
from bargaining.geometry.marginals import package_terms
from bargaining.settlement.layout import Layout
from bargaining.settlement.program import Program
from bargaining.sweeps.columns import Column
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job, job_of
from bargaining.sweeps.measures import parse_measure

SIDE = 1_000
PART = 131_072
POINTS = 25
NEAR = 2e-3
"""A solver within 1e-8 of the best product is within the square root of it of its gains."""
NAMES = (
    "linked.mutual_gain",
    "verdict.linking_breaks_deadlock",
    "linked.gains.us",
    "linked.gains.mexico",
)


def grid(side: int) -> Job:
    vary = {f"parameters.{name}": f"0:2:{side}" for name in ("a", "b")}
    game = bg.load("us_mexico/guns_for_fentanyl")
    return job_of(game, design(vary=vary), tuple(map(parse_measure, NAMES)))


def solved(job: Job, start: int, stop: int) -> dict[str, Column]:
    return job.solve(start, stop)


def write(path: Path, columns: dict[str, Column]) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    arrays = {name: pa.array(c.values, mask=~c.known) for name, c in columns.items()}
    pq.write_table(pa.table(arrays), path)


def through_program(job: Job, row: int) -> float:
    game = job.game(row)
    terms = package_terms(game, (0, 1))
    program = Program(game, (0, 1), game.interested, Layout(game, terms.singles, terms.components))
    answer = program.model.logs(np.ones(2), np.zeros(2))
    assert answer is not None
    return float(program.gains_of(answer.shares)[0])


def bare(a: float, b: float) -> float:
    problem, first, second, us = compiled()
    first.value, second.value = a, b
    problem.solve(solver="CLARABEL")
    return float(us.value)


def compiled() -> tuple[cp.Problem, cp.Parameter, cp.Parameter, cp.Expression]:
    guns, labs = cp.Variable(), cp.Variable()
    a, b = cp.Parameter(nonneg=True), cp.Parameter(nonneg=True)
    us, mexico = -4 * guns + 5 * b * labs, 6 * a * guns - 3 * labs
    limits = [guns >= 0, guns <= 1, labs >= 0, labs <= 1]
    return cp.Problem(cp.Maximize(cp.log(us) + cp.log(mexico)), limits), a, b, us


def test_a_million_verdicts(tmp_path: Path) -> None:
    job = grid(SIDE)
    rows = job.design.rows
    assert job.batched
    spans = [(at, min(at + PART, rows)) for at in range(0, rows, PART)]
    start = time.perf_counter()
    gained = np.empty(rows)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        tasks = [pool.submit(solved, job, *span) for span in spans]
        for (first, last), task in zip(spans, tasks, strict=True):
            columns = task.result()
            gained[first:last] = columns["linked.gains.us"].values
            write(tmp_path / f"part-{first}.parquet", columns)
    whole = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = used.ru_utime + used.ru_stime
    start = time.perf_counter()
    for span in spans[:2]:
        job.kernels[0].solve(*span)
    kernel = (time.perf_counter() - start) / (2 * PART)

    agreed = np.flatnonzero(gained > 0.1)
    points = agreed[:: len(agreed) // POINTS].tolist()
    once = compiled()

    def parametrised(a: float, b: float) -> float:
        once[1].value, once[2].value = a, b
        once[0].solve(solver="CLARABEL")
        return float(once[3].value)

    ways: dict[str, Callable[[int], float]] = {
        "settled through the library's cvxpy programme": lambda row: through_program(job, row),
        "a bare cvxpy problem": lambda row: bare(*map(float, job.design.exact(row))),
        "a bare cvxpy problem compiled once": lambda row: parametrised(
            *map(float, job.design.exact(row))
        ),
    }
    rate = rows / whole
    print(f"\n{rows:,} rows, two processes, started and written: {whole:.2f} s (target 8 s)")
    print(f"  processor seconds of the two: {spent:.2f}")
    print(f"  kernel alone, one process: {1 / kernel:,.0f} rows/s")
    for name, way in ways.items():
        way(points[0])
        start = time.perf_counter()
        found = [way(row) for row in points]
        alone = len(points) / (time.perf_counter() - start)
        assert np.allclose(found, gained[points], atol=NEAR)
        print(f"  {name:<50}{alone:>8.1f}/s: {rate / alone:>9,.0f} times (target 200)")
