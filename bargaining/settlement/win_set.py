"""Win-sets: what each player can have ratified at home, alone and linked.

A player ratifies what brings him at least what its visible depth costs him (and no more depth
than his cap).  Alone that gives, issue by issue, the largest share of an outcome; in a package
the gains of one issue pay for the depth of another, which enlarges the win-set, while one
audience that adds depths up charges the cross premium, which shrinks it (Putnam 1988 for
win-sets).  A player who only ratifies has a say on issues that share a table with his own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from bargaining.errors import InputError, NotDefinedError, VerificationError
from bargaining.model.agenda import parse_agenda
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.spelling import suggestion
from bargaining.results import Number, Status, checked, in_figures, with_exact
from bargaining.settlement.depth import Bracket
from bargaining.settlement.home_view import HomeView, Range


@dataclass(frozen=True, eq=False)
class PlayerWinSet:
    """What one player can have ratified.

    Attributes
    ----------
    largest_depth : number or None
        The largest depth that pays at his best benefit per unit of depth, however much of it
        there is; None where no depth is too large, or nothing shows.
    ratifiable : mapping of str to (low, high) or None
        Per issue, from the smallest to the largest share of any single outcome that passes by
        itself (so that more visibility never widens it); None where no share of any reaches
        his floor.
    outcomes : mapping of str to mapping of str to (low, high) or None
        The same for every outcome but the status quo.
    packages : mapping of str to number or None
        Largest depth that he ratifies in each linked package, gains of all its issues counted;
        None where spillovers or an audience per issue leave it open.
    brackets : mapping of str to (Fraction, Fraction)
        Proved bounds of the numbers in ``packages``.
    cross_premium : number
        What the depths of all issues at their ratifiable shares cost more together.
    enlarges, shrinks : bool
        Whether linking lets something pass that fails alone; whether what passes issue by issue
        fails in the linked packages.
    """

    largest_depth: Number | None
    ratifiable: Mapping[str, Range | None]
    outcomes: Mapping[str, Mapping[str, Range | None]]
    packages: Mapping[str, Number | None]
    brackets: Mapping[str, Bracket]
    cross_premium: Number
    enlarges: bool
    shrinks: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "largest_depth": self.largest_depth,
            "ratifiable": self.ratifiable,
            "outcomes": self.outcomes,
            "packages": self.packages,
            "cross_premium": self.cross_premium,
            "linking": {"enlarges": self.enlarges, "shrinks": self.shrinks},
        }


@dataclass(frozen=True, eq=False)
class WinSet:
    """What players can have ratified, each by himself and all of them.

    Attributes
    ----------
    players : mapping of str to PlayerWinSet
    status : Status
    largest_depth : number or None
        The smallest of the players' largest depths.
    ratifiable : mapping of str to (low, high) or None
        What the intervals of all these players have in common.
    cross_premium : number
        Sum over the players.
    """

    game: LinkageGame = field(repr=False)
    players: Mapping[str, PlayerWinSet]
    status: Status = Status.SOLVED

    @property
    def largest_depth(self) -> Number | None:
        """The smallest of the players' largest depths; None where none is limited."""
        found = [p.largest_depth for p in self.players.values() if p.largest_depth is not None]
        return min(found, default=None)

    @property
    def ratifiable(self) -> Mapping[str, Range | None]:
        """What these players' intervals have in common, issue by issue."""
        return {
            name: _common([p.ratifiable[name] for p in self.players.values()])
            for name in self.game.issue_names
        }

    @property
    def cross_premium(self) -> Number:
        """What one audience costs these players on top."""
        return sum((p.cross_premium for p in self.players.values()), start=Fraction(0))

    @checked
    def verify(self) -> bool:
        """Check every bracket and every share against the premium, by balls."""
        for name, found in self.players.items():
            view = HomeView(self.game, self.game.players.index(name))
            hulls = {issue: _hull(list(o.values())) for issue, o in found.outcomes.items()}
            if hulls != dict(found.ratifiable):
                msg = f"{name}: ratifiable does not follow from the outcomes' shares"
                raise VerificationError(msg)
            for issue, outcomes in found.outcomes.items():
                for outcome, stated in outcomes.items():
                    view.check(self.game.position(issue), outcome, stated)
            for package, (low, high) in found.brackets.items():
                view.check_package([self.game.position(k) for k in package.split("+")], low, high)
        return True

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; with ``exact=True`` fractions also as strings."""
        data = {
            "schema": "bargaining-ratify/1",
            "game": self.game.name or self.game.title,
            "players": {name: found.to_dict() for name, found in self.players.items()},
            "largest_depth": self.largest_depth,
            "ratifiable": self.ratifiable,
            "cross_premium": self.cross_premium,
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        lines = []
        for name, found in self.players.items():
            depth = "any" if found.largest_depth is None else in_figures(found.largest_depth)
            lines.append(f"{name}: largest depth {depth}")
            for issue, stated in found.ratifiable.items():
                if stated is None:
                    lines.append(f"  {issue}: nothing passes")
                else:
                    lines.append(f"  {issue}: up to {in_figures(stated[1])}")
        return "\n".join(lines)


def win_set(game: LinkageGame, *, player: str | None = None) -> WinSet:
    """Find what players can have ratified at home.

    Parameters
    ----------
    game : LinkageGame
    player : str, optional
        By default every player with a premium, a cap, a floor or a veto.

    Returns
    -------
    WinSet

    Raises
    ------
    InputError
        If the player is unknown, or the game asks nothing at home.
    NotDefinedError
        If gains are measured from reservation totals.
    """
    require_game(game)
    if game.reserved:
        msg = "win-sets: not defined: no status quo per issue, only reservation totals"
        raise NotDefinedError(msg)
    rules = game.ratification
    asked = sorted({*rules.premiums, *rules.caps, *rules.floors, *rules.ratified})
    if player is not None:
        if player not in game.players:
            hint = suggestion(player, game.players)
            msg = f'player: expected one of {", ".join(game.players)}, found "{player}"{hint}'
            raise InputError(msg)
        asked = [game.players.index(player)]
    if not asked:
        msg = (
            f"{game.name or 'the game'}: win-sets need [premium], [caps], [floors] or [vetoes] "
            "that can change something; found none"
        )
        raise InputError(msg)
    return WinSet(game, {game.players[i]: _of_player(game, i) for i in asked})


def _of_player(game: LinkageGame, player: int) -> PlayerWinSet:
    """Put everything together."""
    view = HomeView(game, player)
    table = {
        name: {label: view.share(k, gain, shown) for label, gain, shown in view.outcomes(k)}
        for k, name in enumerate(game.issue_names)
    }
    ranges = {name: _hull(list(found.values())) for name, found in table.items()}
    packages: dict[str, Number | None] = {}
    brackets: dict[str, Bracket] = {}
    for package in parse_agenda(game, "linked").packages:
        name = "+".join(game.issue_names[k] for k in package)
        found = view.package_bracket(package)
        packages[name] = None
        if found is not None:
            brackets[name] = found
            packages[name] = found[0] if found[0] == found[1] else float(sum(found) / 2)
    enlarges, shrinks = view.linking()
    return PlayerWinSet(
        view.depth(), ranges, table, packages, brackets, view.cross(), enlarges, shrinks
    )


def _hull(ranges: Sequence[Range | None]) -> Range | None:
    """Return the interval from the smallest to the largest share that passes."""
    passing = [found for found in ranges if found is not None]
    if not passing:
        return None
    return min(low for low, _ in passing), max(high for _, high in passing)


def _common(ranges: Sequence[Range | None]) -> Range | None:
    found = [r for r in ranges if r is not None]
    if len(found) < len(ranges) or not found:
        return None
    low, high = max(r[0] for r in found), min(r[1] for r in found)
    return (low, high) if low <= high else None
