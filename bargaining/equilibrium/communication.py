"""Communication equilibria: a mediator who hears reports before he recommends what to do.

Players with private types report them to a mediator, who draws a joint act and tells each player
his part.  In a *communication equilibrium* nobody gains by lying, by disobeying, or by both
together (Forges 1986, Econometrica 54; Myerson 1982, JME 10): for every type s, every report s'
and every map d from recommendations to acts,

    U(s) >= Σ_t p(t) Σ_a π(a | s', t) u(d(a_own), a_others; s, t).

In its *coarse* form a player decides together with his report to follow or to stay out: nobody
gains by a false report that he follows, nor by staying out with a fixed act, whatever he reports;
d is the identity or constant.  Both are linear in the mediator's rule π, once for every type,
report and recommendation one variable stands for the best act.  With one type per player they are
correlated and coarse correlated equilibria.  Payoffs are totals as in one-shot play without an
agreement: option issues stay at their status quo (what players sign when types are private is
asked of ``mechanism``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.bayesian_form import BayesianForm, bayesian_form
from bargaining.equilibrium.communication_answer import (
    TOLERANCE,
    CommunicationEquilibrium,
    evaluated,
)
from bargaining.equilibrium.communication_program import (
    entries,
    honest_programme,
    objective_targets,
)
from bargaining.errors import NotSupportedError, VerificationError
from bargaining.geometry.linear_program import optimum, upper_bound
from bargaining.model.game import LinkageGame, require_game
from bargaining.results import Status

MAX_ENTRIES = 300_000
"""The most coefficients of the mediator's programme."""


def communication_equilibrium(
    game: LinkageGame,
    *,
    issue: str | None = None,
    coarse: bool = False,
    objective: str = "total",
) -> CommunicationEquilibrium:
    """Find the best communication (or coarse communication) equilibrium.

    Parameters
    ----------
    game : LinkageGame
        Any number of players; their types are the file's ``[[types]]``.
    issue : str, optional
        One issue, played as if the others did not exist; unless given, the linked game of all
        issues, spillovers included.
    coarse : bool
        Whether a player decides to follow or to stay out together with his report, before he
        hears his recommendation: then nobody gains by staying out with a fixed act, whatever he
        reports.
    objective : {"total", "egalitarian"} or a player's name
        What is maximised, in expectation before types are drawn: the sum of payoffs, the least
        payoff of those to whom the acts matter at some types that can occur (all, if to none), or
        one player's.

    Returns
    -------
    CommunicationEquilibrium

    Raises
    ------
    NotSupportedError
        Beyond 20,000 profiles of types times joint acts, or 300,000 coefficients; and for the
        linked game of a file with conditional acts.

    Examples
    --------
    >>> from bargaining.loading import load
    >>> found = communication_equilibrium(load("us_mexico/reporting_mediator"))
    >>> found.value, found.interim["mexico"]["leaky"]
    (Fraction(23, 6), Fraction(4, 3))
    """
    require_game(game)
    if issue is None and game.channels.get("commitment"):
        msg = (
            "commitment: a mediator who hears reports and conditional acts are not combined; ask "
            "issue by issue, or without [commitment]"
        )
        raise NotSupportedError(msg)
    form = bayesian_form(game, None if issue is None else [issue])
    targets = objective_targets(form, objective)
    size = entries(form, coarse=coarse)
    if size > MAX_ENTRIES:
        msg = (
            f"the mediator's programme has {size:,} coefficients (at most {MAX_ENTRIES:,}); ask "
            "issue by issue, or take issues or types off the table"
        )
        raise NotSupportedError(msg)
    problem = honest_programme(form, targets, coarse=coarse, least=objective == "egalitarian")
    found = optimum(problem.programme)
    if found is None:
        return _trouble(form, issue, objective, coarse=coarse)
    rule = _lotteries(form, found.primal[: form.payoffs[..., 0].size], exact=found.exact)
    bound = problem.objective(upper_bound(problem.programme, found.prices))
    answer = evaluated(
        form, issue, rule, found.prices, bound, targets, coarse=coarse, objective=objective
    )
    try:
        answer.verify()
    except VerificationError:
        return _trouble(form, issue, objective, coarse=coarse)
    return answer


def _lotteries(form: BayesianForm, primal: Sequence[Any], *, exact: bool) -> NDArray[Any]:
    """Return the rule, shape (profiles of types, joint acts); rounding is taken off."""
    shape = form.payoffs.shape[:2]
    if exact:
        return np.array(primal, dtype=object).reshape(shape)
    rule = np.maximum(np.array(primal, dtype=np.float64).reshape(shape), 0.0)
    totals = rule.sum(axis=1, keepdims=True)
    return np.where(totals > 0, rule / np.where(totals > 0, totals, 1), 1 / shape[1])


def _trouble(
    form: BayesianForm, issue: str | None, objective: str, *, coarse: bool
) -> CommunicationEquilibrium:
    return CommunicationEquilibrium(
        form, issue, coarse, objective, Status.NUMERICAL_TROUBLE, None, {}, {}, {}, None, None, (),
        TOLERANCE,
    )  # fmt: skip
