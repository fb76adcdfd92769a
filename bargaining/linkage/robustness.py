"""How far payoffs must move before the verdict is another.

Every payoff may move by at most r times its player's range in the issue (best minus worst, as it
is before the move), the status quo's payoffs too.  The radius is the largest r below which no
such move changes whether linking breaks the deadlock.

Raising all gains at once is the best that any moves of size r can do for a deal, lowering them
the worst.  So while linking breaks the deadlock the radius is the smaller of two: where it stops
under the lowered payoffs, and where delinked bargaining starts under the raised ones.  Where it
does not, linked bargaining must start, or delinked stop, at the least: a bound.  For two players
whose payoffs add up all is exact (:mod:`.margins`, :mod:`.unlocking`); otherwise the two lines are
bisected, and flips beyond the bound are searched for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from bargaining.errors import NotDefinedError, VerificationError
from bargaining.geometry.surd import Real, Surd
from bargaining.linkage.attains import attains, breaks, is_plain
from bargaining.linkage.margins import margins, table
from bargaining.linkage.moves import Move, after, fewer, moves_between, shifted, unlocked, within
from bargaining.linkage.nearby import Noise
from bargaining.linkage.ordinal import Ordinal, ordinal
from bargaining.linkage.radius_search import least_stake, search, sensitive_by_bisection
from bargaining.linkage.single_payoff import MAX_OUTCOMES, Sensitive, most_sensitive
from bargaining.linkage.unlocking import Unlocking, opens, unlocking
from bargaining.linkage.verdict import solve
from bargaining.model.agenda import parse_agenda
from bargaining.model.game import LinkageGame, require_game
from bargaining.results import Number, Status, checked, in_figures, with_exact

WIDTH = Fraction(1, 10**13)
JUST = Fraction(1, 1000)
"""The flipped game lies at most this share (of the radius) above it."""
HAIR = Fraction(1, 10**12)
"""Verification looks this share below the bracket."""
SHARP = 1e-4
"""Brackets of the radius this narrow, relatively, are told as one number."""
WAYS = {
    "linked_stops": "linked bargaining stops working",
    "delinked_starts": "delinked bargaining starts working",
    "unlocking": "two issues unlock each other while delinked bargaining does not work",
    "search": "found by search",
}


@dataclass(frozen=True, eq=False)
class Robustness:
    """The smallest change of payoffs that changes the verdict.

    Attributes
    ----------
    game : LinkageGame
    status : Status
        ``solved``, or ``limit_reached`` where only the bracket is known.
    linking_breaks_deadlock : bool
        The verdict now.
    radius : Fraction, float or None
        Largest single move, as a share of the player's range in the issue; a float where it is
        irrational, the bracket's upper end where only that is known, None where no change of
        payoffs is known to change the verdict.
    closed_form : str
        The radius as p + q*sqrt(d), where it is known exactly.
    bracket : pair of Fraction
        No change below the lower end changes the verdict, some change at any size above the
        upper end does (infinite where none is known).
    how : str
        ``linked_stops``, ``delinked_starts``, ``unlocking``, ``search`` or ``never``.
    flipped_game : LinkageGame or None
        A game just above the radius with the other verdict.
    flipped_radius : Fraction or None
        The largest single move in it.
    most_sensitive : Sensitive or None
        The payoff whose move alone changes the verdict soonest; None if none can.
    ordinal : {"every", "some", "none"} or None
        For which payoffs with the same order linking breaks the deadlock; None: not known.
    """

    game: LinkageGame = field(repr=False)
    status: Status
    linking_breaks_deadlock: bool
    radius: Number | None
    closed_form: str
    bracket: tuple[Number, Number]
    how: str
    flipped_game: LinkageGame | None = field(repr=False)
    flipped_radius: Fraction | None
    most_sensitive: Sensitive | None
    ordinal: Ordinal | None

    @property
    def moves(self) -> tuple[Move, ...]:
        """What moved in the flipped game, payoff by payoff."""
        return () if self.flipped_game is None else moves_between(self.game, self.flipped_game)

    @property
    def in_words(self) -> str:
        """The answer in a sentence or two."""
        now = "breaks" if self.linking_breaks_deadlock else "does not break"
        if self.radius is None:
            known = "no change of payoffs" if self.how == "never" else "no change that was found"
            return f"Linking {now} the deadlock, and {known} changes that."
        low, high = (f"{100 * float(x):.4g} %" for x in self.bracket)
        sharp = self.bracket[1] - self.bracket[0] <= SHARP * self.bracket[1]
        if self.radius == 0 and sharp:
            return f"Linking {now} the deadlock, but by a hair: the smallest moves can change that."
        if self.status == Status.SOLVED and sharp:
            return (
                f"Linking {now} the deadlock as long as every payoff moves by less than {high} of "
                f"its range in the issue; beyond that {WAYS[self.how]}."
            )
        return (
            f"Linking {now} the deadlock. Moves of all payoffs by less than {low} of their range "
            f"cannot change that; moves by {high} can."
        )

    @checked
    def verify(self) -> bool:
        """Check both sides: just below the verdict stands, and the flipped game has another."""
        if breaks(self.game) != self.linking_breaks_deadlock:
            _fail("the stated verdict is not the game's")
        low, high = self.bracket
        rounding = 1e-15 * self.radius if isinstance(self.radius, float) else 0
        if low > high or (
            self.radius is not None and not low - rounding <= self.radius <= high + rounding
        ):
            _fail("the radius is not in its bracket")
        if (self.radius is None) != (self.flipped_game is None):
            _fail("a radius needs a flipped game")
        if self.flipped_game is not None:
            if self.flipped_radius is None or self.flipped_radius < high:
                _fail("the flipped game is said to be nearer than the radius")
            elif self.flipped_radius > (high * (1 + 2 * JUST) or JUST):
                _fail("the flipped game is not just above the radius")
            elif (found := within(self.game, self.flipped_game, self.flipped_radius)) is not None:
                _fail(f"a payoff of {found} moved by more than the stated radius")
            if solve(self.flipped_game).verdict.linking_breaks_deadlock == (
                self.linking_breaks_deadlock
            ):
                _fail("the flipped game has the same verdict")
        if low > 0:
            below = Fraction(low) * (1 - HAIR) if low < math.inf else Fraction(2)
            if not _stands(self.game, below, breaks_now=self.linking_breaks_deadlock):
                _fail("some change below the bracket changes the verdict")
        if self.ordinal != ordinal(self.game):
            _fail("the stated ordinal verdict does not follow from the order of the outcomes")
        self._verify_sensitive()
        return True

    def _verify_sensitive(self) -> None:
        """Move the stated payoff to both sides of where it is said to turn the verdict."""
        one = self.most_sensitive
        if one is None:
            return
        issue = self.game.issues[one.issue]
        a, i = issue.outcomes.index(one.outcome), self.game.players.index(one.player)
        spread = issue.exact_payoffs[:, i].max() - issue.exact_payoffs[:, i].min()
        if issue.exact_payoffs[a, i] != one.payoff:
            _fail("the stated payoff is not the game's")
        if abs(abs(one.turns_at - one.payoff) / spread - one.radius) > JUST * JUST:
            _fail("the payoff's move is not the stated share of its range")
        way = 1 if one.turns_at > one.payoff else -1
        step = spread * JUST * (JUST if is_plain(self.game) else 1)
        turned = [
            breaks(_with_payoff(self.game, one, Fraction(one.turns_at) + sign * step))
            for sign in ((way,) if one.turns_at != one.payoff else (1, -1))
        ]
        if self.linking_breaks_deadlock in turned and not any(
            t != self.linking_breaks_deadlock for t in turned
        ):
            _fail("the most sensitive payoff does not change the verdict")
        before = Fraction(one.turns_at) - way * step
        if abs(one.turns_at - one.payoff) > step and (
            breaks(_with_payoff(self.game, one, before)) != self.linking_breaks_deadlock
        ):
            _fail("the most sensitive payoff changes the verdict sooner")

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; the flipped game as the text of a game file."""
        from bargaining.files.write import write

        flipped = None if self.flipped_game is None else write(self.flipped_game, "toml").text
        one = self.most_sensitive
        data = {
            "schema": "bargaining-robustness/1",
            "game": self.game.name or self.game.title,
            "status": self.status,
            "linking_breaks_deadlock": self.linking_breaks_deadlock,
            "radius": self.radius,
            "closed_form": self.closed_form or None,
            "bracket": [None if x == math.inf else x for x in self.bracket],
            "how": self.how,
            "flipped_radius": self.flipped_radius,
            "most_sensitive": None if one is None else one.to_dict(),
            "ordinal": self.ordinal,
            "in_words": self.in_words,
            "flipped_game": flipped,
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        lines = [self.game.title or self.game.name, self.in_words]
        if self.most_sensitive is not None:
            one = self.most_sensitive
            lines.append(
                f"most sensitive: {one.player}'s payoff of {one.outcome!r} in {one.issue}, "
                f"{in_figures(one.payoff)} -> {in_figures(one.turns_at)}"
            )
        return "\n".join(line for line in lines if line)


def robustness(game: LinkageGame, *, seed: int = 0, seconds: float = 20.0) -> Robustness:
    """Find the smallest change of payoffs that changes whether linking breaks the deadlock.

    Parameters
    ----------
    game : LinkageGame
    seed : int
        Of the search, where there is one.
    seconds : float
        Bound on the search, and on that for the most sensitive payoff (not of two players whose
        payoffs add up).

    Returns
    -------
    Robustness

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> found = robustness(game)
    >>> found.closed_form, round(found.radius, 4), found.how
    ('7/6 - sqrt(10)/3', 0.1126, 'linked_stops')
    """
    require_game(game)
    if game.reserved:
        msg = "robustness: not defined: no status quo per issue, only reservation totals"
        raise NotDefinedError(msg)
    now = breaks(game)
    if _alone(game):
        never = (math.inf, math.inf)
        return Robustness(game, Status.SOLVED, now, None, "", never, "never", None, None, None,
                          ordinal(game))  # fmt: skip
    return _exact(game, now=now) if is_plain(game) else _searched(game, now, seed, seconds)


def _exact(game: LinkageGame, *, now: bool) -> Robustness:
    """Two players whose payoffs add up."""
    rows = table(game)
    linked, delinked = margins(rows, "linked"), margins(rows, "delinked")
    one = most_sensitive(game, breaks=now) if len(game.flat.values) <= MAX_OUTCOMES else None
    complete = True
    found: Unlocking | None = None
    level: Real
    if now:
        level = min(linked.value, -delinked.value)
        how = "linked_stops" if linked.value <= -delinked.value else "delinked_starts"
        least = level
    else:
        least = max(-linked.value, delinked.value, Surd.of(0))
        level, how = math.inf, "unlocking"
        for player in (0, 1):
            pair = unlocking(rows, player)
            complete = complete and pair.complete
            needed = max(pair.level, delinked.values[player], Surd.of(0))
            if needed < level:
                level, found = needed, pair
    if not isinstance(level, Surd):
        low = _half(least)[0] if isinstance(least, Surd) and not complete else math.inf
        status = Status.SOLVED if complete else Status.LIMIT_REACHED
        how = "never" if complete else "search"
        return Robustness(game, status, now, None, "", (low, math.inf), how, None, None, one,
                          ordinal(game))  # fmt: skip
    low, high = _half(level)
    settled = complete or (isinstance(least, Surd) and level <= least)
    if not settled and isinstance(least, Surd):
        low = _half(least)[0]
    flipped_radius = _just_above(high)
    if found is not None:
        moves = unlocked(rows, found, 2 * flipped_radius)
    else:
        moves = shifted(game, -1 if how == "linked_stops" else 1)
    moves = fewer(game, moves, flipped_radius, lambda other: breaks(other) != now)
    half = level * Surd.of(Fraction(1, 2))
    return Robustness(
        game,
        Status.SOLVED if settled else Status.LIMIT_REACHED,
        now,
        half.rational if half.rational is not None else float((low + high) / 2),
        str(half) if settled else "",
        (low, high),
        how,
        after(game, moves, flipped_radius),
        flipped_radius,
        one,
        ordinal(game),
    )


def _searched(game: LinkageGame, now: bool, seed: int, seconds: float) -> Robustness:
    """Anything else: the two lines bisected, flips beyond them searched for."""
    found = search(game, now=now, seed=seed, seconds=seconds)
    one = sensitive_by_bisection(game, now=now, seconds=seconds)
    moves: Noise | None = found.moves
    if moves is None:
        bracket = (found.low, math.inf)
        return Robustness(game, Status.LIMIT_REACHED, now, None, "", bracket, "search", None,
                          None, one, ordinal(game))  # fmt: skip
    moves = fewer(game, moves, found.high, lambda other: breaks(other) != now)
    return Robustness(
        game,
        Status.SOLVED if found.tight else Status.LIMIT_REACHED,
        now,
        found.high,
        "",
        (found.low, found.high),
        found.how,
        after(game, moves, found.high),
        found.high,
        one,
        ordinal(game),
    )


def _stands(game: LinkageGame, radius: Fraction, *, breaks_now: bool) -> bool:
    """Whether no change up to a radius changes the verdict, from its extremes alone."""
    if _alone(game):
        return True
    plain = is_plain(game)
    if not plain and radius > least_stake(game):
        return False
    lowered = after(game, shifted(game, -1), radius)
    raised = after(game, shifted(game, 1), radius)
    if breaks_now:
        return attains(lowered, "linked") and not attains(raised, "delinked")
    if not attains(raised, "linked") or attains(lowered, "delinked"):
        return True
    if not plain:
        return False
    rows = table(game)
    bound = Surd.of(2 * radius)
    return all(
        margins(rows, "delinked").values[c] > bound or opens(rows, 2 * radius, c) is False
        for c in (0, 1)
    )


def _alone(game: LinkageGame) -> bool:
    """Whether linking can never matter: nothing may be linked, or for at most one player."""
    packages = parse_agenda(game, "linked").packages
    return len(packages) == len(game.issues) or (
        len(game.interested) < 2 and not game.coupled and not game.ratification
    )


def _half(level: Surd) -> tuple[Fraction, Fraction]:
    low, high = (level * Surd.of(Fraction(1, 2))).bracket(WIDTH)
    return max(low, Fraction(0)), high


def _just_above(value: Fraction) -> Fraction:
    """Return the simplest fraction a little above a number."""
    low, high = value, value * (1 + JUST) if value else JUST
    for digits in range(1, 40):
        scale = 10**digits
        found = Fraction(math.floor(low * scale) + 1, scale)
        if low < found <= high:
            return found
    return high


def _with_payoff(game: LinkageGame, one: Sensitive, payoff: Fraction) -> LinkageGame:
    from dataclasses import replace

    issue = game.issues[one.issue]
    payoffs = issue.exact_payoffs.copy()
    payoffs[issue.outcomes.index(one.outcome), game.players.index(one.player)] = payoff
    changed = replace(issue, exact_payoffs=payoffs)
    return replace(game, issues={**dict(game.issues.items()), one.issue: changed}, document={})


def _fail(message: str) -> None:
    raise VerificationError(message)
