"""The agenda game: who wants which issues on which table, and which tables hold.

Every agenda is settled by the same concept, and each player ranks the agendas by what he gains.
Three questions follow.  Which agenda does each side prefer?  What comes out if every side must
say "link" for the issues to be linked (:mod:`.link_game`)?  And which agendas are stable: taking
a package apart needs nobody's consent, so an agenda is stable if no player with a stake gains
strictly more when one of its packages is bargained issue by issue instead, nor when all of them
are (the delinked agenda, which is therefore always stable).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bargaining.errors import VerificationError
from bargaining.linkage.agendas import candidates, name_of
from bargaining.linkage.keystone import Progress, Worths, keystones
from bargaining.linkage.link_game import LinkGame, link_game
from bargaining.linkage.price import PriceOfDelinking, price_of_delinking
from bargaining.model.agenda import Agenda, parse_agenda
from bargaining.model.game import LinkageGame, require_game
from bargaining.results import Number, Status, checked, in_figures, with_exact
from bargaining.settlement.channels import check_required
from bargaining.settlement.package import Deals
from bargaining.settlement.program import GAP
from bargaining.settlement.settle import settle
from bargaining.settlement.settlement import Settlement

MAX_KEYSTONES = 60
"""Issues up to whom the cost of each one's absence is computed."""
SAME = 1e-9
"""Gains closer than this share of the payoff range count as the same, where not exact."""

