"""All equilibria of a small component of the linked game, in exact rationals.

With x a plan of one side and v what its opponent's best reply is worth, the points

    {(x, v) : E x = e, x >= 0, v >= payoff of reply j against x, for every pure reply j}

form a polyhedron of small dimension: plans have far fewer free coordinates than mixed strategies
over joint actions.  A pair of points is an equilibrium iff each side's payoff equals the other
point's v, which makes the equilibria a union of products of faces; all are mixtures of pairs of
vertices (Mangasarian 1964).  The vertices are the rays of a cone, found by the double description
method (Motzkin, Raiffa, Thompson and Thrall 1953) in whole numbers.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.equilibrium.linked_answer import Plans, regrets
from bargaining.equilibrium.linked_form import Block, LinkedForm
from bargaining.equilibrium.linked_path import null_space
from bargaining.equilibrium.linked_side import Plan, Side

MAX_REPLIES = 100
"""The most pure plans of a side for which all equilibria are sought."""
MAX_RAYS = 1_500
"""The most rays kept while a constraint is added."""
MAX_PURE_PAIRS = 2**20
"""The most pairs of pure plans that are searched for pure equilibria."""
NEAR = 1e-9

Ray = tuple[int, ...]


def pure_plans(side: Side) -> int:
    """Return how many pure plans a side has."""
    return math.prod(side.actions.values())


def every_pure_plan(side: Side) -> list[Plan]:
    """Return all pure plans, exactly."""
    names = list(side.actions)
    ranges = [range(side.actions[k]) for k in names]
    return [
        side.pure(dict(zip(names, chosen, strict=True))) for chosen in itertools.product(*ranges)
    ]


def all_equilibria(form: LinkedForm, block: Block) -> list[Plans] | None:
    """Return every extreme equilibrium of a component; None if there is too much to list."""
    if max(pure_plans(side) for side in block.sides) > MAX_REPLIES:
        return None
    corners = []
    for side in (0, 1):
        found = _corners(block, side, form.movers[1 - side])
        if found is None:
            return None
        corners.append(found)
    return _matching(form, block, corners[0], corners[1])


def pure_equilibria(form: LinkedForm, block: Block) -> list[Plans] | None:
    """Return every pure equilibrium of a component; None if there are too many pairs to search."""
    if math.prod(pure_plans(side) for side in block.sides) > MAX_PURE_PAIRS:
        return None
    first, second = (every_pure_plan(side) for side in block.sides)
    return _matching(form, block, first, second)


def _matching(
    form: LinkedForm, block: Block, first: Sequence[Plan], second: Sequence[Plan]
) -> list[Plans]:
    """Return the pairs that are equilibria: sought in floating point, confirmed exactly."""
    left = np.array([plan.astype(np.float64) for plan in first])
    right = np.array([plan.astype(np.float64) for plan in second])
    close = np.ones((len(left), len(right)), dtype=bool)
    for number, mover in enumerate(form.movers):
        payoff = block.matrix(mover) / block.reach(mover)
        paid = left @ payoff @ right.T
        side = block.sides[number]
        if number == 0:
            best = np.array([side.best(payoff @ plan)[0] for plan in right])[None, :]
        else:
            best = np.array([side.best(plan @ payoff)[0] for plan in left])[:, None]
        close &= paid >= best - NEAR
    return [
        (first[i], second[j])
        for i, j in np.argwhere(close).tolist()
        if all(regret == 0 for regret in regrets(form, block, (first[i], second[j])))
    ]


def _corners(block: Block, side: int, opponent: int) -> list[Plan] | None:
    """Return the plans of all vertices of one side's polyhedron."""
    mine, other = block.sides[side], block.sides[1 - side]
    payoff = block.whole_matrix(opponent)
    payoff = payoff if side == 0 else payoff.T
    basis = mine.replies(np.zeros(mine.cells))
    null, base, _ = null_space(mine, basis)
    plan = np.concatenate([null, base[:, None]], axis=1).astype(object)  # x = plan @ (x_N, h)
    replies = np.array([reply.astype(int) for reply in every_pure_plan(other)], dtype=object)
    worth = replies @ payoff.T @ plan
    size = plan.shape[1] + 1
    rows = [(*map(int, row), 0) for row in plan]
    rows += [(*(-int(v) for v in row), 1) for row in worth]
    rays = extreme_rays([row for row in dict.fromkeys(rows) if any(row)], size)
    if rays is None:
        return None
    corners = []
    for ray in rays:
        if ray[-2] > 0:
            point = np.array([Fraction(v, ray[-2]) for v in ray[:-1]], dtype=object)
            corners.append(plan @ point)
    return corners


