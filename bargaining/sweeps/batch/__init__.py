"""Questions asked of many rows at once: NumPy along the rows, no solver per point."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bargaining.sweeps.batch.base import Kernel
    from bargaining.sweeps.job import Job


def kernels(job: Job) -> tuple[Kernel, ...]:
    """Return the kernels that answer some of a job's measures; each measure has at most one."""
    return ()
