"""The exact programme behind deals in shares that last at a given discount factor.

At a fixed factor d the condition of a player in a package, d (G - R) - (1 - d) T >= 0, is a
linear programme in shares, since his temptation T is a sum of largest linear functions.  Shares
of a block (an issue, or issues tied together) enter as columns: pure outcomes first, and mixtures
that are worth more at the current prices when there are any (column generation, where mixing
lowers a temptation because the best swap differs between outcomes).  Where everybody falls back to
a status quo at which nobody is tempted, deals can be scaled, and the programme needs only a few
rows however many issues there are; otherwise it has one row per block.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from bargaining.errors import NotSupportedError, SolverError
from bargaining.geometry.rational import ExactSolution, maximise
from bargaining.settlement.enforcement.blocks import Block, Lottery
from bargaining.settlement.enforcement.conditions import least_gain
from bargaining.settlement.enforcement.home_rules import HomeRule
from bargaining.settlement.enforcement.share_prices import Prices, Row, discounted, functional

MAX_ROWS = 150
"""The most rows of an exact programme."""
MAX_ROUNDS = 200
MAX_COLUMNS = 30_000


@dataclass(frozen=True, eq=False)
class Offer:
    """A column: shares of one block's outcomes, with what they are worth to each player."""

    block: int
    shares: Lottery
    gains: tuple[Any, ...]
    temptations: tuple[Any, ...]
    rules: tuple[Fraction, ...]


@dataclass(frozen=True, eq=False)
class Answer:
    """The best deal at a factor: its worth, shares per block, and the prices."""

    value: Fraction
    shares: dict[int, dict[int, Fraction]]
    prices: Prices


