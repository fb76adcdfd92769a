"""How one player sees a rule: by his own type and what he knows of the others.

A player's expected gain from reporting s when his type is t weighs, over the *cells* he cannot see
(types of the others), gains at t with the deals of report s.  Where the types of others do not
change his gains, only his expected share of each outcome matters, and there is a single cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.settlement.mechanism.setting import Setting

Array = NDArray[Any]


def chances(setting: Setting, players: tuple[int, ...], *, exact: bool) -> Array:
    """Return the probabilities of the profiles of some players, flattened."""
    total: Array = np.array([Fraction(1) if exact else 1.0], dtype=object if exact else float)
    for p in players:
        row = np.array(setting.spaces[p].probability, dtype=object)
        total = np.multiply.outer(total, row if exact else row.astype(float)).ravel()
    return total


@dataclass(frozen=True, eq=False)
class View:
    """What a player counts: gains at each of his types, and how likely each cell is.

    Attributes
    ----------
    player : int
    others : tuple of int
        Players whose types tell the cells apart.
    columns : ndarray of int
        The layout's columns that matter to him.
    gains : ndarray, shape (types, cells, columns)
    chance : ndarray, shape (cells,)
    """

    player: int
    others: tuple[int, ...]
    columns: NDArray[np.intp]
    gains: Array
    chance: Array

    @property
    def types(self) -> int:
        """How many types he has."""
        return len(self.gains)

    @cached_property
    def weighted(self) -> Array:
        """Gains times probabilities of the cells, shape (types, cells · columns)."""
        wide = self.gains * self.chance[:, None]
        return wide.reshape(self.types, wide.shape[1] * wide.shape[2])


def view(setting: Setting, player: int, *, narrow: bool, exact: bool, unit: float = 1.0) -> View:
    """Return a player's view.

    Parameters
    ----------
    setting : Setting
    player : int
    narrow : bool
        Cells by the types of those players alone who change his gains; otherwise by all others.
    exact : bool
    unit : float
        What gains in floating point are divided by.
    """
    table = setting.exact(player) if exact else setting.floats(player) / unit
    count = len(setting.spaces)
    everyone = tuple(p for p in range(count) if p != player)
    others = setting.relevant(player) if narrow else everyone
    shape = tuple(len(setting.spaces[p]) if p == player or p in others else 1 for p in range(count))
    matters = ~setting.idle & np.any(table != 0, axis=tuple(range(count)))
    columns = np.flatnonzero(matters)
    wide = np.broadcast_to(table[..., columns], (*shape, len(columns)))
    own = len(setting.spaces[player])
    gains = np.moveaxis(wide, player, 0).reshape(own, math.prod(shape) // own, len(columns))
    return View(player, others, columns, gains, chances(setting, others, exact=exact))
