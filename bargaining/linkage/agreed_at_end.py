"""The answer for two packages that are carried out only when both are agreed, and its check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bargaining.errors import NotSupportedError, VerificationError
from bargaining.geometry.frontier import PlanarFrontier, Position
from bargaining.linkage.alternating_offers import Curve, Pair, Round, stationary
from bargaining.linkage.at_the_end import FirstRound, best, first_round, pieces, second_round
from bargaining.linkage.sequential_answer import (
    Move,
    SequentialAgenda,
    Stage,
    check_turn,
    status_of,
)
from bargaining.model.deal import gains
from bargaining.model.game import LinkageGame

SAMPLES = 40
"""Points of the first frontier at which the check tries another proposal."""


@dataclass(frozen=True, eq=False)
class AtEnd:
    """How two packages are agreed before anything is carried out.

    Attributes
    ----------
    packages : pair of tuples of int
    curves : pair of Curve
    discount : pair of Fraction
    opening : FirstRound
    stages : pair of (Stage or None)
        The second round after either player's opening proposal; None where he waits.
    """

    packages: tuple[tuple[int, ...], tuple[int, ...]]
    curves: tuple[Curve, Curve]
    discount: Pair
    opening: FirstRound
    stages: tuple[Stage | None, Stage | None]


def solve_at_end(
    game: LinkageGame,
    columns: tuple[int, int],
    turn: int,
    discount: Pair,
    frontiers: Sequence[PlanarFrontier],
    curves: Sequence[Curve],
) -> SequentialAgenda:
    """Bargain two packages in turn, everything carried out when both are agreed."""
    if len(curves) > 2:
        msg = (
            "bargaining that is carried out at the end is solved for at most two packages, found "
            f'{len(curves)}: join issues with "+", or take implement="at_once"'
        )
        raise NotSupportedError(msg)
    first, second = curves
    packages = (tuple(frontiers[0].package), tuple(frontiers[1].package))
    opening = first_round(pieces(first, second, discount), discount)
    stages: list[Stage | None] = []
    for choice in opening.choices:
        if choice is None:
            stages.append(None)
            continue
        agreed = first.point(choice.place)
        rules = Round(second, discount, (agreed, agreed))
        plays = stationary(rules)
        stages.append(Stage.of(frontiers[1], packages[1], rules, plays.found[0], plays))
    ends = AtEnd(packages, (first, second), discount, opening, (stages[0], stages[1]))
    names = tuple(game.players[c] for c in columns)

    def spread(pair: Pair) -> dict[str, Fraction]:
        listed = dict(zip(names, pair, strict=True))
        return {player: listed.get(player, Fraction(0)) for player in game.players}

    moves = _path(game, columns, ends, turn, frontiers[0])
    unique = opening.count == 1 and all(stage is None or stage.unique for stage in stages)
    return SequentialAgenda(
        tuple(tuple(game.issue_names[k] for k in package) for package in packages),
        "at_end",
        names[turn],
        dict(zip(names, discount, strict=True)),
        status_of(moves),
        spread(opening.values[turn]),
        spread(opening.values[1 - turn]),
        moves,
        None,
        unique,
        game,
        columns,
        (),
        ends,
    )


def _path(
    game: LinkageGame, columns: tuple[int, int], ends: AtEnd, turn: int, frontier: PlanarFrontier
) -> tuple[Move, ...]:
    """Follow the equilibrium: an opening, perhaps a period later, and the second package."""
    period = 0
    if ends.opening.choices[turn] is None:
        turn, period = 1 - turn, 1
    choice, stage = ends.opening.choices[turn], ends.stages[turn]
    if choice is None or stage is None:
        return ()
    proposal = stage.proposals[1 - turn]
    assert proposal.deal is not None
    assert proposal.point is not None
    opening = frontier.deal(choice.place).on(ends.packages[0])
    names = game.issue_names
    moves = []
    for number, (deal, point) in enumerate(
        ((opening, ends.curves[0].point(choice.place)), (proposal.deal, proposal.point))
    ):
        given = dict(zip(columns, point, strict=True))
        moves.append(
            Move(
                period + number,
                game.players[columns[turn if number == 0 else 1 - turn]],
                tuple(names[k] for k in ends.packages[number]),
                {p: given.get(i, Fraction(0)) for i, p in enumerate(game.players)},
                deal.named(game),
            )
        )
    found = gains(game, opening)
    if tuple(found[c] for c in columns) != ends.curves[0].point(choice.place):
        msg = "the opening deal gives other gains than stated"
        raise VerificationError(msg)
    return tuple(moves)


def check_at_end(answer: SequentialAgenda) -> None:
    """Check the second round by single departures, and the first by all it could lead to."""
    from bargaining.geometry.frontier import planar_frontier

    ends, game, columns = answer.ends, answer.game, answer.columns
    assert isinstance(ends, AtEnd)
    names = tuple(game.players[c] for c in columns)
    turn = names.index(answer.first)
    frontier = planar_frontier(game, ends.packages[0], columns)
    values, d = ends.opening.values, ends.discount
    stated = tuple(tuple(game.position(k) for k in package) for package in answer.order)
    _demand(stated == ends.packages, "the order")
    _demand(d == tuple(answer.discount[name] for name in names), "the discount factors")
    _demand(
        ends.curves[0].points == tuple(frontier.vertex(run) for run in range(len(frontier))),
        "the first frontier",
    )
    for proposer in (0, 1):
        choice, stage = ends.opening.choices[proposer], ends.stages[proposer]
        other = 1 - proposer
        if choice is None or stage is None:
            waits = (d[0] * values[other][0], d[1] * values[other][1])
            _demand(waits == values[proposer], "the value of waiting")
        else:
            agreed = ends.curves[0].point(choice.place)
            _demand(stage.round.after == (agreed, agreed), "what has been agreed before")
            for i in (0, 1):
                check_turn(game, columns, stage, i, "the second package")
            worth = stage.values[other]
            later = (d[0] * worth[0], d[1] * worth[1])
            _demand(later == values[proposer], "the value of an opening")
            _demand(later[other] >= d[other] * values[other][other], "the acceptance")
        _demand(values[proposer][proposer] >= d[proposer] * values[other][proposer], "not waiting")
        _check_openings(ends, proposer)
    for given, value in ((answer.gains, values[turn]), (answer.if_other_first, values[1 - turn])):
        listed = dict(zip(names, value, strict=True))
        _demand(all(g == listed.get(p, 0) for p, g in given.items()), "the gains")
    _demand(_path(game, columns, ends, turn, frontier) == answer.moves, "the path of play")
    last = answer.moves[-1].period if answer.moves else 0
    total = [
        sum((move.gains[p] for move in answer.moves), start=Fraction(0))
        * answer.discount[p] ** last
        for p in names
    ]
    _demand(total == [answer.gains[p] for p in names], "the total of the moves")


def _check_openings(ends: AtEnd, proposer: int) -> None:
    """No opening that the other accepts leads to more for the proposer."""
    first, second = ends.curves
    other, d, values = 1 - proposer, ends.discount, ends.opening.values
    needed = values[other][other]
    top = best(pieces(first, second, d), proposer, needed)
    most = values[proposer][proposer]
    if top is not None:
        _demand(d[proposer] * top.worth[proposer] <= most, "that no other opening pays more")
    for number in range(SAMPLES * (len(first.points) - 1) + 1):
        run, step = divmod(number, SAMPLES)
        play = second_round(second, d, first.point(Position(run, Fraction(step, SAMPLES))))
        if play is None:
            continue
        worth = play.values[other]
        better = d[proposer] * worth[proposer] > most
        _demand(not (worth[other] >= needed and better), "that no other opening pays more")


def _demand(stands: bool, what: str) -> None:
    if not stands:
        msg = f"agreed at the end: {what} is not what the answer states"
        raise VerificationError(msg)
