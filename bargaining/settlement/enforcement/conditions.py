"""The condition that keeps a player to his word, and how much tomorrow must weigh for it.

He gains T by breaking a deal once, and loses G - R in every period after: with G his gain per
period under the deal and R what he falls back on.  With the discount factor d he keeps his word if

    (1 - d) T <= d (G - R),    that is from d = T / (T + G - R) on.

Issue by issue each condition stands alone; in a package a player weighs his temptations and losses
of all its issues together, which lends the slack of one issue to another (Bernheim and Whinston
1990, RAND Journal of Economics 21).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bargaining.model.array_issues import ArrayIssues
from bargaining.model.deal import Deal
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.enforcement.joint import joint_shares, marginal
from bargaining.settlement.enforcement.moves import spillover_terms
from bargaining.settlement.enforcement.reversion import Reversion
from bargaining.settlement.enforcement.temptation import from_component, from_issue

ROUNDING = 1e-9
"""Temptations and losses of numerical deals below this share of a player's largest gain are 0."""


@dataclass(frozen=True)
class Condition:
    """One player's condition in a package, or in one issue (component) of it.

    Attributes
    ----------
    player : int
    issues : tuple of int
    temptation : number
        T, per period.
    gain : number
        G, per period.
    reversion : Fraction
        R, per period.
    """

    player: int
    issues: tuple[int, ...]
    temptation: Number
    gain: Number
    reversion: Fraction

    @property
    def loss(self) -> Number:
        """G - R: what he loses in every period after breaking his word."""
        return self.gain - self.reversion

    @property
    def critical(self) -> Number | None:
        """The factor from which he keeps his word; None if at none below 1."""
        return critical_factor(self.temptation, self.loss)

    def slack(self, factor: Number) -> Number:
        """Return d (G - R) - (1 - d) T: at least 0 where he keeps his word."""
        return factor * self.loss - (1 - factor) * self.temptation


def critical_factor(temptation: Number, loss: Number) -> Number | None:
    """Return T / (T + G - R); 0 without temptation, None where nothing is lost by it.

    >>> critical_factor(Fraction(4), Fraction(1)), critical_factor(Fraction(3), Fraction(0))
    (Fraction(4, 5), None)
    """
    if temptation <= 0:
        return Fraction(0) if loss >= 0 else None
    return temptation / (temptation + loss) if loss > 0 else None


def least_gain(reversion: Any, *, guarded: bool) -> Any:
    """Return what a player must gain in a package: no package leaves him below the status quo.

    That is so for who may not lose in it (guarded): all with a stake, and who ratifies it. Nor,
    tempted or not, below what he falls back to; where that is worth less than the status quo, a
    separate package that costs him something is nothing he would sign.
    """
    return max(reversion, 0) if guarded else reversion


def conditions(
    game: LinkageGame, package: Sequence[int], deal: Deal, reverted: Reversion
) -> tuple[Condition, ...]:
    """List the conditions of a deal issue by issue, issues outside the package at the status quo.

    A player has one in every issue, or component tied by spillovers, that tempts him or in which
    his payoff changes.
    """
    terms = spillover_terms(game, package)
    flat = game.flat
    found: list[Condition] = []
    players = range(len(game.players))
    zero = (Fraction(0),) * len(game.players)
    for issue in terms.singles:
        shares = marginal(game, deal, issue)
        if isinstance(game.issues, ArrayIssues) and set(shares) == {int(game.origin[issue])}:
            continue
        start = int(flat.offsets[issue])
        gained: list[Number] = [
            sum((s * flat.gain(start + a, i) for a, s in shares.items()), Fraction(0))
            for i in players
        ]
        worth = from_issue(game, issue, shares)
        tempted = [t / d for t, d in zip(worth, flat.denominators, strict=True)]
        found += _rows(game, (issue,), tempted, gained, reverted.parts.get((issue,), zero))
    for component in terms.components:
        lottery = joint_shares(game, deal, component.issues)
        rows = [
            (component.gains(dict(zip(component.issues, cell, strict=True))), share)
            for cell, share in lottery.items()
        ]
        gained = [
            sum((s * Fraction(row[i], flat.denominators[i]) for row, s in rows), Fraction(0))
            for i in players
        ]
        tempted = [
            from_component(game, component, i, lottery) / flat.denominators[i] for i in players
        ]
        found += _rows(game, component.issues, tempted, gained, reverted.parts[component.issues])
    return tuple(sorted(found, key=lambda c: (c.player, c.issues)))


def pooled(
    game: LinkageGame, package: Sequence[int], found: Sequence[Condition], reverted: Reversion
) -> tuple[Condition, ...]:
    """Add up each player's conditions: one per player, for the package as a whole."""
    issues = tuple(package)
    result = []
    for i in range(len(game.players)):
        mine = [c for c in found if c.player == i]
        tempted = sum((c.temptation for c in mine), Fraction(0))
        gained = sum((c.gain for c in mine), Fraction(0))
        result.append(cleaned(game, Condition(i, issues, tempted, gained, reverted.gains[i])))
    return tuple(result)


def cleaned(game: LinkageGame, condition: Condition) -> Condition:
    """Let what is mere rounding in a numerical deal be 0."""
    room = ROUNDING * game.reach[condition.player]
    tempted, gained = condition.temptation, condition.gain
    if isinstance(tempted, float) and abs(tempted) <= room:
        tempted = 0.0
    if isinstance(gained, float) and abs(gained - condition.reversion) <= room:
        gained = float(condition.reversion)
    return Condition(condition.player, condition.issues, tempted, gained, condition.reversion)


def _rows(
    game: LinkageGame,
    issues: tuple[int, ...],
    tempted: Sequence[Number],
    gained: Sequence[Number],
    reversion: Sequence[Fraction],
) -> list[Condition]:
    return [
        cleaned(game, Condition(i, issues, tempted[i], gained[i], reversion[i]))
        for i in range(len(game.players))
        if tempted[i] or gained[i] or reversion[i]
    ]
