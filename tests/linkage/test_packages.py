from __future__ import annotations

import itertools
from fractions import Fraction as F

import networkx as nx
import numpy as np
import pytest
from scipy.optimize import linprog
from small_games import whole_gains

import bargaining as bg
from bargaining.model.agenda import components
from bargaining.model.deal import gains

STRICT = 1e-7


def works(game: bg.LinkageGame, package: tuple[int, ...], deals: str) -> bool:
    """Brute force: the best least gain over lotteries (or single packages) of joint outcomes."""
    rows = []
    for outcome in itertools.product(*(range(len(game.flat.rows(k))) for k in package)):
        chosen = np.array([issue.status_quo_index for issue in game.issues.values()])
        chosen[list(package)] = outcome
        gained = gains(game, bg.Deal(chosen))
        rows.append([float(gained[i]) for i in game.interested])
    table = np.array(rows)
    if deals == "pure":
        return bool((table.min(axis=1) > 0).any())
    count, players = table.shape
    bound = np.hstack([-table.T, np.ones((players, 1))])
    solved = linprog(
        [0.0] * count + [-1.0],
        A_ub=bound,
        b_ub=np.zeros(players),
        A_eq=[[1.0] * count + [0.0]],
        b_eq=[1.0],
        bounds=[(0, None)] * count + [(None, None)],
    )
    return bool(-solved.fun > STRICT)


def minimal(game: bg.LinkageGame, deals: str) -> set[frozenset[str]]:
    found: list[frozenset[int]] = []
    for size in range(1, len(game.issues) + 1):
        for package in itertools.combinations(range(len(game.issues)), size):
            near = game.neighbours
            if near is not None and len(list(components(package, near))) > 1:
                continue
            if any(smaller <= set(package) for smaller in found):
                continue
            if works(game, package, deals):
                found.append(frozenset(package))
    return {frozenset(game.issue_names[k] for k in package) for package in found}


def random_game(
    rng: np.random.Generator, *, players: int, sparse: bool, spill: bool
) -> bg.LinkageGame:
    names = tuple("abcd"[:players])
    count = 5
    issues = [
        bg.Issue.from_options(
            f"i{k}",
            names,
            ["sq", "one", "two"][: int(rng.integers(2, 4))],
            {},
            status_quo="sq",
        )
        for k in range(count)
    ]
    for issue in issues:
        issue.exact_payoffs[1:] = [
            [F(int(x)) for x in row] for row in rng.integers(-6, 4, size=(issue.size - 1, players))
        ]
    if not sparse and not spill:
        return bg.LinkageGame(names, issues)
    graph = nx.gnp_random_graph(count, 0.5, seed=int(rng.integers(1000)))
    links = []
    for k, m in graph.edges:
        table = None
        if spill:
            shape = (issues[k].size, issues[m].size, players)
            table = np.array(
                [F(int(x)) for x in rng.integers(-2, 4, size=int(np.prod(shape)))], dtype=object
            ).reshape(shape)
        links.append(bg.Link((f"i{k}", f"i{m}"), bool(rng.random() < 0.8), table))
    return bg.LinkageGame(names, issues, tuple(links))


@pytest.mark.parametrize("players", [2, 3, 4])
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("spill", [False, True])
@pytest.mark.parametrize("deals", ["shares", "pure"])
def test_equal_to_brute_force(players: int, sparse: bool, spill: bool, deals: str) -> None:
    rng = np.random.default_rng(100 * players + 10 * sparse + spill)
    for _ in range(6):
        game = random_game(rng, players=players, sparse=sparse, spill=spill)
        search = bg.minimal_packages(game, deals=deals)  # type: ignore[arg-type]
        assert set(search) == minimal(game, deals)
        assert search.status == "solved"
        assert search.verify()
        for package in search:
            certificate = search.certificate(package)
            assert min(certificate.gains[game.players[i]] for i in game.interested) > 0


def test_c1_5_helly_bound_is_tight() -> None:
    game = bg.LinkageGame.from_payoffs(
        [[[0, 0, 0], [3, -1, -1]], [[0, 0, 0], [-1, 3, -1]], [[0, 0, 0], [-1, -1, 3]]]
    )
    assert list(bg.minimal_packages(game)) == [frozenset("012")]


