"""A rule for several copies in rationals, from a numerical one.

Most cells' deals are the same in every best rule, and most lies are far from tempting.  What is
left is a small programme in rationals; deals and lies left out are checked exactly and join it
until none would change the answer, so that the result is proved, whatever was left out.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.geometry.rational import Column, maximise
from bargaining.settlement.mechanism import copies_check
from bargaining.settlement.mechanism.copies_program import CopiesProgram, Row
from bargaining.settlement.mechanism.interior import Point

MAX_ROUNDS = 12
MAX_VARIABLES, MAX_ROWS = 900, 330
MAX_CELLS = 2_000
"""Cells times options: what is checked in rationals in every round."""
OPEN = 1e-5
"""Second shares and slacks up to this size are left to the exact programme."""

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class ExactRule:
    """A best rule in rationals.

    Attributes
    ----------
    shares : ndarray of Fraction, shape (cells per player…, options)
    payments : ndarray of Fraction
    rows : tuple of Fraction
        Prices of the fixed rows, then of the programme's lies.
    budget : Fraction
    """

    shares: Array
    payments: Array
    rows: tuple[Fraction, ...]
    budget: Fraction


def exact_rule(program: CopiesProgram, point: Point, *, private: bool) -> ExactRule | None:
    """Return a best rule in rationals, None if that is too large or was not proved.

    With ``private`` reports must be honest; otherwise types are public.
    """
    cells = program.cells
    if point.shares.size > MAX_CELLS:
        return None
    blocks = [b for b in cells.blocks if b.stop - b.start > 1]
    chosen = [point.shares[..., b].argmax(axis=-1) for b in blocks]
    loose = [np.sort(point.shares[..., b], axis=-1)[..., -2] > OPEN for b in blocks]
    g, t = program.matrix()
    slack = -(g @ _gains(program, point.shares.astype(object)).astype(float) + t @ point.payments)
    tight = (slack < OPEN) | (point.prices > OPEN * 1e-2)
    tight[: len(program.fixed)] = True
    rows = {int(n) for n in np.flatnonzero(tight)}
    for _ in range(MAX_ROUNDS):
        every = program.rows_at(sorted(rows))
        try:
            found = _solve(program, every, blocks, chosen, loose)
        except SolverError:
            return None
        if found is None:
            return None
        shares, payments, prices, budget = found
        new = _tempting(program, shares, payments) if private else set()
        direct = dict(program.aim[0])
        for y, (z, _) in zip(prices, every, strict=True):
            for k, v in z.items():
                direct[k] = direct.get(k, Fraction(0)) - y * v
        better = _better(program, direct, blocks, chosen, loose)
        if not new and not better:
            full = dict(zip(sorted(rows), prices, strict=True))
            count = len(program.fixed) + len(program.lies)
            table = tuple(full.get(n, Fraction(0)) for n in range(count))
            return ExactRule(shares, payments, table, budget)
        rows |= new
    return None


def _columns(program: CopiesProgram, cell: tuple[int, ...]) -> list[dict[int, Fraction]]:
    """Return for each option of a cell what it adds to the expected gains z."""
    found: list[dict[int, Fraction]] = [{} for _ in program.cells.options]
    sides = program.cells.sides
    types = [int(side.cells[a, 1]) for side, a in zip(sides, cell, strict=True)]
    for i, seen in enumerate(program.views):
        chance = Fraction(1)
        for p, a in enumerate(cell):
            chance *= sides[p].weight[a] if p != i else 1
        at = tuple(s if n > 1 else 0 for s, n in zip(types, seen.table.shape, strict=False))
        start = int(program.starts[i]) + cell[i] * seen.rank
        for option, row in enumerate(seen.table[at]):
            for k, v in enumerate(row):
                if v:
                    found[option][start + k] = chance * v
    return found


def _gains(program: CopiesProgram, shares: Array) -> Array:
    """Return the expected gains z of a rule."""
    z = np.array([Fraction(0)] * program.gain_count, dtype=object)
    for cell in itertools.product(*map(range, program.cells.shape)):
        for share, column in zip(shares[cell], _columns(program, cell), strict=True):
            if share:
                for k, v in column.items():
                    z[k] += share * v
    return z


def _solve(
    program: CopiesProgram,
    rows: list[Row],
    blocks: list[slice],
    chosen: list[Array],
    loose: list[Array],
) -> tuple[Array, Array, list[Fraction], Fraction] | None:
    """Solve for the loose cells' shares and the payments, the other cells as chosen."""
    cells = program.cells
    base = np.zeros((*cells.shape, len(cells.options)), dtype=object)
    base[...] = Fraction(0)
    for only in cells.blocks:
        base[..., only.start] = Fraction(1)
    for block, pick in zip(blocks, chosen, strict=True):
        base[..., block] = Fraction(0)
        one: Any = Fraction(1)
        np.put_along_axis(base[..., block], pick[..., None], one, axis=-1)
    start = _gains(program, base)
    limits = [-sum((v * start[k] for k, v in z.items()), start=Fraction(0)) for z, _ in rows]
    by_gain: dict[int, list[tuple[int, Fraction]]] = {}
    for n, (z, _) in enumerate(rows):
        for k, v in z.items():
            by_gain.setdefault(k, []).append((n, v))
    columns: list[Column] = []
    costs: list[Fraction] = []
    names: list[tuple[tuple[int, ...], int, int]] = []
    for block, pick, free in zip(blocks, chosen, loose, strict=True):
        for place in np.argwhere(free).tolist():
            cell = tuple(place)
            options = _columns(program, cell)
            reference = block.start + int(pick[cell])
            row = len(limits)
            limits.append(Fraction(1))
            for option in range(block.start, block.stop):
                if option == reference:
                    continue
                change = dict(options[option])
                for k, v in options[reference].items():
                    change[k] = change.get(k, Fraction(0)) - v
                column: dict[int, Fraction | int] = {row: 1}
                for k, v in change.items():
                    for n, factor in by_gain.get(k, ()):
                        column[n] = column.get(n, 0) + factor * v
                columns.append({n: v for n, v in column.items() if v})
                aim = program.aim[0]
                costs.append(sum((aim.get(k, 0) * v for k, v in change.items()), start=Fraction(0)))
                names.append((cell, reference, option))
    first = len(columns)
    equal = len(limits)
    if program.budget:
        limits += [Fraction(0), Fraction(0)]
    for m in range(program.payment_count):
        column = {n: row[m] for n, (_, row) in enumerate(rows) if row.get(m)}
        if m in program.budget:
            column[equal], column[equal + 1] = program.budget[m], -program.budget[m]
        columns += [column, {n: -v for n, v in column.items()}]
        cost = Fraction(program.aim[1].get(m, 0))
        costs += [cost, -cost]
    if len(columns) > MAX_VARIABLES or len(limits) > MAX_ROWS + len(names):
        return None
    found = maximise(costs, columns, limits)
    for (cell, reference, option), share in zip(names, found.primal[:first], strict=True):
        base[(*cell, option)] += share
        base[(*cell, reference)] -= share
    pairs = found.primal[first:]
    payments = np.array([a - b for a, b in zip(pairs[::2], pairs[1::2], strict=True)], dtype=object)
    budget = found.dual[equal] - found.dual[equal + 1] if program.budget else Fraction(0)
    return base, payments, list(found.dual[: len(rows)]), budget


def _tempting(program: CopiesProgram, shares: Array, payments: Array) -> set[int]:
    """Add the lies that pay to the programme; return all rows that pay."""
    cells = program.cells
    found = []
    for i in range(len(cells.sides)):
        seen = copies_check.interim(cells, i, shares)
        received = program.receipts(payments, i)
        lies = copies_check.best_lies(cells, i, seen, received)
        found += [lie for lie, brings in lies if brings > 0]
    program.add(found)
    place = {lie.key: n for n, lie in enumerate(program.lies)}
    return {len(program.fixed) + place[lie.key] for lie in found}


def _better(
    program: CopiesProgram,
    direct: dict[int, Any],
    blocks: list[slice],
    chosen: list[Array],
    loose: list[Array],
) -> bool:
    """Free the cells in which another option is worth more at these prices; say if there are."""
    any_better = False
    for cell in itertools.product(*map(range, program.cells.shape)):
        worth = [
            sum((direct.get(k, 0) * v for k, v in column.items()), start=Fraction(0))
            for column in _columns(program, cell)
        ]
        for block, pick, free in zip(blocks, chosen, loose, strict=True):
            if not free[cell] and max(worth[block]) > worth[block.start + int(pick[cell])]:
                free[cell] = any_better = True
    return any_better
