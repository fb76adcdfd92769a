"""Threats as evidence: how they are shown, and how it is checked that nobody can do better.

The checker recomputes payoffs of acts from deals, not from the tables of the solver.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from bargaining.errors import VerificationError
from bargaining.model.array_issues import ArrayIssues
from bargaining.model.deal import Deal, gains, status_quo
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.solutions.base import apart
from bargaining.settlement.threats import Mix, ThreatGame, Threats

MAX_CELLS = 5_000
"""Payoffs of larger games of one issue are read from the issue's own table."""


@dataclass(frozen=True, eq=False)
class ThreatEvidence:
    """Optimal threats at two weights, between which (or at which) the answer is consistent.

    Attributes
    ----------
    columns : (int, int)
        The two players.
    commits : (bool, bool)
        Who can commit himself.
    games : tuple of ThreatGame
    below, above : Threats
        At weights at which p u1 - q u2 of the answer is at most, and at least, the value; the
        same one when exact.
    """

    columns: tuple[int, int]
    commits: tuple[bool, bool]
    games: tuple[ThreatGame, ...]
    below: Threats
    above: Threats


def planar(columns: Sequence[int]) -> tuple[int, int]:
    """Return the two players' positions."""
    one, two = columns
    return one, two


def shown(
    game: LinkageGame, columns: tuple[int, int], games: Sequence[ThreatGame], threats: Threats
) -> dict[str, Any]:
    """Return threats and what they lead to, by names, as plain data."""
    listed: dict[str, dict[str, dict[str, Number]]] = {}
    for side, column in enumerate(columns):
        player = game.players[column]
        listed[player] = {}
        mixes = threats.second if side else threats.first
        for part, mix in zip(games, mixes, strict=True):
            acts = part.columns if side else part.rows
            for place, k in enumerate(part.issues):
                issue = game.issues[game.issue_names[k]]
                if player not in issue.actions:
                    continue
                total: dict[str, Number] = {}
                for act, share in zip(acts, mix, strict=True):
                    if share:
                        label = issue.actions[player][act[place]]
                        total[label] = total.get(label, Fraction(0)) + share
                listed[player][issue.name] = total
    point = {game.players[c]: u for c, u in zip(columns, threats.point, strict=True)}
    return {"threats": listed, "disagreement": point}


def check_threats(
    game: LinkageGame,
    package: Sequence[int],
    evidence: ThreatEvidence,
    threats: Threats,
    value: Number,
    tolerance: float,
    place: str,
    *,
    lower: bool = True,
    upper: bool = True,
) -> None:
    """Raise unless the value of the threats is at least and at most the one given.

    ``lower``: the first player's threat guarantees it; ``upper``: the second player's does.
    """
    _check_cover(game, package, evidence, place)
    p, q = threats.weights
    unit = float(p) * game.reach[evidence.columns[0]] + float(q) * game.reach[evidence.columns[1]]
    least: Number = Fraction(0)
    most: Number = Fraction(0)
    for number, part in enumerate(evidence.games):
        for mix in (threats.first[number], threats.second[number]):
            if min(mix) < 0 or apart(sum(mix, start=Fraction(0)), Fraction(1), tolerance):
                msg = f"{place}: a threat is no probability distribution"
                raise VerificationError(msg)
        tables = _payoffs(game, part, evidence.columns)
        one = tables[..., 0]
        two = tables[..., 1]
        bounds = _bounds(evidence, threats, number, p * one - q * two, one, two)
        least, most = least + bounds[0], most + bounds[1]
    slack = tolerance * unit * max(1, len(evidence.games))
    if (lower and value - least > slack) or (upper and most - value > slack):
        msg = (
            f"{place}: the threats guarantee {float(least):g} and {float(most):g}, not the "
            f"stated {float(value):g}: somebody could threaten better"
        )
        raise VerificationError(msg)


