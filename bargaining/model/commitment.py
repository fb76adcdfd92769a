"""Conditional acts between two issues, in one-shot play: ``[commitment] pairs = [["a", "b"]]``.

A favour that nobody does alone can be done through an escrow or a clearing house: "I act iff you
act".  To *act* in a pair of issues is to leave one's status quo action in at least one of them.
The pair becomes one issue in which each player who can act there chooses

* one of his plain strategies, an action in each of the pair's issues where he acts, or
* a conditional act, one for every plain strategy that leaves his status quo: it is carried out if
  every other player who can act in the pair acts, otherwise he stays at his status quo.

Conditional acts that meet are all carried out: each waits only for the others, and the clearing
house executes whatever is consistent with everyone's instructions.  So conditional acts are
carried out iff all plain strategies chosen with them are acts.  In the favour game (guns for
fentanyl) two conditional acts are an equilibrium with the gains of the exchange, beside the one in
which nobody acts (Kalai, Kalai, Lehrer and Samet 2010; Tennenholtz 2004).

This concerns what the players do without an agreement.  Exchange, frontiers and settlements read
the game as it stands: whatever conditional acts bring about, a deal can name.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, NotDefinedError
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.links import Link

SUFFIX = "iff the others act"
SUFFIX_FOR_TWO = "iff the other acts"
NAMING_ISSUES = ("commitment", "constraints", "vetoes", "types")
"""Channels that name issues; none of them says what can be done without an agreement."""


MAX_PLAYS = 200_000
"""The most combinations of strategies in a pair."""


def name_of(first: str, second: str) -> str:
    """Return the name of the issue that a pair becomes.

    >>> name_of("guns", "fentanyl")
    'guns & fentanyl'
    """
    return f"{first} & {second}"


def with_commitment(game: LinkageGame) -> LinkageGame:
    """Return the game in which each pair of ``[commitment]`` is one issue with conditional acts.

    Parameters
    ----------
    game : LinkageGame
        Returned as it is if it has no such pair; pairs of which an issue is off the table count
        no longer.

    Returns
    -------
    LinkageGame
        For questions of one-shot play: constraints on agreements and vetoes are left out.

    Examples
    --------
    >>> guns = Issue.normal_form("guns", ["us", "mexico"], {"us": ["wait", "check"]},
    ...     {"us": [0, -4], "mexico": [0, 6]}, status_quo={"us": "wait"})
    >>> labs = Issue.normal_form("labs", ["us", "mexico"], {"mexico": ["wait", "raid"]},
    ...     {"us": [0, 5], "mexico": [0, -3]}, status_quo={"mexico": "wait"})
    >>> game = LinkageGame(["us", "mexico"], [guns, labs],
    ...     channels={"commitment": {"pairs": (("guns", "labs"),)}})
    >>> with_commitment(game).issues["guns & labs"].actions["us"]
    ('wait', 'check', 'check iff the other acts')
    """
    table: Mapping[str, Any] = game.channels.get("commitment") or {}
    pairs = [pair for pair in table.get("pairs", ()) if all(k in game.issues for k in pair)]
    for first, second in pairs:
        game = _merged(game, first, second)
    return game


def can_act(issues: Sequence[Issue]) -> list[str]:
    """List the players who have something else to do than their status quo in some issues."""
    players = issues[0].players
    return [p for p in players if any(len(issue.actions.get(p, ())) > 1 for issue in issues)]


def check_plays(issues: Sequence[Issue]) -> None:
    """Raise InputError if a pair with its conditional acts is too large.

    A player has his plain strategies and one more per act: 2m - 1 for m plain ones.
    """
    plays = 1
    for player in can_act(issues):
        plain = math.prod(len(issue.actions.get(player, ("",))) for issue in issues)
        plays *= 2 * plain - 1
    if plays > MAX_PLAYS:
        msg = (
            f"commitment: expected at most {MAX_PLAYS:,} combinations of strategies in a pair, "
            f"found {plays:,} in {' and '.join(issue.name for issue in issues)}"
        )
        raise InputError(msg)


@dataclass(frozen=True)
class _Strategy:
    """What a player can choose in a pair: an action per issue where he acts."""

    label: str
    actions: tuple[int | None, ...]
    acts: bool
    conditional: bool = False


def _merged(game: LinkageGame, first: str, second: str) -> LinkageGame:
    pair = (game.issues[first], game.issues[second])
    able = _able(pair)
    check_plays(pair)
    strategies = [_strategies(pair, player, len(able)) for player in able]
    shape = tuple(len(mine) for mine in strategies)
    ends = np.zeros((*shape, 2), dtype=np.intp)
    for place in np.ndindex(*shape):
        chosen = [mine[i] for mine, i in zip(strategies, place, strict=True)]
        executed = all(s.acts for s in chosen if not s.conditional)
        done = [
            s if executed or not s.conditional else mine[0]
            for s, mine in zip(chosen, strategies, strict=True)
        ]
        for side, issue in enumerate(pair):
            actions = {p: s.actions[side] for p, s in zip(able, done, strict=True)}
            positions = [actions.get(p) or 0 for p in issue.actions]
            ends[(*place, side)] = np.ravel_multi_index(positions, issue.shape)
    ends = ends.reshape(-1, 2)
    payoffs = pair[0].exact_payoffs[ends[:, 0]] + pair[1].exact_payoffs[ends[:, 1]]
    links: list[Link] = []
    for link in game.links or ():
        inside = [k for k in link.between if k in (first, second)]
        if len(inside) == 1:
            ending = ends[:, int(inside[0] == second)]
            links.append(_moved(link, inside[0], name_of(first, second), ending))
        elif not inside:
            links.append(link)
        elif link.spillovers is not None:
            order = [link.between.index(first), link.between.index(second)]
            table = link.spillovers.transpose(*order, 2)
            payoffs = payoffs + table[ends[:, 0], ends[:, 1]]
    merged = Issue(
        name_of(first, second),
        game.players,
        {p: tuple(s.label for s in mine) for p, mine in zip(able, strategies, strict=True)},
        (),
        payoffs,
        0,
        " and ".join(issue.title or issue.name for issue in pair),
    )
    listed = {k: merged if k == first else issue for k, issue in game.issues.items() if k != second}
    return replace(
        game,
        issues={issue.name: issue for issue in listed.values()},
        links=None if game.links is None else _joined(links),
        channels={k: v for k, v in game.channels.items() if k not in NAMING_ISSUES},
    )


def _able(pair: Sequence[Issue]) -> list[str]:
    """Return the players who can act in a pair of issues; at least two are needed."""
    for issue in pair:
        if issue.is_options:
            msg = (
                f"commitment: expected issues in which players act; {issue.name} is a list of "
                "joint options, which nobody can carry out alone"
            )
            raise NotDefinedError(msg)
    able = can_act(pair)
    if len(able) < 2:
        msg = (
            f"commitment: expected at least two players who can act in {pair[0].name} and "
            f"{pair[1].name}, found {', '.join(able) or 'none'}"
        )
        raise NotDefinedError(msg)
    return able


def _strategies(pair: Sequence[Issue], player: str, able: int) -> list[_Strategy]:
    """List a player's strategies: the status quo, the other plain ones, the conditional ones."""
    origins = [_origin(issue, player) for issue in pair]
    ranges = [
        [None] if origin is None else range(len(issue.actions[player]))
        for issue, origin in zip(pair, origins, strict=True)
    ]
    plain = []
    for actions in itertools.product(*ranges):
        labels = [
            issue.actions[player][a]
            for issue, a in zip(pair, actions, strict=True)
            if a is not None and len(issue.actions[player]) > 1
        ]
        plain.append(_Strategy(" + ".join(labels), actions, list(actions) != origins))
    plain.sort(key=lambda s: s.acts)
    suffix = SUFFIX_FOR_TWO if able == 2 else SUFFIX
    conditional = [_Strategy(f"{s.label} {suffix}", s.actions, True, True) for s in plain if s.acts]
    return [*plain, *conditional]


