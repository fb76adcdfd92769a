"""Questions asked of many rows at once: NumPy along the rows, no solver per point."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bargaining.sweeps.batch.base import Kernel
    from bargaining.sweeps.job import Job


def kernels(job: Job) -> tuple[Kernel, ...]:
    """Return the kernels that answer some of a job's measures; each measure has at most one.

    A module's ``prepare(job, tables, taken)`` gives its kernel for measures not yet taken, or None.
    """
    from bargaining.sweeps.batch import enforcement, exchange, settlement_factor
    from bargaining.sweeps.batch.tables import tables_of

    tables = tables_of(job)
    if tables is None:
        return ()
    found: list[Kernel] = []
    taken: frozenset[str] = frozenset()
    for module in (exchange, enforcement, settlement_factor):
        kernel = module.prepare(job, tables, taken)
        if kernel is not None:
            found.append(kernel)
            taken |= kernel.answers
    return tuple(found)
