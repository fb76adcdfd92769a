"""Alternating offers: published and derived values, brute force, limits of patience."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from small_games import whole_gains

import bargaining as bg
from bargaining.geometry.frontier import planar_frontier
from bargaining.linkage.alternating_offers import Curve, Round, stationary
from bargaining.linkage.at_the_end import first_round, pieces
from bargaining.linkage.patience import patient

HORIZON = 100
CONVERGED = 1e-6
"""Factors up to 8/10: (8/10) ** 100 times payoffs below 100 is smaller."""
GRID = 60

Points = Sequence[tuple[Any, Any]]
"""Fractions where a tie decides; floats elsewhere."""


def pie(a: int | F, b: int | F) -> Curve:
    return Curve(((F(0), F(b)), (F(a), F(0))))


def random_curve(rng: np.random.Generator, issues: int = 2) -> Curve:
    data = whole_gains(rng, (issues, 3, 2), -6, 7)
    frontier = planar_frontier(bg.LinkageGame.from_payoffs(data), range(issues), (0, 1))
    return Curve(tuple(frontier.vertex(run) for run in range(len(frontier))))  # type: ignore[misc]


def best_offer(points: Points, proposer: int, least: Any) -> tuple[Any, Any] | None:
    """The proposer's best point with enough for the other: every edge looked at."""
    other, top = 1 - proposer, None
    edges = list(itertools.pairwise(points)) or [(points[0], points[0])]
    for start, end in edges:
        shares: list[Any] = [0, 1]
        if (start[other] < least) != (end[other] < least):
            shares.append((least - start[other]) / (end[other] - start[other]))
        for s in shares:
            point = tuple(a + s * (b - a) for a, b in zip(start, end, strict=True))
            if point[other] >= least and (top is None or point[proposer] > top[proposer]):
                top = point
    return top


def backwards(curves: Sequence[Points], factors: tuple[Any, Any]) -> np.ndarray:
    """Values (proposer, player) of a game that ends with nothing after many periods."""
    rounds, d = len(curves), np.array(factors)
    later = np.zeros((rounds + 1, 2, 2), dtype=d.dtype)
    for _ in range(HORIZON):
        now = np.zeros_like(later)
        for k, points in enumerate(curves):
            for i in (0, 1):
                j = 1 - i
                after = d * later[k + 1, j]
                reject = d * later[k, j]
                offer = best_offer(points, i, reject[j] - after[j])
                now[k, i] = reject
                if offer is not None and offer[i] + after[i] >= reject[i]:
                    now[k, i] = np.add(offer, after)
        later = now
    return later[0]


def solved(curves: Sequence[Curve], d: tuple[F, F]) -> tuple[tuple[F, F], tuple[F, F]]:
    zero = (F(0), F(0))
    values = (zero, zero)
    for curve in reversed(curves):
        after = tuple((d[0] * values[1 - i][0], d[1] * values[1 - i][1]) for i in (0, 1))
        found = stationary(Round(curve, d, after)).found  # type: ignore[arg-type]
        assert len(found) == 1
        values = found[0].values
    return values


@pytest.mark.parametrize(("d", "share"), [((F(9, 10), F(8, 10)), F(5, 7)),
                                          ((F(9, 10), F(9, 10)), F(10, 19))])  # fmt: skip
def test_rubinstein(d: tuple[F, F], share: F) -> None:
    """C6.1: the first mover gets (1 - d2) / (1 - d1 d2)."""
    (play,) = stationary(Round(pie(1, 1), d)).found
    assert play.values[0] == (share, 1 - share)
    assert play.values[1][0] == d[0] * share


@pytest.mark.parametrize(("floor", "share"), [(F(3, 10), F(9, 19)), (F(3, 5), F(3, 5))])
def test_a_floor_helps_only_if_it_binds(floor: F, share: F) -> None:
    """C5.1: the responder gets max(d / (1 + d), r)."""
    (play,) = stationary(Round(pie(1, 1), (F(9, 10),) * 2, floors=(None, floor))).found
    assert play.values[0] == (1 - share, share)


def test_floors_that_nothing_meets() -> None:
    plays = stationary(Round(pie(1, 1), (F(9, 10),) * 2, floors=(F(1, 2), F(3, 5))))
    assert plays.found == ()


