"""An interior point method in 1,024 bits, for deals near the threshold of a premium.

There the best deal is tiny, and its gains are tinier still: differences of almost equal benefits
and premiums, which floating point cannot tell from nothing.  Concave functions f_i of the shares
must not be negative; for a target τ (μ falling to 0 for what is held, the power p for a logarithm)
Newton steps solve y f = τ and ∇goal + Jᵀy = 0 from a point at which every f is positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bargaining.errors import SolverError

BITS = 1_024
MAX_STEPS = 400
SMALL = Fraction(1, 10**14)
"""The gap, relative to the value, at which the method stops."""
BACK = Fraction(9, 10)
FALL = Fraction(1, 5)
MAX_CUTS = 2_000
NEAR = 100
"""Prices are kept within this factor of the central path."""


@dataclass(frozen=True, eq=False)
class Bend:
    """A premium on a linear function of the variables: scale, rate and whether it is quadratic."""

    scale: Fraction
    rate: Fraction
    square: bool
    depth: tuple[Fraction, ...]


@dataclass(frozen=True, eq=False)
class Smooth:
    """constant + form @ w - Σ weight · premium."""

    constant: Fraction
    form: tuple[Fraction, ...]
    bends: tuple[tuple[int, Fraction], ...] = ()


@dataclass(frozen=True, eq=False)
class Found:
    """Variables and prices of the functions."""

    w: tuple[Fraction, ...]
    prices: tuple[Fraction, ...]


class FineTask:
    """Functions that must be positive, written in balls.

    Parameters
    ----------
    bends : sequence of Bend
    functions : sequence of Smooth
    powers : sequence of Fraction or None
        Of the logarithms; None for a function that is only held.
    last : bool
        Whether the last variable is what is maximised; otherwise the logarithms are.
    """

    def __init__(
        self,
        bends: Sequence[Bend],
        functions: Sequence[Smooth],
        powers: Sequence[Fraction | None],
        *,
        last: bool,
    ) -> None:
        self.bends, self.functions, self.powers, self.last = bends, functions, powers, last
        self.size = len(functions[0].form)

    def best(self, start: Sequence[Fraction]) -> Found:
        """Return the best variables from a start at which every function is positive.

        Raises
        ------
        SolverError
            If the start is none, or the method does not get there.
        """
        from flint import ctx

        before = ctx.prec
        ctx.prec = BITS
        try:
            return self._run(start)
        except ZeroDivisionError as error:
            msg = "the settlement could not be found in 1,024 bits"
            raise SolverError(msg) from error
        finally:
            ctx.prec = before

    def at(self, w: Sequence[Fraction]) -> list[Fraction]:
        """Values of the functions, to 1,024 bits."""
        from flint import ctx

        before = ctx.prec
        ctx.prec = BITS
        try:
            return [_fraction(v) for v in self.values([_ball(x) for x in w])]
        finally:
            ctx.prec = before

    def values(self, w: Sequence[Any]) -> list[Any]:
        """Values of the functions; call with the precision set."""
        costs = [_cost(bend, _dot(bend.depth, w)) for bend in self.bends]
        return [self._value(function, w, costs) for function in self.functions]

    @staticmethod
    def _value(function: Smooth, w: Sequence[Any], costs: Sequence[Any]) -> Any:
        total = _ball(function.constant) + _dot(function.form, w)
        for c, weight in function.bends:
            total -= _ball(weight) * costs[c]
        return total

    def _run(self, start: Sequence[Fraction]) -> Found:
        w = [_ball(x) for x in start]
        f = self.values(w)
        if not all(v > 0 for v in f):
            msg = "the method needs a start at which every requirement has room"
            raise SolverError(msg)
        held = [j for j, p in enumerate(self.powers) if p is None]
        scale = self._scale(w)
        mu = scale / max(len(held), 1)
        y = [(mu if p is None else _ball(p)) / v for p, v in zip(self.powers, f, strict=True)]
        for _ in range(MAX_STEPS):
            target = [mu if p is None else _ball(p) for p in self.powers]
            dw, dy = self._newton(w, f, y, target)
            long = self._length(w, dw)
            deep = min((_part(a, b) for a, b in zip(y, dy, strict=True)), default=Fraction(1))
            w = [(a + _ball(long) * b).mid() for a, b in zip(w, dw, strict=True)]
            y = [(a + _ball(deep) * b).mid() for a, b in zip(y, dy, strict=True)]
            f = [v.mid() for v in self.values(w)]
            gap = sum((y[j] * f[j] for j in held), start=_ball(Fraction(0)))
            rough = self._off(w, y)
            scale = self._scale(w)
            small = _ball(SMALL) * scale
            logs = max((abs(y[j] * f[j] - target[j]) for j in set(range(len(f))) - set(held)),
                       default=_ball(Fraction(0)), key=lambda v: float(v.mid()))  # fmt: skip
            if gap < small and rough < small and logs < small:
                return Found(tuple(map(_fraction, w)), tuple(map(_fraction, y)))
            for j in held:
                y[j] = _within(y[j], mu / f[j])
            if min(long, deep) > Fraction(1, 2):
                mu = (mu * _ball(FALL)).mid()
        msg = f"the settlement was not found within {MAX_STEPS} steps in 1,024 bits"
        raise SolverError(msg)

    def _scale(self, w: Sequence[Any]) -> Any:
        """Return what the goal is worth: its value, or the sum of the powers."""
        if self.last:
            return abs(w[-1])
        return _ball(sum((p for p in self.powers if p is not None), start=Fraction(0)))

    def _jacobian(self, w: Sequence[Any]) -> tuple[list[list[Any]], list[Any]]:
        """Slopes of the functions, and second derivatives of the premiums."""
        depths = [_dot(bend.depth, w) for bend in self.bends]
        slopes = [_slope(bend, d) for bend, d in zip(self.bends, depths, strict=True)]
        rows = []
        for function in self.functions:
            row = [_ball(x) for x in function.form]
            for c, weight in function.bends:
                factor = _ball(weight) * slopes[c]
                for j, shown in enumerate(self.bends[c].depth):
                    if shown:
                        row[j] -= factor * _ball(shown)
            rows.append(row)
        return rows, [_bend(bend, d) for bend, d in zip(self.bends, depths, strict=True)]

    def _gradient(self) -> list[Any]:
        goal = [_ball(Fraction(0))] * self.size
        if self.last:
            goal[-1] = _ball(Fraction(1))
        return goal

    def _off(self, w: Sequence[Any], y: Sequence[Any]) -> Any:
        """By how much the prices miss the goal's slopes, summed (shares are at most 1)."""
        rows, _ = self._jacobian(w)
        total = _ball(Fraction(0))
        for j, goal in enumerate(self._gradient()):
            column = goal
            for price, row in zip(y, rows, strict=True):
                column += price * row[j]
            unit = abs(w[-1]) if self.last and j == self.size - 1 else _ball(Fraction(1))
            total += abs(column) * unit
        return total.mid()

    def _newton(
        self, w: Sequence[Any], f: Sequence[Any], y: Sequence[Any], target: Sequence[Any]
    ) -> tuple[list[Any], list[Any]]:
        from flint import arb_mat

        rows, bends = self._jacobian(w)
        slopes = arb_mat(rows)
        weighted = arb_mat([[p / v * x for x in row] for p, v, row in zip(y, f, rows, strict=True)])
        matrix = slopes.transpose() * weighted
        priced = [_ball(Fraction(0))] * len(self.bends)
        for price, function in zip(y, self.functions, strict=True):
            for c, weight in function.bends:
                priced[c] = priced[c] + price * _ball(weight)
        for bend, own, price in zip(self.bends, bends, priced, strict=True):
            shown = [(j, _ball(d)) for j, d in enumerate(bend.depth) if d]
            for j, left in shown:
                for k, right in shown:
                    matrix[j, k] = matrix[j, k] + price * own * left * right
        right_side = self._gradient()
        for t, v, row in zip(target, f, rows, strict=True):
            factor = t / v
            right_side = [r + factor * x for r, x in zip(right_side, row, strict=True)]
        middle = arb_mat([[matrix[j, k].mid() for k in range(self.size)] for j in range(self.size)])
        solved = middle.solve(arb_mat([[r.mid()] for r in right_side]))
        dw = [solved[j, 0].mid() for j in range(self.size)]
        dy = []
        for t, v, price, row in zip(target, f, y, rows, strict=True):
            along = sum((a * b for a, b in zip(row, dw, strict=True)), start=_ball(Fraction(0)))
            dy.append(((t - price * v - price * along) / v).mid())
        return dw, dy

    def _length(self, w: Sequence[Any], dw: Sequence[Any]) -> Fraction:
        """How far one can go with every function at least a tenth of what it was."""
        f, least = self.values(w), 1 - _ball(BACK)
        length = Fraction(1)
        for _ in range(MAX_CUTS):
            there = self.values([a + _ball(length) * b for a, b in zip(w, dw, strict=True)])
            if all(v > least * u for v, u in zip(there, f, strict=True)):
                return length
            length *= BACK if length > Fraction(1, 2) else Fraction(1, 2)
        msg = "the settlement could not be found in 1,024 bits: no step keeps the requirements"
        raise SolverError(msg)


