"""The support function: the most that a package is worth at given weights on the players.

h(λ) = max over deals of λ·gains.  It adds up over issues, so it is recomputed here from the
definition, issue by issue; every certificate rests on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.geometry.marginals import package_terms
from bargaining.model.agenda import positions
from bargaining.model.gains import column_sum
from bargaining.model.game import LinkageGame
from bargaining.results import Number

EXACT_ROWS = 100_000
"""Beyond this many outcomes exact weights are applied in floating point."""


def support(game: LinkageGame, package: Sequence[int], weights: Sequence[Number]) -> Number:
    """Return h(λ) of a package, others at the status quo.

    Parameters
    ----------
    game : LinkageGame
    package : sequence of int
        Positions of issues.
    weights : sequence of Fraction or float, one per player

    Returns
    -------
    Fraction or float
        A fraction when payoffs and weights are exact.
    """
    if can_be_exact(game) and all(isinstance(w, (int, Fraction)) for w in weights):
        return _exact_support(game, package, [Fraction(w) for w in weights])
    terms = package_terms(game, package)
    units = [float(w) / d for w, d in zip(weights, game.flat.denominators, strict=True)]
    total = sum(float(w) * float(o) for w, o in zip(weights, game.offset, strict=True))
    total += float(column_sum(_issue_maxima(game, terms.singles, np.array(units))))
    for component in terms.components:
        whole, scale = _whole([Fraction(unit) for unit in units])
        value, _ = component.best(whole)
        total += float(Fraction(value, scale))
    return total


def can_be_exact(game: LinkageGame) -> bool:
    """Whether exact weights are applied exactly to this game."""
    return game.flat.exact and len(game.flat.values) <= EXACT_ROWS


def _exact_support(
    game: LinkageGame, package: Sequence[int], weights: Sequence[Fraction]
) -> Fraction:
    terms = package_terms(game, package)
    units = [w / d for w, d in zip(weights, game.flat.denominators, strict=True)]
    whole, scale = _whole(units)
    total = sum(w * o for w, o in zip(whole, game.whole_offset, strict=True))
    if len(terms.singles):
        small = game.flat.kind == "small" and sum(abs(w) for w in whole) < 2**33
        vector = np.array(whole, dtype=np.int64 if small else object)
        total += int(_issue_maxima(game, terms.singles, vector).sum())
    for component in terms.components:
        total += component.best(whole)[0]
    return Fraction(total, scale)


def _issue_maxima(game: LinkageGame, issues: Sequence[int], weights: Any) -> Any:
    """Return the best weighted outcome of each issue."""
    if not len(issues):
        return np.zeros(0)
    flat = game.flat
    values = flat.values.astype(object) if weights.dtype.kind == "O" else flat.values
    worth = values @ weights
    best = np.maximum.reduceat(worth, flat.offsets[:-1])
    return best if len(issues) == len(best) else best[positions(issues)]


def _whole(weights: Sequence[Fraction]) -> tuple[list[int], int]:
    """Weights as whole numbers, and what they were multiplied by."""
    scale = math.lcm(*(w.denominator for w in weights))
    return [int(w * scale) for w in weights], scale
