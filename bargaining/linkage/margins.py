"""How far two players' payoffs are from a change in what packages can do, exactly.

If every payoff moves by at most r times its player's range R in the issue, a gain moves by at
most 2rR, and all gains of an issue can be raised, or lowered, by that at once: outcomes one way,
the status quo the other.  At exchange rates (t, 1 - t) an outcome stops being worth something
when it is lowered by r = V(t) / 2R(t), V and R being gain and range weighted alike.  So the

    margin of a package for player 1 = inf over t in (0, 1] of max over outcomes of V(t) / R(t)

is twice the r at which he can no longer gain from it (if positive), or minus twice the r at which
he could (if negative); player 2 likewise over [0, 1).  An agenda works for a player if one of
its packages does, and works if it does for both: margins combine by max over packages and min
over players.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.geometry.least_maximum import Domain, Row, Rows, least_maximum
from bargaining.geometry.surd import Real, Surd
from bargaining.model.agenda import parse_agenda
from bargaining.model.game import LinkageGame
from bargaining.settlement.planar_package import axes

DOMAINS = (Domain(with_zero=False), Domain(with_one=False))
"""Exchange rates that must all be excluded for player 1, and for player 2, to gain."""
LARGEST = Surd.of(1)
"""No gain exceeds the range."""
CLOSE = 1e-9
STEPS = 60


@dataclass(frozen=True, eq=False)
class Table:
    """Gains and ranges of two players, outcome by outcome, without those that change nothing.

    Attributes
    ----------
    near : ndarray of float, shape (rows, 4)
        Gains and ranges of both, each row divided by its largest entry.
    whole : ndarray of int, shape (rows, 4), or None
        The same exactly, in the units of the game's whole numbers, where it has such.
    rows : ndarray of int
        Where each row stands among the game's outcomes.
    issues : ndarray of int
        Whose outcome it is.
    """

    game: LinkageGame
    columns: tuple[int, int]
    near: NDArray[np.float64]
    whole: NDArray[Any] | None
    rows: NDArray[np.intp]
    issues: NDArray[np.intp]

    def exact(self, place: int) -> Row:
        """Return one row exactly, in whatever units the game's whole numbers have."""
        if self.whole is not None:
            a, b, c, d = self.whole[place].tolist()
            return Fraction(a), Fraction(b), Fraction(c), Fraction(d)
        flat = self.game.flat
        block = flat.values[flat.offsets[self.issues[place]] :][: self.sizes[self.issues[place]]]
        row = flat.values[self.rows[place]]
        spans = [
            Fraction(float(block[:, i].max())) - Fraction(float(block[:, i].min()))
            for i in self.columns
        ]
        first, second = (Fraction(float(row[i])) for i in self.columns)
        return first, second, spans[0], spans[1]

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Number of outcomes of each issue."""
        return np.diff(self.game.flat.offsets)

    def key(self, places: NDArray[np.intp]) -> bytes | None:
        """Return what equal packages have in common, where that is cheap to say."""
        if self.whole is None or self.whole.dtype == object:
            return None
        return self.whole[places].tobytes()

    def of(self, places: NDArray[np.intp]) -> Rows:
        """Rows at some places, equal ones once."""
        if len(places) and self.whole is not None and self.whole.dtype != object:
            _, first = np.unique(self.whole[places], axis=0, return_index=True)
            places = places[np.sort(first)]
        return Rows(self.near[places], lambda j: self.exact(int(places[j])))


def table(game: LinkageGame) -> Table:
    """Collect the rows of an additive game between two interested players."""
    flat, columns = game.flat, axes(game)
    starts: Any = flat.offsets[:-1]
    values = flat.values[:, list(columns)]
    low = np.minimum.reduceat(values, starts, axis=0)
    high = np.maximum.reduceat(values, starts, axis=0)
    counts = np.diff(flat.offsets)
    owner = np.repeat(np.arange(len(counts)), counts)
    full = np.hstack([values, (high - low)[owner]])
    origins = flat.offsets[:-1] + game.origin
    used = np.any(full[:, 2:] != 0, axis=1)
    used[origins] = False
    kept = np.flatnonzero(used)
    # whole numbers of any size become floats of order 1 per player: ratios keep their meaning
    units = [max((abs(x) for x in full[kept, j + 2]), default=1) for j in range(2)]
    scaled = np.empty((len(kept), 4))
    for j in range(4):
        scaled[:, j] = full[kept, j] / units[j % 2]
    size = np.abs(scaled).max(axis=1, initial=0.0)
    near = scaled / np.where(size > 0, size, 1.0)[:, None]
    whole = full[kept] if flat.exact else None
    return Table(game, columns, near, whole, kept, owner[kept])


@dataclass(frozen=True, eq=False)
class Margins:
    """Margins of a partition of the issues, for both players.

    Attributes
    ----------
    packages : tuple of sequence of int
    values : pair of Surd or infinity
        The largest margin of any package, per player.
    best : pair of int
        Which package has it.
    """

    packages: Sequence[Sequence[int]]
    values: tuple[Real, Real]
    best: tuple[int, int]

    @property
    def value(self) -> Real:
        """The agenda's margin: what the player who is worse placed has."""
        return min(self.values)


