"""Directories of sweeps, written from rows that a test gives or from the job's own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import bargaining as bg
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job, job_of
from bargaining.sweeps.measures import parse_measure

TYPES = {"yes_no": pa.bool_(), "number": pa.float64(), "text": pa.string()}


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
    """Write a sweep; with ``cells`` (status among them, if not all are ok) instead of answers."""
    out.mkdir(parents=True, exist_ok=True)
    plan = work.design
    parts = -(-plan.rows // rows_per_part)
    names = [axis.name for axis in plan.axes]
    measures = [measure.name for measure in work.measures]
    drawn = ["draw"] if plan.draws > 1 else []
    manifest = {
        "format": "bargaining-sweep/1",
        **work.to_dict(),
        "kinds": list(work.kinds),
        "rows": plan.rows,
        "rows_per_part": rows_per_part,
        "parts": parts,
        "columns": ["row", *drawn, *names, *measures, "status", "message"],
        "key": work.key,
        "document": work.document,
    }
    (out / "manifest.json").write_text(json.dumps(manifest))
    for part in range(parts):
        if part in leave_out:
            continue
        start, stop = part * rows_per_part, min((part + 1) * rows_per_part, plan.rows)
        columns: dict[str, Any] = {"row": pa.array(range(start, stop), pa.int64())}
        if drawn:
            draws = [row % plan.draws for row in range(start, stop)]
            columns["draw"] = pa.array(draws, pa.int32())
        found = work.solve(start, stop) if cells is None else {}
        axes = plan.columns(start, stop)
        for j, name in enumerate(names):
            columns[name] = pa.array(axes[:, j])
        for name, kind in zip(measures, work.kinds, strict=True):
            if cells is not None:
                values = list(cells[name][start:stop])
            else:
                column = found[name]
                pairs = zip(column.values.tolist(), column.known.tolist(), strict=True)
                values = [value if known else None for value, known in pairs]
            columns[name] = pa.array(values, TYPES[kind])
        for name in ("status", "message"):
            if cells is not None:
                usual = "ok" if name == "status" else None
                values = (
                    list(cells[name][start:stop]) if name in cells else [usual] * (stop - start)
                )
            else:
                values = list(found[name].values)
            columns[name] = pa.array(values, pa.string())
        about = {"key": work.key, "part": part, "rows": stop - start}
        table = pa.table(columns).replace_schema_metadata({"bargaining.sweep": json.dumps(about)})
        pq.write_table(table, out / f"part-{part:06d}.parquet")
    return out
