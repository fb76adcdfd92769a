"""Scale of agendas: by hand with ``python -m pytest tests/benchmarks/test_agenda_scale.py -s``.

Every figure is measured in this run; what is timed is verified, nothing timed is asserted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import bargaining as bg
from bargaining.linkage.agenda_control import agenda_control
from bargaining.linkage.keystone import issue_values
from bargaining.linkage.sequential import sequential_agenda, sequential_orders


def game(issues: int, players: int = 2, outcomes: int = 3) -> bg.LinkageGame:
    data = np.random.default_rng(issues).integers(-9, 10, (issues, outcomes, players))
    data[:, 0] = 0
    return bg.LinkageGame.from_payoffs(data)


def timed(what: str, work: Callable[[], Any], size: Callable[[Any], object]) -> None:
    started = time.perf_counter()
    found = work()
    solved = time.perf_counter()
    for one in found.values() if isinstance(found, dict) else (found,):
        assert one.verify()
    checked = time.perf_counter()
    print(f"{what:<52}{solved - started:>9.3f} s{checked - solved:>9.3f} s   {size(found)}")


@pytest.mark.parametrize(("issues", "players"), [(6, 2), (20, 2), (1_000, 2), (4, 3), (6, 3)])
def test_agenda_game(issues: int, players: int) -> None:
    timed(
        f"agenda game, {issues} issues, {players} players",
        lambda: bg.agenda_game(game(issues, players)),
        lambda found: f"{len(found.agendas)} agendas",
    )


@pytest.mark.parametrize(("issues", "players"), [(8, 2), (12, 2), (30, 2), (8, 3)])
def test_values(issues: int, players: int) -> None:
    timed(
        f"values of issues, {issues} issues, {players} players",
        lambda: issue_values(game(issues, players), orders=40),
        lambda found: found.method,
    )


@pytest.mark.parametrize(
    ("issues", "players"), [(1_000, 2), (20_000, 2), (12, 3), (25, 3), (12, 4)]
)
def test_control(issues: int, players: int) -> None:
    timed(
        f"agenda control, {issues} issues, {players} players",
        lambda: agenda_control(game(issues, players, 2)),
        lambda found: f"keep off {len(found.keep_off)}, {found.status}",
    )


@pytest.mark.parametrize("issues", [10, 1_000, 5_000])
def test_package(issues: int) -> None:
    timed(
        f"alternating offers, a package of {issues} issues",
        lambda: sequential_agenda(game(issues), discount="9/10"),
        lambda found: f"unique: {found.unique}",
    )


@pytest.mark.parametrize("issues", [3, 5])
def test_orders(issues: int) -> None:
    timed(
        f"alternating offers, all orders of {issues} issues",
        lambda: sequential_orders(game(issues), discount="9/10"),
        len,
    )


@pytest.mark.parametrize("issues", [2, 6, 10])
def test_at_the_end(issues: int) -> None:
    names = [str(k) for k in range(issues)]
    order = ["+".join(names[: issues // 2]), "+".join(names[issues // 2 :])]
    timed(
        f"agreed at the end, two packages of {issues // 2}",
        lambda: sequential_agenda(game(issues), discount="9/10", order=order, implement="at_end"),
        lambda found: f"unique: {found.unique}",
    )
