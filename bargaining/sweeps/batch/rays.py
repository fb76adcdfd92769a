"""What small deals of a package can be made of, where temptations depend on the mixture.

A deal scaled down holds the status quo most of the time, so that who is told to keep to it is not
tempted if he loses by another act there.  What else tempts a player is the positive part of a
linear function of the shares, for every act that he is told.  Where such a function changes sign
between outcomes, mixtures at which it is just zero are worth having: outcomes, mixtures of two at
which one function is zero, and of three at which one of each player is, make up all small deals,
and on their sums temptations only add up.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.sweeps.batch.bounded import UNKNOWN, Bounded, maximum, where
from bargaining.sweeps.batch.temptations import (
    BEYOND,
    HIDDEN,
    Columns,
    Doubt,
    Terms,
    linear,
    nothing,
)

Mask = NDArray[np.bool_]
Shares = Mapping[int, Bounded]


@dataclass(frozen=True, eq=False)
class Line:
    """One linear function: what a player gains by his one other act, per share of an outcome."""

    player: int
    worth: Mapping[int, Bounded]
    signs: Mapping[int, NDArray[np.int8]]
    mixed: Mask


@dataclass(eq=False)
class _Part:
    """A part's outcomes and lines, and the columns made of them."""

    terms: Terms
    zero: Bounded
    doubt: Doubt
    tempted: list[dict[int, Bounded]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    columns: list[tuple[list[Bounded], list[Bounded]]] = field(default_factory=list)


def small_deals(terms: Sequence[Terms]) -> Columns:
    """Return the columns of a package's small deals."""
    parts = [_part(one) for one in terms]
    columns = [column for part in parts for column in part.columns]
    doubt = np.max([part.doubt for part in parts], axis=0).astype(np.int8)
    gains, tempted = (
        tuple(tuple(column[kind][i] for column in columns) for i in (0, 1)) for kind in (0, 1)
    )
    return Columns(gains, tempted, doubt)


def _part(terms: Terms) -> _Part:
    zero = nothing(terms.gains[0][terms.origin])
    part = _Part(terms, zero, terms.moved.copy())
    cells = [c for c in range(len(terms.gains[0])) if c != terms.origin]
    for player in (0, 1):
        part.tempted.append(dict.fromkeys(cells, zero))
        for change in terms.changes[player]:
            _read(part, player, change.cells, change.worth)
    for c in cells:
        part.columns.append(
            ([terms.gains[i][c] for i in (0, 1)], [part.tempted[i][c] for i in (0, 1)])
        )
    bent = [line for line in part.lines if line.mixed.any()]
    for line in bent:
        for a, b in itertools.permutations(line.worth, 2):
            here = (line.signs[a] == 1) & (line.signs[b] == -1)
            _mixture(part, {a: -line.worth[b], b: line.worth[a]}, here, [line])
    for one, other in itertools.combinations(bent, 2):
        if one.player != other.player:
            for three in itertools.combinations(cells, 3):
                _meeting(part, one, other, three)
    many = sum((line.mixed.astype(int) for line in bent), start=np.zeros(len(part.doubt), int))
    part.doubt = np.where(many > 2, BEYOND, part.doubt).astype(np.int8)
    return part


def _read(
    part: _Part, player: int, group: Sequence[int], worth: Sequence[Sequence[Bounded]]
) -> None:
    """Take in what a player gains by other acts where he is told the same."""
    origin, tempted = part.terms.origin, part.tempted[player]
    cells = [c for c in group if c != origin]
    options = []
    for mine in worth:
        option = {c: value for c, value in zip(group, mine, strict=True) if c != origin}
        if origin in group:
            still = mine[list(group).index(origin)].sign()
            part.doubt = np.where(still == UNKNOWN, np.maximum(part.doubt, HIDDEN), part.doubt)
            option = {c: where(still == 0, value, part.zero) for c, value in option.items()}
        options.append(option)
        for c in cells:
            tempted[c] = maximum(tempted[c], option[c])
    if len(cells) < 2:
        return
    if len(options) > 1:
        listed = [[part.zero] * len(cells), *([o[c] for c in cells] for o in options)]
        part.doubt = np.maximum(part.doubt, linear(listed))
        return
    signs = {c: options[0][c].sign() for c in cells}
    up = np.any([s == 1 for s in signs.values()], axis=0)
    down = np.any([s == -1 for s in signs.values()], axis=0)
    hidden = np.any([s == UNKNOWN for s in signs.values()], axis=0)
    part.doubt = np.where(hidden, np.maximum(part.doubt, HIDDEN), part.doubt)
    part.lines.append(Line(player, options[0], signs, up & down))


def _meeting(part: _Part, one: Line, other: Line, cells: Sequence[int]) -> None:
    """Add the mixture of three outcomes at which two lines are zero."""
    a, b = ([line.worth.get(k, part.zero) for k in cells] for line in (one, other))
    shares = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    signs = [share.sign() for share in shares]
    bent = one.mixed & other.mixed
    hidden = bent & np.any([sign == UNKNOWN for sign in signs], axis=0)
    part.doubt = np.where(hidden, np.maximum(part.doubt, HIDDEN), part.doubt)
    for side in (1, -1):
        here = bent & np.all([sign == side for sign in signs], axis=0)
        turned = shares if side == 1 else [-share for share in shares]
        _mixture(part, dict(zip(cells, turned, strict=True)), here, [one, other])


def _mixture(part: _Part, shares: Shares, here: Mask, level: Sequence[Line]) -> None:
    """Add a mixture as a column, in the rows where it is one."""
    if not here.any():
        return
    gains, tempted = [], []
    for player in (0, 1):
        table = part.terms.gains[player]
        gains.append(_only(part, here, _total([share * table[c] for c, share in shares.items()])))
        left = dict(shares)
        terms: list[Bounded] = []
        for line in part.lines:
            if line.player != player:
                continue
            mine = [c for c in line.worth if c in left]
            if line not in level and mine:
                bent = _total([left[c] * line.worth[c] for c in mine])
                terms.append(maximum(part.zero, bent))
            for c in mine:
                del left[c]
        terms += [share * part.tempted[player][c] for c, share in left.items()]
        tempted.append(_only(part, here, _total(terms)) if terms else part.zero)
    part.columns.append((gains, tempted))


def _only(part: _Part, here: Mask, value: Bounded) -> Bounded:
    return where(here, value, part.zero)


def _total(numbers: Sequence[Any]) -> Bounded:
    total: Bounded = numbers[0]
    for number in numbers[1:]:
        total = total + number
    return total
