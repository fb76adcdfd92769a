"""Maximising a goal over the shares of a composition, with a proof of how good the answer is.

The ladder: an interior point method of our own, Clarabel's exponential cone, tangents (Kelley),
and for logarithms mixtures of the deals found so far with the best one at their own prices.
Whatever a way returns is cleaned, held against the requirements, and bounded by its own prices
or by those of a linear programme; a deal without a proof is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bargaining.errors import SolverError
from bargaining.settlement.composed.arrays import Arrays, Vector
from bargaining.settlement.composed.balance import balanced
from bargaining.settlement.composed.cuts import Goal, bounded, programme
from bargaining.settlement.composed.interior import Inner, interior
from bargaining.settlement.exact_program import mixture

MAX_ROUNDS = 60
GAP = 1e-6
LAST = "simplicial decomposition"
"""A way that is taken only where all others fail."""
GOOD = 1e-9
"""Relative gap at which no other way is tried."""
CLOSE = 1e-12
DUST = 1e-3
"""Terms up to this share of a requirement's largest count as that much."""
FEASIBLE = 1e-9
"""Requirements missed by this share of their terms are met."""


@dataclass(frozen=True, eq=False)
class Optimum:
    """A deal and its proof.

    Attributes
    ----------
    z : ndarray
        Scaled shares: x = origin + unit·z.
    unit : float
    values : ndarray
        Of all functions, divided by unit.
    functions : ndarray
        Price of every function.
    weights : ndarray
        What a unit of each term is worth in the goal.
    mixes : ndarray
        Price of each alternative of each swap.
    gap : float
        Relative to the value of the weighted terms.
    method : str
    """

    z: Vector
    unit: float
    values: Vector
    functions: Vector
    weights: Vector
    mixes: Vector
    gap: float
    method: str


def maximise(arrays: Arrays, goal: Goal, start: Vector, unit: float) -> Optimum:
    """Find the best deal for a goal.

    Parameters
    ----------
    start : ndarray
        Scaled shares at which no requirement is missed (and for logarithms every term positive).

    Raises
    ------
    SolverError
        If no deal could be certified.
    """
    best: Optimum | None = None
    for z, prices, mixes, method in _candidates(arrays, goal, start, unit):
        if method == LAST and best is not None and best.gap <= GAP:
            break
        for point in (arrays.proper(z, unit), z):
            moved = towards(arrays, goal, start, point, unit)
            judged = _judged(arrays, goal, moved, unit, method, prices, mixes)
            if judged is not None and (best is None or judged.gap < best.gap):
                best = judged
            if best is not None and best.gap <= GOOD:
                return best
    if best is None or best.gap > GAP:
        msg = "the settlement could not be certified: rescale the payoffs of the game"
        raise SolverError(msg)
    return best


def _judged(
    arrays: Arrays,
    goal: Goal,
    z: Vector,
    unit: float,
    method: str,
    functions: Vector | None,
    mixes: Vector | None,
) -> Optimum | None:
    """Bound what any deal could reach, by given prices or those of a linear programme."""
    values = arrays.values(z, unit)
    if not (arrays.is_deal(z, unit) and meets(arrays, goal, values, z)):
        return None
    terms = values[goal.terms]
    if goal.kind == "logs" and terms.min() <= 0:
        return None
    if goal.kind == "logs":
        weights: Vector | None = goal.weights / terms
    else:
        weights = goal.weights if goal.kind == "sum" else None
    depths = np.maximum(arrays.depths @ z, 0.0)
    if functions is None or mixes is None:
        found = programme(arrays, goal, unit, [depths], [], weights)
        if found is None:
            return None
        functions = np.zeros(len(arrays.functions))
        np.add.at(functions, goal.held, found.prices)
        own = found.least if weights is None else weights
        np.add.at(functions, goal.terms, own)
        mixes = found.mixes
    functions, own = functions.copy(), functions[goal.terms].copy()
    if weights is not None:
        functions[goal.terms] = weights
        own = weights
    elif own @ goal.weights > 0:
        total = own @ goal.weights
        functions, own, mixes = functions / total, own / total, mixes / total
    else:
        return None
    mixes = _no_more_than(arrays, functions, mixes)
    over = arrays.limit(functions, depths, mixes, z, unit)
    if over > GOOD * max(float(np.abs(own @ terms)), 1e-300):
        finer = balanced(arrays, functions, depths, mixes, z, unit)
        if finer is not None:
            less = arrays.limit(finer, depths, mixes, z, unit)
            if less < over:
                over, functions, own = less, finer, finer[goal.terms]
    if weights is None:
        reached = min(float((terms / goal.weights).min()), goal.ceiling)
        slack = float(own @ terms) - reached
    else:
        reached, slack = float(own @ terms), 0.0
    on_rows = functions.copy()
    on_rows[goal.terms] = 0.0
    levels = np.zeros(len(functions))
    levels[goal.held] = goal.levels
    slack += float(on_rows @ (values - levels))
    gap = (over + slack) / max(abs(reached), 1e-300)
    if not gap > -GOOD:
        return None
    return Optimum(z, unit, values, functions, own, mixes, max(gap, 0.0), method)


