"""A million exchange verdicts: run by hand, ``python -m pytest -s tests/benchmarks``.

Prints, asserts nothing timed.  The grid is cut into parts of 131,072 rows, solved by two processes
and written as Parquet by this one.  What it is compared with is solved point by point in the same
run: ``settle`` with its settlement of the linked package replaced by the library's own programme
in cvxpy (game built, problem compiled, Clarabel), and a bare cvxpy problem without any game.
"""

from __future__ import annotations

import math
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cvxpy as cp
import numpy as np
import pytest

import bargaining as bg
from bargaining.settlement.program import Program
from bargaining.settlement.layout import lay_out
from bargaining.sweeps.columns import Column
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job, job_of
from bargaining.sweeps.measures import parse_measure

SIDE = 1_000
PART = 131_072
POINTS = 25
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


def bare(a: float, b: float) -> tuple[float, float]:
    guns, labs = cp.Variable(), cp.Variable()
    us, mexico = -4 * guns + 5 * b * labs, 6 * a * guns - 3 * labs
    limits = [guns >= 0, guns <= 1, labs >= 0, labs <= 1]
    cp.Problem(cp.Maximize(cp.log(us) + cp.log(mexico)), limits).solve(solver="CLARABEL")
    return float(us.value), float(mexico.value)


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
    start = time.perf_counter()
    for span in spans[:2]:
        job.kernels[0].solve(*span)
    kernel = (time.perf_counter() - start) / (2 * PART)

    agreed = np.flatnonzero(gained > 0.1)
    points = agreed[:: len(agreed) // POINTS].tolist()
    settle_time = bare_time = 0.0
    job.game(points[0])
    for row in points:
        a, b = map(float, job.design.exact(row))
        start = time.perf_counter()
        game = job.game(row)
        layout = lay_out(game, (0, 1), game.interested)
        program = Program(game, (0, 1), game.interested, layout)
        answer = program.maximise_logs({0: 1, 1: 1})
        settle_time += time.perf_counter() - start
        assert math.isclose(float(answer.gains[0]), gained[row], abs_tol=1e-4)
        start = time.perf_counter()
        us, _ = bare(a, b)
        bare_time += time.perf_counter() - start
        assert math.isclose(us, gained[row], abs_tol=1e-4)
    rate = rows / whole
    through, alone = len(points) / settle_time, len(points) / bare_time
    print(f"\n{rows:,} rows, two processes, started and written: {whole:.2f} s (target 8 s)")
    print(f"  kernel alone, one process: {1 / kernel:,.0f} rows/s")
    print(f"  rows/s {rate:,.0f}; settled through cvxpy {through:.1f}/s: {rate / through:,.0f} times")
    print(f"  a bare cvxpy problem {alone:.1f}/s: {rate / alone:,.0f} times (target 200 times)")
