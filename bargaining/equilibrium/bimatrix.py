"""Equilibria of single issues: exact where small, through nashpy and checked otherwise.

nashpy compares floats with ``==`` and only warns on degenerate games, so nothing it returns
is taken on trust: each candidate's supports are solved again in rationals and every best-reply
condition is checked exactly.  Pure equilibria are enumerated directly, for any number of
players; with three or more who act, only those are listed.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.best_replies import (
    is_equilibrium,
    is_pure_equilibrium,
    pure_equilibria,
    replies,
    table_of,
)
from bargaining.equilibrium.exact import Mix, extreme_equilibria, small_enough
from bargaining.errors import InputError, NotSupportedError, VerificationError
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.spelling import suggestion
from bargaining.results import plain

Method = Literal["auto", "exact", "support", "vertex", "lemke_howson"]
MAX_MIXED_ACTIONS = 12
"""Beyond this many actions of either player, supports are too many to enumerate."""


@dataclass(frozen=True)
class Equilibrium:
    """One Nash equilibrium of an issue.

    Attributes
    ----------
    strategies : mapping of str to tuple of Fraction
        A probability per action, for every player who has actions.
    payoffs : mapping of str to Fraction
    outcome : str or None
        The outcome's name when the equilibrium is pure.
    component : int or None
        Which connected set of equilibria it belongs to, where known.
    """

    strategies: Mapping[str, tuple[Fraction, ...]]
    payoffs: Mapping[str, Fraction]
    outcome: str | None
    component: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data, with the exact numbers as strings under ``exact``."""
        numbers = {"strategies": self.strategies, "payoffs": self.payoffs}
        return {
            **plain(numbers),
            "outcome": self.outcome,
            "component": self.component,
            "exact": plain(numbers, exact=True),
        }


@dataclass(frozen=True, eq=False)
class EquilibriumSet:
    """The equilibria found for one issue.

    Attributes
    ----------
    issue : Issue
    equilibria : tuple of Equilibrium
        Pure ones first.
    complete : bool
        Whether there are no others; in a degenerate game, no other extreme ones: all equilibria
        are mixtures of those of one component.
    degenerate : bool
        Whether some strategy has more best replies than it has actions in use, so that whole
        segments of equilibria may exist.
    method : str
    """

    issue: Issue = field(repr=False)
    equilibria: tuple[Equilibrium, ...]
    complete: bool
    degenerate: bool
    method: str

    @property
    def pure(self) -> tuple[Equilibrium, ...]:
        """The pure equilibria."""
        return tuple(e for e in self.equilibria if e.outcome is not None)

    @property
    def status_quo_is_equilibrium(self) -> bool | None:
        """Whether the status quo is an equilibrium; None without a status quo."""
        if self.issue.status_quo_index is None:
            return None
        return self.issue.is_options or is_pure_equilibrium(self.issue, self.issue.status_quo_index)

    def verify(self) -> bool:
        """Check every best-reply condition exactly."""
        for number, found in enumerate(self.equilibria):
            if not self.issue.is_options and not is_equilibrium(self.issue, found.strategies):
                msg = f"issue {self.issue.name}: equilibrium {number + 1} is no equilibrium"
                raise VerificationError(msg)
            if not self.issue.is_options:
                again = _equilibrium(self.issue, dict(found.strategies))
                if (again.payoffs, again.outcome) != (found.payoffs, found.outcome):
                    msg = f"issue {self.issue.name}: payoffs of equilibrium {number + 1} are wrong"
                    raise VerificationError(msg)
        if self.complete:
            fresh = of_issue(self.issue)
            same = {_key(e) for e in fresh.equilibria} == {_key(e) for e in self.equilibria}
            if fresh.complete and (not same or fresh.degenerate != self.degenerate):
                msg = f"issue {self.issue.name}: the list said to be complete is not"
                raise VerificationError(msg)
        return True

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "equilibria": [e.to_dict() for e in self.equilibria],
            "complete": self.complete,
            "degenerate": self.degenerate,
            "method": self.method,
            "status_quo_is_equilibrium": self.status_quo_is_equilibrium,
        }


