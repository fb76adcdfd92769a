"""A game as it is played once everybody's private types are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bargaining.errors import InputError
from bargaining.model.game import LinkageGame
from bargaining.model.information import gains_of_types
from bargaining.model.spelling import show, suggestion


def chosen_types(game: LinkageGame, given: Sequence[tuple[str, str]] = ()) -> dict[int, int]:
    """Return the type of every draw: the one given, else the first that is possible.

    Parameters
    ----------
    game : LinkageGame
    given : sequence of (player, label)
        Of a player with several draws, the draw that has the label.

    Raises
    ------
    InputError
        If a player has no such type.
    """
    types = {position: draw.possible[0] for position, draw in enumerate(game.draws)}
    for player, label in given:
        fits = [
            (position, draw.labels.index(label))
            for position, draw in enumerate(game.draws)
            if draw.player == player and label in draw.labels
        ]
        if not fits:
            known = [f"{d.player}={text}" for d in game.draws for text in d.labels]
            listed = ", ".join(known[:20]) or "none: the game has no types"
            hint = suggestion(f"{player}={label}", known)
            msg = f"type: expected one of {listed}; found {show(f'{player}={label}')}{hint}"
            raise InputError(msg)
        types[fits[0][0]] = fits[0][1]
    return types


def at_types(game: LinkageGame, types: Mapping[int, int]) -> LinkageGame:
    """Return the game for given types of all draws, with nothing left to draw."""
    if not game.draws:
        return game
    issues = {}
    for name, issue in game.issues.items():
        raised = issue.exact_payoffs[issue._origin()] + gains_of_types(issue, game.draws, types)
        issues[name] = replace(issue, exact_payoffs=raised)
    channels = {key: value for key, value in game.channels.items() if key != "types"}
    return replace(game, issues=issues, channels=channels)
