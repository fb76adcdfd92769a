"""Worker processes of this machine: one thread each, deaf to Ctrl-C, gone when their parent is.

They are started afresh (spawn), with no copy of the parent's threads and locks, and without
running the user's script a second time, so that a script needs no ``if __name__ == "__main__"``.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType, TracebackType
from typing import Any

from bargaining.sweeps.worker import THREADS


class _Worker(SpawnProcess):
    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        with quiet_start():
            return SpawnProcess._Popen(process_obj)


class _Context(SpawnContext):
    """Starts workers and remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[_Worker] = []

    def Process(self, *arguments: Any, **named: Any) -> _Worker:  # type: ignore[override]
        worker = _Worker(*arguments, **named)
        self.started.append(worker)
        return worker


class Pool:
    """A process pool that can be stopped at once.

    Parameters
    ----------
    workers : int
    """

    def __init__(self, workers: int) -> None:
        self._context = _Context()
        self.executor = ProcessPoolExecutor(
            workers, mp_context=self._context, initializer=_settle_in
        )

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.executor.shutdown()
            return
        # Nobody waits for what is still being solved.  Cancelled work is dropped before workers
        # die: the executor's thread cannot report their death to what is cancelled already.
        self.executor.shutdown(wait=False, cancel_futures=True)
        for process in self._context.started:
            with suppress(ValueError, AttributeError):  # ended, or not yet started
                process.kill()

    @property
    def pids(self) -> list[int]:
        """Processes that were started."""
        return [process.pid for process in self._context.started if process.pid is not None]


@contextmanager
def quiet_start() -> Iterator[None]:
    """Start processes with one thread each, deaf to Ctrl-C, that do not run the user's script."""
    main = sys.modules["__main__"]
    before = {name: os.environ.get(name) for name in THREADS}
    masked = hasattr(signal, "pthread_sigmask")
    if masked:
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()  # starting it later would lift the mask
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.environ.update(dict.fromkeys(THREADS, "1"))
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if masked:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _settle_in() -> None:
    """Prepare a worker: Ctrl-C is the parent's affair, and so is staying alive."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
