"""Constraints that reach across packages.

Each package is settled with the others at their status quo.  Deals that are allowed one by one
can break a constraint together; then what the constraint allows is shared out between the
packages, each keeping to its own share.  Of all ways to do so the one is taken in which most
players gain, then the one with the largest product of their gains.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bargaining.model.constraints import Constraint
from bargaining.model.deal import broken, combine
from bargaining.model.game import LinkageGame
from bargaining.settlement import totals
from bargaining.settlement.package import PackageSettlement

MAX_WAYS = 300
"""Ways to share constraints out that are tried."""

Package = Sequence[int]
Shares = Mapping[Constraint, tuple[int, ...]]
"""Per constraint, how many of its statements may hold in each package."""


@dataclass(frozen=True, eq=False)
class SharedOut:
    """Settlements that keep to all constraints together.

    Attributes
    ----------
    parts : tuple of PackageSettlement
    complete : bool
        Whether every way to share the constraints out was considered.
    """

    parts: tuple[PackageSettlement, ...]
    complete: bool


def within(game: LinkageGame, share: tuple[Constraint, ...] | None) -> LinkageGame:
    """Return the game as a package sees it that keeps to its share of the constraints."""
    return (
        game if share is None else replace(game, channels={**game.channels, "constraints": share})
    )


def share_out(
    game: LinkageGame,
    packages: Sequence[Package],
    settle_one: Callable[[LinkageGame, Package], PackageSettlement],
) -> SharedOut:
    """Settle packages so that their deals keep to all constraints together.

    Parameters
    ----------
    game : LinkageGame
    packages : sequence of packages
    settle_one : callable
        Settles one package of a game.
    """
    known: dict[tuple[int, tuple[Constraint, ...]], PackageSettlement] = {}

    def settled(shares: Shares) -> tuple[PackageSettlement, ...]:
        found = []
        for position, package in enumerate(packages):
            rules = _rules(game, packages, position, shares)
            if (position, rules) not in known:
                part = settle_one(within(game, rules), package)
                own = None if rules == game.constraints else rules
                known[position, rules] = replace(part, within=own)
            found.append(known[position, rules])
        return tuple(found)

    best: tuple[tuple[float, ...], tuple[PackageSettlement, ...]] | None = None
    open_ways: list[Iterator[Shares]] = [iter([{}])]
    tried = 0
    while open_ways and tried < MAX_WAYS:
        shares = next(open_ways[-1], None)
        if shares is None:
            open_ways.pop()
            continue
        tried += 1
        parts = settled(shares)
        rule = broken(game, combine(game, (part.deal for part in parts)))
        if rule is not None:
            open_ways.append(_ways(game, packages, rule, shares))
        elif best is None or _worth(game, parts) > best[0]:
            best = (_worth(game, parts), parts)
    if best is None:  # every constraint met by changing nothing that any of them names
        nothing = {rule: _least(game, packages, rule) for rule in game.constraints}
        best = ((), settled(nothing))
    return SharedOut(best[1], not open_ways)


def _worth(game: LinkageGame, parts: Sequence[PackageSettlement]) -> tuple[float, ...]:
    """More gainers are better, then a larger product of their gains."""
    total = [float(g) for g in totals.promised(game, parts)]
    gained = [total[i] for i in game.interested if total[i] > 0]
    return len(gained), math.fsum(map(math.log, gained))


def _counts(game: LinkageGame, packages: Sequence[Package], rule: Constraint) -> list[int]:
    """Return how many statements of a constraint are about each package."""
    places = [game.position(name) for name, _ in rule.statements]
    return [sum(k in set(package) for k in places) for package in packages]


def _least(game: LinkageGame, packages: Sequence[Package], rule: Constraint) -> tuple[int, ...]:
    """Return how many of a constraint's statements hold at the status quo, by package."""
    holding = [
        game.position(name)
        for name, outcomes in rule.statements
        if int(game.origin[game.position(name)]) in outcomes
    ]
    return tuple(sum(k in set(package) for k in holding) for package in packages)


def _ways(
    game: LinkageGame, packages: Sequence[Package], rule: Constraint, shares: Shares
) -> Iterator[Shares]:
    """Yield all ways to use up what a constraint allows, earlier packages first."""
    most, least = _counts(game, packages, rule), _least(game, packages, rule)
    spare = min(rule.limit - sum(least), sum(most) - sum(least))

    def split(position: int, left: int) -> Iterator[tuple[int, ...]]:
        if position == len(packages):
            if left == 0:
                yield ()
            return
        room = most[position] - least[position]
        rest = sum(m - n for m, n in zip(most[position + 1 :], least[position + 1 :], strict=True))
        for extra in range(min(room, left), max(left - rest, 0) - 1, -1):
            for others in split(position + 1, left - extra):
                yield (least[position] + extra, *others)

    for way in split(0, spare):
        yield {**shares, rule: way}


def _rules(
    game: LinkageGame, packages: Sequence[Package], position: int, shares: Shares
) -> tuple[Constraint, ...]:
    """Return the constraints that one package keeps to."""
    inside = set(packages[position])
    rules = []
    for rule in game.constraints:
        if rule in shares:
            mine = tuple(s for s in rule.statements if game.position(s[0]) in inside)
            rule = Constraint(mine, shares[rule][position], rule.place)
        if not rule.vacuous:
            rules.append(rule)
    return tuple(rules)
