"""What everybody could have gained on top of a deal that must pass at home.

The yardstick is the same however a group negotiated: all deals that pass at home with every
issue that may be linked on one table.  With net gains g of the group,

    left = max over those deals of min over players with a stake of (net gain - g).

With shares this is one settlement: a further issue that gives every player with a stake a level
less his g, when all agree, makes the group's deal the point from which the egalitarian solution
measures; floors move along.  The settlement's certificate then shows that nothing more was left.
Whether somebody could gain at nobody's cost is the utilitarian solution above floors of g.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from bargaining.errors import NotDefinedError, NotSupportedError, SolverError
from bargaining.linkage.at_home import net_gains, passes
from bargaining.model.agenda import parse_agenda
from bargaining.model.deal import Deal, broken
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.links import Link
from bargaining.results import Number, Status
from bargaining.settlement.package import Deals
from bargaining.settlement.program import GAP
from bargaining.settlement.settle import settle

MAX_PURE = 4_096
"""Deals of one outcome per issue that are gone through."""
MAX_DENOMINATOR = 10**9
YARDSTICK = "linked"
UNSOLVED = (NotDefinedError, NotSupportedError, SolverError)
Net = tuple[Number, ...]


@dataclass(frozen=True, eq=False)
class Left:
    """What a deal left on the table.

    Attributes
    ----------
    efficient : bool or None
        Whether nobody could gain more without another's loss; None if not known.
    amount : number
        What everybody could have gained on top.
    at_least : bool
        Whether the amount is only a lower bound.
    improvement : tuple of number
        What the better deal brings on top, per player.
    better : Deal or None
        That deal, if there is one.
    """

    efficient: bool | None
    amount: Number
    at_least: bool
    improvement: Net
    better: Deal | None


class Yardstick:
    """The deals that pass at home with all that may be linked on one table.

    Parameters
    ----------
    game : LinkageGame
    deals : {"shares", "pure"}

    Attributes
    ----------
    reasons : list of str
        Why only lower bounds are known, if that is so.
    """

    def __init__(self, game: LinkageGame, deals: Deals) -> None:
        self.game, self.deals = game, deals
        self.reasons: list[str] = []
        self._listed: tuple[list[Deal], list[Net]] | None = None

    def left(self, net: Net) -> Left:
        """Return what net gains leave on the table.

        Examples
        --------
        >>> from bargaining.loading import load
        >>> capped = load("us_mexico/coordination_without_subordination")
        >>> Yardstick(capped, "shares").left((Fraction(0), Fraction(0))).amount
        Fraction(2, 1)
        """
        if self.deals == "pure":
            known = math.prod(i.size for i in self.game.issues.values()) <= MAX_PURE
            if not known:
                self._because(f"more than {MAX_PURE:,} deals of one outcome per issue")
            return self._best_listed(net, known=known)
        if len(parse_agenda(self.game, YARDSTICK).packages) > 1:
            self._because("not all issues may share a table")
            return self._best_listed(net, known=False)
        try:
            return self._solved(net)
        except UNSOLVED as error:
            self._because(str(error))
            return self._best_listed(net, known=False)

    def _because(self, reason: str) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)

    def _solved(self, net: Net) -> Left:
        """Find the most for all, and where that is nothing the most for some."""
        game, stakes = self.game, self.game.interested
        there, level = measured_from(game, net)
        none: Net = (Fraction(0),) * len(game.players)
        found, zero = self._settled(there, "egalitarian", net)
        deal, more = max(found, key=lambda pair: self._ranked(pair[1]))
        least = min((more[i] for i in stakes), default=Fraction(0))
        if least > zero:
            return Left(False, least, False, more, deal)
        floors = dict(there.channels.get("floors", {}))
        for player in (game.players[i] for i in stakes):
            floors[player] = max(level, floors.get(player, level))
        there = replace(there, channels={**there.channels, "floors": floors})
        try:
            found, zero = self._settled(there, "utilitarian", net)
        except UNSOLVED:  # a premium that bends, seen from its edge
            return Left(None, Fraction(0), False, none, None)
        helpful = [pair for pair in found if self._helps(pair[1], zero)]
        if not helpful:
            return Left(True, Fraction(0), False, none, None)
        deal, more = max(helpful, key=lambda pair: self._ranked(pair[1]))
        return Left(False, Fraction(0), False, more, deal)

    def _settled(
        self, there: LinkageGame, concept: str, net: Net
    ) -> tuple[list[tuple[Deal, Net]], Number]:
        """Return no deal and the settlement, with what they bring on top, and what is rounding."""
        answer = settle(there, solution=concept)
        if answer.status == Status.NUMERICAL_TROUBLE:
            msg = "the best deal that passes at home could not be certified"
            raise SolverError(msg)
        deals = [Deal(self.game.origin.copy())]
        if answer.status == Status.AGREEMENT:
            deals.append(_without_last(answer.lotteries))
        rounded = answer.tolerance > 0 or any(isinstance(g, float) for g in net)
        zero = GAP * max(there.reach) if rounded else Fraction(0)
        return [(deal, self._more(deal, net)) for deal in deals], zero

    def _best_listed(self, net: Net, *, known: bool) -> Left:
        """Compare with deals gone through one by one."""
        game, stakes = self.game, self.game.interested
        if self._listed is None:
            self._listed = self._candidates()
        found, rows = self._listed
        more = [tuple(b - a for a, b in zip(net, row, strict=True)) for row in rows]
        helpful = [j for j in range(len(more)) if self._helps(more[j], Fraction(0))]
        none: Net = (Fraction(0),) * len(game.players)
        if not helpful:
            return Left(True if known else None, Fraction(0), not known, none, None)
        top = max(helpful, key=lambda j: self._ranked(more[j]))
        return Left(False, min(more[top][i] for i in stakes), not known, more[top], found[top])

    def _candidates(self) -> tuple[list[Deal], list[Net]]:
        """Deals of one outcome per issue, and with shares what two concepts settle on."""
        game = self.game
        found, rows = passing_deals(game, YARDSTICK)
        for concept in ("nash", "egalitarian") if self.deals == "shares" else ():
            try:
                answer = settle(game, solution=concept, agenda=YARDSTICK)
            except UNSOLVED as error:
                self._because(f"{concept}: {error}")
                continue
            if answer.status == Status.AGREEMENT:
                found.append(answer.lotteries)
                rows.append(net_gains(game, answer.lotteries, YARDSTICK))
        return found, rows

    def _more(self, deal: Deal, net: Net) -> Net:
        """Return what a deal brings on top of net gains."""
        there = net_gains(self.game, deal, YARDSTICK)
        return tuple(b - a for a, b in zip(net, there, strict=True))

    def _ranked(self, more: Net) -> list[float]:
        return sorted(float(more[i]) for i in self.game.interested)

    def _helps(self, more: Net, zero: Number) -> bool:
        """Whether somebody gains at nobody's cost."""
        mine = [more[i] for i in self.game.interested]
        return all(step >= -zero for step in mine) and any(step > zero for step in mine)


