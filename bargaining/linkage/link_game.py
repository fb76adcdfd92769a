"""Linking as a choice of each side: say "link" or "delink".

Every player with a stake says at the same time which he wants.  The issues are linked only if all
say ``link``; one ``delink`` is enough to keep them apart.  Payoffs are the gains of the two
agendas.  All saying ``delink`` is always an equilibrium, since no single voice changes it; so
each equilibrium says whether it lives on a weakly dominated voice (to say ``delink`` while
gaining from the link, or ``link`` while losing by it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from bargaining.equilibrium.answers import EquilibriumSet
from bargaining.equilibrium.bimatrix import of_issue
from bargaining.model.issue import Issue
from bargaining.results import Number

VOICES = ("link", "delink")
MAX_VOICES = 8
"""Players up to whom the game is written out."""
Outcome = Literal["linked", "delinked", "either"]


@dataclass(frozen=True)
class Voices:
    """One equilibrium of the game of linking.

    Attributes
    ----------
    strategies : mapping of str to mapping of str to number
        Per player, the probability of ``link`` and ``delink``.
    outcome : {"linked", "delinked", "either"}
        What it leads to; ``either`` where somebody's mixing decides.
    payoffs : mapping of str to number
    undominated : bool
        Whether nobody uses a weakly dominated voice.
    """

    strategies: Mapping[str, Mapping[str, Number]]
    outcome: Outcome
    payoffs: Mapping[str, Number]
    undominated: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers stay exact where they are."""
        return dict(self.__dict__)


@dataclass(frozen=True, eq=False)
class LinkGame:
    """The game of linking and its equilibria.

    Attributes
    ----------
    players : tuple of str
        Those with a stake.
    equilibria : tuple of Voices
        Extreme points of the connected sets where there are many; pure ones only, for three or
        more players where mixing was not followed up.
    complete : bool
    """

    players: tuple[str, ...]
    equilibria: tuple[Voices, ...]
    complete: bool
    source: EquilibriumSet | None = field(repr=False)


def link_game(
    players: tuple[str, ...], linked: Mapping[str, Number], delinked: Mapping[str, Number]
) -> LinkGame:
    """Solve the game of linking.

    Parameters
    ----------
    players : tuple of str
        Who has a voice.
    linked, delinked : mapping of str to number
        Gains of the two agendas.

    Examples
    --------
    >>> found = link_game(("us", "mexico"), {"us": Fraction(7, 2), "mexico": Fraction(7, 4)},
    ...                   {"us": Fraction(3), "mexico": Fraction(2)})
    >>> [e.outcome for e in found.equilibria if e.undominated]
    ['delinked']
    """
    if not 2 <= len(players) <= MAX_VOICES:
        return LinkGame(players, (), not players, None)
    shape = (2,) * len(players)
    payoffs = {}
    for player in players:
        table = np.full(shape, Fraction(delinked[player]), dtype=object)
        table[(0,) * len(players)] = Fraction(linked[player])
        payoffs[player] = table.tolist()
    acts = {player: list(VOICES) for player in players}
    source = of_issue(Issue.normal_form("linking", list(players), acts, payoffs))
    found = []
    for equilibrium in source.equilibria:
        shares = {
            player: dict(zip(VOICES, mix, strict=True))
            for player, mix in equilibrium.strategies.items()
        }
        found.append(
            Voices(
                shares,
                _outcome(shares),
                equilibrium.payoffs,
                not any(
                    (shares[p]["link"] and linked[p] < delinked[p])
                    or (shares[p]["delink"] and linked[p] > delinked[p])
                    for p in players
                ),
            )
        )
    return LinkGame(players, tuple(found), source.complete, source)


def _outcome(shares: Mapping[str, Mapping[str, Number]]) -> Outcome:
    if all(mix["link"] == 1 for mix in shares.values()):
        return "linked"
    if any(mix["link"] == 0 for mix in shares.values()):
        return "delinked"
    return "either"
