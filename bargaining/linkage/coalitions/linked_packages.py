"""Which issues a coalition can put on one table: the packages of the linked agenda.

Without side payments a deal is a sum of packages, each negotiated by itself, so no member accepts a
loss in one for a gain in another.  Packages are the components of the negotiable links; where a
coalition has something to choose in several of them, its deals are sums of deals in each of which
no member with a stake loses.  The most that they are worth at weights λ is, package by package,

    max { λ·g : g gains of a deal, g >= 0 }  <=  h(λ + μ)   for any μ >= 0 on the members,

and prices μ of the linear programme attain it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bargaining.errors import NotSupportedError
from bargaining.geometry.support import support
from bargaining.model.agenda import parse_agenda
from bargaining.model.deal import Deal, gains
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.layout import Layout

Package = tuple[int, ...]


def packages_open(game: LinkageGame, issues: Sequence[int]) -> tuple[Package, ...]:
    """Return the packages of the linked agenda, as far as they hold some issues.

    Examples
    --------
    >>> import bargaining as bg
    >>> packages_open(bg.load("us_mexico/guns_for_fentanyl"), (0, 1))
    ((0, 1),)
    """
    inside = set(issues)
    found = (
        tuple(k for k in package if k in inside)
        for package in parse_agenda(game, "linked").packages
    )
    return tuple(package for package in found if package)


def check_apart(game: LinkageGame) -> None:
    """Refuse games in which packages of the linked agenda depend on each other.

    Raises
    ------
    NotSupportedError
        If a spillover or a constraint ties issues that may not share a table: what a coalition
        gains is then not the sum of what its packages bring.
    """
    home = {
        k: place
        for place, package in enumerate(parse_agenda(game, "linked").packages)
        for k in package
    }
    names = game.issue_names
    ties: list[tuple[str, Package]] = [
        ("a spillover", (pair.first, pair.second)) for pair in game.interactions
    ]
    ties += [
        (rule.place or "a constraint", tuple(game.position(name) for name, _ in rule.statements))
        for rule in game.constraints
    ]
    for what, issues in ties:
        if len({home[k] for k in issues}) > 1:
            tied = " and ".join(names[k] for k in issues)
            msg = (
                f"{game.name or 'the game'}: coalitions without side payments are not worked out "
                f"where {what} ties issues that may not share a table ({tied}); make their link "
                'negotiable, remove the tie, or ask with utility="transferable"'
            )
            raise NotSupportedError(msg)


def homes(layout: Layout, packages: Sequence[Package]) -> list[int]:
    """Return for each share of a layout which package it belongs to."""
    place = {k: n for n, package in enumerate(packages) for k in package}
    found: list[int] = []
    for k, count in zip(layout.singles.tolist(), layout.counts.tolist(), strict=True):
        found += [place[k]] * count
    for bag in layout.bags:
        found += [place[bag.issues[0]]] * len(bag.cells)
    return found


def most_apart(
    game: LinkageGame,
    packages: Sequence[Package],
    weights: Sequence[Fraction],
    prices: Sequence[Sequence[Fraction]],
) -> Fraction:
    """Return the bound that prices of "no member loses" prove, one row of prices per package.

    Parameters
    ----------
    game : LinkageGame
        The coalition's own.
    packages : sequence of tuple of int
    weights : sequence of Fraction, one per player
    prices : sequence of sequences of Fraction, per package one per player
        At least 0, and 0 for players who may lose.
    """
    total = Fraction(0)
    for package, extra in zip(packages, prices, strict=True):
        raised = [w + y for w, y in zip(weights, extra, strict=True)]
        total += Fraction(support(game, package, raised))
    return total


def largest_loss(
    game: LinkageGame, packages: Sequence[Package], stake: Sequence[int], deal: Deal
) -> Number:
    """Return the most that a member loses in one of the packages of a deal, 0 where none does."""
    worst: Number = Fraction(0)
    for package in packages:
        found = gains(game, deal.on(package))
        worst = max(worst, *(-found[i] for i in stake))
    return worst
