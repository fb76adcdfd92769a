"""Solution concepts, one per file; this table is the registry.

A concept is a ``Solution`` (it maximises something over the deals in which nobody loses) or a
``Procedure`` (it settles a package in its own way, with its own checker).  To add one: write
``solutions/<id>.py`` with a ``SOLUTION`` declaration, add it to the table, its value to
``SolutionId``, its page to the README table, and a test with a known answer.
"""

from __future__ import annotations

from typing import Literal, get_args

from bargaining.errors import InputError, NotDefinedError
from bargaining.model.game import LinkageGame
from bargaining.model.spelling import suggestion
from bargaining.settlement.solutions import (
    adjusted_winner,
    coco,
    egalitarian,
    kalai_smorodinsky,
    nash,
    nash_variable_threat,
    perles_maschler,
    raiffa,
    raiffa_continuous,
    utilitarian,
)
from bargaining.settlement.solutions.base import Solution
from bargaining.settlement.solutions.procedure import Procedure

SolutionId = Literal[
    "nash",
    "kalai_smorodinsky",
    "egalitarian",
    "utilitarian",
    "perles_maschler",
    "raiffa",
    "raiffa_continuous",
    "coco",
    "nash_variable_threat",
    "adjusted_winner",
]

SOLUTIONS: dict[str, Solution | Procedure] = {
    concept.id: concept
    for concept in (
        nash.SOLUTION,
        kalai_smorodinsky.SOLUTION,
        egalitarian.SOLUTION,
        utilitarian.SOLUTION,
        perles_maschler.SOLUTION,
        raiffa.SOLUTION,
        raiffa_continuous.SOLUTION,
        coco.SOLUTION,
        nash_variable_threat.SOLUTION,
        adjusted_winner.SOLUTION,
    )
}

OPTIMA = tuple(c.id for c in SOLUTIONS.values() if isinstance(c, Solution))
"""Concepts defined for any number of players and for pure deals."""


def solution(name: object) -> Solution | Procedure:
    """Look a solution concept up by its name."""
    if not isinstance(name, str) or name not in SOLUTIONS:
        known = ", ".join(get_args(SolutionId))
        msg = f'solution: expected one of {known}, found "{name}"{suggestion(str(name), SOLUTIONS)}'
        raise InputError(msg)
    return SOLUTIONS[name]


def check_defined(concept: Solution | Procedure, game: LinkageGame, deals: str) -> None:
    """Raise NotDefinedError where a concept has no meaning: too many players, pure deals."""
    if not isinstance(concept, Procedure):
        return
    if deals == "pure":
        msg = (
            f"{concept.id} is not defined for pure deals, since it divides or mixes outcomes: "
            'ask with deals="shares"'
        )
        raise NotDefinedError(msg)
    count = len(game.interested)
    if concept.players is not None and count > concept.players:
        names = ", ".join(game.players[i] for i in game.interested[:10])
        msg = (
            f"{concept.id} is defined for {concept.players} players with a stake, this game has "
            f"{count} ({names}): take {', '.join(OPTIMA)} or raiffa"
        )
        raise NotDefinedError(msg)
