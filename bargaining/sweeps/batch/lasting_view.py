"""Some rows' answers about deals that keep themselves, what measures share worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.results import Status
from bargaining.sweeps.batch.kept_deals import kept_in_full, kept_settlement
from bargaining.sweeps.batch.lasting import who_can_gain
from bargaining.sweeps.batch.lowest_factor import Factors, agenda_factor, lowest_factors
from bargaining.sweeps.batch.temptations import (
    BEYOND,
    HIDDEN,
    SURE,
    Columns,
    Doubt,
    Part,
    Terms,
    columns_of,
    terms_of,
)

if TYPE_CHECKING:
    from bargaining.sweeps.batch.tables import Sheet, Tables

Answer = tuple[NDArray[Any], NDArray[np.bool_], Doubt]
"""Values, where there is one, and doubt."""


@dataclass(frozen=True, eq=False)
class Asked:
    """One measure.

    Attributes
    ----------
    name, kind : str
    packages : tuple of tuple of Part
        The agenda's packages.
    full : tuple of tuple of int, or None
        Cell per part of the packages that full acts change; None where there are no full acts.
    """

    name: str
    kind: str
    packages: tuple[tuple[Part, ...], ...]
    full: tuple[tuple[int, ...] | None, ...] | None


class View:
    """Some rows, with what several measures share worked out once."""

    def __init__(self, tables: Tables, sheet: Sheet) -> None:
        """See which rows are about the two players with a stake."""
        self.tables, self.sheet = tables, sheet
        self._terms: dict[tuple[int, tuple[int, ...]], Terms] = {}
        self._columns: dict[int, Columns] = {}
        self._factors: dict[int, Factors] = {}
        self.doubt = np.where(sheet.valid, SURE, HIDDEN).astype(np.int8)
        for player in range(len(tables.game.players)):
            stake = np.zeros(len(self.doubt), dtype=bool)
            idle = np.ones(len(self.doubt), dtype=bool)
            for table in sheet.gains:
                value, error = table.value[:, :, player], table.error[:, :, player]
                stake |= np.asarray(np.abs(value) > error, dtype=bool).any(axis=1)
                idle &= ((value == 0) & (error == 0)).all(axis=1)
            right, wrong = (stake, idle) if player in tables.stakes else (idle, stake)
            unsure = np.where(wrong, BEYOND, np.where(right, SURE, HIDDEN))
            self.doubt = np.maximum(self.doubt, unsure).astype(np.int8)

    def answer(self, one: Asked) -> Answer:
        """Answer one measure."""
        if one.kind == "any":
            value, doubt = agenda_factor([self._lowest(p) for p in one.packages])
            return value, np.isfinite(value), doubt
        if one.kind == "full":
            return self._full(one)
        if one.kind == "settlement":
            return self._settlement(one)
        return self._able(one)

    def _full(self, one: Asked) -> Answer:
        rows = len(self.doubt)
        value, losing = np.zeros(rows), np.zeros(rows, dtype=bool)
        doubt = np.zeros(rows, dtype=np.int8)
        changed = False
        for package, cells in zip(one.packages, one.full or (), strict=bool(one.full)):
            terms = self._all_terms(package)
            doubt = np.maximum(doubt, np.max([t.moved for t in terms], axis=0))
            if cells is not None:
                mine, unsure, lost = kept_in_full(terms, cells)
                value, losing = np.maximum(value, mine), losing | lost
                doubt, changed = np.maximum(doubt, unsure), True
        known = np.isfinite(value) & ~losing & changed
        return value, known, doubt

    def _settlement(self, one: Asked) -> Answer:
        rows = len(self.doubt)
        value, some = np.zeros(rows), np.zeros(rows, dtype=bool)
        doubt = np.zeros(rows, dtype=np.int8)
        for package in one.packages:
            mine, unsure, agreed = kept_settlement(self._all_terms(package))
            value, some = np.maximum(value, mine), some | agreed
            doubt = np.maximum(doubt, unsure)
        return value, some & np.isfinite(value), doubt

    def _able(self, one: Asked) -> Answer:
        rows = len(self.doubt)
        doubt = np.zeros(rows, dtype=np.int8)
        gain = [np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)]
        names = [self.tables.game.players[i] for i in self.tables.stakes]
        first, second = (self.sheet.discount[name] for name in names)
        for factor in (first, second):
            impatient = factor.sign() != 1
            doubt = np.where(impatient, BEYOND, doubt).astype(np.int8)
        for package in one.packages:
            able = who_can_gain(self._joined(package), (first, second))
            doubt = np.maximum(doubt, able.doubt)
            for i in (0, 1):
                gain[i] |= able.gains[i]
        known = np.ones(rows, dtype=bool)
        if one.kind == "mutual_gain":
            return gain[0] & gain[1], known, doubt
        agreed = np.full(rows, str(Status.NO_AGREEMENT), dtype=object)
        agreed[gain[0] | gain[1]] = str(Status.AGREEMENT)
        return agreed, known, doubt

    def _all_terms(self, package: tuple[Part, ...]) -> list[Terms]:
        found = []
        for part in package:
            key = (part.block, part.cells)
            if key not in self._terms:
                self._terms[key] = terms_of(part, self.sheet, self.tables.stakes)
            found.append(self._terms[key])
        return found

    def _joined(self, package: tuple[Part, ...]) -> Columns:
        key = id(package)
        if key not in self._columns:
            self._columns[key] = columns_of(self._all_terms(package))
        return self._columns[key]

    def _lowest(self, package: tuple[Part, ...]) -> Factors:
        key = id(package)
        if key not in self._factors:
            self._factors[key] = lowest_factors(self._joined(package))
        return self._factors[key]
