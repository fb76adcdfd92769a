"""What kind of game two players play: zero-sum, equivalent to zero-sum, of what rank.

* *Strictly opposed*: B = -μA + constant with μ > 0.  Interests conflict everywhere; deals on
  such issues alone help nobody, and linking issues of one μ does not either.
* *Strategically zero-sum* (Moulin, Vial 1978): PAQ = -μ PBQ with μ > 0, where P and Q take off
  column and row means.  Best replies, hence equilibria, are those of a zero-sum game and found
  by one linear programme; gains from a deal may still exist.
* *Rank* (Kannan, Theobald 2010): rank(A + B); 0 is zero-sum.  Units are arbitrary, so the least
  rank of A + μB over μ > 0 is what can be had by choosing them.
* Every game is a common interest (A + B)/2 played together with a conflict ±(A - B)/2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.conflict import conflict_index
from bargaining.equilibrium.zero_sum import ZeroSumSolution, zero_sum
from bargaining.errors import NotDefinedError, VerificationError
from bargaining.model.issue import Issue
from bargaining.results import plain

MAX_PENCIL = 12
"""The largest rank for which better units are looked for."""


@dataclass(frozen=True, eq=False)
class StrategicForm:
    """What kind of game two players play.

    Attributes
    ----------
    issue : Issue
    players : (str, str)
        Who chooses rows and who columns.
    zero_sum_rate : Fraction or None
        μ with B = -μA + constant, if there is one.
    strategic_rate : Fraction or None
        μ with PAQ = -μ PBQ, if there is one; 1 where both sides are 0 (``trivial``).
    trivial : bool
        Whether nobody's best reply depends on the other.
    rank : int
        Of A + B.
    least_rank : int
        Of A + μB at the best rational μ > 0 (μ = 1 where the rank is too high to look further).
    least_rank_rate : Fraction
        That μ.
    common_interest, conflict : ndarray of Fraction, shape (rows, columns)
        (A + B)/2 and (A - B)/2.
    conflict_index : Fraction or None
        The share of payoff variation that is conflict, with the means taken off.
    solution : ZeroSumSolution or None
        Value and optimal strategies of the zero-sum game with the same equilibria, for
        strategically zero-sum games; the row player's true payoffs if strictly opposed.
    """

    issue: Issue = field(repr=False)
    players: tuple[str, str]
    zero_sum_rate: Fraction | None
    strategic_rate: Fraction | None
    trivial: bool
    rank: int
    least_rank: int
    least_rank_rate: Fraction
    common_interest: NDArray[Any] = field(repr=False)
    conflict: NDArray[Any] = field(repr=False)
    conflict_index: Fraction | None
    solution: ZeroSumSolution | None

    @property
    def value(self) -> Fraction | float | None:
        """The row player's value where interests are strictly opposed."""
        return None if self.zero_sum_rate is None or self.solution is None else self.solution.value

    def verify(self) -> bool:
        """Check each statement by its definition; raise VerificationError where one fails."""
        first, second = tables(self.issue, self.players)
        if not np.array_equal(self.common_interest + self.conflict, first) or not np.array_equal(
            self.common_interest - self.conflict, second
        ):
            self._fail("common interest and conflict do not add up to the payoffs")
        if self.zero_sum_rate is not None:
            total = second + self.zero_sum_rate * first
            if self.zero_sum_rate <= 0 or len(set(total.flat)) > 1:
                self._fail("interests are not strictly opposed at this rate")
        if self.strategic_rate is not None:
            if self.strategic_rate <= 0 or not _separable(first + self.strategic_rate * second):
                self._fail("the game is not strategically zero-sum at this rate")
            if self.solution is None or not self.solution.verify():
                self._fail("the equivalent zero-sum game is not solved")
        if self.trivial != (_separable(first) and _separable(second)):
            self._fail("best replies are said not to depend on the other, wrongly or not at all")
        for rate, rank in ((Fraction(1), self.rank), (self.least_rank_rate, self.least_rank)):
            if rate <= 0 or _eliminated(first + rate * second) != rank:
                self._fail(f"the rank of A + {rate} B is not {rank}")
        return True

    def _fail(self, what: str) -> None:
        msg = f"issue {self.issue.name}: {what}"
        raise VerificationError(msg)

    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers stay exact where they are."""
        solved = self.solution
        return {
            "players": list(self.players),
            "zero_sum_rate": self.zero_sum_rate,
            "strategic_rate": self.strategic_rate,
            "trivial": self.trivial,
            "rank": self.rank,
            "least_rank": self.least_rank,
            "least_rank_rate": self.least_rank_rate,
            "common_interest": self.common_interest.tolist(),
            "conflict": self.conflict.tolist(),
            "conflict_index": self.conflict_index,
            "value": self.value,
            "optimal": None
            if solved is None
            else plain(dict(zip(self.players, (solved.row, solved.column), strict=True))),
        }


def strategic_form(issue: Issue) -> StrategicForm:
    """Say what kind of game two players play in an issue.

    Parameters
    ----------
    issue : Issue
        A normal form in which two players act, or one of two.

    Returns
    -------
    StrategicForm

    Raises
    ------
    NotDefinedError
        For an option issue, or one in which more than two act.

    Examples
    --------
    >>> game = Issue.normal_form("x", ["a", "b"], {"a": ["1", "2"], "b": ["1", "2"]},
    ...     {"a": [[2, -1], [-1, 1]], "b": [[-2, 1], [1, -1]]})
    >>> found = strategic_form(game)
    >>> found.rank, found.value
    (0, Fraction(1, 5))
    """
    players = _two(issue)
    first, second = tables(issue, players)
    opposed = _opposed(first, second)
    mine, theirs = centred(first), centred(second)
    trivial = not mine.any() and not theirs.any()
    rate = Fraction(1) if trivial else _ratio(mine, theirs)
    solution = None
    if opposed is not None:
        solution = zero_sum(first)
    elif rate is not None:  # what A + μB is in its first row depends on the columns alone
        solution = zero_sum(first - (first + rate * second)[0])
    whole = rank(first + second)
    least, best = _least_rank(first, second, whole)
    half = Fraction(1, 2)
    return StrategicForm(
        issue,
        players,
        opposed,
        rate,
        trivial,
        whole,
        least,
        best,
        (first + second) * half,
        (first - second) * half,
        conflict_index(issue),
        solution,
    )


def tables(issue: Issue, players: Sequence[str]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return both players' payoffs, shape (actions of the first, actions of the second)."""
    shape = tuple(len(issue.actions.get(p, ("",))) for p in players)
    columns = [issue.exact_payoffs[:, issue.players.index(p)] for p in players]
    return columns[0].reshape(shape), columns[1].reshape(shape)


