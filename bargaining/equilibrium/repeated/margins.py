"""Sets a little smaller or larger than a guess that the operator maps outwards or inwards.

Where players trade over time the payoff set may have corners without number, each begun from the
next, and a guess leaves the smallest ones out.  From the guess made a little smaller, whatever the
operator does not reach with a margin is cut off until nothing is left to cut: what remains begins
itself.  From the guess made a little larger, whatever the operator reaches beyond it is added until
it stays inside.  Both are proposals in floats, for :mod:`.inner` and :mod:`.jump` to prove.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.repeated.play import Floats, Play, generate, hull_of
from bargaining.equilibrium.repeated.polygon import clip

ROUNDS = 400
SQUARE = np.array([(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)])
WIDER = 10.0
"""How much larger than the margin the first change is."""


def smaller(
    play: Play, corners: Floats, active: NDArray[np.intp], margin: float, deadline: float
) -> Floats | None:
    """Return a set inside a guess whose image holds it with a margin; None if none is found."""
    centre = corners.mean(axis=0)
    inside: Floats = corners + WIDER * margin * (centre - corners)
    for _ in range(ROUNDS):
        image = _image(play, inside, active, margin)
        if len(image) < 3 or time.monotonic() > deadline:
            return None
        edge = np.roll(image, -1, axis=0) - image
        normals = np.stack([edge[:, 1], -edge[:, 0]], axis=1)
        normals = normals / np.hypot(*normals.T)[:, None]
        levels = np.sum(normals * image, axis=1) - margin
        over = (inside @ normals.T - levels).max(axis=0)
        if over.max() <= margin / 2:
            return inside
        part = [(float(x), float(y)) for x, y in inside]
        for (a, b), level, beyond in zip(normals.tolist(), levels.tolist(), over, strict=True):
            if beyond > 0:
                part = clip(part, (a, b, level))
        if len(part) < 3:
            return None
        cut = np.array(part)
        inside = cut[hull_of(cut, margin / 100)]
    return None


def larger(
    play: Play, corners: Floats, active: NDArray[np.intp], margin: float, deadline: float
) -> Floats | None:
    """Return a set around a guess that holds its image with a margin; None if none is found."""
    centre = corners.mean(axis=0)
    around: Floats = corners - WIDER * margin * (centre - corners)
    for _ in range(ROUNDS):
        if time.monotonic() > deadline:
            return None
        edge = np.roll(around, -1, axis=0) - around
        normals = np.stack([edge[:, 1], -edge[:, 0]], axis=1)
        normals = normals / np.hypot(*normals.T)[:, None]
        levels = np.sum(normals * around, axis=1)
        image = _image(play, around, active, margin)
        if not len(image):
            return around
        over = (image @ normals.T - levels).max(axis=1) + margin
        if over.max() <= margin / 2:
            return around
        pushed = image[over > 0][:, None] + margin * SQUARE[None]
        both = np.concatenate([around, pushed.reshape(-1, 2)])
        around = both[hull_of(both, margin / 100)]
    return None


def _image(play: Play, corners: Floats, active: NDArray[np.intp], margin: float) -> Floats:
    found = generate(play, corners, active, tight=False)
    return found.points[hull_of(found.points, margin / 100)] if len(found.points) else found.points
