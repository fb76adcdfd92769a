"""Deals that keep themselves, asked of many rows at once: two players, no solver per point.

Without requirements: from which common discount factor deals last (``critical_discount``, all
but ``lottery``).  With the requirement of enforcement: who can gain at the row's own factors,
and what small packages come to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import BargainingError
from bargaining.model.agenda import Agenda, parse_agenda
from bargaining.settlement.enforcement.full_acts import full_acts
from bargaining.sweeps.batch.base import Solved
from bargaining.sweeps.batch.kept_gains import MAX_COLUMNS
from bargaining.sweeps.batch.lasting_view import GAINS, Answer, Asked, View
from bargaining.sweeps.batch.temptations import HIDDEN, SURE, Part, parts_of
from bargaining.sweeps.columns import DTYPES, EMPTY, Column
from bargaining.sweeps.measures import Kind, Measure

if TYPE_CHECKING:
    from bargaining.sweeps.batch.tables import Tables
    from bargaining.sweeps.job import Job

AT_ONCE = 16_384
"""Rows asked at once: their numbers fit the processor's cache."""
EXACTLY = 512
"""Rows asked at once in fractions."""
PROBES = 5
MAX_OUTCOMES = 64
FACTORS = ("settlement", "full", "any")
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(FACTORS, "number"),
    **dict.fromkeys(GAINS, "number"),
    "mutual_gain": "yes_no",
    "status": "text",
}


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
        view = View(self.tables, sheet)
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
        return np.asarray(places[doubt == HIDDEN])


def prepare(job: Job, tables: Tables, taken: frozenset[str] = frozenset()) -> Enforcement | None:
    """Return the kernel for a job's measures that nobody answers yet, None where it has none.

    The factors of settlements have a kernel of their own, since fewer rows of them are decided.
    """
    return kernel_of(job, tables, taken, ("full", "any", "mutual_gain", "status", *GAINS))


def kernel_of(
    job: Job, tables: Tables, taken: frozenset[str], kinds: Sequence[str]
) -> Enforcement | None:
    """Return the kernel for measures of some kinds, None where it would not decide anything."""
    game = tables.game
    usual = job.solution == "nash" and job.deals == "shares" and not game.ratification
    required = tuple(job.require) in ((), ("enforcement",))
    if not usual or not required or len(tables.stakes) != 2:
        return None
    agendas: dict[str, tuple[tuple[Part, ...], ...] | None] = {}
    asked = []
    stated = dict(zip((m.name for m in job.measures), job.kinds, strict=False))
    for measure in job.measures:
        name, kind, player = _question(measure, tuple(job.require), tables)
        if kind not in kinds or measure.name in taken:
            continue
        if stated.get(measure.name, KINDS[kind]) != KINDS[kind]:
            continue
        if name not in agendas:
            agendas[name] = _packages(tables, name)
        packages = agendas[name]
        if packages is None or (kind in GAINS and not _small(tables, packages, kind)):
            continue
        full = _full_cells(tables, packages) if kind == "full" else None
        asked.append(Asked(measure.name, kind, packages, full, player))
    kernel = Enforcement(tables, tuple(asked))
    return kernel if asked and _decides(kernel, job.design.rows) else None


def _question(measure: Measure, require: tuple[str, ...], tables: Tables) -> tuple[str, str, int]:
    """Return agenda, kind and player of a measure; no kind where it is another question."""
    players = tables.game.players
    patient = all(players[i] in tables.game.discount for i in tables.stakes)
    match measure.path:
        case ("agendas", str(name), "critical_discount", str(kind)) if not require:
            return name, kind if kind in FACTORS else "", -1
        case ("agendas", str(name), "mutual_gain" | "status" as kind) if patient and require:
            return name, str(kind), -1
        case ("agendas", str(name), "gains" | "promised" as kind, who) if patient and require:
            staked = [players[i] for i in tables.stakes]
            if who in players:
                return name, str(kind), staked.index(str(who)) if who in staked else -1
    return "", "", -1


def _small(tables: Tables, packages: Sequence[tuple[Part, ...]], kind: str) -> bool:
    """Whether packages have few enough outcomes for their gains, and realise what they promise."""
    few = all(sum(len(part.cells) - 1 for part in parts) <= MAX_COLUMNS for parts in packages)
    whole = all(
        len(part.cells) == len(tables.blocks[part.block].cells)
        for parts in packages
        for part in parts
    )
    return few and (whole or kind == "promised")


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
    few = all(sum(len(part.cells) for part in parts) <= MAX_OUTCOMES for parts in known)
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
