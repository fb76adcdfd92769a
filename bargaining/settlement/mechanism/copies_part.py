"""A package of which several copies are decided together, as a part of the whole answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from bargaining.errors import VerificationError
from bargaining.model.game import LinkageGame
from bargaining.model.information import told_apart
from bargaining.results import Number, Status
from bargaining.settlement.mechanism.copies import solve_copies
from bargaining.settlement.mechanism.copies_answer import CopiesAnswer
from bargaining.settlement.mechanism.question import Question
from bargaining.settlement.mechanism.setting import Setting
from bargaining.settlement.mechanism.verify import fresh_setting


@dataclass(frozen=True, eq=False)
class CopiesPart:
    """What several copies of a package lead to; all values are per copy.

    Attributes
    ----------
    found : CopiesAnswer
    """

    found: CopiesAnswer

    @property
    def setting(self) -> Setting:
        """The package and its types."""
        return self.found.setting

    @property
    def question(self) -> Question:
        """What was asked."""
        found = self.found
        return Question(
            found.transfers,
            found.rationality,
            objective=found.objective,
            efficiency=found.efficiency,
        )

    @property
    def copies(self) -> int:
        """How many copies are decided together."""
        return self.found.copies

    @property
    def status(self) -> Status:
        """``solved`` or ``limit_reached``."""
        return self.found.status

    @property
    def exact(self) -> bool:
        """Whether all numbers are Fractions."""
        return self.found.exact

    @property
    def method(self) -> str:
        """How it was found."""
        return self.found.method

    @property
    def first_best(self) -> Number:
        """The best if types were public."""
        return self.found.first_best

    @property
    def second_best(self) -> Number:
        """The best if each side alone knows its types."""
        return self.found.second_best

    @property
    def efficient(self) -> Number:
        """The largest expected total."""
        return self.found.efficient

    @property
    def bound(self) -> Number:
        """What no rule exceeds."""
        return self.found.bound

    @property
    def weights(self) -> Sequence[Number]:
        """Weights of the players in the bound."""
        return [w if isinstance(w, Fraction) else float(w) for w in self.found.prices.weights]

    @property
    def gains(self) -> Mapping[str, Number]:
        """Expected gains of the players."""
        return self.found.gains

    @property
    def interim(self) -> Mapping[str, Mapping[str, Number]]:
        """Expected gain of each player by how many copies are of each of his types."""
        spaces = zip(self.setting.game.players, self.setting.spaces, strict=True)
        return {
            player: dict(
                zip(
                    told_apart([_counted(space.labels, h) for h in self.found.interim[player]]),
                    self.found.interim[player].values(),
                    strict=True,
                )
            )
            for player, space in spaces
        }

    @property
    def slacks(self) -> Mapping[str, Mapping[str, Any]]:
        """The least slack of each kind of condition."""
        return {
            kind: {"slack": slack, "count": 0, "binding": []}
            for kind, slack in self.found.slacks.items()
        }

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield the rule, the most probable reports first; nothing of a very long one."""
        yield from self.found.listed_rule()

    def summary(self) -> dict[str, Any]:
        """Return plain data without the rule."""
        return self.found.summary()

    def verify(self, game: LinkageGame, issues: Sequence[str]) -> bool:
        """Recompute everything for the package of these issues of a game."""
        setting = fresh_setting(game, issues)
        if setting.issues != self.setting.issues:
            msg = "the packages are not those of the agenda"
            raise VerificationError(msg)
        return replace(self.found, setting=setting).verify()


def _counted(labels: Sequence[str], histogram: Sequence[int]) -> str:
    """Say how many copies are of each type."""
    pairs = zip(histogram, labels, strict=True)
    return ", ".join(f"{number} {label or 'public'}" for number, label in pairs if number)


def copies_part(setting: Setting, copies: int, question: Question) -> CopiesPart:
    """Solve several copies of a package."""
    found = solve_copies(
        setting,
        copies,
        transfers=question.transfers,
        rationality=question.rationality,
        objective=question.objective,
    )
    return CopiesPart(found)
