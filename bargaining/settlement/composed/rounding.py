"""From a numerical settlement under requirements to an exact one, where its fractions are small.

Shares and prices are replaced by the nearest simple fractions; if the checker then passes them
exactly, they are the exact answer, and otherwise the numerical one stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from bargaining.errors import SolverError, VerificationError
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.composed.checker import check_composed
from bargaining.settlement.composed.columns import closed_columns
from bargaining.settlement.composed.exact_within import (
    exactly_bounded,
    exactly_summed,
    is_linear,
)
from bargaining.settlement.composed.package import Evidence, net_gains
from bargaining.settlement.composed.proof import Bound
from bargaining.settlement.linearised import home_test
from bargaining.settlement.package import PackageSettlement
from bargaining.settlement.rounding import MAX_DENOMINATOR, MAX_ROWS, rounded_deal
from bargaining.settlement.solutions.base import Solution, Weights

Settled = tuple[list[PackageSettlement], Evidence]


def exactly(game: LinkageGame, found: Settled, solution: Solution, weights: Weights) -> Settled:
    """Return the exact settlement if rounding finds it, otherwise the one given."""
    parts, evidence = found
    bends = any(premium.bends for premium in evidence.rules.premiums.values())
    small = game.flat.exact and len(game.flat.values) <= MAX_ROWS
    joint = any(part.deal.joint for part in parts)
    if bends or not small or joint or evidence.bound is None:
        return found
    exact = _rounded_parts(game, parts, evidence)
    if solution.id == "nash" and any(exact[at].gains[i] <= 0 for at, i in evidence.bound.weights):
        return found  # too near a threshold: simple fractions leave a player without his gain
    for unit in _units(parts, exact, evidence.bound, solution, weights):
        bound = _rounded_bound(evidence.bound, unit)
        if solution.id == "nash":
            bound = replace(bound, weights=_nash_weights(exact, bound, weights))
        ideals = {
            i: (_rounded_bound(proof, 1.0 / float(proof.weights[0, i])), rounded_deal(deal))
            for i, (proof, deal) in evidence.ideals.items()
        }
        most = {
            i: net_gains(game, evidence.rules, exact[0].package, deal)[i]
            for i, (_, deal) in ideals.items()
        }
        ideal = tuple(most.get(i, Fraction(0)) for i in range(len(game.players)))
        tried = [replace(part, ideal=ideal if ideals else None) for part in exact]
        proof = replace(evidence, bound=bound, ideals=ideals)
        if _holds(game, tried, proof, solution, weights):
            return tried, proof
    return _with_exact_prices(game, exact, evidence, solution, weights) or found


def _holds(
    game: LinkageGame,
    parts: Sequence[PackageSettlement],
    evidence: Evidence,
    solution: Solution,
    weights: Weights,
) -> bool:
    try:
        check_composed(game, parts, evidence, solution, weights, 0.0, afresh=False)
    except (VerificationError, ZeroDivisionError):
        return False
    return True


def _with_exact_prices(
    game: LinkageGame,
    exact: Sequence[PackageSettlement],
    evidence: Evidence,
    solution: Solution,
    weights: Weights,
) -> Settled | None:
    """Prove simple shares by linear programmes in rationals: at kinks prices are not unique."""
    composition = evidence.composition(game)
    assert evidence.bound is not None
    if not is_linear(composition) or not any(part.gainers for part in exact):
        return None
    home = home_test(game, evidence.rules)
    closed = closed_columns(composition, [home.able(p).closed for p in evidence.packages])
    terms = list(evidence.bound.weights)
    gains = {(place, i): Fraction(exact[place].gains[i]) for place, i in terms}
    ideals, ideal = {}, None
    try:
        if evidence.ideals:
            most = [Fraction(0)] * len(game.players)
            for i, (_, deal) in evidence.ideals.items():
                shown = rounded_deal(deal)
                most[i] = Fraction(net_gains(game, evidence.rules, exact[0].package, shown)[i])
                proof = exactly_summed(composition, closed, {(0, i): Fraction(1)}, most[i])
                ideals[i] = (proof, shown)
            ideal = tuple(most)
        if solution.id in ("nash", "utilitarian"):
            rates = {key: Fraction(1) for key in terms}
            if solution.id == "nash":
                rates = {key: Fraction(weights[key[1]]) / gains[key] for key in terms}
            worth = sum((rate * gains[key] for key, rate in rates.items()), Fraction(0))
            bound = exactly_summed(composition, closed, rates, worth)
        else:
            units = [ideal[i] if ideal else Fraction(1) for _, i in terms]
            least = min(gains[key] / unit for key, unit in zip(terms, units, strict=True))
            bound = exactly_bounded(composition, closed, terms, [2 * u * least for u in units])
    except (SolverError, ZeroDivisionError):
        return None
    tried = [replace(part, ideal=ideal) for part in exact]
    proved = replace(evidence, bound=bound, ideals=ideals)
    return (tried, proved) if _holds(game, tried, proved, solution, weights) else None


def _rounded_parts(
    game: LinkageGame, parts: Sequence[PackageSettlement], evidence: Evidence
) -> list[PackageSettlement]:
    found = []
    for part in parts:
        deal = rounded_deal(part.deal)
        gained = net_gains(game, evidence.rules, part.package, deal)
        moved = bool(deal.shares) or bool((deal.outcomes != game.origin[list(part.package)]).any())
        status = Status.AGREEMENT if moved else Status.NO_AGREEMENT
        found.append(replace(part, deal=deal, gains=gained, status=status, tolerance=None))
    return found


def _units(
    parts: Sequence[PackageSettlement],
    exact: Sequence[PackageSettlement],
    bound: Bound,
    solution: Solution,
    weights: Weights,
) -> list[float]:
    """Return scales for the proof's prices at which they may be simple fractions."""
    found = []
    for (place, i), weight in bound.weights.items():
        if weight <= 0:
            continue
        if solution.id == "nash" and exact[place].gains[i] > 0:
            found.append(float(weights[i] / exact[place].gains[i]) / float(weight))
        found.append(1.0 / float(weight))
    return found


def _rounded_bound(bound: Bound, unit: float) -> Bound:
    def near(value: Number) -> Fraction:
        return max(Fraction(float(value) * unit).limit_denominator(MAX_DENOMINATOR), Fraction(0))

    return Bound(
        {key: near(w) for key, w in bound.weights.items()},
        {r: near(p) for r, p in bound.prices.items() if near(p)},
        {c: Fraction(0) for c in bound.depths},
        {g: tuple(near(m) for m in mix) for g, mix in bound.mixes.items()},
    )


def _nash_weights(
    parts: Sequence[PackageSettlement], bound: Bound, weights: Weights
) -> Mapping[tuple[int, int], Number]:
    return {(place, i): Fraction(weights[i]) / parts[place].gains[i] for place, i in bound.weights}
