"""Concepts that are procedures: they settle a package in their own way and bring own evidence.

A :class:`~bargaining.settlement.solutions.base.Solution` maximises something, so that support
weights prove it.  A procedure is asked a :class:`Question`, answers with a :class:`Finding`, and
a checker of its own, written from the definition, judges the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bargaining.geometry.frontier import PlanarFrontier
from bargaining.model.deal import Deal
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.solutions.base import Concept, Span, Weights

if TYPE_CHECKING:
    from bargaining.settlement.package import PackageSettlement


@dataclass(frozen=True, eq=False)
class Question:
    """What a procedure is asked about one package.

    Attributes
    ----------
    game : LinkageGame
    package : sequence of int
    columns : tuple of int
        The players who share out: the two axes, or all who can gain.
    frontier : PlanarFrontier or None
        Of two players.
    span : Span or None
        Its individually rational part, if there is one.
    commit : tuple of int
        Players who can commit themselves to threats.
    """

    game: LinkageGame
    package: Sequence[int]
    columns: tuple[int, ...]
    frontier: PlanarFrontier | None
    span: Span | None
    commit: tuple[int, ...] = ()

    def full(self, values: Sequence[Number]) -> Weights:
        """Numbers of :attr:`columns` as one per player of the game, the others 0."""
        full: list[Number] = [0 * values[0]] * len(self.game.players)
        for column, value in zip(self.columns, values, strict=True):
            full[column] = value
        return tuple(full)


@dataclass(frozen=True, eq=False)
class Finding:
    """What a procedure answers.

    Attributes
    ----------
    gains : tuple of number, one per player
        Side payments included.
    deal : Deal
    weights : tuple of number or None
        Support weights, at which no deal of the package is worth more than :attr:`deal`; None
        where the procedure's deal is not efficient.
    method : str
    evidence : object
        What the concept's checker reads.
    details : mapping of str to object
        What the answer shows beside gains and deal: plain data.
    transfers : tuple of number
        Side payments received, one per player; empty for none.
    tolerance : float
        Relative; 0 when exact.
    """

    gains: Weights
    deal: Deal
    weights: Weights | None
    method: str
    evidence: object
    details: Mapping[str, Any] = field(default_factory=dict)
    transfers: Weights = ()
    tolerance: float = 0.0


Check = Callable[[LinkageGame, "PackageSettlement", float, str], None]


@dataclass(frozen=True)
class Procedure(Concept):
    """A concept that settles packages in its own way.

    Attributes
    ----------
    settle : callable
        From a question to a finding, or None for no agreement; asked only when all of its players
        can gain, unless ``below_status_quo``.
    check : callable (game, settled, tolerance, place)
        Raises VerificationError unless the definition holds; shares no code with ``settle``.
    players : int or None
        How many players with a stake it is defined for; None for any number.
    below_status_quo : bool
        Whether it may leave somebody below the status quo.
    commits : bool
        Whether it matters who can commit himself to a threat.
    side_payments : bool
        Whether side payments are part of the answer.
    efficient : bool
        Whether the deal is always efficient among all deals of the package.
    """

    settle: Callable[[Question], Finding | None]
    check: Check
    players: int | None = 2
    below_status_quo: bool = False
    commits: bool = False
    side_payments: bool = False
    efficient: bool = True
