"""Very many issues that stand alone, looked at together (two players, payoffs that add up)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bargaining.geometry.exchange_rates import rate_bounds
from bargaining.geometry.frontier import PlanarFrontier, single_frontiers
from bargaining.model.agenda import Agenda
from bargaining.model.game import LinkageGame
from bargaining.settlement.planar_package import axes

MANY = 1_000
"""From this many issues that stand alone on, they are looked at together."""


def many_alone(
    game: LinkageGame, plan: Agenda, deals: str
) -> tuple[frozenset[int], Mapping[int, PlanarFrontier]]:
    """Among very many issues that stand alone: which offer no trade, frontiers of the others."""
    alone = [package[0] for package in plan.packages if len(package) == 1]
    if len(alone) < MANY or len(game.interested) != 2 or game.coupled or deals == "pure":
        return frozenset(), {}
    columns = axes(game)
    bounds = rate_bounds(game, columns)
    able = bounds.mutual() | bounds.one_sided()
    index = np.asarray(alone, dtype=np.intp)
    ready = {int(f.package[0]): f for f in single_frontiers(game, index[able[index]], columns)}
    return frozenset(index[~able[index]].tolist()), ready
