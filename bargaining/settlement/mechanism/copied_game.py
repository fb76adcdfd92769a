"""Several copies of a game written out as one game, for conditions that hold in every profile.

Honesty whatever the others report, rationality in every profile and budgets that balance in every
profile with a loss on the way speak of all copies at once and do not reduce to histograms.  While
few, the copies can be written out as issues of one game with as many draws; its mechanism's values
are those of all copies together.
"""

from __future__ import annotations

import math
from dataclasses import replace

from bargaining.errors import NotSupportedError
from bargaining.model.game import LinkageGame
from bargaining.model.links import Link

MAX_PROFILES = 1_000
"""Profiles of types at all copies."""


def copied_game(game: LinkageGame, copies: int) -> LinkageGame:
    """Write several independent copies of a game out as one game.

    Parameters
    ----------
    game : LinkageGame
        Without the issue of side payments.
    copies : int

    Returns
    -------
    LinkageGame
        Issue "act" becomes "act (copy 1)", "act (copy 2)", …; all copies may share a table.

    Raises
    ------
    NotSupportedError
        If the profiles of types at all copies are too many.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> list(copied_game(game, 2).issues)
    ['0 (copy 1)', '1 (copy 1)', '0 (copy 2)', '1 (copy 2)']
    """
    profiles = math.prod(len(draw.possible) for draw in game.draws) ** copies
    if profiles > MAX_PROFILES:
        msg = (
            f"{copies} copies written out have {profiles:,} profiles of types (at most "
            f"{MAX_PROFILES:,}); take fewer copies, or ask for Bayesian incentives, rationality "
            "interim and transfers expected, which reduce to histograms"
        )
        raise NotSupportedError(msg)
    numbers = range(1, copies + 1)
    issues = {
        _named(name, k): replace(issue, name=_named(name, k))
        for k in numbers
        for name, issue in game.issues.items()
    }
    channels = dict(game.channels)
    channels["types"] = tuple(
        replace(draw, payoffs={_named(name, k): t for name, t in draw.payoffs.items()})
        for k in numbers
        for draw in game.draws
    )
    if game.constraints:
        channels["constraints"] = tuple(
            replace(rule, statements=tuple((_named(n, k), chosen) for n, chosen in rule.statements))
            for k in numbers
            for rule in game.constraints
        )
    links = None
    if game.links is not None:
        inside = [
            replace(link, between=(_named(link.between[0], k), _named(link.between[1], k)))
            for k in numbers
            for link in game.links
        ]
        across = [
            Link((_named(name, k), _named(name, k + 1)))
            for k in numbers[:-1]
            for name in game.issues
        ]
        links = (*inside, *across)
    return replace(game, issues=issues, links=links, channels=channels, document={})


def _named(issue: str, copy: int) -> str:
    return f"{issue} (copy {copy})"
