"""Blackmail: what threats do when issues are linked, and whether anybody would carry them out.

A threat is an act that a player can do alone and that hurts another; a favour is one that costs
him and helps another.  With commitment a threat moves the point from which the sides bargain:
the variable-threat solutions (with side payments, coco; without, Nash) say how far, linked and
delinked, and who ends below the status quo.  Without commitment a threat counts only if carrying
it out, once it has failed, is the threatener's best reply: subgame perfection.  The simplest
blackmail, "do this or I do that", works, if it is believed, when the harm is at least the cost
of giving in (Schelling 1960).  A harmful act that is the status quo already is no threat: to lift
it is a favour, which can be traded.  So it matters who owns the act.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.errors import VerificationError
from bargaining.model.array_issues import ArrayIssues
from bargaining.model.deal import Deal, gains
from bargaining.model.game import LinkageGame, require_game
from bargaining.results import Number, Status, checked, in_figures, with_exact
from bargaining.settlement.settle import settle
from bargaining.settlement.settlement import Settlement

MAX_ACTS = 2_000
"""Acts that hurt or help, listed at most."""


@dataclass(frozen=True)
class Act:
    """Something that a player can do alone, the others staying where they are.

    Attributes
    ----------
    player, issue, act : str
    own : Fraction
        What it brings the player himself.
    others : mapping of str to Fraction
        What it does to the others, zeros left out.
    forgone : Fraction
        What he could gain instead by his best act in the issue, minus ``own``: the cost of
        carrying it out.
    """

    player: str
    issue: str
    act: str
    own: Fraction
    others: Mapping[str, Fraction]
    forgone: Fraction

    @property
    def credible(self) -> bool:
        """Whether he would do it without having committed himself."""
        return self.forgone == 0

    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers stay exact where they are."""
        return {**self.__dict__, "credible": self.credible}


