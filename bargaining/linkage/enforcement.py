"""What keeps deals alive under several agendas, and from when to when linking matters for it.

Pooling lends the slack of one issue to another, so the linked deal may last at a factor at which
its parts would not; from the factor at which each part lasts by itself linking is not needed, and
below the lowest at which any deal lasts it cannot help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from bargaining.errors import InputError
from bargaining.model.agenda import parse_agenda
from bargaining.model.expressions import Operand, number_at
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.utility import read_utility
from bargaining.results import Number, checked, with_exact
from bargaining.settlement.channels import check_origin
from bargaining.settlement.enforcement.conditions import conditions, pooled
from bargaining.settlement.enforcement.favours import FavourNetwork, favour_network
from bargaining.settlement.enforcement.monitoring import Monitoring, monitoring
from bargaining.settlement.enforcement.objectives import Objective, objective
from bargaining.settlement.enforcement.renegotiation import Renegotiation, renegotiation
from bargaining.settlement.enforcement.reversion import ReversionMode, check_reversion, reversion
from bargaining.settlement.enforcement.thresholds import CriticalDiscount, critical_discount


@dataclass(frozen=True, eq=False)
class Enforcement:
    """How long deals last under several agendas.

    Attributes
    ----------
    game : LinkageGame
    solution : str
    discount : Fraction or None
        The common factor asked about.
    agendas : mapping of str to CriticalDiscount
    """

    game: LinkageGame = field(repr=False)
    solution: str
    reversion_mode: ReversionMode
    discount: Fraction | None
    agendas: Mapping[str, CriticalDiscount]

    @cached_property
    def linked(self) -> CriticalDiscount:
        """The agenda of all issues that may share a table."""
        found = self.agendas.get("linked")
        return found or critical_discount(
            self.game, agenda="linked", reversion=self.reversion_mode, solution=self.solution
        )

    @cached_property
    def delinked(self) -> CriticalDiscount:
        """The agenda of every issue alone."""
        found = self.agendas.get("delinked")
        return found or critical_discount(
            self.game, agenda="delinked", reversion=self.reversion_mode, solution=self.solution
        )

    @cached_property
    def matters(self) -> dict[str, Number | None]:
        """From which factor linking starts and stops to matter.

        ``from``: some linked deal lasts; ``from_delinked``: some deal does issue by issue;
        ``deal_from``: the linked settlement lasts; ``deal_alone_from``: each part of it would
        last by itself, so that linking no longer matters for it (None: never).
        """
        apart = [p.critical_apart for p in self.linked.packages]
        alone = None if not apart or None in apart else max(a for a in apart if a is not None)
        return {
            "from": self.linked.any,
            "from_delinked": self.delinked.any,
            "deal_from": self.linked.settlement,
            "deal_alone_from": alone,
        }

    @cached_property
    def favours(self) -> FavourNetwork | None:
        """The game as a network of favours, if it is one."""
        return favour_network(self.game)

    @cached_property
    def renegotiation(self) -> Mapping[str, Renegotiation]:
        """Per agenda of one package that is settled, for two players with a stake."""
        if len(self.game.interested) != 2:
            return {}
        return {
            name: renegotiation(self.game, p.package, p.together, p.reversion)
            for name, found in self.agendas.items()
            if len(found.packages) == 1
            for p in found.packages
        }

    @cached_property
    def monitoring(self) -> Monitoring | None:
        """How agendas compare under false alarms, where the file has rates and factors."""
        if not self.game.channels.get("monitoring") or not self.linked.packages:
            return None
        deal = self.linked.settled.lotteries
        factors = [self.game.discount.get(self.game.players[i]) for i in self.game.interested]
        if self.discount is None and None in factors:
            return None
        return monitoring(
            self.game, deal, discount=self.discount, reversion_mode=self.reversion_mode
        )

    @cached_property
    def objectives(self) -> Mapping[str, Objective]:
        """Per player with a ``[utility]``: what his objective makes of linking this deal."""
        tables = self.game.channels.get("utility") or {}
        if not tables or not self.linked.packages:
            return {}
        game, deal = self.game, self.linked.settled.lotteries
        plan = parse_agenda(game, "delinked")
        pairs: dict[int, list[tuple[Fraction, Fraction]]] = {}
        for package in plan.packages:
            reverted = reversion(game, package, self.reversion_mode)
            for c in pooled(game, package, conditions(game, package, deal, reverted), reverted):
                pairs.setdefault(c.player, []).append((Fraction(c.temptation), Fraction(c.loss)))
        found = {}
        for player, table in tables.items():
            i = game.players.index(player)
            utility = read_utility(table["form"], table.get("parameter"))
            total = Fraction(self.linked.settled.payoffs[player])
            moving = [pair for pair in pairs[i] if any(pair)]
            try:
                found[player] = objective(utility, total, moving)
            except InputError as error:
                msg = f"utility.{player}: {error}"
                raise InputError(msg) from None
        return found

    def holds(self, name: str) -> bool | None:
        """Whether an agenda's settlement lasts at the factor asked about, or at the file's own."""
        found = self.agendas[name]
        if not found.packages:
            return None
        if self.discount is None:
            return found.lasts
        return found.settlement is not None and found.settlement <= self.discount

    @checked
    def verify(self) -> bool:
        """Recompute every agenda's numbers and check both ends of every bracket."""
        return all(found.verify() for found in self.agendas.values())

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Plain data for JSON; with ``exact=True`` fractions also as strings."""
        agendas = {
            name: {**found.table(), "holds": self.holds(name), **self._extras(name)}
            for name, found in self.agendas.items()
        }
        data: dict[str, Any] = {
            "schema": "bargaining-enforcement/1",
            "game": self.game.name or self.game.title,
            "players": self.game.players,
            "solution": self.solution,
            "reversion": self.reversion_mode,
            "discount": self.discount if self.discount is not None else dict(self.game.discount),
            "agendas": agendas,
            "linking_matters": self.matters,
            "favours": self._favours(),
            "monitoring": self._monitoring(),
            "utilities": {
                player: {
                    "linked": o.linked,
                    "delinked": o.unitary,
                    "delegated": o.delegated,
                    "brackets": o.brackets,
                }
                for player, o in self.objectives.items()
            },
        }
        return with_exact(data, exact=exact)

    def _extras(self, name: str) -> dict[str, Any]:
        found = self.renegotiation.get(name)
        if found is None:
            return {}
        return {
            "renegotiation": {
                "grim_is_renegotiation_proof": found.grim,
                "penance_discount": found.factor,
                "searched": found.searched,
            }
        }

    def _favours(self) -> dict[str, Any] | None:
        network = self.favours
        if network is None:
            return None
        factor = self.discount
        ends = network.critical()
        data: dict[str, Any] = {
            "bracket": ends,
            "vital": network.vital(),
        }
        if factor is not None:
            for aim in ("total", "egalitarian"):
                best = network.best(factor, aim)
                data[aim] = {
                    "intensities": dict(zip(network.issues, best, strict=True)),
                    "gains": dict(zip(network.players, network.gains(best), strict=True)),
                }
        return data

    def _monitoring(self) -> dict[str, Any] | None:
        found = self.monitoring
        if found is None:
            return None
        return {
            "best": found.best,
            "complete": found.complete,
            "agendas": {
                one.agenda: {
                    "critical_discount": one.critical,
                    "lasting": one.lasting,
                    "values": one.values,
                    "total": one.total,
                }
                for one in found.agendas
            },
        }

    def __str__(self) -> str:
        return "\n".join(str(found) for found in self.agendas.values())


def enforcement(
    game: LinkageGame,
    *,
    agendas: Sequence[str] = ("delinked", "linked"),
    discount: Operand | None = None,
    reversion: ReversionMode = "auto",
    solution: str = "nash",
) -> Enforcement:
    """Find what keeps deals alive under several agendas.

    Parameters
    ----------
    game : LinkageGame
    agendas : sequence of str
    discount : number, optional
        A factor common to all players, from 0 to below 1.
    reversion : {"auto", "status_quo", "nash", "minmax"}
    solution : str

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> str(enforcement(game).agendas["linked"].full)
    '4/5'
    """
    require_game(game)
    check_reversion(reversion)
    factor = None if discount is None else number_at("discount", discount)
    if factor is not None and not 0 <= factor < 1:
        msg = f"discount: expected a factor from 0 to below 1, found {discount}"
        raise InputError(msg)
    found = {}
    for name in agendas:
        plan = parse_agenda(game, name)
        check_origin(game, plan)
        found[name] = critical_discount(game, agenda=plan, reversion=reversion, solution=solution)
    return Enforcement(game, solution, reversion, factor, found)
