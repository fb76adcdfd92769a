"""The composed programme in cvxpy: exponential cones for premiums and logarithms (Clarabel).

Games that differ in a few numbers ask for the same programme with other numbers.  So it is
written with cvxpy's parameters, compiled once per structure (how many shares, functions, premiums
of each form, swaps, which functions count and which are held), and then only given new numbers.
Every solution starts from scratch: what was solved before leaves no trace in it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np

from bargaining.settlement.composed.arrays import Arrays, Vector
from bargaining.settlement.composed.cuts import Goal
from bargaining.settlement.composed.matrix import scaled

CONE = {"tol_gap_abs": 1e-11, "tol_gap_rel": 1e-11, "tol_feas": 1e-11}
KEPT = 16
"""Compiled programmes that are kept."""


@dataclass(frozen=True)
class Structure:
    """What a programme is compiled for.

    Attributes
    ----------
    kind : str
        Of the goal.
    shares, equations : int
    terms, held : int
        How many functions count in the goal, and how many are held.
    closed : tuple of int
        Shares that stay at 0.
    bent, square : tuple of int
        Positions of exponential and quadratic premiums.
    owners : tuple of int
        The swap of each alternative.
    swaps : int
    """

    kind: str
    shares: int
    equations: int
    terms: int
    held: int
    closed: tuple[int, ...]
    bent: tuple[int, ...]
    square: tuple[int, ...]
    owners: tuple[int, ...]
    swaps: int


class Compiled:
    """One programme with parameters; whoever sets them holds the lock until it is solved.

    Parameters
    ----------
    structure : Structure
    numbers : mapping, optional
        Numbers to write into the programme for good, in place of parameters.
    """

    def __init__(self, structure: Structure, numbers: Mapping[str, Any] | None = None) -> None:
        import cvxpy as cp

        self.lock = Lock()
        self.parameters: dict[str, Any] = {}
        self._numbers = numbers
        self.shares = z = cp.Variable(structure.shares)
        curves = len(structure.bent) + len(structure.square)
        cost: Any = cp.Variable(curves) if curves else None
        tempted = cp.Variable(structure.swaps, nonneg=True) if structure.swaps else None

        def functions(name: str, rows: int) -> Any:
            worth = self._given(f"{name}.constants", rows)
            worth = worth + self._given(f"{name}.forms", rows, structure.shares) @ z
            if cost is not None:
                worth = worth - self._given(f"{name}.curves", rows, curves) @ cost
            if tempted is not None:
                worth = worth - self._given(f"{name}.swaps", rows, structure.swaps) @ tempted
            return worth

        constraints = [
            self._given("equations", structure.equations, structure.shares) @ z == 0,
            z >= self._given("low", structure.shares),
        ]
        if structure.closed:
            constraints.append(z[list(structure.closed)] == 0)
        if structure.bent:
            depths = self._given("bent", len(structure.bent), structure.shares) @ z
            paid = self._given("bent.cost", len(structure.bent))
            constraints.append(cp.exp(depths) <= 1 + cp.multiply(paid, cost[list(structure.bent)]))
        if structure.square:
            depths = self._given("square", len(structure.square), structure.shares) @ z
            constraints.append(cp.square(depths) <= cost[list(structure.square)])
        if tempted is not None:
            alternatives = len(structure.owners)
            brings = self._given("changes", alternatives, structure.shares) @ z
            brings = brings + self._given("changes.constants", alternatives)
            constraints.append(brings <= tempted[list(structure.owners)])
        if structure.held:
            constraints.append(functions("held", structure.held) >= 0)
        terms = functions("terms", structure.terms)
        if structure.kind == "logs":
            # Parameters may not multiply parameters: the terms get variables of their own.
            reached = cp.Variable(structure.terms)
            constraints.append(reached <= terms)
            aim = self._given("weights", structure.terms) @ cp.log(reached)
        else:
            aim = cp.sum(terms) if structure.kind == "sum" else cp.min(terms)
        self.problem = cp.Problem(cp.Maximize(aim), constraints)

    def _given(self, name: str, *shape: int) -> Any:
        """Return a new parameter, or the number that stands for it."""
        import cvxpy as cp

        if self._numbers is not None:
            return self._numbers[name]
        sign = {"nonneg": True} if name == "weights" else {}
        self.parameters[name] = cp.Parameter(shape, **sign)
        return self.parameters[name]

    def solve(self, numbers: Mapping[str, Any]) -> Vector | None:
        """Return the scaled shares at given numbers; None if Clarabel finds none."""
        import cvxpy as cp

        with self.lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, parameter in self.parameters.items():
                parameter.value = numbers[name]
            try:
                self.problem.solve(solver=cp.CLARABEL, warm_start=False, **CONE)
            except (cp.error.SolverError, ValueError, ArithmeticError):
                return None
            found = self.shares.value
        if found is None or not np.all(np.isfinite(found)):
            return None
        return np.array(found, dtype=float)


@lru_cache(maxsize=KEPT)
def compiled(structure: Structure) -> Compiled:
    """Return the programme of a structure, compiled when it is first asked for."""
    return Compiled(structure)


def conic(arrays: Arrays, goal: Goal, start: Vector, unit: float) -> Iterator[Vector]:
    """Yield the scaled shares that Clarabel finds, if it finds any."""
    structure = _structure(arrays, goal)
    numbers = _numbers(arrays, goal, start, unit, structure)
    # Compiling a large programme with parameters takes longer than solving it.
    programme = compiled(structure) if arrays.dense else Compiled(structure, numbers)
    found = programme.solve(numbers)
    if found is not None:
        yield found


def _structure(arrays: Arrays, goal: Goal) -> Structure:
    forms = [curve.premium.form for curve in arrays.composition.curves]
    return Structure(
        goal.kind,
        arrays.size,
        arrays.equations.shape[0],
        len(goal.terms),
        len(goal.held),
        tuple(np.flatnonzero(arrays.closed).tolist()),
        tuple(j for j, form in enumerate(forms) if form == "exponential"),
        tuple(j for j, form in enumerate(forms) if form == "quadratic"),
        tuple(arrays.owners.tolist()),
        len(arrays.composition.swaps),
    )


def _numbers(
    arrays: Arrays, goal: Goal, start: Vector, unit: float, structure: Structure
) -> dict[str, Any]:
    """Return what the parameters of the programme are set to."""
    premiums = [curve.premium for curve in arrays.composition.curves]
    size = np.maximum(np.abs(arrays.values(start, unit)), 1e-12)[goal.terms]
    per_term = {"logs": 1 / size, "sum": goal.weights, "least": 1 / goal.weights}[goal.kind]
    numbers: dict[str, Any] = {
        "equations": arrays.equations,
        "low": np.where(arrays.low, -1.0 / unit, 0.0),
        "weights": goal.weights,
        "changes": arrays.changes,
        "changes.constants": arrays.changes_at_origin / unit,
    }
    parts = (("terms", goal.terms, per_term, 0.0), ("held", goal.held, 1.0, goal.levels))
    for name, rows, factor, levels in parts:
        factors = np.broadcast_to(factor, len(rows))
        numbers[f"{name}.constants"] = factors * (arrays.constants[rows] / unit - levels)
        tables = (
            ("forms", arrays.forms),
            ("curves", arrays.curve_weights),
            ("swaps", arrays.swap_weights),
        )
        for what, table in tables:
            numbers[f"{name}.{what}"] = scaled(factors, table[rows])
    rate = np.array([float(premiums[j].rate) * unit for j in structure.bent])
    steep = np.array([float(premiums[j].scale * premiums[j].rate) * unit for j in structure.square])
    numbers["bent"] = scaled(rate, arrays.depths[list(structure.bent)])
    numbers["bent.cost"] = np.array([unit / float(premiums[j].scale) for j in structure.bent])
    numbers["square"] = scaled(np.sqrt(steep), arrays.depths[list(structure.square)])
    return numbers
