"""Who can gain from a package that must pass at home, decided exactly.

With shares a deal can be scaled down towards the status quo, where a premium costs κβ per unit
of depth and no less.  So a deal strictly better for everyone exists if and only if one exists
for the gains linearised there, gain - κβ·visibility, which add up: the exact machinery of plain
payoffs answers.  A cap of 0 forbids visible outcomes; who only ratifies may not lose, but need
not gain.  A player who cannot gain there is held at zero: if his premium bends, nothing visible
to him can be agreed, and the question is asked again without those outcomes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import VerificationError
from bargaining.geometry.exchange_rates import ExchangeRates, Vector, issue_rows
from bargaining.geometry.mutual import MutualGain, mutual_gain
from bargaining.geometry.support import support
from bargaining.model.array_issues import ArrayIssues
from bargaining.model.constraints import forbid
from bargaining.model.game import LinkageGame
from bargaining.model.ratification import Ratification

AT_HOME = ("premium", "caps", "floors", "vetoes")


@dataclass(frozen=True, eq=False)
class Able:
    """Who can gain from a package, nobody losing and every ratifier content.

    Attributes
    ----------
    gainers : frozenset of int
        Positions of players with a stake who can gain, all at once.
    everyone : bool
        Whether these are all players with a stake.
    found : MutualGain
        A deal for the linearised gains; scaled down enough it is one for the true gains.
    proofs : tuple of (Fraction, …)
        Exchange rates, one tuple per round, that prove that the others cannot gain.
    closed : frozenset of int
        Outcomes, as rows of the flat gains, that no deal of the package can hold.
    """

    gainers: frozenset[int]
    everyone: bool
    found: MutualGain
    proofs: tuple[Vector, ...]
    closed: frozenset[int]

    def blocking(self, left_out: Collection[int]) -> Vector | None:
        """Return rates that alone prove that some players cannot gain; None if it takes rounds."""
        first = self.proofs[0] if self.proofs else None
        return first if first and all(first[i] > 0 for i in left_out) else None


class HomeTest:
    """The exact test under some rules of ratification, asked package by package.

    Parameters
    ----------
    game : LinkageGame
    rules : Ratification, optional
        By default all that the file holds.
    """

    def __init__(self, game: LinkageGame, rules: Ratification | None = None) -> None:
        self.game = game
        self.rules = game.ratification if rules is None else rules
        self._made: dict[frozenset[int], LinkageGame] = {}
        self._able: dict[tuple[int, ...], Able] = {}
        closed = {
            row
            for i, cap in self.rules.caps.items()
            if not cap
            for row in np.flatnonzero(self.rules.visible[i] != 0).tolist()
        }
        self.closed = frozenset[int](closed)
        """Outcomes, as rows of the flat gains, that a cap of 0 rules out."""

    def players(self, package: Sequence[int]) -> tuple[int, ...]:
        """Who may not lose: players with a stake, those with a premium, those who ratify."""
        return tuple(sorted({*self.game.interested, *self.held(package)}))

    def held(self, package: Sequence[int]) -> tuple[int, ...]:
        """Players who may not lose but do not count among those who should gain."""
        stake = set(self.game.interested)
        only = {i for i in self.rules.premiums if i not in stake and i not in self.rules.ratified}
        return tuple(sorted(only | set(self.rules.ratifiers(package))))

    def able(self, package: Sequence[int]) -> Able:
        """Find who can gain from a package, others at the status quo."""
        key = tuple(package)
        if key not in self._able:
            self._able[key] = self._find(key)
        return self._able[key]

    def _find(self, package: tuple[int, ...]) -> Able:
        players = self.players(package)
        stake = frozenset(self.game.interested)
        closed, proofs = self.closed, []
        while True:
            found = mutual_gain(self.linear(closed), package, players)
            if found.weights is not None:
                proofs.append(found.weights)
            more = closed | self._closing(frozenset(players) - found.gainers)
            if more == closed:
                gainers = found.gainers & stake
                everyone = bool(stake) and gainers == stake
                return Able(gainers, everyone, found, tuple(proofs), closed)
            closed = more

    def check(
        self, package: Sequence[int], proofs: Sequence[Vector]
    ) -> tuple[frozenset[int], frozenset[int]]:
        """Return who, by these rates, cannot gain, and which outcomes no deal can hold.

        Raises
        ------
        VerificationError
            If the rates do not block anything.
        """
        closed = self.closed
        held: set[int] = set()
        for rates in proofs:
            if min(rates) < 0 or support(self.linear(closed), package, rates) > 0:
                msg = "the exchange rates said to block the package do not"
                raise VerificationError(msg)
            held = {i for i, rate in enumerate(rates) if rate > 0}
            closed = closed | self._closing(frozenset(held))
        return frozenset(held), closed

    def rates(self, issue: int) -> ExchangeRates:
        """Exchange rates of one issue for the linearised gains, ratifiers included."""
        columns = self.players((issue,))
        names = tuple(self.game.players[i] for i in columns)
        return ExchangeRates(
            names, issue_rows(self.linear(self.closed), issue, columns), self.game.players
        )

    def linear(self, closed: frozenset[int]) -> LinkageGame:
        """Return the game with linearised gains, some outcomes ruled out."""
        if closed not in self._made:
            self._made[closed] = linearised(self.game, self.rules, closed)
        return self._made[closed]

    def _closing(self, blocked: frozenset[int]) -> set[int]:
        """Outcomes that show to a player who cannot gain and whose premium bends."""
        rows: set[int] = set()
        for i in blocked:
            premium = self.rules.premiums.get(i)
            if premium is not None and premium.bends:
                rows.update(np.flatnonzero(self.rules.visible[i] != 0).tolist())
        return rows


@lru_cache(maxsize=8)
def home_test(game: LinkageGame, rules: Ratification) -> HomeTest:
    """Return the test of a game under some rules; the last few are kept."""
    return HomeTest(game, rules)


def linearised(
    game: LinkageGame, rules: Ratification, closed: frozenset[int] = frozenset()
) -> LinkageGame:
    """Fold premiums, linearised at the status quo, into the payoffs of a game.

    Parameters
    ----------
    game : LinkageGame
    rules : Ratification
    closed : frozenset of int
        Rows of ``game.flat`` that may not be agreed: they stand at the status quo's payoffs.
    """
    channels = {k: v for k, v in game.channels.items() if k not in AT_HOME}
    steep = {i: p.steepness for i, p in rules.premiums.items() if p.steepness}
    if isinstance(game.issues, ArrayIssues) or not (steep or closed):
        return replace(game, channels=channels)
    offsets, issues, rules_added = game.flat.offsets, dict(game.issues), []
    for k, (name, issue) in enumerate(game.issues.items()):
        start, stop = int(offsets[k]), int(offsets[k + 1])
        shut = [row - start for row in closed if start <= row < stop]
        shown = {i: s for i, s in steep.items() if np.any(rules.visible[i][start:stop] != 0)}
        if not shut and not shown:
            continue
        payoffs: NDArray[Any] = issue.exact_payoffs.copy()
        for i, slope in shown.items():
            payoffs[:, i] = payoffs[:, i] - slope * rules.visible[i][start:stop]
        if shut:
            payoffs[shut] = payoffs[int(game.origin[k])]
            if k in game.coupled:
                rules_added.append(forbid([(name, frozenset(shut))], f"the cap on {name}"))
        issues[name] = replace(issue, exact_payoffs=payoffs)
    if rules_added:
        channels["constraints"] = (*game.constraints, *rules_added)
    return replace(game, issues=issues, channels=channels)
