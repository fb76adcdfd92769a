"""The answer: a set of payoffs between an inner and an outer one, with the proof of both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.repeated import checker
from bargaining.equilibrium.repeated.inner import Decomposition
from bargaining.equilibrium.repeated.paths import PlayPath, play_path
from bargaining.equilibrium.repeated.play import Play
from bargaining.equilibrium.repeated.polygon import Point, Polygon, contains, distance, minkowski
from bargaining.equilibrium.repeated.profiles import stage_of
from bargaining.equilibrium.repeated.search import Link
from bargaining.errors import VerificationError
from bargaining.model.expressions import number
from bargaining.model.game import LinkageGame
from bargaining.results import Status, checked, in_figures, with_exact


@dataclass(frozen=True, eq=False)
class PackagePayoffs:
    """The payoff set of one package, played as a repeated game of its own.

    Attributes
    ----------
    game : LinkageGame
    package : tuple of int
        Positions of its issues.
    play : Play
        Its stage game and the players' patience.
    corners : list of pairs of Fraction
        The inner set in the stage's coordinates, counterclockwise; empty if none was found.
    ways : tuple, one per corner
        How each corner is begun: a lottery over profiles and promises.
    chain : tuple of Link
        The proof of the outer set.
    empty : bool
        Whether no payoff can be sustained.
    """

    game: LinkageGame = field(repr=False)
    package: tuple[int, ...]
    play: Play = field(repr=False)
    corners: Polygon = field(repr=False)
    ways: tuple[Decomposition, ...] = field(repr=False)
    chain: tuple[Link, ...] = field(repr=False)
    empty: bool

    @property
    def issues(self) -> tuple[str, ...]:
        """Names of its issues."""
        return tuple(self.game.issue_names[k] for k in self.package)

    @cached_property
    def exact_vertices(self) -> tuple[Point, ...]:
        """The corners of the inner set in payoffs."""
        return tuple(self.play.stage.payoffs(corner) for corner in self.corners)

    @cached_property
    def exact_outer_vertices(self) -> tuple[Point, ...]:
        """The corners of the outer set in payoffs."""
        if self.empty:
            return ()
        return tuple(self.play.stage.payoffs(c) for c in self.chain[-1].region.corners)

    @property
    def floor(self) -> tuple[Fraction, Fraction]:
        """The worst payoffs of the inner set."""
        first, second = (min(corner[i] for corner in self.exact_vertices) for i in (0, 1))
        return first, second

    def outcome_names(self, profile: int) -> dict[str, str]:
        """Return the outcome of every issue in a profile, by name."""
        chosen = self.play.stage.outcomes(profile)
        return {issue: self.game.issues[issue].outcomes[chosen[issue]] for issue in self.issues}

    def verify(self) -> bool:
        """Check the inner and the outer set in fractions (see :mod:`.checker`)."""
        stage = stage_of(self.game, self.package)
        play = Play(stage, self.play.discount)
        try:
            checker.check_chain(play, self.chain)
            if self.empty:
                if not checker.is_empty(play, self.chain[-1].region) or self.corners:
                    checker.fail("it is not shown that nothing can be sustained")
                return True
            if self.corners:
                ways = [
                    [
                        (share, self.play.stage.outcomes(s.profile), stage.payoffs(s.promise))
                        for share, s in lottery
                    ]
                    for lottery in self.ways
                ]
                discount = self.play.discount
                listed = list(self.exact_vertices)
                checker.check_inner(self.game, self.package, discount, listed, ways)
                outer = list(self.exact_outer_vertices)
                if not all(contains(outer, corner) for corner in listed):
                    checker.fail("the inner set leaves the outer one")
        except VerificationError as error:
            msg = f"package {'+'.join(self.issues)}: {error}"
            raise VerificationError(msg) from error
        return True


@dataclass(frozen=True, eq=False)
class PayoffSet:
    """Average payoffs of the repeated game that subgame perfect equilibria can sustain.

    Two players, perfect monitoring, pure strategies, public lotteries.  The true set lies between
    the inner and the outer one.

    Attributes
    ----------
    game : LinkageGame
    agenda : str
    discount : mapping of str to Fraction
    packages : tuple of PackagePayoffs
        The set is the sum of theirs.
    exact_vertices : tuple of pairs of Fraction
        The inner set, counterclockwise: payoffs, not gains.  One for a point, two for a segment.
    exact_outer_vertices : tuple of pairs of Fraction
    status : Status
        ``solved``; ``limit_reached`` if the two sets are further apart than the tolerance;
        ``no_equilibrium`` if nothing can be sustained.
    tolerance : float
        In units of payoff.
    """

    game: LinkageGame = field(repr=False)
    agenda: str
    discount: Mapping[str, Fraction]
    packages: tuple[PackagePayoffs, ...]
    exact_vertices: tuple[Point, ...] = field(repr=False)
    exact_outer_vertices: tuple[Point, ...] = field(repr=False)
    status: Status
    tolerance: float

    @cached_property
    def vertices(self) -> NDArray[np.float64]:
        """The inner set's corners, shape (m, 2), counterclockwise."""
        return _floats(self.exact_vertices)

    @cached_property
    def outer_vertices(self) -> NDArray[np.float64]:
        """The outer set's corners, shape (m, 2), counterclockwise."""
        return _floats(self.exact_outer_vertices)

    @cached_property
    def distance(self) -> float:
        """How far the outer set reaches beyond the inner one; infinite if that is not known."""
        return distance(list(self.exact_outer_vertices), list(self.exact_vertices))

    @property
    def exact(self) -> bool:
        """Whether the inner set is the whole set."""
        return self.status is Status.SOLVED and self.distance == 0

    @property
    def punishments(self) -> dict[str, Fraction]:
        """Each player's worst payoff in the inner set; empty if that is empty."""
        if not self.exact_vertices:
            return {}
        return {
            player: min(corner[i] for corner in self.exact_vertices)
            for i, player in enumerate(self.game.players)
        }

    def contains(self, payoff: Any) -> bool:
        """Whether the inner set contains a pair of payoffs, to within :attr:`tolerance`."""
        first, second = (number(v.item() if isinstance(v, np.generic) else v) for v in payoff)
        corners = list(self.exact_vertices)
        if not corners or contains(corners, (first, second)):
            return bool(corners)
        return distance([(first, second)], corners) <= self.tolerance

    def path(
        self, payoff: Any, rng: np.random.Generator | None = None, periods: int = 10
    ) -> PlayPath:
        """Show how a payoff is sustained: what is drawn at first, and one play of it.

        Parameters
        ----------
        payoff : pair of numbers, or mapping of player to number
            In the inner set; points that miss it by rounding are moved into it.
        rng : numpy.random.Generator, optional
            Draws the public lotteries; always the same ones if left out.
        periods : int

        Raises
        ------
        InputError
            If the payoff lies outside the set.
        """
        return play_path(self, payoff, rng, periods)

    @checked
    def verify(self) -> bool:
        """Recompute the inner and the outer set from the game in fractions.

        Raises
        ------
        VerificationError
            Naming the claim that does not hold.
        """
        for part in self.packages:
            part.verify()
            if part.play.discount != tuple(self.discount[p] for p in self.game.players):
                checker.fail("a package is played with other discount factors")
        held = sorted(k for part in self.packages for k in part.package)
        if held != list(range(len(self.game.issues))):
            checker.fail("the packages do not hold every issue once")
        inner = minkowski([list(part.exact_vertices) for part in self.packages])
        if inner != list(self.exact_vertices):
            checker.fail("the set is not the sum of its packages' sets")
        if any(part.empty for part in self.packages):
            right = self.status is Status.NO_EQUILIBRIUM
        else:
            outer = minkowski([list(part.exact_outer_vertices) for part in self.packages])
            if outer != list(self.exact_outer_vertices):
                checker.fail("the outer set is not the sum of the packages' outer sets")
            solved = distance(outer, inner) <= self.tolerance
            right = self.status is (Status.SOLVED if solved else Status.LIMIT_REACHED)
        if not right:
            checker.fail(f"the status is not {self.status}")
        return True

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, with the exact numbers under ``exact``."""
        data = {
            "schema": "bargaining-payoffs/1",
            "agenda": self.agenda,
            "discount": dict(self.discount),
            "status": self.status,
            "players": list(self.game.players),
            "packages": [list(part.issues) for part in self.packages],
            "vertices": [list(corner) for corner in self.exact_vertices],
            "outer_vertices": [list(corner) for corner in self.exact_outer_vertices],
            "distance": self.distance if math.isfinite(self.distance) else None,
            "tolerance": self.tolerance,
            "punishments": self.punishments,
        }
        return with_exact(data, exact=True)

    def __str__(self) -> str:
        factors = ", ".join(f"{p} {in_figures(d)}" for p, d in self.discount.items())
        lines = [f"Sustainable payoffs, {self.agenda} (discount: {factors})"]
        if self.status is Status.NO_EQUILIBRIUM:
            lines.append("  no equilibrium in pure strategies")
            return "\n".join(lines)
        shape = {0: "none found", 1: "a point", 2: "a segment"}
        count = len(self.exact_vertices)
        lines.append(f"  {shape.get(count, f'a polygon with {count} corners')}")
        for first, second in self.exact_vertices:
            lines.append(f"    ({in_figures(first)}, {in_figures(second)})")
        if self.punishments:
            worst = ", ".join(f"{p} {in_figures(v)}" for p, v in self.punishments.items())
            lines.append(f"  worst payoffs: {worst}")
        if self.status is Status.LIMIT_REACHED:
            lines.append("  limit reached: the set may be larger, see outer_vertices")
        else:
            lines.append("  exact" if self.exact else f"  certified up to {self.distance:.1g}")
        return "\n".join(lines)


def _floats(corners: tuple[Point, ...]) -> NDArray[np.float64]:
    return np.array([[float(x), float(y)] for x, y in corners], dtype=np.float64).reshape(-1, 2)
