"""The checker of settlements under requirements: from the definitions, without a solver.

Net gains, depths and temptations are recomputed from the deals; requirements must hold; nobody
else must be able to gain; and the proof's prices must leave no deal worth more.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from bargaining.errors import VerificationError
from bargaining.model.agenda import positions
from bargaining.model.deal import broken, check, combine, gains
from bargaining.model.game import LinkageGame
from bargaining.model.ratification import Ratification
from bargaining.results import Number, Status
from bargaining.settlement.composed.columns import closed_columns
from bargaining.settlement.composed.package import Evidence, net_gains
from bargaining.settlement.composed.proof import Bound
from bargaining.settlement.enforcement.temptation import temptations
from bargaining.settlement.linearised import HomeTest, home_test
from bargaining.settlement.package import PackageSettlement
from bargaining.settlement.program import GAP
from bargaining.settlement.requirements.base import Composition, label
from bargaining.settlement.solutions.base import Problem, Solution, Weights, apart

NOTHING = 2e-9
"""Gains up to this share of a player's reach count as none, where no exact test applies."""


def check_composed(
    game: LinkageGame,
    parts: Sequence[PackageSettlement],
    evidence: Evidence,
    solution: Solution,
    weights: Weights,
    tolerance: float,
    *,
    afresh: bool = True,
) -> None:
    """Raise :class:`VerificationError` unless the packages' settlement is what it claims.

    With ``afresh=False`` the requirements are not read off the game once more.
    """
    if tuple(tuple(part.package) for part in parts) != evidence.packages:
        msg = "the proof is about other packages"
        raise VerificationError(msg)
    home = home_test(game, evidence.rules)
    composition = evidence.composition(game, afresh=afresh)
    closed = []
    for place, (part, proofs) in enumerate(zip(parts, evidence.proofs, strict=True)):
        held, shut = home.check(part.package, proofs)
        closed.append(shut)
        after = composition.after[place] if composition.after else None
        _check_deal(game, home, part, evidence.rules, after, tolerance)
        left_out = set(game.interested) - part.gainers - held
        if left_out and evidence.blocked is None:
            names = ", ".join(game.players[i] for i in sorted(left_out))
            msg = f"nothing shows that {names} cannot gain"
            raise VerificationError(msg)
    shut_columns = closed_columns(composition, closed)
    if evidence.blocked is not None:
        _check_blocked(game, composition, evidence, shut_columns)
    if evidence.bound is None:
        if any(part.gainers or part.status == Status.AGREEMENT for part in parts):
            msg = "nothing shows that the settlement is the best there is"
            raise VerificationError(msg)
        return
    _check_totals(game, parts, evidence, tolerance)
    limit = evidence.bound.limit(composition, shut_columns)
    worth: Number = Fraction(0)
    for (place, i), weight in evidence.bound.weights.items():
        worth += weight * parts[place].gains[i]
    if limit - worth > tolerance * abs(float(worth)):
        msg = f"at its own prices a deal worth {float(limit):g} beats {float(worth):g}"
        raise VerificationError(msg)
    for place, part in enumerate(parts):
        if part.gainers:
            _check_concept(game, part, place, evidence, solution, weights, tolerance)
    _check_ideals(game, composition, parts, evidence, shut_columns, tolerance)


def _check_deal(
    game: LinkageGame,
    home: HomeTest,
    part: PackageSettlement,
    rules: Ratification,
    after: Sequence[Number] | None,
    tolerance: float,
) -> None:
    """Hold one package's deal against what it says and what is required of it."""
    place = "package " + "+".join(game.issue_names[k] for k in list(part.package)[:6])
    if part.status == Status.NUMERICAL_TROUBLE:
        msg = f"{place}: no solver could certify the settlement; rescale the payoffs of the game"
        raise VerificationError(msg)
    check(game, part.deal)
    if broken(game, part.deal) is not None:
        msg = f"{place}: the deal breaks a constraint"
        raise VerificationError(msg)
    if part.deal.issues is None or not np.array_equal(part.deal.issues, positions(part.package)):
        msg = f"{place}: the deal is about other issues"
        raise VerificationError(msg)
    found = net_gains(game, rules, part.package, part.deal)
    for i, (stated, gain) in enumerate(zip(part.gains, found, strict=True)):
        slack = tolerance * max(game.reach[i], abs(float(gain)))
        if not -slack <= stated - gain <= slack:
            msg = f"{place}: the net gain of {game.players[i]} is {float(gain):g}"
            raise VerificationError(msg)
    if part.status == Status.NO_AGREEMENT and not part.gainers:
        return
    for i in home.players(part.package):
        if found[i] < -tolerance * game.reach[i]:
            msg = f"{place}: {game.players[i]} loses {-float(found[i]):g}"
            raise VerificationError(msg)
    for own in rules.own:
        if own.slack(game, part.deal) < -tolerance * game.reach[game.players.index(own.player)]:
            msg = f"{place}: the deal misses {label(own)}"
            raise VerificationError(msg)
    if after is None:
        return
    tempted = temptations(game, part.package, part.deal)
    for i in game.interested:
        patience = game.discount[game.players[i]]
        left = patience * (found[i] - after[i]) - (1 - patience) * tempted[i]
        if left < -tolerance * game.reach[i]:
            msg = f"{place}: {game.players[i]} would rather break the deal"
            raise VerificationError(msg)


