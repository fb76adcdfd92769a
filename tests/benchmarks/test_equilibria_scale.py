"""Equilibria: run by hand with ``python -m pytest tests/benchmarks -s``; asserts nothing timed.

Times are the worst of 20 random games, measured in this run, nashpy's on the same worst game.
"""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from bimatrix_games import bimatrix

import bargaining as bg
from bargaining.equilibrium.bimatrix import of_issue
from bargaining.equilibrium.dominance import iterated_dominance

SEEDS = 20
NASHPY_SECONDS = 60.0


def timed(call: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    answer = call()
    return time.perf_counter() - start, answer


def nashpy_time(tables: np.ndarray) -> float | None:
    """Seconds that nashpy's vertex enumeration takes; None if it takes more than the limit."""
    import nashpy

    taken: list[float] = []

    def run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            game = nashpy.Game(*tables.astype(float))
            taken.append(timed(lambda: list(game.vertex_enumeration()))[0])

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    worker.join(NASHPY_SECONDS)
    return taken[0] if taken else None


@pytest.mark.parametrize(("size", "target"), [(5, 0.02), (8, 0.2), (12, 5.0)])
@pytest.mark.parametrize("high", [2, 9, 1000])
def test_all_equilibria(size: int, target: float, high: int) -> None:
    worst, slowest, most = 0.0, None, 0
    of_issue(bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]]))  # imports
    for seed in range(SEEDS):
        tables = np.random.default_rng(seed).integers(0, high + 1, size=(2, size, size))
        game = bimatrix(*tables.tolist())
        seconds, found = timed(lambda game=game: of_issue(game))
        assert found.complete  # type: ignore[attr-defined]
        assert found.verify()  # type: ignore[attr-defined]
        most = max(most, len(found.equilibria))  # type: ignore[attr-defined]
        if seconds > worst:
            worst, slowest = seconds, tables
    assert slowest is not None
    other = nashpy_time(slowest) if size <= 8 else None
    ratio = "nashpy not run" if size > 8 else f"nashpy over {NASHPY_SECONDS:g} s"
    if other is not None:
        ratio = f"nashpy {other:.3f} s, ratio {other / worst:.1f}"
    print(
        f"\n  {size:>2} x {size:<2} payoffs 0..{high:<5} worst {worst:.4f} s (target {target:g} s)"
        f", up to {most} equilibria; {ratio}"
    )


@pytest.mark.parametrize("size", [100, 300])
def test_one_equilibrium_of_a_large_game(size: int) -> None:
    times, mixed = [], 0
    for seed in range(SEEDS):
        tables = np.random.default_rng(seed).random((2, size, size))
        game = bimatrix(*tables.tolist())
        seconds, found = timed(lambda game=game: of_issue(game))
        times.append(seconds)
        assert found.verify()  # type: ignore[attr-defined]
        mixed += any(e.outcome is None for e in found.equilibria)  # type: ignore[attr-defined]
    print(
        f"\n  {size} x {size}: a verified mixed equilibrium in {mixed} of {SEEDS} games, "
        f"median {np.median(times):.2f} s, worst {max(times):.2f} s (target 5 s)"
    )


@pytest.mark.parametrize(
    ("shape", "high"), [((3, 3, 3), 1000), ((3, 3, 3), 2), ((2, 2, 2, 2), 1000), ((4, 3, 3), 1000)]
)
def test_several_players(shape: tuple[int, ...], high: int) -> None:
    times, complete = [], 0
    for seed in range(SEEDS):
        tables = np.random.default_rng(seed).integers(0, high + 1, size=(len(shape), *shape))
        players = "abcd"[: len(shape)]
        actions = {p: [str(k) for k in range(n)] for p, n in zip(players, shape, strict=True)}
        payoffs = {p: t.tolist() for p, t in zip(players, tables, strict=True)}
        game = bg.Issue.normal_form("game", list(players), actions, payoffs)
        seconds, found = timed(lambda game=game: of_issue(game))
        times.append(seconds)
        assert found.verify()  # type: ignore[attr-defined]
        complete += found.complete  # type: ignore[attr-defined]
    print(
        f"\n  {' x '.join(map(str, shape))} payoffs 0..{high}: complete {complete} of {SEEDS}, "
        f"worst {max(times):.2f} s (target 10 s)"
    )


def test_dominance() -> None:
    rng = np.random.default_rng(0)
    for size in (8, 20, 60):
        game = bimatrix(*rng.integers(0, 99, size=(2, size, size)).tolist())
        seconds, found = timed(lambda game=game: iterated_dominance(game))
        assert found.verify()  # type: ignore[attr-defined]
        removed = len(found.removed)  # type: ignore[attr-defined]
        print(f"\n  dominance in {size} x {size}: {removed} removed in {seconds:.2f} s")
