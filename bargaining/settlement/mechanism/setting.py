"""A package under private information: who may be of which type, and what a deal is then worth.

Each player's private type is one combination of his draws (types that cannot occur are left
out, and so are draws that change no gain in the package).  Draws are independent, and each payoff
depends on one draw at most, so that gains are a base plus one change per draw.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotDefinedError, NotSupportedError
from bargaining.geometry.marginals import package_terms
from bargaining.model.agenda import Agenda
from bargaining.model.game import LinkageGame
from bargaining.model.information import combined_labels, gains_of_types
from bargaining.settlement.layout import Layout

MAX_CELLS = 500_000
"""Profiles of types times columns of the package's layout."""
PAYMENTS = 10
"""Payments are sought up to so many times the sum of the players' ranges of gains."""
REFUSED = ("premium", "caps", "floors", "vetoes", "utility")

Profile = tuple[int, ...]
"""One type per player, by position in his space."""


@dataclass(frozen=True, eq=False)
class TypeSpace:
    """What a player may privately know.

    Attributes
    ----------
    player : int
    draws : tuple of int
        Positions in ``game.draws`` of the draws that matter in the package; none if he has
        nothing to hide: then he has one type, labelled "".
    choices : tuple of tuple of int
        For each type the drawn type of each of these draws.
    labels : tuple of str
        For people: "vetted", or "low / high" with several draws; no two are the same.
    probability : tuple of Fraction
        All positive; they add up to 1.
    """

    player: int
    draws: tuple[int, ...]
    choices: tuple[tuple[int, ...], ...]
    labels: tuple[str, ...]
    probability: tuple[Fraction, ...]

    def __len__(self) -> int:
        return len(self.choices)


