"""A deal looked at from home: gains net of premiums, caps, floors, parties who only ratify.

What counts is which issues shared a table: with an audience for each package, depths that are
signed apart are paid for apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from bargaining.model.agenda import parse_agenda
from bargaining.model.deal import Deal, gains
from bargaining.model.game import LinkageGame
from bargaining.results import Number

Kind = Literal["premium", "cap", "floor", "veto"]
TOLERANCE = 1e-9
"""Only an exponential premium is not exact; so much is its rounding."""


@dataclass(frozen=True)
class HomeCheck:
    """Something that a deal must pass at home, and whether it does.

    Attributes
    ----------
    player : str
    kind : {"premium", "cap", "floor", "veto"}
    found, limit : number
        Net gain against 0 (premium, veto) or the floor; depth against the cap.
    cost : number
        What the premium takes from the gain; 0 where nothing shows.
    """

    player: str
    kind: Kind
    found: Number
    limit: Number
    cost: Number = Fraction(0)

    @property
    def met(self) -> bool:
        """Whether the deal passes; a cap is an upper bound, the others are lower bounds."""
        slack = self.limit - self.found if self.kind == "cap" else self.found - self.limit
        return slack >= (-TOLERANCE if isinstance(slack, float) else 0)


def net_gains(game: LinkageGame, deal: Deal, agenda: str) -> tuple[Number, ...]:
    """Return each player's gain from a deal less what its visible depth costs him at home.

    Parameters
    ----------
    game : LinkageGame
    deal : Deal
    agenda : str
        Which issues shared a table.
    """
    found = gains(game, deal)
    rules = game.ratification
    if not rules.premiums:
        return found
    packages = parse_agenda(game, agenda).packages
    return tuple(
        rules.net(i, gain, rules.depth(game, deal, i), packages) for i, gain in enumerate(found)
    )


def home_checks(game: LinkageGame, deal: Deal, agenda: str) -> tuple[HomeCheck, ...]:
    """Return everything that a deal must pass at home.

    Examples
    --------
    >>> from bargaining.loading import load
    >>> game = load("us_mexico/sig_stalemate")
    >>> [check.met for check in home_checks(game, Deal(game.origin), "linked")]
    [False, False]
    """
    rules, names = game.ratification, game.players
    if not rules:
        return ()
    net, gross = net_gains(game, deal, agenda), gains(game, deal)
    found = [
        HomeCheck(names[i], "premium", net[i], Fraction(0), gross[i] - net[i])
        for i in rules.premiums
    ]
    for i, cap in rules.caps.items():
        depth = sum(rules.depth(game, deal, i).values(), start=Fraction(0))
        found.append(HomeCheck(names[i], "cap", depth, cap))
    found += [HomeCheck(names[i], "floor", net[i], floor) for i, floor in rules.floors.items()]
    packages = parse_agenda(game, agenda).packages
    for i, issues in rules.ratified.items():
        asked = [package for package in packages if not set(issues).isdisjoint(package)]
        parts = [gains(game, deal.on(package))[i] for package in asked]
        found.append(HomeCheck(names[i], "veto", min(parts, default=Fraction(0)), Fraction(0)))
    return tuple(found)


def passes(game: LinkageGame, deal: Deal, agenda: str) -> bool:
    """Whether a deal passes everywhere at home."""
    return all(check.met for check in home_checks(game, deal, agenda))


def undominated_rows(rows: Sequence[Sequence[Number]]) -> list[int]:
    """Positions of the rows that no other row beats (as good everywhere, better somewhere).

    >>> undominated_rows([(0, 0), (1, 2), (2, 1), (1, 1)])
    [1, 2]
    """
    kept: list[int] = []
    # whatever beats a row stands before it in this order, and so does an unbeaten one that does
    for i in sorted(range(len(rows)), key=lambda j: tuple(rows[j]), reverse=True):
        beaten = any(
            all(b >= a for a, b in zip(rows[i], rows[j], strict=True))
            and tuple(rows[j]) != tuple(rows[i])
            for j in kept
        )
        if not beaten:
            kept.append(i)
    return sorted(kept)
