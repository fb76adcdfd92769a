"""The check of a whole settlement under requirements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bargaining.errors import VerificationError
from bargaining.model.agenda import parse_agenda
from bargaining.model.deal import broken, check, combine
from bargaining.results import Status
from bargaining.settlement import totals
from bargaining.settlement.composed.checker import check_composed, is_missed, totals_missed
from bargaining.settlement.composed.package import Evidence
from bargaining.settlement.composed.prices import reported
from bargaining.settlement.composed.settle import realised_gains
from bargaining.settlement.package import PackageSettlement
from bargaining.settlement.solutions import solution as find_solution
from bargaining.settlement.solutions.base import Solution

if TYPE_CHECKING:
    from bargaining.settlement.settlement import Settlement


def verify_composed(answer: Settlement) -> bool:
    """Recompute a settlement under requirements; raise VerificationError if it fails."""
    game, plan, rules = answer.game, answer.plan, answer.rules
    concept = find_solution(answer.solution)
    if not isinstance(concept, Solution) or not 0 <= answer.tolerance <= 1e-3:
        msg = "the stated concept or tolerance does not fit the answer"
        raise VerificationError(msg)
    check(game, answer.lotteries)
    together = combine(game, (part.deal for part in answer.parts))
    realised = realised_gains(game, plan, rules, answer.parts)
    stated = {
        "agenda": parse_agenda(game, answer.agenda).packages == plan.packages,
        "packages": sorted(tuple(p.package) for p in answer.parts)
        == sorted(map(tuple, plan.packages)),
        "status": answer.status == totals.status(answer.parts, complete=True),
        "mutual_gain": answer.mutual_gain == totals.attains(game, answer.parts),
        "promised": _close(answer.promised.values(), totals.promised(game, answer.parts)),
        "gains": _close(answer.gains.values(), realised),
        "payoffs": _close(
            answer.payoffs.values(),
            [g + p for g, p in zip(realised, totals.start(game), strict=True)],
        ),
        "deal": bool(np.array_equal(together.outcomes, answer.lotteries.outcomes))
        and together.shares == answer.lotteries.shares,
        "transfers": not any(answer.transfers.values()),
    }
    for name, right in stated.items():
        if not right:
            msg = f"the stated {name} does not follow from the packages' settlements"
            raise VerificationError(msg)
    if broken(game, together) is not None:
        msg = "the packages' deals together break a constraint"
        raise VerificationError(msg)
    groups = _groups(answer)
    if answer.attempt:
        _check_attempt(answer)
        if any(part.status == Status.AGREEMENT for part in answer.parts):
            msg = "a cap or floor is missed, and yet something is agreed"
            raise VerificationError(msg)
    else:
        _check_scope(answer)
        for parts, evidence in groups:
            _check_group(answer, parts, evidence, concept)
    again = reported(game, plan, rules, groups)
    for name, entry in answer.requirements.items():
        for key, value in entry.items():
            other = again.get(name, {}).get(key)
            if value != other and not _near(value, other):
                msg = f"requirements: {name}: {key} does not follow from the settlement"
                raise VerificationError(msg)
    return True


def _groups(answer: Settlement) -> list[tuple[list[PackageSettlement], Evidence]]:
    by_package = {tuple(part.package): part for part in answer.parts}
    return [([by_package[p] for p in e.packages], e) for e in answer.evidence]


def _check_group(
    answer: Settlement, parts: list[PackageSettlement], evidence: Evidence, concept: Solution
) -> None:
    slack = max(answer.tolerance, 0.0)
    if answer.deals == "pure":
        from bargaining.settlement.composed.pure_checker import check_pure_composed

        check_pure_composed(answer.game, parts, evidence, concept, answer.weights)
        return
    check_composed(answer.game, parts, evidence, concept, answer.weights, slack)


def _check_scope(answer: Settlement) -> None:
    """Ask that the proofs are about the game's own rules and the reversion asked for."""
    rules = answer.rules
    several = len(answer.plan.packages) > 1
    for evidence in answer.evidence:
        own = evidence.rules
        floors = dict(own.floors) == dict(rules.floors) or (
            several and answer.solution != "nash" and not own.floors
        )
        same = (
            dict(own.premiums) == dict(rules.premiums)
            and dict(own.caps) == dict(rules.caps)
            and dict(own.ratified) == dict(rules.ratified)
            and own.own == rules.own
        )
        if not (floors and same and evidence.reversion == answer.reversion):
            msg = "the proof is about other requirements"
            raise VerificationError(msg)
    if several and (rules.caps or rules.floors):
        everything = Evidence(
            tuple(map(tuple, answer.plan.packages)), rules, None, (), None, None, {}, feasible=True
        )
        ordered = {tuple(part.package): part for part in answer.parts}
        parts = [ordered[p] for p in everything.packages]
        agreed = any(part.status == Status.AGREEMENT for part in parts)
        for name, slack, size in totals_missed(answer.game, parts, everything, realised=True):
            if agreed and is_missed(slack, size):
                msg = f"the deal misses {name}"
                raise VerificationError(msg)


def _check_attempt(answer: Settlement) -> None:
    """Ask that the packages, settled by themselves, miss a cap or a floor together."""
    concept = find_solution(answer.solution)
    assert isinstance(concept, Solution)
    parts = []
    for group, evidence in answer.attempt:
        _check_group(answer, group, evidence, concept)
        parts += group
    everything = Evidence(
        tuple(tuple(part.package) for part in parts),
        answer.rules,
        None,
        (),
        None,
        None,
        {},
        feasible=True,
    )
    missed = [
        name
        for name, slack, size in totals_missed(answer.game, parts, everything, realised=True)
        if is_missed(slack, size)
    ]
    if not missed or missed[0] not in answer.conflict:
        msg = "no cap or floor is missed, and yet nothing is agreed"
        raise VerificationError(msg)


def _close(left: object, right: object) -> bool:
    return all(_near(a, b) for a, b in zip(left, right, strict=True))  # type: ignore[call-overload]


def _near(left: object, right: object) -> bool:
    if left is None or right is None or isinstance(left, bool):
        return left == right
    a, b = float(left), float(right)  # type: ignore[arg-type]
    return a == b or abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1e-9)