def _check_totals(
    game: LinkageGame,
    parts: Sequence[PackageSettlement],
    evidence: Evidence,
    tolerance: float,
) -> None:
    """Caps and floors, which bind the packages together."""
    if not evidence.feasible:
        return
    for name, slack, size in totals_missed(game, parts, evidence):
        if slack < -tolerance * size:
            msg = f"the deal misses {name} by {-float(slack):g}"
            raise VerificationError(msg)


def totals_missed(
    game: LinkageGame,
    parts: Sequence[PackageSettlement],
    evidence: Evidence,
    *,
    realised: bool = False,
) -> list[tuple[str, Number, float]]:
    """Return the slack of every cap and floor, with the size of its terms.

    With ``realised`` floors count spillovers between the packages too.
    """
    rules, packages = evidence.rules, evidence.packages
    depths = {
        i: {k: d for part in parts for k, d in rules.depth(game, part.deal, i).items()}
        for i in rules.visible
    }
    spilled = _spilled(game, parts) if realised and rules.floors else None
    found: list[tuple[str, Number, float]] = []
    for i, cap in rules.caps.items():
        depth = sum(depths[i].values(), start=Fraction(0))
        found.append((f"caps.{game.players[i]}", cap - depth, max(float(cap), float(depth), 1e-12)))
    for i, floor in rules.floors.items():
        total: Number = sum((part.gains[i] for part in parts), start=Fraction(0))
        if spilled is not None:
            total += spilled[i]
        if i in rules.premiums:
            promised: Number = sum(
                (
                    rules.cost(i, rules.depth(game, part.deal, i), [package])
                    for part, package in zip(parts, packages, strict=True)
                ),
                start=Fraction(0),
            )
            total = total + promised - rules.cost(i, depths[i], packages)
        found.append((f"floors.{game.players[i]}", total - floor, max(game.reach[i], float(floor))))
    return found


def is_missed(slack: Number, size: float) -> bool:
    """Whether a cap or floor is missed: exactly where numbers are exact."""
    return bool(slack < 0 if isinstance(slack, (int, Fraction)) else slack < -GAP * size)


def _spilled(game: LinkageGame, parts: Sequence[PackageSettlement]) -> list[Number]:
    """Return what packages bring beyond what each promises with the others at the status quo."""
    together = gains(game, combine(game, (part.deal for part in parts)))
    apart_ = [gains(game, part.deal) for part in parts]
    return [
        whole - sum((own[i] for own in apart_), start=Fraction(0))
        for i, whole in enumerate(together)
    ]


def _check_blocked(
    game: LinkageGame, composition: Composition, evidence: Evidence, closed: frozenset[int]
) -> None:
    """Those left out cannot gain more than nothing, or no deal meets the requirements."""
    assert evidence.blocked is not None
    bound, _ = evidence.blocked
    limit = bound.limit(composition, closed)
    size = sum((float(w) * game.reach[i] for (_, i), w in bound.weights.items()), start=0.0)
    if evidence.feasible:
        if limit > NOTHING * max(size, 1.0):
            msg = f"at the prices said to block the deal, one is worth {float(limit):g}"
            raise VerificationError(msg)
    elif limit >= 0:
        msg = "nothing shows that no deal meets the requirements"
        raise VerificationError(msg)


def _check_concept(
    game: LinkageGame,
    part: PackageSettlement,
    place: int,
    evidence: Evidence,
    solution: Solution,
    weights: Weights,
    tolerance: float,
) -> None:
    """Whether the weights of the proof have the form that the concept asks for."""
    assert evidence.bound is not None
    support = tuple(
        evidence.bound.weights.get((place, i), Fraction(0)) for i in range(len(game.players))
    )
    problem = Problem(part.gains, part.gainers, weights, part.ideal)
    if not solution.conditions(problem, support, max(tolerance, 0.0)):
        msg = f"the weights of the proof do not have the form that {solution.id} requires"
        raise VerificationError(msg)


def _check_ideals(
    game: LinkageGame,
    composition: Composition,
    parts: Sequence[PackageSettlement],
    evidence: Evidence,
    closed: frozenset[int],
    tolerance: float,
) -> None:
    for i, (bound, deal) in evidence.ideals.items():
        part = parts[0]
        assert part.ideal is not None
        found = net_gains(game, evidence.rules, part.package, deal)[i]
        limit = _limit_of(bound, composition, closed, i)
        slack = tolerance * max(abs(float(found)), 1e-300)
        if limit - part.ideal[i] > slack or apart(found, part.ideal[i], slack):
            msg = f"the ideal gain of {game.players[i]} is not {float(part.ideal[i]):g}"
            raise VerificationError(msg)


def _limit_of(
    bound: Bound, composition: Composition, closed: frozenset[int], player: int
) -> Number:
    weight = bound.weights.get((0, player), Fraction(0))
    if set(bound.weights) != {(0, player)} or weight <= 0:
        msg = "the proof of an ideal gain is about something else"
        raise VerificationError(msg)
    return bound.limit(composition, closed) / weight
