"""A real Dask scheduler and real workers on this machine, started and stopped by a test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).parent
PATIENCE = 60.0


@dataclass
class Cluster:
    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)


def _start(*arguments: str, log: Path) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(TESTS.parent), str(TESTS), os.environ.get("PYTHONPATH", "")])
    with log.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
            env={**os.environ, "PYTHONPATH": path},
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
        )


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Start a scheduler and workers that listen on the loopback address alone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    scheduler = _start(
        *("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"),
        log=folder / "scheduler.log",
    )
    found = Cluster(address, scheduler)
    try:
        for number in range(workers):
            found.workers.append(
                _start(
                    *("dask_worker", address, "--host", "127.0.0.1", "--nthreads", "1"),
                    *("--no-nanny", "--no-dashboard"),
                    log=folder / f"worker_{number}.log",
                )
            )
        _wait_for(folder, workers)
        yield found
    finally:
        for process in (*found.workers, scheduler):
            process.kill()
            process.wait()


def _wait_for(folder: Path, workers: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        logs = [(folder / f"worker_{k}.log").read_text() for k in range(workers)]
        if all("Registered to" in text for text in logs):
            return
        time.sleep(0.1)
    raise TimeoutError("\n".join(logs))
