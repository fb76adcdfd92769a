"""Engines: whoever does the work, in whatever pieces, the files are the same."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from heavy import some
from hypothesis import given
from hypothesis import strategies as st
from sweep_cluster import cluster
from sweep_jobs import cheap, digests

from bargaining.errors import EngineError, InputError
from bargaining.sweeps import engines
from bargaining.sweeps.columns import whole
from bargaining.sweeps.pool import Pool
from bargaining.sweeps.run import carry_out
from bargaining.sweeps.spans import Cutter, Layout
from bargaining.sweeps.worker import one_thread

ROWS, PER_PART, PAUSE = 300, 40, 0.01


@pytest.fixture(autouse=True)
def processes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start processes for however little work."""
    monkeypatch.setattr(engines, "WORTH", 0.0)


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    out = tmp_path_factory.mktemp("serial") / "out"
    carry_out(cheap(ROWS, pause=1e-5), out=out, engine="serial", rows_per_part=PER_PART)
    return digests(out)


@given(
    st.integers(1, 300),
    st.integers(1, 90),
    st.integers(1, 50),
    st.integers(1, 6),
    st.integers(0, 2**32),
)
def test_every_row_is_handed_out_once_and_put_in_its_place(
    rows: int, per_part: int, first: int, ahead: int, seed: int
) -> None:
    """Whatever comes back first, and whatever is lost on the way."""
    chance = random.Random(seed)
    layout = Layout(rows, per_part)
    missing = [part for part in range(layout.parts) if chance.random() < 0.8]
    cutter = Cutter(layout, missing, first=first)
    under_way, parts = [], {}
    while True:
        while len(under_way) < ahead and (span := cutter.take(ahead)) is not None:
            start, stop = layout.bounds(span.part)
            assert start <= span.start < span.stop <= stop
            under_way.append(span)
        if not under_way:
            break
        span = under_way.pop(chance.randrange(len(under_way)))
        if chance.random() < 0.1:
            cutter.give_back(span)
            continue
        answers = {"row": whole(np.arange(span.start, span.stop))}
        done = cutter.put(
            span, answers, chance.choice([1e-9, 0.01, 5.0]) * (span.stop - span.start)
        )
        if done is not None:
            assert done[0] not in parts
            parts[done[0]] = done[1]["row"].values
    assert sorted(parts) == missing
    assert cutter.left == 0
    for part, found in parts.items():
        np.testing.assert_array_equal(found, np.arange(*layout.bounds(part)))


def test_spans_grow_to_about_a_second() -> None:
    cutter = Cutter(Layout(10**9, 10**6), range(1000), first=4)
    lengths = []
    for _ in range(12):
        span = cutter.take()
        assert span is not None
        lengths.append(span.stop - span.start)
        cutter.put(span, {}, 0.001 * lengths[-1])
    assert lengths[:5] == [4, 16, 64, 256, 1000]
    assert set(lengths[5:]) == {1000}


def test_a_closing_cutter_finishes_what_is_begun() -> None:
    cutter = Cutter(Layout(100, 10), range(10), first=4)
    span = cutter.take()
    assert span is not None
    cutter.closing = True
    spans = [span]
    while (span := cutter.take()) is not None:
        spans.append(span)
    assert {span.part for span in spans} == {0}
    assert sum(span.stop - span.start for span in spans) == 10