def centred(table: NDArray[Any]) -> NDArray[Any]:
    """Return PMQ: the table with row and column means taken off."""
    rows, columns = table.shape
    across = table.sum(axis=1, keepdims=True) / Fraction(columns)
    down = table.sum(axis=0, keepdims=True) / Fraction(rows)
    result: NDArray[Any] = table - across - down + table.sum() / Fraction(table.size)
    return result


def rank(table: NDArray[Any]) -> int:
    """Return the exact rank of a table of fractions.

    >>> rank(np.array([[Fraction(1), Fraction(2)], [Fraction(2), Fraction(4)]]))
    1
    """
    from flint import fmpz_mat

    whole = []
    for row in table:
        unit = math.lcm(*(value.denominator for value in row))
        whole.append([int(value * unit) for value in row])
    return int(fmpz_mat(whole).rank())


def _two(issue: Issue) -> tuple[str, str]:
    """Return the two players of the game; other players must have nothing to do in it."""
    acting = list(issue.actions)
    if len(acting) == 1 and len(issue.players) == 2:
        acting = list(issue.players)
    if len(acting) != 2:
        found = "joint options" if issue.is_options else f"{len(acting)} acting players"
        msg = f"issue {issue.name}: expected a game of two acting players, found {found}"
        raise NotDefinedError(msg)
    return acting[0], acting[1]


