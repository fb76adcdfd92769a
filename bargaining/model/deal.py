"""A deal: one lottery over outcomes per issue, read as shares.

A share is the part of the time, or the intensity, with which an outcome is carried out.
Where payoffs depend on two issues at once, the deal also says how the two go together; two
issues of different packages are carried out independently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import VerificationError
from bargaining.model.agenda import positions
from bargaining.model.constraints import Constraint
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
    outcomes : ndarray of int
        The outcome carried out in full, for every issue that is not in ``shares``.
    shares : mapping of int to mapping of int to number
        Lotteries, for the issues that have one.
    joint : mapping of tuple of int to mapping of tuple of int to number
        How several issues (ascending) go together within a package: pairs whose payoffs
        interact, or all issues that constraints tie together.
    issues : ndarray of int, or None
        The issues that the deal is about, ascending, one per entry of ``outcomes``; None for all
        issues of the game.  The others stay at the status quo.
    """

    outcomes: NDArray[np.intp]
    shares: Mapping[int, Shares] = field(default_factory=dict)
    joint: Mapping[tuple[int, ...], Mapping[tuple[int, ...], Number]] = field(default_factory=dict)
    issues: NDArray[np.intp] | None = None

    def marginal(self, issue: int) -> Shares:
        """Shares of the outcomes of one issue that the deal is about."""
        if issue in self.shares:
            return self.shares[issue]
        place = issue if self.issues is None else int(np.searchsorted(self.issues, issue))
        return {int(self.outcomes[place]): Fraction(1)}

    def about(self, issue: int) -> bool:
        """Whether the deal is about an issue."""
        if self.issues is None:
            return True
        place = int(np.searchsorted(self.issues, issue))
        return place < len(self.issues) and int(self.issues[place]) == issue

    def on(self, package: Sequence[int]) -> Deal:
        """Return the part of a deal that is about a package."""
        index = positions(package)
        if self.issues is not None:
            return self
        if not self.shares and not self.joint:
            return Deal(self.outcomes[index], issues=index)
        member = np.zeros(len(self.outcomes), dtype=bool)
        member[index] = True
        return Deal(
            self.outcomes[index],
            {k: s for k, s in self.shares.items() if member[k]},
            {scope: s for scope, s in self.joint.items() if member[list(scope)].all()},
            index,
        )

    def named(self, game: LinkageGame) -> dict[str, dict[str, Number]]:
        """Shares by name of issue and outcome; outcomes with share 0 are left out."""
        names = game.issue_names
        result: dict[str, dict[str, Number]] = {}
        for k in range(len(game.issues)) if self.issues is None else self.issues.tolist():
            labels = game.issues[names[k]].outcomes
            result[names[k]] = {labels[a]: share for a, share in self.marginal(k).items() if share}
        return result


def named_together(game: LinkageGame, deal: Deal) -> tuple[dict[str, Any], ...]:
    """Write down by names how issues go together: a lottery over their joint outcomes each."""
    names = game.issue_names
    return tuple(
        {
            "issues": [names[k] for k in scope],
            "packages": [
                {
                    "share": share,
                    "outcomes": [
                        game.issues[names[k]].outcomes[a]
                        for k, a in zip(scope, chosen, strict=True)
                    ],
                }
                for chosen, share in lottery.items()
                if share
            ],
        }
        for scope, lottery in deal.joint.items()
        if len(lottery) > 1
    )


def status_quo(game: LinkageGame) -> NDArray[np.intp]:
    """Return a copy of the positions of the status quo outcomes, shape (issues,)."""
    return game.origin.copy()


def combine(game: LinkageGame, deals: Iterable[Deal]) -> Deal:
    """Put the deals of several packages together; issues outside stay at the status quo."""
    if game.reserved:
        (only,) = deals
        return only
    outcomes = status_quo(game)
    shares: dict[int, Shares] = {}
    joint: dict[tuple[int, ...], Mapping[tuple[int, ...], Number]] = {}
    for deal in deals:
        outcomes[slice(None) if deal.issues is None else deal.issues] = deal.outcomes
        shares.update(deal.shares)
        joint.update(deal.joint)
    return Deal(outcomes, shares, joint)


