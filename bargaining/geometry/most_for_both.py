"""The mixture of deals that helps the worse off of two players most, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bargaining.errors import SolverError


def most_for_both(rows: Sequence[tuple[Fraction, ...]]) -> dict[int, Fraction]:
    """Mix two rows (or take one) for the largest least gain of two players.

    At rates (t, 1 - t) a row is worth y + t (x - y): the largest least gain is the least of the
    highest of these lines, which two of them show, one falling and one rising.

    Parameters
    ----------
    rows : sequence of (Fraction, Fraction)
        Gains; some mixture must help both.

    Returns
    -------
    dict of int to Fraction
        Shares by row, adding up to 1.

    Examples
    --------
    >>> most_for_both([(Fraction(-4), Fraction(6)), (Fraction(5), Fraction(-3))])
    {1: Fraction(5, 9), 0: Fraction(4, 9)}
    """
    fall = max(range(len(rows)), key=lambda j: (rows[j][1], rows[j][0]))
    rise = max(range(len(rows)), key=lambda j: rows[j])
    for alone, slope in ((fall, 1), (rise, -1)):
        x, y = rows[alone]
        if slope * (x - y) >= 0:
            return {alone: Fraction(1)}
    for _ in rows:  # each round takes a new row
        (a, b), (c, d) = rows[rise], rows[fall]
        up, down = a - b, d - c
        t = (d - b) / (up + down)
        worth = [y + t * (x - y) for x, y in rows]
        best = max(range(len(rows)), key=worth.__getitem__)
        if worth[best] == worth[rise]:
            return {rise: down / (up + down), fall: up / (up + down)}
        x, y = rows[best]
        if x == y:
            return {best: Fraction(1)}
        rise, fall = (best, fall) if x > y else (rise, best)
    msg = f"the largest least gain was not found within {len(rows)} rounds"
    raise SolverError(msg)
