"""Adjusted winner: every issue to whoever wants it more, then adjust until both have as much.

Each of two players has points for winning each issue, scaled to 100 in all where the totals
differ.  First each issue goes to the player with more points for it.  Then the one ahead hands
over issues, those first for which the ratio of his points to the other's is smallest, until both
have equally many points; at most one issue is split (Brams and Taylor 1996).  The result is
envy-free (each has at least half of his own points), equitable and, among the ways of winning and
sharing the issues, efficient.  It is defined for issues that either side can win: an outcome that
is best for one and leaves the other what losing is worth; other outcomes are not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bargaining.errors import NotDefinedError, VerificationError
from bargaining.geometry.support import support
from bargaining.model.agenda import positions
from bargaining.model.deal import Deal, Shares, gains
from bargaining.model.game import LinkageGame
from bargaining.settlement.solutions.base import Weights
from bargaining.settlement.solutions.procedure import Finding, Procedure, Question

if TYPE_CHECKING:
    from bargaining.settlement.package import PackageSettlement

POINTS = 100
"""Points per player where the totals differ."""


@dataclass(frozen=True)
class Prize:
    """An issue that either player can win.

    Attributes
    ----------
    issue : int
    wins : tuple of int
        The outcome with which each player wins.
    points : tuple of Fraction
        What winning instead of losing is worth to each.
    """

    issue: int
    wins: tuple[int, int]
    points: tuple[Fraction, Fraction]


def prizes(game: LinkageGame, package: Sequence[int], columns: Sequence[int]) -> list[Prize]:
    """Read the issues of a package as prizes.

    Raises
    ------
    NotDefinedError
        If an issue cannot be won by either side, payoffs of issues interact, or a constraint
        rules deals out.
    """
    inside = set(package)
    for pair in game.interactions:
        if pair.first in inside or pair.second in inside:
            names = [game.issue_names[k] for k in (pair.first, pair.second)]
            msg = (
                f"adjusted_winner is not defined here: payoffs of {names[0]} and {names[1]} "
                "interact, and points must add up over issues"
            )
            raise NotDefinedError(msg)
    for rule in game.constraints:
        if any(game.position(name) in inside for name, _ in rule.statements):
            msg = (
                f"adjusted_winner is not defined here: {rule.place} rules deals out, and every "
                "issue must be free to go to either side"
            )
            raise NotDefinedError(msg)
    found = []
    flat = game.flat
    for k in package:
        rows = flat.rows(k)
        values = [[flat.gain(row, c) for row in rows] for c in columns]
        most, least = [max(v) for v in values], [min(v) for v in values]
        wins = []
        for side in (0, 1):
            won = [
                a
                for a in range(len(rows))
                if values[side][a] == most[side] and values[1 - side][a] == least[1 - side]
            ]
            if not won:
                name, player = game.issue_names[k], game.players[columns[side]]
                msg = (
                    f"adjusted_winner is not defined here: {player} cannot win issue {name} (no "
                    f"outcome is best for {player} and leaves the other side what losing is "
                    "worth); take another concept, or leave the issue out of the package"
                )
                raise NotDefinedError(msg)
            wins.append(won[0])
        points = (most[0] - least[0], most[1] - least[1])
        found.append(Prize(k, (wins[0], wins[1]), points))
    return found


def settle(question: Question) -> Finding:
    """Let winners take all, then hand issues over in order of the ratio of points."""
    game = question.game
    table = prizes(game, question.package, question.columns)
    totals = [sum((prize.points[i] for prize in table), start=Fraction(0)) for i in (0, 1)]
    if min(totals) == 0:
        loser = game.players[question.columns[0 if totals[0] == 0 else 1]]
        msg = f"adjusted_winner is not defined here: {loser} has nothing to win in this package"
        raise NotDefinedError(msg)
    scaled = totals[0] != totals[1]
    unit = [POINTS / total if scaled else Fraction(1) for total in totals]
    a, b = ([prize.points[i] * unit[i] for prize in table] for i in (0, 1))
    kept = [Fraction(x >= y) for x, y in zip(a, b, strict=True)]
    split, rates = _adjust(a, b, kept)
    score = _score(a, b, kept)
    deal = _deal(question, table, kept)
    support_weights = (rates[0] * unit[0], rates[1] * unit[1])
    weights: Weights = question.full(support_weights)
    gained = tuple(Fraction(g) for g in gains(game, deal))
    worth = sum((w * g for w, g in zip(weights, gained, strict=True)), start=Fraction(0))
    efficient = support(game, question.package, weights) == worth
    names = [game.players[c] for c in question.columns]
    share = None
    if split is not None and 0 < kept[split] < 1:
        share = {
            "issue": game.issue_names[table[split].issue],
            "shares": dict(zip(names, (kept[split], 1 - kept[split]), strict=True)),
        }
    details: dict[str, Any] = {
        "points": dict(zip(names, score, strict=True)),
        "total": POINTS if scaled else totals[0],
        "scaled": scaled,
        "split": share,
        "envy_free": all(2 * s >= (POINTS if scaled else totals[0]) for s in score),
        "equitable": score[0] == score[1],
        "efficient": efficient,
    }
    evidence = tuple(table)
    proof = weights if efficient else None
    return Finding(gained, deal, proof, "adjusted winner", evidence, details)


def _score(
    a: Sequence[Fraction], b: Sequence[Fraction], kept: Sequence[Fraction]
) -> list[Fraction]:
    """Points of both players; ``kept`` is the first player's share of each issue."""
    one = sum((x * s for x, s in zip(a, kept, strict=True)), start=Fraction(0))
    two = sum((y * (1 - s) for y, s in zip(b, kept, strict=True)), start=Fraction(0))
    return [one, two]


