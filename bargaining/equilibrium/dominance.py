"""Iterated strict dominance: which actions a player who believes in reason never takes.

An action is strictly dominated if some mixture of the player's other actions pays more whatever
the others do; removing such actions may make others dominated, and the order does not matter
(Gilboa, Kalai, Zemel 1990).  Equilibria, correlated or not, use only what is left.  Whether
action a is dominated is the sign of the value of the zero-sum game u(a', s) - u(a, s) between a
player who mixes his other actions a' and one who mixes the others' profiles s (Pearce 1984): the
first one's optimal mixture dominates a, or the second one's is a belief to which a is a best
reply.  Both are kept, in rationals, so every step can be checked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.best_replies import table_of
from bargaining.equilibrium.zero_sum import EXACT_CELLS, EXACT_SIDE, zero_sum
from bargaining.errors import NotDefinedError, VerificationError
from bargaining.model.issue import Issue
from bargaining.results import plain

MAX_PURE_WORK = 200_000_000
"""Payoff comparisons per round beyond which dominance by pure actions is not looked for."""

Weights = Mapping[int, Fraction]
Kept = dict[str, list[int]]


@dataclass(frozen=True)
class Removal:
    """One action removed.

    Attributes
    ----------
    round : int
        From 1; all actions dominated in what the round before left are removed together.
    player : str
    action : int
    by : mapping of int to Fraction
        The mixture of other actions that pays more against everything that is left.
    """

    round: int
    player: str
    action: int
    by: Weights


@dataclass(frozen=True, eq=False)
class Dominance:
    """What iterated strict dominance leaves of an issue.

    Attributes
    ----------
    issue : Issue
    removed : tuple of Removal
        In the order of rounds.
    remaining : mapping of str to tuple of int
        Per acting player, the actions that are left.
    beliefs : mapping of str to mapping of int to mapping of int to Fraction
        Per player and remaining action, weights on outcomes of the issue whose marginal on the
        others' actions is a belief to which the action is a best reply among those left.
    complete : bool
        Whether every action that is left has such a belief, so that nothing more is dominated;
        False where the game is too large to look for mixtures.
    """

    issue: Issue = field(repr=False)
    removed: tuple[Removal, ...]
    remaining: Mapping[str, tuple[int, ...]]
    beliefs: Mapping[str, Mapping[int, Weights]] = field(repr=False)
    complete: bool

    @property
    def outcome(self) -> str | None:
        """The only outcome left, if one is: the game is dominance solvable."""
        if any(len(actions) > 1 for actions in self.remaining.values()):
            return None
        place = [actions[0] for actions in self.remaining.values()]
        return self.issue.outcomes[int(np.ravel_multi_index(place, self.issue.shape))]

    def verify(self) -> bool:
        """Repeat every comparison of payoffs; raise VerificationError where one fails."""
        kept = {
            p: list(range(k)) for p, k in zip(self.issue.actions, self.issue.shape, strict=True)
        }
        for number in sorted({step.round for step in self.removed}):
            steps = [step for step in self.removed if step.round == number]
            for step in steps:
                table = _own_rows(self.issue, step.player, kept)
                place = {a: i for i, a in enumerate(kept[step.player])}
                by = {place[a]: w for a, w in step.by.items() if a in place and w > 0}
                mixed: Any = sum(table[i] * w for i, w in by.items())
                full = sum(by.values()) == 1 and step.action in place
                if not full or not all(mixed > table[place[step.action]]):
                    label = self.issue.actions[step.player][step.action]
                    self._fail(f"{label} of {step.player} is not dominated in round {number}")
            for step in steps:
                kept[step.player].remove(step.action)
        if {p: tuple(actions) for p, actions in kept.items()} != dict(self.remaining):
            self._fail("the actions said to be left are not those that were not removed")
        if self.complete:
            self._check_beliefs(kept)
        return True

    def _check_beliefs(self, kept: Kept) -> None:
        for axis, (player, actions) in enumerate(kept.items()):
            table = np.moveaxis(table_of(self.issue, player), axis, 0)
            for action in actions:
                belief = self.beliefs.get(player, {}).get(action, {})
                worth = [Fraction(0)] * len(table)
                for outcome, weight in belief.items():
                    profile = [int(a) for a in np.unravel_index(outcome, self.issue.shape)]
                    others = [p for p in kept if p != player]
                    del profile[axis]
                    if weight < 0 or any(
                        a not in kept[p] for a, p in zip(profile, others, strict=True)
                    ):
                        self._fail(f"a belief of {player} puts weight where nothing is left")
                    for a in actions:
                        worth[a] += weight * table[(a, *profile)]
                if sum(belief.values()) != 1 or any(worth[a] > worth[action] for a in actions):
                    label = self.issue.actions[player][action]
                    self._fail(f"{label} of {player} is no best reply to the belief given")

    def _fail(self, what: str) -> None:
        msg = f"issue {self.issue.name}: {what}"
        raise VerificationError(msg)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, actions by their labels."""
        labels = self.issue.actions
        return {
            "removed": [
                {
                    "round": step.round,
                    "player": step.player,
                    "action": labels[step.player][step.action],
                    "by": {labels[step.player][a]: str(w) for a, w in step.by.items()},
                }
                for step in self.removed
            ],
            "remaining": plain({p: [labels[p][a] for a in k] for p, k in self.remaining.items()}),
            "outcome": self.outcome,
            "complete": self.complete,
        }


