"""The game that is open to a coalition while all others keep to their status-quo acts.

Of an issue in which players act, the outcomes are left at which every outsider does what he does at
the status quo.  An option issue needs the consent of every player whose payoff it changes, in the
issue itself or through a spillover that names it, and of nobody else: it is open only to a
coalition that holds them all.  An issue that an outsider would have to ratify stays at the status
quo.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, NotSupportedError
from bargaining.model.constraints import Constraint
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.links import Link
from bargaining.model.spelling import suggestion
from bargaining.model.transfers import with_transfers, without_transfers

Name = TypeVar("Name", str, str | int)
Rows = NDArray[np.intp]
"""Outcomes of an issue that stay open, ascending."""

PER_PLAYER = ("premium", "caps", "floors", "utility")
"""Channels with one entry per player."""
SET_ASIDE = ("constraints", "commitment", "types")
"""Channels that name outcomes: constraints are said anew, payoffs count as issues state them."""


def members_of(players: Sequence[Name], members: Iterable[Name] | str) -> tuple[Name, ...]:
    """Return a coalition in the players' order; a text may name it, joined by "+".

    >>> members_of(("us", "mexico", "canada"), "canada + us")
    ('us', 'canada')
    """
    if isinstance(members, str):
        texts = {str(player): player for player in players}
        names = [texts.get(name.strip(), name.strip()) for name in members.split("+")]
    else:
        names = list(members)
    for name in names:
        if name not in players:
            known = [str(player) for player in players]
            hint = suggestion(str(name), known)
            msg = f"coalition: expected players ({', '.join(known)}), found {name!r}{hint}"
            raise InputError(msg)
    if len(set(names)) < len(names):
        msg = f"coalition: expected each player once, found {', '.join(map(str, names))}"
        raise InputError(msg)
    if not names:
        msg = "coalition: expected at least one player, found none"
        raise InputError(msg)
    return tuple(player for player in players if player in names)


def consents(game: LinkageGame) -> dict[str, frozenset[str]]:
    """Return per option issue whose consent it needs: all whose payoff it changes, nobody else's.

    It may change payoffs in the issue itself, or through a spillover that names it, whatever the
    other issue's outcome.

    >>> import bargaining as bg
    >>> consents(bg.load("classic/logrolling"))["dam"] == {"rural", "urban"}
    True
    """
    changed: dict[str, NDArray[np.bool_]] = {}
    for name, issue in game.issues.items():
        if issue.is_options:
            changed[name] = np.any(
                issue.exact_payoffs != issue.exact_payoffs[issue._origin()], axis=0
            )
    for link in game.links or ():
        for axis, name in enumerate(link.between):
            if link.spillovers is not None and name in changed:
                table = np.moveaxis(link.spillovers, axis, 0)
                kept = table[game.issues[name]._origin()]
                changed[name] = changed[name] | np.any(table != kept, axis=(0, 1))
    return {
        name: frozenset(p for p, moves in zip(game.players, stake, strict=True) if moves)
        for name, stake in changed.items()
    }


def reachable(
    issue: Issue,
    members: Collection[str],
    consent: Collection[str] = (),
    ratifiers: Collection[str] = (),
) -> Rows:
    """Return the outcomes that members bring about while all others keep to the status quo.

    An option issue takes those whose consent it needs (see :func:`consents`).

    >>> pd = Issue.normal_form("pd", ["a", "b"], {"a": ["C", "D"], "b": ["C", "D"]},
    ...     {"a": [[3, 0], [5, 1]], "b": [[3, 5], [0, 1]]}, status_quo={"a": "D", "b": "D"})
    >>> reachable(pd, {"a"}).tolist()
    [1, 3]
    """
    origin = issue._origin()
    if not set(ratifiers) <= set(members) or (
        issue.is_options and not set(consent) <= set(members)
    ):
        return np.array([origin], dtype=np.intp)
    if issue.is_options:
        return np.arange(issue.size)
    places = np.unravel_index(origin, issue.shape)
    open_acts = [
        np.arange(count) if player in members else np.array([place])
        for player, count, place in zip(issue.actions, issue.shape, places, strict=True)
    ]
    grid: Rows = np.arange(issue.size).reshape(issue.shape)[np.ix_(*open_acts)]
    return grid.ravel()


def open_game(game: LinkageGame, members: Iterable[str] | str) -> LinkageGame:
    """Return the game among all players that is open to a coalition; outsiders' acts stand still.

    The outsiders stay as players, so that the answer says what the coalition does to them.

    Parameters
    ----------
    game : LinkageGame
        With a status quo in every issue.
    members : iterable of str, or names joined by "+"

    Returns
    -------
    LinkageGame
        The same issues with fewer outcomes (constraints and spillovers too).

    Examples
    --------
    >>> import bargaining as bg
    >>> game = open_game(bg.load("us_mexico/guns_for_fentanyl"), ["us"])
    >>> [issue.outcomes for issue in game.issues.values()]
    [('no checks', 'egress checks'), ('no raids',)]
    """
    group = members_of(game.players, members)
    if game.reserved:
        msg = (
            f"{game.name or 'the game'}: coalitions are not worked out for a game with "
            "[reservation]: it does not say what happens in each issue without agreement; state "
            "[worth], or a status quo per issue"
        )
        raise NotSupportedError(msg)
    game = without_transfers(game)
    vetoes: Mapping[str, Collection[str]] = game.channels.get("vetoes") or {}
    needed = consents(game)
    rows = {
        k: reachable(issue, group, needed.get(k, ()), vetoes.get(k, ()))
        for k, issue in game.issues.items()
    }
    channels = {k: v for k, v in game.channels.items() if k not in SET_ASIDE}
    if rules := tuple(_narrowed(rule, rows) for rule in game.constraints):
        channels["constraints"] = tuple(rule for rule in rules if not rule.vacuous)
    return replace(
        game,
        issues={k: _restricted(issue, rows[k]) for k, issue in game.issues.items()},
        links=None if game.links is None else tuple(_linked(link, rows) for link in game.links),
        name=f"{game.name or game.title}[{'+'.join(group)}]",
        channels=channels,
        document={},
    )


def sub_game(game: LinkageGame, members: Iterable[str] | str) -> LinkageGame:
    """Return the game of a coalition alone: its members, what is open to them, their payoffs.

    Members keep what ratification asks of them (premiums, caps, floors, those who only ratify),
    their discount factors and weights; side payments, where the game has them, run among them.

    Parameters
    ----------
    game : LinkageGame
    members : iterable of str, or names joined by "+"
        At least two (for one player ask :func:`open_game`: his best act alone).

    Returns
    -------
    LinkageGame

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load("us_mexico/guns_for_fentanyl")
    >>> sub_game(game, game.players).players
    ('us', 'mexico')
    """
    group = members_of(game.players, members)
    if len(group) < 2:
        msg = (
            f"coalition: expected at least two players, found {group[0]} alone, who bargains with "
            "nobody; ask open_game for what he can do by himself"
        )
        raise InputError(msg)
    opened = open_game(game, group)
    inside = [game.players.index(player) for player in group]
    channels = dict(opened.channels)
    for name in PER_PLAYER:
        if name in channels:
            channels[name] = {p: v for p, v in channels[name].items() if p in group}
    if "vetoes" in channels:
        kept = {k: tuple(p for p in who if p in group) for k, who in channels["vetoes"].items()}
        channels["vetoes"] = {k: who for k, who in kept.items() if who}
    among = replace(
        opened,
        players=group,
        issues={k: _among(issue, group, inside) for k, issue in opened.issues.items()},
        links=None if opened.links is None else tuple(_shared(x, inside) for x in opened.links),
        discount={p: d for p, d in opened.discount.items() if p in group},
        channels={k: v for k, v in channels.items() if v},
    )
    return with_transfers(among)


def _restricted(issue: Issue, rows: Rows) -> Issue:
    """Keep some outcomes of an issue: all combinations of some acts of each player."""
    visible = {p: tuple(seen[a] for a in rows) for p, seen in issue.visibility.items()}
    start = int(np.searchsorted(rows, issue._origin()))
    payoffs = issue.exact_payoffs[rows]
    if issue.is_options:
        options = tuple(issue.options[a] for a in rows)
        return replace(issue, options=options, exact_payoffs=payoffs, status_quo_index=start,
                       visibility=visible)  # fmt: skip
    places = np.unravel_index(rows, issue.shape)
    actions = {
        player: tuple(labels[a] for a in np.unique(place))
        for (player, labels), place in zip(issue.actions.items(), places, strict=True)
    }
    return replace(issue, actions=actions, exact_payoffs=payoffs, status_quo_index=start,
                   visibility=visible)  # fmt: skip


def _among(issue: Issue, group: tuple[str, ...], inside: Sequence[int]) -> Issue:
    """Keep a coalition's payoffs and acts; an issue without any is an option at the status quo."""
    actions = {player: acts for player, acts in issue.actions.items() if player in group}
    visible = {player: seen for player, seen in issue.visibility.items() if player in group}
    return replace(
        issue,
        players=group,
        actions=actions,
        options=issue.options if actions or issue.is_options else issue.outcomes,
        exact_payoffs=issue.exact_payoffs[:, inside],
        visibility=visible,
    )


def _linked(link: Link, rows: Mapping[str, Rows]) -> Link:
    if link.spillovers is None:
        return link
    first, second = (rows[name] for name in link.between)
    return replace(link, spillovers=link.spillovers[np.ix_(first, second)])


def _shared(link: Link, inside: Sequence[int]) -> Link:
    table: Any = link.spillovers
    return link if table is None else replace(link, spillovers=table[:, :, inside])


def _narrowed(rule: Constraint, rows: Mapping[str, Rows]) -> Constraint:
    """Say a constraint over the outcomes left; statements that cannot come true fall away."""
    statements = []
    for name, outcomes in rule.statements:
        left = frozenset(place for place, a in enumerate(rows[name].tolist()) if a in outcomes)
        if left:
            statements.append((name, left))
    return replace(rule, statements=tuple(statements))
