"""What each coalition of players is worth: the most its members gain together by deals open to it.

With transferable utility v(S) is the largest sum of the members' gains, measured from the status
quo.  Payments join all tables: a loss in one package is made good from another, whatever
``[[links]]`` say.

What outsiders do meanwhile is a convention that must be named: ``status_quo`` (they keep to their
status-quo acts), ``minmax`` (they hold the coalition down) or ``best_reply`` (the coalition acts as
one player, every outsider for himself, at a Nash equilibrium).  A file's ``[worth]`` replaces all
this.  A member may gain by his own act alone: v of a single player need not be 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, NotDefinedError, NotSupportedError
from bargaining.geometry.marginals import package_terms
from bargaining.linkage.coalitions.outsiders import at_best_replies, blocks, held_down
from bargaining.linkage.coalitions.stated import Player, stated_worths
from bargaining.linkage.coalitions.sub_game import Rows, consents, members_of, open_game, reachable
from bargaining.model.game import LinkageGame
from bargaining.model.transfers import without_transfers

Outsiders = Literal["status_quo", "minmax", "best_reply"]
MAX_LISTED = 20
"""Up to so many players all coalitions are listed."""


@dataclass(frozen=True, eq=False)
class Worths:
    """The worth of every coalition, worked out when first asked for.

    A coalition is a mask: bit i stands for player i.

    Attributes
    ----------
    players : tuple of str (or whatever the stated coalitions hold)
    convention : str
        ``"stated"``, or what outsiders do.
    source : callable
        From a mask to (worst, best) total; they differ only where a convention leaves several.
    stated : mapping of int to Fraction, or None
        Where worths were given: those given, all others being 0.
    notes : tuple of str
        What a reader should know about the convention.
    """

    players: tuple[Player, ...]
    convention: str
    source: Callable[[int], tuple[Fraction, Fraction]] = field(repr=False)
    stated: Mapping[int, Fraction] | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()
    _known: dict[int, tuple[Fraction, Fraction]] = field(default_factory=dict, repr=False)

    @property
    def everyone(self) -> int:
        """The mask of the grand coalition."""
        return (1 << len(self.players)) - 1

    def of(self, mask: int) -> Fraction:
        """Return v(S); where a convention leaves several totals, the worst of them."""
        return self.between(mask)[0]

    def between(self, mask: int) -> tuple[Fraction, Fraction]:
        """Return the worst and the best total that the convention leaves open."""
        if not mask:
            return Fraction(0), Fraction(0)
        if mask not in self._known:
            self._known[mask] = self.source(mask)
        return self._known[mask]

    def worth(self, members: Iterable[Player] | str) -> Fraction:
        """Return v(S) of a coalition by its members' names.

        Examples
        --------
        >>> import bargaining as bg
        >>> table = worths(bg.load("us_mexico/guns_for_fentanyl"))
        >>> table.worth("us"), table.worth("us+mexico")
        (Fraction(0, 1), Fraction(4, 1))
        """
        return self.of(self.mask(members_of(self.players, members)))

    def mask(self, members: Iterable[Player]) -> int:
        """Return the mask of a coalition."""
        return sum(1 << self.players.index(player) for player in members)

    def members(self, mask: int) -> tuple[Player, ...]:
        """Return the players of a mask."""
        return tuple(player for i, player in enumerate(self.players) if mask >> i & 1)

    def name(self, mask: int) -> str:
        """Return a coalition's name: its members joined by "+"."""
        return "+".join(str(player) for player in self.members(mask))

    @cached_property
    def masks(self) -> tuple[int, ...]:
        """All coalitions, small ones first, then in players' order."""
        count = len(self.players)
        if count > MAX_LISTED:
            msg = (
                f"coalitions: expected at most {MAX_LISTED} players to list all coalitions, "
                f"found {count}"
            )
            raise NotSupportedError(msg)
        listed = range(1, 1 << count)
        return tuple(sorted(listed, key=lambda s: (s.bit_count(), _places(s))))

    def table(self) -> dict[str, Fraction]:
        """Return the worth of every coalition by name."""
        return {self.name(mask): self.of(mask) for mask in self.masks}


