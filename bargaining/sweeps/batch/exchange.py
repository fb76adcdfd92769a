"""Exchange verdicts and Nash gains of two players, many rows at once.

What an agenda comes to is the sum of its packages; a package holds parts of the tables' blocks,
the issues outside it at their status quo.  Rows that bounded floats do not decide are asked again
in fractions, by the same code; what is then open (a game that cannot be built, packages that both
agree and spill over on each other) is left to be solved game by game.
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
from bargaining.settlement.solutions import solution as find_solution
from bargaining.settlement.solutions.base import Solution
from bargaining.sweeps.batch import nash
from bargaining.sweeps.batch.base import Solved
from bargaining.sweeps.batch.bounded import UNKNOWN, Bounded, where
from bargaining.sweeps.batch.outlook import Able, Part, Point, able, one_sided, rates
from bargaining.sweeps.batch.tables import Block, Sheet, Tables
from bargaining.sweeps.columns import EMPTY, Column
from bargaining.sweeps.measures import Kind

if TYPE_CHECKING:
    from bargaining.sweeps.job import Job

ROWS = 16_384
"""Rows worked on at once: their arrays stay in the processor's cache."""
EXACT_ROWS = 1_024
MAX_WORK = 4_000
"""Outcomes scored per row; beyond, game by game is as fast."""
IGNORED = ("commitment", "monitoring", "utility")
"""Channels of a game that settlements do not read."""
Mask = NDArray[np.bool_]


def prepare(job: Job, tables: Tables, taken: frozenset[str]) -> Exchange | None:
    """Return the kernel, or None where it answers none of the measures."""
    try:
        concept = find_solution(job.solution)
    except BargainingError:
        return None
    plain = isinstance(concept, Solution) and job.deals == "shares" and not job.require
    if not plain or set(tables.game.channels) - set(IGNORED):
        return None
    asked: dict[str, Question] = {}
    kinds = dict(zip((m.name for m in job.measures), job.kinds, strict=False))
    for measure in job.measures:
        if measure.name in taken or measure.path is None:
            continue
        question = _question(tables, measure.path, concept.id)
        if question is not None and kinds.get(measure.name, question.kind) == question.kind:
            asked[measure.name] = question
    return Exchange(tables, asked) if asked else None


@dataclass(frozen=True)
class Question:
    """A measure that the kernel answers.

    Attributes
    ----------
    kind : Kind
    field : str
        ``mutual_gain``, ``status``, ``gains``, ``promised``; ``linking_breaks_deadlock``,
        ``effect``, ``linkage_gain``, ``linkage_gain_total``; ``issue_status``, ``rates``.
    agendas : tuple of Agenda
    player : int
    place : int
        The issue; for rates, :attr:`player` is which end of the interval.
    """

    kind: Kind
    field: str
    agendas: tuple[Agenda, ...] = ()
    player: int = 0
    place: int = 0


def _question(tables: Tables, path: Sequence[Any], solution: str) -> Question | None:
    game, settled = tables.game, solution == "nash"
    both = (parse_agenda(game, "linked"), parse_agenda(game, "delinked"))
    players = list(game.players)
    match tuple(path):
        case ("agendas", str() as name, "mutual_gain" | "status" as field):
            kind: Kind = "yes_no" if field == "mutual_gain" else "text"
            found = Question(kind, field, _agenda(tables, name))
        case ("agendas", str() as name, "gains" | "promised" as field, who) if who in players:
            chosen = _agenda(tables, name)
            found = Question("number", field, chosen if settled else (), players.index(who))
        case ("verdict", "linking_breaks_deadlock" as field):
            found = Question("yes_no", field, both)
        case ("verdict", "effect" as field) if settled:
            found = Question("text", field, both)
        case ("verdict", "linkage_gain" as field, who) if settled and who in players:
            found = Question("number", field, both, players.index(who))
        case ("verdict", "linkage_gain_total" as field) if settled:
            found = Question("number", field, both)
        case ("issues", name, "status") if name in game.issue_names:
            found = Question("text", "issue_status", place=game.position(name))
        case ("issues", name, "exchange_rates", (0 | 1) as end) if name in game.issue_names:
            if len(players) > 2:
                return None
            return Question("number", "rates", player=int(end), place=game.position(name))
        case _:
            return None
    if found.field != "issue_status" and not found.agendas:
        return None
    sizes = [_sizes(tables, package) for agenda in found.agendas for package in agenda.packages]
    return None if max(map(nash.work, sizes), default=0) > MAX_WORK else found


