"""Who can gain from a package, decided exactly and proved both ways.

A set of players can gain together, nobody losing, when some mixture of the package's outcomes
does it; they cannot when exchange rates exist at which nothing is worth having.  Outcomes are
proposed by the package's best reply to the current exchange rates until none beats them (column
generation), in floats as far as they carry and then in fractions, so the answer is exact with
any number of players and any spillovers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from bargaining.errors import SolverError
from bargaining.geometry.exchange_rates import Gainers, Vector, dot, gainers
from bargaining.geometry.package_rows import PackageRows, Row
from bargaining.geometry.rate_search import FEW, first_rows
from bargaining.model.deal import Deal, Shares, status_quo
from bargaining.model.game import LinkageGame
from bargaining.results import Number

MAX_ROUNDS = 1_000
AT_ONCE = 60
"""Improving outcomes added per round."""
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
        Nobody loses and every gainer gains; the point of reference if there are none.
    weights : tuple of Fraction, one per player of the game, or None
        Exchange rates that prove that the others cannot gain; None when everyone does.
    """

    gainers: frozenset[int]
    everyone: bool
    deal: Deal
    weights: Vector | None


def mutual_gain(
    game: LinkageGame, package: Sequence[int], players: Sequence[int] | None = None
) -> MutualGain:
    """Find who can gain from a package, others at the status quo.

    Where gains are measured from reservation totals the package must hold all issues, and a
    deal in which nobody loses may not exist: then there are no gainers either.

    Parameters
    ----------
    game : LinkageGame
    package : sequence of int
    players : sequence of int, optional
        Positions of the players who may not lose; by default those with a stake.

    Returns
    -------
    MutualGain

    Raises
    ------
    SolverError
        If the bound on rounds is reached.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> mutual_gain(game, (0, 1)).everyone, mutual_gain(game, (0,)).everyone
    (True, False)
    """
    players = game.interested if players is None else tuple(players)
    origin = Deal(status_quo(game))
    if not players:
        return MutualGain(frozenset(), False, origin, _spread((), (), len(game.players)))
    offers = PackageRows(game, package, players)
    if len(offers) <= FEW and not game.reserved:
        rows, blocking = list(offers.every_row()), None
    else:
        rows, blocking = first_rows(offers, reserved=game.reserved)
    if blocking is not None:
        unscaled = _unscaled(blocking, offers.units)
        return MutualGain(frozenset(), False, origin, _spread(players, unscaled, len(game.players)))
    found, rows = _decide(game, offers, rows)
    weights = None
    if found.weights is not None:
        weights = _spread(players, _unscaled(found.weights, offers.units), len(game.players))
    who = frozenset(players[i] for i in found.who)
    scopes = tuple(itertools.chain(*(c.scopes for c in offers.components)))
    deal = _mix(game, rows, found.mixture, scopes) if found.mixture else origin
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


def _decide(game: LinkageGame, offers: PackageRows, rows: list[Row]) -> tuple[Gainers, list[Row]]:
    """Ask for improving outcomes until the exchange rates that block the known ones block all."""
    count = len(offers.players)
    for _ in range(MAX_ROUNDS):
        sizes = [_size(row.gains) for row in rows]
        even = [tuple(g / size for g in row.gains) for row, size in zip(rows, sizes, strict=True)]
        found = gainers(even, count)
        if found.weights is None:
            fresh = []
        elif game.reserved:
            deal = offers.vertex(found.weights)
            fresh = [deal] if dot(found.weights, deal.gains) > 0 else []
        else:
            fresh = offers.improving(found.weights, AT_ONCE)
        if not fresh:
            shares = {j: y / sizes[j] for j, y in found.mixture.items()}
            total = sum(shares.values(), Fraction(0))
            if total:
                shares = {j: y / total for j, y in shares.items()}
            return Gainers(found.who, found.everyone, shares, found.weights), rows
        rows = [*rows, *fresh]
    msg = f"who can gain was not decided within {MAX_ROUNDS} rounds of column generation"
    raise SolverError(msg)


def _size(gains: Vector) -> Fraction:
    """Return a power of two near the largest entry."""
    largest = max((abs(g) for g in gains), default=Fraction(0))
    if not largest:
        return Fraction(1)
    return Fraction(2) ** (largest.numerator.bit_length() - largest.denominator.bit_length())


def _unscaled(weights: Vector, units: Vector) -> Vector:
    """Exchange rates per unit of payoff, adding up to 1."""
    raw = [w / unit for w, unit in zip(weights, units, strict=True)]
    total = sum(raw, Fraction(0))
    return tuple(w / total for w in raw) if total else tuple(raw)


def _spread(players: Sequence[int], weights: Sequence[Fraction], count: int) -> Vector:
    """Weights on the interested players as weights on all of them."""
    full = [Fraction(0)] * count
    for i, w in zip(players, weights, strict=True):
        full[i] = w
    return tuple(full) if any(full) else (Fraction(1, count),) * count


def _mix(
    game: LinkageGame,
    rows: Sequence[Row],
    mixture: Mapping[int, Fraction],
    scopes: Sequence[tuple[int, ...]],
) -> Deal:
    """Turn weights on outcomes (adding up to at most 1) into a deal."""
    outcomes = status_quo(game)
    lots: dict[int, dict[int, Number]] = {}
    tied: dict[tuple[int, ...], dict[tuple[int, ...], Number]] = {}
    for j, share in mixture.items():
        chosen = rows[j].chosen
        for k, a in chosen.items():
            lot = lots.setdefault(k, {})
            lot[a] = lot.get(a, Fraction(0)) + share
        for scope in scopes:
            if all(k in chosen for k in scope):
                cell = tuple(chosen[k] for k in scope)
                joint = tied.setdefault(scope, {})
                joint[cell] = joint.get(cell, Fraction(0)) + share
    shares: dict[int, Shares] = {}
    for k, lot in lots.items():
        full = _filled(lot, int(game.origin[k]))
        if len(full) == 1:
            outcomes[k] = next(iter(full))
        else:
            shares[k] = full
    together = {
        scope: _filled(joint, tuple(int(game.origin[k]) for k in scope))
        for scope, joint in tied.items()
    }
    return Deal(outcomes, shares, together)


def _filled(lot: dict[Key, Number], origin: Key) -> dict[Key, Number]:
    """Put what is missing to 1 at the point of reference."""
    rest = 1 - sum(lot.values(), Fraction(0))
    return {**lot, origin: lot.get(origin, Fraction(0)) + rest} if rest else lot