def measured_from(game: LinkageGame, net: Net) -> tuple[LinkageGame, Fraction]:
    """Return a game in which the gains of a deal are its gains beyond ``net``, plus a level.

    A further issue gives each player with a stake the level less his net gain; the level is
    large enough for all to want it.  Floors, and no loss where there is a premium, move along.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> there, level = measured_from(game, (Fraction(1), Fraction(3)))
    >>> level, there.issues["as signed"].exact_gains[1].tolist()
    (Fraction(9, 1), [Fraction(8, 1), Fraction(6, 1)])
    """
    stakes, rules = game.interested, game.ratification
    own = {i: _simple(net[i]) for i in stakes}
    size = max((game.reach[i] for i in stakes), default=1.0)
    level = max([Fraction(0), *own.values()]) + Fraction(size).limit_denominator(MAX_DENOMINATOR)
    name = "as signed"
    while name in game.issues:
        name += " "
    start = Issue.from_options(
        name,
        game.players,
        ("no", "yes"),
        {game.players[i]: [Fraction(0), level - own[i]] for i in stakes},
        status_quo="no",
    )
    links = game.links
    if links is not None:
        links = (*links, Link((name, game.issue_names[0])))
    floors = {game.players[i]: floor for i, floor in rules.floors.items() if i not in stakes}
    for i in stakes:
        if i in rules.floors or i in rules.premiums:
            least = max(rules.floors.get(i, Fraction(0)), Fraction(0))
            floors[game.players[i]] = least + level - own[i]
    channels = {**game.channels, "floors": floors}
    issues = {**dict(game.issues), name: start}
    return replace(game, issues=issues, links=links, channels=channels), level


def _simple(value: Number) -> Fraction:
    """Return a net gain as a fraction: only an exponential premium makes it a float."""
    if isinstance(value, float):
        return Fraction(value).limit_denominator(MAX_DENOMINATOR)
    return Fraction(value)


def _without_last(deal: Deal) -> Deal:
    """Return a deal without the last issue."""
    last = len(deal.outcomes) - 1
    shares = {k: lottery for k, lottery in deal.shares.items() if k != last}
    return Deal(deal.outcomes[:last].copy(), shares, deal.joint)


def passing_deals(game: LinkageGame, agenda: str) -> tuple[list[Deal], list[Net]]:
    """Return every deal of one outcome per issue that passes at home, with its net gains.

    Nothing where there are too many to go through.
    """
    deals = [
        deal
        for deal in legal_deals(game)
        if bool((deal.outcomes == game.origin).all()) or passes(game, deal, agenda)
    ]
    return deals, [net_gains(game, deal, agenda) for deal in deals]


def legal_deals(game: LinkageGame) -> Sequence[Deal]:
    """Return every deal of one outcome per issue that breaks no constraint, if not too many."""
    sizes = [issue.size for issue in game.issues.values()]
    if math.prod(sizes) > MAX_PURE:
        return []
    every = (Deal(np.array(chosen)) for chosen in itertools.product(*map(range, sizes)))
    return [deal for deal in every if broken(game, deal) is None]
