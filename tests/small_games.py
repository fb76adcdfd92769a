"""Small games, and draws of them, that several test files look at."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining import Issue, LinkageGame

Tables = tuple[Any, Any]

GUNS = [[0, 0], [-4, 6]]
FENTANYL = [[0, 0], [5, -3]]
"""Gains of both players from the status quo, and from the act."""
GUNS_FOR_FENTANYL = """
format = "bargaining-game/1"
players = ["us", "mexico"]
[issues.guns]
actions.us = ["no checks", "egress checks"]
payoffs = { us = [0, -4], mexico = [0, 6] }
status_quo.us = "no checks"
[issues.fentanyl]
actions.mexico = ["no raids", "lab raids"]
payoffs = { us = [0, 5], mexico = [0, -3] }
status_quo.mexico = "no raids"
"""
"""The same as a game file, whose last table is that of the second issue."""

DILEMMA: Tables = ([[3, 0], [5, 1]], [[3, 5], [0, 1]])
ROCK_PAPER_SCISSORS = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]


def guns_for_fentanyl() -> LinkageGame:
    return LinkageGame.from_payoffs([GUNS, FENTANYL])


def pie(*sizes: int, players: Sequence[str] | None = None) -> LinkageGame:
    """A pie of which player i gets sizes[i] if he gets all."""
    rows = np.zeros((len(sizes) + 1, len(sizes)), dtype=int)
    rows[1:] = np.diag(sizes)
    return LinkageGame.from_payoffs(rows[None], players)


def pies(part: Fraction, players: Sequence[str] | None = None) -> LinkageGame:
    """Two pies, each of which is worth 1 to one player and only a part of that to the other."""
    data = [[[0, 0], [1, 0], [0, part]], [[0, 0], [part, 0], [0, 1]]]
    return LinkageGame.from_payoffs(data, players)


def matrix_issue(
    name: str, first: Any, second: Any, status_quo: tuple[int, int] | None = None
) -> Issue:
    """An issue of players a and b with actions numbered from 0."""
    rows, columns = np.shape(first)
    acts = {"a": [str(i) for i in range(rows)], "b": [str(j) for j in range(columns)]}
    quiet = None
    if status_quo is not None:
        quiet = {p: acts[p][j] for p, j in zip("ab", status_quo, strict=True)}
    return Issue.normal_form(name, ("a", "b"), acts, {"a": first, "b": second}, status_quo=quiet)


def whole_gains(
    rng: np.random.Generator, size: tuple[int, int, int], low: int, high: int
) -> NDArray[np.int64]:
    """Whole gains from low to below high, (issues, outcomes, players), status quo first."""
    data = rng.integers(low, high, size)
    data[:, 0] = 0
    return data


def fractions(values: Any) -> NDArray[Any]:
    """The same numbers as fractions."""
    array = np.array(values, dtype=object)
    exact = np.empty(array.shape, dtype=object)
    exact.ravel()[:] = [
        Fraction(int(x)) if isinstance(x, int | np.integer) else Fraction(x) for x in array.flat
    ]
    return exact
