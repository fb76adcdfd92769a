"""What loosening one requirement is worth: the least of its prices that prove a settlement best.

At a kink, where another share is about to take over, a whole range of prices proves the settlement
best.  One unit more is worth the least of them, one unit less costs the largest.  The least comes
from the dual programme of the settlement's weighted gains with the requirement a millionth looser,
premiums standing at their tangents; it counts if it proves the settlement best as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix

from bargaining.settlement.composed.linear import least
from bargaining.settlement.composed.proof import Bound
from bargaining.settlement.requirements.base import Composition, Concave

LITTLE = 1e-6
CLOSE = 1e-7
"""How far, relatively, the bound may be from the settlement's own."""


@dataclass(frozen=True, eq=False)
class _Line:
    """A concave function with its curves replaced by tangents, its swaps left open."""

    constant: float
    form: Mapping[int, float]
    swaps: Mapping[int, float]


def least_price(
    composition: Composition,
    bound: Bound,
    row: int,
    closed: frozenset[int],
    opened: frozenset[int],
) -> float | None:
    """Find the least price of a row at the weights of a proof; None where that is not certain.

    Parameters
    ----------
    row : int
        Position in the composition's rows.
    closed : frozenset of int
        Columns that are known to be zero.
    opened : frozenset of int
        The same with the row a little looser.
    """
    nets = [(float(w), composition.nets[key]) for key, w in bound.weights.items() if w]
    lines = [_tangent(composition, bound, r.net) for r in composition.rows]
    counted = [(w, _tangent(composition, bound, net)) for w, net in nets]
    whole = max((w * _size(line) for w, line in counted), default=0.0)
    if not whole:
        return None
    sizes = [whole / _size(line) for line in lines]  # prices per unit of each row
    mixes = [(g, k) for g, swap in enumerate(composition.swaps) for k in
             range(len(swap.alternatives))]  # fmt: skip
    found = _solve(composition, lines, counted, sizes, mixes, row, opened)
    if found is None:
        return None
    prices = {r: float(v) * sizes[r] for r, v in enumerate(found[: len(lines)]) if v > 0}
    shares: dict[int, list[float]] = {}
    for (g, _), value in zip(mixes, found[len(lines) :], strict=False):
        shares.setdefault(g, []).append(max(float(value), 0.0) * whole)
    again = Bound(bound.weights, prices, bound.depths, _kept(composition, bound, prices, shares))
    known, limit = (float(b.limit(composition, c)) for b, c in ((bound, closed), (again, opened)))
    return prices.get(row, 0.0) if limit <= known + CLOSE * whole else None


def _tangent(composition: Composition, bound: Bound, net: Concave) -> _Line:
    form = {j: float(v) for j, v in net.form.items()}
    constant = float(net.constant)
    for c, weight in net.curves.items():
        curve, at = composition.curves[c], float(bound.depths.get(c, 0))
        slope = curve.premium.slope(at)
        constant -= float(weight) * (float(curve.premium.cost(at)) - slope * at)
        for j, v in curve.depth.items():
            form[j] = form.get(j, 0.0) - float(weight) * slope * float(v)
    return _Line(constant, form, {g: float(w) for g, w in net.swaps.items()})


def _size(line: _Line) -> float:
    return max((abs(v) for v in line.form.values()), default=0.0) or 1.0


def _solve(
    composition: Composition,
    lines: list[_Line],
    counted: list[tuple[float, _Line]],
    sizes: list[float],
    mixes: list[tuple[int, int]],
    row: int,
    opened: frozenset[int],
) -> Any:
    """Minimise the bound, plus a millionth of the row's price: prices, mixtures, block values."""
    whole = max(w * _size(line) for w, line in counted)
    rights: list[float] = []
    entries: list[tuple[int, int, float]] = []
    first = len(lines) + len(mixes)
    for layout, start in zip(composition.layouts, composition.starts, strict=True):
        table = layout.equations.tocoo()
        at = first + len(rights)
        entries += [
            (start + int(j), at + int(e), -float(v))
            for e, j, v in zip(table.row, table.col, table.data, strict=True)
        ]
        rights += [float(right) for right in layout.right.tolist()]
    limits = np.zeros(composition.size + len(composition.swaps))
    for w, line in counted:
        for j, v in line.form.items():
            limits[j] -= w * v / whole
        for g, weight in line.swaps.items():
            limits[composition.size + g] += w * weight / whole
    for r, line in enumerate(lines):
        entries += [(j, r, v * sizes[r] / whole) for j, v in line.form.items()]
        entries += [
            (composition.size + g, r, -weight * sizes[r] / whole)
            for g, weight in line.swaps.items()
        ]
    for place, (g, k) in enumerate(mixes):
        entries.append((composition.size + g, len(lines) + place, 1.0))
        alternative = composition.swaps[g].alternatives[k]
        entries += [(j, len(lines) + place, -float(v)) for j, v in alternative.items()]
    count = first + len(rights)
    places, columns, values = (np.array(part) for part in zip(*entries, strict=True))
    matrix = coo_matrix((values, (places, columns)), shape=(len(limits), count)).tocsr()
    kept = np.array([j not in opened for j in range(len(limits))])
    costs = np.array(
        [line.constant * size / whole for line, size in zip(lines, sizes, strict=True)]
        + [0.0] * len(mixes)
        + rights
    )
    costs[row] += LITTLE
    low = np.array([0.0] * first + [-np.inf] * len(rights))
    box = np.array([low, np.full(count, np.inf)])
    solved = least(costs, matrix[kept], limits[kept], 0, box)
    return None if solved is None else solved[0]


def _kept(
    composition: Composition,
    bound: Bound,
    prices: Mapping[int, float],
    shares: Mapping[int, list[float]],
) -> dict[int, tuple[float, ...]]:
    """Return mixtures of tempting changes within what the functions with a price allow."""
    room = dict.fromkeys(range(len(composition.swaps)), 0.0)
    terms = [(float(w), composition.nets[key]) for key, w in bound.weights.items()]
    terms += [(price, composition.rows[r].net) for r, price in prices.items()]
    for weight, net in terms:
        for g, size in net.swaps.items():
            room[g] += weight * float(size)
    found = {}
    for g, mix in shares.items():
        total = sum(mix)
        part = min(1.0, room[g] / total) if total else 0.0
        found[g] = tuple(m * part for m in mix)
    return found