@dataclass(frozen=True)
class Ultimatum:
    """A demand under threat: do this favour, or I carry out that threat.

    Attributes
    ----------
    threat, favour : Act
    harm, cost : Fraction
        To the threatened: of the threat carried out, and of giving in.
    """

    threat: Act
    favour: Act
    harm: Fraction
    cost: Fraction

    @property
    def yields(self) -> bool:
        """Whether giving in is no worse than the threat carried out."""
        return self.harm >= self.cost

    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers stay exact where they are."""
        return {
            "threatener": self.threat.player,
            "threat": f"{self.threat.issue}: {self.threat.act}",
            "threatened": self.favour.player,
            "favour": f"{self.favour.issue}: {self.favour.act}",
            "harm": self.harm,
            "cost": self.cost,
            "yields_if_believed": self.yields,
            "credible": self.threat.credible,
        }


@dataclass(frozen=True, eq=False)
class Blackmail:
    """Threats, and where they lead.

    Attributes
    ----------
    status : Status
        ``solved``; ``not_defined`` where more or fewer than two players have a stake, so that
        only the acts are listed and :attr:`outcomes` is empty.
    threats, favours : tuple of Act
    ultimatums : tuple of Ultimatum
    outcomes : mapping of str to mapping of str to Settlement
        By who can commit himself (``coco`` and ``both``, each player's name, ``nobody``), the
        linked and the delinked settlement.
    below_status_quo : mapping of str to tuple of str
        By the same keys, who ends below the status quo when linked.
    """

    status: Status
    threats: tuple[Act, ...]
    favours: tuple[Act, ...]
    ultimatums: tuple[Ultimatum, ...]
    outcomes: Mapping[str, Mapping[str, Settlement]]
    below_status_quo: Mapping[str, tuple[str, ...]]
    game: LinkageGame = field(repr=False)

    @checked
    def verify(self) -> bool:
        """Check every settlement, and recompute every act from the payoffs."""
        if (self.threats, self.favours) != _acts(self.game):
            msg = "the acts listed are not those of the game"
            raise VerificationError(msg)
        if self.ultimatums != _ultimatums(self.threats, self.favours):
            msg = "the ultimatums do not follow from the acts"
            raise VerificationError(msg)
        for pair in self.outcomes.values():
            for settlement in pair.values():
                settlement.verify()
        if self.below_status_quo != _below(self.outcomes):
            msg = "who ends below the status quo does not follow from the settlements"
            raise VerificationError(msg)
        return True

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return plain data; with ``exact=True`` fractions also as strings."""
        data = {
            "status": self.status,
            "threats": [act.to_dict() for act in self.threats],
            "favours": [act.to_dict() for act in self.favours],
            "ultimatums": [one.to_dict() for one in self.ultimatums],
            "outcomes": {
                who: {name: s.gains for name, s in pair.items()}
                for who, pair in self.outcomes.items()
            },
            "below_status_quo": self.below_status_quo,
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        lines = [
            f"{act.player} can threaten {act.issue}: {act.act}"
            + (" (would do it)" if act.credible else f" (at a cost of {in_figures(act.forgone)})")
            for act in self.threats
        ]
        return "\n".join(lines) or "Nobody can threaten anybody."


def blackmail(game: LinkageGame) -> Blackmail:
    """List threats and favours, and settle the game with and without commitment to threats.

    Parameters
    ----------
    game : LinkageGame
        With a status quo per issue.

    Returns
    -------
    Blackmail

    Examples
    --------
    >>> from bargaining.model.issue import Issue
    >>> deal = Issue.normal_form("migration", ["us", "mx"], {"mx": ["transit", "control"]},
    ...     {"us": [0, 6], "mx": [0, -4]}, status_quo={"mx": "transit"})
    >>> trucks = Issue.normal_form("trucks", ["us", "mx"], {"us": ["normal", "inspect"]},
    ...     {"us": [0, -1], "mx": [0, -5]}, status_quo={"us": "normal"})
    >>> found = blackmail(LinkageGame(("us", "mx"), [deal, trucks]))
    >>> {who: [str(g) for g in pair["linked"].gains.values()]
    ...  for who, pair in found.outcomes.items()}
    {'coco': ['3', '-1'], 'both': ['13/4', '-13/6'], 'us': ['13/4', '-13/6'], 'mx': ['0', '0'],\
 'nobody': ['0', '0']}
    >>> found.threats[0].credible, found.ultimatums[0].yields
    (False, True)
    """
    require_game(game)
    threats, favours = _acts(game)
    outcomes: dict[str, dict[str, Settlement]] = {}
    if len(game.interested) == 2 and not game.reserved:
        outcomes["coco"] = {a: settle(game, solution="coco", agenda=a) for a in _AGENDAS}
        names = [game.players[i] for i in game.interested]
        for who, commit in (("both", names), *((name, [name]) for name in names), ("nobody", [])):
            outcomes[who] = {
                agenda: settle(game, solution="nash_variable_threat", agenda=agenda, commit=commit)
                for agenda in _AGENDAS
            }
    return Blackmail(
        Status.SOLVED if outcomes else Status.NOT_DEFINED,
        threats,
        favours,
        _ultimatums(threats, favours),
        outcomes,
        _below(outcomes),
        game,
    )


_AGENDAS = ("delinked", "linked")


def _acts(game: LinkageGame) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    """List the acts of single players that hurt, and those that cost and help."""
    threats: list[Act] = []
    favours: list[Act] = []
    if isinstance(game.issues, ArrayIssues) or game.reserved:
        return (), ()
    for k, (name, issue) in enumerate(game.issues.items()):
        origin = np.unravel_index(int(game.origin[k]), issue.shape)
        for axis, (player, labels) in enumerate(issue.actions.items()):
            column = game.players.index(player)
            found = []
            for number, label in enumerate(labels):
                chosen = [int(a) for a in origin]
                chosen[axis] = number
                outcome = int(np.ravel_multi_index(chosen, issue.shape))
                deal = Deal(np.array([outcome]), issues=np.array([k]))
                given = [Fraction(g) for g in gains(game, deal)]
                found.append((label, given, number == int(origin[axis])))
            best = max(row[column] for _, row, _ in found)
            for label, row, now in found:
                others = {p: g for p, g in zip(game.players, row, strict=True)
                          if g and p != player}  # fmt: skip
                act = Act(player, name, label, row[column], others, best - row[column])
                if now or len(threats) + len(favours) >= MAX_ACTS:
                    continue
                if any(g < 0 for g in others.values()):
                    threats.append(act)
                elif others and act.own < 0:
                    favours.append(act)
    return tuple(threats), tuple(favours)


def _ultimatums(threats: tuple[Act, ...], favours: tuple[Act, ...]) -> tuple[Ultimatum, ...]:
    """Pair every threat with every favour that the threatened can do the threatener."""
    return tuple(
        Ultimatum(threat, favour, -threat.others[favour.player], -favour.own)
        for threat in threats
        for favour in favours
        if threat.others.get(favour.player, 0) < 0 and favour.others.get(threat.player, 0) > 0
    )[:MAX_ACTS]


def _below(outcomes: Mapping[str, Mapping[str, Settlement]]) -> dict[str, tuple[str, ...]]:
    """List who ends below the status quo when the issues are linked."""

    def loses(gain: Number, settlement: Settlement, player: str) -> bool:
        game = settlement.game
        return gain < -settlement.tolerance * game.reach[game.players.index(player)]

    return {
        who: tuple(
            player
            for player, gain in pair["linked"].gains.items()
            if loses(gain, pair["linked"], player)
        )
        for who, pair in outcomes.items()
    }
