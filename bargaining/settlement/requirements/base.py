"""What requirements are made of: concave functions of the shares of one or several packages.

Everything a deal can be asked to survive is linear in the shares except for two kinds of convex
cost: a curve, the premium on one depth, and a swap, the most a player could gain by changing
one act.  A net gain or a requirement is therefore ``constant + form - Σ curves - Σ swaps``;
curves and swaps enter with weights that are not negative, so that it is concave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol, runtime_checkable

import numpy as np

from bargaining.geometry.marginals import Component, PackageTerms, package_terms
from bargaining.model.deal import Deal
from bargaining.model.game import LinkageGame
from bargaining.model.ratification import Premium, Ratification
from bargaining.results import Number
from bargaining.settlement.layout import Layout
from bargaining.settlement.linearised import home_test

Form = dict[int, Fraction]
"""A linear function of the shares: column to coefficient."""
MAX_JOINT_CELLS = 4_096
"""Issues tied by spillovers are given one table of all joint outcomes up to this size."""


@dataclass(frozen=True, eq=False)
class Curve:
    """The premium on one depth of one player."""

    player: int
    premium: Premium
    depth: Form


@dataclass(frozen=True, eq=False)
class Swap:
    """The most of several linear functions of the shares, or nothing: max(0, …)."""

    alternatives: tuple[Form, ...]


@dataclass(frozen=True, eq=False)
class Concave:
    """A concave function of the shares: constant + form - Σ curves - Σ swaps."""

    constant: Fraction = Fraction(0)
    form: Form = field(default_factory=dict)
    curves: Mapping[int, Fraction] = field(default_factory=dict)
    swaps: Mapping[int, Fraction] = field(default_factory=dict)

    def plus(self, other: Concave, weight: Fraction = Fraction(1)) -> Concave:
        """Add a non-negative multiple of another function."""
        return Concave(
            self.constant + weight * other.constant,
            _added(self.form, other.form, weight),
            _added(self.curves, other.curves, weight),
            _added(self.swaps, other.swaps, weight),
        )


@dataclass(frozen=True, eq=False)
class Row:
    """A requirement: ``net`` must not be negative.

    Attributes
    ----------
    name : str
        Kind and player, such as ``"caps.mexico"``; ``"no_loss.mexico"`` for what every deal asks.
    player : int
    package : int or None
        Place of the package among those settled together; None for all of them.
    net : Concave
    """

    name: str
    player: int
    package: int | None
    net: Concave


class Composition:
    """Packages that are settled together, as concave functions of their shares.

    Parameters
    ----------
    game : LinkageGame
    packages : sequence of sequence of int
    rules : Ratification
        What applies of what the file holds.
    joint : bool
        Whether issues that interact need the shares of all their joint outcomes.

    Attributes
    ----------
    layouts : tuple of Layout
    starts : tuple of int
        Where the shares of each package begin.
    size : int
    nets : mapping of (package, player) to Concave
        Promised net gains of all who may not lose.
    curves, swaps : list
    rows : list of Row
    after : list of tuple of Fraction
        Reversion gains per package, where enforcement counts.
    """

    def __init__(
        self,
        game: LinkageGame,
        packages: Sequence[Sequence[int]],
        rules: Ratification,
        *,
        joint: bool = False,
    ) -> None:
        self.game, self.packages, self.rules = game, tuple(map(tuple, packages)), rules
        self.home = home_test(game, rules)
        terms = [package_terms(game, package) for package in self.packages]
        if joint:
            terms = [_whole_tables(part) for part in terms]
        self.terms = tuple(terms)
        self.layouts = tuple(Layout(game, part.singles, part.components) for part in terms)
        ends = np.cumsum([0, *(layout.size for layout in self.layouts)]).tolist()
        self.starts, self.size = tuple(ends[:-1]), ends[-1]
        self.curves: list[Curve] = []
        self.swaps: list[Swap] = []
        self.rows: list[Row] = []
        self.after: list[tuple[Fraction, ...]] = []
        self.nets: dict[tuple[int, int], Concave] = {}
        self._columns: list[list[tuple[Fraction, ...]]] = []
        for place, layout in enumerate(self.layouts):
            self._columns.append(layout.exact_columns())
            for i in self.home.players(self.packages[place]):
                self.nets[place, i] = Concave(form=self.gain(place, i))

    def gain(self, place: int, player: int) -> Form:
        """Gain of a player from a package."""
        start = self.starts[place]
        columns = enumerate(self._columns[place])
        return {start + j: column[player] for j, column in columns if column[player]}

    def curve(self, player: int, premium: Premium, depth: Form) -> Concave:
        """Return minus the premium on a depth."""
        if not premium.bends:
            slope = premium.scale * premium.rate
            return Concave(form={j: -slope * v for j, v in depth.items()})
        self.curves.append(Curve(player, premium, depth))
        return Concave(curves={len(self.curves) - 1: Fraction(1)})

    def swap(self, alternatives: Sequence[Form]) -> Concave:
        """Return minus the most that swapping an act could bring."""
        self.swaps.append(Swap(tuple(alternatives)))
        return Concave(swaps={len(self.swaps) - 1: Fraction(1)})

    def cells(self, place: int, issue: int) -> tuple[list[int], list[int]]:
        """Columns in which an issue's outcome can be read off, and that outcome for each."""
        layout, start = self.layouts[place], self.starts[place]
        at = np.flatnonzero(layout.singles == issue)
        if len(at):
            first, count = int(layout.starts[at[0]]), int(layout.counts[at[0]])
            return list(range(start + first, start + first + count)), list(range(count))
        bag = next(bag for bag in layout.bags if issue in bag.issues)
        columns = range(start + bag.start, start + bag.stop)
        return list(columns), bag.groups([issue]).tolist()

    def joint_cells(self, place: int, issues: Sequence[int]) -> tuple[list[int], list[int]]:
        """Columns of the table of all joint outcomes of some issues, and which each is."""
        layout, start = self.layouts[place], self.starts[place]
        bag = next(bag for bag in layout.bags if set(issues) <= set(bag.issues))
        columns = range(start + bag.start, start + bag.stop)
        return list(columns), bag.groups(list(issues)).tolist()

    def depth(self, place: int, player: int, issue: int) -> Form:
        """Depth that an issue of a package has for a player."""
        seen = self.rules.visible[player]
        first = int(self.game.flat.offsets[issue])
        columns, outcomes = self.cells(place, issue)
        shown = ((j, seen[first + a]) for j, a in zip(columns, outcomes, strict=True))
        return {j: value for j, value in shown if value}