def _adjust(
    a: Sequence[Fraction], b: Sequence[Fraction], kept: list[Fraction]
) -> tuple[int | None, tuple[Fraction, Fraction]]:
    """Hand issues over until the points are equal; return the last one and the weights there.

    The weights are those at which the last issue handed over is worth the same to both.
    """
    one, two = _score(a, b, kept)
    rates = (Fraction(1), Fraction(1))
    if one == two:
        return None, rates
    ahead = 0 if one > two else 1
    mine, theirs = (a, b) if ahead == 0 else (b, a)
    held = [j for j, s in enumerate(kept) if s == 1 - ahead and mine[j] + theirs[j] > 0]
    worthless = [j for j in held if theirs[j] == 0]
    order = sorted((j for j in held if theirs[j] > 0), key=lambda j: mine[j] / theirs[j])
    gap = abs(one - two)
    for j in [*order, *worthless]:
        step = min(gap / (mine[j] + theirs[j]), Fraction(1))
        gap -= step * (mine[j] + theirs[j])
        kept[j] = 1 - step if ahead == 0 else step
        rates = (b[j], a[j])
        if gap == 0:
            return j, rates
    return None, rates


def _deal(question: Question, table: Sequence[Prize], kept: Sequence[Fraction]) -> Deal:
    outcomes = question.game.origin[positions(question.package)].copy()
    shares: dict[int, Shares] = {}
    for place, (prize, share) in enumerate(zip(table, kept, strict=True)):
        if share in (0, 1) or prize.wins[0] == prize.wins[1]:
            outcomes[place] = prize.wins[0 if share == 1 else 1]
        else:
            shares[prize.issue] = {prize.wins[0]: share, prize.wins[1]: 1 - share}
    return Deal(outcomes, shares, issues=positions(question.package))


def check(game: LinkageGame, settled: PackageSettlement, tolerance: float, place: str) -> None:
    """Check the properties from the deal: equal points, no envy, at most one issue split.

    Points are read from what the deal gives each side beside losing everything.
    """
    columns = [game.players.index(name) for name in settled.details["points"]]
    flat = game.flat
    score, totals = [], []
    for c in columns:
        least = sum((min(flat.gain(r, c) for r in flat.rows(k)) for k in settled.package),
                    start=game.offset[c])  # fmt: skip
        most = sum((max(flat.gain(r, c) for r in flat.rows(k)) for k in settled.package),
                   start=game.offset[c])  # fmt: skip
        totals.append(most - least)
        score.append(settled.gains[c] - least)
    parts = [s / t for s, t in zip(score, totals, strict=True)]
    if parts[0] != parts[1] or min(parts) < Fraction(1, 2):
        msg = f"{place}: the players' points are not equal, or less than half"
        raise VerificationError(msg)
    if (
        sum(len([s for s in lottery.values() if s]) > 1 for lottery in settled.deal.shares.values())
        > 1
    ):
        msg = f"{place}: more than one issue is split"
        raise VerificationError(msg)
    _check_order(game, settled, columns, totals, place)
    unit = Fraction(POINTS) if totals[0] != totals[1] else totals[0]
    stated = settled.details["points"]
    if [stated[game.players[c]] for c in columns] != [p * unit for p in parts]:
        msg = f"{place}: the stated points are not those of the deal"
        raise VerificationError(msg)
    rates = settled.weights
    proved = rates is not None and support(game, settled.package, rates) == sum(
        (w * g for w, g in zip(rates, settled.gains, strict=True)), start=Fraction(0)
    )
    if settled.details["efficient"] != proved or (rates is not None and min(rates) < 0):
        msg = f"{place}: whether the deal is efficient is not as stated"
        raise VerificationError(msg)


def _check_order(
    game: LinkageGame,
    settled: PackageSettlement,
    columns: Sequence[int],
    totals: Sequence[Fraction],
    place: str,
) -> None:
    """Nobody holds an issue of which the other holds a part, or all, at a better ratio."""
    ratios: list[list[Fraction]] = [[], []]
    flat = game.flat
    for k in settled.package:
        rows = flat.rows(k)
        reach = [
            (max(flat.gain(r, c) for r in rows) - min(flat.gain(r, c) for r in rows)) / total
            for c, total in zip(columns, totals, strict=True)
        ]
        if not any(reach):
            continue
        for a, share in settled.deal.marginal(k).items():
            won = [flat.gain(rows[a], c) == max(flat.gain(r, c) for r in rows) for c in columns]
            lost = [flat.gain(rows[a], c) == min(flat.gain(r, c) for r in rows) for c in columns]
            sides = [i for i in (0, 1) if won[i] and lost[1 - i]]
            if share and not sides:
                msg = f"{place}: an outcome of issue {game.issue_names[k]} is won by neither side"
                raise VerificationError(msg)
            if share and len(sides) == 1:
                ratios[sides[0]].append(reach[0] / sum(reach))
    if ratios[0] and ratios[1] and min(ratios[0]) < max(ratios[1]):
        msg = f"{place}: an issue went to the player to whom it is relatively worth less"
        raise VerificationError(msg)


SOLUTION = Procedure(
    id="adjusted_winner",
    title="Adjusted winner",
    idea="issues to whoever wants them more, then adjusted until both have equally many points",
    citation=(
        "Brams, S. and Taylor, A. (1996). Fair Division: From Cake-Cutting to Dispute "
        "Resolution. Cambridge University Press."
    ),
    axioms=("equitability", "envy-freeness", "efficiency among won or shared issues"),
    fails=("individual rationality from the status quo",),
    settle=settle,
    check=check,
    below_status_quo=True,
    efficient=False,
)
