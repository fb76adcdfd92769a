"""Favour networks: everybody has one divisible act that costs him and helps others.

With costs c and benefits B (to the row's player of the column's act), intensities x last under
grim reversion to no favours if and only if c_i x_i <= d (B x)_i for every player.  Some favours
can last exactly from d* = 1 / rho on, rho the spectral radius of the matrix B_ij / c_i
(Collatz 1942, Math. Z. 48; Wielandt 1950, Math. Z. 52): two players sqrt(c1 c2 / (b1 b2)), a circle
of n the n-th root of the ratio of products.  Everybody gains only if each player's favours and
returns hang together, so favours live in strongly connected parts; an act is vital if nothing lasts
at any factor below 1 without one of its arcs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, SolverError, VerificationError
from bargaining.geometry.rational import maximise
from bargaining.model.array_issues import ArrayIssues
from bargaining.model.game import LinkageGame

MAX_PLAYERS = 60
"""Arcs are taken out one by one in networks of at most so many players."""
WIDTH = Fraction(1, 10**12)

Aim = Literal["total", "egalitarian"]


@dataclass(frozen=True, eq=False)
class FavourNetwork:
    """Who can do whom a favour.

    Attributes
    ----------
    players : tuple of str
        Those who have an act.
    issues : tuple of str
        The issue of each one's act.
    costs : tuple of Fraction
    benefits : ndarray of Fraction, shape (players, players)
        To the row's player of the column's act; 0 on the diagonal.
    """

    players: tuple[str, ...]
    issues: tuple[str, ...]
    costs: tuple[Fraction, ...]
    benefits: NDArray[Any] = field(repr=False)

    def critical(self) -> tuple[Fraction, Fraction] | None:
        """Return two proved ends around the lowest factor at which favours last; None if none.

        Every strongly connected part has its own radius, and the largest counts.

        Examples
        --------
        >>> ring = FavourNetwork(("a", "b"), ("x", "y"), (Fraction(4), Fraction(3)),
        ...     np.array([[0, 5], [6, 0]], dtype=object))
        >>> low, high = ring.critical()
        >>> round(float(high), 9)
        0.632455532
        """
        radius = spectral_radius(self._matrix())
        if radius is None or radius[1] <= 1:
            return None
        low, high = 1 / radius[1], 1 / radius[0] if radius[0] else Fraction(1)
        return low, high

    def vital(self) -> tuple[tuple[str, str], ...]:
        """Return the arcs (giver, receiver) without which no favours last at any factor below 1.

        Raises
        ------
        InputError
            If there are too many players to try each arc.
        """
        count = len(self.players)
        if count > MAX_PLAYERS:
            msg = f"expected at most {MAX_PLAYERS} players to try each arc, found {count}"
            raise InputError(msg)
        if self.critical() is None:
            return ()
        found = []
        for i in range(count):
            for j in range(count):
                if self.benefits[i, j] > 0:
                    cut = self._matrix()
                    cut[i, j] = Fraction(0)
                    radius = spectral_radius(cut)
                    if radius is None or radius[1] <= 1:
                        found.append((self.players[j], self.players[i]))
        return tuple(found)

    def best(self, factor: Fraction, aim: Aim = "total") -> tuple[Fraction, ...]:
        """Return the intensities, from 0 to 1, that last and do most for all, or for the least.

        Examples
        --------
        >>> ring = FavourNetwork(("a", "b"), ("x", "y"), (Fraction(4), Fraction(3)),
        ...     np.array([[0, 5], [6, 0]], dtype=object))
        >>> [str(x) for x in ring.best(Fraction(7, 10))]
        ['7/8', '1']
        """
        if aim not in ("total", "egalitarian"):
            msg = f'aim: expected "total" or "egalitarian", found "{aim}"'
            raise InputError(msg)
        count = len(self.players)
        worth = self.benefits.copy()
        for i, cost in enumerate(self.costs):
            worth[i, i] = -cost
        columns: list[dict[int, Any]] = []
        for j in range(count):
            column = {i: -factor * self.benefits[i, j] for i in range(count) if i != j}
            column[j] = self.costs[j]
            column[count + j] = 1
            if aim == "egalitarian":
                column |= {2 * count + i: -worth[i, j] for i in range(count)}
            columns.append({i: v for i, v in column.items() if v})
        rhs: list[Any] = [0] * count + [1] * count
        costs: list[Any] = [sum(worth[:, j], Fraction(0)) for j in range(count)]
        if aim == "egalitarian":
            columns.append({2 * count + i: 1 for i in range(count)})
            rhs += [0] * count
            costs = [0] * count + [1]
        return maximise(costs, columns, rhs).primal[:count]

    def gains(self, intensities: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """Return what everybody gains per period."""
        return tuple(
            sum((b * x for b, x in zip(row, intensities, strict=True)), Fraction(0)) - cost * mine
            for row, cost, mine in zip(self.benefits, self.costs, intensities, strict=True)
        )

    def _matrix(self) -> NDArray[Any]:
        rows = [
            [Fraction(b) / cost for b in row]
            for row, cost in zip(self.benefits, self.costs, strict=True)
        ]
        return np.array(rows, dtype=object)


def favour_network(game: LinkageGame) -> FavourNetwork | None:
    """Read a game as a favour network; None where it is something else.

    Every player with a stake has exactly one act besides the status quo, in one issue where nobody
    else acts; the act costs him and harms nobody; payoffs add up and nothing else is agreed.
    """
    plain = not isinstance(game.issues, ArrayIssues)
    if not plain or game.reserved or game.interactions or game.constraints:
        return None
    who: dict[int, int] = {}
    for k, issue in enumerate(game.issues.values()):
        acting = [p for p, labels in issue.actions.items() if len(labels) > 1]
        if issue.is_options or len(acting) != 1 or issue.size != 2:
            return None
        player = game.players.index(acting[0])
        if player in who:
            return None
        who[player] = k
    if sorted(who) != sorted(game.interested):
        return None
    players = sorted(who)
    costs, columns = [], []
    for player in players:
        k = who[player]
        issue = game.issues[game.issue_names[k]]
        row = issue.exact_gains[1 - int(game.origin[k])]
        if row[player] >= 0 or any(row[i] < 0 for i in players if i != player):
            return None
        costs.append(-row[player])
        columns.append([row[i] if i != player else Fraction(0) for i in players])
    return FavourNetwork(
        tuple(game.players[i] for i in players),
        tuple(game.issue_names[who[i]] for i in players),
        tuple(costs),
        np.array(columns, dtype=object).T,
    )


def spectral_radius(matrix: NDArray[Any]) -> tuple[Fraction, Fraction] | None:
    """Return proved ends around the largest eigenvalue of a matrix of fractions >= 0; None if 0.

    For any positive vector x of a strongly connected part the radius lies between the least and
    the largest of (Mx)_i / x_i.  The floating eigenvector, improved by exact steps, makes them
    meet to 12 digits.
    """
    import networkx as nx

    graph = nx.DiGraph()
    size = len(matrix)
    graph.add_nodes_from(range(size))
    graph.add_edges_from((i, j) for i in range(size) for j in range(size) if matrix[i, j])
    best: tuple[Fraction, Fraction] | None = None
    for part in nx.strongly_connected_components(graph):
        members = sorted(part)
        if len(members) == 1:
            continue  # nobody does himself a favour
        found = _of_part(matrix[np.ix_(members, members)])
        if best is None or found[1] > best[1]:
            best = (max(found[0], best[0]) if best else found[0], found[1])
        else:
            best = (max(best[0], found[0]), best[1])
    return best


def collatz_wielandt(matrix: NDArray[Any], vector: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """Return the least and the largest of (Mx)_i / x_i, between which the radius lies."""
    if min(vector) <= 0:
        msg = "the vector that should prove a spectral radius is not positive"
        raise VerificationError(msg)
    ratios = [
        sum((m * x for m, x in zip(row, vector, strict=True) if m), Fraction(0)) / own
        for row, own in zip(matrix, vector, strict=True)
    ]
    return min(ratios), max(ratios)


def _of_part(matrix: NDArray[Any]) -> tuple[Fraction, Fraction]:
    """Bracket the radius of an irreducible matrix."""
    floats = matrix.astype(np.float64)
    values, vectors = np.linalg.eig(floats / floats.max())
    vector = np.abs(np.real(vectors[:, int(np.argmax(np.real(values)))]))
    vector = np.maximum(vector, vector.max() * 1e-12)
    vector /= vector.max()
    simple = [Fraction(float(v)).limit_denominator(1_000) for v in vector]
    if min(simple) > 0:
        low, high = collatz_wielandt(matrix, simple)
        if low == high:
            return low, high
    exact = [Fraction(float(v)) for v in vector]
    low, high = collatz_wielandt(matrix, exact)
    for _ in range(60):
        if high - low <= WIDTH * min(low, Fraction(1)) / 4:
            return low, high
        # inverse iteration: (high I - M)^-1 x is positive and far closer to the eigenvector
        exact = _inverse_step(matrix, exact, high + (high - low))
        low, high = collatz_wielandt(matrix, exact)
    msg = "the spectral radius of the favour network was not found to 12 digits"
    raise SolverError(msg)


def _inverse_step(
    matrix: NDArray[Any], vector: Sequence[Fraction], shift: Fraction
) -> list[Fraction]:
    from flint import fmpq, fmpq_mat

    size = len(vector)
    entries = [
        (shift if i == j else Fraction(0)) - matrix[i, j] for i in range(size) for j in range(size)
    ]
    left = fmpq_mat(size, size, [fmpq(e.numerator, e.denominator) for e in entries])
    right = fmpq_mat(size, 1, [fmpq(v.numerator, v.denominator) for v in vector])
    solved = left.solve(right).entries()
    largest = max(solved)
    return [max(_rounded(Fraction(int((q / largest).p), int((q / largest).q))), Fraction(1, 2**100))
            for q in solved]  # fmt: skip


def _rounded(value: Fraction) -> Fraction:
    return Fraction(value.numerator * 2**100 // value.denominator, 2**100)
