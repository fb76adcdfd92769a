"""A sweep on disk: a manifest, and parts that are either complete or not there.

Every file is written under another name, forced to the disk and then renamed, and the directory
is forced to the disk after it.  So a kill or a power cut at any moment leaves complete parts and
nothing else that counts; what a part file says of itself (job, number, rows, checksums of its
pages) is compared before it is believed.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.errors import InputError, StorageError
from bargaining.sweeps.columns import Column
from bargaining.sweeps.lock import LOCK, locked
from bargaining.sweeps.spans import Layout

if TYPE_CHECKING:
    from bargaining.sweeps.job import Job

FORMAT = "bargaining-sweep/1"
MANIFEST = "manifest.json"
MAX_MANIFEST = 256 * 2**20
ABOUT = b"bargaining.sweep"
"""Where a part file's own schema says which part of which job it is."""
HOW_TO_RESUME = "go on with --resume (in Python: resume=True)"
_COMPARED = {
    "version": "version",
    "game": "game",
    "document": "game",
    "design": "design",
    "measures": "measures",
    "solution": "solution",
    "deals": "deals",
    "require": "requirements",
    "rows_per_part": "rows per part",
}


def manifest_of(job: Job, layout: Layout) -> dict[str, Any]:
    """Return what a sweep's directory says of itself: no times, no hosts, no paths."""
    axes = [axis.name for axis in job.design.axes]
    drawn = ["draw"] if job.design.draws > 1 else []
    measures = [measure.name for measure in job.measures]
    return {
        "format": FORMAT,
        **job.to_dict(),
        "kinds": list(job.kinds),
        "rows": layout.rows,
        "rows_per_part": layout.rows_per_part,
        "parts": layout.parts,
        "columns": ["row", *drawn, *axes, *measures, "status", "message"],
        "key": job.key,
        "document": job.document,
    }


