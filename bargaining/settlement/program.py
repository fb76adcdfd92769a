"""The convex programme of a package: shares in, gains out, for any number of players.

Variables are the shares of each issue's outcomes and, for issues that interact, joint tables
on the cliques of a junction tree (the marginal polytope; Wainwright and Jordan 2008).  Gains
are linear in them.  Each solution concept is one method here: logarithms on the exponential
cone (Clarabel), the others as linear programmes (HiGHS).  Whatever a solver returns is judged
by its own gains and a support certificate; a ladder of formulations is tried until the
relative gap is small enough.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.geometry.support import support
from bargaining.model.deal import Deal
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.layout import Layout
from bargaining.settlement.polish import polished

TIGHT = {"tol_gap_abs": 1e-10, "tol_gap_rel": 1e-10, "tol_feas": 1e-10}
GAP = 1e-6
"""The largest relative duality gap of an accepted answer."""
BINDING = 1e-7


@dataclass(frozen=True)
class ProgramAnswer:
    """What the programme found.

    Attributes
    ----------
    variables : ndarray
    weights : tuple of float
        Support weights, one per player of the game.
    method : str
    exact : bool
        Whether shares and weights are the exact optimum, not close to it.
    """

    variables: NDArray[Any]
    weights: tuple[Number, ...]
    method: str
    exact: bool = False


class Program:
    """A package as a convex programme.

    Parameters
    ----------
    game : LinkageGame
    package : sequence of int
    players : sequence of int
        Positions of the players whose gains must not be negative.
    layout : Layout
        Of the package.
    """

    def __init__(
        self, game: LinkageGame, package: Sequence[int], players: Sequence[int], layout: Layout
    ) -> None:
        import cvxpy as cp

        self.cp = cp
        self.game, self.package, self.players = game, tuple(package), tuple(players)
        self.layout = layout
        self.x = cp.Variable(layout.size, nonneg=True)
        self.scale = np.maximum(
            np.array([self._reach(i) for i in range(len(game.players))]), 1e-300
        )
        self.gains = (layout.matrix / self.scale[:, None]) @ self.x
        """Gains in units of the most that each player could get."""
        self.feasible = [layout.equations @ self.x == layout.right]

    def _reach(self, player: int) -> float:
        weights = [0] * len(self.game.players)
        weights[player] = 1
        return max(float(support(self.game, self.package, weights)), 0.0) or 1.0

    def maximise_logs(self, weights: Mapping[int, Number]) -> ProgramAnswer:
        """Maximise a weighted sum of log gains, the other players not losing."""
        cp = self.cp
        who = sorted(weights)
        power = np.array([float(weights[i]) for i in who])
        power = power / power.sum()
        others = [i for i in self.players if i not in weights]
        chosen = self.gains[who]
        held = [self.gains[others] >= 0] if others else []
        ladder = [
            ("conic", cp.Maximize(power @ cp.log(chosen)), "CLARABEL", TIGHT),
            ("geometric mean", cp.Maximize(cp.geo_mean(chosen, list(power))), "CLARABEL", TIGHT),
            (
                "conic",
                cp.Maximize(power @ cp.log(chosen)),
                "SCS",
                {"eps": 1e-9, "max_iters": 50_000},
            ),
        ]
        best: tuple[float, ProgramAnswer] | None = None
        for method, objective, solver, options in ladder:
            x = self._solve(objective, held, solver, options)
            if x is None or min(self.gains_of(x)[who]) <= 0:
                continue
            duals = self._duals(held)
            for candidate in (x, None if others else self._polished(x, who, power)):
                if candidate is None or min(self.gains_of(candidate)[who]) <= 0:
                    continue
                rates = self._log_weights(self.gains_of(candidate), who, power, others, duals)
                answer = ProgramAnswer(candidate, rates, method)
                gap = self.gap(answer)
                if best is None or gap < best[0]:
                    best = (gap, answer)
            if best is not None and best[0] <= GAP:
                return best[1]
        cut = self._cutting_planes(who, power, others)
        if cut is not None:
            return cut
        msg = "the Nash product could not be certified: rescale the payoffs of the game"
        raise SolverError(msg)

    def _log_weights(
        self,
        gained: NDArray[np.float64],
        who: Sequence[int],
        power: NDArray[np.float64],
        others: Sequence[int],
        duals: Sequence[float],
    ) -> tuple[float, ...]:
        """Gradient of the log product, and the prices of not losing."""
        weights = [0.0] * len(self.game.players)
        for i, p in zip(who, power, strict=True):
            weights[i] = float(p / gained[i])
        for j, dual in zip(others, duals, strict=True):
            weights[j] = dual / float(self.scale[j])
        return tuple(weights)

    def _polished(
        self, x: NDArray[np.float64], who: Sequence[int], power: NDArray[np.float64]
    ) -> NDArray[np.float64] | None:
        """Sharpen the shares of additive issues on the face that the solver found."""
        if self.layout.components:
            return None
        matrix = self.layout.matrix[list(who)]
        weights = power / (matrix @ x)
        found = polished(matrix, self.layout.blocks, power, weights)
        return None if found is None else self.layout.proper(found)

    def _cutting_planes(
        self, who: Sequence[int], power: NDArray[np.float64], others: Sequence[int]
    ) -> ProgramAnswer | None:
        """Bound the logarithms from above by tangents, as linear programmes (Kelley 1960)."""
        cp = self.cp
        level = cp.Variable(len(who))
        held = [self.gains[list(others)] >= 0] if others else []
        tangents = [level <= self.gains[list(who)] / 0.5 - 1 + math.log(0.5)]
        for _ in range(200):
            x = self._solve(cp.Maximize(power @ level), [*held, *tangents], "HIGHS", {})
            if x is None:
                return None
            at = np.maximum(self.gains_of(x)[list(who)] / self.scale[list(who)], 1e-9)
            gained = self.gains_of(x)
            gained[list(who)] = at * self.scale[list(who)]
            rates = self._log_weights(gained, who, power, others, self._duals(held))
            answer = ProgramAnswer(x, rates, "cutting planes")
            if self.gap(answer) <= GAP:
                return answer
            tangents.append(level <= cp.multiply(1 / at, self.gains[list(who)]) - 1 + np.log(at))
        return None

    def maximise_least(self, units: Mapping[int, Number]) -> ProgramAnswer:
        """Maximise the least gain in the given units, then the next, and so on."""
        cp = self.cp
        factor = {i: float(self.scale[i]) / float(unit) for i, unit in units.items()}
        others = [i for i in self.players if i not in units]
        fixed: list[Any] = [self.gains[others] >= 0] if others else []
        open_players = sorted(units)
        weights: tuple[float, ...] = ()
        x: NDArray[np.float64] | None = None
        while open_players:
            least = cp.Variable()
            rows = np.array([factor[i] for i in open_players])
            above = cp.multiply(rows, self.gains[open_players]) >= least
            x = self._solve(cp.Maximize(least), [*fixed, above], "HIGHS", {})
            if x is None:
                msg = "the linear programme of the least gain could not be solved"
                raise SolverError(msg)
            duals = np.asarray(above.dual_value, dtype=float).reshape(-1)
            if not weights:
                found = [0.0] * len(self.game.players)
                for i, dual in zip(open_players, duals, strict=True):
                    found[i] = float(dual) / float(units[i])
                for j, dual in zip(others, self._duals(fixed), strict=True):
                    found[j] = dual / self.scale[j]
                weights = tuple(found)
            level = float(least.value)
            bound = [i for i, d in zip(open_players, duals, strict=True) if d > BINDING]
            if not bound:
                msg = "the linear programme of the least gain does not say who is bound"
                raise SolverError(msg)
            slack = BINDING * max(1.0, abs(level)) * 1e-2
            fixed += [factor[i] * self.gains[i] >= level - slack for i in bound]
            open_players = [i for i in open_players if i not in bound]
        assert x is not None
        return ProgramAnswer(x, weights, "linear programme")

    def maximise_sum(self, who: Sequence[int]) -> ProgramAnswer:
        """Maximise the sum of gains, then the least gain at that sum; nobody loses."""
        cp = self.cp
        players = list(self.players)
        held = [self.gains[players] >= 0]
        size = float(self.scale[list(who)].max())
        total = (self.scale[list(who)] / size) @ self.gains[list(who)]
        x = self._solve(cp.Maximize(total), held, "HIGHS", {})
        if x is None:
            msg = "the linear programme of the sum of gains could not be solved"
            raise SolverError(msg)
        weights = [0.0] * len(self.game.players)
        for j, dual in zip(players, self._duals(held), strict=True):
            weights[j] = (1.0 if j in who else 0.0) + dual * size / self.scale[j]
        least = cp.Variable()
        rows = self.scale[list(who)] / size
        above = cp.multiply(rows, self.gains[list(who)]) >= least
        best = float(total.value)
        again = self._solve(
            cp.Maximize(least),
            [*held, above, total >= best - 1e-10 * max(1, abs(best))],
            "HIGHS",
            {},
        )
        return ProgramAnswer(x if again is None else again, tuple(weights), "linear programme")

    def ideal(self, who: Sequence[int]) -> tuple[tuple[int, tuple[Number, ...], Deal], ...]:
        """Return the most each player gets while nobody loses: player, support weights, deal."""
        held = [self.gains[list(self.players)] >= 0]
        found = []
        for i in who:
            x = self._solve(self.cp.Maximize(self.gains[i]), held, "HIGHS", {})
            if x is None:
                msg = "the linear programme of the ideal point could not be solved"
                raise SolverError(msg)
            weights: list[Number] = [0.0] * len(self.game.players)
            weights[i] = 1.0
            for j, dual in zip(self.players, self._duals(held), strict=True):
                weights[j] += dual * float(self.scale[i]) / float(self.scale[j])
            found.append((i, tuple(weights), self.deal(x)))
        return tuple(found)

    def gap(self, answer: ProgramAnswer) -> float:
        """Relative excess of the support function over the answer's own worth."""
        worth = sum(
            w * g for w, g in zip(answer.weights, self.gains_of(answer.variables), strict=True)
        )
        most = float(support(self.game, self.package, answer.weights))
        return float(abs(most - worth) / max(abs(most), abs(worth), 1e-300))

    def gains_of(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Gains of all players at given variables."""
        return np.asarray(self.layout.matrix @ x)

    def deal(self, x: NDArray[np.float64]) -> Deal:
        """Turn variables into a deal."""
        return self.layout.deal(x)

    def _duals(self, constraints: Sequence[Any]) -> list[float]:
        if not constraints:
            return []
        values = np.asarray(constraints[0].dual_value, dtype=float).reshape(-1)
        return [max(float(v), 0.0) for v in values]

    def _solve(
        self, objective: Any, constraints: Sequence[Any], solver: str, options: dict[str, Any]
    ) -> NDArray[np.float64] | None:
        """Solve one formulation; None when the solver gives nothing usable."""
        import warnings

        problem = self.cp.Problem(objective, [*self.feasible, *constraints])
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                problem.solve(solver=solver, **options)
        except (self.cp.error.SolverError, ValueError, ArithmeticError):
            return None
        if self.x.value is None:
            return None
        return self.layout.proper(np.asarray(self.x.value, dtype=float))
