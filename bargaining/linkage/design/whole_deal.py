"""Carrying out one deal with side payments: what every loser must get.

The compensation of each loser is determined; who of the winners pays is not, and is shown in
proportion to what they win.  The deal asked about by default has the largest total gain, and
among those the least to compensate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bargaining.errors import NotSupportedError, VerificationError
from bargaining.geometry.linear_program import Programme, optimum
from bargaining.linkage.design.answer import Change
from bargaining.linkage.design.rows import Row, package_groups
from bargaining.model.agenda import parse_agenda
from bargaining.model.deal import Deal, combine, gains, status_quo
from bargaining.model.game import LinkageGame
from bargaining.results import Number


@dataclass(frozen=True, eq=False)
class Carried:
    """A deal with the payments that carry it, package by package.

    Attributes
    ----------
    deal : Deal
    packages : tuple of tuple of int
    gains : tuple of tuple of number
        Per package, before payments.
    arrives : Fraction
        What arrives of every unit paid.
    able : tuple of int
        Who may pay and be paid.
    """

    deal: Deal
    packages: tuple[tuple[int, ...], ...]
    gains: tuple[tuple[Number, ...], ...]
    arrives: Fraction
    able: tuple[int, ...]
    players: tuple[str, ...]

    @property
    def owed(self) -> tuple[tuple[Number, ...], ...]:
        """Per package, what each player must get."""
        return tuple(
            tuple(max(-g * (i in self.able), Fraction(0)) for i, g in enumerate(row))
            for row in self.gains
        )

    @property
    def cost(self) -> Number:
        """All payments together."""
        return sum((sum(row, Fraction(0)) for row in self.owed), Fraction(0)) / self.arrives

    @property
    def left(self) -> tuple[Number, ...]:
        """Per package, what winners keep in all."""
        return tuple(
            sum((max(row[i], Fraction(0)) for i in self.able), Fraction(0))
            - sum(owed, Fraction(0)) / self.arrives
            for row, owed in zip(self.gains, self.owed, strict=True)
        )

    @property
    def possible(self) -> bool:
        """Whether winners can pay and something is left in the end."""
        return min(self.left) >= 0 and max(self.left) > 0

    @property
    def changes(self) -> tuple[Change, ...]:
        """Who pays whom, winners in proportion to what they win."""
        found: dict[tuple[int, int], Number] = {}
        for row, owed in zip(self.gains, self.owed, strict=True):
            won = sum((max(row[i], Fraction(0)) for i in self.able), Fraction(0))
            for i in self.able:
                for j in self.able:
                    if row[i] > 0 and owed[j] > 0:
                        amount = owed[j] / self.arrives * row[i] / won
                        found[i, j] = found.get((i, j), Fraction(0)) + amount
        return tuple(
            {"change": "pay", "from": self.players[i], "to": self.players[j], "amount": x}
            for (i, j), x in found.items()
        )

    def net(self) -> tuple[Number, ...]:
        """Gains after payments."""
        after = [sum((row[i] for row in self.gains), Fraction(0)) for i in range(len(self.players))]
        for change in self.changes:
            after[self.players.index(change["from"])] -= change["amount"]
            after[self.players.index(change["to"])] += change["amount"] * self.arrives
        return tuple(after)

    def to_dict(self, game: LinkageGame) -> dict[str, Any]:
        """Return plain data, numbers exact."""
        total = [sum(column, Fraction(0)) for column in zip(*self.gains, strict=True)]
        owed = [sum(column, Fraction(0)) for column in zip(*self.owed, strict=True)]
        return {
            "deal": self.deal.named(game),
            "gains": dict(zip(self.players, total, strict=True)),
            "compensation": {p: x for p, x in zip(self.players, owed, strict=True) if x},
            "cost": self.cost,
            "left": sum(self.left, Fraction(0)),
            "possible": self.possible,
        }

    def check(self, game: LinkageGame) -> None:
        """Recompute the gains of the deal."""
        again = carried(game, self.deal, self.arrives)
        if (again.gains, again.packages, again.able) != (self.gains, self.packages, self.able):
            msg = "the gains of the deal that payments carry are not those of the game"
            raise VerificationError(msg)


def carried(game: LinkageGame, deal: Deal, arrives: Fraction) -> Carried:
    """Measure a deal package by package, net of premiums."""
    rules = game.ratification
    packages = tuple(tuple(p) for p in parse_agenda(game, "linked").packages)
    found = []
    for package in packages:
        part = deal.on(package)
        seen = range(len(game.players))
        plain = gains(game, part)
        found.append(
            tuple(rules.net(i, plain[i], rules.depth(game, part, i), [package]) for i in seen)
        )
    return Carried(deal, packages, tuple(found), arrives, game.interested, game.players)


def richest(game: LinkageGame) -> Deal:
    """Return the deal of the linked agenda with the largest total gain, least losses first."""
    deals = [_richest(game, tuple(package)) for package in parse_agenda(game, "linked").packages]
    return combine(game, deals)


def _richest(game: LinkageGame, package: tuple[int, ...]) -> Deal:
    able = game.interested
    best: list[list[Row]] = []
    for group in package_groups(game, package):
        totals = [sum((row.gains[i] for i in able), Fraction(0)) for row in group]
        ties = {row.gains: row for row, t in zip(group, totals, strict=True) if t == max(totals)}
        best.append(list(ties.values()))
    outcomes = status_quo(game)
    lots: dict[int, dict[int, Number]] = {}
    joint: dict[tuple[int, ...], dict[tuple[int, ...], Number]] = {}
    for lottery in _least_losses(able, best):
        if len(lottery) == 1:
            for k, a in lottery[0][0].chosen.items():
                outcomes[k] = a
            continue
        for row, share in lottery:
            for k, a in row.chosen.items():
                lot = lots.setdefault(k, {})
                lot[a] = lot.get(a, Fraction(0)) + share
            if len(row.chosen) > 1:
                scope = tuple(sorted(row.chosen))
                joint.setdefault(scope, {})[tuple(row.chosen[k] for k in scope)] = share
    return Deal(outcomes, lots, joint).on(package)


def _least_losses(
    able: Sequence[int], groups: Sequence[Sequence[Row]]
) -> list[list[tuple[Row, Fraction]]]:
    """Choose among equally rich outcomes those that leave least to compensate."""
    if all(len(group) == 1 for group in groups):
        return [[(group[0], Fraction(1))] for group in groups]
    programme = Programme()
    losses = programme.add_rows(len(able))
    reach = sum((max(abs(g) for row in group for g in row.gains) for group in groups), Fraction(0))
    first = programme.add_columns(len(able), reach)
    for n in range(len(able)):
        programme.costs[first + n] = -1
        programme.put(losses + n, first + n, -1)
    places = []
    for group in groups:
        whole = programme.add_rows(1, 1, equal=True)
        start = programme.add_columns(len(group), 1)
        places.append(start)
        for j, row in enumerate(group):
            programme.put(whole, start + j, 1)
            for n, i in enumerate(able):
                programme.put(losses + n, start + j, -row.gains[i])
    found = optimum(programme)
    if found is None or not found.exact:
        msg = "design by payments: too many deals have the same largest total gain; name a deal"
        raise NotSupportedError(msg)
    exact = [Fraction(x) for x in found.primal]
    return [
        [(row, exact[start + j]) for j, row in enumerate(group) if exact[start + j]]
        for start, group in zip(places, groups, strict=True)
    ]