def worths(
    game_or_worths: LinkageGame | Mapping[Any, Any], *, outsiders: Outsiders | None = None
) -> Worths:
    """Work out what coalitions are worth with transferable utility, or read what is stated.

    Parameters
    ----------
    game_or_worths : LinkageGame, or mapping of coalition to number
        Coalitions are sets (or other collections) of players, or names joined by "+"; those left
        out are worth 0.  Numbers are read as written: 0.1 is one tenth, "9/4" a fraction.
    outsiders : {"status_quo", "minmax", "best_reply"}, optional
        Default ``"status_quo"``; ``"minmax"`` for a game without a status quo, whose worths are
        then payoffs, not gains.  To be left out where worths are stated.

    Returns
    -------
    Worths

    Raises
    ------
    InputError
        If a stated worth is wrong, or a convention is named for stated worths.
    NotSupportedError
        If the game has requirements at home or reservation totals.
    NotDefinedError
        If the convention does not say what a coalition gets; raised when its worth is asked for.

    Examples
    --------
    >>> worths({("left", "right"): 1}).table()
    {'left': Fraction(0, 1), 'right': Fraction(0, 1), 'left+right': Fraction(1, 1)}
    """
    if outsiders is not None and outsiders not in get_args(Outsiders):
        msg = f"outsiders: expected one of {', '.join(get_args(Outsiders))}, found {outsiders!r}"
        raise InputError(msg)
    if not isinstance(game_or_worths, LinkageGame):
        players, table = stated_worths(game_or_worths)
        _without_convention("the worths", outsiders)
        return _stated(players, table)
    game = game_or_worths
    if game.channels.get("worth"):
        _without_convention(f"{game.name or 'the game'}: [worth]", outsiders)
        return _stated(*stated_worths(game.channels["worth"], game.players))
    _refuse(game)
    game = without_transfers(game)
    bare = any(issue.status_quo_index is None for issue in game.issues.values())
    chosen: Outsiders = outsiders or ("minmax" if bare else "status_quo")
    if chosen == "status_quo":
        return Worths(game.players, chosen, _Open(game))
    if game.constraints:
        remedy = "remove them" if bare else 'ask with outsiders="status_quo"'
        msg = (
            f'{game.name or "the game"}: outsiders="{chosen}" is not worked out with '
            f"[[constraints]], which say what may be agreed, not what outsiders do; {remedy}"
        )
        raise NotSupportedError(msg)
    notes = ("worths are payoffs: the game names no status quo",) if bare else ()
    parts = blocks(game)

    def source(mask: int) -> tuple[Fraction, Fraction]:
        group = frozenset(_places(mask))
        if chosen == "minmax":
            value = held_down(parts, group)
            return value, value
        found = at_best_replies(parts, group)
        if found is None:
            names = "+".join(game.players[i] for i in sorted(group))
            others = '"minmax"' if bare else '"status_quo" or "minmax"'
            msg = (
                f'{game.name or "the game"}: outsiders="best_reply": not defined: with {names} as '
                "one player and the others each for himself the game has no equilibrium in pure "
                f"acts; ask with outsiders={others}"
            )
            raise NotDefinedError(msg)
        return found

    return Worths(game.players, chosen, source, notes=notes)


def without_side_payments(game: Any, *, outsiders: Outsiders | None = None) -> Worths:
    """Return the worths of coalitions whose members cannot pay each other.

    Raises
    ------
    InputError
        For stated worths, which say nothing about who gains what.
    """
    if not isinstance(game, LinkageGame) or game.channels.get("worth"):
        msg = (
            'utility="nontransferable": expected a game, since stated worths do not say which '
            "member gains what"
        )
        raise InputError(msg)
    from bargaining.linkage.coalitions.nontransferable import worth_without_transfers

    convention = outsiders or "status_quo"
    if convention == "minmax":
        msg = (
            'outsiders="minmax": not defined without side payments, since being held down is '
            "measured in a coalition's total; ask with status_quo or best_reply"
        )
        raise NotDefinedError(msg)
    found = worth_without_transfers(game, outsiders=convention)
    table = {
        sum(1 << game.players.index(p) for p in members): worth for members, worth in found.items()
    }
    return replace(_stated(game.players, table), convention=convention)


