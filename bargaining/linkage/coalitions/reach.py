"""What a coalition's deals do to everyone: the game its members settle, and the way back.

The members choose among the outcomes open to them and count their own payoffs only; the deal they
find is then carried out in the whole game, where outsiders gain or lose by it too.  Outsiders
either keep to their status-quo acts or answer every outcome with their best replies to the members'
acts there: a Nash equilibrium in pure acts among the outsiders, issue by issue (what spills over
between issues is not foreseen).  Of several such equilibria the status quo is taken if it is one,
otherwise the first; where there is none they keep to the status quo.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, NotDefinedError, NotSupportedError
from bargaining.linkage.coalitions.sub_game import consents, reachable
from bargaining.model.constraints import Constraint
from bargaining.model.deal import Deal, gains, status_quo
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.links import Link
from bargaining.model.transfers import NAME as PAYMENTS
from bargaining.results import Number
from bargaining.settlement.channels import check_plain

Replies = Literal["status_quo", "best_reply"]
MAX_ISSUES = 1_000
"""Issues up to which coalitions without side payments are looked at."""


@dataclass(frozen=True, eq=False)
class Reach:
    """The deals open to some players.

    Attributes
    ----------
    game : LinkageGame
        The whole game.
    members : tuple of str
        Who settles.
    rows : tuple of ndarray of int
        Per issue, the outcomes open to them.
    inner : LinkageGame
        The game they settle: those outcomes as joint options, payoffs of those who count, measured
        from what happens if the members keep to the status quo.
    unsettled : tuple of str
        Issues in which the outsiders' best replies are several, or none is stable.
    """

    game: LinkageGame = field(repr=False)
    members: tuple[str, ...]
    rows: tuple[NDArray[np.intp], ...] = field(repr=False)
    inner: LinkageGame = field(repr=False)
    unsettled: tuple[str, ...] = ()

    @cached_property
    def open_issues(self) -> tuple[int, ...]:
        """Positions of the issues in which there is something to choose."""
        return tuple(k for k, rows in enumerate(self.rows) if len(rows) > 1)

    @cached_property
    def start(self) -> tuple[Number, ...]:
        """Everybody's gains while the members keep to the status quo; 0 unless outsiders move."""
        return gains(self.game, self.carried_out(Deal(status_quo(self.inner))))

    def carried_out(self, deal: Deal) -> Deal:
        """Return a deal of the inner game as a deal of the whole game."""
        full = status_quo(self.inner)
        full[slice(None) if deal.issues is None else deal.issues] = deal.outcomes
        outcomes = np.array([rows[a] for rows, a in zip(self.rows, full, strict=True)])
        shares = {
            k: {int(self.rows[k][a]): share for a, share in lottery.items()}
            for k, lottery in deal.shares.items()
        }
        joint = {
            scope: {
                tuple(int(self.rows[k][a]) for k, a in zip(scope, chosen, strict=True)): share
                for chosen, share in lottery.items()
            }
            for scope, lottery in deal.joint.items()
        }
        return Deal(outcomes, shares, joint)


def reach(
    game: LinkageGame,
    members: Collection[str],
    *,
    counted: Collection[str] | None = None,
    outsiders: Replies = "status_quo",
) -> Reach:
    """Return what a coalition can bring about.

    Parameters
    ----------
    game : LinkageGame
    members : collection of str
        Who can act and give consent.
    counted : collection of str, optional
        Whose payoffs count in the game that is settled; by default the members'.
    outsiders : {"status_quo", "best_reply"}

    Returns
    -------
    Reach

    Examples
    --------
    >>> import bargaining as bg
    >>> found = reach(bg.load("us_mexico/guns_for_fentanyl"), ["us"])
    >>> [len(rows) for rows in found.rows]
    [2, 1]
    """
    group = tuple(player for player in game.players if player in members)
    who = [player in (group if counted is None else counted) for player in game.players]
    rows, starts, unsettled = [], [], []
    needed = consents(game)
    for name, issue in game.issues.items():
        open_rows, clear = _open(issue, group, needed.get(name, ()), outsiders)
        rows.append(open_rows)
        starts.append(_start(issue, open_rows, group))
        if not clear:
            unsettled.append(name)
    mask = np.array([Fraction(int(w)) for w in who], dtype=object)
    table = dict(zip(game.issues, zip(rows, starts, strict=True), strict=True))
    channels = {}
    if rules := tuple(_narrowed(rule, table) for rule in game.constraints):
        channels["constraints"] = tuple(rule for rule in rules if not rule.vacuous)
    inner = LinkageGame(
        game.players,
        {
            name: Issue(
                name,
                game.players,
                {},
                tuple(issue.outcomes[a] for a in table[name][0].tolist()),
                issue.exact_payoffs[table[name][0]] * mask,
                table[name][1],
                issue.title,
            )
            for name, issue in game.issues.items()
        },
        None if game.links is None else tuple(_linked(x, table, mask) for x in game.links),
        title=game.title,
        name=game.name,
        channels=channels,
    )
    return Reach(game, group, tuple(rows), inner, tuple(unsettled))


def same_deals(one: Reach, other: Reach) -> bool:
    """Whether the same deals are open in two descriptions, with the same payoffs and rules."""
    left, right = one.inner, other.inner
    rows = len(one.rows) == len(other.rows) and all(
        np.array_equal(a, b) for a, b in zip(one.rows, other.rows, strict=True)
    )
    pairs = len(left.interactions) == len(right.interactions) and all(
        (a.first, a.second) == (b.first, b.second) and np.array_equal(a.values, b.values)
        for a, b in zip(left.interactions, right.interactions, strict=True)
    )
    return (
        rows
        and pairs
        and left.flat.denominators == right.flat.denominators
        and np.array_equal(left.flat.values, right.flat.values)
        and np.array_equal(left.origin, right.origin)
        and left.constraints == right.constraints
        and left.channels.get("vetoes") == right.channels.get("vetoes")
    )


