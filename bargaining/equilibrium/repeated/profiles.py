"""The stage game of a package as a list of profiles (u1, u2, h1, h2).

In repeated play a profile of actions matters only through what it pays, u, and what each player
could gain at once by deviating alone, h.  Where payoffs of issues add up so do both vectors, so
the profiles of several issues are merged vector by vector and never written out as one matrix.
Issues joined by spillovers are written out together first.  In an option issue each player can
return the option drawn to the status quo and do nothing else.

Profiles that cannot matter are left out (:mod:`.redundant`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.linked_form import Tables, common_units, folded, whole
from bargaining.equilibrium.repeated.redundant import undominated
from bargaining.errors import NotDefinedError, NotSupportedError
from bargaining.model.agenda import components
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue

MAX_JOINT = 200_000
"""The most joint outcomes of issues that spillovers join."""
MAX_PROFILES = 200_000
"""The most profiles of a package after those that cannot matter are left out."""
MAX_MERGED = 2_000_000
"""The most sums of profiles written out at a time."""


@dataclass(frozen=True, eq=False)
class Stage:
    """The stage game of a package.

    Payoffs are held as whole numbers: ``payoff = (base + vector) / unit`` per player.  Geometry
    is done in coordinates ``vector / span``, between 0 and 1.

    Attributes
    ----------
    vectors : ndarray of int, shape (profiles, 4)
        u1, u2, h1, h2.
    base, unit, span : pair of int
    parts : tuple of (issues, choices)
        Per component the issues and, per outcome kept, their outcomes.
    picks : ndarray of int, shape (profiles, components)
        Which entry of each component a profile consists of.
    """

    vectors: NDArray[Any]
    base: tuple[int, int]
    unit: tuple[int, int]
    span: tuple[int, int]
    parts: tuple[tuple[tuple[str, ...], NDArray[np.intp]], ...]
    picks: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.vectors)

    @cached_property
    def u(self) -> NDArray[np.float64]:
        """What profiles pay, in coordinates."""
        return np.asarray(self.vectors[:, :2] / np.array(self.span, dtype=object), np.float64)

    @cached_property
    def h(self) -> NDArray[np.float64]:
        """What deviating gains, in coordinates."""
        return np.asarray(self.vectors[:, 2:] / np.array(self.span, dtype=object), np.float64)

    def exact_u(self, profile: int) -> tuple[Fraction, Fraction]:
        """Return what a profile pays, in coordinates."""
        first, second = (
            Fraction(int(v), s) for v, s in zip(self.vectors[profile, :2], self.span, strict=True)
        )
        return first, second

    def exact_h(self, profile: int) -> tuple[Fraction, Fraction]:
        """Return what deviating from a profile gains, in coordinates."""
        first, second = (
            Fraction(int(v), s) for v, s in zip(self.vectors[profile, 2:], self.span, strict=True)
        )
        return first, second

    def payoffs(self, point: Sequence[Any]) -> tuple[Fraction, Fraction]:
        """Turn coordinates into payoffs."""
        first, second = (
            (base + Fraction(value) * span) / unit
            for value, base, span, unit in zip(point, self.base, self.span, self.unit, strict=True)
        )
        return first, second

    def coordinates(self, payoffs: Sequence[Any]) -> tuple[Fraction, Fraction]:
        """Turn payoffs into coordinates."""
        first, second = (
            (Fraction(value) * unit - base) / span
            for value, base, span, unit in zip(
                payoffs, self.base, self.span, self.unit, strict=True
            )
        )
        return first, second

    def outcomes(self, profile: int) -> dict[str, int]:
        """Return the outcome of each issue in a profile."""
        found: dict[str, int] = {}
        for (issues, choices), pick in zip(self.parts, self.picks[profile], strict=True):
            found.update(zip(issues, choices[pick].tolist(), strict=True))
        return found


def stage_of(game: LinkageGame, package: Sequence[int]) -> Stage:
    """Write the stage game of a package of two players as profiles.

    Parameters
    ----------
    game : LinkageGame
    package : sequence of int
        Positions of the issues.

    Raises
    ------
    NotDefinedError
        If spillovers join an issue of the package to one outside it.
    NotSupportedError
        If too many profiles remain.
    """
    tables, units = package_tables(game, package)
    near: dict[int, set[int]] = {k: set() for k in package}
    for scope in tables:
        if len(scope) == 2:
            near[scope[0]].add(scope[1])
            near[scope[1]].add(scope[0])
    names = game.issue_names
    merged = np.zeros((1, 4), dtype=np.int64)
    picks = np.zeros((1, 0), dtype=np.intp)
    parts = []
    found = []
    groups = list(components(package, near))
    for issues in groups:
        vectors, choices = component_vectors(game, issues, tables)
        kept = undominated(vectors, lotteries=len(groups) > 1)
        found.append((vectors[kept], tuple(names[k] for k in issues), choices[kept]))
    for vectors, named, choices in found:
        parts.append((named, choices))
        merged, picks = _merged(merged, picks, vectors)
    low = [int(merged[:, i].min()) for i in (0, 1)]
    merged = merged - np.array([*low, 0, 0], dtype=merged.dtype)
    span = [max(int(merged[:, i].max()), 1) for i in (0, 1)]
    return Stage(
        merged, (low[0], low[1]), (units[0], units[1]), (span[0], span[1]), tuple(parts), picks
    )


def package_tables(game: LinkageGame, package: Sequence[int]) -> tuple[Tables, tuple[int, ...]]:
    """Return payoffs of a package's issues and pairs as whole numbers, and their units."""
    inside = set(package)
    names = game.issue_names
    exact: Tables = {(k,): game.issues[names[k]].exact_payoffs for k in package}
    for link in game.links or ():
        if link.spillovers is None:
            continue
        k, m = (game.position(name) for name in link.between)
        if (k in inside) != (m in inside) and _matters(link.spillovers):
            msg = (
                f"repeated play is not defined package by package here: spillovers join issue "
                f"{names[k]!r} to {names[m]!r} in another package, so that what is played in one "
                "changes what is at stake in the other; put both into one package"
            )
            raise NotDefinedError(msg)
        if k in inside and m in inside:
            table = link.spillovers if k < m else link.spillovers.transpose(1, 0, 2)
            scope = (min(k, m), max(k, m))
            exact[scope] = exact[scope] + table if scope in exact else table
    units = common_units(exact.values())
    return folded({scope: whole(table, units) for scope, table in exact.items()}), units


