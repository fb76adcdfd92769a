"""The outcomes of a package whose mixtures are its deals, as exact gains.

A package attains mutual gain if and only if some non-negative combination of these rows is
positive for everyone: shares can be scaled down, so only directions count.  Issues that
spillovers or constraints tie together enter with all their joint outcomes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bargaining.errors import NotSupportedError
from bargaining.geometry.marginals import package_terms
from bargaining.model.game import LinkageGame

MAX_ROWS = 5_000
"""Joint outcomes of a package that are listed, at most."""


@dataclass(frozen=True)
class Row:
    """A joint outcome of some issues, the others at the status quo.

    Attributes
    ----------
    chosen : mapping of int to int
        Outcomes by issue.
    gains : tuple of Fraction, one per player of the game
    """

    chosen: Mapping[int, int]
    gains: tuple[Fraction, ...]

    @property
    def key(self) -> tuple[tuple[int, int], ...]:
        """Name the outcomes in a way that can be looked up."""
        return tuple(sorted(self.chosen.items()))


def package_groups(game: LinkageGame, package: Sequence[int]) -> list[list[Row]]:
    """List the outcomes of each issue, and the joint outcomes of issues that are tied.

    Raises
    ------
    NotSupportedError
        If there are more than 5,000 in all.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> [[row.chosen for row in group] for group in package_groups(game, (0, 1))]
    [[{0: 0}, {0: 1}], [{1: 0}, {1: 1}]]
    """
    terms = package_terms(game, package)
    flat = game.flat
    sizes = [len(flat.rows(int(k))) for k in terms.singles]
    sizes += [math.prod(c.sizes()[k] for k in c.issues) for c in terms.components]
    if sum(sizes) > MAX_ROWS:
        msg = (
            f"design: the package has {sum(sizes):,} outcomes (joint ones where payoffs are "
            f"tied); expected at most {MAX_ROWS:,}: leave issues out"
        )
        raise NotSupportedError(msg)
    players = range(len(game.players))
    groups = [
        [
            Row({int(k): a}, tuple(flat.gain(row, i) for i in players))
            for a, row in enumerate(flat.rows(int(k)))
        ]
        for k in terms.singles
    ]
    for component in terms.components:
        group = []
        for chosen in _allowed(game, component.issues, component.sizes()):
            whole = component.gains(chosen)
            exact = zip(whole, flat.denominators, strict=True)
            group.append(Row(chosen, tuple(Fraction(w, d) for w, d in exact)))
        groups.append(group)
    return groups


def _allowed(
    game: LinkageGame, issues: Sequence[int], sizes: Mapping[int, int]
) -> Iterator[dict[int, int]]:
    """Yield the joint outcomes that no constraint forbids, others at the status quo."""
    names = game.issue_names
    base = {
        name: int(game.origin[game.position(name)])
        for c in game.constraints
        for name, _ in c.statements
    }
    for outcomes in itertools.product(*(range(sizes[k]) for k in issues)):
        chosen = dict(zip(issues, outcomes, strict=True))
        named = {**base, **{names[k]: a for k, a in chosen.items()}}
        if all(c.allows(named) for c in game.constraints):
            yield chosen


def moving(groups: Sequence[Sequence[Row]]) -> list[Row]:
    """Return the rows that change somebody's gain."""
    return [row for group in groups for row in group if any(row.gains)]


def known(rows: Sequence[tuple[Row, Fraction]], listed: Iterable[Row]) -> bool:
    """Whether weighted rows are outcomes of a list, with positive weights."""
    gains = {row.key: row.gains for row in listed}
    return all(y > 0 and gains.get(row.key) == row.gains for row, y in rows)


def mixed(rows: Sequence[tuple[Row, Fraction]]) -> tuple[Fraction, ...]:
    """Add weighted rows up."""
    count = len(rows[0][0].gains) if rows else 0
    return tuple(sum((y * row.gains[i] for row, y in rows), Fraction(0)) for i in range(count))
