"""Nash bargaining with variable threats: first commit to threats, then bargain from them.

Both players commit to (mixed) acts that they carry out if nothing is signed; the Nash solution of
all deals from that disagreement point d is the outcome, and the threats are an equilibrium of
this game (Nash 1953).  The outcome u lies on the frontier, at weights (p, q) that support it
there, with p (u1 - d1) = q (u2 - d2); so the threats are optimal in the zero-sum game about
p u1 - q u2, and u is the point of the frontier at which p u1 - q u2 is its value.  No side
payments; gains may lie below the status quo.  Players who cannot commit threaten only what they
would carry out; if nobody can, the threat is the status quo.  Two players, divisible deals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from bargaining.errors import VerificationError
from bargaining.geometry.frontier import PlanarFrontier, Position
from bargaining.geometry.support import support
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.solutions.base import apart
from bargaining.settlement.solutions.procedure import Finding, Procedure, Question
from bargaining.settlement.solutions.threat_evidence import (
    ThreatEvidence,
    check_threats,
    planar,
    shown,
)
from bargaining.settlement.threats import Pair, Threats, optimal_threats, threat_games

if TYPE_CHECKING:
    from bargaining.settlement.package import PackageSettlement

ROUNDS = 40
ROUNDS_OF_LARGE = 8
LARGE = 400
"""Threat games with more cells take fewer rounds at a corner; the answer is proved all the same."""
SIMPLE = 10**6
"""Weights tried at a corner have at most this denominator, growing with the rounds."""
Threaten = Callable[[Pair], Threats]


def settle(question: Question) -> Finding | None:
    """Find the point of the frontier that is consistent with the threats made at its weights.

    1. On an edge with normal (p, q) the candidate is the point of its line at which
       p u1 - q u2 is the value of the threats; it shows which way to go.
    2. Between two edges the answer is their corner: find the weights at which it is consistent.

    None where gains are measured from reservation totals that no deal gives both players.
    """
    game, frontier, columns = question.game, question.frontier, planar(question.columns)
    assert frontier is not None
    commits = (columns[0] in question.commit, columns[1] in question.commit)
    games = threat_games(game, question.package, columns) if any(commits) else ()

    if question.span is None:
        return None

    def threaten(weights: Pair) -> Threats:
        return optimal_threats(games, weights, commits)

    cells = max((len(part.rows) * len(part.columns) for part in games), default=0)
    rounds = ROUNDS if cells <= LARGE else ROUNDS_OF_LARGE
    position, below, above = _consistent(frontier, threaten, rounds)
    u = frontier.point(position)
    exact = not any(isinstance(g, float) for g in (*u, below.value))
    if not exact:
        u = (float(u[0]), float(u[1]))
    facts = shown(game, columns, games, above)
    facts["threats_exact"] = below is above
    facts["commit"] = [game.players[c] for c in columns if c in question.commit]
    return Finding(
        question.full(u),
        frontier.deal(position).on(question.package),
        question.full(above.weights),
        "frontier and zero-sum game",
        ThreatEvidence(columns, commits, games, below, above),
        facts,
        tolerance=0.0 if exact else 1e-7,
    )


def _consistent(
    frontier: PlanarFrontier, threaten: Threaten, rounds: int
) -> tuple[Position, Threats, Threats]:
    """Search the edges by halving; threats below and above the answer come with it."""
    low, high = 0, len(frontier) - 2
    while low <= high:
        run = (low + high) // 2
        (x, y), (nx, ny) = frontier.vertex(run), frontier.vertex(run + 1)
        p, q = _rates(y - ny, nx - x)
        threats = threaten((p, q))
        candidate = (p * x + q * y + threats.value) / (2 * p)
        if candidate < x:
            high = run - 1
        elif candidate > nx:
            low = run + 1
        else:
            part = (candidate - x) / (nx - x)
            place = Position(run + 1) if part == 1 else Position(run, part)
            return place, threats, threats
    return _corner(frontier, low, threaten, rounds)


def _corner(
    frontier: PlanarFrontier, run: int, threaten: Threaten, rounds: int
) -> tuple[Position, Threats, Threats]:
    """Find weights in a corner's normal cone at which p u1 - q u2 is the value of the threats.

    The excess of p u1 - q u2 over that value is at most 0 at the first normal and at least 0 at
    the last, which proves the corner.  To name good threats too, weights between them are tried:
    those at which the current threats would be consistent, and halves.
    """
    u = frontier.vertex(run)

    def excess(threats: Threats) -> Number:
        p, q = threats.weights
        return p * u[0] - q * u[1] - threats.value

    below, above = (threaten(w) for w in _cone(frontier, run))
    guess = above
    for number in range(rounds):
        if excess(below) == 0:
            return Position(run), below, below
        if excess(above) == 0:
            return Position(run), above, above
        p = (below.weights[0] + above.weights[0]) / 2
        rise, fall = u[1] - guess.point[1], u[0] - guess.point[0]
        if number % 2 == 0 and rise > 0 and fall > 0:
            aimed = rise / (rise + fall)
            p = aimed if below.weights[0] < aimed < above.weights[0] else p
        if isinstance(p, Fraction):
            simple = p.limit_denominator(SIMPLE << number)
            p = simple if below.weights[0] < simple < above.weights[0] else p
        guess = threaten((p, 1 - p))
        if excess(guess) <= 0:
            below = guess
        if excess(guess) >= 0:
            above = guess
    return Position(run), below, above


def _cone(frontier: PlanarFrontier, run: int) -> tuple[Pair, Pair]:
    """Return the first and the last weights that support a corner, adding up to 1."""
    zero, one = Fraction(0), Fraction(1)
    first: Pair = (zero, one)
    last: Pair = (one, zero)
    (x, y) = frontier.vertex(run)
    if run > 0:
        (bx, by) = frontier.vertex(run - 1)
        first = _rates(by - y, x - bx)
    if run < len(frontier) - 1:
        (nx, ny) = frontier.vertex(run + 1)
        last = _rates(y - ny, nx - x)
    return first, last


def _rates(fall: Number, rise: Number) -> Pair:
    return fall / (fall + rise), rise / (fall + rise)


def check(game: LinkageGame, settled: PackageSettlement, tolerance: float, place: str) -> None:
    """Check that the answer is consistent with threats that nobody can better.

    With weights that support u, a threat that leads to p d1 - q d2 at most p u1 - q u2 cannot
    give the first player more than u1 after bargaining, and one that leads to at least as much
    cannot give the second more than u2.  If that is shown at two weights on either side, both
    supporting u, there are weights between them at which both hold.
    """
    evidence = settled.evidence
    if not isinstance(evidence, ThreatEvidence):
        msg = f"{place}: no threats are given"
        raise VerificationError(msg)
    for threats in {id(t): t for t in (evidence.below, evidence.above)}.values():
        _check_support(game, settled, evidence, threats.weights, tolerance, place)
    one, two = (settled.gains[c] for c in evidence.columns)
    if not any(evidence.commits):
        p, q = evidence.above.weights
        if apart(p * one, q * two, tolerance * max(game.reach)):
            msg = f"{place}: the answer is not the Nash solution from the status quo"
            raise VerificationError(msg)
        return
    for threats, lower, upper in ((evidence.below, True, False), (evidence.above, False, True)):
        p, q = threats.weights
        check_threats(
            game, settled.package, evidence, threats, p * one - q * two, tolerance, place,
            lower=lower, upper=upper,
        )  # fmt: skip


def _check_support(
    game: LinkageGame,
    settled: PackageSettlement,
    evidence: ThreatEvidence,
    weights: Sequence[Number],
    tolerance: float,
    place: str,
) -> None:
    full: list[Number] = [Fraction(0)] * len(game.players)
    for column, weight in zip(evidence.columns, weights, strict=True):
        full[column] = weight
    most = support(game, settled.package, full)
    worth = sum((w * g for w, g in zip(full, settled.gains, strict=True)), start=Fraction(0))
    unit = sum(float(w) * r for w, r in zip(full, game.reach, strict=True))
    if min(weights) < 0 or apart(most, worth, tolerance * unit):
        msg = f"{place}: a better deal exists at the weights at which the threats are made"
        raise VerificationError(msg)


SOLUTION = Procedure(
    id="nash_variable_threat",
    title="Nash solution with variable threats",
    idea="both commit to threats, then the largest product of gains from where these lead",
    citation="Nash, J. (1953). Two-person cooperative games. Econometrica 21, 128-140.",
    axioms=("Pareto", "symmetry", "scale invariance"),
    fails=("individual rationality from the status quo",),
    settle=settle,
    check=check,
    below_status_quo=True,
    commits=True,
)
