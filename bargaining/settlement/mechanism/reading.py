"""Reading the rule and the prices off a solution of the programme."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.settlement.mechanism import incentives
from bargaining.settlement.mechanism.program import Program
from bargaining.settlement.mechanism.rule import Prices, Rule


def read_rule(program: Program, x: NDArray[Any]) -> Rule:
    """Read the rule off a solution; what shares lack to 1 stands at the status quo."""
    setting = program.setting
    layout = setting.layout
    zero = Fraction(0) if program.exact else 0.0
    shares = np.full((setting.profiles, setting.size), zero)
    values = x[program.shares].reshape(setting.profiles, len(program.keep))
    shares[:, program.keep] = values if program.exact else np.maximum(values, 0.0)
    blocks = [(s, s + n) for s, n in zip(layout.starts, layout.counts, strict=True)]
    if not program.exact:
        for start, stop in blocks:
            total = shares[:, start:stop].sum(axis=1, keepdims=True)
            shares[:, start:stop] /= np.maximum(total, 1.0)
    blocks += [(bag.start, bag.stop) for bag in layout.bags]
    home = layout.complete(np.full(setting.size, Fraction(0), dtype=object))
    for start, stop in blocks:
        place = start + int(np.flatnonzero(home[start:stop])[0])
        shares[:, place] += 1 - shares[:, start:stop].sum(axis=1)
    received = []
    for i, (get, pay) in enumerate(zip(program.received, program.paid, strict=True)):
        if i not in setting.stake:
            received.append(np.full((1,) * len(setting.shape), zero))
            continue
        net = (x[get] - x[pay]) * (1 if program.exact else program.unit)
        rest = tuple(n if get.shape[1] > 1 else 1 for p, n in enumerate(setting.shape) if p != i)
        received.append(np.moveaxis(net.reshape(len(net), *rest), 0, i))
    return Rule(shares.reshape(*setting.shape, setting.size), tuple(received))


def read_prices(
    program: Program, keys: Sequence[tuple[int, NDArray[np.intp]]], dual: Any
) -> Prices:
    """Sort the prices of the rows by what the rows say."""
    setting = program.setting
    dual = np.asarray(dual, dtype=object if program.exact else np.float64)
    players = range(len(setting.spaces))
    taken = 0
    by_kind: dict[str, list[NDArray[Any]]] = {}
    for kind, groups in program.rows.items():
        for group in groups:
            by_kind.setdefault(kind, []).append(dual[taken : taken + len(group)])
            taken += len(group)
    zero = Fraction(0) if program.exact else 0.0
    honesty = []
    for i in players:
        types = len(setting.spaces[i])
        honesty.append(np.full((incentives.cells(program, i), types, types), zero))
    for i, part in keys:
        honesty[i][tuple(part.T)] = dual[taken : taken + len(part)]
        taken += len(part)
    rational = []
    for i in players:
        types = len(setting.spaces[i])
        found = by_kind.get(f"rationality {i}")
        rational.append(np.full((types, 1), zero) if found is None else found[0].reshape(types, -1))
    aim = program.question.objective
    names = setting.game.players
    weights = np.array([Fraction(int(aim in ("total", name))) for name in names], dtype=object)
    unit: Any = 1
    if aim == "max-min":
        for i in setting.stake:
            weights[i] = max(Fraction(by_kind[f"least {i}"][0][0]), Fraction(0))
        unit = sum(weights) or Fraction(1)
        weights = weights / unit
    if not program.exact:
        weights, unit = weights.astype(np.float64), float(unit)
    blocks = by_kind.get("blocks", [])
    sums = setting.profiles if program.question.transfers == "ex_post" else 1
    budget = by_kind.get("budget", [np.full(sums, zero)])[0]
    layer = np.stack(blocks, axis=1) if blocks else np.zeros((setting.profiles, 0))
    return Prices(
        weights,
        tuple(table / unit for table in honesty),
        tuple(table / unit for table in rational),
        budget / unit,
        layer * (1 if program.exact else program.unit) / unit,
    )
