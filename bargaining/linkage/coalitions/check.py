"""Checking an analysis of coalitions from the definitions, without what found it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from bargaining.errors import VerificationError
from bargaining.linkage.coalitions.core import Core
from bargaining.linkage.coalitions.sub_game import consents
from bargaining.linkage.coalitions.values import Value, potential
from bargaining.linkage.coalitions.worths import Worths
from bargaining.model.deal import Deal, gains
from bargaining.model.game import LinkageGame
from bargaining.model.transfers import without_transfers
from bargaining.results import Number, in_figures

MAX_OUTCOMES = 5_000
"""Joint outcomes up to which a game's worths are recomputed from every one of them."""
MAX_POTENTIAL = 14
ROUNDING = 1e-9


def require(holds: bool, what: str) -> None:
    """Raise VerificationError unless something holds."""
    if not holds:
        raise VerificationError(what)


def check_worths(game: LinkageGame, stated: Mapping[str, Fraction | None]) -> None:
    """Recompute worths with outsiders at the status quo from every joint outcome, in small games.

    Every outcome needs the players who act otherwise than at the status quo, and all whose
    payoff an option issue that it moves changes; a coalition reaches the outcomes that need
    nobody else.
    """
    game = without_transfers(game)
    sizes = [issue.size for issue in game.issues.values()]
    if math.prod(sizes) > MAX_OUTCOMES:
        return
    consent = consents(game)
    best: dict[frozenset[str], dict[str, Fraction]] = {}
    for outcomes in itertools.product(*map(range, sizes)):
        named = dict(zip(game.issues, outcomes, strict=True))
        if not all(rule.allows(named) for rule in game.constraints):
            continue
        needed: frozenset[str] = frozenset()
        for issue, outcome in zip(game.issues.values(), outcomes, strict=True):
            start = issue._origin()
            if issue.is_options:
                needed |= consent[issue.name] if outcome != start else frozenset()
                continue
            now, then = (np.unravel_index(place, issue.shape) for place in (start, outcome))
            pairs = zip(issue.actions, now, then, strict=True)
            needed |= {player for player, a, b in pairs if a != b}
        deal = gains(game, Deal(np.array(outcomes, dtype=np.intp)))
        totals = best.setdefault(needed, {})
        for name in stated:
            members = name.split("+")
            if needed <= set(members):
                total = sum(
                    (Fraction(deal[game.players.index(p)]) for p in members), start=Fraction(0)
                )
                totals[name] = max(total, totals.get(name, total))
    for name, worth in stated.items():
        found = max(totals[name] for totals in best.values() if name in totals)
        require(worth == found, f"the worth of {name} is {worth}, but deals bring {found}")


def check_value(worths: Worths, value: Value, what: str) -> None:
    """Check that a value shares out everything, and recompute it from the potential."""
    total = worths.of(worths.everyone)
    if value.errors:
        size = max(1.0, *(abs(float(share)) for share in value.shares))
        off = abs(float(sum(value.shares)) - float(total))
        require(off <= ROUNDING * size * len(value.shares), f"{what} does not add up to v(N)")
        return
    require(sum(value.shares) == total, f"{what} does not add up to v(N)")
    if len(worths.players) <= MAX_POTENTIAL:
        require(potential(worths) == value.shares, f"{what} is not what the potential gives")


def check_core(worths: Worths, core: Core) -> None:
    """Check the point of the core or the weights against it, and the least core value."""
    total = worths.of(worths.everyone)
    proper = range(1, worths.everyone)
    if core.point is None:
        require(core.empty, "a core that is not empty has a point")
        value = _balance(worths, core.certificate.weights)
        require(value > total, "the balanced weights are worth no more than the grand coalition")
    else:
        require(not core.empty, "an empty core has no point")
        shares = [core.point[player] for player in worths.players]
        require(sum(shares) == total, "the point of the core does not add up to v(N)")
        left = _most(worths, shares, proper)
        require(left <= 0, f"a coalition is kept {in_figures(left)} below its worth in the core")
    require(core.empty == (core.least > 0), "the least core value contradicts the core")
    shares = [core.least_point[player] for player in worths.players]
    require(sum(shares) == total, "the point of the least core does not add up to v(N)")
    require(_most(worths, shares, proper) == core.least, "the least core value is not attained")
    proved = _balance(worths, core.least_weights) - total
    scale = sum(core.least_weights.values(), start=Fraction(0))
    require(proved == core.least * scale, "the weights do not prove the least core value")


def _balance(worths: Worths, weights: Mapping[str, Number]) -> Fraction:
    """Return what weights are worth together; they must be positive and in balance."""
    places = {str(player): i for i, player in enumerate(worths.players)}
    load = [Fraction(0)] * len(places)
    value = Fraction(0)
    for name, raw in weights.items():
        weight = Fraction(raw)
        require(weight > 0, f"the weight of {name} is not positive")
        members = [places[player] for player in name.split("+")]
        require(len(members) < len(places), "a weight on the grand coalition proves nothing")
        value += weight * worths.of(sum(1 << i for i in members))
        for i in members:
            load[i] += weight
    require(all(total == 1 for total in load), "the weights are not in balance")
    return value


def _most(worths: Worths, shares: Sequence[Fraction], masks: range) -> Fraction:
    """Return the largest excess of some coalitions."""
    given = [Fraction(0)]
    for share in shares:
        given += [other + share for other in given]
    return max(worths.of(mask) - given[mask] for mask in masks)
