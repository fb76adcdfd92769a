r"""What each player can expect: the Shapley value, and Myerson's where not all can talk.

The Shapley value is what a player adds to those before him, on average over all orders in which the
grand coalition may form (Shapley 1953):

    φ_i = Σ_{S ∋ i} (s - 1)! (n - s)! / n! · (v(S) - v(S \ i)).

It is linear in the worths, so worths that are stated are weighed one by one, exactly, however many
players there are.  For a game of more than sixteen players orders are drawn, each with its reverse.
Myerson (1977): players who do not communicate, directly or through members, reach nothing together;
a coalition is worth the sum of its connected parts, and the value is Shapley's for these worths.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.errors import InputError
from bargaining.linkage.coalitions.dense import MAX_DENSE
from bargaining.linkage.coalitions.stated import Player
from bargaining.linkage.coalitions.worths import Worths
from bargaining.results import Number

if TYPE_CHECKING:
    import networkx as nx

ORDERS = 1_000
"""Orders drawn for games too large to be weighed in full, half of them reverses."""


@dataclass(frozen=True)
class Value:
    """A value by player.

    Attributes
    ----------
    shares : tuple of Fraction, or of float where orders were drawn
    errors : tuple of float
        Standard errors where orders were drawn; empty otherwise.
    """

    shares: tuple[Number, ...]
    errors: tuple[float, ...] = ()


def shapley(worths: Worths, seed: int | np.random.Generator | None = None) -> Value:
    """Compute the Shapley value.

    Parameters
    ----------
    worths : Worths
    seed : int or numpy.random.Generator, optional
        For the orders drawn; default 0.

    Returns
    -------
    Value

    Examples
    --------
    >>> from bargaining.linkage.coalitions.worths import worths
    >>> glove = {"a+b": 1, "a+c": 1, "a+b+c": 1}
    >>> shapley(worths(glove)).shares
    (Fraction(2, 3), Fraction(1, 6), Fraction(1, 6))
    """
    count = len(worths.players)
    if worths.stated is not None:
        return Value(_weighed(count, worths.stated.items()))
    if count <= MAX_DENSE:
        return Value(_weighed(count, ((mask, worths.of(mask)) for mask in range(1, 1 << count))))
    return _drawn(worths, np.random.default_rng(0 if seed is None else seed))


def communicating(worths: Worths, communication: Any) -> Worths:
    """Return the worths that are left when only those who are linked can act together.

    Parameters
    ----------
    worths : Worths
    communication : networkx.Graph, pairs of players, or text such as "us-mexico,mexico-canada"
        Players without a link stand alone.

    Examples
    --------
    >>> from bargaining.linkage.coalitions.worths import worths
    >>> pie = worths({"us+mx": 1, "mx+ca": 1, "us+ca": 1, "us+mx+ca": 1})
    >>> shapley(communicating(pie, "us-mx,mx-ca")).shares
    (Fraction(1, 6), Fraction(2, 3), Fraction(1, 6))
    """
    near = [0] * len(worths.players)
    for a, b in _links(worths.players, communication):
        near[a] |= 1 << b
        near[b] |= 1 << a

    def source(mask: int) -> tuple[Fraction, Fraction]:
        low = high = Fraction(0)
        while mask:
            part, reached = 0, mask & -mask
            while reached != part:
                part = reached
                for i, neighbours in enumerate(near):
                    if part >> i & 1:
                        reached |= neighbours & mask
            worst, best = worths.between(part)
            low, high, mask = low + worst, high + best, mask & ~part
        return low, high

    return Worths(worths.players, worths.convention, source, notes=worths.notes)


def potential(worths: Worths) -> tuple[Fraction, ...]:
    r"""Compute the Shapley value another way: differences of the potential (Hart, Mas-Colell 1989).

    P(S) = (v(S) + Σ_{i in S} P(S \ i)) / s and φ_i = P(N) - P(N \ i).
    """
    count = len(worths.players)
    known = [Fraction(0)] * (1 << count)
    for mask in range(1, 1 << count):
        inside = [i for i in range(count) if mask >> i & 1]
        below = sum((known[mask ^ 1 << i] for i in inside), start=worths.of(mask))
        known[mask] = below / len(inside)
    return tuple(known[-1] - known[-1 - (1 << i)] for i in range(count))


def _weighed(count: int, worths: Iterable[tuple[int, Fraction]]) -> tuple[Fraction, ...]:
    """Add up what every coalition contributes: to its members, and against all others."""
    orders = [math.factorial(k) for k in range(count + 1)]
    mine = [Fraction(0)] * count
    everyone = Fraction(0)
    for mask, worth in worths:
        if worth:
            size = mask.bit_count()
            outside = worth * orders[size] * orders[count - size - 1] if size < count else 0
            inside = worth * orders[size - 1] * orders[count - size] + outside
            everyone -= outside
            for i in range(count):
                if mask >> i & 1:
                    mine[i] += inside
    return tuple((everyone + share) / orders[count] for share in mine)


def _drawn(worths: Worths, draw: np.random.Generator) -> Value:
    count = len(worths.players)
    pairs = np.zeros((ORDERS // 2, count))
    for pair in pairs:
        order = draw.permutation(count).tolist()
        for sequence in (order, order[::-1]):
            mask, before = 0, Fraction(0)
            for i in sequence:
                mask |= 1 << i
                after = worths.of(mask)
                pair[i] += float(after - before) / 2
                before = after
    errors = pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))
    return Value(tuple(pairs.mean(axis=0).tolist()), tuple(errors.tolist()))


def graph_of(players: Iterable[Player], communication: Any) -> nx.Graph:
    """Return who can talk to whom as a graph over all players."""
    import networkx as nx

    names = tuple(players)
    graph = nx.Graph()
    graph.add_nodes_from(names)
    graph.add_edges_from((names[a], names[b]) for a, b in _links(names, communication))
    return graph


def _links(players: tuple[Player, ...], communication: Any) -> list[tuple[int, int]]:
    """Read who can talk to whom."""
    place: Mapping[Any, int] = {player: i for i, player in enumerate(players)}
    nodes: Iterable[Any] = ()
    if isinstance(communication, str):
        pairs = [_pair(text.strip(), players) for text in communication.split(",")]
    else:
        edges = getattr(communication, "edges", communication)
        nodes = getattr(communication, "nodes", ())
        try:
            pairs = [tuple(edge) for edge in edges]
        except TypeError:
            msg = (
                "communication: expected a graph, pairs of players or a text such as "
                f'"a-b,b-c", found {communication!r}'
            )
            raise InputError(msg) from None
    strangers = [(node,) for node in nodes if node not in place]
    for pair in (*strangers, *pairs):
        unknown = [player for player in pair if player not in place]
        if len(pair) != 2 or unknown or pair[0] == pair[1]:
            known = ", ".join(map(str, players))
            found = "-".join(map(str, pair))
            msg = f'communication: expected pairs of different players ({known}), found "{found}"'
            raise InputError(msg)
    return [(place[a], place[b]) for a, b in pairs]


def _pair(text: str, players: tuple[Player, ...]) -> tuple[Any, ...]:
    """Split "us-mexico"; names may hold hyphens themselves."""
    names = {str(player): player for player in players}
    for cut, letter in enumerate(text):
        left, right = text[:cut].strip(), text[cut + 1 :].strip()
        if letter == "-" and left in names and right in names:
            return names[left], names[right]
    return (text,)
