"""Settlements: what an agenda leads to under a solution concept.

A settlement under an agenda is the sum of its packages' settlements, which is not the same as
the solution on the summed set.  Each package counts the others at their status quo (promised
gains); the gains reported are those realised when all packages are carried out together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bargaining.errors import VerificationError
from bargaining.model.agenda import Agenda, parse_agenda
from bargaining.model.deal import Deal, broken, combine, gains
from bargaining.model.expressions import Operand
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.transfers import netted
from bargaining.results import Number, Status
from bargaining.settlement import totals
from bargaining.settlement.across import share_out
from bargaining.settlement.alone import many_alone
from bargaining.settlement.arguments import (
    bargaining_weights,
    check_deals,
    committed_players,
)
from bargaining.settlement.channels import check_origin, check_required, own_requirements
from bargaining.settlement.composed.settle import settle_composed
from bargaining.settlement.enforcement.reversion import ReversionMode, check_reversion
from bargaining.settlement.one_package import settle_package
from bargaining.settlement.package import Deals, PackageSettlement
from bargaining.settlement.program import GAP
from bargaining.settlement.requirements.base import Requirement
from bargaining.settlement.rounding import exactly
from bargaining.settlement.settlement import Settlement
from bargaining.settlement.solutions import check_defined
from bargaining.settlement.solutions import solution as find_solution
from bargaining.settlement.solutions.base import Solution
from bargaining.settlement.solutions.procedure import Procedure

MAX_NAMED = 10_000
"""Details name packages of at most this many issues."""


def settle(
    game: LinkageGame,
    *,
    solution: str = "nash",
    agenda: str | Agenda = "linked",
    deals: Deals = "shares",
    require: Sequence[str | Requirement] = (),
    weights: Mapping[str, Operand] | None = None,
    all: bool = False,
    commit: Sequence[str] | None = None,
    reversion: ReversionMode = "auto",
) -> Settlement:
    """Settle an agenda by a solution concept.

    Parameters
    ----------
    game : LinkageGame
    solution : str
        For any number of players: ``"nash"``, ``"kalai_smorodinsky"``, ``"egalitarian"``,
        ``"utilitarian"`` (these four for pure deals too) and ``"raiffa"``.  For two players with
        a stake: ``"perles_maschler"``, ``"raiffa_continuous"``, ``"coco"``,
        ``"nash_variable_threat"`` and ``"adjusted_winner"``.
    agenda : str or Agenda
        ``"linked"``, ``"delinked"`` or packages such as ``"guns+fentanyl,trade"``.
    deals : {"shares", "pure"}
        Divisible shares, or one outcome per issue.
    require : sequence of str or Requirement
        Requirements that the deal must survive: ``"enforcement"`` (with the file's discount
        factors), and ``"ratification"``, which applies anyway where the file holds a premium,
        caps, floors or vetoes; or requirements of your own, which every package must meet
        (:class:`bargaining.settlement.requirements.base.Requirement`).
    weights : mapping of str to number, optional
        Bargaining weights for the Nash solution; 1 for players left out.
    all : bool
        Also list all equally good pure deals.
    commit : sequence of str, optional
        With ``"nash_variable_threat"``: the players who can commit themselves to threats; both
        by default.  The others threaten only what they would carry out: a best reply, ties in
        the committed player's favour; if nobody can commit, the threat is the status quo.
    reversion : {"auto", "status_quo", "nash", "minmax"}
        With the requirement of enforcement: what follows a deviation for ever.

    Returns
    -------
    Settlement

    Raises
    ------
    InputError
        If a name is unknown.
    NotDefinedError
        If the concept has no meaning for this game: too many players, pure deals, no threats.
    NotSupportedError
        If the game holds data that would change the answer and this version does not use.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> settle(game).gains
    {'1': Fraction(3, 2), '2': Fraction(9, 4)}
    """
    require_game(game)
    concept = find_solution(solution)
    plan = parse_agenda(game, agenda)
    own = own_requirements(game, require)
    named: Any = [one for one in require if one not in own] if own else require
    check_required(game, named)
    check_reversion(reversion)
    check_origin(game, plan)
    check_deals(game, deals)
    power = bargaining_weights(game, concept, weights)
    check_defined(concept, game, deals)
    committed = committed_players(game, concept, commit)
    if game.ratification or "enforcement" in named or own:
        mode = reversion if "enforcement" in named else None
        return settle_composed(game, plan, concept, deals, power, mode, own=own, show_ties=all)
    idle, ready = many_alone(game, plan, deals)
    if isinstance(concept, Procedure) and concept.below_status_quo:
        idle = frozenset()  # such a concept may change what offers no trade

    def settle_one(seen: LinkageGame, package: Sequence[int]) -> PackageSettlement:
        part = settle_package(
            seen,
            package,
            concept,
            deals=deals,
            weights=power,
            frontier=ready.get(package[0]) if len(package) == 1 else None,
            commit=committed,
        )
        if isinstance(concept, Solution):
            part = exactly(seen, part, concept, power)
        return replace(part, deal=netted(seen, part.deal))

    asked = [p for p in plan.packages if not (len(p) == 1 and p[0] in idle)]
    parts, complete = [settle_one(game, package) for package in asked], True
    if len(parts) > 1 and broken(game, combine(game, (part.deal for part in parts))):
        shared = share_out(game, asked, settle_one)
        parts, complete = list(shared.parts), shared.complete
    lotteries = combine(game, (part.deal for part in parts))
    paid = totals.transferred(game, parts)
    realised = tuple(g + t for g, t in zip(gains(game, lotteries), paid, strict=True))
    numeric = any(isinstance(g, float) for part in parts for g in part.gains)
    general = GAP if game.flat.exact else 1e-9
    if numeric:
        realised = tuple(float(g) for g in realised)
    answer = Settlement(
        concept.id,
        plan.name,
        deals,
        totals.status(parts, complete=complete),
        totals.attains(game, parts),
        _by_player(game, realised),
        _by_player(game, totals.promised(game, parts)),
        _by_player(game, [g + p for g, p in zip(realised, totals.start(game), strict=True)]),
        _by_player(game, paid),
        tuple(game.players[i] for i in committed),
        ", ".join(sorted({part.method for part in parts})) or "exchange rates",
        max((_tolerance(part, general) for part in parts), default=0.0),
        game,
        plan,
        tuple(parts),
        lotteries,
        power,
        all,
        complete,
    )
    if numeric and answer.status != Status.NUMERICAL_TROUBLE:
        try:
            answer.verify()
        except VerificationError:
            return replace(answer, status=Status.NUMERICAL_TROUBLE)
    return answer


def undefined(linked: Settlement) -> Settlement:
    """Return the answer to the delinked question where no issue has a status quo of its own."""
    game = linked.game
    plan = parse_agenda(game, "delinked")
    nothing = Deal(np.zeros(0, dtype=np.intp), issues=np.zeros(0, dtype=np.intp))
    return replace(
        linked,
        agenda="delinked",
        status=Status.NOT_DEFINED,
        mutual_gain=False,
        gains={},
        promised={},
        payoffs={},
        transfers={},
        method="",
        tolerance=0.0,
        plan=plan,
        parts=(),
        lotteries=nothing,
    )


def _tolerance(part: PackageSettlement, general: float) -> float:
    """Return how exact a package's settlement is: 0 for fractions."""
    if not any(isinstance(g, float) for g in part.gains):
        return 0.0
    return general if part.tolerance is None else part.tolerance


def _by_player(game: LinkageGame, values: Sequence[Number]) -> dict[str, Number]:
    return dict(zip(game.players, values, strict=True))
