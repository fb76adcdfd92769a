"""The equilibria of the linked game of two players, counted by their shares per issue.

Components of the spillover graph are independent, so equilibria are combinations of one per
component: three separate battles of the sexes have 27, although their 8 x 8 matrix has 125
extreme ones, since a play of several issues can be drawn in many ways with the same shares.  In
components small enough all extreme equilibria are listed, exactly; in larger ones the pure ones
where they can be searched, and those that complementary pivoting finds from several priors.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bargaining.equilibrium.linked import solve_block
from bargaining.equilibrium.linked_answer import LinkedEquilibrium, Plans, answer
from bargaining.equilibrium.linked_form import Block, LinkedForm, linked_form
from bargaining.equilibrium.linked_vertices import (
    all_equilibria,
    joined,
    pure_equilibria,
    shares_key,
)
from bargaining.errors import VerificationError
from bargaining.model.commitment import with_commitment
from bargaining.model.game import LinkageGame, require_game
from bargaining.results import Status

MAX_EQUILIBRIA = 2_000
"""The most combinations that are listed."""


@dataclass(frozen=True, eq=False)
class LinkedEquilibriumSet:
    """Equilibria of the linked game that differ in the shares of some issue.

    Attributes
    ----------
    form : LinkedForm
    equilibria : tuple of LinkedEquilibrium
        Pure ones first.
    complete : bool
        Whether there are no others; in a degenerate game, no other extreme ones.
    degenerate : bool or None
        Whether whole segments of equilibria exist; None where that is not known.
    status : Status
        ``solved``, ``limit_reached`` (more combinations than are listed), ``numerical_trouble``.
    method : str
    """

    form: LinkedForm = field(repr=False)
    equilibria: tuple[LinkedEquilibrium, ...]
    complete: bool
    degenerate: bool | None
    status: Status
    method: str

    @property
    def pure(self) -> tuple[LinkedEquilibrium, ...]:
        """The equilibria in which nobody mixes."""
        return tuple(e for e in self.equilibria if _is_pure(e.plans))

    def verify(self) -> bool:
        """Check every equilibrium by best replies, and that no two have the same shares."""
        seen = set()
        for found in self.equilibria:
            found.verify()
            key = tuple(
                shares_key(self.form, block, plans)
                for block, plans in zip(self.form.blocks, found.plans, strict=True)
            )
            if key in seen:
                msg = "two equilibria have the same shares in every issue"
                raise VerificationError(msg)
            seen.add(key)
        return True

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "equilibria": [found.to_dict() for found in self.equilibria],
            "complete": self.complete,
            "degenerate": self.degenerate,
            "status": str(self.status),
            "method": self.method,
        }

    def __str__(self) -> str:
        return self.described()

    def described(self, *, exact: bool = False) -> str:
        """Return the answer as text; with ``exact`` every fraction as such."""
        all_or_some = "all" if self.complete else "perhaps not all"
        count = len(self.equilibria)
        words = "equilibrium" if count == 1 else "equilibria"
        lines = [f"{count} {words} of the linked game ({all_or_some})"]
        if self.degenerate:
            lines.append("degenerate: mixtures of some of them are equilibria too")
        return "\n".join([*lines, *(found.described(exact=exact) for found in self.equilibria)])


def linked_equilibria(
    game: LinkageGame, *, starts: int = 8, commitment: bool = True
) -> LinkedEquilibriumSet:
    """List the Nash equilibria of the linked game of two players who act.

    Parameters
    ----------
    game : LinkageGame
    starts : int
        Priors from which complementary pivoting is started in components too large to enumerate.
    commitment : bool
        Whether the conditional acts of ``[commitment]`` may be used.

    Returns
    -------
    LinkedEquilibriumSet

    Examples
    --------
    >>> from bargaining.model.issue import Issue
    >>> battles = [Issue.normal_form(name, ["a", "b"], {"a": ["x", "y"], "b": ["x", "y"]},
    ...     {"a": [[3, 0], [0, 2]], "b": [[2, 0], [0, 3]]}) for name in ("one", "two", "three")]
    >>> found = linked_equilibria(LinkageGame(["a", "b"], battles))
    >>> len(found.equilibria), len(found.pure), found.complete
    (27, 8, True)
    """
    require_game(game)
    form = linked_form(with_commitment(game) if commitment else game)
    lists: list[list[Plans]] = []
    complete, degenerate, methods = True, False, []
    for block in form.blocks:
        found = all_equilibria(form, block)
        if found is None:
            complete = False
            found = _some(form, block, starts)
            methods.append("complementary pivoting")
        else:
            degenerate = degenerate or joined(found)
            methods.append("vertices")
        lists.append(_different(form, block, found))
    method = " and ".join(dict.fromkeys(methods)) or "nobody has a choice"
    count = math.prod(len(found) for found in lists)
    chosen = list(itertools.islice(itertools.product(*lists), MAX_EQUILIBRIA))
    listed = [answer(form, tuple(plans), method) for plans in chosen]
    listed.sort(key=lambda e: not _is_pure(e.plans))
    status = Status.SOLVED if listed else Status.NUMERICAL_TROUBLE
    if count > MAX_EQUILIBRIA:
        complete, status = False, Status.LIMIT_REACHED
    known = degenerate if degenerate or complete else None
    return LinkedEquilibriumSet(form, tuple(listed), complete, known, status, method)


def _some(form: LinkedForm, block: Block, starts: int) -> list[Plans]:
    """Return the equilibria of a large component that can be found."""
    found = pure_equilibria(form, block) or []
    for seed in (None, *range(1, starts)):
        plans, _ = solve_block(form, block, seed)
        if plans is not None:
            found.append(plans)
    return found


def _different(form: LinkedForm, block: Block, found: list[Plans]) -> list[Plans]:
    """Keep one equilibrium for each choice of shares per issue, pure ones first."""
    kept: dict[tuple[Any, ...], Plans] = {}
    for plans in sorted(found, key=lambda pair: not _is_pure((pair,))):
        key = shares_key(form, block, plans)
        rounded = tuple(tuple(round(float(p), 9) for p in shares) for shares in key)
        kept.setdefault(rounded, plans)
    return list(kept.values())


def _is_pure(plans: tuple[Plans, ...]) -> bool:
    return all(bool(np.all((plan == 0) | (plan == 1))) for pair in plans for plan in pair)
