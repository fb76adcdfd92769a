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
from fractions import Fraction
from typing import Any

from bargaining.equilibrium.repeated.answer import PayoffSet
from bargaining.equilibrium.repeated.payoffs import discount_factors, payoff_set
from bargaining.equilibrium.repeated.polygon import Point
from bargaining.equilibrium.repeated.profiles import stage_of
from bargaining.equilibrium.repeated.search import Search
from bargaining.equilibrium.repeated.threshold_answer import (
    WIDTH,
    LotteryThreshold,
    at_once,
    better,
    limits,
    signed,
)
from bargaining.errors import InputError
from bargaining.model.agenda import Agenda, parse_agenda
from bargaining.model.expressions import number
from bargaining.model.game import LinkageGame
from bargaining.results import Status

MOST = 10**5
"""The largest denominator of a closed form."""
PATIENT = 30
"""Factors up to 1 - 2**-PATIENT are tried."""
NARROW = Fraction(1, 100)
"""In narrower brackets the simplest fraction is tried first."""
SHARP = 1e-15


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
    if not better(limits(game, parsed), goal, players):
        return task.answer(None, None, Status.SOLVED)
    if better(at_once(game, parsed), goal, players):
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
        inner, outer = (
            signed(self.game, self.agenda, [getattr(part, name) for part in found.packages])
            for name in ("exact_vertices", "exact_outer_vertices")
        )
        if better(inner, self.origin, self.players):
            self.sets[factor] = found
            return True
        none = found.status is Status.NO_EQUILIBRIUM
        if none or not better(outer, self.origin, self.players):
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
