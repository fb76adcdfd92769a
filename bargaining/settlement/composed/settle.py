"""The settlement of an agenda under requirements.

Without caps and floors each package is settled by itself.  Caps and floors bind the agenda's
total, so that packages are then settled in one program, whose goal is the sum of their log
products; for other concepts than Nash each package is settled by itself (within the caps), and
if the total then misses a cap or a floor there is no agreement.  Where spillovers tie packages, the
program counts what packages promise, and there is no agreement either if what they realise
together misses a floor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bargaining.errors import NotDefinedError, NotSupportedError, SolverError
from bargaining.model.agenda import Agenda
from bargaining.model.deal import broken, combine, gains
from bargaining.model.game import LinkageGame
from bargaining.model.ratification import Ratification
from bargaining.results import Number, Status
from bargaining.settlement import totals
from bargaining.settlement.composed.certified import certified_packages
from bargaining.settlement.composed.checker import is_missed, totals_missed
from bargaining.settlement.composed.conflict import conflicting, only, requirement_names
from bargaining.settlement.composed.package import Evidence, held_at_zero, without_dust
from bargaining.settlement.composed.prices import reported
from bargaining.settlement.enforcement.reversion import ReversionMode
from bargaining.settlement.package import Deals, PackageSettlement, no_agreement
from bargaining.settlement.program import GAP
from bargaining.settlement.requirements.base import Requirement
from bargaining.settlement.solutions.base import Solution, Weights
from bargaining.settlement.solutions.procedure import Procedure

if TYPE_CHECKING:
    from bargaining.settlement.settlement import Settlement

FEW_PACKAGES = 50
"""Up to so many packages it is explained which requirements conflict."""
Settled = tuple[list[PackageSettlement], Evidence]


def settle_composed(
    game: LinkageGame,
    plan: Agenda,
    concept: Solution | Procedure,
    deals: Deals,
    weights: Weights,
    mode: ReversionMode | None,
    *,
    own: tuple[Requirement, ...] = (),
    show_ties: bool,
) -> Settlement:
    """Settle an agenda whose deals must meet requirements."""
    from bargaining.settlement.settlement import Settlement

    _check_question(game, plan, concept)
    assert isinstance(concept, Solution)
    rules = replace(game.ratification, own=own) if own else game.ratification
    groups, missed = settle_groups(game, plan, concept, deals, weights, rules, mode)
    kept = groups if missed is None else [_undone(game, group) for group in groups]
    parts = [part for group, _ in kept for part in group]
    lotteries = combine(game, (part.deal for part in parts))
    rule = broken(game, lotteries)
    if rule is not None:
        msg = f"{rule.place} reaches across packages, which requirements do not allow for"
        raise NotSupportedError(msg)
    realised = realised_gains(game, plan, rules, parts)
    tried = [part for group, _ in groups for part in group]
    numeric = any(isinstance(g, float) for part in tried for g in part.gains)
    promised = totals.promised(game, parts)
    status = totals.status(parts, complete=True)
    conflict: tuple[str, ...] = ()
    if status == Status.NO_AGREEMENT and len(plan.packages) <= FEW_PACKAGES:
        if missed is None:
            conflict = conflicting(game, plan.packages, rules, mode)
        else:
            conflict = _missing(game, plan, concept, deals, weights, rules, mode, missed)
    return Settlement(
        concept.id,
        plan.name,
        deals,
        status,
        totals.attains(game, parts),
        _by_player(game, realised),
        _by_player(game, promised),
        _by_player(game, [g + p for g, p in zip(realised, totals.start(game), strict=True)]),
        _by_player(game, [Fraction(0)] * len(game.players)),
        (),
        ", ".join(sorted({part.method for part in parts})),
        GAP if numeric else 0.0,
        game,
        plan,
        tuple(parts),
        lotteries,
        weights,
        show_ties,
        evidence=tuple(evidence for _, evidence in kept),
        requirements=reported(game, plan, rules, kept),
        conflict=conflict,
        attempt=tuple(groups) if missed is not None else (),
        reversion=mode,
        own=own,
    )


def _check_question(game: LinkageGame, plan: Agenda, concept: Solution | Procedure) -> None:
    if isinstance(concept, Procedure):
        msg = (
            f"{concept.id}: not defined under requirements (premium, caps, floors, vetoes, "
            "enforcement): take nash, kalai_smorodinsky, egalitarian or utilitarian"
        )
        raise NotDefinedError(msg)
    if game.reserved:
        msg = (
            f"{game.name or 'the game'}: requirements are not defined: there is no status quo per "
            "issue, only reservation totals"
        )
        raise NotDefinedError(msg)


def _missing(
    game: LinkageGame,
    plan: Agenda,
    concept: Solution,
    deals: Deals,
    weights: Weights,
    rules: Ratification,
    mode: ReversionMode | None,
    missed: str,
) -> tuple[str, ...]:
    """Return the total that is missed with what else it takes for that (a deletion filter)."""
    kept = requirement_names(game, rules, mode)
    for name in [other for other in kept if other != missed]:
        without = [other for other in kept if other != name]
        some, left = only(game, rules, without), mode if "enforcement" in without else None
        try:
            _, again = settle_groups(game, plan, concept, deals, weights, some, left)
        except SolverError:
            continue
        if again == missed:
            kept = without
    return tuple(kept)


def settle_groups(
    game: LinkageGame,
    plan: Agenda,
    concept: Solution,
    deals: Deals,
    weights: Weights,
    rules: Ratification,
    mode: ReversionMode | None,
) -> tuple[list[Settled], str | None]:
    """Settle the packages that belong together; name a cap or floor that the total misses."""
    packages: Sequence[Sequence[int]] = plan.packages
    total = bool(rules.caps or rules.floors) and len(packages) > 1
    if deals == "pure":
        from bargaining.settlement.composed.pure import pure_packages

        solve: Any = pure_packages
    else:
        solve = certified_packages
    if not total or concept.id == "nash":
        together = [packages] if total else [[package] for package in packages]
        found = [solve(game, group, concept, weights, rules, mode) for group in together]
        if not total:
            return found, None
    else:
        own = replace(rules, floors={})
        found = [solve(game, [package], concept, weights, own, mode) for package in packages]
    everything = Evidence(
        tuple(map(tuple, packages)), rules, mode, (), None, None, {}, feasible=True
    )
    parts = [part for group, _ in found for part in group]
    agreed = any(part.status == Status.AGREEMENT for part in parts)
    for name, slack, size in totals_missed(game, parts, everything, realised=True):
        if agreed and is_missed(slack, size):
            return found, name
    return found, None


def realised_gains(
    game: LinkageGame, plan: Agenda, rules: Ratification, parts: Sequence[PackageSettlement]
) -> list[Number]:
    """Gains when all packages are carried out together: national audiences add depths up."""
    found = list(gains(game, combine(game, (part.deal for part in parts))))
    for i in rules.premiums:
        depth = {k: d for part in parts for k, d in rules.depth(game, part.deal, i).items()}
        found[i] = without_dust(game, i, rules.net(i, found[i], depth, plan.packages))
    for i, gain in enumerate(found):
        if not any(i in part.gainers or part.gains[i] for part in parts):
            found[i] = held_at_zero(game, i, gain)
    return found


def _undone(game: LinkageGame, group: Settled) -> Settled:
    """Leave packages at the status quo because the total misses a cap or a floor."""
    parts = [
        replace(no_agreement(game, part.package, None), method=part.method) for part in group[0]
    ]
    return parts, replace(group[1], bound=None, ideals={})


def _by_player(game: LinkageGame, values: Sequence[Number]) -> Mapping[str, Number]:
    return dict(zip(game.players, values, strict=True))
