"""Profiles that cannot matter.

If u(a) is a mixture of the u(b) of profiles b with h(b) <= h(a), then whatever a can begin, with a
promised continuation w, the lottery over those b with the same w begins too: each b meets the
incentive constraints that a meets, and payoffs agree on average.  So no set of decomposable payoffs
changes.  (It would not do to compare h on average: each b must be enforced when it is drawn.)  It
is safe to leave out all profiles whose u lies strictly inside at once: among the profiles with
h <= h(a) those at corners of the hull of the u's are never redundant themselves, and u(a) is a
mixture of them.  Merging preserves the relation, since adding a profile of another issue to both
sides keeps u on average and the order of h.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

PRUNED = 6_000
"""Up to this many profiles those redundant by lotteries are looked for."""
SECTORS = 16


def undominated(vectors: NDArray[Any], *, lotteries: bool) -> NDArray[np.intp]:
    """Return the positions of profiles that may matter, ascending.

    First, of profiles with the same payoffs those whose temptations are least; then those not
    redundant by a lottery (see the module's text), judged with room to spare in floats,
    which is worth its time where profiles are merged.
    """
    order = np.lexsort(tuple(vectors[:, i] for i in (3, 2, 1, 0)))
    rows = vectors[order]
    fresh = np.ones(len(rows), dtype=bool)
    fresh[1:] = np.any(rows[1:, :2] != rows[:-1, :2], axis=1)
    rank = np.unique(rows[:, 3], return_inverse=True)[1].reshape(-1).astype(np.int64)
    # Ranks fall by more than their range from one group to the next, so that the running minimum
    # starts anew with every group.
    key = rank - np.cumsum(fresh) * (len(rows) + 1)
    before = np.minimum.accumulate(key)
    kept = np.ones(len(rows), dtype=bool)
    kept[1:] = fresh[1:] | (key[1:] < before[:-1])
    chosen = np.sort(order[kept])
    if lotteries and 8 < len(chosen) <= PRUNED:
        chosen = chosen[~_by_lottery(vectors[chosen])]
    return chosen


def _by_lottery(vectors: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each u lies strictly inside the hull of the u's of profiles with h no larger.

    Directions from u to the others are sorted into sixteen sectors.  If no half of the circle is
    free, the point lies inside; gaps of up to seven sectors leave over 20 degrees for rounding.
    """
    scale = np.array([max(int(np.ptp(vectors[:, i])), 1) for i in (0, 1)], dtype=object)
    low = np.array([int(vectors[:, i].min()) for i in (0, 1)], dtype=object)
    u = np.asarray((vectors[:, :2] - low) / scale, dtype=np.float64)
    ranks = np.stack(
        [np.unique(vectors[:, i], return_inverse=True)[1].reshape(-1) for i in (2, 3)], axis=1
    )
    redundant = np.zeros(len(u), dtype=bool)
    step = max(1, 2_000_000 // len(u))
    for start in range(0, len(u), step):
        here = slice(start, start + step)
        dx = u[None, :, 0] - u[here, 0, None]
        dy = u[None, :, 1] - u[here, 1, None]
        near = (ranks[None, :, 0] <= ranks[here, 0, None]) & (
            ranks[None, :, 1] <= ranks[here, 1, None]
        )
        near &= np.abs(dx) + np.abs(dy) > 1e-6
        sector = ((np.arctan2(dy, dx) / (2 * np.pi) % 1.0) * SECTORS).astype(np.int8) % SECTORS
        taken = np.stack([np.any(near & (sector == s), axis=1) for s in range(SECTORS)], axis=1)
        twice = np.concatenate([taken, taken], axis=1)
        gap = np.zeros(len(taken), dtype=np.int64)
        widest = np.zeros(len(taken), dtype=np.int64)
        for s in range(2 * SECTORS):
            gap = np.where(twice[:, s], 0, gap + 1)
            widest = np.maximum(widest, gap)
        redundant[here] = widest <= 5
    return redundant
