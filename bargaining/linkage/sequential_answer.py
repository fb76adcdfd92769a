"""What sequential bargaining leads to, and the check that nobody gains by a single departure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from bargaining.errors import VerificationError
from bargaining.geometry.frontier import PlanarFrontier, Position
from bargaining.geometry.support import support
from bargaining.linkage.alternating_offers import Pair, Play, Plays, Round
from bargaining.model.deal import Deal, check, gains
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status, checked, in_figures, with_exact

MAX_PERIODS = 1_000


@dataclass(frozen=True, eq=False)
class Proposal:
    """What a player offers when it is his turn.

    Attributes
    ----------
    deal : Deal or None
        None where he waits.
    point : pair or None
        Gains of both from the deal itself.
    weights : pair
        At these weights no deal of the package is worth more than the support function says,
        which bounds what an acceptable deal can give the proposer.
    """

    deal: Deal | None
    point: Pair | None
    weights: Pair


@dataclass(frozen=True, eq=False)
class Stage:
    """One package and how it is bargained over, whoever proposes.

    Attributes
    ----------
    package : tuple of int
    round : Round
    values : pair of pairs
        What both get from here on, when the first or the second player proposes.
    proposals : pair of Proposal
    unique : bool
        Whether there is no other stationary equilibrium, given what follows.
    """

    package: tuple[int, ...]
    round: Round
    values: tuple[Pair, Pair]
    proposals: tuple[Proposal, Proposal]
    unique: bool

    @classmethod
    def of(
        cls,
        frontier: PlanarFrontier,
        package: tuple[int, ...],
        game_round: Round,
        play: Play,
        plays: Plays,
    ) -> Stage:
        """Write a stage down with the deals and the weights that prove it."""
        found = []
        for i in (0, 1):
            place = play.places[i]
            least = game_round.least(1 - i, play.values[1 - i][1 - i])
            offer = game_round.curve.best(i, least) if place is None else place
            weights = _weights(frontier, game_round, i, least, offer)
            if place is None:
                found.append(Proposal(None, None, weights))
            else:
                deal = frontier.deal(place).on(package)
                found.append(Proposal(deal, game_round.curve.point(place), weights))
        unique = plays.complete and len(plays.found) <= 1
        return cls(package, game_round, play.values, (found[0], found[1]), unique)


def _weights(
    frontier: PlanarFrontier,
    game_round: Round,
    proposer: int,
    least: Fraction,
    offer: Position | None,
) -> Pair:
    """Return weights at which the support function bounds the proposer's acceptable deals."""
    unit = (Fraction(1), Fraction(0))
    if offer is None:
        return unit[::-1] if proposer == 0 else unit
    if game_round.curve.point(offer)[1 - proposer] > least:
        return unit if proposer == 0 else unit[::-1]
    one, two = frontier.normal(offer)
    return Fraction(one), Fraction(two)


