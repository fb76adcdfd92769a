"""A million games asked whether deals keep themselves: ``python -m pytest tests/benchmarks -s``.

Rows are answered by ``Job.solve`` in two processes, as a sweep does, without writing them.  The
rate is printed beside that of the same questions asked game by game; not a time but the answers
are asserted.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from bargaining import load
from bargaining.sweeps.columns import Column
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job, job_of
from bargaining.sweeps.measures import parse_measure

VARY = {"discount": "0.001:0.999:1000", "issues.guns.payoffs.mexico[1]": "2:12:1000"}
ROWS, PART, SAMPLE = 1_000_000, 50_000, 3
THRESHOLDS = (
    "linked.critical_discount.any",
    "linked.critical_discount.full",
    "delinked.critical_discount.any",
)
ONE: dict[str, Job] = {}


def _take(work: Job) -> None:
    ONE["job"] = work


def _solve(start: int) -> tuple[int, dict[str, Column]]:
    return start, ONE["job"].solve(start, min(start + PART, ROWS))


@pytest.mark.parametrize(
    ("names", "require"), [(THRESHOLDS, ()), (("linked.mutual_gain",), ("enforcement",))]
)
def test_a_million_rows(names: tuple[str, ...], require: tuple[str, ...]) -> None:
    game = load("us_mexico/guns_for_fentanyl")
    work = job_of(game, design(vary=VARY), tuple(map(parse_measure, names)), require=require)
    assert work.batched
    start = time.perf_counter()
    with ProcessPoolExecutor(2, initializer=_take, initargs=(work,)) as pool:
        parts = sorted(pool.map(_solve, range(0, ROWS, PART)), key=lambda part: part[0])
    taken = time.perf_counter() - start
    found = {n: np.concatenate([part[n].values for _, part in parts]) for n in names}
    known = {n: np.concatenate([part[n].known for _, part in parts]) for n in names}
    factor, worth = (axis.values for axis in work.design.axes)
    product = 12 / (5 * worth)  # costs 4 and 3, worth 5 to the US and so much to Mexico
    if require:
        wanted = factor[:, None] ** 2 > product[None, :]
        assert np.array_equal(found[names[0]], wanted.ravel())
    else:
        lowest = np.tile(np.sqrt(np.where(product < 1, product, np.nan)), 1000)
        assert np.allclose(found[names[0]], lowest, rtol=0, atol=1e-12, equal_nan=True)
        assert not known["delinked.critical_discount.any"].any()
        assert math.isclose(found["linked.critical_discount.full"][400], 0.8, abs_tol=1e-15)
    start = time.perf_counter()
    for row in np.linspace(500, ROWS - 500, SAMPLE).astype(int).tolist():
        one, message = work._one(row, work.measures)
        assert message is None
        assert all((one[n] is None) == (not known[n][row]) for n in names)
    each = (time.perf_counter() - start) / SAMPLE
    print(
        f"{', '.join(names)}: {ROWS:,} rows in {taken:.1f} s by two processes "
        f"({ROWS / taken:,.0f} a second); game by game {1 / each:,.0f} a second"
    )
