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
from bargaining.geometry.marginals import Component, package_terms
from bargaining.geometry.support import support
from bargaining.model.deal import Deal, Shares, status_quo
from bargaining.model.game import LinkageGame
from bargaining.results import Number

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
    """

    variables: NDArray[np.float64]
    weights: tuple[float, ...]
    method: str


class Program:
    """A package as a convex programme.

    Parameters
    ----------
    game : LinkageGame
    package : sequence of int
    players : sequence of int
        Positions of the players whose gains must not be negative.
    """

    def __init__(self, game: LinkageGame, package: Sequence[int], players: Sequence[int]) -> None:
        import cvxpy as cp

        self.cp = cp
        self.game, self.package, self.players = game, tuple(package), tuple(players)
        self.terms = package_terms(game, package)
        layout = _Layout(game, self.terms.singles, self.terms.components)
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
            if x is None:
                continue
            gained = self.gains_of(x)
            if min(gained[i] for i in who) <= 0:
                continue
            support_weights = [0.0] * len(self.game.players)
            for i, p in zip(who, power, strict=True):
                support_weights[i] = p / gained[i]
            for j, dual in zip(others, self._duals(held), strict=True):
                support_weights[j] = dual / self.scale[j]
            answer = ProgramAnswer(x, tuple(support_weights), method)
            gap = self.gap(answer)
            if best is None or gap < best[0]:
                best = (gap, answer)
            if gap <= GAP:
                break
        if best is None or best[0] > GAP:
            cut = self._cutting_planes(who, power, others)
            if cut is not None:
                return cut
            msg = "the Nash product could not be certified: rescale the payoffs of the game"
            raise SolverError(msg)
        return best[1]

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
            at = np.maximum((self.layout.matrix @ x)[list(who)] / self.scale[list(who)], 1e-9)
            weights = [0.0] * len(self.game.players)
            for i, p, u in zip(who, power, at, strict=True):
                weights[i] = p / (u * self.scale[i])
            for j, dual in zip(others, self._duals(held), strict=True):
                weights[j] = dual / self.scale[j]
            answer = ProgramAnswer(x, tuple(weights), "cutting planes")
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
        except self.cp.error.SolverError:
            return None
        if self.x.value is None:
            return None
        return self.layout.proper(np.asarray(self.x.value, dtype=float))


class _Layout:
    """Where each share stands in the vector of variables, and the equations between them."""

    def __init__(
        self, game: LinkageGame, singles: Sequence[int], components: Sequence[Component]
    ) -> None:
        from scipy import sparse

        self.game = game
        flat = game.flat
        self.singles = list(singles)
        self.components = components
        self.blocks: list[tuple[int, int]] = []
        self.bags: list[tuple[Component, tuple[int, ...], int, tuple[int, ...]]] = []
        columns: list[NDArray[np.float64]] = []
        unit = np.array([float(d) for d in flat.denominators])
        rows: list[tuple[list[int], list[float], float]] = []
        position = 0
        for k in self.singles:
            span = flat.rows(k)
            columns.append(flat.values[span.start : span.stop].astype(float) / unit)
            self.blocks.append((position, len(span)))
            rows.append((list(range(position, position + len(span))), [1.0] * len(span), 1.0))
            position += len(span)
        for component in components:
            position = self._add(component, columns, rows, position, unit)
        self.size = position
        self.matrix = np.concatenate(columns).T
        data = [value for _, values, _ in rows for value in values]
        index = [column for places, _, _ in rows for column in places]
        starts = np.cumsum([0, *(len(places) for places, _, _ in rows)])
        self.equations = sparse.csr_array((data, index, starts), shape=(len(rows), position))
        self.right = np.array([right for _, _, right in rows])

    def _add(
        self,
        component: Component,
        columns: list[NDArray[np.float64]],
        rows: list[tuple[list[int], list[float], float]],
        position: int,
        unit: NDArray[np.float64],
    ) -> int:
        """Lay out one component: a joint table per bag, sums agreeing on separators."""
        sizes = component.sizes()
        homes: dict[frozenset[int], tuple[int, tuple[int, ...]]] = {}
        placed: set[tuple[int, ...]] = set()
        for bag in component.tree:
            order = tuple(sorted(bag))
            shape = tuple(sizes[k] for k in order)
            gain = np.zeros((*shape, len(unit)))
            for scope, table in component.tables.items():
                if scope not in placed and bag.issuperset(scope):
                    placed.add(scope)
                    axes = [i for i, k in enumerate(order) if k not in scope]
                    gain = gain + np.expand_dims(table.astype(float), axes)
            count = math.prod(shape)
            columns.append(gain.reshape(count, len(unit)) / unit)
            homes[bag] = (position, order)
            self.bags.append((component, order, position, shape))
            position += count
        root = next(iter(homes))
        start, order = homes[root]
        count = math.prod(sizes[k] for k in order)
        rows.append((list(range(start, start + count)), [1.0] * count, 1.0))
        for left, right in component.tree.edges:
            shared = sorted(left & right)
            grids = []
            for bag in (left, right):
                start, order = homes[bag]
                lengths = [sizes[k] for k in order]
                grid = np.arange(start, start + math.prod(lengths)).reshape(lengths)
                axes = [order.index(k) for k in shared]
                axes += [i for i, k in enumerate(order) if k not in shared]
                grids.append(grid.transpose(axes).reshape(math.prod(sizes[k] for k in shared), -1))
            for mine, theirs in zip(*grids, strict=True):
                places = [*mine.tolist(), *theirs.tolist()]
                rows.append((places, [1.0] * len(mine) + [-1.0] * len(theirs), 0.0))
        return position

    def proper(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Clip tiny negative shares and let each issue's shares add up to 1."""
        x = np.maximum(x, 0.0)
        for start, count in self.blocks:
            total = x[start : start + count].sum()
            x[start : start + count] /= total if total > 0 else 1.0
        return x

    def deal(self, x: NDArray[np.float64]) -> Deal:
        """Read shares per issue and interacting pair off the variables."""
        outcomes = status_quo(self.game)
        shares: dict[int, Shares] = {}
        joint: dict[tuple[int, int], Mapping[tuple[int, int], Number]] = {}
        for k, (start, count) in zip(self.singles, self.blocks, strict=True):
            shares[k] = _lottery(x[start : start + count])
        for component, order, start, shape in self.bags:
            table = np.maximum(x[start : start + math.prod(shape)], 0.0).reshape(shape)
            table = table / table.sum()
            for k in order:
                axes = tuple(i for i, other in enumerate(order) if other != k)
                shares.setdefault(k, _lottery(table.sum(axis=axes)))
            for scope in component.tables:
                if len(scope) == 2 and set(scope) <= set(order) and scope not in joint:
                    axes = tuple(i for i, other in enumerate(order) if other not in scope)
                    pair = table.sum(axis=axes)
                    joint[scope[0], scope[1]] = {
                        (int(a), int(b)): float(pair[a, b]) for a, b in np.argwhere(pair > 1e-12)
                    }
        return Deal(outcomes, shares, joint)


def _lottery(values: NDArray[np.float64]) -> Shares:
    return {a: float(v) for a, v in enumerate(values) if v > 1e-12}
