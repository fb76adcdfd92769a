"""Payoff tables along the rows of a sweep: what each joint outcome is worth to each player.

Payoffs are the constant part of the first row's game plus the cells that vary.  Before they are
used they are compared, exactly, with games built row by row at a few rows of the design.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import BargainingError
from bargaining.linkage.nearby import GRAIN, noise
from bargaining.model.agenda import components
from bargaining.model.game import LinkageGame
from bargaining.sweeps.batch.bounded import Bounded, maximum, minimum
from bargaining.sweeps.batch.cells import Cell, Found, varying_cells
from bargaining.sweeps.batch.numbers import Along, Numbers, UnsuitableError

if TYPE_CHECKING:
    from bargaining.sweeps.job import Job

PROBES = 6
"""Rows at which the tables are compared with games built one by one."""
MAX_OUTCOMES = 256
"""Joint outcomes of issues tied by spillovers."""

Entry = tuple[Fraction, tuple[int, ...]]
"""A payoff: a constant, plus numbers that vary, by position."""
NOTHING: Entry = (Fraction(0), ())


@dataclass(frozen=True, eq=False)
class Block:
    """An issue alone, or the issues that spillovers tie together.

    Attributes
    ----------
    issues : tuple of int
        Positions, ascending.
    cells : ndarray of int, shape (outcomes, issues)
        Outcome of each issue in every joint outcome.
    origin : int
        Which joint outcome is the status quo.
    """

    issues: tuple[int, ...]
    cells: NDArray[np.intp]
    origin: int


@dataclass(frozen=True, eq=False)
class Sheet:
    """Payoffs of some rows.

    Attributes
    ----------
    payoffs : tuple of Bounded, shape (rows, outcomes, players)
        Per block; spillovers inside the block included.
    gains : tuple of Bounded
        The same, measured from the status quo.
    discount : mapping of str to Bounded, shape (rows,)
        Of the players who have a factor.
    valid : ndarray of bool, shape (rows,)
        Rows whose game surely can be built; the others must be left undecided.
    """

    payoffs: tuple[Bounded, ...]
    gains: tuple[Bounded, ...]
    discount: Mapping[str, Bounded]
    valid: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Tables:
    """Payoffs of a sweep's games.

    Attributes
    ----------
    game : LinkageGame
        At the first row that can be built: labels, acts, status quo and links are those of all.
    blocks : tuple of Block
        Every issue is in one of them.
    stakes : tuple of int
        Players who may have a non-zero gain in some row; at most two.
    """

    game: LinkageGame
    blocks: tuple[Block, ...]
    stakes: tuple[int, ...]
    _job: Job
    _numbers: Numbers
    _found: Found
    _issues: tuple[NDArray[np.object_], ...]
    _spills: Mapping[tuple[int, int], NDArray[np.object_]]

    def at(self, rows: NDArray[np.intp], *, exact: bool = False) -> Sheet:
        """Return the payoffs of some rows, in bounded floats or in fractions."""
        along = Along(self._numbers, rows, exact=exact)
        numbers = [_cell(along, cell) for cell in self._found.cells]
        issues, numbers = self._issues, list(numbers)
        if self._job.design.noise:
            issues = self._moved(along, rows, numbers)
        payoffs, gains = [], []
        for block in self.blocks:
            entries = self._entries(block, issues)
            origin = entries[block.origin]
            less = [
                [_difference(entry, base) for entry, base in zip(row, origin, strict=True)]
                for row in entries
            ]
            payoffs.append(_filled(along, entries, numbers, len(rows)))
            gains.append(_filled(along, less, numbers, len(rows)))
        for weight in self._found.weights:
            along.valid &= _at_least_zero(along.number(weight))
        discount = {}
        for player, source in self._found.discount.items():
            discount[player] = _spread(along.number(source), len(rows))
            below = (1 - discount[player]).sign() == 1
            along.valid &= _at_least_zero(discount[player]) & below
        return Sheet(tuple(payoffs), tuple(gains), discount, along.valid)

    def _entries(self, block: Block, issues: Sequence[NDArray[np.object_]]) -> list[list[Entry]]:
        """Return the payoffs of a block's joint outcomes, per outcome and player."""
        found = []
        for outcome in block.cells.tolist():
            at = dict(zip(block.issues, outcome, strict=True))
            parts = [issues[k][a] for k, a in at.items()]
            parts += [table[at[k], at[m]] for (k, m), table in self._spills.items() if k in at]
            found.append(
                [_together([part[p] for part in parts]) for p in range(len(self.game.players))]
            )
        return found

    def _moved(
        self, along: Along, rows: NDArray[np.intp], numbers: list[Bounded]
    ) -> tuple[NDArray[np.object_], ...]:
        """Move every payoff of the issues by the rows' own noise (``linkage.nearby.moved``)."""
        drawn = [noise(self.game, self._job.design.rng(int(row))) for row in rows]
        radius = along.constant(self._job.design.noise)
        result = []
        for table, (name, issue) in zip(self._issues, self.game.issues.items(), strict=True):
            moved = np.empty_like(table)
            for p in range(len(self.game.players)):
                column = [_worth(along, table[a, p], numbers) for a in range(issue.size)]
                high = low = column[0]
                for value in column[1:]:
                    high, low = maximum(high, value), minimum(low, value)
                step = radius * (high - low)
                for a, value in enumerate(column):
                    moves = [int(move[name][a, p] * GRAIN) for move in drawn]
                    numbers.append(value + step * along.listed(moves) / GRAIN)
                    moved[a, p] = (Fraction(0), (len(numbers) - 1,))
            result.append(moved)
        return tuple(result)


