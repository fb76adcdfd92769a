"""What a symmetric rule for several copies may depend on, and what its deals are worth.

Permuting copies changes nothing, objective and constraints are linear, and each copy's deal lives
in its own polytope; so it is without loss that the deal at a copy depends only on each player's
histogram of reports and his report at this copy (Jackson and Sonnenschein 2007).  For two players
with four types, eight copies have 230,400 such cells instead of 65,536² profiles.

A deal is written as shares of *options*: outcomes of each issue that only adds up, joint outcomes
of issues that interact.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotSupportedError
from bargaining.settlement.mechanism.histograms import Side, count_histograms
from bargaining.settlement.mechanism.setting import Setting

MAX_SHARES = 2_000_000
"""Cells times options."""
MAX_PAIRS = 250_000
"""Pairs of true and reported histograms, over all players."""
MAX_OPTIONS = 2_000
"""Joint outcomes of issues that interact."""


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a package decided in several copies.

    Attributes
    ----------
    setting : Setting
    copies : int
    """

    setting: Setting
    copies: int

    def __post_init__(self) -> None:
        shares, pairs = 1, 0
        for types in self.setting.shape:
            patterns = sum(
                math.comb(types, k) * math.comb(self.copies - 1, k - 1) * k
                for k in range(1, min(types, self.copies) + 1)
            )
            shares *= patterns
            pairs += count_histograms(self.copies, types) ** 2
        if shares * len(self.options) > MAX_SHARES or pairs > MAX_PAIRS:
            msg = (
                f"{self.copies} copies: {shares:,} cells of histograms and types with "
                f"{len(self.options):,} outcomes each, and {pairs:,} pairs of true and reported "
                f"histograms, are too many (at most {MAX_SHARES:,} and {MAX_PAIRS:,}); take fewer "
                "copies or types, or ask for the quota mechanism"
            )
            raise NotSupportedError(msg)

    @cached_property
    def sides(self) -> tuple[Side, ...]:
        """What each player may know."""
        return tuple(Side(self.copies, space.probability) for space in self.setting.spaces)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many cells each player has."""
        return tuple(len(side.cells) for side in self.sides)

    @cached_property
    def blocks(self) -> tuple[slice, ...]:
        """Options of which exactly one is carried out, each block's status quo first."""
        return self._options[1]

    @property
    def options(self) -> NDArray[np.intp]:
        """Which of the layout's columns each option fills, shape (options, columns): 0 or 1."""
        return self._options[0]

    @cached_property
    def _options(self) -> tuple[NDArray[np.intp], tuple[slice, ...]]:
        setting, layout = self.setting, self.setting.layout
        origin, size = setting.game.origin, setting.size
        rows: list[NDArray[np.intp]] = []
        blocks = []
        for k, start, count in zip(layout.singles, layout.starts, layout.counts, strict=True):
            order = sorted(range(int(count)), key=lambda a, k=k: a != origin[k])  # type: ignore[misc]
            first = len(rows)
            rows += [_filled(size, [int(start) + a]) for a in order]
            blocks.append(slice(first, len(rows)))
        for component in layout.components:
            bags = [bag for bag in layout.bags if bag.component is component]
            sizes = component.sizes()
            if math.prod(sizes[k] for k in component.issues) > MAX_OPTIONS:
                msg = (
                    f"copies of {len(component.issues)} issues that interact have over "
                    f"{MAX_OPTIONS:,} joint outcomes each; take one copy, or fewer issues"
                )
                raise NotSupportedError(msg)
            found = []
            for chosen in itertools.product(*(range(sizes[k]) for k in component.issues)):
                known = component.completed(dict(zip(component.issues, chosen, strict=True)))
                places = []
                for bag in bags:
                    cell = np.ravel_multi_index([known[k] for k in bag.issues], bag.shape)
                    place = int(np.searchsorted(bag.cells, cell))
                    if place < len(bag.cells) and bag.cells[place] == cell:
                        places.append(bag.start + place)
                if len(places) == len(bags):
                    idle = all(
                        a == origin[k] for k, a in zip(component.issues, chosen, strict=True)
                    )
                    found.append((not idle, _filled(size, places)))
            found.sort(key=lambda option: option[0])
            first = len(rows)
            rows += [option for _, option in found]
            blocks.append(slice(first, len(rows)))
        return np.array(rows, dtype=np.intp).reshape(-1, size), tuple(blocks)

    @cached_property
    def _gains(self) -> dict[int, NDArray[Any]]:
        return {}

    def gains(self, player: int) -> NDArray[Any]:
        """Return a player's exact gains, shape (types or 1 per player, options)."""
        if player not in self._gains:
            table = self.setting.exact(player)
            parts = [
                table[..., np.flatnonzero(row)].sum(axis=-1, keepdims=True) for row in self.options
            ]
            empty = np.zeros((*table.shape[:-1], 0), dtype=object)
            self._gains[player] = np.concatenate([empty, *parts], axis=-1)
        return self._gains[player]

    @cached_property
    def scale(self) -> Fraction:
        """The largest gain or loss from one option."""
        sizes = (abs(v) for i in range(len(self.sides)) for v in self.gains(i).flat)
        return Fraction(max(sizes, default=0)) or Fraction(1)

    def seen(self, player: int, table: NDArray[Any]) -> NDArray[Any]:
        """Spread a table over types of the others to their cells, his own axis as it is."""
        for p, side in enumerate(self.sides):
            if p != player and table.shape[p] > 1:
                table = np.take(table, side.cells[:, 1], axis=p)
        return table

    def weights(self, *, exact: bool) -> list[NDArray[Any]]:
        """Return the probability of each player's cells at a copy."""
        kind: Any = object if exact else np.float64
        return [np.array(side.weight, dtype=object).astype(kind) for side in self.sides]

    def others(self, player: int, *, exact: bool) -> NDArray[Any]:
        """Return the probability of the others' cells, with length 1 on his own axis."""
        total: NDArray[Any] = np.ones((1,) * len(self.sides), dtype=object if exact else float)
        for p, weight in enumerate(self.weights(exact=exact)):
            if p != player:
                shape = tuple(len(weight) if q == p else 1 for q in range(len(self.sides)))
                total = total * weight.reshape(shape)
        return total


def _filled(size: int, places: list[int]) -> NDArray[np.intp]:
    row = np.zeros(size, dtype=np.intp)
    row[places] = 1
    return row
