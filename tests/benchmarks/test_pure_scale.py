"""Pure deals at full size: run by hand with ``python -m pytest tests/benchmarks -s``.

Every figure is measured in this run, beside a plain merge in Python of the same game; what is
timed is also checked against it.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction as F

import networkx as nx
import numpy as np

import bargaining as bg
from bargaining.geometry.frontier import planar_frontier
from bargaining.geometry.pure import PureFrontier, pure_frontier
from bargaining.model.constraints import forbid
from bargaining.model.links import Link


def table(title: str, rows: list[tuple[str, ...]]) -> None:
    print(f"\n{title}")
    for name, *figures in rows:
        print(f"  {name:<44}" + "".join(f"{figure:>16}" for figure in figures))


def best_of(work: Callable[[], PureFrontier], times: int = 5) -> tuple[float, PureFrontier]:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - start)
    return min(seconds), found


def plain_merge(gains: np.ndarray) -> dict[tuple[int, int], int]:
    """Merge issue by issue in plain Python: undominated sums and how many packages give each."""
    sums: Counter[tuple[int, int]] = Counter({(0, 0): 1})
    for issue in gains.tolist():
        merged: Counter[tuple[int, int]] = Counter()
        for (x, y), count in sums.items():
            for dx, dy in issue:
                merged[x + dx, y + dy] += count
        sums, highest = Counter(), None
        for (x, y), count in sorted(merged.items(), reverse=True):
            if highest is None or y > highest:
                sums[x, y], highest = count, y
    return dict(sums)


def ready(game: bg.LinkageGame) -> bg.LinkageGame:
    """Build what a game holds already when it was asked before."""
    assert game.flat
    assert game.coupled is not None
    return game


def uniform(rng: np.random.Generator, issues: int, outcomes: int) -> np.ndarray:
    gains = rng.integers(0, 1000, (issues, outcomes, 2))
    return gains - gains[:, :1]


def named(gains: np.ndarray, **channels: object) -> bg.LinkageGame:
    issues = {
        str(k): bg.Issue.from_options(
            str(k),
            ["a", "b"],
            [str(j) for j in range(gains.shape[1])],
            {"a": gains[k, :, 0].tolist(), "b": gains[k, :, 1].tolist()},
            status_quo="0",
        )
        for k in range(len(gains))
    }
    return bg.LinkageGame(("a", "b"), issues, channels=channels)


def test_uniform_payoffs() -> None:
    rng = np.random.default_rng(0)
    rows = [("issues x options", "frontier", "target", "plain Python", "ratio", "all packages")]
    cases = ((7, 7, "0.005 s"), (20, 10, "0.02 s"), (30, 20, "0.05 s"), (200, 50, "5 s"))
    for issues, outcomes, target in cases:
        gains = uniform(rng, issues, outcomes)
        game = ready(bg.LinkageGame.from_payoffs(gains))
        seconds, found = best_of(lambda g=game, k=issues: pure_frontier(g, range(k), (0, 1)))
        start = time.perf_counter()
        packages = found.packages()
        recovered = time.perf_counter() - start
        chosen = gains[np.arange(issues), packages].sum(axis=1)
        assert [tuple(map(F, row)) for row in chosen.tolist()] == [
            found.gains(j) for j in range(len(found))
        ]
        plain, ratio = "", ""
        if issues <= 30:
            start = time.perf_counter()
            expected = plain_merge(gains)
            other = time.perf_counter() - start
            assert {found.gains(j): found.counts[j] for j in range(len(found))} == expected
            plain, ratio = f"{other:.3f} s", f"{other / seconds:.0f}"
        name = f"{issues} x {outcomes}: {len(found):,} points"
        rows.append((name, f"{seconds:.4f} s", target, plain, ratio, f"{recovered:.4f} s"))
    table("Uniform payoffs, two players, whole numbers, with counts", rows)


def test_opposed_payoffs_and_constraints() -> None:
    rows = [("30 x 20", "frontier", "target", "points")]
    for seed in range(3):
        rng = np.random.default_rng(seed)
        weights = rng.dirichlet(np.ones(30), 2)
        rising, falling = np.sort(rng.random((30, 20))), -np.sort(-rng.random((30, 20)))
        opposed = np.stack([weights[0][:, None] * rising, weights[1][:, None] * falling], axis=-1)
        game = ready(named(opposed))
        seconds, found = best_of(lambda g=game: pure_frontier(g, range(30), (0, 1)), 2)
        assert found.complete
        rows.append((f"opposed floats, seed {seed}", f"{seconds:.2f} s", "2 s", f"{len(found):,}"))
        gains = uniform(rng, 30, 20)
        rules = tuple(
            forbid(
                [(str(k), frozenset({int(rng.integers(1, 20))})) for k in rng.permutation(30)[:3]]
            )
            for _ in range(3)
        )
        free, ruled = ready(named(gains)), ready(named(gains, constraints=rules))
        without, _ = best_of(lambda g=free: pure_frontier(g, range(30), (0, 1)))
        seconds, found = best_of(lambda g=ruled: pure_frontier(g, range(30), (0, 1)))
        chosen = found.packages()
        for rule in rules:
            holding = sum(np.isin(chosen[:, int(name)], list(out)) for name, out in rule.statements)
            assert holding.max() <= rule.limit
        rows.append(
            (
                f"three constraints, seed {seed}",
                f"{seconds:.4f} s",
                f"2 x {without:.4f}",
                f"ratio {seconds / without:.2f}",
            )
        )
    table("Opposed payoffs (Dirichlet weights); random constraints", rows)


def test_constant_sum_stops() -> None:
    code = """
        import resource, time
        import numpy as np
        import bargaining as bg

        rng = np.random.default_rng(0)
        first = rng.integers(-10**9, 10**9, (20, 10))
        gains = np.stack([first, -first], axis=-1)
        gains -= gains[:, :1]
        gains[0] += 10**6  # something to share
        gains[0, 0] = 0
        game = bg.LinkageGame.from_payoffs(gains)
        start = time.perf_counter()
        frontier = bg.frontier(game, deals="pure")
        spent = time.perf_counter() - start
        settled = bg.settle(game, solution="utilitarian")
        assert settled.verify()
        start = time.perf_counter()
        pure = bg.settle(game, deals="pure")
        after = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        low, high = pure.brackets[0]["score"] if pure.brackets else (1, 1)
        print(spent, after, peak, frontier.status, pure.status, float(low / high))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    spent, after, peak, status, settled, share = done.stdout.split()
    table(
        "Constant-sum 20 x 10",
        [
            ("frontier", f"{float(spent):.2f} s", "target 5 s", status),
            ("Nash settlement, pure", f"{float(after):.2f} s", settled, f"{float(share):.9f}"),
            ("peak memory", f"{float(peak):.2f} GiB", "target 1 GiB"),
        ],
    )
    assert status == "limit_reached"