def tables_of(job: Job) -> Tables | None:
    """Return the payoffs of a job's games, None where they cannot be known without building them.

    Examples
    --------
    >>> import bargaining as bg
    >>> from bargaining.sweeps.design import design
    >>> from bargaining.sweeps.job import job_of
    >>> from bargaining.sweeps.measures import parse_measure
    >>> game = bg.load("us_mexico/guns_for_fentanyl")
    >>> plan = design(vary={"parameters.a": "0:1:3"})
    >>> tables = tables_of(job_of(game, plan, (parse_measure("linked.mutual_gain"),)))
    >>> tables.at(np.arange(3)).gains[0].value[:, 1].tolist()
    [[-4.0, 0.0], [-4.0, 3.0], [-4.0, 6.0]]
    """
    try:
        built = next(_buildable(job), None)
        if built is None:
            return None
        tables = _tables(job, *built)
        return tables if tables is not None and _right(tables, job) else None
    except (UnsuitableError, RecursionError):
        return None


def _probed(job: Job) -> list[int]:
    places = np.linspace(0, job.design.rows - 1, PROBES).astype(int)
    return sorted({int(place) for place in places})


def _buildable(job: Job) -> Iterator[tuple[int, LinkageGame]]:
    for row in _probed(job):
        try:
            yield row, job.game_at(job.design.exact(row))
        except BargainingError:
            continue


def _tables(job: Job, row: int, game: LinkageGame) -> Tables | None:
    numbers = Numbers(job.design, dict(job.document.get("parameters") or {}))
    found = varying_cells(job, numbers, game)
    along = Along(numbers, np.array([row]), exact=True)
    issues = [_constants(issue.exact_payoffs) for issue in game.issues.values()]
    spills = {
        (game.position(link.between[0]), game.position(link.between[1])): _constants(
            link.spillovers
        )
        for link in game.links or ()
        if link.spillovers is not None
    }
    for n, cell in enumerate(found.cells):
        here = _cell(along, cell).value.ravel().tolist()[0]
        k, m = cell.issues[0], cell.issues[-1]
        table = issues[k] if k == m else spills[k, m]
        for outcome in cell.outcomes:
            constant, varying = table[(*outcome, cell.player)]
            table[(*outcome, cell.player)] = (constant - here, (*varying, n))
    spills = {pair: t for pair, t in spills.items() if any(e != NOTHING for e in t.flat)}
    near: dict[int, set[int]] = {k: set() for k in range(len(issues))}
    for k, m in spills:
        near[k].add(m)
        near[m].add(k)
    blocks = []
    for tied in components(range(len(issues)), near):
        sizes = [len(issues[k]) for k in tied]
        if np.prod([float(size) for size in sizes]) > MAX_OUTCOMES:
            return None
        cells = np.indices(sizes).reshape(len(sizes), -1).T
        origin = int(np.ravel_multi_index([int(game.origin[k]) for k in tied], sizes))
        blocks.append(Block(tied, cells.astype(np.intp), origin))
    if not all(len(row) == len(game.players) for table in issues for row in table):
        return None
    empty = Tables(game, tuple(blocks), (), job, numbers, found, tuple(issues), spills)
    stakes = _stakes(empty)
    if len(stakes) > 2:
        return None
    return Tables(game, tuple(blocks), stakes, job, numbers, found, tuple(issues), spills)


