"""How several issues go together under a deal: the joint shares of their outcomes.

A deal states joint shares where payoffs depend on them, pair by pair or for several issues at
once, and issues that it does not tie together are carried out independently.  Where pairs form a
chain or a tree, each issue is drawn given its neighbour, which is the only reading that adds no
tie of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from bargaining.errors import NotSupportedError
from bargaining.model.deal import Deal
from bargaining.model.game import LinkageGame
from bargaining.results import Number

MAX_SUPPORT = 20_000
"""The most joint outcomes that a deal may use within one component."""

Lottery = Mapping[tuple[int, ...], Number]


def marginal(game: LinkageGame, deal: Deal, issue: int) -> dict[int, Number]:
    """Return the shares in use of one issue; at the status quo if the deal is not about it."""
    if not deal.about(issue):
        return {int(game.origin[issue]): Fraction(1)}
    return {a: share for a, share in deal.marginal(issue).items() if share}


def joint_shares(
    game: LinkageGame, deal: Deal, issues: Sequence[int]
) -> dict[tuple[int, ...], Number]:
    """Return the joint shares of some issues (ascending), outcomes in the order given.

    Raises
    ------
    NotSupportedError
        If the deal uses too many joint outcomes, or ties the issues in a ring, pair by pair, which
        leaves open how they go together.
    """
    scopes = _scopes(deal, frozenset(issues))
    cells: dict[tuple[int, ...], Number] = {(): Fraction(1)}
    placed: list[int] = []
    used: list[tuple[int, ...]] = []
    while scopes:
        scope = max(scopes, key=lambda s: (len(set(s) & set(placed)), [-k for k in s]))
        lottery = scopes.pop(scope)
        shared = tuple(k for k in scope if k in placed)
        if shared and not any(set(shared) <= set(before) for before in used):
            msg = (
                "the deal says pair by pair how issues that spillovers tie in a ring go together, "
                "which leaves open what each player is told at once; state it for all of them, or "
                "use pure deals"
            )
            raise NotSupportedError(msg)
        cells = _extend(cells, placed, scope, lottery, shared)
        placed += [k for k in scope if k not in shared]
        used.append(scope)
    for issue in issues:
        if issue not in placed:
            single: dict[tuple[int, ...], Number] = {
                (a,): share for a, share in marginal(game, deal, issue).items()
            }
            cells = _extend(cells, placed, (issue,), single, ())
            placed.append(issue)
    order = [placed.index(k) for k in issues]
    return {tuple(cell[j] for j in order): share for cell, share in cells.items()}


def _scopes(deal: Deal, issues: frozenset[int]) -> dict[tuple[int, ...], Lottery]:
    """Return the joint lotteries on these issues, those that another one contains left out."""
    found: dict[tuple[int, ...], Lottery] = {}
    for scope, lottery in deal.joint.items():
        kept = tuple(k for k in scope if k in issues)
        if len(kept) > 1:
            found.setdefault(kept, _marginalised(scope, lottery, kept))
    return {
        scope: lottery
        for scope, lottery in found.items()
        if not any(set(scope) < set(other) for other in found)
    }


def _marginalised(scope: Sequence[int], lottery: Lottery, kept: Sequence[int]) -> Lottery:
    places = [scope.index(k) for k in kept]
    total: dict[tuple[int, ...], Number] = {}
    for cell, share in lottery.items():
        if share:
            key = tuple(cell[j] for j in places)
            total[key] = total.get(key, Fraction(0)) + share
    return total


def _extend(
    cells: Lottery,
    placed: Sequence[int],
    scope: Sequence[int],
    lottery: Lottery,
    shared: Sequence[int],
) -> dict[tuple[int, ...], Number]:
    """Draw the new issues of a scope given those that are drawn already."""
    given = _marginalised(scope, lottery, shared)
    fresh = [j for j, k in enumerate(scope) if k not in shared]
    by_shared: dict[tuple[int, ...], list[tuple[tuple[int, ...], Number]]] = {}
    for cell, share in lottery.items():
        key = tuple(cell[scope.index(k)] for k in shared)
        if share:
            by_shared.setdefault(key, []).append(
                (tuple(cell[j] for j in fresh), share / given[key])
            )
    extended: dict[tuple[int, ...], Number] = {}
    for cell, share in cells.items():
        key = tuple(cell[placed.index(k)] for k in shared)
        for new, part in by_shared.get(key, ()):
            extended[*cell, *new] = share * part
        if len(extended) > MAX_SUPPORT:
            msg = f"the deal uses over {MAX_SUPPORT:,} joint outcomes of issues tied by spillovers"
            raise NotSupportedError(msg)
    return extended
