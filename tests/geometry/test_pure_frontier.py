"""The merge of pure deals against enumeration: spillovers, constraints, ties, huge numbers."""

from __future__ import annotations

import itertools
from fractions import Fraction as F

import numpy as np
import pytest
from heavy import some
from scipy.optimize import linprog

import bargaining as bg
from bargaining.geometry.frontier import planar_frontier
from bargaining.geometry.pure import pure_frontier
from bargaining.geometry.undominated import undominated
from bargaining.geometry.whole import add, decode, encode, limbs_needed
from bargaining.model.constraints import Constraint, forbid, require
from bargaining.model.links import Link
from bargaining.settlement.solutions import OPTIMA

NAMES = "abcdefgh"


def random_game(
    seed: int, *, players: int = 2, issues: int = 5, scale: int = 1, ties: bool = False
) -> bg.LinkageGame:
    """Draw a game with spillovers on some pairs and a few constraints."""
    rng = np.random.default_rng(seed)
    high = 3 if ties else 9
    who = tuple(f"p{i}" for i in range(players))
    made = {}
    for name in NAMES[:issues]:
        size = int(rng.integers(2, 5))
        payoffs = {p: [int(v) * scale for v in rng.integers(-high, high, size)] for p in who}
        options = [f"o{a}" for a in range(size)]
        made[name] = bg.Issue.from_options(name, who, options, payoffs, status_quo="o0")
    links = []
    for first, second in itertools.combinations(made, 2):
        table = None
        if rng.random() < 0.25:
            shape = (made[first].size, made[second].size, players)
            table = np.array(
                [F(int(v) * scale, 2) for v in rng.integers(-high, high, np.prod(shape))],
                dtype=object,
            ).reshape(shape)
        links.append(Link((first, second), True, table))
    constraints: list[Constraint] = []
    for _ in range(int(rng.integers(0, 4))):
        chosen = rng.permutation(issues)[: int(rng.integers(1, issues + 1))]
        statements = []
        for k in chosen.tolist():
            size = made[NAMES[k]].size
            outcomes = frozenset((rng.permutation(size - 1)[: rng.integers(1, size)] + 1).tolist())
            statements.append((NAMES[k], outcomes))
        kind = rng.integers(0, 3)
        if kind == 0 or len(statements) < 2:
            constraints.append(forbid(statements, "rule"))
        elif kind == 1:
            sizes = {name: issue.size for name, issue in made.items()}
            constraints += require(statements[:-1], statements[-1:], sizes, "rule")
        else:
            limit = int(rng.integers(0, len(statements)))
            constraints.append(Constraint(tuple(statements), limit, "rule"))
    kept = tuple(c for c in constraints if not c.vacuous)
    return bg.LinkageGame(who, made, tuple(links), channels={"constraints": kept} if kept else {})


def packages_by_hand(game: bg.LinkageGame) -> list[tuple[dict[str, int], tuple[F, ...]]]:
    """All allowed packages with their gains, from the game's own tables."""
    found = []
    names = list(game.issues)
    for outcome in itertools.product(*(range(game.issues[n].size) for n in names)):
        chosen = dict(zip(names, outcome, strict=True))
        if not all(c.allows(chosen) for c in game.constraints):
            continue
        total = sum(game.issues[n].exact_gains[a] for n, a in chosen.items())
        for link in game.links or ():
            if link.spillovers is not None:
                here = link.spillovers[chosen[link.between[0]], chosen[link.between[1]]]
                total = total + here - link.spillovers[0, 0]
        found.append((chosen, tuple(total)))
    return found


def undominated_by_hand(points: list[tuple[F, ...]]) -> set[tuple[F, ...]]:
    return {
        u
        for u in set(points)
        if not any(v != u and all(a >= b for a, b in zip(v, u, strict=True)) for v in points)
    }


CASES = [(2, 5, 1, False), (2, 5, 2**70, False), (2, 6, 1, True), (3, 4, 1, False), (4, 4, 1, True)]


