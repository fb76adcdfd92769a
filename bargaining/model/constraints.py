"""Constraints across issues: which combinations of outcomes may not be agreed.

Every constraint of a game file comes down to one form: of some statements "this issue ends in
one of these outcomes", at most so many may hold at once.  ``forbid`` allows all but one of its
statements; ``if … require`` forbids the conditions together with the opposite of each thing
required.  Issues that a package leaves out count at their status quo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Statement = tuple[str, frozenset[int]]


@dataclass(frozen=True)
class Constraint:
    """At most ``limit`` of some statements hold.

    Attributes
    ----------
    statements : tuple of (issue name, set of outcomes)
        Each holds when the issue ends in one of its outcomes; one per issue.
    limit : int
    place : str
        Where the constraint stands in the file, for messages.
    """

    statements: tuple[Statement, ...]
    limit: int
    place: str = field(default="", compare=False)

    def settled(self, issue: str, outcome: int) -> Constraint:
        """Return what is left of the constraint once an issue stays at an outcome."""
        rest = tuple(s for s in self.statements if s[0] != issue)
        holds = any(name == issue and outcome in outcomes for name, outcomes in self.statements)
        return Constraint(rest, self.limit - holds, self.place)

    @property
    def vacuous(self) -> bool:
        """Whether nothing can break it."""
        return self.limit >= len(self.statements)

    def allows(self, outcomes: Mapping[str, int]) -> bool:
        """Whether one outcome per issue meets the constraint."""
        holding = sum(outcomes[name] in chosen for name, chosen in self.statements)
        return holding <= self.limit


def forbid(statements: Sequence[Statement], place: str = "") -> Constraint:
    """Forbid some statements to hold all at once.

    >>> forbid([("tariff", frozenset({1})), ("quota", frozenset({2}))]).limit
    1
    """
    merged: dict[str, frozenset[int]] = {}
    for issue, outcomes in statements:
        merged[issue] = merged[issue] & outcomes if issue in merged else outcomes
    return Constraint(tuple(merged.items()), len(merged) - 1, place)


def require(
    conditions: Sequence[Statement],
    required: Sequence[Statement],
    sizes: Mapping[str, int],
    place: str = "",
) -> tuple[Constraint, ...]:
    """Ask for some statements wherever others hold.

    >>> rule = require([("guns", frozenset({1}))], [("tracing", frozenset({2}))], {"tracing": 3})
    >>> rule[0].allows({"guns": 1, "tracing": 0}), rule[0].allows({"guns": 0, "tracing": 0})
    (False, True)
    """
    return tuple(
        forbid([*conditions, (issue, frozenset(range(sizes[issue])) - outcomes)], place)
        for issue, outcomes in required
    )
