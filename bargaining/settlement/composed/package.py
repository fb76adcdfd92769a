"""The settlement of packages that must meet requirements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from bargaining.errors import SolverError
from bargaining.geometry.exchange_rates import Vector
from bargaining.model.deal import Deal, gains
from bargaining.model.game import LinkageGame
from bargaining.model.ratification import Ratification
from bargaining.results import Number, Status
from bargaining.settlement.composed.fine_program import FineProgram
from bargaining.settlement.composed.program import ComposedAnswer, ComposedProgram
from bargaining.settlement.composed.proof import Bound
from bargaining.settlement.enforcement.reversion import ReversionMode
from bargaining.settlement.linearised import Able, home_test
from bargaining.settlement.package import PackageSettlement, no_agreement
from bargaining.settlement.program import GAP
from bargaining.settlement.requirements import base, enforcement, ratification
from bargaining.settlement.requirements.base import Composition
from bargaining.settlement.solutions.base import Problem, Solution, Weights

HELD = 1e-9
"""Gains of who is not to gain, up to this share of his reach, are rounding."""
DUST = 1e-13
"""Losses up to this share of a player's reach are rounding."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What proves the settlement of packages that were settled together.

    Attributes
    ----------
    packages : tuple of tuple of int
    rules : Ratification
        What was applied.
    reversion : str or None
        How deviations are punished, where enforcement was asked for.
    proofs : tuple of tuple of exchange rates
        Per package, who cannot gain under ratification alone.
    bound : Bound or None
        That nothing beats the settlement.
    blocked : (Bound, float) or None
        That players left out cannot gain under all requirements, or that no deal meets them.
    ideals : mapping of int to (Bound, Deal)
    feasible : bool
    """

    packages: tuple[tuple[int, ...], ...]
    rules: Ratification
    reversion: ReversionMode | None
    proofs: tuple[tuple[Vector, ...], ...]
    bound: Bound | None
    blocked: tuple[Bound, float] | None
    ideals: Mapping[int, tuple[Bound, Deal]]
    feasible: bool
    known: Composition | None = field(default=None, repr=False)

    def composition(self, game: LinkageGame, *, afresh: bool = False) -> Composition:
        """Return what the proof is about, rebuilt from the game where that is asked for."""
        if self.known is None or afresh or self.known.game is not game:
            return compose(game, self.packages, self.rules, self.reversion)
        return self.known


def compose(
    game: LinkageGame,
    packages: Sequence[Sequence[int]],
    rules: Ratification,
    mode: ReversionMode | None,
) -> Composition:
    """Write down packages with all their requirements."""
    composition = Composition(game, packages, rules, joint=mode is not None)
    ratification.contribute(composition)
    base.contribute(composition)
    if mode is not None:
        enforcement.contribute(composition, mode)
    return composition


def net_gains(
    game: LinkageGame, rules: Ratification, package: Sequence[int], deal: Deal
) -> tuple[Number, ...]:
    """Return promised gains of a package's deal, net of premiums, from the definitions."""
    found = list(gains(game, deal.on(package)))
    for i in rules.premiums:
        depth = rules.depth(game, deal.on(package), i)
        found[i] = without_dust(game, i, rules.net(i, found[i], depth, [package]))
    return tuple(found)


def without_dust(game: LinkageGame, player: int, gain: Number) -> Number:
    """Return 0 for a loss that is rounding in the shares of who is held at no loss."""
    dust = isinstance(gain, float) and -DUST * game.reach[player] <= gain < 0
    return 0.0 if dust else gain


def held_at_zero(game: LinkageGame, player: int, gain: Number) -> Number:
    """Return 0 for a gain that is rounding, of a player who is not among those to gain."""
    dust = isinstance(gain, float) and abs(gain) <= HELD * game.reach[player]
    return 0.0 if dust else gain


