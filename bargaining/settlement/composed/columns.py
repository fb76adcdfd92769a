"""Shares of a composition that must stay at zero."""

from __future__ import annotations

from collections.abc import Sequence

from bargaining.settlement.requirements.base import Composition


def closed_columns(composition: Composition, closed: Sequence[frozenset[int]]) -> frozenset[int]:
    """Turn closed outcomes, one set of rows of the flat gains per package, into columns."""
    found: set[int] = set()
    offsets = composition.game.flat.offsets
    for place, (package, rows) in enumerate(zip(composition.packages, closed, strict=True)):
        if not rows:
            continue
        layout, start = composition.layouts[place], composition.starts[place]
        for k in package:
            first, last = int(offsets[k]), int(offsets[k + 1])
            shut = {row - first for row in rows if first <= row < last}
            if not shut:
                continue
            bags = [bag for bag in layout.bags if k in bag.issues]
            if not bags:
                columns, cells = composition.cells(place, k)
                found.update(j for j, a in zip(columns, cells, strict=True) if a in shut)
            for bag in bags:
                cells = bag.groups([k]).tolist()
                columns = list(range(start + bag.start, start + bag.stop))
                found.update(j for j, a in zip(columns, cells, strict=True) if a in shut)
    return frozenset(found)
