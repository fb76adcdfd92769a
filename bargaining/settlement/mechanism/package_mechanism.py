"""The best rule of one package, as a part of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from bargaining.model.deal import named_together
from bargaining.model.game import LinkageGame
from bargaining.results import (
    Number,
    Status,
)
from bargaining.settlement.mechanism.checker import Examination, plain
from bargaining.settlement.mechanism.part import ORDER
from bargaining.settlement.mechanism.proof import Found
from bargaining.settlement.mechanism.question import Question
from bargaining.settlement.mechanism.setting import Profile, Setting
from bargaining.settlement.mechanism.slacks import slacks

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
