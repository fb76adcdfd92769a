"""Breaking a deadlock by side payments, outside the issues, at equal weights.

Of every unit that one player pays another receives e: 1, or the file's ``[transfers]``
efficiency.  Payments are made within the package whose deal they carry.  Three figures:

``per_unit``
    the least payment for every unit of net gain.  With shares a deal can be carried out as
    little as one likes, and payments shrink with it, so the least payment that breaks a deadlock
    is an infimum of 0 whenever payments help at all; what has a least value is the rate.  It is
    min Σ paid over deals with Σ net gains = 1 and nobody below 0.  Its dual is the largest r for
    which weights λ >= r on the players exist at which no issue offers a trade and
    e λ_j - λ_i <= 1 for any two who may pay each other: with e = 1, exchange rates as close to
    equal weights as the deadlock allows.
``carry_out``
    what each loser must get for one given deal: the one of largest total gain, unless another is
    named.
cost of ``deals="pure"``
    with all-or-nothing acts, the least payment of any deal that it can carry.

No payment helps if and only if the deadlock has exchange rates within [e, 1/e] of each other (for
e = 1: if no deal has a positive total gain).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.errors import NotSupportedError, VerificationError
from bargaining.geometry.exchange_rates import Vector, gainers
from bargaining.geometry.pure import pure_frontier
from bargaining.geometry.rational import Column, maximise
from bargaining.geometry.support import support
from bargaining.linkage.design.answer import Change, Figures
from bargaining.linkage.design.rows import Row, known, mixed, moving, package_groups
from bargaining.linkage.design.whole_deal import Carried, carried, richest
from bargaining.model.agenda import parse_agenda
from bargaining.model.deal import Deal
from bargaining.model.draft import read_draft
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.links import Link
from bargaining.model.transfers import without_transfers
from bargaining.results import Status
from bargaining.settlement.linearised import HomeTest
from bargaining.settlement.package import Deals

NAME = "side payments"


@dataclass(frozen=True, eq=False)
class Rate:
    """What payments do for one package, with the proof of both sides.

    Attributes
    ----------
    package : tuple of int
    per_unit : Fraction or None
        None when no payment helps.
    weights : tuple of Fraction, one per player
        Exchange rates that prove that less does not do (or that nothing does).
    rows : tuple of (Row, Fraction)
        The deal that needs the least, as weighted outcomes with a net gain of 1 in all.
    paid : mapping of (payer, payee) to Fraction
    """

    package: tuple[int, ...]
    per_unit: Fraction | None
    weights: Vector
    rows: tuple[tuple[Row, Fraction], ...] = ()
    paid: Mapping[tuple[int, int], Fraction] | None = None


def efficiency(game: LinkageGame) -> Fraction:
    """Return what arrives of every unit paid."""
    return Fraction((game.channels.get("transfers") or {}).get("efficiency", 1))


def best_rate(game: LinkageGame, home: HomeTest, package: tuple[int, ...]) -> Rate:
    """Find the least payment per unit of net gain in one package."""
    e, able = efficiency(game), game.interested
    players = home.players(package)
    rows = moving(package_groups(home.linear(home.closed), package))
    pairs = [(i, j) for i in able for j in able if i != j]
    gained = [tuple(row.gains[i] for i in players) for row in rows]
    shifts = [tuple(_shift(i, pair, e) for i in players) for pair in pairs]
    found = gainers([*gained, *shifts], len(players))
    if not {players[i] for i in found.who} & set(able):
        assert found.weights is not None
        return Rate(package, None, _spread(players, found.weights, len(game.players)))
    count = len(players)
    columns: list[Column] = []
    for row in (*gained, *shifts):
        column: dict[int, Fraction | int] = {n: -x for n, x in enumerate(row) if x}
        net = sum((x for i, x in zip(players, row, strict=True) if i in able), Fraction(0))
        columns.append({**column, count: -net} if net else column)
    costs = [*([0] * len(rows)), *([-1] * len(pairs))]
    solved = maximise(costs, columns, [*([0] * count), -1])
    r = -solved.value
    weights = [Fraction(0)] * len(game.players)
    for n, i in enumerate(players):
        weights[i] = solved.dual[n] + (solved.dual[count] if i in able else 0)
    shares = tuple((row, y) for row, y in zip(rows, solved.primal, strict=False) if y)
    paid = {pair: y for pair, y in zip(pairs, solved.primal[len(rows) :], strict=True) if y}
    return Rate(package, r, tuple(weights), shares, paid)


def _shift(player: int, pair: tuple[int, int], e: Fraction) -> Fraction:
    return Fraction(-1) if player == pair[0] else e if player == pair[1] else Fraction(0)


def _spread(players: Sequence[int], weights: Vector, count: int) -> Vector:
    full = [Fraction(0)] * count
    for i, w in zip(players, weights, strict=True):
        full[i] = w
    return tuple(full)


@dataclass(frozen=True, eq=False)
class Payments:
    """What side payments can do in every package of the linked agenda."""

    game: LinkageGame
    rates: tuple[Rate, ...]
    whole: Carried | None

    @property
    def best(self) -> Rate | None:
        """The package in which payments do most."""
        able = [rate for rate in self.rates if rate.per_unit is not None]
        return min(able, key=lambda rate: rate.per_unit or 0, default=None)

    @property
    def figures(self) -> Figures:
        """What the proof says."""
        best, players = self.best, self.game.players
        whole = None if self.whole is None else self.whole.to_dict(self.game)
        if best is None:
            return Figures(Status.INFEASIBLE, None, details={"per_unit": None, "carry_out": whole})
        changes = () if self.whole is None or not self.whole.possible else self.whole.changes
        details = {
            "per_unit": best.per_unit,
            "package": tuple(self.game.issue_names[k] for k in best.package),
            "deal": self._direction(best),
            "paid": tuple(
                {"from": players[i], "to": players[j], "amount": y}
                for (i, j), y in (best.paid or {}).items()
            ),
            "carry_out": whole,
        }
        return Figures(Status.SOLVED, Fraction(0), None, True, False, changes, details)

    def _direction(self, rate: Rate) -> tuple[Change, ...]:
        """Outcomes of the best deal in proportion, the largest share carried out in full."""
        names, issues = self.game.issue_names, list(self.game.issues.values())
        largest = max((y for _, y in rate.rows), default=Fraction(1))
        return tuple(
            {
                "outcomes": {names[k]: issues[k].outcomes[a] for k, a in row.chosen.items()},
                "weight": y / largest,
            }
            for row, y in rate.rows
        )

    def changed(self, game: LinkageGame) -> LinkageGame | None:
        """Add an issue in which the payments of the best deal, and a little more, are made."""
        if self.best is None:
            return None
        able, rows = self.game.interested, self.best.rows
        gained = [g if i in able else Fraction(0) for i, g in enumerate(mixed(rows))]
        return with_payment(self.game, self.best.package, shared(gained, able, efficiency(game)))

    def check(self, game: LinkageGame) -> None:
        """Recompute that the deal needs no more, and that the exchange rates allow no less."""
        bare, e = without_transfers(game), efficiency(game)
        plan = parse_agenda(bare, "linked")
        _demand([tuple(p) for p in plan.packages] == [r.package for r in self.rates], "packages")
        home = HomeTest(bare)
        for rate in self.rates:
            _check_rate(bare, home, rate, e)
        if self.whole is not None:
            self.whole.check(bare)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, numbers exact."""
        names = self.game.issue_names
        return {
            "kind": "exchange_rates",
            "packages": [
                {
                    "issues": [names[k] for k in rate.package],
                    "per_unit": rate.per_unit,
                    "weights": dict(zip(self.game.players, rate.weights, strict=True)),
                }
                for rate in self.rates
            ],
        }


