"""Best reports within a quota, for every histogram of true types.

A player assigns his copies to the reports that his quota allows; among the best assignments he
takes one with most truthful reports.  Where types and reports can be ordered so that higher types
gain more from higher reports (a Monge array), matching in order is best for every histogram at
once; otherwise each histogram is an assignment problem of its own.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotSupportedError
from bargaining.settlement.mechanism.histograms import Histogram, histograms
from bargaining.settlement.mechanism.matching import best_exact, worth

MAX_HISTOGRAMS = 200_000
MAX_SINGLE = 3_000
"""Histograms that are assigned one by one."""
SAMPLED = 300
"""Histograms that a check goes through."""

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Replies:
    """What a player's best replies come to.

    Attributes
    ----------
    law : ndarray of Fraction, shape (types, types)
        Joint probabilities of true and reported type at a copy.
    lowest : Fraction
        The least expected gain per copy over histograms.
    worst : tuple of int
        A histogram with it.
    negative : Fraction
        The probability of histograms with a loss.
    """

    law: Array
    lowest: Fraction
    worst: Histogram
    negative: Fraction


def best_replies(values: Array, probability: Sequence[Fraction], quota: Histogram) -> Replies:
    """Compute the best replies to a quota.

    Parameters
    ----------
    values : ndarray of Fraction, shape (types, types)
        Expected gain at each true type (rows) from each report (columns).
    probability : sequence of Fraction
    quota : tuple of int

    Raises
    ------
    NotSupportedError
        If histograms are many and types cannot be ordered.
    """
    copies = sum(quota)
    every = histograms(copies, len(quota))
    aim = honest_values(values, copies)
    order = monge_order(aim)
    if order is None and len(every) > MAX_SINGLE:
        msg = (
            f"quotas: {len(every):,} histograms of types that cannot be ranked by what they gain "
            f"from reports are assigned one by one (at most {MAX_SINGLE:,}); take fewer copies"
        )
        raise NotSupportedError(msg)
    counts = np.array(every, dtype=np.int64)
    matched = (
        np.array([best_exact(aim, h, quota) for h in every])
        if order is None
        else _in_order(counts, quota, *order)
    )
    unit = math.lcm(*(Fraction(v).denominator for v in values.flat))
    whole = np.array([[int(v * unit) for v in row] for row in values], dtype=object)
    gains = np.zeros(len(every), dtype=object)
    for t, s in itertools.product(range(len(quota)), repeat=2):
        gains = gains + matched[:, t, s].astype(object) * whole[t, s]
    weights, total = _weights(counts, probability)
    law = np.array(
        [
            [
                Fraction(int(weights @ matched[:, t, s].astype(object)), total * copies)
                for s in range(len(quota))
            ]
            for t in range(len(quota))
        ],
        dtype=object,
    )
    low = int(np.argmin(gains))
    losing = int(sum(weights[gains < 0].tolist()))
    return Replies(
        law, Fraction(int(gains[low]), unit * copies), every[low], Fraction(losing, total)
    )


def honest_values(values: Array, copies: int) -> Array:
    """Return whole values whose best assignments are the best ones with most truths."""
    unit = math.lcm(*(Fraction(v).denominator for v in values.flat))
    whole = [[int(v * unit) * (copies + 1) for v in row] for row in values]
    result: Array = np.array(whole, dtype=object) + np.eye(len(values), dtype=int).astype(object)
    return result


def monge_order(values: Array) -> tuple[list[int], list[int]] | None:
    """Return orders of rows and columns in which all neighbouring exchanges lose, if there are.

    >>> monge_order(np.array([[4, 1], [2, 0]]))
    ([0, 1], [0, 1])
    """
    for rows, columns in _candidates(values):
        table = values[np.ix_(rows, columns)]
        gain = table[1:, 1:] + table[:-1, :-1] - table[1:, :-1] - table[:-1, 1:]
        if not gain.size or min(gain.flat) >= 0:
            return rows, columns
    return None


def _candidates(values: Array) -> list[tuple[list[int], list[int]]]:
    """Return orders worth trying: by the largest contrast between two rows or two columns."""
    types = len(values)
    plain = list(range(types))
    found = [(plain, plain)]
    for low, high in itertools.permutations(range(types), 2):
        step = values[high] - values[low]
        columns = sorted(plain, key=lambda s, step=step: (step[s], s))  # type: ignore[misc]
        rise = values[:, columns[-1]] - values[:, columns[0]]
        found.append((sorted(plain, key=lambda t, rise=rise: (rise[t], t)), columns))  # type: ignore[misc]
    return found


def _in_order(
    counts: NDArray[np.int64], quota: Histogram, rows: list[int], columns: list[int]
) -> NDArray[np.int64]:
    """Match all histograms in order: overlaps of intervals of copies."""
    result = np.zeros((len(counts), len(quota), len(quota)), dtype=np.int64)
    ends = np.cumsum(counts[:, rows], axis=1)
    told_end = np.cumsum([quota[s] for s in columns])
    for a, t in enumerate(rows):
        start, end = ends[:, a] - counts[:, t], ends[:, a]
        for b, s in enumerate(columns):
            overlap = np.minimum(end, told_end[b]) - np.maximum(start, told_end[b] - quota[s])
            result[:, t, s] = np.maximum(overlap, 0)
    return result


def _weights(counts: NDArray[np.int64], probability: Sequence[Fraction]) -> tuple[Array, int]:
    """Return whole numbers in proportion to the histograms' probabilities, and their sum."""
    copies = int(counts[0].sum())
    unit = math.lcm(*(p.denominator for p in probability))
    parts = [int(p * unit) for p in probability]
    factorial = [math.factorial(n) for n in range(copies + 1)]
    powers = [[part**n for n in range(copies + 1)] for part in parts]
    weights = np.empty(len(counts), dtype=object)
    for place, row in enumerate(counts.tolist()):
        ways = factorial[copies]
        for n in row:
            ways //= factorial[n]
        weights[place] = ways * math.prod(table[n] for table, n in zip(powers, row, strict=True))
    return weights, unit**copies


def sampled_worth(
    values: Array, probability: Sequence[Fraction], quota: Histogram
) -> dict[Histogram, tuple[Fraction, Fraction]]:
    """Return per histogram what best replies bring per copy, and their share of truths.

    Each is an assignment problem solved on its own; evenly spread where there are many.
    """
    copies = sum(quota)
    every = histograms(copies, len(probability))
    step = max(1, len(every) // SAMPLED)
    aim = honest_values(values, copies)
    found = {}
    for h in every[::step]:
        found[h] = _reply(values, best_exact(aim, h, quota), copies)
    return found


def best_at(values: Array, true: Histogram, quota: Histogram) -> tuple[Fraction, Fraction]:
    """Return what a best reply at one histogram brings per copy, and its share of truths."""
    copies = sum(quota)
    return _reply(values, best_exact(honest_values(values, copies), true, quota), copies)


def _reply(values: Array, matching: Array, copies: int) -> tuple[Fraction, Fraction]:
    truths = Fraction(int(np.trace(matching)), copies)
    return Fraction(worth(values, matching)) / copies, truths