def _agenda(tables: Tables, name: str) -> tuple[Agenda, ...]:
    try:
        return (parse_agenda(tables.game, name),)
    except BargainingError:
        return ()


def _sizes(tables: Tables, package: Sequence[int]) -> list[int]:
    return [len(_held(tables, block, package)) for block in tables.blocks]


def _held(tables: Tables, block: Block, package: Sequence[int]) -> list[int]:
    """Joint outcomes of a block that a package can choose, the status quo first."""
    inside = np.isin(block.issues, list(package))
    if not inside.any():
        return []
    still = (block.cells == block.cells[block.origin]) | inside
    chosen = np.flatnonzero(still.all(axis=1)).tolist()
    return [block.origin, *(c for c in chosen if c != block.origin)]


@dataclass(frozen=True, eq=False)
class Exchange:
    """Answers questions about exchange, see :class:`Question`."""

    tables: Tables
    asked: Mapping[str, Question]

    @property
    def answers(self) -> frozenset[str]:
        """Names of the measures that it answers."""
        return frozenset(self.asked)

    def solve(self, start: int, stop: int) -> Solved:
        """Answer rows ``start`` to ``stop``."""
        count = stop - start
        columns = {name: _empty(question.kind, count) for name, question in self.asked.items()}
        decided = np.zeros(count, dtype=bool)
        for at in range(0, count, ROWS):
            self._answer(start, np.arange(at, min(at + ROWS, count)), columns, decided, exact=False)
        rest = np.flatnonzero(~decided)
        for at in range(0, len(rest), EXACT_ROWS):
            self._answer(start, rest[at : at + EXACT_ROWS], columns, decided, exact=True)
        return Solved(columns, decided)

    def _answer(
        self,
        start: int,
        places: NDArray[np.intp],
        columns: Mapping[str, Column],
        decided: Mask,
        *,
        exact: bool,
    ) -> None:
        """Write the answers about some rows into the columns, where they are certain."""
        sheet = self.tables.at(start + places, exact=exact)
        rows = _Rows(self.tables, sheet)
        found = {name: rows.answer(question) for name, question in self.asked.items()}
        sure = sheet.valid
        for _, _, certain in found.values():
            sure = sure & certain
        for name, (values, there, _) in found.items():
            column, take = columns[name], sure & there
            column.values[places[take]] = values[take]
            column.known[places[take]] = True
        decided[places[sure]] = True


def _empty(kind: Kind, count: int) -> Column:
    types: dict[Kind, Any] = {"yes_no": bool, "number": np.float64, "text": object}
    values = np.empty(count, dtype=types[kind])
    values[:] = EMPTY[kind]
    return Column(values, np.zeros(count, dtype=bool))


@dataclass(frozen=True, eq=False)
class _Package:
    """What a package comes to: who can gain, and what they get; gains only where asked for."""

    able: Able
    gains: tuple[Bounded, Bounded] | None
    sure: Mask


Answer = tuple[NDArray[Any], Mask, Mask]
"""Values, where there are any, and where that is certain."""


