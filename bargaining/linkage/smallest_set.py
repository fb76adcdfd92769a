"""The smallest set with a property that larger sets keep, by hitting what stands in its way.

Start with no set.  Whenever the set at hand lacks the property, let it grow as long as it lacks
it: every set with the property holds an element outside what it has grown to.  The smallest set
that meets all such demands found so far is the next one to try (an integer programme, HiGHS); as
it is never larger than the answer, it is the answer once it has the property.  The demands are
the proof: each can be checked apart, and no smaller set meets them all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

MAX_ROUNDS = 400
SECONDS = 60.0
MAX_BRANCHES = 200_000
Property = Callable[[frozenset[int]], bool]


@dataclass(frozen=True)
class SmallestSet:
    """The smallest set found.

    Attributes
    ----------
    members : frozenset of int or None
        A set with the property: the smallest if :attr:`complete`; None if no set has it.
    demands : tuple of frozenset of int
        Every set with the property has an element in each of these.
    least : int
        No set with the property has fewer elements.
    complete : bool
    """

    members: frozenset[int] | None
    demands: tuple[frozenset[int], ...]
    least: int
    complete: bool


def smallest_set(elements: Sequence[int], holds: Property, seconds: float = SECONDS) -> SmallestSet:
    """Find the smallest subset with a property that every larger set keeps.

    Examples
    --------
    >>> smallest_set(range(5), lambda s: {0, 3} <= s or {1, 2, 4} <= s).members
    frozenset({0, 3})
    """
    everything = frozenset(elements)
    holds = cache(holds)
    if not holds(everything):
        return SmallestSet(None, (), 0, complete=True)
    deadline = time.monotonic() + seconds
    demands: list[frozenset[int]] = []
    trial: frozenset[int] = frozenset()
    for _ in range(MAX_ROUNDS):
        if holds(trial):
            return SmallestSet(trial, tuple(demands), len(trial), complete=True)
        if time.monotonic() > deadline:
            break
        grown = set(trial)
        for k in elements:
            if k not in grown and not holds(frozenset(grown | {k})):
                grown.add(k)
        demands.append(everything - grown)
        found = _hitting_set(elements, demands, max(1.0, deadline - time.monotonic()))
        if found is None:
            break
        trial = found
    some = set(everything)
    for k in elements:
        if holds(frozenset(some - {k})):
            some.discard(k)
    return SmallestSet(frozenset(some), tuple(demands), len(trial), complete=False)


def _hitting_set(
    elements: Sequence[int], demands: Sequence[frozenset[int]], seconds: float
) -> frozenset[int] | None:
    """Return the smallest set that meets every demand; None if the bound was reached."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    place = {k: j for j, k in enumerate(elements)}
    rows = np.zeros((len(demands), len(place)))
    for row, demand in zip(rows, demands, strict=True):
        row[[place[k] for k in demand]] = 1
    ones = np.ones(len(place))
    found = milp(
        ones,
        integrality=ones,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, lb=1),
        options={"time_limit": seconds},
    )
    if found.status != 0:
        return None
    return frozenset(k for k, j in place.items() if found.x[j] > 0.5)


def needs_at_least(demands: Sequence[frozenset[int]], size: int) -> bool | None:
    """Whether no set of fewer than ``size`` elements meets all demands.

    By branching on a demand that is not met; None if that takes too many branches.

    Examples
    --------
    >>> pairs = [frozenset(p) for p in ((0, 1), (1, 2), (0, 2))]
    >>> needs_at_least(pairs, 2), needs_at_least(pairs, 3)
    (True, False)
    """
    branches = 0

    def can_meet(left: Sequence[frozenset[int]], spare: int) -> bool:
        nonlocal branches
        branches += 1
        if branches > MAX_BRANCHES:
            raise _TooManyError
        if not left:
            return True
        if _disjoint(left) > spare:
            return False
        smallest = min(left, key=lambda demand: (len(demand), sorted(demand)))
        return any(can_meet([d for d in left if k not in d], spare - 1) for k in sorted(smallest))

    try:
        return size < 1 or not can_meet(list(demands), size - 1)
    except _TooManyError:
        return None


class _TooManyError(Exception):
    """The check by branching is too long."""


def _disjoint(demands: Sequence[frozenset[int]]) -> int:
    """Count demands that share no element, chosen greedily: each needs an element of its own."""
    used: set[int] = set()
    count = 0
    for demand in sorted(demands, key=len):
        if used.isdisjoint(demand):
            used |= demand
            count += 1
    return count