def equilibria(
    game_or_issue: LinkageGame | Issue,
    *,
    method: Method = "auto",
    linked: bool = False,
    concept: str = "nash",
) -> EquilibriumSet | dict[str, EquilibriumSet]:
    """Find the Nash equilibria of an issue, or of every issue of a game.

    Parameters
    ----------
    game_or_issue : LinkageGame or Issue
    method : {"auto", "exact", "support", "vertex", "lemke_howson"}
        For two players who act: exact enumeration of all extreme equilibria, or one of nashpy's
        algorithms; ``auto`` is exact where that is small enough.
    linked : bool
        Equilibria of the linked game; not part of this version.
    concept : str
        ``"nash"``.

    Returns
    -------
    EquilibriumSet, or a dict of them by issue for a game

    Examples
    --------
    >>> game = Issue.normal_form("pd", ["a", "b"], {"a": ["C", "D"], "b": ["C", "D"]},
    ...     {"a": [[3, 0], [4, 1]], "b": [[3, 4], [0, 1]]})
    >>> [e.outcome for e in equilibria(game).equilibria]
    ['D / D']
    """
    if method not in get_args(Method):
        known = get_args(Method)
        hint = suggestion(str(method), known)
        msg = f'method: expected one of {", ".join(known)}, found "{method}"{hint}'
        raise InputError(msg)
    if linked or concept != "nash":
        msg = "only Nash equilibria of single issues are part of this version"
        raise NotSupportedError(msg)
    if not isinstance(game_or_issue, (LinkageGame, Issue)):
        msg = f"expected a game or an issue, found {type(game_or_issue).__name__}"
        raise InputError(msg)
    if isinstance(game_or_issue, LinkageGame):
        return {k: of_issue(issue, method) for k, issue in game_or_issue.issues.items()}
    return of_issue(game_or_issue, method)


def of_issue(issue: Issue, method: Method = "auto") -> EquilibriumSet:
    """Find the Nash equilibria of one issue."""
    if issue.is_options:
        return _of_options(issue)
    movers = [p for p, labels in issue.actions.items() if len(labels) > 1]
    pure = [_pure(issue, index) for index in pure_equilibria(issue)]
    if len(movers) != 2:
        several = len(movers) == 1 and len(pure) > 1
        if len(movers) < 2:  # all mixtures of best acts are equilibria: one connected set
            pure = [replace(e, component=0) for e in pure]
        return EquilibriumSet(issue, tuple(pure), len(movers) < 2, several, "best replies")
    if max(issue.shape) > MAX_MIXED_ACTIONS and method in ("auto", "support", "vertex"):
        degenerate = any(_spare_replies(issue, e.strategies) for e in pure)
        return EquilibriumSet(issue, tuple(pure), False, degenerate, "pure only")
    return _of_two(issue, movers, pure, method)


def _of_options(issue: Issue) -> EquilibriumSet:
    """Nobody can leave the status quo of an option issue alone."""
    if issue.status_quo_index is None:
        return EquilibriumSet(issue, (), False, False, "consent")
    row = issue.exact_payoffs[issue.status_quo_index]
    payoffs = dict(zip(issue.players, row, strict=True))
    return EquilibriumSet(
        issue, (Equilibrium({}, payoffs, issue.status_quo),), True, False, "consent"
    )


def _of_two(
    issue: Issue, movers: Sequence[str], pure: list[Equilibrium], method: Method
) -> EquilibriumSet:
    """Two players act: the exact engine where it fits, nashpy where asked for or too large."""
    shape = (len(issue.actions[movers[0]]), len(issue.actions[movers[1]]))
    known = _enumerated(issue, movers) if small_enough(*shape) else None
    if method == "exact" or (method == "auto" and known is not None):
        if known is None:
            msg = (
                f"issue {issue.name}: {shape[0]} x {shape[1]} actions are too many for the exact "
                "enumeration; use method auto"
            )
            raise NotSupportedError(msg)
        return known
    found = {_key(e): e for e in pure}
    for name in ["support", "vertex"] if method == "auto" else [method]:
        for candidate in _nashpy(issue, movers, name):
            exact = _exactly(issue, movers, candidate)
            if exact is not None:
                found.setdefault(_key(exact), exact)
    mixed = [e for e in found.values() if e.outcome is None]
    mixed.sort(key=lambda e: [tuple(-p for p in s) for s in e.strategies.values()])
    listed = (*pure, *mixed)
    if known is None:
        degenerate = len(found) % 2 == 0 or any(_spare_replies(issue, e.strategies) for e in listed)
        return EquilibriumSet(issue, listed, False, degenerate, f"nashpy {method}")
    complete = not known.degenerate and set(found) == {_key(e) for e in known.equilibria}
    return EquilibriumSet(issue, listed, complete, known.degenerate, f"nashpy {method}")


def _enumerated(issue: Issue, movers: Sequence[str]) -> EquilibriumSet:
    """All extreme equilibria, pure ones first."""
    shape = tuple(len(issue.actions[p]) for p in movers)
    first, second = (table_of(issue, p).reshape(shape).tolist() for p in movers)
    answer = extreme_equilibria(first, second)
    found = []
    for (x, y), component in zip(answer.pairs, answer.components, strict=True):
        strategies: dict[str, Mix] = {p: (Fraction(1),) for p in issue.actions}
        strategies[movers[0]], strategies[movers[1]] = x, y
        found.append(replace(_equilibrium(issue, strategies), component=component))
    found.sort(key=lambda e: e.outcome is None)
    return EquilibriumSet(issue, tuple(found), True, answer.degenerate, "exact")


def _key(equilibrium: Equilibrium) -> tuple[Mix, ...]:
    return tuple(equilibrium.strategies.values())


