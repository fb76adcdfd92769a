"""Scale: run by hand with ``python -m pytest tests/benchmarks -s``; prints, asserts nothing timed.

Every figure is measured in this run.  Correctness of what is timed is asserted.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import textwrap
import time

import numpy as np
from small_games import whole_gains

import bargaining as bg


def table(title: str, rows: list[tuple[str, str, str]]) -> None:
    print(f"\n{title}")
    for name, figure, target in rows:
        print(f"  {name:<58}{figure:>14}   {target}")


def fresh(code: str) -> str:
    """Run code in its own process, so that memory and imports are its own."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_million_issues() -> None:
    code = """
        import resource, time
        import numpy as np
        import bargaining as bg
        from bargaining.geometry.frontier import planar_frontier

        rng = np.random.default_rng(1)
        gains = rng.normal(size=(1_000_000, 4, 2))
        gains[:, 0] = 0
        game = bg.LinkageGame.from_payoffs(gains)
        bg.settle(bg.LinkageGame.from_payoffs(gains[:100]))  # imports
        flat = gains.ravel().copy()
        sorts = []
        for _ in range(3):
            start = time.perf_counter()
            np.sort(flat)
            sorts.append(time.perf_counter() - start)
        start = time.perf_counter()
        frontier = bg.frontier(game)
        middle = time.perf_counter()
        settlement = bg.settle(game)
        end = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        assert settlement.verify()
        assert frontier.verify()
        print(middle - start, end - middle, sorted(sorts)[1], peak, len(frontier))
    """
    first, second, sort, peak, points = map(float, fresh(code).split())
    table(
        "10^6 issues of 4 outcomes, two players, random floats",
        [
            ("frontier", f"{first:.2f} s", f"{points:,.0f} corner points"),
            ("Nash settlement (frontier included)", f"{second:.2f} s", "target 4 s"),
            ("numpy.sort of as many floats", f"{sort:.3f} s", "8 * 10^6 floats"),
            ("Nash settlement / sort", f"{second / sort:.1f}", "target 15"),
            ("peak memory", f"{peak:.2f} GiB", "target 1.5 GiB"),
        ],
    )


def test_packages() -> None:
    rng = np.random.default_rng(2)
    gains = rng.normal(size=(200_000, 2, 2))
    gains[:, 0] = 0
    gains[:, 1] = np.abs(gains[:, 1]) * [-1, 1]
    deadlock = bg.LinkageGame.from_payoffs(gains)
    gains = gains.copy()
    gains[77, 1] = [1.0, -1e-6]
    broken = bg.LinkageGame.from_payoffs(gains)
    rows = []
    for name, game in (("no package works", deadlock), ("some do: first one", broken)):
        start = time.perf_counter()
        search = bg.minimal_packages(game)
        first = next(iter(search), None)
        if first is not None:
            certificate = search.certificate(first)
            assert min(certificate.gains.values()) > 0
        rows.append((f"200,000 issues, {name}", f"{time.perf_counter() - start:.2f} s", "2 s"))
    for outcomes in (1, 2, 4):
        worst, checked, found = 0.0, 0.0, 0
        for seed in range(5):
            rng = np.random.default_rng(seed)
            gains = whole_gains(rng, (40, 1 + outcomes, 4), -9, 6)
            search = bg.minimal_packages(bg.LinkageGame.from_payoffs(gains), time_limit=120)
            start = time.perf_counter()
            found += len(list(search))
            search_time = time.perf_counter() - start
            assert search.status == "solved"
            assert search.verify()
            worst = max(worst, search_time)
            checked = max(checked, time.perf_counter() - start)
        label = f"4 players x 40 issues x {outcomes} offers, slowest of 5 ({found} packages)"
        rows.append((label, f"{worst:.2f} s", "10 s"))
        rows.append(("    every package and its parts verified too", f"{checked:.2f} s", "10 s"))
    table("minimal packages", rows)


def test_a_whole_verdict() -> None:
    rng = np.random.default_rng(0)
    gains = rng.normal(size=(100_000, 3, 2))
    gains[:, 0] = 0
    game = bg.LinkageGame.from_payoffs(gains)
    start = time.perf_counter()
    verdict = bg.solve(game)
    took = time.perf_counter() - start
    assert verdict.verdict.effect == "enlarges"
    table("solve, linked against delinked", [("100,000 issues", f"{took:.1f} s", "")])


def test_start_up() -> None:
    rows = []
    for name, command in (
        ("import bargaining", ["-c", "import bargaining"]),
        ("bargaining --help", ["-m", "bargaining", "--help"]),
        ("bargaining solve --help", ["-m", "bargaining", "solve", "--help"]),
        (
            "bargaining solve us_mexico/six_issue_table",
            ["-m", "bargaining", "solve", "us_mexico/six_issue_table"],
        ),
    ):
        times = []
        for _ in range(5):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *command], capture_output=True, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        target = "0.15 s" if "solve us" not in name else ""
        rows.append((name, f"{sorted(times)[2]:.3f} s", target))
    table("CPU time of a process (median of 5)", rows)