def _stakes(tables: Tables) -> tuple[int, ...]:
    """Return the players who may have a gain that is not zero, spillovers looked at apart."""
    origin = tables.game.origin.tolist()
    pieces: list[tuple[NDArray[np.object_], tuple[int, ...]]] = [
        (table, (origin[k],)) for k, table in enumerate(tables._issues)
    ]
    pieces += [(table, (origin[k], origin[m])) for (k, m), table in tables._spills.items()]
    able = set()
    for table, still in pieces:
        for *at, p in np.ndindex(table.shape):
            if _difference(table[(*at, p)], table[(*still, p)]) != NOTHING:
                able.add(p)
    return tuple(sorted(able))


def _right(tables: Tables, job: Job) -> bool:
    """Whether the tables agree with games built row by row, at a few rows."""
    for row in _probed(job):
        at = np.array([row])
        sheet, floats = tables.at(at, exact=True), tables.at(at)
        try:
            game = job.game(row)
        except BargainingError:
            if sheet.valid[0] or floats.valid[0]:
                return False
            continue
        if not sheet.valid[0] or dict(game.discount) != {
            player: factor.value[0] for player, factor in sheet.discount.items()
        }:
            return False
        for k, block in enumerate(tables.blocks):
            true = _built(game, block)
            wrong = np.any(sheet.payoffs[k].value[0] != true)
            wrong |= np.any(sheet.gains[k].value[0] != true - true[block.origin])
            if wrong or (floats.valid[0] and not _within(floats.payoffs[k][0], true)):
                return False
    return True


def _within(found: Bounded, true: NDArray[np.object_]) -> bool:
    """Whether true numbers are as near as bounds say."""
    near = zip(found.value.ravel().tolist(), found.error.ravel().tolist(), true.ravel().tolist(),
               strict=True)  # fmt: skip
    return all(not e < math.inf or abs(Fraction(v) - t) <= e for v, e, t in near)


def _built(game: LinkageGame, block: Block) -> NDArray[np.object_]:
    """Return a block's payoffs from a game, shape (outcomes, players)."""
    listed = list(game.issues.values())
    total = sum(listed[k].exact_payoffs[block.cells[:, i]] for i, k in enumerate(block.issues))
    for link in game.links or ():
        k, m = (game.position(name) for name in link.between)
        if link.spillovers is not None and k in block.issues and m in block.issues:
            first, second = block.issues.index(k), block.issues.index(m)
            total = total + link.spillovers[block.cells[:, first], block.cells[:, second]]
    return np.asarray(total, dtype=object)


def _constants(table: NDArray[np.object_]) -> NDArray[np.object_]:
    """Turn a table of fractions into one of entries."""
    found = np.empty(table.shape, dtype=object)
    for at in np.ndindex(table.shape):
        found[at] = (table[at], ())
    return found


def _together(parts: Sequence[Entry]) -> Entry:
    varying = tuple(sorted(n for part in parts for n in part[1]))
    return sum((part[0] for part in parts), Fraction(0)), varying


def _difference(entry: Entry, base: Entry) -> Entry:
    """Return one payoff minus another, numbers they share left out; -n - 1 counts against."""
    left, right = list(entry[1]), []
    for n in base[1]:
        if n in left:
            left.remove(n)
        else:
            right.append(-n - 1)
    return entry[0] - base[0], (*left, *right)


def _cell(along: Along, cell: Cell) -> Bounded:
    value = along.number(cell.source)
    return value if cell.weight is None else along.number(cell.weight) * value


def _worth(along: Along, entry: Entry, numbers: Sequence[Bounded]) -> Bounded:
    constant, varying = entry
    total = along.constant(constant) if constant or not varying else None
    for n in varying:
        part = numbers[n] if n >= 0 else -numbers[-n - 1]
        total = part if total is None else total + part
    assert total is not None
    return total


def _filled(
    along: Along, entries: Sequence[Sequence[Entry]], numbers: Sequence[Bounded], rows: int
) -> Bounded:
    """Write entries into arrays of shape (rows, outcomes, players), each entry contiguous."""
    shape = (len(entries), len(entries[0]), rows)
    value = np.empty(shape, dtype=object if along.exact else np.float64)
    error = np.empty(shape)
    for o, row in enumerate(entries):
        for p, entry in enumerate(row):
            found = _worth(along, entry, numbers)
            value[o, p], error[o, p] = found.value, found.error
    return Bounded(value.transpose(2, 0, 1), error.transpose(2, 0, 1))


def _spread(number: Bounded, rows: int) -> Bounded:
    return Bounded(np.broadcast_to(number.value, (rows,)), np.broadcast_to(number.error, (rows,)))


def _at_least_zero(number: Bounded) -> NDArray[np.bool_]:
    sign = number.sign()
    return np.asarray((sign == 0) | (sign == 1))
