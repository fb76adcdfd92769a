"""Correlated and coarse correlated equilibria: what a mediator can arrange in one-shot play.

A mediator draws a play and recommends to each player his part.  In a *correlated equilibrium*
nobody gains by disobeying what he hears (Aumann 1974); in a *coarse* one nobody gains by opting
out before he hears anything (Moulin and Vial 1978).  Both are linear in the lottery, so the best
one is a linear programme.  Linking issues whose payoffs only add up changes no correlated
equilibrium payoff, but it pools the regrets of coarse ones: opting out of a whole package can be
deterred where opting out of each issue is not.

In the linked game coarse equilibria are exact on junction-tree shares of joint play.  Ordinary
ones are not determined by shares on linked pairs (a deviation may use the whole recommendation):
they are exact where components are small enough to be written out, issue by issue where payoffs
only add up; otherwise the answer is a bracket, a relaxation above and a Nash equilibrium below.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.equilibrium.coarse import obedience
from bargaining.equilibrium.correlated_answer import (
    TOLERANCE,
    CorrelatedEquilibrium,
    Mediation,
    paid_of,
    size_of,
    targets_of,
    worth,
)
from bargaining.equilibrium.joint_form import joint_form
from bargaining.equilibrium.linked_all import linked_equilibria
from bargaining.equilibrium.linked_answer import LinkedEquilibrium
from bargaining.errors import InputError, NotSupportedError, VerificationError
from bargaining.geometry.linear_program import optimum, upper_bound
from bargaining.model.commitment import with_commitment
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.results import Status

STARTS = 4
"""From how many priors Nash equilibria are sought, where only a bracket is known."""


def correlated_equilibrium(
    game_or_issue: LinkageGame | Issue,
    *,
    coarse: bool = False,
    objective: str = "total",
    linked: bool = False,
    commitment: bool = True,
) -> CorrelatedEquilibrium:
    """Find the best correlated (or coarse correlated) equilibrium.

    Parameters
    ----------
    game_or_issue : LinkageGame or Issue
        Any number of players.
    coarse : bool
        Whether players may only opt out before they hear their recommendation.
    objective : {"total", "egalitarian"} or a player's name
        What is maximised: the sum of payoffs, the least payoff of those whose payoffs vary, or
        one player's.
    linked : bool
        One mediator for all issues, spillovers included; otherwise one per issue, each played as
        if the others did not exist.
    commitment : bool
        Whether the conditional acts of ``[commitment]`` may be used in the linked game.

    Returns
    -------
    CorrelatedEquilibrium

    Examples
    --------
    >>> chicken = Issue.normal_form("chicken", ["a", "b"], {"a": ["yield", "go"],
    ...     "b": ["yield", "go"]}, {"a": [[6, 2], [7, 0]], "b": [[6, 7], [2, 0]]})
    >>> print(correlated_equilibrium(chicken))
    Best correlated equilibrium of each issue (total)
      value 21/2: a 21/4, b 21/4
           1/2  chicken: yield / yield
           1/4  chicken: yield / go
           1/4  chicken: go / yield
    """
    game = _game(game_or_issue)
    if linked and commitment:
        game = with_commitment(game)
    targets_of(game, objective)
    games = [game] if linked else [_alone(game, issue) for issue in game.issues.values()]
    parts = []
    for one in games:
        part = _mediate(one, coarse=coarse, objective=objective)
        if part is None:
            nothing = (None, None)
            return CorrelatedEquilibrium(
                game, coarse, objective, linked, Status.NUMERICAL_TROUBLE, "linear programme",
                False, {}, None, nothing, (), TOLERANCE,
            )  # fmt: skip
        parts.append(part)
    return _answer(game, tuple(parts), coarse=coarse, objective=objective, linked=linked)


def _game(given: LinkageGame | Issue) -> LinkageGame:
    if isinstance(given, Issue):
        return LinkageGame(given.players, {given.name: given})
    if not isinstance(given, LinkageGame):
        msg = f"expected a game or an issue, found {type(given).__name__}"
        raise InputError(msg)
    return given


def _alone(game: LinkageGame, issue: Issue) -> LinkageGame:
    return LinkageGame(game.players, {issue.name: issue})


def _mediate(game: LinkageGame, *, coarse: bool, objective: str) -> Mediation | None:
    """Solve one programme; None if no answer could be certified."""
    form = joint_form(game, flatten=not coarse)
    if not form.blocks:
        return Mediation(form, (), (), None)
    targets = targets_of(game, objective)
    problem = obedience(form, targets, coarse=coarse, least=objective == "egalitarian")
    found = optimum(problem.programme)
    if found is None:
        return None
    upper = upper_bound(problem.programme, found.prices) - problem.offset
    plans = []
    for block, lottery in zip(form.blocks, problem.lotteries, strict=True):
        kind = object if found.exact else np.float64
        plans.append(block.play.consistent(np.array(found.primal[lottery], dtype=kind)))
    relaxed = not coarse and not all(block.flat for block in form.blocks)
    witness = _witness(game, objective) if relaxed else None
    return Mediation(form, tuple(plans), found.prices, upper, witness, relaxed)


def _witness(game: LinkageGame, objective: str) -> LinkedEquilibrium | None:
    """Return the best Nash equilibrium that is found; None if there is none."""
    try:
        found = linked_equilibria(game, starts=STARTS, commitment=False).equilibria
    except NotSupportedError:
        return None
    return max(
        found,
        key=lambda e: worth(game, objective, tuple(e.payoffs.values())),
        default=None,
    )


def _answer(
    game: LinkageGame, parts: tuple[Mediation, ...], *, coarse: bool, objective: str, linked: bool
) -> CorrelatedEquilibrium:
    exact = all(
        not part.relaxed and all(plan.dtype == object for plan in part.plans) for part in parts
    )
    relaxed = any(part.relaxed for part in parts)
    tolerance = 0.0 if exact else TOLERANCE * sum(size_of(part.form) for part in parts)
    method = "linear programme" + (" and complementary pivoting" if relaxed else "")
    if any(part.relaxed and part.equilibrium is None for part in parts):
        upper = parts[0].upper if linked else None
        return CorrelatedEquilibrium(
            game, coarse, objective, linked, Status.LIMIT_REACHED, method, False, {}, None,
            (None, upper), parts, tolerance,
        )  # fmt: skip
    totals: list[Any] = [Fraction(0)] * len(game.players)
    for part in parts:
        totals = [t + u for t, u in zip(totals, paid_of(part), strict=True)]
    value = worth(game, objective, totals)
    upper = value
    if linked and parts[0].upper is not None:
        upper = max(value, parts[0].upper)
    bracket = relaxed and upper - value > tolerance
    status = Status.LIMIT_REACHED if bracket else Status.SOLVED
    found = CorrelatedEquilibrium(
        game, coarse, objective, linked, status, method, exact,
        dict(zip(game.players, totals, strict=True)), value, (value, upper), parts, tolerance,
    )  # fmt: skip
    try:
        found.verify()
    except VerificationError:
        return CorrelatedEquilibrium(
            game, coarse, objective, linked, Status.NUMERICAL_TROUBLE, method, False, {}, None,
            (None, None), (), tolerance,
        )  # fmt: skip
    return found
