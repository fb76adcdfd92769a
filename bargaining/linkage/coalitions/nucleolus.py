"""The nucleolus: the division that makes the largest complaint of a coalition as small as possible.

The complaint of a coalition is its excess v(S) - x(S).  The nucleolus is the imputation whose
excesses, from the largest down, come first in the lexicographic order (Schmeidler 1969).  It is
found level by level: a linear programme makes the largest excess of the coalitions still open as
small as possible, coalitions that its prices show to be tight are settled, and so on until their
excesses determine the division.  Every programme is solved in rationals over a few coalitions;
those it leaves out are priced exactly and let in where they complain more.

The prices of a level are weights in balance over the coalitions settled there (Kohlberg 1971), and
prove that nobody can do better: see :mod:`bargaining.linkage.coalitions.kohlberg`,
which needs no solver.  Imputations give
every player at least v(i).  Where these add up to more than v(N) there is none, and the same
programme without that demand gives the prenucleolus.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.geometry.rational import Column, maximise
from bargaining.linkage.coalitions.dense import Dense, subset_sums
from bargaining.linkage.coalitions.kohlberg import Level, Nucleolus, fault

START = 128
"""With up to so many coalitions all are in the first programme."""
MAX_PROGRAMMES = 2_000
LET_IN = 4
"""Coalitions that enter a programme at once, per player."""


def nucleolus(game: Dense) -> Nucleolus:
    """Compute the nucleolus; the prenucleolus where there is no imputation.

    Parameters
    ----------
    game : Dense

    Returns
    -------
    Nucleolus
        Checked before it is returned.

    Raises
    ------
    SolverError
        If a programme could not be solved in rationals.

    Examples
    --------
    >>> from bargaining.linkage.coalitions.worths import worths
    >>> glove = worths({"a+b": 1, "a+c": 1, "a+b+c": 1})
    >>> nucleolus(Dense.of(glove)).shares
    (Fraction(1, 1), Fraction(0, 1), Fraction(0, 1))
    """
    alone = [game.worth(1 << i) for i in range(game.count)]
    essential = sum(alone) <= game.total
    floors = alone if essential else beneath(game)
    search = _Search(game, floors)
    levels: list[Level] = []
    shares: tuple[Fraction, ...] = ()
    while search.undecided:
        level, shares = search.next_level()
        levels.append(level)
    found = Nucleolus("nucleolus" if essential else "prenucleolus", shares, tuple(levels))
    if wrong := fault(game, found):
        msg = f"nucleolus: the proof does not hold: {wrong}"
        raise SolverError(msg)
    return found


def first_level(game: Dense) -> tuple[Level, tuple[Fraction, ...]]:
    """Return the least excess that the largest complaint can have, and a division that has it.

    No player is promised anything alone here: this is the least core.
    """
    return _Search(game, beneath(game)).next_level()


def beneath(game: Dense) -> list[Fraction]:
    """Return amounts that no player gets less than in the prenucleolus, and that do not bind.

    It gives nobody less than the least he adds to a coalition (Peleg and Sudhölter 2007).
    """
    return [least - 1 for least in game.least_added()]


class _Search:
    """The levels found so far and the coalitions still open.

    The programme of a level, for shares x and an excess e, both above what is possible at least:
    minimise e so that x(S) + e >= v(S) for open S and x(S) is as settled for the others.  Its dual
    has one column per coalition and only n + 1 rows; that is the one that is solved.
    """

    def __init__(self, game: Dense, floors: Sequence[Fraction]) -> None:
        self.game, self.floors = game, list(floors)
        self.everyone = len(game.values) - 1
        self.settled: dict[int, Fraction] = {self.everyone: game.total}
        least = Fraction(int(game.values.min()), game.unit)
        room = game.total - sum(self.floors)
        most = sum(max(floor, Fraction(0)) for floor in self.floors)
        self.shift = room + most - least + 1  # more than any excess can fall below 0
        self.near = self._open()
        count = len(self.near)
        if count <= START:
            self.used = self.near.tolist()
        else:
            singles = [1 << i for i in range(game.count)]
            self.used = [*singles, *(self.everyone ^ single for single in singles)]

    @property
    def undecided(self) -> bool:
        """Whether some coalition's share is not determined by those settled."""
        return len(self.near) > 0

    def next_level(self) -> tuple[Level, tuple[Fraction, ...]]:
        """Find the next level and settle the coalitions that its weights name."""
        still = set(self.near.tolist())
        used = [mask for mask in self.used if mask in still]
        used = used or self.near[:1].tolist()
        for _ in range(MAX_PROGRAMMES):
            level, shares = self._solve(used)
            worse = self._worse(level.excess, shares, used)
            if not worse:
                break
            used += worse
        else:
            msg = f"nucleolus: no level found within {MAX_PROGRAMMES} programmes"
            raise SolverError(msg)
        for mask in level.weights:
            if self._moves(mask):
                self.settled[mask] = self.game.worth(mask) - level.excess
        self.used, self.near = used, self._open()
        return level, shares

    def _moves(self, mask: int) -> bool:
        """Whether a coalition's share does not follow from those settled."""
        return any(
            sum(step for i, step in enumerate(direction) if mask >> i & 1)
            for direction in orthogonal(self.game.count, list(self.settled))
        )

    def _open(self) -> NDArray[np.intp]:
        """Return the coalitions whose share does not follow from those settled."""
        still = np.zeros(self.everyone + 1, dtype=bool)
        for direction in orthogonal(self.game.count, list(self.settled)):
            still |= subset_sums(direction) != 0
        still[0] = False
        return np.flatnonzero(still)

    def _solve(self, used: Sequence[int]) -> tuple[Level, tuple[Fraction, ...]]:
        game, count = self.game, self.game.count
        inside = {m: [i for i in range(count) if m >> i & 1] for m in (*used, *self.settled)}
        floor = {m: sum(self.floors[i] for i in inside[m]) for m in inside}
        costs = [game.worth(m) - floor[m] + self.shift for m in used]
        columns: list[Column] = [{**dict.fromkeys(inside[m], 1), count: 1} for m in used]
        for m, share in self.settled.items():
            costs += [share - floor[m], floor[m] - share]
            columns += [dict.fromkeys(inside[m], 1), dict.fromkeys(inside[m], -1)]
        found = maximise(costs, columns, [0] * count + [1])
        shares = tuple(x + low for x, low in zip(found.dual[:count], self.floors, strict=True))
        weights = {m: w for m, w in zip(used, found.primal, strict=False) if w}
        twins = found.primal[len(used) :]
        earlier = {m: twins[2 * k] - twins[2 * k + 1] for k, m in enumerate(self.settled)}
        slack = [Fraction(0)] * count
        for group in (weights, earlier):
            for m, w in group.items():
                for i in inside[m]:
                    slack[i] -= w
        level = Level(
            found.dual[count] - self.shift,
            weights,
            {m: w for m, w in earlier.items() if w},
            {i: w for i, w in enumerate(slack) if w},
        )
        return level, shares

    def _worse(self, level: Fraction, shares: Sequence[Fraction], used: Sequence[int]) -> list[int]:
        """Return open coalitions outside the programme with larger excess, the worst first."""
        excess, unit = self.game.excesses(shares)
        mine = excess[self.near]
        over = np.flatnonzero(mine > level.numerator * unit // level.denominator)
        order = over[np.argsort(-mine[over], kind="stable")]
        known = set(used)
        return [m for m in self.near[order].tolist() if m not in known][: LET_IN * self.game.count]


def orthogonal(count: int, masks: Sequence[int]) -> list[list[int]]:
    """Return a basis, in whole numbers, of the directions along which no coalition's share moves.

    >>> orthogonal(2, [0b11])
    [[1, -1]]
    """
    from flint import fmpz_mat

    rows = [[mask >> i & 1 for i in range(count)] for mask in masks]
    found, nullity = fmpz_mat(rows).nullspace()
    return [[int(found[i, j]) for i in range(count)] for j in range(nullity)]
