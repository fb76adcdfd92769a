"""The settlement of one package: the same kind of answer however it was found.

Support weights, or the list of all packages, make it a proof that
:mod:`bargaining.settlement.checker` verifies from the definitions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from bargaining.model.agenda import positions
from bargaining.model.constraints import Constraint
from bargaining.model.deal import Deal
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.solutions.base import Problem, Weights

Deals = Literal["shares", "pure"]


@dataclass(frozen=True, eq=False)
class PackageSettlement:
    """What a package is settled on.

    Attributes
    ----------
    package : sequence of int
    status : Status
        ``agreement`` if the package changes something, otherwise ``no_agreement``.
    gains : tuple of number, one per player
        Promised gains: other packages at the status quo.
    deal : Deal
    gainers : frozenset of int
        Players who can gain; the others are held at no loss.
    weights : tuple of number or None
        Support weights at which no deal of the package is worth more; None for pure deals.
    blocking : tuple of Fraction or None
        Exchange rates that prove that the other interested players cannot gain.
    ideal : tuple of number or None
        The most each gainer can get, where the concept needs it.
    method : str
    ideal_proofs : tuple of (player, weights, Deal)
        What shows that ``ideal`` is reached and cannot be passed, where the concept needs it.
    alternatives : tuple of frozenset of int
        For pure deals, all sets of players who gain in some package in which nobody loses.
    ties : tuple of Deal
        Equally good pure deals, the chosen one first, up to a thousand.
    tie_count : int
        How many there are.
    bracket : (number, number) or None
        Where not all pure deals could be followed up: the score reached (product, ratio, least
        gain or sum), and what no deal can exceed.
        All equally good pure deals, the chosen one first.
    transfers : tuple of number
        Side payments received, one per player, where the concept has them.
    evidence : object
        What the checker of a procedure reads.
    details : mapping of str to object
        What a procedure shows beside gains and deal.
    within : tuple of Constraint or None
        The package's share of constraints that reach across packages, where it keeps to one.
    tolerance : float or None
        Of a numerical answer, relative; None for the general one.
    """

    package: Sequence[int]
    status: Status
    gains: Weights
    deal: Deal
    gainers: frozenset[int]
    weights: Weights | None
    blocking: Weights | None
    ideal: Weights | None
    method: str
    ideal_proofs: tuple[tuple[int, Weights, Deal], ...] = ()
    alternatives: tuple[frozenset[int], ...] = ()
    ties: tuple[Deal, ...] = ()
    tie_count: int = 0
    bracket: tuple[Number, Number] | None = None
    transfers: Weights = ()
    evidence: object = None
    details: Mapping[str, Any] = field(default_factory=dict)
    within: tuple[Constraint, ...] | None = None
    tolerance: float | None = None

    def problem(self, weights: Weights) -> Problem:
        """Return what the certificate is checked against."""
        return Problem(self.gains, self.gainers, weights, self.ideal)


def no_agreement(
    game: LinkageGame, package: Sequence[int], blocking: Weights | None, method: str = "frontier"
) -> PackageSettlement:
    """Leave the package at the status quo; where that is a total, no deal is made at all."""
    zero = (Fraction(0),) * len(game.players)
    index = np.zeros(0, dtype=np.intp) if game.reserved else positions(package)
    deal = Deal(game.origin[index], issues=index)
    return PackageSettlement(
        package, Status.NO_AGREEMENT, zero, deal, frozenset(), blocking, blocking, None, method
    )
