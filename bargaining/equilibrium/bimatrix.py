"""Equilibria of single issues: all of them in rationals where there can not be too many.

Two players who act: all extreme equilibria by exact enumeration (:mod:`.exact`); in larger
games all pure equilibria and a mixed one at the end of a Lemke-Howson path.  Three or more who
act: pure equilibria, and the mixed ones of small games (:mod:`.n_player`).  Whatever a method
returns has been checked exactly against the definition, and ``complete`` is said only where the
method leaves no room for others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

import numpy as np

from bargaining.equilibrium.answers import Equilibrium, evaluated
from bargaining.equilibrium.answers import EquilibriumSet as EquilibriumSet
from bargaining.equilibrium.best_replies import movers, pure_equilibria, spare_replies, table_of
from bargaining.equilibrium.candidates import by_enumeration, by_paths
from bargaining.equilibrium.components import Component
from bargaining.equilibrium.exact import MAX_VERTICES, Mix, extreme_equilibria, small_enough
from bargaining.equilibrium.n_player import mixed_equilibria
from bargaining.model.issue import Issue
from bargaining.results import Number

Method = Literal["auto", "exact", "support", "vertex", "lemke_howson"]
MAX_PATHS = 12
"""The most ends of Lemke-Howson paths looked at for a mixed equilibrium."""
MAX_CELLS = 160_000
"""Unless asked for, no Lemke-Howson path is followed in games with more outcomes."""
MAX_PURE = 500
"""The most pure equilibria listed of a game that is not enumerated."""


def of_issue(issue: Issue, method: Method = "auto") -> EquilibriumSet:
    """Find the Nash equilibria of one issue."""
    if issue.is_options:
        return _of_options(issue)
    acting = movers(issue)
    if len(acting) == 2 and (method == "exact" or (method == "auto" and _fits(issue, acting))):
        found = enumerated(issue, acting)
        if found is not None:
            return found
    stable = pure_equilibria(issue)
    pure = [_pure(issue, index) for index in stable[:MAX_PURE]]
    if len(acting) < 2 and len(pure) == len(stable):
        return _of_one(issue, pure)
    small = method != "auto" or issue.size <= MAX_CELLS
    if len(acting) == 2 and len(pure) == len(stable) and small:
        return _of_two(issue, acting, pure, method)
    if len(acting) > 2 and len(pure) == len(stable):
        return _of_many(issue, pure)
    degenerate = len(pure) < len(stable) or _degenerate(issue, pure)
    return EquilibriumSet(
        issue, tuple(pure), False, degenerate, "pure only", pure_count=len(stable)
    )


def enumerated(
    issue: Issue, acting: Sequence[str], *, most: int = MAX_VERTICES
) -> EquilibriumSet | None:
    """All extreme equilibria of two players, pure ones first; None if they are too many."""
    shape = tuple(len(issue.actions[p]) for p in acting)
    first, second = (table_of(issue, p).reshape(shape).tolist() for p in acting)
    answer = extreme_equilibria(first, second, most=most)
    if answer is None:
        return None
    found: list[Equilibrium] = []
    for x, y in answer.pairs:
        strategies: dict[str, Mix] = {p: (Fraction(1),) for p in issue.actions}
        strategies[acting[0]], strategies[acting[1]] = x, y
        found.append(evaluated(issue, strategies))
    order = sorted(range(len(found)), key=lambda k: found[k].outcome is None)
    place = {old: new for new, old in enumerate(order)}
    parts = [_renumbered(part, place) for part in answer.components]
    parts.sort(key=lambda part: part.equilibria)
    found = [found[k] for k in order]
    for number, part in enumerate(parts):
        for k in part.equilibria:
            index = part.index if len(part.equilibria) == 1 else None
            found[k] = replace(found[k], component=number, index=index)
    return EquilibriumSet(issue, tuple(found), True, answer.degenerate, "exact", tuple(parts))


def _renumbered(part: Component, place: dict[int, int]) -> Component:
    subsets = part.subsets
    if subsets is not None:
        subsets = tuple(sorted(tuple(sorted(place[k] for k in subset)) for subset in subsets))
    return replace(
        part, equilibria=tuple(sorted(place[k] for k in part.equilibria)), subsets=subsets
    )


def _fits(issue: Issue, acting: Sequence[str]) -> bool:
    return small_enough(*(len(issue.actions[p]) for p in acting))


def _of_options(issue: Issue) -> EquilibriumSet:
    """Nobody can leave the status quo of an option issue alone."""
    if issue.status_quo_index is None:
        return EquilibriumSet(issue, (), False, False, "consent")
    row = issue.exact_payoffs[issue.status_quo_index]
    payoffs: dict[str, Number] = dict(zip(issue.players, row, strict=True))
    found = Equilibrium({}, payoffs, issue.status_quo)
    return EquilibriumSet(issue, (found,), True, False, "consent")


def _of_one(issue: Issue, pure: Sequence[Equilibrium]) -> EquilibriumSet:
    """One player or none has a choice: all mixtures of his best acts are equilibria."""
    several = len(pure) > 1
    everything = tuple(range(len(pure)))
    listed = tuple(replace(e, component=0, index=None if several else 1) for e in pure)
    part = Component(everything, (everything,), len(pure) - 1, 1)
    return EquilibriumSet(issue, listed, True, several, "best replies", (part,))


def _of_many(issue: Issue, pure: Sequence[Equilibrium]) -> EquilibriumSet:
    """Add the mixed equilibria of a small game of three or more players."""
    found = mixed_equilibria(issue)
    degenerate = _degenerate(issue, pure)
    if found is None:
        return EquilibriumSet(issue, tuple(pure), False, degenerate, "pure only")
    mixed = sorted(found.mixed, key=lambda e: [tuple(-p for p in mix) for mix in e.key])
    degenerate |= found.degenerate
    method = "supports"
    return EquilibriumSet(issue, (*pure, *mixed), found.complete, degenerate, method)


def _of_two(
    issue: Issue, acting: Sequence[str], pure: Sequence[Equilibrium], method: Method
) -> EquilibriumSet:
    """List the pure equilibria and what the method finds; complete only if that is proved."""
    found = {e.key: e for e in pure}
    for candidate in _candidates(issue, acting, method):
        found.setdefault(candidate.key, candidate)
    mixed = [e for e in found.values() if e.outcome is None]
    mixed.sort(key=lambda e: [tuple(-p for p in mix) for mix in e.key])
    listed = (*pure, *mixed)
    known = enumerated(issue, acting) if method != "auto" and _fits(issue, acting) else None
    name = method if method in ("support", "vertex", "lemke_howson") else "lemke_howson"
    if known is not None and set(found) == {e.key for e in known.equilibria}:
        return replace(known, method=name)
    degenerate = _degenerate(issue, listed) if known is None else known.degenerate
    return EquilibriumSet(issue, listed, False, degenerate, name)


def _candidates(issue: Issue, acting: Sequence[str], method: Method) -> Iterator[Equilibrium]:
    if method in ("support", "vertex"):
        yield from by_enumeration(issue, acting, method)
        return
    large = not _fits(issue, acting)
    for number, candidate in enumerate(by_paths(issue, acting), start=1):
        yield candidate
        if large and (candidate.outcome is None or number == MAX_PATHS):
            return


def _degenerate(issue: Issue, listed: Sequence[Equilibrium]) -> bool:
    return any(spare_replies(issue, e.strategies) for e in listed)


def _pure(issue: Issue, outcome: int) -> Equilibrium:
    chosen = np.unravel_index(outcome, issue.shape)
    never, surely = Fraction(0), Fraction(1)
    strategies: dict[str, Mix] = {}
    for axis, (player, labels) in enumerate(issue.actions.items()):
        mix = [never] * len(labels)
        mix[chosen[axis]] = surely
        strategies[player] = tuple(mix)
    payoffs: dict[str, Number] = dict(zip(issue.players, issue.exact_payoffs[outcome], strict=True))
    return Equilibrium({**strategies}, payoffs, issue.outcomes[outcome])