def _ball(value: Fraction) -> Any:
    from flint import arb, fmpq

    return arb(fmpq(value.numerator, value.denominator))


def _fraction(ball: Any) -> Fraction:
    mantissa, exponent = ball.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _dot(form: Sequence[Fraction], w: Sequence[Any]) -> Any:
    total = _ball(Fraction(0))
    for value, x in zip(form, w, strict=True):
        if value:
            total += _ball(value) * x
    return total


def _cost(bend: Bend, depth: Any) -> Any:
    if bend.square:
        return _ball(bend.scale * bend.rate) * depth * depth
    return _ball(bend.scale) * (_ball(bend.rate) * depth).expm1()


def _slope(bend: Bend, depth: Any) -> Any:
    if bend.square:
        return _ball(2 * bend.scale * bend.rate) * depth
    return _ball(bend.scale * bend.rate) * (_ball(bend.rate) * depth).exp()


def _bend(bend: Bend, depth: Any) -> Any:
    if bend.square:
        return _ball(2 * bend.scale * bend.rate)
    return _ball(bend.rate) * _slope(bend, depth)


def _within(value: Any, central: Any) -> Any:
    """Keep a price near the central path, so that steps do not stall at the boundary."""
    low, high = central / NEAR, central * NEAR
    return (low if value < low else high if value > high else value).mid()


def _part(value: Any, change: Any) -> Fraction:
    """Return the part of a step, at most 1, at which a tenth of a positive value is left."""
    if not change < 0:
        return Fraction(1)
    return min(Fraction(1), BACK * _fraction(value / -change))
