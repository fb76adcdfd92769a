"""Checking a nucleolus without a solver: Kohlberg's criterion, level by level.

Take any division y that does at least as well as x.  On the coalitions settled so far both give the
same.  Of all others none complains more than the level under x, hence none does under y, so y gives
each coalition named by the level at least what x does.  Weights in balance then say that it gives
them exactly the same, and they are settled too.  When those settled determine the division, y is x
(Kohlberg 1971, in the form of a sequence).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from bargaining.linkage.coalitions.dense import Dense

Kind = Literal["nucleolus", "prenucleolus"]


@dataclass(frozen=True)
class Level:
    """One level of excesses, with weights that prove that it cannot be lower.

    Attributes
    ----------
    excess : Fraction
        The largest excess of the coalitions that earlier levels leave open.
    weights : mapping of int to Fraction
        Positive weights on coalitions that reach it, adding up to 1.
    earlier : mapping of int to Fraction
        Weights of any sign on the grand coalition and those settled before.
    floors : mapping of int to Fraction
        Positive weights on players who get the least an imputation allows.
        All these weights together are in balance: they add up to 0 for every player.
    """

    excess: Fraction
    weights: Mapping[int, Fraction]
    earlier: Mapping[int, Fraction]
    floors: Mapping[int, Fraction]


@dataclass(frozen=True)
class Nucleolus:
    """A nucleolus and its proof.

    Attributes
    ----------
    kind : {"nucleolus", "prenucleolus"}
    shares : tuple of Fraction
        One per player.
    levels : tuple of Level
    """

    kind: Kind
    shares: tuple[Fraction, ...]
    levels: tuple[Level, ...]


def fault(game: Dense, found: Nucleolus) -> str:
    """Say what is wrong with a proof; the empty text if nothing is.

    Parameters
    ----------
    game : Dense
    found : Nucleolus

    Returns
    -------
    str
    """
    shares, count = found.shares, game.count
    if len(shares) != count or sum(shares) != game.total:
        return "the shares do not add up to what all players are worth"
    proper = found.kind == "nucleolus"
    if proper and any(share < game.worth(1 << i) for i, share in enumerate(shares)):
        return "a player gets less than he is worth alone"
    excess, unit = game.excesses(shares)
    settled = [len(game.values) - 1]
    for level in found.levels:
        positive = all(weight > 0 for weight in level.weights.values())
        if not positive or sum(level.weights.values()) != 1:
            return "weights of a level are not positive or do not add up to 1"
        if any(Fraction(int(excess[m]), unit) != level.excess for m in level.weights):
            return "a coalition named by a level has another excess"
        if not set(level.earlier) <= set(settled):
            return "a level leans on coalitions that are not settled"
        for i, weight in level.floors.items():
            if not proper or weight <= 0 or shares[i] != game.worth(1 << i):
                return "a level leans on a floor that does not bind"
        for i in range(count):
            total = level.floors.get(i, Fraction(0))
            for group in (level.weights, level.earlier):
                total += sum(w for m, w in group.items() if m >> i & 1)
            if total:
                return "the weights of a level are not in balance"
        above = np.flatnonzero(excess > level.excess.numerator * unit // level.excess.denominator)
        if _rank(count, [*settled, *above.tolist()]) > _rank(count, settled):
            return "a coalition that is not settled complains more than its level says"
        settled += level.weights
    if _rank(count, settled) < count:
        return "the levels do not determine the shares"
    return ""


def _rank(count: int, masks: list[int]) -> int:
    """Return the rank of the coalitions' rows: elimination, until every player has a pivot."""
    pivots: dict[int, list[Fraction]] = {}
    for mask in masks:
        row = [Fraction(mask >> i & 1) for i in range(count)]
        for place, pivot in pivots.items():
            if row[place]:
                factor = row[place]
                row = [a - factor * b for a, b in zip(row, pivot, strict=True)]
        lead = next((i for i, value in enumerate(row) if value), None)
        if lead is not None:
            pivots[lead] = [value / row[lead] for value in row]
            if len(pivots) == count:
                break
    return len(pivots)
