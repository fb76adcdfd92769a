"""The check of a payoff set: inner and outer claims recomputed in fractions.

Inner: what every profile used pays and what deviating from it gains are found again by trying every
act of every player in the game's own tables; every corner is the lottery over starts that it is
said to be, promises lie in the set, and no deviation pays.

Outer: each region of the chain is proved from the one before.  Only weak duality is used (see
:mod:`.region`): multipliers are checked to be multipliers before they are used, and a profile
counts as harmless only where the numbers say so exactly.  Nothing depends on floats.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.repeated.deviations import paid
from bargaining.equilibrium.repeated.play import Play
from bargaining.equilibrium.repeated.polygon import Point, Polygon, contains, hull
from bargaining.equilibrium.repeated.region import AXES, Region, exact_bounds
from bargaining.equilibrium.repeated.search import Link
from bargaining.errors import VerificationError
from bargaining.model.game import LinkageGame

Vectors = NDArray[Any]
Form = tuple[Fraction, Fraction, Fraction, Fraction, Fraction]
"""Constant and coefficients of u1, u2, h1, h2."""


def check_inner(
    game: LinkageGame,
    package: Sequence[int],
    discount: Sequence[Fraction],
    corners: Polygon,
    ways: Sequence[Sequence[tuple[Fraction, Mapping[str, int], Point]]],
) -> None:
    """Raise unless every corner (in payoffs) is begun as stated, with promises in the set.

    Parameters
    ----------
    game : LinkageGame
    package : sequence of int
    discount : pair of Fraction
    corners : list of pairs of Fraction
        Counterclockwise.
    ways : sequence, one per corner, of (share, outcome of every issue, promise)
    """
    if hull(corners) != hull(list(dict.fromkeys(corners))) or len(ways) != len(corners):
        fail("the corners of the inner set are not those of a polygon")
    worst = [min(corner[i] for corner in corners) for i in (0, 1)]
    around = hull(corners)
    for corner, lottery in zip(corners, ways, strict=True):
        if sum(share for share, _, _ in lottery) != 1 or min(s for s, _, _ in lottery) < 0:
            fail("a lottery's shares do not add up to 1")
        total = [Fraction(0), Fraction(0)]
        for share, outcome, promise in lottery:
            if not contains(around, promise):
                fail("a promise lies outside the inner set")
            u, h = paid(game, package, outcome)
            for i, d in enumerate(discount):
                value = (1 - d) * u[i] + d * promise[i]
                if (1 - d) * (u[i] + h[i]) + d * worst[i] > value:
                    fail(f"{game.players[i]} gains by deviating from {outcome}")
                total[i] += share * value
        if tuple(total) != tuple(corner):
            fail("a corner of the inner set is not what its lottery pays")


def check_chain(play: Play, chain: Sequence[Link]) -> None:
    """Raise unless each region of a chain holds V if the one before does."""
    if not chain or chain[0].how != "start":
        fail("the outer sets do not begin with a start")
    _check_start(play, chain[0].region)
    vectors = play.stage.vectors
    active = _remaining(play, chain[0].region, np.arange(len(vectors)))
    for before, after in itertools.pairwise(chain):
        old, new = before.region, after.region
        if new.normals[:4] != AXES:
            fail("a region does not begin with the axes")
        if after.how == "cut":
            _check_cut(old, new)
        elif after.how == "step":
            _check_step(play, old, new, active)
        elif after.how == "jump":
            _check_jump(play, old, after, active)
        else:
            fail(f"unknown link {after.how!r} between outer sets")
        active = _remaining(play, new, active)


def is_empty(play: Play, region: Region) -> bool:
    """Whether a region holds no payoff that any profile can begin."""
    if not region.corners:
        return True
    return not len(_remaining(play, region, np.arange(len(play.stage))))


def _check_start(play: Play, region: Region) -> None:
    span = play.stage.span
    vectors = play.stage.vectors
    for (a, b), level in zip(region.normals, region.levels, strict=True):
        if (a, b) in AXES[2:]:
            i = 0 if a else 1
            least = min(int(v) for v in vectors[:, i] + vectors[:, 2 + i])
            if Fraction(least, span[i]) < -level:
                fail("the first outer set excludes payoffs above the minmax")
        elif (a, b) in AXES[:2] or play.common:
            form = (-level, a, b, Fraction(0), Fraction(0))
            if bool(np.any(numerators(play, form, vectors) > 0)):
                fail("the first outer set excludes a profile's payoffs")
        else:
            fail("with factors that differ only the axes bound payoffs at the start")


def _check_cut(old: Region, new: Region) -> None:
    for (a, b), level in zip(new.normals, new.levels, strict=True):
        if any(a * x + b * y > level for x, y in old.corners):
            fail("an outer set cuts something off without a proof")


def _check_step(play: Play, old: Region, new: Region, active: NDArray[np.intp]) -> None:
    known = dict(zip(old.normals, old.levels, strict=True))
    for n, level in zip(new.normals, new.levels, strict=True):
        if n in known and known[n] <= level:
            continue
        if old.corners and max(n[0] * x + n[1] * y for x, y in old.corners) <= level:
            continue
        left = active
        for form, _ in _forms(play, old.normals, old.levels, old.levels, n, level, level):
            left = left[numerators(play, form, play.stage.vectors[left]) >= 0]
            if not len(left):
                break
        if len(left):
            fail("a step of iteration is not proved")


def _check_jump(play: Play, old: Region, link: Link, active: NDArray[np.intp]) -> None:
    new, aims, stop = link.region, link.aims, link.stop
    if new.normals != old.normals or not 0 <= stop <= 1:
        fail("a jump changes the half-planes")
    for k, (n, level, aim) in enumerate(zip(old.normals, old.levels, aims, strict=True)):
        if aim > level or new.levels[k] < aim + stop * (level - aim):
            fail("a jump goes further than it says")
        if aim == level:
            continue
        left = active
        forms = list(_forms(play, old.normals, aims, old.levels, n, aim, level))
        for at_aim, at_level in forms:  # positive at both ends, hence in between
            vectors = play.stage.vectors[left]
            first = numerators(play, at_aim, vectors)
            last = numerators(play, at_level, vectors)
            left = left[~((first <= 0) & (last < 0))]
            if not len(left):
                break
        for profile in left.tolist():
            if _last_failure(play, forms, profile) > stop:
                fail("a jump is not proved")


def _forms(
    play: Play,
    normals: Sequence[Point],
    low: Sequence[Fraction],
    high: Sequence[Fraction],
    n: Point,
    first: Fraction,
    last: Fraction,
) -> Iterator[tuple[Form, Form]]:
    """Yield forms in (u, h), at W(0) and at W(1), that are negative only where n . v stays below.

    The bound of n . v less the level; or the slack of a half-plane that excludes the profile.
    """
    d, rate = play.discount, play.rate
    for y, z in exact_bounds(normals, (d[0] * n[0], d[1] * n[1])):
        for i in (0, 1):
            total = sum((weight * normals[j][i] for j, weight in y.items()), start=Fraction(0))
            if total - z[i] != d[i] * n[i] or z[i] < 0 or min(y.values(), default=0) < 0:
                fail("multipliers are none")
        slope = (n[0] * (1 - d[0]), n[1] * (1 - d[1]), -z[0] * rate[0], -z[1] * rate[1])
        ends = []
        for levels, limit in ((low, first), (high, last)):
            start = sum((weight * levels[j] for j, weight in y.items()), start=Fraction(0))
            start += z[0] * levels[2] + z[1] * levels[3] - limit
            ends.append((start, *slope))
        yield ends[0], ends[1]
    for j, (a, b) in enumerate(normals):
        if a >= 0 and b >= 0:
            slope = (Fraction(0), Fraction(0), -a * rate[0], -b * rate[1])
            ends = [(v[j] + a * v[2] + b * v[3], *slope) for v in (low, high)]
            yield ends[0], ends[1]


def _last_failure(play: Play, forms: Sequence[tuple[Form, Form]], profile: int) -> Fraction:
    """Return the last c in (0, 1] at which no form is negative, 0 if there is none."""
    begin, end = Fraction(0), Fraction(1)
    u, h = play.stage.exact_u(profile), play.stage.exact_h(profile)
    for pair in forms:
        first, last = (f[0] + f[1] * u[0] + f[2] * u[1] + f[3] * h[0] + f[4] * h[1] for f in pair)
        if first < 0 and last < 0:
            return Fraction(0)
        if first < 0:
            begin = max(begin, first / (first - last))
        elif last < 0:
            end = min(end, first / (first - last))
    return end if begin <= end else Fraction(0)


def _remaining(play: Play, region: Region, active: NDArray[np.intp]) -> NDArray[np.intp]:
    rate, levels = play.rate, region.levels
    for (a, b), level in zip(region.normals, levels, strict=True):
        if a >= 0 and b >= 0:
            start = -a * levels[2] - b * levels[3] - level
            form = (start, Fraction(0), Fraction(0), a * rate[0], b * rate[1])
            active = active[numerators(play, form, play.stage.vectors[active]) <= 0]
    return active


def numerators(play: Play, form: Form, vectors: Vectors) -> Vectors:
    """Evaluate a linear form at profiles, times a positive whole number."""
    span = play.stage.span
    scaled = [form[0], *(f / s for f, s in zip(form[1:], (*span, *span), strict=True))]
    unit = math.lcm(*(f.denominator for f in scaled))
    start, *slopes = (f.numerator * (unit // f.denominator) for f in scaled)
    total = np.full(len(vectors), start, dtype=object)
    for i, slope in enumerate(slopes):
        if slope:
            total = total + vectors[:, i].astype(object) * slope
    return total


def fail(what: str) -> None:
    """Raise the error of a check that fails."""
    raise VerificationError(what)
