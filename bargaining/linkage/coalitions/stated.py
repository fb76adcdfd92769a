"""Reading worths that are stated: a mapping of coalitions to numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from bargaining.errors import InputError
from bargaining.model.expressions import number_at
from bargaining.model.game import MAX_PLAYERS
from bargaining.model.spelling import show

MAX_WORTHS = 1 << 20

Player = str | int
"""Players of stated worths may be numbered."""


def stated_worths(
    table: Mapping[Any, Any], players: Sequence[Player] | None = None
) -> tuple[tuple[Player, ...], dict[int, Fraction]]:
    """Read worths of coalitions exactly.

    Parameters
    ----------
    table : mapping of coalition to number
        A coalition is a collection of players, or a text that joins them by "+".
    players : sequence of str, optional
        Default: all who are named, in the order in which they first appear.

    Returns
    -------
    players : tuple of str (or int, where the coalitions hold numbers)
    worths : dict of int to Fraction
        By mask: bit i stands for player i.  Coalitions left out are worth 0.

    Raises
    ------
    InputError
        If a coalition is named twice, a worth is no finite number, or the players are fewer than
        two.

    Examples
    --------
    >>> stated_worths({frozenset({"us"}): 0, ("us", "canada"): "9/4"})
    (('us', 'canada'), {1: Fraction(0, 1), 3: Fraction(9, 4)})
    """
    if not isinstance(table, Mapping):
        msg = f"worths: expected a game, or a mapping of coalitions to numbers, found {show(table)}"
        raise InputError(msg)
    if not 0 < len(table) <= MAX_WORTHS:
        msg = f"worths: expected between 1 and {MAX_WORTHS:,} coalitions, found {len(table):,}"
        raise InputError(msg)
    named = [(_names(key), value) for key, value in table.items()]
    if players is None:
        listed = dict.fromkeys(name for names, _ in named for name in names)
        players = tuple(listed)
        _check_players(players)
    masks: dict[int, Fraction] = {}
    place = {player: i for i, player in enumerate(players)}
    for names, value in named:
        where = f"worths: {'+'.join(map(str, names)) or 'nobody'}"
        worth = number_at(where, value)
        if not names:
            if worth:
                msg = f"worths: expected the empty coalition to be worth 0, found {worth}"
                raise InputError(msg)
            continue
        if len(set(names)) < len(names):
            msg = f"{where}: expected each player once"
            raise InputError(msg)
        if unknown := [name for name in names if name not in place]:
            msg = (
                f"{where}: expected players ({', '.join(map(str, players))}), found {unknown[0]!r}"
            )
            raise InputError(msg)
        mask = sum(1 << place[name] for name in names)
        if mask in masks:
            msg = f"{where}: expected each coalition once, found it twice"
            raise InputError(msg)
        masks[mask] = worth
    return tuple(players), masks


def _names(key: Any) -> tuple[Player, ...]:
    """Return the members of a coalition; sets are sorted, so that players' order is the same."""
    if isinstance(key, str):
        names: list[Any] = [name.strip() for name in key.split("+")]
    elif isinstance(key, int):
        names = [key]
    elif isinstance(key, (set, frozenset)):
        names = sorted(key, key=str)
    else:
        try:
            names = list(key)
        except TypeError:
            msg = f"worths: expected coalitions such as ('us', 'mexico'), found {show(key)}"
            raise InputError(msg) from None
    for name in names:
        proper = isinstance(name, (str, int)) and not isinstance(name, bool)
        if not proper or not str(name).strip() or "," in str(name) or "+" in str(name):
            msg = f'worths: expected players\' names without "+" and ",", found {show(name)}'
            raise InputError(msg)
    return tuple(names)


def _check_players(players: Sequence[Player]) -> None:
    if not 2 <= len(players) <= MAX_PLAYERS:
        msg = f"worths: expected between 2 and {MAX_PLAYERS} players, found {len(players)}"
        raise InputError(msg)
    if len({str(player) for player in players}) < len(players):
        msg = "worths: expected players' names that differ as text, found a number and its text"
        raise InputError(msg)
