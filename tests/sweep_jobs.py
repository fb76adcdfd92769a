"""Sweeps whose rows cost next to nothing, so that storage and engines can be looked at alone."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bargaining.sweeps.columns import Column, whole
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job
from bargaining.sweeps.measures import parse_measure

FAILS = 1_009
"""Every row that this divides fails, the first one apart."""


@dataclass(frozen=True, eq=False)
class CheapJob(Job):
    """Answers that follow from the row's number.

    Attributes
    ----------
    pause : float
        Seconds per row.
    deadly : int
        A row whose solution kills its process with kill -9; below 0 for none.
    once : str
        A file that is made before the deadly row kills; the row is harmless from then on.
    """

    pause: float = 0.0
    deadly: int = -1
    once: str = ""

    def __getstate__(self) -> dict[str, Any]:
        own = {"pause": self.pause, "deadly": self.deadly, "once": self.once}
        return {**super().__getstate__(), **own}

    @property
    def batched(self) -> bool:
        return not self.pause

    def solve(self, start: int, stop: int) -> dict[str, Column]:
        if start <= self.deadly < stop and not (self.once and Path(self.once).exists()):
            if self.once:
                Path(self.once).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self.pause * (stop - start))
        rows = np.arange(start, stop)
        fails = (rows % FAILS == 0) & (rows > 0)
        message = np.full(len(rows), None, dtype=object)
        message[fails] = "no such game"
        numbers = np.sqrt(rows)
        numbers[fails] = np.nan
        return {
            "discount": whole(self.design.columns(start, stop)[:, 0]),
            "linked.mutual_gain": Column(rows % 3 == 0, ~fails),
            "linked.gains.us": Column(numbers, ~fails),
            "status": whole(np.where(fails, "failed", "ok").astype(object)),
            "message": Column(message, fails),
        }


def cheap(rows: int, **keywords: Any) -> CheapJob:
    """Return a cheap sweep of so many rows."""
    return CheapJob(
        {"players": ["us", "mexico"]},
        "cheap",
        design(vary={"discount": f"0:1:{rows}"}),
        (parse_measure("linked.mutual_gain"), parse_measure("linked.gains.us")),
        kinds=("yes_no", "number"),
        **keywords,
    )


def digests(path: Path) -> dict[str, str]:
    """Return every file of a directory, hidden ones too, and the hash of its bytes."""
    return {
        item.name: hashlib.sha256(item.read_bytes()).hexdigest() for item in sorted(path.iterdir())
    }


def stamps(path: Path) -> dict[str, tuple[int, int]]:
    """Return what changes when a file is written again."""
    return {
        item.name: (item.stat().st_ino, item.stat().st_mtime_ns) for item in sorted(path.iterdir())
    }
