"""Settlements under requirements that pass the checker; near a threshold in 1,024 bits.

Floating point settles packages as far as it carries.  Where only what must pass at home counts
and no floor, it is known exactly who can gain: if then no deal could be certified, or gains are a
tiny part of what is at stake, the packages are settled once more in high precision.  If that
fails, too, what is known exactly still stands, with a small deal that helps all who can gain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bargaining.errors import SolverError, VerificationError
from bargaining.model.game import LinkageGame
from bargaining.model.ratification import Ratification
from bargaining.results import Status
from bargaining.settlement.composed.checker import check_composed
from bargaining.settlement.composed.fine_program import FineProgram
from bargaining.settlement.composed.package import (
    Evidence,
    answered,
    compose,
    composed_packages,
    decided_exactly,
)
from bargaining.settlement.composed.rounding import exactly
from bargaining.settlement.composed.small_deal import small_deal
from bargaining.settlement.enforcement.reversion import ReversionMode
from bargaining.settlement.linearised import home_test
from bargaining.settlement.package import PackageSettlement
from bargaining.settlement.program import GAP
from bargaining.settlement.solutions.base import Solution, Weights

TINY = 1e-6
"""Gains up to this share of a player's reach are settled in high precision."""
Settled = tuple[list[PackageSettlement], Evidence]


def certified_packages(
    game: LinkageGame,
    packages: Sequence[Sequence[int]],
    solution: Solution,
    weights: Weights,
    rules: Ratification,
    mode: ReversionMode | None,
) -> Settled:
    """Settle packages together; what could not be certified is ``numerical_trouble``."""
    found = composed_packages(game, packages, solution, weights, rules, mode)
    found = exactly(game, found, solution, weights)
    passes = _passes(game, found, solution, weights)
    if decided_exactly(rules, mode) and not (passes and not _tiny(game, found)):
        near = _near_threshold(game, found, solution, weights)
        if near is not None:
            return near
        if not passes:
            return _helping(game, found)
    return found if passes else _in_trouble(found)


def _passes(game: LinkageGame, found: Settled, solution: Solution, weights: Weights) -> bool:
    parts, evidence = found
    if any(part.status == Status.NUMERICAL_TROUBLE for part in parts):
        return False
    if not any(isinstance(g, float) for part in parts for g in part.gains):
        return True
    try:
        check_composed(game, parts, evidence, solution, weights, GAP, afresh=False)
    except VerificationError:
        return False
    return True


def _tiny(game: LinkageGame, found: Settled) -> bool:
    """Whether somebody who can gain gains a tiny part of what he has at stake."""
    return any(
        isinstance(part.gains[i], float) and part.gains[i] <= TINY * game.reach[i]
        for part in found[0]
        for i in part.gainers
    )


def _in_trouble(found: Settled) -> Settled:
    return [replace(part, status=Status.NUMERICAL_TROUBLE) for part in found[0]], found[1]


def _near_threshold(
    game: LinkageGame, found: Settled, solution: Solution, weights: Weights
) -> Settled | None:
    """Settle in high precision; None where that is not possible at all."""
    evidence = replace(found[1], blocked=None, bound=None, ideals={}, feasible=True)
    rules, packages = evidence.rules, evidence.packages
    home = home_test(game, rules)
    ables = [home.able(package) for package in packages]
    try:
        composition = compose(game, packages, rules, None)
        program = FineProgram(composition, ables)
    except SolverError:
        return None
    evidence = replace(evidence, known=composition)
    try:
        settled = answered(game, program, ables, solution, weights, evidence)
        check_composed(game, *settled, solution, weights, GAP, afresh=False)
    except (SolverError, VerificationError):
        return None
    return settled


def _helping(game: LinkageGame, found: Settled) -> Settled:
    """State who can gain, which is known exactly, with small deals that show it."""
    parts, evidence = found
    rules, home = evidence.rules, home_test(game, evidence.rules)
    shown = []
    for part in parts:
        able = home.able(part.package)
        small = small_deal(game, rules, part.package, able, len(parts)) if able.gainers else None
        if small is not None:
            deal, gained = small
            gains = tuple(map(float, gained))
            part = replace(part, deal=deal, gains=gains, ideal=None)
        shown.append(replace(part, gainers=able.gainers, status=Status.NUMERICAL_TROUBLE))
    return shown, replace(evidence, blocked=None, bound=None, ideals={}, feasible=True)
