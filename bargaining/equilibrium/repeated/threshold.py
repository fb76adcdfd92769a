"""How patient the players must be: the lowest common discount factor at which everyone gains.

V(d) grows with a common d.  Let W be convex with W in the hull of B(W) at d, and let d' > d.  A
payoff v = (1-d) u + d w of B(W) is also (1-d') u + d' w' with w' a mixture of v and w, with weights
(d'-d) / (d' (1-d)) and d (1-d') / (d' (1-d)); so w' lies in W.  The constraint asks
v_i >= (1-d')(u_i + h_i) + d' p_i.  If u_i + h_i >= p_i the right-hand side is no larger than at d;
otherwise it is at most p_i, and p_i <= v_i as v lies in W.  So W is self-generating at d' (Abreu,
Pearce, Stacchetti 1990; it needs the public lottery, which makes V convex).  Sums of packages' sets
grow with them.  Hence there is one threshold, found by bisection: below it an outer set proves that
no payoff is strictly better for everyone, above it an inner set holds one.  With factors that
differ neither statement is known to be monotone, and no threshold is defined.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from bargaining.equilibrium.repeated import checker
from bargaining.equilibrium.repeated.answer import PayoffSet
from bargaining.equilibrium.repeated.payoffs import discount_factors, payoff_set
from bargaining.equilibrium.repeated.play import Play
from bargaining.equilibrium.repeated.polygon import Point, Polygon, clip, hull, minkowski
from bargaining.equilibrium.repeated.profiles import stage_of
from bargaining.equilibrium.repeated.search import Search, begin
from bargaining.errors import InputError
from bargaining.model.agenda import Agenda, parse_agenda
from bargaining.model.expressions import number
from bargaining.model.game import LinkageGame
from bargaining.results import Status, checked, in_figures, with_exact

WIDTH = Fraction(1, 10**12)
"""The widest bracket of a solved threshold."""
MOST = 10**5
"""The largest denominator of a closed form."""
PATIENT = 30
"""Factors up to 1 - 2**-PATIENT are tried."""
NARROW = Fraction(1, 100)
"""In narrower brackets the simplest fraction is tried first."""
SHARP = 1e-15
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
        if self.lower_set is not None and (
            self.lower_set.status is not Status.NO_EQUILIBRIUM
            and better(list(self.lower_set.exact_outer_vertices), self.origin, self.players)
        ):
            checker.fail("the lower end is not proved")
        if self.upper_set is not None and not better(
            list(self.upper_set.exact_vertices), self.origin, self.players
        ):
            checker.fail("the upper end is not proved")
        if self.upper is None and self.status is Status.SOLVED:
            reachable = better(_limits(self.game, parsed), self.origin, self.players)
            if reachable or self.lower is not None:
                checker.fail("it is not shown that no factor works")
        elif self.upper == 0:
            if not better(_at_once(self.game, parsed), self.origin, self.players):
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


def lottery_threshold(
    game: LinkageGame,
    agenda: str | Agenda = "linked",
    *,
    origin: Any = None,
    time_limit: float = 60.0,
) -> LotteryThreshold:
    """Find the lowest common discount factor at which everyone interested can be better off.

    Parameters
    ----------
    game : LinkageGame
        Of two players.
    agenda : str or Agenda
    origin : pair of numbers, optional
        Payoffs to be beaten by everyone whose payoffs vary; default the status quo's, to be beaten
        by everyone interested.
    time_limit : float
        Seconds.

    Returns
    -------
    LotteryThreshold

    Examples
    --------
    >>> import bargaining as bg
    >>> found = lottery_threshold(bg.load("us_mexico/guns_for_fentanyl"))
    >>> found.value, found.verify()
    (Fraction(2, 3), True)
    >>> print(lottery_threshold(bg.load("us_mexico/guns_for_fentanyl"), "delinked"))
    delinked: no discount factor below 1 works
    """
    discount_factors(game, Fraction(1, 2))
    parsed = parse_agenda(game, agenda)
    goal = _origin(game, origin)
    players = game.interested if origin is None else _varying(game, parsed)
    task = _Task(game, parsed, goal, players, time.monotonic() + time_limit)
    if not players or not better(_limits(game, parsed), goal, players):
        return task.answer(None, None, Status.SOLVED)
    if better(_at_once(game, parsed), goal, players):
        return task.answer(Fraction(0), Fraction(0), Status.SOLVED)
    low, high = task.bracket()
    if high is None:
        return task.answer(low, high, Status.LIMIT_REACHED)
    low, high = task.bisected(low, high)
    narrow_enough = low in task.sets and high - low <= WIDTH
    return task.answer(low, high, Status.SOLVED if narrow_enough else Status.LIMIT_REACHED)


class _Task:
    """A search for a threshold, with the sets that prove what was found at each factor."""

    def __init__(
        self,
        game: LinkageGame,
        agenda: Agenda,
        origin: Point,
        players: tuple[int, ...],
        deadline: float,
    ) -> None:
        self.game, self.agenda, self.origin, self.players = game, agenda, origin, players
        self.deadline = deadline
        self.sets: dict[Fraction, PayoffSet] = {}

    def works(self, factor: Fraction) -> bool | None:
        """Whether everyone can be better off at a factor; None if that cannot be told."""
        goal = self._decided if len(self.agenda.packages) == 1 else None
        found = payoff_set(
            self.game,
            self.agenda,
            dict.fromkeys(self.game.players, factor),
            tolerance=SHARP,
            deadline=self.deadline,
            goal=goal,
        )
        if better(list(found.exact_vertices), self.origin, self.players):
            self.sets[factor] = found
            return True
        none = found.status is Status.NO_EQUILIBRIUM
        if none or not better(list(found.exact_outer_vertices), self.origin, self.players):
            self.sets[factor] = found
            return False
        return None

    def _decided(self, search: Search) -> bool:
        stage = search.play.stage
        inner = [stage.payoffs(corner) for corner in search.inner]
        outer = [stage.payoffs(corner) for corner in search.region.corners]
        return better(inner, self.origin, self.players) or not better(
            outer, self.origin, self.players
        )

    def bracket(self) -> tuple[Fraction, Fraction | None]:
        """Return a factor that does not work (0 at least) and one that does."""
        low = Fraction(0)
        for power in range(1, PATIENT):
            factor = 1 - Fraction(1, 2**power)
            works = self.works(factor)
            if works:
                return low, factor
            if works is False:
                low = factor
            if time.monotonic() > self.deadline:
                break
        return low, None

    def bisected(self, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
        """Narrow a bracket down; a simple fraction inside it is tried as soon as it is narrow."""
        while high - low > WIDTH or low not in self.sets:
            simple = simplest(low, high)
            if high - low < NARROW and simple.denominator <= MOST:
                works = simple == high or self.works(simple)
                if works:
                    high = simple
                    below = max(high - WIDTH, low)
                    works = self.works(below)
                    if works:
                        high = below
                    elif works is False:
                        low = below
                        continue
                elif works is False:
                    low = simple
            for share in (Fraction(1, 2), Fraction(2, 5), Fraction(3, 5)):
                middle = low + share * (high - low)
                works = self.works(middle)
                if works is not None:
                    break
            if works:
                high = middle
            elif works is False:
                low = middle
            if works is None or time.monotonic() > self.deadline:
                break
        return low, high

    def answer(
        self, low: Fraction | None, high: Fraction | None, status: Status
    ) -> LotteryThreshold:
        """State what was found."""
        simple = high is not None and high.denominator <= MOST and status is Status.SOLVED
        return LotteryThreshold(
            self.game,
            self.agenda.name,
            self.origin,
            self.players,
            status,
            low,
            high,
            high if simple else None,
            self.sets.get(low) if low is not None else None,
            self.sets.get(high) if high is not None else None,
        )


def better(polygon: Polygon, origin: Point, players: tuple[int, ...]) -> bool:
    """Whether a set holds a point strictly better than another for some players together.

    In a convex set that is so iff, among the points that are no worse for them, each of them can be
    strictly better off: the middle of two such points is better for both.
    """
    part = polygon
    for i in players:
        line = (-1, 0, -origin[0]) if i == 0 else (0, -1, -origin[1])
        part = clip(part, line) if part else part
    return bool(part) and all(max(c[i] for c in part) > origin[i] for i in players)


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction of least denominator in (low, high].

    >>> simplest(Fraction(60, 100), Fraction(67, 100))
    Fraction(2, 3)
    """
    whole = low.numerator // low.denominator + 1
    if whole <= high:
        return Fraction(whole)
    rest_low, rest_high = low - (whole - 1), high - (whole - 1)
    # x in (low, high] with whole - 1 < x < whole: 1 / (x - whole + 1) lies in [1/high, 1/low)
    return whole - 1 + 1 / _from(1 / rest_high, 1 / rest_low if rest_low else None)


