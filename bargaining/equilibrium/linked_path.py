"""One equilibrium of a general-sum linked game: Lemke's method on the compact form.

Plans x, y are an equilibrium iff multipliers p, q of the flow equations exist with

    E1 x = e1,  r = E1'p - A y >= 0,  x >= 0,  x'r = 0,   and likewise for y, s, q and B'x:

r is by how much a cell falls short of a best reply.  This is a linear complementarity problem.
Lemke's method (1965) is started as for extensive games by von Stengel, van den Elzen and Talman
(Econometrica 2002): both sides first expect a *prior* of each other, with weight z = 1, and x, y
have total 1 - z.  Best replies to the prior are a solution at z = 1; pivoting follows the path of
solutions until z = 0.  The plans' set is bounded, so no ray can end the path, and the
lexicographic ratio test excludes circles.  Other priors can lead to other equilibria.

The free multipliers are eliminated: with a basis of E x = e (one reply per joint action in each
separator) and S its null space, x = S x_N + b (1 - z), and the conditions on r and y become
r_N = G r_B - S1'A (S2 y_N + b2 (1 - z) + z y0), a problem w = M v + h + g (1 - z) of standard form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.linked_form import Block
from bargaining.equilibrium.linked_side import Plan, Side
from bargaining.equilibrium.linked_tableau import ExactTableau, FloatTableau, follow

MAX_ROWS = 3_000
"""The largest tableau that is set up."""


@dataclass(frozen=True, eq=False)
class Complementarity:
    """w = M v + h + g t, w >= 0, v >= 0, w'v = 0, to be followed from t = 0 to t = 1.

    Attributes
    ----------
    matrix : ndarray, shape (size, size)
    start, step : ndarray, shape (size,)
        h and g; floats, or whole numbers.
    where : tuple of two ndarray of int
        Per side: for each cell of the plan, the position of its share among (w, v).
    bases : tuple of two ndarray of int
        Per side: the basis of the flow equations that was eliminated.
    """

    matrix: NDArray[Any]
    start: NDArray[Any]
    step: NDArray[Any]
    where: tuple[NDArray[np.intp], NDArray[np.intp]]
    bases: tuple[NDArray[np.intp], NDArray[np.intp]]


def size_of(block: Block) -> int:
    """Return the number of rows of the complementarity problem."""
    return block.sides[0].cells + block.sides[1].cells


def float_path(
    block: Block, movers: tuple[int, int], prior: tuple[Plan, Plan], *, max_pivots: int, sharp: bool
) -> tuple[Plan, Plan] | None:
    """Follow the path in floating point; None when it is lost or too long.

    Parameters
    ----------
    block : Block
    movers : tuple of two int
    prior : tuple of two plans
    max_pivots : int
    sharp : bool
        Whether the plans at the end are computed in rationals.

    Returns
    -------
    tuple of two plans, or None
        To be checked: rounding may have misled the path.
    """
    first, second = (block.matrix(m) / block.reach(m) for m in movers)
    expected = prior[0].astype(np.float64), prior[1].astype(np.float64)
    problem = _problem(block, (first, second.T), expected, 1, None)
    basis = follow(FloatTableau(problem.matrix, problem.start, problem.step), max_pivots)
    if basis is None:
        return None
    if sharp:
        return _exact_plans(block, movers, problem, basis)
    size = len(problem.start)
    columns = np.concatenate([np.eye(size), -problem.matrix], axis=1)[:, basis]
    values = np.zeros(2 * size)
    try:
        values[basis] = np.linalg.solve(columns, problem.start + problem.step)
    except np.linalg.LinAlgError:
        return None
    plans = [
        side.consistent(values[where])
        for side, where in zip(block.sides, problem.where, strict=True)
    ]
    return plans[0], plans[1]


def exact_path(
    block: Block, movers: tuple[int, int], prior: tuple[Plan, Plan], *, max_pivots: int
) -> tuple[Plan, Plan] | None:
    """Follow the path in whole numbers, where rounding cannot lose it.

    Parameters
    ----------
    block : Block
    movers : tuple of two int
    prior : tuple of two plans (Fractions)
    max_pivots : int
    """
    scale = math.lcm(*(p.denominator for plan in prior for p in plan))
    first, second = (np.array([int(p * scale) for p in plan], dtype=object) for plan in prior)
    problem = _problem(block, _whole_matrices(block, movers), (first, second), scale, None)
    basis = follow(ExactTableau(problem.matrix, problem.start, problem.step), max_pivots)
    return None if basis is None else _exact_plans(block, movers, problem, basis)


def _whole_matrices(block: Block, movers: tuple[int, int]) -> tuple[NDArray[Any], NDArray[Any]]:
    return block.whole_matrix(movers[0]), block.whole_matrix(movers[1]).T


def null_space(side: Side, basis: NDArray[np.intp]) -> tuple[NDArray[Any], NDArray[Any], list[int]]:
    """Solve E x = e (1 - z) for the basis: x = S x_N + b (1 - z), in whole numbers."""
    inside = set(basis.tolist())
    rest = [cell for cell in range(side.cells) if cell not in inside]
    table = np.zeros((side.cells, len(rest) + 1), dtype=np.int64)
    table[rest, np.arange(len(rest))] = 1
    for bag in reversed(side.bags):
        states = bag.states(bag.separator)
        for state in range(bag.size(bag.separator)):
            cells = bag.start + np.flatnonzero(states == state)
            chosen = basis[bag.row + state]
            if bag.parent is None:
                total = np.zeros(len(rest) + 1, dtype=np.int64)
                total[-1] = 1
            else:
                above = side.bags[bag.parent]
                upper = above.start + np.flatnonzero(above.states(bag.separator) == state)
                total = table[upper].sum(axis=0)
            table[chosen] = total - table[cells[cells != chosen]].sum(axis=0)
    return table[:, :-1], table[:, -1], rest


def _problem(
    block: Block,
    payoffs: tuple[NDArray[Any], NDArray[Any]],
    prior: tuple[Plan, Plan],
    scale: int,
    bases: tuple[NDArray[np.intp], NDArray[np.intp]] | None,
) -> Complementarity:
    """Set the complementarity problem up.

    ``payoffs`` are each side's over its own plan and the other's; shares, and the prior, are
    multiplied by ``scale``; without ``bases`` best replies to the prior are eliminated.
    """
    parts = []
    for number, (side, payoff) in enumerate(zip(block.sides, payoffs, strict=True)):
        basis = side.replies(payoff @ prior[1 - number]) if bases is None else bases[number]
        null, plan, rest = null_space(side, basis)
        parts.append((basis, null.astype(payoff.dtype), plan * scale, rest, null.T @ payoff))
    (basis1, null1, plan1, rest1, gain1), (basis2, null2, plan2, rest2, gain2) = parts
    bounds = np.cumsum([0, len(basis1), len(basis2), len(rest1), len(rest2)])
    a, b, c, d = (slice(bounds[i], bounds[i + 1]) for i in range(4))
    size = int(bounds[-1])
    kind = payoffs[0].dtype
    matrix = np.zeros((size, size), dtype=kind)
    start, step = np.zeros(size, dtype=kind), np.zeros(size, dtype=kind)
    matrix[a, c], matrix[c, a] = null1[basis1], -null1[basis1].T
    matrix[b, d], matrix[d, b] = null2[basis2], -null2[basis2].T
    matrix[c, d], matrix[d, c] = -(gain1 @ null2), -(gain2 @ null1)
    start[c], start[d] = -(gain1 @ prior[1]), -(gain2 @ prior[0])
    step[a], step[b] = plan1[basis1], plan2[basis2]
    step[c] = -(gain1 @ plan2) - start[c]
    step[d] = -(gain2 @ plan1) - start[d]
    where = []
    for basis, rest, low, high in ((basis1, rest1, a, c), (basis2, rest2, b, d)):
        place = np.zeros(len(basis) + len(rest), dtype=np.intp)
        place[basis] = np.arange(low.start, low.stop)
        place[rest] = size + np.arange(high.start, high.stop)
        where.append(place)
    return Complementarity(matrix, start, step, (where[0], where[1]), (basis1, basis2))


def _exact_plans(
    block: Block, movers: tuple[int, int], followed: Complementarity, basis: list[int]
) -> tuple[Plan, Plan] | None:
    """Solve in rationals for the basic variables at the end of a path."""
    from flint import fmpq, fmpq_mat

    nothing = (
        np.zeros(block.sides[0].cells, dtype=object),
        np.zeros(block.sides[1].cells, dtype=object),
    )
    problem = _problem(block, _whole_matrices(block, movers), nothing, 1, followed.bases)
    size = len(problem.start)
    matrix, right = fmpq_mat(size, size), fmpq_mat(size, 1)
    for j, v in enumerate(basis):
        if v < size:
            matrix[v, j] = fmpq(1)
        else:
            for i in np.flatnonzero(problem.matrix[:, v - size]).tolist():
                matrix[i, j] = fmpq(-int(problem.matrix[i, v - size]))
    for i in range(size):
        right[i, 0] = fmpq(int(problem.start[i] + problem.step[i]))
    try:
        solved = matrix.solve(right)
    except ZeroDivisionError:
        return None
    values = np.full(2 * size, Fraction(0), dtype=object)
    values[basis] = [Fraction(int(q.p), int(q.q)) for q in solved.entries()]
    first, second = (values[where] for where in problem.where)
    return first, second
