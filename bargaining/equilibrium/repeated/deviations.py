"""What a profile pays and what deviating gains, from the game's own tables: for checks."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.model.game import LinkageGame


def paid(
    game: LinkageGame, package: Sequence[int], outcome: Mapping[str, int]
) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    """Return what a profile pays the two players, and the most that each gains by deviating.

    Every combination of a player's own acts is tried in issues joined by spillovers; elsewhere
    issue by issue.
    """
    names = [game.issue_names[k] for k in package]
    links = [
        link
        for link in game.links or ()
        if link.spillovers is not None and all(name in names for name in link.between)
    ]
    joined = {name: {name} for name in names}
    for link in links:
        both = joined[link.between[0]] | joined[link.between[1]]
        for name in both:
            joined[name] = both
    groups = {min(group): group for group in joined.values()}.values()
    totals, gains = [], []
    for i in (0, 1):
        total, gain = Fraction(0), Fraction(0)
        for group in groups:
            members = sorted(group)
            inside = [link for link in links if link.between[0] in group]

            def worth(chosen: Mapping[str, int], i: int = i, inside: Any = inside) -> Fraction:
                value = sum(
                    (game.issues[name].exact_payoffs[o, i] for name, o in chosen.items()),
                    start=Fraction(0),
                )
                for link in inside:
                    value += link.spillovers[chosen[link.between[0]], chosen[link.between[1]], i]
                return Fraction(value)

            here = worth({name: outcome[name] for name in members})
            options = [_own(game, name, outcome[name], i) for name in members]
            best = max(
                worth(dict(zip(members, chosen, strict=True)))
                for chosen in itertools.product(*options)
            )
            total += here
            gain += best - here
        totals.append(total)
        gains.append(gain)
    return tuple(totals), tuple(gains)


def _own(game: LinkageGame, name: str, outcome: int, player: int) -> list[int]:
    """List the outcomes of an issue that a player can bring about alone."""
    issue = game.issues[name]
    if issue.is_options:
        return [outcome, issue.outcome(issue.status_quo)]
    if game.players[player] not in issue.actions:
        return [outcome]
    own = list(issue.actions).index(game.players[player])
    place = [int(k) for k in np.unravel_index(outcome, issue.shape)]
    found = []
    for action in range(issue.shape[own]):
        place[own] = action
        found.append(int(np.ravel_multi_index(place, issue.shape)))
    return found
