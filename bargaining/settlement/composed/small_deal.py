"""A small deal that helps all who can gain: the exact proof, scaled towards the status quo."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from bargaining.model.deal import Deal
from bargaining.model.game import LinkageGame
from bargaining.model.ratification import Ratification
from bargaining.results import Number
from bargaining.settlement.composed.package import net_gains
from bargaining.settlement.linearised import Able, home_test

MAX_HALVINGS = 400


def small_deal(
    game: LinkageGame, rules: Ratification, package: Sequence[int], able: Able, packages: int
) -> tuple[Deal, tuple[Number, ...]] | None:
    """Halve the deal for the linearised gains until the true ones are right; None if it fails.

    Caps are shared out evenly over so many packages.  Issues that interact are left alone.
    """
    if any(k in game.coupled for k in package):
        return None
    held = home_test(game, rules).players(package)
    part = Fraction(1)
    for _ in range(MAX_HALVINGS):
        deal = _scaled(game, able.found.deal.on(package), package, part)
        gained = net_gains(game, rules, package, deal)
        capped = all(
            sum(rules.depth(game, deal, i).values(), start=Fraction(0)) * packages <= cap
            for i, cap in rules.caps.items()
        )
        fine = all(gained[i] >= 0 for i in held) and all(gained[i] > 0 for i in able.gainers)
        if capped and fine:
            return deal, gained
        part /= 2
    return None


def _scaled(game: LinkageGame, deal: Deal, package: Sequence[int], part: Fraction) -> Deal:
    """Carry a deal out to a part."""
    index = np.sort(np.asarray(package, dtype=np.intp))
    shares: dict[int, dict[int, Number]] = {}
    for k in index.tolist():
        home = int(game.origin[k])
        moved = {a: part * Fraction(x) for a, x in deal.marginal(k).items() if a != home and x}
        if moved:
            rest = 1 - sum(moved.values(), start=Fraction(0))
            shares[k] = {**({home: rest} if rest else {}), **moved}
    return Deal(game.origin[index].copy(), shares, issues=index)
