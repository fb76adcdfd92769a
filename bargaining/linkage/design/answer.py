"""The answer to a question of design: what to change, what it costs, and why less does not do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, Protocol

from bargaining.errors import VerificationError
from bargaining.linkage.design.table import Table
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status, checked, in_figures, with_exact
from bargaining.settlement.package import Deals
from bargaining.settlement.settle import settle

Goal = Literal["break", "keep"]
Means = Literal["payments", "benefits", "visibility", "patience", "links"]
Change = Mapping[str, Any]


@dataclass(frozen=True)
class Figures:
    """What a proof says: the numbers of a :class:`Design`.

    Attributes
    ----------
    status : Status
        ``solved``, ``infeasible``, or ``limit_reached`` (then only :attr:`bracket` is proved).
    cost : number or None
        The least cost; None when nothing of this kind helps.
    bracket : tuple of two numbers, or None
        Two proved ends, where they differ.
    exceeded : bool
        Whether the cost is an infimum: a little more is needed (for a threshold from above, a
        little less).
    already : bool
        Whether nothing need be done.
    changes : tuple of mapping
    details : mapping
    """

    status: Status
    cost: Number | None
    bracket: tuple[Number, Number] | None = None
    exceeded: bool = False
    already: bool = False
    changes: tuple[Change, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


class Proof(Protocol):
    """Evidence from which all figures follow, checked without the solver that found it."""

    @property
    def figures(self) -> Figures:
        """What the proof says."""

    def changed(self, game: LinkageGame) -> LinkageGame | None:
        """Return the game as changed; None where a file cannot say it."""

    def check(self, game: LinkageGame) -> None:
        """Raise VerificationError unless the figures follow."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, numbers exact."""


@dataclass(frozen=True)
class NothingToDo:
    """The goal is reached as the game stands: recomputed from the definitions."""

    goal: Goal
    deals: Deals

    @property
    def figures(self) -> Figures:
        """What the proof says."""
        return Figures(Status.SOLVED, Fraction(0), already=True)

    def changed(self, game: LinkageGame) -> LinkageGame | None:
        """Return the game with the change made."""
        return game

    def check(self, game: LinkageGame) -> None:
        """Recompute what is said from the definitions."""
        if Table(game, self.deals).linked() != (self.goal == "break"):
            msg = "the game does not stand as the goal asks"
            raise VerificationError(msg)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, numbers exact."""
        return {"kind": "as_it_stands"}


@dataclass(frozen=True, eq=False)
class Design:
    """The least change of one kind that breaks a deadlock, or keeps it.

    Attributes
    ----------
    game : LinkageGame
    goal : {"break", "keep"}
    by : {"payments", "benefits", "visibility", "patience", "links"}
    deals : {"shares", "pure"}
    status : Status
        ``solved``; ``infeasible`` when nothing of this kind reaches the goal; ``limit_reached``
        when a bound stopped the search: then :attr:`bracket` holds what is proved.
    cost : number or None
        A Fraction where exact.
    bracket : tuple of two numbers, or None
    exceeded : bool
        Whether the cost is an infimum that must be exceeded, if only by a little.
    already : bool
        Whether nothing need be done.
    changes : tuple of mapping
        What to pay, give, cut, open or close.
    details : mapping
        Further figures of the kind; see the function that finds them.
    certificate : Proof
        Why it works and why less does not.
    """

    game: LinkageGame = field(repr=False)
    goal: Goal
    by: Means
    deals: Deals
    status: Status
    cost: Number | None
    bracket: tuple[Number, Number] | None
    exceeded: bool
    already: bool
    changes: tuple[Change, ...]
    details: Mapping[str, Any]
    certificate: Proof = field(repr=False)

    @classmethod
    def of(cls, game: LinkageGame, goal: Goal, by: Means, deals: Deals, proof: Proof) -> Design:
        """Build the answer from its proof."""
        f = proof.figures
        return cls(game, goal, by, deals, f.status, f.cost, f.bracket, f.exceeded, f.already,
                   f.changes, f.details, proof)  # fmt: skip

    @cached_property
    def changed(self) -> LinkageGame | None:
        """The game with the change made (a little more where the cost must be exceeded).

        None where nothing is changed for the better, and for patience, which changes what can
        be kept rather than what can be agreed.
        """
        return self.certificate.changed(self.game)

    @checked
    def verify(self) -> bool:
        """Check the proof, that all figures follow from it, and the changed game by settling it."""
        self.certificate.check(self.game)
        stated = self.certificate.figures
        for name in ("status", "cost", "bracket", "exceeded", "already", "changes", "details"):
            if getattr(self, name) != getattr(stated, name):
                msg = f"the stated {name} does not follow from the certificate"
                raise VerificationError(msg)
        if self.changed is not None:
            found = settle(self.changed, deals=self.deals)
            if found.mutual_gain != (self.goal == "break"):
                msg = "the changed game, settled, does not do what the goal asks"
                raise VerificationError(msg)
        return True

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; with ``exact=True`` fractions also as strings."""
        data = {
            "schema": "bargaining-design/1",
            "game": self.game.name or self.game.title,
            "players": self.game.players,
            "goal": self.goal,
            "by": self.by,
            "deals": self.deals,
            "status": self.status,
            "cost": self.cost,
            "bracket": self.bracket,
            "exceeded": self.exceeded,
            "already": self.already,
            "changes": self.changes,
            "details": self.details,
            "certificate": self.certificate.to_dict(),
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        what = f"{self.goal} by {self.by}"
        if self.already:
            return f"{what}: nothing need be done"
        if self.cost is None:
            return f"{what}: {self.status}"
        more = " (must be exceeded)" if self.exceeded else ""
        return f"{what}: {self.status}, cost {in_figures(self.cost)}{more}"
