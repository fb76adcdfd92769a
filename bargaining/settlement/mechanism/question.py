"""What is asked of a mechanism: payments, rationality, incentives, aim."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

from bargaining.errors import InputError, NotDefinedError
from bargaining.model.game import LinkageGame
from bargaining.model.spelling import suggestion

if TYPE_CHECKING:
    from bargaining.settlement.mechanism.setting import Setting

Transfers = Literal["none", "expected", "ex_post"]
Rationality = Literal["interim", "ex_post", "none"]
Incentive = Literal["bayesian", "dominant"]


@dataclass(frozen=True)
class Question:
    """The options of a mechanism.

    Attributes
    ----------
    transfers : {"none", "expected", "ex_post"}
        No payments; payments that cancel in expectation; payments that cancel in every profile.
    rationality : {"interim", "ex_post", "none"}
        Nobody loses given his own type; nobody loses in any profile; no such condition.
    incentive : {"bayesian", "dominant"}
        Honesty is best in expectation over the others' types, or whatever they are (with payoffs
        that depend on others' types: ex post, if they are honest).
    objective : str
        ``"total"``, ``"max-min"`` or a player's name.
    efficiency : Fraction
        What arrives of each unit paid.
    """

    transfers: Transfers = "none"
    rationality: Rationality = "interim"
    incentive: Incentive = "bayesian"
    objective: str = "total"
    efficiency: Fraction = Fraction(1)

    @property
    def by_profile(self) -> bool:
        """Whether payments depend on everybody's report, not on one's own alone."""
        return self.transfers != "none" and (
            self.incentive == "dominant"
            or self.rationality == "ex_post"
            or self.transfers == "ex_post"
        )


def ask(
    game: LinkageGame, *, transfers: str, rationality: str, incentive: str, objective: str
) -> Question:
    """Check the options of a mechanism for a game.

    Raises
    ------
    InputError
        If a name is unknown.
    """
    for name, value, choices in (
        ("transfers", transfers, get_args(Transfers)),
        ("rationality", rationality, get_args(Rationality)),
        ("incentive", incentive, get_args(Incentive)),
        ("objective", objective, ("total", "max-min", *game.players)),
    ):
        if value not in choices:
            known = ", ".join(choices)
            hint = suggestion(str(value), choices)
            msg = f'{name}: expected one of {known}; found "{value}"{hint}'
            raise InputError(msg)
    return Question(
        transfers,  # type: ignore[arg-type]
        rationality,  # type: ignore[arg-type]
        incentive,  # type: ignore[arg-type]
        objective,
        efficiency_of(game),
    )


def efficiency_of(game: LinkageGame) -> Fraction:
    """Return what arrives of each unit paid: all of it unless the game says otherwise."""
    table = game.channels.get("transfers") or {}
    return Fraction(table.get("efficiency", 1))


def require_bound(question: Question, setting: Setting) -> None:
    """Raise NotDefinedError if a player's best has no bound: who may not refuse pays him."""
    aim, players = question.objective, setting.game.players
    if question.transfers == "none" or question.rationality != "none" or aim not in players:
        return
    able = {players[i] for i in setting.stake}
    if aim in able and len(able) > 1:
        msg = (
            f"objective {aim}: not defined: with transfers, and rationality none, the others "
            f"could be made to pay {aim} any amount; ask for rationality interim or ex_post"
        )
        raise NotDefinedError(msg)
