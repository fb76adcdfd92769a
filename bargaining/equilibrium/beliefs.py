"""Beliefs that justify a response: existence and exact ranges by linear programmes.

After a message the receiver holds a belief μ over the sender's types.  A response r is justified
if Σ_s μ(s) (v(s, r) - v(s, r')) >= 0 for every other response r': a polytope of beliefs.  With
prices y >= 0 on these conditions every such belief has

    μ(s) <= max over types s' of  [s' = s] + Σ_r' y(r') (v(s', r) - v(s', r')),

which proves the range of each type's probability, and that no belief exists where the prices
make Σ_r' y(r') (v(s', r) - v(s', r')) negative for every type s': a mixture of the others is
better whatever the type (Pearce 1984, Econometrica 52).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bargaining.errors import VerificationError
from bargaining.geometry.rational import maximise

Payments = Mapping[str, Mapping[str, Fraction]]
"""The receiver's payoff by response and type, after one message."""


@dataclass(frozen=True)
class Belief:
    """The beliefs after a message that justify a response.

    Attributes
    ----------
    witness : mapping of type to Fraction
        One of them; on the path the only one, which Bayes' rule gives.
    low, high : mapping of type to Fraction
        The least and the largest probability of each type among them.
    reached : bool
        Whether the message is sent in equilibrium.
    extremes : mapping of type to two beliefs
        Beliefs that attain the range; off the path only.
    prices : mapping of type to two tuples of Fraction
        Prices of the other responses, in order, that prove the range; off the path only.
    """

    witness: Mapping[str, Fraction]
    low: Mapping[str, Fraction]
    high: Mapping[str, Fraction]
    reached: bool
    extremes: Mapping[str, tuple[Mapping[str, Fraction], Mapping[str, Fraction]]]
    prices: Mapping[str, tuple[tuple[Fraction, ...], tuple[Fraction, ...]]]

    def check(self, payments: Payments, response: str) -> None:
        """Raise unless every belief justifies the response and the ranges are proved."""
        for belief in (self.witness, *(b for pair in self.extremes.values() for b in pair)):
            check_justified(belief, payments, response)
        if self.reached:
            if dict(self.low) != dict(self.witness) or dict(self.high) != dict(self.witness):
                _fail("a belief on the path is given as a range")
            return
        types = list(self.witness)
        if set(self.extremes) != set(types) or set(self.prices) != set(types):
            _fail("a range of beliefs lacks its proof")
        for kind in types:
            least, most = self.extremes[kind]
            below, above = self.prices[kind]
            proved = (
                1 - _bound(payments, response, {s: int(s != kind) for s in types}, below),
                _bound(payments, response, {s: int(s == kind) for s in types}, above),
            )
            stated = (self.low[kind], self.high[kind])
            if stated != (least[kind], most[kind]) or stated != proved:
                _fail(f"the range of beliefs in {kind} is not proved")


def posterior(prior: Mapping[str, Fraction], senders: Sequence[str]) -> Belief:
    """Return the belief that Bayes' rule gives after a message that some types send."""
    total = sum((prior[s] for s in senders), start=Fraction(0))
    belief = {s: p / total if s in senders else Fraction(0) for s, p in prior.items()}
    return Belief(belief, belief, belief, True, {}, {})


def justified(payments: Payments, response: str, types: Sequence[str]) -> bool:
    """Whether some belief over these types makes a response optimal.

    >>> one, none, low = Fraction(1), Fraction(0), Fraction(1, 4)
    >>> pays = {"x": {"s": one, "t": none}, "y": {"s": none, "t": one}, "z": {"s": low, "t": low}}
    >>> [justified(pays, r, ["s", "t"]) for r in pays]
    [True, True, False]
    """
    return _most(payments, response, types, dict.fromkeys(types, 1))[0] > 0


def justifying(payments: Payments, response: str, types: Sequence[str]) -> Belief | None:
    """Return the beliefs over all types that make a response optimal; None if there are none."""
    low, high, extremes, prices = {}, {}, {}, {}
    for kind in types:
        most, top, above = _most(payments, response, types, {s: int(s == kind) for s in types})
        others, bottom, below = _most(payments, response, types, {s: int(s != kind) for s in types})
        if not most and not others:
            return None
        low[kind], high[kind] = 1 - others, most
        # where one end is not pulled at, every belief has probability 0 or 1 there
        extremes[kind] = (bottom or top, top or bottom)
        prices[kind] = (below, above)
    witness = {
        s: sum((b[s] for pair in extremes.values() for b in pair), start=Fraction(0))
        / (2 * len(types))
        for s in types
    }
    return Belief(witness, low, high, False, extremes, prices)


def check_justified(belief: Mapping[str, Fraction], payments: Payments, response: str) -> None:
    """Raise unless a belief is one and makes a response optimal."""
    if min(belief.values()) < 0 or sum(belief.values()) != 1:
        _fail("a belief is not a probability distribution")
    worth = {r: sum(belief[s] * v for s, v in row.items()) for r, row in payments.items()}
    if worth[response] < max(worth.values()):
        _fail(f"{response} is not a best response to the belief given")


def _most(
    payments: Payments, response: str, types: Sequence[str], weights: Mapping[str, int]
) -> tuple[Fraction, dict[str, Fraction], tuple[Fraction, ...]]:
    """Return the largest weight of a justifying belief, the belief ({} at 0), and prices.

    The beliefs may be scaled down, so that 0 is feasible; the optimum has full size if it is
    positive.
    """
    others = [r for r in payments if r != response]
    columns = [
        {0: Fraction(1), **{
            k: payments[r][s] - payments[response][s]
            for k, r in enumerate(others, start=1)
            if payments[r][s] != payments[response][s]
        }}
        for s in types
    ]  # fmt: skip
    found = maximise([weights[s] for s in types], columns, [1, *(0 for _ in others)])
    belief = dict(zip(types, found.primal, strict=True)) if found.value > 0 else {}
    return found.value, belief, found.dual[1:]


def _bound(
    payments: Payments,
    response: str,
    weights: Mapping[str, int],
    prices: Sequence[Fraction],
) -> Fraction:
    others = [r for r in payments if r != response]
    if any(y < 0 for y in prices):
        _fail("a price is negative")
    return max(
        weights[s]
        + sum(
            (y * (payments[response][s] - payments[r][s])
             for y, r in zip(prices, others, strict=True)),
            start=Fraction(0),
        )
        for s in weights
    )  # fmt: skip


def _fail(what: str) -> None:
    raise VerificationError(what)
