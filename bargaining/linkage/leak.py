"""From which chance of a leak on sharing intelligence is given up.

A mechanism asks the players for their private types and decides what is shared.  As a parameter
of the game, such as the chance that the receiving side leaks, moves, the best mechanism's total
gain falls to zero somewhere: up to there sharing pays, from there on every honest rule that
nobody walks away from leaves things as they are.  Linking may move the threshold, since what is
asked for in another issue can tell the types apart.
"""

from __future__ import annotations

from fractions import Fraction

from bargaining.linkage.flip import Flip, flips
from bargaining.loading import reload
from bargaining.model.game import LinkageGame
from bargaining.settlement.mechanism.direct import mechanism

SIZE = 1e-7
"""A numerical total counts as positive above this part of the payoffs' reach."""


def leak_threshold(
    game: LinkageGame,
    parameter: str,
    *,
    low: Fraction = Fraction(0),
    high: Fraction = Fraction(1),
    agenda: str = "linked",
) -> tuple[Flip, ...]:
    """Find the values of a parameter at which the best mechanism's total turns positive or zero.

    Parameters
    ----------
    game : LinkageGame
        Read from a file with ``[parameters]`` and ``[[types]]``.
    parameter : str
    low, high : Fraction
        The parameter's range.
    agenda : str
        ``"linked"``, ``"delinked"`` or named packages.

    Examples
    --------
    By itself sharing is worthwhile up to a chance of 2/3, with vetting up to certainty.

    >>> import bargaining as bg
    >>> game = bg.load("us_mexico/foreign_agents_law")
    >>> [flip.in_words() for flip in leak_threshold(game, "l", agenda="delinked")]
    ['true up to 2/3']
    >>> [flip.in_words() for flip in leak_threshold(game, "l")]
    ['true below 1']
    """

    def pays(value: Fraction) -> bool:
        changed = reload(game, {parameter: value})
        total = mechanism(changed, agenda=agenda).second_best
        if isinstance(total, Fraction):
            return total > 0
        return float(total) > SIZE * max(changed.reach)

    return flips(pays, low, high)
