"""The one programme of packages that must meet requirements, asked by the solution concepts.

It offers what :class:`~bargaining.settlement.solutions.base.Programme` lists, so that a concept
is written once: logarithms, sums and least gains are maximised over net gains, the requirements
being rows.  First it finds out who can gain at all, and a small deal in which they do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.model.deal import Deal
from bargaining.results import Number
from bargaining.settlement.composed.arrays import Arrays, Vector
from bargaining.settlement.composed.columns import closed_columns
from bargaining.settlement.composed.cuts import Goal, Linear, programme
from bargaining.settlement.composed.proof import Bound
from bargaining.settlement.composed.solver import Optimum, maximise
from bargaining.settlement.program import ProgramAnswer
from bargaining.settlement.requirements.base import Composition
from bargaining.settlement.solutions.base import Weights

if TYPE_CHECKING:
    from bargaining.settlement.composed.exact_within import Within

Key = tuple[int, int]
NOTHING = 1e-9
"""Gains up to this share of a player's reach are none, where no exact test applies."""

HIGHER = 1e-5
"""A next least gain that rises by no more than this share is what it was."""


@dataclass(frozen=True)
class ComposedAnswer(ProgramAnswer):
    """What the composed programme found, with its proof."""

    bound: Bound | None = None
    gap: float = 0.0


