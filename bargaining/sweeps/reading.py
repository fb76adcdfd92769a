"""A sweep's directory read back: what was asked for, and its parts a few columns at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from bargaining.errors import InputError, StorageError
from bargaining.model.spelling import show
from bargaining.settlement.package import Deals
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job
from bargaining.sweeps.manifest import MANIFEST
from bargaining.sweeps.measures import parse_measure
from bargaining.sweeps.spans import Layout
from bargaining.sweeps.store import Store, open_store

if TYPE_CHECKING:
    import pyarrow

KINDS = ("yes_no", "number", "text")


@dataclass(frozen=True, eq=False)
class SweepFiles:
    """A sweep on disk, finished or not.

    Attributes
    ----------
    store : Store
        Its directory.
    job : Job
        What was asked.
    """

    store: Store
    job: Job

    @property
    def path(self) -> Path:
        """The directory."""
        return self.store.path

    @property
    def layout(self) -> Layout:
        """Where parts begin and end."""
        return self.store.layout

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Kind of answer of each measure."""
        return dict(zip((m.name for m in self.job.measures), self.job.kinds, strict=True))

    def read(self, part: int, columns: Sequence[str]) -> pyarrow.Table | None:
        """Return some columns of a part; None where it is not written yet.

        Raises
        ------
        StorageError
            If the file is damaged, or a column is missing.
        """
        if self.store.about(part) is None:
            return None
        table = self.store.table(part, columns)
        if table.column_names != list(columns):
            msg = f"{self.store.file(part)}: expected the columns {', '.join(columns)}"
            raise StorageError(msg)
        return table


def read_sweep(path: str | Path) -> SweepFiles:
    """Open the directory of a sweep to ask its games further questions.

    Raises
    ------
    StorageError
        If it is none, or its manifest is not one.
    """
    store = open_store(path)
    try:
        job = job_of_manifest(store.manifest)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        line = f"found no {error}" if isinstance(error, KeyError) else str(error)
        msg = f"{store.path / MANIFEST}: not the manifest of a sweep: {line[:200]}"
        raise StorageError(msg) from None
    return SweepFiles(store, job)


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
    if manifest["deals"] not in get_args(Deals):
        msg = f"expected deals in {', '.join(get_args(Deals))}, found {show(manifest['deals'])}"
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
        str(manifest["solution"]),
        manifest["deals"],
        tuple(map(str, manifest["require"])),
        kinds,
    )