def _origin(issue: Issue, player: str) -> int | None:
    """Return a player's action at the status quo; None if he has nothing to do."""
    if player not in issue.actions:
        return None
    places = np.unravel_index(issue.outcome(issue.status_quo), issue.shape)
    return int(places[list(issue.actions).index(player)])


def _moved(link: Link, issue: str, name: str, ends: NDArray[np.intp]) -> Link:
    """Return a link of one issue of a pair as one of the merged issue, named first."""
    other = link.between[1 - link.between.index(issue)]
    table = link.spillovers
    if table is not None:
        table = table if link.between[0] == issue else table.transpose(1, 0, 2)
        table = table[ends]
    return Link((name, other), link.negotiable, table)


def _joined(links: Sequence[Link]) -> tuple[Link, ...]:
    """Make one link of those between the same two issues: their spillovers add up."""
    found: dict[frozenset[str], Link] = {}
    for link in links:
        key = frozenset(link.between)
        if key not in found:
            found[key] = link
            continue
        before = found[key]
        table = link.spillovers
        if table is not None and link.between != before.between:
            table = table.transpose(1, 0, 2)
        if table is not None and before.spillovers is not None:
            table = before.spillovers + table
        elif table is None:
            table = before.spillovers
        found[key] = Link(before.between, before.negotiable or link.negotiable, table)
    return tuple(found.values())