def arrow() -> Any:
    """Return pyarrow, or say how to get it."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        msg = (
            "a directory of results needs the package pyarrow: "
            'pip install "bargaining[cluster]"; without it leave out the directory'
        )
        raise InputError(msg) from None
    return pyarrow


@dataclass(frozen=True, eq=False)
class Store:
    """A directory of parts.

    Attributes
    ----------
    path : Path
    manifest : mapping
    """

    path: Path
    manifest: Mapping[str, Any]

    @property
    def layout(self) -> Layout:
        """Where parts begin and end."""
        return Layout(self.manifest["rows"], self.manifest["rows_per_part"])

    def file(self, part: int) -> Path:
        """Return where a part is kept."""
        return self.path / f"part-{part:06d}.parquet"

    def about(self, part: int) -> dict[str, Any] | None:
        """Return what a part file says of itself, None where it is missing, cut off or another's.

        Keys are ``failed`` (rows without all answers) and ``first_failed`` (a row or None).
        """
        import pyarrow.parquet as pq

        start, stop = self.layout.bounds(part)
        try:
            with pq.ParquetFile(self.file(part)) as file:
                found = json.loads((file.schema_arrow.metadata or {}).get(ABOUT, b"null"))
                rows = file.metadata.num_rows
        except (OSError, ValueError):  # pyarrow's own errors are among these
            return None
        wanted = {"key": self.manifest["key"], "part": part, "rows": stop - start}
        if not isinstance(found, dict) or rows != stop - start:
            return None
        if any(found.get(name) != value for name, value in wanted.items()):
            return None
        return found

    def table(self, part: int, columns: Sequence[str] | None = None) -> Any:
        """Return a part as an Arrow table; damaged pages are an error, never an answer."""
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self.file(part), page_checksum_verification=True) as file:
                return file.read(columns=list(columns) if columns is not None else None)
        except (OSError, ValueError) as error:
            said = str(error).splitlines()[0]
            msg = f"{self.file(part)}: cannot be read ({said}); {HOW_TO_RESUME} to compute it again"
            raise StorageError(msg) from None

    def sound(self, part: int) -> bool:
        """Whether a part is complete down to its last byte."""
        if self.about(part) is None:
            return False
        try:
            self.table(part)
        except StorageError:
            return False
        return True

    def complete(self) -> list[int]:
        """Parts that are there, by what they say of themselves."""
        return [part for part in range(self.layout.parts) if self.about(part) is not None]

    def write(self, part: int, columns: Mapping[str, Column]) -> None:
        """Write a part.

        Raises
        ------
        StorageError
            If it cannot be written; nothing of it is left then.
        """
        write_safely(self.file(part), self._encoded(part, columns))

    def _encoded(self, part: int, columns: Mapping[str, Column]) -> memoryview:
        """Return a part file's bytes: the same ones for the same answers."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        start, stop = self.layout.bounds(part)
        failed = np.flatnonzero(columns["status"].values != "ok")
        about = {
            "key": self.manifest["key"],
            "part": part,
            "rows": stop - start,
            "failed": len(failed),
            "first_failed": start + int(failed[0]) if len(failed) else None,
        }
        arrays = []
        for name in self.manifest["columns"]:
            values, known = cells(name, columns, start, stop, self.manifest["design"]["draws"])
            kind = pa.string() if values.dtype == object else pa.from_numpy_dtype(values.dtype)
            arrays.append(pa.array(values, type=kind, mask=None if known.all() else ~known))
        schema = pa.schema(
            [
                pa.field(name, array.type)
                for name, array in zip(self.manifest["columns"], arrays, strict=True)
            ],
            metadata={ABOUT: json.dumps(about, sort_keys=True)},
        )
        sink = pa.BufferOutputStream()
        pq.write_table(
            pa.Table.from_arrays(arrays, schema=schema),
            sink,
            version="2.6",
            data_page_version="1.0",
            compression="zstd",
            compression_level=1,
            use_dictionary=["status"],
            write_statistics=True,
            write_page_checksum=True,
            row_group_size=stop - start,
        )
        return memoryview(sink.getvalue())


