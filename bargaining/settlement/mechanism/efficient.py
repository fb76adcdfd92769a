"""The largest expected total, nobody asked whether he agrees and every type known."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from bargaining.settlement.mechanism.proof import Found, judge
from bargaining.settlement.mechanism.question import Question
from bargaining.settlement.mechanism.rule import Prices, Rule
from bargaining.settlement.mechanism.setting import Setting
from bargaining.settlement.mechanism.solver import solve

QUESTION = Question(rationality="none")


def efficient(setting: Setting) -> Found:
    """Return the rule with the largest total: issue by issue where payoffs only add up."""
    layout, players = setting.layout, range(len(setting.spaces))
    if layout.bags:
        return solve(setting, QUESTION, honest=False)
    total = sum((setting.exact(i) for i in players), start=np.array(Fraction(0), dtype=object))
    flat = np.broadcast_to(total, (*setting.shape, setting.size)).reshape(-1, setting.size)
    shares = np.full(flat.shape, Fraction(0), dtype=object)
    for start, count in zip(layout.starts, layout.counts, strict=True):
        part = flat[:, start : start + count]
        best = (part == part.max(axis=1, keepdims=True)).argmax(axis=1)
        shares[np.arange(len(shares)), start + best] = Fraction(1)
    none = np.zeros((0,), dtype=object)
    prices = Prices(
        np.array([Fraction(1) for _ in players], dtype=object),
        tuple(np.full((1, n, n), Fraction(0), dtype=object) for n in setting.shape),
        tuple(np.full((n, 1), Fraction(0), dtype=object) for n in setting.shape),
        none,
        none.reshape(setting.profiles * 0, 0),
    )
    rule = Rule(shares.reshape(*setting.shape, setting.size))
    return judge(setting, QUESTION, rule, prices, honest=False, method="issue by issue")
