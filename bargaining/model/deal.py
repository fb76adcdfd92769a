"""A deal: one lottery over outcomes per issue, read as shares.

A share is the part of the time, or the intensity, with which an outcome is carried out.
Where payoffs depend on two issues at once, the deal also says how the two go together; two
issues of different packages are carried out independently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import VerificationError
from bargaining.model.agenda import positions
from bargaining.model.array_issues import ArrayIssues
from bargaining.model.gains import column_sum
from bargaining.model.game import LinkageGame
from bargaining.results import Number

TOLERANCE = 1e-9
Shares = Mapping[int, Number]


@dataclass(frozen=True, eq=False)
class Deal:
    """Shares of outcomes, by position of issue and outcome.

    Attributes
    ----------
    outcomes : ndarray of int, shape (issues,)
        The outcome carried out in full, for every issue that is not in ``shares``.
    shares : mapping of int to mapping of int to number
        Lotteries, for the issues that have one.
    joint : mapping of (int, int) to mapping of (int, int) to number
        How two issues go together, where their payoffs interact within a package.
    """

    outcomes: NDArray[np.intp]
    shares: Mapping[int, Shares] = field(default_factory=dict)
    joint: Mapping[tuple[int, int], Mapping[tuple[int, int], Number]] = field(default_factory=dict)

    def marginal(self, issue: int) -> Shares:
        """Shares of one issue's outcomes."""
        if issue in self.shares:
            return self.shares[issue]
        return {int(self.outcomes[issue]): Fraction(1)}

    def pair(self, first: int, second: int) -> Mapping[tuple[int, int], Number]:
        """Joint shares of two issues; independent unless the deal says otherwise."""
        if (first, second) in self.joint:
            return self.joint[first, second]
        left, right = self.marginal(first), self.marginal(second)
        return {(a, b): p * q for a, p in left.items() for b, q in right.items()}

    def named(self, game: LinkageGame) -> dict[str, dict[str, Number]]:
        """Shares by name of issue and outcome; outcomes with share 0 are left out."""
        names = game.issue_names
        result: dict[str, dict[str, Number]] = {}
        for k in range(len(self.outcomes)):
            labels = game.issues[names[k]].outcomes
            result[names[k]] = {labels[a]: share for a, share in self.marginal(k).items() if share}
        return result


def status_quo(game: LinkageGame) -> NDArray[np.intp]:
    """Positions of the status quo outcomes, shape (issues,)."""
    if isinstance(game.issues, ArrayIssues):
        return np.zeros(len(game.issues), dtype=np.intp)
    return np.array([issue._origin() for issue in game.issues.values()], dtype=np.intp)


def combine(game: LinkageGame, parts: Sequence[tuple[Sequence[int], Deal]]) -> Deal:
    """Put the deals of several packages together; issues outside stay at the status quo."""
    outcomes = status_quo(game)
    shares: dict[int, Shares] = {}
    joint: dict[tuple[int, int], Mapping[tuple[int, int], Number]] = {}
    for package, deal in parts:
        index = positions(package)
        outcomes[index] = deal.outcomes[index]
        if deal.shares or deal.joint:
            member = np.zeros(len(outcomes), dtype=bool)
            member[index] = True
            shares.update({k: s for k, s in deal.shares.items() if member[k]})
            joint.update({(k, m): s for (k, m), s in deal.joint.items() if member[k] and member[m]})
    return Deal(outcomes, shares, joint)


def gains(game: LinkageGame, deal: Deal) -> tuple[Number, ...]:
    """Gains of a deal from the definitions, one per player.

    Exact fractions where the deal and the payoffs are; floats otherwise.
    """
    flat = game.flat
    rows = flat.offsets[:-1] + deal.outcomes
    lotteries = np.fromiter(deal.shares, dtype=np.intp, count=len(deal.shares))
    fixed = np.ones(len(rows), dtype=bool)
    fixed[lotteries] = False
    settled = flat.values[rows[fixed]]
    totals: list[Number] = []
    for player, denominator in enumerate(flat.denominators):
        column = settled[:, player]
        total: Any = column_sum(column)
        for k, shares in deal.shares.items():
            first = int(flat.offsets[k])
            for a, share in shares.items():
                value = flat.values[first + a, player]
                total += share * (float(value) if flat.kind == "float" else int(value))
        for interaction in game.interactions:
            for (a, b), share in deal.pair(interaction.first, interaction.second).items():
                total += share * interaction.values[a, b, player]
        exact = not isinstance(total, float)
        totals.append(Fraction(total) / denominator if exact else total / denominator)
    return tuple(totals)


def check(game: LinkageGame, deal: Deal) -> None:
    """Raise :class:`VerificationError` unless the deal is made of proper, consistent lotteries."""
    sizes = np.diff(game.flat.offsets)
    if bool(np.any(deal.outcomes < 0) or np.any(deal.outcomes >= sizes)):
        msg = "the deal names an outcome that its issue does not have"
        raise VerificationError(msg)
    for k, shares in deal.shares.items():
        _check_lottery(shares, f"issue {game.issue_names[k]!r}")
    for (k, m), together in deal.joint.items():
        place = f"issues {game.issue_names[k]!r} and {game.issue_names[m]!r}"
        _check_lottery(together, place)
        for side, issue in enumerate((k, m)):
            total: dict[int, Number] = {}
            for pair, share in together.items():
                total[pair[side]] = total.get(pair[side], Fraction(0)) + share
            marginal = deal.marginal(issue)
            if any(not _same(total.get(a, 0), marginal.get(a, 0)) for a in {*total, *marginal}):
                msg = f"{place}: the joint shares do not agree with the shares of each issue"
                raise VerificationError(msg)


def _check_lottery(shares: Mapping[Any, Number], place: str) -> None:
    if any(share < (0 if isinstance(share, Fraction) else -TOLERANCE) for share in shares.values()):
        msg = f"{place}: a share is negative"
        raise VerificationError(msg)
    if not _same(sum(shares.values(), start=Fraction(0)), Fraction(1)):
        msg = f"{place}: the shares do not add up to 1"
        raise VerificationError(msg)


def _same(left: Number | int, right: Number | int) -> bool:
    if isinstance(left, float) or isinstance(right, float):
        return abs(float(left) - float(right)) <= TOLERANCE
    return left == right
