"""What a sweep has found: a table, read from its directory or held in memory.

The directory is plain Parquet and needs no program of ours::

    pandas.read_parquet(sorted(pathlib.Path("OUT").glob("*.parquet")))
    polars.scan_parquet("OUT/*.parquet")
    duckdb.sql("select * from 'OUT/*.parquet'")
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, NotDefinedError
from bargaining.files.spreadsheet import defused
from bargaining.model.spelling import printable, show, suggestion
from bargaining.sweeps.columns import Column
from bargaining.sweeps.manifest import MANIFEST
from bargaining.sweeps.spans import Layout
from bargaining.sweeps.store import HOW_TO_RESUME, Store, cells, drafted, open_store


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """Answers about many games, one per row.

    Attributes
    ----------
    manifest : mapping
        Game, design, measures and version, as in ``manifest.json``.
    path : Path or None
        The directory; None where the answers are held in memory.
    held : mapping of int to mapping
        Parts in memory.
    computed : tuple of int
        Parts that were solved just now, rather than found in the directory.
    """

    manifest: Mapping[str, Any]
    path: Path | None
    held: Mapping[int, Mapping[str, Column]]
    computed: tuple[int, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows the sweep has when it is complete."""
        return int(self.manifest["rows"])

    @property
    def columns(self) -> tuple[str, ...]:
        """Row, draw (where there are several), axes, measures, status and message."""
        return tuple(self.manifest["columns"])

    @property
    def axes(self) -> tuple[str, ...]:
        """Columns that vary by design."""
        return tuple(axis["path"] for axis in self.manifest["design"]["axes"])

    @property
    def measures(self) -> tuple[str, ...]:
        """Columns that were asked for."""
        return tuple(self.manifest["measures"])

    @property
    def layout(self) -> Layout:
        """Where parts begin and end."""
        return Layout(self.rows, self.manifest["rows_per_part"])

    @cached_property
    def _about(self) -> dict[int, Mapping[str, Any]]:
        """What is known of each part that is there."""
        if self.path is not None:
            store = Store(self.path, self.manifest)
            every = ((part, store.about(part)) for part in range(self.layout.parts))
            return {part: about for part, about in every if about is not None}
        found: dict[int, Mapping[str, Any]] = {}
        for part in sorted(self.held):
            failed = np.flatnonzero(self.held[part]["status"].values != "ok")
            first = self.layout.bounds(part)[0] + int(failed[0]) if len(failed) else None
            found[part] = {"failed": len(failed), "first_failed": first}
        return found

    @property
    def parts(self) -> tuple[int, ...]:
        """Parts that are there."""
        return tuple(self._about)

    @property
    def rows_done(self) -> int:
        """Rows of the parts that are there."""
        return sum(b - a for a, b in map(self.layout.bounds, self.parts))

    @property
    def complete(self) -> bool:
        """Whether every part is there."""
        return len(self._about) == self.layout.parts

    @property
    def failures(self) -> int:
        """Rows without all their answers; their ``message`` says why."""
        return sum(about["failed"] for about in self._about.values())

    @property
    def first_failure(self) -> tuple[int, str] | None:
        """The first such row and its message."""
        for part, about in self._about.items():
            if about["failed"]:
                row = int(about["first_failed"])
                message = next(self._blocks(("message",), (part,)))["message"]
                return row, str(message.values[row - self.layout.bounds(part)[0]])
        return None

    def read(self, columns: Sequence[str] | None = None) -> dict[str, NDArray[Any]]:
        """Return columns as arrays, shape (rows,), those of the parts that are there.

        Parameters
        ----------
        columns : sequence of str, optional
            Default: all of them.

        Returns
        -------
        dict of str to array
            Numbers as float64 with nan where there is none; yes and no as bool, or as objects
            where some are None; texts as objects.

        Examples
        --------
        >>> import bargaining as bg
        >>> game = bg.load("us_mexico/guns_for_fentanyl")
        >>> found = bg.sweep(game, vary={"discount": "0.2:0.4:3"}, measure=["discount.us"])
        >>> found.read(["row", "discount.us"])
        {'row': array([0, 1, 2]), 'discount.us': array([0.2, 0.3, 0.4])}
        """
        names = self._named(columns)
        blocks = list(self._blocks(names, self.parts))
        found = {}
        for name in names:
            if not blocks:
                found[name] = np.empty(0)
                continue
            values = np.concatenate([block[name].values for block in blocks])
            known = np.concatenate([block[name].known for block in blocks])
            if values.dtype == bool and not known.all():
                values = values.astype(object)
                values[~known] = None
            found[name] = values
        return found

    def to_pandas(self, columns: Sequence[str] | None = None) -> Any:
        """Return a pandas data frame, one row per game.

        Raises
        ------
        InputError
            If pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            msg = "to_pandas needs the package pandas: pip install pandas"
            raise InputError(msg) from None
        return pd.DataFrame(self.read(columns))

    def to_xarray(self, columns: Sequence[str] | None = None) -> Any:
        """Return an xarray dataset with one dimension per axis of the grid.

        Raises
        ------
        NotDefinedError
            If the design is no grid, or the sweep is not complete.
        InputError
            If xarray is not installed.
        """
        if self.manifest["design"]["kind"] != "grid":
            msg = "to_xarray: points drawn at random are no grid; take to_pandas"
            raise NotDefinedError(msg)
        if not self.complete:
            msg = f"to_xarray: expected a complete sweep, found {self}; {HOW_TO_RESUME}"
            raise NotDefinedError(msg)
        try:
            import xarray as xr
        except ImportError:
            msg = "to_xarray needs the package xarray: pip install xarray"
            raise InputError(msg) from None
        given = self._named(columns)
        names = [name for name in given if name not in ("row", "draw", *self.axes)]
        axes = self.manifest["design"]["axes"]
        coordinates: dict[str, Any] = {axis["path"]: _places(axis) for axis in axes}
        if "draw" in self.columns:
            coordinates["draw"] = np.arange(self.manifest["design"]["draws"])
        shape = [len(places) for places in coordinates.values()]
        found = self.read(names)
        variables = {name: (list(coordinates), found[name].reshape(shape)) for name in names}
        return xr.Dataset(variables, coords=coordinates)

    def to_csv(
        self, target: str | os.PathLike[str] | TextIO, columns: Sequence[str] | None = None
    ) -> None:
        """Write the rows as CSV, part by part.

        Parameters
        ----------
        target : path or open text file
        columns : sequence of str, optional

        Notes
        -----
        No answer is an empty cell, yes and no are ``true`` and ``false``, and text that a
        spreadsheet would take for a formula gets an apostrophe.  A file that is there already is
        replaced once the new one is whole.

        Raises
        ------
        InputError
            If the target is a file of a sweep's directory.
        StorageError
            If a part is damaged, or the file cannot be written.
        """
        names = self._named(columns)
        if not isinstance(target, (str, os.PathLike)):
            if not hasattr(target, "write"):
                msg = f"to_csv: expected a path or an open file, found {show(target)}"
                raise InputError(msg)
            self._write_csv(target, names)
            return
        place = _writable(target)
        if _streams(place):
            with place.open("w", encoding="utf-8", newline="") as stream:
                self._write_csv(stream, names)
            return
        with drafted(place) as draft:
            text = io.TextIOWrapper(draft, encoding="utf-8", newline="")
            self._write_csv(text, names)
            text.detach()  # flushes, and leaves the draft open

    def _write_csv(self, file: TextIO, names: Sequence[str]) -> None:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([_text(name) for name in names])
        for block in self._blocks(names, self.parts):
            writer.writerows(zip(*(_spelled(block[name]) for name in names), strict=True))

    def _named(self, columns: Sequence[str] | None) -> tuple[str, ...]:
        if columns is None:
            return self.columns
        asked = (columns,) if isinstance(columns, str) else tuple(columns)
        for name in asked:
            if name not in self.columns:
                hint = suggestion(str(name), self.columns)
                msg = f"columns: expected some of {', '.join(self.columns)}, found {name}{hint}"
                raise InputError(msg)
        return asked

    def _blocks(self, names: Sequence[str], parts: Sequence[int]) -> Iterator[dict[str, Column]]:
        """Columns of one part after the other."""
        draws = self.manifest["design"]["draws"]
        for part in parts:
            if self.path is None:
                start, stop = self.layout.bounds(part)
                block = {n: Column(*cells(n, self.held[part], start, stop, draws)) for n in names}
            else:
                table = Store(self.path, self.manifest).table(part, list(dict.fromkeys(names)))
                block = {name: _column(table.column(name)) for name in names}
            yield block

    def __str__(self) -> str:
        """Say how much there is of it, and what failed."""
        place = f"{self.path}: " if self.path is not None else ""
        rows = f"{self.rows:,} row{'s' if self.rows != 1 else ''}"
        if self.complete:
            done = f"complete, {rows} in {_parts(self.layout.parts)}"
        else:
            done = (
                f"unfinished, {self.rows_done:,} of {rows} "
                f"({len(self.parts):,} of {_parts(self.layout.parts)})"
            )
        first = self.first_failure
        if first is None:
            return place + done
        failed = f"{self.failures:,} of {self.rows_done:,} rows failed"
        return f"{place}{done}; {failed}; first: row {first[0]}: {first[1]}"

    __repr__ = __str__


def open_sweep(path: str | os.PathLike[str]) -> Sweep:
    """Open a directory that :func:`bargaining.sweep` has written, finished or not.

    Parameters
    ----------
    path : path

    Raises
    ------
    StorageError
        If the directory holds no sweep.
    """
    store = open_store(path)
    return Sweep(store.manifest, store.path, {})


def _writable(target: str | os.PathLike[str]) -> Path:
    """Return where a table may be written: over no file that a sweep needs."""
    try:
        place = Path(target)
        place = place if _streams(place) else place.resolve()
        own = (place.parent / MANIFEST).is_file()
    except (OSError, RuntimeError, ValueError) as error:  # links in a ring, names with nulls
        said = getattr(error, "strerror", None) or str(error)
        msg = f"{show(str(target))}: expected a file to write, found {said.lower()}"
        raise InputError(msg) from None
    if own and (place.name.lower() == MANIFEST or place.suffix.lower() == ".parquet"):
        msg = f"{target}: expected a file to write, found one of a sweep's own; choose another name"
        raise InputError(msg)
    return place


def _streams(place: Path) -> bool:
    """Whether a place takes what is written as it comes: a terminal, a pipe."""
    return place.is_char_device() or place.is_fifo()


def _parts(count: int) -> str:
    return f"{count:,} part{'s' if count != 1 else ''}"


def _places(axis: Mapping[str, Any]) -> NDArray[np.float64]:
    """Values of one of a grid's axes, to the nearest float."""
    if "values" in axis:
        return np.array([float(Fraction(text)) for text in axis["values"]])
    low, high, count = Fraction(axis["from"]), Fraction(axis["to"]), int(axis["count"])
    step = (high - low) / (count - 1) if count > 1 else Fraction(0)
    return np.array([float(low + step * k) for k in range(count)])


def _column(array: Any) -> Column:
    """Return an Arrow column as arrays."""
    known = ~np.asarray(array.is_null().to_numpy(), dtype=bool)
    if str(array.type) == "bool":
        return Column(array.fill_null(False).to_numpy(), known)
    return Column(array.to_numpy(), known)


def _spelled(column: Column) -> list[Any]:
    """Cells as CSV spells them."""
    values = column.values.tolist()
    if column.values.dtype == bool:
        values = ["true" if value else "false" for value in values]
    elif column.values.dtype == object:
        values = ["" if value is None else _text(value) for value in values]
    if column.known.all():
        return list(values)
    known = column.known.tolist()
    return [value if there else "" for value, there in zip(values, known, strict=True)]


def _text(value: object) -> str:
    return defused(printable(str(value)))