class _Open:
    """Worths while outsiders keep to their status-quo acts."""

    def __init__(self, game: LinkageGame) -> None:
        flat = game.flat
        if not flat.exact:
            msg = (
                f"{game.name or 'the game'}: coalitions: too many payoffs are no whole numbers "
                "to be added up exactly; multiply them until they are whole, and round"
            )
            raise NotSupportedError(msg)
        self.game = game
        self.unit = math.lcm(*flat.denominators)
        self.weights = [self.unit // d for d in flat.denominators]
        self.tied = sorted(game.coupled)
        names = game.issue_names
        self.singles = [k for k in range(len(names)) if k not in game.coupled]
        free = [names[k] for k in self.singles]
        self.coupled = game.without(*free) if self.tied and free else game
        scaled = flat.values.astype(object) * np.array(self.weights, dtype=object)
        self.issues = [game.issues[names[k]] for k in self.singles]
        self.rows: dict[tuple[int, frozenset[str]], Rows] = {}
        self.needed = consents(game)
        self.movers = [
            self.needed.get(issue.name, frozenset(issue.actions)) for issue in self.issues
        ]
        largest = int(abs(scaled).max(initial=0)) * len(game.players)
        self.scaled: NDArray[Any] = scaled.astype(np.int64) if largest < 1 << 62 else scaled

    def __call__(self, mask: int) -> tuple[Fraction, Fraction]:
        group = [self.game.players[i] for i in _places(mask)]
        sums = self.scaled[:, list(_places(mask))].sum(axis=1)
        total = 0
        for place, (k, issue) in enumerate(zip(self.singles, self.issues, strict=True)):
            key = place, self.movers[place].intersection(group)
            if key not in self.rows:
                rows = reachable(issue, group, self.needed.get(issue.name, ()))
                self.rows[key] = rows + int(self.game.flat.offsets[k])
            total += int(sums[self.rows[key]].max())
        value = Fraction(total, self.unit)
        if self.tied:
            value += self._coupled(group, mask)
        return value, value

    def _coupled(self, group: list[str], mask: int) -> Fraction:
        opened = open_game(self.coupled, group)
        unit = math.lcm(*opened.flat.denominators)
        weights = [
            unit // d if mask >> i & 1 else 0 for i, d in enumerate(opened.flat.denominators)
        ]
        terms = package_terms(opened, range(len(opened.issues)))
        total = sum(component.best(weights)[0] for component in terms.components)
        vector = np.array(weights, dtype=object)
        for k in terms.singles:
            block = opened.flat.values[opened.flat.rows(k)].astype(object)
            total += int((block @ vector).max())
        return Fraction(total, unit)


def _places(mask: int) -> tuple[int, ...]:
    return tuple(i for i in range(mask.bit_length()) if mask >> i & 1)


def _without_convention(what: str, outsiders: Outsiders | None) -> None:
    """Refuse to ask what outsiders do where worths are stated."""
    if outsiders is not None:
        msg = (
            f'{what}: stated worths leave open what outsiders do, found outsiders="{outsiders}"; '
            "leave it out"
        )
        raise InputError(msg)


def _stated(players: tuple[Player, ...], table: Mapping[int, Fraction]) -> Worths:
    def source(mask: int) -> tuple[Fraction, Fraction]:
        value = table.get(mask, Fraction(0))
        return value, value

    return Worths(players, "stated", source, table)


def _refuse(game: LinkageGame) -> None:
    """Refuse what sums of gains cannot express."""
    ratification = game.ratification
    asked = {
        "premium": bool(ratification.premiums),
        "caps": bool(ratification.caps),
        "floors": bool(game.channels.get("floors")),
        "vetoes": bool(ratification.ratified),
        "utility": bool(game.channels.get("utility")),
        "reservation": game.reserved,
    }
    for channel, present in asked.items():
        if present:
            msg = (
                f"{game.name or 'the game'}: coalitions with transferable utility are not worked "
                f"out for a game with [{channel}]; remove it, or state [worth]"
            )
            raise NotSupportedError(msg)
    table = game.channels.get("transfers") or {}
    if table and Fraction(table["efficiency"]) != 1:
        msg = (
            f"{game.name or 'the game'}: coalitions with transferable utility are not defined "
            f"where payments leak (transfers.efficiency = {table['efficiency']}); ask with "
            'utility="nontransferable"'
        )
        raise NotSupportedError(msg)
