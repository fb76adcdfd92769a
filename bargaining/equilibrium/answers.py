"""What is said about the equilibria of one issue, and the check of it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.equilibrium.best_replies import (
    Strategies,
    is_equilibrium,
    is_pure_equilibrium,
    movers,
    payoff,
    regret,
    table_of,
)
from bargaining.equilibrium.components import Component
from bargaining.equilibrium.tight_choices import brute_force, checkable
from bargaining.errors import VerificationError
from bargaining.model.issue import Issue
from bargaining.results import Number, plain

REGRET = 1e-9
"""The most that anyone may gain by deviating from a numerical equilibrium, in payoff ranges."""

Mix = tuple[Number, ...]


@dataclass(frozen=True)
class Equilibrium:
    """One Nash equilibrium of an issue.

    Attributes
    ----------
    strategies : mapping of str to tuple of number
        A probability per action, for every player who has actions.
    payoffs : mapping of str to number
    outcome : str or None
        The outcome's name when the equilibrium is pure.
    component : int or None
        Which connected set of equilibria it belongs to, where known.
    index : int or None
        Its index when it is isolated, where known.
    exact : bool
        Whether strategies and payoffs are Fractions and nobody can gain anything at all.
    regret : Fraction or float
        The most that anyone gains by another action: 0 when exact.
    """

    strategies: Mapping[str, Mix]
    payoffs: Mapping[str, Number]
    outcome: str | None
    component: int | None = None
    index: int | None = None
    exact: bool = True
    regret: Number = Fraction(0)

    @property
    def support(self) -> dict[str, tuple[int, ...]]:
        """Per player, the numbers of the actions in use."""
        return {
            player: tuple(a for a, p in enumerate(mix) if p)
            for player, mix in self.strategies.items()
        }

    @property
    def key(self) -> tuple[Mix, ...]:
        """The strategies alone."""
        return tuple(self.strategies.values())

    def to_dict(self) -> dict[str, Any]:
        """Plain data, with the exact numbers as strings under ``exact``."""
        numbers = {"strategies": self.strategies, "payoffs": self.payoffs}
        return {
            **plain(numbers),
            "outcome": self.outcome,
            "support": plain(self.support),
            "component": self.component,
            "index": self.index,
            "regret": plain(self.regret),
            "exact": plain(numbers, exact=True) if self.exact else None,
        }


@dataclass(frozen=True, eq=False)
class EquilibriumSet:
    """The equilibria found for one issue.

    Attributes
    ----------
    issue : Issue
    equilibria : tuple of Equilibrium
        Pure ones first.
    complete : bool
        Whether there are no others; in a degenerate game, no other extreme ones: all equilibria
        are mixtures of those of one maximal Nash subset.
    degenerate : bool
        Whether in some equilibrium a player has best replies that he does not use, so that
        whole segments of equilibria may exist.
    method : str
    components : tuple of Component
        The connected sets of equilibria, with their dimension, maximal Nash subsets and index;
        empty where the list is not complete.
    pure_count : int or None
        How many pure equilibria there are, where more exist than are listed.
    """

    issue: Issue = field(repr=False)
    equilibria: tuple[Equilibrium, ...]
    complete: bool
    degenerate: bool
    method: str
    components: tuple[Component, ...] = ()
    pure_count: int | None = None

    @property
    def pure(self) -> tuple[Equilibrium, ...]:
        """The pure equilibria."""
        return tuple(e for e in self.equilibria if e.outcome is not None)

    @property
    def status_quo_is_equilibrium(self) -> bool | None:
        """Whether the status quo is an equilibrium; None without a status quo."""
        if self.issue.status_quo_index is None:
            return None
        return self.issue.is_options or is_pure_equilibrium(self.issue, self.issue.status_quo_index)

    def verify(self) -> bool:
        """Check every equilibrium by its definition, and what is said of all of them together.

        Exact ones are checked in rationals, numerical ones by recomputing their regret.  Small
        complete lists of two players are compared with those of another algorithm, the choice
        of tight constraints; in larger ones the indices must add up to 1 where they are known.
        """
        if self.issue.is_options:
            return True
        for number, found in enumerate(self.equilibria, start=1):
            self._check_one(number, found)
        acting = movers(self.issue)
        self._check_components(acting)
        if self.components:
            indices = [part.index for part in self.components]
            if None not in indices and sum(i for i in indices if i is not None) != 1:
                self._fail("the indices of the components do not add up to 1")
        shape = tuple(len(self.issue.actions[p]) for p in acting)
        if self.complete and len(shape) == 2 and checkable(*shape):
            first, second = (table_of(self.issue, p).reshape(shape).tolist() for p in acting)
            listed = {tuple(e.strategies[p] for p in acting) for e in self.equilibria}
            if listed != brute_force(first, second):
                self._fail("the list said to be complete is not")
        return True

    def _check_one(self, number: int, found: Equilibrium) -> None:
        again = evaluated(self.issue, found.strategies, exact=found.exact)
        away: list[float]
        if found.exact:
            if not is_equilibrium(self.issue, found.strategies):
                self._fail(f"equilibrium {number} is no equilibrium")
            same = again.payoffs == found.payoffs
        else:
            size = payoff_range(self.issue)
            away = [abs(float(sum(mix, Fraction(0))) - 1) for mix in found.strategies.values()]
            least = min(float(p) for mix in found.strategies.values() for p in mix)
            if max(away) > REGRET or least < 0 or float(again.regret) > REGRET * size:
                self._fail(f"equilibrium {number} is no equilibrium")
            away = [abs(float(again.payoffs[p]) - float(v)) for p, v in found.payoffs.items()]
            same = max(away) <= REGRET * size
        if not same or again.outcome != found.outcome:
            self._fail(f"payoffs of equilibrium {number} are wrong")

    def _check_components(self, acting: Sequence[str]) -> None:
        """All pairs of strategies of a maximal Nash subset must be listed equilibria."""
        listed = {tuple(e.strategies[p] for p in acting) for e in self.equilibria}
        for part in self.components:
            for subset in part.subsets or ():
                members = [self.equilibria[k].strategies for k in subset]
                each = [{mixes[p] for mixes in members} for p in acting]
                if not all(pair in listed for pair in itertools.product(*each)):
                    self._fail("a set of exchangeable equilibria is none")

    def _fail(self, what: str) -> None:
        msg = f"issue {self.issue.name}: {what}"
        raise VerificationError(msg)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "equilibria": [e.to_dict() for e in self.equilibria],
            "complete": self.complete,
            "degenerate": self.degenerate,
            "method": self.method,
            "pure_count": len(self.pure) if self.pure_count is None else self.pure_count,
            "components": [part.to_dict() for part in self.components],
            "status_quo_is_equilibrium": self.status_quo_is_equilibrium,
        }


def evaluated(issue: Issue, strategies: Strategies, *, exact: bool = True) -> Equilibrium:
    """Return strategies with the payoffs, the outcome and the regret that belong to them."""
    mixes: dict[str, Mix] = {player: tuple(mix) for player, mix in strategies.items()}
    outcome = None
    used = [[a for a, p in enumerate(mix) if p] for mix in mixes.values()]
    if all(len(actions) == 1 for actions in used):
        place = np.ravel_multi_index([actions[0] for actions in used], issue.shape)
        outcome = issue.outcomes[int(place)]
    found = Equilibrium(mixes, {p: payoff(issue, p, mixes) for p in issue.players}, outcome)
    return found if exact else replace(found, exact=False, regret=regret(issue, mixes))


def payoff_range(issue: Issue) -> float:
    """Return the largest difference between two payoffs of one acting player."""
    columns = [issue.exact_payoffs[:, issue.players.index(p)] for p in issue.actions]
    return float(max(column.max() - column.min() for column in columns))
