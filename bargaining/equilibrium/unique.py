"""Whether an issue has one equilibrium only, and that in pure strategies."""

from __future__ import annotations

from bargaining.equilibrium.best_replies import pure_equilibria
from bargaining.equilibrium.bimatrix import of_issue
from bargaining.equilibrium.dominance import iterated_dominance
from bargaining.model.issue import Issue


def only_equilibrium(issue: Issue) -> int | None:
    """Return the outcome of the only equilibrium if it is pure and known to be the only one.

    Games in which strict dominance by single actions leaves one outcome are settled whatever
    their size; others by listing all equilibria, where that is possible.

    Examples
    --------
    >>> dilemma = Issue.normal_form("pd", ["a", "b"], {"a": ["C", "D"], "b": ["C", "D"]},
    ...     {"a": [[3, 0], [4, 1]], "b": [[3, 4], [0, 1]]})
    >>> only_equilibrium(dilemma)
    3
    """
    pure = pure_equilibria(issue)
    if len(pure) != 1:
        return None
    if iterated_dominance(issue, mixtures=False).outcome is not None:
        return pure[0]
    found = of_issue(issue)
    return pure[0] if found.complete and len(found.equilibria) == 1 else None
