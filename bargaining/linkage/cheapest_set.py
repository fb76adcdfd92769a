"""The cheapest set with a property that larger sets keep, by hitting what stands in its way.

Start with no set.  Whenever the set at hand lacks the property, let it grow as long as it lacks
it: every set with the property holds an element outside what it has grown to.  In every round
such demands are collected until they leave nothing to grow, so that they share no element.  The
cheapest set that meets all demands so far (an integer programme, HiGHS) is the next one to try; as
it never costs more than the answer, it is the answer once it has the property.  The demands are
the proof: each can be checked apart, and no cheaper set meets them all.  With every element at
cost 1 it is the smallest set.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

MAX_ROUNDS = 1_000
SECONDS = 60.0
MAX_BRANCHES = 200_000
Costs = Mapping[int, Fraction]
"""What each element costs, from 0 on."""
Property = Callable[[frozenset[int]], bool]


@dataclass(frozen=True)
class CheapestSet:
    """The cheapest set found.

    Attributes
    ----------
    members : frozenset of int or None
        A set with the property: the cheapest if :attr:`complete`; None if no set has it.
    demands : tuple of frozenset of int
        Every set with the property has an element in each of these.
    least : Fraction
        What every set with the property costs at least.
    complete : bool
    """

    members: frozenset[int] | None
    demands: tuple[frozenset[int], ...]
    least: Fraction
    complete: bool


def cheapest_set(costs: Costs, holds: Property, seconds: float = SECONDS) -> CheapestSet:
    """Find the cheapest subset with a property that every larger set keeps.

    Examples
    --------
    >>> costs = {k: Fraction(c) for k, c in enumerate((5, 1, 1, 5, 1))}
    >>> sorted(cheapest_set(costs, lambda s: {0, 3} <= s or {1, 2, 4} <= s).members)
    [1, 2, 4]
    """
    everything = frozenset(costs)
    holds = cache(holds)
    if not holds(everything):
        return CheapestSet(None, (), Fraction(0), complete=True)
    deadline = time.monotonic() + seconds
    demands: list[frozenset[int]] = []
    trial: frozenset[int] = frozenset()
    least = Fraction(0)
    for _ in range(MAX_ROUNDS):
        if holds(trial):
            return CheapestSet(trial, tuple(demands), _cost(costs, trial), complete=True)
        if time.monotonic() > deadline:
            break
        demands += _demands(costs, holds, trial, deadline)
        found = _hitting_set(costs, demands, max(1.0, deadline - time.monotonic()))
        if found is None:
            break
        trial = found
        least = _cost(costs, trial)
    some = set(everything)
    for k in sorted(everything, key=lambda k: -costs[k]):
        if holds(frozenset(some - {k})):
            some.discard(k)
    return CheapestSet(frozenset(some), tuple(demands), least, complete=False)


def _cost(costs: Costs, chosen: frozenset[int]) -> Fraction:
    return sum((costs[k] for k in chosen), Fraction(0))


def _demands(
    costs: Costs, holds: Property, trial: frozenset[int], deadline: float
) -> list[frozenset[int]]:
    """Collect demands without a common element, starting from a set that lacks the property."""
    found: list[frozenset[int]] = []
    used = set(trial)
    order = sorted(costs, key=lambda k: costs[k])
    while not holds(frozenset(used)):
        grown = set(used)
        for k in order:
            if k not in grown and not holds(frozenset(grown | {k})):
                grown.add(k)
        demand = frozenset(order) - grown
        found.append(demand)
        used |= demand
        if time.monotonic() > deadline:
            break
    return found


def _hitting_set(
    costs: Costs, demands: Sequence[frozenset[int]], seconds: float
) -> frozenset[int] | None:
    """Return the cheapest set that meets every demand; None if the bound was reached."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    place = {k: j for j, k in enumerate(costs)}
    rows = np.zeros((len(demands), len(place)))
    for row, demand in zip(rows, demands, strict=True):
        row[[place[k] for k in demand]] = 1
    ones = np.ones(len(place))
    found = milp(
        np.array([float(c) for c in costs.values()]),
        integrality=ones,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, lb=1),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if found.status != 0:
        return None
    return frozenset(k for k, j in place.items() if found.x[j] > 0.5)


def costs_at_least(
    costs: Costs, demands: Sequence[frozenset[int]], amount: Fraction
) -> bool | None:
    """Whether no set cheaper than an amount meets all demands.

    By branching on a demand that is not met; None if that takes too many branches.

    Examples
    --------
    >>> pairs = [frozenset(p) for p in ((0, 1), (1, 2), (0, 2))]
    >>> ones = dict.fromkeys(range(3), Fraction(1))
    >>> costs_at_least(ones, pairs, Fraction(2)), costs_at_least(ones, pairs, Fraction(3))
    (True, False)
    """
    scale = math.lcm(*(c.denominator for c in (*costs.values(), amount)))
    prices = {k: int(c * scale) for k, c in costs.items()}
    goal = int(amount * scale)
    branches = 0

    def can_meet(left: Sequence[frozenset[int]], banned: frozenset[int], spent: int) -> bool:
        nonlocal branches
        branches += 1
        if branches > MAX_BRANCHES:
            raise _TooManyError
        if spent >= goal:
            return False
        if not left:
            return True
        open_sets = [demand - banned for demand in left]
        if not all(open_sets) or spent + _apart(prices, open_sets) >= goal:
            return False
        smallest = min(open_sets, key=lambda demand: (len(demand), sorted(demand)))
        for k in sorted(smallest, key=lambda k: prices[k]):
            if can_meet([d for d in left if k not in d], banned, spent + prices[k]):
                return True
            banned = banned | {k}
        return False

    try:
        return not can_meet(list(demands), frozenset(), 0)
    except _TooManyError:
        return None


class _TooManyError(Exception):
    """The check by branching is too long."""


def _apart(prices: Mapping[int, int], demands: Sequence[frozenset[int]]) -> int:
    """Add up what demands without a common element cost at least, chosen greedily."""
    used: set[int] = set()
    total = 0
    for demand in sorted(demands, key=len):
        if used.isdisjoint(demand):
            used |= demand
            total += min(prices[k] for k in demand)
    return total
