"""Breaking a deadlock by opening links between issues, keeping it by closing them, at least cost.

Every link has a cost (1 unless stated).  To break: the cheapest set of links that are closed to
negotiation, or missing, whose opening lets the linked agenda help everyone.  For two players
whose payoffs add up it joins two issues with disjoint exchange rates by a path; in general it
makes some minimal package connected.  To keep: the cheapest set of links whose closing leaves no
connected package that helps; for two players a multicut that separates every two issues with
disjoint rates.  :mod:`..agenda_control` asks the same of issues: which to keep off the table.

Opening a link never takes a deal away, so both are cheapest sets with a property that larger sets
keep (:mod:`.cheapest_set`).  Each demand in the proof can be checked apart: to break, a cut (with
all other links open the deadlock stands); to keep, a set of links that, alone open, break it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from bargaining.errors import InputError, VerificationError
from bargaining.linkage.cheapest_set import CheapestSet, cheapest_set, costs_at_least
from bargaining.linkage.design.answer import Figures, Goal
from bargaining.linkage.design.table import Table
from bargaining.model.agenda import components
from bargaining.model.expressions import number
from bargaining.model.game import LinkageGame
from bargaining.model.links import Link
from bargaining.results import Status
from bargaining.settlement.package import Deals

MAX_LINKS = 400
"""Links to choose from, at most."""
Pair = tuple[str, str]
Costs = Mapping[Pair, Any]


@dataclass(frozen=True, eq=False)
class Links:
    """The cheapest set of links to open or close, with the family that it must hit.

    Attributes
    ----------
    game : LinkageGame
    goal : {"break", "keep"}
    deals : {"shares", "pure"}
    pairs : tuple of two names
        Links that may be opened (closed).
    costs : tuple of Fraction
    found : CheapestSet
        Over positions in :attr:`pairs`.
    """

    game: LinkageGame
    goal: Goal
    deals: Deals
    pairs: tuple[Pair, ...]
    costs: tuple[Fraction, ...]
    found: CheapestSet

    @property
    def figures(self) -> Figures:
        """What the proof says."""
        found = self.found
        details = {"candidates": len(self.pairs), "must_hit": self._named()}
        if found.members is None:
            return Figures(Status.INFEASIBLE, None, details=details)
        chosen = sorted(found.members)
        cost = sum((self.costs[k] for k in chosen), Fraction(0))
        verb = "open" if self.goal == "break" else "close"
        changes = tuple(
            {"change": verb, "link": self.pairs[k], "cost": self.costs[k]} for k in chosen
        )
        if found.complete:
            return Figures(Status.SOLVED, cost, None, False, not chosen, changes, details)
        return Figures(
            Status.LIMIT_REACHED, cost, (found.least, cost), False, False, changes, details
        )

    def _named(self) -> tuple[tuple[Pair, ...], ...]:
        return tuple(tuple(self.pairs[k] for k in sorted(d)) for d in self.found.demands)

    def changed(self, game: LinkageGame) -> LinkageGame | None:
        """Open, or close, the links."""
        if self.found.members is None:
            return None
        return relinked(game, [self.pairs[k] for k in self.found.members], self.goal == "break")

    def check(self, game: LinkageGame) -> None:
        """Check every demand by settling it, and that no cheaper set meets them all."""
        if self.pairs != candidates(game, self.goal, self.pairs):
            msg = "links: the links to choose from are not those of the game"
            raise VerificationError(msg)
        holds = _Goal(game, self.goal, self.deals, self.pairs)
        everything = frozenset(range(len(self.pairs)))
        found = self.found
        if found.members is None:
            right = not holds(everything)
        else:
            right = holds(found.members) and found.members <= everything
        for demand in found.demands:
            right = right and not holds(everything - demand)
        if not right:
            msg = f"links: the set, or what it must hit, does not {self.goal} the deadlock as said"
            raise VerificationError(msg)
        least = found.least
        if found.complete and found.members is not None:
            least = sum((self.costs[k] for k in found.members), Fraction(0))
        if (
            costs_at_least(dict(enumerate(self.costs)), found.demands, least) is False
            or least != found.least
        ):
            msg = "links: a cheaper set meets every demand"
            raise VerificationError(msg)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, numbers exact."""
        return {"kind": "must_hit", "sets": self._named(), "at_least": self.found.least}


