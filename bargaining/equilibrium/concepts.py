"""One door to all one-shot concepts.

Nash, correlated and coarse equilibria, dominance; with private types communication equilibria and
signals.
"""

from __future__ import annotations

from typing import Literal, get_args

from bargaining.equilibrium.answers import EquilibriumSet
from bargaining.equilibrium.bimatrix import Method, of_issue
from bargaining.equilibrium.communication import communication_equilibrium
from bargaining.equilibrium.communication_answer import CommunicationEquilibrium
from bargaining.equilibrium.correlated import correlated_equilibrium
from bargaining.equilibrium.correlated_answer import CorrelatedEquilibrium
from bargaining.equilibrium.dominance import Dominance, iterated_dominance
from bargaining.equilibrium.linked_all import LinkedEquilibriumSet, linked_equilibria
from bargaining.equilibrium.signalling import signalling_equilibria
from bargaining.equilibrium.signalling_answer import SignallingEquilibria
from bargaining.errors import InputError
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.spelling import suggestion

Concept = Literal[
    "nash",
    "correlated",
    "coarse",
    "dominance",
    "communication",
    "coarse communication",
    "signalling",
]
Equilibria = (
    EquilibriumSet
    | LinkedEquilibriumSet
    | CorrelatedEquilibrium
    | CommunicationEquilibrium
    | SignallingEquilibria
    | Dominance
    | dict[str, EquilibriumSet]
    | dict[str, CommunicationEquilibrium]
    | dict[str, Dominance]
)


def equilibria(
    game_or_issue: LinkageGame | Issue,
    *,
    method: Method = "auto",
    linked: bool = False,
    concept: Concept = "nash",
) -> Equilibria:
    """Find what each side does when nothing is signed.

    Parameters
    ----------
    game_or_issue : LinkageGame or Issue
    method : {"auto", "exact", "support", "vertex", "lemke_howson"}
        For Nash equilibria of an issue in which two players act.  ``exact``: all extreme
        equilibria; ``support`` and ``vertex``: nashpy's enumerations, in games up to about
        6 x 6; ``lemke_howson``: those at the ends of Lemke-Howson paths (in games too large for
        nashpy, the first).  ``auto`` is exact up to 12 x 12 actions; beyond, it lists the pure
        equilibria (the first 500, and how many there are) and, up to 400 x 400 if there are no
        more than that, a mixed one.  In the linked game only ``auto``.
    linked : bool
        The linked game, spillovers and conditional acts included, instead of each issue alone.
    concept : {"nash", "correlated", "coarse", "dominance", "communication", \
"coarse communication", "signalling"}
        Nash equilibria; the best correlated or coarse correlated equilibrium (largest total);
        what iterated strict dominance leaves; with private types the best communication or coarse
        communication equilibrium, or the equilibria of a signalling game.

    Returns
    -------
    EquilibriumSet, CommunicationEquilibrium or Dominance, or a dict of them by issue for a game;
    LinkedEquilibriumSet; CorrelatedEquilibrium; SignallingEquilibria

    Examples
    --------
    >>> game = Issue.normal_form("pd", ["a", "b"], {"a": ["C", "D"], "b": ["C", "D"]},
    ...     {"a": [[3, 0], [4, 1]], "b": [[3, 4], [0, 1]]})
    >>> [e.outcome for e in equilibria(game).equilibria]
    ['D / D']
    >>> equilibria(game, concept="dominance").outcome
    'D / D'
    """
    for place, given, known in (
        ("method", method, get_args(Method)),
        ("concept", concept, get_args(Concept)),
    ):
        if given not in known:
            hint = suggestion(str(given), known)
            msg = f'{place}: expected one of {", ".join(known)}, found "{given}"{hint}'
            raise InputError(msg)
    if not isinstance(game_or_issue, (LinkageGame, Issue)):
        msg = f"expected a game or an issue, found {type(game_or_issue).__name__}"
        raise InputError(msg)
    if method != "auto" and (linked or concept != "nash"):
        msg = (
            f'method: expected "auto" with linked=True or concept="{concept}", found "{method}"; '
            "the others list the Nash equilibria of single issues"
        )
        raise InputError(msg)
    if concept in ("correlated", "coarse"):
        return correlated_equilibrium(game_or_issue, coarse=concept == "coarse", linked=linked)
    if concept in ("communication", "coarse communication", "signalling"):
        return _with_types(game_or_issue, concept, linked=linked)
    if isinstance(game_or_issue, Issue):
        if linked:
            msg = "linked: expected a game of several issues, found one issue"
            raise InputError(msg)
        if concept == "dominance":
            return iterated_dominance(game_or_issue)
        return of_issue(game_or_issue, method)
    if concept == "dominance":
        if linked:
            msg = (
                "dominance: expected linked=False; it is looked at in each issue by itself, "
                "spillovers left out, not in the linked game"
            )
            raise InputError(msg)
        issues = game_or_issue.issues.items()
        return {k: iterated_dominance(issue) for k, issue in issues if not issue.is_options}
    if linked:
        return linked_equilibria(game_or_issue)
    return {k: of_issue(issue, method) for k, issue in game_or_issue.issues.items()}


def _with_types(
    given: LinkageGame | Issue, concept: Concept, *, linked: bool
) -> CommunicationEquilibrium | SignallingEquilibria | dict[str, CommunicationEquilibrium]:
    """Answer what is asked about private types; an issue by itself has none."""
    game = LinkageGame(given.players, {given.name: given}) if isinstance(given, Issue) else given
    if concept == "signalling":
        return signalling_equilibria(game)
    coarse = concept == "coarse communication"
    if linked or isinstance(given, Issue):
        return communication_equilibrium(game, coarse=coarse)
    return {k: communication_equilibrium(game, issue=k, coarse=coarse) for k in game.issue_names}
