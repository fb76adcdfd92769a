"""The programme of a package in exact rationals, for small games of any number of players.

The same variables and equations as the convex programme, solved by exact linear programming:
payoffs of very different size, or a threshold met by a hair, cannot mislead it.  The largest
product of gains is found by asking, at the exchange rates of the current best mixture, for the
best deal in which nobody loses, and mixing that in (simplicial decomposition; Holloway 1974).
Each answer comes with support weights that the checker verifies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.geometry.rational import Column, ExactSolution, maximise
from bargaining.model.deal import Deal
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.interior_point import Rows, largest_product
from bargaining.settlement.layout import Layout
from bargaining.settlement.program import GAP, ProgramAnswer

MAX_ROWS = 80
MAX_COLUMNS = 1_000
MAX_ROUNDS = 200
TIGHT = 1e-13
Gains = tuple[Fraction, ...]


@dataclass(frozen=True)
class _Vertex:
    """An extreme deal in which nobody loses."""

    shares: tuple[Fraction, ...]
    gains: Gains
    support: Gains


def small_enough(layout: Layout) -> bool:
    """Whether a package is solved in rationals."""
    rows, columns = layout.equations.shape
    return rows <= MAX_ROWS and columns <= MAX_COLUMNS and layout.game.flat.exact


class ExactProgram:
    """A small package; answers the same questions as the numerical programme.

    Parameters
    ----------
    game : LinkageGame
    layout : Layout
        Of the package.
    players : sequence of int
        Positions of the players whose gains must not be negative.
    """

    def __init__(self, game: LinkageGame, layout: Layout, players: Sequence[int]) -> None:
        self.game, self.layout, self.players = game, layout, tuple(players)
        self._columns = layout.exact_columns()
        self._rows = layout.exact_rows()

    def deal(self, x: NDArray[Any]) -> Deal:
        """Turn shares into a deal."""
        return self.layout.deal(self.layout.complete(x))

    def _best(
        self, objective: Mapping[int, Fraction], floors: Mapping[int, Fraction] | None = None
    ) -> _Vertex:
        """Maximise a weighted sum of gains while nobody falls below a floor (0 if not given)."""
        count = len(self._columns)
        costs = [
            sum((w * column[i] for i, w in objective.items()), start=Fraction(0))
            for column in self._columns
        ]
        solution = self._solve(costs, floors or {})
        x = solution.primal[:count]
        support = [Fraction(objective.get(i, 0)) for i in range(len(self.game.players))]
        for i, dual in zip(self.players, solution.dual, strict=False):
            support[i] += dual
        return _Vertex(tuple(x), self._gains(x), tuple(support))

    def _gains(self, x: Sequence[Fraction]) -> Gains:
        totals = list(self.game.offset)
        for share, column in zip(x, self._columns, strict=True):
            if share:
                totals = [t + share * c for t, c in zip(totals, column, strict=True)]
        return tuple(totals)

    def _solve(
        self,
        costs: Sequence[Fraction],
        floors: Mapping[int, Fraction],
        least: Mapping[int, Fraction] | None = None,
        extra: Sequence[tuple[dict[int, Fraction], Fraction]] = (),
    ) -> ExactSolution:
        """Solve over shares (and, with ``least``, the least gain in the units given)."""
        rows = [*self._rows, *extra]
        position = {i: row for row, i in enumerate(self.players)}
        columns: list[Column] = []
        for j, column in enumerate(self._columns):
            entries: dict[int, Fraction | int] = {
                position[i]: -column[i] for i in self.players if column[i]
            }
            if least:
                for row, i in enumerate(sorted(least)):
                    if column[i]:
                        entries[len(self.players) + row] = -column[i] / least[i]
            base = len(self.players) + len(least or ())
            for row, (coefficients, _) in enumerate(rows):
                if j in coefficients:
                    entries[base + row] = coefficients[j]
            columns.append(entries)
        offset = self.game.offset
        rhs: list[Fraction | int] = [offset[i] - floors.get(i, 0) for i in self.players]
        if least:
            columns.append({len(self.players) + row: 1 for row in range(len(least))})
            rhs += [offset[i] / least[i] for i in sorted(least)]
        rhs += [right for _, right in rows]
        return maximise(costs, columns, rhs)

    def maximise_sum(self, who: Sequence[int]) -> ProgramAnswer:
        """Maximise the sum of gains, then the least gain at that sum."""
        first = self._best({i: Fraction(1) for i in who})
        total = sum((first.gains[i] for i in who), start=Fraction(0))
        x = self._leximin({i: Fraction(1) for i in who}, total)[0]
        return ProgramAnswer(
            np.array(x, dtype=object), first.support, "exact programme", exact=True
        )

    def maximise_least(self, units: Mapping[int, Number]) -> ProgramAnswer:
        """Maximise the least gain in the given units, then the next, and so on."""
        x, weights = self._leximin({i: Fraction(u) for i, u in units.items()}, None)
        return ProgramAnswer(np.array(x, dtype=object), weights, "exact programme", exact=True)

    def _leximin(
        self, units: Mapping[int, Fraction], total: Fraction | None
    ) -> tuple[tuple[Fraction, ...], Gains]:
        """Raise the least gain, fix those who are bound, go on; keep the sum if one is given."""
        extra: list[tuple[dict[int, Fraction], Fraction]] = []
        if total is not None:
            worth = {
                j: -sum((column[i] for i in units), start=Fraction(0))
                for j, column in enumerate(self._columns)
            }
            start = sum((self.game.offset[i] for i in units), start=Fraction(0))
            extra.append(({j: v for j, v in worth.items() if v}, start - total))
        left = dict(units)
        floors: dict[int, Fraction] = {}
        weights: Gains = ()
        x: tuple[Fraction, ...] = ()
        costs = [Fraction(0)] * len(self._columns) + [Fraction(1)]
        for _ in range(len(units)):
            found = self._solve(costs, floors, left, extra)
            x = found.primal[: len(self._columns)]
            prices = found.dual[len(self.players) : len(self.players) + len(left)]
            if not weights:
                rates = [Fraction(0)] * len(self.game.players)
                for i, dual in zip(self.players, found.dual, strict=False):
                    rates[i] += dual
                for i, price in zip(sorted(left), prices, strict=True):
                    rates[i] += price / left[i]
                weights = tuple(rates)
            for i in [i for i, p in zip(sorted(left), prices, strict=True) if p > 0]:
                floors[i] = found.value * left.pop(i)
            if not left:
                break
        return x, weights

    def ideal(
        self, who: Sequence[int], *, floors: Mapping[int, Number] | None = None
    ) -> tuple[tuple[int, tuple[Number, ...], Deal], ...]:
        """Return the most each player gets while nobody loses: player, weights, deal.

        With ``floors`` nobody falls below those gains (0 where left out); the bound that the
        weights prove is then h(weights) minus what they pay for the floors.
        """
        least = {i: Fraction(floor) for i, floor in (floors or {}).items()}
        found = []
        for i in who:
            vertex = self._best({i: Fraction(1)}, least)
            deal = self.deal(np.array(vertex.shares, dtype=object))
            found.append((i, vertex.support, deal))
        return tuple(found)

    def maximise_logs(self, weights: Mapping[int, Number]) -> ProgramAnswer:
        """Maximise the weighted sum of log gains by simplicial decomposition."""
        who = sorted(weights)
        power = np.array([float(weights[i]) for i in who])
        power = power / power.sum()
        vertices = [self._best({i: Fraction(1)}) for i in who]
        unit = [max(v.gains[i] for v in vertices) for i in who]
        mix = np.full(len(vertices), 1.0 / len(vertices))
        best: tuple[float, ProgramAnswer] | None = None
        for _ in range(MAX_ROUNDS):
            table = np.array(
                [[float(v.gains[i] / u) for v in vertices] for i, u in zip(who, unit, strict=True)]
            )
            mix = mixture(table, power, mix)
            shares = _rounded(mix)
            gained = self._mixed([v.gains for v in vertices], shares)
            rates = {i: Fraction(weights[i]) / gained[i] for i in who}
            vertex = self._best(rates)
            worth = sum((rates[i] * gained[i] for i in who), start=Fraction(0))
            most = sum((rates[i] * vertex.gains[i] for i in who), start=Fraction(0))
            gap = float((most - worth) / worth)
            x = self._mixed([v.shares for v in vertices], shares)
            answer = ProgramAnswer(
                np.array(x, dtype=object), vertex.support, "simplicial decomposition", gap == 0
            )
            if best is None or gap < best[0]:
                best = (gap, answer)
            if gap <= TIGHT or any(v.gains == vertex.gains for v in vertices):
                break
            vertices.append(vertex)
            mix = np.append(mix, 0.0)
        assert best is not None
        if best[0] > GAP:
            msg = "the Nash product could not be certified: rescale the payoffs of the game"
            raise SolverError(msg)
        return best[1]

    def _mixed(self, rows: Sequence[Gains], shares: Sequence[Fraction]) -> Gains:
        total = [Fraction(0)] * len(rows[0])
        for row, share in zip(rows, shares, strict=True):
            if share:
                total = [t + share * r for t, r in zip(total, row, strict=True)]
        return tuple(total)


def mixture(
    table: NDArray[np.float64], power: NDArray[np.float64], start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Maximise ``power @ log(table @ mix)`` over mixtures, then sharpen those in use."""
    from scipy import sparse

    count = table.shape[1]
    none = np.zeros(len(power))
    rows = Rows(table, none, power, none.astype(bool))
    found = largest_product(rows, sparse.csr_array(np.ones((1, count))), np.ones(1))
    mix = start if found is None else np.maximum(found.shares, 0.0)
    return _newton(table, power, mix / mix.sum())