def _no_more_than(arrays: Arrays, functions: Vector, mixes: Vector) -> Vector:
    """Scale mixtures of alternatives down to the weights of their swaps."""
    if not len(mixes):
        return mixes
    allowed = functions @ arrays.swap_weights
    sums = np.zeros(len(allowed))
    np.add.at(sums, arrays.owners, mixes)
    shrink = np.where(sums > allowed, allowed / np.maximum(sums, 1e-300), 1.0)
    return np.asarray(mixes * shrink[arrays.owners])


def _candidates(
    arrays: Arrays, goal: Goal, start: Vector, unit: float
) -> Iterator[tuple[Vector, Vector | None, Vector | None, str]]:
    """Deals from one way after another, with prices where the way has them."""
    found: Inner | None = interior(arrays, goal, start, unit)
    if found is not None:
        yield found.z, found.functions, found.mixes, "interior point"
        yield found.z, None, None, "interior point"
    from bargaining.settlement.composed.conic import conic

    points = [start, *([found.z] if found is not None else [])]
    for point in conic(arrays, goal, start, unit):
        points.append(towards(arrays, goal, start, point, unit))
        yield point, None, None, "conic"
    points.append(_kelley(arrays, goal, start, unit))
    yield points[-1], None, None, "cutting planes"
    if goal.kind == "logs":
        for point in _mixed(arrays, goal, start, unit, points):
            yield point, None, None, LAST


def _mixed(
    arrays: Arrays, goal: Goal, start: Vector, unit: float, points: list[Vector]
) -> Iterator[Vector]:
    """Mix deals for the largest product, add the best one at the mixture's prices, and go on."""
    power = goal.weights / goal.weights.sum()
    points = [p for p in points if np.isfinite(_score(arrays, goal, p, unit))]
    for _ in range(MAX_ROUNDS):
        table = np.array([arrays.values(p, unit)[goal.terms] for p in points]).T
        scale = table.max(axis=1, keepdims=True)
        mix = mixture(table / scale, power, np.full(len(points), 1.0 / len(points)))
        z = np.asarray(sum(m * p for m, p in zip(mix, points, strict=True)))
        terms = arrays.values(z, unit)[goal.terms]
        if terms.min() <= 0:
            return
        yield z
        depths = np.maximum(arrays.depths @ z, 0.0)
        best = programme(arrays, goal, unit, [depths], [], goal.weights / terms)
        if best is None:
            return
        points.append(towards(arrays, goal, start, best.z, unit))


def _kelley(arrays: Arrays, goal: Goal, start: Vector, unit: float) -> Vector:
    """Add tangents where the linear programme stands until they leave nothing to gain."""
    curves = len(arrays.composition.curves)
    first = arrays.depths @ start if curves else np.zeros(0)
    depths = [bounded(arrays, first * f, unit) for f in (0.0, 0.5, 1.0, 2.0)] if curves else []
    terms = arrays.values(start, unit)[goal.terms]
    logs = [np.maximum(terms, 1e-300) * f for f in (0.25, 1.0, 4.0)] if goal.kind == "logs" else []
    best, reached, waited = start, _score(arrays, goal, start, unit), 0
    for _ in range(MAX_ROUNDS):
        found = programme(arrays, goal, unit, depths, logs)
        if found is None:
            break
        point = towards(arrays, goal, start, found.z, unit)
        score = _score(arrays, goal, point, unit)
        waited = 0 if score > reached else waited + 1
        if score > reached:
            best, reached = point, score
        scale = 1.0 if goal.kind == "logs" else max(abs(reached), 1e-300)
        done = not curves and goal.kind != "logs"
        if done or found.value - reached <= CLOSE * scale or waited > 8:
            break
        if curves:
            depths.append(bounded(arrays, arrays.depths @ found.z, unit))
            depths.append(bounded(arrays, arrays.depths @ point, unit))
        if goal.kind == "logs":
            for place in (found.z, point):
                now = arrays.values(place, unit)[goal.terms]
                logs.append(np.maximum(now, 1e-6 * np.maximum(terms, 1e-300)))
    return best


def _score(arrays: Arrays, goal: Goal, z: Vector, unit: float) -> float:
    values = arrays.values(z, unit)[goal.terms]
    if goal.kind == "logs":
        return float(goal.weights @ np.log(values)) if values.min() > 0 else -np.inf
    if goal.kind == "sum":
        return float(goal.weights @ values)
    return min(float((values / goal.weights).min()), goal.ceiling)


def meets(arrays: Arrays, goal: Goal, values: Vector, z: Vector, part: float = 1.0) -> bool:
    """Whether a deal meets what is held, up to rounding."""
    if not len(goal.held):
        return True
    size = abs(arrays.forms[goal.held]) @ np.abs(z) + np.abs(goal.levels)
    dust = DUST * arrays.largest[goal.held] * float(np.abs(z).max(initial=0.0))
    allowed = part * FEASIBLE * np.maximum(size, np.maximum(dust, 1e-300))
    return bool(np.all(values[goal.held] - goal.levels >= -allowed))


def towards(arrays: Arrays, goal: Goal, inside: Vector, z: Vector, unit: float) -> Vector:
    """Go from a deal that meets the requirements as far as possible towards another."""

    def fine(part: float) -> bool:
        point = inside + part * (z - inside)
        values = arrays.values(point, unit)
        positive = goal.kind != "logs" or values[goal.terms].min() > 0
        return meets(arrays, goal, values, point, 0.1) and bool(positive)

    if fine(1.0):
        return z
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if fine(middle) else (low, middle)
    return inside + low * (z - inside)
