"""What a rule comes to, and what no rule can exceed, straight from the definitions.

Nothing here reads the linear programme.  Gains come from the game and its draws; the slack of
honesty is a player's expected gain from the truth less that from a lie; and prices prove an upper
bound: whatever a rule does, its value is at most

    Σ over profiles of the largest virtual gain of a deal there,

where virtual gains weigh each type's gains by the prices of the conditions that they enter
(Myerson 1981), plus what prices leave of payments, which must be nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.model.information import gains_of_types
from bargaining.results import Number
from bargaining.settlement.mechanism.question import Question
from bargaining.settlement.mechanism.rule import Prices, Rule
from bargaining.settlement.mechanism.setting import Setting

Array = NDArray[Any]


@lru_cache(maxsize=32)
def gains_table(setting: Setting, player: int) -> Array:
    """Return a player's exact gains by all types that may change them, from the draws themselves.

    Shape (types or 1 per player, columns of the layout), of Fraction.
    """
    game, name = setting.game, setting.game.players[player]
    touching = [
        {issue for issue, tables in draw.payoffs.items() if name in tables} & set(setting.issues)
        for draw in game.draws
    ]
    sizes = [len(s) if any(touching[d] for d in s.draws) else 1 for s in setting.spaces]
    base = np.array([column[player] for column in setting.layout.exact_columns()], dtype=object)
    settled = {d: draw.possible[0] for d, draw in enumerate(game.draws)}
    table = np.empty((*sizes, setting.size), dtype=object)
    for types in itertools.product(*(range(n) for n in sizes)):
        drawn = dict(settled)
        for space, t in zip(setting.spaces, types, strict=True):
            drawn.update(zip(space.draws, space.choices[t], strict=True))
        row = base.copy()
        for issue in set().union(*touching):
            outcomes = setting.columns[game.position(issue)]
            plain = gains_of_types(game.issues[issue], game.draws, {})[:, player]
            now = gains_of_types(game.issues[issue], game.draws, drawn)[:, player]
            inside = outcomes >= 0
            row[inside] += (now - plain)[outcomes[inside]]
        table[types] = row
    table.setflags(write=False)  # kept for the next rule
    return table


@dataclass(frozen=True, eq=False)
class Examination:
    """A rule of one package, laid open.

    Parameters
    ----------
    setting : Setting
    question : Question
    honest : bool
        Whether reports must be honest; otherwise types are public.
    exact : bool
        Whether to reckon in Fractions.
    """

    setting: Setting
    question: Question
    honest: bool
    exact: bool

    def number(self, value: Any) -> Array:
        """Return an array of the numbers reckoned in: flint's rationals, or floats."""
        array = np.asarray(value, dtype=object)
        if not self.exact:
            return array.astype(np.float64)
        found = np.empty(array.size, dtype=object)
        found[:] = [rational(v) for v in array.flat]
        return found.reshape(array.shape)

    def scalar(self, value: Any) -> Any:
        """Return one number reckoned in."""
        return rational(value) if self.exact else float(value)

    @cached_property
    def tables(self) -> tuple[Array, ...]:
        """Gains per player, shape (types, cells, columns), all other players' types as cells."""
        found = []
        for i in range(len(self.setting.spaces)):
            table = self.number(gains_table(self.setting, i))
            wide = np.broadcast_to(table, (*self.setting.shape, self.setting.size))
            found.append(self.front(i, wide))
        return tuple(found)

    def front(self, player: int, table: Array) -> Array:
        """Arrange a table over profiles as (own types, profiles of the others, …)."""
        own = self.setting.shape[player]
        tail = table.shape[len(self.setting.shape) :]
        return np.moveaxis(table, player, 0).reshape(own, -1, *tail)

    def back(self, player: int, table: Array) -> Array:
        """Arrange (own types, profiles of the others, …) over profiles again."""
        shape = self.setting.shape
        rest = tuple(n for p, n in enumerate(shape) if p != player)
        return np.moveaxis(table.reshape(shape[player], *rest, *table.shape[2:]), 0, player)

    @cached_property
    def own(self) -> tuple[Array, ...]:
        """Probabilities of each player's types."""
        return tuple(self.number(list(space.probability)) for space in self.setting.spaces)

    @cached_property
    def chance(self) -> Array:
        """Probabilities of the profiles, shape (types per player…)."""
        total = np.array(self.scalar(1))
        for row in self.own:
            total = np.multiply.outer(total, row)
        return np.asarray(total, dtype=object if self.exact else np.float64)

    def cells(self, player: int) -> Array:
        """Probabilities of the profiles of the others."""
        return np.asarray(self.front(player, self.chance)[0] / self.own[player][0])

    def net(self, rule: Rule, player: int) -> Array:
        """Return what a player receives net, shape (own types, profiles of the others)."""
        zero = self.scalar(0)
        table = self.number(rule.received[player]) if rule.received else zero
        return self.front(player, np.broadcast_to(table, self.setting.shape))

    def lies(self, rule: Rule, player: int) -> Array:
        """Slack of honesty, shape (cells, true types, reported types).

        One cell, expected over the others, where incentives are Bayesian; one per profile of the
        others where dominant.
        """
        gains, net = self.tables[player], self.net(rule, player)
        deals = self.front(player, self.number(rule.shares))
        if self.question.incentive == "bayesian":
            weight = self.cells(player)
            wide = (gains * weight[:, None]).reshape(len(gains), -1)
            worth = wide @ deals.reshape(len(deals), -1).T + (net * weight).sum(axis=1)
            worth = worth[None]
        else:
            cells = range(gains.shape[1])
            worth = np.array([gains[:, e] @ deals[:, e].T + net[:, e] for e in cells])
        truth = np.array([np.diag(cell) for cell in worth])
        return np.asarray(truth[:, :, None] - worth)

    def realised(self, rule: Rule, player: int) -> Array:
        """Gain of a player in each profile, shape (own types, profiles of the others)."""
        deals = self.front(player, self.number(rule.shares))
        return np.asarray((self.tables[player] * deals).sum(axis=2) + self.net(rule, player))

    def interim(self, rule: Rule, player: int) -> Array:
        """Return the expected gain of each of a player's types."""
        return np.asarray((self.realised(rule, player) * self.cells(player)).sum(axis=1))

    def gains(self, rule: Rule) -> list[Number]:
        """Return the expected gain of each player."""
        pairs = (self.own[i] * self.interim(rule, i) for i in range(len(self.own)))
        return [plain(pair.sum()) for pair in pairs]

    def value(self, rule: Rule) -> Number:
        """Return what the objective comes to."""
        return aim(self.setting, self.question, self.gains(rule))

    def left(self, rule: Rule, player: int) -> Array:
        """Slack of rationality, shape (own types, cells)."""
        if self.question.rationality == "interim":
            return self.interim(rule, player)[:, None]
        return self.realised(rule, player)

    def budget(self, rule: Rule) -> Array:
        """Slack of the budget, one number or one per profile; not above 0 where nothing leaks."""
        nets = [self.back(i, self.net(rule, i)) for i in range(len(self.own))]
        rate = self.scalar(self.question.efficiency)
        if rate == 1:
            total = sum(nets[1:], start=nets[0])
            if self.question.transfers == "expected":
                return -abs(np.asarray((total * self.chance).sum())[None])
            return np.asarray(-abs(total))
        left = sum((np.maximum(-n, 0) * rate - np.maximum(n, 0) for n in nets), start=0 * nets[0])
        if self.question.transfers == "expected":
            return np.asarray((left * self.chance).sum())[None]
        return np.asarray(left)

    def improper(self, rule: Rule) -> Number:
        """How far the shares are from proper lotteries, or what bystanders pay or receive."""
        x = self.number(rule.shares).reshape(-1, self.setting.size)
        worst: list[Any] = [self.scalar(0), *(-np.minimum(x, 0)).max(axis=1)]
        bystanders = (i for i in range(len(self.own)) if i not in self.setting.stake)
        worst += [abs(self.net(rule, i)).max() for i in bystanders]
        equations = self.setting.layout.equations.toarray()
        for row, right in zip(equations, self.setting.layout.right, strict=True):
            places = np.flatnonzero(row)
            total = (x[:, places] * self.number([int(v) for v in row[places]])).sum(axis=1)
            worst.append(abs(total - int(right)).max())
        return plain(max(worst))

    def bound(self, prices: Prices, cap: Fraction) -> Number:
        """Return what no rule with payments up to a cap can exceed, by any prices."""
        virtual = self.number(np.full((*self.setting.shape, self.setting.size), Fraction(0)))
        rest: Any = self.scalar(0)
        limit = self.scalar(cap)
        rate = self.scalar(self.question.efficiency)
        charge = self._charge(prices)
        for i in range(len(self.own)):
            weights, worth = self._virtual(prices, i)
            virtual = virtual + self.back(i, worth)
            if self.question.transfers != "none" and i in self.setting.stake:
                price = self.front(i, charge)
                for spare in (weights - price, rate * price - weights):
                    kept = spare if self.question.by_profile else spare.sum(axis=1)
                    rest = rest + limit * np.maximum(kept, 0).sum()
        return plain(rest + self._best(virtual, prices))

    def _charge(self, prices: Prices) -> Array:
        """Return what a unit arriving costs the budget, by profile."""
        price = self.number(prices.budget)
        if self.question.transfers == "none":
            return 0 * self.chance
        if self.question.efficiency != 1:
            price = np.maximum(price, 0)
        if self.question.transfers == "expected":
            return np.asarray(self.chance * price[0])
        return np.asarray(price.reshape(self.setting.shape))

    def _virtual(self, prices: Prices, player: int) -> tuple[Array, Array]:
        """Weights of a player's payments, and virtual gains, by own type and others' profile."""
        gains, cells = self.tables[player], self.cells(player)
        weight = np.outer(self.own[player] * self.number(prices.weights)[player], cells)
        rational = np.maximum(self.number(prices.rationality[player]), 0)
        if self.question.rationality == "interim":
            weight = weight + rational * cells
        elif self.question.rationality == "ex_post":
            weight = weight + rational
        worth = gains * weight[:, :, None]
        if not self.honest:
            return weight, worth
        lies = np.maximum(self.number(prices.incentive[player]), 0)
        count = range(gains.shape[1])
        if self.question.incentive == "bayesian":
            out, back = lies[0].sum(axis=1), lies[0].sum(axis=0)
            weight = weight + np.outer(out - back, cells)
            flat = gains.reshape(len(gains), -1)
            moved = out[:, None] * flat - lies[0].T @ flat
            return weight, worth + moved.reshape(gains.shape) * cells[:, None]
        moved = [
            lies[e].sum(axis=1)[:, None] * gains[:, e] - lies[e].T @ gains[:, e] for e in count
        ]
        weight = weight + (lies.sum(axis=2) - lies.sum(axis=1)).T
        return weight, worth + np.stack(moved, axis=1)

    def _best(self, virtual: Array, prices: Prices) -> Any:
        """Sum over profiles of a bound on the largest virtual gain of a deal."""
        layout = self.setting.layout
        flat = virtual.reshape(-1, self.setting.size)
        total: Any = self.scalar(0)
        for start, count in zip(layout.starts, layout.counts, strict=True):
            total = total + flat[:, start : start + count].max(axis=1).sum()
        inside = [c for bag in layout.bags for c in range(bag.start, bag.stop)]
        if not inside:
            return total
        left = flat.copy()
        charged = np.maximum(self.number(prices.blocks), 0)
        for n, (row, limit) in enumerate(layout.exact_rows()):
            if min(row) >= inside[0]:
                total = total + (charged[:, n] * self.scalar(limit)).sum()
                for c, v in row.items():
                    left[:, c] = left[:, c] - charged[:, n] * self.scalar(v)
        return total + np.maximum(left[:, inside], 0).sum()


def aim(setting: Setting, question: Question, gains: Sequence[Number]) -> Number:
    """Return what an objective makes of expected gains."""
    if question.objective == "total":
        return sum(gains, start=Fraction(0))
    if question.objective == "max-min":
        return min((gains[i] for i in setting.stake), default=Fraction(0))
    return gains[setting.game.players.index(question.objective)]


def rational(value: Any) -> Any:
    """Return a rational number of flint's."""
    from flint import fmpq

    exact = value if isinstance(value, (int, Fraction)) else Fraction(value)
    return fmpq(exact.numerator, exact.denominator)


def plain(value: Any) -> Number:
    """Return a Fraction or a Python float."""
    if isinstance(value, (float, np.floating)):
        return float(value)
    exact = value if isinstance(value, (int, Fraction)) else Fraction(int(value.p), int(value.q))
    return Fraction(exact)
