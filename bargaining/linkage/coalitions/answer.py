"""The answer about coalitions: worths, values, core and nucleolus, and how each is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from bargaining.errors import VerificationError
from bargaining.linkage.coalitions.check import check_core, check_value, check_worths, require
from bargaining.linkage.coalitions.core import Core
from bargaining.linkage.coalitions.dense import Dense
from bargaining.linkage.coalitions.kohlberg import Nucleolus, fault
from bargaining.linkage.coalitions.stated import Player
from bargaining.linkage.coalitions.values import Value, communicating
from bargaining.linkage.coalitions.worths import Worths, without_side_payments, worths
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status, checked, in_figures, with_exact

if TYPE_CHECKING:
    import networkx as nx

Utility = Literal["transferable", "nontransferable"]
MAX_AGAIN = 10
"""Players up to whom a check works a game's worths out again."""
MAX_SHOWN = 32


@dataclass(frozen=True, eq=False)
class CoalitionAnalysis:
    """Worths of coalitions and what follows from them.

    Attributes
    ----------
    players : tuple of str (or int, where stated coalitions hold numbers)
    utility : {"transferable", "nontransferable"}
        Without side payments only worths are given: the largest total of a deal that leaves no
        member below the status quo (in none of its packages, where not all issues may share a
        table), which cannot be divided freely.
    outsiders : str
        ``"status_quo"``, ``"minmax"``, ``"best_reply"``, or ``"stated"`` for given worths.
    status : Status
        ``solved``; ``limit_reached`` with more players than can be treated exactly;
        ``not_defined`` where the convention leaves a coalition without a worth;
        ``numerical_trouble`` where something could not be certified (it is None then).
    worth : mapping of str to Fraction, or None where not defined
        By members joined by "+".  With more than sixteen players those stated, or of single
        players and of all.
    best_worth : mapping of str to Fraction
        Where several equilibria leave several totals: the best (``worth`` is the worst).
    shapley : mapping of player to number, or None
        Exact; floats where orders were drawn.
    errors : mapping of player to float
        Standard errors of ``shapley`` where orders were drawn, empty otherwise.
    nucleolus : mapping of player to Fraction, or None
    nucleolus_kind : str
        ``"nucleolus"``, or ``"prenucleolus"`` where there is no imputation.
    core : Core or None
        With ``empty``, ``point`` and ``certificate``.
    least_core : Fraction or None
        The smallest e with x(S) >= v(S) - e possible for all proper coalitions.
    myerson : mapping of player to number, or None
        Given with ``communication``; its standard errors, if any, are ``myerson_errors``.
    monotone, superadditive, convex : bool or None
    method : str
    notes : tuple of str
    """

    players: tuple[Player, ...]
    utility: Utility
    outsiders: str
    status: Status
    worth: Mapping[str, Fraction | None]
    best_worth: Mapping[str, Fraction]
    shapley: Mapping[Player, Number] | None
    errors: Mapping[Player, float]
    nucleolus: Mapping[Player, Fraction] | None
    nucleolus_kind: str
    core: Core | None
    least_core: Fraction | None
    myerson: Mapping[Player, Number] | None
    myerson_errors: Mapping[Player, float]
    monotone: bool | None
    superadditive: bool | None
    convex: bool | None
    method: str
    notes: tuple[str, ...]
    worths: Worths = field(repr=False)
    proof: Nucleolus | None = field(default=None, repr=False)
    game: LinkageGame | None = field(default=None, repr=False)
    communication: nx.Graph | None = field(default=None, repr=False)

    @checked
    def verify(self) -> bool:
        """Check every part by its definition.

        Worths of small games from all joint outcomes; the Shapley value from the potential; the
        nucleolus by Kohlberg's criterion; the core by its point or by balanced weights.
        """
        self._check_worth()
        if self.shapley is not None:
            value = Value(tuple(self._in_order(self.shapley)), tuple(self.errors.values()))
            check_value(self.worths, value, "the Shapley value")
        if self.myerson is not None:
            errors = tuple(self.myerson_errors.values())
            value = Value(tuple(self._in_order(self.myerson)), errors)
            check_value(communicating(self.worths, self.communication), value, "Myerson's value")
        if self.nucleolus is not None:
            proof = self.proof
            if proof is None or tuple(self._in_order(self.nucleolus)) != proof.shares:
                msg = "the nucleolus is not the division that its proof is about"
                raise VerificationError(msg)
            if wrong := fault(Dense.of(self.worths), proof):
                raise VerificationError(wrong)
        if self.core is not None:
            require(self.least_core == self.core.least, "the least core value is not the core's")
            check_core(self.worths, self.core)
        return True

    def _in_order(self, shares: Mapping[Player, Number]) -> list[Number]:
        return [shares[player] for player in self.players]

    def _check_worth(self) -> None:
        again = self.worths
        given = self.outsiders == "stated"
        if self.game is not None and not given and len(self.players) <= MAX_AGAIN:
            again = worths_of(self.game, self.outsiders, self.utility)
            if self.outsiders == "status_quo" and self.utility == "transferable":
                check_worths(self.game, self.worth)
        for name, value in self.worth.items():
            if value is not None:
                require(again.worth(name) == value, f"the worth of {name} is not {value}")

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return plain data; with ``exact=True`` fractions also as strings."""
        data = {
            "game": "" if self.game is None else self.game.name or self.game.title,
            "players": [str(player) for player in self.players],
            "utility": self.utility,
            "outsiders": self.outsiders,
            "status": self.status,
            "worth": self.worth,
            "best_worth": self.best_worth,
            "shapley": self.shapley,
            "errors": self.errors,
            "nucleolus": self.nucleolus,
            "nucleolus_kind": self.nucleolus_kind,
            "core": None if self.core is None else self.core.to_dict(),
            "least_core": self.least_core,
            "myerson": self.myerson,
            "myerson_errors": self.myerson_errors,
            "monotone": self.monotone,
            "superadditive": self.superadditive,
            "convex": self.convex,
            "method": self.method,
            "notes": list(self.notes),
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        title = "" if self.game is None else self.game.title or self.game.name
        lines = [title or "Coalitions"]
        shown = list(self.worth.items())[:MAX_SHOWN]
        for name, worth in shown:
            lines.append(f"  v({name}) = {'not defined' if worth is None else in_figures(worth)}")
        if len(self.worth) > len(shown):
            lines.append(f"  … and {len(self.worth) - len(shown):,} more coalitions")
        for what, shares in (
            ("Shapley value", self.shapley),
            (self.nucleolus_kind, self.nucleolus),
            ("Myerson value", self.myerson),
        ):
            if shares is not None:
                listed = ", ".join(f"{p} {in_figures(x)}" for p, x in shares.items())
                lines.append(f"{what}: {listed}")
        if self.core is not None:
            state = "empty" if self.core.empty else "not empty"
            lines.append(f"core: {state}; least core value {in_figures(self.core.least)}")
        return "\n".join([*lines, *self.notes])


def worths_of(game: Any, outsiders: Any, utility: Utility) -> Worths:
    """Return worths with or without side payments."""
    if utility == "nontransferable":
        return without_side_payments(game, outsiders=outsiders)
    return worths(game, outsiders=outsiders)
