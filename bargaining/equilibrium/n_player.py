"""Nash equilibria of small games of three or more players.

Strictly dominated actions are removed first (exactly).  Then, for every choice of actions that
each player may use (Porter, Nudelman, Shoham 2008), all actions in use must pay the same: as
many equations as unknown probabilities, affine in each.  All their solutions are found by
cutting boxes, with a proof for each that there is one and for the rest that there is none
(:mod:`.multilinear`); the list is complete only if no box was left undecided, as happens where
equilibria form a continuum.

Probabilities of three players can be irrational.  A solution that rounds to fractions which
satisfy every best-reply condition exactly is given as fractions; others are floats, listed if
their recomputed regret is at most 1e-9 of the payoff range, and marked as not exact.
"""

from __future__ import annotations

import itertools
import math
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bargaining.equilibrium.answers import REGRET, Equilibrium, Mix, evaluated, payoff_range
from bargaining.equilibrium.best_replies import is_equilibrium, table_of
from bargaining.equilibrium.dominance import iterated_dominance
from bargaining.equilibrium.multilinear import EDGE, Floats, roots
from bargaining.model.issue import Issue

MAX_SUPPORTS = 1_000
"""The most choices of supports tried (343 with three players of three actions)."""
MAX_OUTCOMES = 20_000
"""The most outcomes of a game from which dominated actions are removed."""
MAX_VARIABLES = 7
"""The most probabilities solved for at a time."""
MAX_BOXES = 20_000
"""Boxes looked at in all, and at most a quarter of it for one choice of supports."""
MAX_DENOMINATOR = 10_000_000
"""Of probabilities that are tried as fractions."""
ZERO = 1e-7
"""Weights and slacks below this belong to another choice of supports, or are in doubt."""

EDGE_ROOM = -EDGE
"""The first action's share, which is no variable, is at least this."""

Supports = Sequence[Sequence[int]]


@dataclass(frozen=True)
class ManyPlayers:
    """The mixed equilibria found, and whether they are all; with spare best replies or not."""

    mixed: tuple[Equilibrium, ...]
    complete: bool
    degenerate: bool


