"""Payments that cancel in expectation, made to cancel in every profile.

With independent types, Bayesian incentives and nothing lost on the way, a player's expected
payment by his own report is all that matters to him.  Paying him T_i(t_i) less an equal part of
what the others' payments deviate from their means,

    t_i = T_i(t_i) - Σ_{j≠i} (T_j(t_j) - E T_j) / (n - 1),

changes nobody's expectation and adds up to nothing (d'Aspremont and Gérard-Varet 1979).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.settlement.mechanism.proof import Found, judge
from bargaining.settlement.mechanism.question import Question
from bargaining.settlement.mechanism.rule import Rule
from bargaining.settlement.mechanism.setting import Setting


def balances(setting: Setting, question: Question) -> bool:
    """Whether payments that cancel in every profile are no harder than in expectation."""
    return (
        question.transfers == "ex_post"
        and question.incentive == "bayesian"
        and question.rationality != "ex_post"
        and question.efficiency == 1
        and len(setting.stake) > 1
    )


def balanced(setting: Setting, question: Question, found: Found, *, honest: bool) -> Found:
    """Turn an answer for payments that cancel in expectation into one for every profile."""
    rule, prices = found.rule, found.prices
    kind: Any = object if rule.exact else np.float64
    means, chance = [], np.array(1, dtype=kind)
    for i, (space, table) in enumerate(zip(setting.spaces, rule.received, strict=True)):
        own = np.array(space.probability, dtype=object).astype(kind)
        chance = np.multiply.outer(chance, own)
        means.append((np.moveaxis(table, i, 0).reshape(-1) * own).sum())
    others = len(setting.stake) - 1
    share = Fraction(1, others) if rule.exact else 1 / others
    received = list(rule.received)
    for i in setting.stake:
        for j in setting.stake:
            if j != i:
                received[i] = received[i] - share * (rule.received[j] - means[j])
    budget = np.asarray(chance, dtype=kind).ravel() * prices.budget[0]
    return judge(
        setting,
        question,
        Rule(rule.shares, tuple(received)),
        replace(prices, budget=budget),
        honest=honest,
        method=found.method,
        status=found.status,
    )