def _opposed(first: NDArray[Any], second: NDArray[Any]) -> Fraction | None:
    """Return the μ > 0 with B = -μA + constant."""
    return _ratio(second - second.flat[0], first - first.flat[0])


def _ratio(left: NDArray[Any], right: NDArray[Any]) -> Fraction | None:
    """Return the μ > 0 with left = -μ right, neither of them 0."""
    place = next((k for k, value in enumerate(right.flat) if value), None)
    if place is None:
        return None
    rate = -Fraction(left.flat[place]) / right.flat[place]
    return rate if rate > 0 and np.array_equal(left, -rate * right) else None


def _least_rank(first: NDArray[Any], second: NDArray[Any], whole: int) -> tuple[int, Fraction]:
    """Minimise rank(A + μB) over rational μ > 0.

    All but finitely many μ give the largest rank r; at the others a minor of size r vanishes,
    which is a polynomial in μ, so its roots are the only candidates.
    """
    from flint import fmpq, fmpq_mat, fmpq_poly

    best = (whole, Fraction(1))
    generic, at = max((rank(first + mu * second), -mu) for mu in _samples())
    if generic > MAX_PENCIL:
        return best
    table = first - at * second
    rows = _independent(table)
    columns = _independent(table[rows].T)
    points, values = [], []
    for whole_mu in range(generic + 1):
        block = (first + whole_mu * second)[np.ix_(rows, columns)]
        entries = [fmpq(v.numerator, v.denominator) for v in block.flat]
        points.append(Fraction(whole_mu))
        values.append(fmpq_mat(generic, generic, entries).det() if generic else fmpq(1))
    minor = _interpolated(points, values, fmpq, fmpq_poly)
    for mu in sorted(_positive_roots(minor)):
        found = rank(first + mu * second)
        if found < best[0]:
            best = (found, mu)
    return best


def _samples() -> list[Fraction]:
    return [Fraction(10_007, 9_973), Fraction(7_919, 3), Fraction(11, 104_729)]


def _independent(table: NDArray[Any]) -> list[int]:
    """Return rows that form a basis of the table's row space."""
    chosen: list[int] = []
    for i in range(len(table)):
        if rank(table[[*chosen, i]]) == len(chosen) + 1:
            chosen.append(i)
    return chosen


def _interpolated(points: Sequence[Fraction], values: Sequence[Any], q: Any, poly: Any) -> Any:
    """Return the polynomial through some points (Newton's divided differences)."""
    places = [q(p.numerator, p.denominator) for p in points]
    table = list(values)
    for depth in range(1, len(table)):
        for k in range(len(table) - 1, depth - 1, -1):
            table[k] = (table[k] - table[k - 1]) / (places[k] - places[k - depth])
    result = poly([0])
    for value, place in zip(reversed(table), reversed(places), strict=True):
        result = result * poly([-place, 1]) + value
    return result


def _positive_roots(minor: Any) -> list[Fraction]:
    if minor.degree() < 1:
        return []
    roots = []
    for factor, _ in minor.numer().factor()[1]:
        if factor.degree() == 1:
            root = Fraction(-int(factor[0]), int(factor[1]))
            if root > 0:
                roots.append(root)
    return roots


def _separable(table: NDArray[Any]) -> bool:
    """Whether all cross differences vanish: an entry is a number by row plus one by column."""
    steps = table[1:, 1:] - table[:1, 1:] - table[1:, :1] + table[0, 0]
    return not steps.any()


def _eliminated(table: NDArray[Any]) -> int:
    """Return the rank by plain elimination in fractions."""
    rows = [list(row) for row in table]
    found = 0
    for c in range(len(rows[0])):
        pivot = next((r for r in range(found, len(rows)) if rows[r][c]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for r in range(found + 1, len(rows)):
            factor = rows[r][c] / rows[found][c]
            if factor:
                rows[r] = [v - factor * w for v, w in zip(rows[r], rows[found], strict=True)]
        found += 1
    return found
