"""Breaking a deadlock by patience: the least common discount factor at which promises last.

A deal that everybody wants may still not be kept: whoever moves first can be cheated.  Of the
linked agenda three factors are read off :func:`critical_discount`: from ``any`` on some mutual
gain lasts with shares, from ``settlement`` on the settlement itself.  To break the deadlock each
player's factor must reach ``any``; to keep it, a common factor must stay below ``any``, so that
nothing lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bargaining.errors import VerificationError
from bargaining.linkage.design.answer import Figures, Goal
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.enforcement.thresholds import CriticalDiscount, critical_discount


@dataclass(frozen=True, eq=False)
class Patience:
    """The factor from which something lasts, and who is short of it."""

    game: LinkageGame
    goal: Goal
    found: CriticalDiscount

    @property
    def figures(self) -> Figures:
        """What the proof says."""
        found, known = self.found, self.game.discount
        details = {
            "any": found.any,
            "any_closed_form": found.any_closed_form,
            "settlement": found.settlement,
            "discount": dict(known),
        }
        threshold = found.any
        if found.any_status is not Status.SOLVED:
            return Figures(Status.LIMIT_REACHED, None, found.any_bracket, details=details)
        if threshold is None:
            if self.goal == "keep":
                return Figures(Status.SOLVED, Fraction(1), already=True, details=details)
            return Figures(Status.INFEASIBLE, None, details=details)
        bracket = found.any_bracket
        exact = bracket is None or bracket[0] == bracket[1]
        everyone = all(player in known for player in self.game.players)
        if self.goal == "break":
            short = [p for p, d in known.items() if d < threshold]
        else:
            short = [p for p, d in known.items() if d >= threshold]
        changes = tuple(self._change(p, threshold) for p in short)
        return Figures(Status.SOLVED, threshold, None if exact else bracket, self.goal == "keep",
                       everyone and not short, changes, details)  # fmt: skip

    def _change(self, player: str, threshold: Number) -> dict[str, Any]:
        own = self.game.discount[player]
        verb = "raise" if self.goal == "break" else "lower"
        return {"change": verb, "player": player, "from": own, "to": threshold,
                "short": abs(threshold - own)}  # fmt: skip

    def changed(self, game: LinkageGame) -> LinkageGame | None:
        """Return None: patience changes what can be kept, not what can be agreed."""
        return None

    def check(self, game: LinkageGame) -> None:
        """Check the thresholds by their own certificates."""
        if self.found.game is not game or self.found.agenda != "linked":
            msg = "patience: the thresholds are those of another game or agenda"
            raise VerificationError(msg)
        self.found.verify()

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, numbers exact."""
        found = self.found.lowest
        return {
            "kind": "lowest_factor",
            "low": None if found is None else found.low,
            "high": None if found is None else found.high,
            "players": self.found.players,
        }


def patience(game: LinkageGame, *, goal: Goal = "break") -> Patience:
    """Find the factor; see the module."""
    return Patience(game, goal, critical_discount(game))
