"""Reading the arguments of a settlement: deals, bargaining weights, who can commit himself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from bargaining.errors import InputError
from bargaining.model.expressions import Operand, number_at
from bargaining.model.game import LinkageGame
from bargaining.model.spelling import suggestion
from bargaining.model.transfers import check_payments
from bargaining.settlement.package import Deals
from bargaining.settlement.solutions.base import Solution, Weights
from bargaining.settlement.solutions.procedure import Procedure


def check_deals(game: LinkageGame, deals: object) -> None:
    """Refuse a kind of deals that is unknown, or that the game does not have."""
    if deals not in get_args(Deals):
        msg = f'deals: expected "shares" or "pure", found "{deals}"'
        raise InputError(msg)
    check_payments(game, str(deals))


def bargaining_weights(
    game: LinkageGame,
    concept: Solution | Procedure,
    weights: Mapping[str, Operand] | None,
) -> Weights:
    """Return bargaining weights, one per player: 1 unless given."""
    if weights is not None and not isinstance(weights, Mapping):
        msg = f"weights: expected a table of players, found {weights!r}"
        raise InputError(msg)
    for player in weights or {}:
        if player not in game.players:
            msg = (
                f"weights: expected players ({', '.join(game.players)}), "
                f'found "{player}"{suggestion(player, game.players)}'
            )
            raise InputError(msg)
    power = tuple(
        number_at(f"weights: {player}", (weights or {}).get(player, 1)) for player in game.players
    )
    if min(power) <= 0:
        msg = f"weights: expected positive numbers, found {min(power)}"
        raise InputError(msg)
    if weights and concept.id != "nash":
        msg = f"weights: expected none with {concept.id}; only the Nash solution has them"
        raise InputError(msg)
    return power


def committed_players(
    game: LinkageGame, concept: Solution | Procedure, commit: Sequence[str] | None
) -> tuple[int, ...]:
    """Positions of the players who can commit themselves; all, unless some are named."""
    if not (isinstance(concept, Procedure) and concept.commits):
        if commit is not None:
            msg = f"commit: expected none with {concept.id}; only nash_variable_threat has threats"
            raise InputError(msg)
        return ()
    if commit is None:
        return tuple(range(len(game.players)))
    if isinstance(commit, str) or not isinstance(commit, Sequence):
        msg = f"commit: expected a list of players, found {commit!r}"
        raise InputError(msg)
    for player in commit:
        if player not in game.players:
            msg = (
                f"commit: expected players ({', '.join(game.players)}), "
                f'found "{player}"{suggestion(player, game.players)}'
            )
            raise InputError(msg)
    return tuple(i for i, player in enumerate(game.players) if player in commit)