def test_three_players() -> None:
    rows = [("3 players, 10 x 5", "frontier", "target", "points")]
    for seed in range(5):
        rng = np.random.default_rng(seed)
        gains = rng.normal(size=(10, 5, 3))
        gains[:, 0] = 0
        game = ready(bg.LinkageGame.from_payoffs(gains))
        seconds, found = best_of(lambda g=game: pure_frontier(g, range(10), (0, 1, 2)), 1)
        assert found.complete
        rows.append((f"seed {seed}", f"{seconds:.3f} s", "10 s", f"{len(found):,}"))
    table("Three players", rows)


def k_tree(count: int, width: int, rng: np.random.Generator) -> nx.Graph:
    """Draw a graph of a given treewidth."""
    graph = nx.complete_graph(width + 1)
    cliques = list(itertools.combinations(range(width + 1), width))
    for node in range(width + 1, count):
        clique = cliques[int(rng.integers(len(cliques)))]
        graph.add_edges_from((node, other) for other in clique)
        cliques += [(*(k for k in clique if k != other), node) for other in clique]
    return graph


def test_spillovers_of_bounded_treewidth() -> None:
    rows = [("30 issues x 3 outcomes, treewidth 3", "shares", "settle", "pure", "target 10 s")]
    for seed in range(3):
        rng = np.random.default_rng(seed)
        graph = k_tree(30, 3, rng)
        gains = rng.normal(size=(30, 3, 2))
        gains[:, 0] = 0
        links = []
        for first, second in graph.edges:
            values = rng.normal(size=(3, 3, 2))
            exact = np.array([F(float(v)) for v in values.flat], dtype=object).reshape(3, 3, 2)
            links.append(Link((str(first), str(second)), True, exact))
        game = ready(bg.LinkageGame(("a", "b"), named(gains).issues, tuple(links)))
        start = time.perf_counter()
        planar = planar_frontier(game, range(30), (0, 1))
        shares = time.perf_counter() - start
        start = time.perf_counter()
        assert bg.settle(game).verify()
        settled = time.perf_counter() - start
        start = time.perf_counter()
        pure = pure_frontier(game, range(30), (0, 1))
        spent = time.perf_counter() - start
        assert pure.complete
        assert len(pure) >= len(planar)
        rows.append(
            (f"seed {seed}", f"{shares:.2f} s", f"{settled:.2f} s", f"{spent:.2f} s",
             f"{len(pure)} points")
        )  # fmt: skip
    table("Spillovers", rows)
