"""What the answer about a mechanism needs of each package of its agenda."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.mechanism.question import Question
from bargaining.settlement.mechanism.setting import Setting

ORDER = (Status.NUMERICAL_TROUBLE, Status.LIMIT_REACHED, Status.SOLVED)
"""From the worst status to the best."""


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
