"""The answer of a threshold: a bracket, with a payoff set that proves either end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from bargaining.equilibrium.repeated import checker
from bargaining.equilibrium.repeated.answer import PayoffSet
from bargaining.equilibrium.repeated.play import Play
from bargaining.equilibrium.repeated.polygon import Point, Polygon, clip, hull, minkowski
from bargaining.equilibrium.repeated.profiles import stage_of
from bargaining.equilibrium.repeated.search import begin
from bargaining.model.agenda import Agenda, parse_agenda
from bargaining.model.game import LinkageGame
from bargaining.results import Status, checked, in_figures, with_exact

WIDTH = Fraction(1, 10**12)
"""The widest bracket of a solved threshold."""
NONE_WORKS = "no discount factor below 1 works"


@dataclass(frozen=True, eq=False)
class LotteryThreshold:
    """The lowest common discount factor at which public lotteries can make everyone better off.

    Attributes
    ----------
    game : LinkageGame
    agenda : str
    origin : pair of Fraction
        The payoffs to be beaten.
    players : tuple of int
        Who must be better off.
    status : Status
        ``solved`` (the bracket is at most 1e-12 wide, or no factor below 1 works) or
        ``limit_reached``.
    lower, upper : Fraction or None
        Nothing works at ``lower`` (nor below), and ``upper`` works (as does every larger factor);
        None and None if no factor below 1 works; 0 and 0 if every factor does, since an equilibrium
        of the stage game is better for everyone; ``upper`` None if none was found that works.
    value : Fraction or None
        The threshold in closed form: ``upper`` where that is a simple fraction.
    lower_set, upper_set : PayoffSet or None
        The proofs: an outer set without, an inner set with such a payoff.
    """

    game: LinkageGame = field(repr=False)
    agenda: str
    origin: Point
    players: tuple[int, ...]
    status: Status
    lower: Fraction | None
    upper: Fraction | None
    value: Fraction | None
    lower_set: PayoffSet | None = field(repr=False)
    upper_set: PayoffSet | None = field(repr=False)

    @property
    def attainable(self) -> bool:
        """Whether some discount factor below 1 is known to work."""
        return self.upper is not None

    @checked
    def verify(self) -> bool:
        """Check both ends of the bracket by their sets, in fractions."""
        parsed = parse_agenda(self.game, self.agenda)
        for end, found in ((self.lower, self.lower_set), (self.upper, self.upper_set)):
            if found is not None:
                found.verify()
                same = found.packages and [p.package for p in found.packages] == [
                    tuple(p) for p in parsed.packages
                ]
                if set(found.discount.values()) != {end} or not same:
                    checker.fail("a set proves something about another game")
        if self.lower_set is not None and self.lower_set.status is not Status.NO_EQUILIBRIUM:
            outer = [part.exact_outer_vertices for part in self.lower_set.packages]
            if better(signed(self.game, parsed, outer), self.origin, self.players):
                checker.fail("the lower end is not proved")
        if self.upper_set is not None:
            inner = [part.exact_vertices for part in self.upper_set.packages]
            if not better(signed(self.game, parsed, inner), self.origin, self.players):
                checker.fail("the upper end is not proved")
        if self.upper is None and self.status is Status.SOLVED:
            reachable = better(limits(self.game, parsed), self.origin, self.players)
            if reachable or self.lower is not None:
                checker.fail("it is not shown that no factor works")
        elif self.upper == 0:
            if not better(at_once(self.game, parsed), self.origin, self.players):
                checker.fail("no equilibrium of the stage game is better for everyone")
        elif self.status is Status.SOLVED:
            ends = (self.lower, self.upper, self.lower_set, self.upper_set)
            if any(end is None for end in ends) or self.upper - self.lower > WIDTH:  # type: ignore[operator]
                checker.fail("the bracket is too wide")
        if self.value is not None and self.value != self.upper:
            checker.fail("the closed form is not the upper end")
        return True

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, with the exact numbers under ``exact``."""
        data = {
            "agenda": self.agenda,
            "status": self.status,
            "lower": self.lower,
            "upper": self.upper,
            "value": self.value,
            "players": [self.game.players[i] for i in self.players],
            "origin": list(self.origin),
        }
        return with_exact(data, exact=True)

    def __str__(self) -> str:
        if self.value is not None:
            return f"{self.agenda}: {in_figures(self.value)}"
        if self.upper is None:
            if self.status is Status.SOLVED:
                return f"{self.agenda}: {NONE_WORKS}"
            return f"{self.agenda}: none found, above {float(self.lower or 0):.9g}"
        return f"{self.agenda}: {float(self.upper):.12g} ({self.status})"


def better(polygon: Polygon, origin: Point, players: tuple[int, ...]) -> bool:
    """Whether a set holds a point strictly better than another for some players together.

    In a convex set that is so iff, among the points that are no worse for them, each of them can be
    strictly better off: the middle of two such points is better for both.  Nobody is never better
    off.
    """
    if not players:
        return False
    part = polygon
    for i in players:
        line = (-1, 0, -origin[0]) if i == 0 else (0, -1, -origin[1])
        part = clip(part, line) if part else part
    return bool(part) and all(max(c[i] for c in part) > origin[i] for i in players)


def limits(game: LinkageGame, agenda: Agenda) -> Polygon:
    """Return a set that holds V(d) for every common d: what is feasible and not below minmax."""
    half = (Fraction(1, 2), Fraction(1, 2))
    parts = []
    for package in agenda.packages:
        play = Play(stage_of(game, package), half)
        parts.append([play.stage.payoffs(c) for c in begin(play).chain[0].region.corners])
    return signed(game, agenda, parts)


def at_once(game: LinkageGame, agenda: Agenda) -> Polygon:
    """Return lotteries over pure equilibria of the stage game: sustained at every factor."""
    parts = []
    for package in agenda.packages:
        stage = stage_of(game, package)
        found = [
            stage.payoffs(stage.exact_u(k))
            for k in range(len(stage))
            if not any(int(v) for v in stage.vectors[k, 2:])
        ]
        parts.append(hull(found))
    return signed(game, agenda, parts)


def signed(game: LinkageGame, agenda: Agenda, parts: Sequence[Sequence[Point]]) -> Polygon:
    """Add the packages' sets up, each without what would leave somebody below the status quo.

    A separate package that costs a player something is nothing he would sign, whatever another one
    brings; a package in which nothing else lasts stays at its status quo.
    """
    if len(parts) == 1:
        return list(parts[0])
    kept = []
    for package, part in zip(agenda.packages, parts, strict=True):
        first, second = _status_quo(game, package)
        polygon = list(part)
        for line in ((-1, 0, -first), (0, -1, -second)):
            polygon = clip(polygon, line) if polygon else polygon
        kept.append(polygon or [(first, second)])
    return minkowski(kept)


def _status_quo(game: LinkageGame, package: Sequence[int]) -> Point:
    """Return what the issues of a package pay at the status quo."""
    names = game.issue_names
    inside = {names[k] for k in package}
    rows = [game.issues[names[k]].exact_payoffs[game.origin[k]] for k in package]
    for link in game.links or ():
        if link.spillovers is not None and inside.issuperset(link.between):
            a, b = (game.origin[game.position(name)] for name in link.between)
            rows.append(link.spillovers[a, b])
    first, second = (sum(column, start=Fraction(0)) for column in zip(*rows, strict=True))
    return first, second
