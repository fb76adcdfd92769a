"""The convex programme of a package against the exact one, the planar way and brute force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction as F

import cvxpy as cp
import numpy as np
import pytest

import bargaining as bg
from bargaining.geometry.marginals import package_terms
from bargaining.geometry.mutual import mutual_gain
from bargaining.geometry.support import support
from bargaining.model.deal import gains
from bargaining.settlement import one_package
from bargaining.settlement.conic import ConicModel
from bargaining.settlement.exact_program import ExactProgram
from bargaining.settlement.layout import Layout
from bargaining.settlement.program import GAP, Program
from bargaining.settlement.program_package import program_package
from bargaining.settlement.solutions import OPTIMA

LINEAR = 1e-6
"""How far a linear programme's gains may be from the exact ones."""
PRODUCT = 1e-9
"""How far a log product may be below the exact one; gains then differ by at most its root."""
SEEDS = range(24)


def random_game(
    rng: np.random.Generator,
    players: int,
    issues: int,
    outcomes: int,
    *,
    edges: Sequence[tuple[int, int]] = (),
    reservation: Sequence[int] | None = None,
    low: int = -6,
    high: int = 7,
) -> bg.LinkageGame:
    """Whole payoffs, outcome 0 worth nothing; spillovers on edges; totals as origin if given."""
    names = tuple("abcdefghijklmnop"[:players])
    found = []
    for k in range(issues):
        payoffs = rng.integers(low, high, size=(outcomes, players))
        if reservation is None:
            payoffs[0] = 0
        table = np.array([[F(int(x)) for x in row] for row in payoffs], dtype=object)
        labels = tuple(f"o{a}" for a in range(outcomes))
        found.append(bg.Issue(f"i{k}", names, {}, labels, table, 0))
    links = []
    for k, m in edges:
        extra = rng.integers(-3, 4, size=(outcomes, outcomes, players))
        extra[0, 0] = 0
        table = np.array([F(int(x)) for x in extra.flat], dtype=object).reshape(extra.shape)
        links.append(bg.Link((f"i{k}", f"i{m}"), True, table))
    if links:
        joined = {frozenset(link.between) for link in links}
        every = [(f"i{k}", f"i{m}") for m in range(issues) for k in range(m)]
        links += [bg.Link(pair) for pair in every if frozenset(pair) not in joined]
    channels = {}
    if reservation is not None:
        channels = {"reservation": dict(zip(names, map(F, reservation), strict=True))}
    return bg.LinkageGame(names, found, tuple(links) if links else None, channels=channels)


def treewidth_three(rng: np.random.Generator, issues: int) -> list[tuple[int, int]]:
    """Edges of a random 3-tree: each issue is tied to three that are tied to each other."""
    cliques = [(0, 1, 2)]
    edges = [(0, 1), (0, 2), (1, 2)]
    for k in range(3, issues):
        a, b, c = cliques[int(rng.integers(len(cliques)))]
        edges += [(a, k), (b, k), (c, k)]
        cliques += [(a, b, k), (a, c, k), (b, c, k)]
    return edges


def programmes(game: bg.LinkageGame) -> tuple[ExactProgram, Program, frozenset[int]]:
    """The exact and the convex programme of all issues, and who can gain."""
    package = range(len(game.issues))
    terms = package_terms(game, package)
    layout = Layout(game, terms.singles, terms.components)
    found = mutual_gain(game, package)
    exact = ExactProgram(game, layout, game.interested)
    return exact, Program(game, package, game.interested, layout, found.weights), found.gainers


def _game(seed: int, *, reserved: bool) -> tuple[bg.LinkageGame, np.random.Generator]:
    rng = np.random.default_rng(seed)
    players = 2 + seed % 3
    edges = ((0, 1), (1, 2)) if seed % 4 == 0 else ()
    totals = rng.integers(-6, 4, size=players).tolist() if reserved else None
    return random_game(rng, players, 3, 3, edges=edges, reservation=totals), rng


def _reached(
    game: bg.LinkageGame, programme: Program | ExactProgram, answer: object
) -> list[float]:
    return [float(g) for g in gains(game, programme.deal(answer.variables))]  # type: ignore[attr-defined]


