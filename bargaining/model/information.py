"""Private information: independent draws that only one player sees before he negotiates.

A draw belongs to a player, has a few types with their probabilities, and replaces the payoffs
that depend on it, his own or those of others.  A player with several draws has one private type
for every combination of them.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError
from bargaining.model.issue import Issue

Rows = tuple[tuple[Fraction, ...], ...]
"""One row per type, one payoff per outcome."""


@dataclass(frozen=True)
class Draw:
    """One independent draw of a private type.

    Attributes
    ----------
    player : str
        Who sees it.
    labels : tuple of str
        Names of the types.
    probability : tuple of Fraction
        Of each type; they add up to 1.
    payoffs : mapping of issue to mapping of player to rows of Fraction
        One row per type over the issue's outcomes in order; they replace the issue's payoffs of
        that player.

    Examples
    --------
    >>> half = Fraction(1, 2)
    >>> rows = ((Fraction(0), Fraction(3)), (Fraction(0), Fraction(-1)))
    >>> draw = Draw("us", ("keen", "wary"), (half, half), {"sharing": {"us": rows}})
    >>> draw.possible
    (0, 1)
    """

    player: str
    labels: tuple[str, ...]
    probability: tuple[Fraction, ...]
    payoffs: Mapping[str, Mapping[str, Rows]]

    def __post_init__(self) -> None:
        count = len(self.labels)
        if len(set(self.labels)) < count or not count:
            msg = "types: expected different labels, at least one"
            raise InputError(msg)
        if len(self.probability) != count or min(self.probability, default=0) < 0:
            msg = f"types: expected {count} probabilities of at least 0 (one per label)"
            raise InputError(msg)
        if sum(self.probability) != 1:
            msg = f"types: expected probabilities that add up to 1, found {sum(self.probability)}"
            raise InputError(msg)
        for issue, tables in self.payoffs.items():
            for player, rows in tables.items():
                if len(rows) != count:
                    msg = (
                        f"types: payoffs.{issue}.{player}: expected {count} rows (one per type), "
                        f"found {len(rows)}"
                    )
                    raise InputError(msg)

    @property
    def possible(self) -> tuple[int, ...]:
        """Positions of the types that have a positive probability."""
        return tuple(s for s, chance in enumerate(self.probability) if chance)

    def without(self, issues: Sequence[str]) -> Draw:
        """Return the draw with some issues off the table."""
        return replace(self, payoffs={k: v for k, v in self.payoffs.items() if k not in issues})

    def raised(self, issue: str, players: Sequence[str], extra: NDArray[Any]) -> Draw:
        """Add to an issue's payoffs, shape (outcomes, players), whatever the type."""
        if issue not in self.payoffs:
            return self
        tables = {
            player: tuple(
                tuple(value + more for value, more in zip(row, extra[:, place], strict=True))
                for row in rows
            )
            for player, rows in self.payoffs[issue].items()
            for place in (players.index(player),)
        }
        return replace(self, payoffs={**self.payoffs, issue: tables})


def combined_labels(parts: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return one label per combination of types, no two the same.

    >>> combined_labels([["u", "v / w"], ["u / v", "w"], ["x", "y"]])
    ('u / v / w (1)', 'u / v / w (2)', 'x / y')
    """
    return told_apart([" / ".join(labels) for labels in parts])


def told_apart(labels: Sequence[str]) -> tuple[str, ...]:
    """Return labels with a number behind those that occur more than once."""
    times = Counter(labels)
    taken = {label for label, n in times.items() if n == 1}
    free = {label: itertools.count(1) for label, n in times.items() if n > 1}
    found = []
    for label in labels:
        if times[label] == 1:
            found.append(label)
            continue
        numbered = (f"{label} ({n})" for n in free[label])
        found.append(next(one for one in numbered if one not in taken))
        taken.add(found[-1])
    return tuple(found)


def check_draws(draws: Sequence[Draw]) -> None:
    """Raise InputError where two draws replace the same payoffs."""
    seen: dict[tuple[str, str], int] = {}
    for position, draw in enumerate(draws):
        for issue, tables in draw.payoffs.items():
            for player in tables:
                if (issue, player) in seen:
                    msg = (
                        f"types[{position}].payoffs.{issue}.{player}: expected payoffs that no "
                        f"other draw replaces, found them in types[{seen[issue, player]}] too"
                    )
                    raise InputError(msg)
                seen[issue, player] = position


def gains_of_types(issue: Issue, draws: Sequence[Draw], types: Mapping[int, int]) -> NDArray[Any]:
    """Return an issue's gains for given types, shape (outcomes, players), of Fraction.

    Parameters
    ----------
    issue : Issue
    draws : sequence of Draw
    types : mapping of int to int
        The type of each draw by the draw's position; of a draw left out the issue keeps the
        payoffs that it states itself.

    Examples
    --------
    >>> issue = Issue.from_options("sharing", ("us", "mexico"), ["no", "yes"],
    ...                            {"us": [0, 1], "mexico": [0, 1]}, status_quo="no")
    >>> half = Fraction(1, 2)
    >>> rows = ((Fraction(0), Fraction(3)), (Fraction(0), Fraction(-1)))
    >>> draw = Draw("us", ("keen", "wary"), (half, half), {"sharing": {"us": rows}})
    >>> gains_of_types(issue, [draw], {0: 1})[1].tolist()
    [Fraction(-1, 1), Fraction(1, 1)]
    """
    payoffs = issue.exact_payoffs
    for position, s in types.items():
        for player, rows in draws[position].payoffs.get(issue.name, {}).items():
            payoffs = payoffs.copy() if payoffs is issue.exact_payoffs else payoffs
            payoffs[:, issue.players.index(player)] = np.array(rows[s], dtype=object)
    origin: Any = payoffs[issue._origin()]
    return np.asarray(payoffs - origin)
