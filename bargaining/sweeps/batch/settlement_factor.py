"""From which discount factor settlements last, asked of many rows at once.

A kernel of its own: where a settlement can be carried out in several ways, which need not tempt
alike, a row is left open, and the other factors should not be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bargaining.sweeps.batch.enforcement import Enforcement, kernel_of

if TYPE_CHECKING:
    from bargaining.sweeps.batch.tables import Tables
    from bargaining.sweeps.job import Job


def prepare(job: Job, tables: Tables, taken: frozenset[str] = frozenset()) -> Enforcement | None:
    """Return the kernel for the settlements' factors, None where it would not decide anything."""
    return kernel_of(job, tables, taken, ("settlement",))
