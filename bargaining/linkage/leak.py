"""From which chance of a leak on sharing intelligence is given up.

A mechanism asks the players for their private types and decides what is shared.  As a parameter
of the game, such as the chance that the receiving side leaks, moves, the best mechanism's total
gain falls to zero somewhere: up to there sharing pays, from there on every honest rule that
nobody walks away from leaves things as they are.  Linking may move the threshold, since what is
asked for in another issue can tell the types apart.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from bargaining.linkage.flip import Flip, flip
from bargaining.model.game import LinkageGame
from bargaining.results import Number

SIZE = 1e-7
"""A numerical total counts as positive above this part of the payoffs' reach."""

Best = Callable[[LinkageGame, str], Number]
"""The best mechanism's total gain, by game and agenda."""


def leak_threshold(
    game: LinkageGame,
    parameter: str,
    best: Best,
    *,
    low: Any = 0,
    high: Any = 1,
    agenda: str = "linked",
    points: int = 9,
) -> Flip:
    """Find the values of a parameter at which the best mechanism's total turns positive or zero.

    Parameters
    ----------
    game : LinkageGame
        Read from a file with ``[parameters]`` and ``[[types]]``.
    parameter : str
    best : callable from game and agenda to number
        The best mechanism's total gain.
    low, high : number or text
        The parameter's range.
    agenda : str
        ``"linked"``, ``"delinked"`` or named packages.
    points : int
        Values tried first; see :func:`bargaining.linkage.flip.flip`.

    Returns
    -------
    Flip
        ``holds`` is "the total is positive".

    Examples
    --------
    Sharing pays 6 if the other side is vetted and costs 3 if it leaks, and nothing tells the two
    apart: worthwhile up to a chance of 2/3.

    >>> from bargaining.loading import loads
    >>> game = loads('''
    ... format = "bargaining-game/1"
    ... players = ["us", "mexico"]
    ... [parameters]
    ... l = "3/4"
    ... [issues.channel]
    ... actions.us = ["withhold", "share"]
    ... payoffs = { us = [0, "6 * (1 - l) - 3 * l"], mexico = [0, 1] }
    ... status_quo.us = "withhold"
    ... ''')
    >>> def pooled(game, agenda):
    ...     return max(Fraction(0), game.issues["channel"].exact_gains[1, 0])
    >>> leak_threshold(game, "l", pooled).at
    Fraction(2, 3)
    """

    def pays(changed: LinkageGame) -> bool:
        total = best(changed, agenda)
        if isinstance(total, (Fraction, int)):
            return total > 0
        return total > SIZE * max(changed.reach)

    return flip(game, parameter, pays, low, high, points=points)