def gains(game: LinkageGame, deal: Deal) -> tuple[Number, ...]:
    """Gains of a deal from the definitions, one per player.

    Exact fractions where the deal and the payoffs are; floats otherwise.  Issues that the deal
    is not about count at their status quo; where gains are measured from reservation totals, a
    deal is about all issues, or about none (no agreement).
    """
    flat = game.flat
    if game.reserved and deal.issues is not None and len(deal.issues) == 0:
        return (Fraction(0),) * len(game.players)
    starts = flat.offsets[:-1] if deal.issues is None else flat.offsets[deal.issues]
    rows = starts + deal.outcomes
    if deal.shares:
        lotteries = np.fromiter(deal.shares, dtype=np.intp, count=len(deal.shares))
        if deal.issues is not None:
            lotteries = np.searchsorted(deal.issues, lotteries)
        fixed = np.ones(len(rows), dtype=bool)
        fixed[lotteries] = False
        rows = rows[fixed]
    settled = flat.values[rows]
    pairs = [
        (pair.values, together(game, deal, pair.first, pair.second))
        for pair in game.interactions
        if deal.about(pair.first) or deal.about(pair.second)
    ]
    totals: list[Number] = []
    for player, denominator in enumerate(flat.denominators):
        total: Any = column_sum(settled[:, player])
        for k, shares in deal.shares.items():
            first = int(flat.offsets[k])
            for a, share in shares.items():
                value = flat.values[first + a, player]
                total += share * (float(value) if flat.kind == "float" else int(value))
        for values, lottery in pairs:
            for (a, b), share in lottery.items():
                total += share * values[a, b, player]
        exact = not isinstance(total, float)
        totals.append(Fraction(total) / denominator if exact else total / denominator)
    return tuple(total + constant for total, constant in zip(totals, game.offset, strict=True))


def together(
    game: LinkageGame, deal: Deal, first: int, second: int
) -> Mapping[tuple[int, int], Number]:
    """Return joint shares of two issues; independent unless the deal says otherwise."""
    for scope, lottery in deal.joint.items():
        if first in scope and second in scope:
            a, b = scope.index(first), scope.index(second)
            pair: dict[tuple[int, int], Number] = {}
            for chosen, share in lottery.items():
                key = (chosen[a], chosen[b])
                pair[key] = pair.get(key, Fraction(0)) + share
            return pair
    left, right = (
        deal.marginal(k) if deal.about(k) else {int(game.origin[k]): Fraction(1)}
        for k in (first, second)
    )
    return {(a, b): p * q for a, p in left.items() for b, q in right.items()}


def check(game: LinkageGame, deal: Deal) -> None:
    """Raise :class:`VerificationError` unless the deal is made of proper, consistent lotteries."""
    sizes = np.diff(game.flat.offsets)
    if deal.issues is not None:
        sizes = sizes[deal.issues]
    if bool(np.any(deal.outcomes < 0) or np.any(deal.outcomes >= sizes)):
        msg = "the deal names an outcome that its issue does not have"
        raise VerificationError(msg)
    for k, shares in deal.shares.items():
        _check_lottery(shares, f"issue {game.issue_names[k]!r}")
    for scope, together in deal.joint.items():
        place = "issues " + ", ".join(repr(game.issue_names[k]) for k in scope)
        _check_lottery(together, place)
        for side, issue in enumerate(scope):
            total: dict[int, Number] = {}
            for chosen, share in together.items():
                total[chosen[side]] = total.get(chosen[side], Fraction(0)) + share
            marginal = deal.marginal(issue)
            if any(not _same(total.get(a, 0), marginal.get(a, 0)) for a in {*total, *marginal}):
                msg = f"{place}: the joint shares do not agree with the shares of each issue"
                raise VerificationError(msg)


def broken(game: LinkageGame, deal: Deal) -> Constraint | None:
    """Find a constraint that the deal can break; issues it is not about stay where they are.

    Issues that no joint lottery ties together are carried out independently, so that any of
    their outcomes can meet.
    """
    if game.reserved and deal.issues is not None and len(deal.issues) == 0:
        return None
    for constraint in game.constraints:
        together: dict[tuple[int, ...], list[tuple[int, frozenset[int]]]] = {}
        for name, outcomes in constraint.statements:
            k = game.position(name)
            scope = next((scope for scope in deal.joint if k in scope), (k,))
            together.setdefault(scope, []).append((k, outcomes))
        worst = 0
        for scope, statements in together.items():
            if scope in deal.joint:
                cases = [dict(zip(scope, chosen, strict=True)) for chosen in deal.joint[scope]]
            else:
                (k,) = scope
                marginal = deal.marginal(k) if deal.about(k) else {int(game.origin[k]): 1}
                cases = [{k: outcome} for outcome in marginal]
            worst += max(sum(case[k] in out for k, out in statements) for case in cases)
        if worst > constraint.limit:
            return constraint
    return None


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