@runtime_checkable
class Requirement(Protocol):
    """A requirement of your own, asked of every package: ``settle(game, require=[yours])``.

    Attributes
    ----------
    name : str
        A word, to tell it from others.
    player : str
        Whose requirement it is; its price is in his payoffs.
    """

    @property
    def name(self) -> str:
        """A word."""

    @property
    def player(self) -> str:
        """One of the game's players."""

    def net(self, composition: Composition, place: int) -> Concave:
        """Return what must not be negative, as a function of the shares of a package."""

    def slack(self, game: LinkageGame, deal: Deal) -> Number:
        """Return the same for a deal on a package, from the definitions: the checker's view."""


def contribute(composition: Composition) -> None:
    """Add a row per package for each requirement of the caller's own."""
    for own in composition.rules.own:
        for place in range(len(composition.packages)):
            player = composition.game.players.index(own.player)
            net = own.net(composition, place)
            composition.rows.append(Row(label(own), player, place, net))


def label(own: Requirement) -> str:
    """Return the name under which answers speak of a requirement."""
    return f"{own.name}.{own.player}"


def _added(
    left: Mapping[int, Fraction], right: Mapping[int, Fraction], weight: Fraction
) -> dict[int, Fraction]:
    total = dict(left)
    for j, value in right.items():
        total[j] = total.get(j, Fraction(0)) + weight * value
    return total


def _whole_tables(terms: PackageTerms) -> PackageTerms:
    """Tie the issues of each component together, so that one table holds them all."""
    return PackageTerms(terms.singles, tuple(map(_whole_table, terms.components)))


def _whole_table(component: Component) -> Component:
    if len(component.issues) == 1:
        return component
    shape = tuple(component.sizes()[k] for k in component.issues)
    everything = np.ones(shape, dtype=bool)
    if component.issues in component.allowed:
        everything = component.allowed[component.issues]
    return Component(
        component.issues,
        component.tables,
        component.counters,
        {**component.allowed, component.issues: everything},
    )
