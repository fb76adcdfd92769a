"""What the packages of an agenda amount to together."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bargaining.geometry.mutual import can_cover
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.package import PackageSettlement


def transferred(game: LinkageGame, parts: Sequence[PackageSettlement]) -> list[Number]:
    """Add up the packages' side payments."""
    total: list[Number] = [Fraction(0)] * len(game.players)
    for part in parts:
        if part.transfers:
            total = [t + g for t, g in zip(total, part.transfers, strict=True)]
    return total


def status(parts: Sequence[PackageSettlement], *, complete: bool) -> Status:
    """Return ``agreement`` if a package changes something, unless one could not be certified."""
    found = {part.status for part in parts}
    if not complete:
        found.add(Status.LIMIT_REACHED)
    for status in (Status.NUMERICAL_TROUBLE, Status.LIMIT_REACHED, Status.AGREEMENT):
        if status in found:
            return status
    return Status.NO_AGREEMENT


def attains(game: LinkageGame, parts: Sequence[PackageSettlement]) -> bool:
    """Whether the packages, each without loss, can together help everyone with a stake."""
    families = (
        part.alternatives if part.alternatives and part.within is None else (part.gainers,)
        for part in parts
    )
    return can_cover(frozenset(game.interested), families)


def promised(game: LinkageGame, parts: Sequence[PackageSettlement]) -> list[Number]:
    """Add up what each package promises, others at their status quo."""
    total: list[Number] = [Fraction(0)] * len(game.players)
    for part in parts:
        total = [t + g for t, g in zip(total, part.gains, strict=True)]
    return total


def start(game: LinkageGame) -> tuple[Fraction, ...]:
    """Return total payoffs from which gains are measured."""
    return game.reservation if game.reserved else game.base
