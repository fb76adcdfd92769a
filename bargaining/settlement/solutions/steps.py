"""The steps of a Raiffa procedure as evidence, and how they are checked.

Each step lists, for every player who can gain, a deal that gives him b_i(d) while the others keep
d, and support weights that bound him: with weight at least 1 on himself, he gets at most the
package's worth minus what the others keep.  The checker needs neither frontier nor solver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from bargaining.errors import VerificationError
from bargaining.geometry.support import support
from bargaining.model.deal import Deal, check, gains
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.solutions.base import Weights, apart
from bargaining.settlement.solutions.outline import ROUNDING

if TYPE_CHECKING:
    from bargaining.settlement.package import PackageSettlement


@dataclass(frozen=True, eq=False)
class Best:
    """The most a player gets while the others keep what they have: deal and proof."""

    player: int
    weights: Weights
    deal: Deal


@dataclass(frozen=True, eq=False)
class Step:
    """A disagreement point, one number per player of the game, and each player's best there."""

    disagreement: Weights
    best: tuple[Best, ...]


@dataclass(frozen=True, eq=False)
class Steps:
    """All steps, and how they end.

    ``edge``: the next midpoint is efficient; ``corner``: the midpoints converge to the answer
    along a straight line; ``bracket``: the answer lies between d and b(d), which are close.
    """

    columns: tuple[int, ...]
    steps: tuple[Step, ...]
    ending: str


def check_steps(
    game: LinkageGame, settled: PackageSettlement, tolerance: float, place: str
) -> None:
    """Raise unless the steps are those of the definition and lead to the answer."""
    evidence = settled.evidence
    if not isinstance(evidence, Steps) or not evidence.steps:
        msg = f"{place}: no steps are given"
        raise VerificationError(msg)
    if set(evidence.columns) != set(settled.gainers):
        msg = f"{place}: the steps are about other players than those who can gain"
        raise VerificationError(msg)
    columns = evidence.columns
    d: list[Number] = [Fraction(0)] * len(columns)
    for number, step in enumerate(evidence.steps):
        where = f"{place}: step {number + 1}"
        b = _ideal(game, settled.package, step, columns, tolerance, where)
        stated = [step.disagreement[c] for c in columns]
        _agree(game, columns, stated, d, tolerance, f"{where}: the point is not the midpoint")
        before, d = d, [x + (y - x) / len(columns) for x, y in zip(d, b, strict=True)]
    answer = [settled.gains[c] for c in columns]
    match evidence.ending:
        case "edge":
            _agree(game, columns, answer, d, tolerance, f"{place}: the last midpoint differs")
        case "corner":
            _check_corner(game, settled, evidence, before, tolerance, place)
        case _:
            wide = [
                apart(y, x, max(tolerance, 1e-12) * game.reach[c] * 10)
                for c, x, y in zip(columns, d, b, strict=True)
            ]
            if any(wide):
                msg = f"{place}: the steps stop too far from the frontier"
                raise VerificationError(msg)
            _agree(game, columns, answer, d, 10 * max(tolerance, 1e-12),
                   f"{place}: the answer is not where the steps lead")  # fmt: skip


def _ideal(
    game: LinkageGame,
    package: Sequence[int],
    step: Step,
    columns: Sequence[int],
    tolerance: float,
    where: str,
) -> list[Number]:
    """Return b(d) after checking that each part is reached and cannot be passed."""
    most: dict[int, Number] = {}
    for best in step.best:
        check(game, best.deal)
        found = gains(game, best.deal.on(package))
        kept = [(i, step.disagreement[i]) for i in game.interested if i != best.player]
        short = [i for i, floor in kept if floor - found[i] > tolerance * game.reach[i]]
        bound = support(game, package, best.weights)
        most_worth = float(bound)
        for i, floor in kept:
            bound -= best.weights[i] * floor
        unit = sum(float(w) * r for w, r in zip(best.weights, game.reach, strict=True))
        slack = tolerance * unit
        if isinstance(bound, float):
            slack += ROUNDING * (abs(most_worth) + unit)
        over = bound - found[best.player] > slack
        if short or over or min(best.weights) < 0 or best.weights[best.player] < 1 - tolerance:
            msg = f"{where}: the most {game.players[best.player]} can get is not as stated"
            raise VerificationError(msg)
        most[best.player] = found[best.player]
    if set(most) != set(columns):
        msg = f"{where}: somebody's best deal is missing"
        raise VerificationError(msg)
    return [most[c] for c in columns]


def _check_corner(
    game: LinkageGame,
    settled: PackageSettlement,
    evidence: Steps,
    d: Sequence[Number],
    tolerance: float,
    place: str,
) -> None:
    """Midpoints converge to v if d, v and b(d) are in line and v ends both players' edges.

    Along that line nothing changes but the scale, so all later midpoints stay on it.
    """
    columns = evidence.columns
    v = [settled.gains[c] for c in columns]
    deals = {best.player: gains(game, best.deal.on(settled.package))
             for best in evidence.steps[-1].best}  # fmt: skip
    right = [deals[columns[0]][c] for c in columns]
    left = [deals[columns[1]][c] for c in columns]
    ahead = [right[0] - v[0], left[1] - v[1]]
    behind = [v[0] - d[0], v[1] - d[1]]
    slack = [tolerance * game.reach[c] for c in columns]
    ordered = all(-s <= a <= b + s for a, b, s in zip(ahead, behind, slack, strict=True))
    off = ahead[0] * behind[1] - ahead[1] * behind[0]
    straight = not apart(off, 0 * off, slack[0] * game.reach[columns[1]])
    for point, kept in ((left, 0), (right, 1)):
        if any(apart(one, two, s) for one, two, s in zip(point, v, slack, strict=True)):
            weights: list[Number] = [Fraction(0)] * len(game.players)
            weights[columns[0]] = max(point[1] - v[1], v[1] - point[1])
            weights[columns[1]] = max(point[0] - v[0], v[0] - point[0])
            worth: Number = sum(
                (w * g for w, g in zip(weights, settled.gains, strict=True)), start=Fraction(0)
            )
            most = support(game, settled.package, weights)
            on_edge = not apart(most, worth, slack[0] * game.reach[columns[1]])
            straight = straight and on_edge and not apart(point[kept], d[kept], slack[kept])
    if len(columns) != 2 or not (ordered and straight):
        msg = f"{place}: the steps do not lead to the stated corner"
        raise VerificationError(msg)


def _agree(
    game: LinkageGame,
    columns: Sequence[int],
    left: Sequence[Number],
    right: Sequence[Number],
    tolerance: float,
    message: str,
) -> None:
    for c, one, two in zip(columns, left, right, strict=True):
        inexact = isinstance(one, float) or isinstance(two, float)
        slack = max(tolerance, 1e-15) * game.reach[c] if inexact else 0
        if apart(one, two, slack):
            raise VerificationError(message)
