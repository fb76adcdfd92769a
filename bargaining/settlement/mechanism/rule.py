"""An outcome rule, and the prices that show how good it is.

The rule says, for every profile of reported types, which deal is carried out and what each
player receives.  The prices are those of the linear programme's rows; the checker turns them into
virtual gains (Myerson 1981), whose largest sum no rule can exceed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
"""Of Fraction (dtype object) or float64."""


@dataclass(frozen=True, eq=False)
class Rule:
    """What a mechanism does in each profile.

    Attributes
    ----------
    shares : ndarray, shape (types per player…, columns of the layout)
    received : tuple of ndarray, or empty
        Per player what he receives net (negative: pays): shape (types per player…), with length 1
        along the axes of the others where only his own report matters; empty without transfers.
    """

    shares: Array
    received: tuple[Array, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether the rule is written in rationals."""
        return self.shares.dtype == object


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices of the rows of the programme, all at least 0 except those of budgets.

    Attributes
    ----------
    weights : ndarray, shape (players,)
        Weights of the players' expected gains in the bound: they add up to 1 with max-min.
    incentive : tuple of ndarray
        Per player, shape (cells, types, types): true type, then reported type.  One cell where
        incentives are Bayesian or absent, one per profile of the others where dominant.
    rationality : tuple of ndarray
        Per player, shape (types, cells): one cell, or one per profile of the others (ex post).
    budget : ndarray
        One price, or one per profile; empty without transfers.
    blocks : ndarray, shape (profiles, rows)
        Prices of the layout's own rows.
    """

    weights: Array
    incentive: tuple[Array, ...]
    rationality: tuple[Array, ...]
    budget: Array
    blocks: Array

    def mapped(self, change: Callable[[Array], Array | None]) -> Prices | None:
        """Change all tables of prices; None where one cannot be changed."""
        tables = [self.weights, *self.incentive, *self.rationality, self.budget, self.blocks]
        changed = [change(table) for table in tables]
        kept = [table for table in changed if table is not None]
        if len(kept) < len(tables):
            return None
        middle = 1 + len(self.incentive)
        return Prices(kept[0], tuple(kept[1:middle]), tuple(kept[middle:-2]), kept[-2], kept[-1])
