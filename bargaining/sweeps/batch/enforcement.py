"""Deals that keep themselves, asked of many rows at once: two players, no solver per point.

Without requirements: from which common discount factor deals last (``critical_discount``, all
but ``lottery``).  With the requirement of enforcement: who can gain at the row's own factors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import BargainingError
from bargaining.model.agenda import Agenda, parse_agenda
from bargaining.results import Status
from bargaining.settlement.enforcement.full_acts import full_acts
from bargaining.sweeps.batch.base import Solved
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
    parts_of,
    terms_of,
)
from bargaining.sweeps.columns import DTYPES, EMPTY, Column
from bargaining.sweeps.measures import Kind

if TYPE_CHECKING:
    from bargaining.sweeps.batch.tables import Sheet, Tables
    from bargaining.sweeps.job import Job

AT_ONCE = 16_384
"""Rows asked at once: their numbers fit the processor's cache."""
EXACTLY = 512
"""Rows asked at once in fractions."""
PROBES = 5
MAX_COLUMNS = 64
FACTORS = ("settlement", "full", "any")
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(FACTORS, "number"),
    "mutual_gain": "yes_no",
    "status": "text",
}
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


@dataclass(frozen=True, eq=False)
class Enforcement:
    """The kernel.

    Attributes
    ----------
    tables : Tables
    asked : tuple of Asked
    """

    tables: Tables
    asked: tuple[Asked, ...]

    @property
    def answers(self) -> frozenset[str]:
        """Names of the measures that it answers."""
        return frozenset(one.name for one in self.asked)

    def solve(self, start: int, stop: int) -> Solved:
        """Answer rows ``start`` to ``stop``."""
        count = stop - start
        columns = {one.name: _empty(KINDS[one.kind], count) for one in self.asked}
        decided = np.zeros(count, dtype=bool)
        for first in range(0, count, AT_ONCE):
            places = np.arange(first, min(first + AT_ONCE, count))
            hidden = self._answer(places, start, columns, decided, exact=False)
            for at in range(0, len(hidden), EXACTLY):
                self._answer(hidden[at : at + EXACTLY], start, columns, decided, exact=True)
        return Solved(columns, decided)

    def _answer(
        self,
        places: NDArray[np.intp],
        start: int,
        columns: Mapping[str, Column],
        decided: NDArray[np.bool_],
        *,
        exact: bool,
    ) -> NDArray[np.intp]:
        """Write down what is decided of some rows; return those whose signs do not show."""
        sheet = self.tables.at(start + places, exact=exact)
        view = _View(self.tables, sheet)
        doubt = view.doubt
        found: dict[str, Answer] = {}
        for one in self.asked:
            found[one.name] = view.answer(one)
            doubt = np.maximum(doubt, found[one.name][2])
        sure = doubt == SURE
        decided[places[sure]] = True
        for name, (values, known, _) in found.items():
            shown = sure & known
            columns[name].values[places[shown]] = values[shown]
            columns[name].known[places[shown]] = True
        return places[doubt == HIDDEN]


class _View:
    """Some rows, with what several measures share worked out once."""

    def __init__(self, tables: Tables, sheet: Sheet) -> None:
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


def prepare(job: Job, tables: Tables) -> Enforcement | None:
    """Return the kernel for a job's measures, None where it would not decide anything."""
    game = tables.game
    usual = job.solution == "nash" and job.deals == "shares" and not game.ratification
    if not usual or len(tables.stakes) != 2:
        return None
    agendas: dict[str, tuple[tuple[Part, ...], ...] | None] = {}
    asked = []
    for measure in job.measures:
        match measure.path:
            case ("agendas", str(name), "critical_discount", str(kind)) if not job.require:
                able = kind in FACTORS
            case ("agendas", str(name), str(kind)) if tuple(job.require) == ("enforcement",):
                patient = all(game.players[i] in game.discount for i in tables.stakes)
                able = patient and kind in ("mutual_gain", "status")
            case _:
                continue
        if not able:
            continue
        if name not in agendas:
            agendas[name] = _packages(tables, name)
        packages = agendas[name]
        if packages is not None:
            full = _full_cells(tables, packages) if kind == "full" else None
            asked.append(Asked(measure.name, kind, packages, full))
    kernel = Enforcement(tables, tuple(asked))
    return kernel if asked and _decides(kernel, job.design.rows) else None


def _decides(kernel: Enforcement, rows: int) -> bool:
    """Whether some of a few rows are decided."""
    places = {int(place) for place in np.linspace(0, rows - 1, PROBES)}
    return any(bool(kernel.solve(row, row + 1).decided[0]) for row in sorted(places))


def _packages(tables: Tables, name: str) -> tuple[tuple[Part, ...], ...] | None:
    try:
        plan: Agenda = parse_agenda(tables.game, name)
    except BargainingError:
        return None
    found = [parts_of(tables.game, tables.blocks, p, tables.stakes) for p in plan.packages]
    known = tuple(parts for parts in found if parts is not None)
    few = all(sum(len(part.cells) for part in parts) <= MAX_COLUMNS for parts in known)
    return known if few and len(known) == len(found) else None


def _full_cells(
    tables: Tables, packages: Sequence[tuple[Part, ...]]
) -> tuple[tuple[int, ...] | None, ...] | None:
    """Return the cells of full acts; None for packages that they leave as they are."""
    outcomes = full_acts(tables.game)
    if outcomes is None:
        return None
    found: list[tuple[int, ...] | None] = []
    for package in packages:
        cells = []
        for part in package:
            inside = part.outcomes[0] >= 0
            same = (part.outcomes[:, inside] == outcomes[inside]).all(axis=1)
            cells.append(int(np.flatnonzero(same)[0]))
        still = all(c == part.origin for c, part in zip(cells, package, strict=True))
        found.append(None if still else tuple(cells))
    return tuple(found)


def _empty(kind: Kind, count: int) -> Column:
    values = np.empty(count, dtype=DTYPES[kind])
    values[:] = EMPTY[kind]
    return Column(values, np.zeros(count, dtype=bool))
