"""Whether any gains are left unblocked when nobody pays anybody: branch and bound with a proof.

Gains x of the grand coalition's deals are unblocked by S if they do not lie below V(S).  So for
any deal y of S some member must get x_i >= y_i, and for two deals p, q of a pair {a, b} the
gains lie beyond the line through p and q, or x_a >= q_a, or x_b >= p_b.  Each case is a linear
condition on x; conditions that no deal of all can meet have weights μ that prove it: the sum of
the conditions asks for more than h(Σ μ w).  If every case ends like that the core is empty; if
some deal meets all conditions and nobody blocks it, it is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from bargaining.errors import VerificationError
from bargaining.linkage.coalitions.nontransferable import (
    CoalitionDeals,
    Gains,
    Margin,
    rounding,
    solved,
)
from bargaining.model.deal import Deal, check, gains
from bargaining.model.game import LinkageGame

MAX_NODES = 400
"""Cases that are looked at."""
MAX_DIVE = 40
Family = Mapping[tuple[str, ...], CoalitionDeals]


@dataclass(frozen=True)
class Condition:
    """What gains must meet: weights·x >= bound, the weights adding up to 1."""

    weights: tuple[Fraction, ...]
    bound: Fraction


@dataclass(frozen=True, eq=False)
class Closed:
    """No deal of all meets the conditions of this case: what their sum asks for is too much."""

    prices: tuple[Fraction, ...]


@dataclass(frozen=True, eq=False)
class Split:
    """A coalition's deals, and the cases in which it does not block.

    Attributes
    ----------
    members : tuple of str
    deals : tuple of Deal
        One, or the two ends of an edge for a pair; in the coalition's own game.
    cases : tuple of Split or Closed
    """

    members: tuple[str, ...]
    deals: tuple[Deal, ...]
    cases: tuple[Split | Closed, ...]


Proof = Split | Closed


@dataclass(frozen=True, eq=False)
class Found:
    """How the search ended: a deal that nobody blocks, a proof that there is none, or neither."""

    deal: Deal | None = field(default=None, repr=False)
    gains: Gains = ()
    margins: tuple[Margin, ...] = field(default=(), repr=False)
    proof: Proof | None = field(default=None, repr=False)
    nodes: int = 0


class CoreSearch:
    """The search for gains that no coalition blocks.

    Parameters
    ----------
    game : LinkageGame
    family : mapping of tuple of str to CoalitionDeals
        Every coalition with a stake, the grand one last.
    """

    def __init__(self, game: LinkageGame, family: Family) -> None:
        self.game, self.family = game, family
        self.all = family[game.players]
        self.nodes = 0
        self.answer: Found | None = None
        self.root = root_conditions(game, family)

    def run(self) -> Found:
        """Search, first straight down and then case by case."""
        try:
            if self._dive() and self.answer is not None:
                return self.answer
            proof = self._close(self.root)
        except _StoppedError:
            return Found(nodes=self.nodes)
        if self.answer is not None:
            return self.answer
        return Found(proof=proof, nodes=self.nodes)

    def _dive(self) -> bool:
        """Add the condition that the most blocked coalition asks for, again and again."""
        conditions = self.root
        for _ in range(MAX_DIVE):
            point = self._point(conditions)
            worst = None if isinstance(point, Closed) else self._most_blocking(point)
            if worst is None:
                return self.answer is not None
            bound = self.family[worst.members].most(worst.weights)
            conditions = (*conditions, Condition(worst.weights, bound))
        return False

    def _close(self, conditions: tuple[Condition, ...]) -> Proof | None:
        """Prove a case impossible; None once a point was found that nobody blocks."""
        point = self._point(conditions)
        if isinstance(point, Closed):
            return point
        worst = self._most_blocking(point)
        if worst is None:
            return None
        split, bounds = self._split(worst)
        cases: list[Proof] = []
        for bound in bounds:
            proof = self._close((*conditions, bound))
            if proof is None:
                return None
            cases.append(proof)
        return Split(worst.members, split, tuple(cases))

    def _split(self, worst: Margin) -> tuple[tuple[Deal, ...], tuple[Condition, ...]]:
        deals = self.family[worst.members]
        if len(deals.stake) == 2 and all(worst.weights[i] for i in deals.stake):
            ends = deals.ends(worst.weights)
            if len(ends) == 2 and ends[0].gains != ends[1].gains:
                cases = conditions_of(deals, [end.gains for end in ends])
                return tuple(end.deal for end in ends), cases
        return (worst.deal,), conditions_of(deals, [worst.gains])

    def _point(self, conditions: Sequence[Condition]) -> tuple[Deal, Gains] | Closed:
        """Return the deal of all that meets conditions by the most, or a proof that none does."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _StoppedError
        deals, one = self.all, Fraction(1)
        shift = max([*(c.bound for c in conditions), Fraction(0)]) + one
        programme = deals.programme()
        first = conditions[0]
        spare = programme.add_columns(1, shift + deals.most(first.weights) - first.bound)
        programme.costs[spare] = 1
        for condition in conditions:
            row = programme.add_rows(1, shift - condition.bound)
            deals.put(programme, row, {i: -w for i, w in enumerate(condition.weights) if w})
            programme.put(row, spare, 1)
        found = solved(programme)
        prices = [max(Fraction(y), Fraction(0)) for y in found.prices[-len(conditions) :]]
        total = sum(prices, start=Fraction(0)) or one
        closed = Closed(tuple(y / total for y in prices))
        if is_closed(deals, conditions, closed):
            return closed
        deal = deals.deal(found)
        return deal, gains(self.game, deals.reach.carried_out(deal))

    def _most_blocking(self, point: tuple[Deal, Gains]) -> Margin | None:
        """Return the coalition with the largest margin; None, and the answer, if nobody blocks."""
        margins = [deals.margin(point[1]) for deals in self.family.values()]
        exact = all(isinstance(m.low, Fraction) for m in margins)
        slack = 0.0 if exact else rounding(self.game)
        worst = max(margins, key=lambda m: m.low)
        if worst.low > slack:
            return worst
        if any(m.high > slack for m in margins):
            raise _StoppedError
        self.answer = Found(point[0], point[1], tuple(margins), nodes=self.nodes)
        return None