def composed_packages(
    game: LinkageGame,
    packages: Sequence[Sequence[int]],
    solution: Solution,
    weights: Weights,
    rules: Ratification,
    mode: ReversionMode | None,
) -> tuple[list[PackageSettlement], Evidence]:
    """Settle packages together; concepts other than Nash get one package at a time."""
    home = home_test(game, rules)
    ables = [home.able(package) for package in packages]
    proofs = tuple(able.proofs for able in ables)
    evidence = Evidence(
        tuple(map(tuple, packages)), rules, mode, proofs, None, None, {}, feasible=True
    )
    if not any(able.gainers for able in ables):
        parts = [_nothing(game, p, able) for p, able in zip(packages, ables, strict=True)]
        return parts, evidence
    program: ComposedProgram | None = None
    try:
        composition = compose(game, packages, rules, mode)
        program = ComposedProgram(
            composition, [able.found.gainers for able in ables], [able.closed for able in ables]
        )
        evidence = replace(
            evidence, blocked=program.blocked, feasible=program.feasible, known=composition
        )
        able = {(place, i) for place, one in enumerate(ables) for i in one.gainers}
        if decided_exactly(rules, mode) and set(program.able) != able:
            msg = "floating point does not see who can gain"
            raise SolverError(msg)
        if not program.able:
            return [
                _nothing(game, p, able) for p, able in zip(packages, ables, strict=True)
            ], evidence
        return answered(game, program, ables, solution, weights, evidence)
    except SolverError:
        return [
            _uncertified(game, program, place, able, evidence) for place, able in enumerate(ables)
        ], evidence


def _uncertified(
    game: LinkageGame, program: ComposedProgram | None, place: int, able: Able, evidence: Evidence
) -> PackageSettlement:
    """Say who can gain, where that is known exactly, with a deal that shows it."""
    package = evidence.packages[place]
    part = replace(_nothing(game, package, able), status=Status.NUMERICAL_TROUBLE)
    if decided_exactly(evidence.rules, evidence.reversion):
        return replace(part, gainers=able.gainers)
    if program is None or program.exact_start is None:
        return part
    deal = program.exact_deal(place)
    gained = tuple(float(g) for g in net_gains(game, evidence.rules, package, deal))
    gainers = frozenset(i for at, i in program.able if at == place)
    return replace(part, deal=deal, gains=gained, gainers=gainers)


def decided_exactly(rules: Ratification, mode: ReversionMode | None) -> bool:
    """Whether the linearised gains say who can gain: no floors, enforcement, rows of others."""
    return mode is None and not rules.floors and not rules.own


def _nothing(game: LinkageGame, package: Sequence[int], able: Able) -> PackageSettlement:
    return no_agreement(game, tuple(package), able.blocking(game.interested), "exchange rates")


def answered(
    game: LinkageGame,
    program: ComposedProgram | FineProgram,
    ables: Sequence[Able],
    solution: Solution,
    weights: Weights,
    evidence: Evidence,
) -> tuple[list[PackageSettlement], Evidence]:
    """Ask the concept for the settlement."""
    packages = evidence.packages
    ideal: Weights | None = None
    gainers = [
        frozenset(i for place, i in program.able if place == p) for p in range(len(packages))
    ]
    if len(packages) > 1:
        answer = program.maximise_terms({key: weights[key[1]] for key in program.able})
    else:
        if solution.needs_ideal:
            most = {i: deal for i, _, deal in program.ideal(sorted(gainers[0]))}
            bounds = {i: program.ideals[i].bound for i in most}
            found = {i: net_gains(game, evidence.rules, packages[0], most[i])[i] for i in most}
            ideal = tuple(found.get(i, Fraction(0)) for i in range(len(game.players)))
            evidence = replace(
                evidence,
                ideals={i: (bound, most[i]) for i, bound in bounds.items() if bound is not None},
            )
        zero = (Fraction(0),) * len(game.players)
        problem = Problem(zero, gainers[0], weights, ideal, game.interested)
        conic = solution.conic(program, problem)
        assert isinstance(conic, ComposedAnswer)
        answer = conic
    evidence = replace(evidence, bound=answer.bound)
    stake = set(game.interested)
    parts = []
    for place, package in enumerate(packages):
        deal = program.deal(answer.variables, place)
        found_gains = net_gains(game, evidence.rules, package, deal)
        assert answer.bound is not None
        support: Weights = tuple(
            answer.bound.weights.get((place, i), 0.0) for i in range(len(game.players))
        )
        moved = bool(deal.shares) or bool((deal.outcomes != game.origin[list(package)]).any())
        parts.append(
            PackageSettlement(
                package,
                Status.AGREEMENT if moved else Status.NO_AGREEMENT,
                tuple(
                    float(g if i in gainers[place] else held_at_zero(game, i, float(g)))
                    for i, g in enumerate(found_gains)
                ),
                deal,
                gainers[place],
                support,
                ables[place].blocking(stake - gainers[place]),
                ideal,
                answer.method,
                tolerance=GAP,
            )
        )
    return parts, evidence