def extreme_rays(rows: Sequence[Ray], size: int) -> list[Ray] | None:
    """Return the extreme rays of the pointed cone {z : row·z >= 0 for every row}, whole numbers.

    Parameters
    ----------
    rows : sequence of tuple of int
        They must span the space.
    size : int
        Number of coordinates.

    Returns
    -------
    list of tuple of int, or None
        None if more than :data:`MAX_RAYS` would have to be kept.

    Examples
    --------
    >>> sorted(extreme_rays([(1, 0), (-1, 2)], 2))
    [(0, 1), (2, 1)]
    """
    first, rays = _simplex(rows, size)
    tight = {ray: sum(1 << i for i in first if _dot(rows[i], ray) == 0) for ray in rays}
    for i in (i for i in range(len(rows)) if i not in first):
        values = {ray: _dot(rows[i], ray) for ray in tight}
        above = [ray for ray, value in values.items() if value > 0]
        below = [ray for ray, value in values.items() if value < 0]
        kept = {ray: bits | (1 << i) * (values[ray] == 0)
                for ray, bits in tight.items() if values[ray] >= 0}  # fmt: skip
        every = list(tight.values())
        for up, down in itertools.product(above, below):
            common = tight[up] & tight[down]
            if common.bit_count() < size - 2:
                continue
            if sum(1 for bits in every if bits & common == common) > 2:
                continue
            ray = _reduced(
                [values[up] * d - values[down] * u for u, d in zip(up, down, strict=True)]
            )
            kept[ray] = common | 1 << i
        if len(kept) > MAX_RAYS:
            return None
        tight = kept
    return list(tight)


def _simplex(rows: Sequence[Ray], size: int) -> tuple[list[int], list[Ray]]:
    """Choose independent rows, and return the rays of the cone that they alone define."""
    from flint import fmpq_mat, fmpz_mat

    chosen: list[int] = []
    for i in range(len(rows)):
        trial = [*chosen, i]
        if fmpz_mat([list(rows[j]) for j in trial]).rank() == len(trial):
            chosen = trial
        if len(chosen) == size:
            break
    inverse = fmpq_mat(fmpz_mat([list(rows[i]) for i in chosen])).inv()
    rays = []
    for j in range(size):
        column = [inverse[i, j] for i in range(size)]
        scale = math.lcm(*(int(v.q) for v in column))
        rays.append(_reduced([int(v.p) * (scale // int(v.q)) for v in column]))
    return chosen, rays


def _dot(row: Ray, ray: Ray) -> int:
    return sum(a * b for a, b in zip(row, ray, strict=True) if a)


def _reduced(values: Sequence[int]) -> Ray:
    divisor = math.gcd(*values) or 1
    return tuple(v // divisor for v in values)


def shares_key(form: LinkedForm, block: Block, plans: Plans) -> tuple[Any, ...]:
    """Return an equilibrium's shares per issue: what equilibria are counted by."""
    return tuple(
        tuple(side.shares(plan, (k,)).tolist())
        for side, plan in zip(block.sides, plans, strict=True)
        for k in side.actions
    )


def joined(plans: Sequence[Plans]) -> bool:
    """Whether some equilibria share a plan, so that all mixtures of them are equilibria too."""
    keys: list[tuple[int, tuple[Any, ...]]] = [
        (side, tuple(pair[side].tolist())) for pair in plans for side in (0, 1)
    ]
    return len(set(keys)) < len(keys)