def test_only_so_much_is_under_way() -> None:
    """Spans wait in the cutter, not in the executor, however long the sweep."""
    most, now, lock = 0, 0, threading.Lock()

    class Counting(ThreadPoolExecutor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
            nonlocal most, now
            future = super().submit(fn, *args, **kwargs)
            with lock:
                now += 1
                most = max(most, now)
            future.add_done_callback(lambda _: leave())
            return future

    def leave() -> None:
        nonlocal now
        with lock:
            now -= 1

    with Counting(2) as threads:
        carry_out(cheap(400, pause=1e-4), executor=threads, workers=2, rows_per_part=5)
    assert 2 <= most <= 4


def test_processes_give_the_same_bytes(serial: dict[str, str], tmp_path: Path) -> None:
    job = cheap(ROWS, pause=1e-5)
    carry_out(job, out=tmp_path, engine="processes", workers=2, rows_per_part=PER_PART)
    assert digests(tmp_path) == serial


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_gives_the_same_bytes(
    serial: dict[str, str], tmp_path: Path, kind: Any
) -> None:
    import multiprocessing

    more = {"mp_context": multiprocessing.get_context("spawn")}
    with kind(2, **(more if kind is ProcessPoolExecutor else {})) as executor:
        carry_out(cheap(ROWS, pause=1e-5), out=tmp_path, executor=executor, rows_per_part=PER_PART)
    assert digests(tmp_path) == serial


def test_a_dead_worker_loses_nothing(serial: dict[str, str], tmp_path: Path) -> None:
    said: list[str] = []
    job = cheap(ROWS, pause=1e-5, deadly=123, once=str(tmp_path / "once"))
    out = tmp_path / "out"
    carry_out(job, out=out, engine="processes", workers=2, rows_per_part=PER_PART, say=said.append)
    assert digests(out) == serial
    assert len(said) == 1
    assert "a worker process has died" in said[0]


def test_a_row_that_always_kills_is_named(serial: dict[str, str], tmp_path: Path) -> None:
    said: list[str] = []
    job = cheap(ROWS, pause=1e-5, deadly=123)
    with pytest.raises(EngineError) as caught:
        carry_out(
            job, out=tmp_path, engine="processes", workers=2, rows_per_part=4, say=said.append
        )
    message = str(caught.value)
    assert "the process that solves rows 12" in message
    assert "parts are complete and safe" in message
    assert "--resume" in message
    carry_out(cheap(ROWS, pause=1e-5), out=tmp_path, engine="serial", resume=True)
    kept = digests(tmp_path)
    assert len(kept) == 1 + ROWS // 4


def test_workers_use_one_thread() -> None:
    with Pool(1) as pool:
        named = pool.executor.submit(os.getenv, "OPENBLAS_NUM_THREADS").result()
        handler = pool.executor.submit(signal.getsignal, signal.SIGINT).result()
    assert named == "1"
    assert handler == signal.SIG_IGN
    assert "bargaining.sweeps.pool" in sys.modules


def test_one_thread_is_restored_by_the_last_one_out() -> None:
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_info

    def threads() -> list[int]:
        return [lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"]

    before = threads()
    first, second = one_thread(), one_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert set(threads()) == {1}
    second.__exit__(None, None, None)
    assert threads() == before


SCRIPT = """
import os, sys
sys.path[:0] = {path!r}
from sweep_jobs import cheap
from bargaining.sweeps import engines
from bargaining.sweeps.run import carry_out
engines.WORTH = 0.0
print("began", flush=True)
carry_out(cheap({rows}, pause={pause}), engine={engine!r}, workers=2, rows_per_part=10, out={out!r})
print("ended", flush=True)
"""
"""Without ``if __name__ == "__main__"``, as beginners write scripts."""


def script(folder: Path, **keywords: Any) -> list[str]:
    values = {"rows": 200, "pause": 1e-4, "engine": "processes", **keywords}
    tests = Path(__file__).parents[1]
    text = SCRIPT.format(path=[str(tests), str(tests.parent)], out=str(folder / "out"), **values)
    (folder / "script.py").write_text(text)
    return [sys.executable, str(folder / "script.py")]


@pytest.mark.parametrize("engine", some(["processes"], ["dask"]))
def test_a_script_is_not_run_again_by_its_workers(tmp_path: Path, engine: str) -> None:
    done = subprocess.run(
        script(tmp_path, engine=engine), capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout, done.stderr) == ("began\nended\n", "")


def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    psutil = pytest.importorskip("psutil")
    process = subprocess.Popen(script(tmp_path, rows=20_000, pause=0.01))
    deadline = time.monotonic() + 60
    while not list((tmp_path / "out").glob("part-*")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    assert len(children) >= 2
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive


def test_dask_on_this_machine_gives_the_same_bytes(
    serial: dict[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    job = cheap(ROWS, pause=1e-5)
    carry_out(job, out=tmp_path, engine="dask", workers=2, rows_per_part=PER_PART)
    assert digests(tmp_path) == serial
    assert capfd.readouterr().err == ""


def test_a_dask_worker_killed_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    job = cheap(1_200, pause=0.002)
    carry_out(cheap(1_200, pause=1e-6), out=tmp_path / "serial", engine="serial", rows_per_part=50)
    out = tmp_path / "out"
    with cluster(tmp_path) as running:
        killed: list[int] = []

        def kill(done: int, rows: int) -> None:
            if done > rows / 3 and not killed:
                running.workers[0].send_signal(signal.SIGKILL)
                killed.append(done)

        carry_out(
            job,
            out=out,
            engine="dask",
            scheduler=running.address,
            rows_per_part=50,
            progress=kill,
        )
        assert running.workers[0].wait() == -signal.SIGKILL
        assert running.workers[1].poll() is None
    assert killed
    assert killed[0] < 1_200
    assert digests(out) == digests(tmp_path / "serial")


@pytest.mark.slow
def test_a_scheduler_that_goes_away_is_said(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with cluster(tmp_path, workers=1) as running:

        def kill(done: int, rows: int) -> None:
            if done > 100:
                running.scheduler.kill()

        with pytest.raises(EngineError, match=r"are complete and safe in .*--resume"):
            carry_out(
                cheap(1_000, pause=0.01),
                out=out,
                engine="dask",
                scheduler=running.address,
                rows_per_part=50,
                progress=kill,
                say=lambda text: None,
            )


def test_nobody_at_the_address_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from bargaining.sweeps import cluster as clusters

    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 1)
    with pytest.raises(EngineError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        carry_out(cheap(10), engine="dask", scheduler="tcp://127.0.0.1:9")


def test_without_dask_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r'pip install "bargaining\[cluster\]"'):
        carry_out(cheap(10), engine="dask")


def test_options_are_checked() -> None:
    with pytest.raises(InputError) as caught:
        carry_out(
            cheap(10),
            engine="gpu",  # type: ignore[arg-type]
            executor=7,  # type: ignore[arg-type]
            workers=0,
            rows_per_part=True,
            scheduler="tcp://x",
        )
    text = str(caught.value)
    for name in ("engine", "executor", "workers", "rows_per_part", "scheduler"):
        assert f"{name}: " in text