@pytest.mark.parametrize("seed", range(40))
def test_against_backward_induction(seed: int) -> None:
    """A long game that must end comes close to the stationary equilibrium, whoever proposes."""
    rng = np.random.default_rng(seed)
    curves = [random_curve(rng, int(rng.integers(1, 3))) for _ in range(int(rng.integers(1, 4)))]
    d = (F(int(rng.integers(0, 9)), 10), F(int(rng.integers(0, 9)), 10))
    exact = np.array(solved(curves, d), dtype=float)
    found = backwards([curve.points for curve in curves], d).astype(float)
    assert found == pytest.approx(exact, abs=CONVERGED)


@pytest.mark.parametrize("seed", range(40))
def test_the_limit_of_patience(seed: int) -> None:
    rng = np.random.default_rng(seed)
    curves = [random_curve(rng) for _ in range(int(rng.integers(1, 5)))]
    limit = patient(curves)
    near = 1 - F(1, 10**9)
    for values in solved(curves, (near, near)):
        assert [float(v) for v in values] == pytest.approx([float(v) for v in limit], abs=1e-6)


def test_patience_over_one_package_is_nash() -> None:
    rng = np.random.default_rng(6)
    for _ in range(20):
        data = whole_gains(rng, (3, 3, 2), -6, 7)
        game = bg.LinkageGame.from_payoffs(data)
        if len(game.interested) < 2:
            continue
        frontier = planar_frontier(game, range(3), (0, 1))
        curve = Curve(tuple(frontier.vertex(run) for run in range(len(frontier))))  # type: ignore[misc]
        assert patient([curve]) == tuple(bg.settle(game).gains.values())


def test_a_limit_with_a_floor() -> None:
    """C5.2: max(1/2, r), as for the Nash solution."""
    assert patient([pie(1, 1)], (None, F(7, 10))) == (F(3, 10), F(7, 10))
    assert patient([pie(1, 1)], (None, F(2, 5))) == (F(1, 2), F(1, 2))
    assert patient([pie(1, 1)], (F(1, 2), F(3, 5))) == (0, 0)


def test_halving_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        curve = random_curve(rng, 6)
        d = (F(int(rng.integers(1, 10)), 10), F(int(rng.integers(1, 10)), 10))
        every = stationary(Round(curve, d))
        with monkeypatch.context() as patch:
            patch.setattr("bargaining.linkage.alternating_offers.MAX_SCANNED", 0)
            one = stationary(Round(curve, d))
        assert not one.complete
        assert one.found == every.found


def ended(first: Points, second: Points, d: tuple[float, float]) -> np.ndarray:
    """Backward induction for two packages carried out at the end, openings on a grid."""
    edges = list(itertools.pairwise(first)) or [(first[0], first[0])]
    openings = [
        tuple(a + s * (b - a) for a, b in zip(start, end, strict=True))
        for start, end in edges
        for s in np.linspace(0, 1, GRID + 1)
    ]
    worth = np.array([backwards([[(x + u[0], y + u[1]) for x, y in second]], d) for u in openings])
    later = np.zeros((2, 2))
    for _ in range(HORIZON):
        now = np.zeros_like(later)
        for i in (0, 1):
            j = 1 - i
            reject, reached = d * later[j], d * worth[:, j]
            fine = np.flatnonzero(reached[:, j] >= reject[j] - 1e-9)
            now[i] = reject
            if len(fine):
                top = reached[fine[np.argmax(reached[fine, i])]]
                if top[i] >= reject[i]:
                    now[i] = top
        later = now
    return later


@pytest.mark.parametrize("seed", range(8))
def test_agreed_at_the_end_against_backward_induction(seed: int) -> None:
    """The grid leaves a gap of at most its step times the size of the first package."""
    rng = np.random.default_rng(seed)
    first, second = random_curve(rng, 1), random_curve(rng, 1)
    d = (F(int(rng.integers(2, 8)), 10), F(int(rng.integers(2, 8)), 10))
    exact = first_round(pieces(first, second, d), d)
    assert exact.count == 1
    floats = [[(float(x), float(y)) for x, y in curve.points] for curve in (first, second)]
    found = ended(floats[0], floats[1], (float(d[0]), float(d[1])))
    size = max(abs(c) for point in floats[0] for c in point)
    for i in (0, 1):
        assert found[i, i] == pytest.approx(float(exact.values[i][i]), abs=12 * size / GRID)