def _bounds(
    evidence: ThreatEvidence, threats: Threats, number: int, table: Any, one: Any, two: Any
) -> tuple[Number, Number]:
    """Return what the first player secures in one game, and what he cannot exceed."""
    x, y = threats.first[number], threats.second[number]
    if all(evidence.commits):
        return min(_mix(x, line) for line in table.T), max(_mix(y, line) for line in table)
    prices = threats.prices[number]
    if evidence.commits[0]:
        return _leader(table, two, x, y, prices)
    low, high = _leader(-table.T, one.T, y, x, prices)
    return -high, -low


def _leader(table: Any, reply: Any, x: Mix, y: Mix, prices: Sequence[Mix]) -> tuple[Number, Number]:
    """Return what the committed player gets, and the most that any commitment could give.

    The reply must be a best one.  A mixture that makes reply j a best one gets at most the
    largest entry of column j, raised by any prices >= 0 on how much j beats other replies.
    """
    paid = [_mix(x, line) for line in reply.T]
    if any(share and worth < max(paid) for share, worth in zip(y, paid, strict=True)):
        return -table.max() * 10 - 1, table.max() * 10 + 1
    value = sum((share * _mix(x, line) for share, line in zip(y, table.T, strict=True)),
                start=Fraction(0))  # fmt: skip
    bounds = []
    for j, price in enumerate(prices):
        if min(price) < 0:
            return -table.max() * 10 - 1, table.max() * 10 + 1
        raised = [
            row[j] + sum((c * (mine[j] - mine[k]) for k, c in enumerate(price) if c), Fraction(0))
            for row, mine in zip(table, reply, strict=True)
        ]
        bounds.append(max(raised))
    return value, max(bounds)


def _check_cover(
    game: LinkageGame, package: Sequence[int], evidence: ThreatEvidence, place: str
) -> None:
    """Every issue of the package in which either player acts is in one game, interactions too."""
    names = [game.players[c] for c in evidence.columns]
    home = {k: part for part in evidence.games for k in part.issues}
    inside = set(package)
    for k in () if isinstance(game.issues, ArrayIssues) else package:
        actions = game.issues[game.issue_names[k]].actions
        if k not in home and any(len(actions.get(name, ())) > 1 for name in names):
            msg = f"{place}: the threats leave out issue {game.issue_names[k]}"
            raise VerificationError(msg)
    parted = any(
        pair.first in home and pair.second in home and home[pair.first] is not home[pair.second]
        for pair in game.interactions
    )
    if parted or set(home) - inside:
        msg = f"{place}: the threats split issues that interact, or go beyond the package"
        raise VerificationError(msg)
    for part in evidence.games:
        for acts, name in ((part.rows, names[0]), (part.columns, names[1])):
            sizes = [
                len(game.issues[game.issue_names[k]].actions.get(name, ("",))) for k in part.issues
            ]
            if set(acts) != set(itertools.product(*map(range, sizes))):
                msg = f"{place}: the threats leave out acts of {name}"
                raise VerificationError(msg)


def _payoffs(game: LinkageGame, part: ThreatGame, columns: tuple[int, int]) -> Any:
    """Gains of both players for all acts, from the definition of a deal's gains."""
    if len(part.rows) * len(part.columns) > MAX_CELLS:
        return part.gains
    names = [game.players[c] for c in columns]

    @cache
    def outcome(k: int, first: int, second: int) -> int:
        issue = game.issues[game.issue_names[k]]
        chosen = [int(a) for a in np.unravel_index(int(game.origin[k]), issue.shape)]
        for name, act in zip(names, (first, second), strict=True):
            if name in issue.actions:
                chosen[list(issue.actions).index(name)] = act
        return int(np.ravel_multi_index(chosen, issue.shape))

    tables = np.empty((len(part.rows), len(part.columns), 2), dtype=object)
    for (i, row), (j, column) in itertools.product(enumerate(part.rows), enumerate(part.columns)):
        outcomes = status_quo(game)
        for place, k in enumerate(part.issues):
            outcomes[k] = outcome(k, row[place], column[place])
        found = gains(game, Deal(outcomes))
        tables[i, j] = [found[c] for c in columns]
    return tables


def _mix(mix: Mix, line: Any) -> Number:
    return sum((p * v for p, v in zip(mix, line, strict=True) if p), start=Fraction(0))