def cells(
    name: str, columns: Mapping[str, Column], start: int, stop: int, draws: int
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return a column's values and where they are known; row and draw follow from the place."""
    if name in ("row", "draw"):
        rows = np.arange(start, stop, dtype=np.int64)
        values = rows if name == "row" else (rows % draws).astype(np.int32)
        return values, np.ones(stop - start, dtype=bool)
    return columns[name].values, columns[name].known


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a directory's manifest.

    Raises
    ------
    StorageError
        If there is none, or it is no sweep's.
    """
    place = path / MANIFEST
    try:
        with place.open("rb") as file:
            text = file.read(MAX_MANIFEST + 1)
        found = json.loads(text[: MAX_MANIFEST + 1])
    except FileNotFoundError:
        msg = f"{path}: expected a directory that a sweep has written, found no {MANIFEST} in it"
        raise StorageError(msg) from None
    except OSError as error:
        msg = f"{place}: {(error.strerror or str(error)).lower()}"
        raise StorageError(msg) from None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT or not _shaped(found):
        msg = f"{place}: expected the manifest of a sweep ({FORMAT}), found something else"
        raise StorageError(msg)
    return found


def _shaped(found: Mapping[str, Any]) -> bool:
    """Whether a manifest has what reading needs."""
    numbers = [found.get(name) for name in ("rows", "rows_per_part", "parts")]
    if not all(type(value) is int and value > 0 for value in numbers):
        return False
    listed = all(isinstance(found.get(name), list) for name in ("columns", "kinds", "measures"))
    whole = isinstance(found.get("key"), str) and isinstance(found.get("design"), dict)
    layout = Layout(found["rows"], found["rows_per_part"])
    return listed and whole and layout.parts == found["parts"]


@contextlib.contextmanager
def opened(path: Path, manifest: Mapping[str, Any], *, resume: bool) -> Iterator[Store]:
    """Make or open a sweep's directory, held against other runs.

    Raises
    ------
    StorageError
        If the directory cannot be used, holds another sweep, is being written, or is unfinished
        and not to be resumed.
    """
    with contextlib.ExitStack() as stack:
        try:
            if _finished(path, manifest):
                with contextlib.suppress(OSError, StorageError), locked(path):
                    _clean(path)
            else:
                path.mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(path))
                _clean(path)
            store = _checked(path, manifest, resume=resume)
        except (FileExistsError, NotADirectoryError):
            msg = f"{path}: expected a directory or a new name, found a file"
            raise StorageError(msg) from None
        except OSError as error:
            msg = f"{path}: {(error.strerror or str(error)).lower()}; nothing has been computed"
            raise StorageError(msg) from None
        yield store


def _finished(path: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether nothing is left to write, so that a directory may even be write-protected."""
    store = Store(path, manifest)
    if not (path / MANIFEST).exists() or _differences(read_manifest(path), manifest):
        return False
    return all(store.about(part) is not None for part in range(store.layout.parts))


def _checked(path: Path, manifest: Mapping[str, Any], *, resume: bool) -> Store:
    store = Store(path, manifest)
    if not (path / MANIFEST).exists():
        others = sorted(item.name for item in path.iterdir() if item.name != LOCK)
        if others:
            msg = f"{path}: expected an empty directory or a sweep's, found {others[0]} in it"
            raise StorageError(msg)
        text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        write_safely(path / MANIFEST, text.encode())
        return store
    held = read_manifest(path)
    differs = _differences(held, manifest)
    if differs:
        msg = f"{path}: holds another sweep: " + "; ".join(differs) + "; choose another directory"
        raise StorageError(msg)
    done = len(store.complete())
    if not resume and done < store.layout.parts:
        msg = (
            f"{path}: holds this sweep unfinished ({done} of {store.layout.parts} parts); "
            + HOW_TO_RESUME
        )
        raise StorageError(msg)
    return store


def _differences(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return what tells two sweeps apart, in words."""
    if all(held.get(name) == wanted[name] for name in ("key", "rows_per_part")):
        return []  # a game's name or title may have changed, which no answer depends on
    found: dict[str, str] = {}
    for name, title in _COMPARED.items():
        there, here = held.get(name), wanted.get(name)
        if there == here:
            continue
        if name in ("version", "solution", "deals", "rows_per_part"):
            found[title] = f"its {title} is {there}, not {here}"
        elif name == "game" and isinstance(there, dict):
            what = f"its game is {there.get('name')}, not {here['name']}" if here else ""
            same = there.get("name") == (here or {}).get("name")
            found[title] = "its game has other numbers" if same else what
        elif name == "design" and isinstance(there, dict):
            inner = [key for key in (here or {}) if there.get(key) != (here or {})[key]]
            found[title] = f"its design differs in {', '.join(inner)}"
        else:
            found.setdefault(title, f"its {title} differ{'s' if title == 'game' else ''}")
    return list(found.values()) or ["its key differs"]


def _clean(path: Path) -> None:
    """Remove what a killed run left half written."""
    for item in path.glob(".*.tmp"):
        item.unlink(missing_ok=True)


def write_safely(path: Path, data: bytes | memoryview) -> None:
    """Write a file so that it is there as a whole or not at all, even after a power cut.

    Raises
    ------
    StorageError
        Naming the file and what the system said.
    """
    draft = path.with_name(f".{path.name}.tmp")
    try:
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            _sync(path.parent)
        except BaseException:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        msg = f"{path}: {(error.strerror or str(error)).lower()}"
        raise StorageError(msg) from None


def _sync(directory: Path) -> None:
    """Force a directory's entries to the disk, where the system lets one."""
    if os.name == "nt":
        return
    held = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
