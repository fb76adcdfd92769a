"""The Pareto frontier as an answer: corner points (shares) or all undominated packages (pure).

Under an agenda of one package this is the package's own frontier; under several packages it is
the frontier of the sum of what each package promises without loss to anybody, others at their
status quo.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, NotDefinedError, VerificationError
from bargaining.geometry.frontier import PlanarFrontier, Position, planar_frontier, require_two
from bargaining.geometry.pure import PureFrontier, pure_frontier
from bargaining.geometry.support import support
from bargaining.geometry.undominated import undominated
from bargaining.geometry.whole import Limbs, encode, limbs_needed
from bargaining.model.agenda import Agenda, parse_agenda, positions
from bargaining.model.deal import Deal, check, combine, gains
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.transfers import check_payments
from bargaining.results import Number, Status, checked, with_exact
from bargaining.settlement.channels import check_apart, check_origin, check_plain
from bargaining.settlement.package import Deals

Place = tuple[Position | int, ...]
"""Where a point lies on the frontier of each package."""


@dataclass(frozen=True, eq=False)
class Frontier:
    """A Pareto frontier.

    Attributes
    ----------
    players : tuple of str
    agenda, deals : str
    status : Status
    method : str
    packages : tuple of int, or None
        For pure deals, how many packages give each point.
    """

    players: tuple[str, ...]
    agenda: str
    deals: str
    status: Status
    method: str
    packages: tuple[int, ...] | None
    game: LinkageGame = field(repr=False)
    _frontiers: tuple[PlanarFrontier | PureFrontier, ...] = field(repr=False)
    _places: Sequence[Place] = field(repr=False)

    def __len__(self) -> int:
        return len(self._places)

    def point(self, index: int) -> tuple[Number, ...]:
        """Gains of all players at a point, exactly where the data are exact.

        Payoffs, where gains are measured from reservation totals.
        """
        shift = self.game.reservation
        return tuple(g + r for g, r in zip(self._gains(index), shift, strict=True))

    def _gains(self, index: int) -> tuple[Number, ...]:
        total: list[Number] = [Fraction(0)] * len(self.players)
        for frontier, place in zip(self._frontiers, self._places[index], strict=True):
            if isinstance(frontier, PlanarFrontier):
                assert isinstance(place, Position)
                found: Sequence[Number] = frontier.point(place)
            else:
                assert isinstance(place, int)
                found = frontier.gains(place)
            for column, value in zip(frontier.columns, found, strict=True):
                total[column] += value
        return tuple(total)

    @cached_property
    def points(self) -> NDArray[np.float64]:
        """Gains (or payoffs), shape (points, players), from the last player's best point on."""
        only = self._frontiers[0]
        if isinstance(only, PlanarFrontier) and isinstance(self._places, _Corners):
            units = [self.game.flat.denominators[c] for c in only.columns]
            columns = [only.x.astype(float) / units[0], only.y.astype(float) / units[1]]
            return np.column_stack(columns) + [float(r) for r in self.game.reservation]
        return np.array([[float(g) for g in self.point(i)] for i in range(len(self))]).reshape(
            len(self), len(self.players)
        )

    def deal(self, index: int) -> Deal:
        """Return a deal that gives a point."""
        return combine(self.game, self._parts(index))

    def packages_at(self, index: int) -> Iterator[dict[str, str]]:
        """Yield every pure package that gives a point, by names; lazily (pure deals only)."""
        parts = []
        for frontier, place in zip(self._frontiers, self._places[index], strict=True):
            if not isinstance(frontier, PureFrontier) or not isinstance(place, int):
                msg = 'packages are listed for deals="pure"; deal(index) gives a deal with shares'
                raise NotDefinedError(msg)
            parts.append([deal.on(frontier.package) for deal in frontier.deals(place)])
        for chosen in itertools.product(*parts):
            named = combine(self.game, chosen).named(self.game)
            yield {issue: next(iter(shares)) for issue, shares in named.items()}

    def witnesses(self) -> Iterator[dict[str, str]]:
        """Yield one pure package for each point, by names, in order (pure deals only)."""
        outcomes = np.tile(self.game.origin, (len(self), 1))
        for number, frontier in enumerate(self._frontiers):
            if not isinstance(frontier, PureFrontier):
                msg = 'packages are listed for deals="pure"; deal(index) gives a deal with shares'
                raise NotDefinedError(msg)
            at = np.array([place[number] for place in self._places], dtype=np.intp)
            index = positions(frontier.package)
            outcomes[:, index] = frontier.packages(at)[:, index]
        names = self.game.issue_names
        labels = [self.game.issues[name].outcomes for name in names]
        for row in outcomes.tolist():
            yield {name: labels[k][a] for k, (name, a) in enumerate(zip(names, row, strict=True))}

    def _parts(self, index: int) -> list[Deal]:
        """Return each package's part of the deal at a point."""
        parts: list[Deal] = []
        for frontier, place in zip(self._frontiers, self._places[index], strict=True):
            if isinstance(frontier, PlanarFrontier):
                assert isinstance(place, Position)
                found = frontier.deal(place)
            else:
                assert isinstance(place, int)
                found = frontier.deal(place)
            parts.append(found.on(frontier.package))
        return parts

    @checked
    def verify(self) -> bool:
        """Recompute points from their deals (some, of a long frontier), and that none is beaten."""
        self._verify_stated()
        many = max(10, min(1_000, 2_000_000 // max(1, len(self.game.issues))))
        chosen = np.unique(np.linspace(0, len(self) - 1, min(len(self), many)).astype(int))
        for index in chosen.tolist():
            check(self.game, self.deal(index))
            claimed = self._gains(index)
            found: list[Number] = [Fraction(0)] * len(self.players)
            for part in self._parts(index):
                alone = gains(self.game, part)
                found = [total + g for total, g in zip(found, alone, strict=True)]
            if any(not _close(a, b) for a, b in zip(claimed, found, strict=True)):
                msg = f"frontier point {index}: its deal gives other gains"
                raise VerificationError(msg)
        points = self.points
        if len(self.players) == 2 and len(points) > 1:
            rise, fall = np.diff(points[:, 0]), -np.diff(points[:, 1])
            if bool(np.any(rise < 0) or np.any(fall < 0)):
                msg = "a frontier point is dominated by another"
                raise VerificationError(msg)
        if len(self._frontiers) == 1 and isinstance(self._frontiers[0], PlanarFrontier):
            self._verify_supported(self._frontiers[0], chosen)
        return True

    def _verify_stated(self) -> None:
        """Check what is stated of the whole against the packages' own frontiers."""
        found = self._frontiers
        pure = [f for f in found if isinstance(f, PureFrontier)]
        complete = all(f.complete for f in pure)
        plan = parse_agenda(self.game, self.agenda)
        counts: tuple[int, ...] | None = None
        if len(pure) == 1 == len(found):
            counts = tuple(pure[0].counts[int(place[0])] for place in self._places)  # type: ignore[arg-type]
        right = {
            "players": self.players == self.game.players,
            "agenda": [tuple(p) for p in plan.packages] == [tuple(f.package) for f in found],
            "deals": self.deals == ("pure" if pure else "shares"),
            "status": self.status == (Status.SOLVED if complete else Status.LIMIT_REACHED),
            "packages": self.packages == counts
            if counts is not None or not pure
            else self.packages is not None and len(self.packages) == len(self),
        }
        for name, stands in right.items():
            if not stands:
                msg = f"the stated {name} of the frontier is not that of its packages"
                raise VerificationError(msg)

    def _verify_supported(self, frontier: PlanarFrontier, chosen: NDArray[np.intp]) -> None:
        """No deal of the package is worth more at the normal of each point."""
        for index in chosen[:: max(1, len(chosen) // 50)].tolist():
            place = self._places[index][0]
            assert isinstance(place, Position)
            weights = frontier.normal(place)
            worth = sum(
                (w * g for w, g in zip(weights, frontier.point(place), strict=True)),
                start=Fraction(0),
            )
            most = support(self.game, frontier.package, weights)
            if most - worth > 1e-9 * max(1.0, abs(float(most))):
                msg = f"frontier point {index}: a better deal exists"
                raise VerificationError(msg)

    def to_dict(self, *, exact: bool = False, packages: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; with ``exact=True`` fractions also as strings.

        With ``packages=True`` one package for each point is spelled out (pure deals).
        """
        data: dict[str, Any] = {
            "schema": "bargaining-frontier/1",
            "game": self.game.name or self.game.title,
            "players": self.players,
            "agenda": self.agenda,
            "deals": self.deals,
            "status": self.status,
            "method": self.method,
            "points": [self.point(i) for i in range(len(self))],
            "packages": self.packages,
        }
        if packages:
            data["outcomes"] = list(self.witnesses())
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        return f"Pareto frontier of {self.agenda} ({self.deals}): {len(self):,} points"


def frontier(
    game: LinkageGame,
    *,
    agenda: str | Agenda = "linked",
    deals: Deals = "shares",
    rational_only: bool = False,
) -> Frontier:
    """Compute the Pareto frontier of an agenda.

    Parameters
    ----------
    game : LinkageGame
        Two players; with ``deals="pure"`` any number.
    agenda : str or Agenda
    deals : {"shares", "pure"}
        Corner points of the set of deals with shares, or every undominated pure package.
    rational_only : bool
        Keep only points at which nobody loses (for shares, cut the frontier there).

    Returns
    -------
    Frontier

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> frontier(game).points.tolist()
    [[-4.0, 6.0], [1.0, 3.0], [5.0, -3.0]]
    """
    require_game(game)
    check_plain(game, "frontier")
    if deals not in get_args(Deals):
        msg = f'deals: expected "shares" or "pure", found "{deals}"'
        raise InputError(msg)
    plan = parse_agenda(game, agenda)
    check_origin(game, plan)
    check_apart(game, plan)
    check_payments(game, deals)
    if deals == "pure":
        return _pure(game, plan, rational_only=rational_only)
    columns = require_two(game)
    found = [planar_frontier(game, package, columns) for package in plan.packages]
    if len(found) == 1 and not rational_only:
        places: Sequence[Place] = _Corners(len(found[0]))
    else:
        places = _merge(found)
    return Frontier(
        game.players,
        plan.name,
        deals,
        Status.SOLVED,
        "merged hulls",
        None,
        game,
        tuple(found),
        places,
    )


class _Corners(Sequence[Place]):
    """All corner points of one frontier, without a list of them."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [(Position(i),) for i in range(self._count)[index]]
        return (Position(range(self._count)[index]),)


def _merge(frontiers: Sequence[PlanarFrontier]) -> list[Place]:
    """Merge the individually rational parts of several frontiers in order of slope."""
    here: list[Position] = []
    edges: list[tuple[Number, int, Position]] = []
    for number, frontier in enumerate(frontiers):
        ends = frontier.individually_rational()
        first, last = ends if ends else (Position(0), Position(0))
        here.append(first)
        stops = [Position(run) for run in range(first.run + 1, last.run + 1)]
        if last.part and last != first:
            stops.append(last)
        before = frontier.point(first)
        for stop in stops:
            after = frontier.point(stop)
            if after[0] > before[0]:
                edges.append(((after[1] - before[1]) / (after[0] - before[0]), number, stop))
            before = after
    edges.sort(key=lambda edge: -edge[0])
    places: list[Place] = [tuple(here)]
    for _, group in itertools.groupby(edges, key=lambda edge: edge[0]):
        for _, number, stop in group:
            here[number] = stop
        places.append(tuple(here))
    return places


def _pure(game: LinkageGame, plan: Agenda, *, rational_only: bool) -> Frontier:
    """Combine the pure frontiers of the packages (each without loss, if there are several)."""
    columns = tuple(range(len(game.players)))
    found = [pure_frontier(game, package, columns) for package in plan.packages]
    several = len(found) > 1 or rational_only
    places: list[Place] = [()]
    counts: list[int] = [1]
    totals = np.array([[Fraction(0)] * len(columns)], dtype=object)
    for part in found:
        options = part.rational() if several else list(range(len(part)))
        if not options:
            places, counts = [], []
            break
        if len(places) == 1 and len(found) == 1:
            places, counts = [(j,) for j in options], [part.counts[j] for j in options]
            break
        rows = np.array([part.gains(j) for j in options], dtype=object)
        sums = (totals[:, None] + rows).reshape(-1, len(columns))
        kept = undominated(_in_limbs(sums))
        totals = sums[kept.first]
        pairs = [divmod(pair, len(options)) for pair in kept.members.tolist()]
        ways = [counts[p] * part.counts[options[j]] for p, j in pairs]
        ends = kept.starts.tolist()
        counts = [sum(ways[a:b]) for a, b in itertools.pairwise(ends)]
        firsts = (divmod(pair, len(options)) for pair in kept.first.tolist())
        places = [(*places[p], options[j]) for p, j in firsts]
    return Frontier(
        game.players,
        plan.name,
        "pure",
        Status.SOLVED if all(part.complete for part in found) else Status.LIMIT_REACHED,
        "pure frontier",
        tuple(counts),
        game,
        tuple(found),
        places,
    )


def _in_limbs(rows: NDArray[Any]) -> Limbs:
    """Write rows of fractions as whole numbers over one denominator."""
    scale = math.lcm(*(v.denominator for v in rows.flat))
    whole = np.array([int(v * scale) for v in rows.flat], dtype=object).reshape(rows.shape)
    return encode(whole, limbs_needed(max(map(abs, whole.flat))))


def _close(left: Number, right: Number) -> bool:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left == right
    return abs(float(left) - float(right)) <= 1e-9 * max(1.0, abs(float(left)))
