"""The other direction: given a deadlock, the least change of one kind that breaks it, or keeps it.

``payments``
    side payments outside the issues (:mod:`.payments`)
``benefits``
    an extra benefit on a link or an outcome (:mod:`.benefits`)
``visibility``
    a cut in what shows at home (:mod:`.visibility`)
``patience``
    a discount factor at which promises last (:mod:`.patience`)
``links``
    links to open, each at a cost; to keep the deadlock, links to close (:mod:`.links`)

"Breaks the deadlock" means that the linked agenda attains mutual gain: a deal strictly better for
every player with a stake.  Every answer carries the proof that less does not do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from bargaining.errors import InputError, NotSupportedError
from bargaining.linkage.design.answer import Design, Goal, Means, NothingToDo, Proof
from bargaining.linkage.design.table import Table, check_game
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.spelling import suggestion
from bargaining.model.transfers import check_payments, without_transfers
from bargaining.settlement.package import Deals

KEEPS = ("links", "patience", "visibility")
"""Means by which a deadlock can be kept."""
PURE = ("payments", "links")
"""Means that are known for all-or-nothing acts."""


def design(
    game: LinkageGame,
    *,
    goal: Goal = "break",
    by: Means = "payments",
    deals: Deals = "shares",
    deal: Mapping[str, Any] | None = None,
    player: str | None = None,
    cost: Mapping[tuple[str, str], Any] | None = None,
    time_limit: float = 60.0,
) -> Design:
    """Find the least change of one kind that breaks a deadlock, or keeps it.

    Parameters
    ----------
    game : LinkageGame
    goal : {"break", "keep"}
        ``keep`` goes with links, patience and visibility.
    by : {"payments", "benefits", "visibility", "patience", "links"}
    deals : {"shares", "pure"}
        ``pure`` goes with payments and links.
    deal : mapping of issue name to outcome, optional
        For payments: the deal to carry out, as for :func:`evaluate`; by default the one with
        the largest total gain.
    player : str, optional
        For visibility: whose; by default all players with a premium or cap at once.
    cost : mapping of two issue names to number, optional
        For links: what opening (closing) each costs; 1 unless stated.
    time_limit : float
        For links: seconds of search, after which the status is ``limit_reached``.

    Returns
    -------
    Design

    Raises
    ------
    InputError, NotDefinedError, NotSupportedError
        If an argument is wrong, or the game does not say what the means needs.

    Examples
    --------
    >>> from bargaining import load
    >>> game = load("us_mexico/guns_for_fentanyl", parameters={"a": "1/5"})
    >>> found = design(game, by="benefits")
    >>> found.cost, found.changes[0]["outcomes"], found.changes[0]["to"]
    (Fraction(6, 5), {'guns': 'egress checks'}, ('mexico',))
    """
    require_game(game)
    _check_choices(goal, by, deals)
    if deal is not None and by != "payments":
        msg = f"deal: expected none by {by}; a deal to carry out goes with payments"
        raise InputError(msg)
    if player is not None and by != "visibility":
        msg = f"player: expected none by {by}; whose visibility is cut goes with visibility"
        raise InputError(msg)
    if player is not None and player not in game.players:
        msg = f"player: expected one of {', '.join(game.players)}, found {player!r}"
        raise InputError(msg)
    if cost is not None and by != "links":
        msg = f"cost: expected none by {by}; costs go with links"
        raise InputError(msg)
    check_game(game, f"design by {by}", vetoes=by in ("visibility",))
    proof = _proof(game, goal, by, deals, deal, player, cost, time_limit)
    return Design.of(game, goal, by, deals, proof)


def _proof(
    game: LinkageGame,
    goal: Goal,
    by: Means,
    deals: Deals,
    deal: Mapping[str, Any] | None,
    player: str | None,
    cost: Mapping[tuple[str, str], Any] | None,
    time_limit: float,
) -> Proof:
    """Ask the means for its proof, unless the game stands as the goal asks."""
    if by == "patience":
        from bargaining.linkage.design.patience import patience

        return patience(game, goal=goal)
    bare = without_transfers(game) if by == "payments" else game
    if by != "payments":
        check_payments(game, deals)
    if by == "links":
        from bargaining.linkage.design.links import links

        return links(game, goal=goal, deals=deals, cost=cost, seconds=time_limit)
    if deal is None and Table(bare, deals).linked() == (goal == "break"):
        return NothingToDo(goal, deals)
    if by == "payments":
        from bargaining.linkage.design.payments import payments

        return payments(game, deals=deals, deal=deal)
    if by == "benefits":
        from bargaining.linkage.design.benefits import benefits

        return benefits(game)
    from bargaining.linkage.design.visibility import visibility

    return visibility(game, goal=goal, player=player)


def _check_choices(goal: str, by: str, deals: str) -> None:
    """Refuse what is misspelt, and combinations that are not answered."""
    for name, value, kind in (("goal", goal, Goal), ("by", by, Means), ("deals", deals, Deals)):
        choices = get_args(kind)
        if value not in choices:
            hint = suggestion(str(value), choices)
            msg = f'{name}: expected one of {", ".join(choices)}, found "{value}"{hint}'
            raise InputError(msg)
    if goal == "keep" and by not in KEEPS:
        msg = (
            f'goal "keep" by {by}: not answered, since what is given to a player never takes a '
            f"deal away; a deadlock is kept by {', '.join(KEEPS)} (or by keeping issues off the "
            "table: agenda --control)"
        )
        raise NotSupportedError(msg)
    if deals == "pure" and by not in PURE:
        msg = f'deals "pure" by {by}: not answered; all-or-nothing acts go with {", ".join(PURE)}'
        raise NotSupportedError(msg)
