"""Linked games of two players for tests: from tables, random ones, and brute force over all plays.

Brute force shares no code with the compact form: it adds payoffs up play by play.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from small_games import Tables, fractions, matrix_issue
from validation import FOLDER

from bargaining.model.game import LinkageGame
from bargaining.model.links import Link

PLAYERS = ("a", "b")

PENNIES: Tables = ([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
BATTLE: Tables = ([[3, 0], [0, 2]], [[2, 0], [0, 3]])
CHICKEN: Tables = ([[6, 2], [7, 0]], [[6, 7], [2, 0]])


def game(
    tables: Iterable[Tables], spillovers: Iterable[tuple[tuple[int, int], Any, Any]] = ()
) -> LinkageGame:
    """A game of issues k0, k1, …; spillovers are [1 first][2 first][1 second][2 second]."""
    issues = [matrix_issue(f"k{k}", *pair) for k, pair in enumerate(tables)]
    links = []
    for (k, m), first, second in spillovers:
        stacked = np.stack([fractions(first), fractions(second)], axis=-1)
        table = stacked.reshape(issues[k].size, issues[m].size, 2)
        links.append(Link((f"k{k}", f"k{m}"), True, table))
    return LinkageGame(PLAYERS, {i.name: i for i in issues}, tuple(links))


def random_game(
    rng: np.random.Generator,
    actions: Sequence[int],
    edges: Iterable[tuple[int, int]],
    *,
    zero_sum: bool = False,
    size: int | None = 9,
) -> LinkageGame:
    """Random payoffs: whole numbers up to ``size``, or floats in [-1, 1] if it is None."""

    def table(*shape: int) -> NDArray[Any]:
        if size is None:
            return fractions(rng.uniform(-1, 1, shape))
        return fractions(rng.integers(-size, size + 1, shape))

    def both(*shape: int) -> tuple[NDArray[Any], NDArray[Any]]:
        first = table(*shape)
        return first, -first if zero_sum else table(*shape)

    tables = [both(a, a) for a in actions]
    spillovers = [((k, m), *both(actions[k], actions[k], actions[m], actions[m])) for k, m in edges]
    return game(tables, spillovers)


def path(count: int) -> list[tuple[int, int]]:
    return [(k, k + 1) for k in range(count - 1)]


def flattened(linked: LinkageGame) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]], Any]:
    """Joint actions of both players, and payoffs (rows, columns, players), play by play."""
    issues = list(linked.issues.values())
    ranges = [[range(len(i.actions.get(p, ("",)))) for i in issues] for p in PLAYERS]
    mine, theirs = (list(itertools.product(*r)) for r in ranges)
    payoffs = np.empty((len(mine), len(theirs), len(linked.players)), dtype=object)
    for r, first in enumerate(mine):
        for c, second in enumerate(theirs):
            outcomes = {
                i.name: x * len(i.actions.get("b", ("",))) + y
                for i, x, y in zip(issues, first, second, strict=True)
            }
            total = sum(i.exact_payoffs[outcomes[i.name]] for i in issues)
            for link in linked.links or ():
                if link.spillovers is not None:
                    total = total + link.spillovers[tuple(outcomes[name] for name in link.between)]
            payoffs[r, c] = total
    return mine, theirs, payoffs


def chain(count: int) -> LinkageGame:
    """C2.10 and C2.11 of the project's validation table: a zero-sum chain given by formulas."""
    tables, spillovers = [], []
    for k in range(count):
        first = [[(2 * k + 3 * i + 5 * j + 4 * i * j) % 7 - 3 for j in (0, 1)] for i in (0, 1)]
        tables.append((first, [[-x for x in row] for row in first]))
    for k in range(count - 1):
        table = np.empty((2, 2, 2, 2), dtype=object)
        for i, j, i2, j2 in itertools.product((0, 1), repeat=4):
            table[i, j, i2, j2] = (
                k + i + 2 * i2 + 3 * j + 4 * j2 + 5 * i * j2 + 2 * i2 * j
            ) % 5 - 2
        spillovers.append(((k, k + 1), table, -table))
    return game(tables, spillovers)


def known_games() -> list[dict[str, Any]]:
    """Linked games solved by others' enumeration of the flattened matrix; none where absent."""
    place = FOLDER / "cases" / "linked_known.json"
    found: list[dict[str, Any]] = json.loads(place.read_text())["games"] if place.exists() else []
    return found


def known_game(case: dict[str, Any]) -> LinkageGame:
    return game(
        [(i["A"], i["B"]) for i in case["issues"]],
        [(tuple(s["between"]), s["A"], s["B"]) for s in case["spillovers"]],
    )
