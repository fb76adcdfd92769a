"""What a worker does, in whatever process or thread it stands: solve the rows of a span."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bargaining.sweeps.columns import Column
    from bargaining.sweeps.job import Job

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
"""What tells numerical libraries how many threads to start."""

_here = threading.local()
_lock = threading.Lock()
_limited: list[Any] = []
_users = 0


def solve_span(pickled: bytes, start: int, stop: int) -> tuple[dict[str, Column], float]:
    """Return the answers of rows ``start`` to ``stop`` and the seconds that they took."""
    job = _job(pickled)
    with one_thread():
        began = time.perf_counter()
        found = job.solve(start, stop)
        return found, time.perf_counter() - began


def _job(pickled: bytes) -> Job:
    """Return this thread's own copy of a job, with what it has prepared for earlier spans."""
    if getattr(_here, "pickled", None) != pickled:
        _here.job = pickle.loads(pickled)
        _here.pickled = pickled
    job: Job = _here.job
    return job


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold numerical libraries to one thread: workers share the cores, and sums keep their order.

    Several threads of one process may be inside; the last one out restores what was.
    """
    global _users
    with _lock:
        if _users == 0:
            import scipy.linalg  # noqa: F401  (its library is to be loaded before it is limited)
            from threadpoolctl import threadpool_limits

            _limited.append(threadpool_limits(1, user_api="blas"))
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                _limited.pop().restore_original_limits()
