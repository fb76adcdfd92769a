"""Settlements with one outcome per issue under requirements: every package of outcomes is tried.

Premiums are irrational, so that net gains are computed to 120 digits by balls (Arb) and compared
as such numbers; gains that agree to 80 digits count as the same.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotSupportedError
from bargaining.model.agenda import positions
from bargaining.model.deal import Deal, broken
from bargaining.model.game import LinkageGame
from bargaining.model.precise import precisely
from bargaining.model.ratification import Ratification
from bargaining.results import Status
from bargaining.settlement.composed.package import Evidence, net_gains
from bargaining.settlement.enforcement.reversion import ReversionMode, reversion
from bargaining.settlement.enforcement.temptation import temptations
from bargaining.settlement.linearised import home_test
from bargaining.settlement.package import PackageSettlement, no_agreement
from bargaining.settlement.solutions.base import Problem, Solution, Weights

MAX_TRIED = 100_000
"""Packages of outcomes that are tried."""
SAME = Fraction(1, 10**80)
Gains = tuple[Fraction, ...]


@dataclass(frozen=True, eq=False)
class Candidate:
    """One outcome per issue of a package, with which nobody loses."""

    outcomes: tuple[int, ...]
    gains: Gains
    depths: dict[int, dict[int, Fraction]]
    gainers: frozenset[int]


def pure_packages(
    game: LinkageGame,
    packages: Sequence[Sequence[int]],
    solution: Solution,
    weights: Weights,
    rules: Ratification,
    mode: ReversionMode | None,
) -> tuple[list[PackageSettlement], Evidence]:
    """Settle packages together by the best of all pure deals."""
    found = [_candidates(game, tuple(package), rules, mode) for package in packages]
    evidence = Evidence(tuple(map(tuple, packages)), rules, mode, (), None, None, {}, feasible=True)
    together = math.prod(len(candidates) for candidates in found)
    if together > MAX_TRIED:
        msg = (
            f"pure deals under caps and floors of the whole agenda: {together:,} combinations "
            f'would have to be tried (at most {MAX_TRIED:,}); ask with deals="shares"'
        )
        raise NotSupportedError(msg)
    choices = [
        choice
        for choice in itertools.product(*found)
        if _totals_met(game, rules, evidence.packages, choice)
    ]
    if not any(candidate.gainers for choice in choices for candidate in choice):
        return [no_agreement(game, tuple(p), None, "pure deals") for p in packages], evidence
    tied, ideal = _best(game, choices, solution, weights)
    families = [
        tuple(sorted({c[place].gainers for c in choices if c[place].gainers}, key=sorted))
        for place in range(len(packages))
    ]
    parts = [
        _settled(game, tuple(package), [choice[place] for choice in tied], ideal, rules)
        for place, package in enumerate(packages)
    ]
    if len(packages) == 1:
        parts = [replace(parts[0], alternatives=families[0])]
    return parts, evidence


def _best(
    game: LinkageGame,
    choices: Sequence[tuple[Candidate, ...]],
    solution: Solution,
    weights: Weights,
) -> tuple[list[tuple[Candidate, ...]], Gains]:
    """Return the equally good choices and the ideal gains."""
    count = len(game.players)
    most = tuple(
        max(sum((c.gains[i] for c in choice), start=Fraction(0)) for choice in choices)
        for i in range(count)
    )
    size = {id(choice): sum(len(c.gainers) for c in choice) for choice in choices}
    largest = max(size.values())
    competing = [
        choice
        for choice in choices
        if size[id(choice)] == largest or (solution.over_all_rational and size[id(choice)])
    ]
    keys = [_key(game, choice, solution, weights, most) for choice in competing]
    top = max(keys)
    tied = [c for c, key in zip(competing, keys, strict=True) if _close(key, top)]
    tied.sort(key=lambda choice: [(sorted(c.gainers), c.outcomes) for c in choice])
    return tied, most


def _key(
    game: LinkageGame,
    choice: Sequence[Candidate],
    solution: Solution,
    weights: Weights,
    most: Gains,
) -> tuple[Fraction, ...]:
    """Score a choice; over several packages the product of the packages' scores (Nash)."""
    scores = []
    for c in choice:
        if not c.gainers and len(choice) > 1:
            continue
        problem = Problem(c.gains, c.gainers, weights, most, game.interested)
        scores.append(solution.score(c.gains, problem))
    if len(scores) == 1:
        return scores[0]
    return (math.prod((score[0] for score in scores), start=Fraction(1)),)


def _close(left: Sequence[Fraction], right: Sequence[Fraction]) -> bool:
    return all(
        abs(a - b) <= SAME * max(abs(a), abs(b), Fraction(1))
        for a, b in zip(left, right, strict=True)
    )


def _settled(
    game: LinkageGame,
    package: tuple[int, ...],
    tied: Sequence[Candidate],
    ideal: Gains,
    rules: Ratification,
) -> PackageSettlement:
    chosen = tied[0]
    ties = tuple(dict.fromkeys(c.outcomes for c in tied))
    deals = tuple(pure_deal(package, outcomes) for outcomes in ties[:1_000])
    gained = net_gains(game, rules, package, deals[0])
    moved = any(a != game.origin[k] for a, k in zip(chosen.outcomes, package, strict=True))
    return PackageSettlement(
        package,
        Status.AGREEMENT if moved else Status.NO_AGREEMENT,
        gained,
        deals[0],
        chosen.gainers,
        None,
        None,
        ideal,
        "pure deals",
        ties=deals,
        tie_count=len(ties),
    )