@dataclass(frozen=True)
class Move:
    """One agreement on the path of play.

    Attributes
    ----------
    period : int
    proposer : str
    package : tuple of str
    gains : mapping of str to number
        From the deal itself, not discounted.
    deal : mapping of str to mapping of str to number
    """

    period: int
    proposer: str
    package: tuple[str, ...]
    gains: Mapping[str, Number]
    deal: Mapping[str, Mapping[str, Number]]

    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers stay exact where they are."""
        return dict(self.__dict__)


@dataclass(frozen=True, eq=False)
class SequentialAgenda:
    """What an order of bargaining leads to.

    Attributes
    ----------
    order : tuple of tuple of str
        The packages, in the order in which they are bargained.
    implement : {"at_once", "at_end"}
    first : str
        Who proposes in the first period.
    discount : mapping of str to Fraction
        Factor per period of the two players with a stake.
    status : Status
        ``agreement`` if anything is signed that changes a gain.
    gains : mapping of str to Fraction
        Discounted to the first period; 0 for players without a stake.
    if_other_first : mapping of str to Fraction
        The same when the other player proposes first.
    moves : tuple of Move
        The agreements, in order.
    limit : mapping of str to Fraction, or None
        Gains as both discount factors go to 1 together; None where not known.
    unique : bool
        Whether no other stationary equilibrium was left out.
    """

    order: tuple[tuple[str, ...], ...]
    implement: str
    first: str
    discount: Mapping[str, Fraction]
    status: Status
    gains: Mapping[str, Fraction]
    if_other_first: Mapping[str, Fraction]
    moves: tuple[Move, ...]
    limit: Mapping[str, Fraction] | None
    unique: bool
    game: LinkageGame = field(repr=False)
    columns: tuple[int, int] = field(repr=False)
    stages: tuple[Stage, ...] = field(repr=False)
    ends: object = field(default=None, repr=False)

    @property
    def order_name(self) -> str:
        """The order in one word, as it is given: ``"a,b+c"``."""
        return ",".join("+".join(package) for package in self.order)

    @checked
    def verify(self) -> bool:
        """Check every offer, answer and wait by one-shot departures, and the path of play."""
        _demand(self.status == status_of(self.moves), "the answer", "the status")
        if self.implement == "at_end":
            from bargaining.linkage.agreed_at_end import check_at_end

            check_at_end(self)
            return True
        names = tuple(self.game.players[c] for c in self.columns)
        turn = names.index(self.first)
        zero: Pair = (Fraction(0), Fraction(0))
        values: tuple[Pair, Pair] = (zero, zero)
        patience = (self.discount[names[0]], self.discount[names[1]])
        stated = [tuple(self.game.position(name) for name in package) for package in self.order]
        _demand([stage.package for stage in self.stages] == stated, "the order", "its packages")
        for stage in reversed(self.stages):
            after = tuple(tuple(d * v for d, v in zip(patience, values[1 - i], strict=True))
                          for i in (0, 1))  # fmt: skip
            place = "+".join(self.game.issue_names[k] for k in stage.package)
            _demand(stage.round.discount == patience, place, "the discount factors")
            _demand(stage.round.after == after, place, "what follows an agreement")
            for proposer in (0, 1):
                check_turn(self.game, self.columns, stage, proposer, place)
            values = stage.values
        for given, value in ((self.gains, values[turn]), (self.if_other_first, values[1 - turn])):
            listed = dict(zip(names, value, strict=True))
            right = all(g == listed.get(p, 0) for p, g in given.items())
            _demand(right and tuple(given) == self.game.players, "the answer", "the gains")
        again = _path(self.game, self.columns, self.stages, turn)
        _demand(again == self.moves, "the answer", "the path of play")
        total = [
            sum((move.gains[name] * self.discount[name] ** move.period for move in self.moves),
                start=Fraction(0))
            for name in names
        ]  # fmt: skip
        _demand(total == [self.gains[name] for name in names], "the moves", "the gains")
        return True

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return plain data; with ``exact=True`` fractions also as strings."""
        data = {
            "order": self.order,
            "implement": self.implement,
            "first": self.first,
            "discount": self.discount,
            "status": self.status,
            "gains": self.gains,
            "if_other_first": self.if_other_first,
            "moves": [move.to_dict() for move in self.moves],
            "limit": self.limit,
            "unique": self.unique,
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        gained = ", ".join(f"{p} {in_figures(g)}" for p, g in self.gains.items())
        return f"{self.order_name}, {self.first} first: gains {gained}"


def staged(
    game: LinkageGame,
    columns: tuple[int, int],
    turn: int,
    stages: tuple[Stage, ...],
    limit: Pair | None,
) -> SequentialAgenda:
    """Put stages together, solved backwards, with the path that they lead to."""
    names = tuple(game.players[c] for c in columns)
    patience = stages[0].round.discount
    moves = _path(game, columns, stages, turn)
    values = stages[0].values

    def spread(pair: Pair) -> dict[str, Fraction]:
        listed = dict(zip(names, pair, strict=True))
        return {player: listed.get(player, Fraction(0)) for player in game.players}

    return SequentialAgenda(
        tuple(tuple(game.issue_names[k] for k in stage.package) for stage in stages),
        "at_once",
        names[turn],
        dict(zip(names, patience, strict=True)),
        status_of(moves),
        spread(values[turn]),
        spread(values[1 - turn]),
        moves,
        None if limit is None else spread(limit),
        all(stage.unique for stage in stages),
        game,
        columns,
        stages,
    )


def status_of(moves: Sequence[Move]) -> Status:
    """Return ``agreement`` if a move changes a gain; to sign the status quo is none."""
    changed = any(gain for move in moves for gain in move.gains.values())
    return Status.AGREEMENT if changed else Status.NO_AGREEMENT


def _path(
    game: LinkageGame, columns: tuple[int, int], stages: Sequence[Stage], turn: int
) -> tuple[Move, ...]:
    """Follow the equilibrium from the first period on."""
    moves: list[Move] = []
    period = 0
    for stage in stages:
        waited = 0
        while stage.proposals[turn].deal is None and waited < 2:
            turn, period, waited = 1 - turn, period + 1, waited + 1
        proposal = stage.proposals[turn]
        if proposal.deal is None or proposal.point is None:
            break  # nobody ever makes an acceptable offer
        given = dict(zip(columns, proposal.point, strict=True))
        moves.append(
            Move(
                period,
                game.players[columns[turn]],
                tuple(game.issue_names[k] for k in stage.package),
                {p: given.get(i, Fraction(0)) for i, p in enumerate(game.players)},
                proposal.deal.named(game),
            )
        )
        turn, period = 1 - turn, period + 1
    return tuple(moves)


def check_turn(
    game: LinkageGame, columns: tuple[int, int], stage: Stage, proposer: int, place: str
) -> None:
    """Check one turn: the offer is what it says, is accepted, and nothing else pays more."""
    responder = 1 - proposer
    proposal, rules = stage.proposals[proposer], stage.round
    mine, other = stage.values[proposer], stage.values[responder]
    patience = rules.discount
    needed = patience[responder] * other[responder]
    floor = rules.floors[responder]
    if floor is not None:
        needed = max(needed, floor)
    after = rules.after[proposer]
    if proposal.deal is not None and proposal.point is not None:
        check(game, proposal.deal)
        found = gains(game, proposal.deal)
        real = tuple(found[c] for c in columns)
        _demand(real == proposal.point, place, "the gains of an offer")
        worth = tuple(p + a for p, a in zip(real, after, strict=True))
        _demand(worth == mine, place, "the value of an offer")
        _demand(mine[responder] >= needed, place, "the acceptance of an offer")
        own = rules.floors[proposer]
        _demand(own is None or mine[proposer] >= own, place, "the proposer's floor")
    else:
        waits = tuple(d * v for d, v in zip(patience, other, strict=True))
        _demand(waits == mine, place, "the value of waiting")
    _demand(mine[proposer] >= patience[proposer] * other[proposer], place, "not waiting")
    _demand(min(mine) >= 0, place, "staying at the table")
    weights = proposal.weights
    full = [Fraction(0)] * len(game.players)
    for column, weight in zip(columns, weights, strict=True):
        full[column] = weight
    most = support(game, stage.package, full)
    least = needed - after[responder]
    _demand(min(weights) >= 0 and max(weights) > 0, place, "the weights")
    if weights[proposer] == 0:
        _demand(most < weights[responder] * least, place, "that no offer is acceptable")
        return
    bound = (most - weights[responder] * least) / weights[proposer] + after[proposer]
    own = rules.floors[proposer]
    if proposal.deal is None and own is not None and bound < own:
        return
    _demand(bound <= mine[proposer], place, "that no acceptable deal gives the proposer more")


def _demand(stands: bool, place: str, what: str) -> None:
    if not stands:
        msg = f"{place}: {what} is not what the answer states"
        raise VerificationError(msg)
