"""Upper-right hulls of very many small point sets, decided exactly.

Each issue's Pareto frontier with shares runs from the outcome best for the second player to
the outcome best for the first along edges of falling slope.  All issues with equally many
outcomes are marched at once.  A float comparison that rounding could have turned is decided
again in rationals, so that whole numbers and floats alike give the true hull.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDING = 8 * np.finfo(np.float64).eps
CHUNK = 16_384
ExactStep = Callable[[int], tuple[Fraction, Fraction]]


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges of many hulls.

    Attributes
    ----------
    block, source, target : ndarray of int
        Whose edge it is, and the outcomes it joins.
    dx, dy : ndarray
        Rise of the first player's gain (> 0) and of the second's (< 0).
    """

    block: NDArray[np.intp]
    source: NDArray[np.intp]
    target: NDArray[np.intp]
    dx: NDArray[Any]
    dy: NDArray[Any]

    def __len__(self) -> int:
        return len(self.block)


def join(parts: list[Edges]) -> Edges:
    """Put edges together."""
    return Edges(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("block", "source", "target", "dx", "dy")
        )
    )


def hulls(x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[np.intp], Edges]:
    """March along the upper-right hulls of many point sets.

    Parameters
    ----------
    x, y : ndarray, shape (outcomes, blocks)
        Gains of the two players; int64 below 2**29, Python integers, or float64.

    Returns
    -------
    start : ndarray of int, shape (blocks,)
        The outcome best for the second player (then for the first).
    edges : Edges
        All edges, each block's in order of falling slope.
    """
    if x.shape[0] > 64 and x.shape[1] == 1:
        return _one_hull(x[:, 0], y[:, 0])
    starts, parts = [], []
    for first in range(0, x.shape[1], CHUNK):
        start, edges = _march(x[:, first : first + CHUNK], y[:, first : first + CHUNK], first)
        starts.append(start)
        parts += edges
    empty = np.zeros(0, dtype=np.intp)
    none = Edges(empty, empty, empty, x[0, :0], y[0, :0])
    return np.concatenate(starts), join([none, *parts])


def _march(x: NDArray[Any], y: NDArray[Any], first: int) -> tuple[NDArray[np.intp], list[Edges]]:
    outcomes, blocks = x.shape
    floats = x.dtype.kind == "f"
    here = np.zeros(blocks, dtype=np.intp)
    cx, cy = x[0].copy(), y[0].copy()
    for a in range(1, outcomes):
        better = (y[a] > cy) | ((y[a] == cy) & (x[a] > cx))
        np.copyto(cx, x[a], where=better)
        np.copyto(cy, y[a], where=better)
        here[better] = a
    start = here.copy()
    parts: list[Edges] = []
    active = np.arange(blocks)
    for _ in range(outcomes - 1):
        ahead = np.full(len(active), -1, dtype=np.intp)
        bx, by = np.zeros_like(cx), np.full_like(cy, -1)
        for a in range(outcomes):
            dx, dy = x[a] - cx, y[a] - cy
            right, left = dy * bx, by * dx
            cross = right - left
            turn = (dx > 0) & (cross > 0)
            if floats:  # where dx > 0 both products are <= 0, so this is their rounding error
                near = np.abs(cross) <= -ROUNDING * (right + left)
                for i in np.flatnonzero(near & (dx > 0) & (ahead >= 0)) if near.any() else ():
                    turn[i] = _turns(x[:, i], y[:, i], here[i], ahead[i], a)
            else:
                turn |= (dx > bx) & (cross == 0)
            np.copyto(bx, dx, where=turn)
            np.copyto(by, dy, where=turn)
            ahead[turn] = a
        going = ahead >= 0
        if not going.any():
            break
        parts.append(Edges(active[going] + first, here[going], ahead[going], bx[going], by[going]))
        active, here = active[going], ahead[going]
        x, y = x[:, going], y[:, going]
        lane = np.arange(len(active))
        cx, cy = x[here, lane], y[here, lane]
    return start, parts


def _turns(x: NDArray[Any], y: NDArray[Any], here: int, ahead: int, other: int) -> bool:
    """Whether the edge here-other lies above the edge here-ahead, or is its extension."""

    def step(a: int) -> tuple[Fraction, Fraction]:
        return (
            Fraction(float(x[a])) - Fraction(float(x[here])),
            Fraction(float(y[a])) - Fraction(float(y[here])),
        )

    (dx, dy), (bx, by) = step(other), step(ahead)
    cross = dy * bx - by * dx
    return cross > 0 or (cross == 0 and dx > bx)


