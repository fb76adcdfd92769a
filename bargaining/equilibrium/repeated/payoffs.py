"""Which payoffs patience and threats can sustain, agenda by agenda.

Each package of an agenda is a repeated game of its own: what happens in one has no influence on
another, and payoffs add up.  So the set for an agenda is the sum of its packages' sets.  Linking
issues pools incentives: a player tempted in one issue has more to lose in all of them.  A common
discount factor or one per player; with factors that differ players can gain by trading over time.

References
----------
Abreu, Pearce, Stacchetti (1990), Econometrica 58; Abreu, Sannikov (2014), Theoretical Economics 9.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from bargaining.equilibrium.repeated.answer import PackagePayoffs, PayoffSet
from bargaining.equilibrium.repeated.outer import narrow
from bargaining.equilibrium.repeated.play import Play
from bargaining.equilibrium.repeated.polygon import distance, minkowski
from bargaining.equilibrium.repeated.profiles import stage_of
from bargaining.equilibrium.repeated.search import Goal, begin
from bargaining.errors import InputError, NotSupportedError
from bargaining.model.agenda import Agenda, parse_agenda
from bargaining.model.expressions import number
from bargaining.model.game import LinkageGame, require_game
from bargaining.results import Status

TOLERANCE = 1e-9
ROUNDS = 60
"""Rounds of guess, jump and step per package."""
MAX_PACKAGES = 2_000


def repeated_payoffs(
    game: LinkageGame,
    discount: Any = None,
    agenda: str | Agenda = "linked",
    *,
    tolerance: float = TOLERANCE,
    time_limit: float = 60.0,
) -> PayoffSet:
    """Return the average payoffs that subgame perfect equilibria of the repeated game sustain.

    Pure strategies, perfect monitoring, a public lottery in every period.

    Parameters
    ----------
    game : LinkageGame
        Of two players.
    discount : number, str or mapping of player to number, optional
        Strictly between 0 and 1; what a payoff tomorrow is worth today.  Floats are read as the
        decimal numbers they print as, so that 0.6 is 3/5.  Default: the game's own.
    agenda : str or Agenda
        ``"linked"``, ``"delinked"`` or packages such as ``"a+b,c"``.
    tolerance : float
        Largest distance between the inner and the outer set of a ``solved`` answer, relative to
        the larger range of the players' payoffs.
    time_limit : float
        Seconds, for all packages together.

    Returns
    -------
    PayoffSet

    Raises
    ------
    InputError
        If a discount factor is missing or not strictly between 0 and 1.
    NotDefinedError
        If spillovers join issues of different packages, or an option issue has no status quo.
    NotSupportedError
        If the game has more than two players, or a package too many profiles.

    Examples
    --------
    Guns for fentanyl: at 7/10 each side's favour pays for the other's.

    >>> from bargaining.model.issue import Issue
    >>> guns = Issue.normal_form("guns", ["us", "mexico"], {"us": ["wait", "check"]},
    ...     {"us": [0, -4], "mexico": [0, 6]}, status_quo={"us": "wait"})
    >>> labs = Issue.normal_form("labs", ["us", "mexico"], {"mexico": ["wait", "raid"]},
    ...     {"us": [0, 5], "mexico": [0, -3]}, status_quo={"mexico": "wait"})
    >>> game = LinkageGame(["us", "mexico"], [guns, labs])
    >>> print(repeated_payoffs(game, 0.7))
    Sustainable payoffs, linked (discount: us 7/10, mexico 7/10)
      a polygon with 4 corners
        (0, 0)
        (3, 0)
        (3/2, 9/4)
        (0, 63/20)
      worst payoffs: us 0, mexico 0
      exact
    >>> repeated_payoffs(game, 0.7, "delinked").vertices.tolist()
    [[0.0, 0.0]]
    """
    factors = discount_factors(game, discount)
    if not tolerance >= 0 or not time_limit > 0:
        msg = "expected tolerance >= 0 and time_limit > 0"
        raise InputError(msg)
    parsed = parse_agenda(game, agenda)
    if len(parsed.packages) > MAX_PACKAGES:
        msg = (
            f"agenda: expected at most {MAX_PACKAGES:,} packages for repeated play, found "
            f"{len(parsed.packages):,}; take issues off the table"
        )
        raise NotSupportedError(msg)
    return payoff_set(
        game, parsed, factors, tolerance=tolerance, deadline=time.monotonic() + time_limit
    )


def payoff_set(
    game: LinkageGame,
    agenda: Agenda,
    factors: Mapping[str, Fraction],
    *,
    tolerance: float,
    deadline: float,
    goal: Goal | None = None,
) -> PayoffSet:
    """Return the payoff set for an agenda.

    Parameters
    ----------
    game : LinkageGame
    agenda : Agenda
    factors : mapping of str to Fraction
    tolerance : float
        Relative to the larger range of the players' payoffs.
    deadline : float
        On the clock of :func:`time.monotonic`.
    goal : callable, optional
        For a single package: whether what is known of it is enough.
    """
    patience = (factors[game.players[0]], factors[game.players[1]])
    packages = []
    for package in agenda.packages:
        play = Play(stage_of(game, tuple(package)), patience)
        search = begin(play)
        narrow(
            search,
            tolerance=tolerance / len(agenda.packages),
            deadline=deadline,
            rounds=ROUNDS,
            goal=goal,
        )
        found = ([], ()) if search.empty else (search.inner, search.ways)
        chain = tuple(search.chain)
        packages.append(PackagePayoffs(game, tuple(package), play, *found, chain, search.empty))
    ranges = [
        Fraction(span, unit)
        for part in packages
        for span, unit in zip(part.play.stage.span, part.play.stage.unit, strict=True)
    ]
    allowed = tolerance * float(max(ranges)) * math.sqrt(2)
    inner = minkowski([list(part.exact_vertices) for part in packages])
    outer = minkowski([list(part.exact_outer_vertices) for part in packages])
    if any(part.empty for part in packages):
        status, inner, outer = Status.NO_EQUILIBRIUM, [], []
    elif distance(outer, inner) <= allowed:
        status = Status.SOLVED
    else:
        status = Status.LIMIT_REACHED
    return PayoffSet(
        game, agenda.name, factors, tuple(packages), tuple(inner), tuple(outer), status, allowed
    )


def discount_factors(game: LinkageGame, discount: Any) -> dict[str, Fraction]:
    """Read the players' discount factors."""
    require_game(game)
    players = game.players
    if len(players) != 2:
        msg = (
            f"repeated payoffs are computed for two players, found {len(players)} "
            f"({', '.join(players)})"
        )
        raise NotSupportedError(msg)
    given = game.discount if discount is None else discount
    if isinstance(given, Mapping):
        unknown = [str(p) for p in given if p not in players]
        missing = [p for p in players if p not in given]
        if unknown or missing:
            what = f"found {', '.join(unknown)}" if unknown else f"none for {', '.join(missing)}"
            msg = f"discount: expected a factor for each of {', '.join(players)}, {what}"
            raise InputError(msg)
    else:
        given = dict.fromkeys(players, given)
    return {p: _factor(given[p]) for p in players}


def _factor(value: Any) -> Fraction:
    item = getattr(value, "item", None)
    plain = item() if callable(item) else value
    if isinstance(plain, float) and math.isfinite(plain):
        plain = repr(plain)
    factor = number(plain)
    if not 0 < factor < 1:
        msg = f"discount: expected a number strictly between 0 and 1, found {value}"
        raise InputError(msg)
    return factor
