"""Answers of a sweep as a picture shows them: numbers, or a few labelled categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError
from bargaining.report.plots.style import FILLS, HATCHES, MARKERS, PALE, shortened

ANSWERED, SILENT, FAILED, ABSENT = 0, 1, 2, 3
"""A cell has an answer, none exists, the question failed, or the row is not written yet."""
STATES = {SILENT: "no answer", FAILED: "failed", ABSENT: "not computed yet"}
MAX_CATEGORIES = len(FILLS)
MAX_TEXTS = 1_000
LARGEST = 1e100
"""Beyond this a scale of colours or an axis cannot be drawn."""


@dataclass(frozen=True)
class Category:
    """How one answer is drawn.

    Attributes
    ----------
    label : str
    fill : str
        Colour of an area or point.
    hatch, marker : str
    count : int
        Cells that have it.
    """

    label: str
    fill: str
    hatch: str
    marker: str
    count: int


@dataclass(frozen=True, eq=False)
class Answers:
    """What was found in each cell of a picture, in any shape.

    Attributes
    ----------
    name : str
        The measure.
    values : array of float64
        Numbers; or positions in ``texts``.
    state : array of int8, same shape
        ANSWERED, SILENT, FAILED or ABSENT.
    texts : tuple of str or None
        The different answers of a yes/no or text measure; None for numbers.
    """

    name: str
    values: NDArray[np.float64]
    state: NDArray[np.int8]
    texts: tuple[str, ...] | None = None

    @property
    def numeric(self) -> bool:
        """Whether the answers are numbers."""
        return self.texts is None

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Where there is an answer."""
        return np.asarray(self.state == ANSWERED)

    def classes(self) -> tuple[NDArray[np.intp], list[Category]]:
        """Return the category of each cell (-1 for a number), and the categories that occur.

        Answers come before what is missing; rare texts are put together as "other".
        """
        place = np.full(self.values.shape, -1, dtype=np.intp)
        found: list[Category] = []
        answered = self.answered
        if self.texts is not None:
            codes = self.values[answered].astype(np.intp)
            counts = np.bincount(codes, minlength=len(self.texts))
            shown, rest = _shown(self.texts, counts)
            target = np.full(len(self.texts), len(shown), dtype=np.intp)
            for k, code in enumerate(shown):
                target[code] = k
                label = shortened(self.texts[code])
                found.append(_category(k, label, int(counts[code]), self.texts))
            if rest:
                count = int(counts[rest].sum())
                label = f"other ({len(rest)} more)"
                found.append(_category(len(shown), label, count, self.texts))
            place[answered] = target[codes]
        for state, hatch, marker in ((SILENT, "..", "x"), (FAILED, "xxxx", "+"), (ABSENT, "", "1")):
            here = self.state == state
            if here.any():
                place[here] = len(found)
                label = STATES[state]
                if state == SILENT and "critical" in self.name:
                    label = "none (no factor below 1)"
                found.append(Category(label, "#FFFFFF", hatch, marker, int(here.sum())))
        return place, found

    def limits(self) -> tuple[float, float]:
        """Return the least and the largest number; a pair a little apart where all are equal."""
        numbers = self.values[self.answered]
        if not len(numbers):
            return 0.0, 1.0
        low, high = float(numbers.min()), float(numbers.max())
        if max(abs(low), abs(high)) > LARGEST:
            msg = f"{self.name}: numbers beyond {LARGEST:g} cannot be drawn; divide them first"
            raise InputError(msg)
        if high - low <= 1e-9 * max(abs(low), abs(high)):
            pad = max(abs(low), 1.0) / 10
            return low - pad, high + pad
        return low, high

    def in_words(self) -> str:
        """Say how many cells have which answer."""
        _, found = self.classes()
        total = max(self.state.size, 1)
        parts = [f"{c.label} in {c.count:,} ({100 * c.count / total:.3g} %)" for c in found]
        if self.numeric:
            numbers = self.values[self.answered]
            if len(numbers):
                ends = f"from {numbers.min():.4g} to {numbers.max():.4g}"
                parts.insert(0, f"numbers {ends} in {len(numbers):,}")
        return f"{self.name}: {'; '.join(parts)}" if parts else f"{self.name}: nothing"


