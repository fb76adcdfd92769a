"""What keeps a deal alive in one package: each player's temptation and loss, with proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bargaining.model.agenda import Agenda, positions
from bargaining.model.deal import Deal, broken, combine
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.enforcement.conditions import Condition, cleaned, conditions, pooled
from bargaining.settlement.enforcement.full_acts import full_acts, passes
from bargaining.settlement.enforcement.reversion import Reversion
from bargaining.settlement.package import PackageSettlement
from bargaining.settlement.settlement import Settlement

MAX_NAMED = 2_000
"""Conditions are listed issue by issue in packages of at most this many issues."""


@dataclass(frozen=True, eq=False)
class KeptPackage:
    """What keeps a deal alive in one package.

    Attributes
    ----------
    package : tuple of int
    deal : Deal
    together : tuple of Condition
        One per player: his temptations and losses in all issues of the package.
    apart : tuple of Condition
        Issue by issue.
    reversion : Reversion
    """

    package: Sequence[int]
    deal: Deal
    together: tuple[Condition, ...]
    apart: tuple[Condition, ...]
    reversion: Reversion

    @property
    def critical(self) -> Number | None:
        """The factor from which everybody keeps the deal."""
        return highest([c.critical for c in self.together])

    @property
    def critical_apart(self) -> Number | None:
        """The factor from which the same deal would be kept issue by issue."""
        return highest([c.critical for c in self.apart])


def highest(factors: Sequence[Number | None]) -> Number | None:
    """Return the largest factor; None if one of them is."""
    known = [f for f in factors if f is not None]
    return max(known, default=Fraction(0)) if len(known) == len(factors) else None


def kept_package(
    game: LinkageGame,
    package: Sequence[int],
    deal: Deal,
    reverted: Reversion,
    part: PackageSettlement | None = None,
) -> KeptPackage:
    """Return the conditions of a deal in a package; gains and side payments from a settlement."""
    apart = conditions(game, package, deal, reverted)
    together = list(pooled(game, package, apart, reverted))
    if part is not None:
        for i, condition in enumerate(together):
            paid = max(Fraction(0), -part.transfers[i]) if part.transfers else Fraction(0)
            together[i] = cleaned(
                game,
                Condition(
                    i,
                    condition.issues,
                    condition.temptation + paid,  # he could keep what he is to pay
                    part.gains[i],
                    condition.reversion,
                ),
            )
    few = len(package) <= MAX_NAMED
    return KeptPackage(tuple(package), deal, tuple(together), apart if few else (), reverted)


def settled_packages(
    settled: Settlement, plan: Agenda, reversions: Sequence[Reversion]
) -> list[KeptPackage]:
    """Return the packages that a settlement changes."""
    places = {package[0]: n for n, package in enumerate(plan.packages)}
    return [
        kept_package(
            settled.game, part.package, part.deal, reversions[places[part.package[0]]], part
        )
        for part in settled.parts
        if part.status == Status.AGREEMENT
    ]


def full_packages(
    game: LinkageGame, plan: Agenda, reversions: Sequence[Reversion]
) -> tuple[KeptPackage, ...] | None:
    """Return the packages under full acts; None where an issue has no single act to be done."""
    outcomes = full_acts(game)
    if outcomes is None:
        return None
    changed = outcomes != game.origin
    deals = [Deal(outcomes[positions(p)], issues=positions(p)) for p in plan.packages]
    if broken(game, combine(game, deals)) or not passes(game, plan, combine(game, deals)):
        return None
    found = tuple(
        _net(game, kept_package(game, package, deal, reverted))
        for package, deal, reverted in zip(plan.packages, deals, reversions, strict=True)
        if bool(changed[positions(package)].any())
    )
    losing = any(c.gain < 0 for package in found for c in package.together)
    return None if losing else found


def _net(game: LinkageGame, terms: KeptPackage) -> KeptPackage:
    """Take the premiums off what a package brings; they are sunk in the period of a breach."""
    rules = game.ratification
    if not rules.premiums:
        return terms
    together = []
    for c in terms.together:
        depth = rules.depth(game, terms.deal, c.player)
        cost = rules.cost(c.player, depth, [terms.package])
        together.append(cleaned(game, replace(c, gain=c.gain - cost)))
    return replace(terms, together=tuple(together))