@pytest.mark.parametrize("seed", some(range(5), range(5, 12)))
@pytest.mark.parametrize(("players", "issues", "scale", "ties"), CASES)
def test_frontier_and_packages_by_enumeration(
    seed: int, players: int, issues: int, scale: int, ties: bool
) -> None:
    game = random_game(seed, players=players, issues=issues, scale=scale, ties=ties)
    everything = packages_by_hand(game)
    gains = [u for _, u in everything]
    frontier = pure_frontier(game, range(issues), tuple(range(players)))
    found = [frontier.gains(j) for j in range(len(frontier))]
    assert frontier.complete
    assert len(set(found)) == len(found)
    assert set(found) == undominated_by_hand(gains)
    names = list(game.issues)
    assert [frontier.deal(j).outcomes.tolist() for j in range(len(found))] == (
        frontier.packages().tolist()
    )
    for j, point in enumerate(found):
        same = {tuple(chosen[n] for n in names) for chosen, u in everything if u == point}
        listed = [tuple(deal.outcomes.tolist()) for deal in frontier.deals(j)]
        assert len(listed) == len(same) == frontier.counts[j]
        assert set(listed) == same
        assert tuple(frontier.deal(j).outcomes.tolist()) in same
    for solution in OPTIMA:
        assert bg.settle(game, solution=solution, deals="pure", all=True).verify()


@pytest.mark.parametrize("seed", range(30))
def test_shares_under_constraints_are_lotteries_over_allowed_packages(seed: int) -> None:
    game = random_game(seed, issues=5)
    points = sorted({u for _, u in packages_by_hand(game)})
    frontier = planar_frontier(game, range(5), (0, 1))
    corners = [frontier.vertex(j) for j in range(len(frontier))]
    hull: list[tuple[F, ...]] = []
    for point in reversed(points):  # upper right chain, from the first player's best on
        if hull and point[1] <= hull[-1][1]:
            continue
        while (
            len(hull) > 1
            and (hull[-1][0] - hull[-2][0]) * (point[1] - hull[-2][1])
            - (hull[-1][1] - hull[-2][1]) * (point[0] - hull[-2][0])
            <= 0
        ):
            hull.pop()
        hull.append(point)
    assert corners == hull[::-1]
    for solution in ("nash", "egalitarian"):
        settled = bg.settle(game, solution=solution)
        assert settled.verify()