def iterated_dominance(issue: Issue, *, mixtures: bool = True) -> Dominance:
    """Remove strictly dominated actions until none is left.

    Parameters
    ----------
    issue : Issue
        A normal form, with any number of players.
    mixtures : bool
        Whether to look for dominating mixtures too; without them large games take no time.

    Returns
    -------
    Dominance

    Raises
    ------
    NotDefinedError
        For an option issue, in which nobody acts alone.

    Examples
    --------
    >>> issue = Issue.normal_form("x", ["a", "b"], {"a": ["T", "M", "B"], "b": ["L", "R"]},
    ...     {"a": [[4, 0], [0, 4], [1, 1]], "b": [[0, 1], [1, 0], [9, 0]]})
    >>> found = iterated_dominance(issue)
    >>> found.to_dict()["removed"][0]["by"]
    {'T': '1/2', 'M': '1/2'}
    """
    if issue.is_options:
        msg = f"issue {issue.name}: dominance is not defined for joint options; nobody acts alone"
        raise NotDefinedError(msg)
    kept: Kept = {p: list(range(k)) for p, k in zip(issue.actions, issue.shape, strict=True)}
    removed: list[Removal] = []
    beliefs: dict[str, dict[int, Weights]] = {}
    complete = True
    for number in range(1, sum(issue.shape) + 1):  # each round but the last removes something
        beliefs, complete, steps = {}, True, []
        for player in issue.actions:
            dominated, beliefs[player], sure = _one_round(issue, player, kept, mixtures)
            complete &= sure
            steps += [Removal(number, player, a, by) for a, by in dominated.items()]
        if not steps:
            break
        removed += steps
        for step in steps:
            kept[step.player].remove(step.action)
    remaining = {p: tuple(actions) for p, actions in kept.items()}
    return Dominance(issue, tuple(removed), remaining, beliefs, complete)


def _one_round(
    issue: Issue, player: str, kept: Kept, mixtures: bool
) -> tuple[dict[int, Weights], dict[int, Weights], bool]:
    """Return the player's dominated actions, the others' beliefs, and whether each has one."""
    actions = kept[player]
    table = _own_rows(issue, player, kept)
    dominated: dict[int, Weights] = {
        actions[i]: {actions[j]: Fraction(1)} for i, j in _by_pure(table).items()
    }
    beliefs: dict[int, Weights] = {}
    best = table == table.max(axis=0)
    sure = True
    for i, action in enumerate(actions):
        if action in dominated:
            continue
        if best[i].any():
            beliefs[action] = {_outcome(issue, player, kept, int(best[i].argmax())): Fraction(1)}
            continue
        others = [j for j in range(len(actions)) if j != i]
        side = min(len(others), len(table[i]))
        if not mixtures or len(others) * len(table[i]) > EXACT_CELLS or side > EXACT_SIDE:
            sure = False
            continue
        found = zero_sum(table[others] - table[i])
        if found.value > 0:
            weights = zip(others, found.row, strict=True)
            dominated[action] = {actions[j]: Fraction(w) for j, w in weights if w}
        else:
            beliefs[action] = {
                _outcome(issue, player, kept, s): Fraction(w)
                for s, w in enumerate(found.column)
                if w
            }
    return dominated, beliefs, sure


def _own_rows(issue: Issue, player: str, kept: Kept) -> NDArray[Any]:
    """Return the player's payoffs on what is left, shape (own actions, others' profiles)."""
    axis = list(issue.actions).index(player)
    table = table_of(issue, player)[np.ix_(*kept.values())]
    return np.moveaxis(table, axis, 0).reshape(len(kept[player]), -1)


def _outcome(issue: Issue, player: str, kept: Kept, profile: int) -> int:
    """Return the outcome where the player takes his first action and the others a profile."""
    axis = list(issue.actions).index(player)
    others = [actions for p, actions in kept.items() if p != player]
    chosen = np.unravel_index(profile, [len(actions) for actions in others]) if others else ()
    place = [actions[int(k)] for actions, k in zip(others, chosen, strict=True)]
    place.insert(axis, kept[player][0])
    return int(np.ravel_multi_index(place, issue.shape))


def _by_pure(table: NDArray[Any]) -> dict[int, int]:
    """Return for each row dominated by a single other row one such row."""
    if math.prod((len(table), *table.shape)) > MAX_PURE_WORK:
        return {}
    order = np.array([[float(v) for v in row] for row in table])  # keeps the weak order
    found = {}
    for i, row in enumerate(order):
        for j in np.flatnonzero((order >= row).all(axis=1)):
            if j != i and all(table[j] > table[i]):
                found[i] = int(j)
                break
    return found
