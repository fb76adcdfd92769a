"""The settlement of a package by a procedure: who can gain, its answer, its evidence."""

from __future__ import annotations

from collections.abc import Sequence

from bargaining.geometry.frontier import PlanarFrontier
from bargaining.geometry.mutual import mutual_gain
from bargaining.model.game import LinkageGame
from bargaining.results import Status
from bargaining.settlement.package import PackageSettlement, no_agreement
from bargaining.settlement.planar_package import ideal_proofs, one_gainer, outlook
from bargaining.settlement.solutions.base import Weights
from bargaining.settlement.solutions.procedure import Procedure, Question


def procedure_package(
    game: LinkageGame,
    package: Sequence[int],
    procedure: Procedure,
    frontier: PlanarFrontier | None,
    commit: tuple[int, ...],
) -> PackageSettlement:
    """Ask a procedure for the settlement of a package."""
    if len(game.interested) <= 2:
        view = outlook(game, package, frontier)
        if not procedure.below_status_quo:
            if view.span is None or not any(view.able):
                return no_agreement(game, package, view.blocking)
            if not all(view.able):
                return one_gainer(game, package, view)
        columns: tuple[int, ...] = view.frontier.columns
        question = Question(game, package, columns, view.frontier, view.span, commit)
        return _settled(procedure, question, view.gainers, view.blocking)
    found = mutual_gain(game, package)
    if not found.gainers:
        return no_agreement(game, package, found.weights, "exchange rates")
    question = Question(game, package, tuple(sorted(found.gainers)), None, None, commit)
    return _settled(procedure, question, found.gainers, found.weights)


def _settled(
    procedure: Procedure,
    question: Question,
    gainers: frozenset[int],
    blocking: Weights | None,
) -> PackageSettlement:
    finding = procedure.settle(question)
    if finding is None:
        return no_agreement(question.game, question.package, blocking)
    span = question.span
    moved = any(finding.gains) or any(finding.transfers)
    return PackageSettlement(
        question.package,
        Status.AGREEMENT if moved else Status.NO_AGREEMENT,
        finding.gains,
        finding.deal,
        gainers,
        finding.weights,
        blocking,
        None if span is None else question.full(span.ideal),
        finding.method,
        ideal_proofs(question.game, span) if span is not None and len(gainers) == 2 else (),
        transfers=finding.transfers,
        evidence=finding.evidence,
        details=finding.details,
        tolerance=finding.tolerance,
    )
