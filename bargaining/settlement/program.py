"""The convex programme of a package: shares in, gains out, for any number of players.

Variables are the shares of each issue's outcomes and, for issues that interact, joint tables
on the cliques of a junction tree (the marginal polytope; Wainwright and Jordan 2008).  Gains
are linear in them.  Each solution concept is one method here: logarithms by an interior point
method of our own with Clarabel behind it, the others as linear programmes (HiGHS).  Whatever a
solver returns is judged by its own gains and a support certificate; a ladder of ways is tried
until the relative gap is small enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.geometry.support import support
from bargaining.model.deal import Deal
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.conic import MANY, ConicModel, Solved
from bargaining.settlement.interior_point import Rows, largest_product
from bargaining.settlement.layout import Layout
from bargaining.settlement.log_task import LogTask
from bargaining.settlement.polish import polished

Vector = NDArray[np.float64]
GAP = 1e-6
"""The largest relative duality gap of an accepted answer."""
FLOAT_GAP = 1e-9
"""The same where payoffs are floating point numbers themselves."""
BINDING = 1e-7
DUST = 1e-9
"""Shares up to this size may be left over by an interior point method."""
MAX_VERTICES = 100


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
    blocking : tuple of Fraction, optional
        Exchange rates, one per player of the game, at which no deal is worth more than nothing:
        players with a positive rate cannot gain, and only outcomes worth most at these rates
        can be part of a deal in which nobody loses.
    """

    def __init__(
        self,
        game: LinkageGame,
        package: Sequence[int],
        players: Sequence[int],
        layout: Layout,
        blocking: Sequence[Number] | None = None,
    ) -> None:
        self.game, self.package, self.players = game, package, tuple(players)
        self.layout = layout
        self._places = list(self.players)
        self.blocking = None if blocking is None else np.array([float(b) for b in blocking])
        self.scale = _units(layout)
        """The most that each player could get, or where that is nothing, his largest loss."""
        self._accepted = GAP if game.flat.exact else FLOAT_GAP

    @cached_property
    def model(self) -> ConicModel:
        """The programmes in cvxpy, in the players' units; imported and compiled when needed."""
        return self._model_on(np.arange(self.layout.size))

    def _model_on(self, open_shares: NDArray[np.intp]) -> ConicModel:
        """Write the programmes down with the other shares at zero."""
        who = self._places
        whole = len(open_shares) == self.layout.size
        matrix, equations = self.layout.matrix[who], self.layout.equations
        return ConicModel(
            (matrix if whole else matrix[:, open_shares]) / self.scale[who, None],
            self.layout.constant[who] / self.scale[who],
            equations if whole else equations[:, open_shares],
            self.layout.right,
        )

    def maximise_logs(self, weights: Mapping[int, Number]) -> ProgramAnswer:
        """Maximise a weighted sum of log gains, the other players not losing."""
        task = LogTask(self.layout, self.players, weights, self.scale, self.blocking)
        best: tuple[float, ProgramAnswer] | None = None
        for answer in self._log_answers(task):
            gap = self.gap(answer)
            if best is None or gap < best[0]:
                best = (gap, answer)
            if best[0] <= self._accepted:
                return best[1]
        msg = "the Nash product could not be certified: rescale the payoffs of the game"
        raise SolverError(msg)

    def _log_answers(self, task: LogTask) -> Iterator[ProgramAnswer]:
        """Answers from one way after another, the quickest first."""
        found = largest_product(*task.interior())
        if found is not None:
            shares, held = task.widened(found.shares), task.held_prices(found.prices)
            yield from self._judged(task, shares, held, "interior point")
        floor = np.zeros(len(self.players))
        power = np.array([task.power.get(i, 0.0) for i in self.players])
        for name, ask in (("conic", self.model.logs), ("geometric mean", self.model.product)):
            solved = ask(power, floor)
            if solved is not None:
                held = self._prices(solved.floors)
                if name != "conic":
                    held = held / max(solved.value, 1e-300)
                yield from self._judged(task, solved.shares, held, name)
        yield from self._decomposed(task, floor)

    def _judged(
        self, task: LogTask, shares: Vector, held: Vector, method: str
    ) -> Iterator[ProgramAnswer]:
        """Shares sharpened where possible, cleaned, and as they are, with their support weights."""
        shares = self.layout.proper(shares)
        gained = self.gains_of(shares)
        candidates: list[Vector | None] = [None, shares]
        if not self.layout.bags:
            clean = self.layout.proper(np.where(shares > DUST, shares, 0.0))
            candidates.insert(1, clean)
            if not task.others and gained[task.who].min() > 0:
                unit = self.scale[task.who]
                candidates[0] = polished(
                    self.layout.matrix[task.who] / unit[:, None],
                    self.layout.constant[task.who] / unit,
                    (self.layout.starts, self.layout.counts),
                    task.shares_of_power,
                    task.shares_of_power / (gained[task.who] / unit),
                )
        for candidate in candidates:
            if candidate is None:
                continue
            proper = self.layout.proper(candidate)
            reached = self.gains_of(proper)
            if reached[task.who].min() > 0 and self._keeps(reached):
                yield ProgramAnswer(proper, task.support(reached, held), method)

    def _keeps(self, gained: Vector) -> bool:
        """Whether nobody loses more than rounding."""
        unit = np.array(self.game.reach)
        slack = self._accepted * np.maximum(np.abs(gained), unit)
        return all(gained[i] >= -slack[i] for i in self.players)

    def _decomposed(self, task: LogTask, floor: Vector) -> Iterator[ProgramAnswer]:
        """Mix best deals at the exchange rates of the current mixture (Holloway 1974)."""
        unit = self.scale[task.who]
        place = [self.players.index(i) for i in task.who]
        vertices: list[Vector] = []
        for direction in np.eye(len(place)):
            prices = np.zeros(len(floor))
            prices[place] = direction
            solved = self.model.linear(prices, floor)
            if solved is None:
                return
            vertices.append(self.layout.proper(solved.shares))
        for _ in range(MAX_VERTICES):
            table = np.array([self.gains_of(x)[task.who] / unit for x in vertices]).T
            rows = Rows(
                table, np.zeros(len(unit)), task.shares_of_power, np.zeros(len(unit), dtype=bool)
            )
            mixed = largest_product(rows, *_one_block(len(vertices)))
            if mixed is None:
                return
            mix = mixed.shares / mixed.shares.sum()
            shares = sum(m * x for m, x in zip(mix, vertices, strict=True))
            gained = self.gains_of(shares)
            if gained[task.who].min() <= 0:
                return
            prices = np.zeros(len(floor))
            prices[place] = task.shares_of_power / (gained[task.who] / unit)
            solved = self.model.linear(prices, floor)
            if solved is None:
                return
            yield from self._judged(
                task, shares, self._prices(solved.floors), "simplicial decomposition"
            )
            vertices.append(self.layout.proper(solved.shares))

    def maximise_least(self, units: Mapping[int, Number]) -> ProgramAnswer:
        """Maximise the least gain in the given units, then the next, and so on."""
        rates = np.zeros(len(self.players))
        for i, one in units.items():
            rates[self.players.index(i)] = self.scale[i] / float(one)
        rates /= rates.max()
        first = self.model.least(rates, np.zeros(len(rates)))
        if first is None:
            msg = "the linear programme of the least gain could not be solved"
            raise SolverError(msg)
        weights = self._full((first.least * rates + first.floors) / self.scale[self._places])
        shares = self._leximin(first, weights, rates)
        return ProgramAnswer(self.layout.proper(shares), weights, "linear programme")

    def _best_shares(self, weights: Vector) -> NDArray[np.intp]:
        """Return the shares, of many, that the best deals at support weights can be made of."""
        if self.layout.size < MANY or self.layout.bags:
            return np.arange(self.layout.size)
        starts, counts = self.layout.starts, self.layout.counts
        worth = weights @ self.layout.matrix
        size = np.repeat(np.maximum.reduceat(weights @ np.abs(self.layout.matrix), starts), counts)
        best = np.repeat(np.maximum.reduceat(worth, starts), counts)
        return np.flatnonzero(worth >= best - BINDING * size)

    def _leximin(
        self,
        first: Solved,
        weights: Sequence[float],
        rates: Vector,
        totals: Vector | None = None,
        total: float = 0.0,
    ) -> Vector:
        """Raise the least of rates * gains, fix those who are bound, go on; keep a total.

        Only shares that the best deals at the first programme's support weights can be made of
        are looked at; its own shares are returned where nothing better is found.
        """
        face = self._best_shares(np.array(weights))
        model = self.model if len(face) == self.layout.size else self._model_on(face)
        floor = np.zeros(len(self.players))
        left = rates.copy()
        shares = first.shares
        for _ in range(int((rates > 0).sum())):
            solved = model.least(left, floor, totals, total)
            if solved is None:
                break
            shares = np.zeros(self.layout.size)
            shares[face] = solved.shares
            bound = (left > 0) & (solved.least > BINDING)
            if not bound.any():
                break
            slack = BINDING * 1e-3 * max(abs(solved.value), 1e-3)
            floor[bound] = np.maximum((solved.value - slack) / rates[bound], 0.0)
            left[bound] = 0.0
            if not left.any():
                break
        return shares

    def maximise_sum(self, who: Sequence[int]) -> ProgramAnswer:
        """Maximise the sum of gains, then the least gain at that sum, the next; nobody loses."""
        unit = self.scale[self._places]
        chosen = np.isin(self.players, list(who))
        prices = np.where(chosen, unit, 0.0)
        size = prices.max()
        first = self.model.linear(prices / size, np.zeros(len(unit)))
        if first is None:
            msg = "the linear programme of the sum of gains could not be solved"
            raise SolverError(msg)
        weights = self._full(np.where(chosen, 1.0, 0.0) + first.floors * size / unit)
        held = first.floors > BINDING
        rising = np.where(held, 0.0, prices / size)
        if len(self._best_shares(np.array(weights))) < self.layout.size:
            # On the face of best deals the sum is kept if those at their floor stay there.
            kept, total = np.where(held, -1.0, 0.0), 0.0
        else:
            kept, total = prices / size, first.value - 1e-10 * max(1.0, abs(first.value))
        shares = self._leximin(first, weights, rising, kept, total)
        return ProgramAnswer(self.layout.proper(shares), weights, "linear programme")

    def ideal(
        self, who: Sequence[int], *, floors: Mapping[int, Number] | None = None
    ) -> tuple[tuple[int, tuple[Number, ...], Deal], ...]:
        """Return the most each player gets while nobody loses: player, support weights, deal.

        Parameters
        ----------
        who : sequence of int
        floors : mapping of int to number, optional
            Gains below which players must not fall; 0 for those left out.  The bound that the
            support weights prove is then h(weights) minus what they pay for the floors.
        """
        unit = self.scale[self._places]
        floor = np.array([float((floors or {}).get(i, 0)) for i in self.players]) / unit
        found = []
        for i in who:
            place = self.players.index(i)
            prices = np.zeros(len(unit))
            prices[place] = 1.0
            solved = self.model.linear(prices, floor)
            if solved is None:
                msg = "the linear programme of the ideal point could not be solved"
                raise SolverError(msg)
            weights = self._full((prices + solved.floors) * unit[place] / unit)
            found.append((i, weights, self.deal(self.layout.proper(solved.shares))))
        return tuple(found)

    def gap(self, answer: ProgramAnswer) -> float:
        """Relative excess of the support function over the answer's own worth."""
        worth = sum(
            w * g for w, g in zip(answer.weights, self.gains_of(answer.variables), strict=True)
        )
        most = float(support(self.game, self.package, answer.weights))
        return float(abs(most - worth) / max(abs(most), abs(worth), 1e-300))

    def gains_of(self, x: Vector) -> Vector:
        """Gains of all players at given variables."""
        return np.asarray(self.layout.constant + self.layout.matrix @ x)

    def deal(self, x: Vector) -> Deal:
        """Turn variables into a deal."""
        return self.layout.deal(x)

    def _prices(self, floors: Vector) -> Vector:
        """Prices of the floors per unit of gain, one per player of the game."""
        return np.array(self._full(floors / self.scale[self._places]))

    def _full(self, values: Vector) -> tuple[float, ...]:
        """One number per player of the programme as one per player of the game."""
        full = np.zeros(len(self.game.players))
        full[self._places] = values
        return tuple(full.tolist())


def _units(layout: Layout) -> Vector:
    """Return a size of each player's gains from the package, positive."""
    matrix = layout.matrix
    blocks = [*layout.starts.tolist(), *(bag.start for bag in layout.bags)]
    most = layout.constant + np.maximum.reduceat(matrix, blocks, axis=1).sum(axis=1)
    loss = np.maximum(np.abs(matrix).max(axis=1), np.abs(layout.constant))
    return np.where(most > 0, most, np.where(loss > 0, loss, 1.0))


def _one_block(count: int) -> tuple[Any, Vector]:
    from scipy import sparse

    return sparse.csr_array(np.ones((1, count))), np.ones(1)