def _matters(table: NDArray[Any]) -> bool:
    return bool(np.any(table != 0))


def component_vectors(
    game: LinkageGame, issues: Sequence[int], tables: Tables
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return the vectors of all joint outcomes of some issues, and those outcomes."""
    members = [game.issues[game.issue_names[k]] for k in issues]
    shape = tuple(issue.size for issue in members)
    if math.prod(shape) > MAX_JOINT:
        msg = (
            f"issues {', '.join(i.name for i in members)} are joined by spillovers and have "
            f"{math.prod(shape):,} joint outcomes (at most {MAX_JOINT:,}); take issues off the "
            "table"
        )
        raise NotSupportedError(msg)
    columns = []
    best = []
    for player in (0, 1):
        total = np.zeros(shape, dtype=object)
        for scope, table in tables.items():
            if scope[0] in issues:
                axes = [issues.index(k) for k in scope]
                flat = table[..., player]
                slots = [shape[i] if i in axes else 1 for i in range(len(shape))]
                total = total + flat.reshape(slots)
        reach = total
        for axis, issue in enumerate(members):
            reach = _best(reach, axis, issue, player)
        columns.append(total.reshape(-1))
        best.append((reach - total).reshape(-1))
    vectors = np.stack([*columns, *best], axis=1)
    if max(abs(int(v)) for v in (vectors.max(), vectors.min())) < 2**52:
        vectors = vectors.astype(np.int64)
    return vectors, np.stack(np.unravel_index(np.arange(len(vectors)), shape), axis=1)


def _best(values: NDArray[Any], axis: int, issue: Issue, player: int) -> NDArray[Any]:
    """Return the best that a player can make of each outcome by his act in one issue."""
    if issue.is_options:
        origin = values.take([issue.outcome(issue.status_quo)], axis=axis)
        consent: NDArray[Any] = np.maximum(values, origin)
        return consent
    name = issue.players[player]
    if name not in issue.actions:
        return values
    own = list(issue.actions).index(name)
    shape = values.shape
    opened = values.reshape(*shape[:axis], *issue.shape, *shape[axis + 1 :])
    top = opened.max(axis=axis + own, keepdims=True)
    return np.broadcast_to(top, opened.shape).reshape(shape)


def _merged(
    first: NDArray[Any], picks: NDArray[np.intp], second: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Add every vector of one list to every vector of another, and leave out what is redundant."""
    count = len(first) * len(second)
    if count > MAX_MERGED:
        msg = (
            f"the package has {count:,} sums of profiles (at most {MAX_MERGED:,}); take issues off "
            "the table"
        )
        raise NotSupportedError(msg)
    if first.dtype != second.dtype:
        first, second = first.astype(object), second.astype(object)
    total = (first[:, None] + second[None]).reshape(count, 4)
    if total.dtype != object and int(np.abs(total).max(initial=0)) > 2**60:
        total = (first.astype(object)[:, None] + second.astype(object)[None]).reshape(count, 4)
    kept = undominated(total, lotteries=len(picks[0]) > 0)
    if len(kept) > MAX_PROFILES:
        msg = (
            f"the package has {len(kept):,} joint profiles that may matter (at most "
            f"{MAX_PROFILES:,}); take issues off the table"
        )
        raise NotSupportedError(msg)
    left, right = np.divmod(kept, len(second))
    return total[kept], np.concatenate([picks[left], right[:, None]], axis=1)