class ComposedProgram:
    """Packages settled together under requirements.

    Parameters
    ----------
    composition : Composition
    gainers : sequence of frozenset of int
        Per package who could gain at once, ratifiers included, if only ratification counted;
        exact.
    closed : sequence of frozenset of int
        Per package outcomes that cannot be part of a deal.

    Attributes
    ----------
    able : tuple of (package, player)
        Who can gain under all requirements.
    feasible : bool
        Whether any deal, at least the status quo, meets the requirements.
    blocked : Bound or None
        What proves that the others cannot gain.
    exact_start : ndarray of Fraction or None
        Shares that meet floors and help all who are able, where that is decided in rationals.
    """

    def __init__(
        self,
        composition: Composition,
        gainers: Sequence[frozenset[int]],
        closed: Sequence[frozenset[int]],
    ) -> None:
        self.composition = composition
        self.closed = closed_columns(composition, closed)
        mask = np.zeros(composition.size, dtype=bool)
        mask[list(self.closed)] = True
        self.keys = tuple(composition.nets)
        functions = [*composition.nets.values(), *(row.net for row in composition.rows)]
        self.arrays = Arrays(composition, tuple(functions), mask)
        self.first_row = len(self.keys)
        reach = composition.game.reach
        self.reach = np.array([max(reach[i], 1e-300) for _, i in self.keys])
        at_origin = self.arrays.values(np.zeros(self.arrays.size), 1.0)
        self._slack = at_origin[self.first_row :]
        self.anchored = bool(np.all(self._slack >= 0))
        self.feasible = True
        self.blocked: tuple[Bound, float] | None = None
        stake = composition.game.interested
        can = [key for key in self.keys if key[1] in gainers[key[0]]]
        wanted = [key for key in can if key[1] in stake]
        self._lifted = [key for key in can if key[1] not in stake]
        self.able: tuple[Key, ...] = ()
        self.exact_start: Any = None
        self.unit = 1.0
        self.start: Vector = np.zeros(self.arrays.size)
        self._find_able(wanted)

    def _place(self, keys: Sequence[Key]) -> NDArray[np.intp]:
        return np.array([self.keys.index(key) for key in keys], dtype=np.intp)

    def _rows(self) -> NDArray[np.intp]:
        return np.arange(self.first_row, len(self.arrays.functions))

    def _find_able(self, wanted: list[Key]) -> None:
        """Find who can gain, and a deal in which they do."""
        if self.anchored:
            while wanted:
                if self._along_a_direction(wanted):
                    return
                wanted = self._without_blocked(wanted)
            return
        while True:
            found = self._within(wanted)
            if found is None or not wanted or found is True:
                return
            if self.exact_start is not None:
                wanted = [key for key in wanted if key not in self._priced]
            else:
                wanted = self._without_blocked(wanted)

    def _along_a_direction(self, wanted: list[Key]) -> bool:
        """Try the direction from the status quo in which the least gain rises fastest.

        Where a premium bends, requirements that only just hold along a direction are missed a
        little further: first those are asked to have room, too.
        """
        place = self._place(wanted)
        rows = self._rows()
        tight = rows[self._slack <= 0]
        flat = [np.zeros(len(self.composition.curves))]
        bent = [r for r in tight.tolist() if self._bends(r)]
        roomy = np.array([*place, *self._place(self._lifted), *bent], dtype=np.intp)
        best: float | None = None
        found: Linear | None = None
        for terms in (roomy, place) if len(roomy) > len(place) else (place,):
            size = np.array([self._size(j) for j in terms.tolist()])
            goal = Goal("least", terms, size, tight, np.zeros(len(tight)), 1.0)
            found = programme(self.arrays, goal, 1.0, flat, [])
            if found is None:
                msg = "who can gain could not be found out: rescale the payoffs of the game"
                raise SolverError(msg)
            if found.value > NOTHING:
                best = self._along(found.z, place)
            if best is not None:
                break
        assert found is not None
        self._direction = (found, wanted, (tight - self.first_row).tolist(), flat[0])
        if best is None:
            return False
        self.unit, self.start, self.able = best, found.z, tuple(wanted)
        return True

    def _bends(self, function: int) -> bool:
        """Whether a row for enforcement holds a premium that bends."""
        row = self.composition.rows[function - self.first_row]
        return row.name.startswith("enforcement") and bool(row.net.curves)

    def _size(self, function: int) -> float:
        """Return the unit of a function: the reach of its player."""
        if function < len(self.keys):
            return float(self.reach[function])
        row = self.composition.rows[function - self.first_row]
        return max(float(self.composition.game.reach[row.player]), 1e-300)

    def _along(self, z: Vector, place: NDArray[np.intp]) -> float | None:
        """Return the unit at which a direction has the largest product of gains."""
        units = np.logspace(0, -14, 113)
        values = self.arrays.along(z, units)
        size = abs(self.arrays.forms[self.first_row :]) @ np.abs(z)
        fine = np.all(values[:, self.first_row :] >= -1e-12 * size, axis=1)
        gains = values[:, place] * units[:, None]
        fine &= gains.min(axis=1) > 0
        if not fine.any():
            return None
        score = np.full(len(units), -np.inf)
        score[fine] = np.log(gains[fine]).sum(axis=1)
        return float(units[int(np.argmax(score))])

    def _without_blocked(self, wanted: list[Key]) -> list[Key]:
        """Leave out those whom the prices of the last programme show to be blocked."""
        found, asked, rows, depths = self._direction
        self.blocked = self._blocking(asked, found, rows, depths)
        priced = {
            key
            for key, price in zip(asked, found.least, strict=True)
            if price * self.reach[self.keys.index(key)] > 1e-7
        }
        return [key for key in wanted if key not in priced] if priced else []

    def _within(self, wanted: list[Key]) -> bool | None:
        """Look for a deal where the status quo does not meet the requirements.

        True when one is found in which all wanted gain, False when they cannot all, None when no
        deal meets the requirements.
        """
        from bargaining.settlement.composed.exact_within import exactly_within, is_linear
        from bargaining.settlement.composed.phase_one import inside

        rows = self._rows()
        place = self._place(wanted)
        if is_linear(self.composition):
            return self._exactly(wanted, exactly_within(self.composition, self.closed, wanted))
        point, found, depths = inside(self.arrays, place, self.reach[place], rows)
        if point is None:
            self.feasible = False
            proof = self._bound((), np.zeros(0), found.least, found.mixes, depths)
            self.blocked = (proof, found.value)
            return None
        self.start, self.unit = point, 1.0
        values = self.arrays.values(point, 1.0)[place]
        if not wanted or np.all(values > NOTHING * self.reach[place]):
            self.able = tuple(wanted)
            return True
        self._direction = (found, wanted, range(len(rows)), depths)
        return False

    def _exactly(self, wanted: list[Key], found: Within) -> bool | None:
        """Read the same off exact linear programmes."""
        if found.shares is None:
            self.feasible, self.blocked = False, (found.proof, float(found.value))
            return None
        self.exact_start = found.shares
        self.start, self.unit = np.asarray(found.shares, dtype=float) - self.arrays.origin, 1.0
        if not wanted or found.value > 0:
            self.able = tuple(wanted)
            return True
        self.blocked = (found.proof, 0.0)
        self._priced = {key for key, weight in found.proof.weights.items() if weight > 0}
        return False

    def _bound(
        self, terms: Sequence[Key], weights: Vector, prices: Vector, mixes: Vector, depths: Vector
    ) -> Bound:
        """Write a proof down."""
        ends = np.flatnonzero(np.diff(self.arrays.owners)) + 1
        alternatives = np.split(mixes, ends) if len(mixes) else []
        return Bound(
            dict(zip(terms, np.asarray(weights, dtype=float).tolist(), strict=True)),
            {r: price for r, price in enumerate(prices.tolist()) if price > 0},
            dict(enumerate(depths.tolist())),
            {g: tuple(mix.tolist()) for g, mix in enumerate(alternatives)},
        )

    def _blocking(
        self, terms: Sequence[Key], found: Linear, rows: Sequence[int], depths: Vector
    ) -> tuple[Bound, float]:
        """Read off a linear programme what proves that its least gain is no larger."""
        prices = np.zeros(len(self.composition.rows))
        prices[list(rows)] = found.prices
        return self._bound(terms, found.least, prices, found.mixes, depths), found.value

    def _ask(self, goal: Goal) -> Optimum:
        best = maximise(self.arrays, goal, self.start, self.unit)
        for _ in range(3):
            size = float(np.abs(best.z).max(initial=0.0))
            if not size or 0.01 < size < 100 or (size >= 100 and self.unit >= 1.0):
                break
            unit = min(self.unit * size, 1.0)
            again = maximise(
                self.arrays, _in_unit(goal, self.unit, unit), self.start * self.unit / unit, unit
            )
            self.start, self.unit, goal = (
                self.start * self.unit / unit,
                unit,
                _in_unit(goal, self.unit, unit),
            )
            best = again
        return best

    def answer(self, terms: Sequence[Key], best: Optimum) -> ComposedAnswer:
        """Shares and support weights of an optimum."""
        depths = np.maximum((self.arrays.depths @ best.z) * best.unit, 0.0)
        rest = best.functions.copy()
        rest[self._place(terms)] = 0.0
        prices = rest[self.first_row : self.first_row + len(self.composition.rows)]
        bound = self._bound(
            terms, best.weights / best.unit, prices / best.unit, best.mixes / best.unit, depths
        )
        weights = [0.0] * len(self.composition.game.players)
        for (_, i), weight in bound.weights.items():
            weights[i] = max(float(weight), 0.0)
        x = self.arrays.origin + best.unit * best.z
        return ComposedAnswer(x, tuple(weights), best.method, bound=bound, gap=best.gap)

    def maximise_terms(self, powers: Mapping[Key, Number]) -> ComposedAnswer:
        """Maximise a weighted sum of logarithms of net gains of several packages."""
        terms = list(powers)
        total = float(sum(powers.values()))
        power = np.array([float(powers[key]) / total for key in terms])
        rows = self._rows()
        goal = Goal("logs", self._place(terms), power, rows, np.zeros(len(rows)))
        return self.answer(terms, self._ask(goal))

    def maximise_logs(self, weights: Mapping[int, Number]) -> ComposedAnswer:
        """Maximise the weighted sum of logarithms of net gains in the only package."""
        return self.maximise_terms({(0, i): w for i, w in weights.items()})

    def maximise_sum(self, who: Sequence[int]) -> ComposedAnswer:
        """Maximise the sum of net gains, then the least."""
        terms = [(0, i) for i in who]
        first = self._ask(self._sum(terms))
        answer = self.answer(terms, first)
        place = self._place(terms)
        sharing = self._least(terms, np.ones(len(terms)), {})
        reached = float(first.values[place].sum()) * first.unit
        from bargaining.settlement.composed.ties import shared_evenly

        even = shared_evenly(self, terms, sharing, reached)
        return answer if even is None else self.with_shares(answer, even)

    def maximise_least(self, units: Mapping[int, Number]) -> ComposedAnswer:
        """Raise the least net gain in the given units, then the next."""
        terms = [(0, i) for i in units]
        size = np.array([float(units[i]) for _, i in terms])
        best = self._ask(self._least(terms, size, {}))
        answer = self.answer(terms, best)
        fixed: dict[Key, float] = {}
        while True:
            reached = best.values[self._place(terms)] * best.unit
            priced = best.weights * size > 1e-6
            fixed |= {key: float(reached[j]) for j, key in enumerate(terms) if priced[j]}
            rest = [j for j, key in enumerate(terms) if key not in fixed]
            if not rest or not priced.any():
                return answer
            before = reached[rest]
            terms, size = [terms[j] for j in rest], size[rest]
            try:
                best = self._ask(self._least(terms, size, fixed, inside=best))
            except SolverError:
                return answer
            after = best.values[self._place(terms)] * best.unit
            if float((after / size).min() - (before / size).min()) <= HIGHER * float(
                np.abs(after / size).max()
            ):
                return answer
            answer = self.with_shares(answer, self.arrays.origin + best.unit * best.z)

    def ideal(
        self, who: Sequence[int], *, floors: Mapping[int, Number] | None = None
    ) -> tuple[tuple[int, Weights, Deal], ...]:
        """Return the most each player gets, with a deal; :attr:`ideals` keeps the proofs."""
        found = []
        self.ideals: dict[int, ComposedAnswer] = {}
        for i in who:
            answer = self.answer([(0, i)], self._ask(self._sum([(0, i)])))
            self.ideals[i] = answer
            found.append((i, answer.weights, self.deal(answer.variables)))
        return tuple(found)

    def _sum(self, terms: Sequence[Key]) -> Goal:
        rows = self._rows()
        return Goal("sum", self._place(terms), np.ones(len(terms)), rows, np.zeros(len(rows)))

    def _least(
        self,
        terms: Sequence[Key],
        size: Vector,
        fixed: Mapping[Key, float],
        inside: Optimum | None = None,
    ) -> Goal:
        rows = self._rows()
        held = np.concatenate([rows, self._place(list(fixed))]).astype(np.intp)
        least = [value * (1 - 1e-13) / self.unit for value in fixed.values()]
        if inside is not None:
            self.start = inside.z * inside.unit / self.unit
        levels = np.concatenate([np.zeros(len(rows)), least])
        return Goal("least", self._place(terms), size, held, levels)

    @staticmethod
    def with_shares(answer: ComposedAnswer, x: Vector) -> ComposedAnswer:
        """Replace the shares of an answer by others as good."""
        return ComposedAnswer(x, answer.weights, answer.method, bound=answer.bound, gap=answer.gap)

    def exact_deal(self, package: int) -> Deal:
        """Return a package's part of :attr:`exact_start`."""
        layout, start = self.composition.layouts[package], self.composition.starts[package]
        shares = self.exact_start[start : start + layout.size]
        return layout.deal(shares).on(self.composition.packages[package])

    def deal(self, x: Vector, package: int = 0) -> Deal:
        """Read a package's deal off the shares."""
        layout, start = self.composition.layouts[package], self.composition.starts[package]
        part = layout.proper(np.asarray(x[start : start + layout.size], dtype=float))
        part[part < 1e-12] = 0.0
        part = layout.proper(part)
        return layout.deal(part).on(self.composition.packages[package])


def _in_unit(goal: Goal, old: float, new: float) -> Goal:
    """State the levels of a goal in another unit."""
    return Goal(
        goal.kind, goal.terms, goal.weights, goal.held, goal.levels * (old / new), goal.ceiling
    )
