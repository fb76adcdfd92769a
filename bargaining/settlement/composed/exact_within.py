"""Floors decided exactly: who can gain above them, or that no deal meets them.

Where no premium bends and nothing is enforced, all requirements are linear in the shares, and
two linear programmes in rationals answer: the least by which some requirement is missed, and,
where that is nothing, the largest least gain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.geometry.rational import ExactSolution, maximise
from bargaining.results import Number
from bargaining.settlement.composed.proof import Bound
from bargaining.settlement.requirements.base import Composition, Concave

MAX_ROWS = 80
MAX_COLUMNS = 1_000
Key = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Within:
    """What the programmes found.

    Attributes
    ----------
    shares : ndarray of Fraction or None
        A deal that meets the requirements; None where there is none.
    value : Fraction
        The largest least gain, or minus the least by which requirements are missed.
    proof : Bound
        That it cannot be larger.
    """

    shares: Any
    value: Fraction
    proof: Bound


def is_linear(composition: Composition) -> bool:
    """Whether a composition is small, exact and linear."""
    rows = sum(layout.equations.shape[0] for layout in composition.layouts)
    rows += len(composition.rows) + len(composition.nets)
    small = rows <= MAX_ROWS and composition.size <= MAX_COLUMNS
    return small and composition.game.flat.exact and not (composition.curves or composition.swaps)


def exactly_within(
    composition: Composition, closed: frozenset[int], wanted: Sequence[Key]
) -> Within:
    """Find the deal with the largest least gain of some players above all requirements.

    Parameters
    ----------
    closed : frozenset of int
        Columns that must stay at zero.
    wanted : sequence of (package, player)

    Raises
    ------
    SolverError
        If the exact simplex reaches its bound.
    """
    rows = [row.net for row in composition.rows]
    short = _solved(composition, closed, rows, rows, dict.fromkeys(range(len(rows)), -1))
    if short.value < 0:
        return Within(None, short.value, Bound({}, _prices(short.dual, 0, len(rows)), {}, {}))
    reach = composition.game.reach
    terms = [composition.nets[key] for key in wanted]
    units = {j: Fraction(reach[i]) for j, (_, i) in enumerate(wanted)}
    best = _solved(composition, closed, [*terms, *rows], terms, units)
    weights = dict(zip(wanted, best.dual, strict=False))
    prices = _prices(best.dual, len(terms), len(rows))
    shares = np.array(best.primal[: composition.size], dtype=object)
    parts = [
        layout.complete(shares[start : start + layout.size])
        for layout, start in zip(composition.layouts, composition.starts, strict=True)
    ]
    return Within(np.concatenate(parts), best.value, Bound(weights, prices, {}, {}))


def exactly_bounded(
    composition: Composition, closed: frozenset[int], terms: Sequence[Key], units: Sequence[Number]
) -> Bound:
    """Prove in rationals how large the least gain of some players, each in his unit, can be."""
    rows = [row.net for row in composition.rows]
    nets = [composition.nets[key] for key in terms]
    best = _solved(
        composition, closed, [*nets, *rows], nets, {j: Fraction(u) for j, u in enumerate(units)}
    )
    weights = dict(zip(terms, best.dual, strict=False))
    return Bound(weights, _prices(best.dual, len(terms), len(rows)), {}, {})


def exactly_summed(
    composition: Composition, closed: frozenset[int], weights: Mapping[Key, Number], worth: Number
) -> Bound:
    """Prove in rationals how large a weighted sum of gains can be; ``worth``: of some deal."""
    rows = [row.net for row in composition.rows]
    total = Concave()
    for key, weight in weights.items():
        total = total.plus(composition.nets[key], Fraction(weight))
    best = _solved(composition, closed, [total, *rows], [total], {0: 2 * Fraction(worth)})
    price = best.dual[0]
    prices = {r: p / price for r, p in _prices(best.dual, 1, len(rows)).items()}
    return Bound(weights, prices, {}, {})


def _prices(dual: Sequence[Fraction], first: int, count: int) -> dict[int, Fraction]:
    return {r: p for r, p in enumerate(dual[first : first + count]) if p}


def _solved(
    composition: Composition,
    closed: frozenset[int],
    functions: Sequence[Concave],
    counted: Sequence[Concave],
    units: Mapping[int, Fraction | int],
) -> ExactSolution:
    """Maximise t with function_j >= unit_j t for those counted, and >= 0 for the others.

    With negative units the last variable is how much the functions may miss, and -t its size.
    """
    size = composition.size
    columns: list[dict[int, Fraction | int]] = [{} for _ in range(size + 1)]
    rhs: list[Fraction | int] = []
    for j, function in enumerate(functions):
        for column, value in function.form.items():
            if value:
                columns[column][j] = -value
        if j < len(counted):
            columns[size][j] = units[j]
        rhs.append(function.constant)
    for layout, start in zip(composition.layouts, composition.starts, strict=True):
        for row, right in layout.exact_rows():
            for column, value in row.items():
                columns[start + column][len(rhs)] = value
            rhs.append(right)
    for column in closed:
        columns[column] = {}
    shortfall = any(unit < 0 for unit in units.values())
    if not shortfall:
        columns[size][len(rhs)] = 1
        rhs.append(1)
    costs = [Fraction(0)] * size + [Fraction(-1 if shortfall else 1)]
    return maximise(costs, columns, rhs)
