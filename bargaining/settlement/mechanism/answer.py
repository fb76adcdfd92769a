"""The answer to what can be agreed when each side alone knows its types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from bargaining.model.agenda import Agenda
from bargaining.model.game import LinkageGame
from bargaining.results import (
    Certificate,
    Number,
    Status,
    checked,
    in_figures,
    with_exact,
)
from bargaining.settlement.mechanism.part import ORDER, Part
from bargaining.settlement.mechanism.proof import GAP
from bargaining.settlement.mechanism.question import Question


@dataclass(frozen=True, eq=False)
class Mechanism:
    """What can be agreed when each side alone knows its types.

    Attributes
    ----------
    status : Status
        ``solved``, ``limit_reached`` (the rule given is not proved best) or
        ``numerical_trouble``.
    transfers, rationality, incentive, objective, agenda : str
    copies : int
        How many copies of the game are decided together; all values are per copy.
    first_best : number
        The best value of the objective if all types were known, under the same rationality and
        transfers.  Like :attr:`second_best` it adds up over the packages of the agenda.
    second_best : number
        The best value if each side alone knows its types.
    efficient : number
        The largest expected total, if types were known and nobody had to agree.
    lost : number
        What private information costs: first best less second best.
    gains : mapping of str to number
        Expected gains of the players.
    interim : mapping of str to mapping of str to number
        Expected gain of each type (``"public"`` for a player who has one only); with several
        packages labels begin with the package.
    outcome_rule : list of mapping
        Per profile of types its ``probability``, the ``deal`` and the ``transfers`` received.
    slacks : mapping of str to mapping
        Per kind (``incentive``, ``rationality``, ``budget``) the smallest ``slack``, how many
        conditions bind and some of them in words (``binding``).
    packages : tuple of tuple of str
    method : str
    tolerance : float
        0 when the answer is exact.
    certificate : Certificate
    """

    status: Status
    agenda: str
    copies: int
    first_best: Number
    second_best: Number
    efficient: Number
    gains: Mapping[str, Number]
    method: str
    tolerance: float
    game: LinkageGame = field(repr=False)
    plan: Agenda = field(repr=False)
    question: Question = field(repr=False)
    parts: tuple[Part, ...] = field(repr=False)

    @property
    def transfers(self) -> str:
        """Which payments there are."""
        return self.question.transfers

    @property
    def rationality(self) -> str:
        """When nobody may lose."""
        return self.question.rationality

    @property
    def incentive(self) -> str:
        """In which sense honesty is best."""
        return self.question.incentive

    @property
    def objective(self) -> str:
        """What is made as large as possible."""
        return self.question.objective

    @property
    def lost(self) -> Number:
        """What private information costs."""
        return self.first_best - self.second_best

    @cached_property
    def packages(self) -> tuple[tuple[str, ...], ...]:
        """The packages, as names of issues."""
        names = self.game.issue_names
        return tuple(tuple(names[k] for k in package) for package in self.plan.packages)

    @cached_property
    def outcome_rule(self) -> list[dict[str, Any]]:
        """The rule of every package, profile by profile (with copies, by counts of reports)."""
        return [entry for part in self.parts for entry in part.entries()]

    @cached_property
    def interim(self) -> dict[str, dict[str, Number]]:
        """Expected gain of each type of each player."""
        if len(self.parts) == 1:
            return {player: dict(types) for player, types in self.parts[0].interim.items()}
        return {
            player: {
                f"{'+'.join(package)}: {label}": worth
                for package, part in zip(self.packages, self.parts, strict=True)
                for label, worth in part.interim[player].items()
            }
            for player in self.game.players
        }

    @cached_property
    def slacks(self) -> dict[str, dict[str, Any]]:
        """Smallest slack of each kind of condition over all packages."""
        found: dict[str, dict[str, Any]] = {}
        for part in self.parts:
            for kind, entry in part.slacks.items():
                if kind not in found:
                    found[kind] = dict(entry)
                    continue
                mine = found[kind]
                mine["slack"] = min(mine["slack"], entry["slack"])
                mine["count"] += entry["count"]
                mine["binding"] = [*mine["binding"], *entry["binding"]]
        return found

    @cached_property
    def certificate(self) -> Certificate:
        """Weights of the players in the bound of the largest package; prices are in its parts."""
        main = max(self.parts, key=lambda part: part.setting.profiles)
        return Certificate(
            "prices",
            dict(zip(self.game.players, main.weights, strict=True)),
            main.setting.issues,
            main.gains,
            {},
            main.bound - main.second_best,
        )

    @checked
    def verify(self) -> bool:
        """Recompute everything from the definitions; raise VerificationError if it fails."""
        from bargaining.settlement.mechanism.verify import verify_mechanism

        return verify_mechanism(self)

    def summary(self) -> dict[str, Any]:
        """Return what a comparison of agendas shows."""
        return {
            "agenda": self.agenda,
            "transfers": self.transfers,
            "packages": self.packages,
            "status": self.status,
            "first_best": self.first_best,
            "second_best": self.second_best,
            "efficient": self.efficient,
            "lost": self.lost,
            "gains": self.gains,
        }

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; with ``exact=True`` fractions also as strings."""
        data: dict[str, Any] = {
            "schema": "bargaining-mechanism/1",
            "game": self.game.name or self.game.title,
            "players": list(self.game.players),
            **self.summary(),
            "rationality": self.rationality,
            "incentive": self.incentive,
            "objective": self.objective,
            "copies": self.copies,
            "interim": self.interim,
            "slacks": self.slacks,
            "parts": [part.summary() for part in self.parts],
            "outcome_rule": self.outcome_rule,
            "method": self.method,
            "tolerance": self.tolerance,
            "certificate": self.certificate.to_dict(),
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        gained = ", ".join(f"{player} {in_figures(g)}" for player, g in self.gains.items())
        return (
            f"{self.agenda}, {self.incentive}: {in_figures(self.second_best)} of "
            f"{in_figures(self.first_best)}; gains {gained}"
        )


def assemble(
    game: LinkageGame,
    plan: Agenda,
    question: Question,
    parts: tuple[Part, ...],
    copies: int = 1,
) -> Mechanism:
    """Add the packages of an agenda up."""
    worst = {part.status for part in parts}
    return Mechanism(
        next(status for status in ORDER if status in worst),
        plan.name,
        copies,
        total(part.first_best for part in parts),
        total(part.second_best for part in parts),
        total(part.efficient for part in parts),
        {player: total(part.gains[player] for part in parts) for player in game.players},
        ", ".join(sorted({part.method for part in parts})),
        0.0 if all(part.exact for part in parts) else GAP,
        game,
        plan,
        question,
        parts,
    )


def total(values: Iterable[Number]) -> Number:
    """Add up, exactly where all are exact."""
    return sum(values, start=Fraction(0))