def mixed_equilibria(issue: Issue) -> ManyPlayers | None:
    """Find the equilibria in which somebody mixes; None where the game is too large.

    Parameters
    ----------
    issue : Issue
        A normal form in which any number of players act.

    Examples
    --------
    >>> import numpy as np
    >>> others = 1 - np.indices((2, 2, 2))[[1, 0, 0]] * np.indices((2, 2, 2))[[2, 2, 1]]
    >>> act = np.indices((2, 2, 2))  # each does what not both of the others do
    >>> issue = Issue.normal_form("x", ["a", "b", "c"], {p: ["0", "1"] for p in "abc"},
    ...     {p: (others[i] == act[i]).astype(int).tolist() for i, p in enumerate("abc")})
    >>> found = mixed_equilibria(issue)
    >>> [round(e.strategies["a"][1] ** 2, 9) for e in found.mixed if not e.exact], found.complete
    ([0.5], True)
    """
    if issue.size > MAX_OUTCOMES:
        return None
    left = list(iterated_dominance(issue).remaining.values())
    if math.prod(2 ** len(k) - 1 for k in left) > MAX_SUPPORTS:
        return None
    if sum(len(k) - 1 for k in left) > MAX_VARIABLES:
        return None
    tables = _tables(issue)
    found: dict[tuple[Mix, ...], Equilibrium] = {}
    complete, degenerate, boxes = True, False, MAX_BOXES
    for supports in _choices(left):
        if all(len(s) == 1 for s in supports) or _hopeless(tables, supports, left):
            continue
        system = _System(tables, supports, left)
        answer = roots(system.values, system.variables, most=min(boxes, MAX_BOXES // 4))
        boxes -= answer.boxes
        complete &= answer.complete
        for point in answer.points:
            mixes = system.mixes(point)
            if min(p[list(s)].min() for p, s in zip(mixes, supports, strict=True)) < ZERO:
                continue  # if an equilibrium, one of fewer actions, found there
            slack = system.slack(point)
            equilibrium = _confirmed(issue, mixes)
            if equilibrium is not None:
                found.setdefault(equilibrium.key, equilibrium)
                degenerate |= slack > -ZERO
                complete &= slack < -ZERO or equilibrium.exact
            elif slack < ZERO:
                complete = False
    return ManyPlayers(tuple(found.values()), complete, degenerate)


class _System:
    """The equations and inequalities of one choice of supports."""

    def __init__(self, tables: Sequence[Floats], supports: Supports, left: Supports) -> None:
        self._shape, self._supports = tables[0].shape, supports
        self._outside = [
            [a for a in all_left if a not in used]
            for used, all_left in zip(supports, left, strict=True)
        ]
        self._sizes = [len(used) for used in supports]
        self.variables = sum(self._sizes) - len(supports)
        self._parts = []
        for i, table in enumerate(tables):
            axes = [range(size) for size in self._shape]
            chosen = [axes[j] if j == i else used for j, used in enumerate(supports)]
            self._parts.append(table[np.ix_(*chosen)])
        names = string.ascii_lowercase[: len(supports)]
        self._sums = [
            ",".join([names, *("Z" + name for name in names if name != own)]) + "->Z" + own
            for own in names
        ]

    def values(self, points: Floats) -> tuple[Floats, Floats]:
        """Payoff differences within the supports (to be 0), and what must be at most 0."""
        shares = self._shares(points)
        within, limits = self._differences(shares)
        crowded = [EDGE_ROOM - mix[:, :1] for mix in shares if len(mix[0]) > 2]
        return np.hstack(within), np.hstack([*limits, *crowded])

    def _differences(self, shares: Sequence[Floats]) -> tuple[list[Floats], list[Floats]]:
        within, outside = [], []
        for i, (part, sums) in enumerate(zip(self._parts, self._sums, strict=True)):
            worth = np.einsum(sums, part, *(mix for j, mix in enumerate(shares) if j != i))
            first, *others = self._supports[i]
            within.append(worth[:, others] - worth[:, [first]])
            outside.append(worth[:, self._outside[i]] - worth[:, [first]])
        return within, outside

    def slack(self, point: Floats) -> float:
        """Return the most that an unused action gains, negative if it loses."""
        _, outside = self._differences(self._shares(point[None]))
        return float(np.hstack(outside).max(initial=-1.0))

    def mixes(self, point: Floats) -> list[Floats]:
        """Return everybody's probabilities over all actions."""
        result = []
        for size, used, shares in zip(
            self._shape, self._supports, self._shares(point[None]), strict=True
        ):
            mix = np.zeros(size)
            mix[list(used)] = shares[0]
            result.append(mix)
        return result

    def _shares(self, points: Floats) -> list[Floats]:
        """Split the variables by player; the first action's share is what is left of 1."""
        result, start = [], 0
        for size in self._sizes:
            part = points[:, start : start + size - 1]
            result.append(np.column_stack([1 - part.sum(axis=1), part]))
            start += size - 1
        return result


def _tables(issue: Issue) -> list[Floats]:
    """Return each acting player's payoffs in units of their range."""
    result = []
    for player in issue.actions:
        table = table_of(issue, player)
        low, high = table.min(), table.max()
        result.append(((table - low) / ((high - low) or 1)).astype(np.float64))
    return result


def _choices(left: Supports) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Choose for each player which of his actions he uses, few first."""
    each = [
        [s for size in range(1, len(k) + 1) for s in itertools.combinations(k, size)] for k in left
    ]
    yield from itertools.product(*each)


def _hopeless(tables: Sequence[Floats], supports: Supports, left: Supports) -> bool:
    """Whether an action in use is worse than another whatever the others do within theirs."""
    for i, table in enumerate(tables):
        chosen = [left[j] if j == i else used for j, used in enumerate(supports)]
        rows = np.moveaxis(table[np.ix_(*chosen)], i, 0).reshape(len(left[i]), -1)
        for a in supports[i]:
            mine = rows[list(left[i]).index(a)]
            if (rows > mine + ZERO).all(axis=1).any():
                return True
    return False


def _confirmed(issue: Issue, mixes: Sequence[Floats]) -> Equilibrium | None:
    """Return the equilibrium in fractions if it is one, else in floats if its regret is tiny."""
    simple = [[Fraction(p).limit_denominator(MAX_DENOMINATOR) for p in mix] for mix in mixes]
    if any(
        bool(p) != bool(q)
        for a, b in zip(simple, mixes, strict=True)
        for p, q in zip(a, b, strict=True)
    ):
        return None  # weights at rounding's edge: near an equilibrium of fewer actions
    exact = dict(zip(issue.actions, map(tuple, simple), strict=True))
    if is_equilibrium(issue, exact):
        return evaluated(issue, exact)
    floats = {p: tuple(mix.tolist()) for p, mix in zip(issue.actions, mixes, strict=True)}
    found = evaluated(issue, floats, exact=False)
    return found if found.regret <= REGRET * payoff_range(issue) else None