def check_coalitional(game: LinkageGame, question: str, outsiders: str = "status_quo") -> None:
    """Refuse games whose coalitions' deals are not defined, and unknown conventions.

    Raises
    ------
    InputError, NotDefinedError, NotSupportedError
    """
    if outsiders not in get_args(Replies):
        known = '"status_quo" or "best_reply"'
        msg = f"outsiders: expected {known} without side payments, found {outsiders!r}"
        raise InputError(msg)
    called = game.name or "the game"
    if game.channels.get("worth"):
        msg = (
            f"{called}: {question}: expected a game without [worth], since stated worths do not "
            "say which deals are open to whom; remove [worth]"
        )
        raise InputError(msg)
    if game.reserved:
        msg = (
            f"{called}: {question}: not defined: the game states reservation totals, and no "
            "status quo to which outsiders could keep; give each issue a status quo"
        )
        raise NotDefinedError(msg)
    check_plain(game, question)
    if game.draws:
        msg = (
            f"{called}: {question} is not worked out for a game with [[types]]; leave the private "
            "types out"
        )
        raise NotSupportedError(msg)
    if not game.flat.exact:
        msg = (
            f"{called}: {question}: too many payoffs are no whole numbers to be added up exactly; "
            "multiply them until they are whole, and round"
        )
        raise NotSupportedError(msg)
    if len(game.issues) > MAX_ISSUES:
        msg = (
            f"{called}: {question}: expected at most {MAX_ISSUES:,} issues, found "
            f"{len(game.issues):,}; take issues off the table"
        )
        raise NotSupportedError(msg)
    if outsiders == "best_reply" and game.constraints:
        msg = (
            f'{called}: {question}: outsiders="best_reply" is not worked out with '
            "[[constraints]], which say what may be agreed, not what outsiders do; ask with "
            'outsiders="status_quo"'
        )
        raise NotSupportedError(msg)


def _open(
    issue: Issue, members: tuple[str, ...], consent: Collection[str], outsiders: Replies
) -> tuple[NDArray[np.intp], bool]:
    """Return the outcomes open to the members, and whether the outsiders' replies are clear."""
    if issue.is_options and issue.name == PAYMENTS:
        aside = [i for i, player in enumerate(issue.players) if player not in members]
        rest = issue.exact_payoffs[:, aside] == 0
        return np.flatnonzero(rest.all(axis=1)), True
    if issue.is_options or outsiders == "status_quo":
        return reachable(issue, members, consent), True
    return _answered(issue, members)


def _answered(issue: Issue, members: tuple[str, ...]) -> tuple[NDArray[np.intp], bool]:
    """Return per joint act of the members the outcome that the outsiders' replies make of it."""
    shape, origin = issue.shape, np.unravel_index(issue._origin(), issue.shape)
    mine = [axis for axis, player in enumerate(issue.actions) if player in members]
    rest = [axis for axis in range(len(shape)) if axis not in mine]
    stable = np.ones(shape, dtype=bool)
    for axis, player in enumerate(issue.actions):
        if axis in rest:
            place = issue.players.index(player)
            payoffs = issue.exact_payoffs[:, place].reshape(shape)
            stable &= payoffs == payoffs.max(axis=axis, keepdims=True)
    order = [*mine, *rest]
    count = int(np.prod([shape[axis] for axis in mine], dtype=np.intp))
    stable = stable.transpose(order).reshape(count, -1)
    cells = np.arange(issue.size).reshape(shape).transpose(order).reshape(count, -1)
    sizes = [shape[axis] for axis in rest]
    still = int(np.ravel_multi_index([int(origin[axis]) for axis in rest], sizes)) if rest else 0
    settled = stable[:, still] | ~stable.any(axis=1)
    reply = np.where(settled, still, stable.argmax(axis=1))
    alone = stable.sum(axis=1) == 1
    return np.sort(cells[np.arange(count), reply]), bool(alone.all())


def _start(issue: Issue, rows: NDArray[np.intp], members: tuple[str, ...]) -> int:
    """Return which open outcome there is while the members keep to the status quo."""
    origin = issue._origin()
    if origin in rows:
        return int(np.searchsorted(rows, origin))
    axes = [axis for axis, player in enumerate(issue.actions) if player in members]
    places, kept = np.unravel_index(rows, issue.shape), np.unravel_index(origin, issue.shape)
    same = np.ones(len(rows), dtype=bool)
    for axis in axes:
        same &= places[axis] == kept[axis]
    return int(np.flatnonzero(same)[0])


Table = Mapping[str, tuple[NDArray[np.intp], int]]


def _linked(link: Link, table: Table, mask: NDArray[Any]) -> Link:
    if link.spillovers is None:
        return link
    first, second = (table[name][0] for name in link.between)
    return replace(link, spillovers=link.spillovers[np.ix_(first, second)] * mask)


def _narrowed(rule: Constraint, table: Table) -> Constraint:
    """Give the outcomes of a constraint their new numbers."""
    statements = []
    for name, outcomes in rule.statements:
        left = [place for place, a in enumerate(table[name][0].tolist()) if a in outcomes]
        if left:
            statements.append((name, frozenset(left)))
    return replace(rule, statements=tuple(statements))


def in_order(players: Sequence[str], members: Collection[str]) -> tuple[str, ...]:
    """Return a coalition in the players' order."""
    return tuple(player for player in players if player in members)
