"""A lottery over packages with given shares on the bags of a junction tree.

Joint shares on the bags of a tree, agreeing on what neighbouring bags have in common, always
belong to some lottery over whole packages.  One with few packages is built from the root on:
packages that agree on what the next bag shares with those before it are laid along that bag's
own shares, and cut where these change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.geometry.marginals import Component
from bargaining.results import Number

TINY = 1e-12
Atom = tuple[dict[int, int], Number]


def joint_lottery(
    component: Component, tables: Mapping[tuple[int, ...], NDArray[Any]]
) -> list[tuple[Mapping[int, int], Number]]:
    """Build a lottery over joint outcomes from the shares on each bag.

    Parameters
    ----------
    component : Component
    tables : mapping of tuple of int to ndarray
        Per bag (ascending) its joint shares: fractions, or floats up to rounding.

    Returns
    -------
    list of (outcome per issue, share)
        Shares are positive and add up to 1.
    """
    atoms: list[Atom] = [({}, Fraction(1))]
    for step in reversed(component.plan):
        table = tables[step.bag]
        cells = [
            (tuple(int(a) for a in place), table[tuple(place)])
            for place in np.argwhere(table > (TINY if table.dtype.kind == "f" else 0))
        ]
        shared = [(step.bag.index(k), k) for k in step.separator]
        groups: dict[tuple[int, ...], list[tuple[dict[int, int], Number]]] = {}
        for place, share in cells:
            key = tuple(place[axis] for axis, _ in shared)
            groups.setdefault(key, []).append((dict(zip(step.bag, place, strict=True)), share))
        parts: dict[tuple[int, ...], list[Atom]] = {}
        for atom in atoms:
            parts.setdefault(tuple(atom[0][k] for _, k in shared), []).append(atom)
        atoms = [
            cut
            for key, group in parts.items()
            if key in groups  # otherwise only rounding stands there
            for cut in _laid_along(group, groups[key])
        ]
    total = sum((share for _, share in atoms), start=Fraction(0))
    return [({k: atom[k] for k in component.issues}, share / total) for atom, share in atoms]


def _laid_along(
    atoms: Sequence[Atom], cells: Sequence[tuple[dict[int, int], Number]]
) -> Iterator[Atom]:
    """Give every package a cell, in proportion to the cells' shares."""
    weight = sum((share for _, share in atoms), start=Fraction(0))
    total = sum((share for _, share in cells), start=Fraction(0))
    queue = [(cell, share * weight / total) for cell, share in cells]
    position = 0
    cell, left = queue[0]
    for atom, share in atoms:
        while position < len(queue) - 1 and share > left:
            if left > 0:
                yield {**atom, **cell}, left
            share = share - left
            position += 1
            cell, left = queue[position]
        if share > 0:
            yield {**atom, **cell}, share
        left = left - share