def _newton(
    table: NDArray[np.float64], power: NDArray[np.float64], mix: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sharpen a mixture with its support held fixed; kept only if it stays a mixture."""
    used = np.flatnonzero(mix > 1e-9)
    part, point = table[:, used], mix[used] / mix[used].sum()
    for _ in range(20):
        gains = part @ point
        slope = part.T @ (power / gains)
        curve = part.T @ ((power / gains**2)[:, None] * part)
        size = len(used)
        system = np.block([[curve, np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
        step = np.linalg.lstsq(system, np.append(slope, 0.0), rcond=None)[0][:size]
        trial = point + step
        if trial.min() < 0 or (part @ trial).min() <= 0:
            break
        point = trial
        if np.abs(step).max() < 1e-16:
            break
    result = np.zeros_like(mix)
    result[used] = point / point.sum()
    return result


def _rounded(mix: NDArray[np.float64]) -> list[Fraction]:
    """Turn a mixture into fractions that add up to 1, simple ones where that changes nothing."""
    shares = []
    for m in mix.tolist():
        simple = Fraction(m).limit_denominator(10_000)
        shares.append(simple if abs(float(simple) - m) < 1e-13 else Fraction(m))
    largest = max(range(len(shares)), key=shares.__getitem__)
    others = sum((s for i, s in enumerate(shares) if i != largest), start=Fraction(0))
    shares[largest] = 1 - others
    return shares
