"""Scale of repeated games: run by hand with ``python -m pytest tests/benchmarks -s``.

Times are those of the whole call on a game already built; nothing timed is asserted, that answers
are certified and verified is.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from repeated_games import cournot, flattened, game
from small_games import Tables

import bargaining as bg
from bargaining.equilibrium.repeated.answer import PayoffSet
from bargaining.equilibrium.repeated.threshold import lottery_threshold
from bargaining.model.game import LinkageGame
from bargaining.results import Status


def timed(linked: LinkageGame, discount: Any) -> tuple[PayoffSet, float]:
    start = time.perf_counter()
    found = bg.repeated_payoffs(linked, discount)
    return found, time.perf_counter() - start


def row(name: str, linked: LinkageGame, discount: Any) -> float:
    found, took = timed(linked, discount)
    assert found.status is Status.SOLVED
    start = time.perf_counter()
    assert found.verify()
    checked = time.perf_counter() - start
    profiles = sum(len(part.play.stage) for part in found.packages)
    print(
        f"  {name:<28}{profiles:>9,}{len(found.vertices):>9}{took:>9.3f}s{checked:>9.3f}s"
        f"{found.distance:>10.1e}"
    )
    return took


def heading(title: str) -> None:
    names = ("profiles", "corners", "time", "check", "distance")
    widths = (9, 9, 10, 10, 10)
    print(f"\n{title}\n{'':<30}" + "".join(f"{n:>{w}}" for n, w in zip(names, widths, strict=True)))


def test_cournot() -> None:
    heading("Cournot duopolies at 0.3")
    timed(cournot(5), 0.3)
    for actions in (15, 51, 101):
        row(f"{actions} quantities", cournot(actions), 0.3)


def random_tables(seed: int, actions: int) -> Tables:
    rng = np.random.default_rng(seed)
    shape = (actions, actions)
    return rng.random(shape).tolist(), rng.random(shape).tolist()


def test_random() -> None:
    heading("payoffs uniform on [0, 1], 20 x 20")
    for seed in range(5):
        row(f"seed {seed}, 0.6", game(random_tables(seed, 20)), 0.6)
    for seed in range(3):
        row(f"seed {seed}, 0.99", game(random_tables(seed, 20)), 0.99)


def test_linked() -> None:
    """Four issues of 3 x 3: merged issue by issue, and as one matrix of 81 x 81."""
    rng = np.random.default_rng(0)
    parts = [
        (rng.integers(0, 10, (3, 3)).tolist(), rng.integers(0, 10, (3, 3)).tolist())
        for _ in range(8)
    ]
    heading("linked issues of 3 x 3 at 0.6")
    merged = row("four issues", game(*parts[:4]), 0.6)
    whole = row("four issues, flattened", game(flattened(*parts[:4])), 0.6)
    print(f"  ratio {whole / merged:.1f}")
    row("six issues", game(*parts[:6]), 0.6)
    row("eight issues", game(*parts), 0.6)


def test_thresholds() -> None:
    print("\nlowest common discount factor at which both gain")
    dilemma: Tables = ([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    for name, linked in (
        ("guns for fentanyl", bg.load("us_mexico/guns_for_fentanyl")),
        ("one dilemma", game(dilemma)),
        ("three dilemmas", game(dilemma, dilemma, dilemma)),
    ):
        start = time.perf_counter()
        found = lottery_threshold(linked)
        took = time.perf_counter() - start
        assert found.status is Status.SOLVED
        assert found.verify()
        print(f"  {name:<28}{found.value!s:>8}{took:>9.3f}s")
