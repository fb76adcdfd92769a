"""A game as it is played once everybody's private types are drawn."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bargaining.errors import InputError
from bargaining.model.game import LinkageGame
from bargaining.model.information import gains_of_types
from bargaining.model.spelling import show, suggestion

SEPARATOR = re.compile(r"\s*[,/]\s*")
MAX_LISTED = 200


def chosen_types(game: LinkageGame, given: Sequence[tuple[str, str]] = ()) -> dict[int, int]:
    """Return the type of every draw: the one given, else the first that is possible.

    Parameters
    ----------
    game : LinkageGame
    given : sequence of (player, label)
        A label that only one draw of the player has, or one label for each of his draws in
        order: ``"for / against"`` or ``"for,against"``.

    Raises
    ------
    InputError
        If a player has no such type.

    Examples
    --------
    >>> from bargaining.loading import load
    >>> game = load("us_mexico/foreign_agents_law")
    >>> len(chosen_types(game)) == len(game.draws)
    True
    """
    types = {position: draw.possible[0] for position, draw in enumerate(game.draws)}
    for player, label in given:
        mine = [k for k, draw in enumerate(game.draws) if draw.player == player]
        holding = [k for k in mine if label in game.draws[k].labels]
        if len(holding) == 1:
            types[holding[0]] = game.draws[holding[0]].labels.index(label)
            continue
        read = _read([game.draws[k].labels for k in mine], label) if mine else None
        if read is None:
            raise InputError(_unknown(game, player, label))
        types |= zip(mine, read, strict=True)
    return types


def _read(draws: Sequence[Sequence[str]], text: str) -> tuple[int, ...] | None:
    """Read one label per draw, parted by commas or slashes; labels may hold either themselves.

    >>> _read([("for", "against"), ("a / b", "a")], "against / a / b")
    (1, 0)
    """
    ends: dict[int, tuple[int, ...]] = {0: ()}
    for labels in draws:
        found: dict[int, tuple[int, ...]] = {}
        for start, chosen in ends.items():
            apart = SEPARATOR.match(text, start)
            if start and apart is None:
                continue
            begin = apart.end() if start and apart is not None else 0
            for number, label in enumerate(labels):
                end = begin + len(label)
                if text.startswith(label, begin) and (
                    end == len(text) or SEPARATOR.match(text, end)
                ):
                    found.setdefault(end, (*chosen, number))
        ends = found
    return ends.get(len(text))


def _unknown(game: LinkageGame, player: str, label: str) -> str:
    """Say what could have been asked for, each choice once."""
    names: dict[str, list[tuple[str, ...]]] = {}
    for draw in game.draws:
        names.setdefault(draw.player, []).append(draw.labels)
    known = list(
        itertools.islice(
            (
                f"{who}={' / '.join(labels)}"
                for who, draws in names.items()
                for labels in itertools.product(*draws)
            ),
            MAX_LISTED,
        )
    )
    listed = ", ".join(known[:20]) or "none: the game has no types"
    hint = suggestion(f"{player}={label}", known)
    return f"type: expected one of {listed}; found {show(f'{player}={label}')}{hint}"


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
