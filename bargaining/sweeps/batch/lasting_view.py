"""Some rows' answers about deals that keep themselves, what measures share worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.results import Status
from bargaining.sweeps.batch.bounded import Bounded
from bargaining.sweeps.batch.kept_deals import kept_in_full, kept_settlement
from bargaining.sweeps.batch.kept_gains import kept_gains
from bargaining.sweeps.batch.lasting import Able, who_can_gain
from bargaining.sweeps.batch.lowest_factor import Factors, agenda_factor, lowest_factors
from bargaining.sweeps.batch.rays import small_deals
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

Floats = NDArray[np.float64]
GAINS = ("gains", "promised")
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
    player : int
        Whose gains, among those with a stake; -1 for somebody without.
    """

    name: str
    kind: str
    packages: tuple[tuple[Part, ...], ...]
    full: tuple[tuple[int, ...] | None, ...] | None = None
    player: int = -1


class View:
    """Some rows, with what several measures share worked out once."""

    def __init__(self, tables: Tables, sheet: Sheet) -> None:
        """See which rows are about the two players with a stake."""
        self.tables, self.sheet = tables, sheet
        self._terms: dict[tuple[int, tuple[int, ...]], Terms] = {}
        self._deals: dict[int, Columns] = {}
        self._factors: dict[int, Factors] = {}
        self._ables: dict[int, Able] = {}
        self._gains: dict[int, tuple[Floats, Floats, Doubt]] = {}
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
        return self._gained(one) if one.kind in GAINS else self._able(one)

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
        found = [self._who(package) for package in one.packages]
        doubt = np.max([able.doubt for able in found], axis=0)
        gain = [np.any([able.gains[i] for able in found], axis=0) for i in (0, 1)]
        known = np.ones(rows, dtype=bool)
        if one.kind == "mutual_gain":
            return gain[0] & gain[1], known, doubt
        agreed = np.full(rows, str(Status.NO_AGREEMENT), dtype=object)
        agreed[gain[0] | gain[1]] = str(Status.AGREEMENT)
        return agreed, known, doubt

    def _gained(self, one: Asked) -> Answer:
        rows = len(self.doubt)
        total, doubt = np.zeros(rows), np.zeros(rows, dtype=np.int8)
        for package in one.packages:
            first, second, unsure = self._settled(package)
            doubt = np.maximum(doubt, unsure)
            if one.player >= 0:
                total = total + (first, second)[one.player]
        return total, np.ones(rows, dtype=bool), doubt

    def _patience(self) -> tuple[Bounded, Bounded]:
        first, second = (self.tables.game.players[i] for i in self.tables.stakes)
        return self.sheet.discount[first], self.sheet.discount[second]

    def _who(self, package: tuple[Part, ...]) -> Able:
        key = id(package)
        if key not in self._ables:
            found = who_can_gain(self._small(package), self._patience())
            impatient = np.any([factor.sign() != 1 for factor in self._patience()], axis=0)
            doubt = np.where(impatient, BEYOND, found.doubt).astype(np.int8)
            self._ables[key] = Able(found.gains, doubt)
        return self._ables[key]

    def _settled(self, package: tuple[Part, ...]) -> tuple[Floats, Floats, Doubt]:
        key = id(package)
        if key not in self._gains:
            owners = [k for k, part in enumerate(package) for _ in part.cells[1:]]
            self._gains[key] = kept_gains(
                columns_of(self._all_terms(package)), owners, self._patience(), self._who(package)
            )
        return self._gains[key]

    def _all_terms(self, package: tuple[Part, ...]) -> list[Terms]:
        found = []
        for part in package:
            key = (part.block, part.cells)
            if key not in self._terms:
                self._terms[key] = terms_of(part, self.sheet, self.tables.stakes)
            found.append(self._terms[key])
        return found

    def _small(self, package: tuple[Part, ...]) -> Columns:
        key = id(package)
        if key not in self._deals:
            self._deals[key] = small_deals(self._all_terms(package))
        return self._deals[key]

    def _lowest(self, package: tuple[Part, ...]) -> Factors:
        key = id(package)
        if key not in self._factors:
            self._factors[key] = lowest_factors(self._small(package))
        return self._factors[key]
