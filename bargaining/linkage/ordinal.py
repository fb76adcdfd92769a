"""What the order of the outcomes alone says: linking helps for every, some or no payoffs with it.

Two players, shares, payoffs that add up.  Known is, per issue and player, how the outcomes and
the status quo are ranked, ties included; stretching the part above the status quo, or the part
below, keeps the order.  By the signs of the two gains an outcome is (+,+), (+,0), (+,-), (0,+),
(-,+) or helps nobody, and an issue is one of

    always mutual  (+,+); or (+,0) with (0,+) or (-,+); or (0,+) with (+,-): mixing them helps both
    free 1, free 2 (+,0), and nothing helps 2: its rates are {0}; (0,+), nothing helps 1: {1}
    left, right    (+,-) only: [0, h]; (-,+) only: [l, 1]; h, l anything in (0, 1)
    contested      both (+,-) and (-,+): h and l anything in (0, 1) independently of each other,
                   since h depends on 1's upper and 2's lower part and l on the other two
    inert          [0, 1]

Claim.  Let D: no issue is always mutual, and not both a free 1 and a free 2 issue exist.
*Some* payoffs let linking break the deadlock iff D and a package holds two issues of which one is
free 1, left or contested and the other free 2, right or contested.  *Every* payoffs do iff D, no
issue is contested, and a package holds a free 1 and a right issue, or a free 2 and a left one.

Proof.  Without D delinked bargaining works for all payoffs.  With D, it fails once contested
issues have l <= h; so deadlocks remain, and linked bargaining works iff the rates of a package are
empty (one package that has {0} left and another {1} would need both kinds of free issues), that
is, iff two of its intervals are disjoint: possible by choice of ends exactly for the pairs named,
and unavoidable exactly for {0} with [l, 1], {1} with [0, h].  {0} with a contested issue is
disjoint too, but payoffs that make the contested issue mutual let delinked bargaining work.
"""

from __future__ import annotations

from typing import Any, Literal

from bargaining.linkage.attains import is_plain
from bargaining.model.agenda import parse_agenda
from bargaining.model.game import LinkageGame

Ordinal = Literal["every", "some", "none"]
Kind = Literal["mutual", "free 1", "free 2", "left", "right", "contested", "inert"]
LEFT, RIGHT = {"free 1", "left", "contested"}, {"free 2", "right", "contested"}


def ordinal(game: LinkageGame) -> Ordinal | None:
    """Say for which payoffs with the game's order linking breaks the deadlock.

    Returns
    -------
    {"every", "some", "none"} or None
        None where this is not known: other than two players with a stake, or payoffs that do
        not simply add up.

    Examples
    --------
    >>> ordinal(LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]]))
    'some'
    >>> ordinal(LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, 0]]]))
    'every'
    """
    if len(game.interested) < 2 and not game.reserved:
        return "none"
    if not is_plain(game):
        return None
    kinds = [_kind(game, k) for k in range(len(game.issues))]
    if "mutual" in kinds or {"free 1", "free 2"} <= set(kinds):
        return "none"
    some = every = False
    for package in parse_agenda(game, "linked").packages:
        found = [kinds[k] for k in package]
        lefts, rights = sum(k in LEFT for k in found), sum(k in RIGHT for k in found)
        alone = found.count("contested") == lefts == rights == 1
        some |= lefts > 0 and rights > 0 and not alone
        every |= {"free 1", "right"} <= set(found) or {"free 2", "left"} <= set(found)
    if every and "contested" not in kinds:
        return "every"
    return "some" if some else "none"


def _kind(game: LinkageGame, issue: int) -> Kind:
    flat = game.flat
    one, two = game.interested
    rows = flat.values[flat.offsets[issue] : flat.offsets[issue + 1]]
    signs = {(_sign(row[one]), _sign(row[two])) for row in rows}
    free = ((1, 0) in signs, (0, 1) in signs)
    paid = ((1, -1) in signs, (-1, 1) in signs)
    if (1, 1) in signs or (free[0] and (free[1] or paid[1])) or (free[1] and paid[0]):
        return "mutual"
    if free[0] or free[1]:
        return "free 1" if free[0] else "free 2"
    if all(paid):
        return "contested"
    if any(paid):
        return "left" if paid[0] else "right"
    return "inert"


def _sign(value: Any) -> int:
    return int(value > 0) - int(value < 0)
