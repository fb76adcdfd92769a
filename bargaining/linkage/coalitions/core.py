"""The core: divisions of what all players are worth to which no coalition has a better answer.

A division is in the core if x(S) >= v(S) for every coalition.  The least core value is the smallest
e for which all proper coalitions can be given v(S) - e; the core is empty just when e > 0.  Then
weights on coalitions that are in balance (those of every player add up to 1) are worth more
together than the grand coalition, and prove it (Bondareva 1963, Shapley 1967).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bargaining.linkage.coalitions.dense import Dense
from bargaining.linkage.coalitions.kohlberg import Level, Nucleolus
from bargaining.linkage.coalitions.nucleolus import first_level
from bargaining.linkage.coalitions.stated import Player
from bargaining.linkage.coalitions.worths import Worths
from bargaining.results import Certificate


@dataclass(frozen=True)
class Core:
    """Whether the core is empty, and what proves it.

    Attributes
    ----------
    empty : bool
    point : mapping of player to Fraction, or None
        A division in the core: the nucleolus where it is known.  None if the core is empty.
    certificate : Certificate
        ``"allocation"`` with the point as gains, or ``"balancing"`` with weights on coalitions in
        balance that are worth more than the grand coalition.
    least : Fraction
        The least core value: what coalitions must at most be kept below their worth (negative:
        what every proper coalition can be given beyond it).
    least_point : mapping of player to Fraction
        A division that keeps no coalition further below.
    least_weights : mapping of str to Fraction
        Weights on coalitions, in balance, that prove that no smaller value is possible.
    """

    empty: bool
    point: Mapping[Player, Fraction] | None
    certificate: Certificate
    least: Fraction
    least_point: Mapping[Player, Fraction]
    least_weights: Mapping[str, Fraction]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data; numbers stay exact."""
        return {
            "empty": self.empty,
            "point": self.point,
            "certificate": self.certificate.to_dict(),
            "least_point": self.least_point,
            "least_weights": self.least_weights,
        }


def core(worths: Worths, game: Dense, known: Nucleolus | None = None) -> Core:
    """Find a division in the core, or weights that prove that there is none.

    Parameters
    ----------
    worths : Worths
    game : Dense
        The same worths, laid out.
    known : Nucleolus, optional
        It is the point returned if it is in the core (it is if anything is).

    Returns
    -------
    Core

    Raises
    ------
    SolverError
        If the programme could not be solved in rationals.

    Examples
    --------
    >>> from bargaining.linkage.coalitions.worths import worths
    >>> majority = worths({"a+b": 1, "a+c": 1, "b+c": 1, "a+b+c": 1})
    >>> found = core(majority, Dense.of(majority))
    >>> found.empty, found.least, found.certificate.weights["a+b"]
    (True, Fraction(1, 3), Fraction(1, 2))
    """
    level, shares = first_level(game)
    balanced = {worths.name(m): weight for m, weight in _balanced(worths, level).items()}
    division = dict(zip(worths.players, shares, strict=True))
    if level.excess > 0:
        proof = Certificate("balancing", weights=balanced)
        return Core(True, None, proof, level.excess, division, balanced)
    point = division
    if known is not None and known.kind == "nucleolus":
        point = dict(zip(worths.players, known.shares, strict=True))
    proof = Certificate("allocation", gains={str(player): x for player, x in point.items()})
    return Core(False, point, proof, level.excess, division, balanced)


def _balanced(worths: Worths, level: Level) -> dict[int, Fraction]:
    """Scale a level's weights so that those of every player add up to 1."""
    scale = -level.earlier[worths.everyone]
    return {mask: weight / scale for mask, weight in level.weights.items()}
