"""The price of delinking: what each side gives up when the issues are bargained one by one.

The price is the linked gain minus the delinked gain; a side that gains from delinking has a
negative price.  If every issue is settled by a rule that gives each player at least 1/n of his
ideal gain in it (midpoint domination: Nash, Kalai-Smorodinsky), then no deal in which nobody loses
on any single issue gives a player more than n times his delinked gain.  Among deals that trade
losses on one issue for gains on another there is no such bound: that is where linking lives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bargaining.model.deal import gains
from bargaining.results import Number
from bargaining.settlement.settlement import Settlement

MIDPOINT = ("nash", "kalai_smorodinsky")
"""Concepts that give every player at least his equal share of the ideal gain."""
MAX_ISSUES = 1_000
"""The deal is looked at issue by issue up to this many."""


@dataclass(frozen=True)
class PriceOfDelinking:
    """What delinking costs.

    Attributes
    ----------
    difference : mapping of str to number
        Linked minus delinked gains.
    total : number
    ratio : mapping of str to (number or None)
        Linked over delinked gains; None where the delinked gain is not positive.
    total_ratio : number or None
    factor : int or None
        n, where no deal that harms nobody on any issue gives anyone more than n times his
        delinked gain; None where the theorem does not apply.
    bound : mapping of str to number
        n times the delinked gains; empty where the theorem does not apply.
    within : bool
        Whether the linked deal is known to harm nobody on any issue, so that the bound holds.
    """

    difference: Mapping[str, Number]
    total: Number
    ratio: Mapping[str, Number | None]
    total_ratio: Number | None
    factor: int | None
    bound: Mapping[str, Number]
    within: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers stay exact where they are."""
        return dict(self.__dict__)


def price_of_delinking(linked: Settlement, delinked: Settlement) -> PriceOfDelinking:
    """Compare two settlements of the same game.

    Examples
    --------
    >>> from bargaining.model.game import LinkageGame
    >>> from bargaining.settlement.settle import settle
    >>> game = LinkageGame.from_payoffs([[[0, 0], [2, 0], [0, 1]], [[0, 0], [1, 0], [0, 2]]])
    >>> price = price_of_delinking(settle(game), settle(game, agenda="delinked"))
    >>> price.total_ratio, price.factor, price.within
    (Fraction(4, 3), 2, True)
    """
    game = linked.game
    difference = {p: linked.gains[p] - delinked.gains[p] for p in game.players}
    totals = [sum(s.gains.values(), start=Fraction(0)) for s in (linked, delinked)]
    applies = (
        linked.solution in MIDPOINT
        and linked.deals == "shares"
        and not game.coupled
        and not game.channels
        and len(set(linked.weights)) == 1
    )
    factor = len(game.interested) if applies else None
    return PriceOfDelinking(
        difference,
        totals[0] - totals[1],
        {p: _ratio(linked.gains[p], delinked.gains[p]) for p in game.players},
        _ratio(totals[0], totals[1]),
        factor,
        {p: factor * delinked.gains[p] for p in game.players} if factor else {},
        _harms_nobody(linked),
    )


def _ratio(linked: Number, delinked: Number) -> Number | None:
    return linked / delinked if delinked > 0 else None


def _harms_nobody(settlement: Settlement) -> bool:
    """Whether no player loses on any issue of the deal, each counted alone."""
    game = settlement.game
    if len(game.issues) > MAX_ISSUES:
        return False
    deal = settlement.lotteries
    slack = settlement.tolerance
    return all(
        gain >= -slack * game.reach[i]
        for k in range(len(game.issues))
        for i, gain in enumerate(gains(game, deal.on((k,))))
    )