def _best_least(game: bg.LinkageGame, who: list[int]) -> float:
    """Compute the largest least gain of some players over lotteries, nobody losing."""
    points = np.array([[float(g) for g in u] for _, u in packages_by_hand(game)])
    count, players = points.shape
    rows = [[*(-points[:, i]), 1.0 if i in who else 0.0] for i in range(players)]
    found = linprog(
        [*([0.0] * count), -1.0],
        A_ub=rows,
        b_ub=[0.0] * players,
        A_eq=[[*([1.0] * count), 0.0]],
        b_eq=[1.0],
        bounds=[*([(0, None)] * count), (None, None)],
    )
    return -float(found.fun)


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("exact", [True, False])
def test_three_players_under_constraints(
    seed: int, exact: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exact:
        monkeypatch.setattr("bargaining.settlement.exact_program.MAX_ROWS", 0)
    game = random_game(seed, players=3, issues=4)
    for solution in ("nash", "egalitarian"):
        settled = bg.settle(game, solution=solution)
        assert settled.verify()
    if settled.mutual_gain:
        least = min(settled.gains.values())
        assert abs(float(least) - _best_least(game, [0, 1, 2])) < 1e-6
    else:
        assert _best_least(game, [0, 1, 2]) < 1e-9


def test_numbers_of_any_size_in_limbs() -> None:
    rng = np.random.default_rng(0)
    numbers = [int(s) * (1 << int(b)) + int(r) for s, b, r in rng.integers(-60, 60, (200, 3)) % 180]
    numbers = [n * (-1) ** j for j, n in enumerate(numbers)]
    limbs = limbs_needed(2 * max(map(abs, numbers)))
    array = encode(np.array(numbers, dtype=object), limbs)
    assert [decode(row) for row in array.tolist()] == numbers
    total = add(array[:, None], array[None])
    assert all(
        decode(total[i, j].tolist()) == numbers[i] + numbers[j]
        for i in range(0, 200, 7)
        for j in range(0, 200, 11)
    )


def test_ties_that_floats_would_miss() -> None:
    """0.1 + 0.2 against 0.3: equal as decimals, different as binary floats."""
    issues = {
        name: bg.Issue.from_options(
            name, ["a", "b"], ["0", "1"], {"a": ["0", size], "b": ["0", f"-{size}"]}, status_quo="0"
        )
        for name, size in (("x", "0.1"), ("y", "0.2"), ("z", "0.3"))
    }
    game = bg.LinkageGame(("a", "b"), issues)
    frontier = bg.frontier(game, deals="pure")
    points = [frontier.point(i)[0] for i in range(len(frontier))]
    assert points == [F(0), F(1, 10), F(1, 5), F(3, 10), F(2, 5), F(1, 2), F(3, 5)]
    assert frontier.packages == (1, 1, 1, 2, 1, 1, 1)


def test_undominated_points_of_no_rows() -> None:
    assert len(undominated(np.zeros((0, 2, 1), dtype=np.int64)).first) == 0


@pytest.mark.parametrize("seed", range(20))
def test_pure_deals_lie_within_those_with_shares(seed: int) -> None:
    """Whatever the slope, no pure deal is worth more than the best corner with shares."""
    game = random_game(seed, issues=5)
    pure = pure_frontier(game, range(5), (0, 1))
    shares = planar_frontier(game, range(5), (0, 1))
    corners = [shares.vertex(j) for j in range(len(shares))]
    points = [pure.gains(j) for j in range(len(pure))]
    for slope in range(11):
        a, b = F(slope, 10), F(10 - slope, 10)
        best = max(a * x + b * y for x, y in corners)
        assert all(a * x + b * y <= best for x, y in points)
    assert set(corners) <= set(points)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("players", [2, 3])
def test_adding_an_issue_never_shrinks_the_frontier(seed: int, players: int) -> None:
    """Left at its status quo a further issue changes nothing, so each point is still reached."""
    game = random_game(seed, players=players, issues=5)
    columns = tuple(range(players))
    small = pure_frontier(game, range(4), columns)
    large = pure_frontier(game, range(5), columns)
    reached = [large.gains(j) for j in range(len(large))]
    for j in range(len(small)):
        point = small.gains(j)
        assert any(all(a >= b for a, b in zip(u, point, strict=True)) for u in reached)


def test_too_many_undominated_deals_are_said_to_be_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every package of a constant-sum game is undominated; those kept are feasible and told."""
    monkeypatch.setattr("bargaining.geometry.pure.MAX_POINTS", 200)
    monkeypatch.setattr("bargaining.geometry.pure.BEAM", 100)
    rng = np.random.default_rng(1)
    first = rng.integers(-(10**6), 10**6, (8, 4))
    gains = np.stack([first, 10**5 - first], axis=-1)
    gains[:, 0] = 0
    game = bg.LinkageGame.from_payoffs(gains)
    frontier = bg.frontier(game, deals="pure")
    assert frontier.status == "limit_reached"
    assert frontier.verify()
    for solution in OPTIMA:
        settled = bg.settle(game, solution=solution, deals="pure")
        assert settled.verify()
        assert settled.status == "limit_reached"
        low, high = settled.brackets[0]["score"]
        assert 0 < low <= high
        if solution == "utilitarian":
            assert sum(settled.gains.values()) == low == high == 8 * 10**5
    verdict = bg.solve(game, deals="pure")
    assert verdict.verify()
    assert verdict.agendas["linked"].mutual_gain
