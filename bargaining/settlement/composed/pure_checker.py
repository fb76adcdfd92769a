"""The checker of pure deals under requirements: every package tried again, by the definitions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from bargaining.errors import VerificationError
from bargaining.model.deal import Deal, broken
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.composed.package import Evidence, net_gains
from bargaining.settlement.composed.pure import Gains, pure_deal
from bargaining.settlement.enforcement.reversion import reversion
from bargaining.settlement.enforcement.temptation import temptations
from bargaining.settlement.linearised import home_test
from bargaining.settlement.package import PackageSettlement
from bargaining.settlement.solutions.base import Problem, Solution, Weights

MAX_CHECKED = 2_000
"""So many packages of outcomes are tried."""


def check_pure_composed(
    game: LinkageGame,
    parts: Sequence[PackageSettlement],
    evidence: Evidence,
    solution: Solution,
    weights: Weights,
) -> None:
    """Raise VerificationError unless the pure deal meets everything and no other is better."""
    rules = evidence.rules
    for part in parts:
        if part.deal.shares or part.deal.joint:
            msg = "a pure deal holds shares"
            raise VerificationError(msg)
        found = net_gains(game, rules, part.package, part.deal)
        if any(not _same(a, b) for a, b in zip(found, part.gains, strict=True)):
            msg = "the stated net gains are not those of the deal"
            raise VerificationError(msg)
    tried = math.prod(len(game.flat.rows(k)) for package in evidence.packages for k in package)
    if tried > MAX_CHECKED or len(parts) > 1:
        return
    best = _definitions(game, parts[0], evidence)
    able = {who for who, _ in best if who}
    if not able:
        if parts[0].gainers or parts[0].status == Status.AGREEMENT:
            msg = "the deal does not meet the requirements"
            raise VerificationError(msg)
        return
    largest = max(map(len, able))
    if parts[0].gainers not in able or (
        len(parts[0].gainers) < largest and not solution.over_all_rational
    ):
        msg = "other players can gain together than those named"
        raise VerificationError(msg)
    most = tuple(max(Fraction(g[i]) for _, g in best) for i in range(len(game.players)))
    mine = _score(game, parts[0].gains, parts[0].gainers, solution, weights, most)
    for who, gained in best:
        rival = who and (solution.over_all_rational or len(who) == largest)
        if rival and _score(game, gained, who, solution, weights, most) > mine + 1e-9 * abs(mine):
            msg = "another pure deal is better"
            raise VerificationError(msg)


def _definitions(
    game: LinkageGame, part: PackageSettlement, evidence: Evidence
) -> list[tuple[frozenset[int], tuple[Number, ...]]]:
    """Try every pure deal of a package by the definitions; return who gains and net gains."""
    rules, package = evidence.rules, tuple(part.package)
    players = home_test(game, rules).players(package)
    after = None
    if evidence.reversion is not None:
        after = reversion(game, package, evidence.reversion).gains
    found = []
    for outcomes in _every([len(game.flat.rows(k)) for k in package]):
        deal = pure_deal(package, outcomes)
        gained = net_gains(game, rules, package, deal)
        if any(gained[i] < -1e-12 * game.reach[i] for i in players) or broken(game, deal):
            continue
        if any(own.slack(game, deal) < 0 for own in rules.own):
            continue
        depths = {i: sum(rules.depth(game, deal, i).values(), Fraction(0)) for i in rules.visible}
        if any(depths[i] > cap for i, cap in rules.caps.items()):
            continue
        if any(gained[i] < floor - 1e-12 * game.reach[i] for i, floor in rules.floors.items()):
            continue
        exact = tuple(Fraction(g) for g in gained)
        if after is not None and not _kept_roughly(game, package, deal, exact, after):
            continue
        who = frozenset(i for i in game.interested if gained[i] > 1e-12 * game.reach[i])
        found.append((who, gained))
    return found


def _kept_roughly(
    game: LinkageGame, package: tuple[int, ...], deal: Deal, gained: Gains, after: Sequence[Any]
) -> bool:
    tempted = temptations(game, package, deal)
    for i in game.interested:
        patience = game.discount[game.players[i]]
        slack = patience * (gained[i] - after[i]) - (1 - patience) * Fraction(tempted[i])
        if slack < -1e-12 * game.reach[i]:
            return False
    return True


def _every(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return itertools.product(*(range(size) for size in sizes))


def _score(
    game: LinkageGame,
    gained: Sequence[Number],
    who: frozenset[int],
    solution: Solution,
    weights: Weights,
    most: Gains,
) -> float:
    exact = tuple(Fraction(g) for g in gained)
    return float(solution.score(exact, Problem(exact, who, weights, most, game.interested))[0])


def _same(left: Number, right: Number) -> bool:
    return left == right or abs(float(left) - float(right)) <= 1e-12 * max(1.0, abs(float(left)))