def _demand(stands: bool, words: str) -> None:
    if not stands:
        msg = f"payments: {words} are not those of the game"
        raise VerificationError(msg)


def _check_rate(game: LinkageGame, home: HomeTest, rate: Rate, e: Fraction) -> None:
    able, players = game.interested, home.players(rate.package)
    linear, w = home.linear(home.closed), rate.weights
    blocks = all(x >= 0 for x in w) and support(linear, rate.package, w) <= 0
    _demand(blocks and not any(x for i, x in enumerate(w) if i not in players), "exchange rates")
    spread = max(e * w[j] - w[i] for i in able for j in able)
    if rate.per_unit is None:
        _demand(max(w[i] for i in able) > 0 and spread <= 0, "exchange rates that block payments")
        return
    _demand(spread <= 1 and min(w[i] for i in able) >= rate.per_unit, "exchange rates")
    groups = package_groups(linear, rate.package)
    _demand(known(rate.rows, itertools.chain(*groups)), "outcomes of the deal")
    net = list(mixed(rate.rows)) or [Fraction(0)] * len(game.players)
    for (i, j), y in (rate.paid or {}).items():
        _demand(y >= 0 and i in able and j in able, "payments")
        net[i] -= y
        net[j] += e * y
    fair = all(net[i] >= 0 for i in players) and sum(net[i] for i in able) == 1
    _demand(fair and sum((rate.paid or {}).values(), Fraction(0)) == rate.per_unit, "payments")


def shared(gains: Sequence[Fraction], able: Sequence[int], e: Fraction) -> list[Fraction]:
    """Turn gains of a deal into payments after which every able player gains.

    Losers get their loss and everyone who does not gain an equal part of half of what is left;
    winners pay in proportion to their gains.

    >>> shared([Fraction(5), Fraction(-3)], (0, 1), Fraction(1))
    [Fraction(-4, 1), Fraction(4, 1)]
    """
    owed = {i: max(-gains[i], Fraction(0)) for i in able}
    won = sum((max(gains[i], Fraction(0)) for i in able), Fraction(0))
    left = won - sum(owed.values(), Fraction(0)) / e
    poor = [i for i in able if gains[i] <= 0]
    extra = left / 2 / len(poor) if poor else Fraction(0)
    paid = [Fraction(0)] * len(gains)
    total = sum((owed[i] + extra * e for i in poor), Fraction(0)) / e
    for i in able:
        paid[i] = owed[i] + extra * e if gains[i] <= 0 else -gains[i] * total / won
    return paid


