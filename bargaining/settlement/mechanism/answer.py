"""The answer to what can be agreed when each side alone knows its types, and its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from bargaining.model.agenda import Agenda
from bargaining.model.deal import named_together
from bargaining.model.game import LinkageGame
from bargaining.results import (
    Certificate,
    Number,
    Status,
    checked,
    in_figures,
    with_exact,
)
from bargaining.settlement.mechanism.checker import Examination, plain
from bargaining.settlement.mechanism.proof import GAP, Found
from bargaining.settlement.mechanism.question import Question
from bargaining.settlement.mechanism.setting import Profile, Setting
from bargaining.settlement.mechanism.slacks import slacks

ORDER = (Status.NUMERICAL_TROUBLE, Status.LIMIT_REACHED, Status.SOLVED)
PUBLIC = "public"
"""The label of the one type of a player who has nothing to hide."""


@dataclass(frozen=True, eq=False)
class PackageMechanism:
    """The best rule of one package.

    Attributes
    ----------
    setting : Setting
    question : Question
    best : Found
        The rule, if only each player knows his type.
    public : Found
        The best rule if all types were known, under the same rationality and transfers.
    unconstrained : Found
        The rule of the largest total, without any condition.
    copies : int
        How many copies the issues of the setting write out; values are per copy.
    """

    setting: Setting
    question: Question
    best: Found
    public: Found
    unconstrained: Found
    copies: int = 1

    @property
    def rules(self) -> tuple[Found, Found, Found]:
        """All three rules."""
        return self.best, self.public, self.unconstrained

    @property
    def status(self) -> Status:
        """The worst of the three rules."""
        worst = {found.status for found in self.rules}
        return next(status for status in ORDER if status in worst)

    @property
    def exact(self) -> bool:
        """Whether all numbers are Fractions."""
        return all(found.rule.exact for found in self.rules)

    @property
    def method(self) -> str:
        """How the best rule was found."""
        return self.best.method

    @property
    def first_best(self) -> Number:
        """The best if types were public, per copy."""
        return self.public.value / self.copies

    @property
    def second_best(self) -> Number:
        """The best if each side alone knows its types, per copy."""
        return self.best.value / self.copies

    @property
    def efficient(self) -> Number:
        """The largest expected total, per copy."""
        return self.unconstrained.value / self.copies

    @property
    def bound(self) -> Number:
        """What no rule exceeds, per copy."""
        return self.best.bound / self.copies

    @property
    def weights(self) -> Sequence[Number]:
        """Weights of the players in the bound."""
        return [w if isinstance(w, Fraction) else float(w) for w in self.best.prices.weights]

    def verify(self, game: LinkageGame, issues: Sequence[str]) -> bool:
        """Recompute everything for the package of these issues of a game."""
        from bargaining.settlement.mechanism.verify import verify_package

        return verify_package(self, game, issues)

    @cached_property
    def seen(self) -> Examination:
        """The rule, laid open."""
        exact = self.best.rule.exact
        return Examination(self.setting, self.question, honest=True, exact=exact)

    @cached_property
    def gains(self) -> dict[str, Number]:
        """Expected gains of the players."""
        found = [gain / self.copies for gain in self.seen.gains(self.best.rule)]
        return dict(zip(self.setting.game.players, found, strict=True))

    @cached_property
    def interim(self) -> dict[str, dict[str, Number]]:
        """Expected gain of each type of each player."""
        return {
            self.setting.game.players[i]: {
                label or PUBLIC: plain(worth) / self.copies
                for label, worth in zip(
                    space.labels, self.seen.interim(self.best.rule, i), strict=True
                )
            }
            for i, space in enumerate(self.setting.spaces)
        }

    @cached_property
    def slacks(self) -> dict[str, dict[str, Any]]:
        """Smallest slack of each kind of condition, and where it is attained."""
        return slacks(self.seen, self.best.rule)

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield the outcome rule, profile by profile."""
        for profile in self.setting.each_profile():
            yield self._entry(profile)

    def _entry(self, profile: Profile) -> dict[str, Any]:
        setting, rule = self.setting, self.best.rule
        game = setting.game
        deal = setting.layout.deal(np.array(rule.shares[profile])).on(setting.package)
        found: dict[str, Any] = {
            "package": list(setting.issues),
            "types": {
                game.players[i]: space.labels[profile[i]]
                for i, space in enumerate(setting.spaces)
                if space.draws
            },
            "probability": setting.probability(profile),
            "deal": deal.named(game),
        }
        if tied := named_together(game, deal):
            found["together"] = tied
        if rule.received:
            found["transfers"] = {
                player: _at(table, profile)
                for player, table in zip(game.players, rule.received, strict=True)
            }
        return found

    def summary(self) -> dict[str, Any]:
        """Return plain data without the rule."""
        return {
            "issues": list(self.setting.issues),
            "status": self.status,
            "types": dict(zip(self.setting.game.players, self.setting.shape, strict=True)),
            "first_best": self.first_best,
            "second_best": self.second_best,
            "efficient": self.efficient,
            "gains": self.gains,
            "interim": self.interim,
            "bound": self.bound,
            "method": self.method,
        }


def _at(table: Any, profile: Profile) -> Number:
    place = tuple(t if n > 1 else 0 for t, n in zip(profile, table.shape, strict=True))
    value = table[place]
    return value if isinstance(value, Fraction) else float(value)


class Part(Protocol):
    """What the answer needs of each package; all values are per copy."""

    @property
    def setting(self) -> Setting:
        """The package and its types."""
        ...

    @property
    def question(self) -> Question:
        """What was asked."""
        ...

    @property
    def copies(self) -> int:
        """How many copies are decided together."""
        ...

    @property
    def status(self) -> Status:
        """How the question ended."""
        ...

    @property
    def exact(self) -> bool:
        """Whether all numbers are Fractions."""
        ...

    @property
    def method(self) -> str:
        """How the rule was found."""
        ...

    @property
    def first_best(self) -> Number:
        """The best if types were public."""
        ...

    @property
    def second_best(self) -> Number:
        """The best if each side alone knows its types."""
        ...

    @property
    def efficient(self) -> Number:
        """The largest expected total."""
        ...

    @property
    def bound(self) -> Number:
        """What no rule exceeds."""
        ...

    @property
    def weights(self) -> Sequence[Number]:
        """Weights of the players in the bound."""
        ...

    @property
    def gains(self) -> Mapping[str, Number]:
        """Expected gains of the players."""
        ...

    @property
    def interim(self) -> Mapping[str, Mapping[str, Number]]:
        """Expected gains by what a player knows."""
        ...

    @property
    def slacks(self) -> Mapping[str, Mapping[str, Any]]:
        """The least slack of each kind of condition."""
        ...

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield the rule, case by case."""
        ...

    def summary(self) -> dict[str, Any]:
        """Return plain data without the rule."""
        ...

    def verify(self, game: LinkageGame, issues: Sequence[str]) -> bool:
        """Recompute everything from the game."""
        ...


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
