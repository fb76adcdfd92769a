"""Objectives that are not linear in payoffs: when a gain in one issue makes another worth less.

A government may care for a function U of its total payoff per period.  If it breaks its word in
some packages, with temptations adding up to T and later losses to L, from a total of S, it keeps
its word if (1 - d) U(S + T) + d U(S - L) <= U(S), that is from

    d = (U(S + T) - U(S)) / (U(S + T) - U(S - L)).

With a concave U (the issues are substitutes) linking adds enforcement, with a convex one it takes
some away, and separate agencies, each with one package and the same objective, do better than one
government that may leave any set of packages at once (Spagnolo 1999, Journal of Economic Theory
89, 127-139).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bargaining.errors import NotSupportedError
from bargaining.model.utility import Utility, ball
from bargaining.results import Number

MAX_FRONT = 5_000
"""The most undominated sums of temptations and losses kept."""
BITS = 256
"""Working precision of irrational utilities."""


@dataclass(frozen=True)
class Objective:
    """What a player's objective makes of linking.

    Attributes
    ----------
    linked : number or None
        The factor from which he keeps the deal with all packages tied together.
    unitary : number or None
        With packages apart, and one government that may break its word in any of them at once.
    delegated : number or None
        With packages apart, each in the hands of an agency of its own.
    brackets : mapping of str to (Fraction, Fraction)
        Proved ends of those that are irrational.
    """

    linked: Number | None
    unitary: Number | None
    delegated: Number | None
    brackets: Mapping[str, tuple[Fraction, Fraction]]


def objective(
    utility: Utility, total: Fraction, packages: Sequence[tuple[Fraction, Fraction]]
) -> Objective:
    """Return the factors from which a player with an objective keeps a deal.

    Parameters
    ----------
    utility : Utility
    total : Fraction
        His payoff per period under the deal, of all issues.
    packages : sequence of (Fraction, Fraction)
        Temptation and loss of each package apart.

    Examples
    --------
    >>> concave = Utility("inverse")
    >>> found = objective(concave, Fraction(6), [(Fraction(2), Fraction(2))] * 2)
    >>> str(found.unitary), str(found.linked)
    ('1/3', '1/6')
    """
    whole = (
        sum((t for t, _ in packages), Fraction(0)),
        sum((loss for _, loss in packages), Fraction(0)),
    )
    cases = {
        "linked": [whole],
        "unitary": _sums(packages),
        "delegated": list(packages),
    }
    found: dict[str, Number | None] = {}
    brackets = {}
    for name, pairs in cases.items():
        worst = _worst([_threshold(utility, total, t, loss) for t, loss in pairs])
        if isinstance(worst, tuple):
            brackets[name] = worst
            found[name] = float((worst[0] + worst[1]) / 2)
        else:
            found[name] = worst
    return Objective(found["linked"], found["unitary"], found["delegated"], brackets)


def _threshold(
    utility: Utility, total: Fraction, temptation: Fraction, loss: Fraction
) -> Fraction | tuple[Fraction, Fraction] | None:
    if temptation <= 0:
        return Fraction(0) if loss >= 0 else None
    if loss <= 0:
        return None
    from flint import ctx

    with ctx.workprec(BITS):
        points = [utility.at(s) for s in (total, total + temptation, total - loss)]
        if all(isinstance(p, Fraction) for p in points):
            now, better, later = points
            return Fraction((better - now) / (better - later))
        now, better, later = (ball(p) if isinstance(p, Fraction) else p for p in points)
        return _ends((better - now) / (better - later))


def _worst(
    found: Sequence[Fraction | tuple[Fraction, Fraction] | None],
) -> Fraction | tuple[Fraction, Fraction] | None:
    """Return the largest; a pair of ends where it is irrational."""
    if any(one is None for one in found):
        return None
    ends = [one if isinstance(one, tuple) else (one, one) for one in found if one is not None]
    low = max((a for a, _ in ends), default=Fraction(0))
    high = max((b for _, b in ends), default=Fraction(0))
    return low if low == high else (low, high)


def _sums(packages: Sequence[tuple[Fraction, Fraction]]) -> list[tuple[Fraction, Fraction]]:
    """Add up every set of packages, keeping sums with more temptation or less loss than others."""
    front: list[tuple[Fraction, Fraction]] = [(Fraction(0), Fraction(0))]
    for t, loss in packages:
        merged = sorted(
            {*front, *((a + t, b + loss) for a, b in front)}, key=lambda s: (-s[0], s[1])
        )
        front, least = [], None
        for pair in merged:
            if least is None or pair[1] < least:
                front.append(pair)
                least = pair[1]
        if len(front) > MAX_FRONT:
            msg = f"utility: over {MAX_FRONT:,} undominated sets of packages to leave"
            raise NotSupportedError(msg)
    return front


def _ends(ratio: Any) -> tuple[Fraction, Fraction]:
    """Return proved ends of a ball (arb) as fractions."""
    ends = []
    for part in (ratio.lower(), ratio.upper()):
        mantissa, exponent = part.man_exp()
        ends.append(Fraction(int(mantissa)) * Fraction(2) ** int(exponent))
    return ends[0], ends[1]
