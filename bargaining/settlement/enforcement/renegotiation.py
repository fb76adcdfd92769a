"""Renegotiation: would two players rather forget a punishment than carry it out?

A plan is weakly renegotiation-proof if none of its continuations is strictly better for both than
another (Farrell and Maskin 1989, Games and Economic Behavior 1).  Falling back on the status quo
for ever never is, once the deal helps both: they would start afresh.  Penance is: after a breach
by i both play a profile a^i that the other likes at least as well as the deal, u_j(a^i) >= v_j,
until a public lottery leads back to the deal, so that i's prospects at the start of the penance
are just c_i, his best reply to a^i, which he could have in every period anyway.  With v the deal's
gains, g_i the temptation, it is an equilibrium exactly if c_i < v_i and

    d >= g_i / (g_i + v_i - c_i)                 nobody leaves the deal,
    d >= (c_i - u_i(a^i)) / (v_i - u_i(a^i))     the penance can be made that mild,
    d >= (b_j - w_j) / (b_j - c_j)               who punishes does not leave it either,

b_j being his best reply to a^i, and w_j = v_j + (u_j(a^i) - v_j)(v_i - c_i)/(v_i - u_i(a^i)) his
prospects in it (the point of the line from v to u(a^i) at which i has c_i).  Milder lotteries only
raise w_i and lower w_j, and a harsher one is no equilibrium, so the largest of the six numbers is
the lowest factor for these two profiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotSupportedError
from bargaining.geometry.undominated import undominated
from bargaining.geometry.whole import encode, limbs_needed
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.enforcement.conditions import Condition, critical_factor
from bargaining.settlement.enforcement.moves import Moves, cell_gains, moves, spillover_terms
from bargaining.settlement.enforcement.reversion import Reversion
from bargaining.settlement.enforcement.temptation import check_size, joint_moves

MAX_PROFILES = 3_000
"""The most undominated penances kept while issues are added; beyond, they are not searched."""
MAX_MERGED = 300_000
"""The most profiles compared at a time."""


@dataclass(frozen=True)
class Penance:
    """A profile played while one player does penance, all numbers gains per period.

    Attributes
    ----------
    gain, reply : Fraction
        Of the player who does penance: in the profile, and by his best reply to it.
    other_gain, other_reply : Fraction
        The same of the player who punishes.
    outcomes : mapping of int to int
        The profile, issue by issue.
    """

    gain: Fraction
    reply: Fraction
    other_gain: Fraction
    other_reply: Fraction
    outcomes: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Renegotiation:
    """Whether punishments are carried out when both could forget them.

    Attributes
    ----------
    grim : bool or None
        Whether falling back for ever is weakly renegotiation-proof; None where it is not known
        what both get meanwhile, or nobody is tempted and nothing needs to be punished.
    factor : Fraction or float or None
        The lowest common factor with penances; None if there are none that work below 1.
    penances : tuple of Penance
        For each of the two players; empty without a factor.
    searched : bool
        False where there are too many profiles to search.
    """

    grim: bool | None
    factor: Number | None
    penances: tuple[Penance, ...]
    searched: bool


def renegotiation(
    game: LinkageGame,
    package: Sequence[int],
    together: Sequence[Condition],
    reverted: Reversion,
) -> Renegotiation:
    """Judge the deal of a package of two players with a stake, from its conditions."""
    one, two = game.interested
    value = {i: together[i].gain for i in (one, two)}
    tempted = {i: together[i].temptation for i in (one, two)}
    if not any(tempted.values()):
        return Renegotiation(None, Fraction(0), (), True)  # the deal itself, whatever happened
    grim: bool | None = None
    if reverted.points is not None:
        points = reverted.points
        plans: list[dict[int, Number]] = [value]
        plans += [{j: points[i][j] for j in (one, two)} for i in (one, two)]
        grim = not any(all(a[i] > b[i] for i in (one, two)) for a in plans for b in plans)
    try:
        found = {i: _profiles(game, package, i, two if i == one else one) for i in (one, two)}
    except NotSupportedError:
        return Renegotiation(grim, None, (), False)
    best = _best_pair(
        found[one], found[two], (value[one], value[two]), (tempted[one], tempted[two])
    )
    if best is None:
        return Renegotiation(grim, None, (), True)
    return Renegotiation(grim, best[0], best[1:], True)


def penance_factor(
    first: Penance,
    second: Penance,
    value: tuple[Number, Number],
    temptation: tuple[Number, Number],
) -> Number | None:
    """Return the lowest factor at which two penances keep a deal; None if none below 1 does.

    Examples
    --------
    >>> f = Fraction
    >>> again = Penance(f(0), f(1), f(5), f(5), ())  # do your part while the other defects
    >>> penance_factor(again, again, (f(3), f(3)), (f(2), f(2)))
    Fraction(1, 2)
    """
    factors: list[Number | None] = []
    penances = (first, second)
    for i, mine in enumerate(penances):
        other = 1 - i
        if mine.other_gain < value[other] or mine.reply >= value[i]:
            return None
        factors.append(critical_factor(temptation[i], value[i] - mine.reply))
        factors.append((mine.reply - mine.gain) / (value[i] - mine.gain))
        lifted = (mine.other_gain - value[other]) * (value[i] - mine.reply)
        prospects = value[other] + lifted / (value[i] - mine.gain)
        back = penances[other].reply
        if mine.other_reply > prospects:
            if prospects <= back:
                return None
            factors.append((mine.other_reply - prospects) / (mine.other_reply - back))
    known = [f for f in factors if f is not None]
    return max(known) if len(known) == len(factors) and max(known) < 1 else None


def _best_pair(
    firsts: Sequence[Penance],
    seconds: Sequence[Penance],
    value: tuple[Number, Number],
    temptation: tuple[Number, Number],
) -> tuple[Number, Penance, Penance] | None:
    """Try pairs, those with the least demanding own conditions first."""
    one = _usable(firsts, value[0], value[1], temptation[0])
    two = _usable(seconds, value[1], value[0], temptation[1])
    best: tuple[Number, Penance, Penance] | None = None
    for own, first in one:
        if best is not None and own >= best[0]:
            break
        for his, second in two:
            if best is not None and his >= best[0]:
                break
            factor = penance_factor(first, second, value, temptation)
            if factor is not None and (best is None or factor < best[0]):
                best = (factor, first, second)
    return best


def _usable(
    penances: Sequence[Penance], value: Number, other: Number, temptation: Number
) -> list[tuple[Number, Penance]]:
    kept: list[tuple[Number, Penance]] = []
    for penance in penances:
        if penance.other_gain < other or penance.reply >= value:
            continue
        stay = critical_factor(temptation, value - penance.reply)
        mild = (penance.reply - penance.gain) / (value - penance.gain)
        if stay is not None:
            kept.append((max(stay, mild), penance))
    return sorted(kept, key=lambda pair: pair[0])


def _profiles(game: LinkageGame, package: Sequence[int], player: int, other: int) -> list[Penance]:
    """List the undominated pure profiles, merging issue by issue.

    Better are, for who does penance, a high gain and a low best reply, and so for the other.
    """
    points = np.zeros((1, 4), dtype=object)
    steps: list[tuple[tuple[int, ...], NDArray[np.intp], NDArray[np.intp]]] = []
    for issues, rows in _rows(game, package, player, other):
        merged = (points[:, None] + rows[None]).reshape(-1, 4)
        if len(merged) > MAX_MERGED:
            msg = f"penances: over {MAX_MERGED:,} profiles to compare"
            raise NotSupportedError(msg)
        limbs = limbs_needed(max(abs(int(v)) for v in merged.flat))
        kept = undominated(encode(merged, limbs)).first
        if len(kept) > MAX_PROFILES:
            msg = f"penances: over {MAX_PROFILES:,} undominated profiles"
            raise NotSupportedError(msg)
        points = merged[kept]
        steps.append((issues, kept // len(rows), kept % len(rows)))
    scale = [game.flat.denominators[i] for i in (player, player, other, other)]
    found = []
    for place, point in enumerate(points):
        u, c, v, b = (Fraction(int(x), d) for x, d in zip(point, scale, strict=True))
        outcomes: list[tuple[int, int]] = []
        for issues, before, cell in reversed(steps):
            sizes = [len(game.flat.rows(k)) for k in issues]
            acts = np.unravel_index(int(cell[place]), sizes)
            outcomes += zip(issues, (int(a) for a in acts), strict=True)
            place = int(before[place])
        found.append(Penance(u, -c, v, -b, tuple(sorted(outcomes))))
    return found


def _rows(
    game: LinkageGame, package: Sequence[int], player: int, other: int
) -> Iterator[tuple[tuple[int, ...], NDArray[Any]]]:
    """Yield per issue or component the four numbers of every outcome, best replies negated."""
    terms = spillover_terms(game, package)
    for issue in terms.singles:
        values = game.flat.values[game.flat.rows(issue)].astype(object)
        swaps = [moves(game, issue, i) for i in (player, other)]
        yield (issue,), _four([values[:, i] for i in (player, other)], swaps)
    for component in terms.components:
        check_size(game, component, player)
        check_size(game, component, other)
        swaps = [joint_moves(game, component, i) for i in (player, other)]
        yield component.issues, _four([cell_gains(component, i) for i in (player, other)], swaps)


def _four(values: Sequence[NDArray[Any]], swaps: Sequence[Moves]) -> NDArray[Any]:
    replies = [-v[s.target].max(axis=0) for v, s in zip(values, swaps, strict=True)]
    return np.array([values[0], replies[0], values[1], replies[1]], dtype=object).T
