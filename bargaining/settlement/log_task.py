"""One question about logarithms of gains, put to the interior point method and read back.

Where exact exchange rates b >= 0 show that some players cannot gain (no deal is worth more than
nothing at b), every deal in which nobody loses is worth exactly nothing at b: only outcomes worth
most at b are in it, and those players gain exactly zero.  Solvers get the programme on that
face, where it has an interior; multiples of b then turn its prices into support weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.results import Number
from bargaining.settlement.interior_point import Rows
from bargaining.settlement.layout import Layout

Vector = NDArray[np.float64]
EQUAL = 1e-12
"""Outcomes whose worth differs by less than this share of its terms may be worth the same."""


class LogTask:
    """Maximise a weighted sum of log gains on the face that exact exchange rates leave open.

    Parameters
    ----------
    layout : Layout
    players : sequence of int
        Whose gains must not be negative.
    weights : mapping of int to number
        Bargaining weights of the players in the product.
    scale : ndarray, shape (players of the game,)
        Units of gain.
    blocking : ndarray or None
        Exchange rates at which no deal is worth more than nothing.
    """

    def __init__(
        self,
        layout: Layout,
        players: Sequence[int],
        weights: Mapping[int, Number],
        scale: Vector,
        blocking: Vector | None,
    ) -> None:
        self.layout, self.scale = layout, scale
        self.who = sorted(weights)
        total = sum(float(weights[i]) for i in self.who)
        self.power = {i: float(weights[i]) / total for i in self.who}
        self.shares_of_power = np.array([self.power[i] for i in self.who])
        self.others = [i for i in players if i not in weights]
        none = np.zeros(len(scale))
        self.blocking = none if blocking is None or not self.others else blocking
        self.open = self._face()

    def _face(self) -> NDArray[np.intp]:
        """Return the places of the shares that can be positive when nobody loses."""
        layout = self.layout
        if not self.blocking.any() or not len(layout.starts):
            return np.arange(layout.size)
        inside = int(layout.counts.sum())
        worth = self.blocking @ layout.matrix[:, :inside]
        size = self.blocking @ np.abs(layout.matrix[:, :inside])
        best = np.repeat(np.maximum.reduceat(worth, layout.starts), layout.counts)
        most = np.repeat(np.maximum.reduceat(size, layout.starts), layout.counts)
        kept = np.flatnonzero(worth >= best - EQUAL * most)
        return np.concatenate([kept, np.arange(inside, layout.size)])

    def interior(self) -> tuple[Rows, Any, Vector]:
        """Rows, equations and right-hand sides for the interior point method."""
        order = [*self.who, *self.others]
        unit = self.scale[order]
        power = np.concatenate([self.shares_of_power, np.zeros(len(self.others))])
        fixed = np.concatenate(
            [np.zeros(len(self.who), dtype=bool), self.blocking[self.others] > 0]
        )
        whole = len(self.open) == self.layout.size
        matrix = self.layout.matrix[order] / unit[:, None]
        rows = Rows(
            matrix if whole else matrix[:, self.open],
            self.layout.constant[order] / unit,
            power,
            fixed,
        )
        equations = self.layout.equations
        return rows, equations if whole else equations[:, self.open], self.layout.right

    def widened(self, shares: Vector) -> Vector:
        """Shares on the face as shares of all outcomes."""
        full = np.zeros(self.layout.size)
        full[self.open] = shares
        return full

    def held_prices(self, prices: Vector) -> Vector:
        """Prices of not losing, per unit of gain, one per player of the game."""
        full = np.zeros(len(self.scale))
        full[self.others] = prices[len(self.who) :] / self.scale[self.others]
        return full

    def support(self, gained: Vector, held: Vector) -> tuple[float, ...]:
        """Gradient of the log product and prices of not losing, made non-negative by rates.

        Adding a multiple of the blocking rates changes neither what this deal is worth nor, on
        the face, what any deal is worth; off the face it makes deals worth less.
        """
        weights = held.copy()
        weights[self.who] = self.shares_of_power / gained[self.who]
        if self.blocking.any():
            weights = weights + self._multiple(weights) * self.blocking
        return tuple(np.maximum(weights, 0.0).tolist())

    def _multiple(self, weights: Vector) -> float:
        """Return the least multiple of the rates that makes a proof of the weights."""
        blocked = self.blocking > 0
        least = float((-weights[blocked] / self.blocking[blocked]).max(initial=0.0))
        layout = self.layout
        inside = int(layout.counts.sum())
        closed = np.setdiff1d(np.arange(inside), self.open)
        if not len(closed):
            return least
        owner = np.searchsorted(layout.starts, closed, side="right") - 1
        worth, rate = (v @ layout.matrix[:, :inside] for v in (weights, self.blocking))
        face = np.full(inside, -np.inf)
        mine = self.open[self.open < inside]
        face[mine] = worth[mine]
        over = worth[closed] - np.maximum.reduceat(face, layout.starts)[owner]
        short = np.maximum.reduceat(rate, layout.starts)[owner] - rate[closed]
        return max(least, float((over / short).max(initial=0.0)))
