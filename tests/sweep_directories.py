"""Directories of sweeps, written from cells that a test gives or from the job's own answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import bargaining as bg
from bargaining.sweeps.columns import DTYPES, EMPTY, Column
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job, job_of
from bargaining.sweeps.manifest import manifest_of
from bargaining.sweeps.measures import Kind, parse_measure
from bargaining.sweeps.spans import Layout
from bargaining.sweeps.store import Store


def column(kind: Kind, cells: Sequence[Any]) -> Column:
    """Return a column of cells, None where there is none."""
    known = np.array([item is not None for item in cells], dtype=bool)
    values = np.empty(len(cells), dtype=DTYPES[kind])
    values[:] = EMPTY[kind]
    for i in np.flatnonzero(known).tolist():
        values[i] = cells[i]
    return Column(values, known)


def job(
    game: Any,
    vary: Mapping[str, Any],
    measures: Sequence[str],
    *,
    require: Sequence[str] = (),
    **plan: Any,
) -> Job:
    found = bg.load(game) if isinstance(game, str) else game
    asked = tuple(parse_measure(name) for name in measures)
    return job_of(found, design(vary=vary, **plan), asked, require=require)


def write(
    out: Path,
    work: Job,
    cells: Mapping[str, Sequence[Any]] | None = None,
    *,
    rows_per_part: int = 64,
    leave_out: Sequence[int] = (),
) -> Path:
    """Write a sweep; with ``cells`` by column (status too, unless all are ok) they are taken."""
    out.mkdir(parents=True, exist_ok=True)
    layout = Layout(work.design.rows, rows_per_part)
    manifest = manifest_of(work, layout)
    (out / "manifest.json").write_text(json.dumps(manifest))
    store = Store(out, manifest)
    for part in range(layout.parts):
        if part not in leave_out:
            start, stop = layout.bounds(part)
            found = work.solve(start, stop) if cells is None else _given(work, cells, start, stop)
            store.write(part, found)
    return out


def _given(
    work: Job, cells: Mapping[str, Sequence[Any]], start: int, stop: int
) -> dict[str, Column]:
    axes = work.design.columns(start, stop)
    found = {axis.name: column("number", axes[:, j]) for j, axis in enumerate(work.design.axes)}
    for measure, kind in zip(work.measures, work.kinds, strict=True):
        found[measure.name] = column(kind, cells[measure.name][start:stop])
    status = cells.get("status", ["ok"] * work.design.rows)[start:stop]
    found["status"] = column("text", status)
    found["message"] = column("text", [None if s == "ok" else "no such game" for s in status])
    return found