@dataclass(eq=False)
class Programme:
    """Deals in shares of some packages.

    Attributes
    ----------
    blocks : sequence of Block
    reversions : sequence of tuple of Fraction, shape (packages, players)
        R on the game's flat scale.
    players : int
    units : sequence of Fraction
        A size per player, to keep the float proposals of a basis accurate.
    guarded : sequence of collection of int
        Per package, who may not end below the status quo.
    rules : sequence of HomeRule
        Caps and floors on the total.
    scalable : bool
        Whether deals can be scaled down to the status quo: nobody is tempted there, R = 0, and no
        floor asks for more.
    """

    blocks: Sequence[Block]
    reversions: Sequence[Sequence[Fraction]]
    players: int
    units: Sequence[Fraction]
    guarded: Sequence[Collection[int]]
    rules: Sequence[HomeRule] = ()
    scalable: bool = field(init=False)
    offers: list[Offer] = field(init=False)

    def __post_init__(self) -> None:
        self._base = [block.temptations({block.origin: Fraction(1)}) for block in self.blocks]
        level = not any(any(row) for row in self.reversions)
        still = level and not any(any(row) for row in self._base)
        self.scalable = still and all(rule.constant >= 0 for rule in self.rules)
        # scaled down enough a deal shows less than any cap
        self.asked = [r for r in self.rules if not (self.scalable and r.constant > 0)]
        packages = range(len(self.reversions))
        moving: set[Row] = set()
        for block in self.blocks:
            for i in range(self.players):
                if any(block.gains[i]) or any(swap.player == i for swap in block.swaps):
                    moving.add((block.package, i))
        self.rows: list[Row] = [
            (p, i) for p in packages for i in range(self.players)
            if (p, i) in moving or self.reversions[p][i]
        ]  # fmt: skip
        size = len(self.rows) + len(self.asked) + (1 if self.scalable else len(self.blocks))
        if size > MAX_ROWS:
            msg = (
                f"deals in shares that last: an exact programme of {size} rows would be needed "
                f"(at most {MAX_ROWS}), since the status quo of some issue is no equilibrium, or "
                "a floor asks for more; ask for a smaller package"
            )
            raise NotSupportedError(msg)
        self.offers = []
        for b, block in enumerate(self.blocks):
            for cell in range(len(block.cells)):
                if cell != block.origin:
                    self._add(b, {cell: Fraction(1)})
        if len(self.offers) > MAX_COLUMNS:
            msg = (
                f"deals in shares that last: over {MAX_COLUMNS:,} outcomes; "
                "ask for a smaller package"
            )
            raise NotSupportedError(msg)
        self._guess = [_dominant(block) for block in self.blocks]

    def _add(self, b: int, shares: Lottery) -> None:
        block = self.blocks[b]
        gains = tuple(block.gain(i, shares) for i in range(self.players))
        tempted = tuple(
            t - base for t, base in zip(block.temptations(shares), self._base[b], strict=True)
        )
        rules = tuple(rule.change(b, shares) for rule in self.asked)
        if any(gains) or any(tempted) or any(rules):
            self.offers.append(Offer(b, dict(shares), gains, tempted, rules))

    def condition(self, row: Row, d: Fraction, gain: Any, temptation: Any) -> Any:
        """Return d times gain minus (1 - d) times temptation, in the player's unit."""
        return (d * gain - (1 - d) * temptation) / self.units[row[1]]

    def base(self, row: Row, d: Fraction) -> Any:
        """Return the condition at the status quo."""
        package, player = row
        tempted = sum(
            (t[player] for t, b in zip(self._base, self.blocks, strict=True)
             if b.package == package), Fraction(0),
        )  # fmt: skip
        return self.condition(row, d, -self.reversions[package][player], tempted)

    def best(
        self, d: Fraction, targets: Sequence[int], slack: Mapping[Row, Fraction] | None = None
    ) -> Answer:
        """Find the deal that does most for the target who gains least, all conditions met.

        Parameters
        ----------
        d : Fraction
            From 0 to 1.
        targets : sequence of int
            Players who must gain.
        slack : mapping of (package, player) to Fraction, optional
            Instead, make the least slack of these conditions, each measured by its number, as
            large as possible.

        Returns
        -------
        Answer
            With a value of 0 or less there is no such deal, and the prices prove it.
        """
        short = max(
            [-self.base(row, d) for row in self.rows] + [-r.constant for r in self.asked],
            default=Fraction(0),
        )
        if short > 0:
            met = self._generated(_Layout(self, d, targets, None, short), d)
            if met.value < short:
                return Answer(met.value - short, met.shares, met.prices)
        return self._generated(_Layout(self, d, targets, slack, Fraction(0)), d)

    def _generated(self, layout: _Layout, d: Fraction) -> Answer:
        """Add mixtures that are worth more at the prices until there is none."""
        for _ in range(MAX_ROUNDS):
            solved = layout.solve()
            prices = layout.prices(solved.dual)
            proofs, fresh = [], False
            for b in range(len(self.blocks)):
                mixture, proof = self._price(b, d, prices, layout.threshold(b, solved.dual))
                proofs.append(proof)
                if mixture is not None:
                    self._add(b, mixture)
                    fresh = True
            if not fresh:
                shares = self._scaled(solved.primal[1:])
                return Answer(solved.value, shares, replace(prices, swaps=tuple(proofs)))
        msg = f"deals in shares that last: no answer in {MAX_ROUNDS} rounds of column generation"
        raise SolverError(msg)

    def _scaled(self, weights: Sequence[Fraction]) -> dict[int, dict[int, Fraction]]:
        """Return shares per block, scaled up as far as they can be where that is allowed."""
        found: dict[int, dict[int, Fraction]] = {}
        for weight, offer in zip(weights, self.offers, strict=False):
            if weight:
                mine = found.setdefault(offer.block, {})
                for cell, share in offer.shares.items():
                    mine[cell] = mine.get(cell, Fraction(0)) + weight * share
        if self.scalable and found:
            largest = max(sum(mine.values(), Fraction(0)) for mine in found.values())
            found = {b: {c: s / largest for c, s in mine.items()} for b, mine in found.items()}
        return found

    def _price(
        self, b: int, d: Fraction, prices: Prices, threshold: Fraction
    ) -> tuple[Lottery | None, tuple[tuple[Fraction, ...], ...]]:
        """Return a mixture of a block worth more than the threshold, or weights against all."""
        block = self.blocks[b]
        worth = functional(b, block, d, prices, self.rules)
        loads = [(1 - d) * prices.condition(block.package, swap.player) for swap in block.swaps]
        start = sum(
            ((1 - d) * prices.condition(block.package, i) * t for i, t in enumerate(self._base[b])),
            Fraction(0),
        )
        proof = tuple(
            tuple(load * q for q in guess)
            for load, guess in zip(loads, self._guess[b], strict=True)
        )
        if max(discounted(block, worth, proof)) + start <= threshold:
            return None, proof
        value, mixture, proof = _best_mixture(block, worth, loads, whole=not self.scalable)
        if value + start > threshold:
            return mixture, proof
        self._guess[b] = [
            tuple(w / load if load else w for w in weights)
            for load, weights in zip(loads, proof, strict=True)
        ]
        return None, proof


