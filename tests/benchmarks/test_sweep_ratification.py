"""Sweeps of games with premiums, row by row: ``python -m pytest tests/benchmarks -s``.

Every row is built, decided exactly, settled under both agendas and certified.  Beside it stands
the same work where cvxpy and Clarabel alone settle, compiled once with parameters, and compiled
afresh for every programme.
"""

from __future__ import annotations

import os
import time
from collections import Counter

import numpy as np
import pytest

import bargaining as bg
from bargaining.settlement.composed import conic as rung
from bargaining.settlement.composed import solver
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job, job_of
from bargaining.sweeps.measures import parse_measure

MEASURES = ("linked.gains.mexico", "linked.mutual_gain", "verdict.effect")
PREMIUM = {"premium.mexico.rate": "0.2:2:20", "premium.mexico.scale": "0.2:2:10"}
SWEEPS = {
    "us_mexico/sovereignty_premium": {
        "premium.mexico.scale": "0.05:2:20",
        "issues.money.payoffs.mexico[1]": "2:6:20",
    },
    "us_mexico/one_audience": PREMIUM,
    "us_mexico/clearinghouse": PREMIUM,
}


def job(name: str) -> Job:
    plan = design(vary=SWEEPS[name])
    return job_of(bg.load(name), plan, tuple(map(parse_measure, MEASURES)))


def rate(work: Job, rows: int) -> tuple[float, float, Counter[str]]:
    """Rows per second of processor time and of wall time, and how the rows ended."""
    work.solve(0, 2)
    processor, wall = time.process_time(), time.perf_counter()
    found = work.solve(0, rows)
    processor, wall = time.process_time() - processor, time.perf_counter() - wall
    return rows / processor, rows / wall, Counter(found["status"].values.tolist())


def test_rows_per_second() -> None:
    print(f"\nratification sweeps, load {os.getloadavg()[0]:.1f}: rows per second and core")
    for name in SWEEPS:
        work = job(name)
        processor, wall, ended = rate(work, work.design.rows)
        print(f"  {name:<34}{processor:>9.0f} (wall {wall:.0f})   {dict(ended)}")
        assert set(ended) == {"ok"}


def test_cvxpy_with_parameters() -> None:
    """The linked programme of many rows, by Clarabel alone."""
    tasks = []
    real = solver.interior

    def noted(arrays, goal, start, unit):  # type: ignore[no-untyped-def]
        tasks.append((arrays, goal, start, unit))
        return real(arrays, goal, start, unit)

    work = job("us_mexico/sovereignty_premium")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solver, "interior", noted)
        work.solve(0, 100)
    figures = {}
    for label, compiled in (("parameters", rung.compiled), ("afresh", rung.Compiled)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rung, "compiled", compiled)
            list(rung.conic(*tasks[0]))
            start = time.process_time()
            found = [next(rung.conic(*task), None) for task in tasks]
            figures[label] = len(tasks) / (time.process_time() - start), found
    print(f"\n{len(tasks)} programmes, Clarabel alone: programmes per second and core")
    for label, (speed, found) in figures.items():
        print(f"  {label:<34}{speed:>9.0f}   {sum(z is not None for z in found)} solved")
    for one, other in zip(figures["parameters"][1], figures["afresh"][1], strict=True):
        assert np.allclose(one, other, atol=1e-6)
