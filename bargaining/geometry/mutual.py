"""Who can gain from a package, decided exactly and proved both ways.

A set of players can gain together, nobody losing, when some mixture of the package's outcomes
does it; they cannot when exchange rates exist at which nothing is worth having.  For issues
that interact, outcomes are proposed by the component's best reply to the current exchange
rates until none beats them (column generation), so the answer is exact with any number of
players and any spillovers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from bargaining.errors import SolverError
from bargaining.geometry.exchange_rates import Vector, gainers
from bargaining.geometry.marginals import Component, package_terms
from bargaining.model.deal import Deal, Shares, status_quo
from bargaining.model.game import LinkageGame
from bargaining.results import Number

MAX_ROUNDS = 10_000
Key = TypeVar("Key")


@dataclass(frozen=True, eq=False)
class MutualGain:
    """Who can gain together from a package.

    Attributes
    ----------
    gainers : frozenset of int
        Positions of the players (among the interested) who gain in :attr:`deal`.
    everyone : bool
        Whether these are all interested players: the package attains mutual gain.
    deal : Deal
        Nobody loses and every gainer gains; the status quo if there are none.
    weights : tuple of Fraction, one per player of the game, or None
        Exchange rates that prove that the others cannot gain; None when everyone does.
    """

    gainers: frozenset[int]
    everyone: bool
    deal: Deal
    weights: Vector | None


def mutual_gain(game: LinkageGame, package: Sequence[int]) -> MutualGain:
    """Find who can gain from a package, others at the status quo.

    Parameters
    ----------
    game : LinkageGame
    package : sequence of int

    Returns
    -------
    MutualGain
    """
    players = game.interested
    origin = Deal(status_quo(game))
    if not players:
        return MutualGain(frozenset(), False, origin, _spread((), (), len(game.players)))
    terms = package_terms(game, package)
    rows: list[Vector] = []
    owners: list[tuple[int | Component, Mapping[int, int]]] = []
    for k in terms.singles:
        for a, row in _issue_outcomes(game, k, players):
            rows.append(row)
            owners.append((k, {k: a}))
    for _ in range(MAX_ROUNDS):
        found = gainers(rows, len(players))
        if found.weights is None:
            break
        fresh = _improving(game, terms.components, players, found.weights)
        if not fresh:
            break
        for row, component, chosen in fresh:
            rows.append(row)
            owners.append((component, chosen))
    else:
        msg = f"no answer within {MAX_ROUNDS} rounds of column generation"
        raise SolverError(msg)
    weights = None if found.weights is None else _spread(players, found.weights, len(game.players))
    who = frozenset(players[i] for i in found.who)
    deal = _mix(game, owners, found.mixture) if found.mixture else origin
    return MutualGain(who, found.everyone, deal, weights)


def can_cover(everyone: frozenset[int], families: Iterable[Sequence[frozenset[int]]]) -> bool:
    """Whether packages can together help everyone.

    Each package helps one of several sets of players (with shares there is one set, since all
    who can gain can gain at once); one set per package must together be everyone.
    """
    reached = {frozenset[int]()}
    for family in families:
        reached |= {before | who for before in reached for who in family}
        if everyone in reached:
            return bool(everyone)
    return False


def _issue_outcomes(
    game: LinkageGame, issue: int, players: Sequence[int]
) -> list[tuple[int, Vector]]:
    seen: dict[Vector, int] = {}
    flat = game.flat
    for a, r in enumerate(flat.rows(issue)):
        row = tuple(flat.gain(r, i) for i in players)
        if any(row):
            seen.setdefault(row, a)
    return [(a, row) for row, a in seen.items()]


def _improving(
    game: LinkageGame,
    components: Sequence[Component],
    players: Sequence[int],
    weights: Vector,
) -> list[tuple[Vector, Component, dict[int, int]]]:
    """Joint outcomes of components that are worth something at the exchange rates."""
    units = [game.flat.denominators[i] for i in players]
    prices = [w / unit for w, unit in zip(weights, units, strict=True)]
    scale = math.lcm(*(price.denominator for price in prices))
    vector = [0] * len(game.players)
    for i, price in zip(players, prices, strict=True):
        vector[i] = int(price * scale)
    found = []
    for component in components:
        value, chosen = component.best(vector)
        if value > 0:
            gained = component.gains(chosen)
            row = tuple(Fraction(gained[i], u) for i, u in zip(players, units, strict=True))
            found.append((row, component, chosen))
    return found


def _spread(players: Sequence[int], weights: Sequence[Fraction], count: int) -> Vector:
    """Weights on the interested players as weights on all of them."""
    full = [Fraction(0)] * count
    for i, w in zip(players, weights, strict=True):
        full[i] = w
    return tuple(full) if any(full) else (Fraction(1, count),) * count


def _mix(
    game: LinkageGame,
    owners: Sequence[tuple[int | Component, Mapping[int, int]]],
    mixture: Mapping[int, Fraction],
) -> Deal:
    """Turn weights on outcomes (adding up to at most 1) into a deal."""
    origin = status_quo(game)
    lots: dict[int, list[tuple[Mapping[int, int], Fraction]]] = {}
    components: dict[int, Component] = {}
    for j, share in mixture.items():
        owner, chosen = owners[j]
        key = id(owner) if isinstance(owner, Component) else -1 - owner
        if isinstance(owner, Component):
            components[key] = owner
        lots.setdefault(key, []).append((chosen, share))
    shares: dict[int, Shares] = {}
    joint: dict[tuple[int, ...], Mapping[tuple[int, ...], Number]] = {}
    for key, lottery in lots.items():
        issues = components[key].issues if key in components else (-1 - key,)
        rest = 1 - sum((share for _, share in lottery), start=Fraction(0))
        full = [*lottery, ({k: int(origin[k]) for k in issues}, rest)]
        for k in issues:
            shares[k] = _collect([(chosen[k], share) for chosen, share in full])
        for scope in components[key].scopes if key in components else ():
            joint[scope] = _collect(
                [(tuple(chosen[k] for k in scope), share) for chosen, share in full]
            )
    return Deal(origin, shares, joint)


def _collect(items: Sequence[tuple[Key, Fraction]]) -> dict[Key, Number]:
    total: dict[Key, Number] = {}
    for key, share in items:
        if share:
            total[key] = total.get(key, Fraction(0)) + share
    return total
