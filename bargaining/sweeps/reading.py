"""A sweep's directory read back: what was asked, and its parts, a few columns at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bargaining.errors import InputError
from bargaining.model.spelling import show
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job
from bargaining.sweeps.measures import parse_measure

if TYPE_CHECKING:
    import pyarrow

FORMAT = "bargaining-sweep/1"
MAX_MANIFEST = 64_000_000
KINDS = ("yes_no", "number", "text")


@dataclass(frozen=True, eq=False)
class SweepFiles:
    """A sweep on disk.

    Attributes
    ----------
    path : Path
        Its directory.
    job : Job
        What was asked.
    rows_per_part : int
    """

    path: Path
    job: Job
    rows_per_part: int

    @property
    def rows(self) -> int:
        """How many rows there are when the sweep is finished."""
        return self.job.design.rows

    @property
    def parts(self) -> int:
        """How many parts there are when the sweep is finished."""
        return -(-self.rows // self.rows_per_part)

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Kind of answer of each measure."""
        return dict(zip((m.name for m in self.job.measures), self.job.kinds, strict=True))

    def span(self, part: int) -> tuple[int, int]:
        """Return the first row of a part and the one after its last."""
        first = part * self.rows_per_part
        return first, min(first + self.rows_per_part, self.rows)

    def read(self, part: int, columns: Sequence[str]) -> pyarrow.Table | None:
        """Return some columns of a part; None where it is not written yet.

        Raises
        ------
        InputError
            If the file is not the part that it should be.
        """
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile

        place = self.path / f"part-{part:06d}.parquet"
        first, last = self.span(part)
        try:
            with ParquetFile(place) as file:
                if file.metadata.num_rows != last - first:
                    msg = f"expected {last - first} rows, found {file.metadata.num_rows}"
                    raise InputError(msg)
                missing = [c for c in columns if c not in file.schema_arrow.names]
                if missing:
                    msg = f"expected a column {show(missing[0])}, found none"
                    raise InputError(msg)
                return file.read(columns=list(columns))
        except FileNotFoundError:
            return None
        except (ArrowException, OSError, InputError) as error:
            line = " ".join(str(error).split())[:200]
            msg = f"{place}: not a part of this sweep: {line}; run the sweep with --resume"
            raise InputError(msg) from None


def open_sweep(path: str | Path) -> SweepFiles:
    """Open the directory of a sweep.

    Raises
    ------
    InputError
        If it is none, or its manifest is not one.
    """
    folder = Path(path)
    place = folder / "manifest.json"
    try:
        if place.stat().st_size > MAX_MANIFEST:
            msg = f"{place}: expected at most {MAX_MANIFEST:,} bytes"
            raise InputError(msg)
        manifest = json.loads(place.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        msg = f"{path}: expected the directory of a sweep, which holds a manifest.json; found none"
        raise InputError(msg) from None
    except OSError as error:
        msg = f"{place}: cannot be read: {(error.strerror or str(error)).lower()}"
        raise InputError(msg) from None
    except (ValueError, RecursionError) as error:
        msg = f"{place}: expected JSON, found something else: {str(error)[:100]}"
        raise InputError(msg) from None
    try:
        return _opened(folder, manifest)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        line = f"no {error}" if isinstance(error, KeyError) else str(error)
        msg = f"{place}: not the manifest of a sweep: {line[:200]}"
        raise InputError(msg) from None


def _opened(folder: Path, manifest: Any) -> SweepFiles:
    if not isinstance(manifest, Mapping) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, Mapping) else manifest
        msg = f"expected the format {FORMAT}, found {show(found)}"
        raise InputError(msg)
    job = job_of_manifest(manifest)
    size = manifest["rows_per_part"]
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        msg = f"expected rows_per_part of at least 1, found {show(size)}"
        raise InputError(msg)
    return SweepFiles(folder, job, size)


def job_of_manifest(manifest: Mapping[str, Any]) -> Job:
    """Return the work that a manifest describes."""
    stated = manifest["design"]
    varied: dict[str, Any] = {}
    grid = stated["kind"] == "grid"
    for axis in stated["axes"]:
        if "values" in axis:
            varied[axis["path"]] = list(axis["values"])
        else:
            ends = (axis["from"], axis["to"])
            varied[axis["path"]] = (*ends, axis["count"]) if grid else ends
    plan = design(
        vary=varied,
        kind=stated["kind"],
        points=None if grid else stated["points"],
        seed=stated["seed"],
        noise=stated["noise"],
        draws=stated["draws"],
    )
    kinds = tuple(manifest["kinds"])
    measures = tuple(parse_measure(name) for name in manifest["measures"])
    if len(kinds) != len(measures) or not set(kinds) <= set(KINDS):
        msg = f"expected the kind of each measure, found {show(str(kinds))}"
        raise InputError(msg)
    document = manifest["document"]
    if not isinstance(document, Mapping):
        msg = f"expected the game's document, found {show(document)}"
        raise InputError(msg)
    return Job(
        document,
        str(manifest["game"]["name"]),
        plan,
        measures,
        manifest["solution"],
        manifest["deals"],
        tuple(manifest["require"]),
        kinds,
    )
