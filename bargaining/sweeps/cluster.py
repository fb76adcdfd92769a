"""A Dask cluster: one of this machine, made for the sweep, or one that is running already."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from dataclasses import dataclass
from typing import Any

from bargaining import __version__
from bargaining.errors import EngineError, InputError
from bargaining.sweeps.pool import quiet_start

CONNECT_SECONDS = 10
"""How long a scheduler, and then its first worker, is waited for."""
RETRIES = 3
ALLOWED_FAILURES = 10
"""Workers that a cluster of our own may lose under one and the same span."""


@dataclass(frozen=True, eq=False)
class Cluster:
    """A client of a cluster, as an executor.

    Attributes
    ----------
    client : distributed.Client
    executor : Executor
    lost : tuple of exception types
        What says that workers were lost.
    """

    client: Any
    executor: Executor
    lost: tuple[type[BaseException], ...]

    def workers(self) -> int:
        """How many spans the cluster can solve at a time."""
        return max(1, sum(int(n) for n in self.client.nthreads().values()))

    def alive(self) -> bool:
        """Whether the scheduler still answers."""
        try:
            return bool(self.client.status == "running" and self.client.nthreads())
        except Exception:  # whatever it raises, it did not answer
            return False


@contextlib.contextmanager
def connected(workers: int, scheduler: str | None) -> Iterator[Cluster]:
    """Connect to a scheduler, or start a cluster that listens on this machine alone.

    Raises
    ------
    InputError
        If Dask is not installed.
    EngineError
        If nobody answers, or the workers run another version.
    """
    try:
        import dask
        import distributed
    except ImportError:
        msg = 'engine dask needs the packages of an extra: pip install "bargaining[cluster]"'
        raise InputError(msg) from None
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet())
        stack.enter_context(
            dask.config.set({"distributed.scheduler.allowed-failures": ALLOWED_FAILURES})
        )
        address: Any = scheduler
        if scheduler is None:
            with quiet_start():
                address = stack.enter_context(
                    distributed.LocalCluster(
                        n_workers=workers,
                        threads_per_worker=1,
                        processes=True,
                        host="127.0.0.1",
                        dashboard_address=None,
                        silence_logs=logging.CRITICAL,
                    )
                )
        try:
            client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            msg = f"no Dask scheduler answers at {scheduler} ({said})"
            raise EngineError(msg) from None
        stack.enter_context(client)
        _check(client, scheduler)
        lost = (
            distributed.scheduler.KilledWorker,
            CancelledError,
            distributed.comm.CommClosedError,
        )
        yield Cluster(client, client.get_executor(retries=RETRIES), lost)


def _check(client: Any, scheduler: str | None) -> None:
    """Make sure that there is a worker, and that workers compute the same as this process."""
    where = scheduler or "the local cluster"
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError:
        msg = f"{where}: the Dask scheduler has no workers; start one: dask worker {scheduler}"
        raise EngineError(msg) from None
    try:
        found = client.run(version_here)
    except Exception as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        msg = f"{where}: the Dask workers cannot load bargaining {__version__} ({said})"
        raise EngineError(msg) from None
    for worker, version in found.items():
        if version != __version__:
            msg = f"{where}: worker {worker} has bargaining {version}, expected {__version__}"
            raise EngineError(msg)


def version_here() -> str:
    """Return the version of this package where the call is carried out."""
    return __version__


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own messages off standard error: what matters is said in our words."""
    loggers = [logging.getLogger(name) for name in ("distributed", "asyncio", "tornado")]
    levels = [logger.level for logger in loggers]
    children = [
        logger
        for name, logger in logging.root.manager.loggerDict.items()
        if name.startswith("distributed.") and isinstance(logger, logging.Logger)
    ]
    before = [logger.level for logger in children]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for logger in (*loggers, *children):
                logger.setLevel(logging.CRITICAL + 1)
            yield
        finally:
            for logger, level in zip((*loggers, *children), (*levels, *before), strict=True):
                logger.setLevel(level)