class _Rows:
    """Answers about some rows, each package looked at once."""

    def __init__(self, tables: Tables, sheet: Sheet) -> None:
        self.tables, self.sheet = tables, sheet
        self.count = len(sheet.valid)
        self.every = np.ones(self.count, dtype=bool)
        self.issues = len(tables.game.issues)
        others = [i for i in range(len(tables.game.players)) if i not in tables.stakes]
        first, second = sorted([*tables.stakes, *others][:2])
        self.pair = (first, second)
        self._known: dict[tuple[tuple[int, ...], bool], _Package] = {}
        self._stake: tuple[tuple[Mask, Mask], Mask] | None = None

    def answer(self, question: Question) -> Answer:
        """Answer a question in all rows."""
        match question.field:
            case "mutual_gain":
                mutual, sure = self._mutual(question.agendas[0])
                return mutual, self.every, sure
            case "status":
                agreed, sure = self._agreed(question.agendas[0])
                words = np.where(agreed, str(Status.AGREEMENT), str(Status.NO_AGREEMENT))
                return words.astype(object), self.every, sure
            case "gains" | "promised":
                gains, sure = self._gains(question.agendas[0], question.field)
                return self._of(gains, question.player).floats(), self.every, sure
            case "linking_breaks_deadlock":
                breaks, sure = self._breaks(question.agendas)
                return breaks, self.every, sure
            case "effect":
                return self._effect(question.agendas)
            case "linkage_gain" | "linkage_gain_total":
                change, sure = self._change(question.agendas)
                if question.field == "linkage_gain":
                    return self._of(change, question.player).floats(), self.every, sure
                return (change[0] + change[1]).floats(), self.every, sure
            case "issue_status":
                return self._issue_status(question.place)
        return self._rates(question.place, question.player)

    def _of(self, numbers: tuple[Bounded, Bounded], player: int) -> Bounded:
        if player in self.pair:
            return numbers[self.pair.index(player)]
        return numbers[0] * 0

    def _parts(self, package: Sequence[int]) -> list[Part]:
        found: list[Part] = []
        first, second = self.pair
        for block, gains in zip(self.tables.blocks, self.sheet.gains, strict=True):
            held = _held(self.tables, block, package)
            if held:
                xs, ys = gains[:, :, first], gains[:, :, second]
                found.append([Point(xs[:, c], ys[:, c], c == block.origin) for c in held])
        return found

    def _package(self, package: Sequence[int], *, settled: bool) -> _Package:
        key = (tuple(package), settled)
        if key not in self._known:
            if settled:
                who = self._package(package, settled=False).able
                self._known[key] = self._settled(self._parts(package), who)
            else:
                who = able(self._parts(package))
                self._known[key] = _Package(who, None, who.sure)
        return self._known[key]

    def _settled(self, parts: list[Part], who: Able) -> _Package:
        nothing = parts[0][0].x * 0
        x, y, sure = nothing, nothing, who.sure.copy()
        for first in (True, False):
            mask = (who.first & ~who.second) if first else (who.second & ~who.first)
            if mask.any():
                most = one_sided(parts, first=first)
                x, y = (where(mask, most, x), y) if first else (x, where(mask, most, y))
        both = np.flatnonzero(who.both)
        if len(both):
            part_rows = parts
            if len(both) < self.count:
                part_rows = [[point.of(both) for point in part] for part in parts]
            found = nash.nash(part_rows)
            sure[both] &= found.sure
            x, y = _placed(x, both, found.x), _placed(y, both, found.y)
        return _Package(who, (x, y), sure)

    def _agreed(self, agenda: Agenda) -> tuple[Mask, Mask]:
        agreed, sure = ~self.every, self.every
        for package in agenda.packages:
            found = self._package(package, settled=False)
            agreed, sure = agreed | ~found.able.neither, sure & found.sure
        return agreed, sure

    def _mutual(self, agenda: Agenda) -> tuple[Mask, Mask]:
        (stake_first, stake_second), sure = self._stakes()
        first, second = ~self.every, ~self.every
        for package in agenda.packages:
            found = self._package(package, settled=False)
            first, second = first | found.able.first, second | found.able.second
            sure = sure & found.sure
        someone = stake_first | stake_second
        return someone & (first | ~stake_first) & (second | ~stake_second), sure

    def _stakes(self) -> tuple[tuple[Mask, Mask], Mask]:
        """Return which of the two players have a stake in the game."""
        if self._stake is None:
            has, sure = [], self.every
            for player in self.pair:
                certain, doubtful = ~self.every, ~self.every
                for gains in self.sheet.gains:
                    for c in range(gains.shape[1]):
                        sign = gains[:, c, player].sign()
                        certain = certain | (sign == 1) | (sign == -1)
                        doubtful = doubtful | (sign == UNKNOWN)
                has.append(certain)
                tied = player in self.tables.stakes and len(self.tables.blocks) < self.issues
                sure = sure & (certain | ~(doubtful | tied))  # spillovers may cancel a stake
            self._stake = (has[0], has[1]), sure
        return self._stake

    def _gains(self, agenda: Agenda, field: str) -> tuple[tuple[Bounded, Bounded], Mask]:
        sure = self.every
        total: tuple[Bounded, Bounded] | None = None
        active: list[Mask] = []
        for package in agenda.packages:
            found = self._package(package, settled=True)
            assert found.gains is not None
            x, y = found.gains
            total = (x, y) if total is None else (total[0] + x, total[1] + y)
            sure = sure & found.sure
            active.append(~found.able.neither)
        assert total is not None
        if field == "gains":
            for block in self.tables.blocks:
                tied = [
                    mask
                    for package, mask in zip(agenda.packages, active, strict=True)
                    if set(package).intersection(block.issues)
                ]
                sure = sure & (np.sum(tied, axis=0) <= 1)  # more would spill over on each other
        return total, sure

    def _breaks(self, agendas: Sequence[Agenda]) -> tuple[Mask, Mask]:
        (linked, sure), (delinked, too) = (self._mutual(agenda) for agenda in agendas)
        return linked & ~delinked, sure & too

    def _change(self, agendas: Sequence[Agenda]) -> tuple[tuple[Bounded, Bounded], Mask]:
        (linked, sure), (delinked, too) = (self._gains(agenda, "gains") for agenda in agendas)
        return (linked[0] - delinked[0], linked[1] - delinked[1]), sure & too

    def _effect(self, agendas: Sequence[Agenda]) -> Answer:
        breaks, sure = self._breaks(agendas)
        change, known_change = self._change(agendas)
        first, second = (number.sign() for number in change)
        better, worse = (first == 1) | (second == 1), (first == -1) | (second == -1)
        certain = known_change & (first != UNKNOWN) & (second != UNKNOWN)
        words = np.where(better, "enlarges", np.where(worse, "harms", "no_effect")).astype(object)
        words[better & worse] = "redistributes"
        words[breaks] = "breaks_deadlock"
        return words, self.every, sure & (breaks | certain)

    def _issue_status(self, place: int) -> Answer:
        found = self._package((place,), settled=False)
        (first, second), sure = self._stakes()
        who = found.able
        everyone = ~who.neither & (who.first | ~first) & (who.second | ~second)
        wants, doubt = ~self.every, ~self.every
        for point in self._parts((place,))[0]:
            for number in (point.x, point.y):
                wants = wants | (number.sign() == 1)
                doubt = doubt | (number.sign() == UNKNOWN)
        words = np.where(wants, "deadlock", "inert").astype(object)
        words[~who.neither] = "one_sided"
        words[everyone] = "mutual"
        return words, self.every, sure & found.sure & (~who.neither | wants | ~doubt)

    def _rates(self, place: int, end: int) -> Answer:
        found = self._package((place,), settled=False)
        (first, second), sure = self._stakes()
        who = found.able
        values = rates(self._parts((place,))[0])[end].floats()
        alone = first ^ second
        values = np.where(alone, np.where(first, 1.0, 0.0), values)
        there = np.where(alone, who.neither, ~who.both)
        return values, np.asarray(there, dtype=bool), sure & found.sure & np.isfinite(values)


def _placed(into: Bounded, rows: NDArray[np.intp], numbers: Bounded) -> Bounded:
    value, error = into.value.copy(), into.error.copy()
    value[rows], error[rows] = numbers.value, numbers.error
    return Bounded(value, error)