def test_c1_10_subset_sum() -> None:
    """All-or-nothing issues are breakable iff T is a subset sum of 3, 5, 7, 11."""
    for target, expected in ((15, True), (9, False), (13, False)):
        data = [[[0, 0], [s, -s]] for s in (3, 5, 7, 11)]
        data.append([[0, 0], [F(1, 2) - target, F(1, 2) + target]])  # type: ignore[list-item]
        game = bg.LinkageGame.from_payoffs(np.array(data, dtype=object))
        packages = list(bg.minimal_packages(game, deals="pure"))
        assert bool(packages) is expected
        assert bool(list(bg.minimal_packages(game)))  # with shares a pair is enough


def test_c1_11_six_minimal_pairs() -> None:
    game = bg.LinkageGame.from_payoffs(
        [[[0, 0], p] for p in ([-4, 6], [5, -3], [2, -1], [-1, 2], [1, -1])]
    )
    packages = list(bg.minimal_packages(game))
    assert len(packages) == 6
    assert all(len(p) == 2 for p in packages)


def test_c1_16_connected_packages_are_chordless_paths() -> None:
    names = ["guns", "fent", "extrad", "migration", "trade"]
    rows = {"guns": [-4, 6], "fent": [5, -3]}
    issues = [
        bg.Issue.from_options(
            k,
            ["a", "b"],
            ["no", "yes"],
            {p: [0, rows.get(k, [0, 0])[i]] for i, p in enumerate("ab")},
            status_quo="no",
        )
        for k in names
    ]
    edges = ["extrad-fent", "extrad-guns", "fent-migration", "guns-trade", "migration-trade"]
    links = tuple(bg.Link(tuple(e.split("-"))) for e in edges)  # type: ignore[arg-type]
    game = bg.LinkageGame(("a", "b"), issues, links)
    packages = list(bg.minimal_packages(game))
    assert packages[0] == {"guns", "extrad", "fent"}
    assert packages[1:] == [frozenset({"guns", "trade", "migration", "fent"})]


def test_clears_alone() -> None:
    game = bg.LinkageGame.from_payoffs([[[0, 0], [1, 0]], [[0, 0], [0, 1]], [[0, 0], [2, 2]]])
    search = bg.minimal_packages(game)
    assert {p: search.clears_alone(p) for p in search} == {
        frozenset("2"): True,
        frozenset("01"): True,
    }
    pair = bg.minimal_packages(bg.load("us_mexico/guns_for_fentanyl"))
    assert not pair.clears_alone(frozenset({"guns", "fentanyl"}))


def test_deadlock_is_proved_by_common_exchange_rates() -> None:
    """C1.3: two issues at one exchange rate share t = 3/5."""
    game = bg.LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [6, -9]]])
    search = bg.minimal_packages(game)
    assert list(search) == []
    (proof,) = search.deadlock()
    assert proof.weights == {"1": F(3, 5), "2": F(2, 5)}
    verdict = bg.solve(game)
    assert verdict.verdict.certificate["linked"] == {"0+1": proof.weights}
    assert verdict.verdict.certificate["deal"] is None


def test_no_stake_no_package() -> None:
    assert list(bg.minimal_packages(bg.LinkageGame.from_payoffs([[[0, 0], [0, 0]]]))) == []
    one = bg.LinkageGame.from_payoffs([[[0, 0], [0, 0]], [[0, 0], [2, 0]]])
    assert list(bg.minimal_packages(one)) == [frozenset("1")]


def test_pairs_come_lazily() -> None:
    data = np.zeros((100_000, 2, 2))
    data[::2, 1] = [-4, 6]
    data[1::2, 1] = [5, -3]
    packages = bg.minimal_packages(bg.LinkageGame.from_payoffs(data))
    first = list(itertools.islice(packages, 3))
    assert first == [frozenset({"0", "1"}), frozenset({"0", "3"}), frozenset({"0", "5"})]


def test_limits_are_reported() -> None:
    rng = np.random.default_rng(0)
    data = whole_gains(rng, (40, 4, 4), -9, 6)
    search = bg.minimal_packages(bg.LinkageGame.from_payoffs(data), time_limit=0.0)
    assert list(search) == []
    assert search.status == "limit_reached"