@pytest.mark.parametrize("reserved", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_convex_and_exact_programme_agree(seed: int, reserved: bool) -> None:
    game, rng = _game(seed, reserved=reserved)
    exact, convex, who = programmes(game)
    if not who:
        assert bg.settle(game).status == "no_agreement"
        return
    ordered = sorted(who)
    power = {i: F(int(rng.integers(1, 5))) for i in ordered}
    units = {i: F(int(rng.integers(1, 5)), 3) for i in ordered}
    linear: list[Callable[[Program | ExactProgram], object]] = [
        lambda p: p.maximise_least(units),
        lambda p: p.maximise_sum(ordered),
    ]
    for ask in linear:
        one, other = (_reached(game, p, ask(p)) for p in (exact, convex))
        assert other == pytest.approx(one, abs=LINEAR)
    one, other = (_reached(game, p, p.maximise_logs(power)) for p in (exact, convex))
    total = float(sum(power.values()))
    products = [
        sum(float(p) / total * np.log(g[i]) for i, p in power.items()) for g in (one, other)
    ]
    assert products[1] == pytest.approx(products[0], abs=PRODUCT)
    assert other == pytest.approx(one, abs=1e-3)
    assert min(other[i] for i in game.interested) >= -LINEAR


@pytest.mark.parametrize("reserved", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_ideal_under_floors(seed: int, reserved: bool) -> None:
    """Both programmes agree, deals keep the floors, and weights prove that no more is possible."""
    game, _rng = _game(seed, reserved=reserved)
    exact, convex, who = programmes(game)
    if not who:
        return
    ordered = sorted(who)
    nash = gains(game, exact.deal(exact.maximise_logs(dict.fromkeys(ordered, 1)).variables))
    floors = {i: F(float(nash[i])).limit_denominator(50) * F(3, 4) for i in ordered}
    for asked in (None, floors):
        proved = zip(
            exact.ideal(ordered, floors=asked), convex.ideal(ordered, floors=asked), strict=True
        )
        for (i, weights, deal), (same, rates, near) in proved:
            assert i == same
            reached = gains(game, deal)
            least = {j: (asked or {}).get(j, F(0)) for j in game.interested}
            assert all(reached[j] >= floor for j, floor in least.items())
            paid = sum((weights[j] - (j == i)) * floor for j, floor in least.items())
            assert support(game, range(len(game.issues)), weights) - paid == reached[i]
            assert float(gains(game, near)[i]) == pytest.approx(float(reached[i]), abs=LINEAR)
            bound = float(support(game, range(len(game.issues)), rates))
            bound -= sum((rates[j] - (j == i)) * float(floor) for j, floor in least.items())
            assert bound == pytest.approx(float(reached[i]), abs=LINEAR)


@pytest.mark.parametrize("seed", range(40))
def test_three_ways_with_totals_as_origin(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two players: planar geometry, exact programme and convex programme."""
    rng = np.random.default_rng(seed)
    edges = ((0, 1),) if seed % 2 else ()
    totals = rng.integers(-4, 8, size=2).tolist()
    game = random_game(rng, 2, 3, 3, edges=edges, reservation=totals)
    for solution in OPTIMA:
        planar = bg.settle(game, solution=solution)
        with monkeypatch.context() as patch:
            patch.setattr(one_package, "planar_package", lambda *a: program_package(*a[:4]))
            for rows in (80, 0):
                patch.setattr("bargaining.settlement.exact_program.MAX_ROWS", rows)
                other = bg.settle(game, solution=solution)
                assert other.status == planar.status
                assert other.verify()
                for player, gain in planar.gains.items():
                    assert float(other.gains[player]) == pytest.approx(float(gain), abs=1e-3)


@pytest.mark.parametrize("seed", range(30))
def test_totals_as_origin_for_more_players(seed: int) -> None:
    """An agreement exists exactly if one is found by a linear programme over all pure deals."""
    from itertools import product

    from scipy.optimize import linprog

    rng = np.random.default_rng(seed)
    players = 3 + seed % 2
    totals = rng.integers(-3, 5, size=players).tolist()
    game = random_game(rng, players, 3, 3, reservation=totals)
    pure = np.array(
        [
            [float(g) for g in gains(game, bg.Deal(np.array(chosen)))]
            for chosen in product(range(3), repeat=3)
        ]
    )
    found = linprog(
        [0.0] * len(pure) + [-1.0],
        A_ub=np.hstack([-pure.T, np.ones((players, 1))]),
        b_ub=np.zeros(players),
        A_eq=[[1.0] * len(pure) + [0.0]],
        b_eq=[1.0],
        bounds=[(0, None)] * len(pure) + [(None, None)],
    )
    settled = bg.settle(game)
    assert settled.verify()
    if abs(found.fun) > 1e-9:
        assert settled.mutual_gain == (found.fun < 0)
        assert (settled.status == "agreement") == (found.fun < 0)
    if settled.status == "agreement":
        for shares in settled.deal.values():
            assert float(sum(shares.values())) == pytest.approx(1, abs=1e-9)
    else:
        assert not any(settled.gains.values())


def _compiled(problem: cp.Problem) -> object:
    return problem._cache.param_prog


def test_other_numbers_do_not_compile_again() -> None:
    rng = np.random.default_rng(3)
    game = random_game(rng, 3, 4, 3)
    _, convex, _ = programmes(game)
    model = convex.model
    everyone, floor = np.ones(3) / 3, np.zeros(3)
    assert model.logs(everyone, floor) is not None
    assert model.linear(np.ones(3), floor) is not None
    assert model.log_problem.is_dcp(dpp=True)
    assert model.linear_problem.is_dcp(dpp=True)
    before = [_compiled(model.log_problem), _compiled(model.linear_problem)]
    assert None not in before
    model.logs(np.array([0.2, 0.3, 0.5]), floor)
    model.logs(np.array([0.5, 0.5, 0.0]), np.array([0.0, 0.0, 1e-3]))
    model.linear(np.array([1.0, 0.0, 2.0]), np.array([0.01, 0.0, 0.0]))
    model.least(np.array([1.0, 2.0, 0.0]), floor)
    model.constant.value = np.array([0.1, 0.0, 0.2])
    model.logs(everyone, floor)
    after = [_compiled(model.log_problem), _compiled(model.linear_problem)]
    assert all(a is b for a, b in zip(before, after, strict=True))


def test_another_constant_is_another_answer() -> None:
    """Splitting a pie of 1: the constant moves the point from which gains are measured."""
    from scipy import sparse

    pie = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    model = ConicModel(pie, np.zeros(2), sparse.csr_array(np.ones((1, 3))), np.ones(1))
    even = np.array([0.5, 0.5])
    for constant, expected in (((0, 0), 0.5), ((-0.5, 0), 0.75), ((0.5, 0), 0.25)):
        model.constant.value = np.array(constant, dtype=float)
        solved = model.logs(even, np.zeros(2))
        assert solved is not None
        assert (pie @ solved.shares)[0] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("issues", "players"), [(12, 2), (12, 3), (30, 3)])
def test_spillovers_on_a_graph_of_treewidth_three(issues: int, players: int) -> None:
    rng = np.random.default_rng(issues + players)
    edges = treewidth_three(rng, issues)
    game = random_game(rng, players, issues, 3, edges=edges, low=-9, high=10)
    for solution in ("nash", "egalitarian"):
        found = bg.settle(game, solution=solution)
        assert found.status == "agreement"
        assert found.verify()


def test_spillovers_by_both_programmes() -> None:
    rng = np.random.default_rng(1)
    game = random_game(rng, 3, 4, 2, edges=((0, 1), (1, 2), (2, 3)))
    exact, convex, who = programmes(game)
    assert len(who) == 3
    one, other = (
        _reached(game, p, p.maximise_logs(dict.fromkeys(who, 1))) for p in (exact, convex)
    )
    assert other == pytest.approx(one, abs=1e-4)


def test_the_ways_of_the_ladder_agree() -> None:
    """Interior point, cone, geometric mean and simplicial decomposition, each by itself."""
    from bargaining.settlement.log_task import LogTask

    game = random_game(np.random.default_rng(11), 3, 6, 3)
    _, convex, who = programmes(game)
    task = LogTask(
        convex.layout, convex.players, dict.fromkeys(who, 1), convex.scale, convex.blocking
    )
    best: dict[str, list[float]] = {}
    for answer in convex._log_answers(task):
        if convex.gap(answer) <= GAP:
            best.setdefault(answer.method, convex.gains_of(answer.variables).tolist())
    assert set(best) == {
        "interior point", "conic", "geometric mean", "simplicial decomposition"
    }  # fmt: skip
    first = best["interior point"]
    for other in best.values():
        assert other == pytest.approx(first, abs=1e-2)
