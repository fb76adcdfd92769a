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
from typing import IO, Any

import numpy as np

from bargaining.errors import InputError, StorageError
from bargaining.model.spelling import show
from bargaining.sweeps.columns import Column
from bargaining.sweeps.lock import LOCK, locked
from bargaining.sweeps.manifest import MANIFEST, REMEDY, differences, read_manifest
from bargaining.sweeps.spans import Layout

ABOUT = b"bargaining.sweep"
"""Where a part file's own schema says which part of which job it is."""
HOW_TO_RESUME = "go on with --resume (in Python: resume=True)"


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
        found = self._stated(part)
        start, stop = self.layout.bounds(part)
        wanted = {"key": self.manifest["key"], "part": part, "rows": stop - start}
        fits = found is not None and all(found.get(name) == it for name, it in wanted.items())
        return found if fits else None

    def _stated(self, part: int) -> dict[str, Any] | None:
        """Return what a part file says of itself, whoever's it is."""
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self.file(part)) as file:
                found = json.loads((file.schema_arrow.metadata or {}).get(ABOUT, b"null"))
                rows = file.metadata.num_rows
        except (OSError, ValueError):  # pyarrow's own errors are among these
            return None
        return found if isinstance(found, dict) and found.get("rows") == rows else None

    def check(self) -> None:
        """Refuse a manifest that fits no part that is there.

        Raises
        ------
        StorageError
            If parts are there, and all of them are another sweep's.
        """
        others = False
        for part in range(self.layout.parts):
            if self.about(part) is not None:
                return
            others = others or self._stated(part) is not None
        if others:
            msg = f"{self.path / MANIFEST} {REMEDY}"
            raise StorageError(msg)

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


def place_of(given: object) -> Path:
    """Return where a sweep's directory is, or is to be.

    Raises
    ------
    InputError
        If it is no path.
    StorageError
        If the system cannot look there.
    """
    if not isinstance(given, (str, os.PathLike)) or "\0" in str(given):
        msg = f"out: expected the path of a directory, found {show(given)}"
        raise InputError(msg)
    place = Path(given)
    try:
        (place / MANIFEST).stat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        msg = f"{place}: {(error.strerror or str(error)).lower()}"
        raise StorageError(msg) from None
    return place


def open_store(path: object) -> Store:
    """Open a directory that a sweep has written.

    Raises
    ------
    StorageError
        If it is none, or its manifest does not fit it.
    """
    place = place_of(path)
    manifest = read_manifest(place)
    arrow()
    store = Store(place, manifest)
    store.check()
    return store


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
            dangling = path.is_symlink() and not path.exists()
            what = "a link to nothing" if dangling else "a file"
            msg = f"{path}: expected a directory or a new name, found {what}"
            raise StorageError(msg) from None
        except OSError as error:
            msg = f"{path}: {(error.strerror or str(error)).lower()}; nothing has been computed"
            raise StorageError(msg) from None
        yield store


def _finished(path: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether nothing is left to write, so that a directory may even be write-protected."""
    store = Store(path, manifest)
    if not (path / MANIFEST).exists() or differences(read_manifest(path), manifest):
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
    differs = differences(held, manifest)
    if differs:
        msg = f"{path}: holds another sweep: " + "; ".join(differs) + "; choose another directory"
        raise StorageError(msg)
    store.check()
    done = len(store.complete())
    if not resume and done < store.layout.parts:
        msg = (
            f"{path}: holds this sweep unfinished ({done} of {store.layout.parts} parts); "
            + HOW_TO_RESUME
        )
        raise StorageError(msg)
    return store


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
    with drafted(path) as file:
        file.write(data)


@contextlib.contextmanager
def drafted(path: Path) -> Iterator[IO[bytes]]:
    """Open a draft that takes a file's place once it is whole; until then nothing changes there.

    Raises
    ------
    StorageError
        Naming the file and what the system said.
    """
    draft = path.with_name(f".{path.name}.tmp")
    try:
        try:
            with draft.open("wb") as file:
                yield file
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
