"""Whether an agenda attains mutual gain, and so whether linking breaks the deadlock: no more.

The verdict without settling anything, for games that are asked about many times over.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bargaining.geometry.exchange_rates import rate_bounds
from bargaining.geometry.mutual import can_cover, mutual_gain
from bargaining.model.agenda import parse_agenda
from bargaining.model.game import LinkageGame
from bargaining.settlement.planar_package import axes
from bargaining.settlement.settle import settle


def attains(game: LinkageGame, agenda: str) -> bool:
    """Whether the packages of an agenda help everyone with a stake.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> attains(game, "delinked"), attains(game, "linked")
    (False, True)
    """
    if not game.interested:
        return False
    if game.ratification:
        return settle(game, solution="egalitarian", agenda=agenda).mutual_gain
    packages = parse_agenda(game, agenda).packages
    if is_plain(game):
        return _planar(game, packages)
    families = ((mutual_gain(game, package).gainers,) for package in packages)
    return can_cover(frozenset(game.interested), families)


def breaks(game: LinkageGame) -> bool:
    """Whether linking breaks the deadlock."""
    return not attains(game, "delinked") and attains(game, "linked")


def is_plain(game: LinkageGame) -> bool:
    """Whether two players exchange favours whose payoffs add up, and nothing else matters."""
    return (
        bool(game.issues)
        and len(game.interested) == 2
        and not game.coupled
        and not game.ratification
        and not game.reserved
        and not game.channels.get("transfers")
    )


def _planar(game: LinkageGame, packages: Sequence[Sequence[int]]) -> bool:
    """Whether each of two players gains from some package."""
    bounds = rate_bounds(game, axes(game))
    if len(packages) == len(game.issues):  # each alone
        if bool(bounds.mutual().any()):
            return True
        ends = {bounds.exact(int(k))[0] for k in bounds.one_sided().nonzero()[0]}
        return {Fraction(0), Fraction(1)} <= ends
    able = [bounds.gainers(package) for package in packages]
    return any(bool(one) for one, _ in able) and any(bool(two) for _, two in able)
