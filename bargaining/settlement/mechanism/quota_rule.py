"""The rule that quotas serve: how often each type is reported, and what is then carried out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotSupportedError
from bargaining.settlement.mechanism.cells import Cells
from bargaining.settlement.mechanism.histograms import Histogram
from bargaining.settlement.mechanism.setting import Setting

Array = NDArray[Any]

MAX_COPIES = 2_000
MAX_DIGITS = 4_000
"""Digits of the probability that all players' types are certain ones at all copies."""


def quota(copies: int, probability: Sequence[Fraction]) -> Histogram:
    """Return how often each type must be reported: proportional, by largest remainder.

    >>> quota(10, [Fraction(1, 3), Fraction(2, 3)])
    (3, 7)
    """
    exact = [copies * p for p in probability]
    whole = [math.floor(x) for x in exact]
    order = sorted(range(len(exact)), key=lambda t: (whole[t] - exact[t], t))
    for t in order[: copies - sum(whole)]:
        whole[t] += 1
    return tuple(whole)


def efficient_rule(cells: Cells) -> Array:
    """Return the options carried out, 0 or 1, shape (types per player…, options).

    The largest total; where several are as good, the status quo or else the first.
    """
    shape = cells.setting.shape
    rule = np.zeros((*shape, len(cells.options)), dtype=np.intp)
    for profile in cells.setting.each_profile():
        total = sum(gain_row(cells.gains(i), profile) for i in range(len(shape)))
        for block in cells.blocks:
            worths = list(total[block])
            rule[profile][block.start + worths.index(max(worths))] = 1
    return rule


def gain_row(table: Array, profile: tuple[int, ...]) -> Any:
    """Return a player's gains from each option in a profile of types."""
    return table[tuple(t if n > 1 else 0 for t, n in zip(profile, table.shape, strict=False))]


def gain_of(cells: Cells, player: int, profile: tuple[int, ...], chosen: Array) -> Fraction:
    """Return a player's gain from the options chosen in a profile of types."""
    return Fraction(gain_row(cells.gains(player), profile) @ chosen)


def report_values(cells: Cells, rule: Array, player: int, spread: list[list[Fraction]]) -> Array:
    """Return a player's expected gain at each true type (rows) from each report (columns)."""
    shares = rule.astype(object)
    for p in reversed(range(len(spread))):
        if p != player:
            weight = np.array(spread[p], dtype=object)
            shares = np.tensordot(weight, shares, axes=(0, p))
    types = cells.setting.shape[player]
    gains = np.moveaxis(cells.gains(player), player, 0)
    gains = np.broadcast_to(gains.reshape(len(gains), -1), (types, shares.shape[-1]))
    values: Array = gains @ shares.T + Fraction(0)
    return values


def require_short(setting: Setting, copies: int) -> None:
    """Refuse what would be reckoned with in numbers too long to write down."""
    units = (math.lcm(*(p.denominator for p in space.probability)) for space in setting.spaces)
    digits = sum(copies * math.log10(unit) for unit in units)
    if copies > MAX_COPIES or digits > MAX_DIGITS:
        msg = (
            f"quotas: {copies:,} copies (at most {MAX_COPIES:,}) would have probabilities of "
            f"{math.ceil(digits):,} digits (at most {MAX_DIGITS:,}); take fewer copies, or "
            "probabilities with smaller denominators"
        )
        raise NotSupportedError(msg)