def _one_hull(x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[np.intp], Edges]:
    """One large point set: sort by the first player's gain, then scan (Andrew 1979)."""
    order = sorted(range(len(x)), key=lambda a: (x[a], y[a]))
    fractions = x.dtype.kind == "f"
    chain: list[int] = []
    for a in reversed(order):
        if chain and y[a] <= y[chain[-1]]:
            continue
        while len(chain) > 1 and not _left(x, y, chain[-2], chain[-1], a, fractions):
            chain.pop()
        chain.append(a)
    chain.reverse()
    source, target = np.array(chain[:-1], dtype=np.intp), np.array(chain[1:], dtype=np.intp)
    block = np.zeros(len(source), dtype=np.intp)
    edges = Edges(block, source, target, x[target] - x[source], y[target] - y[source])
    return np.array(chain[:1], dtype=np.intp), edges


def _left(x: NDArray[Any], y: NDArray[Any], a: int, b: int, c: int, fractions: bool) -> bool:
    """Whether b lies strictly above the line from c (left) to a (right)."""

    def value(v: Any) -> Any:
        return Fraction(float(v)) if fractions else int(v)

    ax, ay, bx, by, cx, cy = (value(v) for v in (x[a], y[a], x[b], y[b], x[c], y[c]))
    return bool((ax - cx) * (by - cy) > (ay - cy) * (bx - cx))


def by_slope(edges: Edges, exact_step: ExactStep) -> tuple[Edges, NDArray[np.intp]]:
    """Sort edges by falling slope and find runs of equal slope.

    Parameters
    ----------
    edges : Edges
    exact_step : callable (edge index) -> (Fraction, Fraction)
        The exact rise of an edge, asked for only where floats cannot decide.

    Returns
    -------
    sorted edges, and the start of each run of equal slope with the number of edges at the end.
    """
    if not len(edges):
        return edges, np.zeros(1, dtype=np.intp)
    if edges.dx.dtype.kind == "O":
        slopes = [Fraction(int(dy), int(dx)) for dx, dy in zip(edges.dx, edges.dy, strict=True)]
        order = np.array(sorted(range(len(edges)), key=slopes.__getitem__, reverse=True))
        same = np.array([slopes[i] == slopes[j] for i, j in itertools.pairwise(order)], dtype=bool)
    else:
        order, same = _float_order(edges, exact_step)
    fields = ("block", "source", "target", "dx", "dy")
    runs = np.concatenate([[0], np.flatnonzero(~same) + 1, [len(order)]]).astype(np.intp)
    return Edges(*(getattr(edges, name)[order] for name in fields)), runs


def _float_order(edges: Edges, exact_step: ExactStep) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Sort by float slope, then decide neighbours that rounding could have swapped."""
    ratio = edges.dy / edges.dx
    order = np.argsort(-ratio)
    ratio = ratio[order]
    near = ratio[:-1] - ratio[1:] <= -ROUNDING * ratio[1:]
    close = np.flatnonzero(near)
    signs = _signs(edges, order, close, exact_step)
    if bool(np.any(signs < 0)):
        wrong = close[signs < 0]
        breaks = np.concatenate([[0], np.flatnonzero(~near) + 1, [len(order)]])
        for i in np.unique(np.searchsorted(breaks, wrong, side="right") - 1):
            part = slice(int(breaks[i]), int(breaks[i + 1]))
            slopes = {e: _slope(exact_step(e)) for e in order[part].tolist()}
            order[part] = sorted(slopes, key=slopes.__getitem__, reverse=True)
        signs = _signs(edges, order, close, exact_step)
    same = np.zeros(len(near), dtype=bool)
    same[close] = signs == 0
    return order, same


def _signs(
    edges: Edges, order: NDArray[np.intp], close: NDArray[np.intp], exact_step: ExactStep
) -> NDArray[np.int64]:
    """Sign of slope[i] - slope[i + 1] for the positions asked for, exactly."""
    if edges.dx.dtype.kind == "f":
        found = []
        for i in close.tolist():
            left, right = _slope(exact_step(int(order[i]))), _slope(exact_step(int(order[i + 1])))
            found.append((left > right) - (left < right))
        return np.array(found, dtype=np.int64)
    one, two = order[close], order[close + 1]
    cross = edges.dy[one] * edges.dx[two] - edges.dy[two] * edges.dx[one]
    return np.asarray(np.sign(cross), dtype=np.int64)


def _slope(step: tuple[Fraction, Fraction]) -> Fraction:
    return step[1] / step[0]
