"""A composition as arrays: functions of the shares, evaluated and scaled.

Shares are written as x = origin + s·z: near a threshold the best deal is small, and z, in units
of s, is not.  Every function is divided by s too, so that premiums cost κβ per unit of scaled
depth however small the deal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.results import Number
from bargaining.settlement.composed import matrix
from bargaining.settlement.composed.proof import on_tree
from bargaining.settlement.requirements.base import Composition, Concave, Form

Vector = NDArray[np.float64]
ENORMOUS = 1e250
"""Premiums beyond this count as this: infinity times a weight of 0 is not a number."""


@dataclass(frozen=True, eq=False)
class Arrays:
    """The functions of a composition.

    Attributes
    ----------
    composition : Composition
    functions : tuple of Concave
        Net gains and requirements, in an order of the caller's.
    closed : ndarray of bool, shape (size,)
        Shares that must stay where they are at the point of reference.
    """

    composition: Composition
    functions: tuple[Concave, ...]
    closed: NDArray[np.bool_]

    @property
    def size(self) -> int:
        """Number of shares."""
        return int(self.composition.size)

    @cached_property
    def dense(self) -> bool:
        """Whether the matrices are dense ones."""
        rows = max(len(self.functions), len(self.owners), 2 * self.size)
        columns = self.size + len(self.composition.curves) + len(self.composition.swaps)
        return rows * columns <= matrix.MAX_DENSE

    @cached_property
    def origin(self) -> Vector:
        """Shares at the status quo."""
        parts = [np.asarray(lay.complete(np.zeros(lay.size))) for lay in self.composition.layouts]
        return np.concatenate(parts)

    @cached_property
    def equations(self) -> Any:
        """What proper lotteries satisfy: equations @ z == 0."""
        from scipy import sparse

        parts = [layout.equations for layout in self.composition.layouts]
        whole = parts[0] if len(parts) == 1 else sparse.block_diag(parts, format="csr")
        return whole.toarray() if self.dense else sparse.csr_array(whole)

    @cached_property
    def forms(self) -> Any:
        """Linear parts of the functions."""
        return matrix.of_forms([f.form for f in self.functions], self.size, dense=self.dense)

    @cached_property
    def largest(self) -> Vector:
        """Largest coefficient of each function."""
        return matrix.largest(self.forms)

    @cached_property
    def constants(self) -> Vector:
        """Values of the functions' linear parts at the status quo."""
        own = np.array([float(f.constant) for f in self.functions])
        return np.asarray(own + self.forms @ self.origin)

    @cached_property
    def curve_weights(self) -> Any:
        """How much of each curve each function subtracts."""
        count = len(self.composition.curves)
        return matrix.of_forms([f.curves for f in self.functions], count, dense=self.dense)

    @cached_property
    def swap_weights(self) -> Any:
        """How much of each swap each function subtracts."""
        count = len(self.composition.swaps)
        return matrix.of_forms([f.swaps for f in self.functions], count, dense=self.dense)

    @cached_property
    def depths(self) -> Any:
        """Depth of each curve; 0 at the status quo."""
        return matrix.of_forms(
            [c.depth for c in self.composition.curves], self.size, dense=self.dense
        )

    @cached_property
    def changes(self) -> Any:
        """What each alternative of each swap would bring."""
        forms: list[Form] = [a for swap in self.composition.swaps for a in swap.alternatives]
        return matrix.of_forms(forms, self.size, dense=self.dense)

    @cached_property
    def owners(self) -> NDArray[np.intp]:
        """Which swap each alternative belongs to."""
        counts = [len(swap.alternatives) for swap in self.composition.swaps]
        return np.repeat(np.arange(len(counts)), counts)

    @cached_property
    def changes_at_origin(self) -> Vector:
        """What each alternative would bring at the status quo."""
        return np.asarray(self.changes @ self.origin)

    @cached_property
    def low(self) -> NDArray[np.bool_]:
        """Shares that are 1 at the status quo, and can fall."""
        return np.asarray(self.origin > 0)

    @cached_property
    def _premiums(self) -> tuple[Vector, Vector, NDArray[np.bool_]]:
        """Scale and rate of each curve, and which are quadratic."""
        found = [curve.premium for curve in self.composition.curves]
        return (
            np.array([float(p.scale) for p in found]),
            np.array([float(p.rate) for p in found]),
            np.array([p.form == "quadratic" for p in found], dtype=bool),
        )

    def costs(self, depths: Vector, unit: float | Vector) -> Vector:
        """Premiums of scaled depths, in units of shares."""
        scale, rate, square = self._premiums
        with np.errstate(over="ignore"):
            bent = np.minimum(scale * np.expm1(rate * depths * unit) / unit, ENORMOUS)
        return np.where(square, scale * rate * depths**2 * unit, bent)

    def slopes(self, depths: Vector, unit: float) -> Vector:
        """Slopes of the premiums at scaled depths."""
        scale, rate, square = self._premiums
        with np.errstate(over="ignore"):
            bent = np.minimum(scale * rate * np.exp(rate * depths * unit), ENORMOUS)
        return np.where(square, 2 * scale * rate * depths * unit, bent)

    def bends(self, depths: Vector, unit: float) -> Vector:
        """Second derivatives of the scaled premiums."""
        scale, rate, square = self._premiums
        with np.errstate(over="ignore"):
            bent = np.minimum(scale * rate**2 * np.exp(rate * depths * unit) * unit, ENORMOUS)
        return np.where(square, 2 * scale * rate * unit, bent)

    def values(self, z: Vector, unit: float) -> Vector:
        """Values of the functions at x = origin + unit·z, divided by unit."""
        worth = self.constants / unit + self.forms @ z
        if self.composition.curves:
            worth = worth - self.curve_weights @ self.costs(self.depths @ z, unit)
        if self.composition.swaps:
            worth = worth - self.swap_weights @ self.tempted(z, unit)
        return np.asarray(worth)

    def along(self, z: Vector, units: Vector) -> Vector:
        """Values at x = origin + unit·z for many units, divided by unit, shape (units, rows)."""
        worth = self.constants / units[:, None] + self.forms @ z
        if self.composition.curves:
            costs = self.costs(self.depths @ z, units[:, None])
            worth = worth - (self.curve_weights @ costs.T).T
        if self.composition.swaps:
            tempted = np.array([self.tempted(z, unit) for unit in units.tolist()])
            worth = worth - (self.swap_weights @ tempted.T).T
        return np.asarray(worth)

    def tempted(self, z: Vector, unit: float) -> Vector:
        """Value of each swap."""
        most = np.zeros(len(self.composition.swaps))
        brings = self.changes_at_origin / unit + self.changes @ z
        np.maximum.at(most, self.owners, brings)
        return most

    def limit(
        self, functions: Vector, depths: Vector, mixes: Vector, z: Vector, unit: float
    ) -> float:
        """Return by how much weighted functions can pass what they are worth at z, at most.

        Parameters
        ----------
        functions : ndarray
            Weight of every function.
        depths : ndarray
            Where the premiums are replaced by tangents.
        mixes : ndarray
            Weights of the alternatives of the swaps.
        """
        worth = functions @ self.forms
        here = float(functions @ self.values(z, unit))
        constant = float(functions @ self.constants) / unit
        if self.composition.curves:
            weights = functions @ self.curve_weights
            slopes = self.slopes(depths, unit)
            worth = worth - (weights * slopes) @ self.depths
            constant -= float(weights @ (self.costs(depths, unit) - slopes * depths))
        if self.composition.swaps:
            worth = worth - mixes @ self.changes
            constant -= float(mixes @ self.changes_at_origin) / unit
        low = np.where(self.low, -1.0 / unit, 0.0)
        most = constant
        for layout, start in zip(self.composition.layouts, self.composition.starts, strict=True):
            inside = int(layout.counts.sum()) if len(layout.counts) else 0
            block = slice(start, start + inside)
            if inside:
                open_worth = np.where(self.closed[block], -np.inf, worth[block])
                base = float((worth[block] * low[block]).sum())
                most += base + float(np.maximum.reduceat(open_worth, layout.starts).sum()) / unit
            for component in layout.components:
                bags = [bag for bag in layout.bags if bag.component is component]
                form: dict[int, Number] = {}
                for bag in bags:
                    columns = range(start + bag.start, start + bag.stop)
                    form.update((j, float(worth[j])) for j in columns)
                    most += sum(float(worth[j] * low[j]) for j in columns)
                shut = frozenset(np.flatnonzero(self.closed).tolist())
                most += float(on_tree(component, bags, start, form, shut)) / unit
        return most - here

    def is_deal(self, z: Vector, unit: float) -> bool:
        """Whether scaled shares are lotteries, up to rounding."""
        size = 1e-9 * max(float(np.abs(z).max(initial=0.0)), 1e-300)
        low = np.where(self.low, -1.0 / unit, 0.0)
        whole = np.abs(self.equations @ z).max(initial=0.0) <= size
        return bool(whole and np.all(z >= low - size) and not np.any(z[self.closed]))

    def proper(self, z: Vector, unit: float) -> Vector:
        """Clean up scaled shares: nothing negative, every lottery complete."""
        moved = np.where(self.low, 0.0, np.maximum(z, 0.0))
        moved[moved < 1e-13 * moved.max(initial=0.0)] = 0.0
        moved[self.closed] = 0.0
        parts = []
        for layout, start in zip(self.composition.layouts, self.composition.starts, strict=True):
            part = moved[start : start + layout.size].copy()
            inside = int(layout.counts.sum()) if len(layout.counts) else 0
            if inside:
                sums = np.add.reduceat(part[:inside], layout.starts)
                shrink = np.where(sums * unit > 1.0, 1.0 / np.maximum(sums * unit, 1e-300), 1.0)
                part[:inside] *= np.repeat(shrink, layout.counts)
                sums = np.add.reduceat(part[:inside], layout.starts)
                low = self.low[start : start + inside]
                part[:inside][low] = -sums
            if layout.bags:
                part[inside:] = z[start + inside : start + layout.size]
            parts.append(part)
        return np.concatenate(parts)
