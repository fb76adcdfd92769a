"""The checker: a settlement held against its definition, without the solver.

It recomputes gains from the deal, asks that nobody loses, that weights of the right form
support the gains (so that no deal of the package is better), and that those left out cannot
gain.  Exact answers are checked exactly; numerical ones to the stated tolerance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from bargaining.errors import VerificationError
from bargaining.geometry.support import support
from bargaining.model.agenda import positions
from bargaining.model.deal import broken, check, gains
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.package import PackageSettlement
from bargaining.settlement.pure_checker import check_pure, show
from bargaining.settlement.solutions.base import Solution, Weights


def check_package(
    game: LinkageGame,
    settled: PackageSettlement,
    solution: Solution,
    weights: Weights,
    tolerance: float,
) -> None:
    """Raise :class:`VerificationError` unless the settlement satisfies its definition."""
    place = "package " + "+".join(game.issue_names[k] for k in list(settled.package)[:6])
    check(game, settled.deal)
    rule = broken(game, settled.deal)
    if rule is not None:
        msg = f"{place}: the deal breaks {rule.place}"
        raise VerificationError(msg)
    about = settled.deal.issues
    none = game.reserved and settled.status == Status.NO_AGREEMENT
    if about is None or not np.array_equal(about, positions([] if none else settled.package)):
        msg = f"{place}: the deal is about other issues"
        raise VerificationError(msg)
    if settled.status == Status.NUMERICAL_TROUBLE:
        msg = f"{place}: no solver could certify the settlement; rescale the payoffs of the game"
        raise VerificationError(msg)
    slack = [
        tolerance * max(abs(float(g)), unit)
        for g, unit in zip(settled.gains, game.reach, strict=True)
    ]
    found = gains(game, settled.deal.on(settled.package))
    if any(not _near(a, b, s) for a, b, s in zip(found, settled.gains, slack, strict=True)):
        msg = f"{place}: the deal's gains {show(found)} are not the stated {show(settled.gains)}"
        raise VerificationError(msg)
    if any(settled.gains[i] < -slack[i] for i in game.interested):
        msg = f"{place}: somebody loses: {show(settled.gains)}"
        raise VerificationError(msg)
    if settled.method == "pure frontier":
        check_pure(game, settled, solution, weights, place)
        return
    left_out = [i for i in game.interested if i not in settled.gainers]
    if left_out and len(game.interested) > 0:
        _check_blocked(game, settled, left_out, tolerance, place)
    if settled.status == Status.AGREEMENT:
        _check_supported(game, settled, solution, weights, tolerance, place)


def _check_blocked(
    game: LinkageGame,
    settled: PackageSettlement,
    left_out: Sequence[int],
    tolerance: float,
    place: str,
) -> None:
    blocking = settled.blocking
    names = ", ".join(game.players[i] for i in left_out)
    worth = 0 if blocking is None else support(game, settled.package, blocking)
    if blocking is not None and worth < 0 and min(blocking) >= 0:
        return
    if blocking is None or any(blocking[i] <= 0 for i in left_out):
        msg = f"{place}: nothing shows that {names} cannot gain"
        raise VerificationError(msg)
    if worth > tolerance * _weight_scale(game, blocking):
        msg = f"{place}: at the exchange rates said to block it, a trade is worth {float(worth):g}"
        raise VerificationError(msg)


def _check_supported(
    game: LinkageGame,
    settled: PackageSettlement,
    solution: Solution,
    weights: Weights,
    tolerance: float,
    place: str,
) -> None:
    rates = settled.weights
    if rates is None or any(w < 0 for w in rates) or not any(rates):
        msg = f"{place}: no support weights prove the settlement"
        raise VerificationError(msg)
    worth = sum((w * g for w, g in zip(rates, settled.gains, strict=True)), start=Fraction(0))
    most = support(game, settled.package, rates)
    if most - worth > tolerance * max(abs(float(most)), abs(float(worth))):
        msg = f"{place}: at its own weights a deal worth {float(most):g} beats {float(worth):g}"
        raise VerificationError(msg)
    problem = settled.problem(weights)
    if not solution.conditions(problem, rates, max(tolerance, 0.0)):
        msg = f"{place}: the support weights do not have the form that {solution.id} requires"
        raise VerificationError(msg)
    for player, proof, deal in settled.ideal_proofs:
        assert settled.ideal is not None
        bound = support(game, settled.package, proof)
        reached = gains(game, deal.on(settled.package))[player]
        claimed = settled.ideal[player]
        slack = max(tolerance, 0.0) * max(game.reach[player], abs(float(claimed)))
        over = bound - claimed > slack
        if proof[player] < 1 - tolerance or over or not _near(reached, claimed, slack):
            msg = f"{place}: the ideal gain of {game.players[player]} is not {float(claimed):g}"
            raise VerificationError(msg)


def _weight_scale(game: LinkageGame, weights: Weights) -> float:
    """Return the size of the numbers that a support function adds up."""
    sizes = (float(np.abs(game.flat.column(i)).sum()) for i in range(len(weights)))
    return math.fsum(float(w) * size for w, size in zip(weights, sizes, strict=True))


def _near(left: Number, right: Number, slack: float) -> bool:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left == right
    return abs(float(left) - float(right)) <= slack
