"""What proves that no deal does better, and the checker that needs no solver.

Prices on the requirements, tangents of the premiums and mixtures of tempting changes turn the
weighted net gains of any deal that meets the requirements into at most a linear function of its
shares, whose maximum is taken issue by issue (along a tree where issues interact).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.errors import VerificationError
from bargaining.geometry.marginals import Component
from bargaining.model.precise import precise_slope, precisely
from bargaining.results import Number
from bargaining.settlement.layout import Bag
from bargaining.settlement.requirements.base import Composition, Concave

FINE = 2**80
NEVER = -(2**200)


@dataclass(frozen=True, eq=False)
class Bound:
    """A proof that weighted net gains cannot pass a number.

    Attributes
    ----------
    weights : mapping of (package, player) to number
    prices : mapping of int to number
        By position in the composition's rows.
    depths : mapping of int to number
        By curve: where its tangent stands.
    mixes : mapping of int to tuple of number
        By swap: weights of its alternatives.
    """

    weights: Mapping[tuple[int, int], Number]
    prices: Mapping[int, Number]
    depths: Mapping[int, Number]
    mixes: Mapping[int, tuple[Number, ...]]

    def limit(self, composition: Composition, closed: frozenset[int]) -> Number:
        """Return what no deal can pass.

        Parameters
        ----------
        closed : frozenset of int
            Columns that are known to be zero.
        """
        if any(w < 0 for w in (*self.weights.values(), *self.prices.values())):
            msg = "a price or weight of the proof is negative"
            raise VerificationError(msg)
        terms: list[tuple[Number, Concave]] = [
            (weight, composition.nets[key]) for key, weight in self.weights.items() if weight
        ]
        terms += [(price, composition.rows[r].net) for r, price in self.prices.items() if price]
        constant: Number = Fraction(0)
        form: dict[int, Number] = {}
        curves: dict[int, Number] = {}
        swaps: dict[int, Number] = {}
        for weight, net in terms:
            constant += weight * net.constant
            for total, part in ((form, net.form), (curves, net.curves), (swaps, net.swaps)):
                _add(total, part, weight)
        for c, weight in curves.items():
            curve = composition.curves[c]
            at = self.depths.get(c, Fraction(0))
            slope: Any = curve.premium.steepness
            if at and isinstance(at, Fraction):
                slope = precise_slope(curve.premium, at)
                constant -= weight * (precisely(curve.premium, at) - slope * at)
            elif at:
                slope = curve.premium.slope(float(at))
                constant -= weight * (float(curve.premium.cost(at)) - slope * float(at))
            _add(form, curve.depth, -weight * slope)
        for g, weight in swaps.items():
            swap, mix = composition.swaps[g], self.mixes.get(g, ())
            if any(m < 0 for m in mix) or sum(mix, Fraction(0)) > weight * (1 + 1e-12):
                msg = "a mixture of tempting changes is none"
                raise VerificationError(msg)
            for share, alternative in zip(mix, swap.alternatives, strict=False):
                _add(form, alternative, -share)
        return constant + _largest(composition, form, closed)


def _add(total: dict[int, Number], part: Mapping[int, Fraction], weight: Number) -> None:
    for j, value in part.items():
        total[j] = total.get(j, Fraction(0)) + weight * value


def _largest(
    composition: Composition, form: Mapping[int, Number], closed: frozenset[int]
) -> Number:
    """Return the most that a linear function of the shares can be."""
    exact = not any(isinstance(v, float) for v in form.values())
    best: list[Number] = []
    for layout, start in zip(composition.layouts, composition.starts, strict=True):
        for first, count in zip(layout.starts.tolist(), layout.counts.tolist(), strict=True):
            block = range(start + first, start + first + count)
            best.append(max(form.get(j, Fraction(0)) for j in block if j not in closed))
        for component in layout.components:
            bags = [bag for bag in layout.bags if bag.component is component]
            best.append(on_tree(component, bags, start, form, closed))
    return sum(best, start=Fraction(0)) if exact else math.fsum(best)


def on_tree(
    component: Component,
    bags: Sequence[Bag],
    start: int,
    form: Mapping[int, Number],
    closed: frozenset[int],
) -> Number:
    """Return the largest value over the joint outcomes of a component."""
    sizes = component.sizes()
    tables: dict[tuple[int, ...], Any] = {
        (k,): np.zeros((sizes[k], 1), dtype=object) for k in component.issues
    }
    values = [form.get(start + j, Fraction(0)) for bag in bags for j in range(bag.start, bag.stop)]
    exact = all(isinstance(v, Fraction) for v in values)
    unit = math.lcm(*(v.denominator for v in values if isinstance(v, Fraction))) if exact else FINE
    for bag in bags:
        table = np.full(math.prod(bag.shape), NEVER, dtype=object)
        for cell, j in zip(bag.cells.tolist(), range(bag.start, bag.stop), strict=True):
            if start + j not in closed:
                worth = form.get(start + j, Fraction(0)) * unit
                table[cell] = int(worth) if exact else math.ceil(worth)
        own = table.reshape(*bag.shape, 1)
        tables[bag.issues] = tables[bag.issues] + own if bag.issues in tables else own
    joined = Component(component.issues, tables, component.counters, component.allowed)
    value, _ = joined.best([1])
    return Fraction(value, unit) if exact else value / unit