def pure_deal(package: tuple[int, ...], outcomes: Sequence[int]) -> Deal:
    """Return the deal that carries one outcome per issue out."""
    index = positions(package)
    return Deal(np.array(outcomes, dtype=np.intp)[np.argsort(package)], issues=index)


def _candidates(
    game: LinkageGame,
    package: tuple[int, ...],
    rules: Ratification,
    mode: ReversionMode | None,
) -> list[Candidate]:
    """Return all packages of outcomes that meet what is asked of this package alone."""
    sizes = [len(game.flat.rows(k)) for k in package]
    if math.prod(sizes) > MAX_TRIED:
        names = "+".join(game.issue_names[k] for k in package[:6])
        msg = (
            f"package {names}: pure deals under requirements are tried one by one, which "
            f"{math.prod(sizes):,} are too many for (at most {MAX_TRIED:,}); ask with "
            'deals="shares", or for smaller packages'
        )
        raise NotSupportedError(msg)
    chosen = np.indices(sizes).reshape(len(sizes), -1).T
    whole = _whole_gains(game, package, chosen)
    players = home_test(game, rules).players(package)
    costs = _Costs(game, rules, package, chosen)
    after = None if mode is None else reversion(game, package, mode).gains
    found = []
    rough = whole / np.array(game.flat.denominators, dtype=object)
    for row, outcomes in enumerate(chosen.tolist()):
        depths = costs.depths(row)
        gained = tuple(
            Fraction(rough[row, i]) - costs.premium(i, depths) for i in range(len(game.players))
        )
        if any(gained[i] < -SAME for i in players):
            continue
        if any(sum(depths[i].values(), Fraction(0)) > cap for i, cap in rules.caps.items()):
            continue
        deal = pure_deal(package, outcomes)
        if broken(game, deal) is not None or any(own.slack(game, deal) < 0 for own in rules.own):
            continue
        if after is not None and not _kept(game, package, deal, gained, after):
            continue
        able = frozenset(i for i in game.interested if gained[i] > SAME)
        found.append(Candidate(tuple(outcomes), gained, depths, able))
    return found


def _kept(
    game: LinkageGame,
    package: tuple[int, ...],
    deal: Deal,
    gained: Gains,
    after: Sequence[Fraction],
) -> bool:
    """Whether nobody would rather break the deal."""
    tempted = temptations(game, package, deal)
    for i in game.interested:
        patience = game.discount[game.players[i]]
        if patience * (gained[i] - after[i]) - (1 - patience) * Fraction(tempted[i]) < -SAME:
            return False
    return True


def _whole_gains(
    game: LinkageGame, package: tuple[int, ...], chosen: NDArray[np.intp]
) -> NDArray[Any]:
    """Whole-number gains of many packages of outcomes, others at the status quo."""
    flat, members = game.flat, {k: j for j, k in enumerate(package)}
    total: NDArray[Any] = np.zeros((len(chosen), len(game.players)), dtype=object)
    for j, k in enumerate(package):
        total = total + flat.values[int(flat.offsets[k]) + chosen[:, j]].astype(object)
    for pair in game.interactions:
        ends = [
            chosen[:, members[k]] if k in members else np.full(len(chosen), int(game.origin[k]))
            for k in (pair.first, pair.second)
        ]
        if pair.first in members or pair.second in members:
            total = total + pair.values[ends[0], ends[1]]
    return total


class _Costs:
    """Depths and premiums of packages of outcomes."""

    def __init__(
        self,
        game: LinkageGame,
        rules: Ratification,
        package: tuple[int, ...],
        chosen: NDArray[np.intp],
    ) -> None:
        self.game, self.rules, self.package, self.chosen = game, rules, package, chosen
        self._known: dict[tuple[int, Fraction], Fraction] = {}

    def depths(self, row: int) -> dict[int, dict[int, Fraction]]:
        """Depth by player and issue, zeros left out."""
        offsets = self.game.flat.offsets
        return {
            i: {
                k: seen[int(offsets[k]) + a]
                for k, a in zip(self.package, self.chosen[row].tolist(), strict=True)
                if seen[int(offsets[k]) + a]
            }
            for i, seen in self.rules.visible.items()
        }

    def premium(self, player: int, depths: dict[int, dict[int, Fraction]]) -> Fraction:
        """Premium of a player, to 120 digits."""
        premium = self.rules.premiums.get(player)
        if premium is None:
            return Fraction(0)
        own = depths[player]
        sums = list(own.values())
        if premium.audience != "issue":
            sums = [sum(sums, start=Fraction(0))]
        total = Fraction(0)
        for depth in sums:
            if (player, depth) not in self._known:
                self._known[player, depth] = precisely(premium, depth)
            total += self._known[player, depth]
        return total


def _totals_met(
    game: LinkageGame,
    rules: Ratification,
    packages: Sequence[tuple[int, ...]],
    choice: Sequence[Candidate],
) -> bool:
    """Whether caps and floors hold for all packages together."""
    for i, cap in rules.caps.items():
        if sum((sum(c.depths[i].values(), Fraction(0)) for c in choice), Fraction(0)) > cap:
            return False
    for i, floor in rules.floors.items():
        total = sum((c.gains[i] for c in choice), start=Fraction(0))
        premium = rules.premiums.get(i)
        if premium is not None and premium.audience == "national" and len(packages) > 1:
            sums = [sum(c.depths[i].values(), Fraction(0)) for c in choice]
            total += sum((precisely(premium, d) for d in sums), Fraction(0))
            total -= precisely(premium, sum(sums, Fraction(0)))
        if total < floor - SAME:
            return False
    return True
