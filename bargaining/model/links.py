"""Links between issues: who may share a table with whom, and what spills over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Link:
    """Two issues that may share a table, and what depends on both of them.

    Attributes
    ----------
    between : tuple of two str
    negotiable : bool
        Whether the two issues may be put into one package.
    spillovers : ndarray of Fraction, shape (outcomes of the first, of the second, players), or None
        Payoffs that depend on the joint outcome, whoever negotiates the issues.
    """

    between: tuple[str, str]
    negotiable: bool = True
    spillovers: NDArray[Any] | None = None


@dataclass(frozen=True, eq=False)
class Interaction:
    """The part of a spillover that changes something, as whole numbers on the game's scale.

    Attributes
    ----------
    first, second : int
        Positions of the two issues, ascending.
    values : ndarray, shape (outcomes of first, outcomes of second, players)
        Gains times the player's denominator, 0 when both issues are at their status quo.
    """

    first: int
    second: int
    values: NDArray[Any]
