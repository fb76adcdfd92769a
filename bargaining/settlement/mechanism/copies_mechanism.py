"""Copies of a game decided together, package by package: the answer as a whole.

Its fields are those of the answer for one copy; every value is per copy.  Where an interim gain
belongs to a type there, it belongs to a histogram of types here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from bargaining.model.agenda import parse_agenda
from bargaining.model.game import LinkageGame
from bargaining.model.transfers import without_transfers
from bargaining.results import Certificate, Number, Status, checked, in_figures, with_exact
from bargaining.settlement.mechanism.copies import MAX_SECONDS, solve_copies
from bargaining.settlement.mechanism.copies_answer import CopiesAnswer
from bargaining.settlement.mechanism.setting import settings


@dataclass(frozen=True, eq=False)
class CopiesMechanism:
    """The best mechanisms of all packages of an agenda, for several copies each.

    Attributes
    ----------
    game : LinkageGame
    agenda : str
    copies : int
    parts : tuple of CopiesAnswer
        One per package.
    """

    game: LinkageGame
    agenda: str
    copies: int
    parts: tuple[CopiesAnswer, ...]

    @property
    def status(self) -> Status:
        """``solved`` if every package is."""
        solved = all(part.status == Status.SOLVED for part in self.parts)
        return Status.SOLVED if solved else Status.LIMIT_REACHED

    @property
    def first_best(self) -> Number:
        """The best if types were public, under the same rationality and transfers."""
        return _sum(part.first_best for part in self.parts)

    @property
    def second_best(self) -> Number:
        """The best if each side alone knows its types."""
        return _sum(part.second_best for part in self.parts)

    @property
    def efficient(self) -> Number:
        """The largest expected total."""
        return _sum(part.efficient for part in self.parts)

    @property
    def bound(self) -> Number:
        """No mechanism yields more."""
        return _sum(part.bound for part in self.parts)

    @property
    def lost(self) -> Number:
        """What private information costs."""
        return self.first_best - self.second_best

    @property
    def gains(self) -> Mapping[str, Number]:
        """Expected gains of the players."""
        return {
            player: _sum(part.gains[player] for part in self.parts) for player in self.game.players
        }

    @property
    def packages(self) -> tuple[tuple[str, ...], ...]:
        """The packages, as names of issues."""
        return tuple(part.setting.issues for part in self.parts)

    @property
    def method(self) -> str:
        """How the packages were solved."""
        return "; ".join(dict.fromkeys(part.method for part in self.parts))

    @property
    def tolerance(self) -> float:
        """0 where exact."""
        return max(part.tolerance for part in self.parts)

    @property
    def slacks(self) -> dict[str, dict[str, Number]]:
        """The least slack of each kind of condition, over all packages."""
        found: dict[str, dict[str, Number]] = {}
        for part in self.parts:
            for kind, slack in part.slacks.items():
                old = found.get(kind, {"slack": slack})["slack"]
                found[kind] = {"slack": min(old, slack)}
        return found

    @cached_property
    def outcome_rule(self) -> list[dict[str, Any]]:
        """The rule cell by cell, of packages with a bounded number of cells."""
        return [entry for part in self.parts for entry in part.listed_rule()]

    @property
    def certificate(self) -> Certificate:
        """Weights of the players in the bound of the largest package; prices are in its part."""
        main = max(self.parts, key=lambda part: part.rule.shares.size)
        weights = dict(zip(self.game.players, main.prices.weights.tolist(), strict=True))
        gap = main.bound - main.second_best
        return Certificate("prices", weights, main.setting.issues, main.gains, {}, gap)

    @checked
    def verify(self) -> bool:
        """Verify every package; raise VerificationError where something does not hold."""
        return all(part.verify() for part in self.parts)

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; with ``exact=True`` fractions also as strings."""
        one = self.parts[0]
        data = {
            "schema": "bargaining-mechanism/1",
            "game": self.game.name or self.game.title,
            "players": list(self.game.players),
            "agenda": self.agenda,
            "packages": self.packages,
            "status": self.status,
            "first_best": self.first_best,
            "second_best": self.second_best,
            "efficient": self.efficient,
            "lost": self.lost,
            "bound": self.bound,
            "gains": dict(self.gains),
            "transfers": one.transfers,
            "rationality": one.rationality,
            "incentive": "bayesian",
            "objective": one.objective,
            "copies": self.copies,
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
            f"{self.agenda}, {self.copies} copies: {in_figures(self.second_best)} of "
            f"{in_figures(self.first_best)} per copy; gains {gained}"
        )


def copies_mechanism(
    game: LinkageGame,
    copies: int,
    *,
    transfers: Literal["none", "expected", "ex_post"] = "none",
    rationality: Literal["interim", "ex_post", "none"] = "interim",
    objective: str = "total",
    agenda: str = "linked",
    seconds: float = MAX_SECONDS,
) -> CopiesMechanism:
    """Find the best mechanism for several copies of each package of an agenda.

    Parameters
    ----------
    game : LinkageGame
    copies : int
        Independent copies of the game, decided together.
    transfers, rationality, objective : str
        See :func:`bargaining.settlement.mechanism.copies.solve_copies`.
    agenda : str
    seconds : float
        For each package; afterwards the best lies between ``second_best`` and ``bound``.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.loads('''format = "bargaining-game/1"
    ... players = ["seller", "buyer"]
    ... [issues.sale]
    ... options = ["keep", "sell"]
    ... status_quo = "keep"
    ... payoffs.seller = [0, 0]
    ... payoffs.buyer = [0, 1]
    ... [[types]]
    ... player = "seller"
    ... probability = ["1/2", "1/2"]
    ... payoffs.sale.seller = [[0, 0], [0, "-7/8"]]
    ... [[types]]
    ... player = "buyer"
    ... probability = ["1/2", "1/2"]
    ... payoffs.sale.buyer = [[0, "1/8"], [0, 1]]
    ... ''')
    >>> copies_mechanism(game, 2, transfers="expected").second_best
    Fraction(91, 304)
    """
    plain = without_transfers(game)
    parts = tuple(
        solve_copies(
            setting,
            copies,
            transfers=transfers,
            rationality=rationality,
            objective=objective,
            seconds=seconds,
        )
        for setting in settings(plain, parse_agenda(plain, agenda))
    )
    return CopiesMechanism(plain, agenda, copies, parts)


def _sum(values: Any) -> Number:
    total: Number = sum(values, start=Fraction(0))
    return total
