"""The rows that keep reports honest: nobody gains by posing as another of his types."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bargaining.settlement.mechanism.program import Program, Rows
from bargaining.settlement.mechanism.views import Array

Keys = NDArray[np.intp]
"""Rows of (cell, true type, reported type)."""


def cells(program: Program, player: int) -> int:
    """How many cells a player's incentives are counted in: one where they are Bayesian."""
    if program.question.incentive == "bayesian":
        return 1
    return program.setting.profiles // len(program.setting.spaces[player])


def every(program: Program, player: int) -> Keys:
    """Return the keys of all rows of a player, shape (rows, 3)."""
    types = len(program.setting.spaces[player])
    apart = np.argwhere(~np.eye(types, dtype=bool))
    count = cells(program, player)
    return np.hstack([np.repeat(np.arange(count), len(apart))[:, None], np.tile(apart, (count, 1))])


def rows(program: Program, player: int, keys: Keys) -> Rows:
    """Write rows out: the gain from a report, less the gain from the truth, is at most 0."""
    cell, true, told = keys.T
    if program.question.incentive == "bayesian":
        seen = program.interim[player]
        deals = program.flat(player)
        values = seen.weighted[true]
        paid, worth = program.payment(player, 1)
        columns = np.hstack([deals[told], deals[true], paid[told], paid[true]])
        entries = np.hstack([values, -values, worth[told], -worth[true]])
    else:
        seen = program.everyone[player]
        wide = program.deals(player)
        values = seen.gains[true, cell]
        columns = np.hstack([wide[told, cell], wide[true, cell]])
        entries = np.hstack([values, -values])
        if program.received and player in program.setting.stake:
            pair = np.stack([program.received[player], program.paid[player]], axis=-1)
            columns = np.hstack([columns, pair[told, cell], pair[true, cell]])
            signs = np.broadcast_to(program.numbers([1, -1, -1, 1]), (len(keys), 4))
            entries = np.hstack([entries, signs])
    return Rows(columns, entries, program.numbers(np.zeros(len(keys))))


def gaps(program: Program, player: int, x: Array) -> Array:
    """Return how much each lie would bring at a solution, shape (cells, types, types)."""
    if program.question.incentive == "bayesian":
        seen = program.interim[player]
        deals = x[program.flat(player)]
        paid, worth = program.payment(player, 1)
        received = (x[paid] * worth).sum(axis=1)
        gain = seen.weighted @ deals.T + received
        return np.asarray(gain - np.diag(gain)[:, None])[None]
    seen = program.everyone[player]
    deals = x[program.deals(player)]
    gain = np.einsum("tec,sec->ets", seen.gains, deals, optimize=True)
    if program.received and player in program.setting.stake:
        net = x[program.received[player]] - x[program.paid[player]]
        gain = gain + net.T[:, None, :]
    truth = np.einsum("ett->et", gain)
    return np.asarray(gain - truth[:, :, None])
