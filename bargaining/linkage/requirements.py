"""Mutual gain of packages and issues whose deals must meet requirements.

Premiums and caps change payoffs: with shares the game with linearised gains has the same minimal
packages.  Ratifiers, floors and enforcement are asked about package by package, since an issue
more can then take a deal away.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bargaining.errors import SolverError
from bargaining.geometry.exchange_rates import ExchangeRates
from bargaining.geometry.mutual import MutualGain
from bargaining.linkage.issue_report import IssueStatus
from bargaining.linkage.package_search import StoppedError
from bargaining.model.deal import Deal, status_quo
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.composed.certified import certified_packages
from bargaining.settlement.composed.package import compose
from bargaining.settlement.composed.program import ComposedProgram
from bargaining.settlement.enforcement.reversion import ReversionMode
from bargaining.settlement.linearised import HomeTest
from bargaining.settlement.package import Deals
from bargaining.settlement.solutions.nash import SOLUTION as NASH


class UnderRequirements:
    """Decides whether packages attain mutual gain under requirements.

    Parameters
    ----------
    game : LinkageGame
    deals : {"shares", "pure"}
    require : sequence of str

    Attributes
    ----------
    plain : LinkageGame or None
        A game of plain payoffs with the same minimal packages, where there is one.
    """

    def __init__(self, game: LinkageGame, deals: Deals, require: Sequence[str] = ()) -> None:
        self.game, self.deals = game, deals
        self.rules = game.ratification
        self.mode: ReversionMode | None = "auto" if "enforcement" in require else None
        self.home = HomeTest(game)
        folds = not (self.rules.floors or self.rules.ratified or self.mode)
        watched = all(i in game.interested for i in self.rules.premiums)
        self.plain: LinkageGame | None = None
        if folds and watched and deals == "shares":
            self.plain = self.home.linear(self.home.closed)

    def decide(self, package: Sequence[int]) -> MutualGain:
        """Return who can gain together."""
        stake = frozenset(self.game.interested)
        origin = Deal(status_quo(self.game))
        if self.deals == "pure":
            return self._pure(tuple(package))
        able = self.home.able(package)
        gainers = able.gainers
        if gainers and (self.rules.floors or self.mode):
            try:
                composition = compose(self.game, [package], self.rules, self.mode)
                program = ComposedProgram(composition, [able.found.gainers], [able.closed])
            except SolverError as error:
                raise StoppedError(str(error)) from error
            gainers = frozenset(i for _, i in program.able)
        return MutualGain(gainers, bool(stake) and gainers == stake, origin, None)

    def _pure(self, package: tuple[int, ...]) -> MutualGain:
        from bargaining.settlement.composed.pure import pure_packages

        weights = (Fraction(1),) * len(self.game.players)
        parts, _ = pure_packages(self.game, [package], NASH, weights, self.rules, self.mode)
        gainers = parts[0].gainers
        stake = frozenset(self.game.interested)
        everyone = bool(stake) and gainers == stake
        return MutualGain(gainers, everyone, parts[0].deal, None)

    def deal(self, package: Sequence[int]) -> tuple[Deal, tuple[Number, ...]]:
        """Return a deal that helps everyone who can gain, with net gains."""
        weights = (Fraction(1),) * len(self.game.players)
        if self.deals == "pure":
            from bargaining.settlement.composed.pure import pure_packages

            parts, _ = pure_packages(self.game, [package], NASH, weights, self.rules, self.mode)
        else:
            parts, _ = certified_packages(
                self.game, [package], NASH, weights, self.rules, self.mode
            )
        if parts[0].status == Status.NUMERICAL_TROUBLE:
            msg = "the deal of the package could not be certified: rescale the payoffs of the game"
            raise SolverError(msg)
        return parts[0].deal, parts[0].gains

    def status(self, issue: int) -> IssueStatus:
        """Classify one issue by who can gain from it alone under what must pass at home."""
        found = self.decide((issue,))
        if found.everyone:
            return "mutual"
        if found.gainers:
            return "one_sided"
        rows = self.rates(issue).rows
        names = [self.game.players[i] for i in self.home.players((issue,))]
        stake = [j for j, name in enumerate(names) if self._counts(name)]
        hopeful = any(row[j] > 0 for row in rows for j in stake)
        return "deadlock" if hopeful else "inert"

    def _counts(self, name: str) -> bool:
        return self.game.players.index(name) in self.game.interested

    def rates(self, issue: int) -> ExchangeRates:
        """Exchange rates of an issue with premiums folded in, ratifiers included."""
        return self.home.rates(issue)
