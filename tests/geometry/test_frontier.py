from __future__ import annotations

import itertools
from fractions import Fraction as F

import numpy as np
import pytest
from small_games import whole_gains

import bargaining as bg
from bargaining.geometry import hull
from bargaining.geometry.frontier import Position, planar_frontier
from bargaining.geometry.marginals import package_terms
from bargaining.model.deal import gains

CLOSE = 1e-12


def upper_hull(points: set[tuple[F, F]]) -> list[tuple[F, F]]:
    """The Pareto hull by brute force: support points over all chord slopes."""
    weights = {(F(1), F(10**9)), (F(10**9), F(1))}
    for (a, b), (c, d) in itertools.combinations(points, 2):
        if (c - a) * (d - b) < 0:
            weights.add((abs(d - b), abs(c - a)))
    corners = set()
    for p, q in weights:
        for lean in (F(1, 10**6), -F(1, 10**6)):
            corners.add(max(points, key=lambda u: (p + lean * p) * u[0] + q * u[1]))
    return sorted(corners)


def brute_force(gains_: np.ndarray) -> list[tuple[F, F]]:
    sums = {(F(0), F(0))}
    for issue in gains_:
        sums = {(a + F(int(x)), b + F(int(y))) for a, b in sums for x, y in issue}
    return upper_hull(sums)


@pytest.mark.parametrize("seed", range(40))
def test_frontier_equals_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = whole_gains(rng, (int(rng.integers(1, 5)), int(rng.integers(1, 5)), 2), -4, 5)
    game = bg.LinkageGame.from_payoffs(data)
    frontier = bg.frontier(game)
    assert [frontier.point(i) for i in range(len(frontier))] == brute_force(data)
    assert frontier.verify()


@pytest.mark.parametrize("kind", ["small", "big", "float"])
def test_integers_big_integers_and_floats_agree(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    data = rng.integers(-9, 10, size=(60, 5, 2)).astype(float) / 8
    data[:, 0] = 0
    reference = bg.frontier(bg.LinkageGame.from_payoffs(data)).points
    factor = 1.0
    if kind == "big":
        factor = 2.0**40
    elif kind == "float":
        factor = 2.0**-12  # exact, but of more decimal places than are read at once
        monkeypatch.setattr("bargaining.model.gains.EXACT_CELLS", 0)
    game = bg.LinkageGame.from_payoffs(data * factor)
    assert game.flat.kind == (kind if kind != "big" else "small" if factor == 1 else game.flat.kind)
    found = bg.frontier(game).points / factor
    assert found.shape == reference.shape
    assert np.abs(found - reference).max() <= CLOSE


def test_ties_that_floats_cannot_decide() -> None:
    # 1/3 and its neighbour: the float slopes are equal, the true ones are not
    big = 10**17
    data = [[[0, 0], [3 * big, -big]], [[0, 0], [3 * big, -big - 1]]]
    game = bg.LinkageGame.from_payoffs(data)
    assert game.flat.kind == "big"
    points = bg.frontier(game).points
    assert len(points) == 3
    flat = bg.frontier(bg.LinkageGame.from_payoffs([data[0], data[0]]))
    assert len(flat) == 2


def test_float_march_falls_back_to_rationals() -> None:
    x = np.array([[0.0], [1.0], [2.0], [3.0]])
    y = np.array([[0.3], [0.2], [0.1], [0.0]])  # 0.3, 0.2, 0.1 are not on one line in binary
    _, edges = hull.hulls(x, y)
    exact = [(F(float(a)), F(float(b))) for a, b in zip(x[:, 0], y[:, 0], strict=True)]
    chain = [0, *edges.target.tolist()]
    for i, j in itertools.pairwise(chain):
        (ax, ay), (bx, by) = exact[i], exact[j]
        assert all((bx - ax) * (py - ay) <= (by - ay) * (px - ax) for px, py in exact)


def test_one_issue_of_many_outcomes() -> None:
    steps = [F(k, 3000) for k in range(3001)]
    game = bg.LinkageGame.from_payoffs([[[0, 0], *([x, 1 - x * x] for x in steps)]])
    assert len(bg.frontier(game)) == 3001


def test_positions_turn_into_deals_with_the_same_gains() -> None:
    game = bg.load("us_mexico/five_issue_core")
    frontier = planar_frontier(game, range(5), (0, 1))
    for run in range(len(frontier) - 1):
        for part in (F(0), F(1, 3), F(6, 7)):
            position = Position(run, part)
            assert gains(game, frontier.deal(position)) == frontier.point(position)


def test_spillovers_component_chain_equals_brute_force() -> None:
    rng = np.random.default_rng(11)
    for _ in range(25):
        game = random_spillover_game(rng, count=4, cycle=bool(rng.integers(2)))
        terms = package_terms(game, range(4))
        assert terms.components
        sums = set()
        for outcome in itertools.product(range(2), repeat=4):
            deal = bg.Deal(np.array(outcome))
            sums.add(tuple(F(g) for g in gains(game, deal)))
        frontier = bg.frontier(game)
        found = [frontier.point(i) for i in range(len(frontier))]
        assert found == upper_hull(sums)
        assert frontier.verify()


def random_spillover_game(
    rng: np.random.Generator, *, count: int, cycle: bool, players: int = 2
) -> bg.LinkageGame:
    names = tuple("ab"[i] if players == 2 else f"p{i}" for i in range(players))
    issues = [
        bg.Issue.from_options(
            f"i{k}",
            names,
            ["no", "yes"],
            {p: [0, int(rng.integers(-5, 6))] for p in names},
            status_quo="no",
        )
        for k in range(count)
    ]
    pairs = [(k, k + 1) for k in range(count - 1)] + ([(count - 1, 0)] if cycle else [])
    links = []
    for k, m in pairs:
        table = np.full((2, 2, players), F(0), dtype=object)
        table[1, 1] = [F(int(x)) for x in rng.integers(-3, 4, size=players)]
        table[0, 1] = [F(int(x)) for x in rng.integers(-1, 2, size=players)]
        links.append(bg.Link((f"i{k}", f"i{m}"), True, table))
    return bg.LinkageGame(names, issues, tuple(links))
