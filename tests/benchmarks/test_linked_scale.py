"""Scale of the linked game: run by hand with ``python -m pytest tests/benchmarks -s``.

Issues on a path, spillovers between neighbours, payoffs uniform on [-1, 1]; twenty seeds each.
Times are those of the whole call on a game already built, and nothing timed is asserted; that
answers are certified (regret at most 1e-9 of the payoff range) is.
"""

from __future__ import annotations

import itertools
import time
import warnings
from collections.abc import Iterator
from multiprocessing import Process, Queue
from queue import Empty

import numpy as np
import pytest
from linked_games import flattened, path, random_game
from numpy.typing import NDArray

from bargaining.equilibrium.correlated import correlated_equilibrium
from bargaining.equilibrium.linked import linked_equilibrium
from bargaining.equilibrium.linked_answer import LinkedEquilibrium, tolerance_of
from bargaining.model.game import LinkageGame
from bargaining.results import Status

SEEDS = 20
PATIENCE = 10
Matrix = NDArray[np.float64]


def drawn(count: int, actions: int, *, zero_sum: bool) -> Iterator[LinkageGame]:
    for seed in range(SEEDS):
        rng = np.random.default_rng([seed, count, actions])
        yield random_game(rng, [actions] * count, path(count), zero_sum=zero_sum, size=None)


def timed(game: LinkageGame) -> tuple[LinkedEquilibrium, float]:
    start = time.perf_counter()
    found = linked_equilibrium(game)
    return found, time.perf_counter() - start


def certified(found: LinkedEquilibrium) -> bool:
    return (
        found.status is Status.SOLVED
        and found.regret is not None
        and float(found.regret) <= tolerance_of(found.form)
        and found.verify()
    )


def report(kind: str, rows: list[tuple[int, int, list[float], list[int], float]]) -> None:
    heads = ("issues", "actions", "median", "worst", "target", "solved", "growth")
    print(f"\n{kind}\n  {''.join(f'{head:>10}' for head in heads)}")
    before: tuple[int, float] | None = None
    for count, actions, times, failed, target in rows:
        median = float(np.median(times))
        growth = ""
        if before is not None:
            power = np.log(median / before[1]) / np.log(count / before[0])
            growth = f"k^{power:.1f}"
        before = (count, median)
        solved = f"{len(times) - len(failed)}/{len(times)}"
        seconds = (f"{median:.3f}s", f"{max(times):.3f}s", f"{target:g}s")
        cells = (count, actions, *seconds, solved, growth)
        print("  " + "".join(f"{cell:>10}" for cell in cells))
        if failed:
            print(f"    not solved: seeds {failed}")


def measure(
    kind: str, sizes: list[tuple[int, int, float]], *, zero_sum: bool, seeds: int = SEEDS
) -> None:
    linked_equilibrium(random_game(np.random.default_rng(0), [2, 2], path(2), zero_sum=zero_sum))
    rows = []
    for count, actions, target in sizes:
        times, failed = [], []
        for seed, game in enumerate(drawn(count, actions, zero_sum=zero_sum)):
            if seed >= seeds:
                break
            found, took = timed(game)
            times.append(took)
            if not certified(found):
                failed.append(seed)
        rows.append((count, actions, times, failed, target))
        assert len(failed) <= seeds // 20
    report(kind, rows)


def test_zero_sum() -> None:
    sizes = [(10, 2, 0.05), (100, 2, 0.2), (1000, 2, 2.0)]
    measure("zero-sum paths: one linear programme", sizes, zero_sum=True)


def test_general_sum() -> None:
    sizes = [(8, 2, 0.05), (24, 2, 1.5), (40, 2, 5.0)]
    measure("general-sum paths of two actions: complementary pivoting", sizes, zero_sum=False)


def test_three_actions() -> None:
    sizes = [(5, 3, 0.05), (10, 3, 1.5), (15, 3, 5.0)]
    measure("general-sum paths of three actions", sizes, zero_sum=False)


def by_nashpy(first: Matrix, second: Matrix, answer: Queue[tuple[float, float]]) -> None:
    import nashpy

    warnings.simplefilter("ignore")
    start = time.perf_counter()
    x, y = nashpy.Game(first, second).lemke_howson(initial_dropped_label=0)
    took, regret = time.perf_counter() - start, float("nan")
    if len(x) == len(first) and len(y) == len(second):
        gains = (first @ y).max() - x @ first @ y, (x @ second).max() - x @ second @ y
        regret = float(max(gains))
    answer.put((took, regret))


def test_flattened() -> None:
    """Eight issues as a 256 x 256 matrix, by Lemke and Howson's method as nashpy has it."""
    pytest.importorskip("nashpy")
    print("\neight issues of two actions: compact form against nashpy on 256 x 256")
    for game in itertools.islice(drawn(8, 2, zero_sum=False), 5):
        found, ours = timed(game)
        assert certified(found)
        _, _, payoffs = flattened(game)
        first, second = (payoffs[..., i].astype(float) for i in (0, 1))
        answer: Queue[tuple[float, float]] = Queue()
        child = Process(target=by_nashpy, args=(first, second, answer), daemon=True)
        child.start()
        try:  # its pivoting can go round in circles
            took, regret = answer.get(timeout=PATIENCE)
            theirs = f"{took:.3f}s regret {regret:.0e}   ratio {took / ours:.1f}"
        except Empty:
            theirs = f"no answer within {PATIENCE} s   ratio above {PATIENCE / ours:,.0f}"
        child.terminate()
        child.join()
        print(f"  {ours:>8.3f}s regret {float(found.regret or 0):.0e}   nashpy {theirs}")


def test_mediators() -> None:
    print("\nbest coarse correlated equilibrium of the linked game")
    for count in (8, 20, 40):
        game = next(drawn(count, 2, zero_sum=False))
        start = time.perf_counter()
        found = correlated_equilibrium(game, coarse=True, linked=True)
        took = time.perf_counter() - start
        assert found.status is Status.SOLVED
        print(f"  {count:>4} issues {took:>8.3f}s   value {float(found.value or 0):.4f}")
