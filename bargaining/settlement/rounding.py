"""From a numerical settlement to an exact one, where the true answer has small fractions.

Shares and support weights are replaced by the nearest simple fractions; if the result passes
the checker exactly, it is the exact solution, and otherwise the numerical answer stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from bargaining.errors import VerificationError
from bargaining.model.deal import Deal, gains
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.checker import check_package
from bargaining.settlement.package import PackageSettlement
from bargaining.settlement.solutions.base import Solution, Weights

MAX_DENOMINATOR = 2_000
MAX_ROWS = 2_000


def exactly(
    game: LinkageGame, settled: PackageSettlement, solution: Solution, weights: Weights
) -> PackageSettlement:
    """Return the exact settlement if rounding finds it, otherwise the one given."""
    small = game.flat.exact and len(game.flat.values) <= MAX_ROWS
    if not small or settled.weights is None or settled.deal.joint:
        return settled
    if all(isinstance(g, Fraction) for g in settled.gains):
        return settled
    deal = rounded_deal(settled.deal)
    found = gains(game, deal)
    proofs = tuple(
        (player, _rounded(proof, player), rounded_deal(best))
        for player, proof, best in settled.ideal_proofs
    )
    ideal = settled.ideal
    if proofs:
        best_gains = {player: gains(game, best)[player] for player, _, best in proofs}
        ideal = tuple(best_gains.get(i, Fraction(0)) for i in range(len(game.players)))
    rates: list[Weights] = [_rounded(settled.weights, max(settled.gainers))]
    if all(found[i] > 0 for i in settled.gainers):
        held = _rounded(settled.weights, max(settled.gainers))
        rates.append(
            tuple(
                weights[i] / found[i] if i in settled.gainers else held[i]
                for i in range(len(found))
            )
        )
    for rate in rates:
        candidate = replace(
            settled, gains=found, deal=deal, weights=rate, ideal=ideal, ideal_proofs=proofs
        )
        try:
            check_package(game, candidate, solution, weights, 0.0)
        except VerificationError:
            continue
        return candidate
    return settled


def _rounded(weights: Weights, unit: int) -> tuple[Fraction, ...]:
    """Weights as simple fractions, in units of one player's weight (or of the largest)."""
    one = weights[unit] if weights[unit] > 0 else max(weights)
    return tuple(
        max(Fraction(float(w / one)).limit_denominator(MAX_DENOMINATOR), Fraction(0))
        for w in weights
    )


def rounded_deal(deal: Deal) -> Deal:
    """Shares as simple fractions that add up to 1."""
    shares: dict[int, Mapping[int, Number]] = {}
    for k, lottery in deal.shares.items():
        near = {
            a: Fraction(float(share)).limit_denominator(MAX_DENOMINATOR)
            for a, share in lottery.items()
        }
        largest = max(near, key=near.__getitem__)
        others = (v for a, v in near.items() if a != largest)
        near[largest] = 1 - sum(others, start=Fraction(0))
        shares[k] = {a: v for a, v in near.items() if v}
    return Deal(deal.outcomes, shares, deal.joint, deal.issues)
