"""What a deal of several packages must pass at home, as linear functions of its shares.

A cap leaves room for visible depth, a floor asks for a total gain: constant + Σ value · share must
not be negative.  What holds anyway is left out: a player who should gain passes a floor of 0, and
a cap of 0 has closed the outcomes that show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bargaining.model.game import LinkageGame
from bargaining.settlement.enforcement.blocks import Block, Lottery


@dataclass(frozen=True, eq=False)
class HomeRule:
    """A cap or a floor on the total of some packages.

    Attributes
    ----------
    name : (str, int)
        ``"caps"`` or ``"floors"``, and the player.
    constant : Fraction
        What the status quo leaves: the cap, or minus the floor.
    values : tuple of tuple of number, shape (blocks, cells)
    """

    name: tuple[str, int]
    constant: Fraction
    values: tuple[tuple[Any, ...], ...]

    def change(self, block: int, shares: Lottery) -> Fraction:
        """Return what shares of a block's outcomes add to the constant."""
        row = self.values[block]
        return sum((s * row[c] for c, s in shares.items()), Fraction(0))


def home_rules(game: LinkageGame, blocks: Sequence[Block]) -> tuple[HomeRule, ...]:
    """Write the caps and floors of a game over the outcomes of some blocks."""
    rules, flat = game.ratification, game.flat
    found = []
    for i, cap in rules.caps.items():
        if cap:
            seen = rules.visible[i]
            depths = tuple(
                tuple(
                    -sum((seen[row] for row in rows), Fraction(0))
                    for rows in (flat.offsets[list(b.issues)] + b.cells).tolist()
                )
                for b in blocks
            )
            found.append(HomeRule(("caps", i), cap, depths))
    for i, floor in rules.floors.items():
        if floor > 0 or i not in game.interested:
            unit = flat.denominators[i]
            net = tuple(tuple(Fraction(g) / unit for g in b.gains[i]) for b in blocks)
            found.append(HomeRule(("floors", i), -floor, net))
    return tuple(found)


def ties_packages(game: LinkageGame) -> bool:
    """Whether floors ask for a total, so that no package stands alone, nor can a deal shrink."""
    floors = game.ratification.floors
    return any(floor > 0 or i not in game.interested for i, floor in floors.items())