def _nashpy(
    issue: Issue, movers: Sequence[str], method: str
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Run nashpy; its complaints are no news, since every answer is checked."""
    import nashpy

    shape = tuple(len(issue.actions[p]) for p in movers)
    first, second = (issue.payoffs[p].reshape(shape) for p in movers)
    game = nashpy.Game(first, second)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            if method == "support":
                yield from game.support_enumeration()
            elif method == "vertex":
                yield from game.vertex_enumeration()
            else:
                for label in range(sum(shape)):
                    yield game.lemke_howson(initial_dropped_label=label)
        except Exception:
            return


def _exactly(
    issue: Issue, movers: Sequence[str], candidate: Sequence[NDArray[np.float64]]
) -> Equilibrium | None:
    """Solve a candidate's supports in rationals; None if it is no equilibrium."""
    if any(
        not np.all(np.isfinite(s)) or len(s) != len(issue.actions[p])
        for s, p in zip(candidate, movers, strict=True)
    ):
        return None
    supports = [np.flatnonzero(s > 1e-9).tolist() for s in candidate]
    shape = tuple(len(issue.actions[p]) for p in movers)
    tables = [table_of(issue, p).reshape(shape) for p in movers]
    mine = _indifferent(tables[1].T, supports[1], supports[0])
    theirs = _indifferent(tables[0], supports[0], supports[1])
    if mine is None or theirs is None:
        mine, theirs = (_rounded(s) for s in candidate)
    strategies: dict[str, tuple[Fraction, ...]] = {p: (Fraction(1),) for p in issue.actions}
    strategies[movers[0]], strategies[movers[1]] = mine, theirs
    return _equilibrium(issue, strategies) if is_equilibrium(issue, strategies) else None


def _indifferent(
    table: NDArray[Any], rows: Sequence[int], columns: Sequence[int]
) -> tuple[Fraction, ...] | None:
    """Mix the columns so that all chosen rows pay the same; None if that is not one point."""
    from flint import fmpq, fmpq_mat

    if len(rows) != len(columns):
        return None
    size = len(columns) + 1
    matrix, right = fmpq_mat(size, size), fmpq_mat(size, 1)
    for i, r in enumerate(rows):
        for j, c in enumerate(columns):
            matrix[i, j] = fmpq(table[r, c].numerator, table[r, c].denominator)
        matrix[i, size - 1] = fmpq(-1)
    for j in range(len(columns)):
        matrix[size - 1, j] = fmpq(1)
    right[size - 1, 0] = fmpq(1)
    try:
        solution = matrix.solve(right)
    except ZeroDivisionError:
        return None
    mix = [Fraction(0)] * table.shape[1]
    for j, c in enumerate(columns):
        mix[c] = Fraction(int(solution[j, 0].p), int(solution[j, 0].q))
    return tuple(mix)


def _rounded(strategy: NDArray[np.float64]) -> tuple[Fraction, ...]:
    """Return the nearest simple fractions, made to add up to 1."""
    shares = [Fraction(float(p)).limit_denominator(10_000) for p in strategy]
    shares = [max(p, Fraction(0)) for p in shares]
    total = sum(shares)
    return tuple(p / total for p in shares) if total else tuple(shares)


def _pure(issue: Issue, outcome: int) -> Equilibrium:
    chosen = np.unravel_index(outcome, issue.shape)
    strategies = {
        player: tuple(Fraction(int(a == chosen[axis])) for a in range(len(labels)))
        for axis, (player, labels) in enumerate(issue.actions.items())
    }
    return _equilibrium(issue, strategies)


def _equilibrium(issue: Issue, strategies: Mapping[str, tuple[Fraction, ...]]) -> Equilibrium:
    payoffs: dict[str, Fraction] = {}
    supports = [[a for a, p in enumerate(mix) if p] for mix in strategies.values()]
    for i, player in enumerate(issue.players):
        table = issue.exact_payoffs[:, i].reshape(issue.shape)
        total = Fraction(0)
        for profile in itertools.product(*supports):
            weight = Fraction(1)
            for mix, a in zip(strategies.values(), profile, strict=True):
                weight *= mix[a]
            total += weight * table[profile]
        payoffs[player] = total
    outcome = None
    if all(len(s) == 1 for s in supports):
        index = np.ravel_multi_index([s[0] for s in supports], issue.shape)
        outcome = issue.outcomes[int(index)]
    return Equilibrium(dict(strategies), payoffs, outcome)


def _spare_replies(issue: Issue, strategies: Mapping[str, Sequence[Fraction]]) -> bool:
    """Whether somebody has more best replies than the opponent has actions in use."""
    used = {player: sum(p > 0 for p in mix) for player, mix in strategies.items()}
    movers = [p for p, labels in issue.actions.items() if len(labels) > 1]
    for player in movers:
        values = replies(issue, player, strategies)
        other = next(used[p] for p in movers if p != player)
        if values.count(max(values)) > other:
            return True
    return False