class _StoppedError(Exception):
    """The bound on cases is reached, or rounding leaves it open who blocks."""


def root_conditions(game: LinkageGame, family: Family) -> tuple[Condition, ...]:
    """Return what each player can get by his own acts alone."""
    found = []
    for i in game.interested:
        unit = tuple(Fraction(int(i == j)) for j in range(len(game.players)))
        found.append(Condition(unit, family[game.players[i],].most(unit)))
    return tuple(found)


def conditions_of(deals: CoalitionDeals, points: Sequence[Gains]) -> tuple[Condition, ...]:
    """Return the cases in which a coalition does not block, given what its deals give."""

    def at_least(player: int, value: Fraction) -> Condition:
        count = len(deals.game.players)
        return Condition(tuple(Fraction(int(player == j)) for j in range(count)), value)

    exact = [[Fraction(g) for g in point] for point in points]
    if len(exact) == 1:
        return tuple(at_least(i, exact[0][i]) for i in deals.stake)
    (a, b), (p, q) = deals.stake, exact
    across = {a: p[b] - q[b], b: q[a] - p[a]}
    total = across[a] + across[b]
    weights = tuple(across.get(j, Fraction(0)) / total for j in range(len(p)))
    line = Condition(weights, weights[a] * p[a] + weights[b] * p[b])
    return line, at_least(a, q[a]), at_least(b, p[b])


def is_closed(deals: CoalitionDeals, conditions: Sequence[Condition], closed: Closed) -> bool:
    """Whether the prices prove that no deal of all meets the conditions."""
    count = len(deals.game.players)
    weights = [Fraction(0)] * count
    asked = Fraction(0)
    for price, condition in zip(closed.prices, conditions, strict=True):
        asked += price * condition.bound
        weights = [w + price * c for w, c in zip(weights, condition.weights, strict=True)]
    fair = all(price >= 0 for price in closed.prices)
    return fair and deals.most(weights) < asked


def check_empty(game: LinkageGame, family: Family, proof: Proof) -> None:
    """Raise VerificationError unless a proof shows that every point is blocked."""
    waiting: list[tuple[Proof, tuple[Condition, ...]]] = [(proof, root_conditions(game, family))]
    while waiting:
        case, conditions = waiting.pop()
        if isinstance(case, Closed):
            if not is_closed(family[game.players], conditions, case):
                msg = "a case of the proof that the core is empty is not closed"
                raise VerificationError(msg)
            continue
        deals = family[case.members]
        points = []
        for deal in case.deals:
            check(deals.reach.inner, deal)
            if deals.breaks(deal):
                msg = f"{'+'.join(case.members)}: a deal of the proof is not open to the members"
                raise VerificationError(msg)
            points.append(gains(game, deals.reach.carried_out(deal)))
        if len(points) == 2:
            p, q = points
            a, b = deals.stake
            if not (p[b] > q[b] and q[a] > p[a]):
                msg = f"{'+'.join(case.members)}: the two deals of the proof are no edge"
                raise VerificationError(msg)
        bounds = conditions_of(deals, points)
        if len(bounds) != len(case.cases):
            msg = f"{'+'.join(case.members)}: a case of the proof is missing"
            raise VerificationError(msg)
        waiting += [(c, (*conditions, b)) for c, b in zip(case.cases, bounds, strict=True)]