@dataclass(frozen=True, eq=False)
class Setting:
    """One package of issues of a game with types.

    Attributes
    ----------
    game : LinkageGame
    package : tuple of int
        Positions of the issues.
    layout : Layout
        The package's deals; its equations do not depend on types, its own gains are not used.
    spaces : tuple of TypeSpace
        One per player, in the players' order.
    """

    game: LinkageGame
    package: tuple[int, ...]
    layout: Layout
    spaces: tuple[TypeSpace, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many types each player has."""
        return tuple(len(space) for space in self.spaces)

    @property
    def size(self) -> int:
        """Columns of the layout."""
        return self.layout.size

    @property
    def profiles(self) -> int:
        """How many profiles of types there are."""
        return math.prod(self.shape)

    def each_profile(self) -> Iterator[Profile]:
        """Yield all profiles of types, in the order of a C array of :attr:`shape`."""
        return itertools.product(*(range(n) for n in self.shape))

    def probability(self, profile: Profile) -> Fraction:
        """Return the probability of a profile."""
        chances = (space.probability[t] for space, t in zip(self.spaces, profile, strict=True))
        return math.prod(chances, start=Fraction(1))

    @cached_property
    def issues(self) -> tuple[str, ...]:
        """Names of the package's issues."""
        return tuple(self.game.issue_names[k] for k in self.package)

    @cached_property
    def columns(self) -> Mapping[int, NDArray[np.intp]]:
        """For each issue the outcome in each column, -1 where it is not counted there."""
        found = {}
        layout = self.layout
        for k, start, count in zip(layout.singles, layout.starts, layout.counts, strict=True):
            outcomes = np.full(self.size, -1, dtype=np.intp)
            outcomes[start : start + count] = np.arange(count)
            found[int(k)] = outcomes
        for bag in layout.bags:
            for k in bag.issues:
                if k >= 0 and k not in found:
                    outcomes = np.full(self.size, -1, dtype=np.intp)
                    outcomes[bag.start : bag.stop] = bag.groups([k])
                    found[k] = outcomes
        return found

    @cached_property
    def idle(self) -> NDArray[np.bool_]:
        """Columns that stand for the status quo of an issue that only adds up, shape (size,)."""
        found = np.zeros(self.size, dtype=bool)
        found[self.layout.starts + self.game.origin[self.layout.singles]] = True
        return found

    def relevant(self, player: int) -> tuple[int, ...]:
        """Return the players, other than himself, whose types change a player's gains."""
        return tuple(
            p for p, space in enumerate(self.spaces) if p != player and self._moves(space, player)
        )

    def _moves(self, space: TypeSpace, player: int) -> bool:
        return any(bool(np.any(change[..., player] != 0)) for change in self._changes(space))

    def _changes(self, space: TypeSpace) -> list[NDArray[Any]]:
        """Return what each draw of a player adds, shape (drawn types, size, players) each."""
        return [self._draw_changes[d] for d in space.draws]

    @cached_property
    def _draw_changes(self) -> Mapping[int, NDArray[Any]]:
        return {d: _change(self, d) for space in self.spaces for d in space.draws}

    @cached_property
    def _base(self) -> NDArray[Any]:
        """Gains where each draw is of its first possible type, shape (size, players)."""
        columns = self.layout.exact_columns()
        base = np.array(columns, dtype=object).reshape(self.size, len(self.game.players))
        first = {d: draw.possible[0] for d, draw in enumerate(self.game.draws)}
        for k, outcomes in self.columns.items():
            issue = self.game.issues[self.game.issue_names[k]]
            plain = gains_of_types(issue, self.game.draws, {})
            extra = gains_of_types(issue, self.game.draws, first) - plain
            inside = outcomes >= 0
            base[inside] += extra[outcomes[inside]]
        return base

    @cached_property
    def _exact(self) -> dict[int, NDArray[Any]]:
        return {}

    def exact(self, player: int) -> NDArray[Any]:
        """Return a player's exact gains, shape (types or 1 per player, size).

        An axis has length 1 where that player's types do not matter for these gains.
        """
        if player not in self._exact:
            count = len(self.spaces)
            table = self._base[:, player].reshape((1,) * count + (self.size,))
            for p, space in enumerate(self.spaces):
                if not space.draws or not (p == player or self._moves(space, player)):
                    continue
                shape = tuple(len(space) if q == p else 1 for q in range(count))
                for chosen, change in zip(
                    np.array(space.choices).T, self._changes(space), strict=True
                ):
                    table = table + change[chosen, :, player].reshape((*shape, self.size))
            table.setflags(write=False)
            self._exact[player] = table
        return self._exact[player]

    def floats(self, player: int) -> NDArray[np.float64]:
        """Return :meth:`exact` in floating point."""
        return self.exact(player).astype(np.float64)

    def gains(self, profile: Profile) -> NDArray[Any]:
        """Return the exact gains of all players in a profile, shape (size, players)."""
        tables = [self.exact(i) for i in range(len(self.spaces))]
        rows = [
            table[tuple(t if n > 1 else 0 for t, n in zip(profile, table.shape, strict=False))]
            for table in tables
        ]
        return np.array(rows, dtype=object).T

    @cached_property
    def reach(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """Least and largest single gain of each player at any types; both 0 without a stake."""
        tables = [self.exact(i) for i in range(len(self.spaces))]
        return tuple((min(table.flat), max(table.flat)) for table in tables)

    @cached_property
    def stake(self) -> tuple[int, ...]:
        """Positions of the players with a non-zero gain in the package at some types."""
        return tuple(i for i, (low, high) in enumerate(self.reach) if low != 0 or high != 0)


def largest_payment(setting: Setting) -> Fraction:
    """Return the largest payment sought: far more than anybody has at stake."""
    total = sum((high - low for low, high in setting.reach), start=Fraction(0))
    return PAYMENTS * (total or Fraction(1))


def settings(game: LinkageGame, agenda: Agenda) -> tuple[Setting, ...]:
    """Return one setting per package of an agenda.

    Parameters
    ----------
    game : LinkageGame
        Without the issue of side payments (see :func:`without_transfers`).
    agenda : Agenda

    Raises
    ------
    NotSupportedError
        If the game holds data that a mechanism does not use, or is too large.
    NotDefinedError
        If gains are measured from reservation totals, or a constraint reaches across packages.
    """
    for channel in REFUSED:
        if game.channels.get(channel):
            msg = (
                f"{game.name or 'the game'}: [{channel}]: a mechanism does not apply it; remove it "
                "to see what private information alone costs"
            )
            raise NotSupportedError(msg)
    if game.reserved:
        msg = (
            f"{game.name or 'the game'}: [reservation]: a mechanism measures gains from a status "
            "quo; name one per issue instead of reservation totals"
        )
        raise NotSupportedError(msg)
    for rule in game.constraints:
        named = {game.position(name) for name, _ in rule.statements}
        if sum(not named.isdisjoint(package) for package in agenda.packages) > 1:
            msg = (
                f'agenda "{agenda.name}": not defined: {rule.place} reaches across its packages; '
                'ask for agenda="linked", or for a package that holds all its issues'
            )
            raise NotDefinedError(msg)
    return tuple(_setting(game, tuple(package)) for package in agenda.packages)


def _setting(game: LinkageGame, package: tuple[int, ...]) -> Setting:
    terms = package_terms(game, package)
    layout = Layout(game, terms.singles, terms.components)
    matter = [d for d in range(len(game.draws)) if _matters(game, d, package)]
    sizes = (len(game.draws[d].possible) for d in matter)
    profiles = math.prod(sizes)
    if profiles * layout.size > MAX_CELLS:
        names = "+".join(game.issue_names[k] for k in package[:5])
        msg = (
            f"{game.name or 'the game'}: package {names}: {profiles:,} profiles of types with "
            f"{layout.size:,} shares each are too many (at most {MAX_CELLS:,} in all); use fewer "
            "types, or ask issue by issue"
        )
        raise NotSupportedError(msg)
    spaces = tuple(_space(game, i, matter) for i in range(len(game.players)))
    return Setting(game, package, layout, spaces)


def _matters(game: LinkageGame, position: int, package: tuple[int, ...]) -> bool:
    """Whether a draw changes a gain in a package."""
    draw = game.draws[position]
    names = {game.issue_names[k] for k in package}
    for name in names.intersection(draw.payoffs):
        rows = [gains_of_types(game.issues[name], game.draws, {position: s}) for s in draw.possible]
        if any(bool(np.any(row != rows[0])) for row in rows):
            return True
    return False


def _space(game: LinkageGame, player: int, matter: list[int]) -> TypeSpace:
    own = tuple(d for d in matter if game.draws[d].player == game.players[player])
    choices = tuple(itertools.product(*(game.draws[d].possible for d in own)))
    labels = combined_labels(
        [game.draws[d].labels[s] for d, s in zip(own, chosen, strict=True)] for chosen in choices
    )
    chances = tuple(
        math.prod(
            (game.draws[d].probability[s] for d, s in zip(own, chosen, strict=True)),
            start=Fraction(1),
        )
        for chosen in choices
    )
    return TypeSpace(player, own, choices, labels, chances)


def _change(setting: Setting, position: int) -> NDArray[Any]:
    """Return what a draw's types add to the base, shape (types, size, players), of Fraction."""
    game, draw = setting.game, setting.game.draws[position]
    change = np.full((len(draw.labels), setting.size, len(game.players)), Fraction(0), dtype=object)
    for name in draw.payoffs:
        k = game.position(name)
        if k not in setting.columns:
            continue
        outcomes = setting.columns[k]
        inside = outcomes >= 0
        first = gains_of_types(game.issues[name], game.draws, {position: draw.possible[0]})
        for s in draw.possible:
            extra = gains_of_types(game.issues[name], game.draws, {position: s}) - first
            change[s][inside] += extra[outcomes[inside]]
    return change
