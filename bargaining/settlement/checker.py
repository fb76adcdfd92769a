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
from bargaining.settlement.solutions.base import Concept, Solution, Weights, apart
from bargaining.settlement.solutions.procedure import Procedure


def check_package(
    game: LinkageGame,
    settled: PackageSettlement,
    solution: Solution | Procedure,
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
    if settled.transfers:
        _check_transfers(game, settled, solution, tolerance, place)
        found = tuple(g + t for g, t in zip(found, settled.transfers, strict=True))
    if any(not _near(a, b, s) for a, b, s in zip(found, settled.gains, slack, strict=True)):
        msg = f"{place}: the deal's gains {show(found)} are not the stated {show(settled.gains)}"
        raise VerificationError(msg)
    below = isinstance(solution, Procedure) and solution.below_status_quo
    if not below and any(settled.gains[i] < -slack[i] for i in game.interested):
        msg = f"{place}: somebody loses: {show(settled.gains)}"
        raise VerificationError(msg)
    if settled.method == "pure frontier":
        assert isinstance(solution, Solution)
        check_pure(game, settled, solution, weights, place)
        return
    left_out = [i for i in game.interested if i not in settled.gainers]
    if left_out and len(game.interested) > 0:
        _check_blocked(game, settled, left_out, tolerance, place)
    if isinstance(solution, Procedure):
        _check_procedure(game, settled, solution, tolerance, place)
    elif settled.status == Status.AGREEMENT:
        _check_efficient(game, settled, tolerance, place)
        assert settled.weights is not None
        if not solution.conditions(settled.problem(weights), settled.weights, tolerance):
            msg = f"{place}: the support weights do not have the form that {solution.id} requires"
            raise VerificationError(msg)
        _check_ideal(game, settled, tolerance, place)


def _check_procedure(
    game: LinkageGame,
    settled: PackageSettlement,
    procedure: Procedure,
    tolerance: float,
    place: str,
) -> None:
    """Hold a procedure's answer against its own definition.

    Where at most one player can gain, a procedure that leaves nobody below the status quo gives
    him his most, which support weights prove; then there is no evidence beside.
    """
    if settled.evidence is not None:
        if procedure.efficient:
            _check_efficient(game, settled, tolerance, place)
        _check_ideal(game, settled, tolerance, place)
        procedure.check(game, settled, tolerance, place)
        return
    if settled.status == Status.NO_AGREEMENT:
        if settled.gainers or (procedure.below_status_quo and not game.reserved):
            msg = f"{place}: nothing shows that {procedure.id} changes nothing"
            raise VerificationError(msg)
        return
    _check_efficient(game, settled, tolerance, place)
    assert settled.weights is not None
    alone = len(settled.gainers) == 1 and all(settled.weights[i] > 0 for i in settled.gainers)
    if procedure.below_status_quo or not alone:
        msg = f"{place}: nothing shows that this is what {procedure.id} leads to"
        raise VerificationError(msg)


def _check_transfers(
    game: LinkageGame,
    settled: PackageSettlement,
    concept: Concept,
    tolerance: float,
    place: str,
) -> None:
    """Side payments cancel out, and belong to the concept."""
    total = sum(settled.transfers, start=Fraction(0))
    if apart(total, Fraction(0), tolerance * sum(game.reach)):
        msg = f"{place}: the side payments do not cancel out"
        raise VerificationError(msg)
    if not (isinstance(concept, Procedure) and concept.side_payments) and any(settled.transfers):
        msg = f"{place}: {concept.id} has no side payments"
        raise VerificationError(msg)


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


def _check_efficient(
    game: LinkageGame, settled: PackageSettlement, tolerance: float, place: str
) -> None:
    """No deal of the package is worth more at the support weights than the deal."""
    rates = settled.weights
    if rates is None or any(w < 0 for w in rates) or not any(rates):
        msg = f"{place}: no support weights prove the settlement"
        raise VerificationError(msg)
    gained = gains(game, settled.deal.on(settled.package)) if settled.transfers else settled.gains
    worth = sum((w * g for w, g in zip(rates, gained, strict=True)), start=Fraction(0))
    most = support(game, settled.package, rates)
    if most - worth > tolerance * max(abs(float(most)), abs(float(worth))):
        msg = f"{place}: at its own weights a deal worth {float(most):g} beats {float(worth):g}"
        raise VerificationError(msg)


def _check_ideal(
    game: LinkageGame, settled: PackageSettlement, tolerance: float, place: str
) -> None:
    """Check that the ideal gains are reached and cannot be passed."""
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
