"""Spillovers on games built from arrays."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

import bargaining as bg


def test_fractional_spillovers_on_arrays() -> None:
    """The scale of gains widens for spillovers that whole numbers do not hold."""
    game = bg.LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    extra = np.full((2, 2, 2), Fraction(0), dtype=object)
    extra[1, 1] = Fraction(1, 2)
    linked = replace(game, links=(bg.Link(("0", "1"), True, extra),))
    answer = bg.settle(linked, solution="utilitarian", deals="pure")
    assert answer.verify()
    assert dict(answer.gains) == {"1": Fraction(3, 2), "2": Fraction(7, 2)}
