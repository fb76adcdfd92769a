"""The answer key of a role play: the frontier, and what theory expects of both treatments."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice

from bargaining.errors import (
    BargainingError,
    NotDefinedError,
    NotSupportedError,
    SolverError,
)
from bargaining.files.class_deals import treatments_of
from bargaining.linkage.at_home import net_gains, passes, undominated_rows
from bargaining.linkage.comparison import Linkage
from bargaining.linkage.left_on_table import MAX_PURE, YARDSTICK, legal_deals, passing_deals
from bargaining.linkage.roleplay import Named
from bargaining.linkage.verdict import solve
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.frontier import frontier
from bargaining.settlement.package import Deals
from bargaining.settlement.settle import settle
from bargaining.settlement.settlement import Settlement

UNSOLVED = (NotDefinedError, NotSupportedError, SolverError)
CONCEPTS = ("nash", "egalitarian", "utilitarian")
MAX_POINTS = 400
MAX_PACKAGES = 20


@dataclass(frozen=True, eq=False)
class FrontierDeal:
    """A deal of one outcome per issue that no other beats."""

    gains: Mapping[str, Number]
    deal: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class AnswerKey:
    """What the teacher knows beforehand.

    Attributes
    ----------
    verdict : Linkage or None
        What linking changes, by the Nash solution; None where it could not be worked out.
    settlements : mapping of str to mapping of str to Settlement
        By concept, then agenda: those that the game can be negotiated by.
    points : tuple of FrontierDeal
        The frontier of deals of one outcome per issue, or a part of it where it is long.
    count : int
        How many points there are in all.
    line : tuple of (number, number)
        Corners of the frontier with shares, for two players with a stake.
    minimal_packages : tuple of tuple of str
    failing : int
        How many more deals of one outcome per issue no other beats, but fail at home.
    shares_needed : bool
        Whether only deals in shares help everyone.
    left_out : tuple of str
        What could not be worked out, and why.
    """

    game: LinkageGame = field(repr=False)
    deals: Deals
    verdict: Linkage | None
    settlements: Mapping[str, Mapping[str, Settlement]]
    points: tuple[FrontierDeal, ...]
    count: int
    failing: int
    line: tuple[tuple[Number, ...], ...]
    minimal_packages: tuple[tuple[str, ...], ...]
    shares_needed: bool
    left_out: tuple[str, ...] = ()


def answer_key(game: LinkageGame, *, deals: Deals = "pure") -> AnswerKey:
    """Work out the answer key of a role play.

    Parameters
    ----------
    game : LinkageGame
    deals : {"shares", "pure"}
        What the class may agree on.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> key = answer_key(game)
    >>> [tuple(point.gains.values())[0] for point in key.points]
    [Fraction(-4, 1), Fraction(1, 1), Fraction(5, 1)]
    """
    left_out = []
    try:
        found = solve(game, deals=deals)
    except UNSOLVED as error:
        found = None
        left_out.append(f"nash: {error}")
    settlements: dict[str, dict[str, Settlement]] = {concept: {} for concept in CONCEPTS}
    for concept, agenda in itertools.product(CONCEPTS, treatments_of(game)):
        if concept == "nash" and found is not None:
            settlements[concept][agenda] = found.agendas[agenda]
            continue
        try:
            answer = settle(game, solution=concept, agenda=agenda, deals=deals)
        except UNSOLVED as error:
            left_out.append(f"{concept}, {agenda}: {error}")
        else:
            settlements[concept][agenda] = answer
    points, count, failing = _points(game)
    if game.ratification and not count:
        left_out.append(f"frontier: more than {MAX_PURE:,} deals of one outcome per issue")
    linked = settlements["nash"].get("linked")
    needed = (
        deals == "pure"
        and linked is not None
        and not linked.mutual_gain
        and settle(game).mutual_gain
    )
    return AnswerKey(
        game,
        deals,
        None if found is None else found.verdict,
        settlements,
        points,
        count,
        failing,
        _line(game),
        () if found is None else found.minimal_packages[:MAX_PACKAGES],
        needed,
        tuple(left_out),
    )


def _points(game: LinkageGame) -> tuple[tuple[FrontierDeal, ...], int, int]:
    """Return the frontier of deals of one outcome per issue, net of what they cost at home.

    Beside it how many there are, and how many of the undominated deals fail at home.
    """
    failing = 0
    if game.ratification:
        deals, rows = passing_deals(game, YARDSTICK)
        failing = _failing(game)
        stakes = [tuple(row[i] for i in game.interested) for row in rows]
        kept = sorted(undominated_rows(stakes), key=lambda j: stakes[j])
        named = [deals[j].named(game) for j in kept]
        gains = [rows[j] for j in kept]
        outcomes = [{k: next(iter(shares)) for k, shares in deal.items()} for deal in named]
        count = len(kept)
    else:
        pure = frontier(game, deals="pure")
        count = len(pure)
        start = game.reservation if game.reserved else (Fraction(0),) * len(game.players)
        outcomes = list(islice(pure.witnesses(), MAX_POINTS))
        gains = [
            tuple(g - s for g, s in zip(pure.point(i), start, strict=True))
            for i in range(len(outcomes))
        ]
    return (
        tuple(
            FrontierDeal(dict(zip(game.players, row, strict=True)), deal)
            for row, deal in islice(zip(gains, outcomes, strict=True), MAX_POINTS)
        ),
        count,
        failing,
    )


def _failing(game: LinkageGame) -> int:
    """Count the deals that no other deal beats, but that fail at home."""
    deals = legal_deals(game)
    nets = [net_gains(game, deal, YARDSTICK) for deal in deals]
    kept = undominated_rows([tuple(net[i] for i in game.interested) for net in nets])
    return sum(
        not (deals[j].outcomes == game.origin).all() and not passes(game, deals[j], YARDSTICK)
        for j in kept
    )


def _line(game: LinkageGame) -> tuple[tuple[Number, ...], ...]:
    """Return the corners of the frontier with shares; none where it is not a line or not known."""
    if len(game.interested) != 2 or game.ratification:
        return ()
    try:
        found = frontier(game)
    except (NotDefinedError, BargainingError):
        return ()
    start = game.reservation if game.reserved else (Fraction(0),) * len(game.players)
    return tuple(
        tuple(found.point(i)[k] - start[k] for k in game.interested)
        for i in range(min(len(found), MAX_POINTS))
    )


def shown_deal(settlement: Settlement) -> Named:
    """Return the deal of a settlement, only the issues that leave the status quo."""
    game = settlement.game
    return {
        name: shares
        for name, shares in settlement.deal.items()
        if game.reserved or dict(shares) != {game.issues[name].status_quo: 1}
    }
