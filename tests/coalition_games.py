"""Coalition games for tests, and what can be said of them straight from the definitions."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

Worth = dict[frozenset[str], Fraction]

LETTERS = "abcdefghijklmnop"


def subsets(players: Sequence[str]) -> Iterator[frozenset[str]]:
    """All non-empty coalitions."""
    for size in range(1, len(players) + 1):
        yield from map(frozenset, itertools.combinations(players, size))


def table(players: Sequence[str], worth: Callable[[frozenset[str]], object]) -> Worth:
    return {members: Fraction(worth(members)) for members in subsets(players)}  # type: ignore[arg-type]


def drawn(seed: int, count: int) -> Worth:
    """A random game of one of several kinds, some of them degenerate."""
    rng = random.Random(1_000 * count + seed)
    players = LETTERS[:count]
    kind = seed % 6
    if kind == 0:  # anything goes
        return table(players, lambda s: Fraction(rng.randint(-12, 12), rng.choice([1, 2, 3])))
    if kind == 1:  # larger coalitions are worth more
        return table(players, lambda s: rng.randint(0, 9) * len(s))
    if kind == 2:  # weighted voting: many ties
        weights = {p: rng.randint(1, 5) for p in players}
        quota = rng.randint(sum(weights.values()) // 2, sum(weights.values()))
        return table(players, lambda s: int(sum(weights[p] for p in s) >= quota))
    if kind == 3:  # bankruptcy: convex
        claims = {p: rng.randint(1, 20) for p in players}
        estate = rng.randint(1, sum(claims.values()))
        return table(
            players, lambda s: max(0, estate - sum(c for p, c in claims.items() if p not in s))
        )
    if kind == 4:  # few values, many ties
        return table(players, lambda s: rng.randint(0, 1) if len(s) > 1 else 0)
    square = {p: rng.randint(0, 4) for p in players}  # convex, some players null
    return table(players, lambda s: sum(square[p] for p in s) ** 2)


def by_orders(worth: Worth) -> dict[str, Fraction]:
    """The Shapley value from all orders."""
    players = sorted(set().union(*worth))
    total = dict.fromkeys(players, Fraction(0))
    for order in itertools.permutations(players):
        before = Fraction(0)
        for place, player in enumerate(order):
            after = worth.get(frozenset(order[: place + 1]), Fraction(0))
            total[player] += after - before
            before = after
    return {player: sum_ / math.factorial(len(players)) for player, sum_ in total.items()}


def complaints(worth: Worth, shares: dict[str, Fraction]) -> list[Fraction]:
    """Excesses of all proper coalitions from the largest down."""
    everyone = frozenset(shares)
    proper = [members for members in worth if members != everyone]
    return sorted((worth[s] - sum(shares[p] for p in s) for s in proper), reverse=True)
