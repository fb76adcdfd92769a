"""Engines of sweeps: run by hand with ``python -m pytest tests/benchmarks -k sweep_engines -s``.

Every figure is measured in this run; nothing timed is asserted.  Memory is: it must stay flat.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

TESTS = Path(__file__).parents[1]
GIB = 2**30
MOST = 1.5 * GIB


def fresh(code: str, *arguments: object) -> list[str]:
    """Run code in its own process, so that memory and imports are its own."""
    path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    return done.stdout.split()


SCALING = """
    import sys, time
    import bargaining as bg
    from bargaining.sweeps import engines
    engines.WORTH = 0.0
    game = bg.load("us_mexico/guns_for_fentanyl", parameters={"w": "1/2"})
    began = time.perf_counter()
    found = bg.sweep(
        game,
        vary={"discount": "0.1:0.9:100", "issues.guns.payoffs.mexico[1]": "2:12:100"},
        measure='gain("us", "perles_maschler")',
        engine=sys.argv[1], workers=int(sys.argv[2]), out=sys.argv[3], rows_per_part=500,
    )
    print(time.perf_counter() - began)
"""
CHEAP = """
    import sys, threading, time
    import psutil
    from sweep_jobs import cheap
    from bargaining.sweeps import engines
    from bargaining.sweeps.run import carry_out
    engines.WORTH = 0.0
    most, done = 0, False
    def watch():
        global most
        own = psutil.Process()
        while not done:
            sizes = []
            for process in (own, *own.children(recursive=True)):
                try:
                    sizes.append(process.memory_info().rss)
                except psutil.NoSuchProcess:
                    pass
            most = max(most, sum(sizes))
            time.sleep(0.02)
    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    carry_out(cheap(int(sys.argv[1])), engine=sys.argv[2], workers=2, out=sys.argv[3])
    seconds = time.perf_counter() - began
    done = True
    watcher.join()
    print(seconds, most)
"""
"""Memory is that of all processes together, what they share counted several times."""


def table(title: str, rows: list[tuple[str, str]]) -> None:
    print(f"\n{title}")
    for name, figure in rows:
        print(f"  {name:<44}{figure:>40}")


def same(one: Path, other: Path) -> bool:
    from sweep_jobs import digests

    return digests(one) == digests(other)


def test_one_and_two_processes(tmp_path: Path) -> None:
    rows = []
    seconds: dict[tuple[str, int], float] = {}
    for engine, workers in (("serial", 1), ("processes", 2), ("dask", 1), ("dask", 2)):
        out = tmp_path / f"{engine}-{workers}"
        seconds[engine, workers] = float(fresh(SCALING, engine, workers, out)[0])
        assert same(out, tmp_path / "serial-1")
        ratio = seconds["serial", 1] / seconds[engine, workers]
        figure = f"{seconds[engine, workers]:.1f} s   {ratio:.2f} times as fast"
        rows.append((f"{engine}, {workers}", figure))
    table("10,000 settlements, each game on its own (start of workers included)", rows)


def test_memory_stays_flat(tmp_path: Path) -> None:
    rows = []
    for count in (10**5, 10**6, 10**7):
        for engine in ("serial", "processes"):
            out = tmp_path / f"{engine}-{count}"
            seconds, most = map(float, fresh(CHEAP, count, engine, out))
            figure = f"{seconds:.1f} s   {most / GIB:.2f} GiB   {count / seconds:,.0f} rows/s"
            rows.append((f"{count:,} rows, {engine}", figure))
            assert most < MOST
        assert same(tmp_path / f"serial-{count}", tmp_path / f"processes-{count}")
    table("Rows that cost nothing: storage and engines alone (target: under 1.5 GiB)", rows)


def test_killed_twenty_times(tmp_path: Path) -> None:
    """As in the suite with ``--run-slow``."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "--run-slow", "-k", "kills and many"),
            str(TESTS / "sweeps" / "test_run.py"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=TESTS.parent,
    )
    assert done.returncode == 0, done.stdout
    table("Killed 20 times and resumed", [("part files", "the same bytes as never killed")])
