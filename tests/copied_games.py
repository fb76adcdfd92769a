"""Games with types for tests of copies, and brute force over all profiles of all copies.

Brute force writes the unreduced programme: one deal per copy and per profile of the players' types
at all copies.  It shares no code with the reduction to histograms.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import bargaining as bg
from bargaining.model.agenda import parse_agenda
from bargaining.settlement.mechanism.setting import Setting, settings

Rows = Sequence[Sequence[int | str]]


def typed(
    payoffs: dict[str, Sequence[int]],
    draws: Sequence[tuple[str, Sequence[str], dict[str, Rows]]],
) -> str:
    """One option issue; each draw has a player, probabilities and rows per player it moves."""
    count = len(next(iter(payoffs.values())))
    lines = [
        'format = "bargaining-game/1"',
        f"players = {_listed(payoffs)}",
        "[issues.act]",
        f"options = {_listed(f'o{n}' for n in range(count))}",
        'status_quo = "o0"',
    ]
    lines += [f"payoffs.{player} = {_listed(row)}" for player, row in payoffs.items()]
    for player, chances, tables in draws:
        lines += ["[[types]]", f'player = "{player}"', f"probability = {_listed(chances)}"]
        for whose, rows in tables.items():
            lines.append(f"payoffs.act.{whose} = [{', '.join(map(_listed, rows))}]")
    return "\n".join(lines)


def _listed(values: Any) -> str:
    return "[" + ", ".join(str(v) if isinstance(v, int) else f'"{v}"' for v in values) + "]"


def binary(*values: Sequence[int | str], chances: Sequence[str] = ()) -> str:
    """A yes-no decision between two players with these values of a yes."""
    players = ("us", "mexico")
    draws = [
        (
            player,
            chances or [f"1/{len(own)}"] * len(own),
            {player: [[0, v] for v in own]},
        )
        for player, own in zip(players, values, strict=True)
    ]
    return typed({player: [0, 1] for player in players}, draws)


VOTING = binary([-2, -1, 1, 2], [-2, -1, 1, 2])
"""C4.4: two voters with uniform values, the status quo is a no."""
TRADE = binary([0, "-7/8"], ["1/8", 1])
"""C4.3: a seller's cost 0 or 7/8, a buyer's value 1/8 or 1."""
OVERLAP = binary([0, "-1/10", "-7/10", "-8/10"], ["2/10", "3/10", "9/10", 1])
"""Trade with four types each, in which private information costs even with payments."""


def setting_of(text: str, agenda: str = "linked") -> Setting:
    game = bg.loads(text)
    return settings(game, parse_agenda(game, agenda))[0]


def random_text(
    rng: np.random.Generator, types: int, players: int, options: int, *, interdependent: bool
) -> str:
    names = ("a", "b", "c")[:players]

    def row() -> list[int]:
        return [0, *rng.integers(-5, 6, options - 1).tolist()]

    draws = []
    for n, name in enumerate(names[:2]):
        parts = rng.integers(1, 4, types).tolist()
        chances = [f"{part}/{sum(parts)}" for part in parts]
        whose = {name: [row() for _ in range(types)]}
        if interdependent and n == 1:
            whose = {names[-1] if players > 2 else "b": [row() for _ in range(types)]}
        draws.append((name, chances, whose))
    if interdependent and players == 2:
        moved = {"a": [row() for _ in range(types)], "b": [row() for _ in range(types)]}
        draws = [("a", draws[0][1], moved)]
    return typed({name: row() for name in names}, draws)


def brute_force(
    setting: Setting, copies: int, *, transfers: bool, rational: bool, objective: str = "total"
) -> float:
    from scipy import sparse
    from scipy.optimize import linprog

    players = range(len(setting.spaces))
    vectors = [list(itertools.product(range(n), repeat=copies)) for n in setting.shape]
    chances = [
        [math.prod(float(setting.spaces[i].probability[t]) for t in v) for v in vectors[i]]
        for i in players
    ]
    cells = list(itertools.product(*(range(len(v)) for v in vectors)))
    start = {cell: n * copies * setting.size for n, cell in enumerate(cells)}
    shares = len(cells) * copies * setting.size
    firsts = np.cumsum([0, *(len(v) for v in vectors)])
    least = shares + int(firsts[-1])
    size = least + 1
    gains = {p: setting.gains(p).astype(float) for p in setting.each_profile()}

    def brings(i: int, true: int, told: int) -> Any:
        row = np.zeros(size)
        for cell in cells:
            if cell[i] != told:
                continue
            weight = math.prod(chances[j][cell[j]] for j in players if j != i) / copies
            for k in range(copies):
                now = tuple(vectors[j][true if j == i else cell[j]][k] for j in players)
                first = start[cell] + k * setting.size
                row[first : first + setting.size] += weight * gains[now][:, i]
        row[shares + firsts[i] + told] += transfers
        return row

    aim, at_most = np.zeros(size), []
    for i in players:
        expected = np.zeros(size)
        for true in range(len(vectors[i])):
            honest = brings(i, true, true)
            expected += chances[i][true] * honest
            if rational and i in setting.stake:
                at_most.append(-honest)
            lies = (told for told in range(len(vectors[i])) if told != true)
            at_most += [brings(i, true, told) - honest for told in lies]
        if objective in ("total", setting.game.players[i]):
            aim += expected
        if objective == "max-min" and i in setting.stake:
            expected[least] = -1
            at_most.append(-expected)
    if objective == "max-min":
        aim[least] = 1
    layout = setting.layout
    equal = sparse.block_diag([layout.equations] * (len(cells) * copies))
    equal = sparse.hstack([equal, sparse.csr_array((equal.shape[0], size - shares))])
    budget = np.zeros(size)
    for i in players:
        if i in setting.stake:
            budget[shares + firsts[i] : shares + firsts[i + 1]] = chances[i]
    free = [
        (None, None) if transfers and i in setting.stake else (0, 0)
        for i in players
        for _ in vectors[i]
    ]
    found = linprog(
        -aim,
        A_ub=sparse.csr_array(np.array(at_most)),
        b_ub=np.zeros(len(at_most)),
        A_eq=sparse.vstack([equal, sparse.csr_array(budget[None])]),
        b_eq=[*np.tile(layout.right, len(cells) * copies), 0],
        bounds=[(0, None)] * shares + free + [(None, None)],
    )
    assert found.status == 0
    return float(-found.fun)