Packages = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class AgendaGame:
    """Who wants which agenda.

    Attributes
    ----------
    solution, deals : str
    status : Status
        ``solved``, or ``limit_reached`` when not all agendas were compared.
    players : tuple of str
    agendas : mapping of str to Settlement
        By name; ``delinked`` first, ``linked`` last.
    preferred : mapping of str to tuple of str
        Per player, the names of the agendas at which he gains most; ties are all listed.
    stable : tuple of str
        Agendas from which no player with a stake gains by taking packages apart.
    objections : mapping of str to mapping
        Per agenda that is not stable: who gains by which agenda instead.
    linking : LinkGame
        The game in which every side says link or delink, with its equilibria.
    price : PriceOfDelinking
    keystone : mapping of str to mapping of str to number
        Per issue and player, linked gain minus the gain with that issue off the table.  Empty
        with one issue, or more than sixty.
    """

    solution: str
    deals: Deals
    status: Status
    players: tuple[str, ...]
    agendas: Mapping[str, Settlement]
    preferred: Mapping[str, tuple[str, ...]]
    stable: tuple[str, ...]
    objections: Mapping[str, Mapping[str, tuple[str, ...]]]
    linking: LinkGame
    price: PriceOfDelinking
    keystone: Mapping[str, Mapping[str, Number]]
    game: LinkageGame = field(repr=False)
    require: tuple[str, ...] = field(default=(), repr=False)

    @property
    def linked(self) -> Settlement:
        """The settlement of all issues that may share a table."""
        return list(self.agendas.values())[-1]

    @property
    def delinked(self) -> Settlement:
        """The settlement issue by issue."""
        return next(iter(self.agendas.values()))

    @property
    def refusing(self) -> tuple[str, ...]:
        """Players with a stake who gain more delinked than linked."""
        gained = _told_apart(self.game, self.linked, self.delinked)
        return tuple(p for p in _voices(self.game) if gained[p] < self.delinked.gains[p])

    @property
    def price_of_delinking(self) -> Mapping[str, Number]:
        """Linked minus delinked gains, per player."""
        return self.price.difference

    @cached_property
    def most_missed(self) -> Mapping[str, tuple[str, ...]]:
        """Per player with a stake, the issues whose absence would cost him most, if it costs."""
        found = {}
        for player in _voices(self.game):
            costs = {name: cost[player] for name, cost in self.keystone.items()}
            most = max(costs.values(), default=0)
            slack = _slack(self.game, player, most)
            found[player] = tuple(
                name for name, cost in costs.items() if most > slack and most - cost <= slack
            )
        return found

    @checked
    def verify(self) -> bool:
        """Check every settlement from its definition, and recompute every comparison of them."""
        for name, settlement in self.agendas.items():
            if settlement.game is not self.game or settlement.solution != self.solution:
                msg = f"agenda {name}: settled for another game or by another concept"
                raise VerificationError(msg)
            if parse_agenda(self.game, name).packages != settlement.plan.packages:
                msg = f"agenda {name}: the settlement is that of other packages"
                raise VerificationError(msg)
            settlement.verify()
        players = _voices(self.game)
        linked, delinked = self.linked, self.delinked
        objections = _objections(self.game, self.agendas, players)
        right = {
            "preferred": self.preferred == _preferred(self.game, self.agendas),
            "objections": self.objections == objections,
            "stable": self.stable == tuple(a for a in self.agendas if a not in objections),
            "price": self.price == price_of_delinking(linked, delinked),
            "equilibria": self.linking.equilibria
            == _linking(self.game, linked, delinked).equilibria,
        }
        for name, stands in right.items():
            if not stands:
                msg = f"the stated {name} does not follow from the settlements"
                raise VerificationError(msg)
        if self.linking.source is not None:
            self.linking.source.verify()
        for issue, costs in self.keystone.items():
            left = settle(
                self.game.without(issue),
                solution=self.solution,
                deals=self.deals,
                require=self.require,
            )
            left.verify()
            for player, cost in costs.items():
                gap = linked.gains[player] - left.gains[player] - cost
                slack = 2 * _slack(self.game, player, gap)
                if not -slack <= gap <= slack:
                    msg = f"keystone {issue}: the stated cost to {player} is not the difference"
                    raise VerificationError(msg)
        return True

    def packages(self, agenda: str) -> Packages:
        """Return the packages of an agenda."""
        return self.agendas[agenda].packages

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; with ``exact=True`` fractions also as strings.

        ``preferred`` holds the packages of the first of a player's best agendas,
        ``preferred_ties`` the names of all of them.
        """
        data = {
            "schema": "bargaining-agenda/1",
            "game": self.game.name or self.game.title,
            "players": self.players,
            "solution": self.solution,
            "deals": self.deals,
            "status": self.status,
            "agendas": [
                {
                    "name": name,
                    "packages": settlement.packages,
                    "status": settlement.status,
                    "mutual_gain": settlement.mutual_gain,
                    "gains": settlement.gains,
                }
                for name, settlement in self.agendas.items()
            ],
            "preferred": {p: self.packages(names[0]) for p, names in self.preferred.items()},
            "preferred_ties": self.preferred,
            "stable": [self.packages(name) for name in self.stable],
            "objections": self.objections,
            "equilibria": [equilibrium.to_dict() for equilibrium in self.linking.equilibria],
            "equilibria_complete": self.linking.complete,
            "keystone": self.keystone,
            "most_missed": self.most_missed,
            "price_of_delinking": self.price.difference,
            "price": self.price.to_dict(),
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        lines = [f"{self.game.title or self.game.name}: who wants which agenda ({self.solution})"]
        for name, settlement in self.agendas.items():
            gained = ", ".join(f"{p} {in_figures(g)}" for p, g in settlement.gains.items())
            lines.append(f"  {name}: {gained}{'' if name in self.stable else '   (not stable)'}")
        for player, names in self.preferred.items():
            lines.append(f"{player} prefers {' or '.join(names)}")
        return "\n".join(lines)


def agenda_game(
    game: LinkageGame,
    *,
    solution: str = "nash",
    deals: Deals = "shares",
    require: Sequence[str] = (),
    progress: Progress | None = None,
) -> AgendaGame:
    """Compare the agendas of a game: preferred, stable, in equilibrium, and their price.

    Parameters
    ----------
    game : LinkageGame
        With a status quo per issue.
    solution, deals, require
        As for :func:`bargaining.settle`.
    progress : callable, optional
        Called with agendas settled so far, and how many there are.

    Returns
    -------
    AgendaGame

    Raises
    ------
    NotDefinedError
        If the game states only reservation totals, so that issues cannot be bargained apart.

    Examples
    --------
    >>> import bargaining as bg
    >>> found = agenda_game(bg.load("us_mexico/mexico_delinks"))
    >>> found.preferred
    {'us': ('linked',), 'mexico': ('delinked',)}
    >>> found.stable
    ('delinked',)
    """
    require_game(game)
    check_required(game, require)
    chosen = candidates(game, deals)

    def settled(agenda: Agenda) -> Settlement:
        return settle(game, solution=solution, agenda=agenda, deals=deals, require=require)

    agendas: dict[str, Settlement] = {}
    for number, agenda in enumerate(chosen.agendas):
        agendas[agenda.name] = settled(agenda)
        if progress is not None:
            progress(number + 1, len(chosen.agendas))
    linked, delinked = agendas[chosen.agendas[-1].name], agendas[chosen.agendas[0].name]
    players = _voices(game)
    objections = _objections(game, agendas, players)
    keystone: dict[str, dict[str, Number]] = {}
    if 1 < len(game.issues) <= MAX_KEYSTONES:
        keystone = keystones(Worths(game, solution, deals, tuple(require)))
    return AgendaGame(
        linked.solution,
        deals,
        Status.SOLVED if chosen.complete else Status.LIMIT_REACHED,
        game.players,
        agendas,
        _preferred(game, agendas),
        tuple(name for name in agendas if name not in objections),
        objections,
        _linking(game, linked, delinked),
        price_of_delinking(linked, delinked),
        keystone,
        game,
        tuple(require),
    )


def _linking(game: LinkageGame, linked: Settlement, delinked: Settlement) -> LinkGame:
    """Solve the game of linking; gains that cannot be told apart count as equal."""
    return link_game(_voices(game), _told_apart(game, linked, delinked), delinked.gains)


def _told_apart(game: LinkageGame, linked: Settlement, delinked: Settlement) -> dict[str, Number]:
    """Linked gains, or the delinked gain where the two are numerically the same."""
    found = {}
    for player, gain in linked.gains.items():
        other = delinked.gains[player]
        slack = max(_slack(game, player, gain), _slack(game, player, other))
        found[player] = other if -slack <= gain - other <= slack else gain
    return found


def _voices(game: LinkageGame) -> tuple[str, ...]:
    return tuple(game.players[i] for i in game.interested)


def _slack(game: LinkageGame, player: str, value: Number) -> float:
    """How far gains may differ and still count as the same."""
    if not isinstance(value, float):
        return 0.0
    return (GAP if len(game.interested) > 2 else SAME) * game.reach[game.players.index(player)]


def _preferred(game: LinkageGame, agendas: Mapping[str, Settlement]) -> dict[str, tuple[str, ...]]:
    """Per player with a stake, all agendas at which he gains most."""
    found = {}
    for player in _voices(game):
        most = max(settlement.gains[player] for settlement in agendas.values())
        found[player] = tuple(
            name
            for name, settlement in agendas.items()
            if most - settlement.gains[player] <= _slack(game, player, most)
        )
    return found


def _objections(
    game: LinkageGame, agendas: Mapping[str, Settlement], players: Sequence[str]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Per agenda, who gains more when packages are taken apart, and at which agenda."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, settlement in agendas.items():
        for other in _apart(game, settlement.plan.packages):
            if other not in agendas:
                continue
            gaining = tuple(
                p
                for p in players
                if agendas[other].gains[p] - settlement.gains[p]
                > _slack(game, p, agendas[other].gains[p])
            )
            if gaining:
                found.setdefault(name, {})[other] = gaining
    return found


def _apart(game: LinkageGame, packages: Sequence[Sequence[int]]) -> tuple[str, ...]:
    """Name the agendas in which one package, or all, are bargained issue by issue."""
    joint = [package for package in packages if len(package) > 1]
    names = [name_of(game, [p for p in joint if p is not package]) for package in joint]
    return tuple(dict.fromkeys([*names, "delinked"])) if joint else ()
