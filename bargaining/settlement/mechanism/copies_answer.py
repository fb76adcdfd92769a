"""The best mechanism for several copies: what it yields, what it does, and the proof."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import VerificationError
from bargaining.model.deal import Deal, named_together
from bargaining.results import Number, Status, checked, in_figures, with_exact
from bargaining.settlement.mechanism import copies_check
from bargaining.settlement.mechanism.cells import Cells
from bargaining.settlement.mechanism.copies_check import CopiesPrices
from bargaining.settlement.mechanism.histograms import Histogram
from bargaining.settlement.mechanism.question import Rationality, Transfers
from bargaining.settlement.mechanism.setting import Setting

TOLERANCE = 1e-6
"""Relative distance between the rule's value and what the prices prove."""
SLACK = 1e-7
"""By how much of the largest gain a numerical rule may miss a condition."""
MAX_LISTED = 2_000
"""Cells of the rule that a dictionary lists."""

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class CopiesRule:
    """What is done at each copy.

    Attributes
    ----------
    shares : ndarray, shape (cells per player…, options)
        Lotteries over the options of the cells: see :class:`Cells`.
    received : tuple of ndarray
        Per player what he receives net per copy, by histogram of his reports.
    """

    shares: Array
    received: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class CopiesAnswer:
    """The best direct mechanism for several independent copies, decided together.

    Attributes
    ----------
    setting : Setting
    copies : int
    transfers, rationality, objective : str
    status : Status
        ``solved`` or ``limit_reached``: then the best lies between ``second_best`` and ``bound``.
    first_best, second_best, efficient : Fraction or float
        Per copy: with public types under the same rationality and payments; with private types;
        the expected largest total.
    bound : Fraction or float
        No mechanism yields more than this per copy.
    gains : mapping of player to number
        Expected, per copy.
    interim : mapping of player to mapping of histogram to number
        Expected per copy, given what he knows.
    slacks : mapping of str to number
        The least slack of each kind of condition, per copy.
    rule : CopiesRule
    prices : CopiesPrices
    method : str
    """

    setting: Setting
    copies: int
    transfers: Transfers
    rationality: Rationality
    objective: str
    efficiency: Fraction
    status: Status
    first_best: Number
    second_best: Number
    efficient: Number
    bound: Number
    gains: Mapping[str, Number]
    interim: Mapping[str, Mapping[Histogram, Number]]
    slacks: Mapping[str, Number]
    rule: CopiesRule
    prices: CopiesPrices
    method: str

    @property
    def exact(self) -> bool:
        """Whether all numbers are Fractions."""
        return self.rule.shares.dtype == object

    @property
    def tolerance(self) -> float:
        """0 where exact."""
        return 0.0 if self.exact else TOLERANCE

    @property
    def loss(self) -> Number:
        """What private information costs per copy."""
        return self.first_best - self.second_best

    @cached_property
    def cells(self) -> Cells:
        """What the rule depends on."""
        return Cells(self.setting, self.copies)

    def deal(self, cell: tuple[int, ...]) -> Deal:
        """Return the deal at a copy in a cell, given by one position per player."""
        shares = self.rule.shares[cell]
        columns = self.cells.options
        x = np.array(
            [
                sum((s for s, on in zip(shares, column, strict=True) if on), start=0 * shares[0])
                for column in columns.T
            ],
            dtype=self.rule.shares.dtype,
        )
        return self.setting.layout.deal(x)

    def outcome_rule(self) -> Iterator[dict[str, Any]]:
        """Yield each cell's reports and deal, most probable first.

        A cell holds per player how many copies he reports of each type (``counts``) and the type
        reported at this copy (``type``); ``transfers`` are received per copy.
        """
        game, setting = self.setting.game, self.setting
        total: Array = np.ones((), dtype=float)
        for weight in self.cells.weights(exact=False):
            total = np.multiply.outer(total, weight)
        for place in np.argsort(-total.ravel(), kind="stable").tolist():
            cell = tuple(int(a) for a in np.unravel_index(place, self.cells.shape))
            deal = self.deal(cell).on(setting.package)
            chances = (side.weight[a] for side, a in zip(self.cells.sides, cell, strict=True))
            entry: dict[str, Any] = {
                "package": list(setting.issues),
                "reports": self._reports(cell),
                "probability": math.prod(chances, start=Fraction(1)),
                "deal": deal.named(game),
            }
            if tied := named_together(game, deal):
                entry["together"] = tied
            if self.transfers != "none":
                entry["transfers"] = {
                    name: received[side.cells[a, 0]]
                    for name, received, side, a in zip(
                        game.players, self.rule.received, self.cells.sides, cell, strict=True
                    )
                }
            yield entry

    def _reports(self, cell: tuple[int, ...]) -> dict[str, Any]:
        """Say what a cell stands for, for the players who have something to hide."""
        found = {}
        names, sides, spaces = self.setting.game.players, self.cells.sides, self.setting.spaces
        for name, side, space, a in zip(names, sides, spaces, cell, strict=True):
            if space.draws:
                h, t = side.cells[a].tolist()
                counts = dict(zip(space.labels, side.histograms[h], strict=True))
                found[name] = {"counts": counts, "type": space.labels[t]}
        return found

    @checked
    def verify(self) -> bool:
        """Recompute gains, slacks and the bound from game, types, rule and prices.

        Raises
        ------
        VerificationError
            If something does not hold.
        """
        fresh = measured(
            self.cells, self.rule, self.transfers, self.rationality, self.objective, self.efficiency
        )
        unit = float(self.cells.scale)
        close: Any = Fraction(0) if self.exact else SLACK * unit
        shares = self.rule.shares
        for block in self.cells.blocks:
            off = abs(shares[..., block].sum(axis=-1) - 1).max(initial=0)
            if off > close or shares[..., block].min(initial=0) < -close:
                msg = "the rule: a cell's shares are no lottery"
                raise VerificationError(msg)
        for kind, slack in fresh.slacks.items():
            if slack < -close:
                msg = f"{kind}: missed by {in_figures(-slack)}"
                raise VerificationError(msg)
        if abs(fresh.value - self.second_best) > close:
            msg = (
                f"second_best: the rule yields {in_figures(fresh.value)}, not "
                f"{in_figures(self.second_best)}"
            )
            raise VerificationError(msg)
        for player, gain in fresh.gains.items():
            if abs(gain - self.gains[player]) > close:
                msg = f"gains: {player} expects {in_figures(gain)}, not {self.gains[player]}"
                raise VerificationError(msg)
        self._check_public(close)
        self._check_bound(close)
        return True

    def _check_public(self, close: Any) -> None:
        """Recompute what public types would bring, or between what it must lie."""
        players = self.setting.game.players
        everyone = [1] * len(players)
        efficient = copies_check.largest_total(self.cells, everyone)
        if self.efficient != efficient:
            msg = f"efficient: expected {in_figures(efficient)}, found {in_figures(self.efficient)}"
            raise VerificationError(msg)
        most = efficient
        if self.objective in players:
            weights = [int(name == self.objective) for name in players]
            most = copies_check.largest_total(self.cells, weights)
        free = self.rationality == "none" and self.transfers == "none"
        paid = self.transfers != "none" and self.efficiency == 1
        known = (free and self.objective in (*players, "total")) or (
            self.objective == "total" and paid
        )
        if known and abs(self.first_best - most) > close:
            msg = f"first_best: expected {in_figures(most)}, found {in_figures(self.first_best)}"
            raise VerificationError(msg)
        if self.transfers == "none" and self.first_best > most + close:
            msg = f"first_best: no rule brings more than {in_figures(most)}"
            raise VerificationError(msg)
        slack = max(close, Fraction(TOLERANCE)) if self.exact else TOLERANCE
        if self.first_best < self.second_best - slack * max(1, abs(float(self.second_best))):
            msg = "first_best: private types cannot bring more than public ones"
            raise VerificationError(msg)

    def _check_bound(self, close: Any) -> None:
        """Recompute what the prices prove."""
        prices = self.prices
        negative = [y for y in (*prices.lie, *prices.weights) if y < 0]
        negative += [y for table in prices.rationality for y in table if y < 0]
        if negative or (self.rationality == "none" and any(t.any() for t in prices.rationality)):
            msg = "prices: expected at least 0, and none of rationality where it is not asked"
            raise VerificationError(msg)
        players = self.setting.game.players
        if self.objective != "max-min":
            wanted = [int(self.objective in ("total", name)) for name in players]
            if list(prices.weights) != wanted:
                msg = "prices: the weights are not those of the objective"
                raise VerificationError(msg)
        elif any(w for i, w in enumerate(prices.weights) if i not in self.setting.stake):
            msg = "prices: a player without a stake has a weight"
            raise VerificationError(msg)
        least = self.objective == "max-min"
        proved = copies_check.bound(
            self.cells,
            prices,
            transfers=self.transfers != "none",
            efficiency=self.efficiency,
            least=least,
        )
        if proved > self.bound + close:
            msg = f"bound: the prices prove {in_figures(proved)}, not {in_figures(self.bound)}"
            raise VerificationError(msg)
        gap = float(self.bound - self.second_best)
        wide = TOLERANCE * max(abs(float(self.bound)), 1e-3 * float(self.cells.scale))
        if self.status == Status.SOLVED and gap > (0 if self.exact else wide):
            msg = f"status: solved, but rule and bound are {gap:g} apart"
            raise VerificationError(msg)

    def listed_rule(self) -> list[dict[str, Any]]:
        """Return the rule cell by cell; empty if it has too many cells to list."""
        many = self.rule.shares[..., 0].size > MAX_LISTED
        return [] if many else list(self.outcome_rule())

    def summary(self) -> dict[str, Any]:
        """Return plain data without the rule."""
        return {
            "issues": list(self.setting.issues),
            "status": self.status,
            "types": dict(zip(self.setting.game.players, self.setting.shape, strict=True)),
            "cells": self.rule.shares[..., 0].size,
            "first_best": self.first_best,
            "second_best": self.second_best,
            "efficient": self.efficient,
            "bound": self.bound,
            "gains": dict(self.gains),
            "interim": {
                player: [
                    {"counts": dict(zip(space.labels, h, strict=True)), "gain": gain}
                    for h, gain in self.interim[player].items()
                ]
                for player, space in zip(
                    self.setting.game.players, self.setting.spaces, strict=True
                )
            },
            "slacks": dict(self.slacks),
            "method": self.method,
        }

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return plain data; the rule is listed up to a bounded number of cells."""
        data = {
            "copies": self.copies,
            "transfers": self.transfers,
            "rationality": self.rationality,
            "incentive": "bayesian",
            "objective": self.objective,
            **self.summary(),
            "outcome_rule": self.listed_rule(),
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        names = "+".join(self.setting.issues)
        lines = [
            f"{self.copies} copies of {names} decided together, per copy:",
            f"  types public   {in_figures(self.first_best)}",
            f"  types private  {in_figures(self.second_best)}",
        ]
        if self.status != Status.SOLVED:
            lines.append(f"  at most        {in_figures(self.bound)} (limit reached)")
        lines += [f"  {player} gains {in_figures(g)}" for player, g in self.gains.items()]
        return "\n".join(lines)


@dataclass(frozen=True)
class Measured:
    """What a rule yields.

    Attributes
    ----------
    value : number
    gains, interim, slacks : mapping
        As in :class:`CopiesAnswer`.
    """

    value: Number
    gains: Mapping[str, Number]
    interim: Mapping[str, Mapping[Histogram, Number]]
    slacks: Mapping[str, Number]


def measured(
    cells: Cells,
    rule: CopiesRule,
    transfers: str,
    rationality: str,
    objective: str,
    efficiency: Fraction,
    *,
    incentives: bool = True,
) -> Measured:
    """Measure a rule by the definitions."""
    players = cells.setting.game.players
    gains: dict[str, Any] = {}
    interim: dict[str, Mapping[Histogram, Any]] = {}
    slacks: dict[str, Any] = {}
    exact = rule.shares.dtype == object
    number: Any = Fraction if exact else float
    flow: Any = number(0)
    for i, (name, side) in enumerate(zip(players, cells.sides, strict=True)):
        seen = copies_check.interim(cells, i, rule.shares)
        received = rule.received[i]
        truth = copies_check.honest(cells, i, seen, received)
        chance = [number(p) for p in side.chance]
        gains[name] = sum((p * g for p, g in zip(chance, truth, strict=True)), start=number(0))
        interim[name] = dict(zip(side.histograms, truth.tolist(), strict=True))
        if incentives:
            lies = copies_check.best_lies(cells, i, seen, received)
            most = max((brings for _, brings in lies), default=number(0))
            slacks["incentive"] = min(slacks.get("incentive", -most), -most)
        if rationality != "none" and i in cells.setting.stake:
            slacks["rationality"] = min(slacks.get("rationality", min(truth)), min(truth))
        for p, r in zip(chance, received, strict=True):
            flow = flow - p * (r if r > 0 else number(efficiency) * r)
    if transfers != "none":
        slacks["budget"] = -abs(flow) if efficiency == 1 else flow
    least = [gains[players[i]] for i in cells.setting.stake]
    if objective == "total":
        value = sum(gains.values(), start=number(0))
    elif objective == "max-min":
        value = min(least, default=number(0))
    else:
        value = gains[objective]
    return Measured(value, gains, interim, slacks)