def margins(rows: Table, agenda: str) -> Margins:
    """Compute the margins of the packages of an agenda."""
    packages = parse_agenda(rows.game, agenda).packages
    owner = np.empty(len(rows.game.issues), dtype=np.intp)
    for number, package in enumerate(packages):
        owner[np.asarray(package, dtype=np.intp)] = number
    groups = owner[rows.issues]
    order = np.argsort(groups, kind="stable")
    groups = groups[order]
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    values: list[Real] = []
    best: list[int] = []
    for player in (0, 1):
        rough = _rough(rows.near[order], starts, player)
        top: tuple[Real, int] = (-math.inf, 0)
        seen = set()
        for g in np.flatnonzero(rough >= rough.max(initial=-np.inf) - CLOSE).tolist():
            stop = starts[g + 1] if g + 1 < len(starts) else len(groups)
            places = order[starts[g] : stop]
            key = rows.key(places)
            if key is not None and key in seen:
                continue
            seen.add(key)
            exact = least_maximum(rows.of(places), DOMAINS[player])
            if exact > top[0] or top[0] == -math.inf:
                top = max(top[0], exact), int(groups[starts[g]])
            if top[0] == LARGEST:
                break
        values.append(top[0])
        best.append(top[1])
    return Margins(packages, (values[0], values[1]), (best[0], best[1]))


def margin(rows: Table, package: Sequence[int], player: int) -> Real:
    """Return the margin of one package for the first or second player."""
    places = np.flatnonzero(np.isin(rows.issues, np.asarray(package)))
    return least_maximum(rows.of(places), DOMAINS[player])


def _rough(near: NDArray[np.float64], starts: NDArray[np.intp], player: int) -> NDArray[np.float64]:
    """Margins of all groups at once by bisection in floats, to within rounding."""
    if not len(starts):
        return np.empty(0)
    counts = np.diff([*starts.tolist(), len(near)])
    low, high = np.full(len(starts), -1.0), np.full(len(starts), 1.0)
    for _ in range(STEPS):
        middle = (low + high) / 2
        level = np.repeat(middle, counts)
        one = near[:, 0] - level * near[:, 2]
        two = near[:, 1] - level * near[:, 3]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            from_ = np.where(two > 0, np.where(one < 0, two / -one, np.inf), 0.0)
            to = np.where(one > 0, np.where(two < 0, -two / one, 0.0), np.inf)
        both = (one > 0) & (two > 0)
        least = np.maximum.reduceat(np.where(both, np.inf, from_), starts)
        most = np.minimum.reduceat(np.where(both, -1.0, to), starts)
        works = least <= most
        works &= (most > 0) if player == 0 else (least < np.inf)
        high = np.where(works, middle, high)
        low = np.where(works, low, middle)
    return high
