"""A draft deal judged: what it brings, what it leaves on the table, what could still be traded.

The game is looked at from the draft (:func:`bargaining.model.draft.seen_from`): whether anything
helps everyone more is then the main question asked once again.  The distance to the frontier is
the largest amount that everybody could gain on top; the nearest deal better for all raises every
gain alike (the egalitarian solution measured from the draft), so that no other deal brings each
of them at least as much as it brings to whoever gets least.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice, pairwise
from typing import Any, get_args

from bargaining.errors import InputError, VerificationError
from bargaining.geometry.exchange_rates import ExchangeRates, issue_rows
from bargaining.linkage.issue_report import IssueStatus, issue_status
from bargaining.linkage.packages import minimal_packages
from bargaining.model.deal import Deal, broken, check, gains
from bargaining.model.draft import read_draft, seen_from
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.links import Link
from bargaining.results import Number, Status, checked, in_figures, signed, with_exact
from bargaining.settlement.channels import check_plain
from bargaining.settlement.package import Deals
from bargaining.settlement.settle import settle
from bargaining.settlement.settlement import Settlement

MAX_PACKAGES = 20
SECONDS = 5.0
MAX_DENOMINATOR = 10**9
CLOSE = 1e-9
"""Gains of less than this share of the payoff range are rounding, if shares are rounded."""


@dataclass(frozen=True)
class Requirement:
    """Something that a deal must satisfy, and whether the draft does."""

    name: str
    met: bool
    detail: str


@dataclass(frozen=True)
class Move:
    """The best step that a player could still ask for on one issue.

    Attributes
    ----------
    issue, outcome : str
    change : mapping of str to number
        What every player would gain or lose by it.
    """

    issue: str
    outcome: str
    change: Mapping[str, Number]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A draft deal judged.

    Attributes
    ----------
    players : tuple of str
    deals : str
    status : Status
    gains, payoffs : mapping of str to number
        Of the draft.
    draft : mapping of str to mapping of str to number
        The draft by names.
    requirements : tuple of Requirement
    efficient : bool
        Whether nobody can gain more without another's loss.
    distance : number
        The largest amount that everyone could gain on top (0 if not everyone can).
    improvement : mapping of str to number
        What the nearest deal better for all brings on top.
    better : Settlement
        That deal, measured from the draft.
    reopen : tuple of tuple of str
        The smallest sets of issues that would have to be reopened for it.
    trades : mapping of str to str
        Per issue, what reopening it alone could do: ``mutual``, ``one_sided``, ``deadlock``,
        ``inert``.
    asks : mapping of str to tuple of Move
        Per player the moves he would still ask for, the cheapest for the others first.
    """

    players: tuple[str, ...]
    deals: Deals
    status: Status
    gains: Mapping[str, Number]
    payoffs: Mapping[str, Number]
    draft: Mapping[str, Mapping[str, Number]]
    requirements: tuple[Requirement, ...]
    efficient: bool
    distance: Number
    improvement: Mapping[str, Number]
    better: Settlement
    reopen: tuple[tuple[str, ...], ...]
    trades: Mapping[str, IssueStatus]
    asks: Mapping[str, tuple[Move, ...]]
    game: LinkageGame = field(repr=False)
    deal: Deal = field(repr=False)

    @property
    def method(self) -> str:
        """How the nearest better deal was found."""
        return self.better.method

    @property
    def tolerance(self) -> float:
        """0 when the answer is exact."""
        return self.better.tolerance

    @checked
    def verify(self) -> bool:
        """Recompute everything from the draft, and the better deal from the definitions."""
        check(self.game, self.deal)
        if tuple(self.gains.values()) != gains(self.game, self.deal):
            msg = "the draft's gains are not the stated ones"
            raise VerificationError(msg)
        again = evaluate(self.game, self.deal, deals=self.deals).to_dict()
        for name, stated in self.to_dict().items():
            if stated != again[name]:
                msg = f"the stated {name} does not follow from the draft"
                raise VerificationError(msg)
        return self.better.verify()

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; with ``exact=True`` fractions also as strings."""
        data = {
            "schema": "bargaining-evaluation/1",
            "game": self.game.name or self.game.title,
            "players": self.players,
            "deals": self.deals,
            "status": self.status,
            "draft": self.draft,
            "gains": self.gains,
            "payoffs": self.payoffs,
            "requirements": [
                {"name": r.name, "met": r.met, "detail": r.detail} for r in self.requirements
            ],
            "efficient": self.efficient,
            "distance": self.distance,
            "improvement": self.improvement,
            "better_deal": self.better.deal,
            "reopen": self.reopen,
            "trades": self.trades,
            "asks": {
                player: [
                    {"issue": m.issue, "outcome": m.outcome, "change": m.change} for m in moves
                ]
                for player, moves in self.asks.items()
            },
            "method": self.method,
            "tolerance": self.tolerance,
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        gained = ", ".join(f"{p} {in_figures(g)}" for p, g in self.gains.items())
        if self.efficient:
            return f"gains {gained}; nothing is left on the table"
        more = ", ".join(f"{p} {signed(g)}" for p, g in self.improvement.items())
        return f"gains {gained}; another deal brings {more}"


def evaluate(
    game: LinkageGame,
    deal: Deal | Mapping[str, Any],
    *,
    deals: Deals = "shares",
    together: Sequence[Mapping[str, Any]] = (),
) -> Evaluation:
    """Judge a draft deal.

    Parameters
    ----------
    game : LinkageGame
    deal : Deal or mapping
        By names: an outcome, or shares by outcome, per issue; issues left out stay at the
        status quo (see :func:`bargaining.model.draft.read_draft`).
    deals : {"shares", "pure"}
        What better deals may look like.
    together : sequence of mapping
        How issues go together, as a settlement states it; otherwise they are independent.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        If the draft does not fit the game; everything wrong is listed.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> answer = evaluate(game, {"1": "1"})
    >>> answer.gains, answer.efficient
    ({'1': Fraction(5, 1), '2': Fraction(-3, 1)}, True)
    >>> evaluate(game, {}).distance
    Fraction(9, 5)
    """
    require_game(game)
    check_plain(game, "evaluate")
    if deals not in get_args(Deals):
        msg = f'deals: expected "shares" or "pure", found "{deals}"'
        raise InputError(msg)
    draft = deal if isinstance(deal, Deal) else read_draft(game, deal, together)
    check(game, draft)
    found = gains(game, draft)
    payoffs = tuple(
        g + b for g, b in zip(found, game.reservation if game.reserved else game.base, strict=True)
    )
    legal = broken(game, draft) is None and not _mixed(game, draft)
    if legal:
        there = seen_from(game, draft)
    else:  # nothing can be reopened bit by bit from there: look at whole deals
        totals = dict(zip(game.players, payoffs, strict=True))
        channels = {**game.channels, "reservation": totals}
        there = replace(game, links=_one_table(game), channels=channels)
    better = settle(there, solution="egalitarian", deals=deals)
    slack = _slack(game, draft)
    gained = {
        player: better.gains[player] if better.gains[player] > slack[i] else Fraction(0)
        for i, player in enumerate(game.players)
    }
    gainers = [game.players[i] for i in game.interested if gained[game.players[i]] > 0]
    least = min((gained[game.players[i]] for i in game.interested), default=Fraction(0))
    return Evaluation(
        game.players,
        deals,
        Status.SOLVED if better.status != Status.NUMERICAL_TROUBLE else better.status,
        dict(zip(game.players, found, strict=True)),
        dict(zip(game.players, payoffs, strict=True)),
        draft.named(game),
        _requirements(game, draft, found),
        not gainers and better.status in (Status.NO_AGREEMENT, Status.AGREEMENT),
        max(least, Fraction(0)),
        gained,
        better,
        _reopen(there, deals) if legal and gainers else (),
        {name: _trade(there, name) for name in islice(there.issues, 10_000)} if legal else {},
        {player: _asks(there, player) for player in game.players} if legal else {},
        game,
        draft,
    )


def _slack(game: LinkageGame, draft: Deal) -> list[float]:
    """How much is rounding, in a draft whose shares were printed as decimals."""
    shares = [share for lottery in draft.shares.values() for share in lottery.values()]
    simple = all(isinstance(s, Fraction) and s.denominator <= MAX_DENOMINATOR for s in shares)
    return [0.0 if simple else CLOSE * reach for reach in game.reach]


def _mixed(game: LinkageGame, draft: Deal) -> bool:
    """Whether a constraint holds only because of how the draft ties issues together."""
    return broken(game, replace(draft, joint={})) is not None


def _one_table(game: LinkageGame) -> tuple[Link, ...] | None:
    """Open links between all issues, spillovers kept."""
    if game.links is None:
        return None
    names = list(game.issues)
    have = {frozenset(link.between) for link in game.links}
    chain = (pair for pair in pairwise(names) if frozenset(pair) not in have)
    return (*(replace(link, negotiable=True) for link in game.links), *map(Link, chain))


def _requirements(
    game: LinkageGame, draft: Deal, found: tuple[Number, ...]
) -> tuple[Requirement, ...]:
    """List what the deal must satisfy: nobody loses, and every constraint holds."""
    results = []
    for i in game.interested:
        origin = "the reservation" if game.reserved else "the status quo"
        detail = f"{signed(found[i])} over {origin}"
        results.append(Requirement(f"{game.players[i]} does not lose", found[i] >= 0, detail))
    for constraint in game.constraints:
        alone = replace(game, channels={**game.channels, "constraints": (constraint,)})
        met = broken(alone, draft) is None
        names = ", ".join(name for name, _ in constraint.statements)
        results.append(Requirement(constraint.place or "constraints", met, f"on {names}"))
    return tuple(results)


def _reopen(there: LinkageGame, deals: Deals) -> tuple[tuple[str, ...], ...]:
    search = minimal_packages(there, deals=deals, time_limit=SECONDS)
    return tuple(search.ordered(package) for package in islice(search, MAX_PACKAGES))


def _trade(there: LinkageGame, name: str) -> IssueStatus:
    columns = there.interested
    position = there.position(name)
    rates = ExchangeRates(
        tuple(there.players[i] for i in columns),
        issue_rows(there, position, columns),
        there.players,
    )
    return issue_status(rates)


def _asks(there: LinkageGame, player: str) -> tuple[Move, ...]:
    """List the moves that help a player: most gain for the others' loss first."""
    me = there.players.index(player)
    columns = tuple(range(len(there.players)))
    moves: list[tuple[Number, Move]] = []
    for name in islice(there.issues, 1_000):
        best: tuple[Number, Move] | None = None
        k = there.position(name)
        rows = issue_rows(there, k, columns)
        named = _outcome_names(there, k, rows)
        for row, outcome in zip(rows, named, strict=True):
            if row[me] <= 0:
                continue
            loss = -sum((min(v, Fraction(0)) for v in row), start=Fraction(0))
            price = loss / row[me]
            change = dict(zip(there.players, row, strict=True))
            if best is None or price < best[0]:
                best = (price, Move(name, outcome, change))
        if best is not None:
            moves.append(best)
    moves.sort(key=lambda item: item[0])
    return tuple(move for _, move in moves)


def _outcome_names(there: LinkageGame, issue: int, rows: tuple[Any, ...]) -> list[str]:
    """Name the outcome that each of an issue's distinct rows of gains comes from."""
    labels = there.issues[there.issue_names[issue]].outcomes
    names: dict[Any, str] = {}
    for a, label in enumerate(labels):
        row = gains(there, _one(there, issue, a))
        names.setdefault(tuple(row), label)
    return [names[tuple(row)] for row in rows]


def _one(there: LinkageGame, issue: int, outcome: int) -> Deal:
    outcomes = there.origin.copy()
    outcomes[issue] = outcome
    return Deal(outcomes)
