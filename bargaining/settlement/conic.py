"""The convex programmes of a package in cvxpy, compiled once and solved again and again.

Bargaining weights, floors, the constant part of gains and the directions asked for are
parameters (disciplined parametrised programming; Agrawal et al. 2019), so that another question
to the same package changes numbers, not the programme.  Logarithms go to Clarabel's exponential
cone, everything linear to HiGHS.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
CONE = {"tol_gap_abs": 1e-10, "tol_gap_rel": 1e-10, "tol_feas": 1e-10}
LINEAR = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
MANY = 4_000
"""From this many shares on HiGHS starts by its interior point method, then crosses over."""


@dataclass(frozen=True, eq=False)
class Solved:
    """What a solver returned.

    Attributes
    ----------
    shares : ndarray, shape (size,)
    value : float
    floors : ndarray, shape (players,)
        Prices of the floors.
    least : ndarray, shape (players,)
        Prices of the least gain; zero where that was not asked for.
    """

    shares: Vector
    value: float
    floors: Vector
    least: Vector


class ConicModel:
    """The programmes of one package.

    Parameters
    ----------
    matrix : ndarray, shape (players, size)
        Gains per share of the players who may not lose, in units near 1.
    constant : ndarray, shape (players,)
    equations, right : sparse array and vector
        What proper lotteries satisfy.
    """

    def __init__(self, matrix: Vector, constant: Vector, equations: Any, right: Vector) -> None:
        import cvxpy as cp

        self.cp = cp
        players, size = matrix.shape
        start = "ipm" if size >= MANY else "choose"
        self._linear_options = {"highs_options": {**LINEAR, "solver": start}}
        self._shares = cp.Variable(size, nonneg=True)
        self._gains = cp.Variable(players)
        self.constant = cp.Parameter(players, value=constant)
        self.floor = cp.Parameter(players, value=np.zeros(players))
        self._floors = self._gains >= self.floor
        self._proper = [
            equations @ self._shares == right,
            self._gains == matrix @ self._shares + self.constant,
            self._floors,
        ]

    @cached_property
    def log_problem(self) -> Any:
        """Maximise power @ log(gains + lift): a lift of 1 takes a player out of the product."""
        cp, players = self.cp, self._gains.shape[0]
        self._power = cp.Parameter(players, nonneg=True)
        self._lift = cp.Parameter(players, nonneg=True)
        lifted = cp.Variable(players)
        goal = cp.Maximize(self._power @ cp.log(lifted))
        return cp.Problem(goal, [*self._proper, lifted == self._gains + self._lift])

    @cached_property
    def linear_problem(self) -> Any:
        """Maximise prices @ gains + spread * least, where rates * gains >= open * least."""
        cp, players = self.cp, self._gains.shape[0]
        self._prices = cp.Parameter(players)
        self._spread = cp.Parameter(nonneg=True)
        self._rates = cp.Parameter(players)
        self._open = cp.Parameter(players)
        self._totals = cp.Parameter(players)
        self._total = cp.Parameter()
        least = cp.Variable()
        self._least = cp.multiply(self._rates, self._gains) >= self._open * least
        goal = cp.Maximize(self._prices @ self._gains + self._spread * least)
        kept = self._totals @ self._gains >= self._total
        return cp.Problem(goal, [*self._proper, self._least, kept, least <= 1e9, least >= -1e9])

    def logs(self, power: Vector, floor: Vector) -> Solved | None:
        """Maximise the sum of weighted logarithms; players of power 0 only keep their floor."""
        problem = self.log_problem
        self._power.value, self._lift.value = power, np.where(power > 0, 0.0, 1.0)
        return self._solve(problem, floor, self.cp.CLARABEL, CONE)

    def product(self, power: Vector, floor: Vector) -> Solved | None:
        """Maximise the same as a weighted geometric mean, compiled anew for these weights."""
        who = np.flatnonzero(power > 0)
        mean = self.cp.geo_mean(self._gains[who], [float(p) for p in power[who]])
        problem = self.cp.Problem(self.cp.Maximize(mean), self._proper)
        return self._solve(problem, floor, self.cp.CLARABEL, CONE)

    def linear(self, prices: Vector, floor: Vector) -> Solved | None:
        """Maximise a weighted sum of gains."""
        none = np.zeros_like(prices)
        problem = self.linear_problem
        self._prices.value, self._spread.value = prices, 0.0
        self._rates.value, self._open.value = none, none
        self._totals.value, self._total.value = none, 0.0
        return self._solve(problem, floor, self.cp.HIGHS, self._linear_options)

    def least(
        self,
        rates: Vector,
        floor: Vector,
        totals: Vector | None = None,
        total: float = 0.0,
    ) -> Solved | None:
        """Maximise the least of rates * gains over positive rates, keeping a total if given."""
        problem = self.linear_problem
        self._prices.value, self._spread.value = np.zeros_like(rates), 1.0
        self._rates.value, self._open.value = rates, (rates > 0).astype(float)
        self._totals.value = np.zeros_like(rates) if totals is None else totals
        self._total.value = total
        return self._solve(problem, floor, self.cp.HIGHS, self._linear_options)

    def _solve(
        self, problem: Any, floor: Vector, solver: str, options: Mapping[str, Any]
    ) -> Solved | None:
        """Solve one problem; None when the solver gives nothing usable."""
        self.floor.value = floor
        self._shares.value = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                problem.solve(solver=solver, **options)
        except (self.cp.error.SolverError, ValueError, ArithmeticError):
            return None
        if self._shares.value is None:
            return None
        linear = "linear_problem" in self.__dict__ and problem is self.linear_problem
        return Solved(
            np.asarray(self._shares.value, dtype=float),
            float(problem.value),
            self._dual(self._floors),
            self._dual(self._least) if linear else np.zeros(len(floor)),
        )

    def _dual(self, constraint: Any) -> Vector:
        if constraint.dual_value is None:
            return np.zeros(self._gains.shape[0])
        return np.maximum(np.array(constraint.dual_value, dtype=np.float64).ravel(), 0.0)