def _category(k: int, label: str, count: int, texts: Sequence[str]) -> Category:
    if tuple(texts) == ("no", "yes"):
        fill, hatch = {"no": (PALE, ""), "yes": (FILLS[0], "///")}[label]
        return Category(label, fill, hatch, {"no": "o", "yes": "s"}[label], count)
    return Category(label, FILLS[k], HATCHES[k], MARKERS[k], count)


def _shown(texts: Sequence[str], counts: NDArray[np.intp]) -> tuple[list[int], list[int]]:
    """Codes that get a category of their own, in their order, and those put together."""
    present = np.flatnonzero(counts).tolist()
    if len(present) <= MAX_CATEGORIES:
        return present, []
    often = sorted(present, key=lambda code: (-int(counts[code]), code))
    keep = set(often[: MAX_CATEGORIES - 1])
    return [c for c in present if c in keep], [c for c in present if c not in keep]


class Gathered:
    """Cells being filled, a part of the sweep at a time; several draws of a point are averaged."""

    def __init__(self, name: str, kind: str, cells: int, draws: int) -> None:
        self._name, self._kind, self._draws = name, kind, draws
        self._share = draws > 1 and kind == "yes_no"
        self._sum = np.zeros(cells)
        self._count = np.zeros(cells, dtype=np.int32)
        self._state = np.full(cells, ABSENT, dtype=np.int8)
        self._texts: dict[str, int] = {"no": 0, "yes": 1} if kind == "yes_no" else {}

    def add(self, cells: NDArray[np.intp], answers: Any, status: Any) -> None:
        """Add rows: their cells, the measure's and the status' columns (of pyarrow)."""
        import pyarrow
        import pyarrow.compute

        known = np.asarray(answers.is_valid())
        if self._kind == "text":
            values = self._codes(answers)
        else:
            filled = answers.cast(pyarrow.float64()).fill_null(0.0)
            values = np.asarray(filled, dtype=np.float64)
            known &= np.isfinite(values)
        failed = np.asarray(pyarrow.compute.not_equal(status, "ok").fill_null(True))
        bad, quiet = cells[~known & failed], cells[~known & ~failed]
        # A point with an answer in one of its draws has one; else it failed, if one draw did.
        for here, state in ((quiet, SILENT), (bad, FAILED)):
            changes = here[self._state[here] != ANSWERED]
            changes = changes[self._state[changes] != FAILED]
            self._state[changes] = state
        hit = cells[known]
        self._state[hit] = ANSWERED
        if self._kind == "text":
            first = self._count[hit] == 0
            self._sum[hit[first][::-1]] = values[known][first][::-1]
        else:
            np.add.at(self._sum, hit, values[known])
        np.add.at(self._count, hit, 1)

    def _codes(self, answers: Any) -> NDArray[np.float64]:
        coded = answers.dictionary_encode()
        met = coded.dictionary.to_pylist()
        for text in met:
            self._texts.setdefault(text, len(self._texts))
        if len(self._texts) > MAX_TEXTS:
            msg = (
                f"{self._name}: expected a few different answers, found more than {MAX_TEXTS:,}; "
                "draw a part of them, such as one number"
            )
            raise InputError(msg)
        table = [self._texts[text] for text in met]
        codes = np.asarray(coded.indices.fill_null(0))
        return np.asarray(np.array(table or [0], dtype=np.float64)[codes])

    def answers(self, shape: tuple[int, ...]) -> Answers:
        """Return what was found, in a shape."""
        values, name = self._sum, self._name
        if self._kind != "text":
            with np.errstate(invalid="ignore"):
                values = np.where(self._count > 0, values / np.maximum(self._count, 1), np.nan)
        if self._share:
            name = f"share of draws with {name}"
        texts: tuple[str, ...] | None = None
        if self._kind == "text" or (self._kind == "yes_no" and not self._share):
            texts = tuple(self._texts)
            if self._kind == "text":  # the order in which texts were met says nothing
                order = sorted(range(len(texts)), key=texts.__getitem__)
                rank = np.empty(len(order) or 1)
                rank[order] = np.arange(len(order))
                values = rank[values.astype(np.intp)] if order else values
                texts = tuple(sorted(texts))
        return Answers(name, values.reshape(shape), self._state.reshape(shape), texts)
