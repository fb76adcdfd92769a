"""Who solves the rows: this process, processes of this machine, a Dask cluster, or any executor.

All of them are given spans and hand back answers in whatever order; only so many spans are under
way at a time, so that memory does not grow with the sweep.
"""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Generator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from bargaining.errors import EngineError
from bargaining.sweeps.columns import Column
from bargaining.sweeps.spans import Cutter
from bargaining.sweeps.worker import solve_span

if TYPE_CHECKING:
    from bargaining.sweeps.job import Job
    from bargaining.sweeps.spans import Span

Engine = Literal["serial", "processes", "dask"]
Part = tuple[int, dict[str, Column]]
Say = Callable[[str], None]
T = TypeVar("T")

MEASURED = 0.25
"""Seconds of work after which it is judged whether processes are worth their start."""
TELLING, PATIENCE = 0.1, 2.0
"""Seconds that the last span must have taken to judge by it, or all of them together."""
WORTH = 4.0
"""Seconds of work left that are worth starting processes for."""
LOSSES = 3
"""Times that work may be lost without any progress."""


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def answers(
    cutter: Cutter,
    job: Job,
    *,
    engine: Engine,
    executor: Executor | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    say: Say,
) -> Generator[Part, None, None]:
    """Solve what the cutter hands out; yield each part once it is complete.

    Parameters
    ----------
    cutter : Cutter
    job : Job
    engine : {"serial", "processes", "dask"}
    executor : Executor, optional
        Takes the engine's place.
    workers : int, optional
        Default: as many as there are cores.
    scheduler : str, optional
        Address of a running Dask scheduler.
    say : callable
        Told of workers that were lost.

    Raises
    ------
    EngineError
        If the work cannot be done: workers that die over and over, nobody at the address.
    """
    pickled = pickle.dumps(job)
    count = workers or cores()
    if executor is not None:
        return _executor(cutter, executor, pickled, count)
    if engine == "dask":
        return _dask(cutter, pickled, count, scheduler, say)
    if engine == "processes" and count > 1:
        return _processes(cutter, pickled, count, say)
    return drive(cutter, Inline(), pickled, ahead=1)


class Inline(Executor):
    """Does the work where and when it is submitted."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Call the function now."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def drive(
    cutter: Cutter,
    executor: Executor,
    pickled: bytes,
    *,
    ahead: int,
    enough: Callable[[], bool] = lambda: False,
    lost: tuple[type[BaseException], ...] = (BrokenExecutor,),
) -> Generator[Part, None, None]:
    """Keep an executor busy until the cutter has nothing more, or it is enough.

    Parameters
    ----------
    cutter : Cutter
    executor : Executor
    pickled : bytes
        The job.
    ahead : int
        Spans under way at a time.
    enough : callable
        Asked before each span.
    lost : tuple of exception types
        What says that a worker was lost, not that the work is wrong: every span under way is
        given back to the cutter before it is raised.
    """
    pending: dict[Future[Any], Span] = {}
    try:
        while True:
            while len(pending) < ahead and not enough():
                span = cutter.take(max(1, ahead // 2))
                if span is None:
                    break
                try:
                    submitted = executor.submit(solve_span, pickled, span.start, span.stop)
                except BaseException:
                    cutter.give_back(span)
                    raise
                pending[submitted] = span
            if not pending:
                return
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            while done:
                future = done.pop()
                columns, seconds = future.result()
                part = cutter.put(pending.pop(future), columns, seconds)
                del future, columns
                if part is not None:
                    yield part
    except lost:
        for future, span in pending.items():
            future.cancel()
            cutter.give_back(span)
        pending.clear()
        raise
    finally:
        for future in pending:
            future.cancel()


def _executor(
    cutter: Cutter, executor: Executor, pickled: bytes, count: int
) -> Generator[Part, None, None]:
    try:
        yield from drive(cutter, executor, pickled, ahead=2 * count)
    except BrokenExecutor as error:
        msg = f"the executor has broken ({error}); give a fresh one"
        raise EngineError(msg) from error


def _processes(cutter: Cutter, pickled: bytes, count: int, say: Say) -> Generator[Part, None, None]:
    """Begin here; start processes if what is left is worth it."""
    from bargaining.sweeps.pool import Pool

    began = time.perf_counter()

    def worth() -> bool:
        spent = time.perf_counter() - began
        telling = len(cutter.seconds) > 1 and cutter.seconds[-1] > TELLING
        measured = spent > MEASURED and (telling or spent > PATIENCE)
        return measured and cutter.seconds_per_row * cutter.left > WORTH

    if WORTH > 0:
        yield from drive(cutter, Inline(), pickled, ahead=1, enough=worth)
    alone = False  # one at a time, to find the span that kills its worker
    while cutter.ready:
        single = alone
        try:
            with Pool(1 if single else count) as pool:
                yield from drive(
                    cutter,
                    pool.executor,
                    pickled,
                    ahead=1 if single else 2 * count,
                    enough=(lambda: not cutter.returned) if single else (lambda: False),
                )
            alone = False
        except BrokenExecutor:
            if single:
                span = cutter.take()
                where = f"rows {span.start} to {span.stop - 1}" if span else "a row"
                msg = (
                    f"the process that solves {where} dies again and again "
                    "(killed, or out of memory?)"
                )
                raise EngineError(msg) from None
            say("a worker process has died (killed, or out of memory?); its rows are solved again")
            alone = True


def _dask(
    cutter: Cutter, pickled: bytes, count: int, scheduler: str | None, say: Say
) -> Generator[Part, None, None]:
    from bargaining.sweeps.cluster import connected

    with connected(count, scheduler) as cluster:
        losses, left = 0, cutter.left
        while cutter.ready:
            try:
                yield from drive(
                    cutter,
                    cluster.executor,
                    pickled,
                    ahead=2 * cluster.workers(),
                    lost=cluster.lost,
                )
            except cluster.lost as error:
                losses = 1 if cutter.left < left else losses + 1
                left = cutter.left
                if losses > LOSSES or not cluster.alive():
                    msg = f"the Dask cluster has given up ({type(error).__name__}: {error})"
                    raise EngineError(msg) from None
                say("Dask workers were lost; their rows are solved again")