def with_payment(
    game: LinkageGame, package: Sequence[int], amounts: Sequence[Fraction]
) -> LinkageGame:
    """Add an issue in which these amounts change hands, linked to a package."""
    name = NAME
    while name in game.issues:
        name += " "
    exact = np.array([[Fraction(0)] * len(amounts), list(amounts)], dtype=object)
    issue = Issue(name, game.players, {}, ("none", "as agreed"), exact, 0, "Side payments")
    channels = {k: v for k, v in game.channels.items() if k != "transfers"}
    links = game.links
    if links is not None:
        links = (*links, *(Link((game.issue_names[k], name)) for k in package))
    return replace(
        game, issues={**game.issues, name: issue}, links=links, channels=channels, document={}
    )


@dataclass(frozen=True, eq=False)
class PurePayment:
    """The least payment of any all-or-nothing deal that payments can carry.

    Attributes
    ----------
    game : LinkageGame
    complete : bool
        Whether all undominated deals were looked at.
    package : tuple of int
    deal : Deal or None
    found : Carried or None
    """

    game: LinkageGame
    complete: bool
    package: tuple[int, ...]
    deal: Deal | None
    found: Carried | None

    @property
    def figures(self) -> Figures:
        """What the proof says."""
        if self.found is None:
            status = Status.INFEASIBLE if self.complete else Status.LIMIT_REACHED
            return Figures(status, None)
        details = {"carry_out": self.found.to_dict(self.game)}
        after = self.found.net()
        tight = any(after[i] <= 0 for i in self.game.interested)
        if not self.complete:
            bracket = (Fraction(0), self.found.cost)
            return Figures(Status.LIMIT_REACHED, self.found.cost, bracket, tight, False,
                           self.found.changes, details)  # fmt: skip
        return Figures(
            Status.SOLVED, self.found.cost, None, tight, False, self.found.changes, details
        )

    def changed(self, game: LinkageGame) -> LinkageGame | None:
        """Return the game with the change made."""
        if self.found is None:
            return None
        able = self.game.interested
        gained = [Fraction(sum(column)) for column in zip(*self.found.gains, strict=True)]
        return with_payment(self.game, self.package, shared(gained, able, efficiency(game)))

    def check(self, game: LinkageGame) -> None:
        """Recompute what is said from the definitions."""
        if self.found is not None:
            self.found.check(without_transfers(game))
        again = pure_payment(game)
        if again.figures != self.figures:
            msg = "another all-or-nothing deal needs less"
            raise VerificationError(msg)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, numbers exact."""
        return {"kind": "undominated_deals", "complete": self.complete}


def pure_payment(game: LinkageGame) -> PurePayment:
    """Find the least payment that carries an all-or-nothing deal, over all undominated ones.

    A deal that another one dominates needs no less, so the exact pure frontier suffices.
    """
    if game.ratification:
        msg = 'design by payments: deals="pure" does not apply what a deal must pass at home'
        raise NotSupportedError(msg)
    bare, e = without_transfers(game), efficiency(game)
    able, complete = bare.interested, True
    best: tuple[Fraction, tuple[int, ...], Deal] | None = None
    for package in parse_agenda(bare, "linked").packages:
        frontier = pure_frontier(bare, package, able)
        complete = complete and frontier.complete
        for j in range(len(frontier)):
            gained = frontier.gains(j)
            needed = sum((-g for g in gained if g < 0), Fraction(0)) / e
            if sum((g for g in gained if g > 0), Fraction(0)) <= needed:
                continue
            if best is None or needed < best[0]:
                best = needed, tuple(package), frontier.deal(j)
    if best is None:
        return PurePayment(bare, complete, (), None, None)
    return PurePayment(bare, complete, best[1], best[2], carried(bare, best[2], e))


def payments(
    game: LinkageGame, *, deals: Deals = "shares", deal: Mapping[str, Any] | None = None
) -> Payments | PurePayment:
    """Find what side payments a deadlock needs; see the module for the figures."""
    if deals == "pure":
        return pure_payment(game)
    bare, e = without_transfers(game), efficiency(game)
    home = HomeTest(bare)
    packages = [tuple(p) for p in parse_agenda(bare, "linked").packages]
    rates = tuple(best_rate(bare, home, p) for p in packages)
    whole = None
    if deal is not None:
        whole = carried(bare, read_draft(bare, deal), e)
    elif not bare.ratification:
        whole = carried(bare, richest(bare), e)
    return Payments(bare, rates, whole)