class _Layout:
    """One linear programme: which row says what."""

    def __init__(
        self,
        programme: Programme,
        d: Fraction,
        targets: Sequence[int],
        slack: Mapping[Row, Fraction] | None,
        short: Fraction,
    ) -> None:
        self._programme, self._d = programme, d
        self._names: list[tuple[str, Any]] = []
        self._rhs: list[Any] = []
        self._first: dict[int, Any] = {}
        units = programme.units
        for row in programme.rows:
            base = programme.base(row, d) + short
            part = Fraction(0)
            if short:
                part = Fraction(1)
            elif slack is not None and row in slack:
                part = slack[row] / units[row[1]]
            self._add("condition", row, base, part)
            reversion = programme.reversions[row[0]][row[1]]
            guarded = row[1] in programme.guarded[row[0]]
            apart = len(programme.reversions) > 1 or row[1] not in targets
            if not d or (reversion < 0 and guarded and apart):
                least = Fraction(least_gain(reversion, guarded=guarded))
                self._add("floor", row, short - least / units[row[1]], part if short else 0)
        for at, rule in enumerate(programme.asked):
            self._add("rule", at, rule.constant + short, 1 if short else 0)
        if slack is None or not programme.scalable:
            for i in targets:
                self._add("gain", i, short, Fraction(1))
        if short:
            self._add("cap", None, short, Fraction(1))
        self._sums = len(self._names)
        for b in range(1 if programme.scalable else len(programme.blocks)):
            self._add("sum", b, Fraction(1), Fraction(0))

    def _add(self, kind: str, what: Any, rhs: Any, first: Any) -> None:
        if first:
            self._first[len(self._names)] = first
        self._names.append((kind, what))
        self._rhs.append(rhs)

    def solve(self) -> ExactSolution:
        columns = [self._column(offer) for offer in self._programme.offers]
        return maximise([1] + [0] * len(columns), [self._first, *columns], self._rhs)

    def _column(self, offer: Offer) -> dict[int, Any]:
        programme = self._programme
        package = programme.blocks[offer.block].package
        column: dict[int, Any] = {}
        for at, (kind, what) in enumerate(self._names):
            value: Any = 0
            if kind == "gain":
                value = Fraction(offer.gains[what]) / programme.units[what]
            elif kind == "condition" and what[0] == package:
                i = what[1]
                value = programme.condition(what, self._d, offer.gains[i], offer.temptations[i])
            elif kind == "floor" and what[0] == package:
                value = Fraction(offer.gains[what[1]]) / programme.units[what[1]]
            elif kind == "rule":
                value = offer.rules[what]
            if value:
                column[at] = -value
        column[self._sums + (0 if programme.scalable else offer.block)] = 1
        return column

    def prices(self, duals: Sequence[Fraction]) -> Prices:
        """Return the prices per unit of the flat scale."""
        units = self._programme.units
        found: dict[str, dict[Any, Fraction]] = {"gain": {}, "condition": {}, "floor": {}}
        rules: dict[tuple[str, int], Fraction] = {}
        for (kind, what), dual in zip(self._names, duals, strict=True):
            if dual and kind == "rule":
                rules[self._programme.asked[what].name] = dual
            elif dual and kind in found:
                player = what if kind == "gain" else what[1]
                found[kind][what] = dual / units[player]
        return Prices(found["gain"], found["condition"], found["floor"], rules=rules)

    def threshold(self, b: int, duals: Sequence[Fraction]) -> Fraction:
        return duals[self._sums + (0 if self._programme.scalable else b)]


def _best_mixture(
    block: Block, worth: Sequence[Fraction], loads: Sequence[Fraction], *, whole: bool
) -> tuple[Fraction, Lottery, tuple[tuple[Fraction, ...], ...]]:
    """Maximise worth minus loaded temptations over mixtures of one block's outcomes, exactly."""
    count = len(block.cells)
    rows = 1 + whole
    columns: list[dict[int, Any]] = [{0: 1, 1: -1} if whole else {0: 1} for _ in range(count)]
    costs: list[Any] = list(worth)
    places = []
    for swap, load in zip(block.swaps, loads, strict=True):
        places.append(rows)
        if not load:
            continue
        tau = {}
        for row in swap.changes:
            for cell, change in zip(swap.cells, row, strict=True):
                if change:
                    columns[cell][rows] = change
            tau[rows] = -1
            rows += 1
        costs.append(-load)
        columns.append(tau)
    if rows > MAX_ROWS:
        msg = (
            f"deals in shares that last: {rows} swaps in one issue, too many to weigh exactly "
            f"(at most {MAX_ROWS}); ask about pure deals"
        )
        raise NotSupportedError(msg)
    rhs = [1, -1] if whole else [1]
    solved = maximise(costs, columns, rhs + [0] * (rows - len(rhs)))
    proof = tuple(
        tuple(solved.dual[at + j] if load else Fraction(0) for j in range(len(swap.changes)))
        for swap, load, at in zip(block.swaps, loads, places, strict=True)
    )
    mixture = {c: x for c, x in enumerate(solved.primal[:count]) if x}
    return solved.value, mixture, proof


def _dominant(block: Block) -> list[tuple[Fraction, ...]]:
    """Guess the best swap of each group: the one best on average, or none."""
    guess = []
    for swap in block.swaps:
        totals = [sum(row, Fraction(0)) for row in swap.changes]
        best = max(range(len(totals)), key=totals.__getitem__)
        takes = totals[best] > 0
        guess.append(tuple(Fraction(takes and j == best) for j in range(len(totals))))
    return guess
