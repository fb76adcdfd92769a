"""The programme of packages near a premium's threshold, where deals are tiny: in 1,024 bits.

It answers what :class:`~bargaining.settlement.composed.program.ComposedProgram` answers, for
packages whose payoffs add up and whose requirements all have room at some small deal: premiums,
caps and ratifiers, for which it is known exactly who can gain.  The deal that proves it, scaled
to where its gains peak, is the start; gains are counted in units of that peak.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.errors import SolverError
from bargaining.model.deal import Deal
from bargaining.model.precise import precisely
from bargaining.results import Number
from bargaining.settlement.composed.columns import closed_columns
from bargaining.settlement.composed.fine_interior import Bend, FineTask, Found, Smooth
from bargaining.settlement.composed.program import ComposedAnswer, ComposedProgram
from bargaining.settlement.composed.proof import Bound
from bargaining.settlement.linearised import Able
from bargaining.settlement.requirements.base import Composition, Concave
from bargaining.settlement.solutions.base import Weights

Key = tuple[int, int]
MAX_COLUMNS = 60
MAX_HALVINGS = 400
DUST = Fraction(1, 10**12)
"""Shares that change no gain by more than this part of the peak are left out."""
CLOSE = Fraction(1, 10**12)
PRICED = 1e-6
BELOW = Fraction(9, 10)
"""The least gain starts at this part of what the first deal brings."""


class FineProgram:
    """Packages settled together, near the threshold.

    Parameters
    ----------
    composition : Composition
    ables : sequence of Able
        Per package who can gain, with the deal that shows it.

    Attributes
    ----------
    able : tuple of (package, player)

    Raises
    ------
    SolverError
        If the packages are too large, interact, or leave no room.
    """

    def __init__(self, composition: Composition, ables: Sequence[Able]) -> None:
        self.composition = composition
        if composition.swaps or any(layout.bags for layout in composition.layouts):
            msg = "near a threshold issues that interact are not settled"
            raise SolverError(msg)
        shut = closed_columns(composition, [able.closed for able in ables])
        self._home = self._status_quo_columns()
        # A package from which nobody can gain stays at the status quo.
        ends = [*composition.starts[1:], composition.size]
        self._columns = [
            j
            for able, start, end in zip(ables, composition.starts, ends, strict=True)
            for j in range(start, end if able.gainers else start)
            if j not in shut and j not in self._home.values()
        ]
        if len(self._columns) > MAX_COLUMNS:
            msg = f"near a threshold at most {MAX_COLUMNS} outcomes are settled"
            raise SolverError(msg)
        stake = composition.game.interested
        self.able: tuple[Key, ...] = tuple(
            (place, i)
            for place, i in composition.nets
            if i in ables[place].found.gainers and i in stake
        )
        self._bends = [
            Bend(
                curve.premium.scale,
                curve.premium.rate,
                curve.premium.form == "quadratic",
                self._along(curve.depth),
            )
            for curve in composition.curves
        ]
        self._nets = {key: self._smooth(net) for key, net in composition.nets.items()}
        self._rows = {
            r: smooth
            for r, row in enumerate(composition.rows)
            if not self._empty(smooth := self._smooth(row.net))
        }
        self._shares = self._simplex()
        self.start = self._peak(self._direction(ables))
        self.peak = min(self._gain(key, self.start) for key in self.able)
        self.ideals: dict[int, ComposedAnswer] = {}

    def _status_quo_columns(self) -> dict[int, int]:
        """Column of the status quo for every issue, by where the issue's columns begin."""
        found, origin = {}, self.composition.game.origin
        for layout, start in zip(self.composition.layouts, self.composition.starts, strict=True):
            for k, first in zip(layout.singles.tolist(), layout.starts.tolist(), strict=True):
                found[start + first] = start + first + int(origin[k])
        return found

    def _blocks(self) -> list[tuple[int, list[int]]]:
        """Status quo column of every issue, with the places of its other outcomes."""
        place = {j: at for at, j in enumerate(self._columns)}
        blocks = []
        for layout, start in zip(self.composition.layouts, self.composition.starts, strict=True):
            for first, count in zip(layout.starts.tolist(), layout.counts.tolist(), strict=True):
                columns = range(start + first, start + first + count)
                blocks.append(
                    (self._home[start + first], [place[j] for j in columns if j in place])
                )
        return blocks

    def _along(self, form: Mapping[int, Fraction]) -> tuple[Fraction, ...]:
        return tuple(form.get(j, Fraction(0)) for j in self._columns)

    def _smooth(self, net: Concave) -> Smooth:
        # The status quo brings nothing and shows nothing: its columns are empty.
        form = self._along(net.form)
        bends = tuple((c, weight) for c, weight in net.curves.items() if any(self._bends[c].depth))
        return Smooth(net.constant, form, bends)

    @staticmethod
    def _empty(function: Smooth) -> bool:
        """Whether no open share changes a function that holds."""
        return not any(function.form) and not function.bends and function.constant >= 0

    def _simplex(self) -> list[Smooth]:
        """Shares are not negative, and those of an issue at most 1."""
        size = len(self._columns)
        found = [
            Smooth(Fraction(0), tuple(Fraction(int(j == at)) for j in range(size)))
            for at in range(size)
        ]
        for _, places in self._blocks():
            if places:
                form = tuple(Fraction(-int(j in places)) for j in range(size))
                found.append(Smooth(Fraction(1), form))
        return found

    def _direction(self, ables: Sequence[Able]) -> list[Fraction]:
        """Mix a little of every open outcome into the deals that help those who can gain."""
        flat = {}
        for place, (layout, start) in enumerate(
            zip(self.composition.layouts, self.composition.starts, strict=True)
        ):
            deal = ables[place].found.deal
            for k, first in zip(layout.singles.tolist(), layout.starts.tolist(), strict=True):
                flat.update({start + first + a: Fraction(x) for a, x in deal.marginal(k).items()})
        base = [flat.get(j, Fraction(0)) for j in self._columns]
        even = Fraction(1, 2 * max(len(self._columns), 1))
        part = Fraction(1, 2)
        known = [self._rise(f, base) for f in self._nets.values() if not self._empty(f)]
        for _ in range(MAX_HALVINGS):
            mixed = [(1 - part) * x + part * even for x in base]
            rises = [self._rise(f, mixed) for f in self._nets.values() if not self._empty(f)]
            if all(r * 2 > k > 0 for r, k in zip(rises, known, strict=True)):
                return [x / 2 for x in mixed]
            part /= 2
        msg = "near the threshold a player without gain leaves no room"
        raise SolverError(msg)

    def _rise(self, function: Smooth, z: Sequence[Fraction]) -> Fraction:
        """Slope of a net gain at the status quo."""
        total = sum((a * b for a, b in zip(function.form, z, strict=True)), start=Fraction(0))
        for c, weight in function.bends:
            bend = self._bends[c]
            if not bend.square:
                depth = sum((a * b for a, b in zip(bend.depth, z, strict=True)), start=Fraction(0))
                total -= weight * bend.scale * bend.rate * depth
        return total

    def _peak(self, direction: Sequence[Fraction]) -> list[Fraction]:
        """Scale a direction to where the product of the gains is largest."""
        terms = [self._nets[key] for key in self.able]
        rest = [f for f in (*self._nets.values(), *self._rows.values()) if not self._empty(f)]
        task = FineTask(self._bends, [*terms, *rest], [None] * (len(terms) + len(rest)), last=False)
        best: tuple[float, list[Fraction]] | None = None
        for halvings in range(MAX_HALVINGS):
            point = [x / 2**halvings for x in direction]
            values = task.at(point)
            if min(values) <= 0:
                continue
            logs = (math.log(v.numerator) - math.log(v.denominator) for v in values[: len(terms)])
            score = math.fsum(logs)
            if best is not None and score < best[0]:
                break
            best = (score, point)
        if best is None:
            msg = "near the threshold no deal leaves room"
            raise SolverError(msg)
        return best[1]

    def _gain(self, key: Key, x: Sequence[Fraction]) -> Fraction:
        net = self.composition.nets[key]
        function = self._nets[key]
        total = function.constant
        total += sum((a * b for a, b in zip(function.form, x, strict=True)), start=Fraction(0))
        for c, weight in net.curves.items():
            depth = sum((a * b for a, b in zip(self._bends[c].depth, x, strict=True)), Fraction(0))
            total -= weight * precisely(self.composition.curves[c].premium, depth)
        return total

    # ------------------------------------------------------------ the answers

    def maximise_terms(self, powers: Mapping[Key, Number]) -> ComposedAnswer:
        """Maximise a weighted sum of logarithms of net gains of several packages."""
        terms = list(powers)
        total = sum((Fraction(p) for p in powers.values()), start=Fraction(0))
        rows = self._held(terms)
        functions = [*(self._unit(self._nets[key]) for key in terms), *rows.values()]
        power = [*(Fraction(powers[key]) / total for key in terms), *([None] * len(rows))]
        found = self._solved(functions, power, self.start)
        x = found.w
        # The method's own prices, not power / gain: at a threshold they cancel to many digits.
        weights = {key: p / self.peak for key, p in zip(terms, found.prices, strict=False)}
        prices = found.prices[len(terms) : len(terms) + len(rows)]
        return self._answer(x, weights, dict(zip(rows, prices, strict=True)))

    def maximise_logs(self, weights: Mapping[int, Number]) -> ComposedAnswer:
        """Maximise the weighted sum of logarithms of net gains in the only package."""
        return self.maximise_terms({(0, i): w for i, w in weights.items()})

    def maximise_sum(self, who: Sequence[int]) -> ComposedAnswer:
        """Maximise the sum of net gains, then the least."""
        total = Concave()
        for i in who:
            total = total.plus(self.composition.nets[0, i])
        first, (worth,), prices = self._most([self._smooth(total)], [Fraction(1)], self.start, [])
        weights = {(0, i): Fraction(1) for i in who}
        answer = self._answer(first, weights, {r: p / worth for r, p in prices.items()})
        reached = sum((self._gain((0, i), first) for i in who), start=Fraction(0))
        kept = Concave(-reached * (1 - DUST)).plus(total)
        terms = [self._nets[0, i] for i in who]
        try:
            even, _, _ = self._most(terms, [Fraction(1)] * len(terms), first, [self._smooth(kept)])
        except SolverError:
            return answer
        return ComposedProgram.with_shares(answer, self._cleaned(even))

    def maximise_least(self, units: Mapping[int, Number]) -> ComposedAnswer:
        """Raise the least net gain in the given units, then the next."""
        left = [(0, i) for i in units]
        size = {(0, i): Fraction(u) for i, u in units.items()}
        x, least, prices = self._most(
            [self._nets[key] for key in left], [size[key] for key in left], self.start, []
        )
        weights = dict(zip(left, least, strict=True))
        whole = sum((w * size[key] for key, w in weights.items()), start=Fraction(0))
        answer = self._answer(
            x,
            {key: w / whole for key, w in weights.items()},
            {r: p / whole for r, p in prices.items()},
        )
        fixed: list[Smooth] = []
        for _ in units:
            priced = [key for key in left if weights[key] * size[key] > PRICED * whole]
            fixed += [
                self._smooth(
                    Concave(-self._gain(key, x) * (1 - CLOSE)).plus(self.composition.nets[key])
                )
                for key in priced
            ]
            left = [key for key in left if key not in priced]
            if not left or not priced:
                return answer
            try:
                x, least, _ = self._most(
                    [self._nets[key] for key in left], [size[key] for key in left], x, fixed
                )
            except SolverError:
                return answer
            weights = dict(zip(left, least, strict=True))
            whole = sum((w * size[key] for key, w in weights.items()), start=Fraction(0))
            answer = ComposedProgram.with_shares(answer, self._cleaned(x))
        return answer

    def ideal(
        self, who: Sequence[int], *, floors: Mapping[int, Number] | None = None
    ) -> tuple[tuple[int, Weights, Deal], ...]:
        """Return the most each player gets, with a deal; :attr:`ideals` keeps the proofs."""
        found = []
        for i in who:
            x, (worth,), prices = self._most([self._nets[0, i]], [Fraction(1)], self.start, [])
            scaled = {r: p / worth for r, p in prices.items()}
            answer = self._answer(x, {(0, i): Fraction(1)}, scaled)
            self.ideals[i] = answer
            found.append((i, answer.weights, self.deal(answer.variables)))
        return tuple(found)

    def deal(self, x: Any, package: int = 0) -> Deal:
        """Read a package's deal off the shares."""
        layout, start = self.composition.layouts[package], self.composition.starts[package]
        part = np.asarray(x[start : start + layout.size], dtype=object)
        return layout.deal(part).on(self.composition.packages[package])

    def _unit(self, function: Smooth) -> Smooth:
        """State a function in units of the peak."""
        return Smooth(
            function.constant / self.peak,
            tuple(x / self.peak for x in function.form),
            tuple((c, weight / self.peak) for c, weight in function.bends),
        )

    def _held(self, logs: Sequence[Key]) -> dict[int, Smooth]:
        """Rows by position, without those that logarithms keep positive."""
        kept = {id(self.composition.nets[key]) for key in logs}
        rows = self.composition.rows
        return {r: f for r, f in self._rows.items() if id(rows[r].net) not in kept}

    def _most(
        self,
        terms: Sequence[Smooth],
        sizes: Sequence[Fraction],
        start: Sequence[Fraction],
        more: Sequence[Smooth],
    ) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...], dict[int, Fraction]]:
        """Raise the least of some functions, each in its unit; return shares and prices.

        Prices belong to functions in their own units, times the peak for the rows.
        """
        rows = self._held(())
        unit = max(sizes)
        wide = [_wider(self._unit(f), -size / unit) for f, size in zip(terms, sizes, strict=True)]
        others = [_wider(f, Fraction(0)) for f in (*rows.values(), *map(self._unit, more))]
        plain = FineTask(
            self._bends, [self._unit(f) for f in terms], [None] * len(terms), last=False
        )
        low = min(v * unit / size for v, size in zip(plain.at(start), sizes, strict=True))
        found = self._solved(
            [*wide, *others], [None] * (len(wide) + len(others)), [*start, low * BELOW], last=True
        )
        own = found.prices[: len(terms)]
        prices = found.prices[len(terms) : len(terms) + len(rows)]
        return (
            found.w[:-1],
            own,
            {r: p * self.peak for r, p in zip(rows, prices, strict=True)},
        )

    def _solved(
        self,
        functions: Sequence[Smooth],
        powers: Sequence[Fraction | None],
        start: Sequence[Fraction],
        *,
        last: bool = False,
    ) -> Found:
        """Solve with the shares' own limits added."""
        shares = [_wider(f, Fraction(0)) for f in self._shares] if last else self._shares
        bends = [
            Bend(b.scale, b.rate, b.square, (*b.depth, Fraction(0))) if last else b
            for b in self._bends
        ]
        task = FineTask(bends, [*functions, *shares], [*powers, *([None] * len(shares))], last=last)
        return task.best(start)

    def _cleaned(self, x: Sequence[Fraction]) -> Any:
        """Complete shares by the status quo, without what changes nothing."""
        least = DUST * self.peak
        functions = [*self._nets.values(), *self._rows.values()]
        whole = np.array([Fraction(0)] * self.composition.size, dtype=object)
        for home in self._home.values():
            whole[home] = Fraction(1)
        for home, places in self._blocks():
            for at in places:
                if any(abs(f.form[at]) * x[at] > least for f in functions):
                    whole[self._columns[at]] = x[at]
                    whole[home] -= x[at]
        return whole

    def _answer(
        self, x: Sequence[Fraction], weights: Mapping[Key, Fraction], prices: Mapping[int, Fraction]
    ) -> ComposedAnswer:
        """Write shares and their proof down."""
        whole = self._cleaned(x)
        depths = {
            c: sum((value * whole[j] for j, value in curve.depth.items()), start=Fraction(0))
            for c, curve in enumerate(self.composition.curves)
        }
        bound = Bound(dict(weights), dict(prices), depths, {})
        support = [0.0] * len(self.composition.game.players)
        for (_, i), weight in weights.items():
            support[i] = max(float(weight), 0.0)
        return ComposedAnswer(whole, tuple(support), "interior point, 1,024 bits", bound=bound)


def _wider(function: Smooth, last: Fraction) -> Smooth:
    """Add a variable."""
    return Smooth(function.constant, (*function.form, last), function.bends)