class _Goal:
    """Whether opening (closing) some of the links reaches the goal."""

    def __init__(self, game: LinkageGame, goal: Goal, deals: Deals, pairs: Sequence[Pair]) -> None:
        self.table, self.opens = Table(game, deals), goal == "break"
        self.pairs = [(game.position(a), game.position(b)) for a, b in pairs]
        everyone = range(len(game.issues))
        listed = game.neighbours or {k: frozenset(everyone) - {k} for k in everyone}
        movable = {frozenset(pair) for pair in self.pairs}
        self._fixed = {k: {m for m in near if frozenset((k, m)) not in movable}
                       for k, near in listed.items()}  # fmt: skip

    def __call__(self, chosen: frozenset[int]) -> bool:
        near = {k: set(others) for k, others in self._fixed.items()}
        for n, (k, m) in enumerate(self.pairs):
            if (n in chosen) == self.opens:
                near[k].add(m)
                near[m].add(k)
        return self.table.attains(components(near, near)) == self.opens


def relinked(game: LinkageGame, pairs: Sequence[Pair], negotiable: bool) -> LinkageGame:
    """Open or close some links; spillovers stay."""
    wanted = {frozenset(pair) for pair in pairs}
    listed = game.links
    if listed is None:
        listed = tuple(Link(pair) for pair in itertools.combinations(game.issue_names, 2))
    known = {frozenset(link.between) for link in listed}
    links = [
        Link(link.between, negotiable, link.spillovers)
        if frozenset(link.between) in wanted
        else link
        for link in listed
    ]
    links += [Link(pair, negotiable) for pair in pairs if frozenset(pair) not in known]
    return replace(game, links=tuple(links), document={})


def candidates(game: LinkageGame, goal: Goal, named: Sequence[Pair] = ()) -> tuple[Pair, ...]:
    """Return the links that may be opened or closed, in the game's order.

    To open: the file's links that are not negotiable, or if it has none of these, all pairs
    without a link; besides, the pairs named.  To close: every negotiable link.
    """
    every = list(itertools.combinations(game.issue_names, 2))
    near = game.neighbours
    is_open = {
        frozenset(pair)
        for pair in every
        if near is None or game.position(pair[1]) in near[game.position(pair[0])]
    }
    if goal == "keep":
        return tuple(pair for pair in every if frozenset(pair) in is_open)
    shut = {frozenset(link.between) for link in game.links or () if not link.negotiable} - is_open
    wanted = (shut or {frozenset(p) for p in every}) | {frozenset(p) for p in named}
    return tuple(p for p in every if frozenset(p) in wanted and frozenset(p) not in is_open)


def read_costs(
    game: LinkageGame, pairs: Sequence[Pair], cost: Costs | None
) -> tuple[Fraction, ...]:
    """Return the cost of each link, 1 unless stated."""
    stated: dict[frozenset[str], Fraction] = {}
    for pair, value in (cost or {}).items():
        names = _two_names(pair)
        for name in names:
            game.position(name)
        amount = number(value)
        if amount < 0:
            msg = f"cost of {' and '.join(names)}: expected a number from 0 on, found {amount}"
            raise InputError(msg)
        if frozenset(names) not in {frozenset(p) for p in pairs}:
            msg = (
                f"cost of {' and '.join(names)}: expected a link that this goal can change, found "
                "one that is already as it should be"
            )
            raise InputError(msg)
        stated[frozenset(names)] = amount
    return tuple(stated.get(frozenset(pair), Fraction(1)) for pair in pairs)


def _two_names(pair: object) -> Pair:
    """Return a link's two issues, or refuse what is none."""
    names = tuple(pair) if isinstance(pair, (tuple, list)) else ()
    if len(names) != 2 or names[0] == names[1]:
        msg = f"cost: expected two different issues per link, found {pair!r}"
        raise InputError(msg)
    return str(names[0]), str(names[1])


def links(
    game: LinkageGame,
    *,
    goal: Goal = "break",
    deals: Deals = "shares",
    cost: Costs | None = None,
    seconds: float = 60.0,
) -> Links:
    """Find the cheapest links to open or close; see the module."""
    named = [_two_names(pair) for pair in cost or ()]
    if len(game.issues) > MAX_LINKS:
        msg = f"design by links: expected at most {MAX_LINKS} issues, found {len(game.issues):,}"
        raise InputError(msg)
    pairs = candidates(game, goal, named)
    if len(pairs) > MAX_LINKS:
        msg = (
            f"design by links: expected at most {MAX_LINKS} links to choose from, found "
            f"{len(pairs):,}: state fewer in the game ([[links]])"
        )
        raise InputError(msg)
    costs = read_costs(game, pairs, cost)
    found = cheapest_set(dict(enumerate(costs)), _Goal(game, goal, deals, pairs), seconds)
    return Links(game, goal, deals, pairs, costs, found)
