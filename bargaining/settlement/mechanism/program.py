"""The linear programme of a mechanism: deals and payments per profile of types.

Variables are the shares of each profile's deal, payments received and made, and, where types of
others do not change a player's gains, his expected share of each outcome after each report: then
the rows that keep him honest need only those.  All rows are "at most" rows that the status quo
without payments meets, except the definitions of expected shares and balanced budgets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.geometry.linear_program import Programme
from bargaining.settlement.mechanism.question import Question
from bargaining.settlement.mechanism.setting import Setting, largest_payment
from bargaining.settlement.mechanism.views import Array, View, chances, view

Index = NDArray[np.intp]


@dataclass
class Rows:
    """Rows of one kind: a table of columns and coefficients, of equal length each.

    Attributes
    ----------
    columns, values : ndarray, shape (rows, entries)
    limits : ndarray, shape (rows,)
    equal : bool
    """

    columns: Index
    values: Array
    limits: Array
    equal: bool = False

    def __len__(self) -> int:
        return len(self.columns)


@dataclass
class Program:
    """The programme of one package.

    Attributes
    ----------
    setting, question : what is asked
    honest : bool
        Whether reports must be honest; otherwise types are public.
    exact : bool
        Whether coefficients are Fractions.
    keep : ndarray of int
        The layout's columns that are variables: all but the status quo of single issues.
    shares : ndarray of int, shape (types per player…, keep)
        Variables.
    received, paid : tuple of ndarray of int
        Variables per player, shape (types, cells): one cell where his own report alone matters.
    interim : tuple of View
        How each player sees deals in expectation; its variables are in ``seen``, shape
        (types, cells, columns).
    rows : mapping of str to list of Rows
    """

    setting: Setting
    question: Question
    honest: bool
    exact: bool
    size: int = 0
    rows: dict[str, list[Rows]] = field(default_factory=dict)
    least: int | None = None

    def __post_init__(self) -> None:
        setting, question = self.setting, self.question
        count = len(setting.spaces)
        self.keep = np.flatnonzero(~setting.idle)
        self.shares = self._variables((*setting.shape, len(self.keep)))
        place = np.full(setting.size, -1, dtype=np.intp)
        place[self.keep] = np.arange(len(self.keep))
        narrow = self.honest and question.incentive == "bayesian"
        self.interim: list[View] = []
        self.seen: list[Index] = []
        self.received: list[Index] = []
        self.paid: list[Index] = []
        self._blocks()
        for i in range(count):
            seen = self._view(i, narrow=narrow)
            own = np.moveaxis(self.shares[..., place[seen.columns]], i, 0)
            self.interim.append(seen)
            self.seen.append(self._aggregate(seen, own))
            if question.transfers != "none":
                cells = setting.profiles // seen.types if question.by_profile else 1
                cells = cells if i in setting.stake else 0
                self.received.append(self._variables((seen.types, cells)))
                self.paid.append(self._variables((seen.types, cells)))
        self.everyone = [
            self._view(i, narrow=False) if self._needs_profiles else seen
            for i, seen in enumerate(self.interim)
        ]
        self._place = place
        if question.transfers != "none":
            self._budget()
        if question.rationality != "none":
            for i in setting.stake:
                self._rationality(i)
        self._objective()

    def _view(self, player: int, *, narrow: bool) -> View:
        return view(self.setting, player, narrow=narrow, exact=self.exact, unit=self.unit)

    @cached_property
    def unit(self) -> float:
        """What gains and payments are divided by in floating point: the largest single gain."""
        ends = [float(abs(v)) for pair in self.setting.reach for v in pair]
        return 1.0 if self.exact else max(ends, default=0.0) or 1.0

    @property
    def _needs_profiles(self) -> bool:
        dominant = self.honest and self.question.incentive == "dominant"
        return dominant or self.question.rationality == "ex_post"

    @property
    def cap(self) -> Fraction:
        """The largest payment sought."""
        return largest_payment(self.setting)

    def numbers(self, values: Any) -> Array:
        """Return an array in the programme's numbers."""
        if self.exact:
            array = np.asarray(values, dtype=object)
            return np.vectorize(Fraction, otypes=[object])(array) if array.size else array
        return np.asarray(values, dtype=np.float64)

    def _variables(self, shape: tuple[int, ...]) -> Index:
        found = self.size + np.arange(int(np.prod(shape))).reshape(shape)
        self.size += found.size
        return found

    def add(self, kind: str, columns: Index, values: Array, *, equal: bool = False) -> None:
        """Add rows with right-hand side 0."""
        limits = self.numbers(np.zeros(len(columns)))
        self.rows.setdefault(kind, []).append(Rows(columns, values, limits, equal))

    def _blocks(self) -> None:
        """Each profile's shares are a deal."""
        place = {int(c): n for n, c in enumerate(self.keep)}
        shares = self.shares.reshape(self.setting.profiles, len(self.keep))
        for row, limit in self.setting.layout.exact_rows():
            entries = [(place[c], v) for c, v in row.items() if c in place]
            if not entries:
                entries = [(0, Fraction(0))] if len(self.keep) else []
            columns = shares[:, [c for c, _ in entries]]
            values = np.broadcast_to(self.numbers([v for _, v in entries]), columns.shape)
            limits = self.numbers([limit] * len(shares))
            self.rows.setdefault("blocks", []).append(Rows(columns, values, limits))

    def _aggregate(self, seen: View, own: Index) -> Index:
        """Variables of a player's shares by report and cell, expected over all else."""
        setting = self.setting
        count = len(setting.spaces)
        order = [p for p in range(count) if p != seen.player]
        rest = tuple(p for p in order if p not in seen.others and len(setting.spaces[p]) > 1)
        apart = tuple(p for p in order if p not in seen.others)
        axes = [1 + order.index(p) for p in (*seen.others, *apart)]
        wide = own.transpose(0, *axes, count)
        cells = len(seen.chance)
        width = len(seen.columns)
        wide = wide.reshape(seen.types, cells, setting.profiles // seen.types // cells, width)
        if not rest or not width:
            return wide[:, :, 0]
        found = self._variables((seen.types, cells, width))
        columns = np.moveaxis(wide, 2, -1).reshape(found.size, -1)
        chance = chances(setting, apart, exact=self.exact)
        values = np.broadcast_to(chance, columns.shape)
        minus = self.numbers(np.full((found.size, 1), -1))
        self.add(
            "expected",
            np.hstack([columns, found.reshape(-1, 1)]),
            np.hstack([values, minus]),
            equal=True,
        )
        return found

    def deals(self, player: int) -> Index:
        """Return a player's variables, shape (types, profiles of the others, columns)."""
        seen = self.everyone[player]
        own = np.moveaxis(self.shares[..., self._place[seen.columns]], player, 0)
        cells = self.setting.profiles // seen.types
        return own.reshape(seen.types, cells, len(seen.columns))

    def flat(self, player: int) -> Index:
        """Return the variables a player counts in expectation, shape (types, entries)."""
        seen = self.seen[player]
        return seen.reshape(len(seen), seen.shape[1] * seen.shape[2])

    def payment(self, player: int, sign: int) -> tuple[Index, Array]:
        """Return what a player receives net, as (types, entries) columns and values.

        In expectation over the others' reports where payments depend on them.
        """
        types = self.interim[player].types
        if not self.received or player not in self.setting.stake:
            return np.zeros((types, 0), dtype=np.intp), self.numbers(np.zeros((types, 0)))
        columns = np.hstack([self.received[player], self.paid[player]])
        cells = self.received[player].shape[1]
        everyone = tuple(p for p in range(len(self.setting.spaces)) if p != player)
        chance = chances(self.setting, everyone if cells > 1 else (), exact=self.exact)
        values = np.concatenate([chance, -chance]) * sign
        return columns, np.broadcast_to(values, columns.shape)

    def _budget(self) -> None:
        """Let no more arrive than is left of what is paid; just as much where nothing leaks."""
        setting, question = self.setting, self.question
        count = len(setting.spaces)
        rate = question.efficiency if self.exact else float(question.efficiency)
        one = Fraction(1) if self.exact else 1.0
        columns, values = [], []
        if not setting.stake:
            return
        if question.transfers == "expected":
            for i in setting.stake:
                own = chances(setting, (i,), exact=self.exact)[:, None]
                if question.by_profile:
                    others = tuple(p for p in range(count) if p != i)
                    own = own * chances(setting, others, exact=self.exact)
                columns += [self.received[i].ravel(), self.paid[i].ravel()]
                values += [own.ravel() * one, own.ravel() * -rate]
            self.add(
                "budget",
                np.concatenate(columns)[None],
                np.concatenate(values)[None],
                equal=question.efficiency == 1,
            )
            return
        shape = setting.shape
        for i in setting.stake:
            rest = tuple(n for p, n in enumerate(shape) if p != i)
            for table, value in ((self.received[i], one), (self.paid[i], -rate)):
                columns.append(np.moveaxis(table.reshape(shape[i], *rest), 0, i).ravel())
                values.append(value)
        wide = np.array(columns).T
        entries = np.broadcast_to(self.numbers(values), wide.shape)
        self.add("budget", wide, entries, equal=question.efficiency == 1)

    def _rationality(self, player: int) -> None:
        """Nobody loses: given his type, or in every profile."""
        if self.question.rationality == "interim":
            seen = self.interim[player]
            columns, values = self.payment(player, -1)
            own = self.flat(player)
            self.add(
                f"rationality {player}",
                np.hstack([own, columns]),
                np.hstack([-seen.weighted, values]),
            )
            return
        seen = self.everyone[player]
        columns = self.deals(player).reshape(self.setting.profiles, len(seen.columns))
        values = -seen.gains.reshape(columns.shape)
        if self.received:
            pair = np.stack([self.received[player].ravel(), self.paid[player].ravel()], axis=1)
            columns = np.hstack([columns, pair])
            signs = np.broadcast_to(self.numbers([-1, 1]), pair.shape)
            values = np.hstack([values, signs])
        self.add(f"rationality {player}", columns, values)

    def _objective(self) -> None:
        costs = self.numbers(np.zeros(self.size))
        aim, players = self.question.objective, self.setting.game.players
        if aim == "max-min" and self.setting.stake:  # otherwise nobody can gain: 0
            self.least = int(self._variables((1,))[0])
            costs = np.append(costs, self.numbers([1]))
            for i in self.setting.stake:
                columns, values = self.expected(i)
                self.add(
                    f"least {i}",
                    np.append(columns, self.least)[None],
                    np.append(-values, self.numbers([1]))[None],
                )
        for i, player in enumerate(players):
            if aim in ("total", player):
                columns, values = self.expected(i)
                np.add.at(costs, columns, values)
        self.costs = costs

    def expected(self, player: int) -> tuple[Index, Array]:
        """Return a player's expected gain, as columns and values."""
        seen = self.interim[player]
        columns, values = self.payment(player, 1)
        own = chances(self.setting, (player,), exact=self.exact)[:, None]
        deals = self.flat(player)
        return (
            np.hstack([deals, columns]).ravel(),
            np.hstack([seen.weighted * own, values * own]).ravel(),
        )

    def programme(self) -> Programme:
        """Write the programme out for the exact solver."""
        found = Programme()
        found.add_columns(self.size, self.cap)
        found.costs = list(self.costs)
        for groups in self.rows.values():
            for group in groups:
                for limit, columns, values in zip(
                    group.limits, group.columns.tolist(), group.values, strict=True
                ):
                    row = found.add_rows(1, limit, equal=group.equal)
                    for column, value in zip(columns, values, strict=True):
                        found.put(row, column, value)
        return found