def _from(low: Fraction, high: Fraction | None) -> Fraction:
    """Return the simplest fraction in [low, high), or from low on."""
    whole = -(-low.numerator // low.denominator)
    if high is None or whole < high:
        return Fraction(whole)
    base = low.numerator // low.denominator
    return base + 1 / simplest(1 / (high - base), 1 / (low - base))


def _origin(game: LinkageGame, given: Any) -> Point:
    if given is None:
        first, second = game.reservation if game.reserved else game.base
        return first, second
    values = [number(v) for v in given]
    if len(values) != 2:
        msg = f"origin: expected a payoff for each of two players, found {len(values)}"
        raise InputError(msg)
    return values[0], values[1]


def _varying(game: LinkageGame, agenda: Agenda) -> tuple[int, ...]:
    stages = [stage_of(game, package) for package in agenda.packages]
    return tuple(i for i in (0, 1) if any(int(s.vectors[:, i].max()) > 0 for s in stages))


def _limits(game: LinkageGame, agenda: Agenda) -> Polygon:
    """Return a set that holds V(d) for every common d: what is feasible and not below minmax."""
    half = (Fraction(1, 2), Fraction(1, 2))
    parts = []
    for package in agenda.packages:
        play = Play(stage_of(game, package), half)
        parts.append([play.stage.payoffs(c) for c in begin(play).chain[0].region.corners])
    return minkowski(parts)


def _at_once(game: LinkageGame, agenda: Agenda) -> Polygon:
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
    return minkowski(parts)
